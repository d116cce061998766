"""The script of pages about now, in a browser whose clock the tests set: age, local time, validity, and newer pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from almanac.model import seconds
from almanac.stats.issued import Issued
from almanac.stats.recovery import Forecast
from tests.site.test_theme import ROOT, printed
from tests.support import shots
from tests.support.almanacs import NOW, almanac, at, incident
from tests.unit.test_views import front_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AS_OF, EXPIRED = "2026-03-02T14:10:00Z", "2026-03-02T15:10:00Z"
FORECAST = Forecast(
    at=seconds(NOW),
    elapsed=10.0,
    quantiles=(10.0, 20.0, 40.0, 80.0, 160.0),
    chances=(0.4, 0.65, 0.85, 0.95, 0.99),
    n=30,
    others=5,
    effective=20.0,
    borrowed=0.3,
)

Opened = Callable[..., Any]


def home(*, is_newer: bool = False) -> str:
    """Return the front page with an open incident, its estimate and a quiet provider; or the one five minutes later."""
    known = almanac([incident("a", "02 14:00", "")], now=at("02 14:15") if is_newer else NOW)
    forecast = Issued(provider="anthropic", incident="a", phase="identified", forecast=FORECAST)
    return printed([("home", front_page(replace(known, issued={"anthropic": (forecast,)})))])["/"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a folder with the front page and the theme, as a host serves them."""
    shutil.copytree(ROOT / "theme/static", tmp_path / "theme")
    (tmp_path / "index.html").write_text(home(), encoding="utf-8")
    return tmp_path


def publish(site: Path, html: str) -> None:
    """Put another front page in place, seconds after the one before: for the server that is when it changed."""
    page = site / "index.html"
    later = page.stat().st_mtime + 10
    page.write_text(html, encoding="utf-8")
    os.utime(page, (later, later))


@pytest.fixture
def opened(site: Path, browser: Any) -> Iterator[Opened]:
    """Yield what opens the front page at a moment, in a time zone; its clock goes on as the tests tell it."""
    with shots.served(site) as here:

        def open_page(moment: str = AS_OF, zone: str = "UTC") -> Any:
            page = browser.new_context(timezone_id=zone).new_page()
            page.clock.install(time=moment)
            page.goto(f"{here}/")
            return page

        yield open_page
        for context in browser.contexts:
            context.close()


def said(page: Any, css: str) -> list[str]:
    """Return what a reader sees in places, with ordinary blanks."""
    texts = [place.inner_text() for place in page.locator(css).all() if place.is_visible()]
    return [" ".join(text.replace("\u00a0", " ").split()) for text in texts]


def after(page: Any, minutes: int) -> list[str]:
    """Let minutes pass, as a page sees them; return what it asked the host for.

    The site's icon is left out: Chromium asks for it when it pleases, and gives its request the type "other".
    """
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.clock.run_for(minutes * 60_000)
    return [kind for kind in asked if kind != "other"]


def answered(page: Any, minutes: int) -> None:
    """Let minutes pass in which a page asks the host, and wait for the answer."""
    with page.expect_event("requestfinished"):
        page.clock.run_for(minutes * 60_000)


def await_newest(page: Any) -> None:
    """Wait until the newer page is there. Playwright says so if it never comes."""
    page.locator(".as-of[datetime='2026-03-02T14:15:00Z']").wait_for()


def test_the_age_of_a_page_grows(opened: Opened) -> None:
    page = opened()
    ages = [said(page, ".dateline .local")]
    for minutes in (41, 3 * 60, 21 * 60, 24 * 60):
        page.clock.run_for(minutes * 60_000)
        ages.append(said(page, ".dateline .local"))
    assert ages == [
        ["2 March 2026, as of 14:10 UTC"],
        ["2 March 2026, as of 14:10 UTC, 41 min ago"],
        ["2 March 2026, as of 14:10 UTC, 3 h ago"],
        ["2 March 2026, as of 14:10 UTC, 1 day ago"],
        ["2 March 2026, as of 14:10 UTC, 2 days ago"],
    ]


def test_local_time_stands_beside_utc(opened: Opened) -> None:
    page = opened(zone="Asia/Kolkata")
    assert said(page, ".dateline .here") == ["(19:40 your time)"]
    assert said(page, ".eta .here") == ["Your time: 20:20, 19:50, 22:20."]
    assert said(opened(zone="UTC"), ".here") == []


def test_local_time_says_the_day_where_it_is_another_one(opened: Opened) -> None:
    page = opened(moment="2026-03-03T08:00:00Z", zone="Asia/Tokyo")
    assert said(page, ".dateline .here") == ["(2 Mar, 23:10 your time)"]


def test_a_page_takes_back_what_it_said_of_now_and_keeps_its_history(opened: Opened) -> None:
    page = opened()
    marks = [said(page, ".ledger .st"), said(page, ".ledger .estimate, .eta"), said(page, ".expiry")]
    page.clock.run_for(60 * 60_000)
    assert marks == [
        ["major", "none reported"],
        [
            "; 50% chance of a fix by 14:50 UTC",
            "50% chance it is fixed by 14:50 UTC, 80% chance between 14:20 UTC and 16:50 UTC.",
        ],
        [],
    ]
    assert [said(page, ".ledger .st"), said(page, ".estimate"), said(page, ".expiry")] == [
        ["major", "unknown"],
        [],
        [
            (
                "No longer valid since 2 March 2026, 15:10 UTC: we do not know the status now. "
                "Below is what was reported up to 2 March 2026, 14:10 UTC."
            )
        ],
    ]
    assert said(page, "h1") == ["Claude has been reporting a major outage since 14:00 UTC."]
    assert said(page, ".log li")[-1].startswith("14:00 Claude New incident (major)")


def test_a_page_opened_too_late_says_so_at_once(opened: Opened) -> None:
    assert len(said(opened(moment=EXPIRED), ".expiry")) == 1


def test_a_title_that_says_that_nothing_is_open_is_taken_back(site: Path, opened: Opened) -> None:
    quiet = printed([("home", front_page(almanac()))])["/"]
    publish(site, quiet)
    assert said(opened(), "h1") == ["No provider reports an incident."]
    assert said(opened(moment=EXPIRED), "h1") == ["Unknown since 15:10 UTC."]


def test_a_mark_that_is_taken_back_has_the_glyph_of_the_unknown_and_a_question_stays_before_its_answer(
    site: Path, opened: Opened
) -> None:
    marks = (
        '<p id="a"><span class="st ok gl"><span data-expired="unknown">none</span></span></p>'
        '<p id="b"><span class="st ok gl" data-expired="unknown">none</span></p>'
        '<p id="c" data-expired="Unknown."><b>Is it down?</b> No incident reported.</p>'
    )
    publish(site, home().replace("</main>", f"{marks}</main>"))
    page = opened(moment=EXPIRED)
    assert [said(page, f"#{place}") for place in "abc"] == [["unknown"], ["unknown"], ["Is it down? Unknown."]]
    for place in "ab":
        assert page.locator(f"#{place} .st").get_attribute("class") == "st unknown gl"


def test_a_newer_page_is_loaded_after_five_minutes_and_not_before(site: Path, opened: Opened) -> None:
    page = opened()
    publish(site, home(is_newer=True))
    assert after(page, 4) == []
    assert after(page, 2)[:1] == ["fetch"]
    await_newest(page)


def test_a_page_that_is_the_same_is_not_loaded_again(opened: Opened) -> None:
    page = opened()
    answered(page, 6)
    answered(page, 6)
    assert after(page, 1) == []
    assert said(page, ".age") == [", 13 min ago"]


@pytest.mark.parametrize("gone", ["", "<!doctype html><title>Log in to this network</title>"])
def test_a_host_that_gives_no_page_of_ours_takes_none_away(site: Path, opened: Opened, gone: str) -> None:
    page = opened()
    publish(site, gone) if gone else (site / "index.html").unlink()
    answered(page, 6)
    assert after(page, 1) == []
    assert said(page, "h1") == ["Claude has been reporting a major outage since 14:00 UTC."]


@pytest.mark.parametrize(
    ("use", "leave"),
    [
        ("document.querySelector('.ledger a').focus()", "document.activeElement.blur()"),
        ("getSelection().selectAllChildren(document.querySelector('h1'))", "getSelection().removeAllRanges()"),
        (
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<details open>more</details>')",
            "document.querySelector('main > details').open = false",
        ),
        (
            (
                "document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=radio name=r>');"
                "document.querySelector('[name=r]').checked = true"
            ),
            "document.querySelector('[name=r]').checked = false",
        ),
        (
            "Object.defineProperty(document, 'hidden', {value: true, configurable: true})",
            "delete document.hidden",
        ),
    ],
)
def test_nobody_loses_what_they_are_at(site: Path, opened: Opened, use: str, leave: str) -> None:
    page = opened()
    publish(site, home(is_newer=True))
    page.evaluate(use)
    assert after(page, 30) == []
    page.evaluate(leave)
    page.clock.run_for(60_000)
    await_newest(page)

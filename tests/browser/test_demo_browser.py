"""The demo in a browser: one incident from opening to resolved, on every page that shows it, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from almanac.commands import demo
from almanac.commands.demo.play import Play
from tests.support import demos, shots

BEGIN, END = datetime(2026, 3, 2, 11, 30, tzinfo=UTC), datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
INCIDENT = "/incidents/anthropic/0ghc53zpsfmt/"
PAGES = {
    "home": "/",
    "provider": "/providers/anthropic/",
    "component": "/providers/anthropic/claude-ai/",
    "incident": INCIDENT,
}
OWN = ("/demo/", "/demo/truth/")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.record]


class Look(NamedTuple):
    """What a reader finds on one page: its words, and whether it leads to the incident."""

    words: str
    leads: bool


@contextmanager
def opened(browser: Any) -> Iterator[Any]:
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def words_of(page: Any) -> str:
    return str(page.locator("main").inner_text()).replace("\u00a0", " ")


def looks(browser: Any, play: Play, form: str) -> dict[str, Look]:
    """Look at each page in a form, and find no fault in any."""
    looks, faults = {}, []
    window = shots.Window(browser, play.stage.site_url)
    for name, path in PAGES.items():
        faults += window.faults(path, [form])
        looks[name] = Look(words_of(window.page), window.page.locator(f"main a[href^='{INCIDENT}']").count() > 0)
    faults += [fault for path in OWN for fault in window.faults(path, [form])]
    window.page.context.close()
    assert faults == []
    return looks


def estimate(words: str) -> str:
    """Return when, by the page of an open incident, it is fixed with a chance of 50%: a time of that day, or ""."""
    found = re.search(r"50% chance it is fixed by (\d\d:\d\d) UTC", words)
    return found[1] if found else ""


def until(play: Play, hour: int, minute: int = 0) -> None:
    """Play on up to a time."""
    while play.quarters[-1].at < BEGIN.replace(hour=hour, minute=minute):
        play.step()


def feed(play: Play) -> list[tuple[str, str]]:
    """Return the posts on the incident in the provider's feed of the site, newest first: their words and times."""
    text = (play.stage.output / "providers/anthropic/atom.xml").read_text(encoding="utf-8")
    (entry,) = re.findall(rf"<entry>(?:(?!</entry>).)*{INCIDENT}(?:(?!</entry>).)*</entry>", text, re.DOTALL)
    return re.findall(r"strong&gt;(\w+)&lt;/strong&gt;, 2.March.2026, (\d\d:\d\d)", entry)


def test_one_incident_is_followed_from_opening_to_resolved(browser: Any, tmp_path: Path) -> None:
    with demo.playing(demos.project(tmp_path), BEGIN, END, interval=timedelta(minutes=30), score=False) as play:
        with opened(browser) as page:
            assert page.goto(play.stage.site_url + INCIDENT).status == 404
            page.goto(play.stage.site_url)
            assert page.locator(f"a[href^='{INCIDENT}']").count() == 0
            assert "No provider reports an incident." in words_of(page)
            until(play, 12)
            page.wait_for_selector(f"a[href^='{INCIDENT}']")  # the page that is open reloads

        for form in ("light", "320"):
            seen = looks(browser, play, form)
            assert [name for name in ("home", "provider", "component") if not seen[name].leads] == []
            assert "Claude has been reporting a major outage since 11:49 UTC." in seen["home"].words
            assert "Major outage" in seen["provider"].words
            assert "Major outage open since 11:49 UTC." in seen["component"].words
            assert "Investigating, 11 min so far. Open since 11:49 UTC." in seen["incident"].words
            first = estimate(seen["incident"].words)
            assert first
        assert feed(play) == [("Investigating", "11:49")]

        until(play, 14)
        with opened(browser) as page:
            page.goto(play.stage.site_url + INCIDENT)
            words = words_of(page)
            assert "Identified, 2 h 11 min so far." in words
            assert estimate(words) > first  # it moved

        until(play, 16, 30)
        for form in ("light", "320"):
            seen = looks(browser, play, form)
            assert "No provider reports an incident." in seen["home"].words
            assert "No incident reported." in seen["provider"].words
            assert "No incident reported." in seen["component"].words
            assert "Resolved at 15:47 UTC." in seen["incident"].words
            assert estimate(seen["incident"].words) == ""
        assert feed(play) == [
            ("Resolved", "15:47"),
            ("Monitoring", "15:25"),
            *[("Identified", at) for at in ("14:05", "13:37", "13:22")],
            *[("Investigating", at) for at in ("12:21", "12:06", "11:49")],
        ]
        with opened(browser) as page:
            page.goto(f"{play.stage.site_url}/forecast/")
            words = words_of(page)
            assert "forecasts published: the 80% range was right in 6 of 6." in words
            page.goto(f"{play.stage.site_url}{INCIDENT}at/")
            assert "2026" in words_of(page)
            page.goto(f"{play.stage.site_url}/demo/")
            page.get_by_role("link", name="What was shown and what was true").last.click()
            words = words_of(page)
            assert "22 states, all of them true." in words
            assert page.locator(".differs").count() == 0


def test_the_buttons_of_the_controls_work_without_a_script(browser: Any, tmp_path: Path) -> None:
    project = demos.project(tmp_path)
    with demo.playing(project, BEGIN, END, interval=timedelta(hours=5), score=False) as play:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{play.stage.site_url}/demo/")
        page.get_by_role("button", name="Run", exact=True).click()
        assert (play.running, page.url) == (True, f"{play.stage.site_url}/demo/")
        page.get_by_role("button", name="Pause").click()
        assert play.running is False
        page.get_by_label("Speed").select_option("five minutes a second")
        page.get_by_role("button", name="Run at this speed").click()
        assert (play.running, play.speed) == (True, 300)
        context.close()

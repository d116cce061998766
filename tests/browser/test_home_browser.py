"""The front page in a browser: "my stack" shows only what a reader uses, and is kept in the address and the browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import shots
from tests.support.almanacs import CLAUDE, GROQ, almanac, incident
from tests.unit.test_views import front_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.site.test_theme import ROOT, printed

    folder = tmp_path_factory.mktemp("home")
    known = almanac([incident("open", "02 13:00", "")], providers=(CLAUDE, GROQ))
    (folder / "index.html").write_text(printed([("home", front_page(known))])["/"])
    (folder / "theme").mkdir()
    for path in (ROOT / "theme/static").iterdir():
        (folder / "theme" / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture
def page(site: Path) -> Iterator[Any]:
    with shots.served(site) as here, shots.browser() as chromium:
        opened = chromium.new_context(base_url=here).new_page()
        opened.clock.set_fixed_time("2026-03-02T14:10:00Z")
        yield opened


def rows(page: Any) -> list[str]:
    return [text.strip() for text in page.locator(".ledger tbody tr:visible th a").all_inner_texts()]


def test_the_address_says_which_rows_are_shown_and_the_heading_how_they_are(page: Any) -> None:
    page.goto("/?stack=groq,nobody")
    assert (rows(page), page.locator(".mine summary").inner_text()) == (
        ["Groq"],
        "My stack: none of 1 with an open incident",
    )


def test_a_choice_is_kept_in_the_address_and_in_the_browser_and_can_be_taken_back(page: Any) -> None:
    page.goto("/")
    assert rows(page) == ["Claude", "Groq"]
    page.locator(".mine summary").click()
    page.get_by_label("Claude", exact=True).check()
    assert (rows(page), page.url.partition("?")[2]) == (["Claude"], "stack=anthropic")
    page.goto("/")
    assert rows(page) == ["Claude"]
    page.locator(".mine summary").click()
    page.get_by_label("Claude", exact=True).uncheck()
    assert (rows(page), page.url.partition("?")[2]) == (["Claude", "Groq"], "")


def test_without_a_script_all_rows_are_shown_and_no_control_that_does_nothing(site: Path) -> None:
    with shots.served(site) as here, shots.browser() as chromium:
        page = chromium.new_context(java_script_enabled=False).new_page()
        page.goto(f"{here}/?stack=groq")
        assert (rows(page), page.locator(".mine").is_visible()) == (["Claude", "Groq"], False)

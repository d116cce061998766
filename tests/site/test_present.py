"""Pages about now follow what they are about, and a build beside an earlier one prints what a clean one does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from almanac import archive
from almanac.model import Phase, Update, moment, seconds
from tests.support import now
from tests.support.almanacs import at, incident, pulls
from tests.support.projects import put, tree

pytestmark = pytest.mark.slow
CLAUDE, API, OPEN = "providers/anthropic", "providers/anthropic/api", "incidents/anthropic/open"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site on which one incident is open, already built once."""
    root = tmp_path_factory.mktemp("now")
    now.one_open(root)
    return root


def said(output: Path, page: str, part: str) -> str:
    """Return the words of a part of a page."""
    found = BeautifulSoup((output / page / "index.html").read_text(), "lxml").select_one(part)
    return " ".join(found.get_text(" ").split()) if found else ""


def another_forecast(root: Path) -> None:
    later = now.forecast(since=40)
    now.keep(
        root, now.forecast(), replace(later, forecast=replace(later.forecast, quantiles=(5.0, 20.0, 50.0, 90.0, 200.0)))
    )


def groq_opens(root: Path) -> None:
    put(root, incident("bad", "02 12:31", "", provider="groq", components=()))
    archive.save_pulls(root / "content", pulls("groq", until=now.NOW + LATER, last_open=(("bad", now.NOW + LATER),)))


def a_post_names_the_api(root: Path) -> None:
    found = now.open_incident()
    post = Update(at=at("02 12:31"), phase=Phase.IDENTIFIED, text="Some methods of the API fail.", seen=at("02 12:33"))
    put(root, replace(found, updates=(*found.updates, post), phase=Phase.IDENTIFIED))


def it_is_over(root: Path) -> None:
    found = now.open_incident()
    post = Update(at=at("02 12:31"), phase=Phase.RESOLVED, text="This is over.", seen=at("02 12:33"))
    over = replace(
        found, updates=(*found.updates, post), phase=Phase.RESOLVED, ended=post.at, ended_basis="resolved-update"
    )
    put(root, over)


LATER = timedelta(minutes=5)


@pytest.mark.parametrize("change", [another_forecast, groq_opens, a_post_names_the_api, it_is_over])
def test_what_a_page_about_now_shows_is_never_that_of_an_earlier_build(
    world: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    shutil.copytree(world, tmp_path / "site", symlinks=True)
    change(tmp_path / "site")
    again = dict(tree(now.built(tmp_path / "site", now.NOW + LATER)))
    clean = tmp_path / "clean"
    shutil.copytree(
        tmp_path / "site",
        clean,
        symlinks=True,
        ignore=lambda _, names: [n for n in names if n.startswith((".o", "out"))],
    )
    assert again == dict(tree(now.built(clean, now.NOW + LATER)))


def test_each_change_is_told_where_people_look_for_it(world: Path, tmp_path: Path) -> None:
    root = tmp_path / "site"
    shutil.copytree(world, root, symlinks=True)
    for change in (another_forecast, groq_opens, a_post_names_the_api):
        change(root)
    output = now.built(root, now.NOW + LATER)
    for page in (CLAUDE, API, OPEN):
        assert "50% chance it is fixed by 13:19 UTC" in said(output, page, "#back-by"), page
        assert "Groq major API" in said(output, page, "#meanwhile"), page
        assert "12:31 UTC : “Some methods of the API fail.” See the update" in said(output, page, ".parts"), page
    assert said(output, OPEN, "#u-2026-03-02T12\\:31 b") == "Identified"


def test_two_hours_after_the_data_ends_nothing_is_said_of_now(world: Path, tmp_path: Path) -> None:
    root = tmp_path / "site"
    shutil.copytree(world, root, symlinks=True)
    output = now.built(root, moment(seconds(now.NOW) + 7200))
    for page in (CLAUDE, API):
        assert said(output, page, "h1").endswith("Unknown: our data ends 2 March 2026."), page
        assert (said(output, page, "#back-by"), "major" in said(output, page, ".parts")) == ("", False), page
    assert (said(output, OPEN, "#back-by"), said(output, OPEN, ".parts")) == ("", "")

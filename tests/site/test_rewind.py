"""A build of the past is the site as it was then: byte for byte what it would be had nothing been observed since."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from almanac import archive
from almanac.build.settings import BuildSettings
from almanac.content.article import ArticleCard
from almanac.model import Update, seconds
from almanac.snapshot import incident_as_of
from tests.site.test_build import TOLD, settings  # noqa: F401  (a fixture)
from tests.support.almanacs import at, incident, pulls
from tests.support.builds import build, clean
from tests.support.forecasts import issued
from tests.support.projects import put, tree
from tests.unit.test_replay import SEEN

THEN = at("02 12:45")
KEPT, KEPT_LATER = (issued("seen", seconds(SEEN.started), minutes) for minutes in (51, 81))
LATER = replace(
    SEEN,
    id="later",
    started=at("02 13:00"),
    first_seen=at("02 13:05"),
    changes=(),
    ended=None,
    updates=(Update(at=at("02 13:00"), phase=SEEN.updates[0].phase, text="Later.", seen=at("02 13:05")),),
)


@pytest.fixture
def past(settings: BuildSettings) -> BuildSettings:  # noqa: F811
    """Return a settings for a moment in the middle of an incident that was changed much later."""
    for found in (replace(SEEN, id="seen"), LATER):
        put(settings.root, found)
    archive.append_forecasts(settings.content, "anthropic", [KEPT, KEPT_LATER])
    return replace(settings, now=THEN)


def forget(content: Path) -> None:
    """Take out of an archive all that was observed after that moment."""
    for path in sorted(content.glob("incidents/*/*/*.md")):
        found = archive.read(content, path.relative_to(content / "incidents").as_posix())
        then = incident_as_of.as_of(found, THEN)
        if then is None:
            path.unlink()
        elif then != found:
            path.write_text(archive.render(then))
    (content / "forecasts/anthropic.jsonl").unlink()
    archive.append_forecasts(content, "anthropic", [KEPT])
    ended = {"anthropic": ("first", "second", "seen"), "groq": ("other",)}
    for slug in ("anthropic", "groq"):
        known = archive.load_pulls(content, slug)
        archive.save_pulls(content, incident_as_of.pulls_as_of(known, THEN, ended[slug]))


def test_a_build_of_the_past_equals_one_without_all_later_observations(past: BuildSettings) -> None:
    build(past)
    whole = dict(tree(past.output))
    forget(past.content)
    assert clean(past) == whole


def test_what_was_open_then_is_open_on_its_page_and_at_home(past: BuildSettings) -> None:
    build(past)
    home = (past.output / "index.html").read_text()
    assert "<h1>Claude and Groq are reporting outages." in home
    page = (past.output / "incidents/anthropic/seen/index.html").read_text()
    assert ("All methods fail." in page, "Some methods fail." in page) == (True, False)
    assert 'calculated at <time datetime="2026-03-02T12:40:00Z">12:40\u00a0UTC</time>' in page


def test_what_was_not_known_yet_has_no_page(past: BuildSettings) -> None:
    build(past)
    assert not (past.output / "incidents/anthropic/later").exists()
    assert build(replace(past, now=at("02 14:10"))).changed
    assert (past.output / "incidents/anthropic/later/index.html").exists()


def test_an_article_of_a_later_date_is_in_no_list(past: BuildSettings) -> None:
    soon = ArticleCard(url="/articles/2026/soon/", title="Soon to be told", date=at("02 13:00"))
    build(past, TOLD, soon)
    assert "Soon to be told" not in (past.output / "articles/index.html").read_text()


def test_a_record_that_ends_before_is_as_it_is(settings: BuildSettings) -> None:  # noqa: F811
    for slug in ("anthropic", "groq"):
        archive.save_pulls(settings.content, pulls(slug))
    build(settings)
    assert build(replace(settings, now=settings.now)).changed == ()


def test_an_import_that_was_open_then_is_called_open_and_one_without_an_end_is_not(past: BuildSettings) -> None:
    for name, until in (("long", "02 16:00"), ("lost", "")):
        put(past.root, replace(incident(name, "02 11:00", until), imported="a-list", first_seen=None))
    build(past)
    rows = (past.output / "incidents/2026/03/index.html").read_text().split("<li>")
    said = {
        name: [word for word in (">open<", ">no end time<") if word in row]
        for name in ("long", "lost")
        for row in rows
        if f"/anthropic/{name}/" in row
    }
    assert said == {"long": [">open<"], "lost": [">no end time<"]}

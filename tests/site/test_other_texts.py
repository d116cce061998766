"""Where nothing but texts of incidents is another, next to nothing is loaded, and the site ends where a clean build ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from almanac import views
from almanac.build import sources
from almanac.build.settings import BuildSettings
from almanac.build.sources import SourceRow, shard_of
from almanac.content.article import Article
from almanac.model import Incident, Update
from tests.site.test_build import TOLD, settings  # noqa: F401  (a fixture)
from tests.support.almanacs import at, incident
from tests.support.builds import build, clean, watch_jobs
from tests.support.projects import INCIDENTS, moment, put, tree, write

LONG = incident("long", "2024-12-30 10:00", "2025-01-02 09:00")
NEW_YEAR = incident("new-year", "2025-01-02 07:00", "2025-01-02 08:00", provider="groq", components=())
SUMMER = incident("summer", "2025-07-01 10:00", "2025-07-01 11:00", provider="groq", components=())
OLD = incident("old", "2023-05-01 10:00", "2023-05-01 11:00")
WORLD = (LONG, NEW_YEAR, SUMMER, OLD)
RECENT = [  # as many as any feed holds, and more
    incident(
        f"recent-{day}-{hour}", f"2026-02-{day:02} {hour:02}:00", f"2026-02-{day:02} {hour:02}:40", provider="groq"
    )
    for day in range(1, 12)
    for hour in range(10)
]
LATER = replace(TOLD, url="/articles/2026/later/", date=moment("2026-03-04T13:00:00Z"), incidents=(("groq", "summer"),))
BECAUSE = "reason: A test.\nsource: https://a.example/\nauthor: Ada\ndate: 2026-03-01T09:00:00Z\n"
POST = """---
title: Both fall over
url: https://paper.example/both
publisher: The Paper
date: 2025-07-01T10:30:00Z
grade: press
providers: [groq, anthropic]
incidents: [groq/summer, anthropic/old]
curator: Ada Example
---
"""


def retold(one: Incident, text: str) -> Incident:
    """Return an incident whose first post says something else."""
    return replace(one, updates=(replace(one.updates[0], text=text), *one.updates[1:]))


def another_moves_beside_it(settings: BuildSettings) -> None:  # noqa: F811
    """Have an editor say that another began on the same day, two years after it was filed."""
    write(
        settings.root,
        "corrections/anthropic/old.yml",
        f"start: 2025-07-01T09:00:00Z\nend: 2025-07-01T10:00:00Z\n{BECAUSE}",
    )


def another_is_merged_with_it(settings: BuildSettings) -> None:  # noqa: F811
    """Have an editor say that one of another year is part of it."""
    write(settings.root, "corrections/groq/summer.yml", f"merge_with: groq/new-year\n{BECAUSE}")
    write(settings.root, "corrections/anthropic/long.yml", f"merge_with: anthropic/old\n{BECAUSE}")


def the_press_names_it_beside_another(settings: BuildSettings) -> None:  # noqa: F811
    """Have a link post name one of another year, too."""
    write(settings.root, "links/2025/2025-07-01-both.md", POST)


def it_becomes_known_later(settings: BuildSettings) -> None:  # noqa: F811
    """Have something of it been seen after the moment of the build."""
    seen = Update(at=at("02 13:00"), phase=SUMMER.updates[0].phase, text="Later.", seen=moment("2026-03-05T00:00:00Z"))
    put(settings.root, replace(SUMMER, updates=(*SUMMER.updates, seen)))


def nothing_else(_: BuildSettings) -> None:
    """Leave all as it is."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "circumstance",
    [
        nothing_else,
        another_moves_beside_it,
        another_is_merged_with_it,
        the_press_names_it_beside_another,
        it_becomes_known_later,
    ],
)
def test_other_texts_end_where_a_clean_build_ends(
    settings: BuildSettings,  # noqa: F811
    circumstance: Callable[[BuildSettings], None],
) -> None:
    for one in WORLD:
        put(settings.root, one)
    circumstance(settings)
    assert build(settings, TOLD, LATER).problems == ()
    for number, one in enumerate(WORLD):
        put(settings.root, retold(one, f"Other words, {number}."))
        assert f"incidents/{one.provider}/{one.id}/index.html" in build(settings, TOLD, LATER).changed
    assert tree(settings.output) == clean(settings, TOLD, LATER)
    put(settings.root, replace(OLD, title="Another title, beside the text"))
    build(settings, TOLD, LATER)
    assert tree(settings.output) == clean(settings, TOLD, LATER)


def test_another_text_of_an_article_makes_its_page_and_the_feeds_of_articles_alone(
    settings: BuildSettings,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = Article(card=TOLD, html="<p>It fell over.</p>", file="articles/2026/first.md")
    other = Article(card=LATER, html="<p>Later.</p>", file="articles/2026/later.md")
    build(settings, first, other)
    made = watch_jobs(monkeypatch)
    first = replace(first, html="<p>It fell over again.</p>")
    assert build(settings, first, other).changed == (
        "articles/2026/claude-fails/index.html",
        "articles/atom.xml",
        "articles/feed.json",
        "articles/feed.xml",
    )
    assert sorted(route for route, _ in made) == ["article_feeds", "articles", "search_index"]
    assert tree(settings.output) == clean(settings, first, other)
    put(settings.root, retold(INCIDENTS[0], "Other words."))
    first = replace(first, html="<p>It fell over a third time.</p>", confirmed=("It did.",))
    build(settings, first, other)
    assert tree(settings.output) == clean(settings, first, other)


@pytest.mark.slow
def test_what_is_far_from_another_text_is_not_loaded(
    settings: BuildSettings,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for one in (*WORLD, *RECENT):
        put(settings.root, one)
    build(settings)
    loaded: list[str] = []
    unpacked = sources._rows

    def watched(blob: bytes) -> Mapping[str, SourceRow]:
        rows = unpacked(blob)
        loaded.extend({shard_of(file) for file in rows})
        return rows

    monkeypatch.setattr(sources, "_rows", watched)
    build(settings)
    assert loaded == []
    put(settings.root, retold(NEW_YEAR, "Other words."))
    assert build(settings).changed == tuple(
        f"incidents/groq/new-year/{name}" for name in ("at/index.html", "index.html", "index.md")
    )
    assert sorted(loaded) == ["anthropic/2024", "groq/2025"]
    put(settings.root, replace(NEW_YEAR, title="Renamed"))
    build(settings)
    assert tree(settings.output) == clean(settings)


def test_a_page_that_cannot_be_shown_with_another_text_goes(
    settings: BuildSettings,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(settings.root, OLD)
    build(settings)
    page = settings.output / "incidents/anthropic/old/index.html"
    show = views.incident

    def fail(around: views.Around, told: Incident, *rest: object, **more: object) -> object:
        if told.updates[0].text == "Unspeakable.":
            raise ValueError("no such word")
        return show(around, told, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "incident", fail)
    put(settings.root, retold(OLD, "Unspeakable."))
    assert [line.partition(":")[0] for line in build(settings).problems] == [
        "content/incidents/anthropic/2023/2023-05-01-old.md"
    ]
    assert not page.exists()
    put(settings.root, retold(OLD, "Other words."))
    assert build(settings).problems == ()
    assert tree(settings.output) == clean(settings)

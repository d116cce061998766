"""Publishing to object storage: few objects for one change, and no moment at which a page links to one that is not there."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from almanac.build.settings import BuildSettings, build_settings
from bench import corpus
from tests.support.builds import build
from tests.support.projects import INCIDENTS, project, put, tree
from tests.support.stores import Reader, Store, changed, killed_when, store

pytestmark = [pytest.mark.system, pytest.mark.slow]


@pytest.fixture(scope="module")
def server() -> Iterator[Store]:
    with store() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> BuildSettings:
    """Return the settings of a built project with some sixty incidents."""
    import runpy

    root = project(tmp_path / "project")
    chance = random.Random(1)
    for number in range(60):
        put(root, replace(corpus.incident(chance, number), provider="groq"))
    names: dict[str, Any] = runpy.run_path(str(root / "pelicanconf.py"))
    folders = {name: str(root / names[name]) for name in ("PATH", "THEME", "OUTPUT_PATH")}
    settings = build_settings({**names, **folders, "ALMANAC_NOW": "2026-07-02T00:00:00Z"}, 0)
    build(settings)
    return settings


def test_one_change_sends_few_objects(settings: BuildSettings, server: Store) -> None:
    said = server.upload(settings.output)
    assert f"publish: {len(tree(settings.output))} sent, 0 deleted, 0 unchanged at s3://almanac/site (" in said
    assert server.pages() == dict(tree(settings.output))
    before = server.objects()
    assert "publish: 0 sent, 0 deleted" in server.upload(settings.output)
    assert server.objects() == before
    put(settings.root, replace(INCIDENTS[2], title="Another title"))
    build(settings)
    server.upload(settings.output)
    assert server.pages() == dict(tree(settings.output))
    assert 0 < changed(before, server.objects()) <= 40


def test_uploads_that_are_killed_never_show_a_link_to_a_page_that_is_not_there(
    settings: BuildSettings, server: Store
) -> None:
    server.upload(settings.output)
    reader = Reader(server, settings.site_url, tree(settings.output))
    reader.start()
    chance = random.Random(2)
    for number, steps in enumerate((1, 12, 40, 90)):
        for more in range(5):
            put(settings.root, replace(corpus.incident(chance, 1_000 + 10 * number + more), provider="groq"))
        for path in sorted((settings.content / "incidents/groq").glob("*/*.md"))[number : number + 2]:
            path.unlink()
        build(settings)
        before = server.objects()
        is_late = lambda steps=steps, before=before: changed(before, server.objects()) >= steps  # noqa: E731
        assert killed_when(server.begin(settings.output), is_late)
    assert ", resuming an interrupted run (" in server.upload(settings.output)
    reader.stop()
    assert reader.faults == []
    assert reader.pages > 100
    assert server.pages() == dict(tree(settings.output))


def test_types_say_that_texts_are_unicode(settings: BuildSettings, server: Store) -> None:
    server.upload(settings.output)
    paths = ("index.html", "atom.xml", "api/v2/summary.json", "theme/site.css", "badge.svg")
    assert {path: server.answer(f"/{path}")[0].headers["Content-Type"] for path in paths} == {
        "index.html": "text/html; charset=utf-8",
        "atom.xml": "application/xml; charset=utf-8",
        "api/v2/summary.json": "application/json; charset=utf-8",
        "theme/site.css": "text/css; charset=utf-8",
        "badge.svg": "image/svg+xml; charset=utf-8",
    }


def test_old_years_without_replays_and_twins_have_no_link_to_them(settings: BuildSettings) -> None:
    full = set(tree(settings.output))
    shutil.rmtree(settings.output)
    build(replace(settings, details_since=2026, of_pages="another"))
    lean = dict(tree(settings.output))
    left_out = full - lean.keys()
    assert lean.keys() < full
    assert {path for path in left_out if not path.endswith(("/index.md", "/at/index.html"))} == set()
    linked = {path: data for path, data in lean.items() if path.endswith((".html", ".xml", ".json"))}
    dead = [path.removesuffix("index.html") for path in left_out]
    assert [path for path, data in linked.items() if any(f'"/{one}"'.encode() in data for one in dead)] == []
    kept = {path for path in lean if path.endswith("/index.md")}
    assert kept == {path for path in full if path.endswith("/index.md")} - left_out != set()

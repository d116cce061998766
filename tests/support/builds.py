"""Builds without Pelican, of what a test puts together itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from almanac.build import jobs
from almanac.build.context import Context, Prose
from almanac.build.output import OutputFolder
from almanac.build.routes.route import Route
from almanac.build.run import Build, Built
from almanac.build.settings import BuildSettings
from almanac.content.article import Article, ArticleCard
from tests.support.projects import LONG_AGO, tree


def build(settings: BuildSettings, *cards: ArticleCard | Article, clock: int = 4 * LONG_AGO) -> Built:
    """Build with articles of these cards. The clock says that every source was settled long ago."""
    running = Build(settings, clock)
    try:
        return running.finish(_prose(*cards))
    finally:
        running.close()


def watch_jobs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return a list that grows by the route and the shard of each job that makes anything from now on."""
    made: list[tuple[str, str]] = []
    make = jobs._make

    def watched(folder: OutputFolder, context: Context, route: Route, shard: str) -> Iterator[str]:
        made.append((route.name, shard))
        return make(folder, context, route, shard)

    monkeypatch.setattr(jobs, "_make", watched)
    return made


def clean(settings: BuildSettings, *cards: ArticleCard | Article) -> dict[str, bytes]:
    """Return what a build into an empty folder makes."""
    empty = replace(settings, output=settings.root / "clean")
    for folder in (empty.output, empty.state):
        shutil.rmtree(folder, ignore_errors=True)
    build(empty, *cards)
    return dict(tree(empty.output))


def context(settings: BuildSettings, *cards: ArticleCard | Article) -> Context:
    """Return what the routes of a build draw on; nothing is built."""
    running = Build(settings, 4 * LONG_AGO)
    try:
        running._gather()
        loaded = running.context(_prose(*cards), (), [])
        assert loaded.snapshot
        return loaded
    finally:
        running.close()


def _prose(*cards: ArticleCard | Article) -> Prose:
    return Prose(tuple(card if isinstance(card, Article) else Article(card=card, html="") for card in cards))

"""Which component an incident named when: since when its list held it, as far as we saw, and which posts name it.

What a post says of a component (that it fails, or works) is for people to read; that it names it is a fact. Of an import
nobody knows since when its list is as it is, so there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from almanac.model import Card, Component, Incident, Stretch, seconds
from almanac.stats.selection import placing
from almanac.text import english, markdown
from almanac.views import base, charts
from almanac.views.around import Around
from almanac.views.charts import Block, Label
from almanac.views.parts import naming


class NamedRow(NamedTuple):
    """A component: when it was listed, as bars, which posts name it, as rings, and both in words."""

    url: str
    name: str
    blocks: tuple[Block, ...]
    knobs: tuple[str, ...]
    words: str


class NamedWhen(NamedTuple):
    """The components of an incident on its scale of time."""

    rows: tuple[NamedRow, ...]
    ticks: tuple[Label, ...]


def named_when(around: Around, incident: Incident, card: Card) -> NamedWhen | None:
    """Return when each component was named; None where that is not known, or there are not two to compare."""
    provider = around.whole
    if provider is None or incident.first_seen is None or not card.is_trouble or around.end <= card.started:
        return None
    place = placing(provider)
    lists = [
        (span, place(card._replace(components=names)))
        for span, names in _lists(incident, incident.first_seen, around.end)
    ]
    texts = [
        (seconds(post.at), markdown.plain(markdown.html(post.text)))
        for post in incident.updates
        if post.text and not post.gone
    ]
    view = Stretch(card.started, around.end)
    rows = []
    for part in provider.components:
        listed = _listed(lists, part)
        posts = [at for at, text in texts if naming(provider, part).search(text)]
        if listed or posts:
            rows.append(_row(provider.slug, part, listed, posts, view))
    return NamedWhen(tuple(rows), charts.ticks(charts.scale_of(view))) if len(rows) > 1 else None


def _row(slug: str, part: Component, listed: list[tuple[int, int]], posts: list[int], view: Stretch) -> NamedRow:
    scale = charts.scale_of(view)
    return NamedRow(
        url=base.component_url(slug, part.slug),
        name=part.name,
        blocks=tuple(Block("f-ink", scale.x(since), scale.width(since, until)) for since, until in listed),
        knobs=tuple(map(scale.x, posts)),
        words=_words(listed, posts, view),
    )


def _lists(incident: Incident, first_seen: datetime, end: int) -> list[tuple[Stretch, tuple[str, ...]]]:
    """Return the lists of components that an incident had, each with the time in which we saw it so."""
    changes = sorted((c for c in incident.changes if c.what == "components"), key=lambda change: change.until)
    moments = [seconds(first_seen), *(seconds(change.until) for change in changes), max(end, seconds(first_seen))]
    lists = [*(tuple(filter(None, change.was.split("; "))) for change in changes), incident.components]
    return [(Stretch(*span), names) for span, names in zip(pairwise(moments), lists, strict=True)]


def _listed(lists: Iterable[tuple[Stretch, frozenset[str]]], part: Component) -> list[tuple[int, int]]:
    """Return when a component was listed; lists that follow each other are one stretch."""
    spans: list[tuple[int, int]] = []
    for (since, until), slugs in lists:
        if part.slug not in slugs:
            continue
        if spans and spans[-1][1] == since:
            spans[-1] = (spans[-1][0], until)
        else:
            spans.append((since, until))
    return spans


def _words(listed: list[tuple[int, int]], posts: list[int], view: Stretch) -> str:
    def at(instant: int) -> str:
        return english.clock_near(instant, view.since)

    spans = [f"from {at(since)}{f' to {at(until)}' if until < view.until else ''}" for since, until in listed]
    parts = [f"listed {english.listing(spans)}" if spans else "never listed"]
    parts.append(f"named at {english.listing([at(post) for post in posts], 4)}" if posts else "not named in any update")
    return "; ".join(parts)

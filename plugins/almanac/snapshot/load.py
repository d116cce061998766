"""Puts the Snapshot of a moment together from content/, and finds what in it clashes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from almanac import archive, files
from almanac.content import (
    corrections,
    datasets,
    images,
    link_posts,
    project_file,
    providers,
    releases,
    undeclared,
    unwatched,
)
from almanac.content.article import ArticleCard
from almanac.content.datasets import DataSet
from almanac.content.frontmatter import placed
from almanac.content.images import Picture
from almanac.content.link_posts import LinkPost
from almanac.content.undeclared import Undeclared
from almanac.content.unwatched import Unwatched
from almanac.model import Card, Provider, Pulls, card
from almanac.model.card import newest_first, page_path
from almanac.model.problem import Problem
from almanac.model.project import ANYBODYS, Project
from almanac.snapshot import Snapshot, order
from almanac.stats.issued import Issued

Value = TypeVar("Value")


def load(content: Path, now: datetime) -> Snapshot:
    """Return the Snapshot of an archive as it is in its files, without articles, corrections applied.

    Raises ArchiveError and ProviderError. What is wrong with other files that people write is left to `check`.
    """
    watched = providers.load(content)
    cards = [
        card(filed.incident, filed.file)
        for provider in watched
        for filed in archive.load(content, provider.slug).values()
    ]
    return assemble(content, now, watched, cards, faults=[], project=project_file.load(content.parent))


def assemble(
    content: Path,
    now: datetime,
    watched: tuple[Provider, ...],
    cards: Iterable[Card],
    articles: Iterable[ArticleCard] = (),
    *,
    faults: list[Problem],
    site_url: str = "",
    project: Project = ANYBODYS,
) -> Snapshot:
    """Return the Snapshot of these, corrections applied; what is wrong with them or content/ is added to `faults`."""
    cards_by_provider: dict[str, list[Card]] = {provider.slug: [] for provider in watched}
    fixes, unread = corrections.load(content)
    by_slug = order.orders(watched)
    ordered = [order.card(one, by_slug.get(one.provider)) for one in cards]
    right, corrected, unfit = corrections.apply(ordered, fixes)
    right = [order.card(one, by_slug.get(one.provider)) for one in right]  # a merged one names those of both
    faults += (*unread, *(placed(content, fault) for fault in unfit))
    notes = _notes(content, faults)
    for one in right:
        cards_by_provider.setdefault(one.provider, []).append(one)
    faults += _drop_clashes(cards_by_provider, {provider.slug for provider in watched})
    ids = {(one.provider, one.id) for one in right} if notes.links else ()
    faults += (placed(content, fault) for fault in link_posts.strangers(notes.links, cards_by_provider, ids))
    faults += undeclared.strangers(notes.undeclared, [provider.slug for provider in watched])
    pulls = _all_pulls(content, (*cards_by_provider, archive.PRESS), watched, faults)
    press = pulls.pop(archive.PRESS)
    hindsight = _recorded(content, archive.load_hindsight, None, faults)
    return Snapshot(
        providers=watched,
        cards={slug: tuple(sorted(group, key=newest_first)) for slug, group in cards_by_provider.items()},
        pulls=pulls,
        articles=tuple(sorted(articles, key=lambda card: (-card.date.timestamp(), card.url))),
        now=now,
        record_until=max((span.until for pull in pulls.values() for span in pull.coverage), default=None),
        site_url=site_url,
        project=project,
        corrections=corrected,
        links=notes.links,
        pictures=notes.pictures,
        undeclared=notes.undeclared,
        datasets=notes.datasets,
        press=press.feeds,
        unwatched=notes.unwatched,
        issued={slug: _recorded(content, _issued(slug), (), faults) for slug in cards_by_provider},
        scorecard=_recorded(content, archive.load_scorecard, None, faults),
        releases=releases.load(content),
        trials=_recorded(content, archive.load_trials, "", faults),
        hindcasts=hindsight.texts if hindsight else {},
    )


class _Notes(NamedTuple):
    """The files of people that stand beside incidents and articles."""

    links: tuple[LinkPost, ...]
    pictures: tuple[Picture, ...]
    undeclared: tuple[Undeclared, ...]
    datasets: tuple[DataSet, ...]
    unwatched: tuple[Unwatched, ...]


def _notes(content: Path, faults: list[Problem]) -> _Notes:
    """Return what people wrote beside incidents; what is wrong with it is added to `faults`."""
    posts, unreadable = link_posts.load(content)
    pictures, unfit = images.load(content)
    brought, unfounded = undeclared.load(content)
    sets, undescribed = datasets.load(content)
    without_feed, unclear = unwatched.load(content)
    faults += (*unreadable, *unfit, *unfounded, *undescribed, *unclear)
    return _Notes(posts, pictures, brought, sets, without_feed)


def _all_pulls(
    content: Path, slugs: Iterable[str], watched: Iterable[Provider], faults: list[Problem]
) -> dict[str, Pulls]:
    """Return what pulls recorded, by slug, with the products that readers mean by a provider's name."""
    pulls = {slug: _recorded(content, _pulls(slug), Pulls(provider=slug), faults) for slug in slugs}
    cores = {one.slug: one.core for one in watched if one.core and one.slug in pulls}
    return pulls | {slug: replace(pulls[slug], core=core) for slug, core in cores.items()}


def _pulls(slug: str) -> Callable[[Path], Pulls]:
    return lambda content: archive.load_pulls(content, slug)


def _issued(slug: str) -> Callable[[Path], tuple[Issued, ...]]:
    return lambda content: archive.load_forecasts(content, slug)


def _recorded(content: Path, load: Callable[[Path], Value], without: Value, faults: list[Problem]) -> Value:
    """Return what a file records; if it cannot be read, add a fault and return `without`: so the rest is judged too."""
    try:
        return load(content)
    except archive.ArchiveError as error:
        faults += error.problems
    except OSError as error:  # a folder with the name of a file, or the other way round
        place = os.path.relpath(error.filename or content, content)
        faults.append(Problem(file=f"content/{place}", message=files.why(error)))
    return without


def _drop_clashes(cards: dict[str, list[Card]], watched: set[str]) -> Iterator[Problem]:
    """Take out incidents of nobody, and files that claim the incident or address of one before; a fault for each."""
    for slug in sorted(cards):
        group = cards[slug]
        if slug in watched and len({one.id for one in group}) == len({page_path(one) for one in group}) == len(group):
            continue
        owners: dict[str, str] = {}
        distinct = []
        for one in cards[slug]:
            claims = f"id {one.id}", f"address {page_path(one)}"
            for claim in claims:
                if claim in owners:
                    message = f"has the {claim} of {owners[claim]}; keep one of the two"
                    yield Problem(file=f"content/incidents/{one.file}", message=message)
            if owners.keys().isdisjoint(claims):
                distinct.append(one)
                owners |= dict.fromkeys(claims, one.file)
        cards[slug] = distinct
        if slug not in watched:
            del cards[slug]
            message = f"belongs to no provider; add content/providers/{slug}.md"
            yield Problem(file=f"content/incidents/{slug}", message=message)

"""Puts the Almanac of a moment together from providers, cards and articles, and finds what in them clashes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from almanac import archive, files
from almanac.content import corrections, images, link_posts, undeclared
from almanac.content.frontmatter import Fault
from almanac.engine.plan import Plan
from almanac.model import Card, Provider, Pulls
from almanac.model.card import page_path
from almanac.snapshot import ArticleCard, Snapshot
from almanac.stats.issued import Issued

Value = TypeVar("Value")


def assemble(
    plan: Plan,
    watched: tuple[Provider, ...],
    cards: Iterable[Card],
    articles: Iterable[ArticleCard],
    faults: list[Fault],
) -> Snapshot:
    """The Almanac of this moment, corrections applied; what is wrong with these or the archive is added to `faults`."""
    known: dict[str, list[Card]] = {provider.slug: [] for provider in watched}
    fixes, unread = corrections.load(plan.content)
    now, corrected, unfit = corrections.apply(cards, fixes)
    posts, unreadable = link_posts.load(plan.content)
    shown, unfit_to_show = images.load(plan.content)
    brought, unfounded = undeclared.load(plan.content)
    faults += (*unread, *unfit, *unreadable, *unfit_to_show, *unfounded)
    for card in now:
        known.setdefault(card.provider, []).append(card)
    faults += _drop_clashes(known, {provider.slug for provider in watched})
    faults += link_posts.strangers(posts, known, {(card.provider, card.id) for card in now} if posts else ())
    faults += undeclared.strangers(brought, [provider.slug for provider in watched])
    pulls = {slug: _recorded(plan, _pulls(slug), Pulls(provider=slug), faults) for slug in (*known, archive.PRESS)}
    press = pulls.pop(archive.PRESS)
    return Snapshot(
        providers=watched,
        cards={slug: tuple(sorted(found, key=_newest_first)) for slug, found in known.items()},
        pulls=pulls,
        articles=tuple(sorted(articles, key=lambda card: (-card.date.timestamp(), card.url))),
        now=plan.now,
        record_until=max((span.until for pull in pulls.values() for span in pull.coverage), default=None),
        site_url=plan.site_url,
        site_name=plan.site_name,
        corrections=corrected,
        links=posts,
        pictures=shown,
        undeclared=brought,
        press=press.feeds,
        issued={slug: _recorded(plan, _issued(slug), (), faults) for slug in known},
        scorecard=_recorded(plan, archive.load_scorecard, None, faults),
    )


def _pulls(slug: str) -> Callable[[Path], Pulls]:
    return lambda content: archive.load_pulls(content, slug)


def _issued(slug: str) -> Callable[[Path], tuple[Issued, ...]]:
    return lambda content: archive.load_forecasts(content, slug)


def _recorded(plan: Plan, load: Callable[[Path], Value], without: Value, faults: list[Fault]) -> Value:
    """A file of the machine's; `without` it, and a fault more, where it cannot be read: so the rest is judged too."""
    try:
        return load(plan.content)
    except archive.ArchiveError as error:
        faults += error.faults
    except OSError as error:  # a folder with the name of a file, or the other way round
        place = os.path.relpath(error.filename or plan.content, plan.content)
        faults.append(Fault(file=f"content/{place}", message=files.why(error)))
    return without


def _newest_first(card: Card) -> tuple[int, str]:
    return -card.started, card.id


def _drop_clashes(cards: dict[str, list[Card]], watched: set[str]) -> Iterator[Fault]:
    """Take out incidents of nobody, and files that claim the incident or address of one before; a fault for each."""
    for slug in sorted(cards):
        taken: dict[str, str] = {}
        apart = []
        for card in cards[slug]:
            claims = f"id {card.id}", f"address {page_path(card)}"
            for claim in claims:
                if claim in taken:
                    message = f"has the {claim} of {taken[claim]}; keep one of the two"
                    yield Fault(file=f"content/incidents/{card.file}", message=message)
            if taken.keys().isdisjoint(claims):
                apart.append(card)
                taken |= dict.fromkeys(claims, card.file)
        cards[slug] = apart
        if slug not in watched:
            del cards[slug]
            message = f"is of no provider here; add content/providers/{slug}.md"
            yield Fault(file=f"content/incidents/{slug}", message=message)

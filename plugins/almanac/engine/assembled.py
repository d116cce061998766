"""Puts the Almanac of a moment together from providers, cards and articles, and finds what in them clashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from almanac import archive, corrections, links, pictures, undeclared
from almanac.almanac import Almanac, ArticleCard
from almanac.engine.incidents import page_path
from almanac.engine.plan import Plan
from almanac.model import Card, Provider, Pulls

_T = TypeVar("_T")


def assemble(
    plan: Plan, watched: tuple[Provider, ...], cards: Iterable[Card], articles: Iterable[ArticleCard], faults: list[str]
) -> Almanac:
    """The Almanac of this moment, corrections applied; what is wrong with these or the archive is added to `faults`."""
    known: dict[str, list[Card]] = {provider.slug: [] for provider in watched}
    fixes, unread = corrections.load(plan.content)
    now, corrected, unfit = corrections.apply(cards, fixes)
    posts, unreadable = links.load(plan.content)
    shown, unfit_to_show = pictures.load(plan.content)
    brought, unfounded = undeclared.load(plan.content)
    faults += map(str, (*unread, *unfit, *unreadable, *unfit_to_show, *unfounded))
    for card in now:
        known.setdefault(card.provider, []).append(card)
    faults += _drop_clashes(known, {provider.slug for provider in watched})
    faults += map(str, links.strangers(posts, known, {(card.provider, card.id) for card in now} if posts else ()))
    faults += map(str, undeclared.strangers(brought, [provider.slug for provider in watched]))
    pulls = {slug: _or_none(archive.load_pulls, plan.content, slug, faults) or Pulls(provider=slug) for slug in known}
    return Almanac(
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
        press=(_or_none(archive.load_pulls, plan.content, archive.PRESS, faults) or Pulls(provider="")).feeds,
        issued={slug: _or_none(archive.load_forecasts, plan.content, slug, faults) or () for slug in known},
        scorecard=_or_none(lambda content, _: archive.load_scorecard(content), plan.content, "", faults),
    )


def _newest_first(card: Card) -> tuple[int, str]:
    return -card.started, card.id


def _or_none(load: Callable[[Path, str], _T], content: Path, slug: str, faults: list[str]) -> _T | None:
    """Return what a file of the archive says; None, and a line in `faults`, for one that cannot be read."""
    try:
        return load(content, slug)
    except archive.ArchiveError as error:
        faults += str(error).split("\n")
        return None


def _drop_clashes(cards: dict[str, list[Card]], watched: set[str]) -> Iterable[str]:
    """Take out incidents of nobody, and files that claim the incident or the address of one before; a line for each."""
    for slug in sorted(cards):
        taken: dict[str, str] = {}
        apart = []
        for card in cards[slug]:
            claims = f"id {card.id}", f"address {page_path(card)}"
            for claim in claims:
                if claim in taken:
                    yield f"content/incidents/{card.file}:1: has the {claim} of {taken[claim]}; keep one of the two"
            if taken.keys().isdisjoint(claims):
                apart.append(card)
                taken |= dict.fromkeys(claims, card.file)
        cards[slug] = apart
        if slug not in watched:
            del cards[slug]
            yield f"content/incidents/{slug}:1: is of no provider here; add content/providers/{slug}.md"

"""Puts the Almanac of a moment together from providers, cards and articles, and finds what in them clashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from almanac import archive, corrections, links, pictures, undeclared
from almanac.almanac import Almanac, ArticleCard
from almanac.engine.incidents import page_path
from almanac.engine.plan import Plan
from almanac.model import Card, Provider


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
    faults += _clashes(known, {provider.slug for provider in watched})
    faults += map(str, links.strangers(posts, known, {(card.provider, card.id) for card in now} if posts else ()))
    faults += map(str, undeclared.strangers(brought, [provider.slug for provider in watched]))
    pulls = {slug: archive.load_pulls(plan.content, slug) for slug in known}
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
        press=archive.load_pulls(plan.content, archive.PRESS).feeds,
        issued={slug: archive.load_forecasts(plan.content, slug) for slug in known},
        scorecard=archive.load_scorecard(plan.content),
    )


def _newest_first(card: Card) -> tuple[int, str]:
    return -card.started, card.id


def _clashes(cards: Mapping[str, Iterable[Card]], watched: set[str]) -> Iterable[str]:
    """Incidents of nobody, and files that claim the same incident or the same address."""
    for slug, found in cards.items():
        taken: dict[str, str] = {}
        for card in found:
            for claim in (f"id {card.id}", f"address {page_path(card)}"):
                if claim in taken:
                    yield f"content/incidents/{card.file}:1: has the {claim} of {taken[claim]}; keep one of the two"
                taken[claim] = card.file
        if slug not in watched and taken:
            yield f"content/incidents/{slug}:1: is of no provider here; add content/providers/{slug}.md"

"""Turns the Snapshot back to its `now`: what became known later is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from almanac import archive
from almanac.content import corrections
from almanac.model import Card, Incident, Pulls, moment, seconds
from almanac.model import card as card_of
from almanac.model.card import newest_first
from almanac.snapshot import Snapshot, incident_as_of


def rewound(almanac: Snapshot, content: Path) -> Snapshot:
    """The Snapshot as it was at `almanac.now`; itself if all of it was known by then, as it mostly is."""
    now = seconds(almanac.now)
    late = [card for cards in almanac.cards.values() for card in cards if card.known > now]
    articles = tuple(article for article in almanac.articles if article.date <= almanac.now)
    if not late and len(articles) == len(almanac.articles):
        return almanac
    then = {card.file: _then(content, card, now) for card in late}
    cards = {slug: tuple(sorted(_kept(found, then), key=newest_first)) for slug, found in almanac.cards.items()}
    pulls = {slug: _pulls(found, cards.get(slug, ()), then, now) for slug, found in almanac.pulls.items()}
    return replace(
        almanac,
        cards=cards,
        pulls=pulls,
        articles=articles,
        record_until=max((span.until for pull in pulls.values() for span in pull.coverage), default=None),
        corrections=tuple(c for c in almanac.corrections if c.fix.date <= now and c.now.known <= now),
    )


def incident(content: Path, card: Card, now: int) -> Incident:
    """The incident of a card with its texts, as known at `now`."""
    return as_known(archive.read(content, card.file), card, now)


def as_known(filed: Incident, card: Card, now: int) -> Incident:
    """An incident as in its file, told as its card says and as known at `now`; itself if that is the same."""
    return corrections.like(incident_as_of.as_of(filed, moment(now)) or filed, card)


def _then(content: Path, card: Card, now: int) -> Card | None:
    """A card as it was, None if nothing was known of it; what an editor corrected is known with what is corrected.

    An import keeps where its end came from later: with that it was open then, without its end was never recorded.
    """
    found = incident_as_of.as_of(corrections.like(archive.read(content, card.file), card), moment(now))
    if found is None:
        return None
    then = card_of(found, card.file)
    return then._replace(ended_basis=card.ended_basis) if then.imported else then


def _kept(cards: Iterable[Card], then: Mapping[str, Card | None]) -> Iterable[Card]:
    for card in cards:
        was = then.get(card.file, card)
        if was is not None:
            yield was


def _pulls(pulls: Pulls, cards: Iterable[Card], then: Mapping[str, Card | None], now: int) -> Pulls:
    """Feeds as of `now`. What we now know the end of was open then, to the end of the record."""
    open_then = {card.id for card in cards if card.is_open and card.file in then}
    return incident_as_of.pulls_as_of(pulls, moment(now), open_then)

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
from almanac.snapshot import Snapshot, incident_as_of, order
from almanac.snapshot.order import Order


def rewound(almanac: Snapshot, content: Path) -> Snapshot:
    """Return the Snapshot as it was at `almanac.now`; itself if all of it was known by then, as it mostly is."""
    now = seconds(almanac.now)
    late = [card for cards in almanac.cards.values() for card in cards if card.known > now]
    articles = tuple(article for article in almanac.articles if article.date <= almanac.now)
    issued = {slug: tuple(line for line in lines if line.forecast.at <= now) for slug, lines in almanac.issued.items()}
    if not late and len(articles) == len(almanac.articles) and issued == almanac.issued:
        return almanac
    by_slug = order.orders(almanac.providers)
    past_cards = {card.file: _past_card(content, card, now, by_slug[card.provider]) for card in late}
    cards = {
        slug: tuple(sorted(_past_versions(group, past_cards), key=newest_first))
        for slug, group in almanac.cards.items()
    }
    pulls = {slug: _pulls(pulls_now, cards.get(slug, ()), past_cards, now) for slug, pulls_now in almanac.pulls.items()}
    return replace(
        almanac,
        cards=cards,
        pulls=pulls,
        articles=articles,
        issued=issued,
        record_until=max((span.until for pull in pulls.values() for span in pull.coverage), default=None),
        corrections=tuple(c for c in almanac.corrections if c.fix.date <= now and c.now.known <= now),
    )


def incident(content: Path, card: Card, now: int, in_order: Order) -> Incident:
    """Return the incident of a card with its texts, as known at `now` (epoch seconds)."""
    return as_known(archive.read(content, card.file), card, now, in_order)


def as_known(filed: Incident, card: Card, now: int, in_order: Order) -> Incident:
    """Return an incident of a file as its card states it and as known at `now`; itself if that is the same."""
    return order.incident(corrections.like(incident_as_of.as_of(filed, moment(now)) or filed, card), in_order)


def _past_card(content: Path, card: Card, now: int, in_order: Order) -> Card | None:
    """Return a card as it was, None if nothing was known of it; a correction is known as soon as what it corrects.

    An import keeps where its end came from later: with that it was open then, without its end was never recorded.
    """
    past_incident = incident_as_of.as_of(corrections.like(archive.read(content, card.file), card), moment(now))
    if past_incident is None:
        return None
    past_card = order.card(card_of(past_incident, card.file), in_order)
    return past_card._replace(ended_basis=card.ended_basis) if past_card.imported else past_card


def _past_versions(cards: Iterable[Card], past_cards: Mapping[str, Card | None]) -> Iterable[Card]:
    for card in cards:
        was = past_cards.get(card.file, card)
        if was is not None:
            yield was


def _pulls(pulls: Pulls, cards: Iterable[Card], past_cards: Mapping[str, Card | None], now: int) -> Pulls:
    """Return the feeds as of `now`. What we now know the end of was open then, to the end of the record."""
    open_then = {card.id for card in cards if card.is_open and card.file in past_cards}
    return incident_as_of.pulls_as_of(pulls, moment(now), open_then)

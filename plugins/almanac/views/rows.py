"""One line an incident: what every list of incidents is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from almanac.model import Card, Provider, moment
from almanac.text import english
from almanac.views import base
from almanac.views.base import Mark, Time


class Row(NamedTuple):
    """An incident in a list."""

    url: str
    time: Time
    provider: str  # "" where the list is about one provider
    name: str
    mark: Mark
    length: str
    notes: str  # posted late, no longer in the feed


class Day(NamedTuple):
    """The incidents that started on one day."""

    date: str
    rows: tuple[Row, ...]


def row(card: Card, provider: str = "") -> Row:
    """The line of a card, under its hour."""
    return Row(
        url=base.incident_url(card),
        time=base.clock(card.started),
        provider=provider,
        name=base.name(card),
        mark=base.mark(card),
        length=base.length(card),
        notes=notes(card),
    )


def dated(card: Card, provider: str = "") -> Row:
    """The line of a card, under its date."""
    at = moment(card.started)
    return row(card, provider)._replace(time=base.time(at, english.short_date(at)))


def notes(card: Card) -> str:
    """What a reader should know before believing the line."""
    parts = ["posted late"] if card.posted_late else []
    if card.vanished is not None:
        parts.append("no longer in the feed")
    if card.edits:
        parts.append("changed later")
    return ", ".join(parts)


def by_day(cards: Iterable[Card], names: Mapping[str, str]) -> tuple[Day, ...]:
    """Lines under the days their incidents started on; the cards come newest first. `names`: provider slug to name."""
    return tuple(
        Day(english.date(moment(day * english.DAY)), tuple(row(card, names.get(card.provider, "")) for card in group))
        for day, group in groupby(cards, lambda card: card.started // english.DAY)
    )


def by_name(providers: Iterable[Provider]) -> list[Provider]:
    """In the order in which readers look names up."""
    return sorted(providers, key=lambda provider: provider.name.casefold())


def names(providers: Iterable[Provider]) -> dict[str, str]:
    """Provider slug to the name readers know it by."""
    return {provider.slug: provider.name for provider in providers}

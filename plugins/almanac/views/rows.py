"""One line an incident: what every list of incidents is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from almanac.model import Card, Provider, moment
from almanac.text import english
from almanac.views import base
from almanac.views.base import Head, Link, Mark, Time
from almanac.views.current import is_at_work
from almanac.views.daylinks import anchor
from almanac.views.pagination import Sheet


class IncidentRow(NamedTuple):
    """An incident in a list."""

    url: str
    time: Time
    provider: str  # "" where the list is about one provider
    name: str
    mark: Mark
    length: str
    notes: str  # reported late, no longer in the feed


class Day(NamedTuple):
    """The incidents that started on one day."""

    date: str
    rows: tuple[IncidentRow, ...]
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayList:
    """A long list of incidents, by day: one of the pages it is spread over."""

    head: Head
    title: str
    stand: str
    days: tuple[Day, ...]
    sheets: tuple[Sheet, ...]
    earlier: Link | None
    later: Link | None
    day_links: tuple[Link, ...] = ()  # of a month, from the first; a year has too many
    key: tuple[Mark, ...] = base.KEY


def row(card: Card, provider: str = "") -> IncidentRow:
    """Return the row of a card, dated by its hour."""
    return IncidentRow(
        url=base.incident_url(card),
        time=base.clock(card.started),
        provider=provider,
        name=base.name(card),
        mark=base.mark(card),
        length=base.length(card),
        notes=notes(card),
    )


def dated(card: Card, provider: str = "", now: datetime | None = None) -> IncidentRow:
    """Return the row of a card, dated by its day; without the year only where that is the one of `now`."""
    at = moment(card.started)
    year = f" {at.year}" if now is None or at.year != now.year else ""
    return row(card, provider)._replace(time=base.time(at, english.short_date(at) + year))


def works(card: Card, now: datetime, provider: str = "") -> IncidentRow:
    """Return the row of a maintenance that is not over, which says whether it has begun."""
    return dated(card, provider, now)._replace(length="under way" if is_at_work(card) else "announced")


def notes(card: Card) -> str:
    """Return what a reader should know before believing the row."""
    parts = ["reported late"] if card.posted_late else []
    if card.vanished is not None:
        parts.append("no longer in the feed")
    if card.edits:
        parts.append("changed later")
    return ", ".join(parts)


def by_day(cards: Iterable[Card], names: Mapping[str, str]) -> tuple[Day, ...]:
    """Return rows under the days their incidents started on. Cards come newest first, `names` are by provider slug."""
    return tuple(
        Day(
            english.date(moment(day * english.DAY)),
            tuple(row(card, names.get(card.provider, "")) for card in group),
            anchor(day),
        )
        for day, group in groupby(cards, lambda card: card.started // english.DAY)
    )


def total(cards: Sequence[Card]) -> str:
    """Return how many incidents there are, and since when: 1,204 incidents since June 2021. The newest comes first."""
    since = moment(cards[-1].started) if cards else None
    return (
        f"{english.plural(len(cards), 'incident')}{f' since {english.month(since.year, since.month)}' if since else ''}"
    )


def by_name(providers: Iterable[Provider]) -> list[Provider]:
    """Return providers in the order in which readers look names up."""
    return sorted(providers, key=lambda provider: provider.name.casefold())


def names(providers: Iterable[Provider]) -> dict[str, str]:
    """Return the name by which readers know each provider, by its slug."""
    return {provider.slug: provider.name for provider in providers}

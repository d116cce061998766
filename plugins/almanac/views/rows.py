"""One line an incident: what every list of incidents is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    said = ["posted late"] if card.posted_late else []
    if card.vanished is not None:
        said.append("no longer in the feed")
    if card.edits:
        said.append("changed later")
    return ", ".join(said)


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


class Sheet(NamedTuple):
    """One of the pages a long list is spread over."""

    url: str
    text: str
    here: bool


SHEET = 65  # incidents on one page: with more it would weigh over 50 KB


def count_sheets(number: int) -> int:
    """On how many pages a list of so many incidents stands; an empty one has its page too."""
    return max(-(-number // SHEET), 1)


def on_sheet(cards: Sequence[Card], sheet: int) -> Sequence[Card]:
    """The incidents of one page, the first being 1."""
    return cards[(sheet - 1) * SHEET : sheet * SHEET]


def sheet_url(url: str, sheet: int) -> str:
    """The address of a page of a list; the first has the list's own."""
    return url if sheet == 1 else f"{url}{sheet}/"


def sheets(url: str, number: int, here: int) -> tuple[Sheet, ...]:
    """The way between the pages of a list; () where one holds it all."""
    last = count_sheets(number)
    return tuple(Sheet(sheet_url(url, n), str(n), n == here) for n in range(1, last + 1)) if last > 1 else ()


def numbered(title: str, sheet: int) -> str:
    """The title of a page of a list."""
    return title if sheet == 1 else f"{title}, page {sheet}"

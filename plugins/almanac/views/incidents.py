"""Lists of all incidents: the newest, and the archive by month, by provider and year."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from almanac.model import Card, Provider, moment
from almanac.snapshot import Snapshot
from almanac.stats.selection import scoping
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import base, current, pagination, rows
from almanac.views.base import Head, Link, Mark
from almanac.views.daylinks import addresses
from almanac.views.rows import Day, DayList

NEWEST = 40
Months = Mapping[tuple[int, int], tuple[Card, ...]]


class Count(NamedTuple):
    """A cell of an archive table: how many, and where they are listed; url "" for none."""

    url: str
    name: str
    text: str


class ArchiveLine(NamedTuple):
    """A row of an archive table."""

    name: str
    url: str
    cells: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsPage:
    """The list of all incidents, at /incidents/."""

    head: Head
    stand: str
    days: tuple[Day, ...]
    months: tuple[ArchiveLine, ...]  # a year each, twelve cells
    providers: tuple[ArchiveLine, ...]  # a provider each, a cell for each year
    key: tuple[Mark, ...] = base.KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Month(DayList):
    """The incidents of a month, at /incidents/<year>/<month>/ and the pages on which it goes on."""


def all_cards(almanac: Snapshot) -> Iterable[Card]:
    """Return every card of every provider, in no order that matters."""
    return (card for cards in almanac.cards.values() for card in cards)


def months(almanac: Snapshot) -> Months:
    """Return all cards by the (year, month) they started in, oldest month first, newest card first: each has a page."""
    by_month: dict[tuple[int, int], list[Card]] = {}
    for card in all_cards(almanac):
        at = moment(card.started)
        by_month.setdefault((at.year, at.month), []).append(card)
    return {key: tuple(sorted(by_month[key], key=_order, reverse=True)) for key in sorted(by_month)}


def _order(card: Card) -> tuple[int, str, str]:
    return card.started, card.provider, card.id


def incidents(almanac: Snapshot, by_month: Months) -> IncidentsPage:
    """Return the page of the newest incidents of all providers, with links to all others."""
    newest = _newest(almanac)
    total = sum(map(len, almanac.cards.values()))
    years = sorted({year for year, _ in by_month}, reverse=True)
    return IncidentsPage(
        head=Head(
            title="Incidents",
            path="/incidents/",
            section="incidents",
            description=f"{english.count(total)} incidents reported by {almanac.project.of('providers')}, newest first, "
            "and the archive.",
        ),
        stand=f"{english.plural(total, 'incident')} reported by {english.plural(len(almanac.cards), 'provider')}. "
        + _listed(almanac, len(newest)),
        days=rows.by_day(newest, rows.names(almanac.providers)),
        months=_months(by_month, years),
        providers=tuple(_provider_line(almanac, provider, years) for provider in rows.by_name(almanac.providers)),
    )


def _listed(almanac: Snapshot, newest: int) -> str:
    """Return which incidents are listed, in a sentence; "" where there is none."""
    shared = any(provider.scope for provider in almanac.providers)
    other = f"; those on shared pages that are not about {almanac.project.subject or 'these services'} are only in the archive"
    return f"The newest {newest} are listed here{other if shared else ''}." if newest else ""


def _newest(almanac: Snapshot) -> list[Card]:
    """Return the newest of all incidents that concern the subject, or may."""
    newest: list[Card] = []
    scopes = {provider.slug: scoping(provider) for provider in almanac.providers}
    for slug, cards in almanac.cards.items():  # newest first
        scope = scopes.get(slug)
        newest += islice((card for card in cards if scope is None or scope(card) != "out"), NEWEST)
    return heapq.nlargest(NEWEST, newest, key=_order)


def _months(by_month: Months, years: list[int]) -> tuple[ArchiveLine, ...]:
    counts = Counter({key: len(cards) for key, cards in by_month.items()})
    return tuple(
        ArchiveLine(
            str(year),
            "",
            tuple(
                _count(counts[year, month], english.SHORT_MONTHS[month - 1], base.month_url(year, month))
                for month in range(1, 13)
            ),
        )
        for year in years
    )


def _provider_line(almanac: Snapshot, provider: Provider, years: list[int]) -> ArchiveLine:
    counts = Counter(moment(card.started).year for card in almanac.cards.get(provider.slug, ()))
    cells = tuple(_count(counts[year], str(year), base.year_url(provider.slug, year)) for year in years)
    return ArchiveLine(provider.name, base.provider_url(provider.slug), cells)


def _count(number: int, name: str, url: str) -> Count:
    return Count(url if number else "", name, english.count(number) if number else "")


def month(almanac: Snapshot, by_month: Months, year: int, number: int, sheet: int = 1) -> Month:
    """Return a page of all incidents that started in a month, also those not about the subject; long months fill several."""
    cards = by_month[year, number]
    all_months = list(by_month)
    place = all_months.index((year, number))
    url, title = base.month_url(year, number), english.month(year, number)
    return Month(
        head=Head(
            title=pagination.numbered(f"Incidents in {title}", sheet),
            path=pagination.page_url(url, sheet),
            section="incidents",
            description=f"{english.plural(len(cards), 'incident')} that {almanac.project.of('providers')} reported in {title}.",
        ),
        title=title,
        stand=_month_stand(cards),
        days=rows.by_day(pagination.on_page(cards, sheet), rows.names(almanac.providers)),
        day_links=tuple(
            Link(address, str(moment(day * DAY).day)) for day, address in sorted(addresses(url, cards).items())
        ),
        sheets=pagination.sheets(pagination.page_urls(url, len(cards)), sheet),
        earlier=_month_link(all_months[place - 1]) if place else None,
        later=_month_link(all_months[place + 1]) if place + 1 < len(all_months) else None,
    )


def _month_link(month: tuple[int, int]) -> Link:
    return Link(base.month_url(*month), english.month(*month))


def _month_stand(cards: Sequence[Card]) -> str:
    troubles = [card for card in cards if card.is_trouble]
    worst = sum(current.rank(card)[0] >= 3 for card in troubles)
    providers = len({card.provider for card in cards})
    return (
        f"{english.plural(len(cards), 'incident')} at {english.plural(providers, 'provider')}; "
        f"{english.count(worst)} rated major or critical."
    )

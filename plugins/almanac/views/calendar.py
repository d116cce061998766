"""Days and months of a provider as bars, with the words and figures behind them."""

from __future__ import annotations

from calendar import monthrange, timegm
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from almanac.model import Card, Provider, Pulls, Stretch, moment
from almanac.stats import windows
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import base, charts, days
from almanac.views.base import Link, Mark
from almanac.views.charts import Bars, Label
from almanac.views.current import end
from almanac.views.daylinks import day_urls

DAYS, MONTHS = 90, 12


class MonthDays(NamedTuple):
    """Days of one month; an address is "" where nothing was reported."""

    days: tuple[Link, ...]
    month: str


class SeverityDays(NamedTuple):
    """The days of one severity."""

    mark: Mark
    months: tuple[MonthDays, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ninety:
    """The last days on record: bars, the months beneath them, and the dates behind them."""

    bars: Bars
    months: tuple[Label, ...]
    note: str
    heading: str
    lists: tuple[SeverityDays, ...]
    summary: str  # what the list is called


class MonthRow(NamedTuple):
    """A month of the year's table: its bars and the hours of reported trouble."""

    name: str
    url: str  # "" where nothing started
    bars: Bars
    hours: str


def ninety(
    provider: Provider, cards: Sequence[Card], history: Sequence[Card], pulls: Pulls | None, edge: int
) -> Ninety:
    """Return the ninety days up to `edge` (epoch seconds): now, or the end of the record.

    `cards` are what the bars show, `history` is all that the provider has reported, the newest first.
    """
    first = days.last_days(edge, DAYS)
    severities = days.worst(cards, pulls, first, DAYS, edge)
    since, last = moment(first), moment(first + (DAYS - 1) * DAY)
    urls = day_urls(cards, history, pulls, first)
    open_days = sum(first // DAY + at in urls for at in range(DAYS))
    return Ninety(
        bars=charts.bars(severities, f"{provider.name}, {english.period(since, last)}"),
        months=charts.months_on(since, DAYS),
        note=f"worst status each day: {charts.tally(severities)}",
        heading=f"{DAYS} days to {english.date(last)}",
        lists=tuple(
            SeverityDays(mark, dates(severities, mark.css, first, urls))
            for mark in reversed(base.KEY)
            if mark.css in severities
        ),
        summary=f"Open a day: {english.plural(open_days, 'day')} with an incident"
        if open_days
        else "The days as a list",
    )


def dates(severities: Sequence[str], css: str, first: int, urls: Mapping[int, str]) -> tuple[MonthDays, ...]:
    """Return the days of one severity by month: 7, 13 April; 23 June."""
    by_month: dict[str, list[Link]] = {}
    for at, day in enumerate(severities):
        if day == css:
            when = moment(first + at * DAY)
            url = urls.get(first // DAY + at, "")
            by_month.setdefault(english.MONTHS[when.month - 1], []).append(Link(url, str(when.day)))
    return tuple(MonthDays(tuple(days), month) for month, days in by_month.items())


def year(provider: Provider, cards: Sequence[Card], pulls: Pulls | None, edge: int) -> tuple[MonthRow, ...]:
    """Return the twelve months up to `edge` (epoch seconds), oldest first."""
    at = moment(edge - 1)
    months = [divmod(at.year * 12 + at.month - 1 - back, 12) for back in range(MONTHS - 1, -1, -1)]
    firsts = [timegm((year, month + 1, 1, 0, 0, 0)) for year, month in months]
    until = firsts[-1] + monthrange(at.year, at.month)[1] * DAY
    recent = [card for card in cards if end(card, pulls) >= firsts[0]]
    severities = days.worst(recent, pulls, firsts[0], (until - firsts[0]) // DAY, edge)
    trouble = windows.union(Stretch(card.started, end(card, pulls)) for card in recent)
    rows = []
    for since, after in pairwise([*firsts, until]):
        of_month = severities[(since - firsts[0]) // DAY : (after - firsts[0]) // DAY]
        began = any(since <= card.started < after for card in recent)
        rows.append(
            _month(provider, moment(since), of_month, windows.total(windows.clip(trouble, since, after)), began)
        )
    return tuple(rows)


def _month(provider: Provider, first: datetime, severities: Sequence[str], trouble: int, began: bool) -> MonthRow:
    """Return the row of a month from the worst of each day, the seconds in trouble, and whether an incident began."""
    year, month = first.year, first.month
    return MonthRow(
        name=f"{english.SHORT_MONTHS[month - 1]} {year}",
        url=base.month_url(year, month) if began else "",
        bars=charts.bars(severities, f"{provider.name}, {english.month(year, month)}", slots=31),
        hours=charts.UNKNOWN if set(severities) == {charts.UNKNOWN} else english.hours(trouble),
    )

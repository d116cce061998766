"""The pages of a provider: "Is Claude down?" with its days, numbers, parts and feeds; and its incidents by year."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from almanac import charts, text, words
from almanac.almanac import Almanac
from almanac.charts import Bars, Histogram, Label
from almanac.model import Card, Provider, Pulls, Stretch, moment, seconds
from almanac.stats import windows
from almanac.stats.availability import Measure, measure
from almanac.stats.record import Record
from almanac.stats.selection import placing
from almanac.stats.windows import DAY
from almanac.views import base, current, days, measures, rows
from almanac.views.articles import Teaser, teaser
from almanac.views.base import Head, Link, Mark
from almanac.views.current import State
from almanac.views.incident import Fact
from almanac.views.incidents import Count
from almanac.views.measures import Records
from almanac.views.rows import Row
from almanac.views.status import Source, source

DAYS, MONTHS, LATEST = 90, 12, 8


class DayList(NamedTuple):
    """The days of one severity, in words."""

    mark: Mark
    days: str


class MonthRow(NamedTuple):
    """A month of the year's table: its bars and the hours in declared trouble."""

    name: str
    url: str
    bars: Bars
    hours: str


class Part(NamedTuple):
    """A component, or the rest: incidents and hours in declared trouble."""

    name: str
    incidents: str
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ninety:
    """The last days on record: bars, their calendar, and the dates behind them."""

    bars: Bars
    months: tuple[Label, ...]
    note: str
    heading: str
    lists: tuple[DayList, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPage:
    """/providers/<slug>/"""

    head: Head
    kicker: str
    title: str
    mark: Mark
    stand: str
    until: str  # until when to believe it
    status_page: Link
    open: tuple[Row, ...]
    ninety: Ninety
    facts: tuple[Fact, ...]
    year: tuple[MonthRow, ...]
    latest: tuple[Row, ...]
    years: tuple[Count, ...]
    total: str
    parts: tuple[Part, ...]
    histogram: Histogram | None
    histogram_note: str
    about: str  # safe HTML
    articles: tuple[Teaser, ...]
    source: Source
    feeds: tuple[Link, ...]
    key: tuple[Mark, ...] = base.KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderYear:
    """/providers/<slug>/<year>/"""

    head: Head
    provider: Link
    title: str
    stand: str
    days: tuple[rows.Day, ...]
    earlier: Link | None
    later: Link | None
    key: tuple[Mark, ...] = base.KEY


class ProviderLine(NamedTuple):
    """A provider in the list of all."""

    url: str
    name: str
    company: str
    mark: Mark
    total: str
    covered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """/providers/"""

    head: Head
    stand: str
    lines: tuple[ProviderLine, ...]


def providers(almanac: Almanac) -> Providers:
    """Every watched provider with its state and the time its record covers."""
    return Providers(
        head=Head(
            title="Providers",
            path="/providers/",
            section="providers",
            description="The AI providers whose status pages this site keeps a record of.",
            dateline=base.dateline(almanac),
        ),
        stand=f"{words.plural(len(almanac.providers), 'provider')} whose status pages this site keeps a record of.",
        lines=tuple(_provider_line(almanac, provider) for provider in almanac.providers),
    )


def _provider_line(almanac: Almanac, provider: Provider) -> ProviderLine:
    return ProviderLine(
        url=base.provider_url(provider.slug),
        name=provider.name,
        company="" if provider.company == provider.name else provider.company,
        mark=current.state(almanac, provider).mark,
        total=words.count(len(almanac.cards.get(provider.slug, ()))),
        covered=source(almanac, provider).covered,
    )


def provider(almanac: Almanac, records: Records, provider: Provider) -> ProviderPage:
    """The page of one provider at `almanac.now`."""
    state = current.state(almanac, provider)
    every = almanac.cards.get(provider.slug, ())
    cards = current.troubles(provider, every)
    pulls = almanac.pulls.get(provider.slug)
    record = records[provider.slug]
    edge = min(seconds(almanac.now), state.reach or seconds(almanac.now))
    numbers = measure(record, windows.last(DAYS, edge - 1))
    reach = moment(state.reach) if state.reach else None
    lengths = [card.ended - card.started for card in cards if card.ended and card.ended > card.started]
    return ProviderPage(
        head=Head(
            title=f"Is {provider.name} down?",
            path=base.provider_url(provider.slug),
            section="providers",
            description=f"Declared state of {provider.name} and its record of incidents.",
            dateline=base.dateline(almanac, reach),
            feeds=base.provider_feeds(provider.slug, provider.name),
        ),
        kicker=f"Provider, {provider.name}" + (f" by {provider.company}" if provider.company != provider.name else ""),
        title=_title(almanac, state),
        mark=state.mark,
        stand=_stand(almanac, state),
        until=_until(almanac, state),
        status_page=Link(provider.status_page, urlsplit(provider.status_page).hostname or provider.status_page),
        open=tuple(rows.dated(card) for card in state.open),
        ninety=_ninety(provider, cards, pulls, edge),
        facts=_facts(numbers),
        year=_year(provider, cards, pulls, edge),
        latest=tuple(rows.dated(card) for card in cards[:LATEST]),
        years=_years(provider.slug, every),
        total=words.plural(len(every), "incident"),
        parts=_parts(provider, record, numbers),
        histogram=charts.histogram(lengths) if lengths else None,
        histogram_note=_lengths_note(len(lengths), len(cards)),
        about=text.html(provider.about) if provider.about else "",
        articles=tuple(teaser(a) for a in almanac.articles if provider.slug in a.providers),
        source=source(almanac, provider),
        feeds=base.provider_feeds(provider.slug, provider.name),
    )


def _title(almanac: Almanac, state: State) -> str:
    question = f"Is {state.provider.name} down?"
    if not state.known:
        if state.reach is None:
            return f"{question} Unknown: its page was never read."
        return f"{question} Unknown: the record ends {words.date(moment(state.reach))}."
    if state.mark is base.CLEAR:
        return f"{question} Not as declared."
    since = words.near(moment(state.since), almanac.now)
    return f"{question} {words.sentence(state.mark.word)}, since {since}."


def _stand(almanac: Almanac, state: State) -> str:
    """What follows the mark in the opening sentence."""
    last = state.last
    if state.known and state.mark is base.CLEAR:
        if last is None or last.ended is None:
            return "and no trouble that ended is on record."
        ago = words.age(seconds(almanac.now) - last.ended)
        return f"since {words.near(moment(last.ended), almanac.now)}, {ago} ago."
    if state.known:
        spent = words.duration(seconds(almanac.now) - state.since)
        return f"for {spent}, in {words.plural(len(state.open), 'open incident')}."
    if last is None:
        return "No trouble is on record."
    return f"The last trouble on record began {words.moment(moment(last.started))} ({base.mark(last).word})."


def _until(almanac: Almanac, state: State) -> str:
    if not state.known or state.reach is None:
        return ""
    return words.near(moment(state.reach + base.FRESH), almanac.now)


def _ninety(provider: Provider, cards: Sequence[Card], pulls: Pulls | None, edge: int) -> Ninety:
    first = days.last_days(edge, DAYS)
    found = days.worst(cards, pulls, first, DAYS, edge)
    since, last = moment(first), moment(first + (DAYS - 1) * DAY)
    return Ninety(
        bars=charts.bars(found, f"{provider.name}, {words.period(since, last)}", 96),
        months=charts.months_on(since, DAYS),
        note=f"the worst of each day: {charts.tally(found)}",
        heading=f"{DAYS} days to {words.date(last)}",
        lists=tuple(
            DayList(mark, _dates(found, mark.css, first)) for mark in _listed() if mark.css in found
        ),
    )


def _listed() -> tuple[Mark, ...]:
    return (*reversed([mark for mark in base.MARKS.values() if mark.css in charts.HEIGHT][1:]), base.UNKNOWN)


def _dates(found: Sequence[str], css: str, first: int) -> str:
    """7, 13 and 15 April; 23 June."""
    by_month: dict[str, list[str]] = {}
    for at, day in enumerate(found):
        if day == css:
            when = moment(first + at * DAY)
            by_month.setdefault(words.MONTHS[when.month - 1], []).append(str(when.day))
    return "; ".join(f"{', '.join(numbers)} {month}" for month, numbers in by_month.items())


def _facts(numbers: Measure) -> tuple[Fact, ...]:
    """The strip of figures of the last ninety days on record."""
    lengths, unknowns = numbers.durations, numbers.unknowns
    interval = numbers.interval
    note = "no trouble declared" if not interval else f"{words.percent(interval.low)} to {words.percent(interval.high)}"
    return (
        Fact(f"Clear, {DAYS} days", measures.said(numbers), note if numbers.covered else "", how="availability"),
        Fact("Covered", words.percent(numbers.coverage, 0), f"of the {DAYS} days", how="coverage"),
        Fact("Incidents", words.count(numbers.n), _rate(numbers), how="rate"),
        Fact("Median length", _length(lengths.median), f"90th percentile {_length(lengths.p90)}", how="length"),
        Fact("Posted late", f"{unknowns.posted_late} of {numbers.n}", "at the end or after", how="late"),
    )


def _rate(numbers: Measure) -> str:
    return f"{numbers.rate.per_month:.1f} in 30 covered days" if numbers.rate else ""


def _length(length: float | None) -> str:
    return "not known" if length is None else words.duration(round(length))


def _year(provider: Provider, cards: Sequence[Card], pulls: Pulls | None, edge: int) -> tuple[MonthRow, ...]:
    """The twelve months up to the edge, oldest first."""
    at = moment(edge - 1)
    months = [divmod(at.year * 12 + at.month - 1 - back, 12) for back in range(MONTHS - 1, -1, -1)]
    return tuple(_month(provider, cards, pulls, year, month + 1, edge) for year, month in months)


def _month(
    provider: Provider, cards: Sequence[Card], pulls: Pulls | None, year: int, month: int, edge: int
) -> MonthRow:
    length = calendar.monthrange(year, month)[1]
    since = calendar.timegm((year, month, 1, 0, 0, 0))
    here = [card for card in cards if card.started < since + length * DAY and current.end(card, pulls) >= since]
    found = days.worst(here, pulls, since, length, edge)
    trouble = windows.union(Stretch(card.started, current.end(card, pulls)) for card in here)
    spent = windows.total(windows.clip(trouble, since, since + length * DAY))
    name = words.month(year, month)
    started = any(card.started >= since for card in here)
    return MonthRow(
        name=f"{words.SHORT_MONTHS[month - 1]} {year}",
        url=base.month_url(year, month) if started else "",
        bars=charts.bars(found, f"{provider.name}, {name}", slots=31),
        hours="unknown" if set(found) == {charts.UNKNOWN} else words.hours(spent),
    )


def _years(slug: str, cards: Sequence[Card]) -> tuple[Count, ...]:
    counts = Counter(moment(card.started).year for card in cards)
    years = sorted(counts, reverse=True)
    return tuple(Count(base.year_url(slug, year), str(year), words.count(counts[year])) for year in years)


def _parts(provider: Provider, record: Record, numbers: Measure) -> tuple[Part, ...]:
    """The components an incident of the period named, most often named first."""
    place, names = placing(provider), {component.slug: component.name for component in provider.components}
    counts: Counter[str] = Counter()
    spent: dict[str, list[Stretch]] = {}
    for card, least in zip(record.cards, record.least, strict=True):
        if numbers.period.since <= card.started < numbers.period.until:
            for slug in place(card):
                counts[slug] += 1
                spent.setdefault(slug, []).append(Stretch(card.started, int(least)))
    return tuple(
        Part(names.get(slug, "other"), words.count(number), words.hours(windows.total(windows.union(spent[slug]))))
        for slug, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _lengths_note(known: int, every: int) -> str:
    missing = f"; the length of {words.count(every - known)} is not known" if every > known else ""
    told = f"{words.plural(known, 'incident')} by length, over the whole record{missing}."
    return f"{told} Each bar is twice as wide in time as the one before."


def provider_year(almanac: Almanac, provider: Provider, year: int) -> ProviderYear:
    """Everything one provider declared in one year, newest first."""
    every = almanac.cards.get(provider.slug, ())
    years = sorted({moment(card.started).year for card in every})
    cards = [card for card in every if moment(card.started).year == year]
    here = years.index(year)
    title = f"{provider.name} in {year}"
    return ProviderYear(
        head=Head(
            title=f"{title}: {words.plural(len(cards), 'incident')}",
            path=base.year_url(provider.slug, year),
            section="providers",
            description=f"Every incident {provider.name} declared in {year}.",
            feeds=base.provider_feeds(provider.slug, provider.name),
        ),
        provider=Link(base.provider_url(provider.slug), provider.name),
        title=title,
        stand=f"{words.sentence(words.plural(len(cards), 'incident'))}, newest first.",
        days=rows.by_day(cards, {}),
        earlier=_year_link(provider.slug, years[here - 1]) if here else None,
        later=_year_link(provider.slug, years[here + 1]) if here + 1 < len(years) else None,
    )


def _year_link(slug: str, year: int) -> Link:
    return Link(base.year_url(slug, year), str(year))

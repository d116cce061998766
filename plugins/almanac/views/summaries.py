"""Reports by machine, one for each month, quarter and year: figures and charts under template sentences, no word of judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from almanac.model import Card, Impact, Stretch, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.availability import availabilities, durations, started
from almanac.stats.ranking import MAX_RANGE, MIN_COVERAGE, covered_share
from almanac.stats.record import Bools, Record
from almanac.stats.selection import is_machine
from almanac.stats.windows import Period, Times, clip, total, union
from almanac.text import english
from almanac.views import base, charts, days, measures, rows
from almanac.views.base import FeedLink, Head, Link
from almanac.views.charts import Bars, Histogram, Label
from almanac.views.citation import CC0, Citation, citation, version
from almanac.views.incident import Fact
from almanac.views.rows import IncidentRow
from almanac.views.sharing import ChartLinks, share

FIRST_YEAR = 2025
LONGEST = 6
FEED = FeedLink("/reports/atom.xml", "Reports", "application/atom+xml")
GRAVE = (Impact.MAJOR, Impact.CRITICAL)


class SummaryRow(NamedTuple):
    """A provider in a report: its days as bars, and its figures."""

    provider: Link
    bars: Bars
    hours: str
    share: str
    incidents: str
    median: str


class SummaryLine(NamedTuple):
    """A report in the list of all."""

    link: Link
    stand: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPage:
    """The report on a month, quarter or year, at /reports/<slug>/."""

    head: Head
    title: str
    stand: str
    facts: tuple[Fact, ...]
    axis: tuple[Label, ...]
    rows: tuple[SummaryRow, ...]
    lacking: str
    longest: tuple[IncidentRow, ...]
    histogram: Histogram | None
    histogram_note: str
    cite: Citation
    take: ChartLinks  # its chart as files
    others: tuple[Link, ...]  # the one before, the one after
    key: tuple[base.Mark, ...] = base.KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryList:
    """The list of all reports, at /reports/."""

    head: Head
    stand: str
    years: tuple[SummaryLine, ...]
    quarters: tuple[SummaryLine, ...]
    months: tuple[SummaryLine, ...]


def url(period: Period) -> str:
    """Return the address of the report on a period."""
    return f"/reports/{period.slug}/"


def periods(almanac: Snapshot) -> tuple[Period, ...]:
    """Return the months, quarters and years that are over and of which somebody is covered enough, newest first."""
    over = measures.closed_at(almanac) + 1
    coverage = union(s for pulls in almanac.pulls.values() for s in windows.coverage(pulls, over))
    years = range(FIRST_YEAR, moment(over).year + 1)
    months = [windows.month(year, number) for year in years for number in range(1, 13)]
    quarters = [windows.quarter(year, number) for year in years for number in range(1, 5)]
    all_periods = (*months, *quarters, *(windows.year(year) for year in years))
    due = [
        period
        for period in all_periods
        if period.until <= over
        and total(clip(coverage, period.since, period.until)) >= MIN_COVERAGE * (period.until - period.since)
    ]
    return tuple(sorted(due, key=lambda p: (-p.until, p.since)))


def _sort(period: Period) -> str:
    return "year" if period.slug.isdigit() else "quarter" if "-q" in period.slug else "month"


def summaries(almanac: Snapshot, records: measures.Records) -> SummaryList:
    """Return the list of all reports."""
    lines = [
        (p, SummaryLine(Link(url(p), p.name), _stand(_covered(tuple(records.values()), p), p)))
        for p in periods(almanac)
    ]
    return SummaryList(
        head=Head(
            title=f"Reports on {almanac.project.of('incidents')}, by year, quarter and month",
            path="/reports/",
            section="articles",
            description=f"What {almanac.project.of('providers')} reported in each month, quarter and year: figures and charts, "
            "generated automatically.",
            feeds=(FEED,),
        ),
        stand=f"What {almanac.project.of('providers')} reported, by year, quarter and month: figures and charts, "
        "generated automatically, without comment.",
        years=tuple(line for p, line in lines if _sort(p) == "year"),
        quarters=tuple(line for p, line in lines if _sort(p) == "quarter"),
        months=tuple(line for p, line in lines if _sort(p) == "month"),
    )


def summary(almanac: Snapshot, records: measures.Records, period: Period) -> SummaryPage:
    """Return the report on a month, quarter or year; `records` reach up to the last midnight."""
    subjects = _covered(tuple(records.values()), period)
    cards = [card for record in subjects for card in started(record, period)]
    lengths = [_length(card) for card in cards if _has_length(card)]
    names = rows.names(almanac.providers)
    longest = sorted(filter(_has_length, cards), key=_length, reverse=True)
    title = f"{period.name} in {almanac.project.of('incidents')}"
    stand, due = _stand(subjects, period), [p for p in periods(almanac) if _sort(p) == _sort(period)]
    here = due.index(period) if period in due else 0
    figures = (
        _facts(subjects, cards, lengths, period),
        tuple(_row(almanac, r, period) for r in _by_count(subjects, period)),
    )
    return SummaryPage(
        head=Head(
            title=title,
            path=url(period),
            section="articles",
            picture=f"{url(period)}{base.PICTURE}",
            description=stand,
            feeds=(FEED,),
        ),
        title=title,
        stand=stand,
        facts=figures[0],
        axis=charts.months_on(moment(period.since), period.days),
        rows=figures[1],
        lacking=_lacking(records, subjects),
        longest=tuple(rows.dated(card, names[card.provider], moment(period.since)) for card in longest[:LONGEST]),
        histogram=charts.histogram(lengths) if lengths else None,
        histogram_note=f"{english.plural(len(lengths), 'incident')} with a known length",
        cite=citation(
            url(period),
            title,
            f"automated report, data up to {english.date(_reach(almanac))}",
            _reach(almanac),
            CC0,
            version=version(repr(figures).encode()),
            links=(Link("/data/", "Data"), Link("/methodology/", "Methodology")),
        ),
        take=share(url(period), title, len(figures[1])),
        others=tuple(Link(url(p), p.name) for p in (*due[here + 1 : here + 2], *due[max(here - 1, 0) : here])),
    )


def _covered(records: tuple[Record, ...], period: Period) -> tuple[Record, ...]:
    """Return the records of pages written by hand of which enough of a period is covered."""
    return tuple(r for r in records if not is_machine(r.provider) and covered_share(r, period) >= MIN_COVERAGE)


def _has_length(card: Card) -> bool:
    return card.ended is not None and card.ended > card.started and not card.trouble_seconds


def _length(card: Card) -> int:
    """Return the seconds from start to end; 0 without an end."""
    return max((card.ended or 0) - card.started, 0)


def _by_count(records: Iterable[Record], period: Period) -> list[Record]:
    return sorted(records, key=lambda r: (-len(started(r, period)), r.provider.name.casefold()))


def _stand(subjects: Sequence[Record], period: Period) -> str:
    """Return the sentences at the top: how many, who reported the most and the longest, and who none."""
    if not subjects:
        return "We do not have enough data on any provider."
    ordered = _by_count(subjects, period)
    counts = {r.provider.name: len(started(r, period)) for r in ordered}
    count = sum(counts.values())
    providers = f"{english.spelled(len(subjects))} provider{'s' * (len(subjects) > 1)}"
    number = english.plural(count, "incident") if count else "no incidents"
    sentences = [f"The {providers} monitored for most of the time reported {number}."]
    if count:
        sentences.append(_superlatives(ordered, counts, period))
    if quiet := [r.provider.name for r in ordered if not _rows(r.maybe[r.whole], r, period).any()]:
        sentences.append(f"{english.listing(quiet, 6)} reported none.")
    return " ".join(sentences)


def _superlatives(ordered: Sequence[Record], counts: Mapping[str, int], period: Period) -> str:
    """Say who reported the most and who the longest, in one sentence where that is the same provider."""
    most = max(counts.values())
    leading = [name for name, number in counts.items() if number == most]
    said = f"{english.listing(leading, 3)} reported the most, {english.count(most)}{' each' * (len(leading) > 1)}"
    cards = [(r.provider.name, card) for r in ordered for card in started(r, period) if _has_length(card)]
    if not cards:
        return f"{said}."
    name, card = max(cards, key=lambda pair: _length(pair[1]))
    longest = f"the longest, {base.length(card)}."
    return f"{said}, and {longest}" if leading == [name] else f"{said}. {name} reported {longest}"


def _facts(
    subjects: Sequence[Record], cards: Sequence[Card], lengths: Sequence[int], period: Period
) -> tuple[Fact, ...]:
    grave = sum(card.impact in GRAVE for card in cards)
    median = durations(np.array(lengths, np.int64)).median
    one, two = _at_once(subjects, period)
    hours = (period.until - period.since) // 3600
    return (
        Fact(
            "Incidents",
            english.count(len(cards)),
            f"of {english.plural(len(subjects), 'provider')}; {grave} major or critical",
        ),
        Fact(
            "Median length",
            measures.length(median) if median else "too few",
            f"n = {len(lengths)} with a known length",
            how="how-often-and-how-long",
        ),
        Fact("Incident at one provider or more", f"at least {english.hours(one)}", f"of {english.count(hours)} hours"),
        Fact("At two or more at once", f"at least {english.hours(two)}", "as reported"),
    )


def _at_once(subjects: Sequence[Record], period: Period) -> tuple[int, int]:
    """Return the seconds in which at least one provider had an incident, and at least two, as far as that is sure."""
    moves: list[tuple[int, int]] = []
    for record in subjects:
        for since, until in clip(_least(record), period.since, period.until):
            moves += [(since, 1), (until, -1)]
    one = two = depth = last = 0
    for at, step in sorted(moves):
        one += (at - last) * (depth >= 1)
        two += (at - last) * (depth >= 2)
        depth, last = depth + step, at
    return one, two


@lru_cache(maxsize=256)  # every report asks again
def _least(record: Record) -> Times:
    member = record.sure[record.whole]
    return union(Stretch(int(s), int(e)) for s, e in zip(record.starts[member], record.least[member], strict=True))


def _row(almanac: Snapshot, record: Record, period: Period) -> SummaryRow:
    provider, table = record.provider, record.days[record.whole].within(period)
    cards = [card for card in record.cards if card.started < period.until]
    worst = days.worst(cards, almanac.pulls.get(provider.slug), period.since, period.days, period.until)
    bounds = availabilities(table)[0]
    spent = [int(side.sum()) for side in (table.least, table.most)]
    lengths = durations(record.lengths[_rows(record.sure[record.whole], record, period)])
    return SummaryRow(
        provider=measures.link(provider),
        bars=charts.bars(worst, f"{provider.name}, {period.name}", slots=max(period.days, 31)),
        hours=english.hours(spent[0])
        if spent[0] == spent[1]
        else f"{english.hours(spent[0])} to {english.hours(spent[1])}",
        share=english.percents(*bounds) if bounds.high - bounds.low <= MAX_RANGE else "unknown: no end times",
        incidents=english.count(len(started(record, period))),
        median=measures.median(lengths),
    )


def _rows(member: Bools, record: Record, period: Period) -> Bools:
    """Return which of some incidents of a record started in a period."""
    return np.logical_and(member, (record.starts >= period.since) & (record.starts < period.until))


def _lacking(records: measures.Records, subjects: Sequence[Record]) -> str:
    """Name the providers of which too little is known for this time."""
    there = {record.provider.slug for record in subjects}
    names = sorted((r.provider.name for r in records.values() if r.provider.slug not in there), key=str.casefold)
    return f"Too little data, or an automated status page: {english.listing(names, len(names))}." if names else ""


def _reach(almanac: Snapshot) -> datetime:
    return moment(min(seconds(almanac.record_until or almanac.now), measures.closed_at(almanac)))

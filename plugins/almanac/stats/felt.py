"""What users may feel of reported incidents: hours by severity, the share of working hours, and what is left of a budget.

All of it is the same incidents as in the shares, laid against other hours or other sums; the intervals, and the reasons
for none, are made in the same way (`availability.intervals`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from almanac.model import Stretch, moment, seconds
from almanac.stats.availability import Measure, intervals
from almanac.stats.days import CLASSES, Days, Ints, arrays, by_day, covered_by_day
from almanac.stats.intervals import Bounds
from almanac.stats.record import Bools, Record
from almanac.stats.selection import Severity
from almanac.stats.spells import spells
from almanac.stats.windows import DAY, Period, Times, clip, intersection, union

MONTH_HOURS = 720.0
ZONES = ("America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo")
OPENS, CLOSES = time(9), time(17)  # Monday to Friday, local time
TARGETS = (0.99, 0.995, 0.999)


class Hours(NamedTuple):
    """Hours per 30 covered days in which a class or a worse one was reported."""

    severity: Severity
    n: int  # counted incidents of such a rating that started in the period
    hours: Bounds
    interval: Bounds | None


class WorkingHours(NamedTuple):
    """The share of covered working hours without a reported incident, in one time zone."""

    zone: str
    covered: int  # seconds
    n: int  # counted incidents that started in these hours
    share: Bounds | None  # None: nothing covered
    interval: Bounds | None


class Budget(NamedTuple):
    """What a service level objective allows, and how many times that was spent."""

    target: float
    allowed: float  # hours per 30 days
    spent: Bounds
    interval: Bounds | None


def hours_by_severity(record: Record, period: Period) -> tuple[Hours, ...]:
    """Return the hours of each class in a period, the worst first; () if nothing is covered."""
    days = record.days[record.whole].within(period)
    covered = float(days.covered.sum())
    if not covered:
        return ()
    started = _started(record, period.since, period.until)
    classes = sorted(set(Severity) - {Severity.CLEAR}, reverse=True)
    tables = [_at_least(days, severity) for severity in classes]
    lengths = [_lengths_at_least(record, severity, period) for severity in classes]
    spreads = intervals(tables, lengths, record.widening(covered))
    scale = covered / MONTH_HOURS  # seconds of the class times 720 hours over covered seconds
    return tuple(
        Hours(
            severity,
            int((record.severities[started, 0] >= severity).sum()),
            Bounds(float(table.least.sum()) / scale, float(table.most.sum()) / scale),
            _in_trouble(spread, MONTH_HOURS),
        )
        for severity, table, spread in zip(classes, tables, spreads, strict=True)
    )


def _at_least(days: Days, severity: Severity) -> Days:
    """Return a day table in which only a class and worse ones are trouble."""
    column = np.arange(CLASSES) >= severity - 1
    return Days(first=days.first, covered=days.covered, least=days.least * column, most=days.most * column)


def _lengths_at_least(record: Record, severity: Severity, period: Period) -> tuple[Ints, Ints]:
    """Return the covered seconds of the spells of incidents that surely, and that possibly, are of a class or worse."""
    bounds = [
        np.logical_and(member, record.severities[:, side] >= severity)
        for side, member in enumerate(record.lasting[record.whole])
    ]
    covered = _within(record, period)
    return _lengths(record, bounds[0], record.least, covered), _lengths(record, bounds[1], record.most, covered)


def _lengths(record: Record, member: Bools, ends: Ints, covered: Times) -> Ints:
    since, until = spells(record.starts[member], ends[member], arrays(covered))
    lengths: Ints = until - since
    return lengths[lengths > 0]


def working_hours(record: Record, period: Period, zones: Sequence[str] = ZONES) -> tuple[WorkingHours, ...]:
    """Return the share of working hours without an incident, in each zone."""
    return tuple(_in_zone(record, period, zone) for zone in zones)


def _in_zone(record: Record, period: Period, zone: str) -> WorkingHours:
    hours = intersection(_within(record, period), working_time(period, zone))
    starts = record.starts[_started(record, period.since, period.until)]
    since, until = arrays(hours)
    place = np.searchsorted(since, starts, side="right") - 1
    n = int(((place >= 0) & (starts < until[place])).sum()) if hours else 0
    whole = record.days[record.whole].within(period)
    days = _days(record, whole, hours)
    covered = int(days.covered.sum())
    if not covered:
        return WorkingHours(zone, 0, n, None, None)
    surely, possibly = record.lasting[record.whole]
    lengths = _lengths(record, surely, record.least, hours), _lengths(record, possibly, record.most, hours)
    (spread,) = intervals([days], [lengths], record.widening(float(whole.covered.sum())))
    share = Bounds(1 - float(days.most.sum()) / covered, 1 - float(days.least.sum()) / covered)
    return WorkingHours(zone, covered, n, share, spread if isinstance(spread, Bounds) else None)


def _days(record: Record, whole: Days, hours: Times) -> Days:
    """Return a day table of some hours on the days of the table `whole`, all trouble in one class."""
    midnights = DAY * np.arange(whole.first, whole.first + len(whole.covered) + 1, dtype=np.int64)
    edges, covered = midnights, arrays(hours)
    sides = []
    for member, ends in zip(record.lasting[record.whole], (record.least, record.most), strict=True):
        table = np.zeros((len(whole.covered), CLASSES), np.int64)
        table[:, 0] = covered_by_day(record.starts[member], ends[member], covered, edges)
        sides.append(table)
    return Days(first=whole.first, covered=by_day(*covered, edges), least=sides[0], most=sides[1])


@lru_cache(maxsize=64)  # of all providers the same
def working_time(period: Period, zone: str) -> Times:
    """Return the working hours of a period in a zone: 9 to 17 o'clock, Monday to Friday; holidays are not known."""
    return clip(union(_working_days(period, ZoneInfo(zone))), period.since, period.until)


def _working_days(period: Period, zone: ZoneInfo) -> Iterator[Stretch]:
    day, last = moment(period.since).date() - timedelta(days=1), moment(period.until).date()
    while day <= last:
        if day.weekday() < 5:
            yield Stretch(_at(day, OPENS, zone), _at(day, CLOSES, zone))
        day += timedelta(days=1)


def _at(day: date, clock: time, zone: ZoneInfo) -> int:
    return seconds(datetime.combine(day, clock, zone).astimezone(UTC))


def budgets(figures: Measure, targets: Sequence[float] = TARGETS) -> tuple[Budget, ...]:
    """Return how many times the time that each objective allows was spent; () if nothing is covered."""
    if figures.availability is None:
        return ()
    return tuple(
        Budget(
            target,
            (1 - target) * MONTH_HOURS,
            _spent(figures.availability, target),
            _spent(figures.interval, target) if figures.interval else None,
        )
        for target in targets
    )


def _spent(share: Bounds, target: float) -> Bounds:
    return Bounds((1 - share.high) / (1 - target), (1 - share.low) / (1 - target))


def nines(share: Bounds) -> Bounds:
    """Return a share as a number of nines, -log10 of what is missing to all: 2 is 99 %, 3 is 99.9 %; infinity for all."""
    return Bounds(*(-math.log10(1 - end) if end < 1 else math.inf for end in share))


def _in_trouble(share: Bounds | str | None, hours: float) -> Bounds | None:
    """Return the interval of the time in trouble from that of the time without, in hours."""
    return Bounds((1 - share.high) * hours, (1 - share.low) * hours) if isinstance(share, Bounds) else None


def _within(record: Record, period: Period) -> Times:
    return clip(record.covers[record.whole], period.since, min(period.until, record.now))


def _started(record: Record, since: int, until: int) -> Bools:
    """Return which incidents are counted and started in a stretch of time."""
    inside = np.logical_and(record.starts >= since, record.starts < until)
    return np.logical_and(record.sure[record.whole], inside)

"""Availability: the share of covered time without declared trouble, and what stands beside it.

    availability = 1 - (seconds of covered time in which at least one counted incident was open) / (covered seconds)

Overlapping incidents are merged first, so an hour counts once. Where the record leaves something open (an end, a
severity, which part was hit) the number is a range from the worst to the best the record allows. The published formulas
weigh each second by the worst class declared at that instant. Limits: it measures what a provider declares, not what
users felt; a page that posts every hiccup ranks below one that posts little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from almanac.model import Card
from almanac.stats.days import CLASSES, Days, Ints
from almanac.stats.formulas import FORMULAS
from almanac.stats.intervals import MIN_BLOCKS, Bounds, Floats, Trouble, poisson, root_errors
from almanac.stats.percentiles import percentile
from almanac.stats.record import Record, Subject
from almanac.stats.spells import is_dominated
from almanac.stats.windows import DAY, Period

MONTH = 30 * DAY
MIN_WEEKS = MIN_BLOCKS

_WEIGHTS = np.array([f.weights for f in FORMULAS])  # columns as in a day table


class Rate(NamedTuple):
    """Incidents started per 30 covered days, with the exact Poisson interval.

    Incidents come in clusters, so the interval is narrower than the truth deserves.
    """

    n: int
    per_month: float
    interval: Bounds


class Durations(NamedTuple):
    """Lengths in seconds of the incidents whose length is known and above zero; None where they are too few."""

    n: int
    median: float | None
    p90: float | None
    longest: int | None


class Unknowns(NamedTuple):
    """How many of the counted incidents of the period lack a fact."""

    posted_late: int  # first posted at or after its end
    zero_length: int  # start and end are equal: its true length is unknown
    unended: int  # no recorded end; also those from before that may have lasted into the period
    severity: int  # no severity we know
    scope: int  # not counted in n: nothing says whether it concerns the subject
    intervals: int = 0  # was several intervals, of which only the sum is recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The numbers of one subject in one period."""

    subject: Subject
    period: Period
    covered: int  # seconds
    elapsed: int  # seconds of the period up to now
    availability: Bounds | None  # None: nothing covered; low and high differ where the record leaves something open
    interval: Bounds | None  # 90 %; None where no trouble was declared (see `rate`), and where none can be given
    refusal: str  # why no interval can be given; "" if one is, or if no trouble was declared
    formulas: tuple[Bounds, ...]  # parallel to FORMULAS; empty when nothing is covered
    at_least: tuple[Bounds, ...]  # seconds of each class or a worse one: rated none, degraded, partial, full
    rate: Rate | None
    durations: Durations
    unknowns: Unknowns

    @property
    def coverage(self) -> float:
        """The share of the elapsed period that is covered."""
        return self.covered / self.elapsed if self.elapsed else 0.0

    @property
    def n(self) -> int:
        """Counted incidents that started in the covered time of the period."""
        return self.rate.n if self.rate else 0


@lru_cache(maxsize=4096)  # leaderboards, trends and the numbers of a provider speak of the same periods
def measure(record: Record, period: Period, subject: Subject | None = None) -> Measure:
    """Return all numbers of a subject (by default the provider as a whole) in a period."""
    return measures(record, period, (subject or record.whole,))[0]


def measures(record: Record, period: Period, subjects: Sequence[Subject]) -> tuple[Measure, ...]:
    """Return all numbers of several subjects of a provider in a period."""
    tables = [record.days[subject].within(period) for subject in subjects]
    lengths = [record.lengths_within(subject, period) for subject in subjects]
    spreads = intervals(
        tables, lengths, record.widening(float(tables[0].covered.sum())) if any_trouble(tables) else 1.0
    )
    return tuple(_measure(record, period, *each) for each in zip(subjects, tables, spreads, strict=True))


def any_trouble(tables: Sequence[Days]) -> bool:
    """Say whether any trouble may lie in these tables."""
    return any(table.most.any() for table in tables)


def _measure(record: Record, period: Period, subject: Subject, days: Days, spread: Bounds | str | None) -> Measure:
    covered = int(days.covered.sum())
    trouble = days.least.sum(axis=0), days.most.sum(axis=0)
    rows = started_in(record, period)
    sure = record.sure[subject][rows]
    formulas = _availabilities(covered, *trouble)
    n, unknowns = _unknowns(record, rows, subject, period.since if covered else math.inf)
    return Measure(
        subject=subject,
        period=period,
        covered=covered,
        elapsed=max(min(period.until, record.now) - period.since, 0),
        availability=formulas[0] if formulas else None,
        interval=spread if isinstance(spread, Bounds) else None,
        refusal=spread if isinstance(spread, str) else "",
        formulas=formulas,
        at_least=tuple(map(Bounds, *(side[::-1].cumsum()[::-1].tolist() for side in trouble))),
        rate=rate(n, covered),
        durations=durations(record.lengths[rows][sure]),
        unknowns=unknowns,
    )


def availabilities(days: Days) -> tuple[Bounds, ...]:
    """Return availability under each of FORMULAS, from worst to best the record allows; () if nothing is covered."""
    return _availabilities(int(days.covered.sum()), days.least.sum(axis=0), days.most.sum(axis=0))


def _availabilities(covered: int, least: Ints, most: Ints) -> tuple[Bounds, ...]:
    """Return the same from covered seconds, and seconds of each class."""
    if not covered:
        return ()
    worst, best = 1 - _WEIGHTS @ most / covered, 1 - _WEIGHTS @ least / covered
    return tuple(map(Bounds, worst.tolist(), best.tolist()))


DOMINATED = "one incident is more than half of all incident time"
BRIEF = "fewer than four weeks have any data"
HEAVY_TAILED = "its incidents differ too much in length for a period of this length"


def intervals(
    tables: Sequence[Days], lengths: Sequence[tuple[Ints, Ints]], widening: float = 1.0
) -> tuple[Bounds | str | None, ...]:
    """Return 90 % intervals of declared availabilities over one period, from whole weeks and whole spells.

    `lengths` are the seconds of each table's spells, of the least and of the most trouble. The side of more trouble is
    `widening` times as wide as the other (`plasmode`). A text says why no interval can be given; None stands where
    nothing is covered or no trouble was declared: resampling quiet weeks shows only quiet weeks.
    """
    by_coverage: dict[bytes, list[int]] = {}
    for place, days in enumerate(tables):
        by_coverage.setdefault(days.covered.tobytes(), []).append(place)
    bounds: dict[int, Bounds | str | None] = {}
    for places in by_coverage.values():  # tables that are covered at the same time are drawn together
        alike = _intervals([tables[place] for place in places], [lengths[place] for place in places], widening)
        bounds |= zip(places, alike, strict=True)
    return tuple(bounds[place] for place in range(len(tables)))


def _intervals(
    tables: Sequence[Days], lengths: Sequence[tuple[Ints, Ints]], widening: float
) -> tuple[Bounds | str | None, ...]:
    """Return the intervals of tables with the same covered time."""
    weeks = np.stack([in_weeks(days) for days in tables], axis=2)
    if np.count_nonzero(weeks[:, 0, 0]) < MIN_BLOCKS:
        return tuple(BRIEF if len(own[1]) else None for own in lengths)
    trouble = Trouble(
        weekly=np.concatenate((weeks[:, 1], weeks[:, 2]), axis=1),
        covered=weeks[:, 0, 0],
        squares=np.array(
            [float((own.astype(np.float64) ** 2).sum()) for side in zip(*lengths, strict=True) for own in side]
        ),
        largest=np.array([float(own.max(initial=0)) for side in zip(*lengths, strict=True) for own in side]),
    )
    root, half = root_errors(trouble)
    low = np.maximum(root - half, 0.0) ** 2
    high = np.minimum((root + half * min(widening, 1e9)) ** 2, 1.0)
    count, total = len(tables), trouble.total
    return tuple(
        _interval(own, widening, Bounds(1 - float(high[count + i]), 1 - (float(low[i]) if total[i] else 0.0)))
        for i, own in enumerate(lengths)
    )


def _interval(lengths: tuple[Ints, Ints], widening: float, bounds: Bounds) -> Bounds | str | None:
    """Return the interval of a subject with such spells, or why it has none."""
    if not len(lengths[1]):
        return None
    if any(map(is_dominated, lengths)):
        return DOMINATED
    return bounds if math.isfinite(widening) else HEAVY_TAILED


def in_weeks(days: Days) -> Floats:
    """Return covered seconds, least and most trouble of each seven days from the first on: (weeks, 3)."""
    if not len(days.covered):
        return np.zeros((0, 3))
    first = np.arange(0, len(days.covered), 7)
    least, most = (np.add.reduceat(table.ravel(), first * CLASSES) for table in (days.least, days.most))
    return np.stack((np.add.reduceat(days.covered, first), least, most), axis=1).astype(np.float64)


def rate(n: int, covered: int) -> Rate | None:
    """Return the incidents per 30 covered days; None if nothing is covered."""
    if not covered:
        return None
    months = covered / MONTH
    limits = poisson(n)
    return Rate(n, n / months, Bounds(limits.low / months, limits.high / months))


def durations(lengths: Ints) -> Durations:
    """Return median, 90th percentile and longest of the lengths above zero."""
    ordered = np.sort(lengths[lengths > 0])
    if not len(ordered):
        return Durations(0, None, None, None)
    return Durations(len(ordered), percentile(ordered, 0.5), percentile(ordered, 0.9), int(ordered[-1]))


def started_in(record: Record, period: Period) -> slice:
    """Return the rows of the record's cards that started in a period."""
    since, until = np.searchsorted(record.starts, (period.since, period.until))
    return slice(int(since), int(until))


def started(record: Record, period: Period, subject: Subject | None = None) -> Sequence[Card]:
    """Return the counted incidents of a subject that started in a period: those its numbers are made from."""
    rows = started_in(record, period)
    member = record.sure[subject or record.whole][rows]
    return [card for card, counts in zip(record.cards[rows], member, strict=True) if counts]


def _unknowns(record: Record, rows: slice, subject: Subject, since: float) -> tuple[int, Unknowns]:
    """Return how many counted incidents started in the period, and what they lack; only after `since` can one last."""
    sure = record.sure[subject]
    n, late, zero, severity = (sure[rows] @ record.flags[rows]).tolist()
    ranges = record.ranges[: np.searchsorted(record.ranges, rows.stop)]
    ranges = ranges[sure[ranges] & (record.most[ranges] > since)]
    unended = record.unended[ranges]
    return n, Unknowns(
        posted_late=late,
        zero_length=zero,
        unended=int(unended.sum()),
        severity=severity,
        scope=int(record.maybe[subject][rows].sum()) - n,
        intervals=int((~unended & (record.flags[ranges, 2] == 0)).sum()),
    )

"""The leaderboard of a period: who is ranked and why not, groups that cannot be told apart, and the trend.

`rank_intervals` makes the ranks. Not ranked is whoever is covered for less than 60 % of the period or under four weeks,
whose availability is known only to a range of more than ten points (mostly because ends are not recorded), or
who has too few incidents to tell how they vary. Pages written by probes are ranked apart from pages written by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from almanac.stats.availability import MIN_WEEKS, Measure, in_weeks, measure
from almanac.stats.days import Days
from almanac.stats.formulas import FORMULAS
from almanac.stats.intervals import Floats
from almanac.stats.rank_intervals import Ranks, Weeks, grew, groups, tell_apart
from almanac.stats.record import Record
from almanac.stats.selection import is_machine
from almanac.stats.windows import DAY, WEEK, Period, before, last, periods

MIN_COVERAGE = 0.60
MAX_RANGE = 0.10  # wider: the record does not say how available it was
MIN_INCIDENTS = 3
MIN_PROVIDERS = 5  # covered, for a period to be shown first


class Standing(NamedTuple):
    """A ranked provider."""

    provider: str  # slug
    measure: Measure
    rank: Ranks  # 90 % for all providers at once: what the leaderboard shows
    marginal: Ranks  # 90 % for this provider by itself
    places: tuple[int, ...]  # by its number alone under each of FORMULAS, equal numbers sharing a place


class Unranked(NamedTuple):
    """A provider that is not ranked, and why."""

    provider: str
    measure: Measure
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """The ranks of one period. Standings are sorted by availability, best first."""

    period: Period
    standings: tuple[Standing, ...]
    groups: tuple[tuple[str, ...], ...]  # largest sets of which no two can be told apart; they may overlap
    unranked: tuple[Unranked, ...]


class Trend(NamedTuple):
    """A period against the one before it."""

    earlier: Measure
    verdict: str  # better, worse, same (no difference can be told) or unknown (one of them is not known well enough)


def leaderboard(records: Sequence[Record], period: Period, *, machine: bool = False) -> Leaderboard:
    """Rank the providers whose pages are written by hand, or with `machine` those whose pages are written by probes."""
    entries = [(r, measure(r, period)) for r in records if is_machine(r.provider) == machine]
    unranked = [Unranked(r.provider.slug, m, why_unranked(m)) for r, m in entries if why_unranked(m)]
    ranked = sorted(
        (entry for entry in entries if not why_unranked(entry[1])),
        key=lambda entry: (-_middle(entry[1], 0), entry[0].provider.slug),
    )
    slugs = [r.provider.slug for r, _ in ranked]
    comparison = tell_apart(weekly([r for r, _ in ranked], period))
    places = [_places([_middle(m, formula) for _, m in ranked]) for formula in range(len(FORMULAS))]
    return Leaderboard(
        period=period,
        standings=tuple(
            Standing(slug, ranked[i][1], comparison.together[i], comparison.marginal[i], tuple(p[i] for p in places))
            for i, slug in enumerate(slugs)
        ),
        groups=tuple(tuple(slugs[i] for i in group) for group in groups(comparison.worse)),
        unranked=tuple(sorted(unranked, key=lambda u: u.provider)),
    )


def why_unranked(numbers: Measure) -> str:
    """Return the reason a provider gets no rank in a period; "" if it gets one."""
    if numbers.availability is None:
        return "no data for the period"
    if numbers.coverage < MIN_COVERAGE:
        return f"data for only {_percent(numbers.coverage)} of the period ({_percent(MIN_COVERAGE)} needed)"
    if numbers.covered < MIN_WEEKS * WEEK:
        return f"data for only {numbers.covered // DAY} days ({MIN_WEEKS * 7} needed)"
    low, high = numbers.availability
    if high - low > MAX_RANGE:
        reason = "no end times" if numbers.unknowns.unended else "affected services not recorded"
        return f"{reason}: anywhere from {_percent(low)} to {_percent(high)}"
    if numbers.n < MIN_INCIDENTS:
        return f"too few incidents: {numbers.n} ({MIN_INCIDENTS} needed)"
    if numbers.unknowns.zero_length > numbers.n / 2:
        return f"no durations: {numbers.unknowns.zero_length} of {numbers.n} incidents end when they start"
    return ""


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%".replace(".0%", "%")


def shown_first(records: Sequence[Record], now: int) -> Period | None:
    """Return the newest period in which at least five hand-written pages are covered; None if there is none.

    The last 90 days if they qualify, else the newest quarter that does.
    """
    by_hand = [r for r in records if not is_machine(r.provider)]
    quarters = {p for r in by_hand for p in periods(r.covered, now) if "-q" in p.slug}
    for period in (last(90, now), *sorted(quarters, key=lambda p: -p.since)):
        if sum(covered_share(r, period) >= MIN_COVERAGE for r in by_hand) >= MIN_PROVIDERS:
            return period
    return None


def covered_share(record: Record, period: Period) -> float:
    """Return the share of the period, as far as it has elapsed, that is covered."""
    elapsed = min(period.until, record.now) - period.since
    return int(record.days[record.whole].within(period).covered.sum()) / elapsed if elapsed > 0 else 0.0


def trends(records: Sequence[Record], period: Period) -> tuple[Trend, ...]:
    """Return whether each provider declared more or less trouble than in the period before, by the same t as ranks."""
    earlier = [measure(record, before(period)) for record in records]
    comparable = [_comparable(old, measure(record, period)) for record, old in zip(records, earlier, strict=True)]
    verdicts = iter(_verdicts([record for record, sure in zip(records, comparable, strict=True) if sure], period))
    return tuple(
        Trend(old, next(verdicts) if sure else "unknown") for old, sure in zip(earlier, comparable, strict=True)
    )


def _verdicts(records: Sequence[Record], period: Period) -> list[str]:
    if not records:
        return []
    old, new = weekly(records, before(period)), weekly(records, period)
    worse = grew((old.covered, old.most), (new.covered, new.least)).tolist()
    better = grew((new.covered, new.most), (old.covered, old.least)).tolist()
    return ["worse" if up else "better" if down else "same" for up, down in zip(worse, better, strict=True)]


def _comparable(earlier: Measure, now: Measure) -> bool:
    return not any(_unsure(numbers) for numbers in (earlier, now)) and earlier.n + now.n >= MIN_INCIDENTS


def _unsure(numbers: Measure) -> bool:
    """Say whether a period's availability is not known well enough to compare it."""
    wide = numbers.availability is None or numbers.availability.high - numbers.availability.low > MAX_RANGE
    return wide or numbers.coverage < MIN_COVERAGE or numbers.covered < MIN_WEEKS * WEEK


def weekly(records: Sequence[Record], period: Period) -> Weeks:
    """Return the weeks of a period, counted from its first day, for each provider as a whole."""
    tables = [_in_weeks(r, period) for r in records]
    stacked = np.stack(tables, axis=1) if tables else np.zeros((0, 0, 3))
    return Weeks(stacked[:, :, 0], stacked[:, :, 1], stacked[:, :, 2])


def _middle(numbers: Measure, formula: int) -> float:
    """Return the middle of the range under a formula."""
    return (numbers.formulas[formula].low + numbers.formulas[formula].high) / 2


def _places(values: Sequence[float]) -> tuple[int, ...]:
    return tuple(1 + sum(other > value for other in values) for value in values)


@lru_cache(maxsize=2048)  # a trend looks at the weeks of a period again, and at those of the one before
def _in_weeks(record: Record, period: Period) -> Floats:
    return in_weeks(_padded(record.days[record.whole], period))


def _padded(days: Days, period: Period) -> Days:
    """Return the rows of a period, zeros for days before or after the record, so that weeks of all providers agree."""
    rows = days.within(period)
    if len(rows.covered) == period.days:
        return rows
    front = rows.first - period.since // DAY if len(rows.covered) else 0
    inside = slice(front, front + len(rows.covered))
    columns = []
    for values in (rows.covered, rows.least, rows.most):
        column = np.zeros((period.days, *values.shape[1:]), values.dtype)
        column[inside] = values
        columns.append(column)
    return Days(first=period.since // DAY, covered=columns[0], least=columns[1], most=columns[2])

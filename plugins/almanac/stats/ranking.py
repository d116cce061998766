"""The leaderboard of a period: who is ranked and why not, groups that cannot be told apart, and the trend.

`rank_intervals` makes the ranks, pair by pair on the days both were covered. Not ranked is whoever is covered for less
than 60 % of the period or under four weeks, whose availability is known only to a range of more than ten points (mostly
because ends are not recorded), who has too few incidents to tell how they vary, or for whom no interval can be given
(`availability.intervals`). Who is not ranked for a wide range is still compared, so that it is said below whom it stands
even at its best. Nobody is ranked over all covered time. Pages written by probes are ranked apart from pages written by
hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from almanac.model.project import NEEDED
from almanac.stats.availability import MIN_WEEKS, Measure, measure
from almanac.stats.days import Days
from almanac.stats.formulas import FORMULAS
from almanac.stats.plasmode import WIDEST
from almanac.stats.rank_intervals import Bools, Ranks, Sample, changes, groups, inflation, ranks, tell_apart
from almanac.stats.record import Record
from almanac.stats.selection import is_machine
from almanac.stats.windows import ALL, DAY, WEEK, Period, before, last, periods

MIN_COVERAGE = 0.60
MAX_RANGE = 0.10  # wider: the record does not say how available it was
MIN_INCIDENTS = 3


class Standing(NamedTuple):
    """A ranked provider."""

    provider: str  # slug
    measure: Measure
    rank: Ranks  # 90 % for all providers at once
    places: tuple[int, ...]  # by its number alone under each of FORMULAS, equal numbers sharing a place


class Unranked(NamedTuple):
    """A provider that is not ranked, and why."""

    provider: str
    measure: Measure
    why: str
    below: tuple[str, ...] = ()  # slugs of the ranked providers whom not even its best case reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """The ranks of one period. Standings are sorted by availability, best first."""

    period: Period
    standings: tuple[Standing, ...]
    groups: tuple[tuple[str, ...], ...]  # largest sets of which no two can be told apart; they may overlap
    unranked: tuple[Unranked, ...]
    apart: frozenset[tuple[str, str]] = frozenset()  # (better, worse) of every two that can be told apart


class Trend(NamedTuple):
    """A period against the one before it."""

    earlier: Measure
    verdict: str  # better, worse, same (no difference can be told) or unknown (one of them is not known well enough)


def leaderboard(records: Sequence[Record], period: Period, *, machine: bool = False) -> Leaderboard:
    """Rank the providers whose pages are written by hand, or with `machine` those whose pages are written by probes."""
    entries = [
        _Entry(r, m, why_unranked(m))
        for r in records
        if is_machine(r.provider) == machine
        for m in [measure(r, period)]
    ]
    compared = sorted((one for one in entries if not one.why or _is_wide(one.measure)), key=_by_share)
    worse = tell_apart(sample([one.record for one in compared], period))
    slugs = [one.slug for one in compared]
    ranked = [place for place, one in enumerate(compared) if not one.why]
    among = worse[np.ix_(ranked, ranked)]
    by_formula = [
        _places([_middle(compared[place].measure, formula) for place in ranked]) for formula in range(len(FORMULAS))
    ]
    return Leaderboard(
        period=period,
        standings=tuple(
            Standing(slugs[place], compared[place].measure, ranks(among, own), tuple(p[own] for p in by_formula))
            for own, place in enumerate(ranked)
        ),
        groups=tuple(tuple(slugs[ranked[own]] for own in group) for group in groups(among)),
        unranked=tuple(
            Unranked(one.slug, one.measure, one.why, _above(one.slug, slugs, ranked, worse))
            for one in sorted(entries, key=lambda one: one.slug)
            if one.why
        ),
        # Who is compared without a rank may stand below others, but is never called better than anybody.
        apart=frozenset((slugs[q], slugs[p]) for p, q in np.argwhere(worse).tolist() if not compared[q].why),
    )


class _Entry(NamedTuple):
    """A provider of a board: its numbers, and why it is not ranked, or ""."""

    record: Record
    measure: Measure
    why: str

    @property
    def slug(self) -> str:
        """The provider's slug."""
        return self.record.provider.slug


def _by_share(entry: _Entry) -> tuple[float, str]:
    return -_middle(entry.measure, 0), entry.slug


def _above(slug: str, slugs: Sequence[str], ranked: Sequence[int], worse: Bools) -> tuple[str, ...]:
    """Return the ranked providers that an unranked one is told worse than."""
    if slug not in slugs:
        return ()
    own = slugs.index(slug)
    return tuple(slugs[place] for place in ranked if worse[own, place])


def why_unranked(numbers: Measure) -> str:
    """Return the reason a provider gets no rank in a period; "" if it gets one."""
    if numbers.period.slug == ALL:
        return "no ranks over all covered time: providers were covered at different times"
    if numbers.availability is None:
        return "no data for the period"
    if numbers.coverage < MIN_COVERAGE:
        return f"data for only {_percent(numbers.coverage)} of the period ({_percent(MIN_COVERAGE)} needed)"
    if numbers.covered < MIN_WEEKS * WEEK:
        return f"data for only {numbers.covered // DAY} days ({MIN_WEEKS * 7} needed)"
    if numbers.unknowns.zero_length > numbers.n / 2 and numbers.n >= MIN_INCIDENTS:
        return f"no durations: {numbers.unknowns.zero_length} of {numbers.n} incidents end when they start"
    if _is_wide(numbers) and numbers.availability:
        low, high = numbers.availability
        return f"{_open_fact(numbers)}: anywhere from {_percent(low)} to {_percent(high)}"
    if numbers.n < MIN_INCIDENTS:
        return f"too few incidents: {numbers.n} ({MIN_INCIDENTS} needed)"
    return numbers.refusal


def _open_fact(numbers: Measure) -> str:
    """Return what is not recorded where availability is known to a wide range only."""
    lacks = numbers.unknowns
    if lacks.unended:
        return "no end times"
    if lacks.intervals:
        return "times within incidents not recorded"
    return "no durations" if lacks.zero_length else "affected services not recorded"


def _is_wide(numbers: Measure) -> bool:
    """Say whether the record does not say well enough how available a provider was."""
    return numbers.availability is not None and numbers.availability.high - numbers.availability.low > MAX_RANGE


def _percent(share: float) -> str:
    return f"{share * 100:.1f}%".replace(".0%", "%")


def shown_first(records: Sequence[Record], now: int, needs: int = NEEDED) -> Period | None:
    """Return the newest period in which at least `needs` hand-written pages are covered; None if there is none.

    The last 90 days if they qualify, else the newest quarter that does.
    """
    by_hand = [r for r in records if not is_machine(r.provider)]
    quarters = {p for r in by_hand for p in periods(r.covered, now) if "-q" in p.slug}
    for period in (last(90, now), *sorted(quarters, key=lambda p: -p.since)):
        if sum(covered_share(r, period) >= MIN_COVERAGE for r in by_hand) >= needs:
            return period
    return None


def covered_share(record: Record, period: Period) -> float:
    """Return the share of the period, as far as it has elapsed, that is covered."""
    elapsed = min(period.until, record.now) - period.since
    return int(record.days[record.whole].within(period).covered.sum()) / elapsed if elapsed > 0 else 0.0


def trends(records: Sequence[Record], period: Period) -> tuple[Trend, ...]:
    """Return whether each provider declared more or less trouble than in the period before.

    By the same t as ranks, with 90 % certainty for all of them at once.
    """
    earlier = [measure(record, before(period)) for record in records]
    comparable = [_comparable(old, measure(record, period)) for record, old in zip(records, earlier, strict=True)]
    verdicts = iter(_verdicts([record for record, sure in zip(records, comparable, strict=True) if sure], period))
    return tuple(
        Trend(old, next(verdicts) if sure else "unknown") for old, sure in zip(earlier, comparable, strict=True)
    )


def _verdicts(records: Sequence[Record], period: Period) -> list[str]:
    if not records:
        return []
    grown, fallen = changes(sample(records, before(period)), sample(records, period))
    return [
        "worse" if up else "better" if down else "same"
        for up, down in zip(grown.tolist(), fallen.tolist(), strict=True)
    ]


def _comparable(earlier: Measure, now: Measure) -> bool:
    return not any(_unsure(numbers) for numbers in (earlier, now)) and earlier.n + now.n >= MIN_INCIDENTS


def _unsure(numbers: Measure) -> bool:
    """Say whether a period's availability is not known well enough to compare it."""
    too_short = numbers.coverage < MIN_COVERAGE or numbers.covered < MIN_WEEKS * WEEK
    return numbers.availability is None or _is_wide(numbers) or too_short or bool(numbers.refusal)


def sample(records: Sequence[Record], period: Period) -> Sample:
    """Return the days of a period for each provider as a whole, and how much larger its errors are than weeks say.

    Whoever needs more widening than there is for an interval is taken with the widest there is; it gets no rank.
    """
    tables = [_padded(record.days[record.whole], period) for record in records]
    if not tables:
        nobody = np.zeros((period.days, 0))
        return Sample(nobody, nobody, nobody, np.ones((2, 0)), np.ones(0))
    covered, least, most = (
        np.stack([side.reshape(period.days, -1).sum(axis=1) for side in sides], axis=1).astype(np.float64)
        for sides in zip(*((days.covered, days.least, days.most) for days in tables), strict=True)
    )
    lengths = list(zip(*(record.lengths_within(record.whole, period) for record in records), strict=True))
    factors = [
        min(record.widening(float(own)), WIDEST) for record, own in zip(records, covered.sum(axis=0), strict=True)
    ]
    inflations = [inflation(covered, trouble, own) for trouble, own in zip((least, most), lengths, strict=True)]
    return Sample(covered, least, most, np.stack(inflations), np.array(factors))


def _middle(numbers: Measure, formula: int) -> float:
    """Return the middle of the range under a formula."""
    return (numbers.formulas[formula].low + numbers.formulas[formula].high) / 2


def _places(values: Sequence[float]) -> tuple[int, ...]:
    return tuple(1 + sum(other > value for other in values) for value in values)


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

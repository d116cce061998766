"""Sets of time: stretches united, intersected, clipped and summed, and the calendar periods statistics speak of.

A set of time is a tuple of `Stretch` (half-open, epoch seconds), sorted and disjoint; `union` makes one of any.
Periods are whole UTC days, so that a period's numbers are sums over its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from almanac.model import Pulls, Span, Stretch, moment, seconds
from almanac.model.problem import WordError

DAY = 86_400
WEEK = 7 * DAY
ALL = "all"  # the slug of the period of all covered time

Times = tuple[Stretch, ...]


class Period(NamedTuple):
    """[since, until) in epoch seconds, both at midnight UTC."""

    slug: str  # 90-days, 2026-q2, 2026, all, 2026-05-08..2026-06-24
    name: str
    since: int
    until: int

    @property
    def days(self) -> int:
        """Its length in days."""
        return (self.until - self.since) // DAY


def union(stretches: Iterable[Stretch]) -> Times:
    """Return the set of instants that lie in at least one of `stretches`; empty and reversed ones hold none."""
    merged: list[Stretch] = []
    for since, until in sorted(s for s in stretches if s.until > s.since):
        if merged and since <= merged[-1].until:
            merged[-1] = Stretch(merged[-1].since, max(until, merged[-1].until))
        else:
            merged.append(Stretch(since, until))
    return tuple(merged)


def intersection(first: Times, second: Times) -> Times:
    """Return the set of instants that lie in both sets."""
    common: list[Stretch] = []
    i = j = 0
    while i < len(first) and j < len(second):
        since = max(first[i].since, second[j].since)
        until = min(first[i].until, second[j].until)
        if since < until:
            common.append(Stretch(since, until))
        if first[i].until < second[j].until:
            i += 1
        else:
            j += 1
    return tuple(common)


def clip(times: Times, since: int, until: int) -> Times:
    """Return the part of a set that lies in [since, until)."""
    return intersection(times, (Stretch(since, until),)) if since < until else ()


def total(times: Times) -> int:
    """Return the seconds in a set."""
    return sum(until - since for since, until in times)


def holds(times: Times, at: int) -> bool:
    """Say whether the instant lies in the set."""
    return any(since <= at < until for since, until in times)


def coverage(pulls: Pulls, now: int) -> Times:
    """Return the time up to `now` in which the archive would have seen an incident of this provider.

    A span that speaks of some products only counts for the whole if its core is among them.
    """
    core = set(pulls.core)
    return _times((s for s in pulls.coverage if not s.products or (core and core <= set(s.products))), now)


def coverage_by_product(pulls: Pulls, now: int) -> Mapping[str, Times]:
    """Return the covered time of each product that spans speak of, and of all others under ""; {} if none names any."""
    names = {name for span in pulls.coverage for name in span.products}
    return {
        name: _times((s for s in pulls.coverage if not s.products or name in s.products), now)
        for name in sorted(names | {""} if names else names)
    }


def of_product(pulls: Pulls, product: str) -> Pulls:
    """Return what pulls and data sets say of one product, as if that were all of the provider."""
    if not any(span.products for span in pulls.coverage):
        return pulls
    spans = (span for span in pulls.coverage if not span.products or product in span.products)
    return replace(pulls, coverage=tuple(replace(span, products=()) for span in spans))


def _times(spans: Iterable[Span], now: int) -> Times:
    return union(Stretch(seconds(s.since), min(seconds(s.until), now)) for s in spans)


def midnight(at: int) -> int:
    """Return the last midnight UTC not after `at`."""
    return at - at % DAY


def last(days: int, now: int) -> Period:
    """Return the UTC day of `now` and the days before it, `days` in all."""
    until = midnight(now) + DAY
    return Period(f"{days}-days", f"last {days} days", until - days * DAY, until)


def month(year: int, number: int) -> Period:
    """Return a calendar month, `number` 1 to 12."""
    until = _first_of(year + 1, 1) if number == 12 else _first_of(year, number + 1)
    since = _first_of(year, number)
    return Period(f"{year}-{number:02}", f"{moment(since):%B} {year}", since, until)


def quarter(year: int, number: int) -> Period:
    """Return a calendar quarter, `number` 1 to 4."""
    first = 3 * number - 2
    until = _first_of(year + 1, 1) if number == 4 else _first_of(year, first + 3)
    return Period(f"{year}-q{number}", f"Q{number} {year}", _first_of(year, first), until)


def year(number: int) -> Period:
    """Return a calendar year."""
    return Period(str(number), str(number), _first_of(number, 1), _first_of(number + 1, 1))


def between(since: int, until: int) -> Period:
    """Return the UTC days from that of `since` to that of the last second before `until`."""
    first, after = midnight(since), midnight(until - 1) + DAY
    slug = f"{moment(first):%Y-%m-%d}..{moment(after - 1):%Y-%m-%d}"
    return Period(slug, slug.replace("..", " to "), first, after)


def everything(covered: Times) -> Period:
    """Return all covered time, from its first day to its last. Raises ValueError for an empty set."""
    if not covered:
        raise WordError("nothing is covered, so there is no period of all covered time")
    return between(covered[0].since, covered[-1].until)._replace(slug=ALL, name="all covered time")


@lru_cache(maxsize=64)  # every leaderboard offers all of them
def periods(covered: Times, now: int) -> tuple[Period, ...]:
    """Return the published periods: 30, 90 and 365 days, quarters and years newest first, then all covered time."""
    if not covered:
        return ()
    first, final = moment(covered[0].since).year, moment(min(covered[-1].until, now) - 1).year
    quarters = [quarter(y, q) for y in range(final, first - 1, -1) for q in (4, 3, 2, 1)]
    years = [year(y) for y in range(final, first - 1, -1)]
    touched = [p for p in (*quarters, *years) if clip(covered, p.since, min(p.until, now))]
    return last(30, now), last(90, now), last(365, now), *touched, everything(covered)


def months(covered: Times, now: int) -> tuple[Period, ...]:
    """Return the calendar months in which something is covered, the newest first."""
    if not covered:
        return ()
    first, final = moment(covered[0].since), moment(min(covered[-1].until, now) - 1)
    numbers = range(12 * final.year + final.month - 1, 12 * first.year + first.month - 2, -1)
    touched = (month(number // 12, number % 12 + 1) for number in numbers)
    return tuple(p for p in touched if clip(covered, p.since, min(p.until, now)))


def period_by_slug(slug: str, covered: Times, now: int) -> Period:
    """Return the period called 2026-Q2, 2026, 90-days, all or 2026-05-08..2026-06-24. Raises ValueError for others."""
    lower = slug.lower()
    for period in periods(covered, now):
        if period.slug == lower:
            return period
    since, dots, until = lower.partition("..")
    if not dots:
        raise WordError(f"{slug!r} names no period with covered time; write 90-days, 2026-Q2, 2026, all or FROM..TO")
    final = datetime.strptime(until, "%Y-%m-%d").replace(tzinfo=UTC)
    return between(seconds(datetime.strptime(since, "%Y-%m-%d").replace(tzinfo=UTC)), seconds(final) + DAY)


def before(period: Period) -> Period:
    """Return the period a trend compares with: the calendar's one before, else as many days just before it."""
    if "-q" in period.slug:
        start = moment(period.since)
        return quarter(start.year - (start.month == 1), (start.month // 3 - 1) % 4 + 1)
    if period.slug.isdigit():
        return year(int(period.slug) - 1)
    return between(period.since - period.days * DAY, period.since)


def _first_of(year: int, month: int) -> int:
    return seconds(datetime(year, month, 1, tzinfo=UTC))

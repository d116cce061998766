"""Seconds of each UTC day that a set of time holds: the table every availability is summed from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from almanac.stats.windows import DAY, Period, Times

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

CLASSES = 4  # rated none, degraded, partial, full: columns of Days.least and Days.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """One row a UTC day: covered seconds, and covered seconds in trouble by the worst class declared at each instant.

    `least` is the smallest trouble the record allows (ends when last seen open, mildest severity, only what surely
    concerns the subject), `most` the largest.
    """

    first: int  # the day of row 0, in days since the epoch
    covered: Ints  # (days,)
    least: Ints  # (days, CLASSES)
    most: Ints  # (days, CLASSES)

    def within(self, period: Period) -> Days:
        """Return the rows of a period; days without a row hold nothing and are left away."""
        since = max(period.since // DAY - self.first, 0)
        until = max(period.until // DAY - self.first, since)
        rows = slice(since, until)
        return Days(first=self.first + since, covered=self.covered[rows], least=self.least[rows], most=self.most[rows])


def arrays(times: Times) -> tuple[Ints, Ints]:
    """Return the starts and the ends of a set of time."""
    pairs = np.array(times, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def disjoint(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Return the union of stretches, as starts and ends of its parts. Same set as `windows.union`."""
    keep = ends > starts
    if not keep.all():
        starts, ends = starts[keep], ends[keep]
    if not len(starts):
        return starts, ends
    # Of equal starts any may come first: the union is the same, and a stable sort takes twice as long.
    order = np.argsort(starts)
    starts, reach = starts[order], np.maximum.accumulate(ends[order])
    first, last = edges_of_union(starts, reach)
    return starts[first], reach[last]


def edges_of_union(starts: Ints, reach: Ints) -> tuple[Bools, Bools]:
    """Say of each stretch whether it is the first, and whether it is the last, of a part of their union.

    They stand by start; `reach` is the latest end up to each.
    """
    edges = np.ones(len(starts) + 1, np.bool_)
    np.greater(starts[1:], reach[:-1], out=edges[1:-1])
    return edges[:-1], edges[1:]


def seconds_before(starts: Ints, ends: Ints, at: Ints) -> Ints:
    """Return how many seconds of a disjoint, sorted set lie before each instant of `at`."""
    whole = np.concatenate((np.zeros(1, np.int64), np.cumsum(ends - starts)))
    parts = np.searchsorted(starts, at, side="left")
    if not len(starts):
        return np.zeros(len(at), np.int64)
    over = np.where(parts > 0, np.maximum(ends[parts - 1] - at, 0), 0)
    result: Ints = whole[parts] - over
    return result


def by_day(starts: Ints, ends: Ints, midnights: Ints) -> Ints:
    """Return the seconds of any stretches' union in each day between consecutive `midnights`."""
    result: Ints = np.diff(seconds_before(*disjoint(starts, ends), midnights))
    return result


def within(starts: Ints, ends: Ints, covered: tuple[Ints, Ints]) -> tuple[Ints, Ints, Ints]:
    """Return the parts of stretches that lie in a disjoint, sorted set: starts, ends, and which stretch each is of."""
    since, until = covered
    first = np.searchsorted(until, starts, side="right")
    count = np.maximum(np.searchsorted(since, ends, side="left") - first, 0)
    whole = np.repeat(np.arange(len(starts)), count)
    part = first[whole] + np.arange(len(whole)) - np.repeat(np.cumsum(count) - count, count)
    return np.maximum(starts[whole], since[part]), np.minimum(ends[whole], until[part]), whole


def covered_by_day(starts: Ints, ends: Ints, covered: tuple[Ints, Ints], midnights: Ints) -> Ints:
    """Return the seconds of a union that lie in the covered set, by day."""
    starts, ends, _ = within(starts, ends, covered)
    return by_day(starts, ends, midnights)

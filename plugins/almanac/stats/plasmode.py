"""How well intervals hold in worlds made of a provider's own record, and by how much they must be widened to hold.

A plasmode (Franklin et al. 2014) is a simulated world that draws from real values: here incidents begin at random, as
often as the provider's, and last as long as incidents of the provider drawn again. Its true share in trouble is known:
with rate r and lengths D, an instant t after the beginning is in trouble with 1 - exp(-r E[min(D, t)]). Lengths have
heavy tails, so that a period without one of the rare long incidents promises too much; nearly all misses are on that
side. So the side of more trouble is widened until the interval holds in 90 % of such worlds (Loh 1987 calls this
calibration). Where more than WIDEST would be needed, or too few lengths are known, there is no interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from almanac.stats.days import Ints, edges_of_union, seconds_before
from almanac.stats.intervals import LEVEL, Trouble, root_errors
from almanac.stats.spells import DOMINANT
from almanac.stats.windows import DAY, WEEK

WORLDS = 500
WIDEST = 2.5
MIN_LENGTHS = 5
MIN_HELD = 0.5  # of the worlds must have an interval: no incident is more than half of their trouble
LADDER = (
    4,
    6,
    9,
    13,
    18,
    26,
    39,
    52,
    78,
    104,
    156,
    208,
    312,
)  # weeks: periods between two of them count as the shorter
_INSTANTS = 200
_AT_ONCE = 16_384  # incidents: what is worked on stays in the cache of a processor


def rung(seconds: float) -> int:
    """Return the weeks that stand for a length of covered time: the longest of LADDER that is not longer."""
    weeks = seconds / WEEK
    return max((step for step in LADDER if step <= weeks), default=LADDER[0])


@lru_cache(maxsize=1024)  # quarters and years are as long as each other
def widening(lengths: tuple[int, ...], per_day: float, weeks: int) -> float:
    """Return the factor for the side of more trouble, 1 or more; infinity where an interval would need more than WIDEST.

    `lengths` are those of the provider's incidents in seconds, `per_day` is how many begin on a covered day.
    """
    if len(lengths) < MIN_LENGTHS:
        return math.inf
    random = np.random.default_rng((20_260_302, weeks, len(lengths)))
    trouble = worlds(random, lengths, per_day, weeks)
    usable = (trouble.largest <= DOMINANT * trouble.total) & (trouble.total > 0)
    if usable.mean() < MIN_HELD:
        return math.inf
    root, half = (column[usable] for column in root_errors(trouble))
    truth = math.sqrt(true_share(lengths, per_day, weeks))
    above_truth = float((root - half > truth).mean())
    ratios = np.sort((truth - root) / half)
    place = min(math.ceil((LEVEL + above_truth) * len(ratios)), len(ratios)) - 1
    factor = max(float(ratios[place]), 1.0)
    return factor if factor <= WIDEST else math.inf


def true_share(lengths: Sequence[int], per_day: float, weeks: int) -> float:
    """Return the expected share in trouble of a world that begins without trouble."""
    instants = (np.arange(_INSTANTS) + 0.5) * (weeks * WEEK / _INSTANTS)
    lasting = np.minimum(np.array(lengths, np.float64)[:, None], instants).mean(axis=0)
    return float((1 - np.exp(-per_day / DAY * lasting)).mean())


def worlds(
    random: np.random.Generator, lengths: Sequence[int], per_day: float, weeks: int, count: int = WORLDS
) -> Trouble:
    """Return the trouble of so many worlds of some weeks, a column each."""
    numbers = random.poisson(per_day * weeks * 7, count)
    starts = random.integers(0, weeks * WEEK, numbers.sum())
    drawn = random.integers(0, len(lengths), len(starts))
    trouble = Trouble(
        weekly=np.empty((weeks, count)),
        covered=np.full(weeks, float(WEEK)),
        squares=np.empty(count),
        largest=np.zeros(count),
    )
    step = max(_AT_ONCE // max(int(numbers.max()), 1), 1)
    of_lengths = np.array(lengths, np.int64)
    before = np.concatenate(([0], np.cumsum(numbers)))
    for first in range(0, count, step):
        group = slice(first, min(first + step, count))
        rows = slice(before[group.start], before[group.stop])
        _fill(trouble, group, numbers[group], starts[rows], drawn[rows], of_lengths)
    return trouble


def _fill(trouble: Trouble, group: slice, numbers: Ints, starts: Ints, drawn: Ints, lengths: Ints) -> None:
    """Fill in some worlds, in which so many incidents start at these seconds and last as long as those drawn.

    They lie on one axis, a week apart from each other, so that they are made together. Starts are sorted together with
    what was drawn for them, as one number each.
    """
    count, weeks = len(numbers), len(trouble.covered)
    world = np.repeat(np.arange(count), numbers)
    first = world * (weeks + 1) * WEEK
    bits = len(lengths).bit_length()
    both = np.sort((starts + first) << bits | drawn)
    starts = both >> bits
    reach = np.minimum(starts + lengths[both & ((1 << bits) - 1)], first + weeks * WEEK)
    np.maximum.accumulate(reach, out=reach)
    is_first, is_last = edges_of_union(starts, reach)
    since, until, world = starts[is_first], reach[is_last], world[is_first]
    edges = np.arange(0, count * (weeks + 1) * WEEK + 1, WEEK, dtype=np.int64)
    weekly = np.diff(seconds_before(since, until, edges)).reshape(count, weeks + 1)
    spells = (until - since).astype(np.float64)
    trouble.weekly[:, group] = weekly[:, :weeks].T
    trouble.squares[group] = np.bincount(world, spells**2, count)
    np.maximum.at(trouble.largest[group], world, spells)

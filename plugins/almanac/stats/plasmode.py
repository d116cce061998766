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

from almanac.stats.days import disjoint, seconds_before
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
    """Return the trouble of so many worlds of some weeks, a column each.

    All worlds lie on one axis, a week apart from each other, so that they are made together.
    """
    span, stride = weeks * WEEK, (weeks + 1) * WEEK
    numbers = random.poisson(per_day * weeks * 7, count)
    begin = np.repeat(np.arange(count, dtype=np.int64) * stride, numbers)
    starts = random.integers(0, span, len(begin))
    ends = np.array(lengths, np.int64)[random.integers(0, len(lengths), len(begin))]
    # In place: of long periods there are millions, and to allocate them takes as long as to add them.
    starts += begin
    ends += starts
    begin += span
    since, until = disjoint(starts, np.minimum(ends, begin, out=ends))
    edges = np.arange(0, count * stride + 1, WEEK, dtype=np.int64)
    weekly = np.diff(seconds_before(since, until, edges)).reshape(count, weeks + 1)[:, :weeks]
    spells = (until - since).astype(np.float64)
    largest = np.zeros(count)
    np.maximum.at(largest, since // stride, spells)
    return Trouble(
        weekly=weekly.T.astype(np.float64),
        covered=np.full(weeks, float(WEEK)),
        squares=np.bincount(since // stride, spells**2, count).astype(np.float64),
        largest=largest,
    )

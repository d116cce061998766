"""Worlds of which the truth is known: incidents in clusters, providers that differ or not, pairs that fall together.

Clusters are Neyman and Scott's (1958): their centres fall at random, each holds a Poisson number of incidents, three on
average, which start within two days of it. Lengths are lognormal with the median (61 min) and the spread of the real
Anthropic record. Times in seconds from 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from almanac.stats.days import Ints, by_day, disjoint
from almanac.stats.rank_intervals import Sample, inflation
from almanac.stats.windows import DAY

YEAR = 365
PER_CLUSTER = 3
CLUSTER = 2 * DAY
MEDIAN, SPREAD = 61 * 60, 1.28
MEAN = MEDIAN * math.exp(SPREAD**2 / 2)


def incidents(random: np.random.Generator, unavailability: float, days: int = YEAR) -> tuple[Ints, Ints]:
    """Return starts and ends of a provider's incidents that together cover about this share of the time."""
    end = days * DAY
    clusters = random.poisson(unavailability * (end + CLUSTER) / MEAN / PER_CLUSTER)
    sizes = random.poisson(PER_CLUSTER, clusters)
    starts = np.repeat(random.uniform(-CLUSTER, end, clusters), sizes) + random.uniform(0, CLUSTER, int(sizes.sum()))
    within: Ints = starts[(starts >= 0) & (starts < end)].astype(np.int64)
    return within, within + lengths(random, len(within))


def lengths(random: np.random.Generator, count: int) -> Ints:
    """Return lengths of incidents in seconds."""
    return random.lognormal(math.log(MEDIAN), SPREAD, count).astype(np.int64)


def sample(random: np.random.Generator, unavailabilities: np.ndarray, days: int = YEAR) -> Sample:
    """Return the days of one world, fully covered, for a provider of each unavailability, with their errors."""
    incidents_of = [incidents(random, share, days) for share in unavailabilities]
    return of_spells([disjoint(starts, np.minimum(ends, days * DAY)) for starts, ends in incidents_of], days)


def of_spells(spells: Sequence[tuple[Ints, Ints]], days: int, widening: float = 1.0) -> Sample:
    """Return the days of providers whose spells of trouble these are, fully covered."""
    edges = np.arange(days + 1, dtype=np.int64) * DAY
    trouble = np.array([by_day(*own, edges) for own in spells], np.float64).T
    covered = np.full(trouble.shape, float(DAY))
    ratio = inflation(covered, trouble, [until - since for since, until in spells])
    return Sample(covered, trouble, trouble, np.stack((ratio, ratio)), np.full(len(spells), widening))


def echo(random: np.random.Generator, source: Ints, ends: Ints, share: float, *, same_end: bool) -> tuple[Ints, Ints]:
    """Return starts and ends of what follows within minutes from a share of another's incidents."""
    picked = random.random(len(source)) < share
    starts = source[picked] + random.exponential(12 * 60, int(picked.sum())).astype(np.int64)
    if same_end:
        return starts, np.maximum(ends[picked] + random.exponential(12 * 60, len(starts)).astype(np.int64), starts)
    return starts, starts + lengths(random, len(starts))

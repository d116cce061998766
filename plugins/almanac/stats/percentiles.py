"""Percentiles of lengths, and from how many values on one is given: the same on every page, in every article and table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from almanac.stats.intervals import Floats, Ints, quantile

MEDIAN_FROM = 5
BEYOND = 2  # values that are to be expected on the far side of a percentile


@lru_cache(maxsize=64)
def needed(share: float) -> int:
    """Return how many values the quantile of a share needs: a median 5, a 90th percentile 20, a 95th 40."""
    tail = min(share, 1 - share)
    return max(MEDIAN_FROM, math.ceil(round(BEYOND / tail, 6))) if tail > 0 else 1


def percentile(ordered: Sequence[float] | Floats | Ints, share: float) -> float | None:
    """Return the quantile of sorted values (Hyndman and Fan 1996, type 7); None where they are too few for it."""
    return quantile(ordered, share) if len(ordered) >= needed(share) else None

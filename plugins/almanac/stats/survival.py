"""Curves of time until an end, from weighted and partly censored durations."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Curve(NamedTuple):
    """The chance that an incident is over (`shares`) against `logs`, log(1 + minutes from now); both rise from 0."""

    logs: Floats
    shares: Floats

    def quantile(self, level: float) -> float:
        """Return the minutes within which it is over with this chance; infinite where too little was seen to end."""
        if level > self.shares[-1]:
            return math.inf
        return float(np.expm1(np.interp(level, self.shares, self.logs)))

    def chance(self, minutes: float) -> float:
        """Return the chance that it is over within so many minutes."""
        return float(np.interp(math.log1p(minutes), self.logs, self.shares))


def curve(minutes: Floats, ended: Bools, weights: Floats, effective: float) -> Curve:
    """Return the curve of durations that say as much as `effective` equally weighted ones.

    The k-th of n ends stands at k/(n + 1), not at k/n, so that intervals from few incidents still cover (Weibull 1939;
    type 6 of Hyndman and Fan 1996). Between the ends it is linear in log(1 + minutes).
    """
    ends, over = kaplan_meier(minutes, ended, weights)
    logs = np.concatenate(([0.0], np.log1p(ends)))
    return Curve(logs, np.concatenate(([0.0], over * (effective / (effective + 1)))))


def kaplan_meier(minutes: Floats, ended: Bools, weights: Floats) -> tuple[Floats, Floats]:
    """Return the distinct times at which something ended, and the weighted share over by then (Kaplan and Meier 1958).

    At each end the share of the weight still at risk that ends there is over. What is censored was open when last
    seen, so it is at risk up to and including that time.
    """
    order = np.lexsort((np.logical_not(ended), minutes))
    minutes, ended, weights = minutes[order], ended[order], weights[order]
    at_risk = np.cumsum(weights[::-1])[::-1]
    ending = np.divide(weights, at_risk, out=np.zeros(len(weights)), where=ended & (at_risk > 0))
    over = 1 - np.cumprod(1 - ending)
    ends, over = minutes[ended], over[ended]
    last_of_ties = np.diff(ends, append=math.inf) > 0
    return ends[last_of_ties], over[last_of_ties]


def effective_number(rows: Ints, weights: Floats) -> float:
    """Return how many equally weighted incidents say as much: (Σw)² / Σw², Kish's effective size (1965). 0 for none.

    `rows` tells which weights belong to the same incident: those are added up first.
    """
    of_each = np.bincount(rows, weights)
    squares = float(np.square(of_each).sum())
    return float(of_each.sum()) ** 2 / squares if squares > 0 else 0.0

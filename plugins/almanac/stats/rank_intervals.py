"""Ranks as intervals that are right for ranks, from weeks of trouble.

A rank is no smooth function of availabilities, so resampling ranks misleads where providers are close (Klein, Wright
and Wieczorek 2020, "A joint confidence region for an overall ranking of populations"; Mogstad, Romano, Shaikh and
Wilhelm 2024, "Inference for ranks"). What is resampled are the differences between providers. Provider p is told to be
worse than q when

    t(p, q) = (g(p) - g(q)) / se(p, q),   g = square root of the share of covered time in trouble,

exceeds the critical value: the 90 % quantile of the largest such t among all pairs not yet told apart, over resamples
of whole weeks drawn together for all providers, each t centred at the estimate and divided by its own standard error;
steps down until nothing more is found (Romano and Wolf 2005). Then, with 90 % certainty for all providers at once,

    rank of p lies in [1 + number of providers told better, m - number of providers told worse].

`marginal` is the same for a provider looked at by itself: the quantile of the largest t among the pairs it is in.
Where the record leaves a range, p is worse than q only if its best case is worse than q's worst. Limits: weeks are
taken as alike and as independent; few weeks of trouble make wide intervals. Weeks, the root and the t were chosen
by simulation (bench statistics).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from almanac.stats.intervals import LEVEL, Floats, draws

RESAMPLES = 1000

Bools = npt.NDArray[np.bool_]


class Ranks(NamedTuple):
    """The best and the worst rank the evidence allows."""

    best: int
    worst: int


class Weeks(NamedTuple):
    """Seconds in each week of a period, (weeks, providers): covered, and the least and the most trouble."""

    covered: Floats
    least: Floats
    most: Floats


class Comparison(NamedTuple):
    """Which providers of an ordered list can be told apart, and the ranks that leaves them."""

    worse: Bools  # worse[p, q]: p is told worse than q, with 90 % certainty for all pairs at once
    together: tuple[Ranks, ...]
    marginal: tuple[Ranks, ...]


def tell_apart(weeks: Weeks) -> Comparison:
    """Compare every two providers, and return the ranks that leaves possible."""
    count = weeks.covered.shape[1]
    if count < 2:
        only = tuple(Ranks(1, 1) for _ in range(count))
        return Comparison(np.zeros((count, count), np.bool_), only, only)
    statistics, resampled = _statistics(weeks)
    pairs = ~np.eye(count, dtype=np.bool_)
    worse = step_down(statistics, resampled, pairs, LEVEL)
    together = tuple(_ranks(worse, own) for own in range(count))
    marginal = tuple(
        _ranks(step_down(statistics, resampled, pairs & _pairs_of(own, count), LEVEL), own) for own in range(count)
    )
    return Comparison(worse, together, marginal)


def step_down(statistics: Floats, resampled: Floats, pairs: Bools, level: float) -> Bools:
    """Reject what exceeds the critical value of all hypotheses not yet rejected, until nothing more is rejected."""
    rejected = np.zeros_like(pairs)
    columns = np.flatnonzero(pairs)
    values, draws_of = statistics.ravel()[columns], resampled[:, columns]
    while len(columns):
        critical = _quantile(draws_of.max(axis=1), level)
        beyond = values > critical
        if not beyond.any():
            break
        rejected.ravel()[columns[beyond]] = True
        columns, values, draws_of = columns[~beyond], values[~beyond], draws_of[:, ~beyond]
    return rejected


def _quantile(values: Floats, level: float) -> float:
    """Return the smallest value that at least a share `level` of them does not exceed."""
    place = max(math.ceil(level * len(values)) - 1, 0)
    return float(np.partition(values, place)[place])


def groups(worse: Bools) -> tuple[tuple[int, ...], ...]:
    """Return the largest sets of which no two can be told apart (insert and absorb, Piepho 2004); each is sorted."""
    sets = [frozenset(range(len(worse)))] if len(worse) else []
    for p, q in zip(*np.nonzero(worse), strict=True):
        split = [g - {int(member)} for g in sets if p in g and q in g for member in (p, q)]
        whole = [g for g in sets if not (p in g and q in g)]
        candidates = [*whole, *split]
        sets = [g for i, g in enumerate(candidates) if not _absorbed(g, i, candidates)]
    return tuple(sorted(tuple(sorted(g)) for g in sets))


def _absorbed(group: frozenset[int], place: int, others: Sequence[frozenset[int]]) -> bool:
    return any(group < other or (group == other and i < place) for i, other in enumerate(others))


def _statistics(weeks: Weeks) -> tuple[Floats, Floats]:
    """Return t(p, q) of the record, (m, m), and of each resample, centred at the estimate, (resamples, m * m)."""
    count, m = weeks.covered.shape
    full_record = np.ones((1, count))
    resamples = draws(count, RESAMPLES)
    best, best_error = _roots(weeks.covered, weeks.least, full_record)
    worst, worst_error = _roots(weeks.covered, weeks.most, full_record)
    difference = best[:, :, None] - worst[:, None, :]
    statistics = difference / _errors(best_error, worst_error)
    best, best_error = _roots(weeks.covered, weeks.least, resamples)
    worst, worst_error = _roots(weeks.covered, weeks.most, resamples)
    centred = best[:, :, None] - worst[:, None, :] - difference
    resampled = centred / _errors(best_error, worst_error)
    return statistics[0], resampled.reshape(len(resamples), m * m)


def _roots(covered: Floats, trouble: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """Return the square root of the share in trouble and its standard error (ratio, linearised), in each resample."""
    count = len(covered)
    sums = drawn @ np.concatenate((covered, trouble, trouble**2, trouble * covered, covered**2), axis=1)
    time, lost, lost2, both, time2 = sums.reshape(len(drawn), 5, -1).transpose(1, 0, 2)
    time = np.maximum(time, 1.0)
    share = lost / time
    squares = lost2 - 2 * share * both + share**2 * time2
    error = np.sqrt(np.maximum(squares, 0.0) * count / (count - 1)) / time
    root = np.sqrt(share)
    return root, error / (2 * np.maximum(root, 1e-9))


def _errors(first: Floats, second: Floats) -> Floats:
    """Return standard errors of all differences; resamples draw the same weeks for all, which keeps what they share."""
    square = first[:, :, None] ** 2 + second[:, None, :] ** 2
    np.maximum(square, 1e-18, out=square)
    return np.sqrt(square, out=square)


def _pairs_of(own: int, count: int) -> Bools:
    """Return the pairs a provider is part of."""
    touching = np.zeros((count, count), np.bool_)
    touching[own], touching[:, own] = True, True
    return touching


def _ranks(worse: Bools, own: int) -> Ranks:
    return Ranks(1 + int(worse[own].sum()), len(worse) - int(worse[:, own].sum()))


def grew(before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> Bools:
    """Return for each provider whether its share in trouble surely grew between two samples, each (covered, trouble).

    All four are (weeks, providers); each provider is looked at by itself.
    """
    providers = before[0].shape[1]
    growth, centred = np.zeros(providers), np.zeros((RESAMPLES, providers))
    square, squares = np.zeros(providers), np.zeros((RESAMPLES, providers))
    for sign, seed, (covered, trouble) in ((-1, 1, before), (1, 2, after)):
        root, error = (part[0] for part in _roots(covered, trouble, np.ones((1, len(covered)))))
        roots, errors = _roots(covered, trouble, draws(len(covered), RESAMPLES, seed))
        growth, centred = growth + sign * root, centred + sign * (roots - root)
        square, squares = square + error**2, squares + errors**2
    largest = np.abs(centred) / np.sqrt(np.maximum(squares, 1e-18))
    critical = np.array([_quantile(column, LEVEL) for column in largest.T])
    return np.asarray(growth / np.sqrt(np.maximum(square, 1e-18)) > critical)

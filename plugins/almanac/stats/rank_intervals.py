"""Ranks as intervals that are right for ranks, from the days on which both providers of a pair were covered.

A rank is no smooth function of availabilities, so resampling ranks misleads where providers are close (Klein, Wright
and Wieczorek 2020, "A joint confidence region for an overall ranking of populations"; Mogstad, Romano, Shaikh and
Wilhelm 2024, "Inference for ranks"). What is resampled are the differences between providers. Provider p is told to be
worse than q when

    t(p, q) = (g(p) - g(q)) / se(p, q),   g = square root of the share of the jointly covered days in trouble,

exceeds the critical value: the 90 % quantile of the largest such t among all pairs not yet told apart, over resamples
of whole weeks drawn together for all providers, each t centred at the estimate and divided by its own standard error;
steps down until nothing more is found (Romano and Wolf 2005). Then, with 90 % certainty for all providers at once,

    rank of p lies in [1 + number of providers told better, m - number of providers told worse].

Weeks are not independent where one incident lies in many of them, and a period without one of a provider's rare long
incidents promises too much. So the error of the observed t is larger where whole spells vary more than weeks
(`Sample.inflation`), and larger still for the trouble q may have missed by luck (`Sample.widening`). Where the record
leaves a range, p is worse than q only if its best case is worse than q's worst. Weeks, the root, the t and the errors
were chosen by simulation (bench statistics).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from almanac.stats.intervals import LEVEL, MIN_BLOCKS, Floats, Ints, resample

RESAMPLES = 20_000  # fewer, and the seed decides ranks that are printed
MIN_DRAWN = 2  # different weeks of a pair, for a resample to say anything of it
AT_ONCE = 1_000  # resamples: what is held of them at a time stays under 200 MB

Bools = npt.NDArray[np.bool_]
Singles = npt.NDArray[np.float32]


class Ranks(NamedTuple):
    """The best and the worst rank the evidence allows."""

    best: int
    worst: int


class Sample(NamedTuple):
    """The days of a period: seconds covered, and the least and the most trouble, each (days, providers).

    `inflation` is the error by whole spells over the error by weeks, 1 or more, of the least and of the most trouble:
    (2, providers); `widening` what the side of more trouble needs beside it (`plasmode.widening`): (providers,).
    """

    covered: Floats
    least: Floats
    most: Floats
    inflation: Floats
    widening: Floats


class _Columns(NamedTuple):
    """Weeks on the days of each pair: (weeks, columns), and which column each pair (p, q) compares, (m, m)."""

    covered: Floats
    trouble: Floats
    own: Ints  # the least trouble of p
    other: Ints  # the most trouble of q
    comparable: Bools


def tell_apart(sample: Sample, resamples: int = RESAMPLES) -> Bools:
    """Compare every two providers: worse[p, q] is True if p is told worse than q, with 90 % certainty for all at once.

    Fewer `resamples`, a multiple of AT_ONCE, are for simulations of many worlds.
    """
    count = sample.covered.shape[1]
    if count < 2:
        return np.zeros((count, count), np.bool_)
    columns = _columns(sample)
    return step_down(*_statistics(columns, sample, resamples), columns.comparable, LEVEL)


def step_down(statistics: Floats, resampled: Floats | Singles, pairs: Bools, level: float) -> Bools:
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


def _quantile(values: Floats | Singles, level: float) -> float:
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


def _columns(sample: Sample) -> _Columns:
    """Lay out the weeks of every pair: of the days that both were covered for as long.

    Most pairs share their days with others, so that few different columns are drawn again.
    """
    count = sample.covered.shape[1]
    places: dict[tuple[bytes, int, bool], int] = {}
    weeks: list[tuple[Floats, Floats]] = []
    own, other = np.zeros((count, count), np.int64), np.zeros((count, count), np.int64)
    comparable = np.zeros((count, count), np.bool_)
    for p, q in np.argwhere(~np.eye(count, dtype=np.bool_)).tolist():
        joint = (sample.covered[:, p] == sample.covered[:, q]) & (sample.covered[:, p] > 0)
        comparable[p, q] = joint.sum() >= MIN_BLOCKS * 7
        for side, provider, trouble in ((own, p, sample.least), (other, q, sample.most)):
            key = joint.tobytes(), provider, trouble is sample.most
            if key not in places:
                places[key] = len(weeks)
                weeks.append((_by_week(joint * sample.covered[:, p]), _by_week(joint * trouble[:, provider])))
            side[p, q] = places[key]
    covered, in_trouble = (np.stack(column, axis=1) for column in zip(*weeks, strict=True))
    return _Columns(covered, in_trouble, own, other, comparable)


def _by_week(values: Floats) -> Floats:
    """Return the sums of each seven days, of one column or of several."""
    sums: Floats = np.add.reduceat(values, np.arange(0, len(values), 7), axis=0)
    return sums


def _statistics(columns: _Columns, sample: Sample, resamples: int) -> tuple[Floats, Singles]:
    """Return t(p, q) of the record, (m, m), and of each resample, centred at the estimate, (resamples, m * m)."""
    m = len(columns.own)
    roots, errors = _roots(columns.covered, columns.trouble, np.ones((1, len(columns.covered))))
    difference = roots[:, columns.own] - roots[:, columns.other]
    wide = _errors(
        errors[:, columns.own] * sample.inflation[0][:, None],
        errors[:, columns.other] * (sample.inflation[1] * sample.widening)[None, :],
    )
    resampled = np.empty((resamples, m * m), np.float32)
    is_joint = (columns.covered[:, columns.own.ravel()] > 0).astype(np.float64)
    for rows, drawn in _blocks(len(columns.covered), resamples):
        again, own_errors = _roots(columns.covered, columns.trouble, drawn)
        centred = again[:, columns.own] - again[:, columns.other] - difference
        spread = _errors(own_errors[:, columns.own], own_errors[:, columns.other])
        # One week by itself has no error: such a resample says nothing of a pair with few weeks in common.
        speaks = (drawn > 0) @ is_joint >= MIN_DRAWN
        resampled[rows] = np.where(speaks, (centred / spread).reshape(len(drawn), m * m), 0.0)
    return (difference / wide)[0], resampled


def _blocks(weeks: int, resamples: int = RESAMPLES, seed: int = 20_260_302) -> Iterator[tuple[slice, Floats]]:
    """Yield the resamples of so many weeks, some at a time, with their places among all."""
    for number in range(resamples // AT_ONCE):
        yield slice(number * AT_ONCE, (number + 1) * AT_ONCE), resample(weeks, AT_ONCE, seed + number)


def inflation(covered: Floats, trouble: Floats, lengths: Sequence[Ints]) -> Floats:
    """Return how much larger errors are by whole spells than by weeks, 1 or more: (providers,).

    `covered` and `trouble` are seconds by day, (days, providers); `lengths` those of each provider's spells.
    """
    weeks = _by_week(covered), _by_week(trouble)
    root, error = (row[0] for row in _roots(*weeks, np.ones((1, len(weeks[0])))))
    squares = np.array([float((own.astype(np.float64) ** 2).sum()) for own in lengths])
    by_spell = np.sqrt(squares) / np.maximum(weeks[0].sum(axis=0), 1.0) / (2 * np.maximum(root, 1e-9))
    ratio: Floats = np.maximum(by_spell / np.maximum(error, 1e-18), 1.0)
    return np.where(squares > 0, ratio, 1.0)


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
    """Return standard errors of differences; resamples draw the same weeks for all, which keeps what they share."""
    errors: Floats = np.sqrt(np.maximum(first**2 + second**2, 1e-18))
    return errors


def ranks(worse: Bools, own: int) -> Ranks:
    """Return the ranks that a provider may have where some are told worse than others."""
    return Ranks(1 + int(worse[own].sum()), len(worse) - int(worse[:, own].sum()))


class _Change(NamedTuple):
    """What the growth of each provider is computed from: weeks of the most trouble before, and of the least after."""

    before: tuple[Floats, Floats]  # covered and in trouble, (weeks, providers)
    after: tuple[Floats, Floats]

    def growth(self, first: Floats, second: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the growth of the root in each resample, and the errors of its two sides."""
        old, old_error = _roots(*self.before, first)
        new, new_error = _roots(*self.after, second)
        return new - old, old_error, new_error


def changes(before: Sample, after: Sample) -> tuple[Bools, Bools]:
    """Return for each provider whether its share in trouble surely grew, and whether it surely fell, between periods.

    With 90 % certainty for all providers at once: the critical value is that of the largest change of any of them.
    """
    grown, growth_draws = _growth(before, after, seeds=(1, 2_000_001))
    fallen, fall_draws = _growth(after, before, seeds=(2_000_001, 1))
    critical = _quantile(np.maximum(growth_draws, fall_draws), LEVEL)
    return np.asarray(grown > critical), np.asarray(fallen > critical)


def _growth(before: Sample, after: Sample, seeds: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return t of each provider's growth, its errors widened as for ranks, and the largest centred t of each resample."""
    change = _Change(
        (_by_week(before.covered), _by_week(before.most)), (_by_week(after.covered), _by_week(after.least))
    )
    weeks = len(change.before[0]), len(change.after[0])
    growth, old_error, new_error = change.growth(*(np.ones((1, count)) for count in weeks))
    wide = _errors(old_error * before.inflation[1] * before.widening, new_error * after.inflation[0])
    largest = np.empty(RESAMPLES)
    blocks = (_blocks(count, seed=seed) for count, seed in zip(weeks, seeds, strict=True))
    for (rows, first), (_, second) in zip(*blocks, strict=True):
        drawn, *errors = change.growth(first, second)
        largest[rows] = ((drawn - growth) / _errors(*errors)).max(axis=1, initial=0.0)
    return (growth / wide)[0], largest

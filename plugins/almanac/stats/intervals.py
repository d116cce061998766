"""Intervals for rates, shares and quantiles: exact Poisson limits, and the bootstrap over blocks of days.

All intervals of the site are 90 % intervals. Formulas are ours because scipy is not a run-time dependency; the tests
hold them against it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LEVEL = 0.90
RESAMPLES = 400
MIN_BLOCKS = 4  # fewer weeks say nothing about how weeks vary
MIN_VARIED = 2  # blocks that hold any of the whole: every resample of a single one gives the same ratio

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_ANGLES = np.linspace(0, math.pi / 2, 4001)
_COSINES = np.cos(_ANGLES[:-1])
_NEGLIGIBLE = 20  # of the largest, e to the minus this


class Bounds(NamedTuple):
    """A lower and an upper value, both included."""

    low: float
    high: float


@lru_cache(maxsize=65_536)
def poisson(n: int, level: float = LEVEL) -> Bounds:
    """Return the exact (Garwood 1936) interval of a Poisson mean after `n` events.

    low solves P(X >= n | low) = (1 - level)/2, high solves P(X <= n | high) = (1 - level)/2; for n = 0, low is 0 and
    high is -ln((1 - level)/2), as for every other n: with the whole error on one side there, a mean of 2.3 would be
    held in 87 % only.
    """
    if n < 0:
        raise ValueError(f"{n} events cannot be")
    tail = (1 - level) / 2
    if n == 0:
        return Bounds(0.0, -math.log(tail))
    return Bounds(_gamma_quantile(n, tail), _gamma_quantile(n + 1, 1 - tail))


def _gamma_quantile(shape: int, share: float) -> float:
    """Return x with P(shape, x) = share, by Newton's method from the Wilson-Hilferty value, bracketed."""
    low, high = 0.0, shape + 20 * math.sqrt(shape) + 40
    z = NormalDist().inv_cdf(share)
    x = shape * max(1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape)), 0.05) ** 3
    for _ in range(60):
        error = gamma_share(shape, x) - share
        low, high = (low, x) if error > 0 else (x, high)
        density = math.exp((shape - 1) * math.log(x) - x - math.lgamma(shape))
        step = x - error / density if density > 0 else low
        step = step if low < step < high else (low + high) / 2
        if abs(step - x) <= 1e-12 * x:
            return step
        x = step
    return x


def gamma_share(shape: float, x: float) -> float:
    """Return P(shape, x), the regularised lower incomplete gamma function: the chance that a Poisson(x) is >= `shape`.

    Series below shape + 1, Lentz's continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31).
    """
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        step = shape
        while term > total * 1e-16:
            step += 1
            term *= x / step
            total += term
        return front * total
    b = x + 1 - shape
    c, d = 1e300, 1 / b
    fraction = d
    for i in range(1, 10_000):
        a = i * (shape - i)
        b += 2
        d, c = 1 / (a * d + b), b + a / c
        fraction *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return 1 - front * fraction


@lru_cache(maxsize=32_768)
def student_quantile(share: float, freedom: float) -> float:
    """Student's t quantile for a share of at least one half and one degree of freedom, which need not be whole.

    With t = sqrt(freedom) tan(angle) the distribution is 1/2 + K times the integral of cos(angle)^(freedom - 1), here
    summed by the trapezoid rule and read backwards; angles beyond which next to nothing lies are left away.
    """
    reach = 1 + int(math.acos(math.exp(-_NEGLIGIBLE / freedom)) / _ANGLES[1])
    heights = np.append(_COSINES[:reach] ** (freedom - 1), 1.0 if freedom == 1 else 0.0)
    areas = np.concatenate(([0.0], np.cumsum(heights[1:] + heights[:-1]))) * (_ANGLES[1] / 2)
    front = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(math.pi)
    return math.sqrt(freedom) * math.tan(float(np.interp(share - 0.5, front * areas, _ANGLES[: len(areas)])))


def quantile(ordered: Sequence[float] | Floats | Ints, share: float) -> float:
    """Return the quantile of sorted values by linear interpolation (Hyndman and Fan 1996, type 7).

    Raises IndexError if there are none.
    """
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


@lru_cache(maxsize=512)
def draws(blocks: int) -> Floats:
    """Return how often each block is drawn in each of RESAMPLES resamples of `blocks` with replacement, seeded."""
    return resample(blocks, RESAMPLES)


def resample(blocks: int, resamples: int, seed: int = 20_260_302) -> Floats:
    """Return the same for any number of resamples: (resamples, blocks)."""
    random = np.random.default_rng((seed, blocks))
    return random.multinomial(blocks, np.full(blocks, 1 / blocks), resamples).astype(np.float64)


def of_share(parts: Floats, wholes: Floats) -> Bounds | None:
    """Return the 90 % interval of sum(parts) / sum(wholes), a share, by a bootstrap over whole weeks.

    Weeks keep the incidents of a cluster together. None where nothing is known: under four blocks, no parts, or all of
    the whole in one block.
    """
    if len(parts) < MIN_BLOCKS or not parts.any() or np.count_nonzero(wholes) < MIN_VARIED:
        return None
    column = parts[:, None]
    (bounds,) = around(np.array([parts.sum() / wholes.sum()]), _shares_again(column, wholes), column)
    return Bounds(bounds.low, min(bounds.high, 1.0))


def _shares_again(parts: Floats, wholes: Floats) -> Floats:
    """Return the share of each column in each resample of the blocks that holds any of the whole."""
    drawn = draws(len(wholes))
    time = drawn @ wholes
    if not time.all():
        drawn, time = drawn[time > 0], time[time > 0]
    shares: Floats = (drawn @ parts) / time[:, None]
    return shares


class Trouble(NamedTuple):
    """Seconds in trouble over one period, a column for each subject: by week, and of whole spells."""

    weekly: Floats  # (weeks, columns)
    covered: Floats  # (weeks,)
    squares: Floats  # (columns,): sum of the squared lengths of the spells
    largest: Floats  # (columns,): the longest spell

    @property
    def total(self) -> Floats:
        """Seconds in trouble of each column."""
        total: Floats = self.weekly.sum(axis=0)
        return total


def root_errors(trouble: Trouble) -> tuple[Floats, Floats]:
    """Return the square root of each share in trouble, and half the width of its 90 % interval.

    That is the larger of two: from weeks drawn again (`around`), and from whole spells, sqrt(sum d^2) over the covered
    time, with Student's t for as many degrees of freedom as there are effective spells.
    """
    time, total = trouble.covered.sum(), np.maximum(trouble.total, 1e-300)
    root = np.sqrt(total / time)
    by_week = _factor(trouble.weekly) * np.sqrt(_shares_again(trouble.weekly, trouble.covered)).std(axis=0)
    by_spell = _student(total**2 / np.maximum(trouble.squares, 1e-300)) * np.sqrt(trouble.squares) / time / (2 * root)
    return root, np.maximum(by_week, by_spell)


def around(estimates: Floats, resampled: Floats, parts: Floats) -> tuple[Bounds, ...]:
    """Return 90 % intervals of quantities that are never negative, one column each.

    They are taken on the scale of the square root, which steadies the variance. The standard deviation over the resamples is
    multiplied by Student's t with as many degrees of freedom as there are effective blocks, (sum x)^2 / sum x^2,
    because few bad weeks tell little of how bad weeks vary.
    """
    half = _factor(parts) * np.sqrt(resampled).std(axis=0)
    root = np.sqrt(estimates)
    return tuple(map(Bounds, (np.maximum(root - half, 0.0) ** 2).tolist(), ((root + half) ** 2).tolist()))


def _factor(parts: Floats) -> Floats:
    """Return what the standard deviation over resamples of blocks is multiplied by, for each column."""
    small_sample = math.sqrt(len(parts) / (len(parts) - 1))
    return _student(parts.sum(axis=0) ** 2 / np.maximum((parts**2).sum(axis=0), 1e-300)) * small_sample


def _student(effective: Floats) -> Floats:
    """Return Student's t for a 90 % interval with these numbers of effective values, rounded to tenths."""
    freedom = np.maximum(np.round(effective, 1), 1.0).tolist()
    return np.array([student_quantile((1 + LEVEL) / 2, degrees) for degrees in freedom])

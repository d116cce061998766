"""When trouble starts: the pattern over the hours of the week, and the chance of trouble in the next 24 hours.

**Hours of the week.** Starts are counted in the 168 hours of the UTC week beside the covered time each hour had. The
test against uniform asks whether hours of the day, and days of the week, differ: with n starts and covered shares q,

    X = sum over cells of (observed - n q)^2 / (n q)

for 24 hours and for 7 days. It is not compared with the chi-squared distribution, which takes starts as independent,
but with X after each week of the record was turned by its own random number of hours, or of days, so that clusters stay
together. Limits: UTC hours mix time zones; the hour of a post is the hour in which somebody wrote it.

**Next 24 hours.** The chance that an incident starts in the 24 hours after a midnight UTC, from the days before: a
logistic curve of two things known at that midnight, the logarithms of (1 + days since the last start) and of (1 +
starts in the last 28 days), with a small ridge, fitted anew each week on the past alone. Its Brier score, the mean of
(chance - happened)^2, is compared with that of a hard baseline: the share with a start of the 56 days before, or of all
days before where that is better (the one is noisy where starts are rare, the other stale where they grow). It is shown
only where the score over at least 90 forecasts, ten with a start and ten without among them, is lower by more than 1.64
standard errors of the weekly differences. Limit: what was posted after the fact counts at its stated start, so the past
is known a little better than it was.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from almanac.stats.days import Ints, arrays, by_day
from almanac.stats.intervals import Floats
from almanac.stats.record import Record
from almanac.stats.windows import DAY, WEEK, Period, Times, clip, total

HOUR = 3600
MONDAY = 4 * DAY  # the epoch was a Thursday
TURNS = 999
BATCHES = 16  # of turns: what is at work on one at a time fits into a processor's cache
MIN_STARTS = 30
MIN_WEEKS = 12
WARM_UP = 90  # days before the first forecast
BASELINE = 56  # days
MIN_FORECASTS = 90
MIN_EITHER = 10  # days with a start, and days without, among those scored
RIDGE = 1.0
_PENALTY = np.array([1e-6, RIDGE, RIDGE])
_RIDGES = np.diag(_PENALTY)


class Uniformity(NamedTuple):
    """A test against uniform."""

    statistic: float
    p: float


class HoursOfWeek(NamedTuple):
    """Starts by hour of the UTC week, Monday 00:00 first, beside the covered hours of each; None where too few."""

    n: int
    starts: tuple[int, ...]  # 168
    covered: tuple[float, ...]  # hours
    hours: Uniformity | None  # do hours of the day differ
    days: Uniformity | None  # do days of the week differ


class NextDay(NamedTuple):
    """The chance of a start in the next 24 hours, and whether such chances were worth anything."""

    chance: float | None  # None: not enough past
    base: float  # share of the last 56 complete days with a start
    n: int  # forecasts scored
    brier: float | None
    base_brier: float | None
    skilled: bool  # shown only if True


def hours_of_week(record: Record, period: Period) -> HoursOfWeek:
    """Return the pattern of starts of a provider as a whole over the week."""
    covered = clip(record.covered, period.since, min(period.until, record.now))
    chosen = record.sure[record.whole] & (record.starts >= period.since) & (record.starts < period.until)
    starts = record.starts[chosen]
    hour = (starts - MONDAY) // HOUR % 168
    counts = np.bincount(hour, minlength=168)
    covered_hours = _covered_hours(covered, period)
    weeks = (starts - MONDAY) // WEEK
    enough = len(starts) >= MIN_STARTS and total(covered) >= MIN_WEEKS * WEEK
    return HoursOfWeek(
        n=len(starts),
        starts=tuple(counts.tolist()),
        covered=tuple(covered_hours.tolist()),
        hours=_test(hour % 24, weeks, covered_hours.reshape(7, 24).sum(axis=0)) if enough else None,
        days=_test(hour // 24, weeks, covered_hours.reshape(7, 24).sum(axis=1)) if enough else None,
    )


def _covered_hours(covered: Times, period: Period) -> Floats:
    """Return the covered hours of each hour of the week."""
    edges = np.arange(period.since, period.until + 1, HOUR, dtype=np.int64)
    seconds = by_day(*arrays(covered), edges)
    return np.bincount((edges[:-1] - MONDAY) // HOUR % 168, weights=seconds, minlength=168) / HOUR


def _test(cells: Ints, weeks: Ints, covered: Floats) -> Uniformity:
    """Return the statistic and the share of turned records that reach it; each week turns by its own random step."""
    size = len(covered)
    expected = len(cells) * covered / covered.sum()
    random = np.random.default_rng((20_260_302, size, len(cells)))
    _, week = np.unique(weeks, return_inverse=True)
    turns = random.integers(0, size, (TURNS, int(week.max()) + 1))
    counts = np.concatenate([_turn_counts(cells, week, batch, size) for batch in np.array_split(turns, BATCHES)])
    distance = _distance(np.bincount(cells, minlength=size)[None, :], expected)[0]
    reached = int((_distance(counts, expected) >= distance - 1e-9).sum())
    return Uniformity(float(distance), (1 + reached) / (1 + TURNS))


def _turn_counts(cells: Ints, week: Ints, turns: Ints, size: int) -> Ints:
    """Return the starts in each cell of some turned records: (turns, size)."""
    own = np.arange(len(turns))[:, None] * 2 * size  # each record in cells of its own, two times around
    turned = np.take(turns + own, week, axis=1) + cells
    counts: Ints = np.bincount(turned.ravel(), minlength=len(turns) * 2 * size).reshape(-1, 2, size).sum(axis=1)
    return counts


def _distance(counts: Ints, expected: Floats) -> Floats:
    usable = expected > 0
    result: Floats = ((counts[:, usable] - expected[usable]) ** 2 / expected[usable]).sum(axis=1)
    return result


def next_day(record: Record) -> NextDay:
    """Return the chance of a start within 24 hours of now, with the score such chances had over the record."""
    days = record.days[record.whole]
    happened = _days_with_start(record, len(days.covered), days.first)
    whole = np.flatnonzero(days.covered >= DAY)
    complete = whole[whole < record.now // DAY - days.first]
    base = float(happened[complete][-BASELINE:].mean()) if len(complete) else 0.0
    features = _features(record, days.first + np.arange(len(days.covered)))
    table = _padded(features[complete])
    forecasts = _rolling(table, happened[complete])
    if forecasts is None:
        return NextDay(None, base, 0, None, None, False)
    chances, rates, truth = forecasts
    model = _fit(table, _products(table), happened[complete], np.zeros(table.shape[1]))
    today = _features(record, np.array([record.now / DAY]))
    losses, base_losses = (chances - truth) ** 2, (rates - truth) ** 2
    return NextDay(
        chance=float(_logistic(_padded(today) @ model)[0]),
        base=base,
        n=len(truth),
        brier=float(losses.mean()),
        base_brier=float(base_losses.mean()),
        skilled=_can_be_scored(truth) and _surely_below(losses - base_losses),
    )


def _can_be_scored(truth: Floats) -> bool:
    return len(truth) >= MIN_FORECASTS and MIN_EITHER <= truth.sum() <= len(truth) - MIN_EITHER


def _days_with_start(record: Record, count: int, first: int) -> Floats:
    starts = record.starts[record.sure[record.whole]] // DAY - first
    return (np.bincount(starts[(starts >= 0) & (starts < count)], minlength=count) > 0).astype(np.float64)


def _features(record: Record, days: Floats | Ints) -> Floats:
    """Return what was known at the midnights (or moments) `days`, in days since the epoch: (days, 2)."""
    at = np.asarray(days, np.float64) * DAY
    starts = record.starts[record.sure[record.whole]]
    before = np.searchsorted(starts, at, side="left")
    last = np.where(before > 0, starts[np.maximum(before - 1, 0)], at - 365 * DAY) if len(starts) else at - 365 * DAY
    recent = before - np.searchsorted(starts, at - 28 * DAY, side="left")
    return np.stack((np.log1p((at - last) / DAY), np.log1p(recent)), axis=1)


def _rolling(table: Floats, happened: Floats) -> tuple[Floats, Floats, Floats] | None:
    """Return chances, baselines and outcomes of each day after the warm-up; chances are fitted weekly on the days before.

    The baseline is the better of two: the share with a start of the 56 days before, or of all days before.
    """
    weeks = range(WARM_UP, len(happened), 7)
    if not weeks:
        return None
    products = _products(table)
    chances, model = [], np.zeros(table.shape[1])
    for first in weeks:  # a week changes little: from the model of the one before it is two steps
        model = _fit(table[:first], products[:, :first], happened[:first], model)
        chances.append(_logistic(table[first : first + 7] @ model))
    before = np.concatenate((np.zeros(1), np.cumsum(happened)))[:-1]
    truth = happened[WARM_UP:]
    recent = (before[WARM_UP:] - before[WARM_UP - BASELINE : -BASELINE]) / BASELINE
    ever = before[WARM_UP:] / np.arange(WARM_UP, len(happened))
    baseline = min((recent, ever), key=lambda rates: float(((rates - truth) ** 2).sum()))
    return np.concatenate(chances), baseline, truth


def _fit(table: Floats, products: Floats, happened: Floats, near: Floats) -> Floats:
    """Return coefficients of the logistic curve by Newton's method from `near`, the constant not penalised."""
    coefficients = near
    for _ in range(12):
        chance = _logistic(table @ coefficients)
        slope = (happened - chance) @ table - _PENALTY * coefficients
        curve = (products @ (chance * (1 - chance))).reshape(_RIDGES.shape) + _RIDGES
        step = np.linalg.solve(curve, slope)
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-4:  # what is left is as the square of it
            break
    return coefficients


def _products(table: Floats) -> Floats:
    """Return every column times every column, a row each."""
    columns = table.T
    return (columns[:, None] * columns[None, :]).reshape(-1, len(table))


def _padded(features: Floats) -> Floats:
    return np.concatenate((np.ones((len(features), 1)), features), axis=1)


def _logistic(x: Floats) -> Floats:
    result: Floats = np.tanh(x / 2) / 2 + 0.5  # 1 / (1 + exp(-x)), and nothing is too large for it
    return result


def _surely_below(differences: Floats) -> bool:
    """Say whether the mean of daily differences is below -1.64 standard errors of their weekly sums."""
    weekly = np.add.reduceat(differences, np.arange(0, len(differences), 7))
    spread = math.sqrt(len(weekly)) * float(weekly.std(ddof=1)) if len(weekly) > 1 else math.inf
    return float(weekly.sum()) < -1.64 * spread

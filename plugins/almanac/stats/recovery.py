"""Back by when: how long an open incident may still last, learnt from how past ones went on from a like state.

The estimate is a weighted Kaplan-Meier curve of the remaining time. Which states are alike, and how much each past
incident counts, stands in `Settings`. Nothing that happened after the moment of forecast is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from almanac.model import Card
from almanac.stats.past import IncidentState, Past, state
from almanac.stats.survival import Bools, Floats, Ints, curve, effective_number

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
WITHIN = (30, 60, 120, 240, 720)  # minutes: the questions "back within …?" that are answered
BORROWED = 0.25  # share of the weight from which on it must be said that it is other providers'
MINIMUM = 10.0  # effective past incidents; an 80 % interval has no ends with fewer than 9

_HOUR, _DAY = 3600, 86_400


class Settings(NamedTuple):
    """How past incidents are weighed. Chosen on what ended before 2025-07-01 (`bench forecast --settings`)."""

    half_life: float = 365.25  # days after its end at which an incident weighs half
    borrowed: float = 10.0  # the incidents of all other providers together weigh at most as many fresh ones
    other_phase: float = 0.1  # weight of an incident that stood in another phase
    phase_time: float = 2.0  # bandwidth in log(1 + minutes in the phase)
    posts: float = 0.3  # bandwidth in log(1 + number of posts so far)
    other_impact: float = 0.5  # weight of an incident of another impact
    hour: float = 5.0  # bandwidth in hours between the times of day of the starts
    moments: tuple[tuple[float, float], ...] = ((0.7, 0.6), (1.0, 1.0), (1.4, 0.6))  # (share of elapsed, weight)
    scale: float = 10.0  # minutes: what remained at another moment is stretched in proportion to elapsed + scale


CHOSEN = Settings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When an open incident may be over, as of `at` (epoch seconds), and what that was learnt from."""

    at: int
    elapsed: float  # minutes
    quantiles: tuple[float, ...]  # minutes from `at`, by LEVELS
    chances: tuple[float, ...]  # of being over within so many minutes, by WITHIN
    n: int  # past incidents of the provider that lasted about as long
    others: int  # and of all other providers
    effective: float  # equally weighted incidents that would say as much
    borrowed: float  # share of the weight that other providers have

    @property
    def borrows(self) -> bool:
        """Whether other providers decide more than a quarter of it, which then must be said."""
        return self.borrowed > BORROWED


class Peers(NamedTuple):
    """Past incidents at a like moment of their lives: how long each still lasted, whether its end was seen, its weight.

    An incident appears once for each of the moments it is looked at.
    """

    rows: Ints
    minutes: Floats
    ended: Bools
    weights: Floats


def forecast(past: Past, card: Card, now: int, settings: Settings = CHOSEN) -> Forecast | None:
    """Forecast the remaining time of an incident open at `now` (epoch seconds); None where too little lasted as long.

    Of `past` only what had happened by `now` is used, and of the incident itself only its state at `now`. Raises
    ValueError before its start.
    """
    current = state(card, now)
    like = peers(past, current, now, settings, past.rows.get((card.provider, card.id)))
    effective = effective_number(like.rows, like.weights)
    if effective < MINIMUM:
        return None
    over = curve(like.minutes, like.ended, like.weights, effective)
    quantiles = tuple(over.quantile(level) for level in LEVELS)
    if math.inf in quantiles:
        return None
    foreign = _foreign(past, like.rows, current)
    n = np.unique(like.rows[~foreign]).size
    return Forecast(
        at=now,
        elapsed=current.elapsed / 60,
        quantiles=quantiles,
        chances=tuple(over.chance(minutes) for minutes in WITHIN),
        n=n,
        others=np.unique(like.rows).size - n,
        effective=effective,
        borrowed=float(like.weights[foreign].sum() / like.weights.sum()),
    )


def is_within(quantiles: Sequence[float], remaining: float) -> tuple[bool, bool]:
    """Say whether what remained (minutes) lies in the 50 % range of quantiles by LEVELS, and whether in the 80 % range."""
    tenth, quarter, _, three_quarters, ninetieth = quantiles
    return quarter <= remaining <= three_quarters, tenth <= remaining <= ninetieth


def peers(
    past: Past, current: IncidentState, now: int, settings: Settings = CHOSEN, itself: int | None = None
) -> Peers:
    """Return all that lasted about as long as `current` has, weighed by its likeness; without the row `itself`."""
    moments = [_at_moment(past, current, now, settings, share, itself) for share, _ in settings.moments]
    weights = [weight * like.weights for (_, weight), like in zip(settings.moments, moments, strict=True)]
    rows, weight = np.concatenate([like.rows for like in moments]), np.concatenate(weights)
    foreign = _foreign(past, rows, current)
    borrowed = float(weight[foreign].sum())
    if borrowed > settings.borrowed:
        weight[foreign] *= settings.borrowed / borrowed
    return Peers(
        rows=rows,
        minutes=np.concatenate([like.minutes for like in moments]),
        ended=np.concatenate([like.ended for like in moments]),
        weights=weight,
    )


def _foreign(past: Past, rows: Ints, current: IncidentState) -> Bools:
    return np.not_equal(past.provider[rows], past.providers.get(current.provider, -1))


def _at_moment(
    past: Past, current: IncidentState, now: int, settings: Settings, share: float, itself: int | None
) -> Peers:
    """Return every incident that outlasted `share` of the elapsed time, as it was at that moment of its life."""
    elapsed = round(current.elapsed * share)
    last_open = np.minimum(past.until, now)  # its end, or until when it was known to be open: there it is censored
    lasted = last_open - past.started > elapsed
    if itself is not None:
        lasted[itself] = False
    rows = np.flatnonzero(lasted)
    stretch = (current.elapsed + 60 * settings.scale) / (elapsed + 60 * settings.scale)
    return Peers(
        rows=rows,
        minutes=(last_open[rows] - past.started[rows] - elapsed) / 60 * stretch,
        ended=past.over[rows] & (past.until[rows] <= now),
        weights=_likeness(past, rows, past.started[rows] + elapsed, current, now, settings),
    )


def _likeness(past: Past, rows: Ints, moments: Ints, current: IncidentState, now: int, settings: Settings) -> Floats:
    """Return how much each of these incidents, at its moment, says about the current one; 1 if fresh and just alike."""
    phases, since = past.phase(rows, moments)
    age = np.maximum(now - past.until[rows], 0) / _DAY
    in_phase = np.log1p((moments - since) / 60) - math.log1p(current.in_phase / 60)
    posts = np.log1p(past.posts.until(rows, moments)) - math.log1p(current.posts)
    hours = np.abs(past.started[rows] - current.started) % _DAY / _HOUR
    return (
        np.exp2(-age / settings.half_life)
        * np.where(phases == current.phase, _kernel(in_phase, settings.phase_time), settings.other_phase)
        * np.where(past.impact[rows] == current.impact, 1.0, settings.other_impact)
        * _kernel(posts, settings.posts)
        * _kernel(np.minimum(hours, 24 - hours), settings.hour)
    )


def _kernel(distance: Floats, bandwidth: float) -> Floats:
    """Return 1 at no distance, 1/2 at the bandwidth; long tails leave an unusual state something to go by."""
    return np.asarray(1 / (1 + np.square(distance / bandwidth)), np.float64)

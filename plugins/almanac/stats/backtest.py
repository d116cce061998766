"""How good the forecasts of recovery are: every past incident forecast again as it was then, scored against baselines.

Rolling origin: the forecast for an incident at an elapsed time uses what had happened by that moment and nothing later,
so a new incident changes no old trial.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

import numpy as np

from almanac.model import Card
from almanac.stats.past import Past, counts, past
from almanac.stats.recovery import CHOSEN, LEVELS, WITHIN, Forecast, Settings, forecast, is_within
from almanac.stats.survival import Floats, Ints

ELAPSED = (0, 15, 30, 60, 120)  # minutes
SKIPPED = 10  # first incidents of a provider, which leave too little to learn from
PRESS = (120.0, 150.0, 180.0, 210.0, 240.0)  # "2 to 4 hours" as quantiles of the whole length, by LEVELS
_LEVELS = np.array(LEVELS)


class Trial(NamedTuple):
    """One forecast made again. Minutes; quantiles by LEVELS."""

    provider: str
    id: str
    place: int  # 1 for the provider's first incident that counts
    at: int  # moment of the forecast, epoch seconds
    ended: int
    elapsed: int
    remaining: float  # what became of it
    forecast: Forecast | None  # None where it was refused
    plain: tuple[float, ...] | None  # conditional quantiles of the provider's earlier incidents; None without any
    press: tuple[float, ...]


class Score(NamedTuple):
    """What trials come to. Losses are over the trials that all three could answer; None where there are none."""

    n: int  # trials answered
    refused: int
    compared: int
    loss: float | None
    plain: float | None
    press: float | None
    within_50: int  # trials whose remaining time lay in the 50 % interval
    within_80: int
    factor: float | None = None  # the upper end of the 80 % interval over the lower, in the median

    def below(self, baseline: float | None) -> float | None:
        """Return the share by which the loss is lower than that of a baseline."""
        return None if self.loss is None or not baseline else 1 - self.loss / baseline


class Bin(NamedTuple):
    """A dot of the reliability diagram: the chance that was forecast, and how often it came so."""

    expected: float
    observed: float
    n: int


def backtest(
    cards: Iterable[Card],
    *,
    skip: int = SKIPPED,
    elapsed: Sequence[int] = ELAPSED,
    providers: frozenset[str] = frozenset(),
    settings: Settings = CHOSEN,
    before: Iterable[Trial] = (),
    since: int = 0,
) -> tuple[Trial, ...]:
    """Forecast every ended incident again at each elapsed time it outlasted, without the first `skip` of a provider.

    `providers` limits what is forecast, not what is learnt from; empty for all. The trials `before` of moments before
    `since` are taken as they are, which is right if nothing that started by then has changed since they were made.
    """
    everything = tuple(cards)
    history = past(everything)
    earlier = {(t.provider, t.id, t.elapsed): t for t in before if t.at < since}
    trials: list[Trial] = []
    for slug in sorted(providers or history.providers):
        ended = ended_incidents(everything, slug)
        for place, card in enumerate(ended.cards[skip:], start=skip):
            trials += (
                earlier.get((slug, card.id, minutes)) or _trial(history, ended, place, minutes, settings)
                for minutes in elapsed
                if ended.lengths[place] > minutes
            )
    return tuple(trials)


class Ended(NamedTuple):
    """A provider's ended incidents that count, by start; lengths in minutes."""

    cards: tuple[Card, ...]
    ends: Ints
    lengths: Floats


def ended_incidents(cards: Iterable[Card], slug: str) -> Ended:
    """Return the incidents of a provider that can be forecast again."""
    own = (c for c in cards if c.provider == slug and c.ended is not None and counts(c))
    ordered = tuple(sorted(own, key=lambda c: (c.started, c.id)))
    ends = np.array([c.ended for c in ordered], np.int64)
    return Ended(ordered, ends, (ends - np.array([c.started for c in ordered], np.int64)) / 60)


def _trial(history: Past, ended: Ended, place: int, elapsed: int, settings: Settings) -> Trial:
    card = ended.cards[place]
    now = card.started + 60 * elapsed
    return Trial(
        provider=card.provider,
        id=card.id,
        place=place + 1,
        at=now,
        ended=int(ended.ends[place]),
        elapsed=elapsed,
        remaining=float(ended.lengths[place]) - elapsed,
        forecast=forecast(history, card, now, settings),
        plain=plain(ended.lengths[ended.ends < now], elapsed),
        press=press(elapsed),
    )


def plain(lengths: Floats, elapsed: float) -> tuple[float, ...] | None:
    """Return the archive's plain quantiles of the lengths above `elapsed`, less `elapsed`; None without any."""
    longer = lengths[lengths > elapsed]
    return tuple(map(float, np.quantile(longer, LEVELS) - elapsed)) if longer.size else None


def press(elapsed: float) -> tuple[float, ...]:
    """Return what "2 to 4 hours" after the start leaves, at least a minute."""
    return tuple(max(minutes - elapsed, 1.0) for minutes in PRESS)


def pinball(quantiles: Sequence[float], remaining: float) -> float:
    """Return the quantile loss in log(1 + minutes), summed over LEVELS: max(l·d, (l - 1)·d) with d = actual - forecast.

    See Koenker and Bassett 1978; a proper score, so that honesty is the best policy (Gneiting and Raftery 2007).
    """
    short = np.log1p(remaining) - np.log1p(np.asarray(quantiles))
    return float(np.maximum(_LEVELS * short, (_LEVELS - 1) * short).sum())


def score(trials: Iterable[Trial]) -> Score:
    """Score these trials together."""
    everything = tuple(trials)
    answered = [(t, t.forecast) for t in everything if t.forecast is not None]
    inside = [is_within(f.quantiles, t.remaining) for t, f in answered]
    compared = [(t, f.quantiles, t.plain) for t, f in answered if t.plain is not None]
    return Score(
        n=len(answered),
        refused=len(everything) - len(answered),
        compared=len(compared),
        loss=_mean([pinball(quantiles, t.remaining) for t, quantiles, _ in compared]),
        plain=_mean([pinball(quantiles, t.remaining) for t, _, quantiles in compared]),
        press=_mean([pinball(t.press, t.remaining) for t, _, _ in compared]),
        within_50=sum(half for half, _ in inside),
        within_80=sum(whole for _, whole in inside),
        factor=median(_factor(f.quantiles) for _, f in answered) if answered else None,
    )


def _factor(quantiles: Sequence[float]) -> float:
    """Return how many times its lower end the upper end of the widest interval is; of less than 0.01 minutes as of these."""
    return quantiles[-1] / max(quantiles[0], 0.01)


def _mean(losses: list[float]) -> float | None:
    return sum(losses) / len(losses) if losses else None


def table(trials: Iterable[Trial]) -> dict[tuple[str, int], Score]:
    """Return the score per provider and elapsed time, in that order."""
    groups: dict[tuple[str, int], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.provider, trial.elapsed), []).append(trial)
    return {key: score(groups[key]) for key in sorted(groups)}


def reliability(trials: Iterable[Trial], minutes: int, bins: int = 10) -> tuple[Bin, ...]:
    """Return how often incidents were back within `minutes`, by the chance that forecasts gave of it.

    `minutes` is one of WITHIN. Bins are equally wide in the forecast chance; empty ones are left out.
    """
    column = WITHIN.index(minutes)
    pairs = [(t.forecast.chances[column], t.remaining <= minutes) for t in trials if t.forecast is not None]
    expected, observed = np.array([p for p, _ in pairs], np.float64), np.array([c for _, c in pairs], np.float64)
    of_each = (expected * bins).astype(np.int64)  # a chance never reaches 1: the last end stands at n/(n + 1)
    return tuple(
        Bin(float(expected[members].mean()), float(observed[members].mean()), int(members.sum()))
        for members in (of_each == i for i in range(bins))
        if members.any()
    )


def calibration(trials: Iterable[Trial]) -> tuple[Bin, ...]:
    """Return for each of LEVELS the share of incidents that were over by that quantile."""
    pairs = [(t.forecast.quantiles, t.remaining) for t in trials if t.forecast is not None]
    over = np.array([[remaining <= quantile for quantile in quantiles] for quantiles, remaining in pairs], np.float64)
    shares = over.reshape(-1, len(LEVELS)).sum(axis=0) / max(len(pairs), 1)
    return tuple(Bin(level, float(share), len(pairs)) for level, share in zip(LEVELS, shares, strict=True))

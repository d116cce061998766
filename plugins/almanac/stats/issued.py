"""Forecasts that were really shown: when one is due, the line it is kept as, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from almanac.model import Card, moment, seconds, stamp, unstamp
from almanac.stats.backtest import pinball
from almanac.stats.past import Past
from almanac.stats.recovery import CHOSEN, LEVELS, WITHIN, Forecast, Settings, forecast, is_within

GROWTH = 1.5  # a forecast is due again when the incident is so many times as old
LEAST = 900  # seconds between two forecasts of one incident, unless its phase changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A line of content/forecasts/<provider>.jsonl."""

    provider: str
    incident: str  # raw id
    phase: str  # as it was then
    forecast: Forecast


class ForecastScore(NamedTuple):
    """What became of a forecast. Minutes; 0 where the incident turned out to have been over when it was issued."""

    remaining: float
    loss: float
    within_50: bool
    within_80: bool


def issue(past: Past, card: Card, now: int, settings: Settings = CHOSEN) -> Issued | None:
    """Forecast an open incident at `now` (epoch seconds), to be shown; return None where that is refused."""
    estimate = forecast(past, card, now, settings)
    if estimate is None:
        return None
    return Issued(provider=card.provider, incident=card.id, phase=card.phase, forecast=estimate)


def is_due(before: Sequence[Issued], card: Card, now: int) -> bool:
    """Say whether to keep a forecast now, after those `before`: the first, one on a new phase, then ever more seldom."""
    earlier = [line for line in before if (line.provider, line.incident) == (card.provider, card.id)]
    if not earlier:
        return True
    last = earlier[-1]
    rest = max(LEAST, (GROWTH - 1) * 60 * last.forecast.elapsed)
    return card.phase != last.phase or now - last.forecast.at >= rest


def score(issued: Issued, card: Card) -> ForecastScore | None:
    """Score a forecast by what the archive now says of its incident; return None while no end is known.

    Raises ValueError for the card of another incident.
    """
    if (issued.provider, issued.incident) != (card.provider, card.id):
        raise ValueError(f"{card.provider} {card.id} is not what the forecast speaks of: {issued.incident}")
    if card.ended is None:
        return None
    remaining = max(card.ended - issued.forecast.at, 0) / 60
    within_50, within_80 = is_within(issued.forecast.quantiles, remaining)
    return ForecastScore(
        remaining=remaining,
        loss=pinball(issued.forecast.quantiles, remaining),
        within_50=within_50,
        within_80=within_80,
    )


def render(issued: Issued) -> str:
    """Return one line of JSON without the line end; times in UTC, minutes to a tenth, chances to a thousandth."""
    estimate = issued.forecast
    return json.dumps(
        {
            "at": stamp(moment(estimate.at)),
            "incident": issued.incident,
            "phase": issued.phase,
            "elapsed": round(estimate.elapsed, 1),
            "quantiles": {f"{level:g}": round(q, 1) for level, q in zip(LEVELS, estimate.quantiles, strict=True)},
            "chances": {str(minutes): round(p, 3) for minutes, p in zip(WITHIN, estimate.chances, strict=True)},
            "n": estimate.n,
            "others": estimate.others,
            "effective": round(estimate.effective, 1),
            "borrowed": round(estimate.borrowed, 3),
        },
        ensure_ascii=False,
    )


def parse(line: str, provider: str) -> Issued:
    """Return the forecast of a line of `render`. Raises ValueError for anything else."""
    try:
        fields = json.loads(line)
        at = seconds(unstamp(fields["at"]))
        return Issued(
            provider=provider,
            incident=_text(fields["incident"]),
            phase=_text(fields["phase"]),
            forecast=Forecast(
                at=at,
                elapsed=float(fields["elapsed"]),
                quantiles=_on_the_clock(at, [float(fields["quantiles"][f"{level:g}"]) for level in LEVELS]),
                chances=tuple(float(fields["chances"][str(minutes)]) for minutes in WITHIN),
                n=int(fields["n"]),
                others=int(fields["others"]),
                effective=float(fields["effective"]),
                borrowed=float(fields["borrowed"]),
            ),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"not a forecast: {line[:80]!r} ({error})") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def _on_the_clock(at: int, minutes: Sequence[float]) -> tuple[float, ...]:
    """Return the quantiles, which rise from 0 and end at a moment that has a date."""
    if not all(low <= high for low, high in pairwise((0.0, *minutes))):  # nor where one is no number
        raise ValueError("its quantiles do not rise")
    moment(at + round(60 * minutes[-1]))
    return tuple(minutes)

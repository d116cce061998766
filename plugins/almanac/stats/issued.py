"""Forecasts that were really shown: when one is due, the line it is kept as, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Card, moment, seconds, stamp, unstamp
from almanac.stats.backtest import pinball
from almanac.stats.past import Past
from almanac.stats.recovery import CHOSEN, LEVELS, WITHIN, Forecast, Settings, forecast

GROWTH = 1.5  # a forecast is due again when the incident is so many times as old
LEAST = 900  # seconds between two forecasts of one incident, unless its phase changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A line of content/forecasts/<provider>.jsonl."""

    provider: str
    incident: str  # raw id
    phase: str  # as it was then
    forecast: Forecast


class Outcome(NamedTuple):
    """What became of a forecast. Minutes; 0 where the incident turned out to have been over when it was issued."""

    remaining: float
    loss: float
    within_50: bool
    within_80: bool


def issue(past: Past, card: Card, now: int, settings: Settings = CHOSEN) -> Issued | None:
    """The forecast to show for an open incident at `now` (epoch seconds); None where it is refused."""
    made = forecast(past, card, now, settings)
    if made is None:
        return None
    return Issued(provider=card.provider, incident=card.id, phase=card.phase, forecast=made)


def is_due(before: Sequence[Issued], card: Card, now: int) -> bool:
    """Whether a forecast should be kept now, given those kept: the first, one on a new phase, then ever more seldom."""
    mine = [line for line in before if (line.provider, line.incident) == (card.provider, card.id)]
    if not mine:
        return True
    last = mine[-1]
    rest = max(LEAST, (GROWTH - 1) * 60 * last.forecast.elapsed)
    return card.phase != last.phase or now - last.forecast.at >= rest


def score(issued: Issued, card: Card) -> Outcome | None:
    """What became of it by what the archive now says; None while no end is known.

    Raises ValueError for the card of another incident.
    """
    if (issued.provider, issued.incident) != (card.provider, card.id):
        raise ValueError(f"{card.provider} {card.id} is not what the forecast speaks of: {issued.incident}")
    if card.ended is None:
        return None
    remaining = max(card.ended - issued.forecast.at, 0) / 60
    tenth, quarter, _, three_quarters, ninetieth = issued.forecast.quantiles
    return Outcome(
        remaining=remaining,
        loss=pinball(issued.forecast.quantiles, remaining),
        within_50=quarter <= remaining <= three_quarters,
        within_80=tenth <= remaining <= ninetieth,
    )


def render(issued: Issued) -> str:
    """One line of JSON without the line end; times in UTC, minutes to a tenth, chances to a thousandth."""
    made = issued.forecast
    return json.dumps(
        {
            "at": stamp(moment(made.at)),
            "incident": issued.incident,
            "phase": issued.phase,
            "elapsed": round(made.elapsed, 1),
            "quantiles": {f"{level:g}": round(q, 1) for level, q in zip(LEVELS, made.quantiles, strict=True)},
            "chances": {str(minutes): round(p, 3) for minutes, p in zip(WITHIN, made.chances, strict=True)},
            "n": made.n,
            "others": made.others,
            "effective": round(made.effective, 1),
            "borrowed": round(made.borrowed, 3),
        },
        ensure_ascii=False,
    )


def parse(line: str, provider: str) -> Issued:
    """The reverse of `render`. Raises ValueError for anything else."""
    try:
        said = json.loads(line)
        return Issued(
            provider=provider,
            incident=said["incident"],
            phase=said["phase"],
            forecast=Forecast(
                at=seconds(unstamp(said["at"])),
                elapsed=float(said["elapsed"]),
                quantiles=tuple(float(said["quantiles"][f"{level:g}"]) for level in LEVELS),
                chances=tuple(float(said["chances"][str(minutes)]) for minutes in WITHIN),
                n=int(said["n"]),
                others=int(said["others"]),
                effective=float(said["effective"]),
                borrowed=float(said["borrowed"]),
            ),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"not a forecast: {line[:80]!r} ({error})") from error

"""How a forecast of recovery came about, step by step, from the past incidents it was learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from almanac.model import Card, moment, stamp
from almanac.stats.past import Past, past, state
from almanac.stats.recovery import CHOSEN, LEVELS, MINIMUM, WITHIN, Forecast, Peers, forecast, peers
from almanac.stats.survival import effective_number

HEAVIEST = 10  # past incidents


def forecast_steps(cards: Iterable[Card], card: Card, now: int) -> tuple[str, ...]:
    """Return the derivation of the forecast for an incident as of `now` (epoch seconds), a line each.

    Raises ValueError for a moment before its start.
    """
    everything = tuple(cards)
    history = past(everything)
    like = peers(history, state(card, now), now, CHOSEN, history.rows.get((card.provider, card.id)))
    return (
        f"{card.provider}/{card.id} as of {stamp(moment(now))}, {(now - card.started) / 60:.0f} min after its start",
        *_state(card, now),
        *_peers(history, like),
        *_number(like),
        *_result(forecast(history, card, now)),
    )


def _state(card: Card, now: int) -> Iterator[str]:
    posts = [(at, phase) for at, phase in card.updates if at <= now]
    yield ""
    yield "1. How it stood"
    yield f"   {len(posts)} posts, the last {posts[-1][1] if posts else 'none'}; impact {card.impact}"


def _peers(history: Past, like: Peers) -> Iterator[str]:
    keys = {row: key for key, row in history.rows.items()}
    of_each: dict[int, float] = {}
    for row, weight in zip(like.rows.tolist(), like.weights.tolist(), strict=True):
        of_each[row] = of_each.get(row, 0.0) + weight
    yield ""
    yield "2. Past incidents that lasted about as long, by their weight"
    heaviest = sorted(of_each.items(), key=lambda item: -item[1])[:HEAVIEST]
    for row, weight in heaviest:
        went_on = [_length(like, place) for place in np.flatnonzero(like.rows == row).tolist()]
        yield f"   {weight:.4f}  {'/'.join(keys[row])}  went on for {', '.join(went_on)}"
    if len(of_each) > HEAVIEST:
        rest = sum(of_each.values()) - sum(weight for _, weight in heaviest)
        yield f"   {rest:.4f}  {len(of_each) - HEAVIEST} others"


def _length(like: Peers, place: int) -> str:
    open_still = "" if like.ended[place] else " at least"
    return f"{like.minutes[place]:.1f} min{open_still}"


def _number(like: Peers) -> Iterator[str]:
    total = float(like.weights.sum())
    yield ""
    yield "3. Effective number: (sum of weights)^2 / sum of squares, the weights of an incident added up"
    number = effective_number(like.rows, like.weights)
    yield f"   {total:.4f}^2 / {total**2 / number if number else 0:.4f} = {number:.1f} ({MINIMUM:g} needed)"


def _result(result: Forecast | None) -> Iterator[str]:
    yield ""
    if result is None:
        yield "4. No forecast: too few lasted as long, or too few of them ended"
        return
    yield "4. Curve of Kaplan and Meier of these, times n / (n + 1)"
    yield from _pairs("over with probability", "min", [f"{level:.0%}" for level in LEVELS], result.quantiles)
    yield from _pairs("over within", "", [f"{minutes} min" for minutes in WITHIN], result.chances)
    yield f"   {result.n} incidents of the provider, {result.others} of others, which have {result.borrowed:.1%} of the weight"


def _pairs(label: str, unit: str, names: Sequence[str], values: Sequence[float]) -> Iterator[str]:
    for name, value in zip(names, values, strict=True):
        yield f"   {label} {name}: {value:.1f} {unit}" if unit else f"   {label} {name}: {value:.1%}"

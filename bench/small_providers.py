"""Forecasts for providers with ten incidents: drawn from a population of providers, and real ones thinned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from almanac.model import Card
from almanac.stats.past import counts, past
from almanac.stats.recovery import forecast
from tests.support.stats.cards import MIDNIGHT, card

DAY = 86_400
Covered = dict[int, tuple[int, int]]  # elapsed minutes: (intervals that covered, forecasts made)


def simulated(runs: int, seed: int) -> Covered:
    """Lengths log-normal, medians of providers log-normal too (spread as on the facts); nine providers, one small."""
    random = np.random.default_rng(seed)
    covered: Covered = {}
    for _ in range(runs):
        *history, target = population(random)
        count(covered, history, target, (0, 30))
    return covered


def population(random: np.random.Generator) -> list[Card]:
    """Eight providers with 100 incidents, one with 10 and, last, an eleventh of its own now open."""
    cards: list[Card] = []
    for place, n in enumerate([100] * 8 + [11]):
        median = 65 * np.exp(random.normal(0, 0.6))
        starts = np.sort(random.integers(0, 700 * DAY, n))
        starts[-1] = 700 * DAY
        lengths = np.maximum(median * np.exp(random.normal(0, 1.2, n)), 1)
        cards += [
            incident(f"p{place}", str(i), int(s), float(m), random)
            for i, (s, m) in enumerate(zip(starts, lengths, strict=True))
        ]
    return cards


def incident(provider: str, id_: str, started: int, minutes: float, random: np.random.Generator) -> Card:
    """Investigated, identified somewhere on the way in half of all cases, resolved at the end."""
    start, end = MIDNIGHT + started, MIDNIGHT + started + round(60 * minutes)
    middle = ((start + round(60 * minutes * random.random()), "identified"),) if random.random() < 0.5 else ()
    updates = ((start, "investigating"), *middle, (end, "resolved"))
    return card(0, 1)._replace(provider=provider, id=id_, started=start, ended=end, updates=updates)


def thinned(cards: Sequence[Card], providers: Sequence[str], seed: int) -> Covered:
    """Thin each provider: forecast every fifth incident from only the 10 before it; the others stay whole."""
    covered: Covered = {}
    offset = int(np.random.default_rng(seed).integers(5))
    for slug in providers:
        own = sorted((c for c in cards if c.provider == slug and c.ended and counts(c)), key=lambda c: c.started)
        rest = [c for c in cards if c.provider != slug]
        for place in range(10 + offset, len(own), 5):
            count(covered, [*rest, *own[place - 10 : place]], own[place], (0, 30))
    return covered


def count(covered: Covered, history_cards: list[Card], target: Card, elapsed: Sequence[int]) -> None:
    """Add whether the 80 % interval holds what became of `target`, at each elapsed time it outlasts."""
    assert target.ended is not None
    history = past(history_cards)
    for minutes in elapsed:
        now = target.started + 60 * minutes
        remaining = (target.ended - now) / 60
        prediction = forecast(history, target, now) if remaining > 0 else None
        if prediction is not None:
            hits, n = covered.get(minutes, (0, 0))
            covered[minutes] = hits + (prediction.quantiles[0] <= remaining <= prediction.quantiles[-1]), n + 1

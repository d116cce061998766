"""How much longer earlier incidents went on that had lasted as long as an open one has: a count, no forecast."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from almanac.model import Card, Impact
from almanac.stats.intervals import quantile

ENOUGH = 10  # incidents: a median of fewer says little


class Precedent(NamedTuple):
    """Earlier incidents that lasted as long: their number, and how much longer the middle one went on (seconds)."""

    n: int
    longer: int
    alike: bool  # whether all were rated as severe as the open one


def precedent(cards: Iterable[Card], card: Card, now: int) -> Precedent | None:
    """Return how its provider's incidents of known length went on; None if fewer than ten had lasted as long.

    Those of the same severity, if they are enough, else those of any.
    """
    elapsed = now - card.started
    lasted = [
        (other.impact, other.ended - other.started - elapsed)
        for other in cards
        if other.is_trouble and other.id != card.id and other.ended is not None and other.ended <= now
        if other.ended - other.started > elapsed
    ]
    rated = [longer for impact, longer in lasted if impact == card.impact and impact != Impact.UNKNOWN]
    alike = len(rated) >= ENOUGH
    longer = rated if alike else [each for _, each in lasted]
    return Precedent(len(longer), round(quantile(sorted(longer), 0.5)), alike) if len(longer) >= ENOUGH else None

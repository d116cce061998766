"""Says what a provider's state is at `now`, as declared, and when the record cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from almanac.almanac import Almanac
from almanac.model import Card, Impact, Provider, Pulls, seconds
from almanac.stats.selection import scope
from almanac.views.base import CLEAR, FRESH, MARKS, UNKNOWN, Mark

SEVERITY = (Impact.NONE, Impact.UNKNOWN, Impact.MINOR, Impact.MAJOR, Impact.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is declared. `reach`: how far this provider's record goes; None if it was never read."""

    provider: Provider
    mark: Mark
    reach: int | None
    open: tuple[Card, ...] = ()  # trouble open at the reach, worst first
    last: Card | None = None  # newest trouble that is over

    @property
    def known(self) -> bool:
        return self.mark is not UNKNOWN

    @property
    def since(self) -> int:
        """Since when the open trouble lasts, in epoch seconds; 0 where none is open."""
        return min((card.started for card in self.open), default=0)


def reach(pulls: Pulls | None) -> int | None:
    """How far a provider's record goes, in epoch seconds."""
    return max((seconds(span.until) for span in pulls.coverage), default=None) if pulls else None


def state(almanac: Almanac, provider: Provider) -> State:
    """The state of a provider at `almanac.now`; unknown where the record ends an hour or more before."""
    pulls = almanac.pulls.get(provider.slug)
    cards = troubles(provider, almanac.cards.get(provider.slug, ()))
    until = reach(pulls)
    last = next((card for card in cards if card.ended is not None), None)
    if until is None or seconds(almanac.now) - until >= FRESH:
        return State(provider=provider, mark=UNKNOWN, reach=until, last=last)
    going_on = tuple(sorted((card for card in cards if is_open(card, pulls)), key=rank, reverse=True))
    return State(provider=provider, mark=_declared(going_on), reach=until, open=going_on, last=last)


def _declared(going_on: tuple[Card, ...]) -> Mark:
    if not going_on or going_on[0].impact == Impact.NONE:
        return CLEAR
    css, word = MARKS[Impact(going_on[0].impact)]
    return Mark(css, word if word == "trouble" else f"{word} trouble")


def troubles(provider: Provider, cards: Iterable[Card]) -> list[Card]:
    """What is trouble of the service and concerns AI, or may concern it; in the order given."""
    return [card for card in cards if card.is_trouble and scope(provider, card) != "out"]


def rank(card: Card) -> tuple[int, int]:
    """Worst first, then the longest-lasting, when sorted in reverse."""
    return SEVERITY.index(Impact(card.impact)) if card.impact in SEVERITY else 0, -card.started


def is_open(card: Card, pulls: Pulls | None) -> bool:
    """True if the incident was still open when its provider's feed was last read.

    What was imported without an end, or left the feed unresolved, is not open: its end is not recorded.
    """
    until = reach(pulls)
    if not card.is_open or pulls is None or until is None:
        return False
    seen = dict(pulls.last_open).get(card.id)
    return seen is not None and until - seconds(seen) < FRESH


def end(card: Card, pulls: Pulls | None) -> int:
    """When it ended; without an end, the last moment it is known to have been open (its lower bound)."""
    if card.ended is not None:
        return card.ended
    seen = dict(pulls.last_open).get(card.id) if pulls else None
    return max(card.started, *(at for at, _ in card.updates), 0 if seen is None else seconds(seen))

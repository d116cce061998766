"""Says in one line what failed and how that stands: the titles of feeds, calendars and links.

    Claude: major outage, API + claude.ai (investigating since 11:49 UTC)
    Resolved after 26 min: Claude: major outage, API + claude.ai

A line rests on a card alone, never on the clock: what stood in a feed yesterday stands there today.
"""

from __future__ import annotations

from datetime import datetime

from almanac.model import OVER, Card, Kind, Phase, moment
from almanac.text import english
from almanac.views import base

NOUNS = {
    Kind.UNKNOWN: "post",
    Kind.WITHDRAWN: "withdrawn incident",
    Kind.MERGED: "merged incident",
}
INTERFACES = frozenset({"API", "APIs"})  # what needs no name of its maker before it
ABSENT = "absence"  # the basis of an end that its provider never posted


def headline(card: Card, provider: str, planned: datetime | None = None) -> str:
    """Return what failed and how that stands now, as far as `card` knows; `planned` is when works are to begin."""
    if card.ended is not None or card.phase in OVER:
        return f"{_end(card)}: {subject(card, provider)}"
    return f"{subject(card, provider)}{_bracketed(standing(card, planned))}"


def subject(card: Card, provider: str) -> str:
    """Return who reported what of which part: Claude: major outage, API + claude.ai."""
    noun = base.severity(card) if card.is_trouble else NOUNS.get(Kind(card.kind), card.kind)
    part = _part(card, provider)
    return f"{provider}: {noun}{f', {part}' if part else base.UNNAMED if is_unnamed(card) else ''}"


def is_unnamed(card: Card) -> bool:
    """Say whether neither a component nor a title of its provider says what is affected."""
    return card.title_is_ours and not card.components


def _part(card: Card, provider: str) -> str:
    """Return which part it concerns; of what is no trouble its title says more."""
    if card.components and (card.is_trouble or card.title_is_ours):
        return components(card, provider)
    return "" if card.title_is_ours else f"“{card.title}”"


def components(card: Card, provider: str) -> str:
    """Return the components of an incident, what people ask for first: API + claude.ai + 2 more.

    One that is called as its provider says nothing more; of the only one nothing is left.
    """
    names = [_short(name, provider) for name in base.short(card.components) if name != provider]
    rest = len(names) - base.MOST_NAMES
    return " + ".join([*names[: base.MOST_NAMES], *([f"{rest} more"] if rest > 0 else [])])


def _short(name: str, provider: str) -> str:
    bare = name.removeprefix(f"{provider} ")
    return bare if bare in INTERFACES else name


def standing(card: Card, planned: datetime | None = None) -> str:
    """Return how it stands, by its newest post; "" of what was imported without an end."""
    if card.phase == Phase.SCHEDULED:
        return f"scheduled for {english.moment(planned)}" if planned else "scheduled"
    at = max((at for at, _ in card.updates), default=card.started)
    since = english.near(moment(card.started), moment(at))
    if card.kind == Kind.UNKNOWN:
        return f"posted {since}"
    if base.length(card) == base.NO_END:
        return "end not recorded"
    if card.phase == Phase.UNKNOWN:
        return f"open since {since}"
    if len(card.updates) > 1:
        return f"{card.phase} at {english.clock_of(at)}, open since {since}"
    return f"{card.phase} since {since}" if card.phase == Phase.INVESTIGATING else f"{card.phase}, open since {since}"


def _end(card: Card) -> str:
    """Return that it is over and, where that is recorded, how long it took."""
    word = "Resolved" if card.is_trouble else "Completed" if card.kind == Kind.MAINTENANCE else "Ended"
    word = "Over" if card.ended_basis == ABSENT else word
    spent = (card.ended or card.started) - card.started
    return f"{word} after {english.duration(spent)}" if spent > 0 else word


def _bracketed(words: str) -> str:
    return f" ({words})" if words else ""

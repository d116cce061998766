"""Says what a provider's state is at `now`, as reported, and when there is no current data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from almanac.model import TROUBLE, Barrier, Card, Impact, Kind, Phase, Provider, Pulls, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.selection import scoping
from almanac.text import english
from almanac.views.base import CLEAR, CLOSED, FRESH, MARKS, UNKNOWN, Mark, severity

AT_WORK = frozenset({Phase.IN_PROGRESS.value, Phase.VERIFYING.value})
SEVERITY = (Impact.NONE, Impact.UNKNOWN, Impact.MINOR, Impact.MAJOR, Impact.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredState:
    """What is declared. Instants are epoch seconds."""

    provider: Provider
    mark: Mark
    reach: int | None  # how far the record of this provider goes; None if it was never read
    watched_from: int  # since when it is watched without a gap; 0 if it is not watched now
    open: tuple[Card, ...] = ()  # trouble open at the reach, worst first; none where the state is unknown
    last: Card | None = None  # newest trouble that is over
    unended: int = 0  # imported incidents without an end, because of which a fresh import cannot speak of now

    @property
    def is_known(self) -> bool:
        """Whether the state is known: trouble is declared, or none is."""
        return self.mark not in (UNKNOWN, CLOSED)

    @property
    def is_closed(self) -> bool:
        """Whether the provider has no status page any more, so that its state will never be known again."""
        return self.mark is CLOSED

    @property
    def in_trouble(self) -> bool:
        """Whether trouble is declared."""
        return self.is_known and self.mark is not CLEAR

    @property
    def since(self) -> int:
        """Since when it is as it is: in trouble, or watched and clear."""
        if self.in_trouble:
            return min(card.started for card in self.open)
        ended = self.last.ended if self.last else None
        return max(self.watched_from, ended or 0)

    @property
    def clear_at_least(self) -> bool:
        """Whether nobody watched when the last trouble ended: it may be clear for longer than is known."""
        return self.last is None or (self.last.ended or 0) < self.watched_from


def state(almanac: Snapshot, provider: Provider) -> DeclaredState:
    """Return the state of a provider at `almanac.now`; it is unknown where the record ends an hour or more before.

    A status page that is closed by then says nothing, whatever was read before.
    """
    pulls = almanac.pulls.get(provider.slug)
    now = seconds(almanac.now)
    watched = windows.coverage(pulls, now) if pulls else ()
    cards = troubles(provider, almanac.cards.get(provider.slug, ()))
    until = _last_reading(pulls, now) if pulls else None
    last = next((card for card in cards if card.ended is not None), None)
    stale = until is None or now - until >= FRESH
    last_open = dict(pulls.last_open) if pulls else {}
    needs_no_ends = stale or by_ourselves(pulls, now)
    unended = 0 if needs_no_ends else sum(card.is_open and card.id not in last_open for card in cards)
    if closure(provider, almanac.now):
        return DeclaredState(provider=provider, mark=CLOSED, reach=until, watched_from=0, last=last)
    if until is None or stale or unended:
        return DeclaredState(provider=provider, mark=UNKNOWN, reach=until, watched_from=0, last=last, unended=unended)
    going_on = tuple(sorted((card for card in cards if is_open(card, pulls, until)), key=rank, reverse=True))
    mark = declared(going_on)
    watched_from = watched[-1].since if watched and watched[-1].until == until else until
    return DeclaredState(provider=provider, mark=mark, reach=until, watched_from=watched_from, open=going_on, last=last)


def _last_reading(pulls: Pulls, now: int) -> int | None:
    """Return how far the record goes: a single reading of an empty feed covers no time, and says how things stand all the same."""
    return max((min(seconds(s.until), now) for s in pulls.coverage if seconds(s.since) <= now), default=None)


def by_ourselves(pulls: Pulls | None, now: int) -> bool:
    """Say whether our own readings cover the last hour: only these know what is still open."""
    own = [span for span in pulls.coverage if not span.dataset] if pulls else []
    return any(seconds(span.since) <= now and now - seconds(span.until) < FRESH for span in own)


def closure(provider: Provider, now: datetime) -> Barrier | None:
    """Return why a provider has no status page at that moment; None if it has one, or had one then."""
    closed = provider.closed
    return closed if closed and closed.since <= now.date() else None


def why_unknown(state: DeclaredState) -> str:
    """Say in a sentence why nobody can tell the state of a provider."""
    if state.is_closed and state.provider.closed:
        return f"Status page closed since {english.date(state.provider.closed.since)}."
    if state.provider.unreadable:
        return f"Unknown: programs cannot read its status page since {english.date(state.provider.unreadable.since)}."
    if state.reach is None:
        return "Unknown: we have not checked its status page yet."
    if state.unended:
        return f"Unknown: {english.plural(state.unended, 'incident')} without an end time."
    return f"Unknown: our data ends {english.date(moment(state.reach))}."


def declared(going_on: tuple[Card, ...]) -> Mark:
    """Return the mark of the worst open trouble; clear if none is open."""
    if not going_on:
        return CLEAR
    return Mark(MARKS[going_on[0].impact].css, severity(going_on[0]))


def troubles(provider: Provider, cards: Iterable[Card]) -> list[Card]:
    """Return the cards of trouble of the service that concern the subject, or may, in the order given."""
    scope = scoping(provider)
    return [card for card in cards if card.kind in TROUBLE and scope(card) != "out"]


def maintenance(almanac: Snapshot, provider: Provider) -> tuple[Card, ...]:
    """Return the maintenance that concerns the subject, or may, and was announced or at work when the feeds were last read."""
    pulls = almanac.pulls.get(provider.slug)
    watched = windows.coverage(pulls, seconds(almanac.now)) if pulls else ()
    if not watched:
        return ()
    scope, reach = scoping(provider), watched[-1].until
    cards = (card for card in almanac.cards.get(provider.slug, ()) if card.kind == Kind.MAINTENANCE)
    return tuple(card for card in cards if scope(card) != "out" and is_open(card, pulls, reach))


def is_at_work(card: Card) -> bool:
    """Say whether an open maintenance has begun, by its phase."""
    return card.phase in AT_WORK


def rank(card: Card) -> tuple[int, int]:
    """Return a key that sorts the worst first, then the longest-lasting, in reverse."""
    return SEVERITY.index(card.impact) if card.impact in SEVERITY else 0, -card.started


def is_open(card: Card, pulls: Pulls | None, reach: int) -> bool:
    """Say whether the incident was still open when its provider's feed was last read, up to `reach` (epoch seconds).

    What was imported without an end, or left the feed unresolved, is not open: its end is not recorded.
    """
    if not card.is_open or pulls is None:
        return False
    open_at = dict(pulls.last_open).get(card.id)
    return open_at is not None and reach - seconds(open_at) < FRESH


def end(card: Card, pulls: Pulls | None) -> int:
    """Return when an incident ended; without an end, the last moment it is known to have been open (a lower bound)."""
    if card.ended is not None:
        return max(card.ended, card.started)
    open_at = dict(pulls.last_open).get(card.id) if pulls else None
    return max(card.started, *(at for at, _ in card.updates), 0 if open_at is None else seconds(open_at))

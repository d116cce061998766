"""Answers about one incident: start, end and length, components and posts, and what others declared meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from almanac.claims.chosen import Chosen, Lengths, asked_about, stretches
from almanac.claims.figure import Figure
from almanac.model import Card, Provider, Stretch, moment
from almanac.queries import Query
from almanac.stats.intervals import Bounds
from almanac.stats.selection import places
from almanac.stats.windows import Times, clip, intersection, total, union
from almanac.text import english

SPOKEN = 5  # incidents a derivation names
YES, NO = Bounds(1, 1), Bounds(0, 0)


def started(card: Card) -> Figure:
    """Return when it started, as declared."""
    return Figure(unit="moment", bounds=Bounds(card.started, card.started), n=1, how=(_derivation(card, "started"),))


def ended(card: Card) -> Figure:
    """Return when it ended, as declared."""
    if card.ended is None:
        return Figure(unit="moment", bounds=None, n=1, why="No end is recorded.")
    return Figure(unit="moment", bounds=Bounds(card.ended, card.ended), n=1, how=(_derivation(card, "ended"),))


def lasted(card: Card, lengths: Lengths) -> Figure:
    """Return the time from its start to its end, as declared."""
    how = (f"From start to end, as reported; incident {card.id}.",)
    if card.ended == card.started:
        return Figure(unit="seconds", bounds=None, n=1, how=how, why="Start and end are equal: no length is given.")
    return Figure(unit="seconds", bounds=Bounds(*lengths), n=1, how=how)


def _derivation(card: Card, event: str) -> str:
    at = moment(card.started if event == "started" or card.ended is None else card.ended)
    clock = english.clock_seconds(at) if card.precision == "second" else english.clock(at)
    return f"Incident {card.id} {event} on {english.date(at)} at {clock} UTC, as reported."


def affected(query: Query, provider: Provider, card: Card) -> Figure:
    """Return whether it names a component."""
    names = english.listing(card.components)
    how = (f"Incident {card.id} names {names or 'no component'}.",)
    part = next((part.name for part in provider.components if part.slug == query.value), query.value)
    question = f"Does incident {card.id} name {part}?"
    if not card.components:
        why = "It names no component, so it may concern any."
        return Figure(unit="yes", bounds=None, n=1, how=how, why=why, question=question)
    bounds = YES if query.value in places(provider, card) else NO
    return Figure(unit="yes", bounds=bounds, n=1, how=how, question=question)


def posted(query: Query, card: Card) -> Figure:
    """Return whether its provider posted an update of a phase on it."""
    phases = [phase for _, phase in card.updates]
    how = (f"Incident {card.id} has {english.plural(len(phases), 'update')}: {english.listing(phases) or 'none'}.",)
    question = f"Does incident {card.id} have an update marked {query.value}?"
    if not phases:
        return Figure(unit="yes", bounds=None, n=1, how=how, why="The archive has no update of it.", question=question)
    return Figure(unit="yes", bounds=YES if query.value in phases else NO, n=1, how=how, question=question)


def delay(query: Query, card: Card) -> Figure:
    """Return the time from its start to its first update of a phase."""
    at = next((at for at, phase in card.updates if phase == query.value), None)
    if at is None:
        return Figure(unit="seconds", bounds=None, n=1, why=f"It has no update marked {query.value}.")
    how = (
        (
            f"From the start of incident {card.id} to its first update marked {query.value}, at "
            f"{english.clock_seconds(moment(at))} UTC."
        ),
    )
    return Figure(unit="seconds", bounds=Bounds(at - card.started, at - card.started), n=1, how=how)


def trouble(query: Query, card: Card, lengths: Lengths, other: Chosen, whole: Chosen) -> Figure:
    """Return whether another provider declared trouble while an incident was open.

    `other` holds the incidents that are asked about, `whole` all of that provider: what else there was is said as well.
    """
    window = (Stretch(card.started, card.started + max(lengths.most, 1)),)
    surely = (Stretch(card.started, card.started + max(lengths.least, 1)),)
    met = _within(other, surely)
    both = intersection(union(stretches(other, other.sure, most=False)), surely)
    may = intersection(union(stretches(other, (*other.sure, *other.maybe), most=True)), window)
    name = other.provider.name
    covered = total(clip(other.covered, *window[0])) / total(window)
    rest = [c for c in _within(whole, surely) if c not in met]
    how = (
        f"While incident {card.id} was open, {name} reported {english.plural(len(met), 'incident')}{asked_about(query, other)}"
        + (f", {english.duration(total(both))} of it in common: {_in_words(met)}." if both else "."),
        *([f"What else it reported in that time: {_in_words(rest)}."] if rest else []),
        f"Our data on it covers {english.percent(covered)} of that time.",
    )
    question = f"Did {name} report any incidents{asked_about(query, other)} while incident {card.id} was open?"
    if both:
        return Figure(unit="yes", bounds=YES, n=len(met), how=how, question=question)
    if covered < 1 or may:
        return Figure(unit="yes", bounds=None, how=how, why=_why_unknown(name, covered), question=question)
    return Figure(unit="yes", bounds=NO, how=how, question=question)


def _within(other: Chosen, window: Times) -> list[Card]:
    """Return the incidents that surely were open in a window."""
    return [card for card in other.sure if intersection(union(stretches(other, [card], most=False)), window)]


def _in_words(cards: Sequence[Card]) -> str:
    """Return incidents in words, each with its rating and its time."""
    return english.listing(
        [f"{c.id} ({c.impact}, {english.moment(moment(c.started))} to {_end(c)})" for c in cards], SPOKEN
    )


def _end(card: Card) -> str:
    return english.moment(moment(card.ended)) if card.ended is not None else "no recorded end"


def _why_unknown(name: str, covered: float) -> str:
    """Return why nobody knows whether a provider declared trouble in a time of which a share is covered."""
    if covered == 1:
        return "Whether it lasted into that time is not recorded."
    much = f"is covered for {english.percent(covered)} of" if covered else "is not covered at"
    return f"{name} {much} that time: what it reported then is unknown."

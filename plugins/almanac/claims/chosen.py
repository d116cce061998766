"""Which incidents a question is about: those that surely are meant, and those that may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from almanac.model import Card, Impact, Provider, Stretch, moment
from almanac.queries import Query
from almanac.stats.record import bounds_of_end
from almanac.stats.selection import places, scope
from almanac.stats.windows import Times, clip, total
from almanac.text import english


class Lengths(NamedTuple):
    """How long an incident lasted at least and at most, in seconds."""

    least: int
    most: int


class Chosen(NamedTuple):
    """The trouble a question is about. `maybe` holds incidents that lack what would tell."""

    provider: Provider
    covered: Times
    sure: tuple[Card, ...]
    maybe: tuple[Card, ...]
    reach: int
    seen_open: Mapping[str, int]
    long: int  # seconds: the most that a length of zero, which is unknown, may stand for

    def lengths(self, card: Card) -> Lengths:
        """Return what the record says of the length of one of them; the same as in shares of time."""
        least, most = bounds_of_end(card, self.reach, self.seen_open.get(card.id))
        most = min(card.started + self.long, self.reach) if most == card.started else most
        return Lengths(least - card.started, max(most, least) - card.started)

    def lengths_above_zero(self, cards: Iterable[Card]) -> list[Lengths]:
        """Return the lengths of those that do not end when they start: what has no length at all is in no quantile."""
        return [self.lengths(card) for card in cards if card.ended != card.started]

    def recorded_lengths(self, cards: Iterable[Card]) -> list[Lengths]:
        """Return the lengths of those that are over, and of which it is recorded for how long they were trouble."""
        over = [card for card in cards if card.ended is not None]
        return [lengths for lengths in self.lengths_above_zero(over) if lengths.least == lengths.most]


def chosen(
    query: Query,
    provider: Provider,
    cards: Iterable[Card],
    covered: Times,
    seen_open: Mapping[str, int],
    *,
    now: int,
    long: int,
) -> Chosen:
    """Sort those of some incidents that started in the period of a question: outages and degradations of the service."""
    sure: list[Card] = []
    maybe: list[Card] = []
    for card in sorted(cards, key=lambda card: (card.started, card.id)):
        if not query.since <= card.started < query.until:
            continue
        fits = _fits(query, provider, card)
        if fits:
            (sure if fits == "yes" else maybe).append(card)
    reach = min(covered[-1].until, now) if covered else now
    return Chosen(provider, covered, tuple(sure), tuple(maybe), reach, seen_open, long)


def _fits(query: Query, provider: Provider, card: Card) -> str:
    """Return yes, maybe, or "" for no."""
    answers = [{"in": "yes", "unknown": "maybe"}.get(scope(provider, card), "")]
    if query.impacts:
        has_impact = card.impact in query.impacts
        answers.append("yes" if has_impact else "maybe" if card.impact == Impact.UNKNOWN else "")
    if query.component:
        where = places(provider, card)
        answers.append("yes" if query.component in where else "" if where else "maybe")
    return "" if "" in answers else "maybe" if "maybe" in answers else "yes"


def description(query: Query, incidents: Chosen) -> tuple[str, ...]:
    """Return sentences on what was counted: the first part of every derivation."""
    sentences = [
        (
            f"Incidents of {incidents.provider.name}{asked_about(query, incidents)} that started {period(query)}: "
            f"{english.plural(len(incidents.sure), 'incident')}."
        )
    ]
    if incidents.maybe:
        sentences.append(
            f"{english.count(len(incidents.maybe))} more may count, which our data leaves open; "
            "the figure is the range this allows."
        )
    return (*sentences, *coverage(query, incidents.covered))


def asked_about(query: Query, incidents: Chosen) -> str:
    """Return which incidents a question is about, with a blank before it: of which rating, naming what; "" for all."""
    rated = f" rated {' or '.join(query.impacts)}" if query.impacts else ""
    part = next((c.name for c in incidents.provider.components if c.slug == query.component), "")
    return f"{rated} that name {part}" if part else rated


def period(query: Query) -> str:
    """Return the period as in: from 1 March 2025 to 28 February 2026 (UTC, both days included)."""
    since, last = moment(query.since), moment(query.until - 1)
    if query.since % english.DAY or query.until % english.DAY:
        return f"from {english.moment(since)} to {english.moment(moment(query.until))}"
    if since.date() == last.date():
        return f"on {english.date(since)} (UTC)"
    return f"from {english.period(since, last)} (UTC, both days included)"


def coverage(query: Query, covered: Times) -> tuple[str, ...]:
    """Return how much of the period the archive would have seen, where that is not all of it."""
    share = covered_share(query, covered)
    return () if share == 1 else (f"Our data covers {english.percent(share)} of that time.",)


def covered_share(query: Query, covered: Times) -> float:
    """Return how much of a query's period is covered, from 0 to 1."""
    return total(clip(covered, query.since, query.until)) / (query.until - query.since)


def stretches(incidents: Chosen, cards: Iterable[Card], *, most: bool) -> list[Stretch]:
    """Return when the incidents were open, for as long as the record allows at least or at most."""
    open_times = []
    for card in cards:
        lengths = incidents.lengths(card)
        open_times.append(Stretch(card.started, card.started + (lengths.most if most else lengths.least)))
    return open_times

"""Incidents laid out in arrays, so that the state of all of them at any moment of their lives is known at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from almanac.model import Card, Impact, Kind, Phase
from almanac.stats.survival import Bools, Ints

NO_PHASE = -1
PHASES = {
    Phase.INVESTIGATING.value: 0,
    Phase.IDENTIFIED.value: 1,
    Phase.MONITORING.value: 2,
    Phase.VERIFYING.value: 2,
}
IMPACTS = {impact.value: code for code, impact in enumerate(Impact)}

_NEVER = frozenset({Kind.MAINTENANCE.value, Kind.WITHDRAWN.value, Kind.MERGED.value})
_SPAN = 1 << 33  # seconds; no instant of the almanac is as large


class IncidentState(NamedTuple):
    """What is known of an open incident at a moment. Times in seconds."""

    provider: str
    impact: int
    started: int
    elapsed: int
    phase: int
    in_phase: int
    posts: int


class Steps(NamedTuple):
    """Instants of many incidents in one sorted array, so that those up to a moment are counted for all at once."""

    keys: Ints  # row * _SPAN + instant
    first: Ints  # where the instants of each row begin

    def until(self, rows: Ints, moments: Ints) -> Ints:
        """Return how many instants of each of these rows lie at or before its moment."""
        return np.searchsorted(self.keys, rows * _SPAN + moments, side="right") - self.first[rows]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """Incidents in parallel arrays, times in epoch seconds. `until` is the end or, if not over, when last seen open."""

    rows: Mapping[tuple[str, str], int]  # (provider slug, raw id)
    providers: Mapping[str, int]
    provider: Ints
    impact: Ints
    started: Ints
    until: Ints
    over: Bools
    posts: Steps
    turns: Steps  # when the phase became another
    phases: Ints  # and which it became, parallel to turns.keys

    def phase(self, rows: Ints, moments: Ints) -> tuple[Ints, Ints]:
        """Return the phase each of these rows was in at its moment, and since when."""
        turned = self.turns.until(rows, moments)
        place = self.turns.first[rows] + turned - 1
        has_turned = turned > 0
        phases, since = np.full(len(rows), NO_PHASE, np.int64), self.started[rows]
        phases[has_turned] = self.phases[place[has_turned]]
        since[has_turned] = self.turns.keys[place[has_turned]] - rows[has_turned] * _SPAN
        return phases, since


def counts(card: Card) -> bool:
    """Say whether forecasts learn from an incident.

    Not from maintenance or what an editor took out, not from what lasted less than a minute, and not from what is over
    and has a single post: that was posted when nothing was left to forecast. Data sets that record no posts at all are
    taken as they are.
    """
    if card.kind in _NEVER or card.impact == Impact.MAINTENANCE.value:
        return False
    return card.ended is None or (len(card.updates) != 1 and card.ended - card.started >= 60)


def past(cards: Iterable[Card], last_open: Mapping[tuple[str, str], int] | None = None) -> Past:
    """Lay out the incidents that count. `last_open` says when one was last seen open, by (provider slug, raw id)."""
    incidents = sorted(filter(counts, cards), key=lambda c: (c.started, c.provider, c.id))
    seen_open = last_open or {}
    providers = {slug: code for code, slug in enumerate(sorted({c.provider for c in incidents}))}
    turns = [_turns(c) for c in incidents]
    return Past(
        rows={(c.provider, c.id): row for row, c in enumerate(incidents)},
        providers=providers,
        provider=np.array([providers[c.provider] for c in incidents], np.int64),
        impact=np.array([IMPACTS[c.impact] for c in incidents], np.int64),
        started=np.array([c.started for c in incidents], np.int64),
        until=np.array([_until(c, seen_open.get((c.provider, c.id), 0)) for c in incidents], np.int64),
        over=np.array([c.ended is not None for c in incidents], np.bool_),
        posts=_steps([sorted(at for at, _ in c.updates) for c in incidents]),
        turns=_steps([[at for at, _ in of_one] for of_one in turns]),
        phases=np.array([phase for of_one in turns for _, phase in of_one], np.int64),
    )


def state(card: Card, now: int) -> IncidentState:
    """Return the state of an incident at `now` (epoch seconds). Raises ValueError before its start."""
    if now < card.started:
        raise ValueError(f"{card.provider} {card.id} had not started at {now}")
    turned = [turn for turn in _turns(card) if turn[0] <= now]
    since, phase = turned[-1] if turned else (card.started, NO_PHASE)
    return IncidentState(
        provider=card.provider,
        impact=IMPACTS[card.impact],
        started=card.started,
        elapsed=now - card.started,
        phase=phase,
        in_phase=now - since,
        posts=sum(at <= now for at, _ in card.updates),
    )


def _until(card: Card, seen_open: int) -> int:
    """Return the end, or the last time it was seen open: for imports its newest stamp."""
    if card.ended is not None:
        return card.ended
    return max(card.started, seen_open, *(at for at, _ in card.updates))


def _turns(card: Card) -> list[tuple[int, int]]:
    """Return when the phase became which. Posts that name none, or call resolved what then went on, change nothing."""
    turns: list[tuple[int, int]] = []
    for at, word in sorted(card.updates, key=lambda update: update[0]):
        phase = PHASES.get(word, NO_PHASE)
        if phase != NO_PHASE and (not turns or turns[-1][1] != phase):
            turns.append((at, phase))
    return turns


def _steps(instants: list[list[int]]) -> Steps:
    lengths = np.array([len(of_one) for of_one in instants], np.int64)
    rows = np.repeat(np.arange(len(instants), dtype=np.int64), lengths)
    flat = np.fromiter(chain.from_iterable(instants), np.int64, len(rows))
    return Steps(rows * _SPAN + flat, np.cumsum(lengths) - lengths)

"""What is the matter with where a provider publishes, and what to do about it: moved, dead, unreadable or closed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from almanac.model.provider import Barrier, Provider
from almanac.model.reading import FeedState

MOVED, DEAD, UNREADABLE, CLOSED, MISSING = "moved", "dead", "unreadable", "closed", "no feed"
UNNOTICED = timedelta(days=1)  # a feed that fails for less may be back before anybody has looked
_MOVED = r"(moved to \S+: )?"  # as fetch begins its words where permanent redirects led nowhere
_NO_FEED = re.compile(rf"dns: |status: {_MOVED}answers (404|410)\b")
_SHUT = re.compile(rf"status: {_MOVED}answers (401|403|451)\b|html: |type: ")


class Ailment(NamedTuple):
    """What keeps a source from being read, in its sort, the problem, and what a person can do."""

    sort: str  # one of the words above
    subject: str  # the address, or the name of the provider
    since: date | None
    problem: str
    fix: str

    def __str__(self) -> str:
        since = f" since {self.since}" if self.since else ""
        return f"{self.sort}{since}: {self.subject}: {self.problem}; {self.fix}"


def ailments(provider: Provider, states: Sequence[FeedState], now: datetime) -> Iterator[Ailment]:
    """Yield what is the matter with the sources of a provider, by its file and by the last pulls."""
    if provider.closed:
        yield _barred(CLOSED, provider, provider.closed)
        return
    addresses = {feed.url for feed in provider.feeds}
    current = [state for state in states if state.url in addresses]
    is_read = any(state.fetched and not state.error for state in current)
    if provider.unreadable and not is_read:
        yield _barred(UNREADABLE, provider, provider.unreadable)
    elif not provider.feeds:
        fix = f"add a feed to content/{provider.file}, or say why there is none"
        yield Ailment(MISSING, provider.name, None, "nothing is read", fix)
    for state in current:
        if ailment := _of_feed(provider, state, now):
            yield ailment


def _barred(sort: str, provider: Provider, barrier: Barrier) -> Ailment:
    return Ailment(sort, provider.name, barrier.since, _clause(barrier.why), _clause(barrier.instead))


def _clause(sentence: str) -> str:
    return sentence.rstrip(".")


def _of_feed(provider: Provider, state: FeedState, now: datetime) -> Ailment | None:
    """Return what is the matter with a feed, by what its last fetch met; None if it is read, or failed only lately."""
    if not state.error:
        fix = f"put that into content/{provider.file}, and the old address under `former`"
        return Ailment(MOVED, state.url, None, f"answers from {state.moved}", fix) if state.moved else None
    sort = DEAD if _NO_FEED.match(state.error) else UNREADABLE if _SHUT.match(state.error) else ""
    if not sort or state.error_since is None or now - state.error_since <= UNNOTICED:
        return None
    fix = (
        f"look for the new address and put it into content/{provider.file}; if there is none, say `closed` there"
        if sort == DEAD
        else f"look for a feed open to programs; if there is none, say `unreadable` in content/{provider.file}"
    )
    return Ailment(sort, state.url, state.error_since.date(), state.error.partition("; ")[0], fix)

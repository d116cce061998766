"""What really happens at a provider, and what its status page has of it at each moment: posts, events, lives."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from almanac.model import OVER, TROUBLE, Impact, Kind, Phase

# What people print above a post. "Update" hides the state: it is the one before.
WORDS = MappingProxyType(
    {"Update": None} | {phase.value.capitalize(): phase for phase in Phase if phase is not Phase.UNKNOWN}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post as its author left it: the time it names, the word above it (one of WORDS), plain text."""

    at: datetime
    printed: str
    text: str = ""

    @property
    def phase(self) -> Phase | None:
        """Return the phase that its word names; None for "Update"."""
        return WORDS[self.printed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An incident or a maintenance as its page has it; posts stand in the order in which they were written.

    `name` is the id that its own page gave it, where that is known; each form of feed makes one of `id` else.
    `began` and `ended` are what a page states beside its posts, if it can. `opened` is when the page made its record,
    which is when it was first posted unless that post was dated back, moved or removed.
    """

    id: str
    title: str
    posts: tuple[Post, ...]
    kind: Kind = Kind.DEGRADATION
    impact: Impact = Impact.UNKNOWN
    components: tuple[str, ...] = ()
    name: str = ""
    opened: datetime | None = None
    began: datetime | None = None
    ended: datetime | None = None
    planned: tuple[datetime, datetime] | None = None
    monitored: bool = False  # a probe posts that it is down and up, in no words of its own

    @property
    def created(self) -> datetime:
        """Return when its page made its record of it."""
        return self.opened or self.posts[0].at

    @property
    def newest(self) -> Post:
        """Return the post with the latest time; of several the one written last."""
        return max(self.posts[::-1], key=lambda post: post.at)

    @property
    def states(self) -> tuple[Phase, ...]:
        """Return the phase in force after each post, in order."""
        phase, phases = Phase.UNKNOWN, []
        for post in self.posts:
            phase = post.phase or phase
            phases.append(phase)
        return tuple(phases)

    @property
    def is_over(self) -> bool:
        """Whether its posts say that it is over."""
        return bool(self.posts) and self.states[-1] in OVER

    @property
    def over_since(self) -> datetime | None:
        """Return the time of the post since which it is over; None while it goes on. A postmortem does not move it."""
        since: datetime | None = None
        for post, phase in zip(self.posts, self.states, strict=True):
            since = (since or post.at) if phase in OVER else None
        return since

    def reopens(self, number: int) -> bool:
        """Whether it goes on by the post of this number after an earlier one called it over."""
        return self.states[number] not in OVER and bool(OVER & set(self.states[:number]))

    @property
    def is_going_on(self) -> bool:
        """Whether it is trouble of the service that is not over."""
        return self.kind in TROUBLE and not self.is_over


class State(NamedTuple):
    """What a page has of an event from `since` on; None: it was taken down."""

    since: datetime
    event: Event | None


@dataclass(frozen=True, slots=True)
class Life:
    """The states of one event, oldest first: posts are added, edited and removed, titles changed, pages taken down."""

    states: tuple[State, ...]

    def at(self, now: datetime) -> Event | None:
        """Return what its page has of it at `now`; None before it was posted and while it is taken down."""
        number = bisect_right(self.states, now, key=lambda state: state.since)
        return self.states[number - 1].event if number else None

    @property
    def last(self) -> Event:
        """Return the event as it was last shown."""
        return next(state.event for state in reversed(self.states) if state.event)

    def moments(self) -> Iterator[datetime]:
        """Yield when what its page has of it changes."""
        return (state.since for state in self.states)

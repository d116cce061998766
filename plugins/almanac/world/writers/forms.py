"""What a form of feed is: how it is written, what it calls an event, and what it can say at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from almanac.model import Impact, Phase
from almanac.world.truth import Event

Write = Callable[[Sequence[Event], str], bytes]  # events in the order in which they are to stand, the page's host


class Posts(StrEnum):
    """Which posts of an event a feed shows."""

    ALL = "all"  # in one entry
    EACH = "each"  # as an entry of its own
    NEWEST = "newest"
    FIRST = "first"  # and only while the event goes on


class Start(StrEnum):
    """From what a reader learns when an event began."""

    FIRST_POST = "first post"  # the oldest that the feed shows, or has shown
    OPENING = "opening"  # when the page made its record of it
    STATED = "stated"
    PLAN = "plan"  # of a maintenance when it was to begin, of all else the first post


class Speech(NamedTuple):
    """What a form can say of times, and of how many events. What it cannot say no reader can know."""

    posts: Posts = Posts.ALL
    start: Start = Start.FIRST_POST
    end_stated: bool = False  # else it is the post that says so, or absence where only what goes on is shown
    to_the_minute: bool = False  # the times of posts; else to the second
    stated_to_the_minute: bool = False
    plans: bool = False  # a maintenance stands in it, with its phases
    window: int = 25  # events that it shows, 0 for all there ever were
    current: bool = False  # only what is not over
    silent: bool = False  # it is of a page on which nothing of this happens


def own_title(event: Event) -> str:
    """Return the title that people gave it."""
    return event.title


def own_components(event: Event) -> tuple[str, ...]:
    """Return the names of all its components."""
    return event.components


def no_components(event: Event) -> tuple[str, ...]:
    """Return no component."""
    return ()


def no_impact(event: Event) -> Impact:
    """Return that nothing is said of it."""
    return Impact.UNKNOWN


def never(_: Event) -> bool:
    """Return False."""
    return False


def own_impact(event: Event) -> Impact:
    """Return the impact that people gave it."""
    return event.impact


def own_phase(event: Event, number: int) -> Phase:
    """Return the phase in force after a post."""
    return event.states[number]


def stated_phase(event: Event, number: int) -> Phase:
    """Return the phase in force after a post, on a page that always states one of four."""
    phase = event.states[number]
    return {Phase.POSTMORTEM: Phase.RESOLVED, Phase.UNKNOWN: Phase.INVESTIGATING}.get(phase, phase)


class FeedFormat(NamedTuple):
    """A form of feed, and what it says of an event. `dialect` is what provider files and the archive call it.

    `maker` is whose pages have it, where its dialect does not say so: two makers answer in one form.
    """

    dialect: str
    write: Write
    name: Callable[[Event, str], str]  # the id by which a reader must know it, on this host
    suffix: str  # of its usual addresses
    says: Speech
    title: Callable[[Event], str] = own_title  # without a state that the feed prints there
    phase: Callable[[Event, int], Phase] = own_phase  # of a post, by its number
    components: Callable[[Event], tuple[str, ...]] = no_components
    impact: Callable[[Event], Impact] = no_impact  # UNKNOWN where nothing is said
    is_any_impact: Callable[[Event], bool] = never  # whether what is said of it may mean any
    maker: str = ""

    @property
    def names_all(self) -> bool:
        """Whether it names all components as people know them."""
        return self.components is own_components

    @property
    def page(self) -> str:
        """Return the make of page that has this form."""
        return self.maker or self.dialect.removesuffix("-json")

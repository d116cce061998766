"""What anyone can know of events from what a feed showed: what one look tells, and what many looks tell together.

Nothing here reads feeds. It follows from the truth and from what each form of feed can say (`writers.forms`), so that a
reader can be held against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from almanac.model import OVER, Impact, Kind, Phase
from almanac.world.page import StatusPage
from almanac.world.truth import Event
from almanac.world.writers import FeedFormat, Posts, Start

Key = tuple[datetime, str, int]  # time and word of a post, and which it is of several that share them


class Line(NamedTuple):
    """One post as a feed shows it."""

    at: datetime
    phase: Phase
    text: str


class Sight(NamedTuple):
    """What is known of an event. `impact` is UNKNOWN and `components` empty where nothing was ever said of them."""

    title: str
    kind: Kind
    started: datetime
    ended: datetime | None
    phase: Phase
    impact: Impact
    components: tuple[str, ...]
    lines: tuple[tuple[datetime, Phase, str], ...]  # each post as a Line


def keys(event: Event) -> list[Key]:
    """Return the keys of all posts, in their order."""
    counts, names = Counter[tuple[datetime, str]](), list[Key]()
    for post in event.posts:
        counts[post.at, post.printed] += 1
        names.append((post.at, post.printed, counts[post.at, post.printed]))
    return names


def lines(form: FeedFormat, event: Event) -> dict[Key, Line]:
    """Return the posts that a feed of this form shows, in their order."""
    by_key = dict[Key, Line]()
    for number, (post, key) in enumerate(zip(event.posts, keys(event), strict=True)):
        at = _minute(post.at) if form.says.to_the_minute else post.at
        line = Line(at=at, phase=form.phase(event, number), text=post.text)
        if _is_shown(form, event, number):
            by_key[key] = line
    return by_key


def _is_shown(form: FeedFormat, event: Event, number: int) -> bool:
    match form.says.posts:
        case Posts.NEWEST:
            return event.posts[number] == event.newest
        case Posts.FIRST:
            return number == 0
    return True


def glance(form: FeedFormat, event: Event) -> Sight:
    """Return what one look at a feed tells of an event that stands in it."""
    return _sight(form, event, list(lines(form, event).values()), form.impact(event), form.components(event))


def _sight(form: FeedFormat, event: Event, posts: list[Line], impact: Impact, components: tuple[str, ...]) -> Sight:
    phase = next((line.phase for line in reversed(posts) if line.phase is not Phase.UNKNOWN), Phase.UNKNOWN)
    ended = _end(form, event, posts) if event.is_over and form.says.posts is not Posts.FIRST else None
    started = form_start(form, event, posts)
    if ended and ended < started:  # a record that was made when all was over, with posts dated back
        started = min([ended, *(line.at for line in posts)])
    return Sight(
        title=form.title(event),
        kind=event.kind,
        started=started,
        ended=ended,
        phase=phase,
        impact=impact,
        components=components,
        lines=tuple(posts),
    )


def form_start(form: FeedFormat, event: Event, posts: list[Line]) -> datetime:
    """Return when an event began by what its form tells, be that possible or not."""
    match form.says.start:
        case Start.OPENING:
            return event.created
        case Start.STATED:
            stated = event.began or event.posts[0].at
            return _minute(stated) if form.says.stated_to_the_minute else stated
        case Start.PLAN:
            return event.planned[0] if event.planned else event.posts[0].at
    return min(line.at for line in posts)


def _end(form: FeedFormat, event: Event, posts: list[Line]) -> datetime | None:
    """Return the stated end, or the time of the post since which it is over."""
    if form.says.end_stated:
        stated = event.ended or event.over_since
        return _minute(stated) if stated and form.says.stated_to_the_minute else stated
    since: datetime | None = None
    for line in posts:
        since = (since or line.at) if line.phase in OVER else None
    return since


def _minute(at: datetime) -> datetime:
    return at.replace(second=0)


def _with_phase(before: Line | None, line: Line) -> Line:
    """Return a post as it is shown now; a phase that is not named any more is known all the same."""
    return line._replace(phase=before.phase) if before and line.phase is Phase.UNKNOWN else line


@dataclass(slots=True)
class Memory:
    """What was seen of one event: at first and last, each post as it was shown last, by which names, and when."""

    first: Event
    event: Event
    form: FeedFormat
    last: datetime
    listed_at: dict[str, datetime] = field(default_factory=dict)  # by address, when it stood in that feed last
    dialects: set[str] = field(default_factory=set)
    posts: dict[Key, Line] = field(default_factory=dict)
    names: dict[str, set[tuple[datetime, str]]] = field(default_factory=dict)  # minutes and words it had under each
    texts: set[str] = field(default_factory=set)  # all that were ever shown
    titles: set[str] = field(default_factory=set)
    impact: Impact = Impact.UNKNOWN
    components: tuple[str, ...] = ()
    has_all_names: bool = False  # of components, from a form that names all of them
    stated_start: datetime | None = None  # by a form that states it
    earliest: datetime | None = None  # what a start that lay after the end was mended to
    absent: datetime | None = None  # since when it is missing from a feed of what goes on


@dataclass(slots=True)
class Observer:
    """Somebody who looks at the feed of a page now and then, and remembers what it showed."""

    page: StatusPage
    memories: dict[str, Memory] = field(default_factory=dict)  # by the event's own id
    last_look: datetime | None = None  # at a feed that is not only read beside another
    looks: dict[str, datetime] = field(default_factory=dict)  # the last one at each address

    def look(self, url: str, now: datetime, as_of: datetime | None = None) -> None:
        """Take in what a feed shows at `now`; of one that is read beside others only what they leave out.

        `as_of` is when the feed was printed, if that was before `now`.
        """
        as_of = as_of or now
        form, listing = self.page.form(url, as_of), self.page.listing(url, as_of)
        for event in listing:
            self._see(event, form, url, now)
        if form.says.posts is Posts.FIRST:
            for name in self.memories.keys() - {event.id for event in listing}:
                self.memories[name].absent = self.memories[name].absent or now
        self.looks[url] = now
        self.last_look = self.last_look if url in self.page.beside else now

    def _see(self, event: Event, form: FeedFormat, url: str, now: datetime) -> None:
        """Take in one event that stands in a feed at `now`."""
        memory, beside = self.memories.setdefault(event.id, Memory(event, event, form, now)), url in self.page.beside
        only_beside = memory.listed_at.keys() <= self.page.beside
        posts = {key: _with_phase(memory.posts.get(key), line) for key, line in lines(form, event).items()}
        if not beside or only_beside:
            memory.form, memory.last, memory.absent = form, now, None
        if not beside and form.says.posts is Posts.ALL:
            memory.posts = posts
        elif not beside or only_beside:
            memory.posts |= posts
        else:  # of posts that the first form has shown, it counts
            could_be_read = any(self.looks.get(other) == now for other in self.page.urls)
            posts = {} if memory.form.says.posts is Posts.ALL and could_be_read else posts
            posts = {key: line for key, line in posts.items() if key not in memory.posts}
            memory.posts |= posts
        memory.event, memory.listed_at[url] = event, now
        self._learn(memory, form, posts, self.page.name(url, event, now))

    def _learn(self, memory: Memory, form: FeedFormat, posts: Mapping[Key, Line], name: str) -> None:
        """Remember what is never forgotten of an event that is seen."""
        event = memory.event
        memory.dialects.add(form.dialect)
        memory.names.setdefault(name, set()).update(
            (_minute(line.at), line.text) for line in posts.values() if line.text
        )
        if (impact := form.impact(event)) is not Impact.UNKNOWN or form.is_any_impact(event):
            memory.impact = impact
        if form.names_all or not memory.has_all_names:
            memory.components = form.components(event) or memory.components
            memory.has_all_names |= form.names_all
        if form.says.start is Start.STATED:
            memory.stated_start = form_start(form, event, [])
        started = self.sight(event.id).started
        if started < form_start(memory.form, event, list(memory.posts.values())):
            memory.earliest = min(memory.earliest or started, started)
        memory.texts |= {line.text for line in posts.values()}
        memory.titles.add(form.title(event))

    def sight(self, name: str) -> Sight:
        """Return what is known of an event, by its own id."""
        memory = self.memories[name]
        order = {key: number for number, key in enumerate(keys(memory.event))}
        posts = [memory.posts[key] for key in sorted(memory.posts, key=lambda key: (key[0], order.get(key, -1)))]
        sight = _sight(memory.form, memory.event, posts, memory.impact, memory.components)
        if memory.stated_start and memory.form.says.start is Start.FIRST_POST:
            sight = sight._replace(started=memory.stated_start)
        if memory.earliest:
            sight = sight._replace(started=min(sight.started, memory.earliest))
        if memory.form.says.posts is Posts.FIRST and memory.absent:
            # over between two looks: certain is the last sight of it, if there were two
            return sight._replace(ended=memory.last if memory.last > sight.started else memory.absent)
        return sight

    def going_on(self) -> list[str]:
        """Return the events that stood in a feed as going on when it was last looked at, by their own ids."""
        return [
            name
            for name, memory in self.memories.items()
            if memory.event.is_going_on
            and not memory.absent
            and any(self.looks[url] == at for url, at in memory.listed_at.items())
        ]

    def taken_down(self) -> Iterator[str]:
        """Yield the events that their page took down at any time, by their own ids."""
        for life in self.page.lives:
            if any(state.event is None for state in life.states):
                yield life.last.id

"""A little world of status pages: histories in which posts are added, edited, removed, retitled and reopened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from almanac.model import OVER, Impact, Incident, Kind, Phase, Reading, Update, Window
from almanac.world import Event, Post
from almanac.world.writers import statuspage

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = ("Investigating", "Identified", "Update", "Monitoring", "Resolved", "Postmortem")
TEXTS = ("We are looking into it.", "A fix is out.", "This has been resolved.", "")


@dataclass(slots=True, kw_only=True)
class Page:
    """A status page at a moment of its history."""

    now: datetime = BEGIN
    events: list[Event] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)  # ids of what was taken down

    def do(self, step: Step) -> None:
        """One thing the people behind the page do, some time after the last one. What cannot be done is not."""
        self.now += timedelta(seconds=step.after)
        if step.what == "open":
            posts = (Post(at=self.now, printed="Investigating", text=step.text),)
            name = f"incident{len(self.events):04}"
            self.events.append(Event(id=name, title=step.text or "Trouble", posts=posts))
        elif self.events:
            which = step.which % len(self.events)
            self.events[which] = self._changed(self.events[which], step)

    def _changed(self, event: Event, step: Step) -> Event:
        number = step.post % len(event.posts)
        match step.what:
            case "post":
                return with_post(event, Post(at=self.now, printed=step.word, text=step.text))
            case "edit":
                return with_changed_post(event, number, text=step.text)
            case "remove" if len(event.posts) > 1:
                return without_post(event, number)
            case "retitle":
                return replace(event, title=step.text or "Trouble")
            case "weigh":
                impact = Impact.MAJOR if step.post % 2 else Impact.MINOR
                return replace(event, impact=impact, components=(step.word,))
            case "hide":
                self.hidden ^= {event.id}
        return event

    def shown(self) -> list[Event]:
        """Return what the page lists, oldest first."""
        return [event for event in self.events if event.id not in self.hidden]


def with_post(event: Event, post: Post) -> Event:
    """Return the event with one more post."""
    return replace(event, posts=(*event.posts, post))


def with_changed_post(event: Event, number: int, **facts: Any) -> Event:
    """Return the event with another time, word or text of one of its posts."""
    posts = list(event.posts)
    posts[number] = replace(posts[number], **facts)
    return replace(event, posts=tuple(posts))


def without_post(event: Event, number: int) -> Event:
    """Return the event with one post less."""
    return replace(event, posts=(*event.posts[:number], *event.posts[number + 1 :]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happens on a page, `after` so many seconds; whether we pull then."""

    what: str
    after: int
    which: int = 0
    post: int = 0
    word: str = "Update"
    text: str = ""
    pulled: bool = True


STEPS = st.builds(
    Step,
    what=st.sampled_from(["open", "post", "post", "post", "edit", "remove", "retitle", "weigh", "hide"]),
    after=st.sampled_from([1, 25, 70, 600, 7000]),
    which=st.integers(0, 3),
    post=st.integers(0, 5),
    word=st.sampled_from(list(WORDS)),
    text=st.sampled_from(TEXTS) | st.integers(0, 99).map("Text {}".format),
    pulled=st.booleans(),
)
HISTORIES = st.lists(STEPS, min_size=1, max_size=25).map(lambda steps: [Step(what="open", after=0, text="It"), *steps])


def whole(page: Page) -> Reading:
    """Return a feed like Statuspage's: all posts of each incident, to the minute."""
    shown = [_incident(event, tuple(_updates(event.posts, minutes=True))) for event in page.shown()]
    return _reading(page, shown, whole_entries=True)


def latest(page: Page) -> Reading:
    """Return a feed like incident.io's: only the latest post, to the second, with its phase, and the true start."""
    shown = []
    for event in page.shown():
        newest = list(_updates(event.posts, minutes=False))[-1]
        newest = replace(newest, printed=newest.phase.value.capitalize())
        shown.append(_incident(event, (newest,), started=event.posts[0].at, started_basis="ulid", precision="second"))
    return _reading(page, shown, whole_entries=False)


def atom(page: Page, host: str) -> bytes:
    """Return the feed of a page as Statuspage writes it, newest incident first."""
    return statuspage.atom(page.shown()[::-1], host)


def readings(history: Iterable[Step], feed: Any, *, all_of_them: bool = False) -> list[Reading]:
    """Return what the pulls of a history read; the last step is always pulled."""
    page, found = Page(), []
    steps = list(history)
    for number, step in enumerate(steps):
        page.do(step)
        if step.pulled or all_of_them or number == len(steps) - 1:
            found.append(feed(page))
    return found


def _reading(page: Page, incidents: list[Incident], *, whole_entries: bool) -> Reading:
    seen = page.now + timedelta(seconds=30)
    return Reading(
        provider="acme",
        dialect="statuspage",
        seen=seen,
        incidents=tuple(incidents),
        whole_entries=whole_entries,
        window=Window.WHOLE,
        since=min((i.started for i in incidents), default=None),
        entries=len(incidents),
    )


def _incident(event: Event, updates: tuple[Update, ...], **facts: Any) -> Incident:
    ended = None
    for update in updates:
        ended = (ended or update.at) if update.phase in OVER else None
    facts = {"started": updates[0].at, "precision": "minute", **facts}
    return Incident(
        provider="acme",
        id=event.id,
        title=event.title,
        kind=Kind.DEGRADATION,
        impact=event.impact,
        components=event.components,
        phase=updates[-1].phase,
        ended=ended,
        ended_basis="resolved-update" if ended else "",
        updates=updates,
        dialect="statuspage",
        source=f"https://status.acme.example/incidents/{event.id}",
        **facts,
    )


def _updates(posts: Sequence[Post], *, minutes: bool) -> Iterable[Update]:
    phase = Phase.UNKNOWN
    for post in posts:
        phase = post.phase or phase
        at = post.at.replace(second=0) if minutes else post.at
        yield Update(at=at, phase=phase, printed=post.printed, text=post.text)


def without_posts(reading: Reading) -> Reading:
    """Return the same with every incident only named as unchanged."""
    return replace(reading, incidents=(), unchanged=tuple(incident.id for incident in reading.incidents))

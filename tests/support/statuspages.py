"""A little world of status pages: histories in which posts are added, edited, removed, retitled and reopened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from hypothesis import strategies as st

from almanac.model import OVER, Impact, Incident, Kind, Phase, Reading, Update, Window, stamp

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = {
    "Investigating": Phase.INVESTIGATING,
    "Identified": Phase.IDENTIFIED,
    "Update": None,
    "Monitoring": Phase.MONITORING,
    "Resolved": Phase.RESOLVED,
    "Postmortem": Phase.POSTMORTEM,
}
TEXTS = ("We are looking into it.", "A fix is out.", "This has been resolved.", "")


@dataclass(slots=True, kw_only=True)
class Post:
    """A post as its author left it."""

    at: datetime
    printed: str
    text: str


@dataclass(slots=True, kw_only=True)
class Trouble:
    """An incident as its page has it now."""

    id: str
    title: str
    posts: list[Post]
    components: tuple[str, ...] = ()
    impact: Impact = Impact.UNKNOWN
    hidden: bool = False
    opened: datetime | None = None  # if its first post was moved or removed since


@dataclass(slots=True, kw_only=True)
class Page:
    """A status page at a moment of its history."""

    now: datetime = BEGIN
    troubles: list[Trouble] = field(default_factory=list)

    def do(self, step: Step) -> None:
        """One thing the people behind the page do, some time after the last one. What cannot be done is not."""
        self.now += timedelta(seconds=step.after)
        if step.what == "open":
            posts = [Post(at=self.now, printed="Investigating", text=step.text)]
            name = f"incident{len(self.troubles):04}"
            self.troubles.append(Trouble(id=name, title=step.text or "Trouble", posts=posts))
        elif self.troubles:
            self._change(self.troubles[step.which % len(self.troubles)], step)

    def _change(self, trouble: Trouble, step: Step) -> None:
        post = trouble.posts[step.post % len(trouble.posts)]
        match step.what:
            case "post":
                trouble.posts.append(Post(at=self.now, printed=step.word, text=step.text))
            case "edit":
                post.text = step.text
            case "remove" if len(trouble.posts) > 1:
                trouble.posts.remove(post)
            case "retitle":
                trouble.title = step.text or "Trouble"
            case "weigh":
                trouble.impact, trouble.components = Impact.MAJOR if step.post % 2 else Impact.MINOR, (step.word,)
            case "hide":
                trouble.hidden = not trouble.hidden

    def shown(self) -> list[Trouble]:
        """Return what the page lists, oldest first."""
        return [trouble for trouble in self.troubles if not trouble.hidden]


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
    shown = [_incident(trouble, tuple(_updates(trouble.posts, minutes=True))) for trouble in page.shown()]
    return _reading(page, shown, whole_entries=True)


def latest(page: Page) -> Reading:
    """Return a feed like incident.io's: only the latest post, to the second, with its phase, and the true start."""
    shown = []
    for trouble in page.shown():
        newest = list(_updates(trouble.posts, minutes=False))[-1]
        newest = replace(newest, printed=newest.phase.value.capitalize())
        shown.append(
            _incident(trouble, (newest,), started=trouble.posts[0].at, started_basis="ulid", precision="second")
        )
    return _reading(page, shown, whole_entries=False)


def atom(page: Page, host: str) -> bytes:
    """Return the feed of a page as Statuspage writes it, newest incident first."""
    return atom_of(page.shown()[::-1], host)


def atom_of(troubles: Iterable[Trouble], host: str) -> bytes:
    """Return a feed as Statuspage writes it, of these incidents in this order."""
    entries = "".join(_entry(trouble, host) for trouble in troubles)
    head = '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
    head += f"<id>tag:{host},2005:/history</id><title>{host} Status - Incident History</title>"
    return f"{head}{entries}</feed>".encode()


def _entry(trouble: Trouble, host: str) -> str:
    return (
        f"<entry><id>tag:{host},2005:Incident/{trouble.id[-4:]}</id><published>{stamp(newest(trouble))}</published>"
        f'<link rel="alternate" type="text/html" href="https://{host}/incidents/{trouble.id}"/>'
        f'<title>{escape(trouble.title)}</title><content type="html">{escape(body(trouble))}</content></entry>'
    )


def newest(trouble: Trouble) -> datetime:
    """When the last post was made."""
    return max(post.at for post in trouble.posts)


def body(trouble: Trouble) -> str:
    """All posts as Statuspage prints them: the newest first, to the minute, without the year."""
    return "".join(
        f"<p><small>{post.at:%b} <var data-var='date'>{post.at.day:2}</var>, "
        f"<var data-var='time'>{post.at:%H:%M}</var> UTC</small><br>"
        f"<strong>{post.printed}</strong> - {escape(post.text)}</p>"
        for post in reversed(trouble.posts)
    )


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


def _incident(trouble: Trouble, updates: tuple[Update, ...], **facts: Any) -> Incident:
    ended = None
    for update in updates:
        ended = (ended or update.at) if update.phase in OVER else None
    facts = {"started": updates[0].at, "precision": "minute", **facts}
    return Incident(
        provider="acme",
        id=trouble.id,
        title=trouble.title,
        kind=Kind.DEGRADATION,
        impact=trouble.impact,
        components=trouble.components,
        phase=updates[-1].phase,
        ended=ended,
        ended_basis="resolved-update" if ended else "",
        updates=updates,
        dialect="statuspage",
        source=f"https://status.acme.example/incidents/{trouble.id}",
        **facts,
    )


def _updates(posts: list[Post], *, minutes: bool) -> Iterable[Update]:
    phase = Phase.UNKNOWN
    for post in posts:
        phase = WORDS[post.printed] or phase
        at = post.at.replace(second=0) if minutes else post.at
        yield Update(at=at, phase=phase, printed=post.printed, text=post.text)


def without_posts(reading: Reading) -> Reading:
    """Return the same with every incident only named as unchanged."""
    return replace(reading, incidents=(), unchanged=tuple(incident.id for incident in reading.incidents))

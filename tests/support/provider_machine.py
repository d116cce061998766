"""A provider that does whatever providers do, and pulls of its feed at random moments, after which all must hold.

What its people do changes a page; how the page is served may fail in every way known. Two archives are pulled: one
as anybody would, one from the same feed with its entries shuffled and, in half of the histories, read anew each time.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from almanac import archive, feeds, pull
from almanac.model import Impact, Incident
from almanac.pull import Outcome
from almanac.world import Event, Post
from almanac.world.writers import incidentio, statuspage, xml
from almanac.world.writers.forms import Write
from tests.support import invariants
from tests.support.serving import Behaviour, Serving, page, raw, reply, status, watch
from tests.support.statuspages import BEGIN, WORDS, with_changed_post, with_post, without_post

TEXTS = st.integers(0, 30).map("Text {}.".format)
TITLES = st.sampled_from(["Errors", "Slow answers", "Login trouble", "Outage of the API"])
WHOLE: tuple[Write, ...] = (statuspage.atom, statuspage.rss, statuspage.api)  # forms that show all posts
WAITS = st.sampled_from([1, 25, 70, 600, 7_000, 90_000, 900_000])
HOUR, MINUTE, SKEW = timedelta(hours=1), timedelta(minutes=1), timedelta(minutes=10)
PATIENT, IMPATIENT = 60.0, 1.2  # seconds for one answer; in the few there is no time to ask a second time

counts: Counter[str] = Counter()  # histories and pulls so far


class Answer(NamedTuple):
    """The last answer that could be used: when, and of what it spoke since when."""

    at: datetime
    since: datetime | None
    names: set[str]


def _of_its_own(text: str, name: str) -> str:
    """Return a text that no other incident has: who posts the same at once under one title cannot be told apart."""
    return f"{text.removesuffix('.')} of {name}."


def _archive_ids(known: Mapping[str, Incident]) -> dict[str, str]:
    """Return the id in the archive by every id that an incident was seen under."""
    return {name: one.id for one in known.values() for name in (one.id, *one.aliases)}


def _shows_again(event: Event, archived: Incident) -> bool:
    """Say whether a page shows what is archived: the same title, and a newest post that was seen before."""
    at, text = event.newest.at, event.newest.text
    is_known = any(abs(post.at - at) <= MINUTE and post.text == text for post in archived.updates)
    return is_known and archived.title == event.title


class World(RuleBasedStateMachine):
    """A page, its feed, and two archives of it. `server` and `scratch` are set by who runs it."""

    server: Serving
    scratch: Path

    def __init__(self) -> None:
        super().__init__()
        counts["histories"] += 1
        self.content = Path(tempfile.mkdtemp(dir=self.scratch)) / "content"
        for slug in ("acme", "mirror"):
            watch(self.content, slug)
        self.now = self.latest = BEGIN
        self.events: list[Event] = []
        self.hidden: set[str] = set()
        self.form: Write = statuspage.atom
        self.window = 25
        self.doubled = self.blank = self.forgetful = False
        self.chance = random.Random(0)
        self.posts: set[invariants.Seen] = set()
        self.titles: set[tuple[str, str]] = set()
        self.names: set[str] = set()
        self.archive_ids: dict[str, str] = {}  # by every id that an incident was seen under
        self.forms: dict[str, set[str]] = {}  # in which forms an incident was seen
        self.watched: list[tuple[datetime, datetime]] = []
        self.answered: Answer | None = None

    def teardown(self) -> None:
        try:
            if self.latest > BEGIN:
                self.pull_twice_at_once()
        finally:
            shutil.rmtree(self.content.parent)

    # What the people behind the page do

    @initialize(title=TITLES, text=TEXTS, seed=st.integers(0, 999))
    def begin(self, title: str, text: str, seed: int) -> None:
        self.chance.seed(seed)
        self.forgetful = seed % 2 == 1
        self.open(title, text, Impact.UNKNOWN)

    @rule(title=TITLES, text=TEXTS, impact=st.sampled_from([Impact.UNKNOWN, Impact.MINOR, Impact.CRITICAL]))
    def open(self, title: str, text: str, impact: Impact) -> None:
        name = f"incident{len(self.events):04}"
        first = Post(at=self._tick(), printed="Investigating", text=_of_its_own(text, name))
        self.events.append(Event(id=name, title=title, posts=(first,), impact=impact, opened=first.at))

    @rule(which=st.integers(0, 9), word=st.sampled_from(list(WORDS)), text=TEXTS, after=WAITS)
    def post(self, which: int, word: str, text: str, after: int) -> None:
        """Return a post, which may close the incident or reopen it."""
        self.now += timedelta(seconds=after)
        self._change(which, with_post(self._one(which), self._next(which, word, text)))

    @rule(which=st.integers(0, 9), text=TEXTS)
    def edit(self, which: int, text: str) -> None:
        self._change_post(which, text=_of_its_own(text, self._one(which).id))

    @rule(which=st.integers(0, 9), word=st.sampled_from(list(WORDS)))
    def reword(self, which: int, word: str) -> None:
        self._change_post(which, printed=word)

    @rule(which=st.integers(0, 9), by=st.sampled_from([-7_000, -600, -30, 45, 300]))
    def move(self, which: int, by: int) -> None:
        at = self._one(which).posts[self._number(which)].at
        self._change_post(which, at=min(at + timedelta(seconds=by), self.now))
        event = self._one(which)
        self._change(which, replace(event, posts=tuple(sorted(event.posts, key=lambda post: post.at))))

    @rule(which=st.integers(0, 9))
    def remove(self, which: int) -> None:
        if len(self._one(which).posts) > 1:
            self._change(which, without_post(self._one(which), self._number(which)))

    @rule(which=st.integers(0, 9), title=TITLES)
    def rename(self, which: int, title: str) -> None:
        self._change(which, replace(self._one(which), title=title))

    @rule(
        which=st.integers(0, 9),
        impact=st.sampled_from([Impact.MINOR, Impact.MAJOR]),
        component=st.sampled_from(["API", "Web"]),
    )
    def weigh(self, which: int, impact: Impact, component: str) -> None:
        self._change(which, replace(self._one(which), impact=impact, components=(component,)))

    @rule(which=st.integers(0, 9))
    def delete_or_restore(self, which: int) -> None:
        self.hidden ^= {self._one(which).id}

    # What becomes of the feed

    @rule(form=st.sampled_from([*WHOLE, incidentio.atom]))
    def change_form(self, form: Write) -> None:
        self.form = form

    @rule(window=st.sampled_from([0, 1, 2, 25]))
    def resize(self, window: int) -> None:
        self.window = window

    @rule(doubled=st.booleans(), blank=st.booleans())
    def spoil(self, doubled: bool, blank: bool) -> None:
        """From now on entries stand there twice, blank ones among them."""
        self.doubled, self.blank = doubled, blank

    @rule(after=WAITS)
    def wait(self, after: int) -> None:
        self.now += timedelta(seconds=after)

    # Pulls

    @rule()
    def pull(self) -> None:
        self._pull(page(self._body()), page(self._body(shuffled=True)))

    @rule()
    def pull_again_later(self) -> None:
        """Return the form of most pulls: a minute later, nothing new."""
        self._pull(page(self._body()), page(self._body(shuffled=True)))
        self.now += timedelta(minutes=1)
        self._pull(page(self._body()), page(self._body(shuffled=True)))

    @rule()
    def pull_twice_at_once(self) -> None:
        self._pull(page(self._body()), page(self._body(shuffled=True)))
        files = self._files()
        self._serve(acme=page(self._body()))
        assert self._files() == files, "a second pull at once changes bytes"

    @rule(name=st.sampled_from(["404", "web page", "half", "cut", "nothing", "500", "XML of another kind"]))
    def pull_of_a_broken_feed(self, name: str) -> None:
        files, body = self._files("incidents"), self._body()
        failing: dict[str, Behaviour] = {
            "404": status(404),
            "web page": status(200, b"<!doctype html><html><title>Oops</title></html>"),
            "half": status(200, body[: len(body) // 2]),
            "cut": status(200, body[:-4]),
            "nothing": status(200, b" "),
            "500": status(500),
            "XML of another kind": status(200, b"<opml></opml>"),
        }
        self._tick()
        self._serve(seconds=IMPATIENT, acme=failing[name])
        assert self._files("incidents") == files, "a broken feed changes the archive"

    @rule()
    def pull_in_another_encoding(self) -> None:
        if self.form is statuspage.api:
            return self.pull()
        other = self._body().decode().replace("UTF-8", "UTF-16")
        head = "" if other.startswith("<?xml") else '<?xml version="1.0" encoding="UTF-16"?>'
        return self._pull(page((head + other).encode("utf-16")), page(self._body(shuffled=True)))

    @rule()
    def pull_after_the_state_was_lost(self) -> None:
        for slug in ("acme", "mirror"):
            (self.content / f"pulls/{slug}.json").unlink(missing_ok=True)
        self.answered = None
        self.watched = []
        files = self._files("incidents")
        self._tick()
        self._serve(acme=raw(reply(304, etag='"x"')))
        assert self._files("incidents") == files, "a 304 to nobody's question changes the archive"
        self.pull()

    @precondition(lambda self: self.answered and self.answered.at + SKEW < self.now + timedelta(days=1))
    @rule()
    def pull_with_a_clock_a_day_back(self) -> None:
        files = self._files()
        if self.answered and self.now - timedelta(days=1) < self.answered.at - SKEW:
            self.server.hosts["acme.example"] = page(self._body())
            report = pull.pull(
                self.content, now=self.now - timedelta(days=1), via=self.server.url, only=["acme"], read=feeds.read
            )
            assert [failure.reason for failure in report.outcomes[0].failures] == ["archive"]
            assert self._files() == files, "a pull with a wrong clock changes the archive"

    # How it is done

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def _one(self, which: int) -> Event:
        return self.events[which % len(self.events)]

    def _next(self, which: int, word: str, text: str) -> Post:
        return Post(at=self.now, printed=word, text=_of_its_own(text, self._one(which).id))

    def _change(self, which: int, event: Event) -> None:
        self.events[which % len(self.events)] = event

    def _number(self, which: int) -> int:
        return which % len(self._one(which).posts)

    def _change_post(self, which: int, **facts: Any) -> None:
        self._change(which, with_changed_post(self._one(which), self._number(which), **facts))

    def _shown(self) -> list[Event]:
        """Return what the feed shows, newest first."""
        return xml.newest_first(event for event in self.events if event.id not in self.hidden)[: self.window]

    def _body(self, *, shuffled: bool = False) -> bytes:
        shown = self._shown() * (2 if self.doubled else 1)
        if shuffled:
            self.chance.shuffle(shown)
        body = self.form(shown, "status.example")
        if self.blank and shown:
            body = body.replace(b"</feed>", b"<entry/></feed>").replace(b"</channel>", b"<item/></channel>")
        return body

    def _pull(self, feed: Behaviour, shuffled: Behaviour) -> None:
        """Pull both archives, and look whether all holds."""
        self._tick()  # whatever happened was before
        before = self._known("acme")
        if self.forgetful:
            self._forget("mirror")
        assert [outcome.failures for outcome in self._serve(acme=feed, mirror=shuffled)] == [(), ()]
        after, mirror = self._known("acme"), self._known("mirror")
        self.archive_ids = _archive_ids(after)
        faults = [*self._misjudged(before, after)]
        assert not faults, "\n".join(faults)
        self._remember()
        faults = [
            *invariants.lost(self.posts, self.titles, after),
            *invariants.silent(before, after, self.now),
            *invariants.unreadable(self.content),
            *invariants.unwatched(archive.load_pulls(self.content, "acme").coverage, self.watched),
        ]
        assert not faults, "\n".join(faults)
        assert after.keys() == self.names
        for event in self._shown():
            self._shown_once(event, after[self._name(event)])
        mine, its = self._compared(after), self._compared(mirror)
        assert its == mine, f"order or memory matters:\n{its}\nis not\n{mine}"

    def _serve(self, seconds: float = PATIENT, **served: Behaviour) -> tuple[Outcome, ...]:
        """Return what comes of a pull of these providers that are served so."""
        self.server.hosts |= {f"{slug}.example": feed for slug, feed in served.items()}
        self.latest = self.now
        counts["pulls"] += len(served)
        return pull.pull(
            self.content, now=self.now, via=self.server.url, only=list(served), seconds=seconds, read=feeds.read
        ).outcomes

    def _remember(self) -> None:
        """Return what anybody could see in the feed now, and since when it speaks."""
        shown = self._shown()
        for event in shown:
            name = self._name(event)
            posts = event.posts if self.form in WHOLE else [event.newest]
            self.posts |= {(name, post.at.replace(second=0), post.text) for post in posts}
            self.titles.add((name, event.title))
            self.names.add(name)
        since = min((t.posts[0].at if self.form is statuspage.api else t.newest.at for t in shown), default=None)
        before, names = self.answered, {self._name(event) for event in shown}
        empty = before and since is None and before.since is None and self.now - before.at <= HOUR
        if before and (empty or (before.names and before.names <= names)):  # what came since would have to be there
            self.watched.append((before.at, self.now))
        self.watched.append((min(since or self.now, self.now).replace(second=0), self.now))
        self.answered = Answer(self.now, since, names)

    def _name(self, event: Event) -> str:
        """Return the id under which the archive has what the feed shows: the first one it was seen under."""
        return self.archive_ids[self._id_in_feed(event)]

    def _id_in_feed(self, event: Event) -> str:
        return event.id if self.form in WHOLE else incidentio.ulid(event)

    def _misjudged(self, before: Mapping[str, Incident], after: Mapping[str, Incident]) -> Iterator[str]:
        """Yield what was taken for another incident, and what was not known again though its page shows it again."""
        owners = {name: event.id for event in self.events for name in (event.id, incidentio.ulid(event))}
        for one in after.values():
            if len({owners[name] for name in (one.id, *one.aliases)}) != 1:
                yield f"{one.id}: several incidents are taken for one: {one.aliases}"
        ids = _archive_ids(before)
        for event in self._shown():
            name = self._id_in_feed(event)
            former = {ids[other] for other in (event.id, incidentio.ulid(event)) if other in ids}
            again = name not in ids and any(_shows_again(event, before[other]) for other in former)
            if name not in self.archive_ids:
                yield f"{event.id}: it is not in the archive"
            elif again and self.archive_ids[name] not in former:
                yield f"{event.id}: it was not known again as one of {former}"

    def _shown_once(self, event: Event, kept: Incident) -> None:
        """Every post of the feed stands in the archive as often as in the feed.

        Once the form has changed it may be told of more: no form takes away what only another one showed.
        """
        forms = self.forms.setdefault(kept.id, set())
        forms.add(kept.dialect)
        live = Counter((u.at.replace(second=0), u.text) for u in kept.updates if u.gone is None)
        wanted = Counter((post.at.replace(second=0), post.text) for post in event.posts)
        if self.form in WHOLE:
            assert wanted <= live, f"{event.id}: {live} in the archive, {wanted} in the feed"
            assert len(forms) > 1 or live == wanted, f"{event.id}: {live} in the archive, {wanted} in the feed"
        twice = Counter((u.at, u.printed, u.text) for u in kept.updates if u.gone is None)
        assert self.form in WHOLE or max(twice.values()) == 1, f"{event.id}: twice {twice.most_common(1)}"
        assert (kept.title, kept.vanished) == (event.title, None)

    def _forget(self, slug: str) -> None:
        """Return what lets a pull skip reading; since when a feed speaks, and so what has vanished, may be known less well."""
        pulls = archive.load_pulls(self.content, slug)
        states = (replace(state, etag="", last_modified="", body="", items=()) for state in pulls.feeds)
        archive.save_pulls(self.content, replace(pulls, feeds=tuple(states)))

    def _compared(self, known: Mapping[str, Incident]) -> dict[str, Incident]:
        if not self.forgetful:
            return {name: replace(one, provider="") for name, one in known.items()}
        return {
            name: replace(
                one,
                provider="",
                vanished=None,
                changes=tuple(change for change in one.changes if change.what != "vanished"),
            )
            for name, one in known.items()
        }

    def _known(self, slug: str) -> dict[str, Incident]:
        return {name: filed.incident for name, filed in archive.load(self.content, slug).items()}

    def _files(self, part: str = ".") -> dict[str, bytes]:
        """Every byte of the archive of the feed in its order."""
        root = self.content / part
        paths = [*root.rglob("acme/*/*.md"), *root.glob("pulls/acme.json")]
        return {str(path): path.read_bytes() for path in paths}

"""Incidents that live on simulated status pages, and what can be known of them from what their feeds showed.

A life is the list of states an incident's page goes through, each from a moment on: posts are added, edited, titles
changed, what was over begins again, pages are taken down. A Page remembers what its feed showed at each pull that was
answered, and says from that alone what the archive must hold: ids, starts, ends, phases, texts.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from almanac.model import OVER, Incident, Phase
from tests.support import feedforms
from tests.support.feedforms import Form
from tests.support.invariants import Seen
from tests.support.statuspages import WORDS, Post, Trouble, newest

MEDIAN, SPREAD = 75 * 60, 1.3  # seconds, and of the logarithm: an incident's length
EVERY = 3.5  # days from one incident of a page to the next, on average
WINDOW = 9  # incidents that a feed shows
BETWEEN = ("Identified", "Update", "Monitoring")


class Manner(NamedTuple):
    """How a make of status page shows incidents."""

    dialect: str
    form: Form
    shows: str  # "all" posts, the "newest" one, or the "first" one while it is open
    words: tuple[str, ...] = BETWEEN  # of posts between the first and the last
    rewrites: bool = False  # people there post postmortems, take pages down, and say that what was over is not
    edits: bool = True


_PHASES: dict[str, dict[str, Phase | None]] = {
    "incidentio": {"Update": Phase.MONITORING, "Postmortem": Phase.RESOLVED},
    "google": {"Investigating": Phase.UNKNOWN, "Identified": None, "Monitoring": None},
    "azure": {"Investigating": Phase.UNKNOWN},
}
STATUSPAGE = Manner("statuspage", feedforms.atom, "all", rewrites=True)
STATUSPAGE_RSS = STATUSPAGE._replace(form=feedforms.rss)
INCIDENTIO = Manner("incidentio", feedforms.incidentio, "newest")
PLAIN = Manner("plain", feedforms.plain, "newest", words=("Identified", "Monitoring"))
GOOGLE = Manner("google", feedforms.google, "all", words=("Update", "Update"))
BETTERSTACK = Manner("betterstack", feedforms.betterstack, "all", words=(), edits=False)
AZURE = Manner("azure", feedforms.azure, "first", words=(), edits=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The states of an incident, oldest first, each with the moment from which its page shows it."""

    states: tuple[tuple[datetime, Trouble], ...]

    def at(self, now: datetime) -> Trouble | None:
        """Return what its page says at `now`; None before it begins and after it was taken down."""
        states = [trouble for since, trouble in self.states if since <= now]
        return states[-1] if states and not states[-1].hidden else None


def lives(chance: random.Random, slug: str, manner: Manner, since: datetime, until: datetime) -> tuple[Life, ...]:
    """Return what happens on a page in a time."""
    made: list[Life] = []
    at = since + timedelta(days=chance.expovariate(1 / EVERY) / 2)
    while at < until:
        made.append(_life(chance, f"{slug.replace('-', '')[:6]:x<6}{len(made):06}", manner, at.replace(microsecond=0)))
        at += timedelta(days=chance.expovariate(1 / EVERY))
    return tuple(made)


def _life(chance: random.Random, name: str, manner: Manner, start: datetime) -> Life:
    length = max(chance.lognormvariate(math.log(MEDIAN), SPREAD), 600)
    title = f"{chance.choice(['Elevated errors', 'Slow answers', 'Login errors'])} in part {int(name[-6:])}"
    trouble = Trouble(id=name, title=title, posts=[], components=("API",), opened=start)
    states = [(start, _with(trouble, Post(at=start, printed="Investigating", text=f"We are looking into {title}.")))]
    middle = sorted(chance.sample(range(1, 10), chance.randint(0, len(manner.words))))
    for share, word in zip(middle, manner.words, strict=False):
        _add(states, start + timedelta(seconds=int(length * share / 10)), word, f"{word}: step {share} of {title}.")
    _add(states, start + timedelta(seconds=int(length)), "Resolved", f"The {title.lower()} are over.")
    for change in (_edited, _retitled) if manner.edits else ():
        if chance.random() < 0.2:
            change(chance, states)
    if manner.rewrites and chance.random() < 0.25:
        chance.choice([_explained, _begun_again, _taken_down])(chance, states)
    return Life(states=tuple(states))


States = list[tuple[datetime, Trouble]]


def _with(trouble: Trouble, post: Post) -> Trouble:
    return replace(trouble, posts=[*trouble.posts, post])


def _add(states: States, at: datetime, printed: str, text: str) -> None:
    states.append((at, _with(states[-1][1], Post(at=at, printed=printed, text=text))))


def _later(chance: random.Random, states: States, hours: float) -> datetime:
    return states[-1][0] + timedelta(seconds=int(chance.uniform(0.2, hours) * 3600))


def _edited(chance: random.Random, states: States) -> None:
    at, trouble = _later(chance, states, 20), states[-1][1]
    *rest, last = trouble.posts
    states.append((at, replace(trouble, posts=[*rest, replace(last, text=f"{last.text} We are sorry.")])))


def _retitled(chance: random.Random, states: States) -> None:
    trouble = states[-1][1]
    states.append((_later(chance, states, 20), replace(trouble, title=f"{trouble.title}, and in others")))


def _explained(chance: random.Random, states: States) -> None:
    _add(states, _later(chance, states, 70), "Postmortem", "A change of settings was rolled out everywhere at once.")


def _begun_again(chance: random.Random, states: States) -> None:
    _add(states, _later(chance, states, 10), "Investigating", "It has begun again.")
    _add(states, _later(chance, states, 10), "Resolved", "It is over for good.")


def _taken_down(chance: random.Random, states: States) -> None:
    states.append((_later(chance, states, 70), replace(states[-1][1], hidden=True)))


# What a feed shows of it, and what that tells


@dataclass(slots=True)
class Sighting:
    """What was seen of one incident: how it was seen last, every post by its place, when it was seen, when no more."""

    trouble: Trouble
    last: datetime
    posts: dict[int, Post] = field(default_factory=dict)
    absent: datetime | None = None


@dataclass(slots=True)
class Page:
    """A status page at `host`, and a memory of what its feed showed at the pulls that were answered."""

    manner: Manner
    host: str
    lives: tuple[Life, ...]
    sightings: dict[str, Sighting] = field(default_factory=dict)  # by the id the archive must give them
    posts: set[Seen] = field(default_factory=set)
    titles: set[tuple[str, str]] = field(default_factory=set)

    def shown(self, now: datetime) -> list[Trouble]:
        """Return what it lists at `now`, newest first: the last few incidents, or those that are going on."""
        there = sorted(filter(None, (life.at(now) for life in self.lives)), key=newest, reverse=True)
        if self.manner.shows == "first":
            return [trouble for trouble in there if not is_over(trouble)]
        return there[:WINDOW]

    def feed(self, now: datetime) -> bytes:
        """Its feed at `now`."""
        return self.manner.form(self.shown(now), self.host)

    def see(self, now: datetime) -> None:
        """Take in what the feed shows at `now`."""
        there = {self.name(trouble): trouble for trouble in self.shown(now)}
        for name, trouble in there.items():
            sighting = self.sightings.setdefault(name, Sighting(trouble, now))
            sighting.trouble, sighting.last = trouble, now
            sighting.posts |= self._visible(trouble)
            self.posts |= {(name, post.at.replace(second=0), post.text) for post in sighting.posts.values()}
            self.titles.add((name, self._title(trouble)))
        if self.manner.shows == "first":
            for name in self.sightings.keys() - there.keys():
                self.sightings[name].absent = self.sightings[name].absent or now

    def name(self, trouble: Trouble) -> str:
        """Return the id by which the archive must know it."""
        match self.manner.dialect:
            case "incidentio":
                return feedforms.ulid(trouble)
            case "plain":
                return f"https://{self.host}/news/{trouble.id}"
            case "betterstack":
                return f"https://{self.host}/#{trouble.id}"
            case "azure":
                return f"{trouble.id}-{sha256(trouble.title.encode()).hexdigest()[:8]}"
        return trouble.id

    def faults(self, name: str, record: Incident) -> Iterator[str]:
        """Yield what the record of an incident says otherwise than what was seen of it."""
        sighting = self.sightings[name]
        live = [(update.at, update.phase, update.text) for update in record.updates if update.gone is None]
        for what, wanted, there in (
            ("dialect", self.manner.dialect, record.dialect),
            ("title", self._title(sighting.trouble), record.title),
            ("start", self._start(sighting), record.started),
            ("end", self._end(sighting), record.ended),
            ("posts", self._told(sighting), live),
        ):
            if wanted != there:
                yield f"{record.provider}/{name}: {what} is {there} and not {wanted}"
        if record.vanished and name not in self._taken_down():
            yield f"{record.provider}/{name}: is said to have vanished at {record.vanished}"

    def _taken_down(self) -> set[str]:
        return {self.name(trouble) for life in self.lives for _, trouble in life.states if trouble.hidden}

    def _visible(self, trouble: Trouble) -> dict[int, Post]:
        places = dict(enumerate(trouble.posts))
        match self.manner.shows:
            case "newest":
                return dict([places.popitem()])
            case "first":
                return {0: places[0]}
        return places

    def _title(self, trouble: Trouble) -> str:
        match self.manner.dialect:
            case "betterstack":
                return f"{trouble.title} went down"
        return trouble.title  # what "Resolved: " before it says is a state, and no part of it

    def _start(self, sighting: Sighting) -> datetime:
        first = sighting.trouble.posts[0].at
        match self.manner.dialect:
            case "statuspage" | "google":
                return first.replace(second=0)
            case "plain":
                return min(post.at for post in sighting.posts.values())
        return first

    def _end(self, sighting: Sighting) -> datetime | None:
        if self.manner.shows == "first":  # over between two pulls: what is certain is the last sight, if it was one
            seen_open = sighting.last > sighting.trouble.posts[0].at
            return sighting.absent and (sighting.last if seen_open else sighting.absent)
        ended: datetime | None = None
        for at, phase, _ in self._told(sighting):
            ended = (ended or at) if phase in OVER else None
        return ended.replace(second=0) if ended and self.manner.dialect == "google" else ended

    def _told(self, sighting: Sighting) -> list[tuple[datetime, Phase, str]]:
        """Return the posts that were seen: when, in which phase, the words."""
        phases: dict[str, Phase | None] = dict(WORDS)
        phases.update(_PHASES.get(self.manner.dialect, {}))
        phase, told = Phase.UNKNOWN, []
        for _, post in sorted(sighting.posts.items()):
            phase = phases[post.printed] or phase
            at = post.at.replace(second=0) if self.manner.dialect == "statuspage" else post.at
            told.append((at, phase, post.text))
        return told


def is_over(trouble: Trouble) -> bool:
    """Whether its last post says so."""
    return trouble.posts[-1].printed == "Resolved"

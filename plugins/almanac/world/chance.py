"""Random lives of every kind: posts, edits, retitles, late posts, deletions, reopenings, plans, postmortems."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from almanac.model import OVER, TROUBLE, Impact, Kind, Phase
from almanac.world import words
from almanac.world.truth import WORDS, Event, Life, Post, State
from almanac.world.writers import FeedFormat, Posts

States = list[tuple[datetime, Event]]  # what a page has of an event, from when on

_BETWEEN = ("Identified", "Update", "Monitoring", "Update")
_IMPACTS = (Impact.NONE, Impact.MINOR, Impact.MINOR, Impact.MAJOR, Impact.MAJOR, Impact.CRITICAL)
_LEAST = 600  # seconds that an incident takes
_WITHOUT_POSTMORTEMS = frozenset({"google", "aws", "xai"})  # what is over is not posted on there


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How the people of a page behave: all shares are of incidents, from 0 to 1."""

    days_between: float = 3.5  # from one incident to the next, on average
    median: float = 75.0  # minutes that one lasts
    spread: float = 1.3  # of the logarithm of its length
    late: float = 0.05  # posted only when it is over
    edited: float = 0.2  # a text is changed
    retitled: float = 0.1
    weighed: float = 0.1  # impact and components are corrected
    removed: float = 0.03  # a post is taken away
    reopened: float = 0.06
    explained: float = 0.08  # a postmortem follows
    taken_down: float = 0.03
    planned: float = 0.1  # it is a maintenance
    aside: float = 0.04  # it is a test or a notice
    probed: float = 0.0  # a probe posts it


def habits(form: FeedFormat) -> Habits:
    """Return what people can do on a page of this make: what a form has no place for does not happen there."""
    says = form.says
    usual = Habits(planned=0.1 if says.plans else 0.0)
    if says.posts is Posts.FIRST:  # no name lasts longer than a title, and what is over is gone
        return replace(usual, late=0, retitled=0, removed=0, reopened=0, explained=0, taken_down=0, aside=0, edited=0)
    if form.page == "betterstack":  # a probe has no second thoughts
        return replace(
            usual, days_between=1.2, median=20.0, explained=0, edited=0.05, retitled=0, reopened=0.03, probed=0.7
        )
    return replace(usual, explained=0) if form.page in _WITHOUT_POSTMORTEMS else usual


def lives(
    chance: random.Random, slug: str, form: FeedFormat, components: Sequence[str], since: datetime, until: datetime
) -> tuple[Life, ...]:
    """Return what happens on a page between two moments; the last of it may go on after `until`."""
    people = habits(form)
    born: list[Life] = []
    at = since + timedelta(days=chance.expovariate(1 / people.days_between) / 2)
    while at < until:
        name = f"{slug.replace('-', '')[:6]:x<6}{len(born):06}"
        born.append(_life(chance, name, people, components, at.replace(microsecond=0)))
        at += timedelta(days=chance.expovariate(1 / people.days_between), minutes=2)
    return tuple(born)


def _life(chance: random.Random, name: str, people: Habits, components: Sequence[str], start: datetime) -> Life:
    if chance.random() < people.planned:
        return _alive(_maintenance(chance, name, components, start))
    event = _event(chance, name, people, components, start)
    states = _posts(chance, event, people)
    if chance.random() < people.late:
        states = _late(chance, states)
    for share, change in _CHANGES:
        if chance.random() < getattr(people, share):
            change(chance, states)
    end = State(_later(chance, states, 70), None)
    return _alive(states, *([end] if chance.random() < people.taken_down else []))


def _alive(states: States, *end: State) -> Life:
    return Life((*(State(since, event) for since, event in states), *end))


def _event(chance: random.Random, name: str, people: Habits, components: Sequence[str], start: datetime) -> Event:
    """Return an event without its posts."""
    kind = chance.choice([Kind.DEGRADATION, Kind.DEGRADATION, Kind.OUTAGE])
    if chance.random() < people.aside:
        kind = chance.choice([Kind.TEST, Kind.NOTICE])
    names = _sample(chance, components, chance.randint(1, 3))
    return Event(
        id=name,
        title=_title(chance, name, kind, names),
        posts=(),
        kind=kind,
        impact=chance.choice([one for one in _IMPACTS if kind is Kind.OUTAGE or one is not Impact.CRITICAL]),
        components=names,
        opened=start,
        began=start - timedelta(seconds=chance.randrange(1500)),
        monitored=kind in TROUBLE and chance.random() < people.probed,
    )


def _sample(chance: random.Random, components: Sequence[str], number: int) -> tuple[str, ...]:
    return tuple(chance.sample(components, min(len(components), number)))


def _title(chance: random.Random, name: str, kind: Kind, components: Sequence[str]) -> str:
    """Return a title with a number of its own: two events of one name could be one to a reader."""
    return f"{words.title(kind, components, chance.randrange(12))} ({int(name[-6:])})"


def _posts(chance: random.Random, event: Event, people: Habits) -> States:
    """Return an incident that is posted on as it goes on."""
    start, states = event.created, States()
    seconds = max(chance.lognormvariate(math.log(people.median * 60), people.spread), _LEAST)
    _post(chance, states, event, start, "Investigating")
    middle = [] if event.monitored else sorted(chance.sample(range(1, 10), chance.randint(0, len(_BETWEEN))))
    for share, word in zip(middle, _BETWEEN, strict=False):
        _post(chance, states, states[-1][1], start + timedelta(seconds=int(seconds * share / 10)), word)
    _close(chance, states, start + timedelta(seconds=int(seconds)))
    return states


def _late(chance: random.Random, states: States) -> States:
    """Return an incident that is posted when it is over: with the stamps of then, or with its last post alone."""
    opened = states[-1][0] + timedelta(seconds=chance.randrange(60, 7200))
    event = replace(states[-1][1], opened=opened)
    return [(opened, event if chance.random() < 0.5 else replace(event, posts=event.posts[-1:]))]


def _maintenance(chance: random.Random, name: str, components: Sequence[str], start: datetime) -> States:
    """Return a maintenance: announced hours or days before, begun and done as planned."""
    work_start = (start + timedelta(hours=chance.randrange(6, 100))).replace(second=0, minute=0)
    work_end = work_start + timedelta(hours=chance.randint(1, 30))
    names = _sample(chance, components, 2)
    event = Event(
        id=name,
        title=_title(chance, name, Kind.MAINTENANCE, names),
        posts=(),
        kind=Kind.MAINTENANCE,
        impact=Impact.MAINTENANCE,
        components=names,
        opened=start,
        planned=(work_start, work_end),
    )
    states = States()
    _post(chance, states, event, start, "Scheduled")
    _post(chance, states, states[-1][1], work_start + timedelta(seconds=chance.randrange(100)), "In progress")
    _post(chance, states, states[-1][1], work_end + timedelta(seconds=chance.randrange(100)), "Completed")
    return states


def _post(chance: random.Random, states: States, event: Event, at: datetime, word: str) -> None:
    """Add a post to what a page has of an event; that of a probe has no words."""
    text = "" if event.monitored else words.post(WORDS[word], event.components, chance.randrange(12))
    post = Post(at=at, printed=word, text=f"{text[:-1]} ({len(states) + 1})." if text else "")
    posted = replace(event, posts=(*event.posts, post))
    states.append((at, posted if posted.is_over else replace(posted, ended=None)))


def _close(chance: random.Random, states: States, at: datetime) -> None:
    """Add the post that ends it; a page that states the end states one a little before that post."""
    before = states[-1][1]
    _post(chance, states, before, at, "Resolved")
    stated = max(before.newest.at, at - timedelta(seconds=chance.randrange(900)))
    states[-1] = at, replace(states[-1][1], ended=stated)


def _later(chance: random.Random, states: States, hours: float) -> datetime:
    return states[-1][0] + timedelta(seconds=int(chance.uniform(0.2, hours) * 3600))


def _edit(chance: random.Random, states: States) -> None:
    """Change the words of one of the posts, hours later."""
    event = states[-1][1]
    if not event.monitored:
        posts = list(event.posts)
        number = chance.randrange(len(posts))
        posts[number] = replace(posts[number], text=f"{posts[number].text} We are sorry for this.")
        states.append((_later(chance, states, 20), replace(event, posts=tuple(posts))))


def _retitle(chance: random.Random, states: States) -> None:
    event = states[-1][1]
    states.append((_later(chance, states, 20), replace(event, title=f"{event.title}, and of what uses it")))


def _weigh(chance: random.Random, states: States) -> None:
    """Correct impact and components while it goes on, with the second of its posts."""
    first = states[0][1]
    if len(states) > 2 and first.kind in TROUBLE:
        impact = chance.choice([Impact.MINOR, Impact.MAJOR])
        corrected = [(at, replace(event, impact=impact, components=first.components[:1])) for at, event in states[1:]]
        states[1:] = corrected


def _remove(chance: random.Random, states: States) -> None:
    """Take away a post between the first and the last, hours later."""
    event = states[-1][1]
    if len(event.posts) > 2:
        number = chance.randrange(1, len(event.posts) - 1)
        posts = (*event.posts[:number], *event.posts[number + 1 :])
        states.append((_later(chance, states, 20), replace(event, posts=posts)))


def _reopen(chance: random.Random, states: States) -> None:
    if states[-1][1].states[-1] is Phase.RESOLVED:
        _post(chance, states, states[-1][1], _later(chance, states, 10), "Investigating")
        _close(chance, states, _later(chance, states, 10))


def _explain(chance: random.Random, states: States) -> None:
    if states[-1][1].states[-1] in OVER and not states[-1][1].monitored:
        _post(chance, states, states[-1][1], _later(chance, states, 70), "Postmortem")


_CHANGES: tuple[tuple[str, Callable[[random.Random, States], None]], ...] = (
    ("weighed", _weigh),
    ("reopened", _reopen),
    ("edited", _edit),
    ("retitled", _retitle),
    ("removed", _remove),
    ("explained", _explain),
)

"""Turns incidents of which the facts are known into lives on a page, with posts in words of our own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from almanac.model import OVER, Incident, Phase
from almanac.world import words
from almanac.world.truth import WORDS, Event, Life, Post, State
from almanac.world.writers import incidentio

_OWN_PAGE = re.compile(r"/incident/(\d{1,20})$")
_PHASES = {phase: word for word, phase in WORDS.items() if phase}


def lives(incidents: Iterable[Incident], until: datetime) -> tuple[Life, ...]:
    """Return the lives of incidents that began before a moment, the oldest first.

    An incident whose end nobody recorded is left out: until when its page showed it is not known.
    """
    ended = (incident for incident in incidents if incident.ended and incident.started < until)
    return tuple(sorted(map(life, ended), key=lambda one: (one.states[0].since, one.last.id)))


def life(incident: Incident) -> Life:
    """Return what a page had of an incident at each moment, by its facts: a state for each post.

    A start or an end that no post tells gets a post of its own. Titles and texts are ours.
    """
    posts = tuple(_posts(incident))
    monitored = incident.id_is_ours and [post.printed for post in posts] == ["Investigating", "Resolved"]
    if monitored:
        posts = tuple(replace(post, text="") for post in posts)
    whole = Event(
        id=incident.id,
        name=_name(incident),
        title=words.title(incident.kind, incident.components, _choice(incident.id)),
        posts=posts,
        kind=incident.kind,
        impact=incident.impact,
        components=incident.components,
        opened=incidentio.opening(_name(incident)),
        began=min(incident.started, posts[0].at),
        ended=incident.ended,
        planned=_plan(incident),
        monitored=monitored,
    )
    parts = (replace(whole, posts=posts[:number]) for number in range(1, len(posts) + 1))
    return Life(tuple(State(part.posts[-1].at, part if part.is_over else replace(part, ended=None)) for part in parts))


def _name(incident: Incident) -> str:
    """Return what its own page calls it; ids that an archiver made say nothing of that."""
    page = _OWN_PAGE.search(incident.source)
    return page[1] if page else "" if incident.id_is_ours else incident.id


def _plan(incident: Incident) -> tuple[datetime, datetime] | None:
    if incident.planned_from is None or incident.planned_until is None:
        return None
    return incident.planned_from, incident.planned_until


def _posts(incident: Incident) -> Iterator[Post]:
    """Yield the posts, the latest last. The first one names a phase, whatever the data set kept of it."""
    marks = [(update.at, _word(update.phase, update.printed)) for update in incident.updates if update.gone is None]
    marks.sort(key=lambda mark: mark[0])
    if not marks or (not incident.updates and marks[0][0] > incident.started):
        marks.insert(0, (incident.started, "Investigating"))
    if incident.ended is not None and not any(WORDS[word] in OVER for _, word in marks):
        marks.append((max(incident.ended, marks[-1][0]), "Resolved"))
    if WORDS[marks[0][1]] is None:
        marks[0] = marks[0][0], "Investigating"
    for number, (at, word) in enumerate(marks):
        choice = _choice(incident.id) + number
        yield Post(at=at, printed=word, text=words.post(WORDS[word], incident.components, choice))


def _word(phase: Phase, printed: str) -> str:
    """Return the word above a post; "Update" where the source names no state, or not a new one."""
    return "Update" if phase is Phase.UNKNOWN or printed.lower() == "update" else _PHASES[phase]


def _choice(name: str) -> int:
    return sha256(name.encode()).digest()[0]

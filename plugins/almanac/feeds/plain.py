"""Reads any other RSS or Atom: one entry an incident, its stamps and words as they are, nothing invented.

States are read wherever feeds print them: before and behind a title, at the head of blocks in a body, in plain words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from almanac.model import OVER, TROUBLE, Impact, Incident, Kind, Phase

from . import blocks, times, titles, wording
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, tidy_link
from .entries import Entry

_DIGEST = re.compile(r"[0-9a-f]{16,64}", re.IGNORECASE)  # a guid that is one may change with the text
_INCIDENT_PAGE = re.compile(r"https?://[^/]{1,200}/(?:[^?#]{0,200}/)?incidents?/(?:[^?#]{0,80}/)?\d{1,20}/?")
_JOINED = re.compile(r"([Rr]esolved|[Cc]ompleted|[Cc]losed) +([A-Z].{2,})")  # "Resolved Login Disruption"
_BARE_LINK = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S*", re.IGNORECASE)


def _speaks(head: str, sample: str) -> bool:
    return True


def _key(entry: Entry) -> str:
    """Return id or link, or else a hash of words and day: the same title months later is another incident.

    The page of an incident names it better than a digest does.
    """
    if _DIGEST.fullmatch(entry.id) and _INCIDENT_PAGE.fullmatch(entry.link):
        return entry.link
    if entry.own_name:
        return entry.own_name
    words = titles.split_state(entry.title)[1] or entry.body.strip()
    if not words:
        raise EntryError("it has neither id nor link nor words")
    day = f" {entry.dated:%Y-%m-%d}" if entry.dated else ""
    return sha256(f"{words}{day}".encode()).hexdigest()[:16]


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    entry = entries[0]
    if not entry.own_name:
        context.doubt("entries that neither guid nor link names are told apart by their titles and days")
    printed, title = _split_title(entry)
    posts = _posts(entry, printed, context)
    if wording.kind(title, Impact.UNKNOWN, planned=False)[0] is Kind.MAINTENANCE:
        posts = [replace(post, phase=_in_a_maintenance(post)) for post in posts]
    phase = wording.phase(printed)
    is_over = phase in OVER
    tells_end = posts[-1].printed != printed and _phase_of(posts[-1]) in OVER
    stated = _stated_end(entry, context) if is_over else None
    last = max(entry.at, entry.updated or entry.at)
    draft = Draft(
        id=_key(entry),
        title=title,
        dialect=DIALECT.name,
        posts=posts,
        source=tidy_link(_with_scheme(entry.link) or entry.id),
        precision=entry.precision,
        started=min(entry.at, *(post.at for post in posts)),
        started_basis="pubdate",
        planned_from=entry.dated if phase is Phase.SCHEDULED and entry.at > context.read_at else None,
        ended=stated or (last if is_over and not tells_end else None),
        ended_basis="stated" if stated else "pubdate" if is_over else "",
        phase=phase if is_over else None,
        id_is_ours=not entry.own_name,
    )
    reading = incident(draft, context)
    says_nothing = reading.phase is Phase.UNKNOWN and reading.kind in TROUBLE  # a missing word is not trouble
    return replace(reading, kind=Kind.UNKNOWN, kind_basis="words") if says_nothing else reading


def _split_title(entry: Entry) -> tuple[str, str]:
    """Return the state that a title prints and the rest; without a sign between them only if the body says the same."""
    printed, title = titles.split_state(entry.title)
    joined = None if printed else _JOINED.fullmatch(title)
    if joined and wording.prose_phase(blocks.text_of(entry.body)) in OVER:
        return joined[1], joined[2]
    return printed, title


def _posts(entry: Entry, printed: str, context: ReadContext) -> list[Post]:
    """Return the posts that a body holds, oldest first: dated blocks, clocks, or all of it in the state that is told."""
    last = max(entry.at, entry.updated or entry.at)
    if blocks.are_dated(entry.body):
        dated = sorted(blocks.posts(entry, last, context), key=lambda post: post.at)
        return [*blocks.preface(entry, last), *dated]
    if posts := blocks.clock_posts(entry):
        return [*blocks.preface(entry, last), *posts]
    state, phase = printed or blocks.state(entry.body) or _category(entry), None
    if not wording.phase(state):
        words = (entry.title, blocks.text_of(entry.body))
        phase = wording.labelled_phase(entry.body) or next(filter(None, map(wording.prose_phase, words)), None)
    return [Post(at=last, printed=state, html=entry.body, phase=phase)]


def _category(entry: Entry) -> str:
    """Return the state that a category of an entry names, "" if none does."""
    return next((word for word in entry.categories if wording.phase(word) not in (None, Phase.UNKNOWN)), "")


def _phase_of(post: Post) -> Phase | None:
    return post.phase or wording.phase(post.printed)


def _in_a_maintenance(post: Post) -> Phase | None:
    """Return the phase of a post on planned work, where "Active" and "Resolved" mean something else."""
    match _phase_of(post):
        case Phase.INVESTIGATING:
            return Phase.IN_PROGRESS
        case Phase.RESOLVED:
            return Phase.COMPLETED
    return post.phase


def _stated_end(entry: Entry, context: ReadContext) -> datetime | None:
    """Return the end that cState writes as a category."""
    for category in entry.categories:
        date = times.parse(category, context.zone)
        if date and date.at >= entry.at:
            if date.lacks:
                context.doubt(f"{category[:40]!r} in {entry.name[:80]} has {date.lacks}")
            return date.at.astimezone(UTC)
    return None


def _with_scheme(link: str) -> str:
    """Return a link that lacks its scheme, as OnlineOrNot writes it, with one."""
    return f"https://{link}" if _BARE_LINK.fullmatch(link) else link


DIALECT = Dialect(name="plain", speaks=_speaks, key=_key, read=_read, whole_entries=False)  # an edit is a new post

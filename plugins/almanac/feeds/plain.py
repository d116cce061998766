"""Reads any other RSS or Atom: one entry an incident, its stamps as they are, nothing invented."""

from __future__ import annotations

import re
from hashlib import sha256

from ..model import OVER, Incident, Phase
from . import wording
from .dialect import Dialect, Draft, Notes, Post, Unreadable, incident
from .entries import Entry
from .links import tidy

_STATE = re.compile(r"\[([^\[\]]{1,30})\]|([A-Za-z ]{1,30}?)\s*[:：–-](?=\s)")


def _speaks(head: str, sample: str) -> bool:
    return True


def _key(entry: Entry) -> str:
    if entry.id or entry.link:
        return entry.id or entry.link
    words = entry.title or entry.body.strip()
    if not words:
        raise Unreadable("it has neither id nor link nor words")
    return sha256(words.encode()).hexdigest()[:16]


def printed_state(title: str) -> str:
    """The phase word a title starts with, as in "[Resolved] Slow logins"; "" if there is none."""
    match = _STATE.match(title)
    word = (match[1] or match[2] or "").strip() if match else ""
    return word if wording.phase(word) not in (None, Phase.UNKNOWN) else ""


def _read(entries: tuple[Entry, ...], notes: Notes) -> Incident:
    entry = entries[0]
    printed = printed_state(entry.title)
    phase = wording.phase(printed) if printed else None
    over = phase in OVER
    last = max(entry.at, entry.updated or entry.at)
    draft = Draft(
        id=_key(entry),
        title=entry.title,
        dialect=DIALECT.name,
        posts=[Post(at=last, printed=printed, html=entry.body)],
        source=tidy(entry.link or entry.id),
        precision=entry.precision,
        started=entry.at,
        started_basis="pubdate",
        planned_from=entry.dated if phase is Phase.SCHEDULED and entry.at > notes.seen else None,
        ended=last if over else None,
        ended_basis="pubdate" if over else "",
        id_is_ours=not (entry.id or entry.link),
    )
    return incident(draft, notes)


DIALECT = Dialect(name="plain", speaks=_speaks, key=_key, read=_read, whole_entries=False)  # an edit is a new post

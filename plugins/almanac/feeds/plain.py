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
    if not entry.title:
        raise Unreadable("it has neither id nor link nor title")
    return sha256(entry.title.encode()).hexdigest()[:16]


def printed_state(title: str) -> str:
    """The phase word a title starts with, as in "[Resolved] Slow logins"; "" if there is none."""
    match = _STATE.match(title)
    word = (match[1] or match[2] or "").strip() if match else ""
    return word if wording.phase(word) not in (None, Phase.UNKNOWN) else ""


def _read(entries: tuple[Entry, ...], notes: Notes) -> Incident:
    entry = entries[0]
    if entry.at is None:
        raise Unreadable("it has no time")
    printed = printed_state(entry.title)
    over = wording.phase(printed) in OVER if printed else False
    last = max(at for at in (entry.published, entry.updated) if at)
    draft = Draft(
        id=_key(entry),
        title=entry.title,
        dialect=DIALECT.name,
        posts=[Post(at=last, printed=printed, html=entry.body)],
        source=tidy(entry.link or entry.id),
        started=entry.at,
        started_basis="pubdate",
        ended=last if over else None,
        ended_basis="pubdate" if over else "",
        id_is_ours=not (entry.id or entry.link),
    )
    return incident(draft, notes)


DIALECT = Dialect(name="plain", speaks=_speaks, key=_key, read=_read, whole_entries=False)  # an edit is a new post

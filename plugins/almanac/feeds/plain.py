"""Reads any other RSS or Atom: one entry an incident, its stamps as they are, nothing invented."""

from __future__ import annotations

from hashlib import sha256

from almanac.model import OVER, Incident, Phase

from . import titles, wording
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, tidy_link
from .entries import Entry


def _speaks(head: str, sample: str) -> bool:
    return True


def _key(entry: Entry) -> str:
    """Return id or link, or else a hash of words and day: the same title months later is another incident."""
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
    printed, title = titles.split_state(entry.title)
    phase = wording.phase(printed)
    over = phase in OVER
    last = max(entry.at, entry.updated or entry.at)
    draft = Draft(
        id=_key(entry),
        title=title,
        dialect=DIALECT.name,
        posts=[Post(at=last, printed=printed, html=entry.body)],
        source=tidy_link(entry.link or entry.id),
        precision=entry.precision,
        started=entry.at,
        started_basis="pubdate",
        planned_from=entry.dated if phase is Phase.SCHEDULED and entry.at > context.read_at else None,
        ended=last if over else None,
        ended_basis="pubdate" if over else "",
        id_is_ours=not entry.own_name,
    )
    return incident(draft, context)


DIALECT = Dialect(name="plain", speaks=_speaks, key=_key, read=_read, whole_entries=False)  # an edit is a new post

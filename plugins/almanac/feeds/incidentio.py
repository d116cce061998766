"""Reads incident.io (feed.atom, feed.rss): only the newest update, the start hidden in the incident's ULID."""

from __future__ import annotations

import re
from datetime import datetime

from almanac.model import Incident

from . import times
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, tidy_link
from .entries import Entry

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_NAME = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_ULID = re.compile(rf"/(?:incidents|maintenances?)/+({_NAME.pattern})\b")
_STATUS = re.compile(r"\s*<b>\s*Status:\s*([^<]{1,60}?)\s*</b>\s*(?:<br\s*/?>\s*)*", re.IGNORECASE)
_AFFECTED = re.compile(r"(?:<br\s*/?>\s*)*<b>\s*Affected components\s*</b>", re.IGNORECASE)
_COMPONENT = re.compile(r"<li>([^<]{1,300})</li>", re.IGNORECASE)
# What may stand in the brackets is the state now, not the severity then; names have brackets too.
_STATE = re.compile(
    r"\s*\((?:operational|degraded performance|partial outage|full outage|major outage|under maintenance)\)$",
    re.IGNORECASE,
)


def _speaks(head: str, sample: str) -> bool:
    return "<generator>incident.io</generator>" in head or bool(_ULID.search(sample) and "<b>Status:" in sample)


def is_ulid(name: str) -> bool:
    """Say whether an id is a ULID, as incident.io makes them."""
    return bool(_NAME.fullmatch(name))


def _key(entry: Entry) -> str:
    match = _ULID.search(entry.id) or _ULID.search(entry.link)
    if not match:
        raise EntryError("its id is no ULID of incident.io")
    return match[1]


def ulid_time(ulid: str) -> datetime | None:
    """Return when a ULID was made: its first ten characters are milliseconds since 1970. None beyond the year 2200."""
    value = 0
    for character in ulid[:10]:
        value = value * 32 + _DIGITS.index(character)
    return times.epoch(value // 1000)


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    entry = entries[0]
    status = _STATUS.match(entry.body)
    if not status:
        raise EntryError("it has no status")
    started = ulid_time(_key(entry))
    words, affected = _cut(entry.body[status.end() :])
    post = Post(at=entry.updated or entry.at, printed=status[1], html=words)
    draft = Draft(
        id=_key(entry),
        title=entry.title,
        dialect=DIALECT.name,
        posts=[post],
        source=tidy_link(entry.link or entry.id),
        started=started,
        started_basis="ulid" if started else "first-update",
        components=tuple(_STATE.sub("", name.strip()) for name in _COMPONENT.findall(affected)),
    )
    return incident(draft, context)


def _cut(body: str) -> tuple[str, str]:
    """Split a body into the text of the update and the list of components after it."""
    headings = list(_AFFECTED.finditer(body))
    return (body[: headings[-1].start()], body[headings[-1].end() :]) if headings else (body, "")


DIALECT = Dialect(name="incidentio", speaks=_speaks, key=_key, read=_read, whole_entries=False)

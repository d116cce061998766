"""Reads Flashduty (Atom): bilingual titles, Beijing time, only the newest update of an incident."""

from __future__ import annotations

import re

from almanac.model import Incident, Phase

from . import wording
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, oldest_first, tidy_link
from .entries import Entry

_ID = re.compile(r"urn:flashduty:\w+:(\w{1,40})$")
_STATUS = re.compile(r"<p>\s*<strong>Status:</strong>\s*([^<]{1,40}?)\s*</p>", re.IGNORECASE)
_AFFECTED = re.compile(r"<p>\s*<strong>Affected components:</strong>\s*([^<]{1,4000}?)\s*</p>", re.IGNORECASE)
_PREFIX = re.compile(r"\s*\[(?:已恢复|已解决|resolved)\]\s*", re.IGNORECASE)


def _speaks(head: str, sample: str) -> bool:
    return "urn:flashduty:" in sample


def _key(entry: Entry) -> str:
    match = _ID.search(entry.id)
    if not match:
        raise EntryError("its id is none of Flashduty's")
    return match[1]


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    """Read one incident; where a feed has an entry for the opening and one for the end, they become two posts."""
    in_order = oldest_first(entries, lambda entry: entry.at)
    affected = _AFFECTED.search(in_order[-1].body)
    posts = [_post(entry) for entry in in_order]
    draft = Draft(
        id=_key(in_order[-1]),
        title=without_state(in_order[-1].title),
        dialect=DIALECT.name,
        posts=posts,
        source=tidy_link(in_order[-1].link),
        started=posts[0].at,
        started_basis="first-update" if wording.phase(posts[0].printed) is Phase.INVESTIGATING else "pubdate",
        components=_names(affected[1]) if affected else (),
    )
    return incident(draft, context)


def without_state(title: str) -> str:
    """Return a title without the state that is put in front of it once it is over."""
    return _PREFIX.sub("", title, count=1)


def _post(entry: Entry) -> Post:
    status, affected = _STATUS.search(entry.body), _AFFECTED.search(entry.body)
    if not status and not _PREFIX.match(entry.title):
        raise EntryError("it has no status")
    words = entry.body[status.end() if status else 0 : affected.start() if affected else len(entry.body)]
    return Post(at=entry.at, printed=status[1] if status else "resolved", html=words)


def _names(listed: str) -> tuple[str, ...]:
    """Split names at commas that are not inside brackets."""
    return tuple(name.strip() for name in re.split(r"[,，](?![^(（]*[)）])", listed) if name.strip())


DIALECT = Dialect(
    name="flashduty", speaks=_speaks, key=_key, read=_read, one_entry_an_incident=False, whole_entries=False
)

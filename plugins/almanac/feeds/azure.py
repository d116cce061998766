"""Reads Azure and Microsoft 365: what is going on now and nothing else, so that absence means it is over."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256

from almanac.model import Incident, Window

from . import times
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, tidy_link
from .entries import Entry

_HOME = re.compile(
    r"https?://(?:azure\.microsoft\.com/[a-z-]*/?status|(?:rssfeed\.)?azure\.status\.microsoft|status\.cloud\.microsoft"
    r"|azurestatusprod[a-z]{0,10}\.azurewebsites\.net)"  # the machine behind it, which the feed of 2026 names as its page
)
_CLOCK = r"(\d{1,2}):(\d\d)(?: UTC)?"
_DAY = r"(?:on )?(\d{1,2}) ([A-Z][a-z]{2,8}),? (\d{4})"
_STARTED = re.compile(rf"(?:Starting (?:at|from)|Between)(?: approximately)? {_CLOCK}[^.<]{{0,60}}? {_DAY}")


def _speaks(head: str, sample: str) -> bool:
    return bool(_HOME.search(head))


def _key(entry: Entry) -> str:
    """Name an entry by service and title: Microsoft 365's guid names only the service, and Azure's items may have none."""
    if not entry.title:
        raise EntryError("it has no title")
    service = re.sub(r"[^A-Za-z0-9-]+", "-", entry.id.rpartition("/")[2]).strip("-").lower()[:40] or "azure"
    return f"{service}-{sha256(entry.title.encode()).hexdigest()[:8]}"


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    entry = entries[0]
    stated = _stated_start(entry.body)
    draft = Draft(
        id=_key(entry),
        title=entry.title,
        dialect=DIALECT.name,
        posts=[Post(at=entry.at, html=entry.body)],
        source=tidy_link(entry.link),
        precision="minute" if stated else "second",
        started=stated or entry.at,
        started_basis="stated" if stated else "pubdate",
        impact_stated=entry.status,
        components=entry.categories,
        id_is_ours=True,
    )
    return incident(draft, context)


def _stated_start(body: str) -> datetime | None:
    """Return the start if the text states it with its day: "Starting at 02:50 UTC on 27 Oct 2018"."""
    match = _STARTED.search(body)
    month = times.month_of(match[4]) if match else None
    if not match or month is None:
        return None
    return times.moment(int(match[5]), month, int(match[3]), int(match[1]), int(match[2]), 0, UTC)


DIALECT = Dialect(name="azure", speaks=_speaks, key=_key, read=_read, whole_entries=False, window=Window.CURRENT)

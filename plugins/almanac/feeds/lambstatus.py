"""Reads LambStatus (RSS): Statuspage's blocks with the year in each, maintenance told by its path."""

from __future__ import annotations

import re

from almanac.model import Incident

from . import blocks
from .dialect import Dialect, Draft, EntryError, ReadContext, incident, tidy_link
from .entries import Entry

_BLOCK = re.compile(r"<small>[A-Z][a-z]{2} +\d{1,2}, \d{4}, \d\d:\d\d")
_ID = re.compile(r"/(incidents|maintenances)/([A-Za-z0-9_-]{6,40})$")


def _speaks(head: str, sample: str) -> bool:
    return bool(_BLOCK.search(sample))


def _key(entry: Entry) -> str:
    match = _ID.search(entry.id) or _ID.search(entry.link)
    if not match:
        raise EntryError("its link names no incident or maintenance")
    return match[2]


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    entry = entries[0]
    planned = "/maintenances/" in (entry.id or entry.link)
    start = entry.dated if planned else None  # the pubDate of a maintenance is its planned start; of others nothing
    draft = Draft(
        id=_key(entry),
        title=entry.title,
        dialect=DIALECT.name,
        posts=blocks.posts(entry, entry.published or context.read_at, context),
        source=tidy_link(entry.link),
        precision="minute",
        planned=planned,
        planned_from=start,
    )
    return incident(draft, context)


DIALECT = Dialect(name="lambstatus", speaks=_speaks, key=_key, read=_read)

"""Reads Google Cloud's feed (en/feed.atom): one entry an update, start and end stated in Californian time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from almanac.model import Incident, Phase

from . import times
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, oldest_first, tidy_link
from .entries import Entry

_ID = re.compile(r":feed:([A-Za-z0-9_-]{6,64})\.([A-Za-z0-9_-]{1,64})$")
_PREFIX = re.compile(r"(RESOLVED|UPDATE):\s*")
_STRONG = r"\s*(?:<strong>)?\s*(\d{4}-\d\d-\d\d \d\d:\d\d)\s*(?:</strong>)?"
_BEGAN = re.compile(rf"Incident began at{_STRONG}", re.IGNORECASE)
_ENDED = re.compile(rf"and ended at{_STRONG}", re.IGNORECASE)
_ZONE = re.compile(r"all times are\s*(?:<strong>)?\s*([A-Za-z_/]{2,40})", re.IGNORECASE)
_TEXT = re.compile(r"<div[^<>]{0,100}status-update-text[^<>]{0,100}>")
_TAIL = re.compile(r"</div>\s*<hr\s*/?>")
_PRODUCTS = re.compile(r"Affected products:\s*([^<]{1,4000})", re.IGNORECASE)


def _speaks(head: str, sample: str) -> bool:
    return "tag:status.cloud.google.com," in sample or ("https://status.cloud.google.com/" in head and not sample)


def _key(entry: Entry) -> str:
    match = _ID.search(entry.id)
    if not match:
        raise EntryError("its id does not name incident and update")
    return match[1]


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    newest = max(entries, key=lambda entry: entry.at)
    began, ended = _stated_time(newest.body, _BEGAN, context), _stated_time(newest.body, _ENDED, context)
    products = _PRODUCTS.search(newest.body)
    over = _is_resolved(newest)
    in_order = oldest_first(entries, lambda entry: entry.at)
    draft = Draft(
        id=_key(newest),
        title=_PREFIX.sub("", newest.title, count=1),
        dialect=DIALECT.name,
        posts=[_post(entry, reopens=_reopens(in_order[:number], entry)) for number, entry in enumerate(in_order)],
        source=tidy_link(newest.link),
        precision="minute" if began else "second",
        started=began,
        started_basis="stated" if began else "first-update",
        ended=ended,
        ended_basis="stated" if ended else "",
        phase=Phase.RESOLVED if over else None,
        components=tuple(name.strip() for name in products[1].split(",") if name.strip()) if products else (),
    )
    return incident(draft, context)


def _is_resolved(entry: Entry) -> bool:
    return entry.title.startswith("RESOLVED") or bool(_ENDED.search(entry.body))


def _reopens(before: Sequence[Entry], entry: Entry) -> bool:
    """Say whether a post takes back that it was over: its title does not say so, that of one before it does."""
    return not _is_resolved(entry) and any(map(_is_resolved, before))


def _post(entry: Entry, *, reopens: bool) -> Post:
    prefix = _PREFIX.match(entry.title)
    start = _TEXT.search(entry.body)
    words = _TAIL.split(entry.body[start.end() :])[0] if start else entry.body
    update = _ID.search(entry.id)
    return Post(
        at=entry.at,
        printed=prefix[1].capitalize() if prefix else "",
        html=words,
        upstream_id=update[2] if update else "",
        phase=Phase.INVESTIGATING if reopens else None,
    )


def _stated_time(body: str, pattern: re.Pattern[str], context: ReadContext) -> datetime | None:
    """Return a stated time; it prints no offset, so the daylight saving rules of the zone it names decide."""
    match, zone_name = pattern.search(body), _ZONE.search(body)
    if not match:
        return None
    zone = times.zone(zone_name[1]) if zone_name else None
    if zone is None:
        context.doubt(
            f"unknown zone {zone_name[1]!r}, read as US/Pacific" if zone_name else "no zone named, read as US/Pacific"
        )
        zone = times.zone("US/Pacific") or UTC
    at = times.local(match[1], zone)
    if at is None:
        context.doubt(f"{match[1]!r} is no time")
    return at


DIALECT = Dialect(name="google", speaks=_speaks, key=_key, read=_read, one_entry_an_incident=False, whole_entries=False)

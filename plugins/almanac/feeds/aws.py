"""Reads AWS (rss/all.rss and the feeds of its services): one item an update, state in the title, times in prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from almanac.model import Impact, Incident, Phase

from . import times
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, tidy_link
from .entries import Entry

_GUID = re.compile(r"#([A-Za-z0-9.-]{1,80})_(\d{1,24})$")
_STATE = re.compile(
    r"\s*(?:(service disruption|service impact|service degradation|informational message|service is operating normally"
    r"|performance issues)\s*:|(\[resolved\]|resolved\s*:))\s*",
    re.IGNORECASE,
)
# "Between 6:53 PM and 9:37 PM PDT" is all there is of start and end: no date, no year.
_BETWEEN = re.compile(
    r"Between (\d{1,2}):([0-5]\d) ([AP])M(?: P[SD]T)? and (\d{1,2}):([0-5]\d) ([AP])M (P[SD]T)\b(?! on)", re.IGNORECASE
)
_SAME_EVENT = timedelta(days=30)  # silence after which the same title is a new event

# AWS' red "disruption" is worse than what others call so; only what it grades plainly is graded here.
_IMPACTS = {
    "informational message": Impact.NONE,
    "service degradation": Impact.MINOR,
    "performance issues": Impact.MINOR,
}
_LEVELS = frozenset({*_IMPACTS, "service disruption", "service impact"})


def _speaks(head: str, sample: str) -> bool:
    return "AWS Service Health Dashboard" in head or "://status.aws.amazon.com/#" in sample


def _key(entry: Entry) -> str:
    """Return service, region and title: a service of a region has many events over time, all with the same link."""
    match = _GUID.search(entry.id)
    if not match:
        raise EntryError("its guid does not name service, region and time")
    return f"{match[1]} {_title(entry)[1]}"


def _title(entry: Entry) -> tuple[list[str], str]:
    """Return the states in front of a title, and the title without them."""
    at, states = 0, []
    while match := _STATE.match(entry.title, at):
        states.append(match[0].strip(" :"))
        at = match.end()
    return states, entry.title[at:] or entry.title


def _split_events(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """Cut where the same title comes back after a month of silence."""
    parts: list[list[Entry]] = []
    for entry in sorted(entries, key=lambda entry: entry.at):
        if not parts or entry.at - parts[-1][-1].at > _SAME_EVENT:
            parts.append([])
        parts[-1].append(entry)
    return [tuple(part) for part in reversed(parts)]


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    """Read entries, oldest first. The id is that of the first post, or the one it had in the last reading."""
    first, newest = entries[0], entries[-1]
    states, title = _title(newest)
    over = any("resolved" in state.lower() or "operating normally" in state.lower() for state in states)
    between = _stated_times(newest) if over else None
    stated = next((state for state in states if state.lower() in _LEVELS), "")
    draft = Draft(
        id=next(
            (context.ids_by_hash[e.hash] for e in entries if e.hash in context.ids_by_hash), first.id.rpartition("#")[2]
        ),
        title=title,
        dialect=DIALECT.name,
        posts=[_post(entry, is_end=over and entry is newest) for entry in entries],
        source=tidy_link(newest.link),
        precision="minute" if between else "second",
        started=between[0] if between else None,
        started_basis="stated" if between else "first-update",
        ended=between[1] if between else None,
        ended_basis="stated" if between else "",
        impact_stated=stated,
        impact=_IMPACTS.get(stated.lower(), Impact.UNKNOWN),
        components=(first.id.rpartition("#")[2].rpartition("_")[0],),
    )
    return incident(draft, context)


def _post(entry: Entry, *, is_end: bool) -> Post:
    """Return a post; only the newest is the end of an event, since then the titles of all its posts are rewritten."""
    return Post(at=entry.at, html=entry.body, phase=Phase.RESOLVED if is_end else None)


def _stated_times(entry: Entry) -> tuple[datetime, datetime] | None:
    """Return start and end by the words of the closing post, on the last day that is possible."""
    match, posted = _BETWEEN.search(entry.body), entry.dated
    zone = times.zone(match[7].upper()) if match else None
    if not match or posted is None or zone is None:
        return None
    day = posted.astimezone(zone).replace(second=0)
    end = day.replace(hour=_hour(match[4], match[6]), minute=int(match[5]))
    end = end if end <= day else end - timedelta(days=1)
    start = end.replace(hour=_hour(match[1], match[3]), minute=int(match[2]))
    start = start if start <= end else start - timedelta(days=1)
    return start.astimezone(UTC), end.astimezone(UTC)


def _hour(hour: str, half: str) -> int:
    return int(hour) % 12 + (12 if half.upper() == "P" else 0)


DIALECT = Dialect(
    name="aws",
    speaks=_speaks,
    key=_key,
    read=_read,
    split=_split_events,
    one_entry_an_incident=False,
    whole_entries=False,
)

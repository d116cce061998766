"""Reads AWS (rss/all.rss and the feeds of its services): one item an update, state in the title, times in prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from almanac.model import OVER, Impact, Incident, Phase

from . import times, wording
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
    r"between (\d{1,2}):([0-5]\d) ([AP])M(?: P[SD]T)? and (\d{1,2}):([0-5]\d) ([AP])M(?: (P[SD]T))?\b(?! on)",
    re.IGNORECASE,
)
_SAME_EVENT = timedelta(days=30)  # silence after which the same title is a new event
_LAST_WORDS = timedelta(days=1)  # how long after its end an event may be posted on
_ONGOING = re.compile(r"\b(?:update on|regarding|continue\w*)\b[^.]{0,40}\bongoing\b", re.IGNORECASE)

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
    """Return service, region and title: a service of a region has many events over time, all with the same link.

    A guid in another form, such as an ARN, is the name of one event.
    """
    match = _GUID.search(entry.id)
    if match:
        return f"{match[1]} {_title(entry)[1].casefold()}"
    if not entry.own_name:
        raise EntryError("its guid does not name service, region and time")
    return entry.own_name


def _title(entry: Entry) -> tuple[list[str], str]:
    """Return the states in front of a title, and the title without them."""
    at, states = 0, []
    while match := _STATE.match(entry.title, at):
        states.append(match[0].strip(" :"))
        at = match.end()
    return states, entry.title[at:] or entry.title


def _split_events(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """Cut where the same title comes back after its event was over, or after a month in which nothing was said of it."""
    parts: list[list[Entry]] = []
    for entry in sorted(entries, key=lambda entry: entry.at):
        if not parts or _is_another_event(parts[-1][-1], entry):
            parts.append([])
        parts[-1].append(entry)
    return [tuple(part) for part in reversed(parts)]


def _is_another_event(before: Entry, entry: Entry) -> bool:
    """Return whether a post begins another event. Titles are rewritten when one is over, so its words say it."""
    if not _GUID.search(entry.id):
        return False
    silence = entry.at - before.at
    if _is_closing(before):
        return silence > _LAST_WORDS
    return silence > _SAME_EVENT and not _ONGOING.search(entry.body)


def _is_closing(entry: Entry) -> bool:
    """Return whether a post says that its event is over, in its title and in its words."""
    states = " ".join(_title(entry)[0]).lower()
    return "operating normally" in states or ("resolved" in states and wording.prose_phase(entry.body) in OVER)


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    """Read entries, oldest first. The id is that of the first post, or the one it had in the last reading."""
    first, newest = entries[0], entries[-1]
    states, title = _title(newest)
    over = any("resolved" in state.lower() or "operating normally" in state.lower() for state in states)
    between = _stated_times(newest) if over else None
    closing = [wording.prose_phase(entry.body) in OVER for entry in entries]
    stated = next((state for state in states if state.lower() in _LEVELS), "")
    draft = Draft(
        id=next((context.ids_by_hash[e.hash] for e in entries if e.hash in context.ids_by_hash), _own_id(first)),
        title=title,
        dialect=DIALECT.name,
        posts=[
            Post(at=entry.at, html=entry.body, phase=_phase(closing[: number + 1], is_end=over and entry is newest))
            for number, entry in enumerate(entries)
        ],
        source=tidy_link(newest.link),
        precision="minute" if between else "second",
        started=between[0] if between else None,
        started_basis="stated" if between else "first-update",
        ended=between[1] if between else None,
        ended_basis="stated" if between else "",
        impact_stated=stated,
        impact=_IMPACTS.get(stated.lower(), Impact.UNKNOWN),
        components=(service[1],) if (service := _GUID.search(first.id)) else (),
    )
    return incident(draft, context)


def _own_id(entry: Entry) -> str:
    """Return what names an event after its first post: service, region and time, or the whole guid of another form."""
    return entry.id.rpartition("#")[2] if _GUID.search(entry.id) else entry.own_name


def _phase(closing: Sequence[bool], *, is_end: bool) -> Phase | None:
    """Return the phase of a post; `closing`: which of the posts up to this one say in words that the event is over.

    Only the newest is the end of an event, since then the titles of all its posts are rewritten. What goes on after such
    words has begun again.
    """
    if is_end:
        return Phase.RESOLVED
    return Phase.INVESTIGATING if any(closing) and not closing[-1] else None


def _stated_times(entry: Entry) -> tuple[datetime, datetime] | None:
    """Return start and end by the words of the closing post: of several windows the first start and the last end."""
    windows = list(_BETWEEN.finditer(entry.body))
    zone = times.zone(windows[-1][7].upper()) if windows and windows[-1][7] else None
    if entry.dated is None or zone is None:
        return None
    posted = entry.dated.astimezone(zone)
    spans = [_window(match, posted) for match in windows]
    return min(start for start, _ in spans).astimezone(UTC), max(end for _, end in spans).astimezone(UTC)


def _window(match: re.Match[str], posted: datetime) -> tuple[datetime, datetime]:
    """Return the local start and end of one window, on the last day that is possible."""
    day = posted.replace(second=0)
    end = day.replace(hour=_hour(match[4], match[6]), minute=int(match[5]))
    end = end if end <= day else end - timedelta(days=1)
    start = end.replace(hour=_hour(match[1], match[3]), minute=int(match[2]))
    return start if start <= end else start - timedelta(days=1), end


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

"""Calendars (RFC 5545): what was declared, past and announced, in UTC.

The UID of an incident never changes; SEQUENCE and LAST-MODIFIED move when it does, and with nothing else. What has no
recorded end has none here either: calendars show it as a moment, and its summary says so. Lines are written here: there
are ten an entry, and icalendar, which the tests read them back with, takes ten times as long for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from almanac.archive import name_of
from almanac.exports.items import Home
from almanac.exports.syndication import line
from almanac.model import Card, Kind, Phase, Provider, moment, stamp
from almanac.text import english
from almanac.views import base, headline

NEWEST = 100  # in a calendar
WHOLE = "Unnamed component"
WIDTH = 74  # octets in a line, and one for the blank that a line begins with that goes on

_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,"})
# The pieces of a line that is folded: no character is torn apart, nor, unless there is nothing else, what is marked.
_PIECES = re.compile(rb".{1,%d}(?:\Z|(?<!\\)(?![\x80-\xbf]))|.{1,%d}(?![\x80-\xbf])" % (WIDTH, WIDTH))


class CalendarEvent(NamedTuple):
    """An incident and, for maintenance that is not over, the window announced for it."""

    card: Card
    provider: Provider
    since: datetime
    until: datetime | None


def event(
    card: Card, provider: Provider, window: tuple[datetime | None, datetime | None] = (None, None)
) -> CalendarEvent:
    """Return what a calendar shows of an incident. `window` is the announced one, if it is not over."""
    start, end = window
    ended = None if card.ended is None else moment(max(card.ended, card.started))
    return CalendarEvent(card, provider, start or moment(card.started), end or ended)


def calendar(title: str, events: Iterable[CalendarEvent], site: Home) -> bytes:
    """Return a calendar with its entries in the order given."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(site.project.name)}//reported incidents//EN",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    for one in events:
        lines += _entry(one, site)
    return b"".join(_folded(line.encode()) + b"\r\n" for line in [*lines, "END:VCALENDAR"])


def _entry(event: CalendarEvent, site: Home) -> list[str]:
    card, name = event.card, event.provider.name
    changed = _time(moment(max(card.posted, card.changed)))
    until = event.until if event.until and event.until >= event.since else None
    return [
        "BEGIN:VEVENT",
        f"SUMMARY:{_text(_summary(event))}",
        f"DTSTART:{_time(event.since)}",
        *([f"DTEND:{_time(until)}"] if until else []),
        f"DTSTAMP:{changed}",
        f"UID:{card.provider}/{name_of(card)}@{host(site)}",
        f"SEQUENCE:{len(card.updates) + 2 * card.edits}",
        f"CATEGORIES:{_text(name)},{card.kind}",
        f"DESCRIPTION:{_text(f'{_title(card)}{english.listing(card.components) or WHOLE}; {base.length(card)}.')}",
        f"LAST-MODIFIED:{changed}",
        f"STATUS:{'TENTATIVE' if card.phase == Phase.SCHEDULED else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        f"URL:{site.site_url}{base.incident_url(card)}",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """Return a value of type TEXT (RFC 5545, 3.3.11)."""
    return line(value).translate(_ESCAPES)


def _title(card: Card) -> str:
    return "" if card.title_is_ours else f"{card.title}. "


def _time(at: datetime) -> str:
    """Return a value of type DATE-TIME in UTC (RFC 5545, 3.3.5)."""
    return stamp(at).replace("-", "").replace(":", "")


def _folded(line: bytes) -> bytes:
    """Return a content line folded into lines that are short enough (RFC 5545, 3.1)."""
    return line if len(line) <= WIDTH else b"\r\n ".join(_PIECES.findall(line))


def _summary(event: CalendarEvent) -> str:
    """Return what failed; the entry itself says how long, unless no end is known."""
    card, name = event.card, event.provider.name
    if event.until or card.kind == Kind.MAINTENANCE:
        return headline.subject(card, name)
    return headline.headline(card, name)


def host(site: Home) -> str:
    """Return the authority in the site's tag: URI, which never changes though the site may move."""
    return site.site_id.removeprefix("tag:").partition(",")[0]

"""Calendars (RFC 5545, by icalendar): what was declared, past and announced, in UTC.

The UID of an incident never changes; SEQUENCE and LAST-MODIFIED move when it does, and with nothing else. What has no
recorded end has none here either: calendars show it as a moment, and its summary says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from almanac import words
from almanac.archive import slug_of
from almanac.exports.items import Home
from almanac.exports.syndication import line
from almanac.model import Card, Kind, Phase, Provider, moment
from almanac.views import base

if TYPE_CHECKING:
    from icalendar import Event as Entry

NEWEST = 100  # in a calendar
PRODUCT = "-//Outage Almanac//declared incidents//EN"


class Event(NamedTuple):
    """An incident and, for maintenance that is not over, the window announced for it."""

    card: Card
    provider: Provider
    since: datetime
    until: datetime | None


def event(card: Card, provider: Provider, window: tuple[datetime | None, datetime | None] = (None, None)) -> Event:
    """What a calendar shows of an incident. `window` is the announced one, if it is not over."""
    start, end = window
    ended = None if card.ended is None else moment(max(card.ended, card.started))
    return Event(card, provider, start or moment(card.started), end or ended)


def calendar(title: str, events: Iterable[Event], site: Home) -> bytes:
    """A calendar, its entries in the order given."""
    import icalendar  # 0.03 s that a build without a new calendar does without

    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", line(title))
    for one in events:
        made.add_component(_entry(one, site))
    data: bytes = made.to_ical()
    return data


def _entry(event: Event, site: Home) -> Entry:
    import icalendar

    card = event.card
    changed = moment(max(card.posted, card.changed))
    made = icalendar.Event()
    made.add("uid", f"{card.provider}/{slug_of(card.id)}@{host(site)}")
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("sequence", len(card.updates) + 2 * card.edits)
    made.add("dtstart", event.since)
    if event.until and event.until >= event.since:
        made.add("dtend", event.until)
    made.add("summary", line(f"{event.provider.name}: {base.mark(card).word}: {base.name(card)}{_open(event)}"))
    made.add("description", line(f"{words.listing(card.components) or 'The service as a whole'}; {base.length(card)}."))
    made.add("url", site.site_url + base.incident_url(card))
    made.add("categories", [event.provider.name, card.kind])
    made.add("status", "TENTATIVE" if card.phase == Phase.SCHEDULED else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    return made


def _open(event: Event) -> str:
    if event.until or event.card.kind == Kind.MAINTENANCE:
        return ""
    return f" ({base.length(event.card)})"


def host(site: Home) -> str:
    """The authority in the site's tag: URI, which never changes though the site may move."""
    return site.site_id.removeprefix("tag:").partition(",")[0]

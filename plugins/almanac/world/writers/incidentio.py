"""Writes incident.io's feed.atom: only the newest post of each event, to the second; ids are ULIDs.

And its JSON: an answer in the form of Statuspage, with all posts, and one for widgets, of what goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from almanac.model import Impact, Phase, stamp
from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Posts, Speech, Start, own_components, own_impact, stated_phase

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_OWN = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_WORDS = {
    Phase.SCHEDULED: "Maintenance scheduled",
    Phase.IN_PROGRESS: "Maintenance in progress",
    Phase.COMPLETED: "Maintenance completed",
}


_LEVELS = {Impact.MINOR: "degraded_performance", Impact.MAJOR: "partial_outage", Impact.CRITICAL: "full_outage"}


def ulid(event: Event, host: str = "") -> str:
    """Return a name as incident.io makes it: when the record was made, then what keeps it apart from others."""
    if _OWN.fullmatch(event.name):
        return event.name
    number = xml.seconds(event.created) * 1000
    return "".join(_DIGITS[number >> shift & 31] for shift in range(45, -5, -5)) + xml.token(event, _DIGITS, 16)


def opening(name: str) -> datetime | None:
    """Return when a record was made by its ULID; None for another name."""
    if not _OWN.fullmatch(name):
        return None
    value = 0
    for character in name[:10]:
        value = value * 32 + _DIGITS.index(character)
    return datetime.fromtimestamp(value // 1000, UTC)


def atom(events: Sequence[Event], host: str) -> bytes:
    """Return feed.atom."""
    head = f"<id>https://{host}/</id><generator>incident.io</generator>"
    return xml.feed((_entry(event, host) for event in events), f"{host} status", head)


def _entry(event: Event, host: str) -> str:
    link = f"https://{host}//incidents/{ulid(event)}"
    state = phase(event, event.posts.index(event.newest))
    words = f"<b>Status: {_WORDS.get(state, state.value.capitalize())}</b><br/><br/>{xml.html(event.newest.text)}"
    if event.components:
        level = "Operational" if event.is_over else "Degraded performance"
        listed = "".join(f"<li>{xml.escape(component)} ({level})</li>\n" for component in event.components)
        words += f"<br/><br/><b>Affected components</b>\n<ul>\n{listed}</ul>"
    return (
        f'<entry><title type="html"><![CDATA[{xml.escape(event.title)}]]></title><id>{link}</id><link href="{link}"/>'
        f'<updated>{stamp(event.newest.at)}</updated><summary type="html"><![CDATA[{words}]]></summary></entry>\n'
    )


def phase(event: Event, number: int) -> Phase:
    """Return the phase that a post names, of those that the page has words for."""
    state = stated_phase(event, number)
    return Phase.IN_PROGRESS if state is Phase.VERIFYING else state


ATOM = FeedFormat(
    "incidentio",
    atom,
    ulid,
    ".atom",
    Speech(posts=Posts.NEWEST, start=Start.OPENING, plans=True),
    phase=phase,
    components=own_components,
)


def api(events: Sequence[Event], host: str) -> bytes:
    """Return api/v2/incidents.json, in the form of Statuspage: all posts, impact, no components."""
    records = [
        {
            "id": ulid(event),
            "name": event.title,
            "created_at": stamp(event.created),
            "impact": "" if event.impact is Impact.UNKNOWN else event.impact.value,
            "incident_updates": [
                {
                    "display_at": stamp(post.at),
                    "body": post.text,
                    "status": phase(event, number).value.replace(" ", "_"),
                }
                for number, post in enumerate(event.posts)
            ][::-1],
        }
        for event in events
    ]
    return json.dumps({"page": {"id": host, "url": f"https://{host}/"}, "incidents": records}).encode()


def widget(events: Sequence[Event], host: str) -> bytes:
    """Return api/v1/summary: what is not over, with its newest post and one component."""
    going_on = [
        {
            "id": ulid(event),
            "name": event.title,
            "status": stated_phase(event, event.posts.index(event.newest)).value,
            "last_update_at": stamp(event.newest.at),
            "last_update_message": event.newest.text,
            "current_worst_impact": _LEVELS.get(event.impact, ""),
            "affected_components": [{"name": name} for name in event.components[:1]],
        }
        for event in events
        if not event.is_over
    ]
    return json.dumps({"page_url": f"https://{host}/", "ongoing_incidents": going_on}).encode()


API = FeedFormat(
    "statuspage-json",
    api,
    ulid,
    ".json",
    Speech(start=Start.OPENING, plans=True),
    phase=phase,
    impact=own_impact,
    maker="incidentio",
)

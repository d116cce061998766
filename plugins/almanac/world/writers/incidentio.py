"""Writes incident.io's feed.atom: only the newest post of each event, to the second; ids are ULIDs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from almanac.model import Phase, stamp
from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import Form, Posts, Speech, Start, own_components

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_OWN = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_WORDS = {
    Phase.POSTMORTEM: "Resolved",
    Phase.SCHEDULED: "Maintenance scheduled",
    Phase.IN_PROGRESS: "Maintenance in progress",
    Phase.VERIFYING: "Maintenance in progress",
    Phase.COMPLETED: "Maintenance completed",
}


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
    words = f"<b>Status: {_status(event)}</b><br/><br/>{xml.html(event.newest.text)}"
    if event.components:
        state = "Operational" if event.is_over else "Degraded performance"
        listed = "".join(f"<li>{xml.escape(component)} ({state})</li>\n" for component in event.components)
        words += f"<br/><br/><b>Affected components</b>\n<ul>\n{listed}</ul>"
    return (
        f'<entry><title type="html"><![CDATA[{xml.escape(event.title)}]]></title><id>{link}</id><link href="{link}"/>'
        f'<updated>{stamp(event.newest.at)}</updated><summary type="html"><![CDATA[{words}]]></summary></entry>\n'
    )


def _status(event: Event) -> str:
    phase = dict(zip(event.posts, event.states, strict=True))[event.newest]
    return _WORDS.get(phase, phase.value.capitalize())


def phase(event: Event, number: int) -> Phase:
    """Return the phase that a post names, of those that the page has words for."""
    state = event.states[number]
    return {Phase.POSTMORTEM: Phase.RESOLVED, Phase.VERIFYING: Phase.IN_PROGRESS}.get(state, state)


ATOM = Form(
    "incidentio",
    atom,
    ulid,
    ".atom",
    Speech(posts=Posts.NEWEST, start=Start.OPENING, plans=True),
    phase=phase,
    components=own_components,
)

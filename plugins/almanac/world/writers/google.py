"""Writes Google Cloud's en/feed.atom: one entry a post; start and end stated to the minute, in Californian time.

And its incidents.json, which states the severity as well, and has all posts of an event in one record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from almanac.model import OVER, Impact, Phase, stamp
from almanac.world.truth import Event, Post
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Posts, Speech, Start, own_components

_OWN = re.compile(r"[A-Za-z0-9_-]{6,64}")
_ZONE = "US/Pacific"


def name(event: Event, host: str) -> str:
    """Return the name that stands in its address and in the ids of its posts."""
    return xml.own_name(event, _OWN) or xml.token(event, xml.LOWER, 20)


def atom(events: Sequence[Event], host: str) -> bytes:
    """Return feed.atom, the newest post first."""
    head = f'<link href="https://{host}/" rel="alternate" type="text/html"/><id>https://{host}/</id>'
    entries = (_entry(event, number, host) for event, number in xml.posts_newest_first(events))
    return xml.feed(entries, "Google Cloud Service Health Updates", head)


def _entry(event: Event, number: int, host: str) -> str:
    """Return the entry of one post; it states what was known of start and end when it was written."""
    post, version = event.posts[number], replace(event, posts=event.posts[: number + 1])
    prefix = "RESOLVED: " if version.is_over else "UPDATE: " if number else ""
    words = f"<p> Incident began at <strong>{_local(event.began or event.posts[0].at)}</strong>"
    if version.over_since:
        words += f" and ended at <strong>{_local(event.ended or version.over_since)}</strong>"
    words += f" <span>(all times are <strong>{_ZONE}</strong>).</span></p>"
    words += f'<div class="cBIRi14aVDP__status-update-text"><p>{xml.html(post.text)}</p></div><hr>'
    if event.components:
        words += f"<p>Affected products: {xml.escape(', '.join(event.components))}</p>"
    words += "<p>Affected locations: Global</p>"
    return (
        f'<entry><title>{prefix}{xml.escape(event.title)}</title><link href="https://{host}/incidents/'
        f'{name(event, host)}" rel="alternate" type="text/html"/><id>tag:status.cloud.google.com,{post.at.year}:feed:'
        f"{name(event, host)}.{_number(event, post)}</id><updated>{stamp(post.at)}</updated>"
        f'<summary type="html">{xml.escape(words)}</summary></entry>\n'
    )


def _number(event: Event, post: Post) -> str:
    """Return what names a post for good, whatever becomes of those before it."""
    return f"{xml.token(event, xml.LOWER, 6)}{xml.seconds(post.at):x}"


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(_ZONE)):%Y-%m-%d %H:%M}"


def phase(event: Event, number: int) -> Phase:
    """Return the phase that the title of a post tells: that it is over, or that it has begun again; else nothing."""
    if event.states[number] in OVER:
        return Phase.RESOLVED
    return Phase.INVESTIGATING if event.reopens(number) else Phase.UNKNOWN


def phase_in_json(event: Event, number: int) -> Phase:
    """Return that it is over, of a post of an event that is or was; that it began again; of the others nothing."""
    fine = [state in OVER for state in event.states]
    if fine[number]:
        return Phase.RESOLVED if event.is_over or not all(fine[number:]) else Phase.UNKNOWN
    return Phase.INVESTIGATING if event.reopens(number) else Phase.UNKNOWN


_LEVELS = {
    Impact.CRITICAL: ("SERVICE_OUTAGE", "high"),
    Impact.MAJOR: ("SERVICE_DISRUPTION", "high"),
    Impact.NONE: ("SERVICE_INFORMATION", "low"),
}


def incidents(events: Sequence[Event], host: str) -> bytes:
    """Return incidents.json."""
    return json.dumps([_record(event, host) for event in events]).encode()


def _record(event: Event, host: str) -> dict[str, object]:
    level, severity = _LEVELS.get(event.impact, ("SERVICE_DISRUPTION", "medium"))
    end = event.over_since and (event.ended or event.over_since)
    updates = [
        {"when": stamp(post.at), "text": _plainly(post.text), "status": "AVAILABLE" if state in OVER else level}
        for post, state in zip(event.posts, event.states, strict=True)
    ]
    return {
        "id": name(event, host),
        "begin": _minute(event.began or event.posts[0].at),
        "end": end and _minute(end),
        "external_desc": event.title,
        "status_impact": level,
        "severity": severity,
        "affected_products": [{"title": component, "id": component} for component in event.components],
        "uri": f"incidents/{name(event, host)}",
        "updates": updates[::-1],
    }


def _plainly(text: str) -> str:
    """Return plain text as Markdown."""
    return re.sub(r"[\\`*_\[\]<>#&]", r"\\\g<0>", text).replace("\n", "\\\n")


def _minute(at: datetime) -> str:
    return stamp(at.replace(second=0))


def impact(event: Event) -> Impact:
    """Return the impact that the levels mean; what they do not name is a disruption of medium severity."""
    return event.impact if event.impact in _LEVELS else Impact.MINOR


ATOM = FeedFormat(
    "google",
    atom,
    name,
    ".atom",
    Speech(posts=Posts.EACH, start=Start.STATED, end_stated=True, stated_to_the_minute=True, window=40),
    phase=phase,
    components=own_components,
)
JSON = FeedFormat(
    "google-json",
    incidents,
    name,
    ".json",
    Speech(start=Start.STATED, end_stated=True, stated_to_the_minute=True, window=0),
    phase=phase_in_json,
    components=own_components,
    impact=impact,
)


def no_incidents(events: Sequence[Event], host: str) -> bytes:
    """Return the incidents.json of Workspace, on a page of its own, where nothing happens."""
    return b"[]"


WORKSPACE = FeedFormat(
    "google-workspace-json", no_incidents, name, ".json", Speech(start=Start.STATED, silent=True), maker="google"
)

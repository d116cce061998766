"""Writes Flashduty's history.atom: only the newest post of each event, in Beijing time; and its list of changes, of all."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta, timezone

from almanac.model import Impact
from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Posts, Speech, own_components, stated_phase

_URN = re.compile(r"(?:urn:flashduty:change:)?(\d{1,20})")
_LEVELS = {Impact.MINOR: "degraded_performance", Impact.MAJOR: "partial_outage", Impact.CRITICAL: "full_outage"}
_BEIJING = timezone(timedelta(hours=8))


def name(event: Event, host: str) -> str:
    """Return the number of the change."""
    own = _URN.fullmatch(event.name)
    return own[1] if own else xml.token(event, xml.DIGITS[1:], 13)


def atom(events: Sequence[Event], host: str) -> bytes:
    """Return history.atom."""
    return xml.feed((_entry(event, host) for event in events), f"{host}")


def _entry(event: Event, host: str) -> str:
    newest = event.newest
    status = stated_phase(event, event.posts.index(newest)).value
    words = f"<p><strong>Status:</strong> {status}</p><p>{xml.html(newest.text)}</p>"
    if event.components:
        words += f"<p><strong>Affected components:</strong> {xml.escape(', '.join(event.components))}</p>"
    prefix = "[已恢复]" if event.is_over else ""
    return (
        f"<entry><title>{prefix}{xml.escape(event.title)}</title><updated>{newest.at.astimezone(_BEIJING).isoformat()}"
        f"</updated><id>urn:flashduty:change:{name(event, host)}</id>"
        f'<link href="https://{host}/incidents/{name(event, host)}" rel="alternate"></link>'
        f'<summary type="html">{xml.escape(words)}</summary></entry>\n'
    )


ATOM = FeedFormat(
    "flashduty",
    atom,
    name,
    ".atom",
    Speech(posts=Posts.NEWEST),
    phase=stated_phase,
    components=own_components,
)


def change_list(events: Sequence[Event], host: str) -> bytes:
    """Return change/list: all posts, with the levels of components."""
    items = [
        {
            "change_id": name(event, host),
            "type": "incident",
            "title": event.title,
            "start_at_seconds": xml.seconds(event.posts[0].at),
            "affected_components": [{"name": one} for one in event.components],
            "updates": [
                {
                    "update_id": f"{name(event, host)}-{xml.seconds(post.at)}",
                    "at_seconds": xml.seconds(post.at),
                    "status": stated_phase(event, number).value,
                    "description": post.text,
                    "component_changes": [
                        {"component_name": one, "status": _LEVELS[event.impact]}
                        for one in event.components
                        if event.impact in _LEVELS
                    ],
                }
                for number, post in enumerate(event.posts)
            ],
        }
        for event in events
    ]
    return json.dumps({"items": items}).encode()


def level_impact(event: Event) -> Impact:
    """Return the impact that its components' levels mean."""
    return event.impact if event.impact in _LEVELS and event.components else Impact.UNKNOWN


LIST = FeedFormat(
    "flashduty-json",
    change_list,
    name,
    "/list",
    Speech(window=0),
    phase=stated_phase,
    components=own_components,
    impact=level_impact,
)

"""Writes config.json of a status page of Datadog: every incident with its posts, and components with their states."""

from __future__ import annotations

import json
from collections.abc import Sequence

from almanac.model import OVER, Impact, stamp
from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Speech, Start, own_components, stated_phase

_LEVELS = {Impact.MINOR: "degraded", Impact.MAJOR: "partial_outage", Impact.CRITICAL: "major_outage"}
_GROUPS = (8, 4, 4, 4, 12)  # of a UUID


def name(event: Event, host: str) -> str:
    """Return the UUID that names an event."""
    digits = iter(xml.token(event, xml.HEX, sum(_GROUPS)))
    return "-".join("".join(next(digits) for _ in range(length)) for length in _GROUPS)


def config(events: Sequence[Event], host: str) -> bytes:
    """Return config.json."""
    page = {"pageUrl": f"https://{host}", "customDomainEnabled": False, "components": [], "maintenances": []}
    return json.dumps({**page, "incidents": [_record(event, host) for event in events]}).encode()


def _record(event: Event, host: str) -> dict[str, object]:
    """Return an incident. Its components have their state of now, its posts that of then."""
    states = ["operational" if state in OVER else _LEVELS.get(event.impact, "operational") for state in event.states]
    timeline = [
        {
            "status": stated_phase(event, number).value,
            "description": xml.html(post.text),
            "startedAt": stamp(post.at),
            "componentsAffected": _parts(event, states[number]),
        }
        for number, post in enumerate(event.posts)
    ]
    end = event.over_since and (event.ended or event.over_since)
    return {
        "id": name(event, host),
        "title": event.title,
        "publishedDate": stamp(event.began or event.posts[0].at),
        "resolved": event.is_over,
        "resolvedDate": end and stamp(end),
        "componentsAffected": _parts(event, states[-1]),
        "timeline": timeline[::-1],
    }


def _parts(event: Event, state: str) -> list[dict[str, str]]:
    return [{"name": component, "status": state} for component in event.components]


def impact(event: Event) -> Impact:
    """Return the impact that the states of components tell, which are well again in posts that it is over.

    The worst of them, a "major outage", is read as no more than it says.
    """
    has_state = bool(event.components) and any(state not in OVER for state in event.states)
    if not has_state or event.impact not in _LEVELS:
        return Impact.UNKNOWN
    return Impact.MAJOR if event.impact is Impact.CRITICAL else event.impact


JSON = FeedFormat(
    "datadog-json",
    config,
    name,
    ".json",
    Speech(start=Start.STATED, end_stated=True, window=0),
    phase=stated_phase,
    components=own_components,
    impact=impact,
)

"""The JSON beside feeds, of the same events: what incident.io, AWS, Flashduty and others serve for programs.

Each form is a function of the events, in the order in which they are to stand, and of the page's host.
"""

import json
from collections.abc import Sequence
from typing import Any

from almanac.model import Impact, stamp
from almanac.world import Event, Post
from almanac.world.writers import aws, flashduty, incidentio, statuspage, xml
from almanac.world.writers.forms import stated_phase

_OUTAGES = {Impact.MINOR: "degraded_performance", Impact.MAJOR: "partial_outage", Impact.CRITICAL: "full_outage"}


def linked_short(events: Sequence[Event], host: str) -> bytes:
    """Statuspage's incidents.json as it is: with the page's address, and short links on another host."""
    answer = json.loads(statuspage.api(events, host))
    answer["page"]["url"] = f"https://{host}"
    for record in answer["incidents"]:
        record["shortlink"] = f"https://stspg.io/{record['id']}"
    return json.dumps(answer).encode()


def incidentio_api(events: Sequence[Event], host: str) -> bytes:
    """incident.io's answer in the form of Statuspage: all posts, impact, no components."""
    records = [
        {
            "id": incidentio.ulid(event),
            "name": event.title,
            "created_at": stamp(event.created),
            "impact": "" if event.impact is Impact.UNKNOWN else event.impact.value,
            "incident_updates": [
                {"display_at": stamp(post.at), "body": post.text, "status": stated_phase(event, number).value}
                for number, post in enumerate(event.posts)
            ][::-1],
        }
        for event in events
    ]
    return json.dumps({"page": {"id": host, "url": f"https://{host}/"}, "incidents": records}).encode()


def incidentio_widget(events: Sequence[Event], host: str) -> bytes:
    """incident.io's api/v1/summary: what is not over, with its newest post and one component."""
    going_on = [
        {
            "id": incidentio.ulid(event),
            "name": event.title,
            "status": stated_phase(event, event.posts.index(event.newest)).value,
            "last_update_at": stamp(event.newest.at),
            "last_update_message": event.newest.text,
            "current_worst_impact": _OUTAGES.get(event.impact, ""),
            "affected_components": [{"name": name} for name in event.components[:1]],
        }
        for event in events
        if not event.is_over
    ]
    return json.dumps({"page_url": f"https://{host}/", "ongoing_incidents": going_on}).encode()


def aws_events(events: Sequence[Event], host: str) -> bytes:
    """AWS' /public/events, in UTF-16: start and end, the log as JSON within JSON."""
    records = [
        {
            "service": aws.service(event).removesuffix("-us-east-1").upper(),
            "region": "us-east-1",
            "startTime": xml.seconds(event.posts[0].at) * 1000,
            "endTime": xml.seconds(event.over_since) * 1000 if event.over_since else None,
            "metadata": {"EVENT_LOG": json.dumps(_log(event))},
        }
        for event in events
    ]
    return json.dumps(records).encode("utf-16")


def aws_current(events: Sequence[Event], host: str) -> bytes:
    """AWS' /public/currentevents, in UTF-16: what is not over, with every service that it concerns."""
    records = [
        {
            "service": aws.service(event),
            "date": str(xml.seconds(event.posts[0].at)),
            "status": "3",
            "summary": event.title,
            "event_log": _log(event),
            "impacted_services": {name: {"service_name": name} for name in event.components},
        }
        for event in events
        if not event.is_over
    ]
    return json.dumps(records).encode("utf-16")


def _log(event: Event) -> list[dict[str, Any]]:
    return [
        {
            "summary": event.title,
            "message": xml.html(post.text),
            "status": _level(event, post),
            "timestamp": xml.seconds(post.at),
        }
        for post in event.posts
    ]


def _level(event: Event, post: Post) -> int:
    if event.is_over and post == event.newest:
        return 0
    return {"Informational message": 1, "Service degradation": 2}.get(aws.level(event), 3)


def flashduty_list(events: Sequence[Event], host: str) -> bytes:
    """Flashduty's change/list: all posts."""
    items = [
        {
            "change_id": flashduty.name(event, host),
            "type": "incident",
            "title": event.title,
            "start_at_seconds": xml.seconds(event.posts[0].at),
            "affected_components": [{"name": name} for name in event.components],
            "updates": [
                {
                    "update_id": f"{flashduty.name(event, host)}-{number}",
                    "at_seconds": xml.seconds(post.at),
                    "status": stated_phase(event, number).value,
                    "description": post.text,
                    "component_changes": [
                        {"component_name": name, "status": _OUTAGES[event.impact]}
                        for name in event.components
                        if event.impact in _OUTAGES
                    ],
                }
                for number, post in enumerate(event.posts)
            ],
        }
        for event in events
    ]
    return json.dumps({"items": items}).encode()

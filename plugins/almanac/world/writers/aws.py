"""Writes AWS' rss/all.rss: one item a post, its level in the title, [RESOLVED] in that of all, Californian stamps.

And its public JSON: all events with their ends, and what goes on with every service concerned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from almanac.model import OVER, Impact, Phase
from almanac.world.truth import Event, Post
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Posts, Speech, own_components

_OWN = re.compile(r"[a-z0-9.-]{1,80}_\d{1,24}")
_LEVELS = {Impact.NONE: "Informational message", Impact.MINOR: "Service degradation"}


def name(event: Event, host: str) -> str:
    """Return what the guid of the first post names: service, region and time."""
    return event.name if _OWN.fullmatch(event.name) else f"{service(event)}_{xml.seconds(event.posts[0].at)}"


def service(event: Event) -> str:
    """Return the service and region by which the feed knows what is affected."""
    component = event.components[0].lower() if event.components else "multipleservices"
    return f"{re.sub(r'[^a-z0-9]+', '', component) or 'service'}-us-east-1"


def rss(events: Sequence[Event], host: str) -> bytes:
    """Return all.rss, the newest post first."""
    head = f"<link>https://{host}/</link><generator>AWS Service Health Dashboard RSS Generator</generator>"
    head += "<description><![CDATA[Recent AWS events]]></description>"
    items = (_item(event, event.posts[number], host) for event, number in xml.posts_newest_first(events))
    return xml.channel(items, "Amazon Web Services Service Status", head)


def _item(event: Event, post: Post, host: str) -> str:
    is_closing = event.states[event.posts.index(post)] in OVER
    state = f"{'Service is operating normally' if is_closing else level(event)}:{' [RESOLVED]' * event.is_over}"
    guid = f"https://{host}/#{service(event)}_{xml.seconds(post.at)}"
    return (
        f"<item><title><![CDATA[{state} {event.title}]]></title><link>https://{host}/</link>"
        f'<pubDate>{_stamp(post.at)}</pubDate><guid isPermaLink="false">{guid}</guid>'
        f"<description><![CDATA[{xml.html(post.text)}]]></description></item>\n"
    )


def level(event: Event) -> str:
    """Return the level that AWS prints."""
    return _LEVELS.get(event.impact, "Service disruption")


def _stamp(at: datetime) -> str:
    local = at.astimezone(ZoneInfo("US/Pacific"))
    return f"{local:%a, %d %b %Y %H:%M:%S %Z}"


def _closes(event: Event, post: Post) -> bool:
    """Say whether this is the post by which readers know that it is over."""
    return event.is_over and post == event.newest


def phase(event: Event, number: int) -> Phase:
    """Return that it is over for the newest post, and nothing for the others: one title stands over all.

    That it has begun again is told by the words of the post before, which called it over.
    """
    if _closes(event, event.posts[number]):
        return Phase.RESOLVED
    return Phase.INVESTIGATING if event.reopens(number) else Phase.UNKNOWN


def components(event: Event) -> tuple[str, ...]:
    """Return service and region in one word."""
    return (service(event),)


def impact(event: Event) -> Impact:
    """Return the impact that a level names; a disruption may be of any, and what is over has no level."""
    return event.impact if event.impact in _LEVELS and not event.is_over else Impact.UNKNOWN


def is_disruption(event: Event) -> bool:
    """Say whether a feed prints that it is a disruption."""
    return level(event) == "Service disruption" and not event.is_over


RSS = FeedFormat(
    "aws",
    rss,
    name,
    ".rss",
    Speech(posts=Posts.EACH, window=40),
    phase=phase,
    components=components,
    impact=impact,
    is_any_impact=is_disruption,
)


def events(listed: Sequence[Event], host: str) -> bytes:
    """Return /public/events, in UTF-16: start and end, the log as JSON within JSON."""
    records = [
        {
            "service": service(event).removesuffix("-us-east-1").upper(),
            "region": "us-east-1",
            "startTime": xml.seconds(event.posts[0].at) * 1000,
            "endTime": xml.seconds(event.over_since) * 1000 if event.over_since else None,
            "metadata": {"EVENT_LOG": json.dumps(_log(event))},
        }
        for event in listed
    ]
    return json.dumps(records).encode("utf-16")


def current(listed: Sequence[Event], host: str) -> bytes:
    """Return /public/currentevents, in UTF-16: what is not over, with every service that it concerns."""
    records = [
        {
            "service": service(event),
            "date": str(xml.seconds(event.posts[0].at)),
            "status": "3",
            "summary": event.title,
            "event_log": _log(event),
            "impacted_services": {name: {"service_name": name} for name in event.components},
        }
        for event in listed
        if not event.is_over
    ]
    return json.dumps(records).encode("utf-16")


def _log(event: Event) -> list[dict[str, Any]]:
    return [
        {
            "summary": event.title,
            "message": xml.html(post.text),
            "status": _status(event, post),
            "timestamp": xml.seconds(post.at),
        }
        for post in event.posts
    ]


def _status(event: Event, post: Post) -> int:
    if _closes(event, post):
        return 0
    return {Impact.NONE: 1, Impact.MINOR: 2}.get(event.impact, 3)


def worst(event: Event) -> Impact:
    """Return the impact of the worst level of its log; a disruption may be of any."""
    return event.impact if event.impact in _LEVELS and _has_level(event) else Impact.UNKNOWN


def _has_level(event: Event) -> bool:
    return any(_status(event, post) for post in event.posts)


def was_disruption(event: Event) -> bool:
    """Say whether a log says that it is or was a disruption."""
    return level(event) == "Service disruption" and _has_level(event)


def json_phase(event: Event, number: int) -> Phase:
    """Return that it is over for the newest post of what is over, and nothing for the others."""
    return Phase.RESOLVED if _closes(event, event.posts[number]) else Phase.UNKNOWN


EVENTS = FeedFormat(
    "aws-json",
    events,
    name,
    "/events",
    Speech(),
    phase=json_phase,
    components=components,
    impact=worst,
    is_any_impact=was_disruption,
)
CURRENT = FeedFormat(
    "aws-current-json",
    current,
    name,
    "/currentevents",
    Speech(current=True, window=0),
    phase=json_phase,
    components=own_components,
    impact=worst,
    is_any_impact=was_disruption,
    maker="aws",
)

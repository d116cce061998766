"""Writes Better Stack's feed.rss: one item a post; probes say "X went down" and "X recovered", people say it in words.

And its index.json, which has all posts of an event, what it concerns, and how bad that was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any

from almanac.model import OVER, Impact, Phase, stamp
from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Posts, Speech, Start, own_components

_NUMBER = re.compile(r"\d{1,20}")
_ANCHOR = re.compile(r"(?=[a-f]*\d)[0-9a-f]{6,64}")


def name(event: Event, host: str) -> str:
    """Return the number of the page of people's event, the anchor of a probe's."""
    if event.monitored:
        return event.name if _ANCHOR.fullmatch(event.name) else "0" + xml.token(event, xml.HEX, 11)
    return event.name if _NUMBER.fullmatch(event.name) else xml.token(event, xml.DIGITS[1:], 9)


def rss(events: Sequence[Event], host: str) -> bytes:
    """Return feed.rss, the newest post first."""
    items = (_item(event, number, host) for event, number in xml.posts_newest_first(events))
    return xml.channel(items, f"{host} status", f"<link>https://{host}/</link><description>Updates</description>")


def _item(event: Event, number: int, host: str) -> str:
    own, post = name(event, host), event.posts[number]
    link = f"https://{host}/" if event.monitored else f"https://{host}/incident/{own}"
    guid = f"https://{host}/#{own}" if event.monitored else f"{link}#{xml.seconds(post.at):x}"
    return (
        f"<item><title>{xml.escape(_headline(event, number))}</title><description>{xml.escape(xml.html(post.text))}</description>"
        f"<pubDate>{format_datetime(post.at)}</pubDate><link>{link}</link><guid>{guid}</guid></item>\n"
    )


def title(event: Event) -> str:
    """Return the title of the first post, which is the event's."""
    return _headline(event, 0)


def _headline(event: Event, number: int) -> str:
    """Return the title of a post: that of a probe says how things stand."""
    if not event.monitored:
        return event.title
    return f"{_monitored(event)} {'recovered' if event.states[number] in OVER else 'went down'}"


def _monitored(event: Event) -> str:
    return event.components[0] if event.components else event.title


def components(event: Event) -> tuple[str, ...]:
    """Return what a probe watches; people name no component."""
    return (_monitored(event),) if event.monitored else ()


RSS = FeedFormat(
    "betterstack",
    rss,
    name,
    ".rss",
    Speech(posts=Posts.EACH, window=40),
    title=title,
    components=components,
)


def index(events: Sequence[Event], host: str) -> bytes:
    """Return index.json."""
    page = {"id": "1", "type": "status_page", "attributes": {"custom_domain": host}}
    return json.dumps({"data": page, "included": [part for event in events for part in _parts(event, host)]}).encode()


def _parts(event: Event, host: str) -> list[dict[str, Any]]:
    """Return the resources of an event, its updates and its report."""
    own = name(event, host)
    resources = {f"{own}{number}": component for number, component in enumerate(event.components)}
    updates = {
        f"{own}{number}": {
            "message": post.text,
            "published_at": stamp(post.at),
            "affected_resources": _affected(event, resources, over=event.states[number] in OVER),
        }
        for number, post in enumerate(event.posts)
    }
    report = {
        "title": _monitored(event) if event.monitored else event.title,
        "report_type": "automatic" if event.monitored else "manual",
        "starts_at": stamp(event.began or event.posts[0].at),
        "ends_at": None,
        "affected_resources": _affected(event, resources, over=event.is_over),
        "aggregate_state": "resolved" if event.is_over else _state(event),
    }
    listed = {"status_updates": {"data": [{"id": key, "type": "status_update"} for key in updates]}}
    return [
        *(
            {"id": key, "type": "status_page_resource", "attributes": {"public_name": one}}
            for key, one in resources.items()
        ),
        *({"id": key, "type": "status_update", "attributes": update} for key, update in updates.items()),
        {"id": own, "type": "status_report", "attributes": report, "relationships": listed},
    ]


def _affected(event: Event, resources: dict[str, str], *, over: bool) -> list[dict[str, str]]:
    state = "resolved" if over else _state(event)
    return [{"status_page_resource_id": key, "status": state} for key in resources]


def _state(event: Event) -> str:
    return "downtime" if event.impact is Impact.CRITICAL else "degraded"


def impact(event: Event) -> Impact:
    """Return how bad the states of its resources say it was, while any was named before it was over."""
    if not event.components or all(state in OVER for state in event.states):
        return Impact.UNKNOWN
    return Impact.CRITICAL if event.impact is Impact.CRITICAL else Impact.MINOR


def title_in_json(event: Event) -> str:
    """Return the title of its report."""
    return _monitored(event) if event.monitored else event.title


def phase(event: Event, number: int) -> Phase:
    """Return the phase that a post tells: that it is over or begins again, or what its words say; a probe has none."""
    state = event.states[number]
    if state in OVER:
        return Phase.RESOLVED
    return state if event.reopens(number) or not event.monitored else Phase.UNKNOWN


JSON = FeedFormat(
    "betterstack-json",
    index,
    name,
    ".json",
    Speech(start=Start.STATED, window=0),
    title=title_in_json,
    phase=phase,
    components=own_components,
    impact=impact,
)

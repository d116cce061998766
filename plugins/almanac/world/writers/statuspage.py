"""Writes Atlassian Statuspage: history.atom, history.rss and api/v2/incidents.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape as quote
from typing import Any

from almanac.model import Impact, Phase, stamp
from almanac.world.truth import Event, Post
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Speech, own_components, own_impact

_OWN = re.compile(r"[a-z0-9]{12}")


def name(event: Event, host: str) -> str:
    """Return the twelve characters that name an event in its address."""
    return xml.own_name(event, _OWN) or xml.token(event, xml.LOWER, 12)


def atom(events: Sequence[Event], host: str) -> bytes:
    """Return history.atom."""
    head = f'<id>tag:{host},2005:/history</id><link rel="alternate" type="text/html" href="https://{host}"/>'
    return xml.feed((_entry(event, host) for event in events), f"{host} Status - Incident History", head)


def _entry(event: Event, host: str) -> str:
    number = xml.token(event, xml.DIGITS[1:], 8)
    return (
        f"<entry><id>tag:{host},2005:Incident/{number}</id><published>{stamp(_published(event))}</published>"
        f'<link rel="alternate" type="text/html" href="https://{host}/incidents/{name(event, host)}"/>'
        f'<title>{xml.escape(event.title)}</title><content type="html">{xml.escape(body(event))}</content></entry>\n'
    )


def rss(events: Sequence[Event], host: str) -> bytes:
    """Return history.rss."""
    head = f"<link>https://{host}</link><description>Statuspage</description>"
    return xml.channel((_item(event, host) for event in events), f"{host} Status - Incident History", head)


def _item(event: Event, host: str) -> str:
    link = f"https://{host}/incidents/{name(event, host)}"
    until = ""
    if event.planned and _is_coming(event):
        until = f"<maintenanceEndDate>{format_datetime(event.planned[1])}</maintenanceEndDate>"
    return (
        f"<item><title>{quote(event.title)}</title><description>\n{quote(body(event))}      </description>"
        f"<pubDate>{format_datetime(_published(event))}</pubDate>{until}<link>{link}</link><guid>{link}</guid></item>\n"
    )


def body(event: Event) -> str:
    """Return all posts as Statuspage prints them: the newest first, to the minute, without the year."""
    return _banner(event) + "".join(
        f"<p> <small>{_day(post.at)}, {_time(post.at)} UTC</small><br> "
        f"<strong>{post.printed}</strong> - {xml.html(post.text)} </p> "
        for post in reversed(event.posts)
    )


def _banner(event: Event) -> str:
    """Return what stands above the posts of a maintenance that is still to come."""
    if not event.planned or not _is_coming(event):
        return ""
    start, end = event.planned
    last = _time(end) if start.date() == end.date() else f"{_day(end)}, {_time(end)}"
    return f"<p><strong>THIS IS A SCHEDULED EVENT {_day(start)}, {_time(start)} - {last} UTC</strong></p>"


def _is_coming(event: Event) -> bool:
    return event.planned is not None and event.states[-1] is Phase.SCHEDULED


def _published(event: Event) -> datetime:
    return event.planned[0] if event.planned and _is_coming(event) else event.newest.at


def _day(at: datetime) -> str:
    return f"{at:%b} <var data-var='date'>{at.day:2}</var>"


def _time(at: datetime) -> str:
    return f"<var data-var='time'>{at:%H:%M}</var>"


def api(events: Sequence[Event], host: str) -> bytes:
    """Return api/v2/incidents.json, which names impact and components."""
    return json.dumps({"page": {"id": host}, "incidents": [_record(event, host) for event in events]}).encode()


def linked_short(events: Sequence[Event], host: str) -> bytes:
    """Return the same as most pages have it: with the page's address, and short links on another host."""
    answer = json.loads(api(events, host))
    answer["page"]["url"] = f"https://{host}"
    for record in answer["incidents"]:
        record["shortlink"] = f"https://stspg.io/{record['id']}"
    return json.dumps(answer).encode()


def _record(event: Event, host: str) -> dict[str, Any]:
    impact = "" if event.impact is Impact.UNKNOWN else event.impact.value
    plan = (
        {"scheduled_for": stamp(event.planned[0]), "scheduled_until": stamp(event.planned[1])} if event.planned else {}
    )
    return {
        "id": name(event, host),
        "name": event.title,
        "created_at": stamp(event.created),
        "incident_updates": list(_updates(event.posts))[::-1],
        "impact": impact,
        "components": [{"name": component} for component in event.components],
        "shortlink": f"https://{host}/incidents/{name(event, host)}",
    } | plan


def _updates(posts: Sequence[Post]) -> Iterator[dict[str, str]]:
    status = "investigating"
    for post in posts:
        status = status if post.printed == "Update" else post.printed.lower().replace(" ", "_")
        yield {"display_at": stamp(post.at), "body": post.text, "status": status}


_SAYS = Speech(to_the_minute=True, plans=True)
ATOM = FeedFormat("statuspage", atom, name, ".atom", _SAYS)
RSS = FeedFormat("statuspage", rss, name, ".rss", _SAYS)
API = FeedFormat(
    "statuspage-json",
    linked_short,
    name,
    ".json",
    Speech(plans=True, window=50),
    components=own_components,
    impact=own_impact,
)

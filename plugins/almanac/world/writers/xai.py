"""Writes xAI's feed.xml: the whole history, start and end stated, severity only while it goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from almanac.model import Impact
from almanac.world.truth import Event, Post
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Speech, Start

_OWN = re.compile(r"INC[0-9a-f]{6,12}")
_SEVERITIES = {Impact.NONE: "info", Impact.MINOR: "disruption", Impact.MAJOR: "outage", Impact.CRITICAL: "outage"}


def name(event: Event, host: str) -> str:
    """Return the number of the incident."""
    return event.name if _OWN.fullmatch(event.name) else "INC" + xml.token(event, xml.HEX, 8)


def rss(events: Sequence[Event], host: str) -> bytes:
    """Return feed.xml."""
    head = f"<link>https://{host}</link><description>Current status and incident history</description>"
    return xml.channel((_item(event, host) for event in events), "xAI System Status", head)


def _item(event: Event, host: str) -> str:
    severity = "available" if event.is_over else _SEVERITIES.get(event.impact, "unknown")
    status = "RESOLVED" if event.is_over else (event.states[-1].value if event.posts else "active").upper()
    over = event.ended or event.over_since
    words = f"<h3>Status: {status}</h3>\n<p>Severity: {severity}</p>\n"
    words += f"<p>Resolved: {_stamp(over)}</p>\n" if over and event.is_over else ""
    words += "<hr />\n<h4>Updates:</h4>\n" + "".join(map(_update, reversed(event.posts)))
    return (
        f"<item><title>{xml.escape(title(event))}</title><link>https://{host}/api/{name(event, host)}</link>"
        f'<guid isPermaLink="false">{name(event, host)}</guid><description><![CDATA[\n{words}]]></description>'
        f"<pubDate>{_stamp(event.began or event.posts[0].at)}</pubDate><category>{severity}</category>"
        f"<category>{status.lower()}</category></item>\n"
    )


def _update(post: Post) -> str:
    return f"<div>\n<p><strong>{_stamp(post.at)}</strong></p>\n<h3>{post.printed}</h3>\n<p>{xml.html(post.text)}</p>\n</div>\n"


def _stamp(at: datetime) -> str:
    return f"{at:%a, %d %b %Y %H:%M:%S} GMT"


def title(event: Event) -> str:
    """Return the title with the component before it."""
    return f"[{event.components[0]}] {event.title}" if event.components else event.title


def components(event: Event) -> tuple[str, ...]:
    """Return the one that stands before the title."""
    return event.components[:1]


def impact(event: Event) -> Impact:
    """Return what a "disruption" weighs; what "outage" and "info" do, xAI does not say, nor of what is over."""
    return event.impact if event.impact is Impact.MINOR and not event.is_over else Impact.UNKNOWN


def is_ungraded(event: Event) -> bool:
    """Say whether a word stands there of which nobody knows what it weighs."""
    return event.impact is not Impact.MINOR and not event.is_over


RSS = FeedFormat(
    "xai",
    rss,
    name,
    ".xml",
    Speech(start=Start.STATED, end_stated=True, window=0),
    title=title,
    components=components,
    impact=impact,
    is_any_impact=is_ungraded,
)

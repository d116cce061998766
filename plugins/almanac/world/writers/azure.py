"""Writes Azure's feed: what goes on now, one entry an event with its first post, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

from almanac.model import Phase
from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Posts, Speech, own_components


def name(event: Event, host: str) -> str:
    """Return its guid with what tells two titles apart: no name lasts longer than a title here."""
    return f"{_guid(event)}-{sha256(event.title.encode()).hexdigest()[:8]}"


def _guid(event: Event) -> str:
    return re.sub(r"[^a-z0-9]+", "-", event.title.lower())[:40].strip("-")


def rss(events: Sequence[Event], host: str) -> bytes:
    """Return the feed; what is over is not in it."""
    head = f"<link>https://{host}/en-us/status/</link><description>Azure Status</description>"
    return xml.channel((_item(event, host) for event in events if not event.is_over), "Azure Status", head)


def _item(event: Event, host: str) -> str:
    first = event.posts[0]
    categories = "".join(f"<category>{xml.escape(component)}</category>" for component in event.components)
    return (
        f'<item><guid isPermaLink="false">{_guid(event)}</guid><link>https://{host}/en-us/status/</link>{categories}'
        f"<title>{xml.escape(event.title)}</title><description>{xml.escape(f'<p>{xml.html(first.text)}</p>')}"
        f"</description><pubDate>{first.at:%a, %d %b %Y %H:%M:%S} Z</pubDate></item>\n"
    )


def phase(event: Event, number: int) -> Phase:
    """Return that no phase is named."""
    return Phase.UNKNOWN


RSS = FeedFormat(
    "azure", rss, name, "/feed/", Speech(posts=Posts.FIRST, window=0), phase=phase, components=own_components
)

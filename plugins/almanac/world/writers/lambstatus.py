"""Writes LambStatus' RSS: Statuspage's blocks with the year in each, and content:encoded alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from almanac.model import Kind
from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Speech

_OWN = re.compile(r"[A-Za-z0-9_-]{12}")


def name(event: Event, host: str) -> str:
    """Return the twelve characters that name an event in its address."""
    return xml.own_name(event, _OWN) or xml.token(event, xml.LOWER, 12)


def rss(events: Sequence[Event], host: str) -> bytes:
    """Return the feed."""
    head = f"<link>https://{host}</link><description></description><generator>Feed for Node.js</generator>"
    items = (_item(event, host) for event in events)
    namespace = ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return xml.channel(items, f"{host} Status - Incident History", head, namespace)


def _item(event: Event, host: str) -> str:
    path = "maintenances" if event.kind is Kind.MAINTENANCE else "incidents"
    link = f"https://{host}/{path}/{name(event, host)}"
    dated = event.planned[0] if event.planned else event.newest.at
    blocks = "".join(
        f"<p><small>{_day(post.at)} UTC</small><br><strong>{post.printed}</strong> - {xml.html(post.text)}</p>"
        for post in reversed(event.posts)
    )
    return (
        f"<item><title><![CDATA[{xml.escape(event.title)}]]></title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{dated:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<content:encoded><![CDATA[{blocks}]]></content:encoded></item>\n"
    )


def _day(at: datetime) -> str:
    return f"{at:%b} {at.day}, {at:%Y, %H:%M}"


RSS = FeedFormat("lambstatus", rss, name, ".rss", Speech(to_the_minute=True, plans=True))

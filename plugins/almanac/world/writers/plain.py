"""Writes a feed of no known make: one entry an event, its newest post with its state before the title."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from almanac.world.truth import Event, Post
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Posts, Speech, stated_phase


def name(event: Event, host: str) -> str:
    """Return the address of its page."""
    return event.name if event.name.startswith(f"https://{host}/") else f"https://{host}/news/{event.id}"


def rss(events: Sequence[Event], host: str) -> bytes:
    """Return the feed."""
    return channel("".join(_item(event, host) for event in events), host)


def _item(event: Event, host: str) -> str:
    newest = event.newest
    printed = stated_phase(event, event.posts.index(newest)).value.capitalize()
    return item(name(event, host), event.title, Post(at=newest.at, printed=printed, text=newest.text))


def item(guid: str, title: str, post: Post, *, link: str = "", date: datetime | None = None) -> str:
    """Return one entry of such a feed."""
    return (
        f"<item><title>{xml.escape(post.printed)}: {xml.escape(title)}</title><link>{link or guid}</link>"
        f"<guid>{guid}</guid><pubDate>{format_datetime(date or post.at)}</pubDate>"
        f"<description>{xml.escape(xml.html(post.text))}</description></item>\n"
    )


def channel(items: str, host: str) -> bytes:
    """Return such a feed of these entries."""
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


RSS = FeedFormat("plain", rss, name, ".rss", Speech(posts=Posts.NEWEST), phase=stated_phase)

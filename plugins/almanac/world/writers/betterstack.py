"""Writes Better Stack's feed.rss: one item a post; probes say "X went down" and "X recovered", people say it in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.utils import format_datetime

from almanac.model import OVER
from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import Form, Posts, Speech

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


RSS = Form(
    "betterstack",
    rss,
    name,
    ".rss",
    Speech(posts=Posts.EACH, window=40),
    title=title,
    components=components,
)

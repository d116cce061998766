"""What the writers share: words in XML, stamps, and names that a page's software would have made up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape as _escape

from almanac.world.truth import Event

DIGITS = "0123456789"
LOWER = DIGITS + "abcdefghijklmnopqrstuvwxyz"
HEX = "0123456789abcdef"


def escape(text: str) -> str:
    """Return the text for XML or HTML."""
    return _escape(text, quote=False)


def html(text: str) -> str:
    """Return plain text as HTML, lines as lines."""
    return escape(text).replace("\n", "<br />")


def own_name(event: Event, pattern: re.Pattern[str]) -> str:
    """Return the name or else the id of an event that its page's software could have made up; "" if neither is like that."""
    return next((name for name in (event.name, event.id) if pattern.fullmatch(name)), "")


def token(event: Event, alphabet: str, length: int) -> str:
    """Return a name for an event in these characters, always the same one."""
    number = int.from_bytes(sha256(event.id.encode()).digest())
    characters = []
    for _ in range(length):
        number, place = divmod(number, len(alphabet))
        characters.append(alphabet[place])
    return "".join(characters)


def channel(items: Iterable[str], title: str, head: str = "", attributes: str = "") -> bytes:
    """Return an RSS feed."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"{attributes}>\n<channel>\n'
        f"<title>{escape(title)}</title>\n{head}\n{''.join(items)}</channel>\n</rss>\n"
    ).encode()


def feed(entries: Iterable[str], title: str, head: str = "") -> bytes:
    """Return an Atom feed."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{escape(title)}</title>\n{head}\n{''.join(entries)}</feed>\n"
    ).encode()


def posts_newest_first(events: Sequence[Event]) -> list[tuple[Event, int]]:
    """Return each post by its event and number, the newest first; of several of one time the one written last."""
    posts = [(event, number) for event in events[::-1] for number in reversed(range(len(event.posts)))]
    return sorted(posts, key=lambda one: one[0].posts[one[1]].at, reverse=True)


def newest_first(events: Iterable[Event]) -> list[Event]:
    """Return the events in the order of most feeds: what was posted on last comes first."""
    return sorted(events, key=lambda event: (event.newest.at, event.id), reverse=True)


def seconds(at: datetime) -> int:
    """Return the epoch seconds of a time."""
    return int(at.timestamp())

"""Reads the feed of an outlet into plain items. Runs in a process of its own, as all that parses strangers' bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from almanac.feeds import document, entries
from almanac.feeds.dialect import tidy_link
from almanac.model import FeedError
from almanac.text import markdown, untrusted

MOST = 400  # entries of a feed that are looked at, its first ones
LONGEST = 1_000  # characters of a text and of a title that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story of an outlet as its feed has it: plain text, its time in UTC and never after the feed was read."""

    outlet: str
    url: str
    title: str
    text: str
    at: datetime


def read(body: bytes, *, outlet: str, read_at: datetime) -> tuple[Item, ...]:
    """Return the items of an RSS or Atom feed that have address, title and time. Raises FeedError if it is no feed."""
    feed = document.split(body)
    selection = [(at, document.digest(entry, "press")) for at, entry in enumerate(feed.entries[:MOST])]
    items = [item for entry in entries.parse(feed, selection, read_at) if (item := _item(entry, outlet, read_at))]
    if selection and not items:
        raise FeedError("unreadable", f"none of {len(selection)} entries has an address, a title and a time")
    return tuple(items)


def _item(entry: entries.Entry, outlet: str, read_at: datetime) -> Item | None:
    url = tidy_link(entry.link or entry.id)
    if not (url and entry.title and entry.dated and url.isprintable()) or len(url) > LONGEST:
        return None
    text = markdown.plain(untrusted.markdown(entry.body[: 20 * LONGEST]))
    return Item(outlet=outlet, url=url, title=_line(entry.title), text=_line(text), at=min(entry.dated, read_at))


def _line(text: str) -> str:
    """Return the text printable and of bearable length, cut between words."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST else line[:LONGEST].rpartition(" ")[0]

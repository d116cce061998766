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
    """One story of an outlet as its feed has it: plain text, its time in UTC and never after it was seen."""

    outlet: str
    url: str
    title: str
    text: str
    at: datetime


def read(body: bytes, *, outlet: str, seen: datetime) -> tuple[Item, ...]:
    """The items of an RSS or Atom feed that have an address, a title and a time. Raises FeedError if it is no feed."""
    found = document.split(body)
    wanted = [(at, document.digest(entry, "press")) for at, entry in enumerate(found.entries[:MOST])]
    items = [item for entry in entries.parse(found, wanted, seen) if (item := _item(entry, outlet, seen))]
    if wanted and not items:
        raise FeedError("unreadable", f"none of {len(wanted)} entries has an address, a title and a time")
    return tuple(items)


def _item(entry: entries.Entry, outlet: str, seen: datetime) -> Item | None:
    url = tidy_link(entry.link or entry.id)
    if not (url and entry.title and entry.dated and url.isprintable()) or len(url) > LONGEST:
        return None
    said = markdown.plain(untrusted.markdown(entry.body[: 20 * LONGEST]))
    return Item(outlet=outlet, url=url, title=_line(entry.title), text=_line(said), at=min(entry.dated, seen))


def _line(said: str) -> str:
    """Printable and of bearable length, cut between words."""
    line = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return line if len(line) <= LONGEST else line[:LONGEST].rpartition(" ")[0]

"""Turns the entries of a feed into plain values; the only module that knows feedparser."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import feedparser

from .. import text
from ..model import FeedError
from . import times
from .document import Document

_STAMP = re.compile(rb"<(?:\w+:)?(pubDate|published|issued|date|updated)\b[^>]{0,200}>\s*([^<]{1,60})<")

_PUBLISHED = (b"pubDate", b"published", b"issued", b"date", b"updated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One RSS item or Atom entry: title as plain text, body as untrusted HTML, times in UTC."""

    id: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    published: datetime | None = None
    updated: datetime | None = None  # Atom only
    zone: tzinfo = UTC  # the one its stamp was written in
    categories: tuple[str, ...] = ()
    status: str = ""  # Microsoft's own element
    hash: str = ""
    position: int = 0

    @property
    def at(self) -> datetime | None:
        """Its publication, or else its last change."""
        return self.published or self.updated

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return self.id or self.link or self.title or f"entry {self.position + 1}"


def parse(document: Document, wanted: Sequence[tuple[int, str]]) -> tuple[Entry, ...]:
    """The entries at the wanted (position, hash), through a feed reduced to them. FeedError if it cannot be read."""
    if not wanted:
        return ()
    found = _parsed(document, [document.entries[at] for at, _ in wanted])
    if len(found) != len(wanted):
        raise FeedError("unreadable", f"{len(wanted)} entries were read as {len(found)}; the feed nests them strangely")
    return tuple(_entry(entry, at, digest) for entry, (at, digest) in zip(found, wanted, strict=True))


def oldest(document: Document) -> datetime | None:
    """When the oldest entry was published, looked up without parsing."""
    stamps = [at for entry in document.entries if (at := _published(entry))]
    return min(stamps, default=None)


def _published(entry: bytes) -> datetime | None:
    found = dict(reversed(_STAMP.findall(entry)))
    raw = next((found[name] for name in _PUBLISHED if name in found), b"")
    return times.stamp(raw.decode("utf-8", "replace"))


def _parsed(document: Document, entries: list[bytes]) -> list[Any]:
    body = b"".join((document.head, *entries, document.tail))
    try:
        return list(feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False).entries)
    except Exception as error:  # feedparser raises all sorts of things on feeds that are well-formed but absurd
        raise FeedError("unreadable", f"the feed parser gave up: {type(error).__name__}") from error


def _entry(found: Any, position: int, digest: str) -> Entry:
    get = dict.get  # feedparser's own answers `updated` with `published`
    content = get(found, "content") or [{}]
    body = str(content[0].get("value") or get(found, "summary") or "")
    published = times.zoned(str(get(found, "published") or ""))
    updated = times.zoned(str(get(found, "updated") or ""))
    written = published or updated
    return Entry(
        id=_line(get(found, "id")),
        link=_line(get(found, "link")),
        title=_title(found),
        body=body,
        published=published.astimezone(UTC) if published else None,
        updated=updated.astimezone(UTC) if updated else None,
        zone=(written.tzinfo if written else None) or UTC,
        categories=tuple(_line(tag.get("term")) for tag in get(found, "tags") or ()),
        status=_line(get(found, "status")),
        hash=digest,
        position=position,
    )


def _line(value: object) -> str:
    return " ".join(text.clean(str(value or "")).split())


def _title(found: Any) -> str:
    detail = dict.get(found, "title_detail") or {}
    raw = str(detail.get("value") or "")
    return text.plain(text.markdown(raw if detail.get("type") == "text/html" else html.escape(raw, quote=False)))

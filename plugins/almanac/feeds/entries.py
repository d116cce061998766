"""Turns the entries of a feed into plain values; the only module that knows feedparser."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from io import BytesIO
from typing import Any

import feedparser

from almanac.model import FeedError
from almanac.text import markdown, untrusted

from . import containers, times
from .document import Document

feedparser.api.PREFERRED_XML_PARSERS.clear()  # else each call looks on the disk for a driver that does not exist

_STAMP = rb"(?:\s[^>]{0,200})?>\s*(?:<!\[CDATA\[)?([^<\]]{1,100})[<\]]"
_PUBLISHED = re.compile(rb"<(?:\w{1,20}:)?(?:pubDate|published|issued|date)" + _STAMP)
_HEAD = 20_000  # bytes of the head in which the page is named
_LINK = re.compile(
    rb"<(?:\w{1,20}:)?link\b(?:[^<>]{0,300}\bhref\s*=\s*[\"']([^\"'<>\s]{1,500})"
    rb"|[^<>]{0,300}>\s*(?:<!\[CDATA\[)?\s*([^<>\s\]]{1,500}))"
)
_ESCAPED = re.compile(rb">([^<>]*&[^<>]*)<")
_REFERENCES = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&apos;", b"'"), (b"&amp;", b"&"))
_UPDATED = re.compile(rb"<(?:\w{1,20}:)?updated" + _STAMP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One RSS item or Atom entry: title as plain text, body as untrusted HTML, times in UTC.

    A stamp that is none, or that nobody can have written in earnest (month 13, year 9999), is in `unreadable`, and else
    as if it were not there.
    """

    read_at: datetime  # when the feed was read
    id: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    published: datetime | None = None
    updated: datetime | None = None  # Atom only
    zone: tzinfo = UTC  # the one its stamp was written in
    categories: tuple[str, ...] = ()
    status: str = ""  # Microsoft's own element
    planned_until: datetime | None = None  # Statuspage's own: the planned end of a maintenance
    unreadable: tuple[str, ...] = ()  # stamps that are there and are none
    pages: frozenset[str] = frozenset()  # addresses that name the status page, and no entry of it
    assumed: tuple[tuple[str, str], ...] = ()  # (what a stamp lacks, the stamp): what is read all the same
    hash: str = ""
    position: int = 0

    @property
    def dated(self) -> datetime | None:
        """Its publication, or else its last change; None if it has neither."""
        return self.published or self.updated

    @property
    def at(self) -> datetime:
        """Its date, or else when the feed was read: nothing is dropped for want of a date."""
        return self.dated or self.read_at

    @property
    def own_name(self) -> str:
        """The id or link that names this entry alone, not the address of the page; "" if it has none."""
        return next((name for name in (self.id, self.link) if name and not _is_page(name, self.pages)), "")

    @property
    def precision(self) -> str:
        """Whether its dates are to the second; what is known to the day is certainly not."""
        return "minute" if any(lack == times.NO_CLOCK for lack, _ in self.assumed) else "second"

    @property
    def name(self) -> str:
        """The name of the entry in a message."""
        return self.id or self.link or self.title or f"entry {self.position + 1}"


def parse(
    document: Document, selection: Sequence[tuple[int, str]], read_at: datetime, zone: tzinfo = UTC
) -> tuple[Entry, ...]:
    """Parse the entries of a selection of (position, hash), and no others. Raises FeedError if they cannot be read.

    `zone` is that of stamps that name none.
    """
    if not selection:
        return ()
    parsed = _parse(document, [containers.without(document.entries[at]) for at, _ in selection])
    if len(parsed) != len(selection):
        raise FeedError(
            "unreadable", f"{len(selection)} entries were read as {len(parsed)}; the feed nests them strangely"
        )
    pages = _pages(document)
    read = (_entry(entry, read_at, zone, at, digest) for entry, (at, digest) in zip(parsed, selection, strict=True))
    return tuple(replace(entry, pages=pages) for entry in read)


def oldest(document: Document, zone: tzinfo = UTC) -> datetime | None:
    """Return when the oldest entry was published, without parsing the entries."""
    return times.reach(_publication_time(entry, zone) for entry in document.entries)


def _pages(document: Document) -> frozenset[str]:
    """Return the addresses of the status page itself: those in the feed's head, and one that all its entries link to.

    An address with a digit may be that of an incident, on which all that the feed shows was posted.
    """
    pages = {_address(match) for match in _LINK.finditer(document.head[:_HEAD])}
    linked = {_address(match) for entry in document.entries if (match := _LINK.search(entry))}
    if len(linked) == 1 < len(document.entries) and not re.search(r"\d", next(iter(linked))):
        pages |= linked
    return frozenset(pages)


def _address(match: re.Match[bytes]) -> str:
    return _without_scheme(markdown.unescape((match[1] or match[2]).decode("utf-8", "replace")))


def _without_scheme(link: str) -> str:
    """Return a link without scheme, www and the slash at its end, in small letters: one form of all its spellings."""
    return re.sub(r"^https?://(?:www\.)?", "", link.strip().lower()).rstrip("/")


def _is_page(link: str, pages: AbstractSet[str]) -> bool:
    """Say whether a link is the address of a host or one of `pages` (without scheme): it names no single entry."""
    return bool(re.match(r"https?://[^/?#\s]+/*$", link)) or _without_scheme(link) in pages


def _publication_time(entry: bytes, zone: tzinfo) -> datetime | None:
    match = _PUBLISHED.search(entry) or _UPDATED.search(entry)
    return times.stamp(match[1].decode("utf-8", "replace"), zone) if match else None


def _parse(document: Document, entries: list[bytes]) -> list[Any]:
    lighter = (entry if b"<!" in entry or b"<?" in entry else _ESCAPED.sub(_as_cdata, entry) for entry in entries)
    body = BytesIO(b"".join((document.opening, *lighter, document.tail)))  # bare bytes may be taken for an address
    try:
        return list(feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False).entries)
    except Exception as error:  # feedparser raises all sorts of things on feeds that are well-formed but absurd
        raise FeedError("unreadable", f"the feed parser gave up: {type(error).__name__}") from error


def _as_cdata(match: re.Match[bytes]) -> bytes:
    """Return the text as CDATA, which costs the parser one step instead of one for each reference."""
    words = match[1]
    for reference, character in _REFERENCES:
        words = words.replace(reference, character)
    return match[0] if b"&#" in match[1] or b"]]>" in words else b"><![CDATA[" + words + b"]]><"


def _entry(parsed: Any, read_at: datetime, zone: tzinfo, position: int, digest: str) -> Entry:
    get = dict.get  # feedparser's own answers `updated` with `published`
    content = get(parsed, "content") or [{}]
    body = str(content[0].get("value") or get(parsed, "summary") or "")
    stamps = {name: _line(get(parsed, name)) for name in ("published", "updated")}
    dates = {name: times.parse(stamp, zone) for name, stamp in stamps.items()}
    published, updated = dates["published"], dates["updated"]
    dated = published or updated
    return Entry(
        read_at=read_at,
        id=_line(get(parsed, "id")),
        link=_line(get(parsed, "link")),
        title=_title(parsed),
        body=body,
        published=published.at.astimezone(UTC) if published else None,
        updated=updated.at.astimezone(UTC) if updated else None,
        zone=(dated.at.tzinfo if dated else None) or zone,
        categories=tuple(_line(tag.get("term")) for tag in get(parsed, "tags") or ()),
        status=_line(get(parsed, "status")),
        planned_until=times.stamp(_line(get(parsed, "maintenanceenddate")), zone),
        unreadable=tuple(stamp for name, stamp in stamps.items() if stamp and not dates[name]),
        assumed=tuple((date.lacks, stamps[name]) for name, date in dates.items() if date and date.lacks),
        hash=digest,
        position=position,
    )


def _line(value: object) -> str:
    return " ".join(markdown.clean(str(value or "")).split())


def _title(parsed: Any) -> str:
    detail = dict.get(parsed, "title_detail") or {}
    raw = str(detail.get("value") or "")
    markup = raw if detail.get("type") == "text/html" else html.escape(raw, quote=False)
    return markdown.plain(untrusted.markdown(markup))

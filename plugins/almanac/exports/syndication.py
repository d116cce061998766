"""Prints feeds: Atom (RFC 4287) and RSS 2.0, JSON Feed 1.1 by json, and the list of them all as OPML by lxml.

Atom and RSS are written as text, every value through `_text` or `_value`: archives hold ten thousand entries, for which
a tree of elements takes five times as long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]
from lxml.builder import ElementMaker  # type: ignore[import-untyped]

from almanac.exports.items import Channel, FeedItem
from almanac.exports.version import NAME
from almanac.model import stamp
from almanac.text import markdown

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
JSON_FEED = "https://jsonfeed.org/version/1.1"
DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_OPML = ElementMaker()


class AtomEntry(NamedTuple):
    """An item as Atom prints it, with its date; the same in every feed it stands in."""

    updated: datetime
    xml: str


def atom(channel: Channel, items: Iterable[FeedItem]) -> bytes:
    """Return an Atom feed."""
    return atom_of(channel, list(map(entry, items)))


def atom_of(channel: Channel, entries: Sequence[AtomEntry]) -> bytes:
    """Return an Atom feed, or with `channel.current` an archive document of one."""
    title = _text(line(channel.title))
    style = f'<?xml-stylesheet href="{_value(channel.style)}" type="text/css"?>\n' if channel.style else ""
    return "".join(
        [
            (
                f'{DECLARATION}{style}<feed xmlns="{ATOM}">\n'
                f"  <id>{_text(channel.id)}</id>\n"
                f"  <title>{title}</title>\n"
                f"  <updated>{stamp(_latest(channel, entries))}</updated>\n"
                f"  <author>\n    <name>{title}</name>\n  </author>\n"
            ),
            f'  <generator version="{_value(channel.version)}">{NAME}</generator>\n'
            if _may_change_by_release(channel)
            else "",
            f'  <fh:archive xmlns:fh="{HISTORY}"/>\n' if channel.current else "",
            (
                f'  <link rel="self" type="application/atom+xml" href="{_value(channel.url)}"/>\n'
                f'  <link rel="alternate" type="text/html" href="{_value(channel.home)}"/>\n'
            ),
            *(f"  <{link}/>\n" for link in _archives(channel)),
            *(one.xml for one in entries),
            "</feed>\n",
        ]
    ).encode()


def _may_change_by_release(channel: Channel) -> bool:
    """Return True for a feed, False for an archive document: no release is to change those that are finished."""
    return bool(channel.version and not channel.current)


def _archives(channel: Channel) -> list[str]:
    """Return the links of RFC 5005. Archives are Atom, also those of a feed in another form."""
    links = {"current": channel.current, "prev-archive": channel.earlier, "next-archive": channel.later}
    return [f'link rel="{rel}" type="application/atom+xml" href="{_value(url)}"' for rel, url in links.items() if url]


def entry(item: FeedItem) -> AtomEntry:
    """Return the Atom entry of an item."""
    return AtomEntry(
        item.updated,
        (
            "  <entry>\n"
            f"    <id>{_text(item.id)}</id>\n"
            f"    <title>{_text(line(item.title))}</title>\n"
            f"    <published>{stamp(item.published)}</published>\n"
            f"    <updated>{stamp(item.updated)}</updated>\n"
            f"{_authors(item.authors)}"
            f'    <link rel="alternate" type="text/html" href="{_value(item.url)}"/>\n'
            f"{_categories(item.categories)}"
            f'    <content type="html">{_text(markdown.clean(item.html))}</content>\n'
            "  </entry>\n"
        ),
    )


@lru_cache(maxsize=1024)
def _authors(names: tuple[str, ...]) -> str:
    return "".join(f"    <author>\n      <name>{_text(_name(name))}</name>\n    </author>\n" for name in names)


@lru_cache(maxsize=1024)
def _categories(terms: tuple[str, ...]) -> str:
    return "".join(f'    <category term="{_value(_name(term))}"/>\n' for term in terms)


def rss(channel: Channel, items: Sequence[FeedItem]) -> bytes:
    """Return an RSS 2.0 feed, with Atom's `self` and `updated`, which RSS has no words for."""
    title = _text(line(channel.title))
    return "".join(
        [
            (
                f'{DECLARATION}<rss xmlns:atom="{ATOM}" version="2.0">\n'
                "  <channel>\n"
                f"    <title>{title}</title>\n"
                f"    <link>{_text(channel.home)}</link>\n"
                f"    <description>{title}</description>\n"
            ),
            f"    <generator>{NAME} {_text(channel.version)}</generator>\n" if channel.version else "",
            f'    <atom:link rel="self" type="application/rss+xml" href="{_value(channel.url)}"/>\n',
            *(f"    <atom:{link}/>\n" for link in _archives(channel)),
            f"    <lastBuildDate>{_rfc822(_latest(channel, items))}</lastBuildDate>\n",
            *map(_rss_item, items),
            "  </channel>\n</rss>\n",
        ]
    ).encode()


def _rss_item(item: FeedItem) -> str:
    categories = "".join(f"      <category>{_text(_name(term))}</category>\n" for term in item.categories)
    return (
        "    <item>\n"
        f"      <title>{_text(line(item.title))}</title>\n"
        f"      <link>{_text(item.url)}</link>\n"
        f'      <guid isPermaLink="false">{_text(item.id)}</guid>\n'
        f"      <pubDate>{_rfc822(item.published)}</pubDate>\n"
        f"      <atom:updated>{stamp(item.updated)}</atom:updated>\n"
        f"{categories}"
        f"      <description>{_text(markdown.clean(item.html))}</description>\n"
        "    </item>\n"
    )


def json_feed(channel: Channel, items: Sequence[FeedItem]) -> bytes:
    """Return a feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), which has no word for what prints it.

    Its extensions are objects whose names begin with an underscore.
    """
    program = {"_almanac": {"generator": NAME, "version": channel.version}} if channel.version else {}
    return dump(
        {
            "version": JSON_FEED,
            "title": line(channel.title),
            "home_page_url": channel.home,
            "feed_url": channel.url,
            "language": "en",
            **program,
            "items": [_json_item(item) for item in items],
        }
    )


def _json_item(item: FeedItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.url,
        "title": line(item.title),
        "content_html": markdown.clean(item.html),
        "date_published": stamp(item.published),
        "date_modified": stamp(item.updated),
        "authors": [{"name": _name(name)} for name in item.authors],
        "tags": [_name(term) for term in item.categories],
    }


def opml(title: str, groups: Iterable[tuple[str, Iterable[Channel]]]) -> bytes:
    """Return all feeds in groups, for readers to import at once (OPML 2.0)."""
    outlines = [
        _OPML.outline(*(_outline(channel) for channel in channels), text=line(name)) for name, channels in groups
    ]
    return document(_OPML.opml(_OPML.head(_OPML.title(line(title))), _OPML.body(*outlines), version="2.0"))


def _outline(channel: Channel) -> Any:
    return _OPML.outline(
        type="rss", text=line(channel.title), title=line(channel.title), xmlUrl=channel.url, htmlUrl=channel.home
    )


def _latest(channel: Channel, items: Iterable[FeedItem | AtomEntry]) -> datetime:
    """Return when a feed last changed. An empty one has been as it is since the record began: it must have a date."""
    return max((item.updated for item in items), default=channel.record_since)


@lru_cache(maxsize=1024)
def _name(text_of_any_kind: str) -> str:
    """Return `line` of what stands in many items: a provider, a kind, a person."""
    return line(text_of_any_kind)


def line(text_of_any_kind: str) -> str:
    """Return one line without the characters that XML cannot carry or readers should not see, and without a tag.

    Titles and names are plain text, but many readers take them for HTML: what would begin a tag there becomes ‹.
    """
    return _TAG.sub("‹", " ".join(markdown.clean(text_of_any_kind).split()))


def _text(value: str) -> str:
    """Return text as it may stand between tags."""
    return escape(value, quote=False)


def _value(value: str) -> str:
    """Return a value as it may stand in the double quotes of an attribute."""
    return escape(value, quote=False).replace('"', "&quot;")


def _rfc822(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def document(root: Any) -> bytes:
    """Return an XML document as bytes."""
    data: bytes = etree.tostring(etree.ElementTree(root), xml_declaration=True, encoding="utf-8", pretty_print=True)
    return data


def dump(value: object) -> bytes:
    """Return JSON as bytes, in the order given, on one line: laid out it is larger and takes three times as long."""
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()

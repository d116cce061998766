"""Prints feeds: Atom (RFC 4287) and RSS 2.0 by lxml, JSON Feed 1.1 by json, and the list of them all as OPML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from lxml.builder import ElementMaker  # type: ignore[import-untyped]

from almanac import text
from almanac.exports.items import Channel, Item
from almanac.model import moment, stamp

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
JSON_FEED = "https://jsonfeed.org/version/1.1"
BEGINNING = moment(0)  # what an empty feed says it was updated: a date it must have, and none that ever moves

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ATOM = ElementMaker(namespace=ATOM, nsmap={None: ATOM})
_IN_RSS = ElementMaker(namespace=ATOM, nsmap={"atom": ATOM})
_RSS = ElementMaker(nsmap={"atom": ATOM})
_HISTORY = ElementMaker(namespace=HISTORY, nsmap={"fh": HISTORY})
_OPML = ElementMaker()


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """An Atom feed, or with `channel.current` an archive document of one."""
    feed = _ATOM.feed(
        _ATOM.id(channel.id),
        _ATOM.title(line(channel.title)),
        _ATOM.updated(stamp(_latest(items))),
        _ATOM.author(_ATOM.name(line(channel.title))),
        *([_HISTORY.archive()] if channel.current else []),
        _ATOM.link(rel="self", type="application/atom+xml", href=channel.url),
        _ATOM.link(rel="alternate", type="text/html", href=channel.home),
        *_archives(channel, _ATOM),
    )
    for item in items:
        _entry(feed, item)
    if channel.style:
        feed.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'href="{channel.style}" type="text/css"'))
    return document(feed)


def _archives(channel: Channel, make: Any) -> list[Any]:
    """The links of RFC 5005. Archives are Atom, also those of a feed in another form."""
    links = {"current": channel.current, "prev-archive": channel.earlier, "next-archive": channel.later}
    return [make.link(rel=rel, type="application/atom+xml", href=url) for rel, url in links.items() if url]


def _entry(feed: Any, item: Item) -> None:
    """Add an entry. Its elements name no namespace: they print as those of the feed around them, in half the time."""
    add = etree.SubElement
    entry = add(feed, "entry")
    add(entry, "id").text = item.id
    add(entry, "title").text = line(item.title)
    add(entry, "published").text = stamp(item.published)
    add(entry, "updated").text = stamp(item.updated)
    for name in item.authors:
        add(add(entry, "author"), "name").text = _name(name)
    add(entry, "link", rel="alternate", type="text/html", href=item.url)
    for term in item.categories:
        add(entry, "category", term=_name(term))
    add(entry, "content", type="html").text = text.clean(item.html)


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """An RSS 2.0 feed, with Atom's `self` and `updated`, which RSS has no words for."""
    return document(_RSS.rss(
        _RSS.channel(
            _RSS.title(line(channel.title)),
            _RSS.link(channel.home),
            _RSS.description(line(channel.title)),
            _IN_RSS.link(rel="self", type="application/rss+xml", href=channel.url),
            *_archives(channel, _IN_RSS),
            _RSS.lastBuildDate(_rfc822(_latest(items))),
            *map(_rss_item, items),
        ),
        version="2.0",
    ))  # fmt: skip


def _rss_item(item: Item) -> Any:
    return _RSS.item(
        _RSS.title(line(item.title)),
        _RSS.link(item.url),
        _RSS.guid(item.id, isPermaLink="false"),
        _RSS.pubDate(_rfc822(item.published)),
        _IN_RSS.updated(stamp(item.updated)),
        *(_RSS.category(_name(term)) for term in item.categories),
        _RSS.description(text.clean(item.html)),
    )


def json_feed(channel: Channel, items: Sequence[Item]) -> bytes:
    """A feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    return dump({
        "version": JSON_FEED,
        "title": line(channel.title),
        "home_page_url": channel.home,
        "feed_url": channel.url,
        "language": "en",
        "items": [_json_item(item) for item in items],
    })


def _json_item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.url,
        "title": line(item.title),
        "content_html": text.clean(item.html),
        "date_published": stamp(item.published),
        "date_modified": stamp(item.updated),
        "authors": [{"name": _name(name)} for name in item.authors],
        "tags": [_name(term) for term in item.categories],
    }


def opml(title: str, groups: Iterable[tuple[str, Iterable[Channel]]]) -> bytes:
    """All feeds in groups, for readers to import at once (OPML 2.0)."""
    outlines = [
        _OPML.outline(*(_outline(channel) for channel in channels), text=line(name)) for name, channels in groups
    ]
    return document(_OPML.opml(_OPML.head(_OPML.title(line(title))), _OPML.body(*outlines), version="2.0"))


def _outline(channel: Channel) -> Any:
    return _OPML.outline(
        type="rss", text=line(channel.title), title=line(channel.title), xmlUrl=channel.url, htmlUrl=channel.home
    )


def _latest(items: Iterable[Item]) -> datetime:
    return max((item.updated for item in items), default=BEGINNING)


@lru_cache(maxsize=1024)
def _name(text_of_any_kind: str) -> str:
    """`line` of what stands in many items: a provider, a kind, a person."""
    return line(text_of_any_kind)


def line(text_of_any_kind: str) -> str:
    """One line without the characters that XML cannot carry or readers should not see, and without a tag.

    Titles and names are plain text, but many readers take them for HTML: what would begin a tag there becomes ‹.
    """
    return _TAG.sub("‹", " ".join(text.clean(text_of_any_kind).split()))


def _rfc822(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def document(root: Any) -> bytes:
    """An XML document as bytes."""
    data: bytes = etree.tostring(etree.ElementTree(root), xml_declaration=True, encoding="utf-8", pretty_print=True)
    return data


def dump(value: object) -> bytes:
    """JSON as bytes, readable, in the order given."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()

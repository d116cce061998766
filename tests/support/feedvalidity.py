"""Holds published feeds against their specifications, apart from the code that wrote them.

Atom against a RELAX NG schema after RFC 4287 and what that says in words, RSS 2.0 and OPML 2.0 against the elements
they know, JSON Feed against a JSON Schema, calendars by icalendar. feedparser must not complain of any.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import icalendar
from lxml import etree  # type: ignore[import-untyped]

from tests.support import shapes

ATOM = "{http://www.w3.org/2005/Atom}"
GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
RFC822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d (GMT|[+-]\d{4})"
)
WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
CHANNEL = {"title", "link", "description", "language", "lastBuildDate", "pubDate", "generator", "docs", "ttl", "item"}
ITEM = {"title", "link", "description", "author", "category", "guid", "pubDate", "source", "comments", "enclosure"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
URL = {"type": "string", "pattern": '^https?://[^\\s<>"]+$'}
NAME = {"type": "string", "minLength": 1}
PERSONS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"name": NAME, "url": URL, "avatar": URL},
        "minProperties": 1,
        "additionalProperties": False,
    },
}
PROGRAM = {
    "type": "object",
    "properties": {"generator": NAME, "version": NAME},
    "required": ["generator", "version"],
    "additionalProperties": False,
}
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": NAME,
        "home_page_url": URL,
        "feed_url": URL,
        "description": NAME,
        "next_url": URL,
        "icon": URL,
        "favicon": URL,
        "authors": PERSONS,
        "language": NAME,
        "expired": {"type": "boolean"},
        "_almanac": PROGRAM,
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "properties": {
                    "id": NAME,
                    "url": URL,
                    "external_url": URL,
                    "title": {"type": "string"},
                    "summary": NAME,
                    "content_html": {"type": "string"},
                    "content_text": {"type": "string"},
                    "image": URL,
                    "date_published": TIME,
                    "date_modified": TIME,
                    "authors": PERSONS,
                    "language": NAME,
                    "tags": {"type": "array", "items": NAME},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def feeds_of(output: Path) -> list[Path]:
    """Every feed, calendar and list of feeds of a built site."""
    found = [path for suffix in ("xml", "rss", "atom", "ics", "opml") for path in output.rglob(f"*.{suffix}")]
    return sorted([path for path in found if "sitemap" not in path.name] + [*output.rglob("feed.json")])


def faults(output: Path, path: Path, host: str) -> list[str]:
    """Return what is wrong with one of them, where the site lives at `host`."""
    data, shown = path.read_bytes(), path.relative_to(output).as_posix()
    judge = {".json": _json, ".ics": _calendar}.get(path.suffix, _xml)
    found = [*judge(data, f"{host}/{shown}")]
    if seen := UNSEEN.search(data.decode().replace("\r\n", "\n")):
        found.append(f"holds the character U+{ord(seen[0]):04X}")
    return [f"{shown}: {fault}" for fault in found]


def ids_of(path: Path) -> list[str]:
    """Return the ids of the items of a feed or calendar, in its order."""
    if path.suffix == ".json":
        return [item["id"] for item in json.loads(path.read_bytes())["items"]]
    if path.suffix == ".ics":
        return [str(event["uid"]) for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")]
    root = etree.fromstring(path.read_bytes())
    return [element.text for element in (*root.iterfind(f"{ATOM}entry/{ATOM}id"), *root.iterfind("channel/item/guid"))]


def _xml(data: bytes, here: str) -> Iterator[str]:
    root = etree.fromstring(data)
    judge: dict[str, Callable[[Any, str], Iterator[str]]] = {f"{ATOM}feed": _atom, "rss": _rss, "opml": _opml}
    yield from judge[root.tag](root, here)
    if root.tag != "opml":
        parsed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
        yield from [f"feedparser complains: {parsed.bozo_exception}"] if parsed.bozo else []


def _atom(root: Any, here: str) -> Iterator[str]:
    if not GRAMMAR.validate(root):
        yield from (f"line {error.line}: {error.message}" for error in GRAMMAR.error_log)
    entries = root.findall(f"{ATOM}entry")
    if not root.findall(f"{ATOM}author") and not all(entry.findall(f"{ATOM}author") for entry in entries):
        yield "has an entry without author"
    yield from _selves(root.findall(f"{ATOM}link"), here)
    yield from _twice(entry.findtext(f"{ATOM}id") for entry in entries)
    for entry in entries:
        yield from _entry(entry)
    stamps = [entry.findtext(f"{ATOM}updated") for entry in entries]
    if stamps and root.findtext(f"{ATOM}updated") < max(stamps):
        yield "says it is older than one of its entries"


def _entry(entry: Any) -> Iterator[str]:
    name = entry.findtext(f"{ATOM}id")
    if not (entry.findtext(f"{ATOM}title") or "").strip():
        yield f"{name} has no title"
    if entry.findtext(f"{ATOM}published") > entry.findtext(f"{ATOM}updated"):
        yield f"{name} was updated before it was published"
    alternates = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in entry.findall(f"{ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    )
    if not alternates or max(alternates.values()) > 1:
        yield f"{name} has no link of its own, or two"


def _selves(links: Iterable[Any], here: str) -> Iterator[str]:
    """Exactly one link that says where the feed itself is."""
    own = [link.get("href") for link in links if link.get("rel") == "self"]
    if own != [here]:
        yield f"says it is at {own}"


def _twice(ids: Iterable[str | None]) -> Iterator[str]:
    yield from (f"has the id {name} {number} times" for name, number in Counter(ids).items() if number > 1)


def _rss(root: Any, here: str) -> Iterator[str]:
    channel = root.find("channel")
    if root.get("version") != "2.0" or len(root) != 1:
        yield "is not RSS 2.0"
    needed = ("title", "link", "description")
    yield from (f"has a channel without {name}" for name in needed if not channel.findtext(name))
    yield from (f"has an element {child.tag}" for child in channel if "}" not in child.tag and child.tag not in CHANNEL)
    yield from _selves(channel.findall(f"{ATOM}link"), here)
    yield from _twice(item.findtext("guid") for item in channel.iterfind("item"))
    dates = [date.text for name in ("pubDate", "lastBuildDate") for date in channel.iter(name)]
    yield from (f"has the date {date}" for date in dates if not RFC822.fullmatch(date) or not _day_is_right(date))
    yield from (f"has the link {link.text}" for link in channel.iter("link") if not WEB.fullmatch(link.text or ""))
    for item in channel.iterfind("item"):
        strange = {child.tag for child in item if "}" not in child.tag} - ITEM
        yield from (f"{item.findtext('guid')} has an element {name}" for name in strange)
        if not item.findtext("title") and not item.findtext("description"):
            yield f"{item.findtext('guid')} says nothing"
        if item.find("guid").get("isPermaLink") != "false":
            yield f"{item.findtext('guid')} passes for an address"


def _day_is_right(date: str) -> bool:
    """Hold the day of the week of a date to its day."""
    at = parsedate_to_datetime(date)
    return f"{at:%a}" == date[:3]


def _opml(root: Any, here: str) -> Iterator[str]:
    if root.get("version") != "2.0" or [child.tag for child in root] != ["head", "body"]:
        yield "is not OPML 2.0"
    for outline in root.iter("outline"):
        if not outline.get("text"):
            yield "has an outline without text"
        if outline.get("type") == "rss" and not WEB.fullmatch(outline.get("xmlUrl") or ""):
            yield f"has a feed at {outline.get('xmlUrl')}"


def _json(data: bytes, here: str) -> Iterator[str]:
    feed = json.loads(data)
    yield from (
        f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        for error in shapes.Draft202012Validator(JSON_FEED).iter_errors(feed)
    )
    if feed.get("feed_url") != here:
        yield f"says it is at {feed.get('feed_url')}"
    yield from _twice(item["id"] for item in feed["items"])


def _calendar(data: bytes, here: str) -> Iterator[str]:
    calendar = icalendar.Calendar.from_ical(data)
    yield from map(str, calendar.errors)
    if b"\n" in data.replace(b"\r\n", b"") or any(len(line) > 75 for line in data.split(b"\r\n")):
        yield "has a line without CRLF, or longer than 75 bytes"
    if not calendar.get("prodid") or calendar.get("version") != "2.0":
        yield "has no prodid or version"
    events = calendar.walk("VEVENT")
    yield from _twice(str(event["uid"]) for event in events)
    for event in events:
        start, end = event.decoded("dtstart"), event.decoded("dtend") if "dtend" in event else None
        if "dtstamp" not in event or not isinstance(start, datetime) or start.tzinfo is None or (end and end < start):
            yield f"{event['uid']} has no times, or wrong ones"

"""Tells where a status page publishes and what it calls its parts: by its own head, and by what pages of each make have.

`answer` is the entrance for a process of its own: a page, a feed and a list of parts are all a stranger's bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from almanac import feeds
from almanac.model import FeedError
from almanac.text import limits

from . import document, records
from .records import listing, mapping, text

MOST_LINKS = 2_000
_FEED_TYPE = re.compile(r"application/(?:(?:rss|atom)\+xml|feed\+json)", re.IGNORECASE)
_FEED_PATH = re.compile(r"(?:\.(?:rss|atom)|/(?:rss|atom|feed)(?:\.xml)?)/?$", re.IGNORECASE)
_STATUS_HOST = re.compile(r"(?:^|[.-])status(?:[.-]|$)|status(?:page)?\.", re.IGNORECASE)


class Make(NamedTuple):
    """A make of status page: by what its page is known, and where it publishes, relative to the page.

    `data` is JSON for programs beside the feed, `parts` lists components. `dialect` names its forms of feed.
    """

    dialect: str
    trait: str
    feeds: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


MAKES = (
    Make(
        "statuspage",
        r"statuspage\.io|atlassian",
        ("history.rss", "history.atom"),
        ("api/v2/incidents.json",),
        ("api/v2/summary.json", "api/v2/components.json"),
    ),
    Make(
        "incidentio", r"incident\.io", ("feed.atom", "feed.rss"), ("api/v2/incidents.json",), ("api/v2/summary.json",)
    ),
    Make("betterstack", r"better ?stack|betteruptime", ("feed", "feed.rss"), ("index.json",), ("index.json",)),
    Make("instatus", r"instatus", ("history.atom", "history.rss"), ("summary.json",), ("v2/components.json",)),
    Make("statusio", r"status\.io/", ("rss",)),
    Make("onlineornot", r"onlineornot", ("incidents.rss",)),
    Make("cstate", r"cstate", ("index.xml",), (), ("index.json",)),
    Make("checkly", r"checkly", ("feed.rss",), ("api/status-page/unresolved-incidents",)),
    Make("flashduty", r"flashduty|flashcat", ("history.atom", "feed.atom")),
    Make("datadog", r"datadog|statuspage\.datadoghq", (), ("config.json",), ("config.json",)),
    Make("google", r"google", ("en/feed.atom",), ("incidents.json",), ("products.json",)),
    Make("aws", r"amazon|aws", ("rss/all.rss",), ("public/events", "public/currentevents")),
    Make("azure", r"microsoft|azure", ("en-us/status/feed/",)),
    Make("xai", r"x\.ai", ("feed.xml",)),
    Make("lambstatus", r"lambstatus", ("history.rss", "feed.rss")),
    Make("plain", "", ("rss.xml", "atom.xml", "rss", "atom", "feed/", "feeds/status.xml")),
)


class Page(NamedTuple):
    """What a page says of itself: its title, the feeds that it names, and the pages of states that it links to."""

    title: str = ""
    feeds: tuple[str, ...] = ()
    status_pages: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()  # whose traits it has


def page(body: bytes, url: str) -> Page:
    """Return what a page says of itself. Anything can be in it; what is no page says nothing."""
    source = body.decode("utf-8", "replace")
    collector = _Collector()
    collector.feed(source)
    host = urlsplit(url).hostname or ""
    head_feeds = dict.fromkeys(_absolute(url, collector.feeds))
    linked = [link for link in _absolute(url, collector.links) if _FEED_PATH.search(urlsplit(link).path)]
    near = [link for link in linked if _kin(urlsplit(link).hostname or "", host)]
    elsewhere = (link for link in _absolute(url, collector.links) if _STATUS_HOST.search(urlsplit(link).hostname or ""))
    others = [
        f"{link.split('/')[0]}//{urlsplit(link).netloc}/" for link in elsewhere if urlsplit(link).hostname != host
    ]
    return Page(
        title=" ".join("".join(collector.title).split())[: limits.TITLE],
        feeds=tuple(dict.fromkeys((*head_feeds, *near))),
        status_pages=tuple(dict.fromkeys(others)),
        makes=makes(f"{host} {source}"),
    )


def makes(words: str) -> tuple[str, ...]:
    """Return the makes whose traits some text has: of a page, or the head of a feed."""
    return tuple(make.dialect for make in MAKES if make.trait and re.search(make.trait, words, re.IGNORECASE))


def _kin(host: str, other: str) -> bool:
    """Say whether two hosts are of one house, or the first is one that keeps feeds for many."""
    return host.split(".")[-2:] == other.split(".")[-2:] or host.endswith("status.io")


def _absolute(url: str, links: Iterable[str]) -> Iterator[str]:
    for link in links:
        try:
            target = urljoin(url, link.strip())
            if urlsplit(target).scheme in ("http", "https") and urlsplit(target).hostname:
                yield target.partition("#")[0]
        except ValueError:
            continue


class _Collector(HTMLParser):
    """Gathers the title and the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.title: list[str] = []
        self.feeds: list[str] = []
        self.links: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = not self.title
        elif tag == "link" and "alternate" in values.get("rel", "").lower().split():
            self.feeds += [values["href"]] if _FEED_TYPE.match(values.get("type", "")) and "href" in values else []
        elif tag == "a" and "href" in values and len(self.links) < MOST_LINKS:
            self.links.append(values["href"])

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)


def addresses(url: str, makes: Iterable[str], kind: str) -> tuple[str, ...]:
    """Return the addresses of a kind (feeds, data or parts) on pages of these makes, "" for all; the likeliest first."""
    names = tuple(makes)
    near = urljoin(url, ".")
    bases = dict.fromkeys((near, urljoin(url, "/")))
    paths = [path for make in MAKES if make.dialect in names for path in getattr(make, kind)]
    return tuple(dict.fromkeys(urljoin(base, path) for base in bases for path in paths))


def hint(url: str) -> str:
    """Return the dialect that only one make has at an address, for a feed in which nothing stands; "" if there is none."""
    makers = [make.dialect for make in MAKES if urlsplit(url).path.lstrip("/") in make.feeds]
    return makers[0] if len(makers) == 1 and makers[0] in feeds.NAMES else ""


def of_make(dialect: str) -> str:
    """Return the make of page that a dialect is of."""
    return {"google-workspace-json": "google", "aws-current-json": "aws"}.get(dialect, dialect.removesuffix("-json"))


class PartsList(NamedTuple):
    """What a page calls itself and its parts, as it lists them for programs."""

    name: str = ""
    home: str = ""
    components: tuple[str, ...] = ()


def parts(body: bytes) -> PartsList:
    """Return what an answer lists. Raises FeedError for what is no JSON; of another form it lists nothing."""
    document.check_size(body)
    try:
        answer = mapping(records.parse(body))
    except (ValueError, RecursionError) as error:
        raise FeedError("malformed", "is no JSON") from error
    inner = mapping(mapping(answer.get("data")).get("attributes"))  # Better Stack's
    about = mapping(answer.get("page"))
    resources = (
        mapping(item.get("attributes"))
        for item in map(mapping, listing(answer.get("included")))
        if item.get("type") == "status_page_resource"
    )
    lists = (*listing(answer.get("components")), *listing(answer.get("systems")), *listing(answer.get("products")))
    labels = [_label(part) for part in (*lists, *resources) if mapping(part).get("group") is not True]
    return PartsList(
        name=text(about.get("name")) or text(inner.get("company_name")) or text(answer.get("title")),
        home=text(inner.get("company_url")),
        components=tuple(dict.fromkeys(name[: limits.NAME] for name in labels if name)),
    )


def _label(part: object) -> str:
    record = mapping(part)
    return " ".join((text(record.get("name")) or text(record.get("public_name")) or text(record.get("title"))).split())


def answer(task: str, *arguments: Any, **options: Any) -> Any:
    """Return what one of the functions here says, or the reading of a feed: one process does them all."""
    tasks: Mapping[str, Any] = {"page": page, "parts": parts, "read": feeds.read}
    return tasks[task](*arguments, **options)

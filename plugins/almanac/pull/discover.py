"""Looks at a status page for the first time: which of its addresses can be read, and what stands there now.

As polite as a pull: one request at a time to a host, with a pause, public addresses only, and few of them: what the page
names itself first, then what pages of its make have.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from almanac import fetch
from almanac.feeds import discovery
from almanac.feeds.discovery import Page, PartsList
from almanac.fetch import Hosts
from almanac.model import FeedError, Kind, Provider, Reading, Window
from almanac.model.project import ANYBODYS

ANSWERER = "almanac.feeds.discovery:answer"  # for pull.sandbox
SECONDS = 5.0  # for one page, with all that is asked of it
HEAD = 1_000  # bytes of a feed that say what made it
HOPELESS = frozenset({"url", "dns", "private-address", "refused", "tls"})  # what no other address of a host mends
NO_PARTS = PartsList()
FULL = frozenset({"incidentio"})  # whose feed says more than the JSON beside it

Ask = Callable[..., Any]  # as discovery.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """An address that was read, and what it said."""

    url: str
    reading: Reading

    @property
    def is_data(self) -> bool:
        """Whether it is JSON for programs."""
        return self.reading.dialect.endswith("-json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found at a page: sources in the order in which to read them, and what it calls itself and its parts."""

    url: str
    title: str = ""
    sources: tuple[FeedSource, ...] = ()
    parts: PartsList = NO_PARTS
    seconds: float = 0.0

    @property
    def beside(self) -> frozenset[str]:
        """Addresses to read in addition to the first: they show only what goes on, or less than that."""
        first = self.sources[0] if self.sources else None
        return frozenset(
            source.url
            for source in self.sources
            if source is not first and source.is_data and (first is None or not first.is_data or _is_current(source))
        )

    @property
    def components(self) -> tuple[str, ...]:
        """Names of parts: those that it lists, then those that only its incidents name."""
        of_incidents = (
            part for one in self.sources for incident in one.reading.incidents for part in incident.components
        )
        return tuple(dict.fromkeys((*self.parts.components, *of_incidents)))


class NothingToReadError(Exception):
    """A page at which no feed was found. The message says what was tried and what to do."""


def discover(
    url: str,
    *,
    now: datetime,
    hosts: Hosts,
    ask: Ask,
    via: str = "",
    agent: str = ANYBODYS.agent,
    seconds: float = SECONDS,
) -> Discovery:
    """Return what can be read at a page, a feed, or a website that links to its status page.

    `via` and `agent` are as in almanac.fetch. Raises NothingToReadError, and FeedError where the host itself cannot be asked.
    """
    scout = _Scout(now, hosts, ask, fetch.Request(url="", via=via, agent=agent), seconds)
    started = time.monotonic()
    result = scout.look(url if "://" in url else f"https://{url}")
    return replace(result, seconds=time.monotonic() - started)


class _Scout:
    """Asks for one address after the other, as long as there is time; what failed is in `tried`."""

    def __init__(self, now: datetime, hosts: Hosts, ask: Ask, request: fetch.Request, seconds: float) -> None:
        self._now, self._hosts, self._ask, self._request = now, hosts, ask, request
        self._end = time.monotonic() + seconds
        self._bodies: dict[str, bytes] = {}
        self.tried: dict[str, str] = {}

    def look(self, url: str, hops: int = 1) -> Discovery:
        """Return what is found from an address on. Raises NothingToReadError and FeedError."""
        url, page = self._page(url)
        if source := self._source(url, page_too=False):
            return self._complete(urljoin(url, "/"), page, source)
        if source := self._first(page.feeds) or self._first(self._usual(url, page)):
            return self._complete(url, page, source)
        for other in page.status_pages[:1] if hops else ():
            return self.look(other, hops - 1)
        raise NothingToReadError(self._failure(url))

    def _page(self, url: str) -> tuple[str, Page]:
        """Return where a page is for good, and what it says of itself; nothing if it shuts programs out."""
        try:
            answer = self._get(url, web_page=True)
        except FeedError as error:
            if error.reason in HOPELESS:
                raise
            self.tried[url] = str(error)
            return url, Page()
        url = answer.moved or url
        self._bodies[url] = answer.body or b""
        try:
            return url, self._ask("page", self._bodies[url], url)
        except FeedError:
            return url, Page()

    def _get(self, url: str, *, web_page: bool = False) -> fetch.Answer:
        left = self._end - time.monotonic()
        if left <= 0:
            raise FeedError("timeout", "there was no time left to ask for it")
        return fetch.get(replace(self._request, url=url, seconds=max(left, 0.5), web_page=web_page), self._hosts)

    def _body(self, url: str) -> bytes | None:
        """Return what stands at an address; None, and why in `tried`, if nothing fit does."""
        if url in self.tried:
            return None
        try:
            if url not in self._bodies:
                self._bodies[url] = self._get(url).body or b""
        except FeedError as error:
            self.tried[url] = str(error)
            return None
        return self._bodies[url]

    def _source(self, url: str, *, page_too: bool = True) -> FeedSource | None:
        """Return an address as a source, if incidents can be read there."""
        body = self._body(url)
        if body is None or (not page_too and not _looks_like_feed(body)):
            return None
        nobody = Provider(slug="new", name="", company="", home="", status_page=urljoin(url, "/"))
        try:
            reading = self._ask("read", nobody, body, seen=self._now, hint=discovery.hint(url))
        except FeedError as error:
            self.tried[url] = str(error)
            return None
        stateless = sum(incident.kind in (Kind.UNKNOWN, Kind.NOTICE) for incident in reading.incidents)
        if reading.dialect == "plain" and stateless * 2 > len(reading.incidents):
            self.tried[url] = "is a news feed: most of its entries do not say what state an incident is in"
            return None
        return FeedSource(url=url, reading=reading)

    def _first(self, urls: Iterable[str]) -> FeedSource | None:
        return next(filter(None, map(self._source, urls)), None)

    def _usual(self, url: str, page: Page) -> Iterator[str]:
        """Yield where pages publish: those of the makes that this one looks like first, their feeds before their data."""
        others = [make.dialect for make in discovery.MAKES if make.dialect not in page.makes]
        for makes in (page.makes, others):
            yield from discovery.addresses(url, makes, "feeds")
            yield from discovery.addresses(url, makes, "data")

    def _complete(self, url: str, page: Page, source: FeedSource) -> Discovery:
        """Return the source with what its make of page has beside it."""
        make = discovery.of_make(source.reading.dialect)
        at_home = url if urlsplit(url).hostname == urlsplit(source.url).hostname else source.url
        head = self._bodies[source.url][:HEAD].decode("utf-8", "replace")
        makes = dict.fromkeys((make, *page.makes, *discovery.makes(head)))
        data = () if source.is_data else discovery.addresses(at_home, makes, "data")
        beside = [one for one in map(self._source, data) if one]
        if source.is_data:
            beside = [one for one in [self._first(discovery.addresses(at_home, (make,), "feeds"))] if one]
        sources = sorted((source, *beside), key=lambda one: _order(one, make))
        listed = next(filter(None, map(self._parts, discovery.addresses(at_home, makes, "parts"))), PartsList())
        return Discovery(url=url, title=page.title, sources=tuple(sources), parts=listed)

    def _parts(self, url: str) -> PartsList | None:
        body = self._body(url)
        try:
            listed: PartsList | None = self._ask("parts", body) if body else None
        except FeedError:
            return None
        return listed if listed and (listed.components or listed.name) else None

    def _failure(self, url: str) -> str:
        reasons = {address: why.partition(";")[0] for address, why in self.tried.items()}
        summary = "; ".join(f"{address} {reason}" for address, reason in list(reasons.items())[:2])
        return (
            f"{url}: no feed was found there ({len(reasons)} addresses were tried: {summary}). "
            "Look on the page for “Subscribe” or “RSS” and name that address; if it has none, add a line to "
            "content/unwatched.txt, which /status/ shows"
        )


def _looks_like_feed(body: bytes) -> bool:
    """Say whether what was asked for as a page is a feed itself."""
    start = body.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:2_000].replace(b"\x00", b"").lower()
    return start[:1] in (b"{", b"[") or (start[:1] == b"<" and b"<html" not in start and b"<!doctype html" not in start)


def _is_current(source: FeedSource) -> bool:
    return source.reading.window is Window.CURRENT


def _order(source: FeedSource, make: str) -> tuple[bool, bool]:
    """Sort what to read: what shows only the present last; JSON before the feed, but for makes whose feed says more."""
    feed_first = make in FULL
    return _is_current(source) and source.is_data, source.is_data if feed_first else not source.is_data

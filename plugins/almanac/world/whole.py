"""The whole world: the pages of all providers, when their feeds fail, and what is true at a moment."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from almanac.model import Incident, Provider
from almanac.world import chance, facts
from almanac.world.faults import Fault, FeedOutage, outages
from almanac.world.page import StatusPage, page
from almanac.world.truth import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The pages of providers by slug, and the outages of their feeds."""

    pages: Mapping[str, StatusPage]
    outages: tuple[FeedOutage, ...] = ()
    _places: dict[tuple[str, str], tuple[StatusPage, str]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.pages.values():
            self._places.update({_place(url): (one, url) for url in one.addresses})

    def url(self, host: str, path: str) -> str | None:
        """Return the feed that stands at a path of a host; None if there is none."""
        place = self._places.get((host, path))
        return place[1] if place else None

    def feed(self, url: str, now: datetime) -> bytes:
        """Return the bytes of a feed at `now`, whether or not it can be had then; none if its page has no such feed."""
        page = self._page(url)
        return page.feed(url, now) if page.has(url, now) else b""

    def fault(self, url: str, now: datetime) -> Fault | None:
        """Return what is wrong with the answers of a feed at `now`."""
        if not self._page(url).has(url, now):
            return Fault.MISSING
        return next((one.fault for one in self.outages if one.url == url and one.since <= now < one.until), None)

    def changed(self, url: str, now: datetime) -> datetime | None:
        """Return when a page last changed before `now`; None if nothing ever happened there."""
        return max((at for at in self._page(url).moments() if at <= now), default=None)

    def open(self, now: datetime) -> dict[str, list[Event]]:
        """Return by slug the outages and degradations that go on at `now` by the posts of each page."""
        return {slug: one.open(now) for slug, one in self.pages.items()}

    def moments(self, since: datetime, until: datetime) -> list[datetime]:
        """Return the moments in [since, until) at which any page or the answers of any feed change, in order."""
        return sorted({at for at in self._moments() if since <= at < until})

    def _moments(self) -> Iterator[datetime]:
        for one in self.pages.values():
            yield from one.moments()
        for outage in self.outages:
            yield from (outage.since, outage.until)

    def _page(self, url: str) -> StatusPage:
        return self._places[_place(url)][0]


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.hostname or "", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def of_facts(providers: Iterable[Provider], incidents: Mapping[str, Iterable[Incident]], until: datetime) -> World:
    """Return a world in which happens again what is known to have happened before a moment, in words of our own.

    `incidents` are those of the archive, by slug. What has no recorded end is left out.
    """
    pages = {}
    for provider in providers:
        if not provider.feeds:  # there is nothing to serve, and nobody to ask for it
            continue
        pages[provider.slug] = page(provider, facts.lives(incidents.get(provider.slug, ()), until))
    return World(pages=pages)


def by_chance(
    providers: Iterable[Provider],
    seed: int,
    since: datetime,
    until: datetime,
    *,
    faults: float = 5.0,
    moves: Mapping[str, Mapping[datetime, str]] | None = None,
) -> World:
    """Return a world in which anything can happen between two moments; the same seed gives the same one.

    The feeds themselves fail, each once in `faults` days on average, with 0 never. `moves` are, by slug, the dialects that pages move to.
    """
    pages, failing = {}, list[FeedOutage]()
    for provider in providers:
        if not provider.feeds:
            continue
        dice = random.Random(f"{seed} {provider.slug}")
        empty = page(provider, (), (moves or {}).get(provider.slug, {}))
        form = empty.form(empty.urls[0], since)
        names = tuple(component.match[0] if component.match else component.name for component in provider.components)
        lives = chance.lives(dice, provider.slug, form, names or ("API", "Website"), since, until)
        pages[provider.slug] = replace(empty, lives=lives)
        failing += outages(dice, empty.addresses, since, until, days_between=faults) if faults else ()
    return World(pages=pages, outages=tuple(failing))

"""The status page of one provider: what happens there, in which forms it says so, and what its feeds show at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from almanac.model import Provider
from almanac.world.truth import Event, Life
from almanac.world.writers import FeedFormat, Posts, form_of, make, xml

_ALWAYS = datetime.min.replace(tzinfo=UTC)


class Tenure(NamedTuple):
    """The forms in which a page's feeds are written from `since` on, by address."""

    since: datetime
    forms: Mapping[str, FeedFormat]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """A provider's page: the lives of its events, and the tenures of its feeds' forms, oldest first.

    All its feeds tell the same, each as far as its form can. A page that moves to another platform has a tenure more.
    """

    slug: str
    lives: tuple[Life, ...]
    tenures: tuple[Tenure, ...]

    beside: frozenset[str] = frozenset()  # addresses of what is read beside the others, for what they leave out

    @property
    def urls(self) -> tuple[str, ...]:
        """Return the addresses of its feeds of which one is enough, the first one first."""
        return tuple(url for url in self.tenures[0].forms if url not in self.beside)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the addresses of all its feeds."""
        return tuple(self.tenures[0].forms)

    def has(self, url: str, now: datetime) -> bool:
        """Say whether one of its feeds is there at `now`: not every make of page has every form."""
        return url in self._tenure(now).forms

    def _tenure(self, now: datetime) -> Tenure:
        return next(tenure for tenure in reversed(self.tenures) if tenure.since <= now)

    def form(self, url: str, now: datetime) -> FeedFormat:
        """Return the form of a feed at `now`. Raises KeyError for an address that is none of its feeds'."""
        return self._tenure(now).forms[url]

    def events(self, now: datetime) -> list[Event]:
        """Return all that the page itself has at `now`, however old, what was posted on last first."""
        return xml.newest_first(event for life in self.lives if (event := life.at(now)))

    def open(self, now: datetime) -> list[Event]:
        """Return the outages and degradations that by its posts go on at `now`, what was posted on last first."""
        return [event for event in self.events(now) if event.is_going_on]

    def listing(self, url: str, now: datetime) -> list[Event]:
        """Return the events that one of its feeds shows at `now`, in the order in which they stand there."""
        says, events = self.form(url, now).says, self.events(now)
        if says.silent:
            return []
        if says.posts is Posts.FIRST or says.current:
            return [event for event in events if not event.is_over]
        return events[: says.window or None]

    def feed(self, url: str, now: datetime) -> bytes:
        """Return the bytes of one of its feeds at `now`."""
        return self.form(url, now).write(self.listing(url, now), urlsplit(url).hostname or "")

    def name(self, url: str, event: Event, now: datetime) -> str:
        """Return the id by which a reader of one of its feeds must know an event."""
        return self.form(url, now).name(event, urlsplit(url).hostname or "")

    def moments(self) -> Iterator[datetime]:
        """Yield when anything about it changes, in no order, some more than once."""
        for life in self.lives:
            yield from life.moments()
        yield from (tenure.since for tenure in self.tenures[1:])


def page(
    provider: Provider, lives: tuple[Life, ...], moves: Mapping[datetime, str] = MappingProxyType({})
) -> StatusPage:
    """Return the page of a provider that serves every feed its file names.

    `moves` are the dialects to which it moves, by when; what is read beside the feeds is there as far as the new platform
    has it. Raises ValueError for a dialect that nobody here can write.
    """
    tenures = [Tenure(_ALWAYS, {feed.url: form_of(feed.dialect, feed.url, make(provider)) for feed in provider.feeds})]
    for since, dialect in sorted(moves.items()):
        forms = {
            feed.url: form_of(feed.dialect if feed.beside else dialect, feed.url, dialect) for feed in provider.feeds
        }
        available = {feed.url for feed in provider.feeds if not feed.beside or forms[feed.url].page == dialect}
        tenures.append(Tenure(since, {url: form for url, form in forms.items() if url in available}))
    beside = frozenset(feed.url for feed in provider.feeds if feed.beside)
    return StatusPage(slug=provider.slug, lives=lives, tenures=tuple(tenures), beside=beside)

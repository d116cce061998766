"""Finds what an incident's page shows from elsewhere: its provider, other trouble of those days, articles citing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

from almanac.content.article import ArticleCard
from almanac.model import Card, Component, Incident, Provider, Pulls, Stretch, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.issued import Issued
from almanac.stats.precedent import Precedent, precedent
from almanac.stats.selection import is_machine, scoping
from almanac.text import english
from almanac.views import base, measures
from almanac.views.alternatives import Alternatives, alternatives
from almanac.views.backups import Advice, advice
from almanac.views.base import Dateline, Link
from almanac.views.corrections import Note, by_incident
from almanac.views.current import DeclaredState, end, is_open, state
from almanac.views.parts import Parts, Quote, Reader, parts, quote
from almanac.views.press import PressPost
from almanac.views.press import by_incident as posts_by_incident

OWN, OTHERS = 6, 4  # how many other incidents of the provider, and of others, are drawn
DAY = english.DAY


class Neighbour(NamedTuple):
    """Another incident, as far as a chart shows it."""

    url: str
    provider: str
    name: str
    css: str
    word: str
    since: int
    until: int
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """All that the page of an incident draws on besides the incident: while this is equal, the page is."""

    provider: str
    slug: str
    company: str
    neighbours: tuple[Neighbour, ...]
    cited_by: tuple[Link, ...]
    live: Dateline | None  # None once it is over: then nothing on its page moves with the clock
    now: int  # the moment it is known to be open until; 0 for one that is over
    end: int  # its end, or the last moment it is known to have been open
    whole: Provider | None = None  # with its components
    corrected: tuple[Note, ...] = ()  # by editors: it, and what was merged with it
    press_posts: tuple[PressPost, ...] = ()  # elsewhere at the time, oldest first
    forecasts: tuple[Issued, ...] = ()  # every forecast kept for it, oldest first
    hindcasts: str = ""  # what the forecast would have said, packed; "" where that was not computed
    is_current: bool = False  # whether it is surely still open: past an hour after the last reading nobody knows
    issued: Issued | None = None  # from here on only while it is: the newest forecast kept for it
    instead: Alternatives | None = None  # what to use meanwhile
    precedent: Precedent | None = None  # how earlier ones went on
    parts: Parts | None = None  # the components now
    status_page: Link | None = None  # its provider's own
    is_detailed: bool = True  # whether it has a replay and a twin in Markdown


class Surroundings:
    """Finds what stands around any incident; built once a build.

    `instead` gives what to use instead of a provider, by slug, `read` the texts of an incident; only what is open asks
    for them. What began before the year `details_since` has neither replay nor twin.
    """

    def __init__(
        self,
        almanac: Snapshot,
        instead: Callable[[], Mapping[str, Advice]] | None = None,
        read: Reader | None = None,
        details_since: int = 0,
    ) -> None:
        self._almanac = almanac
        self._instead = instead or (lambda: advice(measures.closed(almanac), almanac.project))
        self._providers = {provider.slug: provider for provider in almanac.providers}
        self._reach = {slug: _reach(pulls, seconds(almanac.now)) for slug, pulls in almanac.pulls.items()}
        self._cited = _citations(almanac.articles)
        self._corrected = by_incident(almanac)
        self._press_posts = posts_by_incident(almanac)
        self._read = read
        self._details_since = details_since
        self._forecasts = _forecasts(almanac)
        self._marks: dict[int, bytes] = {}
        self._states: dict[str, DeclaredState] = {}
        self._components: dict[str, Parts] = {}
        self._parts = {slug: _digest(provider.components) for slug, provider in self._providers.items()}
        # What is no service that people use stands in for no trouble of theirs.
        self._scopes = {
            slug: scoping(provider) for slug, provider in self._providers.items() if not is_machine(provider)
        }

    @cached_property
    def _days(self) -> Mapping[int, list[tuple[Card, int]]]:
        return _by_day(self._almanac)

    @cached_property
    def _provider_digest(self) -> bytes:
        """A digest of all that is shown of providers."""
        providers = self._almanac.providers
        return _digest([(p.slug, p.name, p.company, p.written_by, p.scope, p.components) for p in providers])

    def name(self, card: Card) -> str:
        """Return the name by which readers know the provider of an incident."""
        provider = self._providers.get(card.provider)
        return provider.name if provider else card.provider

    def parts(self, card: Card) -> bytes:
        """Return a digest of the components of an incident's provider: in their order it names its own."""
        return self._parts.get(card.provider, b"")

    def mark(self, card: Card) -> object:
        """Return what differs whenever the answer of `of` does, in a fifth of the time.

        Of what else happened it holds all that did on the same days, so it may differ where no page does.
        """
        if self._goes_on(card):
            return self.of(card)
        key, until = (card.provider, card.id), end(card, self._almanac.pulls.get(card.provider))
        view = window(card.started, until)
        days = [self._mark_of(day) for day in range(view.since // DAY, view.until // DAY + 1)]
        mentions = self._cited.get(key), self._corrected.get(key), self._press_posts.get(key)
        return self._provider_digest, until, days, *mentions, self.estimates(card)

    def own_marks(self, cards: Iterable[Card]) -> object:
        """Return what differs whenever the answer of `of` does for one of many, but for other trouble and providers."""
        marks: list[object] = []
        for card in cards:
            if self._goes_on(card):
                marks.append(self.of(card))
                continue
            key = (card.provider, card.id)
            own = self._cited.get(key), self._corrected.get(key), self._press_posts.get(key), *self.estimates(card)
            open_until = end(card, self._almanac.pulls.get(card.provider)) if card.ended is None else None
            if open_until or any(own):
                marks.append((key, open_until, own))
        return marks

    def estimates(self, card: Card) -> tuple[tuple[Issued, ...], str]:
        """Return the forecasts kept for an incident, oldest first, and its hindcasts as they are packed."""
        if not card.is_trouble:
            return (), ""
        key = (card.provider, card.id)
        return self._forecasts.get(key, ()), self._almanac.hindcasts.get(key, "")

    def _mark_of(self, day: int) -> bytes:
        """Return a digest of all that pages may show of the trouble of a day (days since the epoch)."""
        if day not in self._marks:
            facts = [
                (
                    c.provider,
                    c.id,
                    c.slug,
                    c.title,
                    c.title_is_ours,
                    c.kind,
                    c.impact,
                    c.components,
                    c.started,
                    c.ended is None,
                    until,
                )
                for c, until in self._days.get(day, ())
            ]
            self._marks[day] = _digest(facts)
        return self._marks[day]

    def _goes_on(self, card: Card) -> bool:
        reach = self._reach.get(card.provider)
        return reach is not None and is_open(card, self._almanac.pulls.get(card.provider), reach)

    def of(self, card: Card) -> Around:
        """Return what the page of an incident shows from elsewhere."""
        pulls = self._almanac.pulls.get(card.provider)
        provider = self._providers.get(card.provider)
        going_on, until = self._goes_on(card), end(card, pulls)
        is_current = going_on and seconds(self._almanac.now) - until < base.FRESH
        is_urgent = is_current and card.is_trouble
        forecasts, hindcasts = self.estimates(card)
        return Around(
            provider=self.name(card),
            slug=card.provider,
            company=provider.company if provider else "",
            neighbours=self._neighbours(card, until),
            cited_by=self._cited.get((card.provider, card.id), ()),
            live=base.dateline(self._almanac) if going_on else None,
            now=until if going_on else 0,
            end=until,
            whole=provider,
            corrected=self._corrected.get((card.provider, card.id), ()),
            press_posts=self._press_posts.get((card.provider, card.id), ()),
            is_current=is_current,
            issued=forecasts[-1] if forecasts and is_urgent else None,
            instead=self.instead_of(card.provider) if is_urgent else None,
            precedent=self._precedent(card, until) if is_urgent else None,
            parts=self.components(card.provider) if is_urgent else None,
            status_page=base.status_page(provider) if is_urgent and provider else None,
            forecasts=forecasts,
            hindcasts=hindcasts,
            is_detailed=self.is_detailed(card),
        )

    def is_detailed(self, card: Card) -> bool:
        """Return whether an incident has a replay and a twin in Markdown."""
        return moment(card.started).year >= self._details_since

    def state(self, slug: str) -> DeclaredState:
        """Return the state of a provider now."""
        if slug not in self._states:
            self._states[slug] = state(self._almanac, self._providers[slug])
        return self._states[slug]

    def components(self, slug: str) -> Parts:
        """Return the state of each component of a provider now."""
        if slug not in self._components:
            self._components[slug] = parts(self._almanac, self._providers[slug], self.state(slug), self._read)
        return self._components[slug]

    def other_components(self, slug: str, part: str) -> Parts:
        """Return the same of a component's page, which says more of that component itself."""
        return parts(self._almanac, self._providers[slug], self.state(slug), leave_out=part)

    def quote(self, card: Card, part: Component) -> Quote | None:
        """Return what the posts of an open incident say of a component in particular."""
        return quote(self._providers[card.provider], part, (card,), self._read, self._almanac.now)

    def text(self, card: Card) -> Incident | None:
        """Return an open incident with its texts, where these can be had."""
        return self._read(card) if self._read else None

    def _precedent(self, card: Card, until: int) -> Precedent | None:
        return precedent(self._almanac.cards.get(card.provider, ()), card, until)

    def instead_of(self, slug: str, capability: str = "") -> Alternatives | None:
        """Return what stands in for a provider, or for what it offers of a capability, with the state of each now."""
        best = self._advice.get(slug)
        return alternatives(best, self.state, self._almanac.now, self._almanac.project, capability) if best else None

    @cached_property
    def _advice(self) -> Mapping[str, Advice]:
        return self._instead()

    def _within(self, stretch: Stretch) -> Iterable[tuple[Card, int]]:
        days = range(stretch.since // DAY, stretch.until // DAY + 1)
        return chain.from_iterable(self._days.get(day, ()) for day in days)

    def _neighbours(self, card: Card, until: int) -> tuple[Neighbour, ...]:
        view = window(card.started, until)
        neighbours = {
            other.file: (other, ended)
            for other, ended in self._within(view)
            if other.started < view.until and ended >= view.since
        }
        neighbours.pop(card.file, None)
        if not neighbours:
            return ()
        near = sorted(neighbours.values(), key=lambda near: (abs(near[0].started - card.started), near[0].id))
        own = [(other, ended) for other, ended in near if other.provider == card.provider][:OWN]
        others = [
            (other, ended) for other, ended in near if other.provider != card.provider and self._comparable(other)
        ][:OTHERS]
        drawn = sorted([*own, *others], key=lambda drawn: (drawn[0].started, drawn[0].id))
        return tuple(self._neighbour(other, ended) for other, ended in drawn)

    def _comparable(self, card: Card) -> bool:
        scope = self._scopes.get(card.provider)
        return scope is not None and scope(card) == "in"

    def _neighbour(self, card: Card, until: int) -> Neighbour:
        provider = self._providers.get(card.provider)
        mark = base.mark(card)
        return Neighbour(
            url=base.incident_url(card),
            provider=provider.name if provider else card.provider,
            name=base.name(card),
            css=mark.css,
            word=mark.word,
            since=card.started,
            until=until,
            open=card.ended is None,
        )


def window(since: int, until: int, going_on: bool = False) -> Stretch:
    """Return the time a page shows around an incident: a little before, and more after it, because things come back."""
    length = until - since
    little = max(length // 4, english.HOUR // 2)
    more = max(length // 4, min(max(2 * length, 2 * english.HOUR), 6 * english.HOUR))
    return Stretch(since - little, until + (little if going_on else more))


def _digest(values: object) -> bytes:
    return blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _reach(pulls: Pulls, now: int) -> int | None:
    covered = windows.coverage(pulls, now)
    return covered[-1].until if covered else None


def _forecasts(almanac: Snapshot) -> dict[tuple[str, str], tuple[Issued, ...]]:
    """Return the forecasts kept for each incident, oldest first."""
    forecasts: dict[tuple[str, str], list[Issued]] = {}
    for slug, lines in almanac.issued.items():
        for line in lines:
            forecasts.setdefault((slug, line.incident), []).append(line)
    return {key: tuple(lines) for key, lines in forecasts.items()}


def _by_day(almanac: Snapshot) -> dict[int, list[tuple[Card, int]]]:
    """Return cards of trouble, each with when it is known to have ended, by each of their days (since the epoch)."""
    days: dict[int, list[tuple[Card, int]]] = {}
    for slug, cards in almanac.cards.items():
        pulls = almanac.pulls.get(slug)
        for card in cards:
            if card.is_trouble:
                until = end(card, pulls)
                for day in range(card.started // DAY, until // DAY + 1):
                    days.setdefault(day, []).append((card, until))
    return days


def _citations(articles: Iterable[ArticleCard]) -> dict[tuple[str, str], tuple[Link, ...]]:
    cited: dict[tuple[str, str], tuple[Link, ...]] = {}
    for article in articles:
        for key in article.incidents:
            cited[key] = (*cited.get(key, ()), Link(article.url, article.title))
    return cited

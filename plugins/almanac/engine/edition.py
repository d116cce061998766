"""What the surfaces of one build draw on: the Almanac, and what is made from it once, when first asked for."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from functools import cached_property
from urllib.parse import urlsplit

from almanac import archive, corrections, exports, views
from almanac.almanac import Almanac
from almanac.claims import Evidence
from almanac.engine.plan import Plan
from almanac.engine.press import digest
from almanac.exports import Channel, Item
from almanac.model import Card, Incident, Provider, seconds
from almanac.stats.selection import scope
from almanac.views.incidents import Months
from almanac.views.measures import Records

Key = tuple[str, str]


class Edition:
    """One build's knowledge. `contents` are the digests of incident files by file."""

    def __init__(self, plan: Plan, almanac: Almanac, contents: Mapping[str, bytes]) -> None:
        self.plan = plan
        self.almanac = almanac
        self._contents = contents
        self._texts: dict[str, Incident] = {}
        self._items: dict[str, Item] = {}

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """Providers by slug."""
        return {provider.slug: provider for provider in self.almanac.providers}

    @cached_property
    def incidents(self) -> dict[Key, Card]:
        """All cards by (provider slug, raw id)."""
        return {(card.provider, card.id): card for cards in self.almanac.cards.values() for card in cards}

    @cached_property
    def listed(self) -> frozenset[str]:
        """Addresses of the articles that stand in lists."""
        return frozenset(card.url for card in self.almanac.articles)

    @cached_property
    def months(self) -> Months:
        """All cards by month."""
        return views.months(self.almanac)

    @cached_property
    def records(self) -> Records:
        """The record of each provider, laid out for arithmetic."""
        return views.records(self.almanac)

    @cached_property
    def evidence(self) -> Evidence:
        """Answers to what articles ask of the archive."""
        return Evidence(self.almanac, lambda: self.records)

    def text(self, card: Card) -> Incident:
        """The incident of a card, with its texts."""
        if card.file not in self._texts:
            self._texts[card.file] = corrections.like(archive.read(self.plan.content, card.file), card)
        return self._texts[card.file]

    def item(self, card: Card) -> Item:
        """An incident as feeds have it; it stands in several."""
        if card.file not in self._items:
            provider = self.providers[card.provider]
            self._items[card.file] = exports.incident(self.text(card), card, provider, self.plan)
        return self._items[card.file]

    def mark(self, cards: Iterable[Card]) -> bytes:
        """A digest of some incidents and their addresses, in their order."""
        return digest(b"".join(card.file.encode() + self._contents[card.file] for card in cards))

    def newest(self, most: int, slug: str = "") -> list[Card]:
        """The incidents last posted, of one provider or of all, newest first; what does not concern AI is left out.

        What was announced for later than now (by an import that nobody saw) waits.
        """
        now = seconds(self.almanac.now)
        slugs = [slug] if slug else list(self.almanac.cards)
        found = (card for name in slugs for card in self.almanac.cards.get(name, ()) if card.posted <= now)
        concerning = (card for card in found if scope(self.providers[card.provider], card) != "out")
        return heapq.nlargest(most, concerning, key=lambda card: (card.posted, card.provider, card.id))

    def channel(self, title: str, home: str, name: str) -> Channel:
        """The head of the feed `name` in the folder `home`; of one feed in two forms the id is the same."""
        plan = self.plan
        kind = "history" if name.startswith("history") else "feed"
        return Channel(
            id=f"{plan.site_id}{kind}{home}",
            title=f"{plan.site_name}: {title}",
            url=f"{plan.site_url}{home}{name}",
            home=f"{plan.site_url}{home}",
            style=f"{urlsplit(plan.site_url).path.rstrip('/')}/theme/feed.css",
        )

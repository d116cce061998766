"""What the surfaces of one build draw on: the Snapshot, and what is made from it once, when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit

from almanac import exports, views
from almanac.claims import Evidence
from almanac.engine.lasting import Lasting
from almanac.engine.plan import Plan
from almanac.engine.press import digest
from almanac.engine.state import Row
from almanac.exports import Channel, FeedItem
from almanac.exports.statuspage import Declared, declared
from almanac.model import Card, Incident, Provider, seconds
from almanac.snapshot import Snapshot, as_of, order
from almanac.snapshot.order import Order
from almanac.stats.reporting import Reported
from almanac.stats.selection import scoping
from almanac.views.incidents import Months
from almanac.views.measures import Records
from almanac.views.providers import Years

Key = tuple[str, str]
Made = TypeVar("Made")
OWN_IDS = ("history", "updates", "major", "operators")  # feeds that are another feed, not another form of one


class Edition:
    """One build's knowledge; `rows` are by incident file, `lasting` is what the last build kept."""

    def __init__(self, plan: Plan, almanac: Snapshot, rows: Mapping[str, Row], lasting: Lasting) -> None:
        self.plan = plan
        self.almanac = almanac
        self.lasting = lasting
        # What workers are not told of rows takes no time on the way to them.
        self._contents = {file: row.content for file, row in rows.items()}
        self._facts = {file: row.facts for file, row in rows.items()}
        self._told = {file: row.told for file, row in rows.items()}
        self._texts: dict[str, Incident] = {}
        self._items: dict[str, FeedItem] = {}
        self._kept: dict[object, Any] = {}

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """Providers by slug."""
        return {provider.slug: provider for provider in self.almanac.providers}

    @cached_property
    def orders(self) -> Mapping[str, Order]:
        """What puts the components that incidents name in order, by provider."""
        return order.orders(self.almanac.providers)

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
    def years(self) -> dict[str, Years]:
        """The cards of each provider by year."""
        return {slug: views.by_year(cards) for slug, cards in self.almanac.cards.items()}

    @cached_property
    def records(self) -> Records:
        """The record of each provider, laid out for arithmetic."""
        return views.records(self.almanac)

    @cached_property
    def closed(self) -> Records:
        """The same up to the last midnight UTC: what is measured on pages stays the same for a day."""
        return views.closed(self.almanac)

    def reports(self, provider: Provider) -> list[Reported]:
        """How a provider's outages and degradations were reported."""
        return [self._told[card.file] for card in self.almanac.cards.get(provider.slug, ()) if card.is_trouble]

    @cached_property
    def evidence(self) -> Evidence:
        """Answers to what articles ask of the archive."""
        return Evidence(self.almanac, lambda: self.records)

    def text(self, card: Card) -> Incident:
        """The incident of a card, with its texts."""
        if card.file not in self._texts:
            self._texts[card.file] = as_of.incident(
                self.plan.content, card, seconds(self.almanac.now), self.orders[card.provider]
            )
        return self._texts[card.file]

    def item(self, card: Card) -> FeedItem:
        """An incident as feeds have it; it stands in several."""
        if card.file not in self._items:
            provider = self.providers[card.provider]
            self._items[card.file] = exports.incident(self.text(card), card, provider, self.plan)
        return self._items[card.file]

    def mark(self, cards: Iterable[Card]) -> bytes:
        """A digest of some incidents with their texts, and their addresses, in their order."""
        return digest(b"".join(card.file.encode() + self._contents[card.file] for card in cards))

    def facts(self, cards: Iterable[Card]) -> bytes:
        """The same without their texts: all that lists and numbers rest on."""
        return digest(b"".join([self._facts[card.file] for card in cards]))

    @cached_property
    def posted(self) -> dict[str, list[Card]]:
        """Incidents by provider slug, "" for all, the last posted first; what does not concern AI is left out.

        What was announced for later than now (by an import that nobody saw) waits.
        """
        now = seconds(self.almanac.now)
        found: dict[str, list[Card]] = {}
        for slug, cards in self.almanac.cards.items():
            scope = scoping(self.providers[slug])
            concerning = (card for card in cards if card.posted <= now and scope(card) != "out")
            found[slug] = sorted(concerning, key=_by_post, reverse=True)
        found[""] = sorted((card for cards in found.values() for card in cards), key=_by_post, reverse=True)
        return found

    def newest(self, most: int, slug: str = "") -> list[Card]:
        """The incidents last posted, of one provider or of all, newest first."""
        return self.posted[slug][:most]

    @cached_property
    def begun(self) -> datetime:
        """When the record begins, for the first provider that is covered; today while there is no record at all."""
        midnight = self.almanac.now.replace(hour=0, minute=0, second=0, microsecond=0)
        spans = (span for pulls in self.almanac.pulls.values() for span in pulls.coverage)
        return min((span.since for span in spans), default=midnight)

    @cached_property
    def people(self) -> bytes:
        """A digest of the names incidents are told under."""
        return digest({slug: (provider.name, provider.company) for slug, provider in self.providers.items()})

    @cached_property
    def declared(self) -> dict[str, Declared]:
        """What each provider declares now."""
        return {slug: declared(self.almanac, provider) for slug, provider in self.providers.items()}

    def kept(self, name: object, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once a build."""
        if name not in self._kept:
            self._kept[name] = make()
        made: Made = self._kept[name]
        return made

    def channel(self, title: str, home: str, name: str) -> Channel:
        """The head of the feed `name` in the folder `home`; of one feed in two forms the id is the same."""
        plan = self.plan
        kind = next((own for own in OWN_IDS if name.startswith(own)), "feed")
        return Channel(
            id=f"{plan.site_id}{kind}{home}",
            title=f"{plan.site_name}: {title}",
            url=f"{plan.site_url}{home}{name}",
            home=f"{plan.site_url}{home}",
            style=f"{urlsplit(plan.site_url).path.rstrip('/')}/theme/feed.css",
            record_since=self.begun,
            version=plan.version,
        )

    def linked(self, channel: Channel, current: str = "", earlier: str = "", later: str = "") -> Channel:
        """A feed or an archive document of it with its links to the others; archives are given by their names."""
        home = channel.home
        return replace(
            channel,
            id=f"{channel.id}{channel.url.removeprefix(home).removesuffix('.xml')}" if current else channel.id,
            current=current and f"{home}{current}",
            earlier=earlier and f"{home}atom/{earlier}.xml",
            later=later and f"{home}atom/{later}.xml",
        )


def _by_post(card: Card) -> tuple[int, str, str]:
    return card.posted, card.provider, card.id

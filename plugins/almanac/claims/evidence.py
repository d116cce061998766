"""The archive as the answerer of questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from almanac.claims import counting, moments
from almanac.claims.chosen import Chosen, Lengths, chosen
from almanac.claims.figure import Figure
from almanac.model import Card, Provider, Pulls, seconds
from almanac.queries import Query
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.record import Record, record
from almanac.text.quoting import quoted
from almanac.text.similar import nearest


class Unanswerable(ValueError):
    """A question about something that the archive does not know, with what was probably meant."""


class Evidence:
    """Answers questions from one Snapshot, each once."""

    def __init__(self, almanac: Snapshot, records: Callable[[], Mapping[str, Record]] | None = None) -> None:
        """`records` gives the record of each provider, where somebody has them already."""
        self.almanac = almanac
        self._given = records
        self._answers: dict[Query, Figure] = {}
        self._records: dict[str, Record] = {}

    def ask(self, query: Query) -> Figure:
        """The answer to a question. Raises Unanswerable if it names what is not known here."""
        if query not in self._answers:
            self._answers[query] = self._answered(query)
        return self._answers[query]

    def _answered(self, query: Query) -> Figure:
        if query.incident:
            return self._of_one(query)
        if query.what == "rank":
            self._provider(query.value)
            return counting.rank(query, [self._record(p) for p in self.almanac.providers])
        provider = self._provider(query.value if query.what == "common" else query.provider)
        self._component(provider, query.component)
        match query.what:
            case "availability":
                return counting.availability(query, self._record(provider))
            case "common":
                other = self._provider(query.other)
                return counting.common(query, self._lasting(query, provider), self._lasting(query, other))
        count = {
            "share": counting.share,
            "length": counting.length,
            "count": counting.count,
            "streak": counting.streak,
        }[query.what]
        known = self._lasting(query, provider) if "days" in query.value else self._chosen(query, provider)
        return count(query, known)

    def _of_one(self, query: Query) -> Figure:
        provider, card = self._incident(query.incident)
        match query.what:
            case "started":
                return moments.started(card)
            case "ended":
                return moments.ended(card)
            case "lasted":
                return moments.lasted(card, self._lengths(provider, card))
            case "affected":
                self._component(provider, query.value)
                return moments.affected(query, provider, card)
            case "posted":
                return moments.posted(query, card)
            case "delay":
                return moments.delay(query, card)
        lengths = self._lengths(provider, card)
        around = query._replace(since=card.started, until=card.started + max(lengths.most, 1))
        return moments.trouble(query, card, lengths, self._lasting(around, self._provider(query.value)))

    def _lengths(self, provider: Provider, card: Card) -> Lengths:
        return self._chosen(Query(what="", value=""), provider).lengths(card)

    def _chosen(self, query: Query, provider: Provider) -> Chosen:
        slug = provider.slug
        pulls = self._pulls(slug)
        now = seconds(self.almanac.now)
        seen_open = {raw: seconds(at) for raw, at in pulls.last_open}
        cards = self.almanac.cards.get(slug, ())
        return chosen(query, provider, cards, windows.coverage(pulls, now), seen_open, now)

    def _lasting(self, query: Query, provider: Provider) -> Chosen:
        """Also the incidents that started before the period and may have lasted into it."""
        known = self._chosen(query._replace(since=0), provider)

        def still(card: Card) -> bool:
            return card.started + known.lengths(card).most >= query.since

        return known._replace(sure=tuple(filter(still, known.sure)), maybe=tuple(filter(still, known.maybe)))

    def _record(self, provider: Provider) -> Record:
        if self._given:
            return self._given()[provider.slug]
        if provider.slug not in self._records:
            pulls, now = self._pulls(provider.slug), seconds(self.almanac.now)
            cards = self.almanac.cards.get(provider.slug, ())
            last_open = {raw: seconds(at) for raw, at in pulls.last_open}
            self._records[provider.slug] = record(
                provider, cards, windows.coverage(pulls, now), now=now, last_open=last_open
            )
        return self._records[provider.slug]

    def _pulls(self, slug: str) -> Pulls:
        return self.almanac.pulls.get(slug) or Pulls(provider=slug)

    @cached_property
    def _providers(self) -> dict[str, Provider]:
        return {provider.slug: provider for provider in self.almanac.providers}

    @cached_property
    def _cards(self) -> dict[str, Card]:
        return {f"{card.provider}/{card.id}": card for cards in self.almanac.cards.values() for card in cards}

    def _provider(self, slug: str) -> Provider:
        if slug not in self._providers:
            near = nearest(slug, self._providers)
            cure = f"did you mean {near!r}?" if near else "write the name of a file in content/providers without .md"
            raise Unanswerable(f"{quoted(slug)} is no provider here; {cure}")
        return self._providers[slug]

    def _incident(self, key: str) -> tuple[Provider, Card]:
        provider = self._provider(key.partition("/")[0])
        if key not in self._cards:
            near = nearest(key, [known for known in self._cards if known.startswith(f"{provider.slug}/")])
            cure = f"did you mean {near!r}?" if near else f"write the id as content/incidents/{provider.slug} has it"
            raise Unanswerable(f"{quoted(key)} is not in the archive; {cure}")
        return provider, self._cards[key]

    def _component(self, provider: Provider, slug: str) -> None:
        known = [component.slug for component in provider.components]
        if slug and slug not in known:
            near = nearest(slug, known)
            cure = f"did you mean {near!r}?" if near else f"known: {', '.join(known)}"
            raise Unanswerable(f"{quoted(slug)} is no component of {provider.slug}; {cure}")

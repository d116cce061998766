"""The archive as the answerer of questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from almanac.claims import counting, one_incident
from almanac.claims.chosen import Chosen, Lengths, chosen
from almanac.claims.figure import Figure
from almanac.model import Card, Provider, Pulls, seconds
from almanac.queries import Query
from almanac.queries.question import DAYS
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.record import Record, record
from almanac.stats.selection import UNSEEN_START, Selection, select
from almanac.stats.windows import Times
from almanac.text.quoting import quoted
from almanac.text.similar import cure, no_incident, no_provider


class UnanswerableError(ValueError):
    """A question about something that the archive does not know, with what was probably meant."""


class Evidence:
    """Answers questions from one Snapshot, each once."""

    def __init__(self, almanac: Snapshot, records: Callable[[], Mapping[str, Record]] | None = None) -> None:
        """Draw on `almanac`; `records` gives the record of each provider, where somebody has them already."""
        self.almanac = almanac
        self._ready_records = records
        self._answers: dict[Query, Figure] = {}
        self._records: dict[str, Record] = {}
        self._selections: dict[tuple[str, Times], Selection] = {}

    def ask(self, query: Query) -> Figure:
        """Return the answer to a question. Raises UnanswerableError if it names what is not known here."""
        if query not in self._answers:
            self._answers[query] = self._answer(query)
        return self._answers[query]

    def _answer(self, query: Query) -> Figure:
        if query.incident:
            return self._of_one(query)
        if query.question == "rank":
            self._provider(query.value)
            return counting.rank(query, [self._record(p) for p in self.almanac.providers])
        provider = self._provider(query.value if query.question in ("common", "together") else query.provider)
        self._component(provider, query.component)
        match query.question:
            case "availability":
                return counting.availability(query, self._record(provider))
            case "together":
                of_both = self._record(provider), self._record(self._provider(query.other))
                return counting.together(query, of_both, len(self._with_data()))
            case "common":
                other = self._provider(query.other)
                whole = self._open_in(query._replace(component=""), other, _open_in_covered_time)
                return counting.common(query, self._open_in(query, provider, _open_in_covered_time), whole)
        count = {
            "share": counting.share,
            "length": counting.length,
            "count": counting.count,
            "streak": counting.streak,
        }[query.question]
        by_day = query.value in DAYS
        incidents = self._open_in(query, provider, _of_unseen_start) if by_day else self._select(query, provider)
        return count(query, incidents)

    def _of_one(self, query: Query) -> Figure:
        provider, card = self._incident(query.incident)
        match query.question:
            case "started":
                return one_incident.started(card)
            case "ended":
                return one_incident.ended(card)
            case "lasted":
                return one_incident.lasted(card, self._lengths(provider, card))
            case "affected":
                self._component(provider, query.value)
                return one_incident.affected(query, provider, card)
            case "posted":
                return one_incident.posted(query, card)
            case "delay":
                return one_incident.delay(query, card)
        lengths = self._lengths(provider, card)
        around = query._replace(since=card.started, until=card.started + max(lengths.most, 1))
        other = self._provider(query.value)
        self._component(other, query.component)
        whole = self._open_in(around._replace(impacts=(), component=""), other, _of_unseen_start)
        return one_incident.trouble(query, card, lengths, self._open_in(around, other, _of_unseen_start), whole)

    def _lengths(self, provider: Provider, card: Card) -> Lengths:
        return self._select(Query(question="", value=""), provider).lengths(card)

    def _select(
        self, query: Query, provider: Provider, more: Callable[[Selection], Iterable[Card]] = lambda _: ()
    ) -> Chosen:
        """Return the incidents that count, as in every number, and of the others those that `more` picks."""
        slug = provider.slug
        pulls = self._pulls(slug)
        now = seconds(self.almanac.now)
        seen_open = {raw: seconds(at) for raw, at in pulls.last_open}
        product = next((part.product for part in provider.components if part.slug == query.component), "")
        covered = windows.coverage(windows.of_product(pulls, product) if product else pulls, now)
        if (slug, covered) not in self._selections:
            self._selections[slug, covered] = select(provider, self.almanac.cards.get(slug, ()), covered)
        selection = self._selections[slug, covered]
        cards = (*selection.eligible, *selection.doubtful, *more(selection))
        long = self._record(provider).habit.long
        return chosen(query, provider, cards, covered, seen_open, now=now, long=long)

    def _open_in(self, query: Query, provider: Provider, more: Callable[[Selection], Iterable[Card]]) -> Chosen:
        """Return also the incidents that started before the period and may have lasted into it."""
        incidents = self._select(query._replace(since=0), provider, more)

        def reaches_in(card: Card) -> bool:
            return card.started + incidents.lengths(card).most >= query.since

        return incidents._replace(
            sure=tuple(filter(reaches_in, incidents.sure)), maybe=tuple(filter(reaches_in, incidents.maybe))
        )

    def _record(self, provider: Provider) -> Record:
        if self._ready_records:
            return self._ready_records()[provider.slug]
        if provider.slug not in self._records:
            pulls, now = self._pulls(provider.slug), seconds(self.almanac.now)
            cards = self.almanac.cards.get(provider.slug, ())
            last_open = {raw: seconds(at) for raw, at in pulls.last_open}
            self._records[provider.slug] = record(
                provider,
                cards,
                windows.coverage(pulls, now),
                now=now,
                last_open=last_open,
                by_product=windows.coverage_by_product(pulls, now),
            )
        return self._records[provider.slug]

    def _with_data(self) -> list[Provider]:
        """Return the providers of which anything is covered."""
        return [provider for provider in self.almanac.providers if self._pulls(provider.slug).coverage]

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
            raise UnanswerableError(no_provider(slug, self._providers))
        return self._providers[slug]

    def _incident(self, key: str) -> tuple[Provider, Card]:
        provider = self._provider(key.partition("/")[0])
        if key not in self._cards:
            raise UnanswerableError(no_incident(key, self._cards))
        return provider, self._cards[key]

    def _component(self, provider: Provider, slug: str) -> None:
        slugs = [component.slug for component in provider.components]
        if slug and slug not in slugs:
            what_to_write = cure(slug, slugs, f"known: {', '.join(slugs)}")
            raise UnanswerableError(f"{quoted(slug)} is not a component of {provider.slug}; {what_to_write}")


def _open_in_covered_time(selection: Selection) -> Iterable[Card]:
    """Return what began before the coverage: its covered time counts, as in shares."""
    return selection.carried


def _of_unseen_start(selection: Selection) -> Iterable[Card]:
    """Return what started while we had no data: it was reported all the same, and day bars show it."""
    return (left.card for left in selection.left_out if left.why == UNSEEN_START)

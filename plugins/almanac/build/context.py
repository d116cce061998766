"""What the routes of one build draw on: the snapshot, what is made of it once, when first asked for, and their keys.

A key is a digest of all that an output is made of, kept coarse: the texts of some incidents (`texts`), their facts
(`facts`), or all that a provider's record up to the last midnight rests on (`closed_facts`), and what else it shows.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

from almanac import views
from almanac.build.cache import digest, pack, unpack
from almanac.build.settings import BuildSettings
from almanac.build.sources import SourceRow
from almanac.build.templates import Templates
from almanac.claims import Evidence
from almanac.content.article import Article
from almanac.exports.embed import Embeds
from almanac.model import Card, Incident, Provider, Pulls, seconds
from almanac.snapshot import Snapshot, as_of, order
from almanac.snapshot.order import Order
from almanac.stats import windows
from almanac.stats.reporting import Reported
from almanac.stats.selection import scoping
from almanac.text import english
from almanac.views.around import window
from almanac.views.compare import Verdicts
from almanac.views.current import end
from almanac.views.incidents import Months
from almanac.views.measures import Records
from almanac.views.providers import Years

Key: TypeAlias = tuple[str, str]
Value = TypeVar("Value")
BUCKET = 16 * english.DAY  # seconds


class PlainText(NamedTuple):
    """A page that people wrote, such as /about/."""

    file: str  # relative to content/
    url: str
    title: str
    summary: str
    html: str  # safe


@dataclass(frozen=True, slots=True)
class Prose:
    """What people wrote, as Pelican has read it."""

    articles: tuple[Article, ...] = ()
    drafts: tuple[Article, ...] = ()  # which have their pages and stand in no list
    pages: tuple[PlainText, ...] = ()

    @property
    def bare(self) -> Prose:
        """The same without the texts."""
        return Prose(
            tuple(replace(article, html="") for article in self.articles),
            tuple(replace(article, html="") for article in self.drafts),
            tuple(page._replace(html="") for page in self.pages),
        )

    @property
    def texts(self) -> dict[str, bytes]:
        """A digest of the text of each file."""
        texts: list[Article | PlainText] = [*self.articles, *self.drafts, *self.pages]
        return {text_file(one): digest(one.html) for one in texts}


Text = TypeVar("Text", Article, PlainText)


def text_file(one: Article | PlainText) -> str:
    """Return under what name a text is asked for that people wrote; an incident has no such."""
    return f"content/{one.file}"


class Memo:
    """Values that rest on what seldom changes: made once, and remembered from build to build while that stays the same."""

    def __init__(self, blobs: Mapping[str, bytes]) -> None:
        self._blobs = blobs
        self.packed: dict[str, bytes] = {}  # what was asked for, for the next build

    def get(self, name: str, rests_on: object, make: Callable[[], Value]) -> Value:
        """Return what `make` returns, which depends on `rests_on` and nothing else."""
        key = digest(rests_on)
        blob = self.packed.get(name) or self._blobs.get(name)
        before, frozen = unpack(blob) if blob else (b"", b"")
        value: Value
        if before == key:
            value = pickle.loads(frozen)  # noqa: S301  (from our own cache, under its checksum)
        else:
            value = make()
            blob = pack((key, pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))
        self.packed[name] = blob or b""
        return value


class Archive(NamedTuple):
    """What pages draw on of content/, and what is known of each incident file."""

    snapshot: Snapshot
    rows: Mapping[str, SourceRow]


class Changes(NamedTuple):
    """What is another than in the last build."""

    whole: bytes  # a digest of all that pages may draw on, but for the texts of what is over
    texts: frozenset[str]  # files whose text is, of incidents and of people
    near: Callable[[Collection[str]], Archive] | None = None  # where nothing else is: what pages of some draw on


class Context:
    """All that one build knows; the archive is loaded when it is asked for.

    `memo` and `outputs` are what the last build remembered. With `only`, no other incident has pages made.
    """

    def __init__(
        self,
        settings: BuildSettings,
        load: Callable[[], Archive],
        prose: Prose,
        changes: Changes,
        memo: Mapping[str, bytes],
        outputs: Mapping[str, bytes],
        only: Collection[str] | None = None,
    ) -> None:
        self.settings = settings
        self.prose = prose
        self.changes = changes
        self.memo = Memo(memo)
        self.outputs = outputs
        self.only = only
        self.addresses: tuple[str, ...] = ()  # of pages of the first round of routes, for those that list them
        self.asked_for: set[str] = set()  # files whose texts the running job asks for, of incidents and of people
        self._load = load
        self._values: dict[object, Any] = {}
        self._remembered = memo, outputs

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as what it was made of."""
        load = partial(Archive, *self._archive)
        return Context, (self.settings, load, self.prose, self.changes._replace(near=None), *self._remembered)

    def near(self, files: Collection[str]) -> Context:
        """Return the context in which pages of some incidents alone are made."""
        load = partial(self.changes.near, files) if self.changes.near else self._load
        return Context(self.settings, load, self.prose, self.changes, {}, {}, files)

    def shared(self, name: object, make: Callable[[], Value]) -> Value:
        """Return what `make` returns, made once a build and process. Whoever asks for it asks for all that it asks for."""
        if name not in self._values:
            so_far, self.asked_for = self.asked_for, set()
            try:
                self._values[name] = make(), frozenset(self.asked_for)
            finally:
                self.asked_for |= so_far
        value: Value
        value, asked_for = self._values[name]
        self.asked_for |= asked_for
        return value

    # What is drawn on

    @cached_property
    def _archive(self) -> Archive:
        return self._load()

    @property
    def snapshot(self) -> Snapshot:
        """The archive at the moment of the build."""
        return self._archive.snapshot

    @cached_property
    def templates(self) -> Templates:
        """The theme, ready to print."""
        return Templates(self.settings)

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """Providers by slug."""
        return {provider.slug: provider for provider in self.snapshot.providers}

    @cached_property
    def orders(self) -> Mapping[str, Order]:
        """What puts the components that incidents name in order, by provider."""
        return order.orders(self.snapshot.providers)

    @cached_property
    def incidents(self) -> dict[Key, Card]:
        """All cards by (provider slug, raw id)."""
        return {(card.provider, card.id): card for cards in self.snapshot.cards.values() for card in cards}

    @cached_property
    def cited(self) -> frozenset[Key]:
        """The incidents that articles cite."""
        return frozenset(key for article in self.snapshot.articles for key in article.incidents)

    @cached_property
    def months(self) -> Months:
        """All cards by month."""
        return views.months(self.snapshot)

    @cached_property
    def years(self) -> dict[str, Years]:
        """The cards of each provider by year."""
        return {slug: views.by_year(cards) for slug, cards in self.snapshot.cards.items()}

    @cached_property
    def records(self) -> Records:
        """The record of each provider, laid out for arithmetic."""
        return views.records(self.snapshot)

    @cached_property
    def closed(self) -> Snapshot:
        """The snapshot of the last midnight UTC: what is measured on pages stays the same for a day."""
        return views.whole_days(self.snapshot)

    @cached_property
    def closed_records(self) -> Records:
        """The record of each provider up to then."""
        return views.records(self.closed)

    @cached_property
    def evidence(self) -> Evidence:
        """Answers to what articles ask of the archive."""
        return Evidence(self.snapshot, lambda: self.records)

    @cached_property
    def newest_posts(self) -> dict[str, list[Card]]:
        """Incidents by provider slug, "" for all, the last posted first; what does not concern the subject is left out.

        What was announced for later than now (by an import that nobody saw) waits.
        """
        now = seconds(self.snapshot.now)
        cards_by_slug: dict[str, list[Card]] = {}
        for slug, cards in self.snapshot.cards.items():
            scope = scoping(self.providers[slug])
            concerning = (card for card in cards if card.posted <= now and scope(card) != "out")
            cards_by_slug[slug] = sorted(concerning, key=_by_post, reverse=True)
        cards_by_slug[""] = sorted(
            (card for cards in cards_by_slug.values() for card in cards), key=_by_post, reverse=True
        )
        return cards_by_slug

    @cached_property
    def surroundings(self) -> views.Surroundings:
        """What stands around incidents, and how it is now."""
        return views.Surroundings(self.snapshot, lambda: self.advice, self.incident, self.settings.details_since)

    @cached_property
    def advice(self) -> Mapping[str, views.Advice]:
        """What to use instead of each provider, by slug."""
        return self.memo.get(
            "advice", self.all_closed_facts, lambda: views.advice(self.closed_records, self.settings.project)
        )

    @cached_property
    def board(self) -> views.Board | None:
        """The ranks of the period shown first."""
        return self.memo.get("board", self.all_closed_facts, lambda: views.board(self.closed, self.closed_records))

    @cached_property
    def habits(self) -> object:
        """How often and how long the incidents of each provider are: what intervals allow for."""
        make = lambda: [record.habit for record in self.closed_records.values()]  # noqa: E731
        return self.memo.get("habits", self.all_closed_facts, make)

    @cached_property
    def verdicts(self) -> Verdicts:
        """What is known of the differences of any two providers."""
        make = partial(views.verdicts, self.closed, self.closed_records)
        return self.memo.get("verdicts", self.all_closed_facts, make)

    def figures(self, provider: Provider) -> views.Figures:
        """Return what is measured of a provider lately."""
        period = views.lately(self.snapshot, provider)
        rests_on = period, self.closed_facts(provider)
        make = lambda: views.figures(self.closed_records[provider.slug], period)  # noqa: E731
        return self.memo.get(f"figures of {provider.slug}", rests_on, make)

    def reports(self, provider: Provider) -> list[Reported]:
        """Return how a provider's outages and degradations up to the last midnight were reported, of the site's subject."""
        cards, scope = self.closed.cards.get(provider.slug, ()), scoping(provider)
        return [self.row(card.file).reporting for card in cards if card.is_trouble and scope(card) == "in"]

    def incident(self, card: Card) -> Incident:
        """Return the incident of a card, with its texts."""
        now, in_order = seconds(self.snapshot.now), self.orders[card.provider]
        self.asked_for.add(card.file)
        return self.shared(("incident", card.file), lambda: as_of.incident(self.settings.content, card, now, in_order))

    def read(self, one: Text) -> Text:
        """Return what people wrote; whoever prints its text takes it from here."""
        self.asked_for.add(text_file(one))
        return one

    @cached_property
    def embeds(self) -> Embeds:
        """What blocks in articles show of the archive."""
        return Embeds(self.snapshot, self.incident, self.settings.root_path)

    def prepare(self, *, is_cold: bool) -> None:
        """Make what nearly every worker needs, so that those forked later have it; where all is new, all templates."""
        if self.changes.near:
            return  # few will be asked for anything, and here
        templates = self.templates
        if is_cold:
            templates.compile()
        for name in ("newest_posts", "months", "years", "incidents", "surroundings", "names"):
            getattr(self, name)

    def page(self, template: str, view: object) -> bytes:
        """Return the page that a template makes of a view."""
        return self.templates.page(template, view)

    # Keys

    def row(self, file: str) -> SourceRow:
        """Return what is known of an incident file."""
        return self._archive.rows[file]

    def texts(self, cards: Iterable[Card]) -> bytes:
        """Return a digest of some incidents with their texts, and their addresses, in their order."""
        rows, names = self._archive.rows, [card.file for card in cards]
        self.asked_for.update(names)
        return digest(b"".join([name.encode() + rows[name].text for name in names]))

    def facts(self, cards: Iterable[Card]) -> bytes:
        """Return the same without their texts: all that lists and numbers rest on."""
        rows = self._archive.rows
        return digest(b"".join([rows[card.file].facts for card in cards]))

    def facts_of(self, slug: str) -> bytes:
        """Return the digest of the facts of all incidents of a provider."""
        return self.shared(("facts", slug), lambda: self.facts(self.snapshot.cards.get(slug, ())))

    def closed_facts(self, provider: Provider) -> bytes:
        """Return a digest of all that a provider's record up to the last midnight depends on."""
        return self.shared(("closed facts", provider.slug), lambda: self._closed_facts(provider))

    def _closed_facts(self, provider: Provider) -> bytes:
        until = views.closed_at(self.snapshot) + 1
        coverage = coverage_within(self.snapshot.pulls.get(provider.slug), 0, until)
        return digest(provider, until, self.facts(self.closed.cards.get(provider.slug, ())), coverage)

    @cached_property
    def all_closed_facts(self) -> bytes:
        """A digest of all that the records of all providers up to the last midnight depend on."""
        return digest(*(self.closed_facts(provider) for provider in self.snapshot.providers))

    @cached_property
    def trouble_of_days(self) -> dict[int, bytes]:
        """For each BUCKET of days a digest of all that pages may show of the trouble of those days."""
        buckets: dict[int, list[bytes]] = {}
        for slug, cards in self.snapshot.cards.items():
            pulls = self.snapshot.pulls.get(slug)
            for card in cards:
                if card.is_trouble:
                    until = end(card, pulls)
                    mark = self.row(card.file).facts + b"%d" % until
                    for bucket in range(card.started // BUCKET, until // BUCKET + 1):
                        buckets.setdefault(bucket, []).append(mark)
        return {bucket: digest(b"".join(marks)) for bucket, marks in buckets.items()}

    def around(self, cards: Sequence[Card]) -> bytes:
        """Return a digest of all that the pages of some incidents show from elsewhere."""
        surroundings = self.surroundings
        views_of_time = [window(card.started, end(card, self.snapshot.pulls.get(card.provider))) for card in cards]
        first, last = min(view.since for view in views_of_time), max(view.until for view in views_of_time)
        trouble = [self.trouble_of_days.get(bucket) for bucket in range(first // BUCKET, last // BUCKET + 1)]
        return digest(self._all_providers, trouble, surroundings.own_marks(cards))

    @cached_property
    def _all_providers(self) -> bytes:
        return digest(self.snapshot.providers)

    @cached_property
    def names(self) -> bytes:
        """A digest of the names incidents are told under."""
        return digest({slug: (provider.name, provider.company) for slug, provider in self.providers.items()})


def coverage_within(pulls: Pulls | None, since: int, until: int) -> object:
    """Return what was covered in a stretch of time, how far the record reached, and what was last seen open in it."""
    if pulls is None:
        return None
    covered = windows.clip(windows.coverage(pulls, until), since, until)
    reach = max((min(seconds(span.until), until) for span in pulls.coverage), default=0)
    last_open = [(name, min(seconds(at), until)) for name, at in pulls.last_open]
    return covered, windows.coverage_by_product(pulls, until), reach, last_open


def _by_post(card: Card) -> tuple[int, str, str]:
    return card.posted, card.provider, card.id

"""The data sets that were imported: what each is, how complete, its warts, the time it covers, and its incidents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from almanac.content.datasets import DataSet
from almanac.model import Card, Pulls, Span, moment, seconds
from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views import base, rows
from almanac.views.base import Head, Link
from almanac.views.rows import IncidentRow

COMPLETE = {"whole": "complete", "part": "a part", "untested": "not tested"}
SLUG = re.compile(r"[a-z0-9-]{1,64}")
NEWEST = 20  # incidents a page lists


class DataSetLine(NamedTuple):
    """A data set in the list of all."""

    name: Link
    made_by: str
    complete: str
    incidents: str
    span: str  # of its incidents


class SpanLine(NamedTuple):
    """A time for which a data set is taken to speak of a provider, or was and is no longer."""

    provider: Link
    time: str
    note: str  # of which products, or that it is cut


class DataSetProvider(NamedTuple):
    """The incidents of one provider that a data set brought."""

    provider: Link
    incidents: str
    table: Link  # of its incidents as CSV
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSetList:
    """The list of all data sets, at /data/sources/."""

    head: Head
    stand: str
    lines: tuple[DataSetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSetPage:
    """The page of one data set, at /data/sources/<slug>/."""

    head: Head
    title: str
    stand: str
    made_by: str
    source: Link | None
    licence: str
    complete: str
    tested: str
    warts: tuple[str, ...]
    spans: tuple[SpanLine, ...]
    providers: tuple[DataSetProvider, ...]
    newest: tuple[IncidentRow, ...]


def url(slug: str) -> str:
    """Return the address of the page of a data set; "" for a name that is no slug, and so has no page."""
    return f"/data/sources/{slug}/" if SLUG.fullmatch(slug) else ""


def slugs(almanac: Snapshot) -> tuple[str, ...]:
    """Return every data set that brought an incident or a span, or that somebody describes."""
    imported = {card.imported for cards in almanac.cards.values() for card in cards}
    spans = {span.dataset for pulls in almanac.pulls.values() for span in (*pulls.coverage, *pulls.cuts)}
    names = {one.slug for one in almanac.datasets} | imported | spans
    return tuple(sorted(name for name in names if SLUG.fullmatch(name)))  # a file of the archive may hold any text


def datasets(almanac: Snapshot) -> DataSetList:
    """Return the list of all data sets, those with the most incidents first."""
    by_slug = _by_slug(almanac)
    described = {one.slug: one for one in almanac.datasets}
    ordered = sorted(slugs(almanac), key=lambda slug: (-len(by_slug.get(slug, ())), slug))
    total = sum(len(by_slug.get(slug, ())) for slug in ordered)
    return DataSetList(
        head=Head(
            title="Sources of imported data",
            path="/data/sources/",
            section="data",
            description="Where the incidents from before this site read feeds come from, and how complete each source is.",
        ),
        stand=f"{english.plural(total, 'incident')} from {english.plural(len(ordered), 'data set')} that others made. Only facts were "
        "taken: times, phases, severities and names of components, no text.",
        lines=tuple(_line(slug, described.get(slug), by_slug.get(slug, [])) for slug in ordered),
    )


def dataset(almanac: Snapshot, slug: str) -> DataSetPage:
    """Return the page of one data set."""
    one = next((one for one in almanac.datasets if one.slug == slug), None)
    cards = _by_slug(almanac).get(slug, [])
    names = rows.names(almanac.providers)
    return DataSetPage(
        head=Head(
            title=f"Source: {one.name if one else slug}",
            path=url(slug),
            section="data",
            description=one.summary if one else f"What was imported from the data set {slug}.",
        ),
        title=one.name if one else slug,
        stand=one.summary if one else "Nobody has described this data set yet.",
        made_by=one.made_by if one else "unknown",
        source=Link(one.url, one.url.removeprefix("https://")) if one else None,
        licence=(one.licence or "none stated; only facts were taken") if one else "unknown",
        complete=COMPLETE[one.complete] if one else COMPLETE["untested"],
        tested=one.tested if one else "",
        warts=one.warts if one else (),
        spans=tuple(_spans(almanac, slug)),
        providers=tuple(_providers(almanac, cards)),
        newest=tuple(rows.dated(card, names[card.provider]) for card in cards[:NEWEST]),
    )


def _by_slug(almanac: Snapshot) -> dict[str, list[Card]]:
    """Return the imported incidents of each data set, the newest first."""
    by_slug: dict[str, list[Card]] = {}
    for cards in almanac.cards.values():
        for card in cards:
            if card.imported:
                by_slug.setdefault(card.imported, []).append(card)
    return {slug: sorted(cards, key=lambda card: (-card.started, card.id)) for slug, cards in by_slug.items()}


def _line(slug: str, one: DataSet | None, cards: list[Card]) -> DataSetLine:
    span = _days(cards[-1].started, cards[0].started) if cards else ""
    return DataSetLine(
        name=Link(url(slug), one.name if one else slug),
        made_by=one.made_by if one else "",
        complete=COMPLETE[one.complete] if one else COMPLETE["untested"],
        incidents=english.count(len(cards)),
        span=span,
    )


def _spans(almanac: Snapshot, slug: str) -> Iterable[SpanLine]:
    for provider in rows.by_name(almanac.providers):
        pulls = almanac.pulls.get(provider.slug) or Pulls(provider=provider.slug)
        link = Link(base.provider_url(provider.slug), provider.name)
        for span in (span for span in pulls.coverage if span.dataset == slug):
            about = f"of {english.listing(span.products, len(span.products))} only" if span.products else ""
            yield SpanLine(link, _time(span), about)
        for cut in (cut for cut in pulls.cuts if cut.dataset == slug):
            yield SpanLine(
                link,
                _time(cut),
                "excluded, because too much was missing: its incidents count only where another source covers the time",
            )


def _time(span: Span) -> str:
    """Return the days of a span, both included."""
    return _days(seconds(span.since), max(seconds(span.until) - 1, seconds(span.since)))


def _days(first: int, last: int) -> str:
    """Return the days from one instant to another in words; one day once."""
    since, until = moment(first), moment(last)
    return english.date(since) if since.date() == until.date() else english.period(since, until)


def _providers(almanac: Snapshot, cards: Sequence[Card]) -> Iterable[DataSetProvider]:
    counts = Counter(card.provider for card in cards)
    for provider in rows.by_name(almanac.providers):
        if number := counts[provider.slug]:
            pulls = almanac.pulls.get(provider.slug) or Pulls(provider=provider.slug)
            own = [card for card in cards if card.provider == provider.slug]
            within = sum(
                any(seconds(s.since) <= card.started < seconds(s.until) for s in pulls.coverage) for card in own
            )
            yield DataSetProvider(
                provider=Link(base.provider_url(provider.slug), provider.name),
                incidents=english.count(number),
                table=Link(f"/data/incidents/{provider.slug}.csv", "CSV"),
                note=_coverage_note(within, number),
            )


def _coverage_note(within: int, number: int) -> str:
    """Say how many incidents began while the provider is covered, where that is not each of them."""
    if within == number:
        return ""
    return f"{english.count(within)} of them in covered time" if within else "shown only: none began in covered time"

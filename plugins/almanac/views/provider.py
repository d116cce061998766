"""The page of a provider: "Is Claude down?", its days, figures, parts, and the sources of all that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Card, Provider, Stretch, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.availability import Measure, measure
from almanac.stats.ranking import MAX_RANGE
from almanac.stats.record import Record
from almanac.stats.selection import placing
from almanac.stats.windows import Period
from almanac.text import addresses, english, markdown
from almanac.views import base, calendar, charts, current, measures, rows
from almanac.views.articles import Teaser, teaser
from almanac.views.backups import Advice
from almanac.views.base import FeedLink, Head, Link, Mark
from almanac.views.calendar import DAYS, MonthRow, Ninety
from almanac.views.charts import Histogram
from almanac.views.current import DeclaredState
from almanac.views.incident import Fact
from almanac.views.incidents import Count
from almanac.views.numbers import url as numbers_url
from almanac.views.rows import IncidentRow
from almanac.views.status import ProviderSource, source
from almanac.views.undeclared import UndeclaredLine, undeclared_lines

LATEST = 8
SHARE = "share-of-covered-time-without-declared-trouble"  # sections of the methodology page
DURATIONS = "how-often-and-how-long"


class ProviderPart(NamedTuple):
    """A component, or the rest: incidents and hours of reported trouble."""

    name: str
    incidents: str
    hours: str
    url: str = ""  # of its own page


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPage:
    """The page of a provider, at /providers/<slug>/."""

    head: Head
    kicker: str
    title: str
    mark: Mark
    stand: str
    until: str  # until when it is valid
    status_page: Link
    open: tuple[IncidentRow, ...]
    ninety: Ninety
    facts: tuple[Fact, ...]
    year: tuple[MonthRow, ...]
    latest: tuple[IncidentRow, ...]
    years: tuple[Count, ...]
    total: str
    parts: tuple[ProviderPart, ...]
    histogram: Histogram | None
    histogram_note: str
    about: str  # safe HTML
    articles: tuple[Teaser, ...]
    undeclared: tuple[UndeclaredLine, ...]
    source: ProviderSource
    numbers: str  # where all its numbers stand
    instead: Advice
    feeds: tuple[FeedLink, ...]
    key: tuple[Mark, ...] = base.KEY


class Figures(NamedTuple):
    """What is measured on the page: it stays the same for a day, unless an incident does not."""

    facts: tuple[Fact, ...]
    parts: tuple[ProviderPart, ...]


def lately(almanac: Snapshot, provider: Provider) -> Period:
    """Return the ninety days to the end of a provider's record."""
    return windows.last(DAYS, _edge(almanac, provider) - 1)


def _edge(almanac: Snapshot, provider: Provider) -> int:
    now, pulls = seconds(almanac.now), almanac.pulls.get(provider.slug)
    covered = windows.coverage(pulls, now) if pulls else ()
    return min(now, covered[-1].until) if covered else now


def figures(record: Record, period: Period) -> Figures:
    """Return what a provider's record says of a period."""
    numbers = measure(record, period)
    return Figures(facts(numbers), _parts(record, numbers))


def provider(almanac: Snapshot, provider: Provider, figures: Figures, instead: Advice) -> ProviderPage:
    """Return the page of one provider at `almanac.now`, with the figures of `lately`."""
    state = current.state(almanac, provider)
    all_cards = almanac.cards.get(provider.slug, ())
    cards = current.troubles(provider, all_cards)
    pulls = almanac.pulls.get(provider.slug)
    edge = _edge(almanac, provider)
    reach = moment(state.reach) if state.reach else None
    lengths = [card.ended - card.started for card in cards if card.ended and card.ended > card.started]
    return ProviderPage(
        head=Head(
            title=f"Is {provider.name} down?",
            path=base.provider_url(provider.slug),
            section="providers",
            picture=f"{base.provider_url(provider.slug)}{base.PICTURE}",
            description=f"Reported status of {provider.name} and its incident history.",
            dateline=base.dateline(almanac, reach),
            feeds=base.provider_feeds(provider.slug, provider.name),
        ),
        kicker=provider.name + (f" ({provider.company})" if provider.company != provider.name else ""),
        title=_title(almanac, state),
        mark=state.mark._replace(word=english.sentence(state.mark.word)),
        stand=_stand(almanac, state),
        until=_until(almanac, state),
        status_page=Link(provider.status_page, addresses.host(provider.status_page) or provider.status_page),
        open=tuple(rows.dated(card) for card in state.open),
        ninety=calendar.ninety(provider, cards, pulls, edge),
        facts=figures.facts,
        year=calendar.year(provider, cards, pulls, edge),
        latest=tuple(rows.dated(card) for card in cards[:LATEST]),
        years=_years(provider.slug, all_cards),
        total=english.plural(len(all_cards), "incident"),
        parts=figures.parts,
        histogram=charts.histogram(lengths) if lengths else None,
        histogram_note=_lengths_note(len(lengths), len(cards)),
        about=markdown.html(provider.about) if provider.about else "",
        articles=tuple(teaser(a) for a in almanac.articles if provider.slug in a.providers),
        undeclared=undeclared_lines(almanac, provider.slug),
        source=source(almanac, provider),
        numbers=numbers_url(provider.slug),
        instead=instead,
        feeds=base.provider_feeds(provider.slug, provider.name),
    )


def _title(almanac: Snapshot, state: DeclaredState) -> str:
    return f"Is {state.provider.name} down? {_answer(almanac, state)}"


def _answer(almanac: Snapshot, state: DeclaredState) -> str:
    if state.in_trouble:
        return f"{english.sentence(state.mark.word)} since {english.near(moment(state.since), almanac.now)}."
    if state.is_known:
        return "No incident reported."
    if state.reach is None:
        return "Unknown: we have not checked its status page yet."
    if state.unended:
        return f"Unknown: {english.plural(state.unended, 'incident')} without an end time."
    return f"Unknown: our data ends {english.date(moment(state.reach))}."


def _stand(almanac: Snapshot, state: DeclaredState) -> str:
    """Return what follows the word of the mark in the opening sentence, from the mark of punctuation or blank on."""
    now = seconds(almanac.now)
    if state.in_trouble:
        incidents = english.plural(len(state.open), "open incident")
        return f", ongoing for {english.duration(now - state.since)} ({incidents})."
    if state.is_known:
        least = "at least " if state.clear_at_least else ""
        at, ago = english.near(moment(state.since), almanac.now), english.age(now - state.since)
        return f" since {least}{at} ({ago})."
    if state.last is None:
        return ". No incident on record."
    began = english.moment(moment(state.last.started))
    return f". Latest resolved incident: {began} ({base.mark(state.last).word})."


def _until(almanac: Snapshot, state: DeclaredState) -> str:
    if not state.is_known or state.reach is None:
        return ""
    return english.near(moment(state.reach + base.FRESH), almanac.now)


def facts(numbers: Measure) -> tuple[Fact, ...]:
    """Return the strip of figures of the last ninety days on record."""
    lengths, unknowns = numbers.durations, numbers.unknowns
    p90 = f"90th percentile {measures.length(lengths.p90)}"
    return (
        Fact(f"Incident-free, {DAYS} days", measures.share_text(numbers), _interval(numbers), how=SHARE),
        Fact("Covered", english.percent(numbers.coverage, 0), f"of the {DAYS} days", how="coverage"),
        Fact("Incidents", english.count(numbers.n), _rate(numbers), how=DURATIONS),
        Fact("Median length", measures.length(lengths.median), p90, how=DURATIONS),
        Fact("Reported late", f"{unknowns.posted_late} of {numbers.n}", "only once it was over", how="posted-late"),
    )


def _interval(numbers: Measure) -> str:
    if not numbers.covered:
        return "no data"
    if numbers.availability and numbers.availability.high - numbers.availability.low > MAX_RANGE:
        return "too many times are not recorded"
    if numbers.interval is None:
        return "no incident reported" if not numbers.n else ""
    return f"90% interval: {english.percents(*numbers.interval)}"


def _rate(numbers: Measure) -> str:
    return f"{measures.rate(numbers)} per 30 days of data" if numbers.rate else ""


def _years(slug: str, cards: Sequence[Card]) -> tuple[Count, ...]:
    counts = Counter(moment(card.started).year for card in cards)
    years = sorted(counts, reverse=True)
    return tuple(Count(base.year_url(slug, year), str(year), english.count(counts[year])) for year in years)


def _parts(record: Record, numbers: Measure) -> tuple[ProviderPart, ...]:
    """Return the components that incidents of the period named, most often named first."""
    provider = record.provider
    place, names = placing(provider), {component.slug: component.name for component in provider.components}
    counts: Counter[str] = Counter()
    spent: dict[str, list[Stretch]] = {}
    for card, least in zip(record.cards, record.least, strict=True):
        if numbers.period.since <= card.started < numbers.period.until:
            for slug in place(card):
                counts[slug] += 1
                spent.setdefault(slug, []).append(Stretch(card.started, int(least)))
    return tuple(
        ProviderPart(
            names.get(slug, "other"),
            english.count(number),
            english.hours(windows.total(windows.union(spent[slug]))),
            base.component_url(provider.slug, slug) if slug in names else "",
        )
        for slug, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _lengths_note(with_length: int, total: int) -> str:
    missing = f"; {_unmeasured(total - with_length)}" if total > with_length else ""
    summary = f"{english.plural(with_length, 'incident')} by length, over all our data{missing}."
    return f"{summary} Each bar spans twice the time of the one before."


def _unmeasured(number: int) -> str:
    return f"{english.count(number)} {'has' if number == 1 else 'have'} no known duration"

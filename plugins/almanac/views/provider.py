"""The page of a provider: "Is Claude down?", component by component; then until when, what instead, and its history.

What stands on it follows what is asked: while something is open, the components, the estimate, alternatives and the
words of the provider come before the past. Where little is covered, the page says what cannot be said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Card, Provider, Pulls, Stretch, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.availability import Durations, Measure, measure
from almanac.stats.ranking import MAX_RANGE, MIN_COVERAGE
from almanac.stats.record import Record
from almanac.stats.selection import OTHER, concerns_ai, placing
from almanac.stats.windows import Period
from almanac.text import english, markdown
from almanac.views import base, calendar, charts, current, days, measures, rows
from almanac.views.alternatives import Alternatives
from almanac.views.around import Surroundings
from almanac.views.articles import Teaser, teaser
from almanac.views.base import Head, Link, Mark, Way
from almanac.views.calendar import DAYS, MonthRow, Ninety
from almanac.views.charts import Bars, Histogram
from almanac.views.current import DeclaredState, end
from almanac.views.incident import Fact, IncidentPost, newest_posts
from almanac.views.incidents import Count
from almanac.views.numbers import url as numbers_url
from almanac.views.outlook import Outlook, outlook
from almanac.views.pairs import comparisons_url, in_comparison
from almanac.views.parts import Parts
from almanac.views.rows import IncidentRow
from almanac.views.sharing import ChartLinks, share
from almanac.views.status import ProviderSource, source
from almanac.views.undeclared import UndeclaredLine, undeclared_lines

LATEST, POSTS = 6, 4
FEWER = 4  # of the latest, while something is open
LINES = 6  # components whose days are drawn; the others are named
SHARE = "share-of-covered-time-without-declared-trouble"  # sections of the methodology page
DURATIONS = "how-often-and-how-long"
ARTICLES = 3  # the newest; all stand in their own list
NOTHING = "no incident reported"  # the note of a share without an incident


class PartFigures(NamedTuple):
    """What is measured of a component, or of the rest, in whole days."""

    slug: str
    incidents: str
    hours: str
    share: str  # without a reported incident


class PartLine(NamedTuple):
    """A component through the days: its state now, its bars and figures, and its latest incident."""

    url: str  # of its own page; "" for what the provider's file does not name
    name: str
    mark: Mark
    bars: Bars
    latest: Link | None
    incidents: str
    hours: str
    share: str


class Limit(NamedTuple):
    """What can be said of something, or why it cannot."""

    name: str
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderNow:
    """What a provider's page says of the present."""

    answer: str
    so_far: str  # how long it has been going on, while something is open
    stand: str
    is_open: bool
    parts: Parts
    outlook: Outlook | None
    limits: tuple[Limit, ...]  # what cannot be said, where there is too little data
    open: tuple[IncidentRow, ...]  # where more than one is
    posts: tuple[IncidentPost, ...]  # the newest of the worst that is open
    posts_of: Link | None  # its page
    instead: Alternatives | None
    over: tuple[Way, ...]  # how to learn that it is over
    maintenance: tuple[IncidentRow, ...]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is open and nothing must be explained: then state and history are one question."""
        return not self.is_open and not self.limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDays:
    """The last ninety days on record, of the provider and of its components."""

    ninety: Ninety
    lines: tuple[PartLine, ...]
    more_parts: tuple[Link, ...]  # components without bars
    more_parts_note: str
    facts: tuple[Fact, ...]
    figures_until: str  # up to which day, or why there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHistory:
    """What happened before, over all data."""

    year: tuple[MonthRow, ...]
    latest: tuple[IncidentRow, ...]
    years: tuple[Count, ...]
    total: str
    histogram: Histogram | None
    histogram_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPage:
    """The page of a provider, at /providers/<slug>/."""

    head: Head
    status_page: Link
    compare: str  # address of its comparisons with others; "" where nothing is covered
    now: ProviderNow
    days: ProviderDays
    history: ProviderHistory
    about: str  # safe HTML
    articles: tuple[Teaser, ...]
    undeclared: tuple[UndeclaredLine, ...]
    source: ProviderSource
    numbers: str  # where all its numbers stand
    take: ChartLinks  # its chart as files
    key: tuple[Mark, ...] = base.KEY


class Figures(NamedTuple):
    """What is measured on the page: it stays the same for a day, unless an incident does not."""

    facts: tuple[Fact, ...]
    parts: tuple[PartFigures, ...]
    coverage: float
    period: Period


def lately(almanac: Snapshot, provider: Provider) -> Period:
    """Return the ninety days to the end of a provider's record."""
    return windows.last(DAYS, edge_of(almanac, almanac.pulls.get(provider.slug)) - 1)


def edge_of(almanac: Snapshot, pulls: Pulls | None) -> int:
    """Return the end of what these pulls and data sets cover, or now if that is earlier (epoch seconds)."""
    now = seconds(almanac.now)
    covered = windows.coverage(pulls, now) if pulls else ()
    return min(now, covered[-1].until) if covered else now


def figures(record: Record, period: Period) -> Figures:
    """Return what a provider's record says of a period."""
    numbers = measure(record, period)
    return Figures(facts(numbers), _figures_of_parts(record, numbers), numbers.coverage, period)


class _Subject(NamedTuple):
    """A provider, and what its page draws on."""

    almanac: Snapshot
    provider: Provider
    figures: Figures
    near: Surroundings
    edge: int  # the end of its record, epoch seconds
    cards: Sequence[Card]
    troubles: Sequence[Card]  # those that concern the subject, or may

    @property
    def state(self) -> DeclaredState:
        """Its state now."""
        return self.near.state(self.provider.slug)

    @property
    def lead(self) -> Card | None:
        """The worst that is open."""
        return self.state.open[0] if self.state.in_trouble else None

    @property
    def pulls(self) -> Pulls | None:
        """When its feeds were read."""
        return self.almanac.pulls.get(self.provider.slug)

    @property
    def is_sparse(self) -> bool:
        """Whether too little is covered for figures."""
        return self.figures.coverage < MIN_COVERAGE


def provider(almanac: Snapshot, provider: Provider, figures: Figures, near: Surroundings) -> ProviderPage:
    """Return the page of one provider at `almanac.now`, with the figures of `lately`."""
    cards = almanac.cards.get(provider.slug, ())
    edge, troubles = edge_of(almanac, almanac.pulls.get(provider.slug)), current.troubles(provider, cards)
    subject = _Subject(almanac, provider, figures, near, edge, cards, troubles)
    now = _now(subject)
    return ProviderPage(
        head=_head(subject, now.answer),
        status_page=base.status_page(provider),
        compare=comparisons_url(provider.slug) if provider in in_comparison(almanac) else "",
        now=now,
        days=_days(subject),
        history=_history(subject, now.is_quiet),
        about=markdown.html(provider.about) if provider.about else "",
        articles=tuple(teaser(a) for a in almanac.articles if provider.slug in a.providers)[:ARTICLES],
        undeclared=undeclared_lines(almanac, provider.slug),
        source=source(almanac, provider),
        numbers=numbers_url(provider.slug),
        take=share(base.provider_url(provider.slug), f"{provider.name}, the last {DAYS} days"),
    )


def _head(subject: _Subject, answer: str) -> Head:
    provider, reach = subject.provider, subject.state.reach
    return Head(
        title=f"Is {provider.name} down?",
        path=base.provider_url(provider.slug),
        section="providers",
        picture=f"{base.provider_url(provider.slug)}{base.PICTURE}",
        description=f"{answer} Status of {provider.name} by component, as it reports it, and its incident history.",
        dateline=base.dateline(subject.almanac, moment(reach) if reach else None),
        feeds=base.provider_feeds(provider.slug, provider.name),
        source=f"content/{provider.file}" if provider.file else "",
    )


def _now(subject: _Subject) -> ProviderNow:
    almanac, provider, near = subject.almanac, subject.provider, subject.near
    state, lead, parts = subject.state, subject.lead, near.components(provider.slug)
    return ProviderNow(
        answer=_answer(almanac, state),
        so_far=f"{english.duration(seconds(almanac.now) - state.since)} so far." if lead else "",
        stand=_stand(almanac, state, parts),
        is_open=lead is not None,
        parts=parts,
        outlook=outlook(near.of(lead), lead) if lead else None,
        limits=_limits(subject),
        open=tuple(rows.dated(card, now=almanac.now) for card in state.open) if len(state.open) > 1 else (),
        posts=_posts(subject),
        posts_of=Link(base.incident_url(lead), base.name(lead)) if lead else None,
        instead=near.instead_of(provider.slug),
        over=base.ways_to_follow(provider.slug),
        maintenance=tuple(rows.works(card, almanac.now) for card in current.maintenance(almanac, provider)),
    )


def _posts(subject: _Subject) -> tuple[IncidentPost, ...]:
    text = subject.near.text(subject.lead) if subject.lead else None
    return newest_posts(text, subject.almanac.now, POSTS) if text else ()


def _days(subject: _Subject) -> ProviderDays:
    lines = () if subject.is_sparse else _lines(subject)
    until = figures_until(subject.edge, measures.closed_at(subject.almanac))
    pulls, now = subject.pulls, seconds(subject.almanac.now)
    about = measures.speaks_of(subject.provider, windows.coverage_by_product(pulls, now)) if pulls else ""
    until = f"{_too_little(subject.figures) if subject.is_sparse else until} {about}".strip()
    return ProviderDays(
        ninety=calendar.ninety(subject.provider, subject.troubles, subject.cards, subject.pulls, subject.edge),
        lines=lines[:LINES],
        more_parts=tuple(Link(line.url, line.name) for line in lines[LINES:] if line.url),
        more_parts_note=_more_note(lines[LINES:]),
        facts=() if subject.is_sparse else _strip(subject),
        figures_until=until,
    )


def _strip(subject: _Subject) -> tuple[Fact, ...]:
    figures = subject.figures
    return tuple(says_nothing_reported(subject.troubles, figures.period, subject.pulls, fact) for fact in figures.facts)


def _history(subject: _Subject, is_quiet: bool) -> ProviderHistory:
    """Return the past: in short while something is open; how long incidents last only where nothing is to be explained."""
    provider, cards, lead = subject.provider, subject.troubles, subject.lead
    lengths = [card.ended - card.started for card in cards if card.ended and card.ended > card.started]
    latest = cards[: FEWER if lead else LATEST]
    return ProviderHistory(
        year=() if lead else calendar.year(provider, cards, subject.pulls, subject.edge),
        latest=tuple(rows.dated(card, now=subject.almanac.now) for card in latest),
        years=_years(provider.slug, subject.cards),
        total=rows.total(subject.cards),
        histogram=charts.histogram(lengths) if lengths and is_quiet else None,
        histogram_note=_lengths_note(len(lengths), len(cards)),
    )


def _answer(almanac: Snapshot, state: DeclaredState) -> str:
    if state.in_trouble:
        return f"{english.sentence(state.mark.word)} reported since {english.near(moment(state.since), almanac.now)}."
    return "No incident reported." if state.is_known else current.why_unknown(state)


def _stand(almanac: Snapshot, state: DeclaredState, parts: Parts) -> str:
    """Return what follows the answer: how many components are hit, since when nothing is open, or what came last."""
    if state.in_trouble:
        return _extent(state, parts)
    now = seconds(almanac.now)
    if state.is_known:
        least = "at least " if state.clear_at_least else ""
        at, ago = english.near(moment(state.since), almanac.now), english.age(now - state.since)
        return f"Nothing is open on {state.provider.name}’s own page since {least}{at} ({ago})."
    if state.last is None:
        return "No incident on record."
    began = english.moment(moment(state.last.started))
    return f"Latest resolved incident: {began} ({base.mark(state.last).word})."


def _extent(state: DeclaredState, parts: Parts) -> str:
    """Say which share of the components its open incidents name."""
    name = state.provider.name
    incidents = f"{english.spelled(len(state.open))} open incident{'s' if len(state.open) > 1 else ''}"
    own = [part for part in state.provider.components if concerns_ai(state.provider, part)]
    place = placing(state.provider)
    hit = sum(any(part.slug in place(card) for card in state.open) for part in own)
    if not own:
        return f"{english.sentence(incidents)}."
    if not hit:
        return f"{english.sentence(incidents)}; it does not say which component is affected."
    number = english.spelled(len(own))
    whole = (
        "its only component" if len(own) == 1 else "both components" if len(own) == 2 else f"all {number} components"
    )
    of = whole if hit == len(own) else f"{english.spelled(hit)} of its {number} components"
    more = f" in {incidents}" if len(state.open) > 1 else ""
    return f"{name} lists {of}{more}."


def _limits(subject: _Subject) -> tuple[Limit, ...]:
    """Return what can be said and what cannot, where the state is unknown or little is covered; else nothing."""
    state, cards = subject.state, subject.cards
    if state.is_known and not subject.is_sparse:
        return ()
    official = () if state.is_closed else (base.status_page(state.provider),)
    limits = [Limit("Now", _limit_now(subject.almanac, state), official)]
    if subject.is_sparse:
        limits.append(Limit(f"Incident-free, {DAYS} days", _too_little(subject.figures)))
        limits.append(Limit("Rank", "not ranked, for the same reason"))
    if cards:
        text = f"{english.plural(len(cards), 'incident')} on record:"
        links = (Link(year.url, year.name) for year in _years(state.provider.slug, cards))
        limits.append(Limit("History", text, tuple(links)))
    return tuple(limits)


def _too_little(figures: Figures) -> str:
    covered, needed = english.percent(figures.coverage, 0), english.percent(MIN_COVERAGE, 0)
    return f"Too little data for figures: {covered} of the time is covered, {needed} needed."


def _limit_now(almanac: Snapshot, state: DeclaredState) -> str:
    if state.in_trouble:
        return f"{english.sentence(english.plural(len(state.open), 'open incident'))}, as of its official page"
    if state.is_known:
        return f"No incident was open at {english.near(moment(state.reach or 0), almanac.now)}, by its official page"
    barrier = current.closure(state.provider, almanac.now) or state.provider.unreadable
    return f"{barrier.why} {barrier.instead}" if barrier else "unknown; see its official page"


def figures_until(edge: int, closed: int) -> str:
    """Say up to which day the figures go: `edge` is the end of the record, `closed` the last second of whole days."""
    last = min(windows.midnight(edge - 1) + windows.DAY - 1, closed)
    today = "; the chart and the lists include today" if edge - 1 > closed else ""
    return f"Figures are for whole days to {english.date(moment(last))}{today}."


def facts(numbers: Measure) -> tuple[Fact, ...]:
    """Return the strip of figures of the last ninety days on record."""
    lengths, unknowns = numbers.durations, numbers.unknowns
    p90 = f"; 90th percentile {measures.length(lengths.p90)}" if lengths.p90 else ""
    share = (measures.share_text(numbers), _interval(numbers))
    if numbers.coverage < MIN_COVERAGE:
        share = ("too little data", f"{english.percent(MIN_COVERAGE, 0)} of the time must be covered")
    return (
        Fact(f"Incident-free, {DAYS} days", *share, how=SHARE),
        Fact(f"Covered, {DAYS} days", english.percent(numbers.coverage, 0), "of the time", how="coverage"),
        Fact(f"Incidents, {DAYS} days", english.count(numbers.n), _rate(numbers), how=DURATIONS),
        Fact(
            f"Median length, {DAYS} days",
            _median(lengths),
            f"of {english.count(lengths.n)} known lengths{p90}",
            how=DURATIONS,
        ),
        Fact(
            f"Reported late, {DAYS} days",
            f"{unknowns.posted_late} of {numbers.n}",
            "only once over",
            how="posted-late",
        ),
    )


def _median(lengths: Durations) -> str:
    return measures.length(lengths.median) if lengths.median else "too few"


def _interval(numbers: Measure) -> str:
    if not numbers.covered:
        return "no data"
    if numbers.availability and numbers.availability.high - numbers.availability.low > MAX_RANGE:
        return "too many times are not recorded"
    if numbers.interval is None:
        return NOTHING if not numbers.n else f"no 90% interval: {numbers.refusal}" if numbers.refusal else ""
    return f"90% interval: {english.percent_interval(*numbers.interval)}"


def says_nothing_reported(cards: Iterable[Card], period: Period, pulls: Pulls | None, fact: Fact) -> Fact:
    """Return a fact without its "no incident reported", where an incident of its days is reported but not counted.

    It may have begun today, or before there was data.
    """
    if fact.note != NOTHING:
        return fact
    reported = any(card.started < period.until and end(card, pulls) >= period.since for card in cards)
    return fact._replace(note="none counted; see the incidents below") if reported else fact


def _rate(numbers: Measure) -> str:
    return f"{measures.rate(numbers)} per 30 days of data" if numbers.rate else ""


def _years(slug: str, cards: Sequence[Card]) -> tuple[Count, ...]:
    counts = Counter(moment(card.started).year for card in cards)
    years = sorted(counts, reverse=True)
    return tuple(Count(base.year_url(slug, year), str(year), english.count(counts[year])) for year in years)


def _figures_of_parts(record: Record, numbers: Measure) -> tuple[PartFigures, ...]:
    """Return what is measured of each component that incidents of the period named, and of the rest."""
    place = placing(record.provider)
    numbers_of: Counter[str] = Counter()
    spent: dict[str, list[Stretch]] = {}
    for card, least, counts in zip(record.cards, record.least, record.maybe[record.whole], strict=True):
        if counts and numbers.period.since <= card.started < numbers.period.until:
            for slug in place(card):
                numbers_of[slug] += 1
                spent.setdefault(slug, []).append(Stretch(card.started, int(least)))
    return tuple(
        PartFigures(
            slug,
            english.count(number),
            english.hours(windows.total(windows.union(spent[slug]))),
            _share_of_part(record, numbers, slug),
        )
        for slug, number in sorted(numbers_of.items())
    )


def _share_of_part(record: Record, numbers: Measure, slug: str) -> str:
    subject = next((s for s in record.days if (s.kind, s.slug) == ("component", slug)), None)
    if subject is None or numbers.coverage < MIN_COVERAGE:
        return ""
    return measures.share_text(measure(record, numbers.period, subject))


def _lines(subject: _Subject) -> tuple[PartLine, ...]:
    """Return the components through the days, in the order in which they are asked for; those never named come last."""
    provider, figures = subject.provider, {part.slug: part for part in subject.figures.parts}
    own = [(part.slug, part.name) for part in provider.components if concerns_ai(provider, part)]
    own.sort(key=lambda part: part[0] not in figures)
    own += [(OTHER, "other")] if own and OTHER in figures else []
    lines = []
    for number, (slug, name) in enumerate(own):
        part_figures = figures.get(slug, PartFigures(slug, "0", "", ""))
        lines.append(_line(subject, name, part_figures, subject.troubles if number < LINES else ()))
    return tuple(lines)


def _line(subject: _Subject, name: str, figures: PartFigures, cards: Sequence[Card]) -> PartLine:
    provider, place = subject.provider, placing(subject.provider)
    url = "" if figures.slug == OTHER else base.component_url(provider.slug, figures.slug)
    hits = [card for card in cards if figures.slug in place(card)]
    marks = {row.url: row.mark for row in subject.near.components(provider.slug).rows}
    product = next((part.product for part in provider.components if part.slug == figures.slug), "")
    pulls = windows.of_product(subject.pulls, product) if subject.pulls else None
    return PartLine(
        url=url,
        name=name,
        mark=marks.get(url, base.UNKNOWN),
        bars=charts.bars(_severities(hits, pulls, subject.edge), f"{name}, {DAYS} days"),
        latest=_latest(subject.almanac, hits),
        incidents=figures.incidents,
        hours=figures.hours or "–",
        share=figures.share or "–",
    )


def _more_note(lines: Sequence[PartLine]) -> str:
    quiet = all(line.incidents == "0" for line in lines)
    return f"{'Named by no incident of these days' if quiet else 'Also'}:" if lines else ""


def _severities(cards: Sequence[Card], pulls: Pulls | None, edge: int) -> tuple[str, ...]:
    return days.worst(cards, pulls, days.last_days(edge, DAYS), DAYS, edge)


def _latest(almanac: Snapshot, cards: Sequence[Card]) -> Link | None:
    """Return the newest incident of a component, by its day and severity."""
    if not cards:
        return None
    row = rows.dated(cards[0], now=almanac.now)
    return Link(row.url, f"{row.time.text}, {row.mark.word}")


def _lengths_note(with_length: int, total: int) -> str:
    missing = f"; {_unmeasured(total - with_length)}" if total > with_length else ""
    summary = f"{english.plural(with_length, 'incident')} by length, over all our data{missing}."
    return f"{summary} Each bar spans twice the time of the one before."


def _unmeasured(number: int) -> str:
    return f"{english.count(number)} {'has' if number == 1 else 'have'} no known duration"

"""Two providers side by side: the same measures over the same days, their days aligned, and if they fail together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from almanac.model import Provider, moment
from almanac.snapshot import Snapshot
from almanac.stats import ranking, windows
from almanac.stats.availability import Measure, measure
from almanac.stats.backups import Pair, Share
from almanac.stats.selection import is_machine
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import base, calendar, current, measures
from almanac.views.base import Head, Link, Mark
from almanac.views.calendar import Ninety
from almanac.views.measures import Records
from almanac.views.pairs import compare_url, in_comparison, lift_interval, together
from almanac.views.provider import SHARE

DAYS = 365
TIE, LACKING = "no significant difference", "not enough data"
UNLIKE = 0.1  # from such a difference in coverage on, the figures are not of the same days


class Both(NamedTuple):
    """A line of the table: what is measured, and its value for either; `how` is an anchor on the methodology page."""

    name: str
    how: str
    first: str
    second: str


class Side(NamedTuple):
    """A provider's ninety days, on the same days as the other's."""

    provider: Link
    ninety: Ninety


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """The comparison of two providers, at /compare/<a>/<b>/."""

    head: Head
    title: str
    answer: str
    stand: str
    sides: tuple[Side, Side]
    measures: tuple[Both, ...]
    span: str
    together: tuple[tuple[str, str], ...]
    lacking: str
    key: tuple[Mark, ...] = base.KEY


def compared(almanac: Snapshot) -> tuple[tuple[Provider, Provider], ...]:
    """Return every pair of providers of which something is covered, in alphabetical order of their slugs."""
    return tuple(combinations(in_comparison(almanac), 2))


class PairVerdict(NamedTuple):
    """Which of two reported less incident time: in a sentence, and why that is said."""

    answer: str
    reason: str


class Verdicts(NamedTuple):
    """Whose incident time of the last year differs: one test for all pairs, the same as on the leaderboard."""

    apart: frozenset[tuple[str, str]]  # (better, worse)
    unranked: Mapping[str, str]  # why a provider cannot be compared
    linked: frozenset[tuple[str, str]]  # whose incidents start together more often than chance explains, by slug


def verdicts(almanac: Snapshot, records: Records) -> Verdicts:
    """Compare all providers over the last 365 days, and their starts over two years; `records` reach up to midnight."""
    period = windows.last(DAYS, measures.closed_at(almanac))
    boards = [ranking.leaderboard(tuple(records.values()), period, machine=machine) for machine in (False, True)]
    return Verdicts(
        frozenset().union(*(board.apart for board in boards)),
        {entry.provider: entry.why for board in boards for entry in board.unranked},
        frozenset(
            (min(slugs), max(slugs))
            for pair in together(tuple(records.values()))
            if pair.together and pair.together.significant
            for slugs in [(pair.first.slug, pair.second.slug)]
        ),
    )


class Sides:
    """The days of any provider, laid out once for all it is compared with."""

    def __init__(self, almanac: Snapshot) -> None:
        self._almanac = almanac
        self._made: dict[tuple[str, int], Side] = {}
        self.until = measures.closed_at(almanac) + 1  # what is later is not looked at

    def of(self, provider: Provider, edge: int) -> Side:
        """Return the side of a provider with its ninety days up to `edge` (epoch seconds)."""
        key = provider.slug, edge
        if key not in self._made:
            self._made[key] = self._make(provider, edge)
        return self._made[key]

    def _make(self, provider: Provider, edge: int) -> Side:
        every = self._almanac.cards.get(provider.slug, ())
        cards = current.troubles(provider, every)
        ninety = calendar.ninety(provider, cards, every, self._almanac.pulls.get(provider.slug), edge)
        return Side(measures.link(provider), ninety)


def compare(sides: Sides, records: Records, verdict: PairVerdict, first: Provider, second: Provider) -> ComparePage:
    """Return the comparison of two providers up to the last midnight; `records` reach as far.

    `verdict` is that of `verdict_of`.
    """
    both = records[first.slug], records[second.slug]
    edge = min([sides.until, *(record.covered[-1].until for record in both if record.covered)])
    period = windows.last(DAYS, edge - 1)
    figures = measure(both[0], period), measure(both[1], period)
    pair = _pair(records, first.slug, second.slug)
    return ComparePage(
        head=Head(
            title=f"{first.name} or {second.name}: which reports fewer problems",
            path=compare_url(first.slug, second.slug),
            section="leaderboard",
            description=f"{first.name} and {second.name}: reported incidents, how long they last, and whether they fail together.",
        ),
        title=f"{first.name} or {second.name}?",
        answer=verdict.answer,
        stand=" ".join(
            filter(
                None,
                (
                    _stand(verdict.reason, (first, second), figures),
                    *(measures.speaks_of(record.provider, record.by_product) for record in both),
                ),
            )
        ),
        sides=(sides.of(first, edge), sides.of(second, edge)),
        measures=_measures(*figures),
        span=english.period(moment(period.since), moment(period.until - 1)),
        together=_together(pair) if pair else (),
        lacking=pair.lacking if pair else "no days in common",
    )


def _pair(records: Records, first: str, second: str) -> Pair | None:
    """Return the pair as the page on backups tests it, as one of all pairs; None if they are never covered together."""
    for pair in together(tuple(records.values())):
        if {pair.first.slug, pair.second.slug} == {first, second}:
            return pair if pair.covered else None
    return None


def _stand(verdict: str, providers: tuple[Provider, Provider], figures: tuple[Measure, Measure]) -> str:
    """Say whether they differ and by what, and warn if the figures do not speak of the same days."""
    shares = [f"{one.name} {measures.share_text(figure)}" for one, figure in zip(providers, figures, strict=True)]
    if all(figure.availability for figure in figures):
        verdict = f"Incident-free in {DAYS} days: {shares[0]} of the time, {shares[1]}. {verdict}"
    least = min((0, 1), key=lambda side: figures[side].coverage)
    if abs(figures[0].coverage - figures[1].coverage) < UNLIKE:
        return verdict
    share = english.percent(figures[least].coverage, 0)
    return f"{verdict} We have data for only {share} of that year for {providers[least].name}."


def better_of(differences: Verdicts, first: Provider, second: Provider) -> Provider | None:
    """Return which of two reported significantly less incident time; None where neither surely did."""
    for better, worse in ((first, second), (second, first)):
        if (better.slug, worse.slug) in differences.apart:
            return better
    return None


def glance(differences: Verdicts, first: Provider, second: Provider) -> str:
    """Return the verdict in a word or two: the name of the better, or why none is named."""
    if better := better_of(differences, first, second):
        return better.name
    if differences.unranked.keys() & {first.slug, second.slug}:
        return LACKING
    return TIE if is_machine(first) == is_machine(second) else "not comparable"


def verdict_of(differences: Verdicts, first: Provider, second: Provider) -> PairVerdict:
    """Say which of two reported less incident time, as far as that can be told."""
    answer = glance(differences, first, second)
    if better := better_of(differences, first, second):
        reason = (
            f"Over the last {DAYS} days {better.name} reported less incident time, on the days we have data for both; "
            "the difference is significant."
        )
        return PairVerdict(f"{better.name} reported less incident time.", reason)
    for provider in (first, second):
        if why := differences.unranked.get(provider.slug):
            reason = f"There is not enough data to compare them over the last {DAYS} days. {provider.name}: {why}."
            return PairVerdict("Not enough data to say.", reason)
    if is_machine(first) != is_machine(second):
        return PairVerdict("Not comparable.", "One page is written by hand, the other by automatic probes.")
    return PairVerdict(f"{english.sentence(answer)}.", "The difference may be due to chance.")


def _measures(first: Measure, second: Measure) -> tuple[Both, ...]:
    def line(name: str, how: str, *values: str) -> Both:
        return Both(name, how, *values)

    both = (first, second)
    return (
        line("Share with no reported incident", SHARE, *map(measures.share_text, both)),
        line("90% interval", "ranges", *map(_interval, both)),
        line("Covered", "coverage", *(english.percent(m.coverage, 0) for m in both)),
        line("Incidents", "how-often-and-how-long", *(english.count(m.n) for m in both)),
        line("Per 30 days of data", "how-often-and-how-long", *map(measures.rate, both)),
        line("Median length (n)", "how-often-and-how-long", *(measures.median(m.durations) for m in both)),
        line("90th percentile", "how-often-and-how-long", *(measures.ninetieth(m.durations) for m in both)),
        line("Reported late", "posted-late", *(f"{m.unknowns.posted_late} of {m.n}" for m in both)),
    )


def _interval(figure: Measure) -> str:
    if figure.interval is None:
        return f"none: {figure.refusal}" if figure.refusal else "unknown"
    return english.percent_interval(*figure.interval)


def _together(pair: Pair) -> tuple[tuple[str, str], ...]:
    """Say how two failed together in the last two years, over the time both were covered."""
    names = [party.record.provider.name for party in (pair.first, pair.second)]
    lines = [
        ("Data in common", english.plural(pair.covered // DAY, "day")),
        ("Both down", english.hours(pair.both)),
        (f"{names[1]} down while {names[0]} is down", _share(pair.second_given_first)),
        (f"{names[0]} down while {names[1]} is down", _share(pair.first_given_second)),
    ]
    if pair.lift:
        around = lift_interval(pair.lift)
        bounds = f", 90% interval: {around}" if around else ""
        lines.append(("Compared with chance", f"{pair.lift.value:.1f} times as often{bounds}"))
    if pair.together:
        more = (
            "more often than chance would explain"
            if pair.together.significant
            else "no more often than chance would explain"
        )
        lines.append(("Their incidents start together", more))
    return tuple(lines)


def _share(share: Share | None) -> str:
    if share is None:
        return "unknown"
    bounds = f", 90% interval: {english.percent_interval(*share.interval)}" if share.interval else ""
    return f"{english.percent(share.value)} of the time{bounds}"

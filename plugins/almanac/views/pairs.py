"""Pairs of services in lines: how the two fail together, which can be compared, and what the others lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log2
from typing import NamedTuple

from almanac.model import Provider
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.backups import MIN_COVERED, Pair, Share, pairs, parties
from almanac.stats.record import Record
from almanac.stats.windows import DAY, Period
from almanac.text import english
from almanac.views import charts, measures
from almanac.views.base import Link
from almanac.views.charts import Estimate, Label
from almanac.views.measures import Records

Providers = Mapping[str, Provider]  # by slug

YEARS = 2  # what is looked at: older habits say little about today
WHOLE = "Whole providers"
DOUBLINGS = 4  # the axis of lifts goes from 1/16 to 16 times, a step a doubling
GRID = charts.axis([(-DOUBLINGS, "1/16"), (0, "chance"), (DOUBLINGS, "16 times")], -DOUBLINGS, DOUBLINGS)


class PairLine(NamedTuple):
    """A pair with enough data: how the two fail together."""

    url: str  # of their comparison
    first: str
    second: str
    part: str  # the products compared, where these are not whole providers
    ties: str  # what both need, as their files say
    forth: str  # chance that the second is down while the first is
    back: str
    estimate: Estimate  # the lift
    lift: str
    interval: str
    starts: str  # near each other, and by chance
    test: str
    significant: bool
    covered: str  # days


class Family(NamedTuple):
    """Pairs tested together."""

    name: str
    lines: tuple[PairLine, ...]  # what starts together first
    grid: tuple[Label, ...]
    compared: str  # a clause: of how many pairs how many have enough data
    lacking: tuple[tuple[str, str], ...]  # how many pairs, and why they do not


class Missing(NamedTuple):
    """A service that cannot be compared with any other yet, and what its data lacks."""

    provider: Link
    lacks: str


def compare_url(one: str, other: str) -> str:
    """Return the address of a comparison; the slugs stand in alphabetical order."""
    first, second = sorted((one, other))
    return f"/compare/{first}/{second}/"


def in_comparison(almanac: Snapshot) -> tuple[Provider, ...]:
    """Return every provider that is compared with others, by slug: those of which something is covered, if these are two."""
    watched = [p for p in almanac.providers if (pulls := almanac.pulls.get(p.slug)) and pulls.coverage]
    return tuple(sorted(watched, key=lambda provider: provider.slug)) if len(watched) > 1 else ()


def comparisons_url(slug: str) -> str:
    """Return the address of all comparisons of a provider."""
    return f"/compare/{slug}/"


@lru_cache(maxsize=2)  # one page shows it all, those of providers and of open incidents a part each
def together(records: tuple[Record, ...]) -> tuple[Pair, ...]:
    """Return every pair of providers as wholes over the last two years, tested as one family."""
    return pairs(parties([record for record in records if record.covered]), last(records[0].now)) if records else ()


@lru_cache(maxsize=16)
def able(records: tuple[Record, ...], capability: str) -> tuple[Pair, ...]:
    """Return every pair of products with a capability over the last two years, tested as one family."""
    return pairs([p for p in parties(records, capability) if p.covered], last(records[0].now)) if records else ()


def last(now: int) -> Period:
    """Return the two years up to the last midnight."""
    until = windows.midnight(now)
    return Period("two-years", "the last two years", until - YEARS * 365 * DAY, until)


def period(records: Records) -> Period | None:
    """Return the two years that are looked at; None without any provider."""
    return next((last(record.now) for record in records.values()), None)


def names(records: Records) -> Providers:
    """Return the providers of some records by their slugs."""
    return {slug: record.provider for slug, record in records.items()}


def is_sufficient(pair: Pair) -> bool:
    """Say whether a pair has enough data to be compared."""
    return not pair.lacking and pair.lift is not None


def family(name: str, all_pairs: Sequence[Pair], providers: Providers) -> Family:
    """Return the pairs that can be compared, those that start together first, and a count of the others."""
    sufficient = [pair for pair in all_pairs if is_sufficient(pair)]
    return Family(
        name=name,
        lines=tuple(_line(pair, pair.lift, providers) for pair in sorted(sufficient, key=_order) if pair.lift),
        grid=GRID,
        compared=_compared(len(sufficient), len(all_pairs)),
        lacking=_reasons(all_pairs),
    )


def findings(family: Family) -> str:
    """Say how many pairs can be compared, and in how many of them incidents start together."""
    significant = sum(line.significant for line in family.lines)
    compared = f"{english.sentence(family.compared)}."
    if not family.lines:
        return compared
    if not significant:
        return f"{compared} {'None shows' if len(family.lines) > 1 else 'It does not show'} a significant link."
    where = f"In {english.spelled(significant)} of them" if len(family.lines) > 1 else "In it"
    return f"{compared} {where}, incidents start at the same time more often than chance would explain."


def missing(all_pairs: Sequence[Pair]) -> tuple[Missing, ...]:
    """Return the providers of which no pair can be compared, each with what its data lacks, by name."""
    of: dict[str, list[Pair]] = {}
    for pair in all_pairs:
        of.setdefault(pair.first.slug, []).append(pair)
        of.setdefault(pair.second.slug, []).append(pair)
    owners = {p.slug: p.record.provider for pair in all_pairs for p in (pair.first, pair.second)}
    lines = [
        Missing(measures.link(owners[slug]), _lacks(owners[slug], own))
        for slug, own in of.items()
        if not any(map(is_sufficient, own))
    ]
    return tuple(sorted(lines, key=lambda line: line.provider.text.casefold()))


def _lacks(provider: Provider, own: Sequence[Pair]) -> str:
    """Return what the data of a provider lacks: what is its own fault, else the most days in common with another."""
    most = max(pair.covered for pair in own)
    if most < MIN_COVERED:
        return f"{english.plural(most // DAY, 'day')} in common, {MIN_COVERED // DAY} needed"
    reasons = Counter(pair.lacking for pair in own if pair.covered >= MIN_COVERED)
    own_fault = [reason for reason in reasons if reason.startswith(provider.name)]
    first = (own_fault or [reasons.most_common(1)[0][0]])[0] or "never down while another one was monitored"
    return (
        first.replace(" in that time (", ", ")
        .rstrip(")")
        .removeprefix(f"{provider.name}’s ")
        .removeprefix(f"{provider.name} reported ")
    )


def _order(pair: Pair) -> tuple[float, float]:
    return pair.together.adjusted if pair.together else 1, -(pair.lift.value if pair.lift else 0)


def _line(pair: Pair, lift: Share, providers: Providers) -> PairLine:
    low, high = lift.interval or (None, None)
    first, second = (p.record.provider for p in (pair.first, pair.second))
    subjects = [p.subject.name for p in (pair.first, pair.second) if p.subject.slug]
    tested = pair.together
    return PairLine(
        url=compare_url(first.slug, second.slug),
        first=first.name,
        second=second.name,
        part=" and ".join(subjects),
        ties=ties(pair, providers),
        forth=_chance(pair.second_given_first),
        back=_chance(pair.first_given_second),
        estimate=_estimate(lift.value, low, high, f"{first.name} and {second.name}"),
        lift=f"{lift.value:.1f}",
        interval=lift_interval(lift) or ("too few weeks" if pair.both else "never both down"),
        starts=f"{tested.observed:.1f} / {tested.expected:.1f}" if tested else "",
        test=_p(tested.adjusted) if tested else "not tested",
        significant=bool(tested and tested.significant),
        covered=english.count(pair.covered // DAY),
    )


def lift_interval(lift: Share) -> str:
    """Return the 90% interval of a lift, "" where there is none."""
    return english.interval(f"{lift.interval.low:.1f}", f"{lift.interval.high:.1f}") if lift.interval else ""


def _estimate(value: float, low: float | None, high: float | None, pair: str) -> Estimate:
    """Place a lift on the axis of doublings; what is beyond an end stands on it."""
    label = f"{pair}: {value:.1f} times as often as chance would explain"
    bounds = [None if at is None else _doublings(at) for at in (low, high)]
    return charts.spot(_doublings(value), bounds[0], bounds[1], -DOUBLINGS, DOUBLINGS, label)


def _doublings(lift: float) -> float:
    return log2(lift) if lift else -DOUBLINGS


def ties(pair: Pair, providers: Providers) -> str:
    """Return what ties two services by their provider files; "" if nothing does."""
    first, second = (p.record.provider for p in (pair.first, pair.second))
    if second.slug in first.built_on:
        return f"{first.name} uses {second.name}"
    if first.slug in second.built_on:
        return f"{second.name} uses {first.name}"
    if pair.shared:
        return f"both need {named(pair.shared, providers)}"
    return f"both use {named(pair.common, providers)}" if pair.common else ""


def named(slugs: Iterable[str], providers: Providers) -> str:
    """Return providers by their names: Claude and Groq."""
    return english.listing([providers[slug].name if slug in providers else slug for slug in slugs])


def _compared(sufficient: int, pairs: int) -> str:
    """Return how many of so many pairs can be compared, as a clause."""
    of = "the only pair" if pairs == 1 else english.plural(pairs, "pair")
    if not pairs:
        return "there are no pairs to compare"
    if not sufficient:
        return (
            f"{of} does not have enough data to compare" if pairs == 1 else f"none of {of} has enough data to compare"
        )
    if sufficient == pairs:
        return f"{of} has enough data to compare" if pairs == 1 else f"all {of} have enough data to compare"
    only = "only " if sufficient < pairs / 2 else ""
    return f"{only}{sufficient} of {of} {'has' if sufficient == 1 else 'have'} enough data to compare"


def _reasons(all_pairs: Iterable[Pair]) -> tuple[tuple[str, str], ...]:
    """Return how many pairs say too little, for each kind of reason."""
    counts = Counter(_kind(pair.lacking) for pair in all_pairs if pair.lacking)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((english.plural(number, "pair"), why) for why, number in ordered)


def _kind(lacking: str) -> str:
    if " days in common " in lacking:
        return "fewer than 13 weeks of data in common"
    if " reported " in lacking:
        return "one of the two reported fewer than five incidents in that time"
    return lacking


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _chance(share: Share | None) -> str:
    return "unknown" if share is None else english.percent(share.value)

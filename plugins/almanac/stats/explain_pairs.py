"""How the figures of two providers that may fail together came about, and what follows for backups, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from almanac.model import moment, stamp
from almanac.stats.backups import (
    FARTHEST,
    MIN_COVERED,
    MIN_STARTS,
    STRATUM,
    TOO_OFTEN,
    Pair,
    Party,
    Share,
    part_of,
    starts_within,
)
from almanac.stats.windows import DAY, Period, clip, intersection


def pair_figures(pair: Pair, family: Sequence[Pair], period: Period) -> tuple[str, ...]:
    """Return the derivation of what is said of a pair; `family` are all pairs that it was tested with."""
    names = pair.first.record.provider.name, pair.second.record.provider.name
    return (
        f"{names[0]} and {names[1]}, {period.name}",
        *_times(pair, period, names),
        *_shares(pair, names),
        *_lift(pair),
        *_test(pair, family),
        *_conclusion(pair, names),
    )


def _times(pair: Pair, period: Period, names: tuple[str, str]) -> Iterator[str]:
    yield ""
    yield "1. Time covered for both"
    joint = clip(intersection(pair.first.covered, pair.second.covered), period.since, period.until)
    for since, until in joint:
        yield f"   {stamp(moment(since))} to {stamp(moment(until))}"
    yield f"   {pair.covered} s = {pair.covered // DAY} days ({MIN_COVERED // DAY} needed)"
    for party, name, trouble in zip(
        (pair.first, pair.second), names, (pair.first_trouble, pair.second_trouble), strict=True
    ):
        yield f"   {name}: {trouble} s with an incident, {len(starts_within(party, joint))} starts ({MIN_STARTS} needed)"
    yield f"   both: {pair.both} s"


def _shares(pair: Pair, names: tuple[str, str]) -> Iterator[str]:
    yield ""
    yield "2. Probability that one is down while the other is"
    for name, other, share, trouble in (
        (names[1], names[0], pair.second_given_first, pair.first_trouble),
        (names[0], names[1], pair.first_given_second, pair.second_trouble),
    ):
        quotient = f"{pair.both} / {trouble} = {_share(share)}" if share else f"unknown: {other} was never down"
        yield f"   {name} while {other} is: {quotient}"


def _share(share: Share) -> str:
    around = (
        f", 90% interval {share.interval.low:.4f} to {share.interval.high:.4f}" if share.interval else ", no interval"
    )
    return f"{share.value:.4f}{around}"


def _lift(pair: Pair) -> Iterator[str]:
    yield ""
    yield f"3. Compared with independence, summed over strata of {STRATUM * 7} days"
    if pair.lift is None:
        yield "   nothing: in no stratum were both down"
        return
    by_chance = pair.both / pair.lift.value if pair.lift.value else None
    expected = f"{pair.both} s / {by_chance:.0f} s by chance = " if by_chance else ""
    yield f"   lift = {expected}{_share(pair.lift)}"


def _test(pair: Pair, family: Sequence[Pair]) -> Iterator[str]:
    yield ""
    yield "4. Do their incidents start together?"
    if pair.together is None:
        yield f"   not tested: {pair.lacking or 'too many gaps'}"
        return
    observed, expected, p, adjusted = pair.together
    tested = sum(each.together is not None for each in family)
    yield f"   nearness of starts {observed:.2f}; {expected:.2f} when one is turned by one to {FARTHEST} weeks either way"
    yield f"   p = {p:.4f}; by Holm's correction over {tested} pairs {adjusted:.4f}"
    yield f"   {'they fail together' if pair.together.significant else 'no dependence shown'}"


def _conclusion(pair: Pair, names: tuple[str, str]) -> Iterator[str]:
    yield ""
    yield "5. As backups"
    for party, name, other in ((pair.first, names[0], names[1]), (pair.second, names[1], names[0])):
        yield f"   {other} for {name}: {_as_backup(party, pair)}"


def _as_backup(party: Party, pair: Pair) -> str:
    return {
        "backup": "named",
        "unsure": f"not named: it may be down for over {TOO_OFTEN:.0%} of that time",
        "not": f"not named: {_why_not(party, pair)}",
        "unknown": f"not enough data: {pair.lacking or 'no incident to compare with'}",
        "": "not named: they offer nothing in common",
    }[part_of(pair, party)]


def _why_not(party: Party, pair: Pair) -> str:
    if pair.declared:
        return "one uses the other, by its provider file"
    if pair.shared:
        return f"both need {', '.join(pair.shared)}, by their provider files"
    if pair.together and pair.together.significant:
        return "they fail together"
    share = pair.chance_for(party)
    return f"down {share.value:.1%} of that time, over {TOO_OFTEN:.0%}" if share else "unknown"

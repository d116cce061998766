"""Answers about many incidents: shares, quantiles, counts, days, streaks, availability, ranks, trouble in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from almanac.claims.chosen import Chosen, coverage, covered_share, description, period, stretches
from almanac.claims.figure import Figure
from almanac.model import Card, Stretch
from almanac.queries import Query
from almanac.queries.question import DAYS
from almanac.stats.availability import measure
from almanac.stats.backups import SIGNIFICANT, Party, pair
from almanac.stats.formulas import FORMULAS, Formula
from almanac.stats.intervals import LEVEL, Bounds, of_share, poisson, quantile
from almanac.stats.percentiles import needed
from almanac.stats.ranking import MIN_COVERAGE, leaderboard
from almanac.stats.record import Record
from almanac.stats.windows import DAY, WEEK, Times, between, clip, intersection, total, union
from almanac.text import english

Holds = tuple[bool, bool]  # surely, possibly

_MARKS: dict[str, Callable[[Card], bool]] = {
    "posted late": lambda card: card.posted_late,
    "edited": lambda card: card.edits > 0,
    "without an end": lambda card: card.ended is None,
    "of zero length": lambda card: card.ended == card.started,
    "without components": lambda card: not card.components,
}


def share(query: Query, incidents: Chosen) -> Figure:
    """Return the share of incidents of which something is true, with Wilson's interval (1927)."""

    def holds(card: Card) -> Holds:
        if query.value in _MARKS:
            return (_MARKS[query.value](card),) * 2
        least, most = incidents.lengths(card)
        inside = query.low <= least and most <= query.high
        return inside, least <= query.high and most >= query.low

    sure, maybe = [holds(card) for card in incidents.sure], [holds(card) for card in incidents.maybe]
    n, surely, possibly = len(sure), sum(s for s, _ in sure), sum(p for _, p in sure)
    out, into = sum(not s for s, _ in maybe), sum(p for _, p in maybe)
    how = (
        *description(query, incidents),
        f"Of these, {english.count(surely)} {query.value.replace('posted late', 'reported late')}"
        + (f", and perhaps {english.count(possibly - surely)} more." if possibly > surely else "."),
    )
    if not n + into:
        return Figure(unit="share", bounds=None, how=how, why="There is no such incident.")
    bounds = Bounds(surely / (n + out) if n + out else 0.0, (possibly + into) / (n + into))
    exact = bounds.low == bounds.high
    return Figure(
        unit="share",
        bounds=bounds,
        n=n,
        k=surely,
        how=how,
        interval=wilson(surely, n) if exact else None,
        method="90%, Wilson",
    )


def wilson(k: int, n: int, level: float = LEVEL) -> Bounds:
    """Return Wilson's score interval (1927) of a share of `k` in `n`, n above zero."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle, spread = k + z * z / 2, z * math.sqrt(k * (n - k) / n + z * z / 4)
    return Bounds(max((middle - spread) / (n + z * z), 0.0), min((middle + spread) / (n + z * z), 1.0))


def length(query: Query, incidents: Chosen) -> Figure:
    """Return a quantile of the known lengths above zero, with the exact interval from order statistics."""
    at = {"shortest": 0.0, "median": 0.5, "longest": 1.0}.get(query.value)
    at = int(query.value[1:]) / 100 if at is None else at
    # The longest and the shortest may be among those whose end is not recorded.
    picked = incidents.recorded_lengths if 0 < at < 1 else incidents.lengths_above_zero
    ranges, more = picked(incidents.sure), picked(incidents.maybe)
    basis = f"Shown is the {_quantile_name(query.value)} of their lengths, from start to end as reported."
    how = (*description(query, incidents), *_of_known_length(len(ranges), incidents), basis)
    if not ranges:
        return Figure(unit="seconds", bounds=None, how=how, why="There is no such incident whose length is known.")
    if len(ranges) < needed(at):
        few = f"{english.plural(len(ranges), 'length')} {'is' if len(ranges) == 1 else 'are'} known"
        why = f"Only {few}; {english.spelled(needed(at))} are needed."
        return Figure(unit="seconds", bounds=None, n=len(ranges), how=how, why=why)
    least = _least([x.least for x in ranges], [x.least for x in more], at)
    most = -_least([-x.most for x in ranges], [-x.most for x in more], 1 - at)
    interval = of_quantile(sorted(x.least for x in ranges), at) if least == most and 0 < at < 1 else None
    return Figure(
        unit="seconds",
        bounds=Bounds(least, most),
        n=len(ranges),
        how=how,
        interval=interval,
        method="At least 90%, order statistics",
    )


def _of_known_length(lengths: int, incidents: Chosen) -> tuple[str, ...]:
    """Say of how many incidents the length is not known, if of any."""
    lacking = len(incidents.sure) - lengths
    return (f"For {english.count(lacking)} of them, no length above zero is recorded.",) if lacking else ()


def _quantile_name(value: str) -> str:
    return f"{value[1:]}th percentile" if value[0] == "p" else value


def _least(sure: Sequence[int], extra: Sequence[int], at: float) -> float:
    """Return the smallest a quantile can be if any of `extra` may count as well: then the smallest of them do."""
    low = sorted(extra)
    return min(quantile(sorted([*sure, *low[:i]]), at) for i in range(len(low) + 1))


def of_quantile(ordered: Sequence[int], at: float, level: float = LEVEL) -> Bounds | None:
    """Return the interval between two order statistics that holds the quantile with at least `level`.

    None where there are too few values for one.
    """
    n, tail = len(ordered), (1 - level) / 2
    below = 0.0
    cdf = []  # P(at most i of n lie below the quantile)
    for i in range(n + 1):
        below += math.comb(n, i) * at**i * (1 - at) ** (n - i)
        cdf.append(below)
    low = next(i for i, chance in enumerate(cdf) if chance > tail)
    high = next(i for i, chance in enumerate(cdf) if chance >= 1 - tail)
    return Bounds(ordered[low - 1], ordered[high]) if low >= 1 and high < n else None


def count(query: Query, incidents: Chosen) -> Figure:
    """Count what the question names in the period."""
    return _COUNTS[query.value](query, incidents)


def _incidents(query: Query, incidents: Chosen) -> Figure:
    """Count the incidents that started in the period."""
    how = description(query, incidents)
    n = len(incidents.sure)
    complete = covered_share(query, incidents.covered) == 1
    bounds = Bounds(n, n + len(incidents.maybe) if complete else math.inf)
    interval = poisson(n) if bounds.low == bounds.high else None
    return Figure(unit="number", bounds=bounds, n=n, how=how, interval=interval, method="90%, exact Poisson")


def streak(query: Query, incidents: Chosen) -> Figure:
    """Return the longest run of days with trouble, or without."""
    least, most = _days_in_trouble(query, incidents)
    if query.value == "days without trouble":
        least, most = [not m for m in most], [not m for m in least]
    bounds = Bounds(_longest(least), _longest(most))
    how = (*description(query, incidents), f"Shown is the longest run of {query.value}.")
    return Figure(unit="number", bounds=bounds, n=len(incidents.sure), how=how)


def _days(query: Query, incidents: Chosen) -> Figure:
    """Count the days with trouble, or without."""
    least, most = _days_in_trouble(query, incidents)
    low, high = sum(least), sum(most)
    if query.value == "days without trouble":
        low, high = len(least) - high, len(least) - low
    how = (*description(query, incidents), f"Counted are {query.value}, of {english.count(len(least))}.")
    return Figure(unit="number", bounds=Bounds(low, high), n=len(incidents.sure), how=how)


_COUNTS: dict[str, Callable[[Query, Chosen], Figure]] = {"incidents": _incidents, **dict.fromkeys(DAYS, _days)}


def _days_in_trouble(query: Query, incidents: Chosen) -> tuple[list[bool], list[bool]]:
    """Return for each UTC day of the period whether it surely had declared trouble, and whether it may have."""
    sure = union(stretches(incidents, incidents.sure, most=False))
    maybe = union(stretches(incidents, (*incidents.sure, *incidents.maybe), most=True))
    starts = {card.started // DAY for card in incidents.sure}  # also those of no length
    days = [Stretch(at, at + DAY) for at in range(query.since // DAY * DAY, query.until, DAY)]
    least = [day.since // DAY in starts or bool(intersection((day,), sure)) for day in days]
    most = [
        surely or bool(intersection((day,), maybe)) or total(intersection((day,), incidents.covered)) < DAY
        for surely, day in zip(least, days, strict=True)
    ]
    return least, most


def _longest(marks: Sequence[bool]) -> int:
    longest = run = 0
    for mark in marks:
        run = run + 1 if mark else 0
        longest = max(longest, run)
    return longest


def _weighed(formula: Formula) -> str:
    """Return in words what an hour of an incident counts for."""
    if len(set(formula.weights)) == 1:
        return "Every hour with a reported incident counts in full"
    weights = ", ".join(f"{weight:g}" for weight in formula.weights)
    return f"{formula.name}: an hour rated none, degraded, partial and full weighs {weights}"


def availability(query: Query, record: Record) -> Figure:
    """Return the share of covered time without declared trouble, under one of the published formulas."""
    subject = next((s for s in record.days if s.kind == "component" and s.slug == query.component), record.whole)
    numbers = measure(record, between(query.since, query.until), subject)
    place = next(i for i, formula in enumerate(FORMULAS) if formula.slug == query.value)
    about = f"{record.provider.name}, {subject.name}" if subject is not record.whole else record.provider.name
    how = (
        (
            f"Covered time of {about} {period(query)}: {english.hours(numbers.covered)}, "
            f"{english.percent(numbers.coverage)} of it."
        ),
        (f"{_weighed(FORMULAS[place])}; {english.plural(numbers.n, 'incident')}."),
    )
    if numbers.coverage < MIN_COVERAGE:
        return Figure(unit="share", bounds=None, n=numbers.n, how=how, why="Too little of that time is covered.")
    return Figure(
        unit="share",
        bounds=numbers.formulas[place],
        n=numbers.n,
        how=how,
        interval=numbers.interval if place == 0 else None,
        method="90%, from weeks and whole incidents",
    )


def rank(query: Query, records: Sequence[Record]) -> Figure:
    """Return the place of a provider on the leaderboard of a period, as far as it can be told apart from others."""
    board = leaderboard(records, between(query.since, query.until))
    how = (
        (
            f"Places by the share of covered time with no reported incident {period(query)}, among "
            f"{english.plural(len(board.standings), 'provider')} that can be ranked."
        ),
    )
    for standing in board.standings:
        if standing.provider == query.value:
            return Figure(unit="rank", bounds=Bounds(*standing.rank), n=len(board.standings), how=how)
    why = next((u.why for u in board.unranked if u.provider == query.value), "its status page is automated")
    return Figure(unit="rank", bounds=None, how=how, why=f"It is not ranked: {why}.")


def common(query: Query, subject: Chosen, other: Chosen) -> Figure:
    """Return in what share of the time in which another provider had trouble the one asked about had some too."""
    joint = intersection(subject.covered, other.covered)
    ends = _ends(query, subject, other, joint)
    (least, least_of), (most, most_of) = (_seconds(end, joint) for end in ends)
    how = (
        (
            f"Time {period(query)} that is covered for both and in which {other.provider.name} had an incident: "
            f"{english.hours(total(ends[1].other))}."
        ),
        (
            f"{subject.provider.name} had one too in "
            f"{english.hours(least) if least == most else f'{english.hours(least)} to {english.hours(most)}'} of it."
        ),
        _base_rate(query, subject, joint),
        *coverage(query, joint),
    )
    if not (least_of or most_of) or covered_share(query, joint) < MIN_COVERAGE:
        return Figure(unit="share", bounds=None, how=how, why="Too little of that time is covered for both.")
    return Figure(
        unit="share",
        bounds=Bounds(least / (least_of or most_of), most / (most_of or least_of)),
        n=len(other.sure),
        how=how,
        interval=_interval(query, ends),
        method="90%, bootstrap over weeks",
    )


class _End(NamedTuple):
    """What the least, or the most, share of joint trouble is made of.

    What the record leaves open may be so or not at each instant. The share is least where the one asked about had the
    least trouble, and the other one all that it may have had meanwhile; it is most the other way round.
    """

    both: Times  # both had trouble
    other: Times  # the other one had
    met: Times  # of this, what the one asked about had too: `both` stands for it


def _ends(query: Query, subject: Chosen, other: Chosen, joint: Times) -> tuple[_End, _End]:
    least, most = (intersection(_trouble(query, other, also), joint) for also in (False, True))
    surely, possibly = (_trouble(query, subject, also) for also in (False, True))
    return (
        _End(intersection(least, surely), most, intersection(most, surely)),
        _End(intersection(most, possibly), least, intersection(least, possibly)),
    )


def _seconds(end: _End, within: Times) -> tuple[int, int]:
    """Return the time of both, and that of the other one, in seconds within some time."""
    both, other, met = (total(intersection(times, within)) for times in end)
    return both, both + other - met


def together(query: Query, of_both: tuple[Record, Record], providers: int) -> Figure:
    """Return whether the incidents of two of so many providers start together more often than chance would have it.

    The test is that of the backups; its p is multiplied by the number of pairs (Bonferroni), so that a yes here is one
    there, too. What is significant only by itself is left open.
    """
    first, second = (Party(record, record.whole) for record in of_both)
    tested = pair(first, second, between(query.since, query.until))
    number = math.comb(providers, 2)
    names = [record.provider.name for record in of_both]
    question = f"Did incidents of {names[0]} and {names[1]} start together more often than chance would explain?"
    if tested.together is None:
        why = f"There is not enough data: {tested.lacking or 'too many gaps'}."
        return Figure(unit="yes", bounds=None, why=why, question=question)
    observed, expected, p, _ = tested.together
    how = (
        (
            f"Starts of incidents of {names[0]} and {names[1]} {period(query)} that lie within an hour of each other: "
            f"{observed:.1f} joint starts, {expected:.1f} expected by chance."
        ),
        f"p = {p:.3f} for this pair alone, {min(p * number, 1):.3f} among all {english.plural(number, 'pair')}.",
    )
    if p * number > SIGNIFICANT and p <= SIGNIFICANT:
        why = "It is significant for this pair alone, but not among all."
        return Figure(unit="yes", bounds=None, how=how, why=why, question=question)
    return Figure(unit="yes", bounds=Bounds(*[float(p * number <= SIGNIFICANT)] * 2), how=how, question=question)


def _base_rate(query: Query, subject: Chosen, joint: Times) -> str:
    """Return how much of all covered time had an incident: what the share would be if the two were independent."""
    window = clip(joint, query.since, query.until)
    whole = total(window)
    least, most = (total(intersection(_trouble(query, subject, also), window)) for also in (False, True))
    rate = english.percents(least / whole, most / whole) if whole else "an unknown share"
    return f"Of all the time covered for both, it had one in {rate}."


def _interval(query: Query, ends: tuple[_End, _End]) -> Bounds | None:
    """Return how far chance may have moved the share, from weeks drawn again: from its least to its most."""
    weeks = [Stretch(at, min(at + WEEK, query.until)) for at in range(query.since, query.until, WEEK)]
    tables = [np.array([_seconds(end, (week,)) for week in weeks], float) for end in ends]
    low, high = (of_share(both, whole) if whole.any() else None for both, whole in (table.T for table in tables))
    return Bounds(low.low, high.high) if low and high else None


def _trouble(query: Query, incidents: Chosen, most: bool) -> Times:
    cards = (*incidents.sure, *incidents.maybe) if most else incidents.sure
    return intersection(union(stretches(incidents, cards, most=most)), (Stretch(query.since, query.until),))

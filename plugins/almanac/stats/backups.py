"""What to use meanwhile: which services do not fall together, over the time both were covered, and the best backups.

For two services A and B over their jointly covered time:

    chance  = time both were in trouble / time A was in trouble            P(B in trouble | A in trouble)
    lift    = time both were in trouble / what independence gives          1 if they are independent

with 90 % intervals by a bootstrap over whole weeks, or strata. What independence gives is summed over strata of 28 days,
A's time x B's time / jointly covered time of each: two providers that report more and more would else overlap by that
alone. Whether they fall together is tested on how their troubles start, because lengths are few, skewed and often
unknown:

    nearness = sum over pairs of starts (a, b) of max(0, 1 - |a - b| / 1 hour)

against the same with A's record turned around the circle of weeks by one to four weeks either way, give or take two hours,
so that clusters stay whole, office hours are not taken for dependence, and busy months meet busy months. The tail of the turned values is read from the gamma
distribution with their mean and variance; Holm's (1979) correction holds the chance of any false finding in a family of
pairs at 5 %. Limits: incidents declared together may have one cause, or one reader of the other's page; lengths are as
declared; no evidence over a short record is no evidence of independence, so pairs with less than thirteen weeks of
joint coverage or five starts on either side are given no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np

from almanac.stats.days import Ints, arrays, by_day, covered_by_day, disjoint
from almanac.stats.intervals import LEVEL, MIN_BLOCKS, MIN_VARIED, Bounds, Floats, around, draws, gamma_share, of_share
from almanac.stats.record import Record, Subject
from almanac.stats.windows import DAY, WEEK, Period, Times, clip, intersection, total

BIN = 600  # seconds; starts are compared on a grid of ten minutes
NEAR = 3600 // BIN  # bins within which two starts are near
SWAY = 2 * 3600 // BIN  # bins by which a turn may miss a whole week
MIN_COVERED = 13 * WEEK
FARTHEST = 4  # weeks of a turn
MIN_TURNS = 6 * (2 * SWAY + 1)  # six different weeks
STRATUM = 4  # weeks
TOO_OFTEN = 0.25  # of the time the other was in trouble: no backup if it was, or if the interval says it may have been
MIN_STARTS = 5
WITHOUT_LENGTH = 0.25  # of the incidents of either: if more, nobody can say whether it was down a quarter of the time
MAX_RANGE = 0.10  # of the joint time, between the least and the most trouble the record allows
SIGNIFICANT = 0.05


# What the parts of Backups are called in data.
PARTS = BACKUP, UNSURE, NOT, UNKNOWN = ("backup", "unsure", "not", "unknown")


class Party(NamedTuple):
    """A service that can stand in for another: a provider as a whole, or a product or component of it."""

    record: Record
    subject: Subject

    @property
    def covered(self) -> Times:
        """The time in which the archive would have seen an incident of it."""
        return self.record.covers[self.subject]

    @property
    def slug(self) -> str:
        """The provider's slug."""
        return self.record.provider.slug

    @property
    def capabilities(self) -> frozenset[str]:
        """The capabilities it can stand in with: chat, api, code and others."""
        provider = self.record.provider
        if self.subject.slug:
            return frozenset({self.subject.capability} - {""})
        return frozenset({*provider.capabilities, *(c.capability for c in provider.components)} - {"", "other"})


class Together(NamedTuple):
    """Whether troubles start together more than chance has it."""

    observed: float  # nearness of the starts
    expected: float  # its mean when one record is turned
    p: float
    adjusted: float  # after Holm's correction over the family

    @property
    def significant(self) -> bool:
        """Say whether they fall together."""
        return self.adjusted <= SIGNIFICANT


class Share(NamedTuple):
    """A chance, or a ratio of chances, and its interval; None where too little is known for one."""

    value: float
    interval: Bounds | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """How two services fall together. Times in seconds of jointly covered time."""

    first: Party
    second: Party
    covered: int
    first_trouble: int
    second_trouble: int
    both: int
    second_given_first: Share | None  # chance that the second is in trouble while the first is; None if it never was
    first_given_second: Share | None
    lift: Share | None
    together: Together | None  # None where there are too few starts or weeks
    declared: bool  # one is built on the other, as their files say
    common: tuple[str, ...]  # slugs of what both are built on, as their files say
    shared: tuple[str, ...]  # slugs of makers without whose models both have nothing to offer, as their files say
    lacking: str  # why the data does not suffice to name one as backup of the other; "" if it does

    def chance_for(self, party: Party) -> Share | None:
        """Return the chance that the other one is in trouble while `party` is; None if that never was."""
        return self.second_given_first if self.first == party else self.first_given_second

    @property
    def falls(self) -> bool:
        """Say whether one cannot stand in for the other: they start together, or the files say that one needs the other."""
        return self.declared or bool(self.shared) or (self.together is not None and self.together.significant)


class Backup(NamedTuple):
    """A service to use while another is in trouble."""

    party: Party
    chance: Share  # that it is in trouble at the same time
    pair: Pair


class Backups(NamedTuple):
    """What stands in for a service, the least joint trouble first, and of which others too little is known."""

    best: tuple[
        Backup, ...
    ]  # neither found nor declared to fall with it, and surely seldom in trouble at the same time
    unsure: tuple[Backup, ...]  # the same, but the interval goes beyond a quarter of that time, or there is none
    falling: tuple[Backup, ...]  # falls with it or needs the same maker, or in trouble a quarter of that time
    unknown: tuple[Pair, ...]


def parties(records: Sequence[Record], capability: str = "") -> tuple[Party, ...]:
    """Return the services to compare: whole providers, or with `capability` the products (else components) with it."""
    if not capability:
        return tuple(Party(r, r.whole) for r in records)
    services = []
    for r in records:
        able = [s for s in r.days if s.capability == capability]
        whole = [r.whole] if capability in r.provider.capabilities else []
        services += [Party(r, s) for s in [s for s in able if s.kind == "product"] or able or whole]
    return tuple(services)


def pairs(among: Sequence[Party], period: Period) -> tuple[Pair, ...]:
    """Compare every two services of different providers, and test them as one family."""
    compared = [pair(a, b, period) for a, b in combinations(among, 2) if a.slug != b.slug]
    tested = [p.together.p for p in compared if p.together]
    adjusted = iter(holm(tested))
    return tuple(
        replace(p, together=p.together._replace(adjusted=next(adjusted))) if p.together else p for p in compared
    )


def backups(party: Party, compared: Sequence[Pair]) -> Backups:
    """Return the best backups of a service among those it was compared with, by the upper bound of joint trouble.

    Only what shares a capability with it can stand in for it.
    """
    parts: dict[str, list[Backup]] = {name: [] for name in PARTS}
    unknown: list[Pair] = []
    for pair in compared:
        if party not in (pair.first, pair.second):
            continue
        part, chance = part_of(pair, party), pair.chance_for(party)
        if part == UNKNOWN:
            unknown.append(pair)
        elif part and chance:
            parts[part].append(Backup(pair.second if pair.first == party else pair.first, chance, pair))
    safest, doubtful, unfit = (tuple(sorted(parts[name], key=_risk)) for name in PARTS[:-1])
    return Backups(safest, doubtful, unfit, tuple(unknown))


def part_of(pair: Pair, party: Party) -> str:
    """Return what the other one of a pair is for `party`: one of PARTS, or "" if they offer nothing in common."""
    if pair.first.capabilities.isdisjoint(pair.second.capabilities):
        return ""
    chance = pair.chance_for(party)
    if pair.lacking or chance is None:
        return UNKNOWN
    if pair.falls or chance.value > TOO_OFTEN:
        return NOT
    return BACKUP if chance.interval and chance.interval.high <= TOO_OFTEN else UNSURE


def _risk(backup: Backup) -> tuple[float, float, str]:
    """Return the most joint trouble the evidence allows, then the chance itself."""
    interval = backup.chance.interval
    return interval.high if interval else 1.0, backup.chance.value, backup.party.slug


def pair(first: Party, second: Party, period: Period) -> Pair:
    """Compare two services over the time of a period in which both are covered. Its p stands alone, uncorrected."""
    joint = clip(intersection(first.covered, second.covered), period.since, period.until)
    weeks = _weeks(first, second, joint)
    covered, a, b, both = (int(x) for x in weeks.sum(axis=0))
    starts = starts_within(first, joint), starts_within(second, joint)
    few = _too_few(first, second, joint, starts)
    return Pair(
        first=first,
        second=second,
        covered=covered,
        first_trouble=a,
        second_trouble=b,
        both=both,
        second_given_first=_share(weeks[:, 3], weeks[:, 1]),
        first_given_second=_share(weeks[:, 3], weeks[:, 2]),
        lift=_lift(weeks),
        together=None if few else together(*starts, joint),
        declared=first.slug in second.record.provider.built_on or second.slug in first.record.provider.built_on,
        common=tuple(sorted({*first.record.provider.built_on} & {*second.record.provider.built_on})),
        shared=tuple(sorted({*first.record.provider.shares} & {*second.record.provider.shares})),
        lacking=few or _without_lengths(first, joint) or _without_lengths(second, joint),
    )


def together(first: Ints, second: Ints, joint: Times) -> Together | None:
    """Test whether two sets of starts are nearer to each other than when one is turned around the circle of weeks.

    None where gaps in the joint time leave too few turns to compare with.
    """
    origin = joint[0].since
    length = -(-(joint[-1].until - origin) // WEEK) * (WEEK // BIN)
    gaps = ((second // BIN)[None, :] - (first // BIN)[:, None]).ravel() % length
    counts = np.bincount(gaps, minlength=length)
    turns, scale = _turns(joint)
    if len(turns) < MIN_TURNS:
        return None
    observed, near = (float(sums[0]) for sums in _nearness(counts, np.zeros(1, np.int64)))
    null, null_near = (sums * scale for sums in _nearness(counts, turns))
    p = max(_upper_tail(observed, null), _poisson_tail(near, null_near))
    return Together(observed, float(null.mean()), p, 1.0)


def _nearness(counts: Ints, turns: Ints) -> tuple[Floats, Floats]:
    """Return the nearness after each turn, and of how many pairs, from how many pairs of starts lie how many bins apart."""
    nearness, near = np.zeros(len(turns)), np.zeros(len(turns))
    for step in range(-NEAR + 1, NEAR):
        pairs_apart = counts[(turns + step) % len(counts)]
        nearness += (1 - abs(step) / NEAR) * pairs_apart
        near += pairs_apart
    return nearness, near


def holm(values: Sequence[float]) -> list[float]:
    """Return Holm's step-down adjusted p values, in the order of `values`."""
    adjusted = [1.0] * len(values)
    least = 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        least = max(least, min(values[place] * (len(values) - rank), 1.0))
        adjusted[place] = least
    return adjusted


def starts_within(party: Party, joint: Times) -> Ints:
    """Return the starts of a service's incidents that lie in a set of time."""
    starts = party.record.starts[party.record.sure[party.subject]]
    since, until = arrays(joint)
    place = np.searchsorted(since, starts, side="right") - 1
    return starts[(place >= 0) & (starts < until[place])] if len(joint) else starts[:0]


@lru_cache(maxsize=4096)
def _turns(joint: Times) -> tuple[Ints, Floats]:
    """Return the turns by one to four weeks either way, give or take two hours, and a factor that makes up for gaps.

    A turn that leaves less than half of the joint time jointly covered is not used.
    """
    origin, length = joint[0].since, -(-(joint[-1].until - joint[0].since) // WEEK) * (WEEK // BIN)
    coverage = by_day(*arrays(joint), origin + BIN * np.arange(length + 1, dtype=np.int64)) / BIN
    spectrum = np.fft.rfft(coverage)
    overlap = np.fft.irfft(spectrum * np.conj(spectrum), length)
    around = length * BIN // WEEK
    nearest = [week for week in range(1, around) if min(week, around - week) <= FARTHEST]
    weeks = np.array(nearest, np.int64) * (WEEK // BIN)
    turns = (weeks[:, None] + np.arange(-SWAY, SWAY + 1)[None, :]).ravel()
    usable = turns[overlap[turns] >= overlap[0] / 2]
    return usable, np.asarray(overlap[0] / overlap[usable], np.float64)


def _upper_tail(value: float, null: Floats) -> float:
    """Return the chance of at least `value` under a gamma distribution with the mean and variance of a new value.

    Turns by one number of weeks say the same, so that mean and variance rest on as many values as there are such
    numbers: with k of them a new value varies (1 + 1/k) (k - 1) / (k - 3) times as much, as Student's t does. The tail of
    the gamma is a little too heavy, which keeps short records from false findings; fitting the skewness too does not.
    """
    count = len(null) / (2 * SWAY + 1)
    mean, variance = float(null.mean()), float(null.var()) * (1 + 1 / count) * (count - 1) / (count - 3)
    if value <= mean or not variance:
        return float(value <= mean)
    return 1 - gamma_share(mean**2 / variance, value * mean / variance)


def _poisson_tail(near: float, null: Floats) -> float:
    """Return the chance of at least `near` pairs of near starts if they came one by one, as often as after turns.

    Where turns bring hardly any, no variance can be learnt from them: one coincidence is then no rarer than once in
    all turns, for which one pair is added to theirs.
    """
    return gamma_share(near, (float(null.sum()) + 1) / len(null)) if near else 1.0


def _weeks(first: Party, second: Party, joint: Times) -> Floats:
    """Return jointly covered seconds, trouble of the first, of the second, and of both, in each week: (weeks, 4)."""
    if not joint:
        return np.zeros((0, 4))
    edges = np.arange(joint[0].since, joint[-1].until + WEEK, WEEK, dtype=np.int64)
    covered = arrays(joint)
    a, b = _trouble(first), _trouble(second)
    either = disjoint(np.concatenate((a[0], b[0])), np.concatenate((a[1], b[1])))
    one, other, union = (covered_by_day(*part, covered, edges) for part in (a, b, either))
    return np.stack((by_day(*covered, edges), one, other, one + other - union), axis=1).astype(np.float64)


def _trouble(party: Party) -> tuple[Ints, Ints]:
    """Return the least time a service was in declared trouble."""
    member, _ = party.record.lasting[party.subject]
    return disjoint(party.record.starts[member], party.record.least[member])


def _share(parts: Floats, wholes: Floats) -> Share | None:
    """Return a share of time. If zero, its upper bound treats each effective week as one trial."""
    if not wholes.any():
        return None
    if parts.any():
        return Share(float(parts.sum() / wholes.sum()), of_share(parts, wholes))
    effective = float(wholes.sum() ** 2 / (wholes @ wholes))
    return Share(0.0, Bounds(0.0, 1 - (1 - LEVEL) ** (1 / effective)))


def _lift(weeks: Floats) -> Share | None:
    """Return joint trouble over what independence within strata of 28 days gives.

    There is no interval where fewer than two strata have trouble of both: resamples of a single one are all alike.
    """
    strata = np.add.reduceat(weeks, np.arange(0, len(weeks), STRATUM), axis=0) if len(weeks) else weeks
    together_ = strata[:, 3]
    by_chance = strata[:, 1] * strata[:, 2] / np.maximum(strata[:, 0], 1.0)
    if not by_chance.any():
        return None
    value = float(together_.sum() / by_chance.sum())
    if not together_.any() or len(strata) < MIN_BLOCKS or np.count_nonzero(by_chance) < MIN_VARIED:
        return Share(value, None)
    drawn = draws(len(strata)) @ np.stack((together_, by_chance), axis=1)
    usable = drawn[drawn[:, 1] > 0]
    resampled = usable[:, 0] / usable[:, 1]
    return Share(value, around(np.array([value]), resampled[:, None], together_[:, None])[0])


def _too_few(first: Party, second: Party, joint: Times, starts: tuple[Ints, Ints]) -> str:
    if total(joint) < MIN_COVERED:
        return f"{total(joint) // DAY} days in common ({MIN_COVERED // DAY} needed)"
    for party, own in zip((first, second), starts, strict=True):
        if len(own) < MIN_STARTS:
            incidents = "incident" if len(own) == 1 else "incidents"
            return f"{party.record.provider.name} reported {len(own)} {incidents} in that time ({MIN_STARTS} needed)"
    return ""


def _without_lengths(party: Party, joint: Times) -> str:
    """Return why the time a service was in trouble is not known: no ends, or posts that end when they start."""
    record = party.record
    member = record.sure[party.subject]
    starts, least, most = record.starts[member], record.least[member], record.most[member]
    edges = np.array([joint[0].since, joint[-1].until], np.int64)
    covered = arrays(joint)
    spans = [int(covered_by_day(starts, ends, covered, edges)[0]) for ends in (least, most)]
    within = np.isin(starts, starts_within(party, joint))
    zero = int((record.flags[member, 2] > 0)[within].sum())
    if zero > WITHOUT_LENGTH * int(within.sum()):
        return f"{zero} of {record.provider.name}’s {int(within.sum())} incidents have no duration"
    if spans[1] - spans[0] > MAX_RANGE * total(joint):
        return f"{record.provider.name}’s incidents have no end times"
    return ""

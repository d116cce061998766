"""Backup providers: which do not fail together, the best backups of each, and where there is too little data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from almanac.model import Provider, moment
from almanac.model.project import ANYBODYS, Project
from almanac.stats import windows
from almanac.stats.backups import MIN_COVERED, Backup, Backups, Pair, Party, Share, backups, pairs, parties
from almanac.stats.record import Record
from almanac.stats.windows import DAY, Period
from almanac.text import english
from almanac.views import charts, measures
from almanac.views.base import Head, Link
from almanac.views.charts import Estimate, Label
from almanac.views.measures import Records

Providers = Mapping[str, Provider]  # by slug

YEARS = 2  # what is looked at: older habits say little about today
WHOLE = "providers"  # instead of a capability: providers as wholes
MOST = 3  # backups named where there is little room


class Instead(NamedTuple):
    """A service to use while another is in trouble, and why."""

    provider: Link
    reason: str
    does: str = ""  # what both offer
    share: str = ""  # of the time the other was in trouble, in trouble too
    most: str = ""  # and the upper bound of that, with how long both were covered
    shared: tuple[str, ...] = ()  # the capabilities of `does`
    chance: float = 0.0  # the share as a number, and its interval
    low: float | None = None
    high: float | None = None

    @property
    def bound(self) -> float:
        """The most that an axis has to show."""
        return self.chance if self.high is None else self.high


class Advice(NamedTuple):
    """What stands in for a provider."""

    provider: Link
    best: tuple[Instead, ...]
    falling: tuple[Instead, ...]  # what falls with it, or is built on it
    unknown: str  # of whom the record says too little
    lacking: str  # what is said where nothing can be named
    elsewhere: tuple[Link, ...] = ()  # who sells the same models from other machines


class PairLine(NamedTuple):
    """A pair with enough record: how the two fall together."""

    first: Link
    second: Link
    part: str  # the products compared, where these are not whole providers
    forth: str  # chance that the second is in trouble while the first is
    back: str
    estimate: Estimate  # the lift
    lift: str
    interval: str
    test: str
    significant: bool
    covered: str
    n: str  # starts near each other, and by chance
    declared: str


class Family(NamedTuple):
    """Pairs tested together."""

    name: str
    lines: tuple[PairLine, ...]
    grid: tuple[Label, ...]
    compared: str  # a clause: of how many pairs how many have enough data
    lacking: tuple[tuple[str, str], ...]  # how many pairs, and why they do not


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsPage:
    """The page /backups/, or that of one capability below it."""

    head: Head
    title: str
    stand: str
    span: str
    advice: tuple[Advice, ...]  # only on the page of providers as wholes
    family: Family
    others: tuple[Link, ...]  # the same for single capabilities


def slugs(project: Project) -> tuple[str, ...]:
    """Return the slugs of the pages that list all pairs."""
    return (WHOLE, *(one.slug for one in project.listed))


def page(records: Records, capability: str = "", project: Project = ANYBODYS) -> BackupsPage:
    """Return the page of all pairs over the last two years, of whole providers or of what has a capability.

    `records` reach to a midnight: what is tested changes once a day at most.
    """
    period = _period(records)
    all_records, names = tuple(records.values()), _names(records)
    all_pairs = together(all_records)
    whole = _family("Whole providers", all_pairs, names)
    family = whole if capability in ("", WHOLE) else _capability(all_records, capability, project, names)
    topic = f"Backup providers: {family.name}" if capability else "Backup providers"
    return BackupsPage(
        head=Head(
            title=topic if capability else f"{topic}: which {project.of('services')} do not fail together",
            path=url(capability),
            section="leaderboard",
            description=f"For each {project.of('provider')}, the services that do not tend to fail together with it.",
        ),
        title=topic,
        stand=_stand(family),
        span=english.period(moment(period.since), moment(period.until - 1)) if period else "",
        advice=()
        if capability
        else tuple(_advice(r, all_pairs, names, project) for r in sorted(all_records, key=_by_name) if r.covered),
        family=family
        if capability
        else family._replace(lines=tuple(line for line in family.lines if line.significant)),
        others=tuple(
            Link(url(name), "Whole providers" if name == WHOLE else project.capability(name).name)
            for name in slugs(project)
        ),
    )


def url(capability: str = "") -> str:
    """Return the address of the page of a capability, or of providers as wholes."""
    return f"/backups/{capability}/" if capability else "/backups/"


def _by_name(record: Record) -> str:
    return record.provider.name.casefold()


@lru_cache(maxsize=2)  # one page shows it all, those of providers and of open incidents a part each
def together(records: tuple[Record, ...]) -> tuple[Pair, ...]:
    """Return every pair of providers as wholes over the last two years, tested as one family."""
    return pairs(parties([record for record in records if record.covered]), _last(records[0].now)) if records else ()


def advice(records: Records, project: Project = ANYBODYS) -> dict[str, Advice]:
    """Return the best backups of each provider, by its slug."""
    all_pairs, names = together(tuple(records.values())), _names(records)
    return {slug: _advice(record, all_pairs, names, project) for slug, record in records.items()}


def _names(records: Records) -> Providers:
    return {slug: record.provider for slug, record in records.items()}


def _advice(record: Record, all_pairs: Sequence[Pair], names: Providers, project: Project) -> Advice:
    party = Party(record, record.whole)
    options = backups(party, all_pairs)
    return Advice(
        provider=measures.link(record.provider),
        best=tuple([_instead(record, backup, project) for backup in options.best if not _is_closed(backup)][:MOST]),
        falling=tuple(_falls(record, backup, names) for backup in options.falling[:MOST]),
        unknown=english.listing([_other(pair, party).record.provider.name for pair in options.unknown], 6),
        lacking=_lacking(options, party),
        elsewhere=tuple(measures.link(other) for other in names.values() if _sells_the_same(record.provider, other)),
    )


def _is_closed(backup: Backup) -> bool:
    """Say whether its status page is gone: nobody could see whether it works."""
    return backup.party.record.provider.closed is not None


def _sells_the_same(provider: Provider, other: Provider) -> bool:
    """Say whether one of the two sells the models of the other, from machines of its own."""
    return not other.closed and (provider.slug in other.same_model or other.slug in provider.same_model)


def _named(slugs: Iterable[str], names: Providers) -> str:
    return english.listing([names[slug].name if slug in names else slug for slug in slugs])


def _last(now: int) -> Period:
    until = windows.midnight(now)
    return Period("two-years", "the last two years", until - YEARS * 365 * DAY, until)


def _period(records: Records) -> Period | None:
    return next((_last(record.now) for record in records.values()), None)


def _other(pair: Pair, party: Party) -> Party:
    return pair.second if pair.first == party else pair.first


def _instead(record: Record, backup: Backup, project: Project) -> Instead:
    able = sorted(backup.pair.first.capabilities & backup.pair.second.capabilities)
    shared = english.listing([project.capability(name).name or name for name in able])
    most = backup.chance.interval.high if backup.chance.interval else None
    chance = _at_once(record, backup)
    bound = f", at most {_share(most)}" if most is not None else ""
    days = english.plural(backup.pair.covered // DAY, "shared day")
    return Instead(
        provider=measures.link(backup.party.record.provider),
        reason=f"{chance}{bound}; in common: {shared}; {days}",
        does=english.sentence(shared),
        share=_share(backup.chance.value),
        most=f"{bound.removeprefix(', ')}{', ' if bound else ''}over "
        f"{english.plural(backup.pair.covered // DAY, 'day')}",
        shared=tuple(able),
        chance=backup.chance.value,
        low=backup.chance.interval.low if backup.chance.interval else None,
        high=most,
    )


def _at_once(record: Record, backup: Backup) -> str:
    """Say how often a backup was in trouble while the provider was."""
    return f"also down {_share(backup.chance.value)} of the time {record.provider.name} was down"


def _falls(record: Record, backup: Backup, names: Providers) -> Instead:
    other = backup.party.record.provider
    if other.slug in record.provider.built_on:
        why = f"{record.provider.name} uses it"
    elif record.provider.slug in other.built_on:
        why = f"uses {record.provider.name}"
    elif backup.pair.shared:
        why = f"both need {_named(backup.pair.shared, names)}"
    elif backup.pair.together and backup.pair.together.significant:
        why = "their incidents start at the same time more often than chance would explain"
    else:
        why = "too often down at the same time"
    return Instead(measures.link(other), f"{why}; {_at_once(record, backup)}")


def _lacking(options: Backups, party: Party) -> str:
    """Say why no backup is named; "" if one is."""
    if options.best:
        return ""
    if options.unknown:
        most = max(pair.covered for pair in options.unknown)
        if most >= MIN_COVERED:
            reasons = (pair.lacking for pair in options.unknown if pair.lacking)
            name = party.record.provider.name
            return f"Not enough data: {next(reasons, f'{name} was never down while another one was covered, too')}."
        days = f"{'at most ' if most >= DAY else ''}{english.plural(most // DAY, 'day')}"
        return f"Not enough data: {days} in common with any comparable provider ({MIN_COVERED // DAY} needed)."
    if options.falling:
        return "None of those that offer the same: they tend to fail with it, or are down too often at the same time."
    return "No other provider here offers the same and has data for the same time."


def _capability(records: tuple[Record, ...], name: str, project: Project, names: Providers) -> Family:
    able = [party for party in parties(records, name) if party.covered]
    return _family(project.capability(name).name, pairs(able, _last(records[0].now)) if records else (), names)


def _family(name: str, all_pairs: Sequence[Pair], names: Providers) -> Family:
    sufficient = [pair for pair in all_pairs if not pair.lacking and pair.lift]
    ordered = sorted(
        sufficient, key=lambda p: (p.together.adjusted if p.together else 1, -(p.lift.value if p.lift else 0))
    )
    top = 8.0
    return Family(
        name=name,
        lines=tuple(_line(pair, top, names) for pair in ordered if pair.lift),
        grid=charts.axis([(0, "0"), (1, "1"), (top, "8 times")], 0, top),
        compared=_compared(len(sufficient), len(all_pairs)),
        lacking=_reasons(all_pairs),
    )


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
    counts: dict[str, int] = {}
    for pair in all_pairs:
        if pair.lacking:
            kind = _kind(pair.lacking)
            counts[kind] = counts.get(kind, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((english.plural(number, "pair"), why) for why, number in ordered)


def _kind(lacking: str) -> str:
    if " days in common " in lacking:
        return "fewer than 13 weeks of data in common"
    if " reported " in lacking:
        return "one of the two reported fewer than five incidents in that time"
    return lacking


def _line(pair: Pair, top: float, names: Providers) -> PairLine:
    lift, tested = pair.lift or Share(0, None), pair.together
    low, high = lift.interval or (None, None)
    first, second = (p.record.provider.name for p in (pair.first, pair.second))
    label = f"{first} and {second}: {lift.value:.1f} times as often as by chance"
    subjects = [p.subject.name for p in (pair.first, pair.second) if p.subject.slug]
    return PairLine(
        first=measures.link(pair.first.record.provider),
        second=measures.link(pair.second.record.provider),
        part=" and ".join(subjects),
        forth=_chance(pair.second_given_first),
        back=_chance(pair.first_given_second),
        estimate=charts.spot(lift.value, low, high, 0, top, label),
        lift=f"{lift.value:.1f}",
        interval=f"{low:.1f} to {high:.1f}" if low is not None and high is not None else "unknown",
        test=_p(tested.adjusted) if tested else "not tested",
        significant=bool(tested and tested.significant),
        covered=english.count(pair.covered // DAY),
        n=f"{tested.observed:.1f} / {tested.expected:.1f}" if tested else "",
        declared=_declared(pair, names),
    )


def _declared(pair: Pair, names: Providers) -> str:
    if pair.declared:
        return "one uses the other (per our provider file)"
    if pair.shared:
        return f"both need {_named(pair.shared, names)} (per our provider files)"
    return f"both use {_named(pair.common, names)}" if pair.common else ""


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _chance(share: Share | None) -> str:
    return "unknown" if share is None else _share(share.value)


def _share(value: float) -> str:
    return english.percent(value)


def _stand(whole: Family) -> str:
    falling = sum(line.significant for line in whole.lines)
    compared = f"{english.sentence(whole.compared)}."
    if not whole.lines:
        return compared
    if not falling:
        return f"{compared} {'None shows' if len(whole.lines) > 1 else 'It does not show'} a significant link."
    where = f"In {english.spelled(falling)} of them" if len(whole.lines) > 1 else "In it"
    return f"{compared} {where}, incidents start at the same time more often than chance would explain."

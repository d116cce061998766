"""What to use meanwhile: which providers do not fall together, the best backups of each, and where nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from almanac.model import moment
from almanac.stats import windows
from almanac.stats.backups import Backup, Backups, Pair, Party, Share, backups, pairs, parties
from almanac.stats.record import Record
from almanac.stats.windows import DAY, Period
from almanac.text import english
from almanac.views import charts, measures
from almanac.views.base import Head, Link
from almanac.views.charts import Estimate, Label
from almanac.views.measures import Records

YEARS = 2  # what is looked at: older habits say little about today
CAPABILITIES = ("chat", "api", "code", "search", "speech", "images")
WHOLE = "providers"  # instead of a capability: providers as wholes
SLUGS = (WHOLE, *CAPABILITIES)  # of the pages that list all pairs
TITLES = {"api": "API", "chat": "Chat", "code": "Code", "search": "Search", "speech": "Speech", "images": "Images"}
MOST = 3  # backups named where there is little room


class Instead(NamedTuple):
    """A service to use while another is in trouble, and why."""

    provider: Link
    reason: str
    does: str = ""  # what both do
    share: str = ""  # of the time the other was in trouble, in trouble too
    most: str = ""  # and the upper bound of that, with how long both were covered


class Advice(NamedTuple):
    """What stands in for a provider."""

    provider: Link
    best: tuple[Instead, ...]
    falling: tuple[Instead, ...]  # what falls with it, or is built on it
    unknown: str  # of whom the record says too little
    lacking: str  # what is said where nothing can be named


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
    compared: str  # of how many pairs how many suffice
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


def page(records: Records, capability: str = "") -> BackupsPage:
    """Return the page of all pairs over the last two years, of whole providers or of what has a capability.

    `records` reach to a midnight: what is tested changes once a day at most.
    """
    period = _period(records)
    all_records = tuple(records.values())
    all_pairs = together(all_records)
    family = _capability(all_records, capability) if capability in TITLES else _family("Whole providers", all_pairs)
    topic = f"{family.name}: what to use meanwhile" if capability else "What to use meanwhile"
    return BackupsPage(
        head=Head(
            title=f"{topic}: which AI services do not fail together",
            path=url(capability),
            section="leaderboard",
            description="For each AI provider: what does not fail together with it, as far as the record says.",
        ),
        title=topic,
        stand=_stand(family),
        span=english.period(moment(period.since), moment(period.until - 1)) if period else "",
        advice=()
        if capability
        else tuple(_advice(r, all_pairs) for r in sorted(all_records, key=_by_name) if r.covered),
        family=family
        if capability
        else family._replace(lines=tuple(line for line in family.lines if line.significant)),
        others=tuple(Link(url(name), TITLES.get(name, "Whole providers")) for name in SLUGS),
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


def advice(records: Records) -> dict[str, Advice]:
    """Return the best backups of each provider, by its slug."""
    all_pairs = together(tuple(records.values()))
    return {slug: _advice(record, all_pairs) for slug, record in records.items()}


def _advice(record: Record, all_pairs: Sequence[Pair]) -> Advice:
    party = Party(record, record.whole)
    options = backups(party, all_pairs)
    return Advice(
        provider=measures.link(record.provider),
        best=tuple(_instead(record, backup) for backup in options.best[:MOST]),
        falling=tuple(_falls(record, backup) for backup in options.falling[:MOST]),
        unknown=english.listing([_other(pair, party).record.provider.name for pair in options.unknown], 6),
        lacking=_lacking(options, party),
    )


def _last(now: int) -> Period:
    until = windows.midnight(now)
    return Period("two-years", "the last two years", until - YEARS * 365 * DAY, until)


def _period(records: Records) -> Period | None:
    return next((_last(record.now) for record in records.values()), None)


def _other(pair: Pair, party: Party) -> Party:
    return pair.second if pair.first == party else pair.first


def _instead(record: Record, backup: Backup) -> Instead:
    able = sorted(backup.pair.first.capabilities & backup.pair.second.capabilities)
    shared = english.listing([TITLES.get(name, name) for name in able])
    most = backup.chance.interval.high if backup.chance.interval else None
    chance = _at_once(record, backup)
    bound = f", at most {_share(most)}" if most is not None else ""
    days = english.plural(backup.pair.covered // DAY, "shared day")
    return Instead(
        provider=measures.link(backup.party.record.provider),
        reason=f"{chance}{bound}; both do {shared}; {days}",
        does=english.sentence(shared),
        share=_share(backup.chance.value),
        most=f"{bound.removeprefix(', ')}{', ' if bound else ''}over "
        f"{english.plural(backup.pair.covered // DAY, 'day')}",
    )


def _at_once(record: Record, backup: Backup) -> str:
    """Say how often a backup was in trouble while the provider was."""
    return f"also in trouble {_share(backup.chance.value)} of the time {record.provider.name} was"


def _falls(record: Record, backup: Backup) -> Instead:
    other = backup.party.record.provider
    if other.slug in record.provider.built_on:
        why = f"{record.provider.name} is built on it"
    elif record.provider.slug in other.built_on:
        why = f"is built on {record.provider.name}"
    else:
        why = "their troubles start together more often than chance has it"
    return Instead(measures.link(other), f"{why}; {_at_once(record, backup)}")


def _lacking(options: Backups, party: Party) -> str:
    if options.best:
        return ""
    if options.unknown:
        return f"The data does not suffice to name one: {options.unknown[0].lacking}."
    return "Nothing on record does the same and is watched at the same time."


def _capability(records: tuple[Record, ...], name: str) -> Family:
    able = [party for party in parties(records, name) if party.record.covered]
    return _family(TITLES[name], pairs(able, _last(records[0].now)) if records else ())


def _family(name: str, all_pairs: Sequence[Pair]) -> Family:
    sufficient = [pair for pair in all_pairs if not pair.lacking and pair.lift]
    ordered = sorted(
        sufficient, key=lambda p: (p.together.adjusted if p.together else 1, -(p.lift.value if p.lift else 0))
    )
    top = 8.0
    return Family(
        name=name,
        lines=tuple(_line(pair, top) for pair in ordered if pair.lift),
        grid=charts.axis([(0, "0"), (1, "1"), (top, "8 times")], 0, top),
        compared=f"{len(sufficient)} of {english.plural(len(all_pairs), 'pair')} have a record that suffices",
        lacking=_reasons(all_pairs),
    )


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
    if lacking.startswith("both covered"):
        return "covered together for less than thirteen weeks"
    if "declared trouble" in lacking:
        return "one of the two declared trouble less than five times in that time"
    return lacking


def _line(pair: Pair, top: float) -> PairLine:
    lift, tested = pair.lift or Share(0, None), pair.together
    low, high = lift.interval or (None, None)
    names = [p.record.provider.name for p in (pair.first, pair.second)]
    label = f"{names[0]} and {names[1]}: {lift.value:.1f} times as often as by chance"
    subjects = [p.subject.name for p in (pair.first, pair.second) if p.subject.slug]
    return PairLine(
        first=measures.link(pair.first.record.provider),
        second=measures.link(pair.second.record.provider),
        part=" and ".join(subjects),
        forth=_chance(pair.second_given_first),
        back=_chance(pair.first_given_second),
        estimate=charts.spot(lift.value, low, high, 0, top, label),
        lift=f"{lift.value:.1f}",
        interval=f"{low:.1f} to {high:.1f}" if low is not None and high is not None else "not known",
        test=_p(tested.adjusted) if tested else "not tested",
        significant=bool(tested and tested.significant),
        covered=english.count(pair.covered // DAY),
        n=f"{tested.observed:.1f} / {tested.expected:.1f}" if tested else "",
        declared=_declared(pair),
    )


def _declared(pair: Pair) -> str:
    if pair.declared:
        return "one is built on the other, as its file says"
    return f"both are built on {english.listing(pair.common)}" if pair.common else ""


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _chance(share: Share | None) -> str:
    return "not known" if share is None else _share(share.value)


def _share(value: float) -> str:
    return english.percent(value)


def _stand(whole: Family) -> str:
    falling = sum(line.significant for line in whole.lines)
    least = f"{english.sentence(whole.compared)} to be compared; the others are named, not guessed. "
    if not whole.lines:
        return f"{least}"
    if not falling:
        return f"{least}Of none can it be told that their troubles start together."
    count = "one pair" if falling == 1 else f"{english.spelled(falling)} pairs"
    return f"{least}Of these the troubles of {count} start together more often than chance has it."

"""Backup providers: who stands in for whom, which fail together, and where there is too little data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Provider, moment
from almanac.model.project import ANYBODYS, Project
from almanac.stats.backups import MIN_COVERED, TOO_OFTEN, Backup, Backups, Pair, Party, backups
from almanac.stats.record import Record
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import matrix, measures
from almanac.views import pairs as lines
from almanac.views.base import Head, Link
from almanac.views.matrix import Matrix
from almanac.views.measures import Records
from almanac.views.pairs import WHOLE, Family, Missing, Providers, together

ALL = "providers"  # instead of a capability: all pairs of providers as wholes
MOST = 3  # backups named where there is little room
NAMED = 2  # further providers whose backups the first sentences name


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
    elsewhere: tuple[Link, ...] = ()  # who sells its models from other machines
    makers: tuple[Link, ...] = ()  # whose models it sells from machines of its own


class Use(NamedTuple):
    """A choice of what services are used for, with how many pairs can be compared."""

    link: Link
    pairs: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsPage:
    """The page /backups/, or that of one capability below it."""

    head: Head
    title: str
    finding: str  # who stands in for whom, in sentences
    stand: str
    span: str
    matrix: Matrix | None
    elsewhere: tuple[Advice, ...]  # whose models somebody else sells
    family: Family
    missing: tuple[Missing, ...]
    uses: tuple[Use, ...]


def slugs(project: Project) -> tuple[str, ...]:
    """Return the slugs of the pages that list all pairs."""
    return (*(one.slug for one in project.listed), ALL)


def page(records: Records, capability: str = "", project: Project = ANYBODYS) -> BackupsPage:
    """Return the page of all pairs over the last two years, of whole providers or of what has a capability.

    `records` reach to a midnight: what is tested changes once a day at most.
    """
    period, names, all_records = lines.period(records), lines.names(records), tuple(records.values())
    families = {ALL: together(all_records)} | {one.slug: lines.able(all_records, one.slug) for one in project.listed}
    all_pairs = families[capability or ALL]
    family = lines.family(project.capability(capability).name or WHOLE, all_pairs, names)
    every = (
        []
        if capability
        else [_advice(r, all_pairs, names, project) for r in sorted(all_records, key=_by_name) if r.covered]
    )
    use = project.capability(capability).use
    topic = f"Backup providers {use[:1].lower()}{use[1:]}" if use else f"Backup providers: {family.name}"
    topic = topic if capability else "Backup providers"
    title, finding = _findings(sorted(every, key=lambda one: _evidence(records, one), reverse=True))
    return BackupsPage(
        head=Head(
            title=topic if capability else f"{topic}: {title[:1].lower()}{title[1:]}" if finding else topic,
            path=url(capability),
            section="leaderboard",
            description=finding
            or f"For each {project.of('provider')}, the services that do not tend to fail together with it.",
        ),
        title=topic if capability else title,
        finding=finding,
        stand=lines.findings(family),
        span=english.period(moment(period.since), moment(period.until - 1)) if period else "",
        matrix=None if capability == ALL else matrix.square(all_pairs, [one.slug for one in project.listed]),
        elsewhere=tuple(one for one in every if one.elsewhere),
        family=family
        if capability
        else family._replace(lines=tuple(line for line in family.lines if line.significant), lacking=()),
        missing=() if capability == ALL else lines.missing(all_pairs),
        uses=tuple(_use(name, families, capability, project) for name in ("", *slugs(project))),
    )


def tested(records: Records, name: str) -> tuple[Pair, ...]:
    """Return the pairs that the page of a capability, or of ALL, shows and leaves out."""
    all_records = tuple(records.values())
    return together(all_records) if name == ALL else lines.able(all_records, name)


def url(capability: str = "") -> str:
    """Return the address of the page of a capability, or of providers as wholes."""
    return f"/backups/{capability}/" if capability else "/backups/"


def _use(name: str, families: dict[str, tuple[Pair, ...]], current: str, project: Project) -> Use:
    number = sum(map(lines.is_sufficient, families[name or ALL]))
    text = project.capability(name).name or ("All pairs" if name else "Any use")
    return Use(Link(url(name), text), english.count(number), name == current)


def _by_name(record: Record) -> str:
    return record.provider.name.casefold()


def _evidence(records: Records, advice: Advice) -> int:
    """Return how many incidents a provider has reported: the more, the surer is what is said of its backups."""
    record = next(record for record in records.values() if measures.link(record.provider) == advice.provider)
    return len(record.starts)


def _findings(every: Sequence[Advice]) -> tuple[str, str]:
    """Return the first finding as a title, and its figures with those of others."""
    advised = [one for one in every if one.best]
    if not advised:
        return "No backup can be named yet", ""
    first, *others = advised
    names = english.listing([one.provider.text for one in first.best])
    title = f"When {first.provider.text} is down, {names} {'are' if len(first.best) > 1 else 'is'} usually up"
    shares = english.listing([one.share for one in first.best])
    verb = "They were" if len(first.best) > 1 else "It was"
    most = english.percent(max(one.bound for one in first.best))
    sentences = [f"{verb} down for {shares} of {first.provider.text}’s incident time (90% interval up to {most})."]
    if others:
        sentences.append(f"For {'; for '.join(_in_short(one) for one in others[:NAMED])}.")
    return title, " ".join(sentences)


def _in_short(advice: Advice) -> str:
    best = advice.best[0]
    return f"{advice.provider.text} it is {best.provider.text} (up to {english.percent(best.bound)})"


def advice(records: Records, project: Project = ANYBODYS) -> dict[str, Advice]:
    """Return the best backups of each provider, by its slug."""
    all_pairs, names = together(tuple(records.values())), lines.names(records)
    return {slug: _advice(record, all_pairs, names, project) for slug, record in records.items()}


def _advice(record: Record, all_pairs: Sequence[Pair], names: Providers, project: Project) -> Advice:
    party = Party(record, record.whole)
    options = backups(party, all_pairs)
    best = [backup for backup in options.best if not _is_closed(backup)]
    return Advice(
        provider=measures.link(record.provider),
        best=tuple(_instead(record, backup, project) for backup in best[:MOST]),
        falling=tuple(_falls(record, backup, names) for backup in options.falling[:MOST]),
        unknown=english.listing([_other(pair, party).record.provider.name for pair in options.unknown], 6),
        lacking=_lacking(options, party),
        elsewhere=tuple(measures.link(other) for other in names.values() if _sells(other, record.provider)),
        makers=tuple(measures.link(other) for other in names.values() if _sells(record.provider, other)),
    )


def _is_closed(backup: Backup) -> bool:
    """Say whether its status page is gone: nobody could see whether it works."""
    return backup.party.record.provider.closed is not None


def _sells(seller: Provider, maker: Provider) -> bool:
    """Say whether one of two with status pages sells the models of the other, from machines of its own."""
    return not (seller.closed or maker.closed) and maker.slug in seller.same_model


def _other(pair: Pair, party: Party) -> Party:
    return pair.second if pair.first == party else pair.first


def _instead(record: Record, backup: Backup, project: Project) -> Instead:
    able = sorted(backup.pair.first.capabilities & backup.pair.second.capabilities)
    shared = english.listing([project.capability(name).name or name for name in able])
    most = backup.chance.interval.high if backup.chance.interval else None
    chance = _at_once(record, backup)
    bound = f", at most {english.percent(most)}" if most is not None else ""
    days = english.plural(backup.pair.covered // DAY, "shared day")
    return Instead(
        provider=measures.link(backup.party.record.provider),
        reason=f"{chance}{bound}; in common: {shared}; {days}",
        does=english.sentence(shared),
        share=english.percent(backup.chance.value),
        most=f"{bound.removeprefix(', ')}{', ' if bound else ''}over "
        f"{english.plural(backup.pair.covered // DAY, 'day')}",
        shared=tuple(able),
        chance=backup.chance.value,
        low=backup.chance.interval.low if backup.chance.interval else None,
        high=most,
    )


def _at_once(record: Record, backup: Backup) -> str:
    """Say how often a backup was in trouble while the provider was."""
    return f"also down {english.percent(backup.chance.value)} of the time {record.provider.name} was down"


def _falls(record: Record, backup: Backup, names: Providers) -> Instead:
    other = backup.party.record.provider
    if other.slug in record.provider.built_on:
        why = f"{record.provider.name} uses it"
    elif record.provider.slug in other.built_on:
        why = f"uses {record.provider.name}"
    elif backup.pair.shared:
        why = f"both need {lines.named(backup.pair.shared, names)}"
    elif backup.pair.together and backup.pair.together.significant:
        why = "their incidents start at the same time more often than chance would explain"
    else:
        why = "too often down at the same time"
    return Instead(measures.link(other), f"{why}; {_at_once(record, backup)}")


def _lacking(options: Backups, party: Party) -> str:
    """Say why no backup is named; "" if one is."""
    if options.best:
        return ""
    if options.unsure:
        names = english.listing([backup.party.record.provider.name for backup in options.unsure])
        return (
            f"None can be recommended: {names} may be down for more than {english.percent(TOO_OFTEN, 0)} of that time; "
            "there is too little data to say."
        )
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

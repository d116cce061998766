"""The way to every comparison: a choice of two, a matrix of all pairs, and the comparisons of one provider."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Provider, moment
from almanac.snapshot import Snapshot
from almanac.stats.backups import Pair
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import base, matrix, measures, rows
from almanac.views import pairs as lines
from almanac.views.base import Head, Link
from almanac.views.compare import DAYS, LACKING, Verdicts, glance
from almanac.views.matrix import Matrix
from almanac.views.measures import Records
from almanac.views.pairs import WHOLE, Family, Missing, compare_url, comparisons_url, in_comparison

EXAMPLES = 3


class Rival(NamedTuple):
    """A provider beside the one chosen: which reported less, whether both fail together, and how long both have data."""

    link: Link  # to the comparison
    better: str  # a name, or that there is no significant difference
    tie: str
    lift: str
    days: str
    css: str  # `un` where there is too little data for a verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonsPage:
    """The choice of two providers at /compare/, and all comparisons of one at /compare/<slug>/."""

    head: Head
    title: str
    stand: str
    chosen: Link | None
    choices: tuple[Link, ...]  # each to the comparisons of one provider
    rivals: tuple[Rival, ...]
    span: str
    matrix: Matrix | None
    missing: tuple[Missing, ...]
    examples: tuple[Link, ...] = ()  # to pairs that report the most


def comparisons(almanac: Snapshot, records: Records) -> ComparisonsPage:
    """Return the page that leads to every comparison; `records` reach up to the last midnight."""
    all_pairs, providers = lines.together(tuple(records.values())), _providers(almanac)
    family, missing = lines.family(WHOLE, all_pairs, lines.names(records)), lines.missing(all_pairs)
    period = lines.period(records)
    return ComparisonsPage(
        head=Head(
            title=f"Compare two {almanac.project.of('providers')}",
            path="/compare/",
            section="leaderboard",
            description=f"Any two {almanac.project.of('providers')}: reported incidents, how long they last, and whether both "
            "fail together.",
        ),
        title="Compare two providers",
        stand=_stand(len(providers), len(missing), family) if providers else "No data yet.",
        chosen=None,
        choices=_choices(providers),
        examples=_examples(all_pairs, _choices(providers)),
        rivals=(),
        span=english.period(moment(period.since), moment(period.until - 1)) if period else "",
        matrix=matrix.triangle(all_pairs, [one.slug for one in almanac.project.listed]),
        missing=missing,
    )


def comparisons_of(almanac: Snapshot, records: Records, differences: Verdicts, provider: Provider) -> ComparisonsPage:
    """Return the page of all comparisons of one provider, with their verdicts."""
    by_rival = {
        frozenset((pair.first.slug, pair.second.slug)): pair for pair in lines.together(tuple(records.values()))
    }
    providers = _providers(almanac)
    others = [other for other in providers if other != provider]
    rivals = [
        _rival(differences, provider, other, by_rival.get(frozenset((provider.slug, other.slug)))) for other in others
    ]
    return ComparisonsPage(
        head=Head(
            title=f"{provider.name} compared with other {almanac.project.of('providers')}",
            path=comparisons_url(provider.slug),
            section="leaderboard",
            description=f"{provider.name} and {english.plural(len(others), 'other provider')}: which reported less incident "
            "time, and which fail together.",
        ),
        title=f"Compare {provider.name} with …",
        stand=_summary(provider, rivals),
        chosen=measures.link(provider),
        choices=_choices(providers),
        rivals=tuple(sorted(rivals, key=lambda rival: bool(rival.css))),
        span="",
        matrix=None,
        missing=(),
    )


def _examples(all_pairs: Iterable[Pair], choices: Iterable[Link]) -> tuple[Link, ...]:
    """Return the comparisons of those that report the most: the pair whose fewer incidents are the most comes first."""
    names = {choice.url: choice.text for choice in choices}
    sufficient = [pair for pair in all_pairs if lines.is_sufficient(pair)]
    sufficient.sort(key=lambda pair: min(len(party.record.cards) for party in (pair.first, pair.second)), reverse=True)
    return tuple(
        Link(compare_url(*slugs), " and ".join(names[comparisons_url(slug)] for slug in slugs))
        for slugs in ((pair.first.slug, pair.second.slug) for pair in sufficient[:EXAMPLES])
    )


def _providers(almanac: Snapshot) -> list[Provider]:
    return rows.by_name(in_comparison(almanac))


def _choices(providers: Sequence[Provider]) -> tuple[Link, ...]:
    """Return the way to the comparisons of each, called by its name and by the product that is better known."""
    products = ((provider, base.best_known(provider)) for provider in providers)
    return tuple(
        Link(comparisons_url(provider.slug), f"{provider.name}{f' ({product})' if product else ''}")
        for provider, product in products
    )


def _stand(number: int, missing: int, family: Family) -> str:
    """Say how many providers can be compared, and in how many pairs incidents start together."""
    able = english.sentence(english.spelled(number - missing)) if number > missing else "None"
    have = "has" if number - missing == 1 else "have"
    return f"{able} of {english.spelled(number)} providers {have} enough data in common with another. {lines.findings(family)}"


def _summary(provider: Provider, rivals: Sequence[Rival]) -> str:
    """Say over how many others a verdict is possible, and how it comes out."""
    able = [rival for rival in rivals if rival.better != LACKING]
    if not able:
        return f"There is not enough data for a verdict on {provider.name} and any other; each comparison still shows its figures."
    better = sum(rival.better == provider.name for rival in able)
    worse = sum(rival.better == rival.link.text for rival in able)
    return (
        f"Over the last {DAYS} days {provider.name} reported significantly less incident time than {_some(better)} of "
        f"{english.plural(len(able), 'comparable provider')}, and more than {_some(worse)}."
    )


def _some(number: int) -> str:
    return english.spelled(number) if number else "none"


def _rival(differences: Verdicts, provider: Provider, other: Provider, pair: Pair | None) -> Rival:
    verdict = glance(differences, provider, other)
    tie, lift = _tie(pair)
    return Rival(
        link=Link(compare_url(provider.slug, other.slug), other.name),
        better=verdict,
        tie=tie,
        lift=lift,
        days=english.plural(pair.covered // DAY, "day") if pair else "none",
        css="un" if verdict == LACKING and not lift else "",
    )


def _tie(pair: Pair | None) -> tuple[str, str]:
    """Say whether the incidents of two start together, with the lift; else what their data lacks."""
    if pair is None or pair.lift is None or pair.lacking:
        return pair.lacking if pair and pair.lacking else "no incidents in common time", ""
    is_tied = bool(pair.together and pair.together.significant)
    return "incidents start together" if is_tied else "no link found", f"{pair.lift.value:.1f}"

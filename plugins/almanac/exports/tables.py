"""The rows of the published tables. Texts of providers are not in here: they are theirs."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from almanac.claims import Evidence
from almanac.exports.table import Row
from almanac.model import Card, Provider, moment, stamp, stamped
from almanac.queries import Query
from almanac.snapshot import Snapshot
from almanac.stats import trials
from almanac.stats.availability import Measure
from almanac.stats.backups import Pair, Share, part_of
from almanac.stats.felt import working_hours
from almanac.stats.intervals import Bounds
from almanac.stats.ranking import Leaderboard
from almanac.stats.record import Record
from almanac.stats.selection import Membership, severity
from almanac.stats.windows import Period
from almanac.text import english
from almanac.views import base

EXACT = 6  # digits of a share: a second in eleven days


def provider_rows(providers: Iterable[Provider]) -> Iterable[Row]:
    """Yield the rows of PROVIDERS."""
    for one in sorted(providers, key=lambda each: each.slug):
        lists = [list(each) for each in (one.core, one.built_on, one.shares)]
        yield one.slug, one.name, one.company, one.status_page, one.written_by, *lists


def component_rows(providers: Iterable[Provider]) -> Iterable[Row]:
    """Yield the rows of COMPONENTS."""
    for one in sorted(providers, key=lambda each: each.slug):
        for part in one.components:
            names = list(dict.fromkeys((part.name, *part.match)))
            yield one.slug, part.slug, part.name, part.product, part.capability, names


def dataset_rows(almanac: Snapshot) -> Iterable[Row]:
    """Yield the rows of DATASETS: those that are described, and those that incidents or coverage only name."""
    imported = Counter(card.imported for cards in almanac.cards.values() for card in cards if card.imported)
    spans = {span.dataset for pulls in almanac.pulls.values() for span in pulls.coverage if span.dataset}
    described = {one.slug: one for one in almanac.datasets}
    for slug in sorted({*imported, *spans, *described}):
        one = described.get(slug)
        facts = (one.name, one.made_by, one.url, one.licence, one.complete) if one else (slug, "", "", "", "untested")
        yield slug, *facts, imported[slug]


def incident_rows(
    cards: Iterable[Card], memberships: Mapping[str, Membership], last_open: Mapping[str, str], site_url: str
) -> Iterable[Row]:
    """Yield the rows of INCIDENTS; by id, `memberships` say whether each counts, `last_open` when it was seen open."""
    for card in cards:
        membership = memberships[card.id]
        yield (
            card.provider,
            card.id,
            card.id_is_ours,
            base.composed_title(card).replace(english.GAP, " "),
            card.kind,
            card.impact,
            card.impact_stated,
            *(each.name.lower() for each in severity(card)),
            membership.counts,
            membership.why,
            card.phase,
            list(card.components),
            _time(card.started),
            card.started_basis,
            _time(card.ended),
            card.ended_basis,
            card.precision,
            _time(card.posted),
            card.posted_late,
            _time(card.first_seen),
            _time(card.vanished),
            card.imported,
            len(card.updates),
            card.edits,
            _time(card.changed),
            card.source,
            site_url + base.incident_url(card),
            card.impact_basis,
            card.components_basis,
            card.trouble_seconds,
            last_open.get(card.id, ""),
        )


def update_rows(cards: Iterable[Card]) -> Iterable[Row]:
    """Yield the rows of UPDATES."""
    for card in cards:
        for (at, phase), posts in Counter(card.updates).items():
            yield card.provider, card.id, _time(at), phase, posts


def coverage_rows(almanac: Snapshot) -> Iterable[Row]:
    """Yield the rows of COVERAGE."""
    for slug, pulls in sorted(almanac.pulls.items()):
        for span in dict.fromkeys(pulls.coverage):
            yield slug, span.dataset, stamp(span.since), stamp(span.until), list(span.products)


def leaderboard_rows(boards: Mapping[str, Leaderboard], trends: Mapping[str, str]) -> Iterable[Row]:
    """Yield the rows of LEADERBOARD; `boards` are by who writes the pages ranked on them, `trends` by provider."""
    for writer, board in boards.items():
        ranked = [(s.provider, s.measure, s.rank, "", ()) for s in board.standings]
        unranked = [(u.provider, u.measure, ("", ""), u.why, u.below) for u in board.unranked]
        for slug, measure, rank, why, below in [*ranked, *unranked]:
            yield (
                *_of_period(measure),
                slug,
                writer,
                *rank,
                *_bounds(measure.availability),
                *_bounds(measure.interval),
                measure.n,
                measure.covered,
                why,
                list(below),
                trends.get(slug, "unknown"),
            )


def number_rows(provider: Provider, figures: Iterable[Measure]) -> Iterable[Row]:
    """Yield the rows of NUMBERS of a provider."""
    for measure in figures:
        lengths, lacks, rate = measure.durations, measure.unknowns, measure.rate
        others: Sequence[Bounds | None] = measure.formulas[1:] or [None] * 6
        yield (
            provider.slug,
            *_of_period(measure),
            measure.subject.kind,
            measure.subject.slug,
            measure.covered,
            measure.elapsed,
            measure.n,
            *_bounds(measure.availability),
            *_bounds(measure.interval),
            measure.refusal,
            *(end for bounds in others for end in _bounds(bounds)),
            *(end for bounds in measure.at_least[1:] for end in map(int, bounds)),
            _number(rate.per_month if rate else None),
            *_bounds(rate.interval if rate else None),
            lengths.n,
            _number(lengths.median),
            _number(lengths.p90),
            "" if lengths.longest is None else lengths.longest,
            lacks.posted_late,
            lacks.zero_length,
            lacks.unended,
            lacks.intervals,
            lacks.severity,
            lacks.scope,
        )


def working_hours_rows(record: Record, figures: Iterable[Measure]) -> Iterable[Row]:
    """Yield the rows of WORKING_HOURS of a provider, in the periods of some figures."""
    for measure in figures:
        for hours in working_hours(record, measure.period):
            facts = record.provider.slug, *_of_period(measure), hours.zone, hours.covered, hours.n
            yield *facts, *_bounds(hours.share), *_bounds(hours.interval)


def backup_rows(family: str, pairs: Iterable[Pair]) -> Iterable[Row]:
    """Yield the rows of BACKUPS of pairs that were tested together."""
    for pair in pairs:
        test = pair.together
        yield (
            family,
            pair.first.slug,
            pair.first.subject.slug,
            pair.second.slug,
            pair.second.subject.slug,
            pair.covered,
            pair.first_trouble,
            pair.second_trouble,
            pair.both,
            *_share(pair.second_given_first),
            *_share(pair.first_given_second),
            *_share(pair.lift),
            *(
                _number(each)
                for each in ((test.observed, test.expected, test.p, test.adjusted) if test else [None] * 4)
            ),
            test.significant if test else "",
            pair.declared,
            list(pair.common),
            list(pair.shared),
            pair.lacking,
            *(part_of(pair, party) for party in (pair.first, pair.second)),
        )


def claim_rows(almanac: Snapshot, evidence: Evidence) -> Iterable[Row]:
    """Yield the rows of CLAIMS, the newest article first."""
    for article in almanac.articles:
        for number, claim in enumerate(article.claims, start=1):
            figure = evidence.ask(claim.check) if claim.check else None
            yield (
                article.url,
                number,
                claim.by,
                claim.verdict,
                figure is not None,
                _question(claim.check) if claim.check else "",
                claim.expect.text if claim.expect else "",
                figure.unit if figure else "",
                *_bounds(figure.bounds if figure else None),
                figure.n if figure else "",
                "" if figure is None or figure.k is None else figure.k,
                *_bounds(figure.interval if figure else None),
            )


def _question(query: Query) -> str:
    """Return a question as JSON, without what it leaves open; times as in all tables, lengths in seconds."""
    fields: dict[str, Any] = {name: value for name, value in query._asdict().items() if value and value != math.inf}
    fields |= {name: stamped(fields[name]) for name in ("since", "until") if name in fields}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def trial_rows(almanac: Snapshot) -> Iterable[Row]:
    """Yield the rows of TRIALS, of the incidents that are still there."""
    keys = {(card.provider, card.id) for cards in almanac.cards.values() for card in cards}
    for row in trials.rows(almanac.trials):
        if (row.provider, row.incident) in keys:
            numbers = [float(each) if each else "" for each in (row.remaining, *row.numbers)]
            yield row.provider, row.incident, int(row.elapsed), *numbers


def _of_period(measure: Measure) -> tuple[str, str, str]:
    period: Period = measure.period
    return period.slug, _time(period.since), stamp(moment(period.since + measure.elapsed))


def _share(share: Share | None) -> tuple[object, object, object]:
    return (_number(share.value), *_bounds(share.interval)) if share else ("", "", "")


def _bounds(bounds: Bounds | None) -> tuple[object, object]:
    return (_number(bounds.low), _number(bounds.high)) if bounds else ("", "")


def _number(value: float | None) -> object:
    return "" if value is None or math.isinf(value) else round(value, EXACT)


def _time(at: int | None) -> str:
    return "" if at is None else stamped(at)

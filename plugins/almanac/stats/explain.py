"""How a number of the leaderboard came about, step by step, from the rows it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from almanac.model import Stretch, moment, stamp
from almanac.stats.availability import Measure, started
from almanac.stats.formulas import FORMULAS
from almanac.stats.ranking import Leaderboard, Standing, Unranked, leaderboard
from almanac.stats.record import Record
from almanac.stats.selection import is_machine
from almanac.stats.windows import Period, Times, clip, intersection, total, union


def leaderboard_number(records: Sequence[Record], slug: str, period: Period) -> tuple[str, ...]:
    """Return the derivation of a provider's line on the leaderboard of a period, one line of text an entry.

    Raises ValueError for a provider that has no record.
    """
    own = next((r for r in records if r.provider.slug == slug), None)
    if own is None:
        slugs = ", ".join(sorted(r.provider.slug for r in records))
        raise ValueError(f"no provider {slug!r}; there is {slugs}")
    board = leaderboard(records, period, machine=is_machine(own.provider))
    entries: list[Standing | Unranked] = [*board.standings, *board.unranked]
    entry = next(e for e in entries if e.provider == slug)
    return (
        f"{own.provider.name}, {period.name}",
        *_coverage(own, entry.measure),
        *_incidents(own, period),
        *_trouble(own, entry.measure),
        *_formulas(entry.measure),
        *_rank(board, entry),
    )


def _coverage(record: Record, numbers: Measure) -> Iterator[str]:
    yield ""
    yield "1. Covered time: when the archive would have seen an incident"
    for since, until in _covered(record, numbers.period):
        yield f"   {_moment(since)} to {_moment(until)}"
    yield f"   {numbers.covered} s of {numbers.elapsed} s = {numbers.coverage:.1%}"


def _incidents(record: Record, period: Period) -> Iterator[str]:
    yield ""
    yield "2. Incidents that started in the period"
    for left in record.selection.left_out:
        if period.since <= left.card.started < period.until:
            yield f"   left out  {left.card.id}  {_moment(left.card.started)}  {left.why}"
    for card in record.selection.carried:
        if card.ended and period.since < card.ended and card.started < period.until:
            yield f"   carried   {card.id}  began {_moment(card.started)}, without data; its covered time counts below"
    rows = started(record, period)
    for card in rows:
        end = "no end recorded" if card.ended is None else f"{_moment(card.ended)}  {card.ended - card.started} s"
        part = f", at least {card.trouble_seconds} s of it" if card.trouble_seconds else ""
        yield f"   counted   {card.id}  {_moment(card.started)} to {end}{part}  {card.impact}"
    yield f"   n = {len(rows)}"


def _trouble(record: Record, numbers: Measure) -> Iterator[str]:
    yield ""
    yield "3. Time in reported incidents: overlaps merged, cut to covered time"
    covered = _covered(record, numbers.period)
    for name, ends, member in (
        ("at least", record.least, record.lasting[record.whole][0]),
        ("at most", record.most, record.lasting[record.whole][1]),
    ):
        merged = union(Stretch(int(s), int(e)) for s, e in zip(record.starts[member], ends[member], strict=True))
        trouble = intersection(merged, covered)
        seconds = total(trouble)
        share = f" = {1 - seconds / numbers.covered:.4%} incident-free" if numbers.covered else ""
        yield f"   {name} {seconds} s in {len(trouble)} stretches; 1 - {seconds} / {numbers.covered}{share}"


def _formulas(numbers: Measure) -> Iterator[str]:
    yield ""
    yield "4. The same with other weights for rated none, degraded, partial, full"
    for formula, bounds in zip(FORMULAS, numbers.formulas, strict=False):
        weights = ", ".join(f"{weight:g}" for weight in formula.weights)
        yield f"   {formula.name:22s}{weights:17s}{bounds.low:.4%} to {bounds.high:.4%}"
    if numbers.interval and numbers.availability:
        low, high = numbers.interval
        yield f"   90% interval of the first, from whole weeks and whole incidents: {low:.2%} to {high:.2%}"
    if numbers.refusal:
        yield f"   no 90% interval of the first: {numbers.refusal}"
    if numbers.rate:
        low, high = numbers.rate.interval
        yield f"   {numbers.rate.per_month:.2f} incidents per 30 days of data, Poisson {low:.2f} to {high:.2f}"


def _rank(board: Leaderboard, entry: Standing | Unranked) -> Iterator[str]:
    yield ""
    if isinstance(entry, Unranked):
        yield f"5. Not ranked: {entry.why}"
        if entry.below:
            yield f"   even at its best significantly worse than {', '.join(entry.below)}"
        return
    yield f"5. Rank {entry.rank.best} to {entry.rank.worst} of {len(board.standings)}"
    yield f"   {entry.rank.best - 1} significantly better, {len(board.standings) - entry.rank.worst} significantly worse"
    for group in board.groups:
        if entry.provider in group:
            yield f"   statistically tied: {', '.join(group)}"


def _covered(record: Record, period: Period) -> Times:
    return clip(record.covered, period.since, min(period.until, record.now))


def _moment(at: int) -> str:
    return stamp(moment(at))

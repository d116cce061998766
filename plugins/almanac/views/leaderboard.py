"""The leaderboard: share of covered time without declared trouble, ranks with their doubt, and who is not ranked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from almanac import charts, words
from almanac.almanac import Almanac
from almanac.charts import Label
from almanac.model import moment, seconds
from almanac.stats import ranking
from almanac.stats.record import Record
from almanac.stats.windows import Period
from almanac.views import measures
from almanac.views.base import Head, Link
from almanac.views.measures import Records, Share

STEPS = (5, 4, 3, 4, 5, 3, 7, 4, 3, 5)  # parts of the axis, by the tenths it spans: whole numbers stand at its lines
NO_PERIOD = "There is no period in which five providers are covered well enough to be compared."


class Unranked(NamedTuple):
    """A provider that has no rank, and why."""

    provider: Link
    why: str


class Board(NamedTuple):
    """A table of shares over one period; `grid` is the axis all its lines stand on."""

    period: str
    lines: tuple[Share, ...]
    grid: tuple[Label, ...]
    groups: tuple[str, ...]  # providers that cannot be told apart
    unranked: tuple[Unranked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """/leaderboard/"""

    head: Head
    stand: str
    board: Board | None
    machine: Board | None  # pages written by probes, ranked apart
    left_out: tuple[tuple[str, str], ...]  # how many incidents, and why they do not count


def leaderboard(almanac: Almanac, records: Records) -> Leaderboard:
    """The newest period in which enough providers are covered, best share first."""
    period = shown(almanac, records)
    found = board(almanac, records)
    by_machine = _board(tuple(records.values()), period, True) if period else None
    return Leaderboard(
        head=Head(
            title="Who declares the least trouble",
            path="/leaderboard/",
            section="leaderboard",
            description="AI providers by the share of watched time in which they declared no trouble.",
        ),
        stand=_stand(found),
        board=found,
        machine=by_machine if by_machine and (by_machine.lines or by_machine.unranked) else None,
        left_out=_left_out(records, period) if period else (),
    )


def shown(almanac: Almanac, records: Records) -> Period | None:
    """The period that is shown first."""
    return ranking.shown_first(tuple(records.values()), seconds(almanac.now))


def board(almanac: Almanac, records: Records) -> Board | None:
    """The ranks of the period shown first; None where no period qualifies."""
    period = shown(almanac, records)
    return _board(tuple(records.values()), period, False) if period else None


@lru_cache(maxsize=4)  # home and leaderboard show the same board, which takes a bootstrap
def _board(records: tuple[Record, ...], period: Period, machine: bool) -> Board:
    providers = {record.provider.slug: record.provider for record in records}
    found = ranking.leaderboard(records, period, machine=machine)
    floor = measures.floor_of(standing.measure for standing in found.standings)
    last = min(period.until, records[0].now) - 1
    return Board(
        period=words.period(moment(period.since), moment(last)),
        lines=tuple(measures.share(providers[s.provider], s, floor) for s in found.standings),
        grid=charts.grid(floor, STEPS[round((1 - floor) * 10) - 1]),
        groups=tuple(words.listing([providers[slug].name for slug in group]) for group in found.groups),
        unranked=tuple(Unranked(measures.link(providers[u.provider]), u.why) for u in found.unranked),
    )


def _stand(board: Board | None) -> str:
    if board is None:
        return NO_PERIOD
    if not board.lines:
        return f"{words.sentence(board.period)}: no provider can be ranked."
    first = board.groups[0] if board.groups else ""
    apart = f"{first} cannot be told apart at the top. " if " and " in first else ""
    return f"{apart}{words.plural(len(board.lines), 'provider')}, {board.period}, ranks with their doubt."


def _left_out(records: Records, period: Period) -> tuple[tuple[str, str], ...]:
    """How many incidents that started in the period do not count, for each reason."""
    counts = Counter(
        left.why
        for record in records.values()
        for left in record.selection.left_out
        if period.since <= left.card.started < period.until
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((words.count(number), why) for why, number in ordered)

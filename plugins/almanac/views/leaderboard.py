"""The leaderboard: share of covered time without declared trouble, with its interval, and who cannot be ranked."""

from __future__ import annotations

from dataclasses import dataclass

from almanac import charts, words
from almanac.almanac import Almanac
from almanac.charts import Label
from almanac.model import moment
from almanac.stats.availability import Measure, measure
from almanac.stats.record import Record
from almanac.stats.windows import Period
from almanac.views import measures
from almanac.views.base import Head
from almanac.views.measures import Records, Share, Unranked

STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A table of shares over one period; `grid` is the axis all its lines stand on."""

    period: str
    lines: tuple[Share, ...]
    grid: tuple[Label, ...]
    unranked: tuple[Unranked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """/leaderboard/"""

    head: Head
    stand: str
    board: Board | None
    left_out: tuple[tuple[str, str], ...]  # reason, how many incidents


def leaderboard(almanac: Almanac, records: Records) -> Leaderboard:
    """The newest period in which enough providers are covered, best share first."""
    period = measures.best_period(almanac, records)
    return Leaderboard(
        head=Head(
            title="Who declares the least trouble",
            path="/leaderboard/",
            section="leaderboard",
            description="AI providers by the share of watched time in which they declared no trouble.",
        ),
        stand=_stand(period, records),
        board=board(records, period) if period else None,
        left_out=_left_out(records, period) if period else (),
    )


def board(records: Records, period: Period) -> Board:
    """Every provider's number in a period, or why it has none."""
    found = [(entry, measure(entry, period)) for entry in records.values()]
    whys = {entry.provider.slug: measures.why_unranked(entry, m) for entry, m in found}
    ranked = [(entry, m) for entry, m in found if not whys[entry.provider.slug]]
    ranked.sort(key=lambda pair: (-measures.middle(pair[1]), pair[0].provider.slug))
    floor = measures.floor_of([m for _, m in ranked])
    return Board(
        period=_days(period, next(iter(records.values())).now),
        lines=tuple(measures.share(entry, m, floor) for entry, m in ranked),
        grid=charts.grid(floor, STEPS),
        unranked=tuple(_unranked(entry, m, whys) for entry, m in found if whys[entry.provider.slug]),
    )


def _unranked(entry: Record, m: Measure, whys: dict[str, str]) -> Unranked:
    return Unranked(measures.link(entry), whys[entry.provider.slug])


def _days(period: Period, now: int) -> str:
    return words.period(moment(period.since), moment(min(period.until, now) - 1))


def _stand(period: Period | None, records: Records) -> str:
    if period is None:
        return "There is no period in which five providers are covered well enough to be compared."
    days = _days(period, next(iter(records.values())).now)
    return f"{words.sentence(days)}: the newest period in which at least five providers were watched for most of it."


def _left_out(records: Records, period: Period) -> tuple[tuple[str, str], ...]:
    """Why incidents that started in the period do not count, and how many for each reason."""
    counts: dict[str, int] = {}
    for entry in records.values():
        for left in entry.selection.left_out:
            if period.since <= left.card.started < period.until:
                counts[left.why] = counts.get(left.why, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((why, words.count(number)) for why, number in ordered)

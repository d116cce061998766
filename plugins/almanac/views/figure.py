"""Charts to take along: what a drawing of one says without its page, its data, and where its files are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from almanac.model import Card, moment, stamped
from almanac.stats import windows
from almanac.text import english
from almanac.views import base, charts
from almanac.views.base import Mark
from almanac.views.charts import Bars, Estimate, Label
from almanac.views.incident import IncidentPage
from almanac.views.leaderboard import Board
from almanac.views.summaries import SummaryPage
from almanac.views.timeline import Timeline

TALL, LOW = 96, 22  # pixels of the bars of one subject, and of one row among several
NO_BOARD = Board("", (), (), (), ())
WORST = "Height and colour: the worst status reported for each day, UTC"
SHARES = "Dot: share of monitored time with no reported incident. Line: 90% interval"


class ChartRow(NamedTuple):
    """A row of a figure: bars of days or an estimate, between what it is of and its value. Either may be ""."""

    label: str
    value: str = ""
    bars: Bars | None = None
    estimate: Estimate | None = None


class ChartFile(NamedTuple):
    """A drawing that stands alone, and its data. `path` is the address of its page, `reads` how it is to be read."""

    path: str
    title: str
    span: str
    reads: str
    as_of: str
    rows: tuple[ChartRow, ...]
    axis: tuple[Label, ...]
    height: int  # pixels of a row
    header: tuple[str, ...]  # of its data
    data: tuple[tuple[str, ...], ...]
    key: tuple[Mark, ...] = ()
    timeline: Timeline | None = None  # in place of rows


def of_days(path: str, name: str, severities: Sequence[str], first: int) -> ChartFile:
    """Return the figure of a subject's last days, of which `first` is the midnight (epoch seconds) of the oldest."""
    last = moment(first + (len(severities) - 1) * windows.DAY)
    span = english.period(moment(first), last)
    words = {mark.css: mark.word for mark in base.KEY}
    return ChartFile(
        path=path,
        title=f"{name}: what was reported, day by day",
        span=span,
        reads=WORST,
        as_of=english.date(last),
        rows=(ChartRow("", "", charts.bars(severities, f"{name}, {span}")),),
        axis=charts.months_on(moment(first), len(severities)),
        height=TALL,
        header=("date", "worst_status"),
        data=tuple(
            (stamped(first + number * windows.DAY)[:10], words[day]) for number, day in enumerate(severities) if day
        ),
        key=tuple(mark for mark in base.KEY if mark.css in severities),
    )


def of_incident(page: IncidentPage, card: Card) -> ChartFile:
    """Return the figure of an incident to scale, with its updates as data."""
    return ChartFile(
        path=page.cite.path,
        title=page.cite.title,
        span=f"{page.day}, UTC. {page.stand}",
        reads="Bar: phases. Circles: updates. Below: other incidents; height shows severity",
        as_of=page.cite.when.rpartition(" last changed ")[2].rpartition(" as of ")[2],
        rows=(),
        axis=(),
        height=int(float(page.timeline.height)) if page.timeline else LOW,
        header=("time", "phase"),
        data=tuple((stamped(at), phase) for at, phase in card.updates),
        timeline=page.timeline,
    )


def of_board(path: str, title: str, board: Board) -> ChartFile:
    """Return the figure of a leaderboard: shares with their intervals, in the order of the ranks."""
    return ChartFile(
        path=path,
        title=title,
        span=board.period,
        reads=f"{SHARES}. {board.cut}".rstrip(" .") if board.cut else SHARES,
        as_of=board.period.rpartition(" to ")[2],
        rows=tuple(ChartRow(f"{s.rank}  {s.provider.text}", s.share, None, s.estimate) for s in board.lines),
        axis=board.grid,
        height=LOW,
        header=("rank", "provider", "incident_free", "interval", "incidents", "per_30_days", "median", "covered"),
        data=tuple(
            (
                s.rank,
                s.provider.text,
                s.share,
                s.estimate.label.partition("interval ")[2],
                s.n,
                s.rate,
                s.median,
                s.covered,
            )
            for s in board.lines
        ),
    )


def of_summary(page: SummaryPage) -> ChartFile:
    """Return the figure of a report: the days of each provider."""
    return ChartFile(
        path=page.head.path,
        title=page.title,
        span=page.stand,
        reads=WORST,
        as_of=page.cite.when.rpartition(" up to ")[2],
        rows=tuple(ChartRow(row.provider.text, row.share, row.bars) for row in page.rows),
        axis=page.axis,
        height=LOW,
        header=("provider", "time_with_an_incident", "incident_free", "incidents", "median", "days"),
        data=tuple((r.provider.text, r.hours, r.share, r.incidents, r.median, r.bars.label) for r in page.rows),
        key=page.key,
    )

"""What users may feel of a provider's incidents, in words: hours by severity, working hours, error budgets, months."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from almanac.stats import windows
from almanac.stats.availability import Measure, measure
from almanac.stats.felt import Budget, Hours, WorkingHours, budgets, hours_by_severity, nines, working_hours
from almanac.stats.intervals import Bounds
from almanac.stats.record import Record
from almanac.stats.selection import Severity
from almanac.stats.windows import Period
from almanac.text import english
from almanac.views.measures import Notes, share_text

Between = Callable[[str, str, str], str]  # prints the two ends of a range or an interval, with the unit
MONTHS = 13  # shown; the table has all
CLASSES = {
    Severity.FULL: "full outage",
    Severity.PARTIAL: "partial outage or worse",
    Severity.DEGRADED: "degraded or worse",
    Severity.NONE: "any reported incident",
}


class FeltLine(NamedTuple):
    """A line of a small table: what, how much, its interval, and of how many incidents."""

    name: str
    value: str
    interval: str
    n: str


class Felt(NamedTuple):
    """What users may feel, over one period."""

    span: str
    hours: tuple[FeltLine, ...]
    working: tuple[FeltLine, ...]
    budgets: tuple[FeltLine, ...]
    months: tuple[FeltLine, ...]


def felt(record: Record, period: Period, notes: Notes) -> Felt:
    """Return what users may feel of a provider in a period; reasons for missing intervals are added to `notes`."""
    figures = measure(record, period)
    why = notes.mark(figures.refusal)
    months = windows.months(record.covered, record.now - 1)
    return Felt(
        span=period.name,
        hours=tuple(_hours(each, why) for each in hours_by_severity(record, period)),
        working=tuple(_working(each, why) for each in working_hours(record, period) if each.share),
        budgets=(*_nines(figures, why), *(_budget(each, figures.n, why) for each in budgets(figures))),
        months=tuple(_month(record, month, notes) for month in months[:MONTHS]),
    )


def _hours(line: Hours, why: str) -> FeltLine:
    return FeltLine(
        english.sentence(CLASSES[line.severity]),
        _in_hours(line.hours),
        _in_hours(line.interval, english.interval) if line.interval else why,
        english.count(line.n),
    )


def _in_hours(bounds: Bounds, between: Between = english.span) -> str:
    low, high = (f"{value:.1f}" if value < 100 else f"{value:.0f}" for value in bounds)
    return between(low, high, f"{english.GAP}h")


def _working(line: WorkingHours, why: str) -> FeltLine:
    city = line.zone.rpartition("/")[2].replace("_", " ")
    share = english.percents(*line.share) if line.share else "unknown"
    return FeltLine(
        city, share, english.percent_interval(*line.interval) if line.interval else why, english.count(line.n)
    )


def _nines(figures: Measure, why: str) -> tuple[FeltLine, ...]:
    if figures.availability is None:
        return ()
    interval = _in_nines(nines(figures.interval), english.interval) if figures.interval else why
    return (FeltLine("Nines of the share", _in_nines(nines(figures.availability)), interval, english.count(figures.n)),)


def _in_nines(bounds: Bounds, between: Between = english.span) -> str:
    low, high = (f"{value:.1f}" if math.isfinite(value) else "all" for value in bounds)
    return between(low, high, "")


def _budget(line: Budget, n: int, why: str) -> FeltLine:
    allowed = english.duration(round(line.allowed * 3600))
    name = f"{line.target * 100:g}% ({allowed} allowed)"
    return FeltLine(
        name, _times(line.spent), _times(line.interval, english.interval) if line.interval else why, english.count(n)
    )


def _times(bounds: Bounds, between: Between = english.span) -> str:
    low, high = (f"{value:.1f}" if value < 10 else f"{value:.0f}" for value in bounds)
    return between(low, high, " times")


def _month(record: Record, month: Period, notes: Notes) -> FeltLine:
    figures = measure(record, month)
    covered = "" if figures.coverage > 0.995 else f" ({english.percent(figures.coverage, 0)} covered)"
    interval = english.percent_interval(*figures.interval) if figures.interval else notes.mark(figures.refusal)
    return FeltLine(f"{month.name}{covered}", share_text(figures), interval, english.count(figures.n))

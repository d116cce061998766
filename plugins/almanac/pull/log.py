"""Writes the log of all pulls that a person can read: one line an event; what goes on is repeated once a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from almanac.pull.report import Report, forecast_lines, outcome_lines, press_lines

REPEAT_AFTER = timedelta(days=1)
_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC  (.*)")
_CHANGING = re.compile(r"(?<=: FAILED )([\w -]+): .*")  # the message of a failure may differ each time it is met


def new_lines(report: Report, log: str) -> str:
    """Return the lines to add to a month's log: what came, what fails, since when, and what to do.

    What was written within a day is not said again, so that a feed that is down for weeks has a line a day and not one
    a pull. A month's log stands by itself.
    """
    recent = {_kind(event) for event in _since(log, report.at - REPEAT_AFTER)}
    events = (event for event in _events(report) if _kind(event) not in recent)
    return "".join(f"{report.at:%Y-%m-%d %H:%M} UTC  {event}\n" for event in events)


def _events(report: Report) -> Iterator[str]:
    for outcome in report.outcomes:
        if outcome.recovered:
            yield f"{outcome.provider}: works again, after failing since {outcome.recovered:%Y-%m-%d %H:%M} UTC"
        yield from outcome_lines(outcome)
    yield from press_lines(report.press)
    yield from forecast_lines(replace(report.forecasts, forecasts=0))  # that some were kept is no news


def _since(log: str, start: datetime) -> Iterator[str]:
    for line in log.splitlines():
        match = _LINE.fullmatch(line)
        if match and match[1] > f"{start:%Y-%m-%d %H:%M}":
            yield match[2]


def _kind(event: str) -> str:
    """Return what two events of one lasting matter have in common."""
    return _CHANGING.sub(r"\1", event)

"""The log of all pulls that a person can read: one line an event; what goes on is told once a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from almanac.pull.report import Report, kept_lines, outcome_lines, press_lines

AGAIN = timedelta(days=1)
_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC  (.*)")
_CHANGING = re.compile(r"(?<=: FAILED )([\w -]+): .*")  # the message of a failure may differ each time it is met


def added(report: Report, written: str) -> str:
    """The lines to add to a month's log: what came, what fails, since when, and what to do.

    What was written within a day is not said again, so that a feed that is down for weeks has a line a day and not one
    a pull. A month's log stands by itself.
    """
    recent = {_kind(event) for event in _since(written, report.at - AGAIN)}
    events = (event for event in _events(report) if _kind(event) not in recent)
    return "".join(f"{report.at:%Y-%m-%d %H:%M} UTC  {event}\n" for event in events)


def _events(report: Report) -> Iterator[str]:
    for outcome in report.outcomes:
        if outcome.recovered:
            yield f"{outcome.provider}: works again, after failing since {outcome.recovered:%Y-%m-%d %H:%M} UTC"
        yield from outcome_lines(outcome)
    yield from press_lines(report.press)
    yield from kept_lines(replace(report.kept, forecasts=0))  # that some were kept is no news


def _since(written: str, start: datetime) -> Iterator[str]:
    for line in written.splitlines():
        found = _LINE.fullmatch(line)
        if found and found[1] > f"{start:%Y-%m-%d %H:%M}":
            yield found[2]


def _kind(event: str) -> str:
    """What two events have in common that are one matter going on."""
    return _CHANGING.sub(r"\1", event)

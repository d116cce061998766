"""Instants as datetimes, as epoch seconds, and as the one text that files hold. All are UTC, in whole seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
# Numbers in two digits: a large build writes a million dates and clock times; to look up takes a fifth of formatting.
TWO = tuple(f"{number:02}" for number in range(100))


def seconds(at: datetime) -> int:
    """Epoch seconds of an aware datetime."""
    return int(at.timestamp())


def moment(at: int) -> datetime:
    """Return the aware UTC datetime of epoch seconds."""
    return datetime.fromtimestamp(at, UTC)


def stamp(at: datetime) -> str:
    """Return a time as 2026-03-02T11:49:20Z, the one way times are written in files."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    year, day = at.year, f"{TWO[at.month]}-{TWO[at.day]}"
    return f"{TWO[year // 100]}{TWO[year % 100]}-{day}T{TWO[at.hour]}:{TWO[at.minute]}:{TWO[at.second]}Z"


def stamped(at: int) -> str:
    """Return what `stamp` does of epoch seconds, in a third of the time: tables write a hundred thousand of them."""
    minutes, second = divmod(at, 60)
    day, minute = divmod(minutes, 24 * 60)
    return f"{_day(day)}T{TWO[minute // 60]}:{TWO[minute % 60]}:{TWO[second]}Z"


@lru_cache(maxsize=8192)
def _day(number: int) -> str:
    """Return the date of a day counted from the epoch."""
    return stamp(moment(number * 24 * 3600))[:10]


def unstamp(text: str) -> datetime:
    """Return the moment of a `stamp`. Raises ValueError for anything else."""
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text!r} is not a time like 2026-03-02T11:49:20Z")
    return datetime.fromisoformat(text)  # a twentieth of the time of strptime

"""Lengths, instants and lists of words as people write them in front matter. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from almanac.model import YEARS, seconds
from almanac.text.quoting import quoted

HOUR, DAY = 3600, 86_400
UNITS = {"s": 1, "min": 60, "h": HOUR, "d": DAY}

_LENGTH = re.compile(r"(\d+(?:\.\d+)?) ?(s|min|h|d)(?: (\d+) ?(s|min|h))?")


class QueryError(ValueError):
    """What is wrong with a question, under which of its keys ("" for the whole of it)."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def length(text: str) -> float | None:
    """The seconds of a length such as 2h, 90 min or 1 h 30 min; None for anything else."""
    found = _LENGTH.fullmatch(text.strip())
    if not found:
        return None
    return float(found[1]) * UNITS[found[2]] + (float(found[3]) * UNITS[found[4]] if found[3] else 0.0)


def finest(text: str) -> float:
    """The seconds of the last digit of a length: 60 for 64 min, 360 for 1.5 h."""
    unit = re.findall("[a-z]+", text)[-1]
    decimals = re.search(r"\.(\d+)", text)
    return UNITS[unit] * 10.0 ** -len(decimals[1] if decimals else "")


def instant(given: Any) -> int:
    """Epoch seconds of a day (its begin in UTC) or a time with a zone, as YAML gives them. Raises ValueError."""
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError(f"{given} has no time zone; write it in UTC with a Z, as in 2026-03-02T18:00:00Z")
        if given.year not in YEARS:  # an answer over all ages is worked out day by day
            raise ValueError(f"{given.year} is of another age; write a year from {YEARS[0]} to {YEARS[-1]}")
        return seconds(given)
    if isinstance(given, date):
        return instant(datetime(given.year, given.month, given.day, tzinfo=UTC))
    raise ValueError(f"{quoted(given)} is no day; write it without quotes, as in 2026-03-01")


def listed(words: Iterable[str]) -> str:
    """a, b or c."""
    known = list(words)
    return f"{', '.join(known[:-1])} or {known[-1]}"

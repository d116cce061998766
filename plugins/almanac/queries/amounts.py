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
    """Return the seconds of a length such as 2h, 90 min or 1 h 30 min; None for anything else."""
    match = _LENGTH.fullmatch(text.strip())
    if not match:
        return None
    return float(match[1]) * UNITS[match[2]] + (float(match[3]) * UNITS[match[4]] if match[3] else 0.0)


def finest(text: str) -> float:
    """Return the seconds of the last digit of a length: 60 for 64 min, 360 for 1.5 h."""
    unit = re.findall("[a-z]+", text)[-1]
    decimals = re.search(r"\.(\d+)", text)
    return UNITS[unit] * 10.0 ** -len(decimals[1] if decimals else "")


def instant(value: Any) -> int:
    """Return epoch seconds of a day (its begin in UTC) or a time with a zone, as YAML gives them. Raises ValueError."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; write it in UTC with a Z, e.g. 2026-03-02T18:00:00Z")
        if value.year not in YEARS:  # an answer over all ages is worked out day by day
            raise ValueError(f"{value.year} is out of range; use a year from {YEARS[0]} to {YEARS[-1]}")
        return seconds(value)
    if isinstance(value, date):
        return instant(datetime(value.year, value.month, value.day, tzinfo=UTC))
    raise ValueError(f"{quoted(value)} is not a date; write it without quotes, e.g. 2026-03-01")


def alternatives(words: Iterable[str]) -> str:
    """Return the words as in: a, b or c."""
    options = list(words)
    return f"{', '.join(options[:-1])} or {options[-1]}"

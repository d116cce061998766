"""What a claim says the answer to a question is: `> 50%`, `between 2h and 4h`, `yes`, `on 2026-03-01`. Pure."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any, NamedTuple

from almanac.model import stamp
from almanac.queries import amounts
from almanac.queries.amounts import DAY, QueryError
from almanac.queries.question import SHAPES, Query
from almanac.text.quoting import quoted

_COMPARED = re.compile(r"(<=|>=|<|>|=|) ?([^<>=]+)")
_NUMBER = re.compile(r"(\d+(?:\.(\d+))?) ?(%?)")

EXPECTED = {
    "share": "a share such as '> 50%', '= 19.4%' or 'between 10% and 20%'",
    "seconds": "a length such as '< 2h', '>= 90min' or 'between 2h and 4h'",
    "number": "a number such as '> 100' or '= 124'",
    "rank": "a place such as '= 1' or '<= 3'",
    "yes": "yes or no",
    "moment": "'on 2026-03-01', 'before 2026-03-02' or 'after 2026-03-02T11:49:00Z'",
}


class Expect(NamedTuple):
    """What a claim says the answer is: from `low` to `high`, the ends included or not. `text` is as it was written."""

    text: str
    low: float
    high: float
    includes_low: bool = True
    includes_high: bool = True


def expect(query: Query, value: Any) -> Expect:
    """Return what a claim expects of the answer to `query`. Raises QueryError."""
    text = {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else _spell(value)
    unit = SHAPES[query.question].unit
    expectation = _parse(unit, text)
    if expectation is None:
        raise QueryError("expect", f"{quoted(text)} is not an answer to {query.question}; write {EXPECTED[unit]}")
    return expectation


def _parse(unit: str, text: str) -> Expect | None:
    if unit == "yes":
        return Expect(text, float(text == "yes"), float(text == "yes")) if text in ("yes", "no") else None
    if unit == "moment":
        return _parse_moment(text)
    if match := re.fullmatch(r"between (.+) and (.+)", text):
        ends = [_amount(unit, part) for part in match.groups()]
        return Expect(text, ends[0][0], ends[1][0]) if ends[0] and ends[1] and ends[0][0] <= ends[1][0] else None
    match = _COMPARED.fullmatch(text)
    amount = _amount(unit, match[2]) if match else None
    if match is None or amount is None:
        return None
    value, half = amount
    match match[1]:
        case "<":
            return Expect(text, -math.inf, value, includes_high=False)
        case "<=":
            return Expect(text, -math.inf, value)
        case ">":
            return Expect(text, value, math.inf, includes_low=False)
        case ">=":
            return Expect(text, value, math.inf)
    return Expect(text, value - half, value + half, includes_high=not half)  # to the digits that were written


def _parse_moment(text: str) -> Expect | None:
    word, _, rest = text.partition(" ")
    try:
        at = amounts.instant(datetime.fromisoformat(rest) if "T" in rest else date.fromisoformat(rest))
    except (ValueError, QueryError):
        return None
    length = 60 if "T" in rest else DAY
    match word:
        case "on":
            return Expect(text, at, at + length, includes_high=False)
        case "before":
            return Expect(text, -math.inf, at, includes_high=False)
        case "after":
            return Expect(text, at + length, math.inf)
    return None


def _amount(unit: str, text: str) -> tuple[float, float] | None:
    """Return a value and half of the last digit that was written."""
    if unit == "seconds":
        length = amounts.length(text)
        return None if length is None else (length, amounts.finest(text) / 2)
    match = _NUMBER.fullmatch(text.strip())
    if not match or (match[3] == "%") != (unit == "share"):
        return None
    scale = 0.01 if unit == "share" else 1.0
    half = 0.5 * 10.0 ** -len(match[2] or "") if unit == "share" else 0.0
    return float(match[1]) * scale, half * scale


def _spell(value: Any) -> str:
    return stamp(value) if isinstance(value, datetime) else str(value).strip()

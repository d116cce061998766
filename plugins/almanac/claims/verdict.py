"""Judges what a claim expects by what the record says."""

from __future__ import annotations

from almanac.claims.figure import Figure
from almanac.queries import Expect

SUPPORTED, CONTRADICTED, UNDECIDABLE = "supported", "contradicted", "undecidable"
VERDICTS = (SUPPORTED, CONTRADICTED, UNDECIDABLE)


def verdict(figure: Figure, expected: Expect) -> str:
    """Return supported if all that the record allows is as expected, contradicted if none is, else undecidable."""
    if figure.bounds is None:
        return UNDECIDABLE
    low, high = figure.bounds
    if _holds(low, expected) and _holds(high, expected):
        return SUPPORTED
    below = high < expected.low or (high == expected.low and not expected.includes_low)
    above = low > expected.high or (low == expected.high and not expected.includes_high)
    return CONTRADICTED if below or above else UNDECIDABLE


def _holds(value: float, expected: Expect) -> bool:
    after = value > expected.low or (expected.includes_low and value == expected.low)
    before = value < expected.high or (expected.includes_high and value == expected.high)
    return after and before

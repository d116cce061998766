"""An answer from the archive: what it may be at least and at most, what it rests on, and its words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from almanac.model import moment
from almanac.stats.intervals import Bounds
from almanac.text import english

PARTS = ("", "n", "k", "low", "high", "interval")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What the record says. `low` and `high` differ where it leaves something open; None: it says nothing.

    Units: share (0 to 1), seconds, number, yes (0 or 1), moment (epoch seconds), rank. `interval` says how far chance
    may have moved a share, a rate or a quantile, by `method`; it does not enter a verdict, which is about the record.
    """

    unit: str
    bounds: Bounds | None
    n: int = 0  # incidents it is about
    k: int | None = None  # of these, how many are meant
    interval: Bounds | None = None
    method: str = ""
    how: tuple[str, ...] = ()  # sentences: how it was made
    why: str = ""  # why nothing can be said
    question: str = ""  # the one that a yes or a no answers

    @property
    def words(self) -> str:
        """The answer in words."""
        return "not known" if self.bounds is None else _range(self.unit, self.bounds)

    @property
    def around(self) -> str:
        """The interval in words, as 90% interval: 58–90% (Wilson); "" where there is none."""
        level, _, way = self.method.partition(", ")
        return f"{level} interval: {_interval(self.unit, self.interval)} ({way})" if self.interval else ""

    def part(self, name: str) -> str | None:
        """Return what {{figure.name}} prints; None where there is no such part."""
        parts: Mapping[str, Callable[[], str]] = {
            "": lambda: self.words,
            "n": lambda: english.count(self.n),
            "k": lambda: "" if self.k is None else english.count(self.k),
            "low": lambda: _one(self.unit, self.bounds.low) if self.bounds else "",
            "high": lambda: _one(self.unit, self.bounds.high) if self.bounds else "",
            "interval": lambda: _interval(self.unit, self.interval) if self.interval else "",
        }
        return parts[name]() or None if name in parts else None


def _range(unit: str, bounds: Bounds) -> str:
    low, high = _one(unit, bounds.low), _one(unit, bounds.high)
    if unit == "yes" and low != high:
        return "not known"
    if low == high:
        return low
    if math.isinf(bounds.high):
        return f"at least {low}"
    return english.interval(low, high) if unit == "rank" else english.span(low, high)


def _interval(unit: str, bounds: Bounds) -> str:
    """Return what chance leaves open; a length has units of its own at either end, so that a dash would confuse."""
    return english.percent_interval(*bounds) if unit == "share" else _range(unit, bounds)


def _one(unit: str, value: float) -> str:
    match unit:
        case "share":
            return english.percent(value)
        case "seconds":
            return english.duration(round(value))
        case "yes":
            return "yes" if value else "no"
        case "moment":
            return english.moment(moment(int(value)))
    return "any number" if math.isinf(value) else english.count(round(value))

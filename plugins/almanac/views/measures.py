"""Numbers of providers in the words and on the scale of the pages: shares, rates, lengths, and who is not ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from almanac import charts, words
from almanac.almanac import Almanac
from almanac.charts import Estimate
from almanac.model import seconds
from almanac.stats import availability, windows
from almanac.stats.availability import Measure
from almanac.stats.record import Record, record
from almanac.stats.selection import is_machine
from almanac.stats.windows import Period
from almanac.views import base
from almanac.views.base import Link

ENOUGH = 0.6  # coverage below which a share says nothing
WIDEST = 0.1  # a range of possible shares wider than this says nothing either
FLOOR_STEP = 0.1

Records = Mapping[str, Record]


class Share(NamedTuple):
    """A provider's line: its share of covered time without declared trouble and what it rests on."""

    provider: Link
    company: str
    share: str
    estimate: Estimate
    n: str
    rate: str  # incidents in 30 covered days
    median: str
    p90: str
    covered: str


class Unranked(NamedTuple):
    """A provider that no number is printed for, and why."""

    provider: Link
    why: str


def records(almanac: Almanac) -> Records:
    """The record of each provider, laid out for arithmetic: built once a build, passed to the pages that measure."""
    now = seconds(almanac.now)
    return {
        provider.slug: record(
            provider,
            almanac.cards.get(provider.slug, ()),
            windows.coverage(pulls, now) if pulls else (),
            now=now,
            last_open={name: seconds(at) for name, at in pulls.last_open} if pulls else {},
        )
        for provider in almanac.providers
        for pulls in [almanac.pulls.get(provider.slug)]
    }


def best_period(almanac: Almanac, found: Records, wanted: int = 5) -> Period | None:
    """The newest 90 days or quarter in which at least `wanted` providers are covered well enough to be compared."""
    return next((period for period in _candidates(almanac, found) if _comparable(found, period) >= wanted), None)


def _candidates(almanac: Almanac, found: Records) -> tuple[Period, ...]:
    every = windows.union(stretch for entry in found.values() for stretch in entry.covered)
    known = windows.periods(every, seconds(almanac.now))
    return tuple(period for period in known if period.slug == "90-days" or "-q" in period.slug)


def _comparable(found: Records, period: Period) -> int:
    return sum(_coverage(entry, period) >= ENOUGH for entry in found.values())


def _coverage(entry: Record, period: Period) -> float:
    elapsed = min(period.until, entry.now) - period.since
    return availability.covered_in(entry, period) / elapsed if elapsed > 0 else 0.0


def why_unranked(entry: Record, measure: Measure) -> str:
    """Why a provider stands outside the order; "" if it stands in it."""
    if not measure.covered:
        return "nothing of this period is covered"
    if measure.coverage < ENOUGH:
        return f"{words.percent(measure.coverage, 0)} of the period is covered; 60{words.GAP}% are needed"
    bounds = measure.availability
    if bounds is not None and bounds.high - bounds.low > WIDEST:
        low, high = words.percent(bounds.low), words.percent(bounds.high)
        missing = words.plural(measure.unknowns.unended, "end is", "ends are")
        return f"{missing} not recorded: anything from {low} to {high} is possible"
    if is_machine(entry.provider):
        return "its page is written by probes; not comparable with pages written by hand"
    return ""


def link(entry: Record) -> Link:
    return Link(base.provider_url(entry.provider.slug), entry.provider.name)


def middle(measure: Measure) -> float:
    """The share a provider is ordered by: the middle of what the record allows, mostly one number."""
    bounds = measure.availability
    return (bounds.low + bounds.high) / 2 if bounds else 0.0


def floor_of(measures: list[Measure]) -> float:
    """Where the axis begins: a whole tenth at or below the lowest interval, 90 % at most."""
    lows = [min(m.interval.low if m.interval else 1.0, middle(m)) for m in measures]
    return max(min(int(min(lows, default=0.9) / FLOOR_STEP) * FLOOR_STEP, 0.9), 0.0)


def share(entry: Record, measure: Measure, floor: float) -> Share:
    """The line of a provider on an axis from `floor` to 100 %."""
    low, high = measure.interval or (None, None)
    lengths = measure.durations
    return Share(
        provider=link(entry),
        company=entry.provider.company,
        share=said(measure),
        estimate=charts.estimate(middle(measure), low, high, floor=floor),
        n=words.count(measure.n),
        rate=f"{measure.rate.per_month:.1f}" if measure.rate else "",
        median=_length(lengths.median),
        p90=_length(lengths.p90),
        covered=f"{words.percent(measure.coverage, 0)}",
    )


def said(measure: Measure) -> str:
    """The share in words: one number, or a range where the record leaves ends or severities open."""
    bounds = measure.availability
    if bounds is None:
        return "unknown"
    low, high = words.percent(bounds.low), words.percent(bounds.high)
    return low if low == high else f"{low} to {high}"


def _length(length: float | None) -> str:
    return "none known" if length is None else words.duration(round(length))

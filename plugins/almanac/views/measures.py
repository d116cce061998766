"""Numbers of providers in the words and on the scale of the pages: ranks, shares, rates and lengths."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from almanac.model import Provider, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.stats.availability import Durations, Measure
from almanac.stats.ranking import Standing
from almanac.stats.record import Record, record
from almanac.stats.windows import Times
from almanac.text import english
from almanac.views import base, charts
from almanac.views.base import Link
from almanac.views.charts import Estimate

FLOOR_STEP = 0.1

Records = Mapping[str, Record]


class ShareLine(NamedTuple):
    """A provider's line: its rank, its share of covered time with no reported incident, and what it rests on."""

    rank: str
    provider: Link
    share: str
    estimate: Estimate
    n: str
    rate: str  # incidents in 30 covered days
    median: str
    p90: str
    covered: str
    about: str = ""  # of which products it speaks, where data covers only some
    css: str = ""  # what it can do, for filters


class Notes:
    """Reasons that many cells of a page share: each stands once, under a letter."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def mark(self, reason: str) -> str:
        """Return what stands in a cell instead of an interval; "" where nothing keeps one from being given."""
        if not reason:
            return ""
        letter = self._letters.setdefault(reason, chr(ord("a") + len(self._letters)))
        return f"none ({letter})"

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return the letters and what they stand for."""
        return tuple((f"({letter})", reason) for reason, letter in self._letters.items())


def records(almanac: Snapshot) -> Records:
    """Return the record of each provider, laid out for arithmetic: made once a build, passed to pages that measure."""
    now = seconds(almanac.now)
    return {
        provider.slug: record(
            provider,
            almanac.cards.get(provider.slug, ()),
            windows.coverage(pulls, now) if pulls else (),
            now=now,
            by_product=windows.coverage_by_product(pulls, now) if pulls else {},
            last_open={name: seconds(at) for name, at in pulls.last_open} if pulls else {},
        )
        for provider in almanac.providers
        for pulls in [almanac.pulls.get(provider.slug)]
    }


def whole_days(almanac: Snapshot) -> Snapshot:
    """Return the archive at the last midnight UTC, without what began since: what is made of it stays the same for a day."""
    midnight = windows.midnight(seconds(almanac.now))
    cards = {
        slug: own[bisect_right(own, -midnight, key=lambda card: -card.started) :]  # the newest first
        for slug, own in almanac.cards.items()
    }
    return replace(almanac, now=moment(midnight), cards=cards)


def closed(almanac: Snapshot) -> Records:
    """Return the records up to the last midnight UTC."""
    return records(whole_days(almanac))


def closed_at(almanac: Snapshot) -> int:
    """Return the last second of the records of `closed`: periods that end then hold whole days only."""
    return windows.midnight(seconds(almanac.now)) - 1


def link(provider: Provider) -> Link:
    """Return a provider's name with the address of its page."""
    return Link(base.provider_url(provider.slug), provider.name)


def middle(measure: Measure) -> float:
    """Return the middle of the shares that the record allows; mostly that is one number."""
    bounds = measure.availability
    return (bounds.low + bounds.high) / 2 if bounds else 0.0


def floor_of(figures: Iterable[Measure]) -> float:
    """Return where the axis begins: a whole tenth at or below the lowest interval, 90 % at most."""
    lows = [min(m.interval.low if m.interval else 1.0, middle(m)) for m in figures]
    return max(min(int(min(lows, default=0.9) / FLOOR_STEP) * FLOOR_STEP, 0.9), 0.0)


def share(record: Record, standing: Standing, floor: float) -> ShareLine:
    """Return the line of a ranked provider on an axis from `floor` to 100 %."""
    provider = record.provider
    figures = standing.measure
    low, high = figures.interval or (None, None)
    first, last = standing.rank
    return ShareLine(
        rank=f"{first}–{last}" if first != last else str(first),
        provider=link(provider),
        share=share_text(figures),
        estimate=charts.estimate(middle(figures), low, high, floor),
        n=english.count(figures.n),
        rate=rate(figures),
        median=median(figures.durations),
        p90=ninetieth(figures.durations),
        covered=english.percent(figures.coverage, 0),
        about=english.listing(provider.core, len(provider.core)) if record.by_product else "",
    )


def speaks_of(provider: Provider, by_product: Mapping[str, Times]) -> str:
    """Say of what and when a provider's numbers speak, where data covers some of its products only; else ""."""
    spans: dict[Times, list[str]] = {}
    for name, times in by_product.items():
        own = tuple(stretch for stretch in times if stretch not in by_product[""])
        if own:
            spans.setdefault(own, []).append(name)
    if not spans:
        return ""
    parts = [f"on {english.listing(names, len(names))} for {_days(own)}" for own, names in sorted(spans.items())]
    core = provider.core or (provider.name,)
    return (
        f"The numbers of {provider.name} as a whole are of {english.listing(core, len(core))}. "
        f"We have data {'; '.join(parts)}."
    )


def _days(times: Times) -> str:
    """Return the days of a set of time, both included: 1 February to 2 March 2026."""
    return english.listing([english.period(moment(since), moment(until - 1)) for since, until in times], len(times))


def share_text(measure: Measure) -> str:
    """Return the share in words: one number, or a range where the record leaves ends or severities open."""
    bounds = measure.availability
    if bounds is None:
        return "unknown"
    return english.percents(*bounds)


def rate(measure: Measure) -> str:
    """Return the incidents in 30 covered days in words; after none at all, what the rate still may be at most."""
    if measure.rate is None:
        return ""
    if not measure.n:
        return f"at most {measure.rate.interval.high:.1f}"
    return f"{measure.rate.per_month:.1f}"


def median(lengths: Durations) -> str:
    """Return the median length in words, with the number of lengths it is of."""
    return f"{length(lengths.median)} ({lengths.n})" if lengths.median else few(lengths.n)


def ninetieth(lengths: Durations) -> str:
    """Return the 90th percentile of the lengths in words, with their number."""
    return f"{length(lengths.p90)} ({lengths.n})" if lengths.p90 else few(lengths.n)


def few(n: int) -> str:
    """Say that so many lengths are too few for a percentile."""
    return f"too few ({n})" if n else "none known"


def length(seconds: float | None) -> str:
    """Return a quantile of lengths (seconds) in words."""
    return "unknown" if seconds is None else english.duration(round(seconds))

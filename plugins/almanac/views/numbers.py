"""All figures of one provider: its shares by period and formula, parts, lengths, openness, and when incidents start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from almanac.model import Provider
from almanac.stats import windows
from almanac.stats.availability import Measure, measure, measures
from almanac.stats.formulas import FORMULAS
from almanac.stats.patterns import BASELINE, HoursOfWeek, NextDay, Uniformity, hours_of_week, next_day
from almanac.stats.percentiles import MEDIAN_FROM
from almanac.stats.record import Record, Subject
from almanac.stats.reporting import Honesty, Reported, Spread, summary
from almanac.stats.windows import Period
from almanac.text import english
from almanac.views import base, charts
from almanac.views.base import Head, Link
from almanac.views.charts import Column
from almanac.views.felt import Felt, felt
from almanac.views.incident import Fact
from almanac.views.leaderboard import Weights, weights
from almanac.views.leaderboard import url as leaderboard_url
from almanac.views.measures import Notes, Records, length, median, ninetieth, rate, share_text, speaks_of

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SURE = 0.05
MOST_PARTS = 10
LACKS = {
    "L": "reported late",
    "Z": "without a length",
    "E": "without an end time",
    "S": "of several intervals, of which only the sum is known",
    "R": "with severity not given",
    "A": "that may not apply",
}


class NumbersLine(NamedTuple):
    """A period, or a part of the provider: what was measured."""

    name: str
    url: str
    share: str
    interval: str
    covered: str
    n: str
    rate: str
    median: str
    p90: str
    longest: str
    weighed: tuple[str, ...]  # share under each formula
    left_open: str  # what the data does not say


class Pattern(NamedTuple):
    """Starts by hour of the day or day of the week, as rates, with what the test says."""

    name: str
    columns: tuple[Column, ...]
    labels: tuple[tuple[str, str], ...]  # x, text
    verdict: str
    table: tuple[tuple[str, str, str], ...]  # hour or day, starts, covered hours
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """All numbers of a provider, at /providers/<slug>/numbers/."""

    head: Head
    slug: str  # of the provider
    title: str
    stand: str
    formulas: tuple[Weights, ...]
    periods: tuple[NumbersLine, ...]
    long_periods: tuple[NumbersLine, ...]  # without quarters: those of which other formulas are shown
    felt: Felt | None
    notes: tuple[tuple[str, str], ...]  # what letters stand for
    lacks: tuple[tuple[str, str], ...]
    span: str  # of the parts
    parts: tuple[NumbersLine, ...]
    more_parts: str  # how many are not shown, "" for none
    honesty: tuple[Fact, ...]
    honesty_note: str
    patterns: tuple[Pattern, ...]
    pattern_note: str
    tomorrow: str
    provider: Link
    explain: str
    left_out: tuple[tuple[str, str], ...]


def all_figures(record: Record) -> Iterator[Measure]:
    """Yield all that is measured of a provider: in each period, in each month, of each part in the last 365 days."""
    spans = windows.periods(record.covered, record.now - 1)
    yield from (measure(record, period) for period in (*spans, *windows.months(record.covered, record.now - 1)))
    if spans:
        yield from _of_parts(record, spans[2])


def recent_figures(record: Record) -> tuple[Measure, ...]:
    """Return what is measured over the last 30, 90 and 365 days, as far as anything is covered."""
    recent = (measure(record, period) for period in windows.periods(record.covered, record.now - 1)[:3])
    return tuple(each for each in recent if each.covered)


def url(slug: str) -> str:
    """Return the address of a provider's numbers."""
    return f"{base.provider_url(slug)}numbers/"


def numbers(records: Records, provider: Provider, reports: Iterable[Reported]) -> Numbers:
    """Return a provider's page of numbers; `records` reach to a midnight, `reports` are of outages and degradations."""
    record = records[provider.slug]
    spans = windows.periods(record.covered, record.now - 1)
    patterns, pattern_note = _patterns(record)
    notes = Notes()
    figures = sorted((measure(record, period) for period in spans), key=lambda each: not each.covered)
    lines = tuple(_line(each, each.period.name, notes, leaderboard_url(each.period)) for each in figures)
    measured = [figures for figures in _of_parts(record, spans[2]) if figures.n] if spans else []
    most_hit = sorted(sorted(measured, key=lambda each: -each.n)[:MOST_PARTS], key=measured.index)
    parts = tuple(_line(each, _part(each.subject), notes) for each in most_hit)
    experience = felt(record, spans[2], notes) if spans and measure(record, spans[2]).covered else None
    return Numbers(
        head=Head(
            title=f"{provider.name} in numbers: availability, durations, openness",
            path=url(provider.slug),
            section="providers",
            description=f"All figures on {provider.name}, by period, formula and component.",
        ),
        slug=provider.slug,
        title=f"{provider.name} in numbers",
        stand=_stand(record),
        formulas=weights(),
        periods=lines,
        long_periods=tuple(line for line in lines if not line.name.startswith("Q")),
        felt=experience,
        notes=notes.lines,
        lacks=tuple(LACKS.items()) if any(line.left_open for line in (*lines, *parts)) else (),
        span=spans[2].name if spans else "",
        parts=parts,
        more_parts=english.plural(len(measured) - len(most_hit), "part") if len(measured) > len(most_hit) else "",
        honesty=_honesty(summary(reports)),
        honesty_note=_honesty_note(record),
        patterns=patterns,
        pattern_note=pattern_note,
        tomorrow=_tomorrow(record),
        provider=Link(base.provider_url(provider.slug), f"Is {provider.name} down?"),
        explain=f"{provider.slug} {spans[0].slug}" if spans else "",
        left_out=tuple((english.count(number), why) for why, number in record.selection.reasons),
    )


def _stand(record: Record) -> str:
    if not record.covered:
        return "No data yet."
    days = windows.total(record.covered) // windows.DAY
    about = speaks_of(record.provider, record.by_product)
    return (
        f"{english.plural(days, 'day')} of data, {english.plural(len(record.selection.eligible), 'counted incident')}. "
        f"Whole UTC days, up to the last midnight.{f' {about}' if about else ''}"
    )


def _line(figures: Measure, name: str, notes: Notes, link: str = "") -> NumbersLine:
    interval = english.percent_interval(*figures.interval) if figures.interval else notes.mark(figures.refusal)
    return NumbersLine(
        name=name,
        url=link,
        share=share_text(figures),
        interval=interval,
        covered=english.percent(figures.coverage, 0),
        n=english.count(figures.n),
        rate=_rate(figures),
        median=median(figures.durations),
        p90=ninetieth(figures.durations),
        longest=length(figures.durations.longest) if figures.durations.n else "",
        weighed=tuple(english.percents(*bounds) for bounds in figures.formulas) or ("unknown",) * len(FORMULAS),
        left_open=_left_open(figures),
    )


def _rate(figures: Measure) -> str:
    if figures.rate is None:
        return ""
    if not figures.n:
        return rate(figures)
    low, high = figures.rate.interval
    return f"{rate(figures)} ({english.interval(f'{low:.1f}', f'{high:.1f}')})"


def _left_open(figures: Measure) -> str:
    """Say by the letters of LACKS what the record leaves open about the incidents of a period."""
    lacks = figures.unknowns
    counts = (lacks.posted_late, lacks.zero_length, lacks.unended, lacks.intervals, lacks.severity, lacks.scope)
    return " ".join(f"{letter}{number}" for letter, number in zip(LACKS, counts, strict=True) if number)


@lru_cache(maxsize=4)  # the page and the table show the same
def _of_parts(record: Record, period: Period) -> tuple[Measure, ...]:
    subjects = [subject for subject in record.days if subject.slug]
    return measures(record, period, subjects) if subjects else ()


def _part(subject: Subject) -> str:
    kinds = {"product": " (product)", "core": " together"}
    return f"{subject.name}{kinds.get(subject.kind, '')}"


def _honesty(honesty: Honesty) -> tuple[Fact, ...]:
    return (
        _lag(honesty),
        _spread("Stated, not posted", honesty.longer, "stated length beyond the posted one"),
        Fact(
            "Reported late, all time",
            _of(honesty.posted_late, honesty.incidents),
            "only once over",
            how="posted-late",
        ),
        Fact("Texts changed", _of(honesty.edits.n, honesty.watched, "monitored"), _edits(honesty), how="changed-texts"),
        Fact(
            "Vanished",
            _of(honesty.vanished, honesty.watched, "monitored"),
            f"incidents; and {honesty.removed_updates} updates",
            how="vanished",
        ),
    )


def _lag(honesty: Honesty) -> Fact:
    """Return the publication lag; none where the stated start is nothing but the first post."""
    if honesty.unstated and honesty.lag.median is None:
        note = (
            f"most of the {honesty.unstated} stated starts are that of the first update, which says nothing about delay"
        )
        return Fact("Publication lag", "unknown", note, how="how-honest-is-the-status-page")
    return _spread("Publication lag", honesty.lag, "first update after the stated start")


def _spread(name: str, spread: Spread, meaning: str) -> Fact:
    if spread.median is None:
        few = "no start is stated" if not spread.n else f"at least {MEDIAN_FROM} are needed"
        return Fact(name, "unknown", f"n = {spread.n}: {few}", how="how-honest-is-the-status-page")
    early = "−" if spread.median < 0 else ""
    p90 = f", 90th percentile {english.duration(round(spread.p90))}" if spread.p90 and spread.p90 > 0 else ""
    value = f"{early}{english.duration(abs(round(spread.median)))}"
    return Fact(name, value, f"{meaning}: median, n = {spread.n}{p90}", how="how-honest-is-the-status-page")


def _of(number: int, total: int, unit: str = "") -> str:
    return f"{number} of {total}" + (f" {unit}" if unit else "")


def _edits(honesty: Honesty) -> str:
    if not honesty.watched:
        return "none seen live: imports show no changes"
    if not honesty.edits.n:
        return "no text was replaced"
    where = f"in {english.plural(honesty.edited_incidents, 'incident')}, {honesty.after_the_fact} when it was over"
    delay = honesty.edits.median
    return where if delay is None else f"{where}; seen after {english.duration(round(delay))}"


def _honesty_note(record: Record) -> str:
    return f"Based only on {record.provider.name}’s own posts, over all our data."


def _patterns(record: Record) -> tuple[tuple[Pattern, ...], str]:
    if not record.covered:
        return (), ""
    week = hours_of_week(record, windows.everything(record.covered))
    if week.hours is None or week.days is None:
        few = f"Too few incidents to show a pattern: {english.plural(week.n, 'start')}"
        return (), f"{few} (30 in 12 weeks of data needed)."
    hours = _folded(week, range(24), lambda at: at % 24)
    days = _folded(week, range(7), lambda at: at // 24)
    marks = tuple((f"{(at + 0.5) / 24 * 100:.2f}%", f"{at:02}") for at in range(0, 24, 6))
    names = tuple((f"{(at + 0.5) / 7 * 100:.2f}%", day) for at, day in enumerate(DAYS))
    note = f"{english.plural(week.n, 'start')} over all our data, per hour of data."
    return (
        _pattern("By hour of the day, UTC", hours, [f"{at:02}:00" for at in range(24)], marks, week.hours, "hours"),
        _pattern("By day of the week", days, list(DAYS), names, week.days, "days"),
    ), note


class _Cell(NamedTuple):
    starts: int
    covered: float

    @property
    def rate(self) -> float:
        return self.starts / self.covered if self.covered else 0.0


def _folded(week: HoursOfWeek, cells: Iterable[int], of: Callable[[int], int]) -> list[_Cell]:
    sums = []
    for cell in cells:
        hours = [at for at in range(168) if of(at) == cell]
        sums.append(_Cell(sum(week.starts[at] for at in hours), sum(week.covered[at] for at in hours)))
    return sums


def _pattern(
    name: str, cells: list[_Cell], names: list[str], labels: tuple[tuple[str, str], ...], test: Uniformity, unit: str
) -> Pattern:
    counts = [str(cell.starts) if len(cells) < 10 else "" for cell in cells]
    by_rate = sorted(zip(cells, names, strict=True), key=lambda pair: pair[0].rate)
    most, least = (f"{one} ({english.plural(cell.starts, 'start')})" for cell, one in (by_rate[-1], by_rate[0]))
    significant = "is" if test.p <= SURE else "is not"
    differ = f"The difference between {unit} {significant} statistically significant"
    return Pattern(
        name=name,
        columns=charts.columns([cell.rate for cell in cells], counts),
        labels=labels,
        verdict=f"{differ} (p = {test.p:.3f}).",
        table=tuple(
            (one, str(cell.starts), english.hours(round(cell.covered * 3600)))
            for one, cell in zip(names, cells, strict=True)
        ),
        label=f"{name}: most often {most}, least often {least}; all in the table",
    )


def _tomorrow(record: Record) -> str:
    """Say the chance of trouble in the day that began at the record's midnight, only where such chances have skill."""
    if not record.covered:
        return ""
    forecast = next_day(record)
    score = _skill(forecast)
    if not forecast.skilled or forecast.chance is None:
        return f"No probability is given for the next 24 hours: {score}."
    if record.covered[-1].until < record.now:
        return f"These probabilities beat the baseline ({score}), but our data ends before last midnight, so none is given."
    return (
        f"Probability that an incident starts within 24 hours of last midnight UTC: {english.percent(forecast.chance, 0)}; "
        f"on an average day of the last {BASELINE} {english.percent(forecast.base, 0)}. These probabilities beat the baseline ({score})."
    )


def _skill(forecast: NextDay) -> str:
    if forecast.brier is None or forecast.base_brier is None:
        return "too few days of data to score one"
    better = "lower than" if forecast.brier < forecast.base_brier else "not lower than"
    sure = "" if forecast.skilled or better != "lower than" else ", but not significantly"
    days = english.plural(forecast.n, "day")
    return (
        f"Brier score {forecast.brier:.3f} over {days}, {better} the {forecast.base_brier:.3f} of the days before{sure}"
    )

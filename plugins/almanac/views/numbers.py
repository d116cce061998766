"""All numbers of one provider: its shares by period and formula, parts, lengths, honesty, and when trouble starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Provider
from almanac.stats import windows
from almanac.stats.availability import FORMULAS, Measure, measure, measures
from almanac.stats.patterns import HoursOfWeek, NextDay, Uniformity, hours_of_week, next_day
from almanac.stats.record import Record, Subject
from almanac.stats.reporting import Honesty, Reported, Spread, summary
from almanac.stats.windows import Period
from almanac.text import english
from almanac.views import base, charts
from almanac.views.base import Head, Link
from almanac.views.charts import Column
from almanac.views.incident import Fact
from almanac.views.leaderboard import Weights, weights
from almanac.views.leaderboard import url as leaderboard_url
from almanac.views.measures import Records, length, rate, said

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SURE = 0.05


class Line(NamedTuple):
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
    left_open: str  # what the record does not say


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
    """/providers/<slug>/numbers/"""

    head: Head
    title: str
    stand: str
    formulas: tuple[Weights, ...]
    periods: tuple[Line, ...]
    span: str  # of the parts
    parts: tuple[Line, ...]
    honesty: tuple[Fact, ...]
    honesty_note: str
    patterns: tuple[Pattern, ...]
    pattern_note: str
    tomorrow: str
    provider: Link
    explain: str
    left_out: tuple[tuple[str, str], ...]


def url(slug: str) -> str:
    return f"{base.provider_url(slug)}numbers/"


def numbers(records: Records, provider: Provider, reports: Iterable[Reported]) -> Numbers:
    """The page of a provider; `records` reach to a midnight, `reports` are of its outages and degradations."""
    record = records[provider.slug]
    spans = windows.periods(record.covered, record.now - 1)
    patterns, pattern_note = _patterns(record)
    return Numbers(
        head=Head(
            title=f"{provider.name} in numbers: availability, durations, honesty",
            path=url(provider.slug),
            section="providers",
            description=f"What the record says of {provider.name}, by period, formula and component.",
        ),
        title=f"{provider.name} in numbers",
        stand=_stand(record),
        formulas=weights(),
        periods=tuple(_line(measure(record, period), period.name, leaderboard_url(period)) for period in spans),
        span=spans[2].name if spans else "",
        parts=_parts(record, spans[2]) if spans else (),
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
        return "Nothing is covered yet, so nothing can be measured."
    days = windows.total(record.covered) // windows.DAY
    return (
        f"{english.plural(days, 'covered day')}, {english.plural(len(record.selection.counted), 'counted incident')}. "
        "Whole UTC days, up to the last midnight."
    )


def _line(known: Measure, name: str, link: str = "") -> Line:
    interval = english.percents(*known.interval) if known.interval else ""
    return Line(
        name=name,
        url=link,
        share=said(known),
        interval=interval,
        covered=english.percent(known.coverage, 0),
        n=english.count(known.n),
        rate=_rate(known),
        median=length(known.durations.median) if known.durations.n else "",
        p90=length(known.durations.p90) if known.durations.n else "",
        longest=length(known.durations.longest) if known.durations.n else "",
        weighed=tuple(english.percents(*bounds) for bounds in known.formulas) or ("unknown",) * len(FORMULAS),
        left_open=_left_open(known),
    )


def _rate(known: Measure) -> str:
    if known.rate is None:
        return ""
    if not known.n:
        return rate(known)
    low, high = known.rate.interval
    return f"{rate(known)} ({low:.1f}–{high:.1f})"


def _left_open(known: Measure) -> str:
    """What the record does not say of the incidents of a period."""
    lacks = known.unknowns
    told = [
        (lacks.posted_late, "posted late"),
        (lacks.zero_length, "without a length"),
        (lacks.unended, "without an end"),
        (lacks.severity, "of unsaid severity"),
        (lacks.scope, "perhaps not concerned"),
    ]
    return ", ".join(f"{number} {what}" for number, what in told if number)


def _parts(record: Record, period: Period) -> tuple[Line, ...]:
    """Products and components over a year; those that nothing names are left out."""
    subjects = [subject for subject in record.days if subject.slug]
    found = measures(record, period, subjects) if subjects else ()
    return tuple(_line(m, _part(m.subject)) for m in found if m.n)


def _part(subject: Subject) -> str:
    return f"{subject.name} (product)" if subject.kind == "product" else subject.name


def _honesty(found: Honesty) -> tuple[Fact, ...]:
    return (
        _spread("Publication lag", found.lag, "first post after the stated start"),
        _spread("Stated, not posted", found.longer, "stated length beyond the posted one"),
        Fact("Posted late", _of(found.posted_late, found.incidents), "at the end or after", how="posted-late"),
        Fact("Texts changed", _of(found.edits.n, found.watched, "watched"), _edits(found), how="changed-texts"),
        Fact(
            "Vanished",
            _of(found.vanished, found.watched, "watched"),
            f"incidents; and {found.gone} updates",
            how="vanished",
        ),
    )


def _spread(name: str, found: Spread, what: str) -> Fact:
    if found.median is None:
        return Fact(name, "not known", "n = 0: no start is stated", how="how-honest-is-the-status-page")
    early = "−" if found.median < 0 else ""
    p90 = f", 90th percentile {english.duration(round(found.p90))}" if found.p90 and found.p90 > 0 else ""
    value = f"{early}{english.duration(abs(round(found.median)))}"
    return Fact(name, value, f"{what}: median, n = {found.n}{p90}", how="how-honest-is-the-status-page")


def _of(number: int, every: int, what: str = "") -> str:
    return f"{number} of {every}" + (f" {what}" if what else "")


def _edits(found: Honesty) -> str:
    if not found.watched:
        return "none was watched by us: imports show no changes"
    if found.edits.median is None:
        return "no text was replaced"
    where = f"in {english.plural(found.edited_incidents, 'incident')}, {found.after_the_fact} when it was over"
    return f"{where}; seen after {english.duration(round(found.edits.median))}"


def _honesty_note(record: Record) -> str:
    return f"From the words of {record.provider.name} alone, over the whole record."


def _patterns(record: Record) -> tuple[tuple[Pattern, ...], str]:
    if not record.covered:
        return (), ""
    found = hours_of_week(record, windows.everything(record.covered))
    if found.hours is None or found.days is None:
        few = f"Of {english.plural(found.n, 'start')} no pattern can be told"
        return (), f"{few}: thirty in twelve covered weeks are needed."
    hours = _folded(found, range(24), lambda at: at % 24)
    days = _folded(found, range(7), lambda at: at // 24)
    marks = tuple((f"{(at + 0.5) / 24 * 100:.2f}%", f"{at:02}") for at in range(0, 24, 6))
    names = tuple((f"{(at + 0.5) / 7 * 100:.2f}%", day) for at, day in enumerate(DAYS))
    said = f"{english.plural(found.n, 'start')} over all covered time, for each covered hour."
    return (
        _pattern("By hour of the day, UTC", hours, [f"{at:02}:00" for at in range(24)], marks, found.hours, "hours"),
        _pattern("By day of the week", days, list(DAYS), names, found.days, "days"),
    ), said


class _Cell(NamedTuple):
    starts: int
    covered: float

    @property
    def rate(self) -> float:
        return self.starts / self.covered if self.covered else 0.0


def _folded(found: HoursOfWeek, cells: Iterable[int], of: Callable[[int], int]) -> list[_Cell]:
    sums = []
    for cell in cells:
        here = [at for at in range(168) if of(at) == cell]
        sums.append(_Cell(sum(found.starts[at] for at in here), sum(found.covered[at] for at in here)))
    return sums


def _pattern(
    name: str, cells: list[_Cell], names: list[str], labels: tuple[tuple[str, str], ...], test: Uniformity, what: str
) -> Pattern:
    counts = [str(cell.starts) if len(cells) < 10 else "" for cell in cells]
    told = ", ".join(f"{one} {cell.starts}" for one, cell in zip(names, cells, strict=True))
    differ = f"The {what} differ more than chance has it" if test.p <= SURE else f"The {what} do not surely differ"
    return Pattern(
        name=name,
        columns=charts.columns([cell.rate for cell in cells], counts),
        labels=labels,
        verdict=f"{differ} (p = {test.p:.3f}).",
        table=tuple(
            (one, str(cell.starts), english.hours(round(cell.covered * 3600)))
            for one, cell in zip(names, cells, strict=True)
        ),
        label=f"{name}: starts {told}",
    )


def _tomorrow(record: Record) -> str:
    """The chance of trouble in the day that has begun at the record's midnight, only where such chances have skill."""
    if not record.covered:
        return ""
    found = next_day(record)
    score = _skill(found)
    if not found.skilled or found.chance is None:
        return f"No chance of trouble in the next 24 hours is shown: {score}."
    if record.covered[-1].until < record.now:
        return f"Such chances have skill ({score}), but the record does not reach to last midnight, so none is given."
    return (
        f"Chance that trouble starts within 24 hours of last midnight UTC: {english.percent(found.chance, 0)}; on an "
        f"average day of the record {english.percent(found.base, 0)}. ({english.sentence(score)}.)"
    )


def _skill(found: NextDay) -> str:
    if found.brier is None or found.base_brier is None:
        return "too few days are covered to score it"
    better = "lower than" if found.brier < found.base_brier else "not lower than"
    sure = "" if found.skilled or better != "lower than" else ", but not surely"
    return (
        f"its Brier score over {english.plural(found.n, 'day')}, "
        f"{found.brier:.3f}, is {better} {found.base_brier:.3f}, "
        f"that of the base rate{sure}"
    )

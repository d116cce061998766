"""Decides the geometry of the charts: what stands where, in numbers ready to print; it draws nothing.

Two kinds of drawing. Bars of days live in a box of whole units that stretches with the page; everything else has its
x in per cent and its y in pixels, so that text keeps its size on a narrow page. Height and ink stand for severity, a
hatch for "unknown", a dot with a line for an estimate with its interval. The parts are NamedTuples, not dataclasses,
because a large build makes hundreds of thousands of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import NamedTuple

from almanac.model import Stretch, moment
from almanac.text import english

CLEAR, MINOR, MAJOR, CRITICAL, UNSAID, UNKNOWN = "ok", "minor", "major", "critical", "unsaid", "unknown"
SLIGHT = "slight"  # what its provider rates as without impact: the lowest level of trouble
TO_COME = ""  # a day that has not begun: neither clear nor unknown
ORDER = (CLEAR, SLIGHT, UNSAID, MINOR, MAJOR, CRITICAL)  # of a day's worst; an unsaid severity never hides a stated one
HEIGHT = {SLIGHT: 0.2, UNSAID: 0.36, MINOR: 0.36, MAJOR: 0.68, CRITICAL: 1.0}  # of the full bar
WORDS = {SLIGHT: "rated no impact", UNSAID: "with severity not given"}

STEP, BAR = 5, 4  # units a day takes, and its bar; the sheet dashes strokes so
TALL = 24  # units the box of bars is high; it stretches to any height
STROKE = {
    CLEAR: 2,
    SLIGHT: 5,
    UNSAID: 8,
    MINOR: 8,
    MAJOR: 16,
    CRITICAL: 24,
}  # how thick the sheet draws the stroke of a severity


HIDING = (SLIGHT, MINOR, MAJOR, CRITICAL)  # bars that are solid, so that nothing under them is seen


class Path(NamedTuple):
    """All bars of one severity, as one SVG path: a level stroke a run of days, which the sheet dashes into days.

    The first, of clear days, runs on under the days of a stated severity, whose bars hide it: that takes half the bytes.
    """

    css: str
    d: str


class Block(NamedTuple):
    """A rectangle over the width of a chart: x and width in per cent, y and height in pixels."""

    css: str
    x: str
    width: str
    y: str = "0"
    height: str = "100%"


class Bars(NamedTuple):
    """Bars of days: one path a severity in a stretching box, and hatched blocks where nothing is known."""

    box: str  # viewBox
    paths: tuple[Path, ...]
    blocks: tuple[Block, ...]
    label: str  # what it shows, in a sentence of figures


class Label(NamedTuple):
    """A text in a chart: x in per cent, y in pixels. `css` "w" marks what a narrow page leaves out."""

    x: str
    text: str
    anchor: str = "start"
    css: str = ""
    y: str = "0"


class Estimate(NamedTuple):
    """A dot and, when an interval is given, its line; x in per cent."""

    dot: str
    low: str
    high: str
    label: str


class Column(NamedTuple):
    """One bar of a histogram: x, middle and width in per cent, y and height in pixels."""

    x: str
    middle: str
    width: str
    y: str
    height: str
    text: str
    text_y: str


class Histogram(NamedTuple):
    """Counts by class, with the limits of the classes as labels beneath."""

    columns: tuple[Column, ...]
    limits: tuple[Label, ...]
    label: str


def tally(days: Sequence[str]) -> str:
    """Say how many days of each sort there are, in the order of severity: 28 days clear, 27 minor, 29 major."""
    counts = Counter(days)
    parts = [f"{counts[CLEAR]} day{'s' if counts[CLEAR] > 1 else ''} clear"] if counts[CLEAR] else []
    parts += [f"{counts[sort]} {WORDS.get(sort, sort)}" for sort in (*ORDER[1:], UNKNOWN) if counts[sort]]
    return ", ".join(parts)


def bars(days: Sequence[str], label: str, *, slots: int = 0) -> Bars:
    """Return bars of a severity a day, oldest first; `slots` > len(days) leaves room at the right (short months)."""
    width = STEP * (slots or len(days))
    floor = [CLEAR if day in HIDING else day for day in days] if CLEAR in days else days
    paths = tuple(
        Path(f"s-{sort}", _strokes(floor if sort == CLEAR else days, sort)) for sort in STROKE if sort in days
    )
    blocks = (
        Block("f-unknown", _x(STEP * at / width), _x(STEP * length / width)) for at, length in _runs(days, UNKNOWN)
    )
    return Bars(f"0 0 {width} {TALL}", paths, tuple(blocks), f"{label}: {tally(days)}")


def _strokes(days: Sequence[str], sort: str) -> str:
    """Return a stroke for each run of a severity, standing on the floor; each begins where the one before has ended."""
    drawn, ended = "", 0
    for at, length in _runs(days, sort):
        first, span = STEP * at, STEP * (length - 1) + BAR
        drawn += f"m{first - ended} 0h{span}" if drawn else f"M{first} {TALL - STROKE[sort] // 2}h{span}"
        ended = first + span
    return drawn


def _runs(days: Sequence[str], sort: str) -> list[tuple[int, int]]:
    """Return the first place and the length of each run of one word."""
    runs, at = [], 0
    for day, run in groupby(days):
        length = len(list(run))
        if day == sort:
            runs.append((at, length))
        at += length
    return runs


def months_on(since: datetime, days: int) -> tuple[Label, ...]:
    """Return a label for the first of each month among `days` days from `since`, and for `since` if there is room."""
    firsts = [at for at in range(days) if (since + timedelta(days=at)).day == 1]
    labels = [_month_label(since + timedelta(days=at), at / days) for at in firsts]
    if not firsts or firsts[0] > days // 6:
        labels.insert(0, Label("0%", f"from {english.short_date(since)}", css="w" if firsts else ""))
    return tuple(labels)


def _month_label(at: datetime, share: float) -> Label:
    """Return the label of a month to the right of its line; to the left where the chart ends."""
    name = f"{english.SHORT_MONTHS[at.month - 1]} {at.year}"
    if share > 0.78:  # from there on it would not fit a page of 320 px
        return Label(_x(share), name, "end", "w")
    return Label(_x(share), name)


def estimate(share: float, low: float | None, high: float | None, floor: float) -> Estimate:
    """Place a share on an axis from `floor` to 1; what lies below the floor stands on it."""
    value = english.percent(share)
    if low is None or high is None:
        return Estimate(_on(share, floor), "", "", value)
    label = f"{value}, interval {english.percent(low)} to {english.percent(high)}"
    return Estimate(_on(share, floor), _on(low, floor), _on(high, floor), label)


def _on(share: float, floor: float) -> str:
    return _x(max((share - floor) / (1 - floor), 0.0))


def grid(floor: float, steps: int) -> tuple[Label, ...]:
    """Return `steps` + 1 labelled lines from `floor` to 100%; a narrow page leaves out those between the ends."""
    shares = [floor + (1 - floor) * at / steps for at in range(steps + 1)]
    anchors = ["start", *["middle"] * (steps - 1), "end"]
    return tuple(
        Label(_x(at / steps), f"{share * 100:.0f}%", anchor, "w" if 0 < at < steps else "")
        for at, (share, anchor) in enumerate(zip(shares, anchors, strict=True))
    )


DOUBLINGS = (5, 10, 20, 40, 80, 160, 320, 640)  # minutes: each class is twice as wide as the one before


def histogram(lengths: Iterable[int], *, height: int = 100, top: int = 16) -> Histogram:
    """Count the `lengths` (seconds) between the doublings of five minutes; the last class is open."""
    limits = [minutes * english.MINUTE for minutes in DOUBLINGS]
    counts = [0] * (len(limits) + 1)
    for length in lengths:
        counts[sum(length >= limit for limit in limits)] += 1
    most, share = max(counts) or 1, 1 / len(counts)
    columns = tuple(_column(at, number, most, share, height, top) for at, number in enumerate(counts))
    labels = tuple(
        Label(_x((at + 1) * share), _short(limit), "middle", "w" if at % 2 else "") for at, limit in enumerate(limits)
    )
    names = ["under 5 min", *(f"from {english.duration(limit)}" for limit in limits)]
    classes = ", ".join(f"{name} {number}" for name, number in zip(names, counts, strict=True))
    return Histogram(columns, labels, f"Lengths of {english.plural(sum(counts), 'incident')}: {classes}")


def _short(limit: int) -> str:
    """Return 5 min, 1 h 20: the minutes after an hour go without their unit, for room."""
    hours, minutes = divmod(limit // english.MINUTE, 60)
    return f"{hours}{english.GAP}h{english.GAP}{minutes:02}" if hours else f"{minutes}{english.GAP}min"


def _column(at: int, number: int, most: int, share: float, height: int, top: int) -> Column:
    return _bar(at, height * number / most, share, top + height, str(number) if number else "")


def _bar(at: int, tall: float, share: float, floor: float, text: str) -> Column:
    """Return a bar `tall` pixels high on `floor`, `text` above it, in the place `at` of those that share the width."""
    return Column(
        x=_x(at * share + 0.004),
        middle=_x((at + 0.5) * share),
        width=_x(share - 0.008),
        y=f"{floor - tall:.1f}",
        height=f"{tall:.1f}",
        text=text,
        text_y=f"{floor - tall - 5:.1f}",
    )


class Scale(NamedTuple):
    """A stretch of time laid over the width of a chart, with a line every `tick` seconds."""

    since: int
    until: int
    tick: int

    def x(self, at: int) -> str:
        """Return where a moment (epoch seconds) stands; what lies outside stands on the edge."""
        since, until, _ = self
        if since < at < until:
            return f"{(at - since) / (until - since) * 100:.2f}%"
        return "0%" if at <= since else "100%"

    def width(self, since: int, until: int) -> str:
        """Return how wide a stretch is, at least a visible hair, and cut at the edges."""
        first, last, _ = self
        share = (min(until, last) - max(since, first)) / (last - first)
        return f"{max(share, 0.002) * 100:.2f}%"


TICKS = (600, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 30 * 86400)
MOST_TICKS = 9


def scale_of(view: Stretch) -> Scale:
    """Return a scale that shows a stretch of time, widened to whole ticks."""
    tick = tick_of(view.until - view.since)
    return Scale(view.since // tick * tick, -(-view.until // tick) * tick, tick)


def tick_of(span: int) -> int:
    """Return the finest tick (seconds) of which a span (seconds) holds no more than nine."""
    return next((tick for tick in TICKS if span <= tick * MOST_TICKS), -(-span // MOST_TICKS // 86400) * 86400)


def ticks(scale: Scale, y: str = "0") -> tuple[Label, ...]:
    """Return the lines of a scale with the hour, or the date where it changes; narrow pages leave out two of three."""
    marks = range(scale.since, scale.until + 1, scale.tick)
    return tuple(
        [
            Label(x, english.clock_of(at) if at % english.DAY else english.short_date(moment(at)), anchor, css, y)
            for at, (x, anchor, css) in zip(marks, _lines(len(marks)), strict=True)
        ]
    )


@cache
def _lines(number: int) -> tuple[tuple[str, str, str], ...]:
    """Return where each of so many lines stands, and the anchor and the class of its label."""
    scale = Scale(0, number - 1, 1)
    anchors = ["start", *["middle"] * (number - 2), "end"]
    return tuple((scale.x(place), anchor, "w" if place % 3 else "") for place, anchor in enumerate(anchors))


def _x(share: float) -> str:
    """Return a share of the width in per cent, with as few characters as it takes."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"


def spot(value: float, low: float | None, high: float | None, first: float, last: float, label: str) -> Estimate:
    """Place a value and its interval on an axis from `first` to `last`; what lies outside stands on the edge."""

    def place(at: float) -> str:
        return _x(min(max((at - first) / (last - first), 0.0), 1.0))

    if low is None or high is None:
        return Estimate(place(value), "", "", label)
    return Estimate(place(value), place(low), place(high), label)


def axis(marks: Sequence[tuple[float, str]], first: float, last: float) -> tuple[Label, ...]:
    """Return labelled lines at the values of an axis; a narrow page leaves out those between the ends."""
    return tuple(
        Label(
            _x((at - first) / (last - first)),
            text,
            "start" if at == first else "end" if at == last else "middle",
            "" if at in (first, last) else "w",
        )
        for at, text in marks
    )


class Dot(NamedTuple):
    """A dot in a square diagram: x in per cent, y and radius in pixels."""

    x: str
    y: str
    radius: str


class Diagram(NamedTuple):
    """What was said against what came, both from 0 to 100 %; on the diagonal both agree."""

    dots: tuple[Dot, ...]
    label: str


def diagram(points: Sequence[tuple[float, float, int]], label: str, *, height: int = 160) -> Diagram:
    """Return dots at (chance, share that came), in area proportional to their number, but large enough to be seen."""
    most = max((number for *_, number in points), default=1)
    return Diagram(
        tuple(
            Dot(_x(chance), f"{height * (1 - share):.1f}", f"{max(7 * (number / most) ** 0.5, 2):.1f}")
            for chance, share, number in points
        ),
        label,
    )


def columns(counts: Sequence[float], texts: Sequence[str], *, height: int = 60, top: int = 16) -> tuple[Column, ...]:
    """Return bars side by side, the highest as high as there is room; one of `texts` stands above each."""
    most, share = max(counts, default=0) or 1, 1 / max(len(counts), 1)
    return tuple(
        _bar(at, height * number / most, share, height + top, text)
        for at, (number, text) in enumerate(zip(counts, texts, strict=True))
    )

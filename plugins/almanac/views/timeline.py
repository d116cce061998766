"""Lays an incident on a scale of time: its phases, its updates as rings, and beneath it what else went on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import nlargest
from itertools import pairwise
from typing import NamedTuple

from almanac.model import OVER, Card, Phase, moment
from almanac.text import english
from almanac.views import charts
from almanac.views.around import Around, Neighbour, window
from almanac.views.charts import Block, Label, Scale

TOP, BAND, STALK = 26, 22, 62  # y of the band, its height, y of the rings
FIRST, ROW = 84, 34  # y of the first neighbour, and from one to the next
THICK = {charts.MINOR: 6, charts.MAJOR: 11, charts.CRITICAL: 16}
RING_GAP = 0.015  # of the width: rings that lie closer cover each other
BANDS = 60  # stretches a chart draws: with more, a page could weigh over 50 KB, and they would be finer than a pixel
SPOKEN = 12  # phases the label of the chart names: more would be neither listened to nor light; the posts name all
ROOM = 0.08  # of the width: what a phase's name takes
UNPOSTED = "not yet posted"
INK: dict[str, str] = {
    Phase.INVESTIGATING: "investigating",
    Phase.IDENTIFIED: "identified",
    Phase.MONITORING: "monitoring",
    Phase.IN_PROGRESS: "identified",
    Phase.VERIFYING: "monitoring",
}


class Phased(NamedTuple):
    """A stretch of one phase."""

    phase: str
    css: str
    since: int
    until: int


class Other(NamedTuple):
    """A neighbour in the chart: its bar and the words above it."""

    block: Block
    label: Label


class NeighbourRow(NamedTuple):
    """A neighbour in the table behind the chart."""

    url: str
    name: str
    since: str
    until: str
    word: str
    length: str


class Timeline(NamedTuple):
    """The chart, ready to print. Heights in pixels."""

    height: str
    floor: str  # y where the lines of the scale end
    ticks: tuple[Label, ...]
    blocks: tuple[Block, ...]
    names: tuple[Label, ...]
    knobs: tuple[str, ...]
    title: Label
    now: Label | None
    others: tuple[Other, ...]
    entries: tuple[NeighbourRow, ...]
    inks: tuple[tuple[str, str], ...]  # class and name of each phase, for the key
    label: str


def phases(card: Card, until: int) -> tuple[Phased, ...]:
    """Return the stretches between the updates, equal neighbours merged; that before the first post is UNPOSTED."""
    posts = [(at, phase) for at, phase in card.updates if at <= until and phase not in OVER]
    edges: list[tuple[int, str]] = [(card.started, UNPOSTED)] if not posts or posts[0][0] > card.started else []
    for at, phase in posts:
        if not edges or edges[-1][1] != phase:
            edges.append((max(at, card.started), phase))
    edges.append((until, ""))
    return tuple(
        [
            Phased(phase, INK.get(phase, "unposted"), since, end)
            for (since, phase), (end, _) in pairwise(edges)
            if end > since
        ]
    )


def bands(parts: tuple[Phased, ...]) -> tuple[Phased, ...]:
    """Return the stretches to draw: of very many the longest, each as far as the next, so that no gap stands between."""
    if len(parts) <= BANDS:
        return parts
    longest = sorted(nlargest(BANDS, parts, key=lambda part: part.until - part.since), key=lambda part: part.since)
    edges = [parts[0].since, *(part.since for part in longest[1:]), parts[-1].until]
    return tuple(
        part._replace(since=since, until=until) for part, (since, until) in zip(longest, pairwise(edges), strict=True)
    )


def timeline(card: Card, around: Around) -> Timeline | None:
    """Return the chart of an incident; None where there is nothing to draw to scale."""
    if around.end == card.started and not around.neighbours:
        return None
    scale = charts.scale_of(window(card.started, around.end, around.live is not None))
    stretches, inside = phases(card, around.end), [at for at, _ in card.updates if at <= scale.until]
    parts = bands(stretches)
    floor = FIRST + ROW * len(around.neighbours) - 8 if around.neighbours else STALK + 10
    return Timeline(
        height=str(floor + 20),
        floor=str(floor),
        ticks=charts.ticks(scale, str(floor + 15)),
        blocks=tuple([Block(f"ph-{p.css}", scale.x(p.since), scale.width(p.since, p.until)) for p in parts]),
        names=tuple([_phase_name(scale, part) for part in parts if _has_room(scale, part)]),
        knobs=knobs(scale, inside),
        title=_title(scale, card, around),
        now=Label(scale.x(around.now), f"open at {english.clock_of(around.now)}") if around.now else None,
        others=tuple([_other(scale, at, other, around, card.started) for at, other in enumerate(around.neighbours)]),
        entries=tuple([_entry(other, around) for other in around.neighbours]),
        inks=tuple(dict.fromkeys([(part.css, part.phase) for part in parts])),
        label=_label(card, around, stretches),
    )


def spoken(parts: Sequence[Phased], clock: Callable[[int], str]) -> str:
    """Return in words when each stretch ends; of very many the first, and how many follow."""
    steps = [f"{part.phase} until {clock(part.until)}" for part in parts[:SPOKEN]]
    if len(parts) > SPOKEN:
        steps.append(f"and {english.plural(len(parts) - SPOKEN, 'further phase')}")
    return ", ".join(steps)


def knobs(scale: Scale, posts: Iterable[int]) -> tuple[str, ...]:
    """Return the place of a ring for each post; posts too close to be told apart share one."""
    rings: list[int] = []
    room = RING_GAP * (scale.until - scale.since)
    for at in posts:
        if not rings or at - rings[-1] >= room:
            rings.append(at)
    return tuple(map(scale.x, rings))


def _has_room(scale: Scale, part: Phased) -> bool:
    return part.until - part.since >= ROOM * (scale.until - scale.since)


def _phase_name(scale: Scale, part: Phased) -> Label:
    return Label(scale.x(part.since), part.phase, "start", "w")


def _title(scale: Scale, card: Card, around: Around) -> Label:
    """Return the length as a label behind the band's end, or before its start where the end leaves no room."""
    length = english.duration(around.end - card.started)
    middle = (scale.since + scale.until) // 2
    if around.end <= middle + (scale.until - scale.since) // 5:
        return Label(scale.x(around.end), length)
    return Label(scale.x(card.started), length, "end")


def _other(scale: Scale, at: int, other: Neighbour, around: Around, start: int) -> Other:
    """Place words above the bar, growing towards the wider side; a time of another day than that of `start` has its date."""
    y = FIRST + ROW * at
    thick = THICK.get(other.css, 6)
    block = Block(
        f"f-{other.css}", scale.x(other.since), scale.width(other.since, other.until), str(y + 22 - thick), str(thick)
    )
    left = other.since - scale.since < (scale.until - scale.since) // 2
    name = "" if other.provider == around.provider else f"{other.provider}, "
    since, until = (english.clock_near(at, start) for at in (other.since, other.until))
    text = f"{name}{since}{', no end time' if other.open else f' to {until}'}, {other.word}"
    anchor = block.x if left else scale.x(other.until)
    return Other(block, Label(anchor, text, "start" if left else "end", y=str(y + 2)))


def _entry(other: Neighbour, around: Around) -> NeighbourRow:
    name = other.name if other.provider == around.provider else f"{other.provider}: {other.name}"
    since = f"{english.short_date(moment(other.since))}, {english.clock_of(other.since)}"
    if other.open:
        return NeighbourRow(other.url, name, since, "not recorded", other.word, "")
    until = english.clock_of(other.until)
    if other.until // english.DAY != other.since // english.DAY:
        until = f"{english.short_date(moment(other.until))}, {until}"
    return NeighbourRow(other.url, name, since, until, other.word, english.duration(other.until - other.since))


def _label(card: Card, around: Around, parts: tuple[Phased, ...]) -> str:
    since, until = english.clock_of(card.started), english.clock_of(around.end)
    steps = spoken(parts, english.clock_of)
    others = english.plural(len(around.neighbours), "other incident") if around.neighbours else "no other incidents"
    return f"From {since} to {until} UTC: {steps or 'no length'}; {others} around that time."

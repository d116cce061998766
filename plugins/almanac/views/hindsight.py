"""What was, or would have been, forecast while an incident was open, beside what happened: the fan, and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from almanac.model import Card, Stretch, moment, stamped
from almanac.stats.hindcast import APART, MOST, Hindcast, evenly, unpack
from almanac.stats.recovery import Forecast, is_within
from almanac.text import english
from almanac.views import charts
from almanac.views.around import Around
from almanac.views.base import Time
from almanac.views.charts import Block, Label, Scale
from almanac.views.timeline import bands, knobs, phases, spoken

AnyForecast: TypeAlias = Forecast | Hindcast

FORECASTS = "Shown at the time"  # names of the groups
HINDCASTS = "Computed afterwards, from incidents that had ended by then"
LATE = 0.7  # of the width: what ends beyond has its label on the left
PAST = "By then it had lasted longer than 90% of similar incidents."


class Estimates(NamedTuple):
    """What was said of when an incident would be over, oldest first."""

    forecasts: tuple[Forecast, ...]  # shown at the time
    hindcasts: tuple[Hindcast, ...]  # computed afterwards


class FanRow(NamedTuple):
    """An estimate: when it was made, what it said, and where that stands on the scale."""

    time: Time
    stroke: str  # x of the moment
    whole: tuple[str, str]  # the 80 % range
    half: tuple[str, str]  # the 50 % range
    dot: str  # the median
    label: str
    median: str
    range: str
    n: str
    css: str = ""


class FanGroup(NamedTuple):
    """Estimates of one origin, oldest first."""

    name: str
    rows: tuple[FanRow, ...]


class Fan(NamedTuple):
    """The estimates of an incident over time, on one scale with its phases and its end."""

    title: str
    caption: str
    phases: tuple[Block, ...]
    knobs: tuple[str, ...]
    label: str  # the phases in words
    end: Label  # its end or, while it is open, the moment it is known to be open at
    line: str  # class of the line through all rows
    ticks: tuple[Label, ...]
    groups: tuple[FanGroup, ...]
    notes: str  # how it came out, and what it rests on


def fan(around: Around, card: Card) -> Fan | None:
    """Return the estimates of an incident; None where there are none, or only the one that its outlook shows."""
    forecasts, hindcasts = _few(estimates_of(around, card))
    if (card.ended is None and not around.live) or len(forecasts) + len(hindcasts) < (2 if around.live else 1):
        return None
    scale = _scale(card, around.end, [*forecasts, *hindcasts])
    stretches = phases(card, around.end)
    return Fan(
        title="Estimates so far" if around.live else "Forecast and outcome",
        caption=_caption(card, around),
        phases=tuple(Block(f"ph-{p.css}", scale.x(p.since), scale.width(p.since, p.until)) for p in bands(stretches)),
        knobs=knobs(scale, [at for at, _ in card.updates if at <= around.end]),
        label=spoken(stretches, lambda until: english.clock_near(until, card.started)),
        end=_end(scale, around, card.started),
        line="now" if around.live else "over",
        ticks=_ticks(scale),
        groups=tuple(
            FanGroup(name, _rows(estimates, scale, card, around))
            for name, estimates in ((FORECASTS, forecasts), (HINDCASTS, hindcasts))
            if estimates
        ),
        notes=" ".join(_notes(forecasts, hindcasts, around)),
    )


def estimates_of(around: Around, card: Card) -> Estimates:
    """Return what was forecast of an incident while it was open, and what would have been."""
    forecasts = tuple(line.forecast for line in around.forecasts)
    return Estimates(forecasts, unpack(around.hindcasts, card) if around.hindcasts else ())


def _few(everything: Estimates) -> Estimates:
    """Return at most MOST estimates: those shown come first; others of about the same moments would only repeat them."""
    forecasts = evenly(everything.forecasts)
    hindcasts = [one for one in everything.hindcasts if all(abs(one.at - other.at) >= APART for other in forecasts)]
    return Estimates(tuple(forecasts), tuple(evenly(hindcasts, MOST - len(forecasts))))


def sentence(estimates: Estimates, now: int) -> str:
    """Say what the newest estimate of an open incident was at `now` (epoch seconds); "" where there was none."""
    forecasts = [one for one in estimates.forecasts if one.at <= now]
    if forecasts:
        return f"Estimate shown at {_near(forecasts[-1].at, now)}: {_odds(forecasts[-1], now)}"
    hindcasts = [one for one in estimates.hindcasts if one.at <= now]
    if not hindcasts:
        return ""
    of = "this moment" if hindcasts[-1].at == now else _near(hindcasts[-1].at, now)
    return f"Estimate for {of}, computed afterwards: {_odds(hindcasts[-1], now)}"


def _odds(estimate: AnyForecast, now: int) -> str:
    low, _, middle, _, high = _instants(estimate)
    text = (
        f"50% chance it is fixed by {_near(middle, now)}; 80% chance between {_near(low, now)} and {_near(high, now)} "
        f"(n = {_basis(estimate)})."
    )
    return f"{text} {PAST}" if now > high else text


def _near(at: int, now: int) -> str:
    return english.near(moment(at), moment(now))


def _instants(estimate: AnyForecast) -> list[int]:
    """Return the quantiles as epoch seconds."""
    return [estimate.at + round(60 * minutes) for minutes in estimate.quantiles]


def _scale(card: Card, end: int, estimates: Sequence[AnyForecast]) -> Scale:
    """Return a scale that shows the incident and every median; of wide ranges as much as leaves the incident large."""
    length = end - card.started
    medians, latest = zip(
        *[(one.at + 60 * one.quantiles[2], one.at + 60 * one.quantiles[4]) for one in estimates], strict=True
    )
    until = round(max(end + length / 4, *medians, min(max(latest), card.started + 2.25 * length)))
    return charts.scale_of(Stretch(card.started, max(until, card.started + english.MINUTE)))


def _ticks(scale: Scale) -> tuple[Label, ...]:
    """Return the lines of the scale; beside columns a phone has room for the label of every third, none at the edge."""
    lines = charts.ticks(scale)
    with_text = range(1, len(lines) - 1, 3) or (0,)
    return tuple(
        [Label(x, text, anchor, "" if n in with_text else "w") for n, (x, text, anchor, *_) in enumerate(lines)]
    )


def _end(scale: Scale, around: Around, near: int) -> Label:
    text = f"{'open at' if around.live else 'ended'} {english.clock_near(around.end, near)}"
    is_late = around.end - scale.since > LATE * (scale.until - scale.since)
    return Label(scale.x(around.end), text, "end" if is_late else "start")


def _rows(estimates: Iterable[AnyForecast], scale: Scale, card: Card, around: Around) -> tuple[FanRow, ...]:
    rows = [_row(one, scale, card.started) for one in estimates]
    if around.live and rows:
        rows[-1] = rows[-1]._replace(css="hit")
    return tuple(rows)


def _row(estimate: AnyForecast, scale: Scale, near: int) -> FanRow:
    low, quarter, middle, three_quarters, high = _instants(estimate)
    return FanRow(
        time=Time(stamped(estimate.at), english.clock_near(estimate.at, near)),
        stroke=scale.x(estimate.at),
        whole=(scale.x(low), scale.x(high)),
        half=(scale.x(quarter), scale.x(three_quarters)),
        dot=scale.x(middle),
        label=f"50% range {english.clocks(quarter, three_quarters, near)}",
        median=english.clock_near(middle, near),
        range=english.clocks(low, high, near),
        n=_n(estimate),
    )


def _n(estimate: AnyForecast) -> str:
    """Return of how many incidents it was learnt: 243; with those of other providers where these decide much of it."""
    own = english.count(estimate.n)
    return f"{own} + {english.count(estimate.others)}" if estimate.borrows else own


def _basis(estimate: AnyForecast) -> str:
    """Return the same in a sentence."""
    own = english.count(estimate.n)
    return f"{own}, and {english.count(estimate.others)} of other providers" if estimate.borrows else own


def _caption(card: Card, around: Around) -> str:
    mark = (
        "Dashed line: open" if around.live else f"Solid line: the end, {english.clock_near(around.end, card.started)}"
    )
    return f"{mark}. Short stroke: the moment of the estimate. Thin line: 80% range; thick: 50% range; dot: 50% chance by then."


def _notes(forecasts: Sequence[Forecast], hindcasts: Sequence[Hindcast], around: Around) -> Iterable[str]:
    if not around.live:
        yield from (
            _tally(name, estimates, around.end)
            for name, estimates in (("Shown", forecasts), ("Computed", hindcasts))
            if estimates
        )
    if hindcasts:
        if not forecasts:
            yield "No estimate was shown at the time."
        yield (
            "Computed estimates use what had happened by then, but neither severity nor components: "
            "we may know only their final values."
        )
    yield f"n: earlier {around.provider} incidents that lasted as long{_others([*forecasts, *hindcasts])}."


def _others(estimates: Iterable[AnyForecast]) -> str:
    borrowed = [one.borrowed for one in estimates if one.borrows]
    return f" + those of other providers (up to {english.percent(max(borrowed), 0)} of the weight)" if borrowed else ""


def _tally(name: str, estimates: Sequence[AnyForecast], ended: int) -> str:
    """Say how often the end lay within the ranges."""
    inside = [is_within(one.quantiles, max(ended - one.at, 0) / 60) for one in estimates]
    half, whole = (sum(each) for each in zip(*inside, strict=True))
    return (
        f"{name}: the 80% range was right in {whole} of {len(estimates)}, the 50% range in {half} of {len(estimates)}."
    )

"""What a reader of an open incident asks next: when it may be fixed, and what to use until then."""

from __future__ import annotations

from typing import NamedTuple

from almanac.model import Card, Stretch, moment
from almanac.stats.issued import Issued
from almanac.stats.precedent import Precedent
from almanac.stats.recovery import WITHIN
from almanac.text import english
from almanac.views import base, charts
from almanac.views.alternatives import Alternatives
from almanac.views.around import Around
from almanac.views.base import Time
from almanac.views.charts import Estimate, Label, Scale

TOO_FEW = "No estimate: too few earlier incidents are comparable."
NOT_SEEN = "No estimate was issued: we did not follow this incident live."
HORIZONS = WITHIN[1:]  # minutes: four questions fit a narrow page
FAR = 3.0  # the axis ends at so many times the upper quarter, if the 80 % range goes further
NEAR = 14.0  # per cent of the width: two labels that are closer cover each other


class Recovery(NamedTuple):
    """A forecast as it was issued, on the clock, with the present in it."""

    issued: Time
    median: Time
    low: Time
    high: Time
    chances: tuple[tuple[str, str], ...]  # within how long from then, and the chance
    estimate: Estimate  # median and 80 % on the scale
    half: Estimate  # the middle half
    ticks: tuple[Label, ...]
    now: Label
    labels: tuple[Label, ...]  # the median above its dot, the ranges at their ends
    basis: str
    outlasted: str  # what to say when it has lasted longer than nine in ten would


class Outlook(NamedTuple):
    """Back by when, and what to use meanwhile."""

    back: Recovery | None
    none_yet: str  # why there is no estimate
    precedent: str  # how long earlier ones went on, where there is no estimate to go by
    instead: Alternatives | None


def outlook(around: Around, card: Card) -> Outlook | None:
    """Return what an open incident's page says of the hours to come; None for one that is over."""
    if not around.is_current or not card.is_trouble:
        return None
    back = _back(around.issued, around.provider, around.now) if around.issued else None
    return Outlook(
        back=back,
        none_yet="" if back else NOT_SEEN if card.first_seen is None else TOO_FEW,
        precedent=_precedent(around.precedent, around, card) if not back or back.outlasted else "",
        instead=around.instead,
    )


def _back(issued: Issued, provider: str, now: int) -> Recovery:
    forecast = issued.forecast
    at = [forecast.at + round(minutes * 60) for minutes in forecast.quantiles]
    scale = _scale(forecast.at, at, now)
    estimate = _on(
        scale,
        at[2],
        max(at[0], min(now, at[4])),
        at[4],
        f"Fixed by {_clock_text(at[2])}, 50% interval {_clock_text(at[1])} to {_clock_text(at[3])}, "
        f"80% interval {_clock_text(at[0])} to {_clock_text(at[4])}; now {_clock_text(now)}",
    )
    return Recovery(
        issued=_clock(forecast.at, now),
        median=_clock(at[2], now),
        low=_clock(at[0], now),
        high=_clock(at[4], now),
        chances=tuple(
            (english.duration(minutes * english.MINUTE), english.percent(chance, 0))
            for minutes, chance in zip(WITHIN, forecast.chances, strict=True)
            if minutes in HORIZONS
        ),
        estimate=estimate,
        half=_on(scale, at[2], max(at[1], min(now, at[3])), at[3], "the middle half"),
        ticks=charts.ticks(scale),
        now=_now(scale, now),
        labels=_labels(scale, at, now),
        basis=_basis(issued, provider),
        outlasted=_outlasted(at[4], now),
    )


def _scale(issued: int, at: list[int], now: int) -> Scale:
    """Return the axis: from the estimate or a little before now to the end of the 80 % range, unless that is far off."""
    far = round(issued + FAR * (at[3] - issued))
    return charts.scale_of(Stretch(min(issued, now), max(min(at[4], far), at[3], now) + 600))


def _share(scale: Scale, at: int) -> float:
    return (at - scale.since) / (scale.until - scale.since) * 100


def _now(scale: Scale, now: int) -> Label:
    share = _share(scale, now)
    return Label(scale.x(now), "now", "start" if share < 3 else "end" if share > 97 else "middle")


def _labels(scale: Scale, at: list[int], now: int) -> tuple[Label, ...]:
    """Return what stands above the bar, without what would lie on something else."""
    dot, half, end = (_share(scale, moment) for moment in (at[2], at[3], min(at[4], scale.until)))
    labels = []
    if abs(dot - _share(scale, now)) > NEAR:
        anchor = "start" if dot < 5 else "end" if dot > 95 else "middle"
        labels.append(Label(scale.x(at[2]), english.clock_of(at[2]), anchor, "strong", y="15"))
    if half - dot > NEAR / 2 and end - half > NEAR:
        labels.append(Label(scale.x(at[3]), "50%", "end", y="27"))
    beyond = f"80%, to {english.near(moment(at[4]), moment(now))}" if at[4] > scale.until else "80%"
    if end - dot > NEAR:
        labels.append(Label(scale.x(at[4]), beyond, "end", y="27"))
    return tuple(labels)


def _on(scale: Scale, value: int, low: int, high: int, label: str) -> Estimate:
    return charts.spot(value, low, high, scale.since, scale.until, label)


def _clock(at: int, near: int) -> Time:
    return base.time(moment(at), english.near(moment(at), moment(near)))


def _clock_text(at: int) -> str:
    return english.clock_utc(moment(at))


def _basis(issued: Issued, provider: str) -> str:
    forecast = issued.forecast
    own = english.plural(forecast.n, f"earlier {provider} incident")
    text = f"Based on {own} of similar length or longer"
    if forecast.borrows:
        weight = english.percent(forecast.borrowed, 0)
        text += f", plus {english.count(forecast.others)} from other providers ({weight} of the weight)"
    return f"{text}. Phase at the time: {issued.phase}."


def _outlasted(latest: int, now: int) -> str:
    if now <= latest:
        return ""
    return "It has already lasted longer than 90% of similar incidents; treat this estimate as out of date."


def _precedent(precedent: Precedent | None, around: Around, card: Card) -> str:
    """Say how much longer the middle one of the earlier incidents went on; a fact of the archive, no estimate."""
    if precedent is None:
        return ""
    rated = f"{base.MARKS[card.impact].word} " if precedent.alike and card.impact in base.STATED else ""
    spent = english.duration(max(around.now - card.started, 0))
    return (
        f"Of {around.provider}’s {english.plural(precedent.n, f'earlier {rated}incident')} that had lasted {spent}, "
        f"half were over within another {english.duration(precedent.longer)}."
    )

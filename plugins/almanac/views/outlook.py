"""What a reader of an open incident asks next: when it may be fixed, and what to use until then."""

from __future__ import annotations

from typing import NamedTuple

from almanac.model import Stretch, moment
from almanac.stats.issued import Issued
from almanac.stats.recovery import WITHIN
from almanac.text import english
from almanac.views import base, charts
from almanac.views.around import Around
from almanac.views.backups import Advice
from almanac.views.base import Time
from almanac.views.charts import Estimate, Label, Scale

NONE_YET = "No estimate yet. We only give one when enough similar incidents are on record."


class BackBy(NamedTuple):
    """A forecast as it was issued, on the clock."""

    issued: Time
    median: Time
    low: Time
    high: Time
    chances: tuple[tuple[str, str], ...]  # within how long from then, and the chance
    estimate: Estimate  # median and 80 % on the scale
    half: Estimate  # the middle half
    ticks: tuple[Label, ...]
    basis: str
    outlasted: str  # what to say when it has lasted longer than nine in ten would


class Outlook(NamedTuple):
    """Back by when, and what to use meanwhile."""

    back: BackBy | None
    none_yet: str
    instead: Advice | None


def outlook(around: Around) -> Outlook | None:
    """Return what an open incident's page says of the hours to come; None for one that is over."""
    if around.live is None or (around.issued is None and around.instead is None):
        return None
    return Outlook(
        back=_back(around.issued, around.provider, around.now) if around.issued else None,
        none_yet="" if around.issued else NONE_YET,
        instead=around.instead,
    )


def _back(issued: Issued, provider: str, now: int) -> BackBy:
    forecast = issued.forecast
    at = [forecast.at + round(minutes * 60) for minutes in forecast.quantiles]
    scale = charts.scale_of(Stretch(forecast.at, max(at[-1] + 600, now)))
    return BackBy(
        issued=_clock(forecast.at, forecast.at),
        median=_clock(at[2], forecast.at),
        low=_clock(at[0], forecast.at),
        high=_clock(at[4], forecast.at),
        chances=tuple(
            (english.duration(minutes * english.MINUTE), english.percent(chance, 0))
            for minutes, chance in zip(WITHIN, forecast.chances, strict=True)
        ),
        estimate=_on(
            scale,
            at[2],
            at[0],
            at[4],
            f"Fixed by {_clock_text(at[2])}, 80% interval {_clock_text(at[0])} to {_clock_text(at[4])}",
        ),
        half=_on(scale, at[2], at[1], at[3], "the middle half"),
        ticks=charts.ticks(scale),
        basis=_basis(issued, provider),
        outlasted=_outlasted(at[4], now),
    )


def _on(scale: Scale, value: int, low: int, high: int, label: str) -> Estimate:
    return charts.spot(value, low, high, scale.since, scale.until, label)


def _clock(at: int, near: int) -> Time:
    return base.time(moment(at), english.near(moment(at), moment(near)))


def _clock_text(at: int) -> str:
    return f"{english.clock(moment(at))}{english.GAP}UTC"


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

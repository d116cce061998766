"""The scorecard of the forecasts: how often they were right, what they beat, and the outcome of each published one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from almanac.claims.counting import wilson
from almanac.model import Card, moment
from almanac.snapshot import Snapshot
from almanac.stats import issued, scorecard
from almanac.stats.backtest import ELAPSED, Score
from almanac.stats.issued import Issued
from almanac.stats.scorecard import ALL, Scorecard
from almanac.text import english
from almanac.views import base, charts
from almanac.views.base import Head, Link, Time
from almanac.views.charts import Diagram, Estimate, Label

FIRST = 30  # minutes: the moment of which scores by provider are shown first
ENOUGH = 30  # forecasts a line needs
NEWEST = 40  # issued forecasts listed
FROM = 0.5  # where the axis of coverage begins
NAMES = {"before": "Ended before 1 July 2025", "after": "Ended since"}


class ForecastLine(NamedTuple):
    """A score: how many forecasts, how often they were right, and their error beside that of others."""

    name: str
    link: str
    elapsed: str
    n: str
    refused: str
    within_50: str
    within_80: str
    estimate: Estimate  # of the 80% range's coverage
    interval: str
    loss: str
    plain: str  # loss of the plain quantiles
    below_plain: str
    below_press: str


class Reliable(NamedTuple):
    """The diagram of one question, and the table behind it."""

    name: str
    diagram: Diagram
    bins: tuple[tuple[str, str, str], ...]  # predicted, observed, n


class ShownForecast(NamedTuple):
    """A published forecast and its outcome."""

    at: Time
    provider: Link
    forecast: str
    came: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPage:
    """The scorecard of forecasts, at /forecast/."""

    head: Head
    stand: str
    basis: str
    width: str = ""  # of the 80% ranges
    pooled: tuple[ForecastLine, ...] = ()
    parts: tuple[tuple[str, tuple[ForecastLine, ...]], ...] = ()  # before and after the settings were chosen
    moment: str = ""  # since the start, of which the scores by provider are
    providers: tuple[ForecastLine, ...] = ()
    moments: tuple[Link, ...] = ()
    grid: tuple[Label, ...] = ()
    reliable: tuple[Reliable, ...] = ()
    forecasts: tuple[ShownForecast, ...] = ()
    tally: str = ""


def forecast(almanac: Snapshot, incidents: Mapping[tuple[str, str], Card], minutes: int | None = None) -> ForecastPage:
    """Return the scorecard, or the scores by provider at `minutes`; `incidents` are by (provider slug, raw id)."""
    scores = almanac.scorecard
    outcomes = _outcomes(almanac, incidents)
    page = ForecastPage(
        head=Head(
            title="Forecast accuracy" + ("" if minutes is None else f", {_into(minutes)} after the start"),
            path=url(minutes),
            section="leaderboard",
            description="Every forecast of when an outage ends, scored: how often the range was right, error against baselines.",
        ),
        stand=_stand(scores) if scores else "No forecast has been scored yet.",
        basis=_basis(scores, almanac) if scores else "",
        forecasts=tuple(_shown_forecast(almanac, incidents, *one) for one in outcomes[:NEWEST])
        if minutes is None
        else (),
        tally=_tally(outcomes) if minutes is None else "",
    )
    if scores is None:
        return page
    at = FIRST if minutes is None else minutes
    # A shared page is learnt from as a whole, not only from what concerns the service that is named.
    names = {p.slug: f"{p.name} (whole status page)" if p.scope else p.name for p in almanac.providers}
    page = replace(
        page,
        moment=_into(at),
        providers=tuple(_lines(scores, "all", _ordered(scores, at), (at,), names)),
        moments=tuple(Link(url(each), _into(each)) for each in ELAPSED),
        grid=charts.axis([(FROM, "50%"), (0.8, "80%"), (1, "100%")], FROM, 1),
    )
    if minutes is not None:
        return page
    return replace(
        page,
        width=_width(scores),
        pooled=tuple(_lines(scores, "all", (ALL,), ELAPSED, names)),
        parts=tuple((NAMES[part], tuple(_lines(scores, part, (ALL,), ELAPSED, names))) for part in NAMES),
        reliable=tuple(_reliable(within, bins) for within, bins in scores.reliability),
    )


def url(minutes: int | None = None) -> str:
    """Return the address of the scorecard, or of its scores so many minutes into an incident."""
    return "/forecast/" if minutes is None else f"/forecast/{minutes}/"


def _into(minutes: int) -> str:
    return english.duration(minutes * english.MINUTE)


def _outcomes(
    almanac: Snapshot, incidents: Mapping[tuple[str, str], Card]
) -> list[tuple[Issued, issued.ForecastScore | None]]:
    """Return every published forecast, newest first, and its outcome."""
    forecasts = (line for lines in almanac.issued.values() for line in lines)
    newest = sorted(forecasts, key=lambda line: (-line.forecast.at, line.provider, line.incident))
    return [
        (line, issued.score(line, incidents[line.provider, line.incident]))
        for line in newest
        if (line.provider, line.incident) in incidents
    ]


def _ordered(scores: Scorecard, minutes: int) -> tuple[str, ...]:
    """Return the providers with the most forecasts so many minutes into an incident first."""
    rows = [r for r in scores.rows if r.part == "all" and r.provider != ALL and r.elapsed == minutes]
    return tuple(r.provider for r in sorted(rows, key=lambda r: (-r.score.n, r.provider)))


def _lines(
    scores: Scorecard, part: str, providers: Iterable[str], elapsed: Iterable[int], names: Mapping[str, str]
) -> Iterable[ForecastLine]:
    moments = tuple(elapsed)
    for slug in providers:
        for minutes in moments:
            row = scores.row(part, slug, minutes)
            if row and row.score.n >= ENOUGH:
                yield _line(row.score, slug, names.get(slug, slug), minutes)


def _line(score: Score, slug: str, name: str, minutes: int) -> ForecastLine:
    coverage = score.within_80 / score.n
    low, high = wilson(score.within_80, score.n)
    label = f"{english.percent(coverage)} of {english.count(score.n)} within the range, target 80%"
    return ForecastLine(
        name=name,
        link=base.provider_url(slug) if slug else "",
        elapsed=_into(minutes),
        n=english.count(score.n),
        refused=english.count(score.refused),
        within_50=english.percent(score.within_50 / score.n, 0),
        within_80=english.percent(coverage),
        estimate=charts.spot(coverage, low, high, FROM, 1, label),
        interval=english.percent_interval(low, high),
        loss=_loss(score.loss),
        plain=_loss(score.plain),
        below_plain=_below(score.below(score.plain)),
        below_press=_below(score.below(score.press)),
    )


def _loss(value: float | None) -> str:
    return "no data" if value is None else f"{value:.2f}"


def _below(share: float | None) -> str:
    """Say how much less the error is: 34% less, 0.4% more."""
    if share is None:
        return "no data"
    return f"{english.percent(abs(share))} {'less' if share >= 0 else 'more'}"


def _stand(scores: Scorecard) -> str:
    first = scores.row("all", ALL, 30)
    if first is None or not first.score.n:
        return "Too few incidents have ended to score forecasts."
    score = first.score
    coverage = english.percent(score.within_80 / score.n, 0)
    below = score.below(score.plain)
    error = "" if below is None else f", with {_below(below)} error than a forecast from past durations alone"
    cases = english.plural(score.n, "case")
    return f"Half an hour into an incident, the 80% range was right in {coverage} of {cases}{error}."


def _width(scores: Scorecard) -> str:
    """Say how wide the 80% ranges are: half of them span at least so many times their lower end."""
    rows = [(minutes, scores.row("all", ALL, minutes)) for minutes in ELAPSED]
    factors = [
        f"{row.score.factor:.0f} times after {_into(minutes)}"
        for minutes, row in rows
        if row and row.score.factor and minutes
    ]
    first = rows[0][1]
    if first is None or not first.score.factor or not factors:
        return ""
    return (
        f"The ranges are wide: their upper end is {first.score.factor:.0f} times the lower at the start (median), "
        f"{english.listing(factors, len(factors))}."
    )


def _basis(scores: Scorecard, almanac: Snapshot) -> str:
    later = scorecard.since((card for cards in almanac.cards.values() for card in cards), scores)
    ended = f"Not included yet: {english.plural(later, 'incident')} that ended since. " if later else ""
    return (
        f"Scored on {english.date(moment(scores.run_at))}: {english.plural(scores.trials, 'forecast')} of "
        f"{english.plural(scores.incidents, 'incident')}, the last of which ended on "
        f"{english.moment(moment(scores.until))}. "
        f"{ended}Data version {scores.record}."
    )


def _reliable(minutes: int, bins: Iterable[tuple[float, float, int]]) -> Reliable:
    points = tuple(bins)
    name = f"Fixed within {english.duration(minutes * english.MINUTE)}"
    pairs = ", ".join(f"{chance:.0%} predicted, {share:.0%} observed" for chance, share, _ in points)
    return Reliable(
        name=name,
        diagram=charts.diagram(points, f"{name}: {pairs}"),
        bins=tuple(
            (english.percent(chance, 0), english.percent(share, 0), english.count(n)) for chance, share, n in points
        ),
    )


def _tally(outcomes: list[tuple[Issued, issued.ForecastScore | None]]) -> str:
    over = [outcome for _, outcome in outcomes if outcome]
    if not outcomes:
        return (
            "None yet. Once a pull finds an open incident, each forecast published for it is listed here with its "
            "outcome."
        )
    hits = sum(outcome.within_80 for outcome in over)
    waiting = f"; {len(outcomes) - len(over)} still open" if len(over) < len(outcomes) else ""
    right = f"the 80% range was right in {hits} of {len(over)}{waiting}."
    return f"{english.plural(len(outcomes), 'forecast')} published: {right}"


def _shown_forecast(
    almanac: Snapshot, incidents: Mapping[tuple[str, str], Card], line: Issued, outcome: issued.ForecastScore | None
) -> ShownForecast:
    card = incidents[line.provider, line.incident]
    name = next((p.name for p in almanac.providers if p.slug == line.provider), line.provider)
    low, _, middle, _, high = (english.duration(round(minutes * 60)) for minutes in line.forecast.quantiles)
    at = moment(line.forecast.at)
    came = "still open" if outcome is None else f"it took {english.duration(round(outcome.remaining * 60))}"
    verdict = "" if outcome is None else "within the range" if outcome.within_80 else "outside the range"
    link = Link(base.incident_url(card), f"{name}: {base.name(card)}")
    return ShownForecast(base.time(at, english.moment(at)), link, f"{middle} ({low} to {high})", came, verdict)

"""The picture of an article, drawn from what it asks of the archive: a share of several providers, or a day to scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import floor
from typing import NamedTuple

from almanac.claims import Evidence, Figure
from almanac.content.article import ArticleCard
from almanac.model import Card, moment
from almanac.queries import Query
from almanac.stats.formulas import FORMULAS
from almanac.text import english
from almanac.views import base, charts
from almanac.views.around import Around
from almanac.views.base import Link
from almanac.views.charts import Estimate, Label
from almanac.views.timeline import Timeline, timeline

SHARES = ("availability", "common", "share")
MANY, FEWEST = 3, 2  # providers in a picture of shares, and where there is no day to draw
STEP = 0.1  # axes end at whole tenths
AroundOf = Callable[[Card], Around]


class Plot(NamedTuple):
    """A provider in a picture of shares."""

    provider: Link
    estimate: Estimate
    value: str
    n: str  # incidents it rests on


class ArticlePicture(NamedTuple):
    """What an article shows at its top. `caption` says what is drawn, and where its axis is cut."""

    caption: str
    plots: tuple[Plot, ...] = ()
    axis: tuple[Label, ...] = ()
    timeline: Timeline | None = None
    incident: Link | None = None  # that of the timeline


def picture(
    article: ArticleCard, evidence: Evidence, incidents: Mapping[tuple[str, str], Card], around: AroundOf | None
) -> ArticlePicture | None:
    """Return the picture of an article; None if it asks nothing that can be drawn and cites no incident."""
    groups = _groups(article)
    if shares := next((group for group in groups if len(group) >= MANY), None):
        return _shares(shares, evidence)
    cited = next((incidents[key] for key in article.incidents if key in incidents), None)
    drawn = _day(cited, around(cited)) if cited and around else None
    if cited is None or drawn is None:
        few = next((group for group in groups if len(group) >= FEWEST), None)
        return _shares(few, evidence) if few else None
    day = english.date(moment(cited.started))
    below = " Below: its other incidents; height shows severity." if drawn.others else ""
    caption = f"{day}, UTC, to scale. Bar: phases. Circles: updates.{below}"
    return ArticlePicture(caption, timeline=drawn, incident=Link(base.incident_url(cited), "Incident"))


def _day(card: Card, around: Around) -> Timeline | None:
    """Return an incident to scale, with the others of its provider; those of others are on its own page."""
    own = tuple(other for other in around.neighbours if other.provider == around.provider)
    return timeline(card, replace(around, neighbours=own))


def _groups(article: ArticleCard) -> list[dict[str, Query]]:
    """Return the questions about shares that are asked of several providers, each by provider slug, in their order."""
    groups: dict[tuple[str, ...], dict[str, Query]] = {}
    for _, query in article.figures:
        if query.question in SHARES and not query.component:
            slug = query.value if query.question == "common" else query.provider
            asked = (query.question, "" if query.question == "common" else query.value, query.other, *query.impacts)
            groups.setdefault(asked, {}).setdefault(slug, query)
    return list(groups.values())


def _shares(queries: Mapping[str, Query], evidence: Evidence) -> ArticlePicture | None:
    figures = {slug: evidence.ask(query) for slug, query in queries.items()}
    names = {provider.slug: provider.name for provider in evidence.almanac.providers}
    usable = {slug: figure for slug, figure in figures.items() if figure.bounds and slug in names}
    if len(usable) < FEWEST:
        return None
    first, last = _ends(usable.values())
    plots = [_plot(Link(base.provider_url(slug), names[slug]), figure, first, last) for slug, figure in usable.items()]
    cut = f" The axis starts at {english.percent(first, 0)}." if first else ""
    return ArticlePicture(
        caption=f"{_question(next(iter(queries.values())), names)}{_period(queries.values())}. "
        f"Dot: the share; line: 90% interval.{cut}",
        plots=tuple(plots),
        axis=charts.axis([(first, english.percent(first, 0)), (last, english.percent(last, 0))], first, last),
    )


def _ends(figures: Iterable[Figure]) -> tuple[float, float]:
    """Return where the axis begins and ends: at whole tenths around all that is drawn."""
    drawn = [edge for figure in figures for around in (figure.bounds, figure.interval) if around for edge in around]
    first = floor(min(drawn) / STEP) * STEP if min(drawn) > 0.5 else 0.0
    return round(first, 1), min(round(-floor(-max(drawn) / STEP) * STEP, 1), 1.0) or STEP


def _plot(provider: Link, figure: Figure, first: float, last: float) -> Plot:
    bounds = figure.bounds or (0.0, 0.0)
    low, high = figure.interval or ((None, None) if bounds[0] == bounds[1] else bounds)
    middle = (bounds[0] + bounds[1]) / 2
    estimate = charts.spot(middle, low, high, first, last, f"{provider.text}: {figure.words}")
    return Plot(provider, estimate, figure.words, english.count(figure.n))


def _question(query: Query, names: Mapping[str, str]) -> str:
    """Return what a picture of shares shows, as the beginning of its caption."""
    if query.question == "availability":
        formula = next(formula.name for formula in FORMULAS if formula.slug == query.value)
        return f"Share of time with no reported incident, by the formula “{formula}”"
    if query.question == "common":
        return f"Share of {names.get(query.other, query.other)}’s incident time in which the other had one too"
    return f"Share of incidents {query.value.replace('posted late', 'reported late')}"


def _period(queries: Iterable[Query]) -> str:
    """Return the period of all, if it is one."""
    spans = {(query.since, query.until) for query in queries}
    if len(spans) > 1:
        return ", each over the time that its text names"
    ((since, until),) = spans
    return f", {english.period(moment(since), moment(until - 1))}"

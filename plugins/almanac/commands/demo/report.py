"""Holds what the site of a demo showed against what was true: pure, and empty-handed where nothing happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from almanac.commands.demo.quarters import Posted, Quarter
from almanac.commands.demo.sitestate import ShownIncident
from almanac.model import TROUBLE, Card, Impact, moment
from almanac.stats import issued
from almanac.stats.issued import Issued
from almanac.world import Event

_WEIGHT = (Impact.NONE, Impact.UNKNOWN, Impact.MINOR, Impact.MAJOR, Impact.CRITICAL)


class QuarterRun(NamedTuple):
    """Quarters in a row, both ends included, at which a provider had and the site showed so many incidents open.

    `differing` are ids that only one of the two has; `on_site` is None where the site stated nothing.
    """

    provider: str
    first: datetime
    last: datetime
    true: int
    on_site: int | None
    differing: frozenset[str]

    @property
    def is_same(self) -> bool:
        """Whether the site showed what was true."""
        return self.on_site is not None and not self.differing


class Tally(NamedTuple):
    """How many states of providers the site showed at all quarters: right, wrong, and unknown, which is neither."""

    same: int
    different: int
    unknown: int


class PostLine(NamedTuple):
    """A post of the incident that is followed, and the first quarter at which the site had it; None if it never did."""

    posted: Posted
    shown_at: datetime | None


class ForecastCheck(NamedTuple):
    """A forecast as the site showed it: when, the estimated end and its 80% range; and what came of it, once it is over."""

    at: datetime
    estimate: datetime
    earliest: datetime
    latest: datetime
    ended: datetime | None
    is_right: bool | None  # within the 80% range


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The incident that is followed: what was true of it at the last quarter, and what the site showed then."""

    provider: str
    id: str
    event: Event
    on_site: ShownIncident | None
    posts: tuple[PostLine, ...]
    forecasts: tuple[ForecastCheck, ...] = ()
    posts_in_feed: int = 0


def quarter_runs(quarters: Sequence[Quarter]) -> list[QuarterRun]:
    """Return what was true and shown at each quarter, equal neighbours as one, provider by provider.

    A provider at which nothing was open, and nothing was shown so, has none.
    """
    runs: list[QuarterRun] = []
    for slug in quarters[0].open if quarters else ():
        of_one = [_quarter_run(quarter, slug) for quarter in quarters]
        if any(one.true or one.on_site for one in of_one):
            runs += _joined(of_one)
    return runs


def tally(quarters: Iterable[Quarter]) -> Tally:
    """Count the states of all providers at all quarters."""
    states = [_quarter_run(quarter, slug) for quarter in quarters for slug in quarter.open]
    unknown = sum(one.on_site is None for one in states)
    same = sum(one.is_same for one in states)
    return Tally(same, len(states) - same - unknown, unknown)


def chosen(posted: Iterable[Posted]) -> Posted | None:
    """Return the first post on the incident to follow: of those that began meanwhile the worst, of several the longest."""
    opening: dict[tuple[str, str], Posted] = {}
    latest: dict[tuple[str, str], datetime] = {}
    for one in posted:
        if one.event.kind in TROUBLE:
            key = (one.provider, one.incident)
            latest[key] = one.at
            if len(one.event.posts) == 1:
                opening[key] = one

    def weight(one: Posted) -> tuple[int, float]:
        return _WEIGHT.index(one.event.impact), (latest[one.provider, one.incident] - one.at).total_seconds()

    return max(opening.values(), key=weight, default=None)


def post_lines(quarters: Sequence[Quarter], provider: str, incident: str) -> tuple[PostLine, ...]:
    """Return the posts on an incident, oldest first, each with the quarter at which the site first had it."""
    posts = [
        one for quarter in quarters for one in quarter.posted if (one.provider, one.incident) == (provider, incident)
    ]
    return tuple(
        PostLine(one, next((q.at for q in quarters if _has(q, provider, incident, number)), None))
        for number, one in enumerate(posts, 1)
    )


def forecast_checks(forecasts: Iterable[Issued], card: Card) -> tuple[ForecastCheck, ...]:
    """Return what was forecast of an incident, and what came of it by its card."""
    lines = []
    for one in forecasts:
        if one.incident == card.id:
            at = one.forecast.at
            tenth, _, median, _, ninetieth = (moment(int(at + 60 * minutes)) for minutes in one.forecast.quantiles)
            score = issued.score(one, card)
            lines.append(
                ForecastCheck(
                    at=moment(at),
                    estimate=median,
                    earliest=tenth,
                    latest=ninetieth,
                    ended=moment(card.ended) if card.ended else None,
                    is_right=score.within_80 if score else None,
                )
            )
    return tuple(lines)


def _quarter_run(quarter: Quarter, slug: str) -> QuarterRun:
    true, site = quarter.open[slug], quarter.on_site[slug]
    differing = true ^ site.open if site.is_known else frozenset[str]()
    return QuarterRun(slug, quarter.at, quarter.at, len(true), len(site.open) if site.is_known else None, differing)


def _joined(of_one: Iterable[QuarterRun]) -> list[QuarterRun]:
    joined: list[QuarterRun] = []
    for one in of_one:
        if joined and one[3:] == joined[-1][3:]:
            joined[-1] = joined[-1]._replace(last=one.last)
        else:
            joined.append(one)
    return joined


def _has(quarter: Quarter, provider: str, incident: str, number: int) -> bool:
    """Say whether the site had so many posts on an incident at a quarter."""
    incidents: Mapping[str, ShownIncident] = quarter.on_site[provider].incidents
    return incident in incidents and len(incidents[incident].posts) >= number

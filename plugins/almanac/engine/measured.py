"""The surfaces of numbers: leaderboards of every period, backups, the scorecard, and all numbers of each provider.

They rest on whole days, so their keys hold only what was known at the last midnight; a leaderboard of a period is made
again only if an incident that touches it, or the period before it, is another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from almanac import exports, views
from almanac.engine.edition import Edition
from almanac.engine.figures import everybody, watched, whole
from almanac.engine.surface import Surface, providers
from almanac.model import Card
from almanac.stats import windows
from almanac.stats.backtest import ELAPSED
from almanac.stats.windows import DAY, Period
from almanac.views import summaries

BUCKET = 90 * DAY  # incidents are marked by the buckets of time they touch


def _periods(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((period,) for period in views.periods(edition.almanac))


def _period_key(edition: Edition, period: Period) -> object:
    """All that a leaderboard depends on: who is there, what was covered, and the incidents of the time it looks at."""
    since = windows.before(period).since if period.slug != "all" else period.since
    until = min(period.until, views.closed_at(edition.almanac) + 1)
    marks = edition.kept("marks", lambda: _marks(edition))
    touched = [marks.get((slug, bucket)) for slug in edition.providers
               for bucket in range(since // BUCKET, until // BUCKET + 1)]  # fmt: skip
    known = [watched(edition.almanac.pulls.get(slug), since, until) for slug in edition.providers]
    habits = [record.habit for record in edition.closed.values()]  # by these the intervals are calibrated
    return period, views.periods(edition.almanac), touched, known, edition.providers, habits


def _marks(edition: Edition) -> dict[tuple[str, int], bytes]:
    """For each provider and bucket of time a digest of the incidents that touch it."""
    found: dict[tuple[str, int], list[Card]] = {}
    last = views.closed_at(edition.almanac)
    for slug, cards in edition.almanac.cards.items():
        for card in cards:
            end = last if card.ended is None else max(card.ended, card.started)
            for bucket in range(card.started // BUCKET, end // BUCKET + 1):
                found.setdefault((slug, bucket), []).append(card)
    return {key: edition.facts(cards) for key, cards in found.items()}


def _capabilities(_: Edition) -> Iterable[tuple[Any, ...]]:
    return ((name,) for name in views.BACKUPS)


def _moments(_: Edition) -> Iterable[tuple[Any, ...]]:
    return ((minutes,) for minutes in ELAPSED)


def _summaries(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((period,) for period in summaries.periods(edition.almanac))


def _summary_feed(edition: Edition) -> bytes:
    items = [exports.summary(period, summaries.summary(edition.almanac, edition.closed, period), edition.plan)
             for period in summaries.periods(edition.almanac)[: exports.NEWEST]]  # fmt: skip
    return exports.atom(edition.channel("Reports", "/reports/", "atom.xml"), items)


SURFACES: tuple[Surface, ...] = (
    Surface("reports/index.html", lambda e: summaries.summaries(e.almanac, e.closed), "reports", key=everybody),
    Surface("reports/{0.slug}/index.html", lambda e, p: summaries.summary(e.almanac, e.closed, p), "report", _summaries,
            lambda e, p: (p, everybody(e))),
    Surface("reports/atom.xml", _summary_feed, key=lambda e: (everybody(e), e.begun)),
    Surface("leaderboard/{0.slug}/index.html", lambda e, p: views.leaderboard(e.almanac, e.closed, p), "leaderboard",
            _periods, _period_key),
    Surface("backups/index.html", lambda e: views.backups(e.closed), "backups", key=everybody),
    Surface("backups/{0}/index.html", lambda e, name: views.backups(e.closed, name), "backups", _capabilities,
            lambda e, _: everybody(e)),
    Surface("forecast/index.html", lambda e: views.forecast(e.almanac, e.incidents), "forecast"),
    Surface("forecast/{0}/index.html", lambda e, minutes: views.forecast(e.almanac, e.incidents, minutes), "forecast",
            _moments),
    Surface("providers/{0.slug}/numbers/index.html", lambda e, p: views.numbers(e.closed, p, e.reports(p)), "numbers",
            providers, whole),
)

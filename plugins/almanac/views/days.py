"""The worst that was declared on each day: the row of words that bars of days are drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from almanac.model import BOUND, Card, Pulls
from almanac.stats import windows
from almanac.stats.days import arrays, by_day
from almanac.stats.windows import DAY
from almanac.views import charts
from almanac.views.base import MARKS
from almanac.views.current import end

ENOUGH = 0.9  # a day without declared trouble is called clear only if so much of it was watched


def worst(cards: Iterable[Card], pulls: Pulls | None, since: int, days: int, now: int) -> tuple[str, ...]:
    """Return the worst severity of each of `days` UTC days from `since` (midnight); unknown where nobody looked.

    Trouble is shown also on days that are not covered: it was declared. The day of `now` is judged by what has passed.
    """
    severities = [charts.UNKNOWN] * days
    _fill_clear(severities, pulls, since, now)
    dated = (card for card in cards if card.started_basis != BOUND)
    for card in lasting_into(dated, since):  # the others were over before
        css = MARKS[card.impact].css
        first = max((card.started - since) // DAY, 0)
        last = min((max(end(card, pulls) - 1, card.started) - since) // DAY, days - 1)
        for day in range(first, last + 1):
            severities[day] = _worse(severities[day], css)
    return tuple(severities)


def lasting_into(cards: Iterable[Card], since: int) -> Iterator[Card]:
    """Yield the incidents that were not over at a moment."""
    return (card for card in cards if card.ended is None or card.ended > since or card.started >= since)


def _fill_clear(severities: list[str], pulls: Pulls | None, since: int, now: int) -> None:
    covered = arrays(windows.coverage(pulls, now) if pulls else ())
    watched = by_day(*covered, since + DAY * np.arange(len(severities) + 1)).tolist()
    for day, seconds in enumerate(watched):
        elapsed = min(now - (since + day * DAY), DAY)
        if elapsed <= 0:
            severities[day] = charts.TO_COME
        elif seconds >= ENOUGH * elapsed:
            severities[day] = charts.CLEAR


def _worse(severity: str, css: str) -> str:
    if css not in charts.ORDER:
        return severity
    if severity in (charts.UNKNOWN, charts.TO_COME):
        return css if css != charts.CLEAR else severity
    return max(severity, css, key=charts.ORDER.index)


def last_days(until: int, days: int) -> int:
    """Return the midnight that begins the `days` days of which the last holds the second before `until`."""
    return windows.midnight(until - 1) - (days - 1) * DAY

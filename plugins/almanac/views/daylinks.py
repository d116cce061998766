"""Where the days of a provider lead: to the incident of a day, or to that day in the list of its year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from almanac.model import BOUND, Card, Pulls, moment
from almanac.stats.windows import DAY
from almanac.views import base, pagination
from almanac.views.current import end


def anchor(day: int) -> str:
    """Return the anchor of a day (since the epoch) in a list of incidents by day."""
    return f"d-{moment(day * DAY):%Y-%m-%d}"


def day_urls(cards: Iterable[Card], history: Sequence[Card], pulls: Pulls | None, first: int) -> Mapping[int, str]:
    """Return the address of each day (since the epoch) from `first` (epoch seconds) that `cards` fall on.

    `history` is all that the provider has reported, the newest first, as the lists of its years have it. A day in which
    nothing began leads to the newest incident that was still going on.
    """
    on_day: dict[int, list[Card]] = {}
    for card in cards:
        if card.started_basis != BOUND:
            last = max(end(card, pulls) - 1, card.started)
            for day in range(max(card.started, first) // DAY, last // DAY + 1):
                on_day.setdefault(day, []).append(card)
    began = _days_of_years(history)
    return {day: _url(day, on, began) for day, on in on_day.items()}


def _url(day: int, cards: Sequence[Card], began: Mapping[int, str]) -> str:
    return base.incident_url(cards[0]) if len(cards) == 1 or day not in began else began[day]


def _days_of_years(history: Sequence[Card]) -> Mapping[int, str]:
    """Return the address of each day on which something began."""
    urls: dict[int, str] = {}
    for year, cards in groupby(history, lambda card: moment(card.started).year):
        group = tuple(cards)
        urls |= addresses(base.year_url(group[0].provider, year), group)
    return urls


def addresses(url: str, cards: Iterable[Card]) -> Mapping[int, str]:
    """Return the address of each day (since the epoch) in the list of `cards`, newest first, that begins at `url`."""
    return {day: f"{pagination.page_url(url, page)}#{anchor(day)}" for day, page in first_pages(cards).items()}


def first_pages(cards: Iterable[Card]) -> Mapping[int, int]:
    """Return for each day (since the epoch) on which page of a list it stands; one over two pages ends the first."""
    pages: dict[int, int] = {}
    for place, card in enumerate(cards):
        pages.setdefault(card.started // DAY, place // pagination.PER_PAGE + 1)
    return pages

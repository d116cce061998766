"""The bars of the last thirty days that stand in lists of providers."""

from __future__ import annotations

from almanac.model import Provider, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import charts, current, days
from almanac.views.charts import Bars

DAYS = 30


class RecentDays:
    """The last days of any provider, up to now or to the end of the record where that is earlier."""

    def __init__(self, almanac: Snapshot) -> None:
        """Draw on `almanac`."""
        now = seconds(almanac.now)
        self._almanac = almanac
        self._edge = min(now, seconds(almanac.record_until)) if almanac.record_until else now
        self._first = days.last_days(self._edge, DAYS)

    @property
    def heading(self) -> str:
        """Return what stands above the bars."""
        return f"{DAYS} days to {english.day_month(moment(self._first + (DAYS - 1) * DAY))}"

    def bars(self, provider: Provider) -> Bars:
        """Return the bars of a provider."""
        cards = current.troubles(provider, self._almanac.cards.get(provider.slug, ()))
        pulls = self._almanac.pulls.get(provider.slug)
        return charts.bars(days.worst(cards, pulls, self._first, DAYS, self._edge), f"{DAYS} days")

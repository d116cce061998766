"""What goes wrong with the answers of a feed: an outage of the feed itself, and what its host sends meanwhile."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """What a host answers in place of a feed."""

    ERROR = "500"
    MISSING = "404"
    BUSY = "429"
    WEB_PAGE = "web page"
    HALF = "half"  # the feed, cut off in the middle, called whole


class FeedOutage(NamedTuple):
    """A time in which a feed is answered with a fault."""

    url: str
    since: datetime
    until: datetime
    fault: Fault


def outages(
    chance: random.Random, urls: Sequence[str], since: datetime, until: datetime, *, days_between: float = 5.0
) -> tuple[FeedOutage, ...]:
    """Return outages of these feeds, one in `days_between` days on average: mostly minutes, now and then hours or days."""
    born = []
    for url in urls:
        at = since + timedelta(days=chance.expovariate(1 / days_between))
        while at < until:
            minutes = chance.choice([5, 14, 16, 40, 100, 700, 2000])
            end = at + timedelta(minutes=minutes)
            born.append(FeedOutage(url, at, end, chance.choice(list(Fault))))
            at = end + timedelta(days=chance.expovariate(1 / days_between))
    return tuple(born)

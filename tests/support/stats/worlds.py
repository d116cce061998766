"""Random small archives for tests of forecasts: some incidents open, some vague, some of every phase."""

from __future__ import annotations

import numpy as np

from almanac.model import Card
from tests.support.stats.cards import MIDNIGHT, card

DAY = 86_400
WORDS = ("investigating", "identified", "monitoring", "unknown", "verifying", "resolved")


def incident(
    provider: str, id_: str, started: int, ended: int | None, *posts: tuple[int, str], impact: str = "minor"
) -> Card:
    """Return an incident in epoch seconds."""
    return card(0, 1)._replace(provider=provider, id=id_, started=started, ended=ended, impact=impact, updates=posts)


def world(seed: int, n: int = 60, providers: tuple[str, ...] = ("acme", "bolt", "cogs")) -> list[Card]:
    """`n` incidents within 200 days, log-normal lengths, one in ten never seen to end."""
    random = np.random.default_rng(seed)
    cards = []
    for number in range(n):
        started = MIDNIGHT + int(random.integers(0, 200 * DAY))
        ended = started + 60 + int(random.lognormal(8, 1.2))
        between = sorted(int(t) for t in random.integers(started, ended, random.integers(0, 4)))
        posts = [(t, str(random.choice(WORDS))) for t in between]
        is_open = random.random() < 0.1
        cards.append(
            incident(
                str(random.choice(providers)),
                str(number),
                started,
                None if is_open else ended,
                (started, "investigating"),
                *posts,
                *([] if is_open else [(ended, "resolved")]),
                impact=str(random.choice(["minor", "major"])),
            )
        )
    return cards


def another_future(cards: list[Card], now: int, random: np.random.Generator) -> list[Card]:
    """Return the same archive up to `now`; what was open then goes on otherwise, and other incidents follow."""
    begun = [one if one.updates[-1][0] <= now else _otherwise(one, now, random) for one in cards if one.started <= now]
    return begun + [_sequel(i, now + 60 * i) for i in range(1, 30)]


def _otherwise(one: Card, now: int, random: np.random.Generator) -> Card:
    kept = tuple(post for post in one.updates if post[0] <= now)
    end = now + int(random.integers(120, 10**7))
    return one._replace(ended=end, updates=(*kept, (now + 60, "monitoring"), (end, "resolved")))


def _sequel(number: int, started: int) -> Card:
    posts = (started, "identified"), (started + 90, "resolved")
    return incident("acme", f"later-{number}", started, started + 90, *posts)

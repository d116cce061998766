"""Stories that take their time: a whole history of incidents brought into the feed at once."""

import re
from collections.abc import Sequence
from dataclasses import replace

from almanac.world import Event
from almanac.world.writers import statuspage
from tests.support.stories import telling as t

MANY = 4_998


def past(number: int) -> Event:
    """Return an incident of long ago, an hour after the one before."""
    return Event(id=f"past{number:08}", title="Errors", posts=(t.post(-400 * t.DAY + 60 * number, "Resolved", "x"),))


def compact(troubles: Sequence[Event], host: str) -> bytes:
    """Statuspage's feed in its shorter form of 2014, so that as many entries stay below what is read of a feed."""
    return re.sub(rb"&lt;/?var.*?&gt;|<guid>.*?</guid>", b"", statuspage.rss(troubles, host))


PAST = tuple(past(number) for number in range(MANY))

STORIES = (
    t.Story(
        title="5,000 entries at once",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(40, t.CLOSED, t.SLOW, *PAST[::-1], form=compact)),
        archive=(
            t.kept(t.CLOSED, t.update(t.LOOK, 2), t.update(t.OVER_NOW, 40)),
            t.slow(),
            *(replace(t.kept(one, t.update(one.posts[0], 40)), kind_basis="words") for one in PAST),
        ),
    ),
)

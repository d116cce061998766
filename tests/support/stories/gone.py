"""Stories of what is missing: entries, feeds, answers, and the state of the pulls."""

from dataclasses import replace

from almanac.model import Change, Span, stamp
from almanac.world import Event
from almanac.world.writers import statuspage
from tests.support.serving import raw, reply, status
from tests.support.stories import telling as t

OPEN = t.kept(t.LOGIN, t.update(t.LOOK, 2))
DONE = t.kept(t.CLOSED, t.update(t.LOOK, 2), t.update(t.OVER_NOW, 40))
ODD = t.kept(t.OTHER, t.update(t.OTHER.posts[0], 12))
FEED = statuspage.atom([t.LOGIN, t.SLOW], t.HOST)
WEEKS = range(t.DAY, 21 * t.DAY, t.DAY)


def since_long_ago(until: int) -> tuple[Span, ...]:
    return (Span(since=t.at(t.LONG_AGO), until=t.at(until)),)


STORIES = (
    t.Story(
        title="an entry disappears",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(12, t.SLOW), t.said(22, t.SLOW)),
        archive=(replace(OPEN, vanished=t.at(12)), t.slow()),
        watched=since_long_ago(22),
    ),
    t.Story(
        title="an entry disappears and comes back",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(12, t.SLOW), t.said(40, t.CLOSED, t.SLOW)),
        archive=(replace(DONE, changes=(Change(what="vanished", was=stamp(t.at(12)), until=t.at(40)),)), t.slow()),
    ),
    t.Story(
        title="the feed empties",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(32), t.said(62)),
        archive=(OPEN, t.slow()),
        watched=(*since_long_ago(2), Span(since=t.at(32), until=t.at(62))),
    ),
    t.Story(
        title="404 for weeks, while the window moved on",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            *(t.did(minute, status(404)) for minute in WEEKS),
            t.said(
                21 * t.DAY,
                Event(id="latererrors1", title="Late errors", posts=(t.post(20 * t.DAY, "Resolved", "Over."),)),
            ),
        ),
        archive=(
            OPEN,
            t.slow(),
            t.kept(
                Event(id="latererrors1", title="Late errors", posts=()),
                t.update(t.post(20 * t.DAY, "Resolved", "Over."), 21 * t.DAY),
            ),
        ),
        failed=("status",) * 20,
        watched=(*since_long_ago(2), Span(since=t.at(20 * t.DAY), until=t.at(21 * t.DAY))),
    ),
    t.Story(
        title="an error page with status 200",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.did(12, status(200, b"<!doctype html><html><title>Oops</title>")),
            t.said(40, t.CLOSED, t.SLOW),
        ),
        archive=(DONE, t.slow()),
        failed=("html",),
        watched=since_long_ago(40),
    ),
    t.Story(
        title="cut off within an entry",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.did(12, status(200, statuspage.atom([t.OTHER, t.CLOSED, t.SLOW], t.HOST)[:-500])),
            t.said(40, t.CLOSED, t.SLOW),
        ),
        archive=(DONE, t.slow()),
        failed=("truncated",),
    ),
    t.Story(
        title="cut off between entries, by a server that thinks it is whole",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(12, t.OTHER, t.LOGIN), t.said(40, t.OTHER, t.CLOSED, t.SLOW)),
        archive=(ODD, DONE, t.slow()),
        watched=since_long_ago(40),
    ),
    t.Story(
        title="entries in another order",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(12, t.SLOW, t.LOGIN, t.OTHER), t.said(40, t.OTHER, t.SLOW, t.CLOSED)),
        archive=(ODD, DONE, t.slow()),
        watched=since_long_ago(40),
    ),
    t.Story(
        title="the window shrinks to one entry",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(12, t.OTHER), t.said(22, t.OTHER)),
        archive=(OPEN, ODD, t.slow()),
        watched=(*since_long_ago(2), Span(since=t.at(10), until=t.at(22))),
    ),
    t.Story(
        title="304 by a server although the state is lost",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.did(12, raw(reply(304, etag='"x"')), lost=True),
            t.said(40, t.CLOSED, t.SLOW),
        ),
        archive=(DONE, t.slow()),
        failed=("status",),
    ),
    t.Story(
        title="the state is lost, and the feed says what it said",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(12, t.LOGIN, t.SLOW, lost=True), t.said(40, t.CLOSED, t.SLOW)),
        archive=(DONE, t.slow()),
        watched=since_long_ago(40),
    ),
)

"""Stories of what is missing: entries, feeds, answers, and the state of the pulls."""

from dataclasses import replace

from almanac.model import Change, Span, stamp
from tests.support import feedforms
from tests.support.serving import raw, reply, status
from tests.support.statuspages import Trouble
from tests.support.stories.telling import (
    CLOSED,
    DAY,
    HOST,
    LOGIN,
    LONG_AGO,
    LOOK,
    OTHER,
    OVER_NOW,
    SLOW,
    Story,
    at,
    did,
    kept,
    post,
    said,
    slow,
    update,
)

OPEN = kept(LOGIN, update(LOOK, 2))
DONE = kept(CLOSED, update(LOOK, 2), update(OVER_NOW, 40))
ODD = kept(OTHER, update(OTHER.posts[0], 12))
FEED = feedforms.atom([LOGIN, SLOW], HOST)
WEEKS = range(DAY, 21 * DAY, DAY)


def since_long_ago(until: int) -> tuple[Span, ...]:
    return (Span(since=at(LONG_AGO), until=at(until)),)


STORIES = (
    Story(
        title="an entry disappears",
        pulls=(said(2, LOGIN, SLOW), said(12, SLOW), said(22, SLOW)),
        archive=(replace(OPEN, vanished=at(12)), slow()),
        watched=since_long_ago(22),
    ),
    Story(
        title="an entry disappears and comes back",
        pulls=(said(2, LOGIN, SLOW), said(12, SLOW), said(40, CLOSED, SLOW)),
        archive=(replace(DONE, changes=(Change(what="vanished", was=stamp(at(12)), until=at(40)),)), slow()),
    ),
    Story(
        title="the feed empties",
        pulls=(said(2, LOGIN, SLOW), said(32), said(62)),
        archive=(OPEN, slow()),
        watched=(*since_long_ago(2), Span(since=at(32), until=at(62))),
    ),
    Story(
        title="404 for weeks, while the window moved on",
        pulls=(
            said(2, LOGIN, SLOW),
            *(did(minute, status(404)) for minute in WEEKS),
            said(
                21 * DAY, Trouble(id="latererrors1", title="Late errors", posts=[post(20 * DAY, "Resolved", "Over.")])
            ),
        ),
        archive=(
            OPEN,
            slow(),
            kept(
                Trouble(id="latererrors1", title="Late errors", posts=[]),
                update(post(20 * DAY, "Resolved", "Over."), 21 * DAY),
            ),
        ),
        failed=("status",) * 20,
        watched=(*since_long_ago(2), Span(since=at(20 * DAY), until=at(21 * DAY))),
    ),
    Story(
        title="an error page with status 200",
        pulls=(
            said(2, LOGIN, SLOW),
            did(12, status(200, b"<!doctype html><html><title>Oops</title>")),
            said(40, CLOSED, SLOW),
        ),
        archive=(DONE, slow()),
        failed=("html",),
        watched=since_long_ago(40),
    ),
    Story(
        title="cut off within an entry",
        pulls=(
            said(2, LOGIN, SLOW),
            did(12, status(200, feedforms.atom([OTHER, CLOSED, SLOW], HOST)[:-500])),
            said(40, CLOSED, SLOW),
        ),
        archive=(DONE, slow()),
        failed=("truncated",),
    ),
    Story(
        title="cut off between entries, by a server that thinks it is whole",
        pulls=(said(2, LOGIN, SLOW), said(12, OTHER, LOGIN), said(40, OTHER, CLOSED, SLOW)),
        archive=(ODD, DONE, slow()),
        watched=since_long_ago(40),
    ),
    Story(
        title="entries in another order",
        pulls=(said(2, LOGIN, SLOW), said(12, SLOW, LOGIN, OTHER), said(40, OTHER, SLOW, CLOSED)),
        archive=(ODD, DONE, slow()),
        watched=since_long_ago(40),
    ),
    Story(
        title="the window shrinks to one entry",
        pulls=(said(2, LOGIN, SLOW), said(12, OTHER), said(22, OTHER)),
        archive=(OPEN, ODD, slow()),
        watched=(*since_long_ago(2), Span(since=at(10), until=at(22))),
    ),
    Story(
        title="304 by a server although the state is lost",
        pulls=(said(2, LOGIN, SLOW), did(12, raw(reply(304, etag='"x"')), lost=True), said(40, CLOSED, SLOW)),
        archive=(DONE, slow()),
        failed=("status",),
    ),
    Story(
        title="the state is lost, and the feed says what it said",
        pulls=(said(2, LOGIN, SLOW), said(12, LOGIN, SLOW, lost=True), said(40, CLOSED, SLOW)),
        archive=(DONE, slow()),
        watched=since_long_ago(40),
    ),
)

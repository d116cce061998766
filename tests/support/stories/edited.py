"""Stories of what is said otherwise: titles, texts, times, phases, and the encoding of it all."""

from dataclasses import replace

from almanac.model import Change, Kind, Phase, Revision, Span, stamp
from tests.support import feedforms
from tests.support.serving import page, status
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

RENAMED = replace(LOGIN, title="Login problems")
REWRITTEN = post(0, "Investigating", "Logins and uploads fail.")
AGAIN = post(50, "Identified", "Logins fail again.")
END = post(70, "Resolved", "Over.")
EARLIER, LATER = post(-45, "Investigating", "Logins fail."), post(20, "Resolved", "Logins work again.")
ACCENTS = replace(LOGIN, title="Erreurs à l’accès", posts=[post(0, "Investigating", "Accès refusé — délai.")])
WESTERN = replace(LOGIN, title="Erreurs d'accès", posts=[post(0, "Investigating", "Accès refusé.")])


def encoded(name: str, *troubles: Trouble) -> bytes:
    """Return the feed of these in another encoding, which it declares."""
    return feedforms.atom(troubles, HOST).decode().replace("UTF-8", name).encode(name)


def with_updated(minute: int, *troubles: Trouble) -> bytes:
    """Return the feed of these, each said to have been updated then."""
    more = f"</published><updated>{stamp(at(minute))}</updated>".encode()
    return feedforms.atom(troubles, HOST).replace(b"</published>", more)


MISDECLARED = encoded("iso-8859-1", WESTERN, SLOW).replace(b"iso-8859-1", b"utf-8")

STORIES = (
    Story(
        title="a title is edited and edited back",
        pulls=(said(2, LOGIN, SLOW), said(12, RENAMED, SLOW), said(22, LOGIN, SLOW)),
        archive=(
            kept(
                LOGIN,
                update(LOOK, 2),
                changes=(
                    Change(what="title", was="Login errors", until=at(12)),
                    Change(what="title", was="Login problems", until=at(22)),
                ),
            ),
            slow(),
        ),
    ),
    Story(
        title="a text is edited and edited back",
        pulls=(said(2, LOGIN, SLOW), said(12, replace(LOGIN, posts=[REWRITTEN]), SLOW), said(22, LOGIN, SLOW)),
        archive=(
            kept(
                LOGIN,
                update(
                    LOOK,
                    2,
                    was=(
                        Revision(text="Logins fail.", until=at(12)),
                        Revision(text="Logins and uploads fail.", until=at(22)),
                    ),
                ),
            ),
            slow(),
        ),
    ),
    Story(
        title="an incident is reopened, and closed again",
        pulls=(
            said(2, LOGIN, SLOW),
            said(40, CLOSED, SLOW),
            said(52, replace(LOGIN, posts=[LOOK, OVER_NOW, AGAIN]), SLOW),
            said(72, replace(LOGIN, posts=[LOOK, OVER_NOW, AGAIN, END]), SLOW),
        ),
        archive=(
            kept(
                LOGIN,
                update(LOOK, 2),
                update(OVER_NOW, 40),
                update(AGAIN, 52),
                update(END, 72),
                changes=(Change(what="ended", was=stamp(at(30)), until=at(52)),),
            ),
            slow(),
        ),
    ),
    Story(
        title="dates are moved",
        pulls=(said(2, LOGIN, SLOW), said(40, CLOSED, SLOW), said(60, replace(CLOSED, posts=[EARLIER, LATER]), SLOW)),
        archive=(
            kept(
                LOGIN,
                update(EARLIER, 2, was=(Revision(text="Logins fail.", until=at(60), at=at(0)),)),
                update(LATER, 40, was=(Revision(text="Logins work again.", until=at(60), at=at(30)),)),
                changes=(
                    Change(what="started", was=stamp(at(0)), until=at(60)),
                    Change(what="ended", was=stamp(at(30)), until=at(60)),
                ),
            ),
            slow(),
        ),
    ),
    Story(
        title="a phase is renamed",
        pulls=(said(2, LOGIN, SLOW), said(12, replace(LOGIN, posts=[replace(LOOK, printed="Identified")]), SLOW)),
        archive=(
            kept(
                LOGIN,
                update(
                    replace(LOOK, printed="Identified"),
                    2,
                    was=(Revision(text="Logins fail.", until=at(12), printed="Investigating"),),
                ),
            ),
            slow(),
        ),
    ),
    Story(
        title="a post is removed and put back",
        pulls=(said(40, CLOSED, SLOW), said(52, LOGIN, SLOW), said(62, CLOSED, SLOW)),
        archive=(
            kept(
                CLOSED,
                update(LOOK, 40),
                update(OVER_NOW, 40),
                changes=(
                    Change(what="ended", was=stamp(at(30)), until=at(52)),
                    Change(what=f"gone update {stamp(at(30))}", was=stamp(at(52)), until=at(62)),
                ),
            ),
            slow(40),
        ),
    ),
    Story(
        title="updated lies before published",
        pulls=(did(2, page(with_updated(-60, LOGIN, SLOW))), did(40, page(with_updated(-50, CLOSED, SLOW)))),
        archive=(kept(CLOSED, update(LOOK, 2), update(OVER_NOW, 40)), slow()),
        watched=(Span(since=at(LONG_AGO), until=at(40)),),
    ),
    Story(
        title="a plain feed whose updated lies before published",
        pulls=(
            did(
                2,
                page(
                    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:x:1</id><title>Odd errors</title>'
                    b"<published>2026-03-02T12:00:00Z</published><updated>2026-03-02T11:00:00Z</updated>"
                    b"<summary>Some.</summary></entry></feed>"
                ),
            ),
        ),
        archive=(
            kept(
                Trouble(id="urn:x:1", title="Odd errors", posts=[]),
                update(replace(LOOK, printed="", text="Some."), 2, phase=Phase.UNKNOWN),
                kind=Kind.UNKNOWN,
                kind_basis="words",
                started_basis="pubdate",
                source="",
                dialect="plain",
                precision="second",
            ),
        ),
    ),
    Story(
        title="no entry has a date, but its posts have",
        pulls=tuple(
            did(minute, page(feedforms.atom([trouble, SLOW], HOST).replace(b"published>", b"pub>")))
            for minute, trouble in ((2, LOGIN), (40, CLOSED))
        ),
        archive=(kept(CLOSED, update(LOOK, 2), update(OVER_NOW, 40)), slow()),
        watched=(Span(since=at(2), until=at(40)),),
    ),
    Story(
        title="the encoding switches",
        pulls=(
            said(2, ACCENTS, SLOW),
            did(12, status(200, encoded("UTF-16", ACCENTS, SLOW))),
            did(22, status(200, encoded("windows-1252", ACCENTS, SLOW))),
            said(32, ACCENTS, SLOW),
        ),
        archive=(kept(ACCENTS, update(ACCENTS.posts[0], 2), kind_basis="impact"), slow()),
        watched=(Span(since=at(LONG_AGO), until=at(32)),),
    ),
    Story(
        title="an encoding that is not the declared one",
        pulls=(
            said(2, WESTERN, SLOW),
            did(12, status(200, MISDECLARED)),
            did(22, status(200, encoded("iso-8859-1", WESTERN, SLOW))),
        ),
        archive=(kept(WESTERN, update(WESTERN.posts[0], 2), kind_basis="impact"), slow()),
        failed=("malformed",),
    ),
    Story(
        title="the clock goes back a day, and is mended",
        pulls=(said(2, LOGIN, SLOW), said(2 - DAY, OTHER, LOGIN, SLOW), said(40, CLOSED, SLOW)),
        archive=(kept(CLOSED, update(LOOK, 2), update(OVER_NOW, 40)), slow()),
        failed=("archive",),
        watched=(Span(since=at(LONG_AGO), until=at(40)),),
    ),
    Story(
        title="pulled twice in a second, between which the page changed",
        pulls=(said(12, LOGIN, SLOW), said(12, replace(LOGIN, title="Login problems", posts=[REWRITTEN]), OTHER, SLOW)),
        archive=(
            kept(
                RENAMED,
                update(REWRITTEN, 12, was=(Revision(text="Logins fail.", until=at(12)),)),
                changes=(Change(what="title", was="Login errors", until=at(12)),),
            ),
            kept(OTHER, update(OTHER.posts[0], 12)),
            slow(12),
        ),
    ),
)

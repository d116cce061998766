"""Stories of what is said otherwise: titles, texts, times, phases, and the encoding of it all."""

from dataclasses import replace

from almanac.model import Change, Kind, Phase, Revision, Span, stamp
from almanac.world import Event
from almanac.world.writers import statuspage
from tests.support.serving import page, status
from tests.support.stories import telling as t

RENAMED = replace(t.LOGIN, title="Login problems")
REWRITTEN = t.post(0, "Investigating", "Logins and uploads fail.")
AGAIN = t.post(50, "Identified", "Logins fail again.")
END = t.post(70, "Resolved", "Over.")
EARLIER, LATER = t.post(-45, "Investigating", "Logins fail."), t.post(20, "Resolved", "Logins work again.")
ACCENTS = replace(t.LOGIN, title="Erreurs à l’accès", posts=(t.post(0, "Investigating", "Accès refusé — délai."),))
WESTERN = replace(t.LOGIN, title="Erreurs d'accès", posts=(t.post(0, "Investigating", "Accès refusé."),))


def encoded(name: str, *troubles: Event) -> bytes:
    """Return the feed of these in another encoding, which it declares."""
    return statuspage.atom(troubles, t.HOST).decode().replace("UTF-8", name).encode(name)


def with_updated(minute: int, *troubles: Event) -> bytes:
    """Return the feed of these, each said to have been updated then."""
    more = f"</published><updated>{stamp(t.at(minute))}</updated>".encode()
    return statuspage.atom(troubles, t.HOST).replace(b"</published>", more)


MISDECLARED = encoded("iso-8859-1", WESTERN, t.SLOW).replace(b"iso-8859-1", b"utf-8")

STORIES = (
    t.Story(
        title="a title is edited and edited back",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(12, RENAMED, t.SLOW), t.said(22, t.LOGIN, t.SLOW)),
        archive=(
            t.kept(
                t.LOGIN,
                t.update(t.LOOK, 2),
                changes=(
                    Change(what="title", was="Login errors", until=t.at(12)),
                    Change(what="title", was="Login problems", until=t.at(22)),
                ),
            ),
            t.slow(),
        ),
    ),
    t.Story(
        title="a text is edited and edited back",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.said(12, replace(t.LOGIN, posts=(REWRITTEN,)), t.SLOW),
            t.said(22, t.LOGIN, t.SLOW),
        ),
        archive=(
            t.kept(
                t.LOGIN,
                t.update(
                    t.LOOK,
                    2,
                    was=(
                        Revision(text="Logins fail.", until=t.at(12)),
                        Revision(text="Logins and uploads fail.", until=t.at(22)),
                    ),
                ),
            ),
            t.slow(),
        ),
    ),
    t.Story(
        title="an incident is reopened, and closed again",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.said(40, t.CLOSED, t.SLOW),
            t.said(52, replace(t.LOGIN, posts=(t.LOOK, t.OVER_NOW, AGAIN)), t.SLOW),
            t.said(72, replace(t.LOGIN, posts=(t.LOOK, t.OVER_NOW, AGAIN, END)), t.SLOW),
        ),
        archive=(
            t.kept(
                t.LOGIN,
                t.update(t.LOOK, 2),
                t.update(t.OVER_NOW, 40),
                t.update(AGAIN, 52),
                t.update(END, 72),
                changes=(Change(what="ended", was=stamp(t.at(30)), until=t.at(52)),),
            ),
            t.slow(),
        ),
    ),
    t.Story(
        title="dates are moved",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.said(40, t.CLOSED, t.SLOW),
            t.said(60, replace(t.CLOSED, posts=(EARLIER, LATER)), t.SLOW),
        ),
        archive=(
            t.kept(
                t.LOGIN,
                t.update(EARLIER, 2, was=(Revision(text="Logins fail.", until=t.at(60), at=t.at(0)),)),
                t.update(LATER, 40, was=(Revision(text="Logins work again.", until=t.at(60), at=t.at(30)),)),
                changes=(
                    Change(what="started", was=stamp(t.at(0)), until=t.at(60)),
                    Change(what="ended", was=stamp(t.at(30)), until=t.at(60)),
                ),
            ),
            t.slow(),
        ),
    ),
    t.Story(
        title="a phase is renamed",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.said(12, replace(t.LOGIN, posts=(replace(t.LOOK, printed="Identified"),)), t.SLOW),
        ),
        archive=(
            t.kept(
                t.LOGIN,
                t.update(
                    replace(t.LOOK, printed="Identified"),
                    2,
                    was=(Revision(text="Logins fail.", until=t.at(12), printed="Investigating"),),
                ),
            ),
            t.slow(),
        ),
    ),
    t.Story(
        title="a post is removed and put back",
        pulls=(t.said(40, t.CLOSED, t.SLOW), t.said(52, t.LOGIN, t.SLOW), t.said(62, t.CLOSED, t.SLOW)),
        archive=(
            t.kept(
                t.CLOSED,
                t.update(t.LOOK, 40),
                t.update(t.OVER_NOW, 40),
                changes=(
                    Change(what="ended", was=stamp(t.at(30)), until=t.at(52)),
                    Change(what=f"gone update {stamp(t.at(30))}", was=stamp(t.at(52)), until=t.at(62)),
                ),
            ),
            t.slow(40),
        ),
    ),
    t.Story(
        title="updated lies before published",
        pulls=(
            t.did(2, page(with_updated(-60, t.LOGIN, t.SLOW))),
            t.did(40, page(with_updated(-50, t.CLOSED, t.SLOW))),
        ),
        archive=(t.kept(t.CLOSED, t.update(t.LOOK, 2), t.update(t.OVER_NOW, 40)), t.slow()),
        watched=(Span(since=t.at(t.LONG_AGO), until=t.at(40)),),
    ),
    t.Story(
        title="a plain feed whose updated lies before published",
        pulls=(
            t.did(
                2,
                page(
                    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:x:1</id><title>Odd errors</title>'
                    b"<published>2026-03-02T12:00:00Z</published><updated>2026-03-02T11:00:00Z</updated>"
                    b"<summary>Some.</summary></entry></feed>"
                ),
            ),
        ),
        archive=(
            t.kept(
                Event(id="urn:x:1", title="Odd errors", posts=()),
                t.update(replace(t.LOOK, printed="", text="Some."), 2, phase=Phase.UNKNOWN),
                kind=Kind.UNKNOWN,
                kind_basis="words",
                started_basis="pubdate",
                source="",
                dialect="plain",
                precision="second",
            ),
        ),
    ),
    t.Story(
        title="no entry has a date, but its posts have",
        pulls=tuple(
            t.did(minute, page(statuspage.atom([trouble, t.SLOW], t.HOST).replace(b"published>", b"pub>")))
            for minute, trouble in ((2, t.LOGIN), (40, t.CLOSED))
        ),
        archive=(t.kept(t.CLOSED, t.update(t.LOOK, 2), t.update(t.OVER_NOW, 40)), t.slow()),
        watched=(Span(since=t.at(2), until=t.at(40)),),
    ),
    t.Story(
        title="the encoding switches",
        pulls=(
            t.said(2, ACCENTS, t.SLOW),
            t.did(12, status(200, encoded("UTF-16", ACCENTS, t.SLOW))),
            t.did(22, status(200, encoded("windows-1252", ACCENTS, t.SLOW))),
            t.said(32, ACCENTS, t.SLOW),
        ),
        archive=(t.kept(ACCENTS, t.update(ACCENTS.posts[0], 2), kind_basis="impact"), t.slow()),
        watched=(Span(since=t.at(t.LONG_AGO), until=t.at(32)),),
    ),
    t.Story(
        title="an encoding that is not the declared one",
        pulls=(
            t.said(2, WESTERN, t.SLOW),
            t.did(12, status(200, MISDECLARED)),
            t.did(22, status(200, encoded("iso-8859-1", WESTERN, t.SLOW))),
        ),
        archive=(t.kept(WESTERN, t.update(WESTERN.posts[0], 2), kind_basis="impact"), t.slow()),
        failed=("malformed",),
    ),
    t.Story(
        title="the clock goes back a day, and is mended",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.said(2 - t.DAY, t.OTHER, t.LOGIN, t.SLOW), t.said(40, t.CLOSED, t.SLOW)),
        archive=(t.kept(t.CLOSED, t.update(t.LOOK, 2), t.update(t.OVER_NOW, 40)), t.slow()),
        failed=("archive",),
        watched=(Span(since=t.at(t.LONG_AGO), until=t.at(40)),),
    ),
    t.Story(
        title="pulled twice in a second, between which the page changed",
        pulls=(
            t.said(12, t.LOGIN, t.SLOW),
            t.said(12, replace(t.LOGIN, title="Login problems", posts=(REWRITTEN,)), t.OTHER, t.SLOW),
        ),
        archive=(
            t.kept(
                RENAMED,
                t.update(REWRITTEN, 12, was=(Revision(text="Logins fail.", until=t.at(12)),)),
                changes=(Change(what="title", was="Login errors", until=t.at(12)),),
            ),
            t.kept(t.OTHER, t.update(t.OTHER.posts[0], 12)),
            t.slow(12),
        ),
    ),
)

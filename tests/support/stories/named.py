"""Stories of names: ids and links that change, are shared, move house, or are there twice; what is merged or split."""

from dataclasses import replace

from almanac.model import Change, Incident, Update
from almanac.world import Event, Post
from almanac.world.writers import incidentio, plain, statuspage
from tests.support.serving import by_path, page, status
from tests.support.stories import telling as t

DONE = t.kept(t.CLOSED, t.update(t.LOOK, 2), t.update(t.OVER_NOW, 40))
ODD = t.kept(t.OTHER, t.update(t.OTHER.posts[0], 12))
MORE = t.post(5, "Identified", "A disk is full.")
KNOWN = replace(t.LOGIN, posts=(t.LOOK, MORE))
STALE = replace(t.LOGIN, title="Login trouble", posts=(replace(t.LOOK, text="Logins may fail."),))
TO_THE_SECOND = replace(t.LOGIN, posts=(t.post(0, "Investigating", "Logins fail.", second=40),))
ULID = incidentio.ulid(t.LOGIN)
FEEDS = tuple(f"https://{t.HOST}/history.{form}" for form in ("atom", "rss"))


def moved(host: str, *troubles: Event) -> bytes:
    """Return the feed of these with links to another host, with the double slash some pages have."""
    return statuspage.atom(troubles, t.HOST).replace(f"https://{t.HOST}/inc".encode(), f"https://{host}//inc".encode())


def renumbered(*troubles: Event) -> bytes:
    """Return the feed of these with other numbers in the ids of its entries."""
    return statuspage.atom(troubles, t.HOST).replace(b"Incident/", b"Incident/77")


def news(*entries: tuple[str, str, Post]) -> t.Said:
    """Return a plain feed of (guid, link, post) at the minute of its newest post and two more."""
    latest = max(entry[2].at for entry in entries)
    items = "".join(plain.item(guid, "Login errors", words, link=link) for guid, link, words in entries)
    return t.did(int((latest - t.at(0)).total_seconds()) // 60 + 2, page(plain.channel(items, t.HOST)))


def in_news(guid: str, link: str, *updates: Update, **more: object) -> Incident:
    """Return what is kept of it."""
    named = Event(id=guid, title="Login errors", posts=())
    facts = {"source": link, "dialect": "plain", "started_basis": "pubdate", "precision": "second"} | more
    return t.kept(named, *updates, **facts)


PAGE, OTHER_PAGE = f"https://{t.HOST}/news/login", f"https://{t.HOST}/archive/login"

STORIES = (
    t.Story(
        title="an entry stands there twice",
        pulls=(
            t.said(2, t.LOGIN, t.LOGIN, t.SLOW),
            t.said(12, t.LOGIN, t.OTHER, t.LOGIN, t.SLOW),
            t.said(40, t.CLOSED, t.CLOSED, t.OTHER, t.SLOW),
        ),
        archive=(DONE, ODD, t.slow()),
    ),
    t.Story(
        title="one guid with two contents",
        pulls=(
            t.said(2, STALE, t.LOGIN, t.SLOW),
            t.said(12, KNOWN, STALE, t.SLOW),
            t.said(22, STALE, t.OTHER, KNOWN, t.SLOW),
            t.said(32, t.OTHER, KNOWN, t.SLOW),
        ),
        archive=(
            t.kept(
                KNOWN,
                t.update(t.LOOK, 2),
                t.update(STALE.posts[0], 2, gone=t.at(32)),
                t.update(MORE, 12),
                changes=(Change(what="title", was="Login trouble", until=t.at(12)),),
            ),
            replace(ODD, updates=(t.update(t.OTHER.posts[0], 22),), first_seen=t.at(22)),
            t.slow(),
        ),
    ),
    t.Story(
        title="the guid changes and the link does not",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.did(40, page(renumbered(t.CLOSED, t.SLOW)))),
        archive=(DONE, t.slow()),
    ),
    t.Story(
        title="the guid of a plain feed changes and its link does not",
        pulls=(
            news(("urn:x:1", PAGE, t.LOOK)),
            news(("urn:x:2", PAGE, t.LOOK), ("urn:x:9", OTHER_PAGE, MORE)),
            news(("urn:x:3", PAGE, t.LOOK))._replace(minute=40),
        ),
        archive=(
            in_news("urn:x:1", PAGE, t.update(t.LOOK, 2), aliases=("urn:x:2", "urn:x:3")),
            in_news("urn:x:9", OTHER_PAGE, t.update(MORE, 7)),
        ),
    ),
    t.Story(
        title="the link of a plain feed changes and its guid does not",
        pulls=(news(("urn:x:1", PAGE, t.LOOK)), news(("urn:x:1", OTHER_PAGE, t.LOOK))._replace(minute=40)),
        archive=(in_news("urn:x:1", OTHER_PAGE, t.update(t.LOOK, 2)),),
    ),
    t.Story(
        title="the page moves to another host, with double slashes",
        pulls=(t.said(2, t.LOGIN, t.SLOW), t.did(40, page(moved("status.acme.example", t.CLOSED, t.SLOW)))),
        archive=(
            replace(DONE, source="https://status.acme.example/incidents/loginerrors1"),
            replace(t.slow(), source="https://status.acme.example/incidents/slowanswers1"),
        ),
    ),
    t.Story(
        title="the page moves from Statuspage to incident.io under one address",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.said(40, t.CLOSED, form=incidentio.atom),
            t.said(50, t.CLOSED, form=incidentio.atom),
        ),
        archive=(
            t.kept(t.LOGIN, t.update(t.LOOK, 2)),
            t.slow(),
            t.kept(
                t.CLOSED,
                t.update(t.OVER_NOW, 40),
                id=ULID,
                dialect="incidentio",
                started=t.at(0),
                started_basis="ulid",
                precision="second",
                source=f"https://{t.HOST}/incidents/{ULID}",
            ),
        ),
        twins=((ULID, t.LOGIN.id),),  # no post in common tells for certain: a person decides
    ),
    t.Story(
        title="two providers use one guid",
        feeds=(f"https://{t.HOST}/history.atom", "https://beta.example/history.atom"),
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.said(12, RENAMED := replace(t.LOGIN, title="Upload errors"), host="beta.example"),
            t.said(40, t.CLOSED, t.SLOW),
            t.said(50, RENAMED, host="beta.example"),
        ),
        archive=(DONE, t.slow(), t.kept(RENAMED, t.update(t.LOOK, 12), provider="beta")),
    ),
    t.Story(
        title="RSS and Atom of one incident, by turns",
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.said(12, t.LOGIN, t.SLOW, form=statuspage.rss),
            t.said(40, t.CLOSED, t.SLOW),
            t.said(50, t.CLOSED, t.SLOW, form=statuspage.rss),
        ),
        archive=(DONE, t.slow()),
    ),
    t.Story(
        title="RSS where Atom fails, and Atom again",
        feeds=FEEDS,
        pulls=(
            t.said(2, t.LOGIN, t.SLOW),
            t.did(
                12,
                by_path(
                    {"/history.rss": page(statuspage.rss([t.LOGIN, t.SLOW], t.HOST)), "/history.atom": status(404)}
                ),
            ),
            t.said(40, t.CLOSED, t.SLOW),
        ),
        archive=(DONE, t.slow()),
        failed=("status",),
    ),
    t.Story(
        title="the feed and the API of one page, by turns",
        pulls=(
            t.said(2, TO_THE_SECOND, t.SLOW),
            t.said(40, TO_THE_SECOND, t.SLOW, form=statuspage.api),
            t.said(50, TO_THE_SECOND, t.SLOW),
        ),
        archive=(
            t.kept(TO_THE_SECOND, t.update(TO_THE_SECOND.posts[0], 2), precision="second"),
            replace(t.slow(), precision="second"),
        ),
    ),
    t.Story(
        title="two incidents are merged",
        pulls=(
            t.said(12, t.OTHER, t.LOGIN, t.SLOW),
            t.said(40, replace(t.LOGIN, posts=(t.LOOK, t.OTHER.posts[0], t.OVER_NOW)), t.SLOW),
        ),
        archive=(
            t.kept(t.LOGIN, t.update(t.LOOK, 12), t.update(t.OTHER.posts[0], 40), t.update(t.OVER_NOW, 40)),
            replace(ODD, vanished=t.at(40)),
            t.slow(12),
        ),
    ),
    t.Story(
        title="an incident is split",
        pulls=(
            t.said(12, replace(t.LOGIN, posts=(t.LOOK, t.OTHER.posts[0])), t.SLOW),
            t.said(40, t.OTHER, t.CLOSED, t.SLOW),
        ),
        archive=(
            t.kept(
                t.LOGIN, t.update(t.LOOK, 12), t.update(t.OTHER.posts[0], 12, gone=t.at(40)), t.update(t.OVER_NOW, 40)
            ),
            t.kept(t.OTHER, t.update(t.OTHER.posts[0], 40)),
            t.slow(12),
        ),
    ),
    t.Story(
        title="blank entries stand among the others",
        pulls=(
            t.said(2, t.LOGIN, t.OTHER, t.SLOW),
            t.did(
                40,
                page(
                    statuspage.atom([t.CLOSED, t.SLOW], t.HOST).replace(
                        b"</feed>", b"<entry/><entry><title> </title><content/></entry></feed>"
                    )
                ),
            ),
        ),
        archive=(DONE, replace(ODD, updates=(t.update(t.OTHER.posts[0], 2),), first_seen=t.at(2)), t.slow()),
        skipped=("entry 3", "entry 4"),
    ),
)

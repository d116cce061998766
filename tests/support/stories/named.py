"""Stories of names: ids and links that change, are shared, move house, or are there twice; what is merged or split."""

from dataclasses import replace

from almanac.model import Change, Incident, Update
from tests.support import feedforms
from tests.support.serving import by_path, page, status
from tests.support.statuspages import Post, Trouble
from tests.support.stories.telling import (
    CLOSED,
    HOST,
    LOGIN,
    LOOK,
    OTHER,
    OVER_NOW,
    SLOW,
    Said,
    Story,
    at,
    did,
    kept,
    post,
    said,
    slow,
    update,
)

DONE = kept(CLOSED, update(LOOK, 2), update(OVER_NOW, 40))
ODD = kept(OTHER, update(OTHER.posts[0], 12))
MORE = post(5, "Identified", "A disk is full.")
KNOWN = replace(LOGIN, posts=[LOOK, MORE])
STALE = replace(LOGIN, title="Login trouble", posts=[replace(LOOK, text="Logins may fail.")])
TO_THE_SECOND = replace(LOGIN, posts=[post(0, "Investigating", "Logins fail.", second=40)])
ULID = feedforms.ulid(LOGIN)
FEEDS = tuple(f"https://{HOST}/history.{form}" for form in ("atom", "rss"))


def moved(host: str, *troubles: Trouble) -> bytes:
    """Return the feed of these with links to another host, with the double slash some pages have."""
    return feedforms.atom(troubles, HOST).replace(f"https://{HOST}/inc".encode(), f"https://{host}//inc".encode())


def renumbered(*troubles: Trouble) -> bytes:
    """Return the feed of these with other numbers in the ids of its entries."""
    return feedforms.atom(troubles, HOST).replace(b"Incident/", b"Incident/77")


def news(*entries: tuple[str, str, Post]) -> Said:
    """Return a plain feed of (guid, link, post) at the minute of its newest post and two more."""
    latest = max(entry[2].at for entry in entries)
    items = "".join(feedforms.item(guid, "Login errors", post, link=link) for guid, link, post in entries)
    return did(int((latest - at(0)).total_seconds()) // 60 + 2, page(feedforms.channel(items, HOST)))


def in_news(guid: str, link: str, *updates: Update, **more: object) -> Incident:
    """Return what is kept of it."""
    named = Trouble(id=guid, title="Login errors", posts=[])
    facts = {"source": link, "dialect": "plain", "started_basis": "pubdate", "precision": "second"} | more
    return kept(named, *updates, **facts)


PAGE, OTHER_PAGE = f"https://{HOST}/news/login", f"https://{HOST}/archive/login"

STORIES = (
    Story(
        title="an entry stands there twice",
        pulls=(said(2, LOGIN, LOGIN, SLOW), said(12, LOGIN, OTHER, LOGIN, SLOW), said(40, CLOSED, CLOSED, OTHER, SLOW)),
        archive=(DONE, ODD, slow()),
    ),
    Story(
        title="one guid with two contents",
        pulls=(
            said(2, STALE, LOGIN, SLOW),
            said(12, KNOWN, STALE, SLOW),
            said(22, STALE, OTHER, KNOWN, SLOW),
            said(32, OTHER, KNOWN, SLOW),
        ),
        archive=(
            kept(
                KNOWN,
                update(LOOK, 2),
                update(STALE.posts[0], 2, gone=at(32)),
                update(MORE, 12),
                changes=(Change(what="title", was="Login trouble", until=at(12)),),
            ),
            replace(ODD, updates=(update(OTHER.posts[0], 22),), first_seen=at(22)),
            slow(),
        ),
    ),
    Story(
        title="the guid changes and the link does not",
        pulls=(said(2, LOGIN, SLOW), did(40, page(renumbered(CLOSED, SLOW)))),
        archive=(DONE, slow()),
    ),
    Story(
        title="the guid of a plain feed changes and its link does not",
        pulls=(
            news(("urn:x:1", PAGE, LOOK)),
            news(("urn:x:2", PAGE, LOOK), ("urn:x:9", OTHER_PAGE, MORE)),
            news(("urn:x:3", PAGE, LOOK))._replace(minute=40),
        ),
        archive=(
            in_news("urn:x:1", PAGE, update(LOOK, 2), aliases=("urn:x:2", "urn:x:3")),
            in_news("urn:x:9", OTHER_PAGE, update(MORE, 7)),
        ),
    ),
    Story(
        title="the link of a plain feed changes and its guid does not",
        pulls=(news(("urn:x:1", PAGE, LOOK)), news(("urn:x:1", OTHER_PAGE, LOOK))._replace(minute=40)),
        archive=(in_news("urn:x:1", OTHER_PAGE, update(LOOK, 2)),),
    ),
    Story(
        title="the page moves to another host, with double slashes",
        pulls=(said(2, LOGIN, SLOW), did(40, page(moved("status.acme.example", CLOSED, SLOW)))),
        archive=(
            replace(DONE, source="https://status.acme.example/incidents/loginerrors1"),
            replace(slow(), source="https://status.acme.example/incidents/slowanswers1"),
        ),
    ),
    Story(
        title="the page moves from Statuspage to incident.io under one address",
        pulls=(
            said(2, LOGIN, SLOW),
            said(40, CLOSED, form=feedforms.incidentio),
            said(50, CLOSED, form=feedforms.incidentio),
        ),
        archive=(
            kept(LOGIN, update(LOOK, 2)),
            slow(),
            kept(
                CLOSED,
                update(OVER_NOW, 40),
                id=ULID,
                dialect="incidentio",
                started=at(0),
                started_basis="ulid",
                precision="second",
                source=f"https://{HOST}/incidents/{ULID}",
            ),
        ),
        twins=((ULID, LOGIN.id),),
    ),
    Story(
        title="two providers use one guid",
        feeds=(f"https://{HOST}/history.atom", "https://beta.example/history.atom"),
        pulls=(
            said(2, LOGIN, SLOW),
            said(12, RENAMED := replace(LOGIN, title="Upload errors"), host="beta.example"),
            said(40, CLOSED, SLOW),
            said(50, RENAMED, host="beta.example"),
        ),
        archive=(DONE, slow(), kept(RENAMED, update(LOOK, 12), provider="beta")),
    ),
    Story(
        title="RSS and Atom of one incident, by turns",
        pulls=(
            said(2, LOGIN, SLOW),
            said(12, LOGIN, SLOW, form=feedforms.rss),
            said(40, CLOSED, SLOW),
            said(50, CLOSED, SLOW, form=feedforms.rss),
        ),
        archive=(DONE, slow()),
    ),
    Story(
        title="RSS where Atom fails, and Atom again",
        feeds=FEEDS,
        pulls=(
            said(2, LOGIN, SLOW),
            did(12, by_path({"/history.rss": page(feedforms.rss([LOGIN, SLOW], HOST)), "/history.atom": status(404)})),
            said(40, CLOSED, SLOW),
        ),
        archive=(DONE, slow()),
        failed=("status",),
    ),
    Story(
        title="the feed and the API of one page, by turns",
        pulls=(
            said(2, TO_THE_SECOND, SLOW),
            said(40, TO_THE_SECOND, SLOW, form=feedforms.api),
            said(50, TO_THE_SECOND, SLOW),
        ),
        archive=(
            kept(TO_THE_SECOND, update(TO_THE_SECOND.posts[0], 2), precision="second"),
            replace(slow(), precision="second"),
        ),
    ),
    Story(
        title="two incidents are merged",
        pulls=(said(12, OTHER, LOGIN, SLOW), said(40, replace(LOGIN, posts=[LOOK, OTHER.posts[0], OVER_NOW]), SLOW)),
        archive=(
            kept(LOGIN, update(LOOK, 12), update(OTHER.posts[0], 40), update(OVER_NOW, 40)),
            replace(ODD, vanished=at(40)),
            slow(12),
        ),
    ),
    Story(
        title="an incident is split",
        pulls=(said(12, replace(LOGIN, posts=[LOOK, OTHER.posts[0]]), SLOW), said(40, OTHER, CLOSED, SLOW)),
        archive=(
            kept(LOGIN, update(LOOK, 12), update(OTHER.posts[0], 12, gone=at(40)), update(OVER_NOW, 40)),
            kept(OTHER, update(OTHER.posts[0], 40)),
            slow(12),
        ),
    ),
    Story(
        title="blank entries stand among the others",
        pulls=(
            said(2, LOGIN, OTHER, SLOW),
            did(
                40,
                page(
                    feedforms.atom([CLOSED, SLOW], HOST).replace(
                        b"</feed>", b"<entry/><entry><title> </title><content/></entry></feed>"
                    )
                ),
            ),
        ),
        archive=(DONE, replace(ODD, updates=(update(OTHER.posts[0], 2),), first_seen=at(2)), slow()),
        skipped=("entry 3", "entry 4"),
    ),
)

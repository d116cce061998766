"""The page that tells how to follow the site: feeds, calendars, badges and the API, for all and for each provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from almanac.snapshot import Snapshot
from almanac.views import base, rows
from almanac.views.base import Head, Link


class Way(NamedTuple):
    """A way to follow: what it brings, and where it is."""

    name: str
    summary: str
    links: tuple[Link, ...]


class Own(NamedTuple):
    """The ways to follow one provider."""

    provider: Link
    links: tuple[Link, ...]
    badge: str  # address of the badge, relative to the site


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """The ways to follow the site, at /subscribe/."""

    head: Head
    stand: str
    ways: tuple[Way, ...]
    own: tuple[Own, ...]
    example: str  # address of a badge, absolute


FORMS = (("atom.xml", "Atom"), ("feed.xml", "RSS"), ("feed.json", "JSON Feed"))
WAYS = (
    Way(
        "Incidents and articles",
        "One item an incident; it is marked as changed whenever something new is known.",
        tuple(Link(f"/{name}", form) for name, form in FORMS),
    ),
    Way("Every update", "One item a post of a provider, for who wants all of it.", (Link("/updates.xml", "Atom"),)),
    Way("Major and critical only", "What its provider rates as severe, nothing else.", (Link("/major.xml", "Atom"),)),
    Way("Articles", "What people wrote here.", tuple(Link(f"/articles/{name}", form) for name, form in FORMS)),
    Way(
        "Press",
        "What was written elsewhere at the time, chosen and held against the record.",
        tuple(Link(f"/press/{name}", form) for name, form in FORMS),
    ),
    Way("All feeds at once", "A list to import into a feed reader.", (Link("/feeds.opml", "OPML"),)),
    Way("Calendar", "The newest incidents and announced maintenance.", (Link("/calendar.ics", "iCalendar"),)),
    Way(
        "Status as JSON",
        "In the shape of the Statuspage API, so that its clients work. What is not known is left out "
        "and named, and page.valid_until says until when a statement may be believed.",
        tuple(Link(f"/api/v2/{name}.json", name) for name in ("summary", "status", "components", "incidents")),
    ),
    Way(
        "Badge",
        "How many declare trouble, and as of when.",
        (Link("/badge.svg", "SVG"), Link("/badge.json", "for shields.io")),
    ),
    Way("For operators", "Feeds this site could not read for a day.", (Link("/operators.xml", "Atom"),)),
)


def subscribe(almanac: Snapshot) -> Subscribe:
    """Return the page of all ways to follow."""
    by_name = rows.by_name(almanac.providers)
    first = base.provider_url(by_name[0].slug) if by_name else "/"
    return Subscribe(
        head=Head(
            title="Follow the site",
            path="/subscribe/",
            section="subscribe",
            description="Feeds, calendars, badges and JSON of declared incidents, for all AI providers or one.",
        ),
        stand="No account, no mail address, no tracking: take an address into the program of your choice.",
        ways=WAYS,
        own=tuple(_own(base.provider_url(p.slug), p.name) for p in by_name),
        example=f"{almanac.site_url}{first}badge.svg",
    )


def _own(home: str, name: str) -> Own:
    links = [Link(f"{home}{file}", form) for file, form in FORMS]
    links += [Link(f"{home}calendar.ics", "iCalendar"), Link(f"{home}api/v2/summary.json", "Status as JSON")]
    return Own(Link(home, name), (*links, Link(f"{home}badge.json", "Badge for shields.io")), f"{home}badge.svg")

"""The page on how to follow the site: feeds, calendars, badges and the API, for all and for each provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from almanac.snapshot import Snapshot
from almanac.views import base, rows
from almanac.views.base import Head, Link


class Subscription(NamedTuple):
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
    ways: tuple[Subscription, ...]
    own: tuple[Own, ...]
    example: str  # address of a badge, absolute


def _feeds(home: str) -> tuple[Link, ...]:
    return tuple(Link(f"{home}{name}", form) for name, form, _ in base.FEED_FORMS)


WAYS = (
    Subscription(
        "Incidents and articles",
        "One item per incident, updated as it develops.",
        _feeds("/"),
    ),
    Subscription(
        "Every update", "One item per provider update, for those who want everything.", (Link("/updates.xml", "Atom"),)
    ),
    Subscription(
        "Major and critical only", "Only incidents that their provider rates as severe.", (Link("/major.xml", "Atom"),)
    ),
    Subscription("Articles", "Our own articles.", _feeds("/articles/")),
    Subscription(
        "Press",
        "Press coverage at the time, selected by hand and linked to incidents.",
        _feeds("/press/"),
    ),
    Subscription("All feeds at once", "A list to import into a feed reader.", (Link("/feeds.opml", "OPML"),)),
    Subscription("Calendar", "The newest incidents and announced maintenance.", (Link("/calendar.ics", "iCalendar"),)),
    Subscription(
        "Status as JSON",
        "In the format of the Statuspage API, so that its clients work. Providers without data are left out "
        "and listed; page.valid_until says how long a status is valid.",
        tuple(Link(f"/api/v2/{name}.json", name) for name in ("summary", "status", "components", "incidents")),
    ),
    Subscription(
        "Badge",
        "How many providers report a problem, and as of when.",
        (Link("/badge.svg", "SVG"), Link("/badge.json", "for shields.io")),
    ),
    Subscription("For operators", "Feeds we have not been able to read for a day.", (Link("/operators.xml", "Atom"),)),
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
            description="Feeds, calendars, badges and JSON of reported incidents, for all "
            f"{almanac.project.of('providers')} or one.",
        ),
        stand="No account, no mail address, no tracking: copy a feed address into the app of your choice.",
        ways=WAYS,
        own=tuple(_own(base.provider_url(p.slug), p.name) for p in by_name),
        example=f"{almanac.site_url}{first}badge.svg",
    )


def _own(home: str, name: str) -> Own:
    others = (
        Link(f"{home}calendar.ics", "iCalendar"),
        Link(f"{home}api/v2/summary.json", "Status as JSON"),
        Link(f"{home}badge.json", "Badge for shields.io"),
    )
    return Own(Link(home, name), (*_feeds(home), *others), f"{home}badge.svg")

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


def _pair(stem: str) -> tuple[Link, ...]:
    return Link(f"{stem}.rss", "RSS"), Link(f"{stem}.xml", "Atom")


WAYS = (
    Subscription("Incidents", "One item per incident, updated as it develops.", _feeds("/")),
    Subscription(
        "Every update",
        "One item per provider update, the end included: for Slack, Discord and e-mail, which post an item once.",
        _pair("/updates"),
    ),
    Subscription(
        "Major and critical only",
        "Only incidents that their provider rates as severe; the last two bring every update.",
        (*_pair("/major"), *_pair("/major-updates")),
    ),
    Subscription("Articles", "Our own articles, in full.", _feeds("/articles/")),
    Subscription(
        "Press",
        "Press coverage at the time, selected by hand and linked to incidents.",
        _feeds("/press/"),
    ),
    Subscription(
        "All in one",
        "A list to import into a feed reader: incidents of all providers, articles, reports, press.",
        (Link("/feeds.opml", "OPML"),),
    ),
    Subscription(
        "One feed per provider", "The same with a feed of its own for each.", (Link("/providers.opml", "OPML"),)
    ),
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
        ways=(*WAYS[:3], *_by_capability(almanac), *WAYS[3:]),
        own=tuple(_own(base.provider_url(p.slug), p.name) for p in by_name),
        example=f"{almanac.site_url}{first}badge.svg",
    )


def _by_capability(almanac: Snapshot) -> list[Subscription]:
    named = {part.capability for provider in almanac.providers for part in provider.components}
    return [
        Subscription(
            f"Only {one.name}",
            "Incidents of these components, and those that name no component; the last two bring every update.",
            (*_pair(f"/feeds/{one.slug}"), *_pair(f"/feeds/{one.slug}-updates")),
        )
        for one in almanac.project.listed
        if one.slug in named
    ]


def _own(home: str, name: str) -> Own:
    others = (
        Link(f"{home}calendar.ics", "iCalendar"),
        Link(f"{home}api/v2/summary.json", "Status as JSON"),
        Link(f"{home}badge.json", "Badge for shields.io"),
    )
    updates = (Link(f"{home}updates.rss", "Every update, RSS"), Link(f"{home}updates.xml", "Every update, Atom"))
    return Own(Link(home, name), (*_feeds(home), *updates, *others), f"{home}badge.svg")

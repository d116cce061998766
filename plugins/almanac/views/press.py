"""Press coverage at the time: link posts on the pages of the incidents they are about, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from almanac.content.link_posts import LinkPost, Telling
from almanac.model import Card, moment
from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views import base, rows
from almanac.views.base import Head, Link, Time
from almanac.views.claims import GRADES

MOST = 100  # link posts on the page; older ones stand on the pages of their incidents


class Also(NamedTuple):
    """Another report of the same story."""

    link: Link
    publisher: str


class PressPost(NamedTuple):
    """A link post."""

    slug: str
    link: Link
    publisher: str
    time: Time
    grade: str
    quote: str
    more_tellings: str  # what the list of other reports is called
    also: tuple[Also, ...]
    note: str
    curator: str
    incidents: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PressPage:
    """The list of link posts, at /press/."""

    head: Head
    posts: tuple[PressPost, ...]  # newest first


def press(almanac: Snapshot) -> PressPage:
    """Return the page of the newest link posts."""
    return PressPage(
        head=Head(
            title="Press coverage at the time",
            path="/press/",
            section="articles",
            description="Press and user reports on incidents, selected by hand and graded by reliability.",
            feeds=base.feeds("/press/", "Press coverage"),
        ),
        posts=tuple(press_posts(almanac)[:MOST]),
    )


def press_posts(almanac: Snapshot) -> list[PressPost]:
    """Return all link posts that are not dated later than now, newest first."""
    posts = [post for post in almanac.links if post.lead.at <= almanac.now]
    keys = {key for post in posts for key in post.incidents}
    cards = (
        {key: card for group in almanac.cards.values() for card in group if (key := (card.provider, card.id)) in keys}
        if keys
        else {}
    )
    names = rows.names(almanac.providers)
    return [_press_post(post, cards, names) for post in posts]


def by_incident(almanac: Snapshot) -> dict[tuple[str, str], tuple[PressPost, ...]]:
    """Return the link posts that the page of an incident shows, oldest first, by (provider slug, raw id)."""
    by_key: dict[tuple[str, str], tuple[PressPost, ...]] = {}
    by_slug = {one.slug: one for one in press_posts(almanac)}
    for post in almanac.links:
        for key in post.incidents if post.slug in by_slug else ():
            by_key[key] = (by_slug[post.slug], *by_key.get(key, ()))
    return by_key


def _press_post(post: LinkPost, cards: dict[tuple[str, str], Card], names: dict[str, str]) -> PressPost:
    return PressPost(
        slug=post.slug,
        link=Link(post.lead.url, post.lead.title),
        publisher=post.lead.publisher,
        time=base.time(post.lead.at, english.moment(post.lead.at)),
        grade=GRADES[post.grade],
        quote=post.quote,
        more_tellings=english.plural(len(post.also), "more report") if post.also else "",
        also=tuple(_also(telling) for telling in post.also),
        note=post.note,
        curator=post.curator,
        incidents=tuple(_incident(cards[key], names) for key in post.incidents if key in cards),
    )


def _also(telling: Telling) -> Also:
    return Also(Link(telling.url, telling.title), telling.publisher)


def _incident(card: Card, names: dict[str, str]) -> Link:
    return Link(
        base.incident_url(card),
        f"{names.get(card.provider, card.provider)}, {base.name(card)}, {english.date(moment(card.started))}",
    )

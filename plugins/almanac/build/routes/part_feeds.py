"""Feeds of every update, for bots, and feeds of a part: of a component, a capability, what is severe.

A name ends in .xml for Atom and in .rss for RSS. What ends in "updates" holds one item an update, all else one an
incident. The feeds of a component exist in one form each, because there are many: Atom for readers, RSS for bots.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from almanac import exports
from almanac.build.context import Context
from almanac.build.output import Output
from almanac.build.routes.feeds import Make, channel, of_incidents, record_start
from almanac.build.routes.route import Outputs, file, provider_route, route
from almanac.exports import FeedItem
from almanac.exports import posts as threads
from almanac.exports.posts import UpdateItem
from almanac.model import TROUBLE, Card, Component, Impact, Provider
from almanac.model.project import Capability
from almanac.stats.selection import placing
from almanac.views import base

Items: TypeAlias = Callable[[Context, Sequence[Card], int], list[FeedItem]]
FORMS: dict[str, Make] = {"xml": exports.atom, "rss": exports.rss}
SEVERE = frozenset({Impact.MAJOR, Impact.CRITICAL})
WIDE, BRIEF = 100, 20  # items in a feed of every update of all providers, and in one of a component
SUBSCRIBE = "/subscribe/"  # the page of a feed that has none of its own


class Stream(NamedTuple):
    """The incidents of a feed, by their first posts, the newest first."""

    title: str
    home: str  # address of its page
    cards: tuple[Card, ...]
    most: int = exports.NEWEST


def capabilities(context: Context) -> list[Capability]:
    """Return what components of any provider can do, for which there are feeds: what people ask for first."""
    slugs = {part.capability for provider in context.snapshot.providers for part in provider.components}
    return [capability for capability in context.settings.project.listed if capability.slug in slugs]


@route("updates.xml", "updates.rss", "major.xml", "major.rss", "major-updates.xml", "major-updates.rss")
def site_updates(context: Context) -> Outputs:
    """Make the feeds of every update of all providers, and those of what is rated major or critical."""
    cards = context.newest_posts[""]
    severe = tuple(card for card in cards if card.impact in SEVERE and card.kind in TROUBLE)
    yield from _updates(context, "updates", Stream("Every update", "/", tuple(cards), WIDE))
    yield from _incidents(context, "major", Stream("Major and critical incidents", "/", severe))
    yield from _updates(context, "major-updates", Stream("Every update on major and critical incidents", "/", severe))


@route(
    "feeds/{capability}.xml",
    "feeds/{capability}.rss",
    "feeds/{capability}-updates.xml",
    "feeds/{capability}-updates.rss",
)
def capability_feeds(context: Context) -> Outputs:
    """Make the feeds of all APIs, of all chats, of all tools for code."""
    for capability in capabilities(context):
        title, stem = capability.name, f"feeds/{capability.slug}"
        cards = tuple(_able(context, capability.slug))
        yield from _incidents(context, stem, Stream(f"{title} incidents, all providers", SUBSCRIBE, cards))
        updates = Stream(f"{title}, every update, all providers", SUBSCRIBE, cards)
        yield from _updates(context, f"{stem}-updates", updates)


def _able(context: Context, capability: str) -> Iterator[Card]:
    """Yield the incidents of components that can do something, and those that leave open whether they concern one."""
    parts = {
        provider.slug: frozenset(part.slug for part in provider.components if part.capability == capability)
        for provider in context.snapshot.providers
    }
    place = {provider.slug: placing(provider) for provider in context.snapshot.providers}
    for card in context.newest_posts[""]:
        able = parts[card.provider]
        if able and (not card.components or not able.isdisjoint(place[card.provider](card))):
            yield card


@provider_route(
    "providers/{slug}/updates.xml",
    "providers/{slug}/updates.rss",
    "providers/{slug}/{component}/atom.xml",
    "providers/{slug}/{component}/updates.rss",
)
def provider_updates(context: Context, provider: Provider) -> Outputs:
    """Make the feeds of every update of one provider, and those of its components."""
    home, cards = base.provider_url(provider.slug), context.newest_posts[provider.slug]
    updates = Stream(f"{provider.name}, every update", home, tuple(cards))
    yield from _updates(context, f"{home[1:]}updates", updates)
    for part in provider.components:
        yield from _component_feeds(context, provider, part)


def _component_feeds(context: Context, provider: Provider, part: Component) -> Outputs:
    place, home = placing(provider), base.component_url(provider.slug, part.slug)
    cards = tuple(card for card in context.newest_posts[provider.slug] if part.slug in place(card))
    name = part.name if part.name.startswith(provider.name) else f"{provider.name}: {part.name}"
    yield from _incidents(context, f"{home[1:]}atom", Stream(f"{name} incidents", home, cards, BRIEF), ("xml",))
    yield from _updates(context, f"{home[1:]}updates", Stream(f"{name}, every update", home, cards, BRIEF), ("rss",))


def _incidents(context: Context, stem: str, stream: Stream, forms: Iterable[str] = FORMS) -> Outputs:
    for form in forms:
        yield _file(context, f"{stem}.{form}", stream, stream.cards[: stream.most], _of_incidents)


def _updates(context: Context, stem: str, stream: Stream, forms: Iterable[str] = FORMS) -> Outputs:
    moved = heapq.nlargest(stream.most, stream.cards, key=_moved)
    for form in forms:
        yield _file(context, f"{stem}.{form}", stream, moved, _of_updates)


def _moved(card: Card) -> tuple[int, str, str]:
    """Return when an incident was last posted on, as far as that is news; of two at a time one is the later for good."""
    at = max((at for at, _ in card.updates), default=card.ended or card.started)
    return card.known if card.known - at <= threads.LATE.total_seconds() else at, card.provider, card.id


def _file(context: Context, path: str, stream: Stream, cards: Sequence[Card], items: Items) -> Output:
    folder, _, name = path.rpartition("/")
    make = FORMS[name.rpartition(".")[2]]

    def render() -> bytes:
        head = channel(context, stream.title, stream.home, name, f"/{folder}/" if folder else "/")
        return make(head, items(context, cards, stream.most))

    return file(path, render, (context.texts(cards), context.names, stream.title, record_start(context)))


def _of_incidents(context: Context, cards: Sequence[Card], _: int) -> list[FeedItem]:
    return of_incidents(context, cards)


def _of_updates(context: Context, cards: Sequence[Card], most: int) -> list[FeedItem]:
    """Return the newest items, one a post; what an import dates later than now waits."""
    now = context.snapshot.now
    return threads.newest([p for card in cards for p in _posts(context, card) if p.item.published <= now], most)


def _posts(context: Context, card: Card) -> list[UpdateItem]:
    """Return the opening of an incident, its updates and its end; they stand in several feeds."""

    def make() -> list[UpdateItem]:
        return threads.posts(context.incident(card), card, context.providers[card.provider], context.settings)

    return context.shared(("posts", card.file), make)


ROUTES = (site_updates, capability_feeds, provider_updates)

"""Feeds of incidents, one item an incident: of all, of a provider, of a part of one; articles; archives.

An archive document (RFC 5005) holds fifty incidents of one month, or of one year of one provider, counted from the
oldest: what is posted later never changes it, and what is brought in from the past only those of its month. It is made
from cards alone, so that no text has to be read for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from urllib.parse import urlsplit

from almanac import exports, views
from almanac.build.context import Context
from almanac.build.routes.route import Outputs, file, provider_route, route
from almanac.exports import AtomEntry, Channel, FeedItem
from almanac.exports.items import newest_first
from almanac.model import Card, Provider, stamped
from almanac.views.current import closure

Make = Callable[[Channel, list[FeedItem]], bytes]
FORMS: dict[str, Make] = {"atom.xml": exports.atom, "feed.xml": exports.rss, "feed.json": exports.json_feed}
HISTORY: dict[str, Make] = {"history.atom": exports.atom, "history.rss": exports.rss}
CUSTOMARY: dict[str, Make] = {"rss.xml": exports.rss}  # where many look for the feed of a site


def channel(context: Context, title: str, home: str, name: str, folder: str = "") -> Channel:
    """Return the head of the feed `name` in `folder`, which is that of its page `home` unless it is given.

    Of one feed in several forms the id is the same.
    """
    settings = context.settings
    stem, folder = name.partition(".")[0], folder or home
    return Channel(
        id=f"{settings.site_id}{'feed' if name in FORMS else stem}{folder}",
        title=f"{settings.project.name}: {title}",
        url=f"{settings.site_url}{folder}{name}",
        home=f"{settings.site_url}{home}",
        style=f"{urlsplit(settings.site_url).path.rstrip('/')}/theme/feed.css",
        record_since=record_start(context),
        version=settings.version,
    )


def record_start(context: Context) -> datetime:
    """Return when the record begins, for the first provider that is covered; today while there is no record at all."""
    midnight = context.snapshot.now.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = (span for pulls in context.snapshot.pulls.values() for span in pulls.coverage)
    return min((span.since for span in spans), default=midnight)


def newest(context: Context, most: int, slug: str = "") -> list[Card]:
    """Return the incidents last posted, of one provider or of all, newest first."""
    return context.newest_posts[slug][:most]


def item(context: Context, card: Card) -> FeedItem:
    """Return an incident as feeds have it; it stands in several."""

    def make() -> FeedItem:
        return exports.incident(context.incident(card), card, context.providers[card.provider], context.settings)

    return context.shared(("item", card.file), make)


def _linked(channel: Channel, current: str = "", earlier: str = "", later: str = "") -> Channel:
    """Return a feed or an archive document with its links to the others; archives are given by their names."""
    home = channel.home
    return replace(
        channel,
        id=f"{channel.id}{channel.url.removeprefix(home).removesuffix('.xml')}" if current else channel.id,
        current=current and f"{home}{current}",
        earlier=earlier and f"{home}atom/{earlier}.xml",
        later=later and f"{home}atom/{later}.xml",
    )


def incident_channel(context: Context, provider: Provider | None, name: str) -> Channel:
    """Return the head of a feed of incidents, with its newest archive."""
    slug, title = (provider.slug, provider.name) if provider else ("", context.settings.project.of("provider"))
    names = list(archives(context, slug))
    closed = " (status page closed)" if provider and closure(provider, context.snapshot.now) else ""
    head = channel(context, f"{title} incidents{closed}", views.provider_url(slug) if slug else "/", name)
    return _linked(head, earlier=names[-1] if names else "")


@route(*FORMS, *CUSTOMARY)
def site_feeds(context: Context) -> Outputs:
    """Make the feeds of the newest incidents."""
    for name in FORMS | CUSTOMARY:
        yield file(name, partial(_quiet, context, None, name), _quiet_key(context, None))


@provider_route(*(f"providers/{{slug}}/{name}" for name in FORMS | HISTORY))
def provider_feeds(context: Context, provider: Provider) -> Outputs:
    """Make those of one provider."""
    for name in FORMS | HISTORY:
        make = partial(_quiet, context, provider, name)
        yield file(f"providers/{provider.slug}/{name}", make, _quiet_key(context, provider))


def _quiet(context: Context, provider: Provider | None, name: str) -> bytes:
    cards = newest(context, exports.NEWEST, provider.slug if provider else "")
    return (FORMS | HISTORY | CUSTOMARY)[name](incident_channel(context, provider, name), of_incidents(context, cards))


def of_incidents(context: Context, cards: Iterable[Card]) -> list[FeedItem]:
    """Return incidents as a feed has them, the newest first."""
    return newest_first(item(context, card) for card in cards)


def _quiet_key(context: Context, provider: Provider | None) -> object:
    slug = provider.slug if provider else ""
    closed = provider and closure(provider, context.snapshot.now)
    cards = newest(context, exports.NEWEST, slug)
    return context.texts(cards), context.names, list(archives(context, slug))[-1:], record_start(context), closed


def archives(context: Context, slug: str) -> Mapping[str, list[Card]]:
    """Return archive documents by name, oldest first; each holds an incident or more that the feed no longer does."""
    return context.shared(("archives", slug), lambda: _archives(context.newest_posts[slug], 4 if slug else 7))


def _archives(cards: list[Card], letters: int) -> dict[str, list[Card]]:
    """Return documents by name. One is there as soon as its oldest incident has left the feed; `cards` stand newest first.

    It is named by so many letters of the date: 2026 or 2026-03.
    """
    documents: dict[str, list[Card]] = {}
    left = len(cards) - exports.NEWEST  # so many have, and they are the oldest
    for name, group in groupby(reversed(cards), key=lambda card: stamped(card.posted)[:letters]):
        for number, chunk in enumerate(_chunks(list(group)), 1):
            if left > 0:
                documents[f"{name}-{number}"] = chunk[::-1]
            left -= len(chunk)
    return documents


def _chunks(cards: list[Card]) -> Iterable[list[Card]]:
    return (cards[at : at + exports.NEWEST] for at in range(0, len(cards), exports.NEWEST))


@route("atom/{document}.xml")
def site_archives(context: Context) -> Outputs:
    """Make the archive documents of all providers together."""
    yield from _archive_files(context, None)


@provider_route("providers/{slug}/atom/{document}.xml")
def provider_archives(context: Context, provider: Provider) -> Outputs:
    """Make the archive documents of one provider."""
    yield from _archive_files(context, provider)


def _archive_files(context: Context, provider: Provider | None) -> Outputs:
    documents = archives(context, provider.slug if provider else "")
    names = list(documents)
    for earlier, name, later in zip(["", *names], names, [*names[1:], ""], strict=False):
        path = f"providers/{provider.slug}/atom/{name}.xml" if provider else f"atom/{name}.xml"
        key = context.facts(documents[name]), context.names, earlier, later
        yield file(path, partial(_archive, context, provider, name, earlier, later), key)


def _archive(context: Context, provider: Provider | None, name: str, earlier: str, later: str) -> bytes:
    slug = provider.slug if provider else ""
    title = f"{provider.name if provider else context.settings.project.of('provider')} incidents, {name}"
    head = channel(context, title, views.provider_url(slug) if slug else "/", f"atom/{name}.xml")
    linked = _linked(head, current="atom.xml", earlier=earlier, later=later)
    return exports.atom_of(linked, [_entry(context, card) for card in archives(context, slug)[name]])


def _entry(context: Context, card: Card) -> AtomEntry:
    """Return an incident as archive documents have it: it stands in one of the site and one of its provider."""

    def make() -> AtomEntry:
        return exports.entry(exports.brief(card, context.providers[card.provider], context.settings))

    return context.shared(("entry", card.file), make)


ROUTES = (site_feeds, provider_feeds, site_archives, provider_archives)

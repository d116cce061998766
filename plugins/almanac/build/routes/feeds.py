"""Feeds of incidents and articles: quiet ones, single posts, what is severe, what fails, archives, and lists of feeds.

An archive document (RFC 5005) holds fifty incidents of one month, or of one year of one provider, counted from the
oldest: what is posted later never changes it, and what is brought in from the past only those of its month. It is made
from cards alone, so that no text has to be read for it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from urllib.parse import urlsplit

from almanac import exports, views
from almanac.build.context import Context
from almanac.build.routes.route import Outputs, file, provider_route, route
from almanac.content.article import ArticleCard
from almanac.exports import AtomEntry, Channel, FeedItem
from almanac.exports.items import newest_first
from almanac.model import TROUBLE, Card, Impact, Provider, stamped
from almanac.views.current import closure

Make = Callable[[Channel, list[FeedItem]], bytes]
FORMS: dict[str, Make] = {"atom.xml": exports.atom, "feed.xml": exports.rss, "feed.json": exports.json_feed}
HISTORY: dict[str, Make] = {"history.atom": exports.atom, "history.rss": exports.rss}
SEVERE = frozenset({Impact.MAJOR, Impact.CRITICAL})
OWN_IDS = ("history", "updates", "major", "operators")  # feeds that are another feed, not another form of one


def channel(context: Context, title: str, home: str, name: str) -> Channel:
    """Return the head of the feed `name` in the folder `home`; of one feed in two forms the id is the same."""
    settings = context.settings
    kind = next((own for own in OWN_IDS if name.startswith(own)), "feed")
    return Channel(
        id=f"{settings.site_id}{kind}{home}",
        title=f"{settings.project.name}: {title}",
        url=f"{settings.site_url}{home}{name}",
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


def _incident_channel(context: Context, provider: Provider | None, name: str) -> Channel:
    """Return the head of a feed of incidents, with its newest archive."""
    slug, title = (provider.slug, provider.name) if provider else ("", context.settings.project.of("provider"))
    names = list(archives(context, slug))
    closed = " (status page closed)" if provider and closure(provider, context.snapshot.now) else ""
    head = channel(context, f"{title} incidents{closed}", views.provider_url(slug) if slug else "/", name)
    return _linked(head, earlier=names[-1] if names else "")


@route(*FORMS)
def site_feeds(context: Context) -> Outputs:
    """Make the feeds of the newest incidents and articles."""
    for name in FORMS:
        yield file(name, partial(_quiet, context, None, name), _quiet_key(context, None))


@provider_route(*(f"providers/{{slug}}/{name}" for name in FORMS | HISTORY))
def provider_feeds(context: Context, provider: Provider) -> Outputs:
    """Make those of one provider; where status tools look, with incidents only."""
    for name in FORMS | HISTORY:
        make = partial(_quiet, context, provider, name)
        yield file(f"providers/{provider.slug}/{name}", make, _quiet_key(context, provider))


def _quiet(context: Context, provider: Provider | None, name: str) -> bytes:
    cards = newest(context, exports.NEWEST, provider.slug if provider else "")
    items = [item(context, card) for card in cards]
    if name in FORMS:
        articles = [exports.article(card, context.settings) for card in _articles(context, provider)]
        items += _of_their_time(items, articles)
    make = (FORMS | HISTORY)[name]
    return make(_incident_channel(context, provider, name), newest_first(items, 2 * exports.NEWEST))


def _of_their_time(incidents: list[FeedItem], articles: list[FeedItem]) -> list[FeedItem]:
    """Return the articles of the time of these incidents: they push none out, for what has left stands in the archives."""
    if len(incidents) < exports.NEWEST:
        return articles
    return [item for item in articles if item.published >= incidents[-1].published]


def _quiet_key(context: Context, provider: Provider | None) -> object:
    slug = provider.slug if provider else ""
    items = context.texts(newest(context, exports.NEWEST, slug)), _articles(context, provider)
    closed = provider and closure(provider, context.snapshot.now)
    return items, context.names, list(archives(context, slug))[-1:], record_start(context), closed


def _articles(context: Context, provider: Provider | None = None) -> list[ArticleCard]:
    """Return the newest articles, of one provider or of all; what is dated later than now waits."""
    dated = (card for card in context.snapshot.articles if card.date <= context.snapshot.now)
    return list(islice((c for c in dated if provider is None or provider.slug in c.providers), exports.NEWEST))


@route(*(f"articles/{name}" for name in FORMS))
def article_feeds(context: Context) -> Outputs:
    """Make the feeds of the newest articles."""
    for name, make in FORMS.items():
        render = partial(_article_feed, context, make, name)
        yield file(f"articles/{name}", render, (_articles(context), record_start(context)))


def _article_feed(context: Context, make: Make, name: str) -> bytes:
    items = [exports.article(card, context.settings) for card in _articles(context)]
    return make(channel(context, "Articles", "/articles/", name), items)


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


def _severe(context: Context) -> list[Card]:
    severe = (card for card in context.newest_posts[""] if card.impact in SEVERE and card.kind in TROUBLE)
    return list(islice(severe, exports.NEWEST))


def _last_moved(context: Context) -> list[Card]:
    """Return the incidents that were posted on last."""
    cards = context.newest_posts[""]
    return heapq.nlargest(exports.NEWEST, cards, key=lambda card: (card.updates[-1:], card.provider, card.id))


@route("updates.xml", "major.xml", "operators.xml", "feeds.opml")
def special_feeds(context: Context) -> Outputs:
    """Make the feeds of single posts, of what is severe and of feeds that fail, and the list of all feeds."""
    severe, moved, start = _severe(context), _last_moved(context), record_start(context)
    yield file("updates.xml", partial(_updates, context, moved), (context.texts(moved), context.names, start))
    yield file("major.xml", partial(_major, context, severe), (context.texts(severe), context.names, start))
    yield file("operators.xml", partial(_operators, context))
    yield file("feeds.opml", partial(_opml, context))


def _major(context: Context, cards: list[Card]) -> bytes:
    items = [item(context, card) for card in cards]
    return exports.atom(channel(context, "Major and critical incidents", "/", "major.xml"), items)


def _updates(context: Context, cards: list[Card]) -> bytes:
    """Return the feed with one item a post."""
    items = [
        item
        for card in cards
        for item in exports.posts(context.incident(card), card, context.providers[card.provider], context.settings)
        if item.published <= context.snapshot.now
    ]
    return exports.atom(channel(context, "Every update", "/", "updates.xml"), newest_first(items))


def _operators(context: Context) -> bytes:
    """Return the feed of feeds that fail for a day, for those who run the site."""
    snapshot = context.snapshot
    items = [
        item
        for provider in snapshot.providers
        for item in exports.failing(provider, snapshot.pulls.get(provider.slug), snapshot.now, context.settings)
    ]
    return exports.atom(channel(context, "Feeds that fail", "/", "operators.xml"), newest_first(items))


def _opml(context: Context) -> bytes:
    """Return every feed once, in the form most readers like best."""
    of_site = [
        channel(context, context.settings.project.of("provider incidents"), "/", "atom.xml"),
        channel(context, "Every update", "/", "updates.xml"),
        channel(context, "Major and critical incidents", "/", "major.xml"),
        channel(context, "Articles", "/articles/", "atom.xml"),
        channel(context, "Press coverage at the time", "/press/", "atom.xml"),
        channel(context, "Feeds that fail", "/", "operators.xml"),
    ]
    by_name = sorted(context.snapshot.providers, key=lambda provider: provider.name.casefold())
    of_providers = [_incident_channel(context, provider, "atom.xml") for provider in by_name]
    return exports.opml(context.settings.project.name, [("All providers", of_site), ("One provider", of_providers)])


ROUTES = (site_feeds, provider_feeds, article_feeds, site_archives, provider_archives, special_feeds)

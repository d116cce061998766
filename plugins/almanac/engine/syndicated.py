"""The surfaces that are feeds: the quiet ones, single posts, what is severe, what fails, their archives, and OPML.

An archive document (RFC 5005) holds fifty incidents of one month, or of one year of one provider, counted from the
oldest: what is posted later never changes it, and what is brought in from the past only those of its month. It is made
from cards alone, so that no text has to be read for it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from itertools import groupby, islice
from typing import Any

from almanac import exports, views
from almanac.content.article import ArticleCard
from almanac.engine.edition import Edition
from almanac.engine.surface import Surface, providers
from almanac.exports import AtomEntry, Channel, FeedItem
from almanac.exports.items import newest_first
from almanac.model import TROUBLE, Card, Impact, Provider, stamped

Make = Callable[[Channel, list[FeedItem]], bytes]
FORMS: dict[str, Make] = {"atom.xml": exports.atom, "feed.xml": exports.rss, "feed.json": exports.json_feed}
HISTORY: dict[str, Make] = {"history.atom": exports.atom, "history.rss": exports.rss}
SEVERE = frozenset({Impact.MAJOR, Impact.CRITICAL})


def _channel(edition: Edition, provider: Provider | None, name: str) -> Channel:
    """The head of a feed of incidents, with its newest archive."""
    slug, called = (provider.slug, provider.name) if provider else ("", "AI provider")
    names = list(archives(edition, slug))
    made = edition.channel(f"{called} incidents", views.provider_url(slug) if slug else "/", name)
    return edition.linked(made, earlier=names[-1] if names else "")


def _quiet(make: Make, name: str) -> Callable[..., object]:
    """The newest incidents and articles, of one provider or of all; where status tools look, incidents only."""

    def feed(edition: Edition, provider: Provider | None = None) -> bytes:
        items = [edition.item(card) for card in edition.newest(exports.NEWEST, provider.slug if provider else "")]
        if name in FORMS:
            items += _among(items, [exports.article(card, edition.plan) for card in _told(edition, provider)])
        return make(_channel(edition, provider, name), newest_first(items, 2 * exports.NEWEST))

    return feed


def _among(incidents: list[FeedItem], articles: list[FeedItem]) -> list[FeedItem]:
    """The articles of the time of these incidents: they push none out, for what has left stands in the archives."""
    if len(incidents) < exports.NEWEST:
        return articles
    return [item for item in articles if item.published >= incidents[-1].published]


def _quiet_key(edition: Edition, provider: Provider | None = None) -> object:
    slug = provider.slug if provider else ""
    newest = list(archives(edition, slug))[-1:]
    items = edition.mark(edition.newest(exports.NEWEST, slug)), _told(edition, provider)
    return items, edition.people, newest, edition.begun


def _told(edition: Edition, provider: Provider | None = None) -> list[ArticleCard]:
    """The newest articles, of one provider or of all; what is dated later than now waits."""
    almanac = edition.almanac
    told = (card for card in almanac.articles if card.date <= almanac.now)
    return list(islice((c for c in told if provider is None or provider.slug in c.providers), exports.NEWEST))


def _articles(make: Make, name: str) -> Callable[..., object]:
    """The newest articles as the feed `name`."""

    def feed(edition: Edition) -> bytes:
        items = [exports.article(card, edition.plan) for card in _told(edition)]
        return make(edition.channel("Articles", "/articles/", name), items)

    return feed


def archives(edition: Edition, slug: str) -> dict[str, list[Card]]:
    """Archive documents by name, oldest first; each holds an incident or more that the feed no longer does."""
    return edition.kept(("archives", slug), lambda: _archives(edition.posted[slug], 4 if slug else 7))


def _archives(cards: list[Card], called: int) -> dict[str, list[Card]]:
    """`cards` stand newest first. A document is there as soon as its oldest incident has left the feed.

    It is named by as much of the date as `called` letters hold: 2026 or 2026-03.
    """
    found: dict[str, list[Card]] = {}
    left = len(cards) - exports.NEWEST  # so many have, and they are the oldest
    for name, group in groupby(reversed(cards), key=lambda card: stamped(card.posted)[:called]):
        for number, chunk in enumerate(_chunks(list(group)), 1):
            if left > 0:
                found[f"{name}-{number}"] = chunk[::-1]
            left -= len(chunk)
    return found


def _chunks(cards: list[Card]) -> Iterable[list[Card]]:
    return (cards[at : at + exports.NEWEST] for at in range(0, len(cards), exports.NEWEST))


def _archive(edition: Edition, *which: Any) -> bytes:
    provider, name = which if len(which) == 2 else (None, *which)
    slug = provider.slug if provider else ""
    cards = archives(edition, slug)[name]
    called = f"{provider.name if provider else 'AI provider'} incidents, {name}"
    home = views.provider_url(slug) if slug else "/"
    made = edition.channel(called, home, f"atom/{name}.xml")
    earlier, later = _beside(edition, slug, name)
    linked = edition.linked(made, current="atom.xml", earlier=earlier, later=later)
    return exports.atom_of(linked, [_brief(edition, card) for card in cards])


def _brief(edition: Edition, card: Card) -> AtomEntry:
    """An incident as archive documents have it: it stands in one of the site and one of its provider."""

    def made() -> AtomEntry:
        return exports.entry(exports.brief(card, edition.providers[card.provider], edition.plan))

    return edition.kept(("brief", card.file), made)


def _archive_key(edition: Edition, *which: Any) -> object:
    slug, name = (which[0].slug if len(which) == 2 else ""), which[-1]
    return edition.facts(archives(edition, slug)[name]), edition.people, _beside(edition, slug, name)


def _beside(edition: Edition, slug: str, name: str) -> tuple[str, str]:
    """The archive documents before and after one."""
    return edition.kept(("beside", slug), lambda: _neighbours(list(archives(edition, slug))))[name]


def _neighbours(names: list[str]) -> dict[str, tuple[str, str]]:
    return dict(zip(names, zip(["", *names], [*names[1:], ""], strict=False), strict=False))


def _archives_of_providers(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((provider, name) for provider in edition.almanac.providers for name in archives(edition, provider.slug))


def _severe(edition: Edition) -> list[Card]:
    severe = (card for card in edition.posted[""] if card.impact in SEVERE and card.kind in TROUBLE)
    return list(islice(severe, exports.NEWEST))


def _major(edition: Edition) -> bytes:
    items = [edition.item(card) for card in _severe(edition)]
    return exports.atom(edition.channel("Major and critical incidents", "/", "major.xml"), items)


def _moved(edition: Edition) -> list[Card]:
    """The incidents that were posted on last."""
    return heapq.nlargest(
        exports.NEWEST, edition.posted[""], key=lambda card: (card.updates[-1:], card.provider, card.id)
    )


def _loud(edition: Edition) -> bytes:
    """One item a post."""
    items = [
        item for card in _moved(edition)
        for item in exports.posts(edition.text(card), card, edition.providers[card.provider], edition.plan)
        if item.published <= edition.almanac.now
    ]  # fmt: skip
    return exports.atom(edition.channel("Every update", "/", "updates.xml"), newest_first(items))


def _operators(edition: Edition) -> bytes:
    """Feeds that fail for a day, for those who run the site."""
    almanac = edition.almanac
    items = [
        item for provider in almanac.providers
        for item in exports.failing(provider, almanac.pulls.get(provider.slug), almanac.now, edition.plan)
    ]  # fmt: skip
    return exports.atom(edition.channel("Feeds that fail", "/", "operators.xml"), newest_first(items))


def _opml(edition: Edition) -> bytes:
    """Every feed once, in the form most readers like best."""
    of_site = [
        edition.channel("AI provider incidents", "/", "atom.xml"),
        edition.channel("Every update", "/", "updates.xml"),
        edition.channel("Major and critical incidents", "/", "major.xml"),
        edition.channel("Articles", "/articles/", "atom.xml"),
        edition.channel("Press coverage at the time", "/press/", "atom.xml"),
        edition.channel("Feeds that fail", "/", "operators.xml"),
    ]
    by_name = sorted(edition.almanac.providers, key=lambda provider: provider.name.casefold())
    groups = [("All providers", of_site), ("One provider", [_channel(edition, p, "atom.xml") for p in by_name])]
    return exports.opml(edition.plan.site_name, groups)


SURFACES: tuple[Surface, ...] = (
    *(Surface(name, _quiet(make, name), key=_quiet_key) for name, make in FORMS.items()),
    *(Surface(f"providers/{{0.slug}}/{name}", _quiet(make, name), "", providers, _quiet_key)
      for name, make in (FORMS | HISTORY).items()),
    *(Surface(f"articles/{name}", _articles(make, name), key=lambda e: (_told(e), e.begun))
      for name, make in FORMS.items()),
    Surface("atom/{0}.xml", _archive, "", lambda e: ((name,) for name in archives(e, "")), _archive_key),
    Surface("providers/{0.slug}/atom/{1}.xml", _archive, "", _archives_of_providers, _archive_key),
    Surface("updates.xml", _loud, key=lambda e: (e.mark(_moved(e)), e.people, e.begun)),
    Surface("major.xml", _major, key=lambda e: (e.mark(_severe(e)), e.people, e.begun)),
    Surface("operators.xml", _operators),
    Surface("feeds.opml", _opml),
)  # fmt: skip

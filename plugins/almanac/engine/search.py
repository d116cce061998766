"""Puts the search index into the output of a complete build, made again when anything that can be found changed."""

from __future__ import annotations

from collections.abc import Iterable

from almanac import views
from almanac.content.article import ArticleCard
from almanac.engine.edition import Edition
from almanac.engine.press import Press, digest
from almanac.exports import searchindex
from almanac.exports.searchindex import SearchRecord
from almanac.model import Card, Provider, moment, stamp
from almanac.text import english, markdown
from almanac.views import base

FOLDER = "pagefind/"


def put(edition: Edition, press: Press) -> None:
    """Bring the index up to date. Articles must stand in the output by now: their text is taken from their pages."""
    key = _key(edition, press)
    known = press.known(FOLDER)
    if known and all(press.stands(path, key) for path in known):
        return
    for path in known:
        press.prints.pop(path, None)
    for path, data in searchindex.files(records(edition)).items():
        press.put(FOLDER + path, key, data)


def _key(edition: Edition, press: Press) -> bytes:
    """All that the index depends on; of an article the key of its page."""
    almanac = edition.almanac
    marks = [edition.mark(cards) for _, cards in sorted(almanac.cards.items())]
    articles = [(card, press.prints[_page(card)].key) for card in almanac.articles if _page(card) in press.prints]
    return digest("search", marks, almanac.providers, articles)


def records(edition: Edition) -> Iterable[SearchRecord]:
    """Everything that can be found: incidents, newest first, then providers, articles and claims."""
    cards = [card for cards in edition.almanac.cards.values() for card in cards]
    for card in sorted(cards, key=lambda card: (-card.started, card.provider, card.id)):
        yield _incident(edition, card)
    yield from map(_provider, edition.almanac.providers)
    for article in edition.almanac.articles:
        yield _article(edition, article)
        yield from _claims(article)


def _incident(edition: Edition, card: Card) -> SearchRecord:
    said = " ".join(markdown.plain(update.text) for update in edition.text(card).updates if update.text)
    name = edition.providers[card.provider].name
    began = english.moment(moment(card.started))
    mark = base.mark(card).word
    return SearchRecord(
        url=views.incident_url(card),
        title=base.name(card),
        note=f"{name} · {mark if mark == card.kind else f'{card.kind}, {mark}'} · {began}",
        text=said,
        names=f"{name}. {', '.join(card.components)}",
        marks=(f"provider-{card.provider}", f"kind-{card.kind}"),
        date=stamp(moment(card.started)),
    )


def _provider(provider: Provider) -> SearchRecord:
    parts = ", ".join(component.name for component in provider.components)
    return SearchRecord(
        url=views.provider_url(provider.slug),
        title=f"Is {provider.name} down?",
        note=provider.company,
        text=markdown.plain(provider.about),
        names=f"{provider.company}. {parts}",
        marks=(f"provider-{provider.slug}", "kind-provider"),
        date="",
    )


def _article(edition: Edition, card: ArticleCard) -> SearchRecord:
    page = (edition.plan.output / _page(card)).read_text(encoding="utf-8")
    body = page.partition("<article")[2].partition(">")[2].partition("</article>")[0]
    return SearchRecord(
        url=card.url,
        title=card.title,
        note=f"{card.kind or 'article'} · {english.date(card.date)}",
        text=markdown.plain(body),
        names=" ".join(card.authors),
        marks=(*(f"provider-{slug}" for slug in card.providers), "kind-article"),
        date=stamp(card.date),
    )


def _claims(card: ArticleCard) -> Iterable[SearchRecord]:
    for claim in card.claims:
        yield SearchRecord(
            url=f"{card.url}#claims",
            title=claim.said,
            note=f"claim · {claim.verdict} · {card.title}",
            text=claim.why,
            names=claim.by,
            marks=(*(f"provider-{slug}" for slug in card.providers), "kind-claim"),
            date=stamp(card.date),
        )


def _page(card: ArticleCard) -> str:
    return f"{card.url.lstrip('/')}index.html"

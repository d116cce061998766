"""The search index, in complete builds only: made again when anything that can be found changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from almanac import views
from almanac.build.cache import digest
from almanac.build.context import Context
from almanac.build.routes.pages import article_page
from almanac.build.routes.route import Outputs, file, route
from almanac.content.article import ArticleCard
from almanac.exports import searchindex
from almanac.exports.searchindex import SearchRecord
from almanac.model import Card, Provider, moment, stamp
from almanac.text import english, markdown
from almanac.views import base

FOLDER = "pagefind/"
_BESIDE = re.compile(r"<(aside|nav|figure|header)\b.*?</\1>", re.DOTALL)  # what stands beside the text of an article


@route(indexed=False, key=None)  # it has one for each file, of all texts
def search_index(context: Context) -> Outputs:
    """Make the index. Articles must stand in the output by now: their text is taken from their pages."""
    if not context.settings.complete:
        return
    key = _key(context)
    for path in context.memo.get("paths of the search index", key, lambda: tuple(_index(context))):
        yield file(f"{FOLDER}{path}", partial(_part, context, path), key)


def _index(context: Context) -> dict[str, bytes]:
    return context.shared("search index", lambda: dict(searchindex.files(records(context))))


def _part(context: Context, path: str) -> bytes:
    return _index(context)[path]


def _key(context: Context) -> bytes:
    """Return all that the index depends on; of an article the key of its page."""
    snapshot = context.snapshot
    texts = [context.texts(cards) for _, cards in sorted(snapshot.cards.items())]
    articles = [article_page(context, one).key for one in context.prose.articles if one.card in snapshot.articles]
    return digest("search", texts, snapshot.providers, articles)


def records(context: Context) -> Iterable[SearchRecord]:
    """Return everything that can be found: incidents, newest first, then providers, articles and claims."""
    cards = [card for cards in context.snapshot.cards.values() for card in cards]
    for card in sorted(cards, key=lambda card: (-card.started, card.provider, card.id)):
        yield _incident(context, card)
    yield from map(_provider, context.snapshot.providers)
    for article in context.snapshot.articles:
        yield _article(context, article)
        yield from _claims(article)


def _incident(context: Context, card: Card) -> SearchRecord:
    words = " ".join(markdown.plain(update.text) for update in context.incident(card).updates if update.text)
    provider, at = context.providers[card.provider], moment(card.started)
    name, began = provider.name, english.moment(at)
    mark = base.mark(card).word
    return SearchRecord(
        url=views.incident_url(card),
        title=base.name(card),
        note=f"{name} · {mark if mark == card.kind else f'{card.kind}, {mark}'} · {began} · {base.length(card)}",
        text=words,
        names=f"{name}. {provider.company}. {', '.join(card.components)}. {card.id}. {_spaced(english.date(at))}. {at:%Y-%m-%d}",
        marks=(f"provider-{card.provider}", f"kind-{card.kind}"),
        date=stamp(at),
    )


def _spaced(words: str) -> str:
    """Return words with ordinary blanks, at which the index divides them."""
    return words.replace(english.GAP, " ")


def _provider(provider: Provider) -> SearchRecord:
    parts = ", ".join(component.name for component in provider.components)
    return SearchRecord(
        url=views.provider_url(provider.slug),
        title=f"Is {provider.name} down?",
        note=provider.company,
        text=markdown.plain(provider.about),
        names=f"{provider.company}. {', '.join(provider.aliases)}. {parts}. {', '.join(provider.capabilities)}",
        marks=(f"provider-{provider.slug}", "kind-provider"),
        date="",
    )


def _article(context: Context, card: ArticleCard) -> SearchRecord:
    page = (context.settings.output / _page(card)).read_text(encoding="utf-8")
    body = _BESIDE.sub(" ", page.partition("<article")[2].partition(">")[2].partition("</article>")[0])
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


ROUTES = (search_index,)

"""The surfaces that are pictures for links: of each incident, provider and article, in complete builds only.

They state no present: what is open is open "as of" the moment it was last seen so, bars end at the last midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from almanac import views
from almanac.content.article import ArticleCard
from almanac.engine.edition import Edition
from almanac.engine.surface import Surface
from almanac.model import Card, Provider, moment
from almanac.text import english
from almanac.views import base, current, days
from almanac.views.calendar import DAYS
from almanac.views.linkpicture import LinkPicture

NAME = views.PICTURE  # of the file, in the folder of its page
HALVES = 2  # so that two hands share the incidents


def _incidents(half: int) -> Callable[[Edition], Iterable[tuple[Any, ...]]]:
    def cards(edition: Edition) -> Iterable[tuple[Any, ...]]:
        found = (card for _, cards in sorted(edition.almanac.cards.items()) for card in cards)
        return ((card,) for number, card in enumerate(found) if number % HALVES == half) if _wanted(edition) else ()

    return cards


def _wanted(edition: Edition) -> bool:
    return edition.plan.complete


def _providers(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((provider,) for provider in edition.almanac.providers) if _wanted(edition) else ()


def _articles(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((card, card.url.strip("/")) for card in edition.almanac.articles) if _wanted(edition) else ()


def of_incident(edition: Edition, card: Card) -> LinkPicture:
    """Who, what, how bad, how long, when; of one that is open, when it was last seen so."""
    mark, length, when = base.mark(card), base.length(card), _span(card)
    if card.ended is None:
        seen = current.end(card, edition.almanac.pulls.get(card.provider))
        length = f"open as of {english.moment(moment(seen))}" if length == "open" else length
        when = f"reported since {english.moment(moment(card.started))}"
    said = english.sentence(base.severity(card) if card.is_trouble else mark.word)
    name = edition.providers[card.provider].name
    return LinkPicture(name, base.name(card), (f"{said}, {length}", when), "" if mark.css == "quiet" else mark.css)


def _span(card: Card) -> str:
    began, over = moment(card.started), moment(card.ended or card.started)
    if began == over:
        return english.moment(began)
    if began.date() == over.date():
        return f"{english.date(began)}, {english.clock(began)} to {english.clock(over)} UTC"
    return f"{english.moment(began)} to {english.moment(over)}"


def of_provider(edition: Edition, provider: Provider) -> LinkPicture:
    """The question people ask, and the worst reported on each of the last days up to midnight."""
    almanac = edition.almanac
    until = views.closed_at(almanac) + 1
    first = days.last_days(until, DAYS)
    cards = current.troubles(provider, almanac.cards.get(provider.slug, ()))
    found = days.worst(cards, almanac.pulls.get(provider.slug), first, DAYS, until)
    bad = sum(day not in (base.CLEAR.css, base.UNKNOWN.css, "") for day in found)
    unknown = found.count(base.UNKNOWN.css)
    told = f"Incidents reported on {bad} of {DAYS - unknown} days" if unknown < DAYS else "No data for these days"
    span = f"the {DAYS} days to {english.date(moment(until - 1))}" + (f", {unknown} of them unknown" if unknown else "")
    return LinkPicture(provider.company, f"Is {provider.name} down?", (told, span), days=found)


def of_article(_: Edition, card: ArticleCard, _path: str) -> LinkPicture:
    """Its title, who wrote it, and when."""
    by = f"By {english.listing(card.authors)}" if card.authors else english.sentence(card.kind or "article")
    return LinkPicture(english.sentence(card.kind), card.title, (by, english.moment(card.date)))


def _surface(
    path: str, each: Callable[[Edition], Iterable[tuple[Any, ...]]], shown: Callable[..., LinkPicture]
) -> Surface:
    """Pictures of one kind; one that is there and says itself that it shows the same is not drawn again."""

    def make(edition: Edition, *which: Any) -> bytes:
        from almanac.exports import linkpicture  # Pillow and fonts, which a preview does without

        picture, name = shown(edition, *which), edition.plan.site_name
        try:
            kept = (edition.plan.output / path.format(*which)).read_bytes()
        except OSError:
            kept = b""
        return kept if linkpicture.is_of(kept, linkpicture.mark(picture, name)) else linkpicture.draw(picture, name)

    return Surface(path, make, "", each, lambda edition, *which: shown(edition, *which))


SURFACES: tuple[Surface, ...] = (
    *(_surface(f"incidents/{{0.provider}}/{{0.slug}}/{NAME}", _incidents(half), of_incident) for half in range(HALVES)),
    _surface(f"providers/{{0.slug}}/{NAME}", _providers, of_provider),
    _surface(f"{{1}}/{NAME}", _articles, of_article),
)

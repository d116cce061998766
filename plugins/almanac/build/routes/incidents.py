"""The pages of incidents, their replays, and the same in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial

from almanac import archive, views
from almanac.build.cache import digest
from almanac.build.context import Context, Value
from almanac.build.output import Output
from almanac.build.routes import figures
from almanac.build.routes.route import Outputs, UnprintableError, sharded_route
from almanac.build.sources import shard_of, unprintable
from almanac.model import Card, Incident, seconds
from almanac.model import card as card_of
from almanac.snapshot import as_of, order
from almanac.views import citation
from almanac.views.figure import ChartFile, of_incident


def shards(context: Context) -> Iterable[str]:
    """Return the shards in which there are incidents, by provider and year."""
    return _cards_by_shard(context)


def cards_of(context: Context, shard: str) -> list[Card]:
    """Return the cards of a shard."""
    return _cards_by_shard(context)[shard]


def _cards_by_shard(context: Context) -> dict[str, list[Card]]:
    return context.shared("cards by shard", lambda: _by_shard(context))


def _by_shard(context: Context) -> dict[str, list[Card]]:
    cards_by_shard: dict[str, list[Card]] = {}
    for cards in context.snapshot.cards.values():
        for card in cards:
            cards_by_shard.setdefault(shard_of(card.file), []).append(card)
    return cards_by_shard


def _key(context: Context, shard: str) -> bytes:
    cards = cards_of(context, shard)
    return digest(context.texts(cards), context.facts(cards), context.around(cards))


@sharded_route(shards, indexed=False, key=_key, by_incident=True)  # rules about links know each incident by itself
def incident_pages(context: Context, shard: str) -> Outputs:
    """Make all of the incidents of one provider that began in one year."""
    cards = cards_of(context, shard)
    context.texts(cards)
    for card in cards if context.only is None else [card for card in cards if card.file in context.only]:
        yield from _Texts(context, card).outputs()


class _Texts:
    """An incident whose pages are asked for; its file is read when the first must be printed."""

    def __init__(self, context: Context, card: Card) -> None:
        self._context, self._card = context, card

    def outputs(self) -> Outputs:
        """Yield its pages and, unless it is too old, its twin in Markdown and the steps of its replay."""
        around, card = self._context.surroundings, self._card
        row = self._context.row(card.file)
        own = card.file.encode(), row.text, row.facts
        page_key = digest(*own, around.mark(card))
        for number, url in enumerate(views.incident_urls(card), 1):
            yield self._output(_path(url), page_key, partial(self._page, number))
        if card.is_trouble and (card.provider, card.id) in self._context.cited:
            make, folder = partial(self._guard, self._figure), views.incident_url(card).lstrip("/")
            yield from figures.files_of(self._context, folder, make, page_key)
        if not around.is_detailed(card):
            return
        yield self._output(f"{views.incident_url(card).lstrip('/')}index.md", digest("twin", *own), self._twin)
        replay_key = digest(*own, around.name(card), around.parts(card), around.estimates(card))
        for number, url in enumerate(views.replay_urls(card), 1):
            yield self._output(_path(url), replay_key, partial(self._replay, number))

    def _output(self, path: str, key: bytes, make: Callable[[], bytes]) -> Output:
        return Output(path, key, lambda: self._guard(make))

    def _figure(self) -> ChartFile:
        page = views.incident(self._around, self._incident, self._card, version=self._version)
        return of_incident(page, self._card)

    def _guard(self, make: Callable[[], Value]) -> Value:
        try:
            return make()
        except OSError:
            raise
        except Exception as error:  # whatever an incident holds that cannot be shown costs its own pages
            place = f"{self._context.settings.content.name}/incidents/{self._card.file}"
            raise UnprintableError(unprintable(place, error)) from error

    @cached_property
    def _filed(self) -> tuple[bytes, Incident]:
        return archive.read_both(self._context.settings.content, self._card.file)

    @cached_property
    def _incident(self) -> Incident:
        now, in_order = seconds(self._context.snapshot.now), self._context.orders[self._card.provider]
        return as_of.as_known(self._filed[1], self._card, now, in_order)

    @cached_property
    def _around(self) -> views.Around:
        return self._context.surroundings.of(self._card)

    def _page(self, number: int) -> bytes:
        return self._context.page(
            "incident", views.incident(self._around, self._incident, self._card, number, self._version)
        )

    @cached_property
    def _version(self) -> str:
        return citation.version(self._twin())

    def _twin(self) -> bytes:
        """Return the archive's own file, or what it would be of an incident that is corrected or not yet as it was to be."""
        data, filed = self._filed
        in_file = order.card(card_of(filed, self._card.file), self._context.orders[self._card.provider])
        return data if in_file == self._card else archive.render(self._incident).encode()

    def _replay(self, number: int) -> bytes:
        return self._context.page("replay", views.replay(self._around, self._incident, self._card, number))


def _path(url: str) -> str:
    return f"{url.lstrip('/')}index.html"


ROUTES = (incident_pages,)

"""Charts as files, beside the pages that show them: the drawing, its data, and a page that holds nothing else, for frames.

The days of providers and components are drawn up to the last midnight, so that a file stays the same for a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from almanac import views
from almanac.build.context import Context
from almanac.build.output import Output
from almanac.build.routes.route import Outputs, file, page, provider_route
from almanac.exports import figures
from almanac.model import Card, Component, Provider, Pulls
from almanac.stats import windows
from almanac.stats.selection import placing
from almanac.views import base, current, days
from almanac.views.calendar import DAYS
from almanac.views.figure import ChartFile, of_days
from almanac.views.provider import edge_of

FILES = ("chart.svg", "chart.csv", "embed.html")


def files_of(context: Context, folder: str, make: Callable[[], ChartFile], key: object) -> Iterable[Output]:
    """Yield the files of a figure in the folder of its page; `key` is what the figure rests on."""
    figure = partial(context.shared, ("figure", folder), make)
    settings = context.settings
    key = key, settings.project.name, settings.site_url
    yield file(f"{folder}chart.svg", lambda: figures.svg(figure(), settings.project.name, settings.site_url), key)
    yield file(f"{folder}chart.csv", lambda: figures.table(figure()), key)
    yield page(context, f"{folder}embed.html", "embed", figure, key)


@provider_route(
    *(f"providers/{{slug}}/{name}" for name in FILES),
    *(f"providers/{{slug}}/{{component}}/{name}" for name in FILES),
    indexed=False,
)
def day_figures(context: Context, provider: Provider) -> Outputs:
    """Make the figures of the days of a provider and of each of its components."""
    pulls, key = context.snapshot.pulls.get(provider.slug), context.closed_facts(provider)
    home = base.provider_url(provider.slug)
    cards = current.troubles(provider, context.closed.cards.get(provider.slug, ()))
    yield from files_of(context, home[1:], partial(_days, context, home, provider.name, cards, pulls), key)
    for part in provider.components:
        yield from _part_files(context, provider, part)


def _part_files(context: Context, provider: Provider, part: Component) -> Iterable[Output]:
    place, home = placing(provider), base.component_url(provider.slug, part.slug)
    cards = context.closed.cards.get(provider.slug, ())
    own = [card for card in cards if card.is_trouble and part.slug in place(card)]
    pulls = context.snapshot.pulls.get(provider.slug)
    pulls = windows.of_product(pulls, part.product) if pulls else None
    name = part.name if part.name.startswith(provider.name) else f"{provider.name}, {part.name}"
    make = partial(_days, context, home, name, own, pulls)
    yield from files_of(context, home[1:], make, (context.closed_facts(provider), part.slug))


def _days(context: Context, path: str, name: str, cards: Iterable[Card], pulls: Pulls | None) -> ChartFile:
    """Return the figure of the last whole days of which there is data."""
    until = min(views.closed_at(context.snapshot) + 1, edge_of(context.snapshot, pulls))
    first = days.last_days(until, DAYS)
    return of_days(path, name, days.worst(cards, pulls, first, DAYS, until), first)


ROUTES = (day_figures,)

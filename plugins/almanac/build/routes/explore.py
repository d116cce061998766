"""Pages that lead further into the record: components, comparisons, what was edited, and the way to everything.

Comparisons rest on whole days and state nothing about the present, so they are made once a day at most. So do the
figures of components; the present stands above them.
"""

from __future__ import annotations

from functools import partial

from almanac import views
from almanac.build.context import Context
from almanac.build.routes.route import Outputs, page, provider_route, route
from almanac.model import Component, Provider


@provider_route("providers/{slug}/{component}/index.html")
def components(context: Context, provider: Provider) -> Outputs:
    """Make the pages of the components of a provider."""
    for owner, part in views.all_parts(context.snapshot):
        if owner.slug == provider.slug:
            path = f"providers/{provider.slug}/{part.slug}/index.html"
            now = partial(_now, context, provider, part)
            view = partial(_component, context, provider, part)
            try:
                key: object = (part.slug, context.closed_facts(provider), context.facts_of(provider.slug), now())
            except OSError:
                raise
            except Exception:  # it fails again when the page is made, and is named then
                key = None
            yield page(context, path, "component", view, key)


def _component(context: Context, provider: Provider, part: Component) -> object:
    return views.component(context.snapshot, context.closed_records, provider, part, _now(context, provider, part))


def _now(context: Context, provider: Provider, part: Component) -> views.ComponentNow:
    """Return what the page says of now; the key asks for it, and the page again."""
    return context.shared(
        ("component now", provider.slug, part.slug),
        lambda: views.component_now(context.snapshot, provider, part, context.surroundings),
    )


@route("compare/index.html", "compare/{slug}/index.html", "compare/{first}/{second}/index.html")
def comparisons(context: Context) -> Outputs:
    """Make the comparisons of providers by twos, and the pages that lead to them."""
    closed = context.all_closed_facts
    yield page(
        context,
        "compare/index.html",
        "comparisons",
        lambda: views.comparisons(context.closed, context.closed_records),
        closed,
    )
    for provider in views.in_comparison(context.closed):
        view = partial(_comparisons_of, context, provider)
        yield page(context, f"compare/{provider.slug}/index.html", "comparisons", view, (closed, provider.slug))
    for first, second in views.compared(context.closed):
        is_linked = (first.slug, second.slug) in context.verdicts.linked
        key = context.closed_facts(first), context.closed_facts(second), _verdict(context, first, second), is_linked
        path = f"compare/{first.slug}/{second.slug}/index.html"
        yield page(context, path, "compare", partial(_compare, context, first, second), key)


def _comparisons_of(context: Context, provider: Provider) -> object:
    return views.comparisons_of(context.closed, context.closed_records, context.verdicts, provider)


def _compare(context: Context, first: Provider, second: Provider) -> object:
    sides = context.shared("sides", lambda: views.Sides(context.closed))
    return views.compare(sides, context.closed_records, _verdict(context, first, second), first, second)


def _verdict(context: Context, first: Provider, second: Provider) -> views.PairVerdict:
    """Return what the comparison of all providers says of two."""
    return views.verdict_of(context.verdicts, first, second)


@route("search/index.html")
def search_page(context: Context) -> Outputs:
    """Make the page of search and of the ways to everything."""
    view = partial(views.search, context.snapshot, context.months, context.settings.complete)
    yield page(context, "search/index.html", "search", view)


@route("edits/index.html", "edits/{year}/{month}/{number}index.html")
def edits(context: Context) -> Outputs:
    """Make the lists of what was edited, the newest and by month."""
    snapshot, names = context.snapshot, context.names
    newest = views.newest_edited(snapshot)
    view = partial(views.edits, snapshot, context.incident)
    yield page(context, "edits/index.html", "edits", view, (context.texts(newest), names))
    for (year, month), cards in views.edited_months(snapshot).items():
        texts = context.texts(cards)
        for number, folder in views.edit_pages(len(cards)):
            path = f"edits/{year}/{month:02}/{folder}index.html"
            view = partial(views.edits_of_month, snapshot, context.incident, year, month, number)
            yield page(context, path, "edits", view, (texts, names, number))


ROUTES = (components, comparisons, search_page, edits)

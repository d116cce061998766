"""What stands at addresses where people and programs look by habit: pages that lead on, and the icon."""

from __future__ import annotations

from functools import partial

from almanac.build.context import Context
from almanac.build.routes.route import Outputs, file, page, route
from almanac.views import moved

ICON = "favicon.ico"


@route(*(f"{folder}/index.html" for folder in moved.CUSTOMARY), ICON, indexed=False)
def customary_addresses(context: Context) -> Outputs:
    """Make the pages at which feeds are looked for, and the icon for those who do not read where it is."""
    for folder in moved.CUSTOMARY:
        yield page(context, f"{folder}/index.html", "moved", moved.to_feeds)
    icon = context.settings.theme / ICON
    if icon.is_file():
        yield file(ICON, icon.read_bytes)


@route("providers/{name}/index.html", "incidents/{provider}/index.html", indexed=False)
def other_names(context: Context) -> Outputs:
    """Make the pages that lead from other names of providers, and from the folder of its incidents, to each."""
    for slug, provider in moved.other_names(context.snapshot.providers):
        yield page(context, f"providers/{slug}/index.html", "moved", partial(moved.to_provider, provider))
    for provider in context.snapshot.providers:
        yield page(context, f"incidents/{provider.slug}/index.html", "moved", partial(moved.to_provider, provider))


ROUTES = (customary_addresses, other_names)

"""All routes: what the site is made of.

Those in ROUTES may run in any order, beside each other. Those in LAST draw on what the others made, and run after them.
"""

from almanac.build.routes import (
    api,
    data,
    explore,
    feeds,
    figures,
    incidents,
    link_images,
    lists,
    moved,
    news,
    pages,
    part_feeds,
    search,
    sitemaps,
    statistics,
)
from almanac.build.routes.route import Route

# The longest first, so that no worker is left with one at the end.
ROUTES: tuple[Route, ...] = (
    *statistics.ROUTES,
    *data.ROUTES,
    *explore.ROUTES,
    *incidents.ROUTES,
    *link_images.ROUTES,
    *figures.ROUTES,
    *feeds.ROUTES,
    *part_feeds.ROUTES,
    *lists.ROUTES,
    *moved.ROUTES,
    *api.ROUTES,
    *pages.ROUTES,
    *news.ROUTES,
    *sitemaps.ROUTES,
)
LAST: tuple[Route, ...] = (data.data_files, sitemaps.page_sitemap, *search.ROUTES)
BY_NAME = {route.name: route for route in (*ROUTES, *LAST)}

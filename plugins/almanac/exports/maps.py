"""What tells programs where things are: sitemaps, robots.txt and llms.txt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from almanac.exports.syndication import DECLARATION, line
from almanac.model import Provider, stamped
from almanac.model.project import Project
from almanac.views import base

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class SitemapEntry(NamedTuple):
    """An address relative to the site, and when what it shows last changed (epoch seconds; 0 where nobody knows)."""

    url: str
    changed: int = 0


def sitemap(places: Iterable[SitemapEntry], site_url: str) -> bytes:
    """Return a sitemap of pages of the site."""
    return _listing("urlset", "url", places, site_url)


def index(maps: Iterable[SitemapEntry], site_url: str) -> bytes:
    """Return the index of the sitemaps of the site: one may hold 50,000 addresses."""
    return _listing("sitemapindex", "sitemap", maps, site_url)


def _listing(name: str, kind: str, places: Iterable[SitemapEntry], site_url: str) -> bytes:
    listed = "".join(f"  <{kind}>\n{_place(place, site_url)}  </{kind}>\n" for place in places)
    return f'{DECLARATION}<{name} xmlns="{NAMESPACE}">\n{listed}</{name}>\n'.encode()


def _place(place: SitemapEntry, site_url: str) -> str:
    changed = f"    <lastmod>{stamped(place.changed)}</lastmod>\n" if place.changed else ""
    return f"    <loc>{escape(site_url + place.url)}</loc>\n{changed}"


def robots(site_url: str) -> bytes:
    """Return a robots.txt by which everybody may read everything."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site_url}/sitemap.xml\n".encode()


def llms(project: Project, site_url: str, providers: Sequence[Provider], twins_since: int = 0) -> bytes:
    """Return what a language model should read, and how to (https://llmstxt.org)."""
    which = f" of {twins_since} or later" if twins_since else ""
    listed = sorted(providers, key=lambda provider: provider.name.casefold())
    lines = [
        f"# {project.name}",
        "",
        f"> When {project.of('services')} fail: what their providers reported, archived. Nothing is probed or guessed.",
        "",
        "Every statement about the present carries a time until which it is valid; after that the status is",
        "unknown. “No incident reported” does not mean that nothing failed. Cite the page of an incident, not this list.",
        f"The page of an incident{which}, /incidents/<provider>/<id>/, has a twin in Markdown: index.md in the same folder.",
        "",
        "## Now",
        "",
        f"- [Status of all providers]({site_url}/api/v2/summary.json): in the shape of the Statuspage API",
        *(
            f"- [{line(p.name)}]({site_url}{base.provider_url(p.slug)}api/v2/summary.json): status and open incidents"
            for p in listed
        ),
        "",
        "## Archive",
        "",
        f"- [Incidents]({site_url}/data/incidents.jsonl): all of them, one JSON object a line",
        f"- [Description of the tables]({site_url}/data/datapackage.json): fields, licence, hashes, cut-off time",
        f"- [Newest incidents]({site_url}/feed.json): JSON Feed",
        "",
        "## Method",
        "",
        f"- [Method]({site_url}/methodology/): what counts, and how every figure is calculated",
        f"- [Leaderboard]({site_url}/leaderboard/): shares of time with no reported incident, ranks with uncertainty",
    ]
    return ("\n".join(lines) + "\n").encode()

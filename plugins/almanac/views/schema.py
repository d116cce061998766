"""Says what a page is to machines: schema.org as JSON-LD, and which picture links to it show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from almanac.text import markdown
from almanac.views import linkpicture
from almanac.views.articles import ArticlePage
from almanac.views.base import Head, Site
from almanac.views.data import Data
from almanac.views.home import HomePage
from almanac.views.incident import IncidentPage

MOST = 20  # posts of an open incident that are told


def picture(site: Site, head: Head) -> str:
    """Return the address of the picture that links to a page show: its own, else that of its section."""
    return head.picture or linkpicture.address(head.section)


def structured(site: Site, page: object) -> str:
    """Return the page in terms of schema.org, as JSON that may stand in a script element; "" for mere lists."""
    if isinstance(page, ArticlePage):
        return _json(_article(site, page))
    if isinstance(page, IncidentPage):
        return _json(_live(site, page) if page.head.dateline else _event(site, page))
    if isinstance(page, Data):
        return _json(_dataset(site, page))
    return _json(_publisher(site)) if isinstance(page, HomePage) else ""


def _json(value: Mapping[str, Any]) -> str:
    text = json.dumps({"@context": "https://schema.org", **value}, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _publisher(site: Site) -> dict[str, Any]:
    return {
        "@type": "NewsMediaOrganization",
        "name": site.name,
        "url": f"{site.url}/",
        "correctionsPolicy": f"{site.url}/corrections-policy/",
        "publishingPrinciples": f"{site.url}/methodology/",
    }


def _piece(site: Site, page: ArticlePage | IncidentPage, kind: str) -> dict[str, Any]:
    """Return the properties that every piece of news has."""
    return {
        "@type": kind,
        "headline": page.title,
        "url": f"{site.url}{page.head.path}",
        "publisher": _publisher(site),
    } | ({"image": f"{site.url}{picture(site, page.head)}"} if site.pictures else {})


def _article(site: Site, page: ArticlePage) -> dict[str, Any]:
    return (
        _piece(site, page, "NewsArticle")
        | {
            "datePublished": page.published.iso,
            "dateModified": (page.modified or page.published).iso,
            "author": {"@type": "Organization", "name": page.authors or site.name},
        }
        | ({"correction": f"{site.url}{page.head.path}#corrections"} if page.corrections else {})
    )


def _live(site: Site, page: IncidentPage) -> dict[str, Any]:
    """Return an open incident as a live blog whose posts are those of the provider."""
    posts = [
        {
            "@type": "BlogPosting",
            "headline": post.phase,
            "datePublished": post.time.iso,
            "articleBody": markdown.plain(post.html) or post.phase,
            "author": {"@type": "Organization", "name": page.provider.text},
        }
        for post in page.posts[:MOST]
    ]
    start = next((fact.time for fact in page.facts if fact.time), "")
    return _piece(site, page, "LiveBlogPosting") | {
        "description": page.head.description,
        "coverageStartTime": start,
        "datePublished": page.posts[-1].time.iso if page.posts else start,
        "dateModified": page.posts[0].time.iso if page.posts else start,
        "liveBlogUpdate": posts,
    }


def _event(site: Site, page: IncidentPage) -> dict[str, Any]:
    """Return an incident as an event with the moments it began and ended, as far as they are known."""
    address = f"{site.url}{page.cite.path}"
    times = {fact.name: fact.time for fact in page.facts if fact.time}
    return {
        "@type": "Event",
        "name": page.title,
        "description": page.head.description,
        "url": address,
        "startDate": times["Started"],
        "eventStatus": "https://schema.org/EventScheduled",  # it took place, as it began
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": page.source or address},
        "organizer": {"@type": "Organization", "name": page.company or page.provider.text},
        "image": f"{site.url}{picture(site, page.head)}",
    } | ({"endDate": times["Ended"]} if "Ended" in times else {})


def _dataset(site: Site, page: Data) -> dict[str, Any]:
    files = [
        {
            "@type": "DataDownload",
            "contentUrl": f"{site.url}{file.link.url}",
            "encodingFormat": file.link.text,
            "sha256": file.sha256,
        }
        for table in page.tables
        for file in table.files
    ]
    return {
        "@type": "Dataset",
        "name": f"{site.name}: {page.head.title}",
        "description": page.head.description or page.stand,
        "url": f"{site.url}{page.head.path}",
        "license": page.licence.url,
        "creator": _publisher(site),
        "distribution": files,
    } | ({"dateModified": page.cut_off.iso} if page.cut_off else {})

"""The pages people write (about, methodology …), and the page for addresses that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest
from typing import NamedTuple

from almanac.snapshot import Snapshot
from almanac.views import rows
from almanac.views.base import Head, Link

LONG = 6  # sections from which on a page has a table of contents
_HEADING = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class PageSection(NamedTuple):
    """A section of a long page: where it is, what the table of contents calls it, and its safe HTML."""

    anchor: str
    name: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPage:
    """A page that people write: /about/, /methodology/ and others."""

    head: Head
    title: str
    html: str  # safe; of a long page what stands before its first section
    sections: tuple[PageSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """The page for addresses that do not exist, /404.html."""

    head: Head
    title: str
    ways: tuple[Link, ...]


def page(title: str, path: str, summary: str, html: str, file: str = "") -> PlainPage:
    """Return a written page at `path` (with slashes at both ends); `html` is its safe text, `file` relative to content/."""
    section = path.strip("/").partition("/")[0]
    source = f"content/{file}" if file else ""
    head = Head(title=title, path=path, section=section, description=summary, source=source)
    sections = tuple(_sections(html))
    if len(sections) < LONG:
        return PlainPage(head=head, title=title, html=html)
    return PlainPage(head=head, title=title, html=html[: html.index("<h2")], sections=sections)


def _sections(html: str) -> Iterator[PageSection]:
    """Yield the sections of a page, each from its heading on."""
    headings = list(_HEADING.finditer(html))
    for heading, after in zip_longest(headings, headings[1:]):
        own = html[heading.start() : after.start() if after else len(html)]
        yield PageSection(heading[1], unescape(_TAG.sub("", heading[2])), own)


def not_found(almanac: Snapshot) -> NotFound:
    """Return the page for addresses that do not exist."""
    return NotFound(
        head=Head(title="Not found", path="/404.html"),
        title="There is no page at this address.",
        ways=(
            Link("/", "Current status"),
            Link("/incidents/", "All incidents"),
            *(Link(f"/providers/{provider.slug}/", provider.name) for provider in rows.by_name(almanac.providers)),
        ),
    )

"""The pages people write (about, methodology …), and the page for addresses that do not exist."""

from __future__ import annotations

from dataclasses import dataclass

from almanac.snapshot import Snapshot
from almanac.views import rows
from almanac.views.base import Head, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPage:
    """A page that people write: /about/, /methodology/ and others."""

    head: Head
    title: str
    html: str  # safe


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
    return PlainPage(head=head, title=title, html=html)


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

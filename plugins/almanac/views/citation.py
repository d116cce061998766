"""What it takes to cite a page: what it is, of when, in which version, under which licence, as prose and as BibTeX."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from almanac.text import english
from almanac.views.base import Link

CC0 = Link("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0")
CC_BY = Link("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0")
DIGITS = 12  # of the digest that names a version
WAYBACK = "https://web.archive.org/web"
_COMMANDS = re.compile(r"([&%$#_{}])")  # what TeX reads as commands and prints behind a backslash
_WORDS = str.maketrans({"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"})
_INNER = str.maketrans("“”", "‘’")  # it stands in quotation marks


class Citation(NamedTuple):
    """A citation without the name and the address of the site, which a page knows: both stand before it."""

    title: str
    authors: str  # "" where the site is the author
    when: str  # when it was published, last changed, or of which moment it speaks
    year: str
    path: str  # of the page that stays
    licence: Link
    version: str  # "" where nothing says it
    key: str  # of the BibTeX entry
    tex_title: str
    tex_authors: str
    links: tuple[Link, ...] = ()  # the same as data, and elsewhere


def version(data: bytes) -> str:
    """Return the name of a version of something: the beginning of its SHA-256."""
    return sha256(data).hexdigest()[:DIGITS]


def citation(
    path: str,
    title: str,
    when: str,
    at: datetime,
    licence: Link,
    *,
    version: str = "",
    authors: tuple[str, ...] = (),
    links: tuple[Link, ...] = (),
) -> Citation:
    """Return how to cite the page at `path`, which speaks of or was published at `at`."""
    return Citation(
        title=title.translate(_INNER),
        authors=english.listing(authors),
        when=when,
        year=str(at.year),
        path=path,
        licence=licence,
        version=version,
        key="-".join(part for part in path.split("/") if part not in ("", "incidents", "articles")),
        tex_title=tex(title),
        tex_authors=" and ".join(f"{{{tex(author)}}}" for author in authors),
        links=links,
    )


def tex(words: str) -> str:
    """Return words as TeX prints them."""
    return "".join(
        part.translate(_WORDS) if number % 2 == 0 else f"\\{part}" for number, part in enumerate(_COMMANDS.split(words))
    ).replace(english.GAP, "~")


def archived(url: str, at: datetime) -> tuple[Link, ...]:
    """Return the link to copies of a page elsewhere, the nearest to a moment first."""
    return (Link(f"{WAYBACK}/{at:%Y%m%d%H%M%S}/{url}", "Copies at archive.org"),) if url.startswith("http") else ()

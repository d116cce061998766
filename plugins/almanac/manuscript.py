"""Reads what people write, articles and pages: one file as checked fields and safe HTML, or every fault of it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from almanac import body, forms, frontmatter, text
from almanac.almanac import Article, ArticleCard, Correction, Source
from almanac.body import Body, Spot
from almanac.frontmatter import Fault, Matter

ARTICLE_FILE = re.compile(r"articles/(?P<year>\d{4})/(?P=year)-\d\d-\d\d-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.md")
PAGE_FILE = re.compile(r"pages/(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.md")
LONGEST_NAME = 80  # of a file: it becomes an address
LARGEST = 300_000  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A file that people wrote, checked as far as it can be by itself."""

    file: str  # relative to content/, with slashes
    values: Mapping[str, Any]
    matter: Matter
    body: Body
    slug: str
    year: str  # "" for a page
    first: int  # the line its body begins in

    @property
    def url(self) -> str:
        """Its address on the site."""
        return f"/articles/{self.year}/{self.slug}/" if self.year else f"/{self.slug}/"

    @property
    def html(self) -> str:
        """Its body as safe HTML."""
        return text.article(self.matter.body)

    def fault(self, spot: Spot, message: str) -> Fault:
        """A fault in the body."""
        return Fault(file=self.matter.file, line=self.first + spot.line - 1, column=spot.column, message=message)


def read(data: bytes, file: str) -> tuple[Manuscript | None, tuple[Fault, ...]]:
    """What stands in `file` (relative to content/, with slashes), or every fault of it."""
    shown = f"content/{file}"
    if len(data) > LARGEST:
        return None, (Fault(file=shown, message=f"has {len(data):,} bytes; write at most {LARGEST:,}"),)
    matter = frontmatter.read(data, shown)
    page = file.startswith("pages/")
    name = (PAGE_FILE if page else ARTICLE_FILE).fullmatch(file)
    values, faults = forms.check(forms.PageForm if page else forms.ArticleForm, matter)
    figures = matter.values.get("figures")
    known = [str(figure) for figure in figures] if isinstance(figures, Mapping) else []
    found = body.read(matter.body, known)
    first = data.count(b"\n") - matter.body.count("\n") + 1
    faults += tuple(Fault(file=shown, line=first + spot.line - 1, column=spot.column, message=spot.what)
                    for spot in found.wrong)  # fmt: skip
    faults += tuple(_misnamed(file, page, name is not None))
    if faults or name is None:
        return None, tuple(sorted(faults))
    return Manuscript(
        file=file, values=values, matter=matter, body=found, first=first,
        slug=name["slug"], year=name.groupdict().get("year") or "",
    ), ()  # fmt: skip


def _misnamed(file: str, page: bool, good: bool) -> Iterable[Fault]:
    """What is wrong with the name of a file, which becomes its address."""
    shown = f"content/{file}".encode("ascii", "backslashreplace").decode()
    wanted = "pages/<slug>.md" if page else "articles/<year>/<year>-<month>-<day>-<slug>.md"
    foreign = next((character for character in file if not character.isascii()), "")
    if foreign:
        called = unicodedata.name(foreign, f"U+{ord(foreign):04X}").lower()
        yield Fault(file=shown, message=f"has a name with {called}, which is none of a-z; retype the name")
    elif not good:
        yield Fault(file=shown, message=f"is no address; rename it content/{wanted}, slugs of a-z, 0-9, -")
    elif len(file.rpartition("/")[2]) > LONGEST_NAME:
        yield Fault(file=shown, message=f"has a name that is too long; write at most {LONGEST_NAME} characters")


def strays(files: Iterable[str]) -> list[Fault]:
    """A fault for each file (relative to content/) that nobody reads, and that would vanish without a word."""
    message = "is not read; articles and pages are Markdown, in files that end in .md"
    return [Fault(file=f"content/{file}", message=message) for file in sorted(files) if not file.endswith(".md")]


def article(values: Mapping[str, Any], url: str, html: str, file: str) -> Article:
    """The Article of checked fields; `url` is relative to the site, with a leading slash."""
    card = ArticleCard(
        url=url,
        title=values["title"],
        date=values["date"],
        modified=values["modified"],
        summary=values["summary"],
        kind=values["kind"],
        authors=tuple(values["authors"]),
        providers=tuple(values["providers"]),
        incidents=tuple((slug, raw) for slug, _, raw in (key.partition("/") for key in values["incidents"])),
    )
    return Article(
        card=card,
        html=html,
        sources=tuple(Source(**source) for source in values["sources"]),
        confirmed=tuple(values["confirmed"]),
        claimed=tuple(values["claimed"]),
        unknown=tuple(values["unknown"]),
        corrections=tuple(Correction(**correction) for correction in values["corrections"]),
        file=file,
    )

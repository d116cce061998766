"""Reads articles and pages that people write: front matter once, Markdown, safe HTML; and hands them to Pelican.

Whatever is wrong is collected as faults, and told all at once: Pelican alone would log a bad article and leave it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pelican.contents import Author
from pelican.readers import BaseReader

from almanac import forms, frontmatter, text
from almanac.almanac import Article, ArticleCard, Correction, Source
from almanac.frontmatter import Fault, Matter

ARTICLE_FILE = re.compile(r"articles/(?P<year>\d{4})/(?P=year)-\d\d-\d\d-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.md")
PAGE_FILE = re.compile(r"pages/(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.md")
FORBIDDEN = re.compile(r"\{(?:static|attach|author|category|tag|index)\}|\|(?:filename|static|attach)\||!\[")


FAULTS = "ALMANAC_FAULTS"  # the setting that collects what is wrong: Pelican makes a reader for each generator


class Written(NamedTuple):
    """A file that people wrote, checked: its fields, its text as safe HTML, and its place in addresses."""

    values: Mapping[str, Any]
    html: str
    slug: str
    year: str  # "" for a page


def read(data: bytes, file: str) -> tuple[Written | None, tuple[Fault, ...]]:
    """What stands in `file` (relative to content/, with slashes), or every fault of it. Pure."""
    matter = frontmatter.read(data, f"content/{file}")
    page = file.startswith("pages/")
    name = (PAGE_FILE if page else ARTICLE_FILE).fullmatch(file)
    values, faults = forms.check(forms.PageForm if page else forms.ArticleForm, matter)
    faults += tuple(_links(matter, data.count(b"\n") - matter.body.count("\n") + 1))
    if name is None:
        wanted = "pages/<slug>.md" if page else "articles/<year>/<year>-<month>-<day>-<slug>.md"
        faults += (Fault(file=matter.file, message=f"is no address; rename it content/{wanted}, slugs of a-z, 0-9, -"),)
    if faults or name is None:
        return None, tuple(sorted(faults))
    return Written(values, text.article(matter.body), name["slug"], name.groupdict().get("year") or ""), ()


def _links(matter: Matter, first: int) -> list[Fault]:
    """Links by which Pelican would carry files, even of the machine it runs on, into the site; and images, which would
    come from elsewhere. `first` is the line the body begins in."""
    message = "is not carried into the site; link to an address, or with {filename} to an article or page"
    return [
        Fault(file=matter.file, line=number, column=found.start() + 1, message=f"{found[0]} {message}")
        for number, line in enumerate(matter.body.split("\n"), first)
        for found in FORBIDDEN.finditer(line)
    ]


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


class Reader(BaseReader):  # type: ignore[misc]  # Pelican has no types
    """Pelican's way to `read`. Only what Pelican needs for listing and addresses becomes metadata; no key of the file
    does by itself, so that none can name a path or a template."""

    enabled = True
    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """HTML and metadata; a file with faults, and a draft where none are wanted, is skipped."""
        path = Path(source_path)
        file = path.relative_to(self.settings["PATH"]).as_posix()
        if path.is_symlink():
            self.settings[FAULTS].append(Fault(file=f"content/{file}", message="is a symbolic link; put a file there"))
            return "", {"status": "skip"}
        written, faults = read(path.read_bytes(), file)
        self.settings[FAULTS].extend(faults)
        if written is None or (written.values.get("status") == "draft" and not self.settings["ALMANAC_DRAFTS"]):
            return "", {"status": "skip"}
        return written.html, self._metadata(written)

    def _metadata(self, written: Written) -> dict[str, Any]:
        values = written.values
        found = {"title": values["title"], "slug": written.slug, "summary": values["summary"], "written": values}
        if written.year:
            found |= {"date": values["date"], "year": written.year, "status": _status(values),
                      "authors": [Author(name, self.settings) for name in values["authors"]]}
            if values["modified"]:
                found["modified"] = values["modified"]
        return found


def _status(values: Mapping[str, Any]) -> str:
    """Pelican's word: a draft that is shown has its page, but stands in no list."""
    return "hidden" if values["status"] == "draft" else "published"

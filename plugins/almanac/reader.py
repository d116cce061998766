"""Reads articles and pages that people write: front matter once, Markdown, safe HTML; and hands them to Pelican.

Whatever is wrong is collected as faults, and told all at once: Pelican alone would log a bad article and leave it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pelican.contents import Author
from pelican.readers import BaseReader

from almanac.content.articles import Manuscript
from almanac.content.files import LINKED
from almanac.model.problem import Problem

LINK = re.compile(r'(?<= )(href|src)="/(?!/)')
FAULTS = "ALMANAC_FAULTS"  # the setting that collects what is wrong: Pelican makes a reader for each generator
READ = "ALMANAC_READ"  # the function that reads one, or has read it
MANUSCRIPTS = "ALMANAC_MANUSCRIPTS"  # and the one that collects what was read


class Reader(BaseReader):  # type: ignore[misc]  # Pelican has no types
    """Pelican's way to `articles.read`.

    Only what Pelican needs for listing and addresses becomes metadata; no key of the file does by itself, so that none
    can name a path or a template.
    """

    enabled = True
    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return HTML and metadata; a file with faults, and a draft where none are wanted, is skipped."""
        path = Path(source_path)
        file = path.relative_to(self.settings["PATH"]).as_posix()
        if path.is_symlink():
            self.settings[FAULTS].append(Problem(file=f"content/{file}", message=LINKED))
            return "", {"status": "skip"}
        read, faults = self.settings[READ](file)
        self.settings[FAULTS].extend(faults)
        if read is None or (read.values.get("status") == "draft" and not self.settings["ALMANAC_DRAFTS"]):
            return "", {"status": "skip"}
        self.settings[MANUSCRIPTS][file] = read
        return _root_links(read.html, self.settings["SITEURL"]), self._metadata(read)

    def _metadata(self, read: Manuscript) -> dict[str, Any]:
        values = read.values
        metadata = {
            "title": values["title"],
            "slug": read.slug,
            "summary": values["summary"],
            "written": read,
            "url": read.url.lstrip("/"),
            "save_as": f"{read.url.lstrip('/')}index.html",
        }
        if read.year:
            metadata |= {
                "date": values["date"],
                "status": _status(values),
                "authors": [Author(name, self.settings) for name in values["authors"]],
            }
            if values["modified"]:
                metadata["modified"] = values["modified"]
        return metadata


def _root_links(html: str, site_url: str) -> str:
    """Return HTML whose links to /an/address/ lead below the path the site lives at."""
    root = urlsplit(site_url).path.rstrip("/")
    return LINK.sub(rf'\1="{root}/', html) if root else html


def _status(values: Mapping[str, Any]) -> str:
    """Return Pelican's status: a draft that is shown has its page, but stands in no list."""
    return "hidden" if values["status"] == "draft" else "published"

"""The plugin in somebody else's Pelican site: blocks ```almanac of its articles show the archive at ALMANAC_ARCHIVE.

The site keeps its theme, its readers and its settings; all that is added is `theme/almanac.css`.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from almanac import files
from almanac.content import blocks
from almanac.exports.embed import STYLE, Embeds
from almanac.model import seconds
from almanac.model.clock import build_time
from almanac.snapshot import as_of, order
from almanac.snapshot.load import load

SHEET = "theme/almanac.css"
BEFORE_FENCES = 26  # Python-Markdown's own preprocessor of fenced blocks has 25
_FENCE = re.compile(rf"^(`{{3,}}|~{{3,}}) *{blocks.LANGUAGE} *\n(.*?)\n\1 *$", re.MULTILINE | re.DOTALL)


class ArchiveMissingError(Exception):
    """The setting ALMANAC_ARCHIVE leads to no archive."""


class Blocks(Preprocessor):  # type: ignore[misc]  # Python-Markdown has no types
    """Takes the blocks out before anybody else reads them, and puts in what they ask for."""

    def __init__(self, markdown: Markdown, guest: Guest) -> None:
        super().__init__(markdown)
        self._guest = guest

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines with each block replaced by a mark, for which its HTML stands in the end."""
        return _FENCE.sub(
            lambda match: f"\n{self.md.htmlStash.store(self._guest.html(match[2]))}\n", "\n".join(lines)
        ).split("\n")


class Guest(Extension):  # type: ignore[misc]
    """The archive of one run of Pelican, read when the first block asks for it."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()
        self._settings = settings
        self._embeds: Embeds | None = None

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        """Read blocks before fenced code is."""
        md.preprocessors.register(Blocks(md, self), "almanac", BEFORE_FENCES)

    def html(self, line: str) -> str:
        """Return what a block shows, with the sheet for it."""
        self._embeds = self._embeds or self._open()
        sheet = f"{self._settings['SITEURL']}/{SHEET}"
        return f'<div><link rel="stylesheet" href="{sheet}">{self._embeds.show(line)}</div>'

    def finish(self) -> None:
        """Write the sheet, if anything needs it."""
        if self._embeds:
            target = Path(self._settings["OUTPUT_PATH"], SHEET)
            files.make_folder(target.parent)
            files.put(target, STYLE.encode())

    def _open(self) -> Embeds:
        content = Path(self._settings["ALMANAC_ARCHIVE"]).expanduser().absolute()
        if not (content / "providers").is_dir():
            raise ArchiveMissingError(
                f"ALMANAC_ARCHIVE is {content}, which holds no providers/; name the content/ of an almanac"
            )
        now = datetime.fromtimestamp(build_time("", time.time()), UTC)
        almanac = load(content, now)
        orders = order.orders(almanac.providers)
        read = partial(as_of.incident, content)
        return Embeds(almanac, lambda card: read(card, seconds(now), orders[card.provider]), almanac.project.address)

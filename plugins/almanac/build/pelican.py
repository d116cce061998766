"""The way in: Pelican reads articles and pages with our reader, and our generator makes the site; Pelican writes nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pelican import signals
from pelican.contents import Author, Content
from pelican.generators import Generator
from pelican.readers import BaseReader
from pelican.writers import Writer

from almanac.build.context import PlainText, Prose
from almanac.build.run import Build
from almanac.build.settings import build_settings
from almanac.build.sources import unprintable
from almanac.content.article import Article
from almanac.content.articles import Manuscript, article, strays
from almanac.content.files import LINKED
from almanac.model.problem import Problem

BUILD = "ALMANAC_BUILD"  # the setting that holds the running build,
BUILT = "ALMANAC_BUILT"  # what it did,
FAULTS = "ALMANAC_FAULTS"  # what is wrong with what people wrote: Pelican makes a reader for each generator,
MANUSCRIPTS = "ALMANAC_MANUSCRIPTS"  # and what was read of it, by file
LINK = re.compile(r'(?<= )(href|src)="/(?!/)')


def connect() -> None:
    """Listen to Pelican. The handlers stand at module level because Pelican holds them weakly."""
    signals.initialized.connect(start)
    signals.readers_init.connect(_use_our_reader)
    signals.generator_init.connect(_allow_no_markdown)
    signals.get_generators.connect(_our_generator)
    signals.get_writer.connect(_our_writer)


def start(pelican: Any) -> None:
    """Pull, if the settings say so, before anything is read."""
    settings = pelican.settings
    if settings["ALMANAC_PULL"]:
        _pull(settings)
    settings[FAULTS], settings[MANUSCRIPTS] = [], {}
    settings[BUILD] = Build(build_settings(settings, time.time()), time.time_ns())


def _pull(settings: dict[str, Any]) -> None:
    """Bring the archive up to date, and build as of that moment; without a network as of the clock."""
    from almanac import pull  # needs the HTTP client, which a build without a pull does not load
    from almanac.pull.report import lines

    stated = settings["ALMANAC_NOW"] or str(int(time.time()))
    plan = build_settings({**settings, "ALMANAC_NOW": stated}, 0)
    report = pull.pull(plan.content, now=plan.now, scheduler=plan.scheduler)
    print(*lines(report), sep="\n", flush=True)
    if report.offline:
        print("site: to see it live without a network, run python3 tasks.py demo", flush=True)
    else:
        settings["ALMANAC_NOW"] = stated


def _use_our_reader(readers: Any) -> None:
    readers.reader_classes["md"] = ManuscriptReader


def _allow_no_markdown(generator: Generator) -> None:
    """Keep Pelican from warning for every file that its own Markdown reader, which we replace, is not installed."""
    generator.readers.disabled_readers.pop("md", None)


def _our_generator(_: Any) -> type[Generator]:
    return SiteGenerator


def _our_writer(_: Any) -> type[Writer]:
    return NoWriter


class ManuscriptReader(BaseReader):  # type: ignore[misc]  # Pelican has no types
    """Pelican's way to what people write. Whatever is wrong is collected: Pelican alone would log it and go on.

    Only what Pelican needs for addresses and links becomes metadata; no key of the file does by itself, so that none
    can name a path or a template.
    """

    enabled = True
    file_extensions = ("md",)

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return HTML and metadata; a file with faults, and a draft where none are wanted, is skipped."""
        settings, path = self.settings, Path(source_path)
        file = path.relative_to(settings["PATH"]).as_posix()
        if path.is_symlink():
            settings[FAULTS].append(Problem(file=f"content/{file}", message=LINKED))
            return "", {"status": "skip"}
        manuscript, faults = settings[BUILD].manuscript(file)
        is_draft = manuscript is not None and manuscript.is_draft
        if is_draft and not settings["ALMANAC_DRAFTS"]:  # nobody's build is concerned with what is not finished
            return "", {"status": "skip"}
        settings[FAULTS].extend(faults)
        if manuscript is None or (faults and not is_draft):
            return "", {"status": "skip"}
        settings[MANUSCRIPTS][file] = manuscript
        return _root_links(manuscript.html, settings["SITEURL"]), self._metadata(manuscript)

    def _metadata(self, manuscript: Manuscript) -> dict[str, Any]:
        values, url = manuscript.values, manuscript.url.lstrip("/")
        metadata = {
            "title": values["title"],
            "slug": manuscript.slug,
            "summary": values["summary"],
            "manuscript": manuscript,
            "url": url,
            "save_as": f"{url}index.html",
        }
        if manuscript.year:
            metadata |= {
                "date": values["date"],
                "status": _status(values),
                "authors": [Author(name, self.settings) for name in values["authors"] or ("-",)],  # it needs one
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


class SiteGenerator(Generator):  # type: ignore[misc]
    """Makes the site when Pelican has read all articles and pages."""

    def generate_output(self, _: Any) -> None:
        """Build."""
        settings = self.settings
        faults = settings[FAULTS] + strays(self.get_files(["articles", "pages"], extensions=False))
        prose = Prose(
            articles=tuple(_each(self.context["articles"], _article, faults)),
            drafts=tuple(_each(self.context["hidden_articles"], _article, faults)),
            pages=tuple(_each(self.context["pages"], _page, faults)),
        )
        settings[BUILT] = built = settings[BUILD].finish(prose, list(settings[MANUSCRIPTS].values()), faults)
        settings[BUILD].close()
        built.report()


class NoWriter(Writer):  # type: ignore[misc]
    """Writes nothing: articles and pages are made with all the rest."""

    def write_file(self, *_: Any, **__: Any) -> None:
        """Leave it to the build."""


def _each(contents: Iterable[Content], read: Any, faults: list[object]) -> Iterable[Any]:
    """Yield what `read` makes of each; whatever a text holds that cannot be shown costs that text."""
    for content in contents:
        try:
            yield read(content)
        except OSError:
            raise
        except Exception as error:
            faults.append(unprintable(f"content/{content.relative_source_path}", error))


def _article(content: Content) -> Article:
    return article(content.metadata["manuscript"], f"/{content.url}", _html(content), content.relative_source_path)


def _page(content: Content) -> PlainText:
    summary = content.metadata["summary"]
    return PlainText(content.relative_source_path, f"/{content.url}", content.title, summary, _html(content))


def _html(content: Content) -> str:
    """Return the text with Pelican's own links resolved, relative to the host."""
    return str(content.get_content(urlsplit(content.settings["SITEURL"]).path))

"""Makes the engine part of a Pelican run: our reader, a generator that makes no articles, and a writer for theirs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pelican import signals
from pelican.contents import Article as PelicanArticle
from pelican.contents import Content
from pelican.generators import Generator
from pelican.writers import Writer as PelicanWriter

from almanac import engine, reader, views
from almanac.claims import Evidence
from almanac.claims.judge import judge
from almanac.content import crosscheck
from almanac.content.article import Article
from almanac.content.articles import Manuscript, article, strays
from almanac.engine.printer import unprintable
from almanac.engine.world import world
from almanac.snapshot import Snapshot

BUILD = "ALMANAC_BUILD"  # the setting that holds the running build
BUILT = "ALMANAC_BUILT"  # and the one that holds what it did


def connect() -> None:
    """Listen to Pelican. The handlers stand at module level because Pelican holds them weakly."""
    signals.initialized.connect(_start)
    signals.readers_init.connect(_readers)
    signals.generator_init.connect(_allow_no_markdown)
    signals.get_generators.connect(_generators)
    signals.get_writer.connect(_writer)


def _start(pelican: Any) -> None:
    """Pull, if the settings say so, before anything is read."""
    settings = pelican.settings
    settings[reader.FAULTS], settings[reader.MANUSCRIPTS] = [], {}
    if settings["ALMANAC_PULL"]:
        _pull(settings)
    if settings.get(BUILD) is None:
        settings[BUILD] = engine.Build(engine.plan(settings, time.time()), time.time_ns())
    settings[reader.READ] = settings[BUILD].manuscript


def _pull(settings: dict[str, Any]) -> None:
    """Bring the archive up to date, and build as of that moment; without a network as of the clock."""
    from almanac import pull  # needs the HTTP client, which a build without a pull does not load
    from almanac.pull.report import lines

    stated = settings["ALMANAC_NOW"] or str(int(time.time()))
    plan = engine.plan({**settings, "ALMANAC_NOW": stated}, 0)
    report = pull.pull(plan.content, now=plan.now)
    print(*lines(report), sep="\n", flush=True)
    if report.offline:
        print("site: to see it live without a network, run python3 tasks.py demo", flush=True)
    else:
        settings["ALMANAC_NOW"] = stated


def _readers(readers: Any) -> None:
    readers.reader_classes["md"] = reader.Reader


def _allow_no_markdown(generator: Generator) -> None:
    """Keep Pelican from warning for every file that its own Markdown reader, which we replace, is not installed."""
    generator.readers.disabled_readers.pop("md", None)


def _generators(_: Any) -> type[Generator]:
    return IncidentGenerator


def _writer(_: Any) -> type[PelicanWriter]:
    return Writer


class IncidentGenerator(Generator):  # type: ignore[misc]  # Pelican has no types
    """Generates everything on the site that Pelican does not read: from the archive to pages and feeds."""

    def generate_context(self) -> None:
        """Put the Snapshot together. Pelican has read articles and pages by now."""
        settings = self.settings
        faults = settings[reader.FAULTS] + strays(self.get_files(["articles", "pages"], extensions=False))
        articles = {content.relative_source_path: _article(content, "").card for content in self.context["articles"]}
        manuscripts = list(settings[reader.MANUSCRIPTS].values())
        settings[BUILD].know(articles, lambda almanac: _judge(manuscripts, almanac), faults)

    def generate_output(self, _: Any) -> None:
        """Make all the rest. Pelican has written articles and pages by now."""
        self.settings[BUILT] = built = self.settings[BUILD].finish()
        built.report()


def _judge(manuscripts: Sequence[Manuscript], almanac: Snapshot) -> engine.Judgement:
    """Return what is wrong with what people wrote, and the files that are left out for it: not for a dead link."""
    site = world(almanac)
    unfit = [*crosscheck.across(manuscripts, site), *judge(manuscripts, Evidence(almanac))]
    files = {fault.file for fault in unfit}
    left_out = frozenset(each.file for each in manuscripts if each.matter.file in files)
    return engine.Judgement([*unfit, *crosscheck.dead_links(manuscripts, site)], left_out)


class Writer(PelicanWriter):  # type: ignore[misc]
    """Prints articles and pages from our views; where nothing new is to be shown, nothing is printed."""

    def write_file(self, name: str, template: Any, context: Mapping[str, Any], *_: Any, **variables: Any) -> None:
        """Print the page of an article or page that Pelican read."""
        build: engine.Build = self.settings[BUILD]
        content = variables.get("article") or variables.get("page")
        if content is None or content.relative_source_path in build.left_out:
            return
        try:
            if read := variables.get("article"):
                build.put_article(name, _article(read, _html(read)))
            elif page := variables.get("page"):
                file = page.relative_source_path
                view = views.page(page.title, f"/{page.url}", page.metadata["summary"], _html(page))
                build.put_page(name, view, file)
        except (OSError, engine.BuildError):
            raise
        except Exception as error:  # whatever a text holds that cannot be shown costs that text
            build.problems.append(unprintable(f"content/{content.relative_source_path}", error))


def _article(content: PelicanArticle, html: str) -> Article:
    return article(content.metadata["written"], f"/{content.url}", html, content.relative_source_path)


def _html(content: Content) -> str:
    """Return the text with Pelican's own links resolved, relative to the host."""
    return str(content.get_content(urlsplit(content.settings["SITEURL"]).path))

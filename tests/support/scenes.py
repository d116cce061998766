"""Runs that write to disk, to be broken off anywhere: what they start from, what they must leave, what heals them.

Each scene is a command on a small project: a pull with news, a build of the preview, a build to publish, and curating.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from almanac import archive, feeds, pull
from almanac.build.publish import LAST, NEXT
from almanac.commands import build as build_command
from almanac.commands import cli
from almanac.commands.verbs import VERBS
from almanac.executors import MANY
from almanac.pull.report import closing, outcome_lines
from tests.support.projects import INCIDENTS, PAGE, article, project, put, tree, write
from tests.support.serving import watch
from tests.support.statuspages import Page, Step, atom

NOW = "2026-03-02T14:10:00Z"
LATER = "2026-03-02T14:15:00Z"
OWN = re.compile(rb'\n *"changed": "[^"]*",')
LINK = re.compile(rb'<(?:a|link|img|script)\b[^>]*?\s(?:href|src)="(/[^"]*)"')

Files = Mapping[str, bytes]


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder in memory where there is one: deleting thousands of files on a disk makes it slow for a while."""
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


class Scene:
    """A command and the folder it starts from. `by_path`: it has threads, so calls are counted by path."""

    name = ""
    by_path = False

    def __init__(self, base: Path) -> None:
        self.base = base
        self.old: Files = {}
        self.new: Files = {}

    def begin(self, work: Path) -> None:
        """Return a fresh copy of what the command starts from."""
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.base, work, symlinks=True, dirs_exist_ok=True)

    def run(self, work: Path) -> None:
        """Return the command."""
        raise NotImplementedError

    def seen(self, work: Path) -> Files:
        """Return what the command may have written that counts."""
        raise NotImplementedError

    def left(self, work: Path) -> list[str]:
        """Return what is wrong with what a command that was broken off left: each file must be the old or the new one."""
        found = self.seen(work)
        return [
            f"{name} is neither the old nor the new file"
            for name, data in found.items()
            if not name.endswith(".tmp") and data not in (self.old.get(name), self.new.get(name))
        ]

    def healed(self, work: Path) -> list[str]:
        """Return what is wrong after the command ran again."""
        return _different(self.seen(work), self.new)


class Pull(Scene):
    """A pull of three status pages, two of them with news: incidents that are open, so that forecasts are kept."""

    name, by_path = "pull", True
    slugs = ("acme", "beta", "corp")

    def __init__(self, base: Path, pages: Path, url: str) -> None:
        super().__init__(base)
        self.url = url
        histories = {slug: Page() for slug in self.slugs}
        for slug, page in histories.items():
            watch(base / "content", slug)
            _open(page, 14, "Resolved")
            _published(pages, slug, page)
        self.now = _soon(histories)
        self._pull(base / "content")
        for slug, page in histories.items():
            _open(page, 2 if slug != "corp" else 0, "Monitoring")
            _published(pages, slug, page)
        self.now = _soon(histories)
        self.old = self.seen(base)

    def run(self, work: Path) -> None:
        if not self._pull(work / "content"):
            raise SystemExit(1)

    def _pull(self, content: Path) -> bool:
        def tell(outcome: pull.Outcome, _: int) -> None:
            print(*outcome_lines(outcome), sep="\n")

        report = pull.pull(content, now=self.now, via=self.url, read=feeds.read, watch=tell)
        print(*closing(report), sep="\n")
        return report.ok and all(outcome.feed for outcome in report.outcomes)

    def seen(self, work: Path) -> Files:
        """All but the locks, the log for people, and when a pull brought news, which the broken-off one knew."""
        found = tree(work / "content")
        return {
            name: OWN.sub(b"", data)
            for name, data in found.items()
            if not name.endswith(".lock") and not name.startswith("pulls/log/")
        }

    def left(self, work: Path) -> list[str]:
        for slug in self.slugs:
            archive.load(work / "content", slug)
            archive.load_pulls(work / "content", slug)
            archive.load_forecasts(work / "content", slug)
        return super().left(work)


class Preview(Scene):
    """A build of the preview after an incident changed, one came, one went, and an article was edited."""

    name, settings, output = "preview", "pelicanconf.py", ".output-preview"

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        project(base)
        for name in ("contribute", "corrections-policy"):  # so that every link leads somewhere
            write(base, f"pages/{name}.md", PAGE.format(title=name.capitalize(), body="How."))
        build_command.build(base / self.settings, now=NOW, pull=False)
        self.old = self.seen(base)
        put(base, replace(INCIDENTS[0], title="Changed"))
        put(base, replace(INCIDENTS[1], id="came", title="One more"))
        (base / "content/incidents" / archive.file_of(INCIDENTS[2])).unlink()
        article(base, "claude-fails", "Claude fails again", "More is known.")
        write(base, "pages/more.md", PAGE.format(title="More", body="A page."))

    def begin(self, work: Path) -> None:
        """As said; templates are compiled as after any build before, for that place."""
        super().begin(work)
        compiled, kept = work / f".{self.output.lstrip('.')}-state/templates", work.with_name(f"{self.name}-templates")
        if not kept.exists():
            with redirect_stdout(None):
                self.run(work)
            shutil.copytree(compiled, kept)
            super().begin(work)
        shutil.rmtree(compiled, ignore_errors=True)
        shutil.copytree(kept, compiled)

    def run(self, work: Path) -> None:
        build_command.build(work / self.settings, now=LATER, pull=False)

    def seen(self, work: Path) -> Files:
        return tree(work / self.output)


class Publish(Preview):
    """The same, to publish: any moment shows the whole old site or the whole new one."""

    name, settings, output = "publish", "publishconf.py", "output"

    def left(self, work: Path) -> list[str]:
        found = self.seen(work)
        if found in (self.old, self.new):
            return []
        return [f"the site is neither the old nor the new one: {', '.join(_different(found, self.new)[:5])}"]

    def healed(self, work: Path) -> list[str]:
        beside = [name for name in (NEXT, LAST) if (work / ".output-state" / name).exists()]
        return [*super().healed(work), *(f"{name} was left beside the site" for name in beside)]


class Crowd(Publish):
    """A first build to publish, of so many incidents that workers are forked."""

    name = "crowd"

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        for at in range(MANY):
            put(base, replace(INCIDENTS[at % 2], id=f"crowd-{at}"))
        for made in (base / self.output, base / ".output-state"):
            shutil.rmtree(made)


class Curate(Scene):
    """A draft is dropped from the inbox."""

    name = "curate"

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        project(base)
        write(base, "inbox/2026-03-02-claude-is-down.md", DRAFT)
        write(base, "inbox/dropped.txt", "")
        self.old = self.seen(base)

    def run(self, work: Path) -> None:
        if (work / "content/inbox/2026-03-02-claude-is-down.md").exists():
            raise SystemExit(cli.main(["curate", "--drop", "1"], VERBS, work, "almanac"))

    def seen(self, work: Path) -> Files:
        return {name: data for name, data in tree(work / "content").items() if name.startswith(("inbox", "links"))}


DRAFT = """---
title: Claude is down
url: https://news.example/claude
publisher: News
date: 2026-03-02T12:30:00Z
grade: press
providers: [anthropic]
incidents: [anthropic/first]
why: names a provider and trouble
---
"""


def dead_links(found: Files) -> list[str]:
    """Links of pages that lead to no file of the same site."""
    dead = set()
    for name, data in found.items():
        if name.endswith(".html"):
            for link in LINK.findall(data):
                path = urlsplit(unescape(link.decode())).path.lstrip("/")
                if (path if path and not path.endswith("/") else f"{path}index.html") not in found:
                    dead.add(f"{name} links to /{path}")
    return sorted(dead)


def _different(found: Files, wanted: Files) -> list[str]:
    return [
        f"{name} is not as after an undisturbed run"
        for name in sorted(found.keys() | wanted.keys())
        if found.get(name) != wanted.get(name)
    ]


def _soon(histories: Mapping[str, Page]) -> datetime:
    """Five minutes after whatever happened last."""
    return max(page.now for page in histories.values()) + timedelta(minutes=5)


def _open(page: Page, count: int, word: str) -> None:
    """So many incidents begin, and more is posted on each."""
    for at in range(count):
        page.do(Step(what="open", after=600, text=f"Errors {at}."))
        lasts = 600 * (6 + at) if word == "Resolved" else 60
        page.do(Step(what="post", after=lasts, which=len(page.events) - 1, word=word, text="A fix is out."))


def _published(pages: Path, slug: str, page: Page) -> None:
    (pages / slug).mkdir(parents=True, exist_ok=True)
    (pages / slug / "history.atom").write_bytes(atom(page, f"{slug}.example"))

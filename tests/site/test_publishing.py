"""What is published is one whole site at any moment, and a build that was broken off leaves nothing for good."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from almanac import archive, files
from almanac.build import cache, publish, run
from almanac.build.cache import BuildError
from almanac.build.run import Build
from almanac.build.settings import BuildSettings, build_settings
from almanac.build.sources import read_manuscript
from almanac.commands import build as build_command
from almanac.files import DiskError
from tests.site.test_build import settings
from tests.support.builds import build, clean
from tests.support.projects import INCIDENTS, LONG_AGO, article, project, put, tree

__all__ = ["settings"]  # a fixture


def publishing(settings: BuildSettings) -> BuildSettings:
    """Return the same settings, but the site appears at once."""
    return replace(settings, published=settings.output, output=settings.state / publish.NEXT)


class _KilledError(Exception):
    """What stands for a kill."""


def broken_off(settings: BuildSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build, and break off when all is printed and nothing remembered yet."""

    def kill(folder: Path, paths: Iterable[str]) -> NoReturn:
        raise _KilledError

    with monkeypatch.context() as patched:
        patched.setattr(run, "prune", kill)
        with pytest.raises(_KilledError):
            build(settings)


def test_a_published_site_is_the_one_that_is_built_in_place(settings: BuildSettings) -> None:
    build(publishing(settings))
    assert tree(settings.output) == clean(settings)
    put(settings.root, replace(INCIDENTS[0], title="Changed"))
    (settings.content / "incidents" / archive.file_of(INCIDENTS[1])).unlink()
    done = build(publishing(settings))
    assert tree(settings.output) == clean(settings)
    assert "incidents/anthropic/first/index.html" in done.changed
    assert "incidents/anthropic/second/index.html" in done.removed


def test_nothing_but_the_site_is_left_behind(settings: BuildSettings) -> None:
    for _ in range(2):
        build(publishing(settings))
        put(settings.root, replace(INCIDENTS[0], title="Changed"))
    assert not (settings.state / publish.NEXT).exists()
    assert not (settings.state / publish.LAST).exists()
    assert not (settings.state / cache.MARK).exists()


def test_an_unchanged_site_stays_where_it_is(settings: BuildSettings) -> None:
    build(publishing(settings))
    before = settings.output.stat().st_ino
    assert build(publishing(settings)).changed == ()
    assert settings.output.stat().st_ino == before
    put(settings.root, replace(INCIDENTS[0], title="Changed"))
    build(publishing(settings))
    assert settings.output.stat().st_ino != before


def test_until_the_end_the_old_site_stands_untouched(settings: BuildSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    build(publishing(settings))
    before = tree(settings.output)
    put(settings.root, replace(INCIDENTS[0], title="Changed"))
    broken_off(publishing(settings), monkeypatch)
    assert tree(settings.output) == before
    build(publishing(settings))
    assert tree(settings.output) == clean(settings)


def test_what_people_put_beside_the_pages_stays_published(settings: BuildSettings) -> None:
    build(publishing(settings))
    (settings.output / "CNAME").write_text("almanac.example")
    (settings.output / ".well-known").symlink_to("theme")
    put(settings.root, replace(INCIDENTS[0], title="Changed"))
    build(publishing(settings))
    assert (settings.output / "CNAME").read_text() == "almanac.example"
    assert os.readlink(settings.output / ".well-known") == "theme"


@pytest.mark.slow
def test_a_page_that_a_broken_off_build_made_and_the_next_does_not_is_removed(
    settings: BuildSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for now in (settings, publishing(settings)):
        build(now)
        (settings.output / "CNAME").write_text("almanac.example")
        os.utime(settings.output / "CNAME", ns=(LONG_AGO, LONG_AGO))
        added = put(settings.root, replace(INCIDENTS[0], id="new"))
        broken_off(now, monkeypatch)
        if now.published:  # killed after the switch, before it was remembered
            publish.swap(now.output, settings.output)
        (settings.output / "index.html.tmp").write_text("half a pa")
        added.unlink()
        build(now)
        assert tree(settings.output) == clean(settings) | {"CNAME": b"almanac.example"}
        (settings.output / "CNAME").unlink()


def test_files_are_copied_where_there_are_no_hard_links(
    settings: BuildSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    build(publishing(settings))
    monkeypatch.setattr(os, "link", refuse)
    put(settings.root, replace(INCIDENTS[0], title="Changed"))
    done = build(publishing(settings))
    assert tree(settings.output) == clean(settings)
    assert done.unchanged > 0


@pytest.mark.slow
def test_where_folders_cannot_be_swapped_they_are_renamed_in_turn(
    settings: BuildSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "_exchange", lambda one, other: False)
    for title in ("One", "Two"):
        put(settings.root, replace(INCIDENTS[0], title=title))
        build(publishing(settings))
        assert tree(settings.output) == clean(settings)
    settings.output.rename(settings.state / publish.LAST)  # killed between the two steps
    build(publishing(settings))
    assert tree(settings.output) == clean(settings)


def test_what_cannot_be_replaced_is_told_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(one: Path, other: Path) -> bool:
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(publish, "_exchange", busy)
    for name in ("next", "output"):
        (tmp_path / name).mkdir()
    with pytest.raises(DiskError, match="output: Device or resource busy; if it is mounted itself, mount the "):
        publish.swap(tmp_path / "next", tmp_path / "output")


@pytest.mark.slow
def test_publishconf_publishes_at_once_and_a_preview_does_not(tmp_path: Path) -> None:
    root = project(tmp_path / "site")
    article(root, "more", "More", "Text.")
    build_command.build(root / "publishconf.py", now="2026-03-02T14:10:00Z", pull=False)
    assert (root / ".output-state" / cache.NAME).exists()
    first = tree(root / "output")
    number = (root / "output").stat().st_ino
    put(root, replace(INCIDENTS[0], title="Changed"))
    build_command.build(root / "publishconf.py", now="2026-03-02T14:10:00Z", pull=False)
    assert (root / "output").stat().st_ino != number
    second = tree(root / "output")
    assert [name for name in ("index.html", "about/index.html") if first[name] != second[name]] == ["index.html"]


def test_faults_of_people_do_not_count_as_broken_off(settings: BuildSettings) -> None:
    build(settings)
    put(settings.root, replace(INCIDENTS[0], provider="nobody"))
    problem = "content/incidents/nobody:1:1: belongs to no provider; add content/providers/nobody.md"
    assert build(settings).problems == build(settings).problems == (problem,)
    assert not (settings.state / cache.MARK).exists()


def test_sources_that_cannot_be_read_are_told_with_the_cure(tmp_path: Path) -> None:
    root = project(tmp_path / "site")
    incident = root / "content/incidents" / archive.file_of(INCIDENTS[0])
    text = next((root / "content/articles").rglob("*.md"))
    for path in (incident, text):
        path.unlink()
        path.mkdir()
    said = "Is a directory; look what stands there, then run this again"
    with pytest.raises(BuildError, match="is a folder within 3 others, too deep to be read"):
        Build(build_settings(build_command._settings(root / "pelicanconf.py"), 0), LONG_AGO)
    _, (fault,) = read_manuscript(root / "content", text.relative_to(root / "content").as_posix())
    assert str(fault) == f"{text.relative_to(root)}:1:1: {said}"


def test_a_full_disk_leaves_the_old_site_and_the_next_build_heals(
    settings: BuildSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(publishing(settings))
    before = tree(settings.output)
    put(settings.root, replace(INCIDENTS[0], title="Changed"))

    def full(path: str | Path, data: bytes, *, durable: bool = False) -> os.stat_result:
        raise files.refusal(path, OSError(errno.ENOSPC, "No space left on device"))

    with monkeypatch.context() as patched:
        patched.setattr(files, "put", full)
        with pytest.raises(DiskError, match="No space left on device; make room on its disk, then run this again"):
            build(publishing(settings))
    assert tree(settings.output) == before
    build(publishing(settings))
    assert tree(settings.output) == clean(settings)

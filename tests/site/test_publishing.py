"""What is published is one whole site at any moment, and a build that was broken off leaves nothing for good."""

from __future__ import annotations

import errno
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from almanac import archive, files, site
from almanac.content.article import ArticleCard
from almanac.engine import Build, BuildError, Plan, stage, turn
from almanac.engine.incidents import read_written
from almanac.engine.turn import Turn, TurnError
from almanac.files import DiskError
from tests.site.test_engine import build, clean, plan
from tests.support.projects import INCIDENTS, LONG_AGO, article, project, put, tree

__all__ = ["plan"]  # a fixture


def publishing(plan: Plan) -> Plan:
    """Return the same plan, but the site appears at once."""
    return replace(plan, published=plan.output, output=plan.state / stage.NEXT)


def broken_off(plan: Plan, *articles: ArticleCard) -> None:
    """Return a build that is killed when all is printed and nothing remembered yet."""
    running = Build(plan, 4 * LONG_AGO)
    running.know({card.url: card for card in articles})
    running._crew.made()
    running._turn.leave()


def test_a_published_site_is_the_one_that_is_built_in_place(plan: Plan) -> None:
    build(publishing(plan))
    assert tree(plan.output) == clean(plan)
    put(plan.root, replace(INCIDENTS[0], title="Changed"))
    (plan.content / "incidents" / archive.file_of(INCIDENTS[1])).unlink()
    done = build(publishing(plan))
    assert tree(plan.output) == clean(plan)
    assert "incidents/anthropic/first/index.html" in done.written
    assert "incidents/anthropic/second/index.html" in done.removed


def test_nothing_but_the_site_is_left_behind(plan: Plan) -> None:
    for _ in range(2):
        build(publishing(plan))
        put(plan.root, replace(INCIDENTS[0], title="Changed"))
    assert not (plan.state / stage.NEXT).exists()
    assert not (plan.state / stage.LAST).exists()
    assert (plan.state / turn.MARK).read_bytes() == b""


def test_an_unchanged_site_stays_where_it_is(plan: Plan) -> None:
    build(publishing(plan))
    before = plan.output.stat().st_ino
    assert build(publishing(plan)).written == ()
    assert plan.output.stat().st_ino == before
    put(plan.root, replace(INCIDENTS[0], title="Changed"))
    build(publishing(plan))
    assert plan.output.stat().st_ino != before


def test_until_the_end_the_old_site_stands_untouched(plan: Plan) -> None:
    build(publishing(plan))
    before = tree(plan.output)
    put(plan.root, replace(INCIDENTS[0], title="Changed"))
    broken_off(publishing(plan))
    assert tree(plan.output) == before
    build(publishing(plan))
    assert tree(plan.output) == clean(plan)


def test_what_people_put_beside_the_pages_stays_published(plan: Plan) -> None:
    build(publishing(plan))
    (plan.output / "CNAME").write_text("almanac.example")
    (plan.output / ".well-known").symlink_to("theme")
    put(plan.root, replace(INCIDENTS[0], title="Changed"))
    build(publishing(plan))
    assert (plan.output / "CNAME").read_text() == "almanac.example"
    assert os.readlink(plan.output / ".well-known") == "theme"


@pytest.mark.slow
def test_a_page_that_a_broken_off_build_made_and_the_next_does_not_is_removed(plan: Plan) -> None:
    for now in (plan, publishing(plan)):
        build(now)
        (plan.output / "CNAME").write_text("almanac.example")
        os.utime(plan.output / "CNAME", ns=(LONG_AGO, LONG_AGO))
        added = put(plan.root, replace(INCIDENTS[0], id="new"))
        broken_off(now)
        if now.published:  # killed after the switch, before it was remembered
            stage.put_up(now.output, plan.output)
        (plan.output / "index.html.tmp").write_text("half a pa")
        added.unlink()
        build(now)
        assert tree(plan.output) == clean(plan) | {"CNAME": b"almanac.example"}
        (plan.output / "CNAME").unlink()


def test_files_are_copied_where_there_are_no_hard_links(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    build(publishing(plan))
    monkeypatch.setattr(os, "link", refuse)
    put(plan.root, replace(INCIDENTS[0], title="Changed"))
    done = build(publishing(plan))
    assert tree(plan.output) == clean(plan)
    assert done.unchanged > 0


@pytest.mark.slow
def test_where_folders_cannot_be_swapped_they_are_renamed_in_turn(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "_swap", lambda one, other: False)
    for title in ("One", "Two"):
        put(plan.root, replace(INCIDENTS[0], title=title))
        build(publishing(plan))
        assert tree(plan.output) == clean(plan)
    plan.output.rename(plan.state / stage.LAST)  # killed between the two steps
    build(publishing(plan))
    assert tree(plan.output) == clean(plan)


def test_what_cannot_be_replaced_is_told_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(one: Path, other: Path) -> bool:
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(stage, "_swap", busy)
    for name in ("next", "output"):
        (tmp_path / name).mkdir()
    with pytest.raises(DiskError, match="output: Device or resource busy; if it is mounted itself, mount the "):
        stage.put_up(tmp_path / "next", tmp_path / "output")


@pytest.mark.slow
def test_publishconf_publishes_at_once_and_a_preview_does_not(tmp_path: Path) -> None:
    root = project(tmp_path / "site")
    article(root, "more", "More", "Text.")
    site.build(root / "publishconf.py", now="2026-03-02T14:10:00Z", pull=False)
    assert (root / ".output-state" / turn.MARK).exists()
    first = tree(root / "output")
    number = (root / "output").stat().st_ino
    put(root, replace(INCIDENTS[0], title="Changed"))
    site.build(root / "publishconf.py", now="2026-03-02T14:10:00Z", pull=False)
    assert (root / "output").stat().st_ino != number
    second = tree(root / "output")
    assert [name for name in ("index.html", "about/index.html") if first[name] != second[name]] == ["index.html"]


# One build at a time


def test_a_build_waits_for_the_other(tmp_path: Path) -> None:
    first = Turn(tmp_path)
    order = []

    def second() -> None:
        Turn(tmp_path).leave()
        order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    time.sleep(0.2)
    order.append("first")
    first.end()
    thread.join()
    assert order == ["first", "second"]


def test_a_build_that_does_not_end_is_told(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Turn(plan.state)
    with pytest.raises(TurnError, match=r"unfinished:1: another build has been at it for 0 s; let it end"):
        Turn(plan.state, patience=0)
    monkeypatch.setattr(turn.Turn.__init__, "__defaults__", (0.0,))
    with pytest.raises(BuildError, match="another build"):
        Build(plan, 4 * LONG_AGO)
    held.leave()


def test_workers_that_outlive_their_build_are_waited_for(tmp_path: Path) -> None:
    killed = Turn(tmp_path)
    ready, go = os.pipe(), os.pipe()
    if (pid := os.fork()) == 0:
        os.write(ready[1], b"r")
        os.read(go[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    killed.leave()
    with pytest.raises(TurnError):
        Turn(tmp_path, patience=0)
    os.write(go[1], b"g")
    os.waitpid(pid, 0)
    Turn(tmp_path, patience=0).leave()


def test_only_a_build_that_began_and_did_not_end_is_unfinished(tmp_path: Path) -> None:
    looked = Turn(tmp_path)
    assert looked.since is None
    looked.leave()
    broken = Turn(tmp_path)
    broken.begin()
    broken.leave()
    again = Turn(tmp_path)
    assert again.since == (tmp_path / turn.MARK).stat().st_mtime_ns
    again.begin()
    again.leave()
    last = Turn(tmp_path)
    assert last.since == again.since  # what the first left is still to be looked for
    last.end()
    ended = Turn(tmp_path)
    assert ended.since is None
    ended.leave()


def test_faults_of_people_do_not_count_as_broken_off(plan: Plan) -> None:
    build(plan)
    put(plan.root, replace(INCIDENTS[0], provider="nobody"))
    problem = "content/incidents/nobody:1:1: belongs to no provider; add content/providers/nobody.md"
    assert build(plan).problems == build(plan).problems == (problem,)
    assert (plan.state / turn.MARK).read_bytes() == b""


def test_sources_that_cannot_be_read_are_told_with_the_cure(tmp_path: Path) -> None:
    root = project(tmp_path / "site")
    incident = root / "content/incidents" / archive.file_of(INCIDENTS[0])
    text = next((root / "content/articles").rglob("*.md"))
    for path in (incident, text):
        path.unlink()
        path.mkdir()
    said = "Is a directory; look what stands there, then run this again"
    with pytest.raises(BuildError, match="is a folder within 3 others, too deep to be read"):
        site._build(root / "pelicanconf.py", site._settings(root / "pelicanconf.py"), {})
    _, (fault,) = read_written(root / "content", text.relative_to(root / "content").as_posix())
    assert str(fault) == f"{text.relative_to(root)}:1:1: {said}"


def test_a_full_disk_leaves_the_old_site_and_the_next_build_heals(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    build(publishing(plan))
    before = tree(plan.output)
    put(plan.root, replace(INCIDENTS[0], title="Changed"))

    def full(path: str | Path, data: bytes, *, durable: bool = False) -> os.stat_result:
        raise files.refusal(path, OSError(errno.ENOSPC, "No space left on device"))

    with monkeypatch.context() as patched:
        patched.setattr(files, "put", full)
        with pytest.raises(DiskError, match="No space left on device; make room on its disk, then run this again"):
            build(publishing(plan))
    assert tree(plan.output) == before
    build(publishing(plan))
    assert tree(plan.output) == clean(plan)

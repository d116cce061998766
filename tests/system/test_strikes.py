"""Strikes hit the call they are aimed at; pulls and builds that are broken off at some of their calls lose nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from almanac import files
from bench import disk
from tests.support import injection
from tests.support.injection import STRACE, Point, run, struck, watched
from tests.support.scenes import Scene, dead_links

needs_strace = pytest.mark.skipif(not STRACE, reason="needs strace")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a folder with a file to be replaced."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.md").write_text("old")
    return tmp_path / "work"


def replace(work: Path) -> None:
    files.put(work / "a.md", b"new", durable=True)


@pytest.mark.system
@needs_strace
@pytest.mark.parametrize("by_path", [True, False])
def test_a_watched_run_tells_every_call_that_changes_the_disk(work: Path, tmp_path: Path, by_path: bool) -> None:
    points = watched(lambda: replace(work), tmp_path, work, by_path=by_path)
    assert [(point.call, point.path, point.makes) for point in points] == [
        (call, "a.md.tmp", True) for call in ("openat", "write", "fsync", "rename")
    ]


@pytest.mark.system
@needs_strace
@pytest.mark.parametrize("call", ["openat", "write", "fsync", "rename"])
def test_a_kill_comes_before_the_call_it_is_aimed_at(work: Path, tmp_path: Path, call: str) -> None:
    ended = struck(lambda: replace(work), tmp_path, work, Point(call, 1, "a.md.tmp", True, True), "signal=SIGKILL")
    assert (ended.code, ended.struck, (work / "a.md").read_text()) == (-signal.SIGKILL, True, "old")
    assert (work / "a.md.tmp").exists() == (call != "openat")


@pytest.mark.system
@needs_strace
@pytest.mark.parametrize("call", ["openat", "write", "fsync", "rename"])
def test_a_fault_is_told_as_the_command_tells_it(work: Path, tmp_path: Path, call: str) -> None:
    ended = struck(lambda: replace(work), tmp_path, work, Point(call, 1, "a.md.tmp", True, True), "error=EDQUOT")
    line = f"{work}/a.md: Disk quota exceeded; make room within your quota, or have it raised, then run this again\n"
    assert (ended.code, ended.struck, ended.said) == (1, True, line)
    assert {path.name: path.read_text() for path in work.iterdir()} == {"a.md": "old"}


def test_a_command_ends_as_it_does_in_a_terminal(tmp_path: Path) -> None:
    def refuse() -> None:
        raise SystemExit("content/a.md:1: is wrong")

    def fail() -> None:
        raise ValueError("ours")

    assert run(lambda: print("done"), tmp_path).said == "done\n"
    refused, failed = run(refuse, tmp_path), run(fail, tmp_path)
    assert (refused.code, refused.said) == (1, "content/a.md:1: is wrong\n")
    assert (failed.code, failed.said.splitlines()[0]) == (1, "Traceback (most recent call last):")


class Folder(Scene):
    """A scene of which everything counts."""

    def seen(self, work: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in work.iterdir()}


def test_a_torn_file_is_found_and_an_unfinished_one_is_none(work: Path) -> None:
    scene = Folder(work)
    scene.old, scene.new = {"a.md": b"old"}, {"a.md": b"new"}
    assert scene.left(work) == []
    (work / "a.md.tmp").write_text("ne")
    assert scene.left(work) == []
    assert scene.healed(work) == [f"{name} is not as after an undisturbed run" for name in ("a.md", "a.md.tmp")]
    (work / "a.md").write_text("ne")
    assert scene.left(work) == ["a.md is neither the old nor the new file"]


def test_links_that_lead_nowhere_are_found() -> None:
    page = b'<a class="x" href="/a/">a</a><a href="/b/#c">b</a><img src="/c.png?1"><a href="https://x.example/">x</a>'
    assert dead_links({"index.html": page, "a/index.html": b"", "c.png": b""}) == ["index.html links to /b/"]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("content/a.md: Full; make room on its disk, then run this again\n", 0),
        ("acme: FAILED archive: content/a.md: Full; make room on its disk, then run this again\n", 0),
        ("content/a.md: Full; make room on its disk, then run this again\nTraceback (most recent call last):\n", 1),
        ("a file: Full; make room on its disk, then run this again\n", 1),
        ("content/a.md: No space left on device\n", 1),
        ("", 1),
    ],
)
def test_a_refusal_that_is_not_told_well_is_found(said: str, faults: int) -> None:
    assert len(disk.told(injection.Ended(1, said, True))) == faults


@pytest.mark.system
@pytest.mark.slow
@needs_strace
@pytest.mark.parametrize("bench", ["kills 0 1 100", "disk 240"])
def test_some_strikes_at_pulls_and_builds_lose_nothing(root: Path, bench: str) -> None:
    name, *arguments = bench.split()
    environment = os.environ | {"PYTHONPATH": str(root / "plugins")}
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *arguments],
        cwd=root,
        text=True,
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.stdout.endswith("PASS\n"), done.stdout + done.stderr

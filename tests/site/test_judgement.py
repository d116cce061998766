"""What the check passes is built, and what the build leaves out the check has told: they judge alike."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from almanac.commands import build as build_command
from almanac.commands.check import problems
from tests.support import projects

NOW = "2026-03-02T14:10:00Z"
LATER = datetime(2026, 3, 5, 12, tzinfo=UTC)


def told(root: Path) -> set[str]:
    """Return the files that the check complains of."""
    return {problem.file for problem in problems(root / "content", LATER, False)}


def named(root: Path) -> set[str]:
    """Return the files that a build leaves out, or for which nothing is built."""
    output = io.StringIO()
    with contextlib.redirect_stderr(output):
        try:
            build_command.build(root / "pelicanconf.py", now=NOW, output="output")
        except SystemExit as error:
            output.write(str(error))
    return {line.partition(":")[0] for line in output.getvalue().splitlines() if line.startswith("content/")}


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Yield a project that is cleared away by a tool that climbs down any depth."""
    yield projects.project(tmp_path / "site")
    subprocess.run(["rm", "-rf", str(tmp_path / "site")], check=True)


def stray(name: str) -> Callable[[Path], object]:
    return lambda root: projects.write(root, name, "x")


def link(root: Path) -> None:
    (root / "content/links").symlink_to(root)


def pipe(root: Path) -> None:
    os.mkfifo(root / "content/pages/x.md")


def deep(root: Path) -> None:
    folder = os.fspath(root / "content/articles")
    for _ in range(1_100):  # os.makedirs climbs by recursion, as the walks here once did
        folder += "/d"
        os.mkdir(folder)
    Path(folder, "x.md").write_text("x")


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (stray("articles/2026/2026-03-02-x.lock"), "content/articles/2026/2026-03-02-x.lock"),
        (stray("articles/2026/2026-03-02-x.tmp"), "content/articles/2026/2026-03-02-x.tmp"),
        (stray("pages/x.lock"), "content/pages/x.lock"),
        (stray("pages/.x.md"), "content/pages/.x.md"),
        (stray("incidents/anthropic/2026/2026-03-02-..md"), "content/incidents/anthropic/2026/2026-03-02-..md"),
        (link, "content/links"),
        (pipe, "content/pages/x.md"),
        (deep, "content/articles/d/d/d"),
    ],
    ids=["lock", "temporary", "lock of a page", "hidden page", "incident", "link", "pipe", "deep"],
)
def test_what_the_build_leaves_out_the_check_has_told(root: Path, change: Callable[[Path], object], file: str) -> None:
    change(root)
    assert told(root) == {file}
    assert named(root) == {file}


def test_what_killed_runs_left_stops_neither(root: Path) -> None:
    for name in (
        "articles/2026/2026-03-02-x.md.tmp",
        "pulls/groq.lock",
        "pulls/groq.json.tmp",
        "inbox/dropped.txt.tmp",
        "incidents/groq/2026/2026-03-02-x.md.tmp",
        "forecasts/groq.jsonl.tmp",
    ):
        projects.write(root, name, "half")
    assert told(root) == set()
    assert named(root) == set()
    assert (root / "output/index.html").exists()

"""Puts pull requests to the test, each in a copy of a small site and in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from almanac.commands import build as build_command
from almanac.commands.check import problems
from tests.support import projects
from tests.support.memory import limit_memory
from tests.support.pullrequests.case import CANARY, Case, Files, Link

NOW = "2026-03-02T14:10:00Z"
LATER = datetime(2026, 3, 5, 12, tzinfo=UTC)
PASSWD = b"root:x:0:"
WITNESS = "pages/witness.md"  # a mistake of somebody else's, which must be told all the same
DEADLINE = 60.0  # s; the limit is on processor time
MEMORY = 4_000_000_000  # bytes of a process


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a pull request. Paths of pages are relative to the output folder."""

    told: tuple[str, ...] = ()  # by the check: file:line:column: what; cure
    refused: str = ""  # what the build said, if it built nothing
    added: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    leaked: tuple[str, ...] = ()  # where a secret was published
    outside: tuple[str, ...] = ()  # what was written elsewhere
    witness: bool = True  # the rest of the site was checked as well
    cpu: float = 0.0  # s, of the check and the build
    crash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A built site with secrets around it."""

    root: Path
    pages: Mapping[str, bytes] = field(default_factory=dict)


def ground(folder: Path) -> Ground:
    """Make a site in `folder` that a copy can be tried on; the folder must be empty."""
    os.environ["ALMANAC_CANARY"] = CANARY
    root = projects.project(folder / "base" / "site")
    for name in ("theme", "plugins/almanac"):  # as they are now: whoever edits them meanwhile changes nothing here
        house = shutil.copytree(projects.ROOT / name, folder / "house" / name)
        (root / name).unlink()
        (root / name).symlink_to(house, target_is_directory=True)
    for name in ("secret.txt", "site/secret.txt", "site/.env"):
        (folder / "base" / name).write_text(f"{CANARY}\n")
    build_command.build(root / "pelicanconf.py", now=NOW, output="output")
    return Ground(root=root, pages=projects.tree(root / "output"))


def tried(base: Ground, case: Case, *, build: bool = True) -> Verdict:
    """Return what the check and, if wanted, the build make of a pull request."""
    return _apart(lambda: _tried(base, case.files, build), case.name)


def passes(base: Ground, files: Files) -> tuple[str, ...]:
    """Return what the check finds in harmless files."""
    return _apart(lambda: _checked(base, files), "harmless").told


def benign(base: Ground, files: Files) -> frozenset[str]:
    """Return the pages that show harmless files."""
    found = _apart(lambda: _tried(base, files, True), "harmless")
    return found.added | found.changed


def _checked(base: Ground, files: Files) -> Verdict:
    with _copy(base, files) as root:
        return Verdict(told=tuple(map(str, problems(root / "content", LATER, False))))


def _tried(base: Ground, files: Files, build: bool) -> Verdict:
    with _copy(base, files) as root:
        around = _around(root)
        began = time.process_time()
        told = tuple(map(str, problems(root / "content", LATER, False)))
        refused = _built(root) if build else ""
        cpu = time.process_time() - began
        pages = projects.tree(root / "output")
        outside = tuple(sorted(_around(root).items() ^ around.items()))
        _put(root / "content", {WITNESS: b"---\ntitle: Witness\n---\n\n<b>\n"})
        again = problems(root / "content", LATER, False)
        return Verdict(
            told=told,
            refused=refused,
            cpu=cpu,
            added=frozenset(pages.keys() - base.pages.keys()),
            removed=frozenset(base.pages.keys() - pages.keys()),
            changed=frozenset(path for path in pages.keys() & base.pages.keys() if pages[path] != base.pages[path]),
            leaked=tuple(path for path, data in pages.items() if CANARY.encode() in data or PASSWD in data),
            outside=tuple(name for name, _ in outside),
            witness=any(problem.file == f"content/{WITNESS}" for problem in again),
        )


def _built(root: Path) -> str:
    """Build as an author does; what was said if nothing was built."""
    try:
        build_command.build(root / "pelicanconf.py", now=NOW, output="output")
    except SystemExit as error:
        return str(error)
    return ""


@contextmanager
def _copy(base: Ground, files: Files) -> Iterator[Path]:
    """Yield a copy of the base with files put under its content; it is removed in the end."""
    folder = base.root.parent.with_name(f"try-{os.getpid()}")
    shutil.copytree(base.root.parent, folder, symlinks=True)
    try:
        _put(folder / "site" / "content", files)
        yield folder / "site"
    finally:
        shutil.rmtree(folder)


def _put(content: Path, files: Files) -> None:
    for file, data in files.items():
        path = content / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, Link):
            shutil.rmtree(path, ignore_errors=True)
            path.unlink(missing_ok=True)
            path.symlink_to(data.to)
        else:
            path.write_bytes(data)


def _around(root: Path) -> dict[str, bytes]:
    """Everything beside content, output and what a build remembers."""
    ours = (root / "output", root / ".output-state", root / ".output-preview-state")
    found = (path for path in root.parent.rglob("*") if path.is_file() and not path.is_symlink())
    return {
        path.relative_to(root.parent).as_posix(): path.read_bytes()
        for path in found
        if not any(path.is_relative_to(folder) for folder in ours)
    }


def _apart(work: Callable[[], Verdict], name: str) -> Verdict:
    """Return the result of `work` done in a forked process; a crash or a missed deadline is told as such."""
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, theirs), name=name)
    process.start()
    theirs.close()
    try:
        found: Verdict = mine.recv() if mine.poll(DEADLINE) else Verdict(crash="missed the deadline")
    except EOFError:
        found = Verdict(crash="died")
    process.kill()
    process.join()
    return found


def _send(work: Callable[[], Verdict], pipe: Connection) -> None:
    limit_memory(MEMORY)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    try:
        pipe.send(work())
    except BaseException as error:  # whatever it is, it is the finding
        import traceback

        pipe.send(Verdict(crash=f"{type(error).__name__}: {error}"[:300] + " | " + traceback.format_exc()[-900:]))

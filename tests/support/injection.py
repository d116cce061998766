"""Strikes a process at a chosen system call with strace: kills it there, or lets the call fail.

A first run is only watched: `watched` lists its calls as points. Then `struck` runs the same again and strikes at one.
The work runs in a fork of this process, with all its modules loaded, so that a run costs little.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from almanac import files

STRACE = shutil.which("strace")
WRITES = ("write", "pwrite64", "writev", "sendfile", "copy_file_range", "ftruncate", "truncate", "fallocate")
FOLDERS = ("mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "symlink", "symlinkat", "link", "linkat")
RENAMES = ("rename", "renameat", "renameat2", "utimensat", "fchmod", "chmod", "fchmodat")
SYNCS = ("fsync", "fdatasync")
CALLS = ("openat", *WRITES, *FOLDERS, *RENAMES, *SYNCS)
MAKES = re.compile(r"O_CREAT|O_TRUNC|O_WRONLY|O_RDWR")

_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
_PATH = re.compile(r'"(/[^"]*)"|<(/[^>]*)>')
_LONG = 60.0  # seconds: no run takes so long


@dataclass(frozen=True, slots=True)
class Point:
    """The `when`th time that a thread makes this call; with a `path`, of its calls on that path."""

    call: str
    when: int
    path: str  # the first one it names, relative to the folder that is watched
    by_path: bool
    makes: bool  # it changes what is on disk, as opposed to an opening for reading

    def __str__(self) -> str:
        return f"{self.call} {self.when} {self.path}"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit code (negative: the signal), what it said, and whether the strike came."""

    code: int
    said: str
    struck: bool


def as_command(work: Callable[[], object]) -> int:
    """Do the work as tasks.py does a task: the exit code, faults said on stderr, a traceback for those of ours."""
    sys.excepthook = files.plainly
    try:
        work()
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
        return 1 if isinstance(stop.code, str) else int(stop.code or 0)
    except BaseException:
        files.plainly(*sys.exc_info())
        return 1
    return 0


def fork(work: Callable[[], object], said: Path, gate: int = -1) -> int:
    """Return a process that does the work when something is written to the gate, with stdout and stderr in the file `said`."""
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    code = 1
    try:
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
        if gate >= 0:
            os.read(gate, 1)
        code = as_command(work)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def code_of(pid: int) -> int:
    """Return the exit code of a process when it has ended; negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def run(work: Callable[[], object], scratch: Path) -> Ended:
    """Return the work undisturbed."""
    said = scratch / "said.txt"
    code = code_of(fork(work, said))
    return Ended(code, said.read_text(errors="replace"), False)


def watched(work: Callable[[], object], scratch: Path, below: Path, *, by_path: bool) -> list[Point]:
    """Every call of CALLS that the work makes on something below a folder, in order."""
    ended, trace = _traced(work, scratch, [])
    if ended.code:
        raise AssertionError(f"the run that is only watched fails: {ended.said}")
    return list(_points(trace.splitlines(), str(below), by_path=by_path))


def _points(lines: Iterable[str], below: str, *, by_path: bool) -> Iterator[Point]:
    times: Counter[tuple[str, ...]] = Counter()
    for found in filter(None, map(_CALL.match, lines)):
        thread, call, rest = found.groups()
        paths = [one or other for one, other in _PATH.findall(rest)]
        path = next((path for path in paths if path.startswith(below)), "")
        key = (thread, call, path) if by_path else (thread, call)
        times[key] += 1
        if path and not rest.endswith("(File exists)"):
            makes = call != "openat" or bool(MAKES.search(rest))
            yield Point(call, times[key], path.removeprefix(below).lstrip("/"), by_path, makes)


def struck(work: Callable[[], object], scratch: Path, below: Path, point: Point, what: str) -> Ended:
    """Return the work on what is below a folder, struck at a point: `what` is signal=SIGKILL or error=ENOSPC."""
    where = ["-P", str(below / point.path)] if point.by_path else []
    strike = [*where, "-e", f"inject={point.call}:{what}:when={point.when}"]
    ended, trace = _traced(work, scratch, strike, call=point.call)
    return Ended(ended.code, ended.said, "(INJECTED)" in trace or ended.code == -signal.SIGKILL)


def _traced(work: Callable[[], object], scratch: Path, strike: list[str], call: str = "") -> tuple[Ended, str]:
    """Run the work under strace from its first call on."""
    gate, go = os.pipe()
    said, trace = scratch / "said.txt", scratch / "trace.txt"
    trace.write_text("")
    pid = fork(work, said, gate)
    os.close(gate)
    command = [STRACE or "strace", "-f", "-qq", "-y", "-o", str(trace), "-e", f"trace={call or ','.join(CALLS)}"]
    strace = subprocess.Popen([*command, *strike, "-p", str(pid)], stderr=subprocess.DEVNULL)
    _wait_until_traced(pid)
    os.write(go, b"g")
    os.close(go)
    code = code_of(pid)
    strace.wait()
    return Ended(code, said.read_text(errors="replace"), False), trace.read_text(errors="replace")


def _wait_until_traced(pid: int) -> None:
    until = time.monotonic() + _LONG
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        if time.monotonic() > until:
            raise AssertionError("strace does not attach: may this user trace processes?")
        time.sleep(0.002)
    time.sleep(0.01)  # it stops the process a moment after it is said to trace it

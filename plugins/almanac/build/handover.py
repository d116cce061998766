"""The folder by which a build hands its context and its jobs to workers elsewhere, so that no two ever write one file.

Each job has a file there. Whoever runs it locks that file, and leaves in it what came of the job: a worker that was given
up for dead, and is not, either holds the lock, or learns that another has done its work. When a build ends, or the next
one begins after it was killed, every job is waited for and its file is removed: nobody can begin it any more.
"""

from __future__ import annotations

import os
import pickle
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, TypeVar

from almanac import files
from almanac.build.cache import is_whole, pack, unpack
from almanac.build.context import Context
from almanac.executors import ClusterError

PREFIX = "jobs-"
CONTEXT = "context.pickle"
PATIENCE = 1800.0  # seconds to wait for a job that another worker is at
PAUSE = 0.02  # seconds between two tries to lock a file

Value = TypeVar("Value")

_contexts: dict[str, Context] = {}  # by the folder they may be loaded from; forked workers have theirs from the start
_guard = threading.Lock()  # a worker of a cluster may have threads, a context is for one


@contextmanager
def handover(context: Context) -> Iterator[str]:
    """Yield the folder of a build's jobs. Processes forked meanwhile know the context without it."""
    folder = str(context.settings.state / f"{PREFIX}{time.time_ns()}")
    _contexts[folder] = context
    try:
        yield folder
    finally:
        del _contexts[folder]
        end(folder)


def give(folder: str) -> None:
    """Put the context into its folder, for workers that have not inherited it. Raises DiskError."""
    files.make_folder(folder)
    files.put(os.path.join(folder, CONTEXT), pickle.dumps(_contexts[folder], pickle.HIGHEST_PROTOCOL))


def context_of(folder: str) -> Context:
    """Return the context of a build; one worker works for one build at a time."""
    if folder not in _contexts:
        context = pickle.loads(Path(folder, CONTEXT).read_bytes())  # noqa: S301  (this build wrote it)
        _contexts.clear()
        _contexts[folder] = context
    return _contexts[folder]


def once(folder: str, name: str, work: Callable[[], Value]) -> Value:
    """Return what `work` returns, which is not run if another worker has done this job. Raises ClusterError."""
    file = os.path.join(folder, blake2b(name.encode(), digest_size=16).hexdigest())
    with _guard, _claim(file) as claim:
        if is_whole(data := claim.read()):
            result: Value = pickle.loads(unpack(data))  # noqa: S301  (a worker of this build wrote it)
            return result
        result = work()
        claim.seek(0)
        claim.write(pack(pickle.dumps(result)))
        claim.truncate()
        return result


@contextmanager
def _claim(file: str) -> Iterator[BinaryIO]:
    """Yield the file of a job, locked. Raises ClusterError if it is too late, or the folder is of another machine."""
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError:
        raise ClusterError(f"a worker sees no {os.path.dirname(file)}; have it see the site at the same path") from None
    with os.fdopen(handle, "r+b") as claim:
        _lock(file, handle)
        if not os.fstat(handle).st_nlink:
            raise ClusterError(f"{file}: its build has ended")
        yield claim


def end_all(state: Path) -> None:
    """End the jobs of builds that were killed: what still runs of them is waited for."""
    for folder in state.glob(f"{PREFIX}*"):
        end(str(folder))


def end(folder: str) -> None:
    """Wait for each job that runs, and let none begin."""
    if not os.path.isdir(folder):
        return
    for entry in os.scandir(folder):
        with open(entry.path, "r+b") as claim:
            _lock(entry.path, claim.fileno())
            os.unlink(entry.path)
    shutil.rmtree(folder, ignore_errors=True)


def _lock(file: str, handle: int) -> None:
    """Lock a file until it is closed, or its process ends, or the machine that it runs on is cut off. Raises ClusterError."""
    try:
        import fcntl
    except ImportError:  # Windows, where builds run on one machine and their workers end with them
        return
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(PAUSE)
    raise ClusterError(f"{file}: a worker has been at this for {PATIENCE:.0f} s; end it, then build again")

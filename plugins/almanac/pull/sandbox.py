"""Runs a function on untrusted bytes in a process of its own, which is killed when it takes too long or too much.

Neither a thread nor an exception can stop a parser that hangs in C, so this needs a process. It is kept and used again,
for starting one costs more than most calls. It is started by exec, since forking a process with threads may deadlock.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from almanac.model import FeedError

SECONDS = 6.0  # for one call; with all that a pull does around it, ten
MEMORY = 512 << 20  # bytes of address space
START = 60.0  # seconds for starting Python and importing; generous, as it is our own code on a machine that may be busy


class Worker:
    """One process that runs one function, named as "package.module:function", again and again."""

    def __init__(self, function: str, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._function, self._seconds, self._memory = function, seconds, memory
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection[Any, Any] | None = None

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns. Raises its FeedErrors, and FeedError `parser` for whatever else ends it."""
        try:
            pipe = self._start()
            pipe.send((args, kwargs))
            kind, *answer = self._answer(pipe)
        except (EOFError, OSError) as error:
            self.stop()
            raise FeedError("parser", "reading it killed the process that tried; look for another feed") from error
        except BaseException:  # the time limit, or a Ctrl-C here
            self.stop()
            raise
        if kind == "returned":
            return answer[0]
        raise FeedError(*answer)

    def stop(self) -> None:
        """Kill the process; the next call starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _answer(self, pipe: Connection[Any, Any]) -> Any:
        if pipe.poll(self._seconds):
            return pipe.recv()
        raise FeedError("parser", f"reading it took more than {self._seconds:g} s; look for another feed")

    def _start(self) -> Connection[Any, Any]:
        if self._pipe is not None:
            return self._pipe
        self._pipe, far_end = Pipe()
        limits = [str(far_end.fileno()), self._function, str(self._seconds), str(self._memory)]
        home = str(Path(__file__).resolve().parents[2])
        with far_end:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", __file__, *limits],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[far_end.fileno()],
            )
        if not self._pipe.poll(START):
            raise FeedError("parser", f"the reading process did not start within {START:g} s; pull again")
        self._pipe.recv()
        return self._pipe


@contextmanager
def workers(function: str, count: int) -> Iterator[Callable[..., Any]]:
    """Yield the function, to call from any thread, run by up to `count` processes that start when needed."""
    crew = [Worker(function) for _ in range(count)]
    idle: queue.LifoQueue[Worker] = queue.LifoQueue()  # the one used last is surely started
    for worker in crew:
        idle.put(worker)

    def call(*args: Any, **kwargs: Any) -> Any:
        worker = idle.get()
        try:
            return worker.call(*args, **kwargs)
        finally:
            idle.put(worker)

    try:
        yield call
    finally:
        for worker in crew:
            worker.stop()


def _serve(fd: str, function: str, seconds: str, memory: str) -> None:
    """Answer calls until the other end of the pipe is closed: the life of the process."""
    _limit_memory(int(memory))
    module, _, name = function.partition(":")
    call = getattr(import_module(module), name)
    pipe: Connection[Any, Any] = Connection(int(fd))
    pipe.send("ready")
    while True:
        try:
            args, kwargs = pipe.recv()
        except EOFError:
            return
        # Ends even a call in C when the parent, which would have killed us earlier, is itself gone.
        signal.setitimer(signal.ITIMER_REAL, 1.5 * float(seconds))
        pipe.send(_answer(call, args, kwargs))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(call: Callable[..., Any], args: Any, kwargs: Any) -> tuple[Any, ...]:
    try:
        return "returned", call(*args, **kwargs)
    except FeedError as error:
        return "raised", error.reason, str(error)
    except MemoryError:
        return "raised", "parser", "reading it takes too much memory; look for another feed"
    except Exception as error:
        words = " ".join(str(error).split())[:200]
        return "raised", "parser", f"our reader fails on it ({type(error).__name__}: {words}); report it with the feed"


def _limit_memory(size: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # not on every system; the time limit holds everywhere
        pass


if __name__ == "__main__":
    _serve(*sys.argv[1:])

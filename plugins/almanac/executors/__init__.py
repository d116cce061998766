"""Who does the work: this process, others beside it, or the workers of a Dask cluster, all as one `Executor`."""

from __future__ import annotations

import gc
import logging
import os
import site
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, InvalidStateError, ProcessPoolExecutor
from concurrent.futures import wait as all_of
from contextlib import suppress
from functools import cache, partial
from hashlib import blake2b
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar

from almanac.model.problem import WordError

MANY = 300  # files to read, or incidents to look at, from which on others pay
HAS_FORK = hasattr(os, "fork")
PACKAGE = Path(__file__).resolve().parents[1]
ANSWER = 30.0  # seconds in which a cluster must answer, and have a worker
SILENCE = 1800.0  # seconds in which something must come back of what a cluster has to do
PULSE = 1.0  # seconds between two looks at whether a cluster still has a worker
SETTING = "ALMANAC_SCHEDULER"  # the address of the scheduler of a cluster, such as tcp://10.0.0.5:8786; "" for none

Value = TypeVar("Value")


class ClusterError(WordError):
    """A cluster that cannot be used: what is wrong; the cure."""


def executor_for(size: int, scheduler: str = "") -> Executor:
    """Return who does work of a size: where it is much a cluster or other processes, else this one."""
    from multiprocessing import cpu_count

    if size > MANY and scheduler:
        return Cluster(scheduler)
    if size <= MANY or cpu_count() == 1:
        return Inline()
    from multiprocessing import get_context

    # A fork copies the locks that other threads hold, and nobody will ever open them there.
    is_copy = HAS_FORK and threading.active_count() == 1
    try:
        return Processes(cpu_count(), get_context("fork" if is_copy else "spawn"), _begin_worker)
    except (OSError, ImportError):  # no semaphores here, as in a container without /dev/shm
        return Inline()


def has_memory_of(executor: Executor) -> bool:
    """Return whether those who work have all that this process holds when it hands work to them."""
    return isinstance(executor, Inline) or (isinstance(executor, Processes) and executor.is_copy)


class Processes(ProcessPoolExecutor):
    """Runs what it is given in other processes. `is_copy`: each begins as a copy of this one."""

    def __init__(self, count: int, way: BaseContext, initializer: Callable[[], None]) -> None:
        super().__init__(count, way, initializer)
        self.is_copy = way.get_start_method() == "fork"


class Inline(Executor):
    """Runs what it is given at once, in this process."""

    def submit(self, fn: Callable[..., Value], /, *args: Any, **kwargs: Any) -> Future[Value]:
        """Run it."""
        future: Future[Value] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Cluster(Executor):
    """Runs what it is given on the workers of a Dask cluster; the work of a worker that dies is done by another.

    Workers see the folders of the site at the same paths, and run the code that lies there. All that waits for them fails
    with ClusterError once no worker has been there for ANSWER seconds, or nothing has come back for SILENCE.
    """

    def __init__(self, scheduler: str) -> None:
        self._client = _connected(scheduler)
        self._waiting: set[Future[Any]] = set()
        self._is_left = False
        self._last_result = time.monotonic()
        self._client.loop.add_callback(self._watch)

    def submit(self, fn: Callable[..., Value], /, *args: Any, **kwargs: Any) -> Future[Value]:
        """Queue it. What comes of it is held here alone: a worker that dies takes nothing along that is done."""
        future: Future[Value] = Future()
        if not self._waiting:
            self._last_result = time.monotonic()
        self._waiting.add(future)
        task = self._client.submit(_run_same_code, code(), fn, *args, pure=False, **kwargs)
        self._client.loop.add_callback(self._hand_over, future, task)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; its workers stay."""
        if wait and not cancel_futures:
            all_of([*self._waiting])
        self._is_left = True
        for future in [*self._waiting]:
            future.cancel()
        with suppress(TimeoutError):  # the scheduler will see that nobody is here
            self._client.close(timeout=ANSWER)

    async def _hand_over(self, future: Future[Any], task: Any) -> None:
        """Let `future` be what comes of a task."""
        try:
            self._end(future, value=await self._client.gather(task, asynchronous=True))
        except Exception as error:
            self._end(future, error=_failure(error))

    async def _watch(self) -> None:
        """Fail all that waits when it waits in vain."""
        import asyncio

        with_worker = time.monotonic()
        while not self._is_left:
            await asyncio.sleep(PULSE)
            now = time.monotonic()
            if await self._has_worker():
                with_worker = now
            if now - with_worker > ANSWER:
                self._give_up(
                    f"no worker of the cluster has been there for {ANSWER:.0f} s; start some, then run this again"
                )
            elif now - self._last_result > SILENCE:
                self._give_up(
                    f"nothing has come back from the cluster for {SILENCE:.0f} s; restart its workers, then run this again"
                )

    async def _has_worker(self) -> bool:
        from asyncio import wait_for

        try:
            identity = await wait_for(self._client.scheduler.identity(n_workers=1), ANSWER)
        except (OSError, RuntimeError, AttributeError):  # it is gone, or about to be connected again
            return False
        return bool(identity["workers"])

    def _give_up(self, line: str) -> None:
        for future in [*self._waiting]:
            self._end(future, error=ClusterError(line))

    def _end(self, future: Future[Any], value: object = None, error: BaseException | None = None) -> None:
        """Let a future be done, unless somebody has cancelled it, or it was given up before."""
        self._last_result = time.monotonic()
        self._waiting.discard(future)
        with suppress(InvalidStateError):
            if error:
                future.set_exception(error)
            else:
                future.set_result(value)


def _connected(scheduler: str) -> Any:
    """Return a client of a scheduler that has a worker. Raises ClusterError."""
    client: Any
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            f"{SETTING} is {scheduler}, and distributed is not installed: give the address to `python3 tasks.py` by "
            f"--on or {SETTING}, which installs it, or leave {SETTING} empty"
        ) from None
    _use_plain_loggers()
    try:
        client = Client(scheduler, timeout=ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        raise ClusterError(
            f"no scheduler answers at {scheduler} ({why}); start one, or leave {SETTING} empty"
        ) from error
    try:
        client.sync(_prepare, client, callback_timeout=2 * ANSWER)
    except TimeoutError:
        client.close()
        raise ClusterError(
            f"the cluster at {scheduler} has no worker; start some with `dask worker {scheduler}`"
        ) from None
    return client


def _use_plain_loggers() -> None:
    """Let what Dask logs be no error of ours: Pelican raises what any logger calls an error, and Dask goes on after some."""
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).__class__ = logging.Logger


async def _prepare(client: Any) -> None:
    """Let every worker, also those that join or begin again later, import our code; wait for the first."""
    await client.register_worker_callbacks(setup=partial(site.addsitedir, str(PACKAGE.parent)))
    await client.wait_for_workers(1, timeout=ANSWER)


def _failure(error: Exception) -> Exception:
    """Return an error of a task as callers know it."""
    name = type(error).__name__
    if name == "KilledWorker":  # the scheduler gave up: each worker that tried it died
        return BrokenExecutor(str(error))
    if isinstance(error, CancelledError) or name == "CommClosedError":  # nobody here cancels
        return ClusterError("the scheduler of the cluster is gone; start it again, then run this again")
    return error


@cache
def code() -> str:
    """Return a digest of the program, as it was when this process first asked."""
    digest = blake2b(digest_size=16)
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(f"{path.relative_to(PACKAGE)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _run_same_code(expected_code: str, fn: Callable[..., Value], /, *args: Any, **kwargs: Any) -> Value:
    """Run a function in a worker of a cluster. Raises ClusterError if the worker imported other code than the caller."""
    if code() != expected_code:
        raise ClusterError("a worker runs other code than this; restart the workers, and have them see this folder")
    return fn(*args, **kwargs)


def _begin_worker() -> None:
    """Live for seconds, and end with the build: what outlives it would write into the next one's output."""
    from multiprocessing import connection, parent_process

    gc.disable()
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            connection.wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

"""Who does the work: this process, others beside it, or the workers of a Dask cluster, all as one `Executor`."""

from __future__ import annotations

import gc
import os
import site
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

MANY = 300  # files to read, or incidents to look at, from which on others pay
HAS_FORK = hasattr(os, "fork")
PACKAGE = Path(__file__).resolve().parents[1]
ANSWER = 30.0  # seconds in which a cluster must answer, and have a worker
SETTING = "ALMANAC_SCHEDULER"  # the address of the scheduler of a cluster, such as tcp://10.0.0.5:8786; "" for none

Value = TypeVar("Value")


class ClusterError(ValueError):
    """A cluster that cannot be used: what is wrong; the cure."""


def executor_for(size: int, scheduler: str = "") -> Executor:
    """Return who does work of a size: where it is much a cluster or other processes, else this one."""
    from multiprocessing import cpu_count

    if size > MANY and scheduler:
        return Cluster(scheduler)
    if size <= MANY or cpu_count() == 1:
        return Inline()
    from multiprocessing import get_context

    way = get_context("fork" if HAS_FORK else "spawn")
    return ProcessPoolExecutor(cpu_count(), mp_context=way, initializer=_begin_worker)


def has_memory_of(executor: Executor) -> bool:
    """Return whether those who work have all that this process holds when it hands work to them."""
    return isinstance(executor, Inline) or (isinstance(executor, ProcessPoolExecutor) and HAS_FORK)


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

    Workers see the folders of the site at the same paths, and run the code that lies there.
    """

    def __init__(self, scheduler: str) -> None:
        self._client = _connected(scheduler)
        self._executor = self._client.get_executor(pure=False)

    def submit(self, fn: Callable[..., Value], /, *args: Any, **kwargs: Any) -> Future[Value]:
        """Queue it. What comes of it is held here alone: a worker that dies takes nothing along that is done."""
        future: Future[Value] = Future()
        task = self._executor.submit(_run_same_code, code(), fn, *args, **kwargs)
        task.add_done_callback(partial(_hand_over, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; its workers stay."""
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()


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
    try:
        client = Client(scheduler, timeout=ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        raise ClusterError(
            f"no scheduler answers at {scheduler} ({why}); start one, or leave {SETTING} empty"
        ) from error
    try:
        # Of every worker, also of those that join or begin again later. Workers import our code from there.
        client.register_worker_callbacks(setup=partial(site.addsitedir, str(PACKAGE.parent)))
        client.wait_for_workers(1, timeout=ANSWER)
    except TimeoutError:
        client.close()
        raise ClusterError(
            f"the cluster at {scheduler} has no worker; start some with `dask worker {scheduler}`"
        ) from None
    return client


def _hand_over(future: Future[Any], task: Future[Any]) -> None:
    """Let `future` be what came of a task."""
    if task.cancelled():  # nobody here does that: the scheduler is gone, and its workers with it
        future.set_exception(ClusterError("the scheduler of the cluster is gone; start it again, then run this again"))
        return
    error = task.exception()
    if error is None:
        future.set_result(task.result())
    elif type(error).__name__ == "KilledWorker":  # the scheduler gave up: each worker that tried it died
        future.set_exception(BrokenExecutor(str(error)))
    else:
        future.set_exception(error)


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

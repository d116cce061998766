"""The process that reads untrusted bytes: it answers, and whatever happens to it costs one call."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from almanac.model import FeedError
from almanac.worker import Worker, workers


@pytest.fixture
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    function, limits = request.param
    worker = Worker(function, **limits)
    yield worker
    worker.stop()


def runs(function: str, **limits: float) -> pytest.MarkDecorator:
    """A worker that runs this function."""
    return pytest.mark.parametrize("worker", [(function, limits)], indirect=True, ids=[function])


def error(worker: Worker, *args: object) -> tuple[str, str]:
    with pytest.raises(FeedError) as caught:
        worker.call(*args)
    return caught.value.reason, str(caught.value)


@runs("json:loads")
def test_it_answers_and_lives_on(worker: Worker) -> None:
    assert worker.call("[1]") == [1]
    assert error(worker, "[")[0] == "parser"
    assert worker.call("{}", parse_float=None) == {}


@runs("os:getpid")
def test_it_is_one_other_process(worker: Worker) -> None:
    assert worker.call() == worker.call() != os.getpid()


@runs("time:sleep", seconds=0.3)
def test_it_is_killed_when_it_takes_too_long_and_the_next_call_finds_another(worker: Worker) -> None:
    worker.call(0)  # started
    started = time.monotonic()
    assert error(worker, 60) == ("parser", "reading it took more than 0.3 s; look for another feed")
    assert time.monotonic() - started < 1
    assert worker.call(0) is None


@runs("builtins:bytearray", memory=256 << 20)
def test_it_does_not_eat_the_memory(worker: Worker) -> None:
    assert error(worker, 400 << 20) == ("parser", "reading it takes too much memory; look for another feed")
    assert worker.call(2) == bytearray(2)


@runs("os:_exit")
def test_its_death_is_one_error(worker: Worker) -> None:
    for _ in range(2):
        assert error(worker, 3) == ("parser", "reading it killed the process that tried; look for another feed")


@runs("builtins:int")
def test_what_our_code_stumbles_over_is_said_in_one_line(worker: Worker) -> None:
    assert error(worker, "x y") == (
        "parser",
        "our reader fails on it (ValueError: invalid literal for int() with base 10: 'x y'); report it with the feed",
    )


@runs("tests.test_worker:refuse")
def test_a_feed_error_comes_through_as_it_is(worker: Worker, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(root))
    assert error(worker) == ("bozo", "broken at line 3; look for another feed")


def refuse() -> None:
    """Run in the worker."""
    raise FeedError("bozo", "broken at line 3; look for another feed")


def test_several_threads_share_a_few() -> None:
    pids: list[int] = []
    with workers("os:getpid", 2) as call:
        threads = [threading.Thread(target=lambda: pids.append(call())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(pids), 1 <= len(set(pids)) <= 2) == (8, True)
    assert not any(alive(pid) for pid in pids)


def test_none_is_started_that_is_not_needed() -> None:
    started = time.monotonic()
    with workers("os:getpid", 50):
        pass
    assert time.monotonic() - started < 0.1


PARENT = """
import sys
from almanac.worker import Worker
worker = Worker(sys.argv[1], seconds=0.6)
worker.call(*map(int, sys.argv[2:3]))
print(worker._process.pid, flush=True)
worker.call(*map(int, sys.argv[3:]))
sys.stdin.read()
"""


@pytest.mark.parametrize("life", [["os:getpid"], ["time:sleep", "0", "60"]], ids=["idle", "in a call"])
def test_it_goes_when_its_parent_is_killed(root: Path, life: list[str]) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *life], env={**os.environ, "PYTHONPATH": str(root / "plugins")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        time.sleep(0.1)  # into the call
        parent.kill()
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(pid)


def alive(pid: int) -> bool:
    """Whether a process runs (one that has ended and waits to be reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

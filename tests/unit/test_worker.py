"""The process that reads untrusted bytes: it answers, and whatever happens to it costs one call."""

import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from almanac.model import FeedError
from almanac.pull.sandbox import Worker, workers


@pytest.fixture
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    function, limits = request.param
    worker = Worker(function, **limits)
    yield worker
    worker.stop()


def runs(function: str, **limits: float) -> pytest.MarkDecorator:
    """Return a worker that runs this function."""
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
    assert error(worker, 10**6) == ("parser", "reading it took more than 0.3 s; look for another feed")
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


@runs("tests.unit.test_worker:refuse")
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
    before = children()
    with workers("os:getpid", 50):
        assert children() == before


PARENT = """
import sys
from almanac.pull.sandbox import Worker
worker = Worker("runpy:run_path", seconds=0.6)
worker.call(sys.argv[1])
print(worker._process.pid, flush=True)
worker.call(sys.argv[2])
sys.stdin.read()
"""


@pytest.mark.slow
@pytest.mark.parametrize("life", ["", "time.sleep(60)"], ids=["idle", "in a call"])
def test_it_goes_when_its_parent_is_killed(root: Path, tmp_path: Path, life: str) -> None:
    tell = tmp_path / "tell"
    os.mkfifo(tell)
    (tmp_path / "nothing.py").write_text("")
    (tmp_path / "life.py").write_text(f"import time\nopen({str(tell)!r}, 'w').close()\n{life}\n")
    scripts = [str(tmp_path / name) for name in ("nothing.py", "life.py")]
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *scripts],
        env={**os.environ, "PYTHONPATH": str(root / "plugins")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        tell.read_bytes()  # returns when it is in the call
        assert alive(pid)
        end = os.pidfd_open(pid)
        parent.kill()
    assert select.select([end], [], [], 60)[0] == [end]
    os.close(end)


def children() -> list[str]:
    """Return the processes that this one started."""
    return sorted(pid for task in Path("/proc/self/task").glob("*/children") for pid in task.read_text().split())


def alive(pid: int) -> bool:
    """Whether a process runs (one that has ended and waits to be reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

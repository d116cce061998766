"""Who does the work: jobs that no two workers do, bundles of providers, and a cluster that cannot be had."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import subprocess
import sys
import threading
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from almanac.build import handover
from almanac.executors import MANY, ClusterError, Inline, executor_for
from almanac.model import Feed, Provider
from almanac.pull.bundles import bundles, by_host


def test_a_job_is_done_once_whoever_asks(tmp_path: Path) -> None:
    times: Counter[str] = Counter()

    def work(name: str) -> str:
        times[name] += 1
        return name

    for name in ("home:", "feeds:groq", "home:"):
        assert handover.once(str(tmp_path), name, partial(work, name)) == name
    assert times == {"home:": 1, "feeds:groq": 1}


def test_a_result_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    handover.once(str(tmp_path), "home:", lambda: "first")
    [claim] = tmp_path.iterdir()
    claim.write_bytes(claim.read_bytes()[:-1])
    assert handover.once(str(tmp_path), "home:", lambda: "again") == "again"


def test_the_end_waits_for_a_job_that_runs_and_lets_none_begin(tmp_path: Path) -> None:
    folder, order = tmp_path / "jobs-1", []
    folder.mkdir()
    begun, go_on = os.pipe(), os.pipe()
    if not (pid := os.fork()):
        handover.once(str(folder), "home:", lambda: (os.write(begun[1], b"!"), os.read(go_on[0], 1)))
        os._exit(0)
    os.read(begun[0], 1)

    def wait() -> None:
        handover.end_all(tmp_path)
        order.append("ended")

    ending = threading.Thread(target=wait)
    ending.start()
    ending.join(0.2)
    order.append("still runs")
    os.write(go_on[1], b"!")
    ending.join()
    os.waitpid(pid, 0)
    assert order == ["still runs", "ended"]
    with pytest.raises(ClusterError, match=r"a worker sees no .*jobs-1; have it see the site at the same path"):
        handover.once(str(folder), "home:", lambda: order.append("late"))


def test_a_cluster_without_its_library_is_refused_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    line = (
        r"ALMANAC_SCHEDULER is tcp://one:8786, and distributed is not installed: .* by --on or ALMANAC_SCHEDULER, which"
    )
    with pytest.raises(ClusterError, match=line):
        executor_for(10_000, "tcp://one:8786")


def test_a_job_that_another_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "PATIENCE", 0.1)
    claim = tmp_path / "jobs-1/claim"
    claim.parent.mkdir()
    with claim.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ClusterError, match="jobs-1/claim: a worker has been at this for 0 s; end it, then build"):
            handover.end_all(tmp_path)
    handover.end_all(tmp_path)
    assert list(tmp_path.iterdir()) == []


THREADS = """
import multiprocessing, threading
multiprocessing.cpu_count = lambda: 2
from almanac.executors import MANY, executor_for, has_memory_of
with executor_for(MANY + 1) as alone:
    print(has_memory_of(alone))
over = threading.Event()
thread = threading.Thread(target=over.wait, args=(60,))
thread.start()
with executor_for(MANY + 1) as beside:
    print(has_memory_of(beside), beside.submit(len, "abc").result(timeout=60))
over.set()
"""


def test_processes_are_copies_of_this_one_only_where_no_thread_can_hold_a_lock(root: Path) -> None:
    """In a process of its own: other tests may have left threads in this one."""
    environment = {**os.environ, "PYTHONPATH": str(root / "plugins")}
    done = subprocess.run(
        [sys.executable, "-c", THREADS], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.stderr) == ("True\nFalse 3\n", "")


def test_where_there_are_no_semaphores_one_process_does_all_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        SEM_VALUE_MAX = 1

        def __init__(self, *_: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("_multiprocessing.SemLock", Refusing)
    monkeypatch.setattr(multiprocessing, "cpu_count", lambda: 2)
    with executor_for(MANY + 1) as executor:
        assert isinstance(executor, Inline)
        assert executor.submit(sum, (1, 2)).result() == 3


def test_little_work_asks_no_cluster() -> None:
    assert isinstance(executor_for(3, "tcp://one:8786"), Inline)


def provider(slug: str, *hosts: str) -> Provider:
    feeds = tuple(Feed(url=f"https://{host}/{slug}.xml") for host in hosts)
    return Provider(slug=slug, name=slug, company=slug, home="", status_page="", feeds=feeds)


def test_providers_that_share_a_host_are_one_group_also_by_way_of_a_third() -> None:
    a, b, c, d = provider("a", "x"), provider("b", "y"), provider("c", "z"), provider("d", "y", "x")
    assert by_host([a, b, c, d]) == [(c,), (a, b, d)]


def test_bundles_hold_all_and_split_no_host() -> None:
    alone = [provider(f"p{number}", f"h{number}") for number in range(800)]
    shared = [provider(f"s{number}", "shared") for number in range(70)]
    cut = bundles([*alone, *shared])
    assert sorted(one.slug for bundle in cut for one in bundle) == sorted(one.slug for one in (*alone, *shared))
    assert [len(bundle) for bundle in cut] == [70, *[50] * 16]
    assert bundles([]) == []

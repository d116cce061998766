"""A build and a pull by the workers of a Dask cluster end as those by this machine, also when a worker is killed."""

from __future__ import annotations

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pelican.log import FatalLogger

from almanac import executors, pull
from almanac.build import handover
from almanac.build.cache import Cache
from almanac.build.handover import PREFIX
from almanac.build.jobs import files_of
from almanac.build.settings import BuildSettings, build_settings, fingerprint
from almanac.executors import MANY, Cluster, ClusterError
from bench import corpus
from tests.support import serving
from tests.support.builds import build, clean
from tests.support.projects import moment, project, put, tree
from tests.support.serving import Serving, watch

pytestmark = [pytest.mark.system, pytest.mark.slow]

NOW = moment("2026-03-02T14:10:00Z")
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Example Status</title>
<link>https://status.example.com/</link><description>History</description>
<item><title>Slow answers</title><link>https://status.example.com/1</link><guid>https://status.example.com/1</guid>
<pubDate>Mon, 02 Mar 2026 11:20:41 +0000</pubDate><description>Investigating: answers are slow.</description></item>
</channel></rss>"""


@pytest.fixture(autouse=True)
def _errors_of_any_logger_are_fatal(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Pelican has it while `tasks.py` builds."""
    monkeypatch.setattr(FatalLogger, "fatal_lvl", logging.ERROR)


@pytest.fixture(autouse=True)
def _every_wait_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "SILENCE", 120.0)
    monkeypatch.setattr(handover, "PATIENCE", 120.0)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Any]:
    """Yield a scheduler with two workers, each a process of its own, that speak TCP."""
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address=None,
        local_directory=str(tmp_path / "dask"),
    ) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> BuildSettings:
    """Return the settings of a project with so many incidents that others pay; some of them are of later than now."""
    import runpy

    root = project(tmp_path / "project")
    chance = random.Random(1)
    for number in range(2 * MANY):
        put(root, replace(corpus.incident(chance, number), provider="groq"))
    names = runpy.run_path(str(root / "pelicanconf.py"))
    folders = {name: str(root / names[name]) for name in ("PATH", "THEME", "OUTPUT_PATH")}
    return build_settings({**names, **folders, "ALMANAC_NOW": "2026-03-02T14:10:00Z"}, 0)


def test_a_cluster_makes_the_bytes_that_processes_make(settings: BuildSettings, cluster: Any) -> None:
    by_processes = clean(settings)
    build(replace(settings, scheduler=cluster.scheduler_address))
    assert tree(settings.output) == by_processes
    assert list(settings.state.glob(f"{PREFIX}*")) == []


def test_a_worker_that_is_killed_costs_only_what_it_was_doing(settings: BuildSettings, cluster: Any) -> None:
    by_processes = clean(settings)
    over = threading.Event()
    striking = threading.Thread(target=_kill_in_the_middle, args=(settings.state, cluster, over))
    striking.start()
    try:
        built = build(replace(settings, scheduler=cluster.scheduler_address))
    finally:
        over.set()
        striking.join()
    assert tree(settings.output) == by_processes
    # A page that is made a second time holds the same bytes by then, and is not counted as new.
    made_again = by_processes.keys() - built.changed
    assert len(made_again) == built.unchanged
    assert len([job for job, pages in pages_by_job(settings).items() if pages & made_again]) <= 1


def _kill_in_the_middle(state: Path, cluster: Any, over: threading.Event) -> None:
    """Kill a worker once twenty jobs have begun."""
    while sum(1 for _ in state.glob(f"{PREFIX}*/*")) < 20:
        if over.wait(0.01):
            return
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)


def pages_by_job(settings: BuildSettings) -> dict[str, set[str]]:
    """Return what the last build made, by the job that made it."""
    with closing(Cache(settings.state, fingerprint(settings))) as cache:
        return {job: set(files_of(blob)) for job, blob in cache.blobs("outputs").items()}


def test_what_kills_every_worker_is_given_up(cluster: Any) -> None:
    with Cluster(cluster.scheduler_address) as executor, pytest.raises(BrokenExecutor):
        executor.submit(os.abort).result()


def test_a_cluster_that_loses_all_workers_is_given_up(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "PULSE", 0.1)
    with Cluster(cluster.scheduler_address) as executor:
        waiting = executor.submit(time.sleep, 600)
        monkeypatch.setattr(executors, "ANSWER", 1.0)
        cluster.scale(0)
        with pytest.raises(ClusterError, match="no worker of the cluster has been there for 1 s; start some, then run"):
            waiting.result(timeout=120)


def test_a_cluster_from_which_nothing_comes_back_is_given_up(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "PULSE", 0.1)
    monkeypatch.setattr(executors, "SILENCE", 1.0)
    with Cluster(cluster.scheduler_address) as executor:
        waiting = executor.submit(time.sleep, 600)
        with pytest.raises(ClusterError, match="nothing has come back from the cluster for 1 s; restart its workers"):
            waiting.result(timeout=120)


def test_a_cluster_whose_scheduler_is_gone_is_given_up(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = Cluster(cluster.scheduler_address)
    monkeypatch.setattr(executors, "ANSWER", 1.0)
    waiting = executor.submit(time.sleep, 600)
    cluster.close()
    with pytest.raises(ClusterError, match="the scheduler of the cluster is gone; start it again, then run this again"):
        waiting.result(timeout=120)
    executor.shutdown()


def test_a_cluster_pulls_what_this_machine_pulls(tmp_path: Path, cluster: Any) -> None:
    """Ten providers, three of them of one host, one without an answer."""
    hosts = {f"p{number}.example": serving.page(FEED) for number in range(9)}
    for folder in ("here", "there"):
        for number in range(10):
            host = f"p{number if number > 2 else 0}.example"
            watch(tmp_path / folder, f"p{number}", f"https://{host}/{number}.xml")
    with Serving(hosts) as server:
        reports = [
            pull.pull(tmp_path / folder, now=NOW, via=server.url, scheduler=scheduler, only=ALL)
            for folder, scheduler in (("here", ""), ("there", cluster.scheduler_address))
        ]
    here, there = ([replace(outcome, elapsed=0.0) for outcome in report.outcomes] for report in reports)
    assert here == there
    assert [outcome.provider for outcome in there if outcome.failures] == ["p9"]
    assert dict(tree(tmp_path / "here")) == dict(tree(tmp_path / "there"))


ALL = tuple(f"p{number}" for number in range(10))


def test_a_worker_that_imported_other_code_is_named(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "code", lambda: "another")
    with Cluster(cluster.scheduler_address) as executor, pytest.raises(ClusterError, match="a worker runs other code"):
        executor.submit(len, "abc").result()


def test_where_no_scheduler_answers_the_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "ANSWER", 0.5)
    with pytest.raises(ClusterError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9 .*; start one, or leave"):
        Cluster("tcp://127.0.0.1:9")

"""Days of the site as its workflows run it; and what they are judged by would tell of an archive that is wrong."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from almanac import archive, feeds, pull
from almanac.model import Incident, Phase, Update
from bench import months
from bench.months import BEGIN
from tests.support import lives, serving, workflows
from tests.support.lives import Manner, Page
from tests.support.serving import Serving, watch

HOSTS = {"google": "status.cloud.google.com", "azure": "azure.status.microsoft"}  # that feeds are known by
MANNERS = {
    "atom": lives.STATUSPAGE,
    "rss": lives.STATUSPAGE_RSS,
    "incident.io": lives.INCIDENTIO,
    "plain": lives.PLAIN,
    "google": lives.GOOGLE,
    "better stack": lives.BETTERSTACK,
    "azure": lives.AZURE,
}


@pytest.mark.slow
def test_three_days_of_the_workflows_leave_what_the_pages_showed() -> None:
    assert months.main(["3", "2"]) == 0


def lived(content: Path, manner: Manner, days: int = 10) -> tuple[Page, Mapping[str, Incident]]:
    """Return a page that was pulled three times a day, and the archive that this left."""
    host = HOSTS.get(manner.dialect, "acme.example")
    watch(content, "acme", f"https://{host}/feed")
    page = Page(manner, host, lives.lives(random.Random(2), "acme", manner, BEGIN, BEGIN + timedelta(days=days)))
    with Serving({}) as server:
        for turn in range(3 * days):
            now = BEGIN + turn * timedelta(hours=8)
            server.hosts[host] = serving.page(page.feed(now))
            page.see(now)
            report = pull.pull(content, now=now, via=server.url, only=["acme"], read=feeds.read)
            assert [outcome.failures for outcome in report.outcomes] == [()]
    return page, {name: filed.incident for name, filed in archive.load(content, "acme").items()}


@pytest.mark.slow
@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
def test_the_archive_of_a_page_is_what_its_feed_showed(manner: Manner, tmp_path: Path) -> None:
    page, record = lived(tmp_path / "content", manner)
    assert record
    assert record.keys() == page.sightings.keys()
    assert [fault for name, one in record.items() for fault in page.faults(name, one)] == []


def test_a_record_that_says_otherwise_is_told_of(tmp_path: Path) -> None:
    page, record = lived(tmp_path / "content", lives.INCIDENTIO)
    name, one = next((name, one) for name, one in record.items() if one.ended)
    minute = timedelta(minutes=1)
    more = Update(at=BEGIN, phase=Phase.MONITORING, text="Never said.")
    for what, wrong in {
        "title": replace(one, title="Another"),
        "start": replace(one, started=one.started + minute),
        "end": replace(one, ended=None),
        "posts": replace(one, updates=(*one.updates, more)),
        "dialect": replace(one, dialect="plain"),
    }.items():
        (fault,) = page.faults(name, wrong)
        assert fault.startswith(f"acme/{name}: {what} is ")
    assert list(page.faults(name, replace(one, vanished=BEGIN))) == [
        f"acme/{name}: is said to have vanished at {BEGIN}"
    ]


def test_a_step_of_a_workflow_with_an_environment_nobody_names_is_not_run(tmp_path: Path) -> None:
    step = {"name": "Announce", "run": "touch told", "env": {"TOKEN": "${{ secrets.TOKEN }}"}}
    with pytest.raises(AssertionError, match=r"Announce gets \['TOKEN'\]"):
        workflows.run(step, tmp_path, workflows.ENV, "http://127.0.0.1:9")
    assert list(tmp_path.iterdir()) == []


def test_a_step_runs_under_the_clock_it_is_given(tmp_path: Path) -> None:
    script = "date +%s\ngit init -q .\ngit commit -q --allow-empty -m x\ngit log --format=%ct\n"
    step = {"name": "When", "run": script}
    names = {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "user.name",
        "GIT_CONFIG_VALUE_0": "Ada",
        "GIT_CONFIG_KEY_1": "user.email",
        "GIT_CONFIG_VALUE_1": "ada@example.org",
    }
    env = {**names, **workflows.clock(tmp_path / "bin", BEGIN)}
    done = workflows.run(step, tmp_path, env, "http://127.0.0.1:9")
    assert done.stdout.split() == [str(int(BEGIN.timestamp()))] * 2

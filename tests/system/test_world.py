"""Weeks of a world that knows the truth, through pulls; and what they are judged by tells of all that is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from almanac import archive, feeds, pull
from almanac.content import providers
from almanac.model import OVER, Impact, Incident, Phase, Provider, Update
from almanac.world import Clock, WorldServer, by_chance
from almanac.world.sight import Observer
from bench import quarters as bench
from bench import world
from bench.quarters import BEGIN
from tests.support import testimony
from tests.support.serving import watch

DAYS = timedelta(days=10)
WATCHED = {provider.slug: provider for provider in bench.watched_providers()}
SLUGS = (
    "anthropic",
    "aws",
    "azure",
    "deepseek",
    "google-cloud",
    "jetbrains-ai",
    "modal",
    "openai",
    "perplexity",
    "xai",
)


@pytest.mark.slow
@pytest.mark.record
@pytest.mark.parametrize("slug", SLUGS)
def test_at_every_quarter_of_an_hour_the_state_is_that_of_the_feed_and_in_the_end_the_archive_too(
    slug: str, tmp_path: Path
) -> None:
    moves = {slug: {BEGIN + DAYS / 2: bench.MOVES[slug]}} if slug in bench.MOVES else {}
    there = by_chance([WATCHED[slug]], 1, BEGIN, BEGIN + DAYS, moves=moves)
    score = bench.play(WATCHED[slug], there, BEGIN + DAYS, tmp_path)
    assert score.faults == []
    assert score.moments.total() == DAYS // bench.QUARTER
    assert score.counts["incidents"] > 0


@pytest.mark.slow
def test_the_pages_say_so_too_though_pulls_and_builds_are_killed() -> None:
    score = world.live("empty", 1, 0.15)
    assert score.faults == []
    assert score.moments.total() == len(WATCHED) * int(0.15 * 96)


def seen(content: Path) -> tuple[Observer, Mapping[str, Incident]]:
    """Return what an observer of a page of incident.io saw at all its changes, and the archive of pulls at these times."""
    watch(content, "acme", "https://acme.example/feed.atom")
    (acme,) = providers.load(content)
    acme = replace(acme, feeds=(replace(acme.feeds[0], dialect="incidentio"),))
    there = by_chance([acme], 2, BEGIN, BEGIN + DAYS, faults=0)
    observer, clock = Observer(there.pages["acme"]), Clock(BEGIN)
    with WorldServer(there, clock) as server:
        for now in there.moments(BEGIN, BEGIN + DAYS):
            clock.set(now + timedelta(seconds=1))
            observer.look(acme.feeds[0].url, clock.now())
            report = pull.pull(content, now=clock.now(), via=server.url, only=["acme"], read=feeds.read)
            assert [outcome.failures for outcome in report.outcomes] == [()]
    return observer, {name: filed.incident for name, filed in archive.load(content, "acme").items()}


def test_an_archive_that_says_otherwise_is_told_of(tmp_path: Path) -> None:
    observer, record = seen(tmp_path / "content")
    assert list(testimony.faults(observer, record)) == []
    name, one = next((name, one) for name, one in record.items() if one.ended and one.updates[0].phase not in OVER)
    minute = timedelta(minutes=1)
    more = Update(at=BEGIN, phase=Phase.MONITORING, text="Never said.")
    wrong = {
        "title": replace(one, title="Another"),
        "started": replace(one, started=one.started + minute),
        "ended": replace(one, ended=None),
        "lines": replace(one, updates=(more, *one.updates)),
        "components": replace(one, components=("Another",)),
        "dialect": replace(one, dialect="plain"),
        "vanished": replace(one, vanished=BEGIN),
        "late": replace(one, imported="x", updates=(replace(one.updates[0], at=one.ended or BEGIN),)),
    }
    for sort, other in wrong.items():
        assert sort in {fault.sort for fault in testimony.faults(observer, {**record, name: other})}, sort
    without = {other: record[other] for other in record if other != name}
    assert [fault.sort for fault in testimony.faults(observer, without)] == ["lost"]
    event = next(event for event, memory in observer.memories.items() if name in memory.names)
    names = observer.memories[event].names
    names["another"] = names[name]
    twice = {**record, "another": replace(one, id="another")}
    assert [fault.sort for fault in testimony.faults(observer, twice)] == ["doubled"]
    stranger = {**record, "stranger": replace(one, id="stranger")}
    assert [fault.sort for fault in testimony.faults(observer, stranger)] == ["made up"]


@pytest.mark.record
def test_what_the_feed_showed_counts_for_an_hour(tmp_path: Path) -> None:
    provider: Provider = WATCHED["openai"]
    there = by_chance([provider], 1, BEGIN, BEGIN + DAYS, faults=0)
    observer = Observer(there.pages["openai"])
    assert bench.expected(provider, observer, BEGIN) == ("unknown",)
    life = next(
        life for life in there.pages["openai"].lives if life.states[0].event and life.states[0].event.is_going_on
    )
    begin = life.states[0].since
    observer.look(provider.feeds[0].url, begin)
    assert observer.memories[life.last.id].impact is Impact.UNKNOWN
    hour = timedelta(hours=1)
    told = [
        bench.expected(provider, observer, begin + after) for after in (timedelta(0), hour - timedelta(seconds=1), hour)
    ]
    assert told == [("open",), ("open",), ("unknown",)]

"""A pull of everything: what it leaves in the archive, and that one provider's trouble stays its own."""

import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
import stamina

from almanac import archive, pull
from almanac.commands import pull as pull_command
from almanac.model import FeedState, Incident, Kind, Phase, Pulls, Reading, Skip, Span, Update, Window, unstamp
from almanac.pull import Failure, Outcome, Report, lines, sandbox
from almanac.pull.run import READER
from almanac.world import Event, Post
from almanac.world.writers import azure
from tests.support import serving
from tests.support.refusals import refusal
from tests.support.serving import Behaviour, Serving, watch

NOW = unstamp("2026-03-02T14:10:00Z")
HOUR = timedelta(hours=1)

# A feed, and a pull of it


def entry(name: str, title: str, *posts: tuple[str, str, str]) -> str:
    """One Statuspage incident; posts are (minute, phase, text), newest first."""
    body = "".join(
        f"<p><small>{unstamp(at):%b} <var data-var='date'>{unstamp(at).day:2}</var>, "
        f"<var data-var='time'>{unstamp(at):%H:%M}</var> UTC</small><br><strong>{phase}</strong> - {text}</p>"
        for at, phase, text in posts
    )
    return (
        f"<entry><id>tag:status.example,2005:Incident/{len(name)}{sum(name.encode())}</id>"
        f"<published>{posts[-1][0]}</published><updated>{posts[0][0]}</updated>"
        f'<link rel="alternate" type="text/html" href="https://status.example/incidents/{name}"/>'
        f'<title>{title}</title><content type="html">{escape(body)}</content></entry>'
    )


def atom(*entries: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><feed xml:lang="en-US" xmlns="http://www.w3.org/2005/Atom">'
    head += "<id>tag:status.example,2005:/history</id><title>Example Status - Incident History</title>"
    return (head + "".join(entries) + "</feed>").encode()


OLD = entry(
    "aaaaaaaaaaaa",
    "Slow answers",
    ("2026-02-20T10:30:00Z", "Resolved", "Answers are fast again."),
    ("2026-02-20T10:00:00Z", "Investigating", "Answers are slow."),
)
BEGUN = ("2026-03-02T14:00:00Z", "Investigating", "Logins fail.")
OPEN = entry("bbbbbbbbbbbb", "Login errors", BEGUN)
CLOSED = entry("bbbbbbbbbbbb", "Login errors", ("2026-03-02T14:30:00Z", "Resolved", "Logins work."), BEGUN)
FEED = atom(OPEN, OLD)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    watch(folder, "claude")
    return folder


@pytest.fixture(scope="module", autouse=True)
def readers() -> Iterator[None]:
    """Yield the reading processes, started once for all tests here."""
    with sandbox.workers(READER, 2) as READ["read"]:
        yield


@pytest.fixture(autouse=True)
def _each_host_is_asked_once() -> Iterator[None]:
    """Not by `pulled`: two threads that call it would each leave what the other had set."""
    with stamina.set_testing(True, attempts=1):
        yield


READ: dict[str, Any] = {}


def pulled(content: Path, server: Serving | dict[str, Behaviour], *, now: datetime = NOW, **options: Any) -> Report:
    """Return the report of a pull from a server, or from one where hosts behave so; each is asked once, and given its time."""
    if isinstance(server, dict):
        with Serving(server) as running:
            return pulled(content, running, now=now, **options)
    return pull.pull(content, now=now, via=server.url, **{"seconds": 60, **options}, **READ)


def incidents(content: Path) -> dict[str, bytes]:
    """Every byte of content/incidents."""
    root = content / "incidents"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def load(content: Path, slug: str = "claude") -> dict[str, Incident]:
    return {name: filed.incident for name, filed in archive.load(content, slug).items()}


# What a pull leaves behind


def test_the_first_pull_brings_what_the_feed_says(content: Path) -> None:
    report = pulled(content, {"claude.example": serving.page(FEED)})
    known = load(content)
    (outcome,) = report.outcomes
    assert report == Report(at=NOW, outcomes=(outcome,), elapsed=report.elapsed)
    assert outcome == Outcome(
        provider="claude",
        feed="https://claude.example/history.atom",
        entries=2,
        new=(known["aaaaaaaaaaaa"], known["bbbbbbbbbbbb"]),
        elapsed=outcome.elapsed,
    )
    assert sorted(incidents(content)) == [
        "claude/2026/2026-02-20-aaaaaaaaaaaa.md",
        "claude/2026/2026-03-02-bbbbbbbbbbbb.md",
    ]
    incident = known["bbbbbbbbbbbb"]
    assert (incident.phase, incident.started, incident.ended) == (Phase.INVESTIGATING, unstamp(BEGUN[0]), None)
    assert (incident.first_seen, [update.seen for update in incident.updates]) == (NOW, [NOW])


def test_it_remembers_where_it_was(content: Path) -> None:
    pulled(content, {"claude.example": serving.page(FEED)})
    pulls = archive.load_pulls(content, "claude")
    (state,) = pulls.feeds
    assert pulls == Pulls(
        provider="claude",
        coverage=(Span(since=unstamp("2026-02-20T10:00:00Z"), until=NOW),),
        feeds=(state,),
        last_open=(("bbbbbbbbbbbb", NOW),),
    )
    assert state == FeedState(
        url="https://claude.example/history.atom",
        etag=state.etag,
        fetched=NOW,
        changed=NOW,
        body=state.body,
        items=state.items,
        dialect="statuspage",
        window="rolling",
        entries=2,
        since=unstamp("2026-02-20T10:00:00Z"),
    )
    assert [name for _, name in state.items] == ["bbbbbbbbbbbb", "aaaaaaaaaaaa"]
    assert all((state.etag, state.body))


def heartbeat(before: Pulls, at: datetime) -> Pulls:
    """Return what a pull that brings nothing new makes of the state before."""
    (span,), (state,) = before.coverage, before.feeds
    return replace(
        before,
        coverage=(replace(span, until=at),),
        feeds=(replace(state, fetched=at),),
        last_open=tuple((name, at) for name, _ in before.last_open),
    )


def test_a_second_pull_gets_304_and_only_the_heartbeat_moves(content: Path) -> None:
    with Serving({"claude.example": serving.page(FEED)}) as server:
        pulled(content, server)
        files, before = incidents(content), archive.load_pulls(content, "claude")
        report = pulled(content, server, now=NOW + HOUR)
        assert "if-none-match" in server.visits[1].headers
    (outcome,) = report.outcomes
    assert outcome == Outcome(
        provider="claude",
        feed="https://claude.example/history.atom",
        entries=2,
        unchanged=True,
        elapsed=outcome.elapsed,
    )
    assert incidents(content) == files
    assert archive.load_pulls(content, "claude") == heartbeat(before, NOW + HOUR)


def test_the_same_body_without_validators_is_not_news_either(content: Path) -> None:
    hosts = {"claude.example": serving.status(200, FEED)}
    pulled(content, hosts)
    files, before = incidents(content), archive.load_pulls(content, "claude")
    assert pulled(content, hosts, now=NOW + HOUR).outcomes[0].unchanged
    assert (incidents(content), archive.load_pulls(content, "claude")) == (files, heartbeat(before, NOW + HOUR))


def test_a_body_that_differs_only_around_the_entries_changes_no_incident(content: Path) -> None:
    pulled(content, {"claude.example": serving.page(FEED)})
    files = incidents(content)
    stirred = FEED.replace(b"<title>Example", b"<updated>2026-03-02T15:00:00Z</updated><title>Example", 1)
    (outcome,) = pulled(content, {"claude.example": serving.page(stirred)}, now=NOW + HOUR).outcomes
    assert (outcome.unchanged, outcome.new, outcome.changed, outcome.vanished) == (False, (), (), ())
    assert incidents(content) == files
    state = archive.load_pulls(content, "claude").feeds[0]
    assert (state.fetched, state.changed) == (NOW + HOUR, NOW)


def test_news_changes_what_it_is_about_and_nothing_else(content: Path) -> None:
    pulled(content, {"claude.example": serving.page(FEED)})
    before = incidents(content)
    (outcome,) = pulled(content, {"claude.example": serving.page(atom(CLOSED, OLD))}, now=NOW + HOUR).outcomes
    after = incidents(content)
    assert [name for name in after if after[name] != before[name]] == ["claude/2026/2026-03-02-bbbbbbbbbbbb.md"]
    incident = load(content)["bbbbbbbbbbbb"]
    assert (outcome.new, outcome.changed) == ((), (incident,))
    assert (incident.ended, [update.seen for update in incident.updates]) == (
        unstamp("2026-03-02T14:30:00Z"),
        [NOW, NOW + HOUR],
    )
    pulls = archive.load_pulls(content, "claude")
    assert (pulls.last_open, pulls.feeds[0].changed) == ((), NOW + HOUR)


def test_what_a_feed_no_longer_shows_though_it_should_is_reported_as_vanished(content: Path) -> None:
    new = entry("cccccccccccc", "Odd errors", ("2026-03-01T08:00:00Z", "Investigating", "Errors."))
    pulled(content, {"claude.example": serving.page(atom(OPEN, new, OLD))})
    (outcome,) = pulled(content, {"claude.example": serving.page(FEED)}, now=NOW + HOUR).outcomes
    assert [(incident.id, incident.vanished) for incident in outcome.vanished] == [("cccccccccccc", NOW + HOUR)]
    assert (outcome.new, outcome.changed) == ((), ())


def test_what_left_the_feed_while_open_was_last_seen_open_then(content: Path) -> None:
    pulled(content, {"claude.example": serving.page(FEED)})
    newer = entry("cccccccccccc", "Odd errors", ("2026-03-05T08:00:00Z", "Investigating", "Errors."))
    pulled(content, {"claude.example": serving.page(atom(newer))}, now=NOW + 72 * HOUR)
    assert archive.load_pulls(content, "claude").last_open == (("bbbbbbbbbbbb", NOW), ("cccccccccccc", NOW + 72 * HOUR))


def test_the_same_answer_of_a_feed_of_current_events_does_not_cover_the_hours_between(content: Path) -> None:
    with Serving({"claude.example": serving.page(FEED)}) as server:
        pulled(content, server)
        pulls = archive.load_pulls(content, "claude")
        archive.save_pulls(content, replace(pulls, feeds=(replace(pulls.feeds[0], window=Window.CURRENT.value),)))
        (outcome,) = pulled(content, server, now=NOW + 3 * HOUR).outcomes
    assert outcome.unchanged
    assert archive.load_pulls(content, "claude").coverage == (
        *pulls.coverage,
        Span(since=NOW + 3 * HOUR, until=NOW + 3 * HOUR),
    )


def test_the_reader_is_told_what_it_read_last_time_and_what_the_provider_file_declares(content: Path) -> None:
    told: list[dict[str, Any]] = []

    def read(*args: Any, **kwargs: Any) -> Reading:
        told.append(kwargs)
        reading: Reading = READ["read"](*args, **kwargs)
        return reading

    file = content / "providers/claude.md"
    file.write_text(file.read_text().replace("history.atom\n", "history.atom\n    dialect: statuspage\n"))
    for hours, feed in enumerate((FEED, atom(CLOSED, OLD))):
        with Serving({"claude.example": serving.page(feed)}) as server:
            pull.pull(content, now=NOW + hours * HOUR, via=server.url, read=read)
        if not hours:
            items = dict(archive.load_pulls(content, "claude").feeds[0].items)
    assert told == [
        {"seen": NOW, "hint": "statuspage", "items": {}},
        {"seen": NOW + HOUR, "hint": "statuspage", "items": items},
    ]


def test_an_incident_that_was_lost_from_the_archive_comes_back_with_the_next_pull(content: Path) -> None:
    hosts = {"claude.example": serving.page(FEED)}
    pulled(content, hosts)
    files = incidents(content)
    (content / "incidents/claude/2026/2026-02-20-aaaaaaaaaaaa.md").unlink()
    pulled(content, hosts)
    assert incidents(content) == files


def test_a_kill_between_incidents_and_state_costs_only_a_second_reading(content: Path) -> None:
    hosts = {"claude.example": serving.page(FEED)}
    pulled(content, hosts)
    files, pulls = incidents(content), archive.load_pulls(content, "claude")
    (content / "pulls/claude.json").unlink()
    (outcome,) = pulled(content, hosts).outcomes
    assert (outcome.unchanged, outcome.new, outcome.changed) == (False, (), ())
    (state,) = pulls.feeds
    assert incidents(content) == files
    assert archive.load_pulls(content, "claude") == replace(pulls, feeds=(replace(state, changed=None),))


def test_two_pulls_at_once_leave_what_one_leaves(content: Path, tmp_path: Path) -> None:
    hosts = {"claude.example": serving.page(FEED)}
    pulled(content, hosts)
    alone, pulls = incidents(content), archive.load_pulls(content, "claude")
    other = tmp_path / "other"
    watch(other, "claude")
    with Serving(hosts) as server:
        threads = [threading.Thread(target=pulled, args=[other, server]) for _ in "12"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (incidents(other), archive.load_pulls(other, "claude")) == (alone, pulls)


def test_times_are_kept_to_the_second(content: Path) -> None:
    report = pulled(content, {"claude.example": serving.page(FEED)}, now=NOW.replace(microsecond=999_999))
    assert report.at == NOW
    assert load(content)["bbbbbbbbbbbb"].first_seen == NOW


# Trouble

HOSTILE = serving.hostile(FEED)


@pytest.mark.slow
def test_each_hostile_server_costs_its_own_provider_only(content: Path) -> None:
    for slug in HOSTILE:
        watch(content, slug)
    honest = {f"{slug}.example": serving.page(FEED) for slug in (*HOSTILE, "claude")}
    pulled(content, honest, seconds=20)  # however busy this machine is
    files = incidents(content)
    before = {slug: archive.load_pulls(content, slug) for slug in HOSTILE}

    hosts = {f"{slug}.example": behaviour for slug, (behaviour, _) in HOSTILE.items()}
    news = {"claude.example": serving.page(atom(CLOSED, OLD))}
    report = pulled(content, hosts | news, now=NOW + HOUR, seconds=5)
    found = {outcome.provider: [failure.reason for failure in outcome.failures] for outcome in report.outcomes}
    assert found == {slug: [reason] for slug, (_, reason) in HOSTILE.items()} | {"claude": []}
    assert report.ok
    after = incidents(content)
    assert [name for name in after if after[name] != files.get(name)] == ["claude/2026/2026-03-02-bbbbbbbbbbbb.md"]
    for slug, pulls in before.items():
        (state,), (failure,) = pulls.feeds, {o.provider: o for o in report.outcomes}[slug].failures
        bad = replace(state, error=f"{failure.reason}: {failure.message}", error_since=NOW + HOUR)
        assert archive.load_pulls(content, slug) == replace(pulls, feeds=(bad,))


def test_an_error_says_since_when_until_it_is_mended(content: Path) -> None:
    for hours in (0, 1, 2):
        (outcome,) = pulled(content, {"claude.example": serving.status(404)}, now=NOW + hours * HOUR).outcomes
        assert outcome.failures == (
            Failure(
                feed="https://claude.example/history.atom",
                reason="status",
                since=NOW,
                message="answers 404 Not Found; look for the feed's new address",
            ),
        )
    state = archive.load_pulls(content, "claude").feeds[0]
    assert (state.error, state.error_since, state.fetched) == (
        "status: answers 404 Not Found; look for the feed's new address",
        NOW,
        None,
    )
    pulled(content, {"claude.example": serving.page(FEED)}, now=NOW + 3 * HOUR)
    state = archive.load_pulls(content, "claude").feeds[0]
    assert (state.error, state.error_since) == ("", None)


def test_the_log_tells_what_came_what_fails_since_when_and_what_to_do_once_a_day(content: Path) -> None:
    down, up = {"claude.example": serving.status(404)}, {"claude.example": serving.page(FEED)}
    for hours in (0, 1, 25):
        pulled(content, down, now=NOW + hours * HOUR)
    for hours in (26, 27):
        pulled(content, up, now=NOW + hours * HOUR)
    failed = (
        "claude: FAILED status: https://claude.example/history.atom answers 404 Not Found; "
        "look for the feed's new address (failing since 2026-03-02 14:10 UTC)"
    )
    assert (content / "pulls/log/2026-03.txt").read_text().splitlines() == [
        f"2026-03-02 14:10 UTC  {failed}",
        f"2026-03-03 15:10 UTC  {failed}",
        "2026-03-03 16:10 UTC  claude: works again, after failing since 2026-03-02 14:10 UTC",
        (
            "2026-03-03 16:10 UTC  claude: new: Slow answers "
            "[resolved, 2026-02-20 10:00 to 2026-02-20 10:30 UTC, aaaaaaaaaaaa]"
        ),
        "2026-03-03 16:10 UTC  claude: new: Login errors [investigating, 2026-03-02 14:00 UTC, bbbbbbbbbbbb]",
    ]


UNWRITABLE = {"a folder": lambda path: path.mkdir(parents=True), "no text": lambda path: path.write_bytes(b"\xff")}


@pytest.mark.parametrize("stands", UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_log_that_cannot_be_written_is_said_and_costs_nothing_else(
    content: Path, stands: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    path = content / "pulls/log/2026-03.txt"
    path.parent.mkdir(parents=True)
    stands(path)
    with Serving({"claude.example": serving.page(FEED)}) as server:
        code = pull_command.main(content, via=server.url, now="2026-03-02T14:10:00Z")
    *news, unlogged, summary = capsys.readouterr().out.splitlines()
    assert (code, len(news), set(load(content))) == (1, 2, {"aaaaaaaaaaaa", "bbbbbbbbbbbb"})
    wanted = r"log: FAILED archive: .*pulls/log/2026-03\.txt:.*; .*\. Everything else from the pull is saved"
    assert re.fullmatch(wanted, unlogged)
    assert summary.startswith("pull: 1 provider in ")


def test_a_fallback_is_read_when_the_first_feed_fails_and_only_then(content: Path) -> None:
    first, second, third = (f"https://{host}.example/history.atom" for host in ("one", "two", "three"))
    watch(content, "claude", first, second, third)
    one, two = {"one.example": serving.page(FEED)}, {"two.example": serving.page(FEED)}
    with Serving({**two, "one.example": serving.status(500)}) as server:
        (outcome,) = pulled(content, server).outcomes
        assert {visit.host for visit in server.visits} == {"one.example", "two.example"}
    assert (outcome.feed, len(outcome.new), [failure.feed for failure in outcome.failures]) == (second, 2, [first])
    assert [state.url for state in archive.load_pulls(content, "claude").feeds] == [first, second]

    files = incidents(content)
    (outcome,) = pulled(content, {**one, "two.example": serving.status(500)}, now=NOW + HOUR).outcomes
    assert (outcome.feed, outcome.failures) == (first, ())
    assert incidents(content) == files
    states = archive.load_pulls(content, "claude").feeds
    assert [(state.fetched, state.error) for state in states] == [(NOW + HOUR, ""), (NOW, "")]


def test_a_fallback_that_says_what_it_said_before_still_ends_what_another_feed_began(content: Path) -> None:
    first, second = (f"https://{host}azure.status.microsoft/feed/" for host in ("rssfeed.", ""))
    watch(content, "claude", first, second)
    event = Event(id="a", title="Slow answers", posts=(Post(at=NOW, printed="Investigating", text="Slow."),))
    nothing, one = (azure.rss(events, "azure.status.microsoft") for events in ([], [event]))
    both_down: dict[str, Behaviour] = dict.fromkeys(
        ("rssfeed.azure.status.microsoft", "azure.status.microsoft"), serving.status(404)
    )
    for minute, host, feed in ((0, "", nothing), (15, "rssfeed.", one), (30, "", nothing)):
        now = NOW + timedelta(minutes=minute)
        pulled(content, both_down | {f"{host}azure.status.microsoft": serving.page(feed)}, now=now)
    (incident,) = load(content).values()
    assert (incident.ended, incident.ended_basis) == (NOW + timedelta(minutes=15), "absence")
    assert archive.load_pulls(content, "claude").last_open == ()


def test_a_broken_archive_is_our_error_and_stops_no_other_provider(content: Path) -> None:
    watch(content, "grok")
    hosts = {"claude.example": serving.page(FEED), "grok.example": serving.page(FEED)}
    pulled(content, hosts)
    broken = content / "incidents/claude/2026/2026-02-20-aaaaaaaaaaaa.md"
    broken.write_text("scribbled over")
    pulls = archive.load_pulls(content, "claude")
    report = pulled(content, {"claude.example": serving.page(FEED), "grok.example": serving.page(atom(CLOSED, OLD))})
    claude, grok = report.outcomes
    assert [(failure.reason, failure.is_ours) for failure in claude.failures] == [("archive", True)]
    assert "content/incidents/claude/2026/2026-02-20-aaaaaaaaaaaa.md:1:" in claude.failures[0].message
    assert (report.ok, len(grok.changed)) == (False, 1)
    assert (broken.read_text(), archive.load_pulls(content, "claude")) == ("scribbled over", pulls)


def test_a_clock_that_runs_behind_the_last_pull_is_not_believed(content: Path) -> None:
    pulled(content, {"claude.example": serving.page(FEED)})
    (outcome,) = pulled(content, {"claude.example": serving.page(atom(CLOSED, OLD))}, now=NOW - HOUR).outcomes
    assert outcome.failures == (
        Failure(
            reason="archive",
            is_ours=True,
            message="content/pulls/claude.json: the last pull was at 2026-03-02 14:10 UTC, and now it is "
            "2026-03-02 13:10 UTC. If that is wrong, fix the clock or --now; if the clock was wrong then, restore "
            "content/pulls and content/incidents as they were before that pull (git log -- content/pulls)",
        ),
    )


def test_a_clock_a_little_behind_takes_the_time_of_the_last_pull(content: Path) -> None:
    pulled(content, {"claude.example": serving.page(FEED)})
    pulled(content, {"claude.example": serving.page(atom(CLOSED, OLD))}, now=NOW - timedelta(minutes=5))
    assert load(content)["bbbbbbbbbbbb"].updates[-1].seen == NOW
    assert archive.load_pulls(content, "claude").feeds[0].fetched == NOW


def test_where_a_feed_moved_to_is_kept_until_it_answers_at_its_own_address(content: Path) -> None:
    hosts = {"claude.example": serving.redirect("https://new.example/feed", 301), "new.example": serving.page(FEED)}
    pulled(content, hosts)
    assert archive.load_pulls(content, "claude").feeds[0].moved == "https://new.example/feed"
    pulled(content, {"claude.example": serving.page(FEED)}, now=NOW + HOUR)
    assert archive.load_pulls(content, "claude").feeds[0].moved == ""


def test_a_feed_that_moved_for_good_is_followed_and_said(content: Path) -> None:
    hosts = {"claude.example": serving.redirect("https://new.example/feed", 301), "new.example": serving.page(FEED)}
    (outcome,) = pulled(content, hosts).outcomes
    assert (len(outcome.new), outcome.doubts) == (
        2,
        (
            (
                "https://claude.example/history.atom moved to https://new.example/feed; put that into "
                "content/providers/claude.md"
            ),
        ),
    )


# Who is pulled


def test_only_those_named_are_pulled(content: Path) -> None:
    watch(content, "grok")
    with Serving({"grok.example": serving.page(FEED)}) as server:
        report = pulled(content, server, only=["grok"])
        assert {visit.host for visit in server.visits} == {"grok.example"}
    assert [outcome.provider for outcome in report.outcomes] == ["grok"]


def test_a_name_nobody_has_is_refused(content: Path) -> None:
    with pytest.raises(ValueError, match="no provider grok; write one of: claude"):
        pulled(content, {}, only=["claude", "grok"])


def no_such_name(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_without_a_network_nothing_is_written_and_one_line_said(
    content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for slug in ("deepseek", "grok", "mistral"):
        watch(content, slug)
    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    assert pull_command.main(content, now="2026-03-02T14:10:00Z") == 0
    assert capsys.readouterr().out == "pull: no network, so nothing was pulled; the archive stays as it is\n"
    assert [path.name for path in content.iterdir()] == ["providers"]


# What is said about it


def test_the_command_tells_what_came_and_what_failed(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch(content, "grok")
    with Serving({"claude.example": serving.page(FEED), "grok.example": serving.status(404)}) as server:
        assert pull_command.main(content, via=server.url, now="2026-03-02T14:10:00Z") == 0
    told = capsys.readouterr().out.splitlines()
    assert sorted(told[:-1]) == [
        "claude: new: Login errors [investigating, 2026-03-02 14:00 UTC, bbbbbbbbbbbb]",
        "claude: new: Slow answers [resolved, 2026-02-20 10:00 to 2026-02-20 10:30 UTC, aaaaaaaaaaaa]",
        (
            "grok: FAILED status: https://grok.example/history.atom answers 404 Not Found; look for the feed's new address "
            "(failing since 2026-03-02 14:10 UTC)"
        ),
    ]
    assert told[-1].startswith("pull: 2 providers in ")
    assert told[-1].endswith("s: 2 new; 1 failed (grok)")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": ("grok",)}, "no provider grok; write one of: claude"),
        ({"via": "http://10.0.0.1:80"}, "--via http://10.0.0.1:80: write http://127.0.0.1:PORT"),
        ({"now": "yesterday"}, "yesterday"),
    ],
)
def test_a_wrong_command_is_said_in_a_line(content: Path, options: dict[str, str], message: str) -> None:
    said = refusal(pull_command.main, content, **options)
    assert (message in said, said.count("\n")) == (True, 0)


def test_a_broken_archive_is_exit_code_1(content: Path) -> None:
    broken = content / "incidents/claude/2026/2026-02-20-aaaaaaaaaaaa.md"
    broken.parent.mkdir(parents=True)
    broken.write_text("scribbled over")
    with Serving({"claude.example": serving.page(FEED)}) as server:
        assert pull_command.main(content, via=server.url) == 1


def test_the_time_comes_from_the_environment_if_not_from_the_command(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    with Serving({"claude.example": serving.page(FEED)}) as server:
        pull_command.main(content, via=server.url)
    assert archive.load_pulls(content, "claude").feeds[0].fetched == NOW
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    with Serving({"claude.example": serving.page(FEED)}) as server:
        pull_command.main(content, via=server.url)
    fetched = archive.load_pulls(content, "claude").feeds[0].fetched
    assert fetched is not None
    assert abs(fetched - datetime.now(UTC)) < timedelta(minutes=1)


def incident(name: str, **facts: Any) -> Incident:
    return Incident(
        provider="claude",
        id=name,
        title=f"Trouble \x1b[31m{name}",
        kind=Kind.OUTAGE,
        phase=Phase.RESOLVED,
        started=NOW,
        updates=(Update(at=NOW, phase=Phase.RESOLVED),),
        **facts,
    )


def test_the_report_lists_what_needs_a_person_and_counts_the_rest() -> None:
    outcomes = (
        Outcome(
            provider="claude",
            feed="b",
            new=tuple(incident(f"n{n}") for n in range(7)),
            changed=(incident("c", ended=NOW + HOUR),),
            vanished=(incident("v"),),
            twins=(("x", "y"),),
            skipped=(Skip(entry="tag:1", why="has no time"),),
            doubts=("unknown word 'meh'",),
            failures=(Failure(feed="a", reason="timeout", message="too late", since=NOW),),
        ),
        Outcome(provider="grok", failures=(Failure(reason="bug", message="KeyError: 'x'", is_ours=True),)),
        Outcome(provider="kagi", feed="https://kagi.example/", unchanged=True),
    )
    assert lines(Report(at=NOW, outcomes=outcomes, elapsed=1.25)) == [
        "claude: FAILED timeout: a too late (failing since 2026-03-02 14:10 UTC)",
        "claude: read b instead",
        *(f"claude: new: Trouble  [31mn{n} [resolved, 2026-03-02 14:10 UTC, n{n}]" for n in range(5)),
        "claude: new: and 2 more",
        "claude: changed: Trouble  [31mc [resolved, 2026-03-02 14:10 to 2026-03-02 15:10 UTC, c]",
        "claude: vanished from the feed: Trouble  [31mv [resolved, 2026-03-02 14:10 UTC, v]",
        "claude: possibly one incident, decide: x and y",
        "claude: skipped: tag:1: has no time",
        "claude: look at: unknown word 'meh'",
        "grok: FAILED bug: KeyError: 'x'",
        "pull: 3 providers in 1.2 s: 7 new, 1 changed, 1 vanished; 1 failed (grok)",
    ]


@pytest.mark.slow
def test_on_a_screen_a_slow_pull_says_how_far_it_is_and_clears_that_line(content: Path) -> None:
    watch(content, "grok")

    def slowly(visit: serving.Visit) -> None:
        time.sleep(3)
        serving.page(FEED)(visit)

    hosts = {"claude.example": slowly, "grok.example": serving.page(FEED)}
    with Serving(hosts) as server:
        screen = in_terminal(
            "import sys; from pathlib import Path; from almanac.commands import cli, verbs; "
            f"cli.main(['pull', '--via', {server.url!r}], verbs.VERBS, Path({str(content.parent)!r}), 'almanac')"
        )
    assert re.search(r"\x1b\[Kpull: 1 of 2 providers, \d+ s", screen)
    assert screen.rindex("\x1b[K") < screen.index("claude: new: Login errors")


def in_terminal(code: str) -> str:
    """Return what Python prints on a screen of its own."""
    import pty
    import sys

    child, screen = pty.fork()
    if child == 0:
        os.environ.update(PYTHONPATH=str(Path(pull.__file__).parents[2]), TERM="xterm", COLUMNS="200", LINES="50")
        os.execv(sys.executable, [sys.executable, "-c", code])  # noqa: S606
    said = b""
    try:
        while data := os.read(screen, 4096):
            said += data
    except OSError:  # the other end was closed
        pass
    os.waitpid(child, 0)
    return said.decode(errors="replace")


# For real


@pytest.mark.slow
@pytest.mark.shared
def test_the_march_outage_pulled_as_it_went(tmp_path: Path, shared: Path) -> None:
    """The ten feeds of 2026-03-02 as Claude's page showed them, each pulled when it stood there."""
    content = tmp_path / "content"
    watch(content, "anthropic", "https://status.claude.com/history.rss")
    feeds = sorted((shared / "recordings/anthropic/rebuilt-2026-03").glob("*.rss"))
    behaviours = iter([serving.page(feed.read_bytes()) for feed in feeds])
    for feed, behaviour in zip(feeds, behaviours, strict=True):
        at = datetime.strptime(feed.stem[-16:], "%Y-%m-%dT%H%MZ").replace(tzinfo=UTC)
        report = pulled(content, {"status.claude.com": behaviour}, now=at)
        assert [outcome.failures for outcome in report.outcomes] == [()]
    incident = load(content, "anthropic")["0ghc53zpsfmt"]
    assert (incident.started, incident.ended) == (
        unstamp("2026-03-02T11:49:00Z"),
        unstamp("2026-03-02T15:47:00Z"),
    )
    assert incident.first_seen == unstamp("2026-03-02T11:55:00Z")
    assert json.loads((content / "pulls/anthropic.json").read_text())["feeds"][0]["dialect"] == "statuspage"

"""`python3 tasks.py demo` plays a day with real pulls and builds, in a folder of its own, and only for its own pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from almanac import archive
from almanac.commands import build as build_command
from almanac.commands import demo
from almanac.commands.demo.play import Play
from almanac.commands.demo.quarters import Quarter
from almanac.commands.demo.stage import StageError, stage
from almanac.model import Impact, stamp
from tests.support import demos, projects
from tests.support.projects import ROOT, tree
from tests.support.serving import watch

SINCE, UNTIL = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (11, 13))
FOLLOWED = "0ghc53zpsfmt"

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.record]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demos.project(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def play(project: Path) -> Iterator[Play]:
    """Yield a demo of two hours, every hour, that waits for steps."""
    before = tree(project / "content")
    with demo.playing(project, SINCE, UNTIL, interval=timedelta(hours=1), score=False) as play:
        yield play
    assert tree(project / "content") == before, "a demo touched content/"


def ask(play: Play, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    address = urlsplit(play.stage.site_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=60)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def said(html: str) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def test_the_archive_of_a_demo_is_that_of_the_day_before(project: Path) -> None:
    scene = stage(project, SINCE, UNTIL, "http://127.0.0.1:1")
    cut = datetime(2026, 3, 1, tzinfo=UTC)
    everything = [filed.incident for slug in demos.SLUGS for filed in archive.load(project / "content", slug).values()]
    then = [filed.incident for slug in demos.SLUGS for filed in archive.load(scene.content, slug).values()]
    assert {one.id for one in then} == {one.id for one in everything if one.started < cut and one.ended}
    assert max(moment for one in then for moment in one.observed) <= cut
    assert [one.id for one in then if one.changes or one.vanished] == []
    pulls = [archive.load_pulls(scene.content, slug) for slug in demos.SLUGS]
    assert {span.until for one in pulls for span in one.coverage} == {cut}
    assert [one.feeds for one in pulls] == [(), ()]
    assert not (scene.content / "articles").exists()


def test_every_provider_on_record_is_there_also_one_without_a_feed(tmp_path: Path) -> None:
    (tmp_path / "content").symlink_to(ROOT / "content")
    (tmp_path / "almanac.toml").write_text(projects.OWN)
    scene = stage(tmp_path, SINCE, UNTIL, "http://127.0.0.1:1")
    silent = [slug for slug, provider in scene.providers.items() if not provider.feeds]
    assert silent == [slug for slug in scene.providers if slug not in scene.world.pages]
    cut = datetime(2026, 3, 1, tzinfo=UTC)
    for slug in silent:
        history = [filed.incident for filed in archive.load(ROOT / "content", slug).values()]
        staged = {filed.incident.id for filed in archive.load(scene.content, slug).values()}
        assert staged == {one.id for one in history if one.started < cut}


def test_a_folder_that_no_demo_made_stays(tmp_path: Path) -> None:
    project = demos.project(tmp_path)
    (project / ".demo").mkdir()
    (project / ".demo/mine.txt").write_text("mine")
    with pytest.raises(StageError, match=r"\.demo/ was not made by a demo, and would be removed; move it away"):
        stage(project, SINCE, UNTIL, "http://127.0.0.1:1")
    assert (project / ".demo/mine.txt").read_text() == "mine"


def test_a_time_in_which_nothing_was_posted_is_named(project: Path) -> None:
    with pytest.raises(StageError, match="nothing was posted between 2020-01-01 00:00 and 2020-01-02 00:00 UTC"):
        stage(project, datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC), "http://127.0.0.1:1")


def test_a_day_is_played_as_it_happened(play: Play) -> None:
    begin = play.quarters[0]
    assert (begin.at, begin.open["anthropic"]) == (SINCE, frozenset())
    assert [one.provider for one in begin.posted] == ["together", "together"]  # since 1 March: in the feeds already
    noon = play.step()
    last = play.step()
    assert noon
    assert last
    assert play.step() is None
    assert [one.open["anthropic"] for one in (noon, last)] == [{FOLLOWED}, {FOLLOWED}]
    assert [one.on_site["anthropic"].open for one in (noon, last)] == [{FOLLOWED}, {FOLLOWED}]
    followed = play.followed
    assert followed
    assert followed.on_site
    assert (followed.id, followed.posts_in_feed, followed.event.impact) == (FOLLOWED, 3, Impact.MAJOR)
    assert (followed.on_site.impact, len(followed.on_site.posts)) == ("major", 3)
    assert [(stamp(line.posted.at), line.shown_at) for line in followed.posts] == [
        ("2026-03-02T11:49:20Z", noon.at),
        ("2026-03-02T12:06:11Z", last.at),
        ("2026-03-02T12:21:24Z", last.at),
    ]
    assert [(line.at, line.is_right) for line in followed.forecasts] == [(noon.at, None), (last.at, None)]


def test_the_pages_of_the_demo_say_what_was_posted_and_what_was_shown(play: Play) -> None:
    while play.step():
        pass
    code, controls = ask(play, "GET", "/demo/")
    assert code == 200
    assert "13:00 UTC Over. What was shown and what was true" in said(controls)
    links = re.findall(r'<li><a href="([^"]+)"', controls)
    pages = [f"/incidents/anthropic/{FOLLOWED}/", "/providers/anthropic/", "/providers/anthropic/api/", "/updates.xml"]
    assert [page for page in pages if page not in links] == []
    assert [link for link in links if ask(play, "GET", link)[0] != 200] == []
    assert said(controls).count("Claude: Investigating") == 3
    words = said(ask(play, "GET", "/demo/truth/")[1])
    assert "6 states, all of them true." in words
    assert "Claude 11:00 none open none open same Claude 12:00 to 13:00 1 open 1 open same" in words
    assert "Severity major major Posts 3 3 Posts in the feed 3 3" in words
    assert "2 forecasts so far; they are scored when it is over." in words


def test_pages_of_the_site_say_that_they_are_a_demo(play: Play) -> None:
    code, home = ask(play, "GET", "/")
    assert home.index('class="skip"') < home.index('aria-label="Demo"') < home.index('id="main"')
    assert (code, said(home).count("Demo : 2 March 2026")) == (200, 1)
    assert "Outage Almanac, demo" in said(home)
    assert json.loads(ask(play, "GET", "/api/v2/status.json")[1])["page"]["url"] == f"{play.stage.site_url}/"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 303),
        ({"Origin": "{here}"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
    ],
)
def test_only_its_own_pages_may_control_a_demo(play: Play, headers: dict[str, str], code: int) -> None:
    sent = {name: value.format(here=play.stage.site_url) for name, value in headers.items()}
    play.resume()
    running = play._wishes.running
    assert ask(play, "POST", "/demo/pause", **sent)[0] == code
    assert (running, play._wishes.running) == (True, code == 403)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/demo/run", "speed=300", 303),
        ("/demo/run", "speed=-1", 400),
        ("/demo/run", "speed=nan", 400),
        ("/demo/run", "speed=99999", 400),
        ("/demo/else", "", 404),
        ("/index.html", "", 404),
    ],
)
def test_a_form_that_asks_for_something_else_is_refused(play: Play, path: str, body: str, code: int) -> None:
    play.resume(60)
    assert (ask(play, "POST", path, body)[0], play.speed) == (code, 300 if code == 303 else 60)


def test_a_step_that_is_asked_for_is_played_and_the_clock_stands_then(tmp_path: Path) -> None:
    seen = threading.Event()

    def look(quarter: Quarter) -> None:
        if quarter.at == UNTIL:
            seen.set()

    project, once = demos.project(tmp_path), UNTIL - SINCE
    with demo.playing(project, SINCE, UNTIL, interval=once, score=False, watch=look) as play:
        thread = threading.Thread(target=play.run, daemon=True)
        thread.start()
        assert ask(play, "POST", "/demo/step")[0] == 303
        assert seen.wait(120)
        play.end()
        thread.join(60)
        assert (thread.is_alive(), play.clock.now(), play.clock.speed) == (False, UNTIL, 0)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ["--from", "2026-03-02"],
            "demo: '2026-03-02' is not a valid time; write 2026-03-02T14:10:00Z or epoch seconds",
        ),
        (
            ["--from", "2026-03-02T17:00:00Z"],
            "demo: it cannot begin at 2026-03-02T17:00:00Z and end at 2026-03-02T16:00:00Z; choose a --from before --to",
        ),
    ],
)
def test_what_cannot_be_played_is_one_clear_line(options: list[str], line: str) -> None:
    command = [sys.executable, "tasks.py", "demo", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"{line}\n")


def test_a_port_that_is_taken_is_named_before_anything_is_made(tmp_path: Path, play: Play) -> None:
    port = urlsplit(play.stage.site_url).port
    assert port
    with (
        pytest.raises(StageError, match=f"port {port} cannot be used .*; name another, e.g. --port {port + 1}"),
        demo.playing(tmp_path, SINCE, UNTIL, port=port),
    ):
        pass
    assert list(tmp_path.glob(".demo/*")) == []


def test_a_second_demo_leaves_the_first_alone(project: Path, play: Play) -> None:
    with (
        pytest.raises(StageError, match="another demo of this project is running; end it first"),
        demo.playing(project, SINCE, UNTIL),
    ):
        pass
    assert ask(play, "GET", "/")[0] == 200


def test_site_names_the_demo_where_there_is_no_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = projects.project(tmp_path)
    watch(project / "content", "nowhere", *(f"https://{name}.invalid/feed.atom" for name in ("a", "b", "c")))
    build_command.build(project / "publishconf.py", now="2026-03-02T14:10:00Z")
    assert capsys.readouterr().out.splitlines()[:2] == [
        "pull: no network, so nothing was pulled; the archive stays as it is",
        "site: to see it live without a network, run python3 tasks.py demo",
    ]

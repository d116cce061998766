"""A build prints what changed, removes what is no more, and ends where a clean build would have ended."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from almanac import archive, executors, views
from almanac.build import cache, jobs
from almanac.build.cache import BuildError
from almanac.build.context import Context
from almanac.build.output import Output, OutputFolder
from almanac.build.routes.route import Route
from almanac.build.run import Built
from almanac.build.settings import BuildSettings
from almanac.content.article import ArticleCard
from almanac.executors import MANY
from almanac.model import Change, Incident
from almanac.stats import hindcast
from almanac.stats.hindcast import Hindcast
from bench import corpus
from tests.support.almanacs import PROJECT, carded, incident, pulls
from tests.support.alone import was_run_alone
from tests.support.builds import build, clean, watch_jobs
from tests.support.content import provider
from tests.support.projects import INCIDENTS, moment, project, put, tree, write

LATER = moment("2026-03-02T14:15:00Z")
TOLD = ArticleCard(
    url="/articles/2026/claude-fails/",
    title="Claude fails",
    date=moment("2026-03-02T13:00:00Z"),
    incidents=(("anthropic", "first"),),
)


@pytest.fixture
def settings(tmp_path: Path) -> BuildSettings:
    """Return the settings of a small project of its own."""
    root = project(tmp_path / "site")
    return BuildSettings(
        content=root / "content",
        theme=root / "theme",
        output=root / "output",
        now=moment("2026-03-02T14:10:00Z"),
        site_url="https://almanac.example",
        project=PROJECT,
        site_id="tag:almanac.example,2026:",
        jinja={"autoescape": True, "trim_blocks": True, "lstrip_blocks": True},
    )


def test_every_route_has_its_place(settings: BuildSettings) -> None:
    build(settings)
    pages = {path for path in tree(settings.output) if not path.startswith("theme/")}
    assert pages >= {
        "index.html",
        "404.html",
        "atom.xml",
        "feed.xml",
        "status/index.html",
        "leaderboard/index.html",
        "articles/index.html",
        "articles/atom.xml",
        "incidents/index.html",
        "incidents/2026/01/index.html",
        "incidents/2026/03/index.html",
        "incidents/anthropic/first/index.html",
        "incidents/groq/open/index.html",
        "providers/index.html",
        "providers/groq/index.html",
        "providers/groq/2026/index.html",
        "providers/groq/atom.xml",
        "providers/groq/feed.xml",
        "providers/groq/history.atom",
        "providers/groq/history.rss",
    }


def test_two_builds_of_the_same_at_the_same_moment_are_the_same_bytes(settings: BuildSettings) -> None:
    build(settings)
    assert tree(settings.output) == clean(settings)


def test_a_second_build_writes_and_removes_nothing(settings: BuildSettings) -> None:
    first = build(settings)
    stamps = {path: path.stat().st_mtime_ns for path in settings.output.rglob("*") if path.is_file()}
    assert build(settings) == Built((), (), len(first.changed))
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_a_changed_incident_rewrites_its_page_and_what_tells_of_it(settings: BuildSettings) -> None:
    build(settings)
    put(settings.root, replace(INCIDENTS[2], title="Another title"))
    written = set(build(settings).changed)
    assert written >= {
        "atom.xml",
        "feed.xml",
        "incidents/2026/01/index.html",
        "incidents/anthropic/early/index.html",
        "incidents/index.html",
        "providers/anthropic/2026/index.html",
        "providers/anthropic/atom.xml",
        "providers/anthropic/history.rss",
    }
    assert not {path for path in written if "groq" in path or "2026/03" in path or "first" in path}


def test_a_changed_incident_changes_the_pages_that_show_it_beside_theirs(settings: BuildSettings) -> None:
    build(settings)
    put(settings.root, replace(INCIDENTS[3], title="Renamed trouble of Groq"))
    assert {"incidents/groq/other/index.html", "incidents/anthropic/first/index.html"} <= set(build(settings).changed)
    assert tree(settings.output) == clean(settings)


def test_time_alone_moves_only_what_states_the_present(settings: BuildSettings) -> None:
    build(settings)
    moved = set(build(replace(settings, now=LATER)).changed)
    assert "index.html" in moved
    assert not moved & {
        "incidents/anthropic/first/index.html",
        "incidents/2026/03/index.html",
        "atom.xml",
        "providers/groq/2026/index.html",
        "articles/index.html",
    }


def test_a_file_that_was_only_touched_is_read_and_not_printed_again(settings: BuildSettings) -> None:
    build(settings)
    for path in settings.content.glob("incidents/*/*/*.md"):
        os.utime(path)
    assert build(settings).changed == ()


def test_a_deleted_incident_takes_its_page_and_folder_along(settings: BuildSettings) -> None:
    build(settings)
    (settings.content / "incidents" / archive.file_of(INCIDENTS[0])).unlink()
    assert "incidents/anthropic/first/index.html" in build(settings).removed
    assert not (settings.output / "incidents/anthropic/first").exists()
    assert tree(settings.output) == clean(settings)


def test_a_renamed_file_moves_its_page(settings: BuildSettings) -> None:
    build(settings)
    path = settings.content / "incidents" / archive.file_of(INCIDENTS[0])
    path.rename(path.with_name("2026-03-02-moved.md"))
    done = build(settings)
    assert "incidents/anthropic/moved/index.html" in done.changed
    first = "incidents/anthropic/first/"
    assert done.removed == (f"{first}at/index.html", f"{first}index.html", f"{first}index.md")
    assert tree(settings.output) == clean(settings)


def test_an_output_deleted_by_hand_comes_back(settings: BuildSettings) -> None:
    build(settings)
    shutil.rmtree(settings.output / "incidents/anthropic")
    (settings.output / "index.html").unlink()
    build(settings)
    assert tree(settings.output) == clean(settings)


def test_an_output_changed_by_hand_is_mended(settings: BuildSettings) -> None:
    build(settings)
    (settings.output / "incidents/anthropic/first/index.html").write_text("defaced")
    assert build(settings).changed == ("incidents/anthropic/first/index.html",)
    assert tree(settings.output) == clean(settings)


def test_what_others_put_into_the_output_stays(settings: BuildSettings) -> None:
    build(settings)
    (settings.output / "incidents/anthropic/first/CNAME").write_text("almanac.example")
    (settings.content / "incidents" / archive.file_of(INCIDENTS[0])).unlink()
    build(settings)
    assert os.listdir(settings.output / "incidents/anthropic/first") == ["CNAME"]


def test_a_provider_that_left_takes_its_pages_along(settings: BuildSettings) -> None:
    build(settings)
    (settings.content / "providers/groq.md").unlink()
    shutil.rmtree(settings.content / "incidents/groq")
    done = build(settings)
    assert not (settings.output / "providers/groq").exists()
    assert {"incidents/groq/open/index.html", "providers/groq/atom.xml"} <= set(done.removed)
    assert tree(settings.output) == clean(settings)


def test_a_changed_theme_prints_everything_anew(settings: BuildSettings) -> None:
    own = settings.root / "own"
    shutil.copytree(settings.theme, own)
    settings = replace(settings, theme=own)
    build(settings)
    base = own / "templates/base.html"
    base.write_text(base.read_text().replace("<footer", '<footer id="foot"'))
    written = set(build(settings).changed)
    assert written == {path for path, data in tree(settings.output).items() if b'<footer id="foot"' in data} != set()


def test_an_article_is_listed_and_its_incident_points_to_it(settings: BuildSettings) -> None:
    build(settings)
    assert {"articles/index.html", "articles/atom.xml", "index.html", "incidents/anthropic/first/index.html"} <= set(
        build(settings, TOLD).changed
    )
    assert b"Claude fails" in (settings.output / "incidents/anthropic/first/index.html").read_bytes()


def test_a_file_touched_a_moment_ago_is_read_again_next_time(settings: BuildSettings) -> None:
    """A change within one tick of the file system's clock leaves no other trace."""
    path = put(settings.root, INCIDENTS[0])
    now = path.stat().st_ctime_ns + 1_000_000
    build(settings, clock=now)
    stamp = path.stat()
    path.write_text(path.read_text().replace("Elevated", "Decreased"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "incidents/anthropic/first/index.html" in build(settings, clock=now).changed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_after_any_edits_the_output_is_that_of_a_clean_build(settings: BuildSettings, seed: int) -> None:
    rng = random.Random(seed)
    for number in range(12):
        rng.choice(EDITS)(settings, rng, number)
        if rng.random() < 0.5:
            build(settings)
    build(settings)
    assert tree(settings.output) == clean(settings)


def _files(settings: BuildSettings) -> list[Path]:
    return sorted(settings.content.glob("incidents/*/*/*.md"))


def _add(settings: BuildSettings, rng: random.Random, number: int) -> None:
    start = f"02 {rng.randrange(8, 14):02}:00"
    put(settings.root, incident(f"new{number}", start, "02 14:05", provider=rng.choice(["groq", "anthropic"])))


def _delete(settings: BuildSettings, rng: random.Random, _: int) -> None:
    rng.choice(_files(settings)).unlink()


def _rename(settings: BuildSettings, rng: random.Random, number: int) -> None:
    path = rng.choice(_files(settings))
    path.rename(path.with_name(f"{path.name[:11]}renamed{number}.md"))


def _edit(settings: BuildSettings, rng: random.Random, number: int) -> None:
    path = rng.choice(_files(settings))
    path.write_text(path.read_text() + f"\nAnd more: {number}.\n")


def _pull(settings: BuildSettings, rng: random.Random, number: int) -> None:
    until = moment(f"2026-03-02T14:{rng.randrange(60):02}:00Z")
    archive.save_pulls(settings.content, pulls("groq", until=until, last_open=(("open", until),)))


def _unprint(settings: BuildSettings, rng: random.Random, _: int) -> None:
    printed = sorted(settings.output.rglob("*.*")) if settings.output.exists() else []
    if printed:
        rng.choice(printed).unlink()


def _call(settings: BuildSettings, rng: random.Random, number: int) -> None:
    write(settings.root, "providers/groq.md", provider("groq", f"Groq {number}"))


def _foresee(settings: BuildSettings, rng: random.Random, _: int) -> None:
    over = [one for one in (archive.parse(path.read_text()) for path in _files(settings)) if one.ended]
    hindcasts(settings.content, *rng.sample(over, len(over) // 2))


EDITS: list[Callable[[BuildSettings, random.Random, int], None]] = [
    _add,
    _delete,
    _rename,
    _edit,
    _pull,
    _unprint,
    _call,
    _foresee,
]


def hindcasts(content: Path, *incidents: Incident) -> None:
    """Keep of each incident what the forecast would have said a minute after its start."""
    texts = {}
    for one in incidents:
        card = carded(one)
        said = Hindcast(card.started + 60, (5.0, 10.0, 20.0, 40.0, 80.0), 30, 0, 0.0)
        texts[one.provider, one.id] = hindcast.pack(card, [said])
    archive.save_hindsight(content, hindcast.Hindsight(0, "", texts))


def test_hindcasts_of_an_incident_rewrite_its_page_and_replay_and_nothing_else(settings: BuildSettings) -> None:
    build(settings)
    hindcasts(settings.content, INCIDENTS[0])
    assert set(build(settings).changed) == {
        "incidents/anthropic/first/index.html",
        "incidents/anthropic/first/at/index.html",
    }
    assert tree(settings.output) == clean(settings)
    hindcasts(settings.content, INCIDENTS[0], INCIDENTS[3])
    assert set(build(settings).changed) == {
        "incidents/groq/other/index.html",
        "incidents/groq/other/at/index.html",
    }
    assert tree(settings.output) == clean(settings)
    (settings.content / "forecasts/hindsight.json").unlink()
    assert len(build(settings).changed) == 4
    assert tree(settings.output) == clean(settings)


def test_hindcasts_that_cannot_be_read_are_named_and_the_rest_is_built(settings: BuildSettings) -> None:
    build(settings)
    write(settings.root, "forecasts/hindsight.json", "[]")
    [problem] = build(settings).problems
    assert problem.startswith("content/forecasts/hindsight.json:1:1: no hindcasts (")
    assert tree(settings.output) == clean(settings)


@pytest.mark.slow
def test_forked_workers_print_what_one_process_prints(settings: BuildSettings) -> None:
    rng = random.Random(1)
    made = [replace(corpus.incident(rng, number), provider="groq") for number in range(MANY + 30)]
    for one in made[: MANY // 2]:
        put(settings.root, one)
    build(settings)
    for one in made[MANY // 2 :]:
        put(settings.root, one)
    build(settings)
    assert tree(settings.output) == clean(settings)


def test_jinja_as_it_is_prints_the_same_bytes(settings: BuildSettings) -> None:
    """The generator of code that makes templates fast rests on private parts of Jinja."""
    put(settings.root, incident("odd", "02 13:30", "02 13:50", title="A <b>&amp; \"quoted\" 'title'"))
    build(settings, TOLD)
    assert tree(settings.output) == clean(replace(settings, fast_templates=False), TOLD)


@pytest.mark.slow
def test_workers_that_inherit_nothing_make_the_same(settings: BuildSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where there is no fork, or on another machine that sees the same folder."""
    by_hand = clean(settings, TOLD)
    monkeypatch.setattr(executors, "MANY", 0)
    monkeypatch.setattr(executors, "HAS_FORK", False)
    build(settings, TOLD)
    assert tree(settings.output) == by_hand
    assert sorted(path.name for path in settings.state.iterdir()) == [
        "build.sqlite",
        "census.json",
        "providers.json",
        "templates",
    ]


def test_the_work_of_a_worker_that_is_killed_is_done_again(
    settings: BuildSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if was_run_alone(request):
        return
    by_hand = clean(settings)
    monkeypatch.setattr(executors, "MANY", 0)
    _strike(monkeypatch, "month_pages", lambda: _kill_once(tmp_path / "struck"))
    build(settings)
    assert (tmp_path / "struck").exists()
    assert tree(settings.output) == by_hand


def test_workers_that_are_killed_each_time_are_told(
    settings: BuildSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if was_run_alone(request):
        return
    monkeypatch.setattr(executors, "MANY", 0)
    _strike(monkeypatch, "month_pages", lambda: _kill(tmp_path / "struck"))
    with pytest.raises(BuildError, match="workers were killed twice; free some memory"):
        build(settings)


def test_workers_end_with_a_build_that_is_killed(settings: BuildSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = clean(settings)
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        monkeypatch.setattr(executors, "MANY", 0)
        _strike(monkeypatch, "month_pages", lambda: _linger(writing))
        build(settings)
        os._exit(0)
    worker = int(os.read(reading, 7))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while _lives(worker):
        time.sleep(0.01)
    build(settings)
    assert tree(settings.output) == by_hand


def _strike(monkeypatch: pytest.MonkeyPatch, name: str, blow: Callable[[], object]) -> None:
    """Let something happen in the worker that runs a route, before it does."""
    make = jobs._make

    def struck(folder: OutputFolder, context: Context, route: Route, shard: str) -> Iterator[str]:
        if route.name == name:
            blow()
        return make(folder, context, route, shard)

    monkeypatch.setattr(jobs, "_make", struck)


def _kill(mark: Path) -> None:
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_once(mark: Path) -> None:
    if not mark.exists():
        _kill(mark)


def _linger(pipe: int) -> None:
    os.write(pipe, b"%7d" % os.getpid())
    time.sleep(600)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def test_a_shard_that_nothing_touched_is_not_asked_for_its_outputs(
    settings: BuildSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One stat() an output is all that it costs."""
    old = incident("old", "2024-05-01 10:00", "2024-05-01 11:00", provider="groq", components=())
    put(settings.root, old)
    build(settings)
    made = watch_jobs(monkeypatch)

    def shards() -> list[str]:
        return [shard for route, shard in made if route == "incident_pages"]

    put(settings.root, replace(old, title="Renamed"))
    build(settings)
    assert shards() == ["groq/2024"]
    (settings.output / "incidents/groq/other/index.md").write_text("defaced")
    build(settings)
    assert shards() == ["groq/2024", "groq/2026"]
    build(settings, TOLD)  # which cites an incident of Claude
    assert shards() == ["groq/2024", "groq/2026", "anthropic/2026"]
    build(settings)
    assert tree(settings.output) == clean(settings)


def test_another_text_asks_only_what_shows_it(settings: BuildSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    old = incident("old", "2024-05-01 10:00", "2024-05-01 11:00", provider="groq", components=())
    put(settings.root, old)
    build(settings)
    made = watch_jobs(monkeypatch)
    put(settings.root, replace(old, updates=(replace(old.updates[0], text="Another text."), *old.updates[1:])))
    build(settings)
    assert {route for route, _ in made} == {
        "incident_pages",
        "site_api",
        "provider_api",
        "site_feeds",
        "provider_feeds",
        "site_updates",
        "provider_updates",
        "search_index",
    }
    assert tree(settings.output) == clean(settings)


def test_an_incident_of_today_leaves_alone_what_is_measured_in_whole_days(
    settings: BuildSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(settings)
    printed: list[str] = []
    write_file = OutputFolder._write

    def watched(folder: OutputFolder, output: Output, data: bytes) -> None:
        printed.append(output.path)
        write_file(folder, output, data)

    monkeypatch.setattr(OutputFolder, "_write", watched)
    put(settings.root, incident("today", "02 13:00", "02 13:30", provider="groq"))
    build(settings)
    measured = re.compile(
        r"(data/)?(leaderboard|backups|reports|compare|numbers|working_hours)/|.*(/numbers/|chart\.csv)"
    )
    assert "incidents/groq/today/index.html" in printed
    assert [path for path in printed if measured.match(path)] == []
    assert tree(settings.output) == clean(settings)
    put(settings.root, incident("yesterday", "01 13:00", "01 13:30", provider="groq"))
    build(settings)
    assert {
        "leaderboard/index.html",
        "leaderboard/2026-q1/index.html",
        "backups/index.html",
        "reports/index.html",
        "providers/groq/numbers/index.html",
        "compare/anthropic/groq/index.html",
    } <= {*printed}
    assert tree(settings.output) == clean(settings)
    build(replace(settings, now=moment("2026-03-03T00:10:00Z")))
    assert tree(settings.output) == clean(replace(settings, now=moment("2026-03-03T00:10:00Z")))


def test_what_cannot_be_shown_costs_its_own_page(settings: BuildSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = clean(settings)

    def fail(*_: object) -> NoReturn:
        raise ValueError("no such month")

    monkeypatch.setattr(views, "month", fail)
    build_done = build(settings)
    missing = {path for path in before if re.fullmatch(r"incidents/2026/\d\d/index\.html", path)}
    assert build_done.problems == tuple(
        f"/{path}:1: cannot be shown (ValueError: no such month); fix it, or restore it from its history"
        for path in sorted(missing)
    )
    assert before.keys() - tree(settings.output).keys() == missing
    monkeypatch.undo()
    build(settings)
    assert tree(settings.output) == before


def test_every_fault_of_the_archive_is_named_and_the_rest_is_built(settings: BuildSettings) -> None:
    build(settings)
    put(settings.root, replace(INCIDENTS[0], title="Changed"))
    write(settings.root, "incidents/groq/2026/2026-03-01-broken.md", "no front matter")
    copy = archive.render(INCIDENTS[1])
    write(settings.root, "incidents/anthropic/2026/2026-03-01-second.md", copy)
    put(settings.root, replace(INCIDENTS[0], provider="nobody"))
    assert [line.partition(": ")[0] for line in build(settings).problems] == [
        "content/incidents/anthropic/2026/2026-03-02-second.md:1:1",
        "content/incidents/anthropic/2026/2026-03-02-second.md:1:1",
        "content/incidents/groq/2026/2026-03-01-broken.md:1",
        "content/incidents/nobody:1:1",
    ]
    assert b"Changed" in (settings.output / "incidents/anthropic/first/index.html").read_bytes()
    assert tree(settings.output) == clean(settings)


@pytest.mark.parametrize("damage", [b"", b"rubbish", None], ids=["empty", "rubbish", "truncated"])
def test_a_damaged_state_costs_time_and_nothing_else(settings: BuildSettings, damage: bytes | None) -> None:
    build(settings)
    path = settings.state / cache.NAME
    path.write_bytes(path.read_bytes()[:-5] if damage is None else damage)
    (settings.content / "incidents" / archive.file_of(INCIDENTS[0])).unlink()
    build(settings)
    assert tree(settings.output) == clean(settings)


def test_no_unfinished_file_is_left_behind(settings: BuildSettings) -> None:
    build(settings)
    put(settings.root, replace(INCIDENTS[0], title="Changed"))
    build(settings)
    assert not [path for folder in (settings.output, settings.state) for path in folder.rglob("*.tmp")]


PARTS = """components:
  - slug: chat
    name: claude.ai
    capability: chat
    rank: {chat}
  - slug: api
    name: Claude API
    capability: api
    match: [Claude API (api.anthropic.com)]
"""


def test_another_order_of_components_rebuilds_all_that_names_them(settings: BuildSettings) -> None:
    """Names of an import, and what another incident named before it was changed."""
    write(settings.root, "providers/anthropic.md", provider("anthropic", "Claude", PARTS.format(chat=1)))
    was = Change(
        what="components", was="claude.ai; Claude API (api.anthropic.com)", until=moment("2026-03-02T13:00:00Z")
    )
    put(settings.root, replace(INCIDENTS[0], title_is_ours=True))
    put(settings.root, replace(INCIDENTS[4], components=()))
    put(settings.root, replace(INCIDENTS[1], changes=(was,), components=("Claude API (api.anthropic.com)",)))
    assert build(settings).problems == ()
    naming = {path for path, data in tree(settings.output).items() if b"claude.ai and Claude API" in data}
    assert naming >= {
        "index.html",
        "atom.xml",
        "calendar.ics",
        "api/v2/incidents.json",
        "data/incidents.csv",
        "incidents/2026/03/index.html",
        "incidents/anthropic/first/index.html",
        "incidents/anthropic/first/at/index.html",
        "incidents/anthropic/second/at/index.html",
        "providers/anthropic/index.html",
    }
    write(settings.root, "providers/anthropic.md", provider("anthropic", "Claude", PARTS.format(chat=99)))
    built = build(settings)
    assert tree(settings.output) == clean(settings)
    assert set(built.changed) >= naming | {"edits/index.html", "incidents/anthropic/second/index.html"}
    assert [path for path, data in tree(settings.output).items() if b"claude.ai and Claude API" in data] == []

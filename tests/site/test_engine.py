"""The engine prints what changed, removes what is no more, and ends where a clean build would have ended."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from almanac import archive, engine
from almanac.content.article import ArticleCard
from almanac.engine import Build, Built, Plan
from almanac.model import Change, Incident
from almanac.stats import hindcast
from almanac.stats.hindcast import Hindcast
from bench import corpus
from tests.support.almanacs import carded, incident, pulls
from tests.support.content import provider
from tests.support.projects import INCIDENTS, LONG_AGO, moment, project, put, tree, write

LATER = moment("2026-03-02T14:15:00Z")
TOLD = ArticleCard(
    url="/articles/2026/claude-fails/",
    title="Claude fails",
    date=moment("2026-03-02T13:00:00Z"),
    incidents=(("anthropic", "first"),),
)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Return a plan for a small project of its own."""
    root = project(tmp_path / "site")
    return Plan(
        content=root / "content",
        theme=root / "theme",
        output=root / "output",
        now=moment("2026-03-02T14:10:00Z"),
        site_url="https://almanac.example",
        site_name="Outage Almanac",
        site_id="tag:almanac.example,2026:",
        jinja={"autoescape": True, "trim_blocks": True, "lstrip_blocks": True},
    )


def build(plan: Plan, *articles: ArticleCard, clock: int = 4 * LONG_AGO) -> Built:
    """Build without Pelican. The clock says that every source was settled long ago."""
    running = Build(plan, clock)
    running.know({card.url: card for card in articles})
    return running.finish()


def clean(plan: Plan, *articles: ArticleCard) -> dict[str, bytes]:
    """Return what a build into an empty folder makes."""
    empty = replace(plan, output=plan.root / "clean")
    for folder in (empty.output, empty.state):
        shutil.rmtree(folder, ignore_errors=True)
    build(empty, *articles)
    return dict(tree(empty.output))


def test_every_surface_has_its_place(plan: Plan) -> None:
    build(plan)
    pages = {path for path in tree(plan.output) if not path.startswith("theme/")}
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


def test_two_builds_of_the_same_at_the_same_moment_are_the_same_bytes(plan: Plan) -> None:
    build(plan)
    assert tree(plan.output) == clean(plan)


def test_a_second_build_writes_and_removes_nothing(plan: Plan) -> None:
    first = build(plan)
    stamps = {path: path.stat().st_mtime_ns for path in plan.output.rglob("*") if path.is_file()}
    assert build(plan) == Built((), (), len(first.written))
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_a_changed_incident_rewrites_its_page_and_what_tells_of_it(plan: Plan) -> None:
    build(plan)
    put(plan.root, replace(INCIDENTS[2], title="Another title"))
    written = set(build(plan).written)
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


def test_a_changed_incident_changes_the_pages_that_show_it_beside_theirs(plan: Plan) -> None:
    build(plan)
    put(plan.root, replace(INCIDENTS[3], title="Renamed trouble of Groq"))
    assert {"incidents/groq/other/index.html", "incidents/anthropic/first/index.html"} <= set(build(plan).written)
    assert tree(plan.output) == clean(plan)


def test_time_alone_moves_only_what_states_the_present(plan: Plan) -> None:
    build(plan)
    moved = set(build(replace(plan, now=LATER)).written)
    assert "index.html" in moved
    assert not moved & {
        "incidents/anthropic/first/index.html",
        "incidents/2026/03/index.html",
        "atom.xml",
        "providers/groq/2026/index.html",
        "articles/index.html",
    }


def test_a_file_that_was_only_touched_is_read_and_not_printed_again(plan: Plan) -> None:
    build(plan)
    for path in plan.content.glob("incidents/*/*/*.md"):
        os.utime(path)
    assert build(plan).written == ()


def test_a_deleted_incident_takes_its_page_and_folder_along(plan: Plan) -> None:
    build(plan)
    (plan.content / "incidents" / archive.file_of(INCIDENTS[0])).unlink()
    assert "incidents/anthropic/first/index.html" in build(plan).removed
    assert not (plan.output / "incidents/anthropic/first").exists()
    assert tree(plan.output) == clean(plan)


def test_a_renamed_file_moves_its_page(plan: Plan) -> None:
    build(plan)
    path = plan.content / "incidents" / archive.file_of(INCIDENTS[0])
    path.rename(path.with_name("2026-03-02-moved.md"))
    done = build(plan)
    assert "incidents/anthropic/moved/index.html" in done.written
    first = "incidents/anthropic/first/"
    assert done.removed == (f"{first}at/index.html", f"{first}index.html", f"{first}index.md")
    assert tree(plan.output) == clean(plan)


def test_an_output_deleted_by_hand_comes_back(plan: Plan) -> None:
    build(plan)
    shutil.rmtree(plan.output / "incidents/anthropic")
    (plan.output / "index.html").unlink()
    build(plan)
    assert tree(plan.output) == clean(plan)


def test_an_output_changed_by_hand_is_mended(plan: Plan) -> None:
    build(plan)
    (plan.output / "incidents/anthropic/first/index.html").write_text("defaced")
    assert build(plan).written == ("incidents/anthropic/first/index.html",)
    assert tree(plan.output) == clean(plan)


def test_what_others_put_into_the_output_stays(plan: Plan) -> None:
    build(plan)
    (plan.output / "incidents/anthropic/first/CNAME").write_text("almanac.example")
    (plan.content / "incidents" / archive.file_of(INCIDENTS[0])).unlink()
    build(plan)
    assert os.listdir(plan.output / "incidents/anthropic/first") == ["CNAME"]


def test_a_provider_that_left_takes_its_pages_along(plan: Plan) -> None:
    build(plan)
    (plan.content / "providers/groq.md").unlink()
    shutil.rmtree(plan.content / "incidents/groq")
    done = build(plan)
    assert not (plan.output / "providers/groq").exists()
    assert not (plan.state / "groq.state").exists()
    assert {"incidents/groq/open/index.html", "providers/groq/atom.xml"} <= set(done.removed)
    assert tree(plan.output) == clean(plan)


def test_a_changed_theme_prints_everything_anew(plan: Plan) -> None:
    own = plan.root / "own"
    shutil.copytree(plan.theme, own)
    plan = replace(plan, theme=own)
    build(plan)
    footer = own / "templates/_footer.html"
    footer.write_text(footer.read_text().replace("<footer", '<footer id="foot"'))
    written = set(build(plan).written)
    assert written == {path for path in tree(plan.output) if path.endswith(".html")}


def test_an_article_is_listed_and_its_incident_points_to_it(plan: Plan) -> None:
    build(plan)
    assert {"articles/index.html", "articles/atom.xml", "index.html", "incidents/anthropic/first/index.html"} <= set(
        build(plan, TOLD).written
    )
    assert b"Claude fails" in (plan.output / "incidents/anthropic/first/index.html").read_bytes()


def test_a_file_touched_a_moment_ago_is_read_again_next_time(plan: Plan) -> None:
    """A change within one tick of the file system's clock leaves no other trace."""
    path = put(plan.root, INCIDENTS[0])
    now = path.stat().st_ctime_ns + 1_000_000
    build(plan, clock=now)
    stamp = path.stat()
    path.write_text(path.read_text().replace("Elevated", "Decreased"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "incidents/anthropic/first/index.html" in build(plan, clock=now).written


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_after_any_edits_the_output_is_that_of_a_clean_build(plan: Plan, seed: int) -> None:
    rng = random.Random(seed)
    for number in range(12):
        rng.choice(EDITS)(plan, rng, number)
        if rng.random() < 0.5:
            build(plan)
    build(plan)
    assert tree(plan.output) == clean(plan)


def _files(plan: Plan) -> list[Path]:
    return sorted(plan.content.glob("incidents/*/*/*.md"))


def _add(plan: Plan, rng: random.Random, number: int) -> None:
    start = f"02 {rng.randrange(8, 14):02}:00"
    put(plan.root, incident(f"new{number}", start, "02 14:05", provider=rng.choice(["groq", "anthropic"])))


def _delete(plan: Plan, rng: random.Random, _: int) -> None:
    rng.choice(_files(plan)).unlink()


def _rename(plan: Plan, rng: random.Random, number: int) -> None:
    path = rng.choice(_files(plan))
    path.rename(path.with_name(f"{path.name[:11]}renamed{number}.md"))


def _edit(plan: Plan, rng: random.Random, number: int) -> None:
    path = rng.choice(_files(plan))
    path.write_text(path.read_text() + f"\nAnd more: {number}.\n")


def _pull(plan: Plan, rng: random.Random, number: int) -> None:
    until = moment(f"2026-03-02T14:{rng.randrange(60):02}:00Z")
    archive.save_pulls(plan.content, pulls("groq", until=until, last_open=(("open", until),)))


def _unprint(plan: Plan, rng: random.Random, _: int) -> None:
    printed = sorted(plan.output.rglob("*.*")) if plan.output.exists() else []
    if printed:
        rng.choice(printed).unlink()


def _call(plan: Plan, rng: random.Random, number: int) -> None:
    write(plan.root, "providers/groq.md", provider("groq", f"Groq {number}"))


def _foresee(plan: Plan, rng: random.Random, _: int) -> None:
    over = [one for one in (archive.parse(path.read_text()) for path in _files(plan)) if one.ended]
    hindcasts(plan.content, *rng.sample(over, len(over) // 2))


EDITS: list[Callable[[Plan, random.Random, int], None]] = [
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


def test_hindcasts_of_an_incident_rewrite_its_page_and_replay_and_nothing_else(plan: Plan) -> None:
    build(plan)
    hindcasts(plan.content, INCIDENTS[0])
    assert set(build(plan).written) == {
        "incidents/anthropic/first/index.html",
        "incidents/anthropic/first/at/index.html",
    }
    assert tree(plan.output) == clean(plan)
    hindcasts(plan.content, INCIDENTS[0], INCIDENTS[3])
    assert set(build(plan).written) == {
        "incidents/groq/other/index.html",
        "incidents/groq/other/at/index.html",
    }
    assert tree(plan.output) == clean(plan)
    (plan.content / "forecasts/hindsight.json").unlink()
    assert len(build(plan).written) == 4
    assert tree(plan.output) == clean(plan)


def test_hindcasts_that_cannot_be_read_are_named_and_the_rest_is_built(plan: Plan) -> None:
    build(plan)
    write(plan.root, "forecasts/hindsight.json", "[]")
    [problem] = build(plan).problems
    assert problem.startswith("content/forecasts/hindsight.json:1:1: no hindcasts (")
    assert tree(plan.output) == clean(plan)


@pytest.mark.slow
def test_forked_workers_print_what_one_process_prints(plan: Plan) -> None:
    rng = random.Random(1)
    made = [replace(corpus.incident(rng, number), provider="groq") for number in range(engine.build.MANY + 30)]
    for one in made[: engine.build.MANY // 2]:
        put(plan.root, one)
    build(plan)
    for one in made[engine.build.MANY // 2 :]:
        put(plan.root, one)
    build(plan)
    assert tree(plan.output) == clean(plan)


def test_every_fault_of_the_archive_is_named_and_the_rest_is_built(plan: Plan) -> None:
    build(plan)
    put(plan.root, replace(INCIDENTS[0], title="Changed"))
    write(plan.root, "incidents/groq/2026/2026-03-01-broken.md", "no front matter")
    copy = archive.render(INCIDENTS[1])
    write(plan.root, "incidents/anthropic/2026/2026-03-01-second.md", copy)
    put(plan.root, replace(INCIDENTS[0], provider="nobody"))
    assert [line.partition(": ")[0] for line in build(plan).problems] == [
        "content/incidents/anthropic/2026/2026-03-02-second.md:1:1",
        "content/incidents/anthropic/2026/2026-03-02-second.md:1:1",
        "content/incidents/groq/2026/2026-03-01-broken.md:1",
        "content/incidents/nobody:1:1",
    ]
    assert b"Changed" in (plan.output / "incidents/anthropic/first/index.html").read_bytes()
    assert tree(plan.output) == clean(plan)


@pytest.mark.parametrize("damage", [b"", b"rubbish", None], ids=["empty", "rubbish", "truncated"])
def test_a_damaged_state_costs_time_and_nothing_else(plan: Plan, damage: bytes | None) -> None:
    build(plan)
    for path in plan.state.glob("*.state"):
        path.write_bytes(path.read_bytes()[:-5] if damage is None else damage)
    (plan.content / "incidents" / archive.file_of(INCIDENTS[0])).unlink()
    build(plan)
    assert tree(plan.output) == clean(plan)


def test_no_unfinished_file_is_left_behind(plan: Plan) -> None:
    build(plan)
    put(plan.root, replace(INCIDENTS[0], title="Changed"))
    build(plan)
    assert not [path for folder in (plan.output, plan.state) for path in folder.rglob("*.tmp")]


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


def test_another_order_of_components_rebuilds_all_that_names_them(plan: Plan) -> None:
    """Names of an import, and what another incident named before it was changed."""
    write(plan.root, "providers/anthropic.md", provider("anthropic", "Claude", PARTS.format(chat=1)))
    was = Change(
        what="components", was="claude.ai; Claude API (api.anthropic.com)", until=moment("2026-03-02T13:00:00Z")
    )
    put(plan.root, replace(INCIDENTS[0], title_is_ours=True))
    put(plan.root, replace(INCIDENTS[4], components=()))
    put(plan.root, replace(INCIDENTS[1], changes=(was,), components=("Claude API (api.anthropic.com)",)))
    assert build(plan).problems == ()
    naming = {path for path, data in tree(plan.output).items() if b"claude.ai and Claude API" in data}
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
    write(plan.root, "providers/anthropic.md", provider("anthropic", "Claude", PARTS.format(chat=99)))
    built = build(plan)
    assert tree(plan.output) == clean(plan)
    assert set(built.written) >= naming | {"edits/index.html", "incidents/anthropic/second/index.html"}
    assert [path for path, data in tree(plan.output).items() if b"claude.ai and Claude API" in data] == []

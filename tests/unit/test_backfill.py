"""Tables of facts become incidents that say they are imported; nothing is lost, and a second time nothing changes."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from almanac import archive
from almanac.commands import backfill
from almanac.commands.backfill import Backfilled, BackfillError
from almanac.model import FeedState, Impact, Incident, Kind, Phase, Pulls, Repair, Span, Update, card, unstamp
from almanac.snapshot.incident_as_of import as_of
from tests.support.refusals import refusal

HEAD = "provider,incident_id,id_is_ours,url,started_at,ended_at,impact,kind,components,updates,dataset"
ROW = {
    "provider": "acme",
    "incident_id": "a1",
    "id_is_ours": "",
    "url": "https://status.acme.example/incidents/a1",
    "started_at": "2026-03-02T11:49:20Z",
    "ended_at": "2026-03-02T15:47:09Z",
    "impact": "major",
    "kind": "",
    "components": "Web;API;Web",
    "dataset": "acme-facts",
    "updates": "investigating@2026-03-02T11:49:20Z update@2026-03-02T12:00:00Z resolved@2026-03-02T15:47:09Z",
}
OUTAGE = Incident(
    provider="acme",
    id="a1",
    title="Web and 1 more: major, 3 h 58 min",
    title_is_ours=True,
    kind=Kind.DEGRADATION,
    impact=Impact.MAJOR,
    impact_stated="major",
    phase=Phase.RESOLVED,
    components=("Web", "API"),
    started=datetime(2026, 3, 2, 11, 49, 20, tzinfo=UTC),
    ended=datetime(2026, 3, 2, 15, 47, 9, tzinfo=UTC),
    ended_basis="resolved-update",
    precision="second",
    source="https://status.acme.example/incidents/a1",
    imported="acme-facts",
    updates=(
        Update(at=datetime(2026, 3, 2, 11, 49, 20, tzinfo=UTC), phase=Phase.INVESTIGATING, printed="investigating"),
        Update(at=datetime(2026, 3, 2, 12, tzinfo=UTC), phase=Phase.INVESTIGATING, printed="update"),
        Update(at=datetime(2026, 3, 2, 15, 47, 9, tzinfo=UTC), phase=Phase.RESOLVED, printed="resolved"),
    ),
)
COVERAGE = "provider,from,to,dataset\nacme,2026-01-01T00:00:00Z,2026-04-01T00:00:00Z,acme-facts\n"
SPAN = Span(since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2026, 4, 1, tzinfo=UTC), dataset="acme-facts")


def row(**changes: str) -> Incident:
    """Return the incident of the row above with some fields changed."""
    return backfill.read_incident(ROW | changes)


def table(path: Path, *rows: dict[str, str]) -> Path:
    """Return a CSV of rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        names = list(dict.fromkeys([*HEAD.split(","), *(name for each in rows for name in each)]))
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_row_becomes_an_incident_with_a_title_composed_from_its_facts() -> None:
    assert row() == OUTAGE


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"components": "API"}, {"title": "API: major, 3 h 58 min", "components": ("API",)}),
        ({"components": ""}, {"title": "Incident: major, 3 h 58 min", "components": ()}),
        ({"components": "Uncategorised"}, {"title": "Incident: major, 3 h 58 min", "components": ("Uncategorised",)}),
        (
            {"kind": "maintenance"},
            {"title": "Maintenance of Web and 1 more: 3 h 58 min", "kind": Kind.MAINTENANCE, "kind_basis": "words"},
        ),
        ({"kind": "test", "components": ""}, {"title": "Test: 3 h 58 min", "kind": Kind.TEST}),
        ({"kind": "notice"}, {"title": "Notice on Web and 1 more: 3 h 58 min", "kind": Kind.NOTICE}),
        ({"impact": "critical"}, {"kind": Kind.OUTAGE, "kind_basis": "impact", "impact": Impact.CRITICAL}),
        ({"impact": "major_outage"}, {"kind": Kind.OUTAGE, "impact": Impact.MAJOR, "impact_stated": "major_outage"}),
        ({"impact": "partial_outage"}, {"kind": Kind.DEGRADATION, "impact": Impact.MAJOR}),
        ({"impact": "degraded_performance"}, {"kind": Kind.DEGRADATION, "impact": Impact.MINOR}),
        ({"impact": "SERVICE_OUTAGE/high"}, {"kind": Kind.OUTAGE, "impact": Impact.CRITICAL}),
        ({"impact": "SERVICE_DISRUPTION/high"}, {"impact": Impact.MAJOR}),
        ({"impact": "SERVICE_DISRUPTION/medium"}, {"impact": Impact.MINOR}),
        ({"impact": "SERVICE_INFORMATION/low"}, {"impact": Impact.NONE}),
        ({"impact": "maintenance"}, {"impact": Impact.MAINTENANCE, "kind": Kind.MAINTENANCE}),
        ({"impact": "none"}, {"impact": Impact.NONE, "title": "Web and 1 more: no impact, 3 h 58 min"}),
        ({"impact": ""}, {"impact": Impact.UNKNOWN, "title": "Web and 1 more: impact unknown, 3 h 58 min"}),
        ({"impact": "4"}, {"impact": Impact.UNKNOWN, "impact_stated": "4"}),
        ({"ended_at": ""}, {"ended": None, "ended_basis": "", "title": "Web and 1 more: major, no end recorded"}),
        ({"ended_at": "2026-03-02T16:00:00Z"}, {"ended_basis": "stated", "phase": Phase.RESOLVED}),
        (
            {"started_at": "2026-03-02T11:00:00Z", "ended_at": "2026-03-02T15:47:00Z"},
            {"started_basis": "stated", "precision": "minute"},
        ),
        ({"ended_at": "2026-03-02T11:49:20Z"}, {"title": "Web and 1 more: major, length not given"}),
        ({"updates": ""}, {"started_basis": "stated", "ended_basis": "stated", "phase": Phase.RESOLVED, "updates": ()}),
        ({"updates": "update@2026-03-02T11:49:20Z", "ended_at": ""}, {"phase": Phase.UNKNOWN}),
        ({"id_is_ours": "yes"}, {"id_is_ours": True}),
    ],
)
def test_facts_of_a_row(changes: dict[str, str], facts: dict[str, Any]) -> None:
    found = row(**changes)
    assert {name: getattr(found, name) for name in facts} == facts


@pytest.mark.parametrize(
    ("words", "posts"),
    [
        (
            "scheduled in_progress verifying completed",
            [
                (Phase.SCHEDULED, "scheduled"),
                (Phase.IN_PROGRESS, "in progress"),
                (Phase.VERIFYING, "verifying"),
                (Phase.COMPLETED, "completed"),
            ],
        ),
        ("service_disruption available", [(Phase.UNKNOWN, "service_disruption"), (Phase.RESOLVED, "available")]),
        (
            "update identified update",
            [(Phase.UNKNOWN, "update"), (Phase.IDENTIFIED, "identified"), (Phase.IDENTIFIED, "update")],
        ),
    ],
)
def test_words_for_phases(words: str, posts: list[tuple[Phase, str]]) -> None:
    text = " ".join(f"{word}@2026-03-02T12:0{n}:00Z" for n, word in enumerate(words.split()))
    assert [(u.phase, u.printed) for u in row(updates=text).updates] == posts


def test_updates_stand_in_order_of_time() -> None:
    found = row(updates="resolved@2026-03-02T15:47:09Z investigating@2026-03-02T11:49:20Z")
    assert [u.phase for u in found.updates] == [Phase.INVESTIGATING, Phase.RESOLVED]


def test_a_negative_length_is_mended_and_marked_and_the_stated_start_kept() -> None:
    found = row(started_at="2026-03-05T00:00:00Z", ended_at="2026-03-02T15:47:09Z", updates="")
    assert (found.started, found.started_basis) == (unstamp("2026-03-02T15:47:09Z"), "mended")
    assert (found.ended, found.ended_basis) == (unstamp("2026-03-02T15:47:09Z"), "stated")
    assert found.extra == (("started_stated", "2026-03-05T00:00:00Z"),)
    assert archive.parse(archive.render(found)) == found


def test_a_second_backfill_changes_nothing(tmp_path: Path) -> None:
    incidents = table(tmp_path / "i.csv", ROW, ROW | {"incident_id": "a2"}, ROW | {"provider": "zeta"})
    coverage = tmp_path / "c.csv"
    coverage.write_text(COVERAGE)
    assert backfill.backfill(tmp_path, incidents, coverage) == Backfilled(added=3, present=0, spans=1)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert backfill.backfill(tmp_path, incidents, coverage) == Backfilled(added=0, present=3, spans=0)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert archive.load(tmp_path, "acme")["a1"].incident == OUTAGE
    assert archive.load_pulls(tmp_path, "acme") == Pulls(provider="acme", coverage=(SPAN,))


def test_what_the_archive_has_already_stays_as_it_is(tmp_path: Path) -> None:
    pulled = row(incident_id="a1", components="Web")
    probe = row(incident_id="upstream7", started_at="2026-03-02T12:00:00Z", components="Llama", updates="")
    archive.save(tmp_path, [pulled, probe], {})
    state = Pulls(
        provider="acme",
        feeds=(FeedState(url="https://x.example/"),),
        coverage=(Span(since=datetime(2026, 4, 2, tzinfo=UTC), until=datetime(2026, 4, 3, tzinfo=UTC)),),
    )
    archive.save_pulls(tmp_path, state)
    same_probe = ROW | {
        "incident_id": "acme_7",
        "id_is_ours": "yes",
        "started_at": "2026-03-02T12:01:00Z",
        "components": "Llama",
        "updates": "",
    }
    coverage = tmp_path / "c.csv"
    coverage.write_text(COVERAGE)
    done = backfill.backfill(tmp_path, table(tmp_path / "i.csv", ROW, same_probe), coverage)
    assert done == Backfilled(added=0, present=2, spans=1)
    assert {name: filed.incident for name, filed in archive.load(tmp_path, "acme").items()} == {
        "a1": pulled,
        "upstream7": probe,
    }
    after = archive.load_pulls(tmp_path, "acme")
    assert (after.coverage, after.feeds) == ((SPAN, *state.coverage), state.feeds)


BETTER = ROW | {
    "started_at": "2026-03-02T10:00:00Z",
    "components": "API",
    "updates": "investigating@2026-03-02T10:00:00Z resolved@2026-03-02T15:47:09Z",
    "dataset": "acme-own",
    "replaces": "yes",
    "replaced_fields": "started_at;updates;dataset",
}


def test_a_row_that_replaces_changes_the_fields_it_names_and_keeps_what_they_were(tmp_path: Path) -> None:
    backfill.backfill(tmp_path, table(tmp_path / "i.csv", ROW))
    better = table(tmp_path / "better.csv", BETTER)
    assert backfill.backfill(tmp_path, better) == Backfilled(added=0, present=0, repaired=1, spans=0)
    repaired = archive.load(tmp_path, "acme")["a1"].incident
    assert repaired == replace(
        OUTAGE,
        title="API: major, 5 h 47 min",
        started=datetime(2026, 3, 2, 10, tzinfo=UTC),
        imported="acme-own",
        updates=(
            Update(at=datetime(2026, 3, 2, 10, tzinfo=UTC), phase=Phase.INVESTIGATING, printed="investigating"),
            OUTAGE.updates[-1],
        ),
        repairs=(
            Repair(what="started", was="2026-03-02T11:49:20Z", dataset="acme-own"),
            Repair(what="updates", was=ROW["updates"], dataset="acme-own"),
            Repair(what="imported", was="acme-facts", dataset="acme-own"),
        ),
    )
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert backfill.backfill(tmp_path, better) == Backfilled(added=0, present=1, spans=0)
    assert backfill.backfill(tmp_path, tmp_path / "i.csv") == Backfilled(added=0, present=1, spans=0)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_start_that_was_moved_to_a_wrong_end_comes_back_with_the_right_one(tmp_path: Path) -> None:
    late = {"started_at": "2026-03-02T12:00:00Z", "ended_at": "2026-03-02T09:00:00Z", "updates": ""}
    right = late | {"ended_at": "2026-03-02T15:00:00Z", "replaces": "yes", "replaced_fields": "ended_at"}
    archived = row(**late)
    assert (archived.started, archived.started_basis) == (unstamp("2026-03-02T09:00:00Z"), "mended")
    repaired = backfill.repair(archived, backfill.read_row(ROW | right))
    assert (repaired.started, repaired.started_basis, repaired.ended, repaired.extra) == (
        unstamp("2026-03-02T12:00:00Z"),
        "stated",
        unstamp("2026-03-02T15:00:00Z"),
        (),
    )


def test_a_repair_is_no_edit_of_the_providers_and_changes_nothing_that_was_known_then(tmp_path: Path) -> None:
    repaired = backfill.repair(OUTAGE, backfill.read_row(BETTER))
    assert (card(repaired, "x").edits, repaired.changed, repaired.observed[-1]) == (
        0,
        OUTAGE.changed,
        OUTAGE.observed[-1],
    )
    assert as_of(repaired, datetime(2026, 3, 2, 11, tzinfo=UTC)) == replace(
        repaired, ended=None, ended_basis="", phase=Phase.INVESTIGATING, updates=repaired.updates[:1]
    )


def test_what_a_pull_has_met_is_not_replaced() -> None:
    pulled = replace(OUTAGE, dialect="statuspage")
    assert backfill.repair(pulled, backfill.read_row(BETTER)) == pulled


def test_a_row_that_replaces_what_the_archive_does_not_have_adds_it(tmp_path: Path) -> None:
    done = backfill.backfill(tmp_path, table(tmp_path / "i.csv", BETTER))
    assert done == Backfilled(added=1, present=0, spans=0)
    assert archive.load(tmp_path, "acme")["a1"].incident.repairs == ()


def test_coverage_says_of_which_products_it_is_and_a_cut_is_remembered(tmp_path: Path) -> None:
    incidents, coverage, cuts = table(tmp_path / "i.csv", ROW), tmp_path / "c.csv", tmp_path / "cuts.csv"
    coverage.write_text(
        "provider,from,to,dataset,products\n"
        "acme,2026-01-01T00:00:00Z,2026-04-01T00:00:00Z,acme-facts,\n"
        "acme,2026-04-01T00:00:00Z,2026-05-01T00:00:00Z,acme-own,Web; API\n"
    )
    cuts.write_text("provider,from,to,dataset\nacme,2026-02-01T00:00:00Z,2026-04-01T00:00:00Z,acme-facts\n")
    done = backfill.backfill(tmp_path, incidents, coverage, cuts)
    assert done == Backfilled(added=1, present=0, spans=2, cuts=1)
    cut = Span(since=datetime(2026, 2, 1, tzinfo=UTC), until=datetime(2026, 4, 1, tzinfo=UTC), dataset="acme-facts")
    pulls = archive.load_pulls(tmp_path, "acme")
    assert pulls == Pulls(
        provider="acme",
        coverage=(
            replace(SPAN, until=datetime(2026, 2, 1, tzinfo=UTC)),
            Span(
                since=datetime(2026, 4, 1, tzinfo=UTC),
                until=datetime(2026, 5, 1, tzinfo=UTC),
                dataset="acme-own",
                products=("Web", "API"),
            ),
        ),
        cuts=(cut,),
    )
    assert backfill.backfill(tmp_path, incidents, coverage) == Backfilled(added=0, present=1, spans=0)
    assert archive.load_pulls(tmp_path, "acme") == pulls


def test_hours_of_several_intervals_are_kept_beside_start_and_end(tmp_path: Path) -> None:
    incidents, hours = table(tmp_path / "i.csv", ROW), tmp_path / "hours.tsv"
    hours.write_text("incident_id\thours_of_its_intervals\na1\t1.5\n")
    backfill.backfill(tmp_path, incidents)
    done = backfill.backfill(tmp_path, incidents, intervals=hours)
    assert done == Backfilled(added=0, present=0, repaired=1, spans=0)
    assert archive.load(tmp_path, "acme")["a1"].incident == replace(OUTAGE, trouble_seconds=5400)
    assert backfill.backfill(tmp_path, incidents, intervals=hours) == Backfilled(added=0, present=1, spans=0)
    hours.write_text("incident_id\thours_of_its_intervals\na1\t9\na2\t1\na1\tlong\n")
    with pytest.raises(BackfillError) as error:
        backfill.backfill(tmp_path, incidents, intervals=hours)
    assert str(error.value).split("\n") == [
        "hours.tsv:4:4: hours_of_its_intervals: is not a number of hours; write e.g. 1.5",
        "hours.tsv:2:1: hours_of_its_intervals: must be less than the length of a1; correct it, or delete the line",
        "hours.tsv:3:1: incident_id: a2 is not in the table of incidents; add it there",
    ]


def test_times_of_a_source_that_rounds_to_the_hour_are_as_exact_as_that(tmp_path: Path) -> None:
    whole = {"started_at": "2026-03-02T11:00:00Z", "ended_at": "2026-03-02T12:00:00Z", "updates": ""}
    rounded = [ROW | whole | {"incident_id": f"r{n}"} for n in range(10)]
    exact = [ROW | {"incident_id": f"e{n}", "dataset": "acme-own"} for n in range(10)]
    by_chance = ROW | whole | {"incident_id": "e99", "dataset": "acme-own"}
    backfill.backfill(tmp_path, table(tmp_path / "i.csv", *rounded, *exact, by_chance))
    archived = {name: filed.incident.precision for name, filed in archive.load(tmp_path, "acme").items()}
    assert {name for name, precision in archived.items() if precision == "hour"} == {f"r{n}" for n in range(10)}


def test_every_fault_is_named_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    incidents = table(
        tmp_path / "i.csv",
        ROW,
        ROW | {"provider": "../etc"},
        ROW | {"incident_id": " "},
        ROW | {"components": 'a,"b"', "started_at": "yesterday"},
        ROW | {"ended_at": "2026-03-02"},
        ROW | {"kind": "party"},
        ROW | {"updates": "resolved 12:00"},
        ROW | {"dataset": ""},
    )
    with incidents.open("a") as file:
        file.write("acme,a9\n")
    coverage = tmp_path / "c.csv"
    coverage.write_text("provider,from,to,dataset\nacme,2026-05-01T00:00:00Z,2026-04-01T00:00:00Z,d\nacme,x,y,d\n")
    with pytest.raises(BackfillError) as error:
        backfill.backfill(tmp_path, incidents, coverage)
    assert str(error.value).split("\n") == [
        "i.csv:3:1: provider: '../etc' is not a valid slug; use a-z, 0-9 and -",
        "i.csv:4:6: incident_id: is empty; every row needs one",
        "i.csv:5:51: started_at: 'yesterday' is not a time like 2026-03-02T11:49:20Z; write UTC with seconds and Z",
        "i.csv:6:72: ended_at: '2026-03-02' is not a time like 2026-03-02T11:49:20Z; write UTC with seconds and Z",
        "i.csv:7:99: kind: 'party' is not a kind; use outage, degradation, maintenance, notice, test or nothing",
        "i.csv:8:112: updates: '' is not a time like 2026-03-02T11:49:20Z; write phase@time, with blanks between",
        "i.csv:9:205: dataset: is empty; every row needs one",
        "i.csv:10:1: has 2 fields, not 11 as line 1; put texts that hold commas in double quotes",
        "c.csv:2:27: to: lies before `from`; swap the two",
        "c.csv:3:6: from: 'x' is not a time like 2026-03-02T11:49:20Z; write UTC with seconds and Z",
    ]
    assert not (tmp_path / "incidents").exists()
    assert not (tmp_path / "pulls").exists()


def test_a_row_that_is_there_twice_is_a_fault(tmp_path: Path) -> None:
    incidents = table(tmp_path / "i.csv", ROW, ROW | {"provider": "zeta"}, ROW | {"impact": "minor"})
    with pytest.raises(BackfillError, match=r"^i\.csv:4:1: incident_id: a1 is in line 2 too; keep one$"):
        backfill.backfill(tmp_path, incidents)


def test_the_task_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    incidents = table(tmp_path / "i.csv", ROW, ROW | {"incident_id": "a2", "impact": "purple"})
    assert backfill.main(tmp_path, incidents) == 0
    assert capsys.readouterr().out == (
        "2 incidents added, 0 repaired, 0 already present; 0 spans of coverage added, 0 cut.\n"
        "Impact unknown for these words: purple; add them to feeds/wording.py.\n"
    )
    (tmp_path / "bad.csv").write_text("a,b\n")
    assert refusal(backfill.main, tmp_path, tmp_path / "bad.csv") == (
        f"bad.csv:1:1: has no column {', '.join(HEAD.split(','))}; name the columns {HEAD}"
    )


@pytest.mark.slow
@pytest.mark.shared
def test_the_embedded_archive_is_the_one_made_from_the_facts(root: Path, shared: Path, tmp_path: Path) -> None:
    first, second = shared / "facts", shared / "facts/second"
    done = backfill.backfill(tmp_path, first / "incidents.csv", first / "coverage.csv")
    assert done == Backfilled(added=3278, present=0, spans=20)
    done = backfill.backfill(
        tmp_path,
        second / "incidents.csv",
        coverage=second / "coverage.csv",
        cuts=second / "cuts.csv",
        intervals=second / "openai-several-intervals.tsv",
    )
    assert done == Backfilled(added=1638, present=0, repaired=98, spans=16, cuts=4)
    names = [path.relative_to(tmp_path / "incidents").as_posix() for path in tmp_path.glob("incidents/*/*/*.md")]
    made = {file: archive.read(tmp_path, file) for file in names}
    embedded = {file: archive.read(root / "content", file) for file in made}
    untouched = {file: incident for file, incident in embedded.items() if not incident.dialect}  # never met by a pull
    assert untouched == {file: made[file] for file in untouched}
    assert len({(i.provider, i.id) for i in made.values()}) == 4916

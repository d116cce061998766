"""What an editor corrects holds everywhere and stays beside what the provider said; the archive does not change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from almanac import archive
from almanac.content import corrections
from almanac.content.corrections import Corrected, Fix
from almanac.model import Card, Impact, Incident, Kind, Phase, Provider, Stretch, Update, card, seconds
from almanac.model.problem import Problem
from almanac.stats import selection
from tests.unit.test_claims import ROOT, build, incident, page, project

__all__ = ["project"]  # a fixture

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
REASON = "reason: A test.\nsource: https://a.example/\nauthor: Ada\ndate: 2026-03-05T09:00:00Z\n"


def filed(raw: str, start: datetime = START, minutes: int | None = 60, **more: object) -> Card:
    found = incident("acme", raw, start, minutes, **more)
    return card(found, archive.file_of(found))


def fix(text: str, slug: str = "a") -> Fix:
    found, faults = corrections.read((text + REASON).encode(), f"corrections/acme/{slug}.yml")
    assert faults == ()
    assert found
    return found


def applied(cards: list[Card], *fixes: Fix) -> list[Card]:
    done, _, faults = corrections.apply(cards, fixes)
    assert faults == []
    return done


def test_a_correction_is_read_into_plain_values() -> None:
    text = "start: 2026-03-02T10:00:00Z\nimpact: critical\nwithdrawn: true\n"
    assert (
        fix(text)
        == fix(f"---\n{text}")
        == Fix(
            provider="acme",
            slug="a",
            started=seconds(START),
            ended=None,
            kind="",
            impact="critical",
            merge_with="",
            withdrawn=True,
            reason="A test.",
            source="https://a.example/",
            author="Ada",
            date=seconds(datetime(2026, 3, 5, 9, tzinfo=UTC)),
            file="corrections/acme/a.yml",
        )
    )


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        (
            "acme/a.yml",
            REASON,
            (
                "content/corrections/acme/a.yml:1:1: corrects nothing; add start, end, kind, impact, "
                "merge_with or withdrawn"
            ),
        ),
        (
            "acme/a.yml",
            f"end: 2026-03-02\n{REASON}",
            (
                "content/corrections/acme/a.yml:1:1: end: is 2026-03-02; must be a date and time in UTC without "
                "quotes, e.g. 2026-03-02T18:00:00Z"
            ),
        ),
        (
            "acme/a.yml",
            f"---\nend: 2026-03-02T10:00:00\n{REASON}",
            (
                "content/corrections/acme/a.yml:2:1: end: 2026-03-02 10:00:00 has no time zone; write it in UTC with a Z, e.g. "
                "2026-03-02T18:00:00Z"
            ),
        ),
        (
            "acme/a.yml",
            f"end: 2026-03-05T09:00:01Z\n{REASON}",
            (
                "content/corrections/acme/a.yml:1:1: end: is after the date, when nobody could know it; write when it was, and "
                "the date of this correction"
            ),
        ),
        (
            "acme/a.yml",
            f"---\nkind: test\nstart: 2099-01-01T00:00:00Z\n{REASON}",
            (
                "content/corrections/acme/a.yml:3:1: start: is after the date, when nobody could know it; write when it was, and "
                "the date of this correction"
            ),
        ),
        (
            "acme/a.yml",
            f"impact: bad\n{REASON}",
            (
                "content/corrections/acme/a.yml:1:1: impact: 'bad' is not allowed; use none, minor, major, "
                "critical, maintenance or unknown"
            ),
        ),
        (
            "acme/a.yml",
            f"impakt: major\n{REASON}",
            "content/corrections/acme/a.yml:1:1: impakt: is not a known key; did you mean impact?",
        ),
        (
            "acme/a.yml",
            f"withdrawn: true\n{REASON}".replace("reason: A test.\n", ""),
            "content/corrections/acme/a.yml:1:1: reason: is missing; add a line `reason: …`",
        ),
        (
            "acme/a.yml",
            f"kind: !!python/name:os.system\n{REASON}",
            "content/corrections/acme/a.yml:1:1: kind: holds a value that YAML cannot make sense of; put it in quotes",
        ),
        (
            "acme/a.yml",
            f"impact: &x major\nkind: *x\n{REASON}",
            "content/corrections/acme/a.yml:2:1: kind: is a YAML alias (*name); write the value out",
        ),
        (
            "acme/a.yaml",
            REASON,
            "content/corrections/acme/a.yaml:1:1: is not read; name it content/corrections/<provider>/<slug>.yml",
        ),
        (
            "acme/b/a.yml",
            REASON,
            "content/corrections/acme/b/a.yml:1:1: is not read; name it content/corrections/<provider>/<slug>.yml",
        ),
        ("acme/a.yml", "x" * 20_001, "content/corrections/acme/a.yml:1:1: has 20,001 bytes; write at most 20,000"),
    ],
)
def test_what_is_wrong_with_a_correction_is_said_with_a_cure(file: str, text: str, fault: str) -> None:
    found, faults = corrections.read(text.encode(), f"corrections/{file}")
    assert found is None
    assert fault in [str(each) for each in faults]


def test_times_kind_and_rating_are_overridden_and_nothing_else() -> None:
    known, other = filed("a"), filed("b", START + DAY)
    text = "start: 2026-03-02T09:00:00Z\nend: 2026-03-02T09:30:00Z\nkind: outage\nimpact: critical\n"
    change = fix(text)
    assert applied([known, other], change) == [
        known._replace(
            started=seconds(START) - 3600,
            ended=seconds(START) - 1800,
            started_basis="editor",
            ended_basis="editor",
            kind="outage",
            impact="critical",
            posted_late=True,
            changed=change.date,
        ),
        other,
    ]


def test_an_end_closes_what_was_open() -> None:
    [closed] = applied([filed("a", minutes=None)], fix("end: 2026-03-02T12:00:00Z\n"))
    assert (closed.phase, closed.is_open, closed.ended) == ("resolved", False, seconds(START) + 7200)


def test_what_is_withdrawn_counts_no_more_and_says_so() -> None:
    [gone] = applied([filed("a")], fix("withdrawn: true\n"))
    acme = Provider(slug="acme", name="Acme", company="", home="", status_page="")
    chosen = selection.select(acme, [gone], (Stretch(0, seconds(START) * 2),))
    assert (gone.kind, gone.is_trouble, chosen.eligible, chosen.reasons) == (
        "withdrawn",
        False,
        (),
        (("withdrawn by an editor", 1),),
    )


def test_merged_incidents_are_one_that_lasts_as_long_as_both_and_is_as_bad_as_the_worse() -> None:
    first = filed("a", START, 60, impact=Impact.MINOR, components=("API",))
    second = filed("b", START + timedelta(minutes=30), 120, impact=Impact.CRITICAL, components=("Chat", "API"))
    change = fix("merge_with: acme/a\n", "b")
    part, whole = applied([second, first], change)
    assert part == second._replace(kind="merged", changed=change.date)
    assert whole == first._replace(
        ended=second.ended, impact="critical", components=("API", "Chat"), changed=change.date
    )


def test_merging_with_what_has_no_end_has_none() -> None:
    open_, closed = filed("a", minutes=None), filed("b", START - DAY)
    whole, _ = applied([open_, closed], fix("merge_with: acme/a\n", "b"))
    assert (whole.started, whole.ended) == (closed.started, None)


@pytest.mark.parametrize(
    ("slug", "text", "message"),
    [
        ("outage-2", "withdrawn: true\n", "corrects no incident of acme; did you mean outage-1.yml?"),
        ("x", "withdrawn: true\n", "corrects no incident of acme; name it as the address of the incident's page ends"),
        (
            "outage-1",
            "merge_with: acme/outage-2\n",
            "acme/outage-2 is not in the archive; did you mean acme/outage-1?",
        ),
        ("outage-1", "merge_with: acme/outage-1\n", "is the incident itself; name the other one"),
        (
            "outage-1",
            "merge_with: groq/a\n",
            "is not an incident of acme; name one, or write withdrawn: true",
        ),
        ("outage-1", "end: 2026-03-01T00:00:00Z\n", "is before the start; correct one of the two"),
        ("outage-1", "start: 2026-03-03T00:00:00Z\n", "is after the end; correct one of the two"),
    ],
)
def test_a_correction_that_cannot_be_is_named_and_changes_nothing(slug: str, text: str, message: str) -> None:
    known = filed("outage-1")
    other = known._replace(provider="groq", id="a")
    done, log, faults = corrections.apply([known, other], [fix(text, slug)])
    assert (done, log) == ([known, other], ())
    assert [(fault.field, fault.text) for fault in faults] == [
        ("" if "corrects no" in message else text.partition(":")[0], message)
    ]


@pytest.mark.parametrize(
    ("slug", "merge_with", "message"),
    [
        ("01KY2", "", "corrects no incident of acme; did you mean 01ky2-5f1d.yml?"),
        ("01ky2", "", "corrects no incident of acme; did you mean 01ky2-5f1d.yml?"),
        ("a", "acme/01ky2-5f1d", "acme/01ky2-5f1d is not in the archive; did you mean acme/01KY2?"),
    ],
)
def test_who_takes_the_id_for_the_slug_is_told_the_other(slug: str, merge_with: str, message: str) -> None:
    long = filed("b")._replace(id="01KY2", slug="01ky2-5f1d")
    change = fix(f"merge_with: {merge_with}\n" if merge_with else "withdrawn: true\n", slug)
    _, _, faults = corrections.apply([filed("a"), long], [change])
    assert [fault.text for fault in faults] == [message]


def test_a_folder_that_is_no_provider_is_told_the_nearest() -> None:
    change = fix("withdrawn: true\n", "a")._replace(provider="acne")
    _, _, faults = corrections.apply([filed("a")], [change])
    assert [fault.text for fault in faults] == ["corrects no incident of acne; did you mean the folder acme?"]


def test_the_log_has_both_what_was_and_what_is() -> None:
    known, change = filed("a"), fix("impact: critical\n")
    _, log, _ = corrections.apply([known], [change])
    assert log == (Corrected(change, known, known._replace(impact="critical", changed=change.date)),)


def test_two_files_of_one_address_stay_two() -> None:
    known = filed("a")
    twice = [known, known._replace(file="acme/2026/2026-03-09-a.md")]
    done, _, _ = corrections.apply(twice, [])
    assert done == twice


def test_an_incident_takes_the_facts_of_its_corrected_card() -> None:
    plain = incident("acme", "a", START, 60)
    [changed] = applied([card(plain, archive.file_of(plain))], fix("impact: critical\nkind: outage\n"))
    assert corrections.like(plain, changed) == replace(
        plain, impact=Impact.CRITICAL, kind=Kind.OUTAGE, kind_basis="editor"
    )


def test_an_incident_without_correction_stays_as_it_is() -> None:
    plain = Incident(
        provider="acme",
        id="a",
        title="a",
        kind=Kind.OUTAGE,
        phase=Phase.RESOLVED,
        started=START,
        updates=(Update(at=START, phase=Phase.RESOLVED),),
    )
    assert corrections.like(plain, card(plain, archive.file_of(plain))) is plain


def test_links_are_not_followed_and_every_fault_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "corrections" / "acme"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text(f"withdrawn: true\n{REASON}")
    (folder / "b.yml").write_text("withdrawn: 1\n")
    (folder / "c.yml").symlink_to("/etc/passwd")
    fixes, faults = corrections.load(tmp_path)
    assert [found.slug for found in fixes] == ["a"]
    assert {fault.file for fault in faults} == {"content/corrections/acme/b.yml", "content/corrections/acme/c.yml"}


def test_the_site_shows_both_and_forgets_a_correction_that_is_taken_back(project: Path) -> None:
    before = {path: path.read_bytes() for path in (project / "content" / "incidents").rglob("*.md")}
    file = project / "content" / "corrections" / "acme" / "a.yml"
    file.parent.mkdir(parents=True)
    file.write_text(f"impact: critical\n{REASON}")
    assert build(project) == ""
    shown = page(project, "incidents/acme/a")
    assert shown.select_one("#corrected .claim > p").text == "Impact: critical; the provider says major."
    assert shown.select_one("#corrected a[rel=external]")["href"] == "https://a.example/"
    assert shown.select_one(".facts .st").text == "critical"
    listed = page(project, "corrections")
    assert [a["href"] for a in listed.select(".claim a")] == ["/incidents/acme/a/", "https://a.example/"]
    assert "critical" in page(project, "incidents/2026/03").select_one(".list").text
    assert "\nimpact: critical\n" in (project / ".output-preview/incidents/acme/a/index.md").read_text()
    assert {path: path.read_bytes() for path in (project / "content" / "incidents").rglob("*.md")} == before

    file.write_text(f"end: 2026-03-01T00:00:00Z\n{REASON}")
    problems = build(project)
    told = "content/corrections/acme/a.yml:1:1: end: is before the start; correct one of the two"
    assert told in problems

    file.unlink()
    assert build(project) == ""
    assert isinstance(page(project, "incidents/acme/a"), BeautifulSoup)
    assert page(project, "incidents/acme/a").select("#corrected") == []


def test_contributors_are_told_of_every_key() -> None:
    from almanac.content import forms

    text = (ROOT / "content" / "pages" / "contribute.md").read_text()
    section = text.partition("\n## Correct an incident\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    keys = {key.strip(" `") for row in rows for key in row.split(",")}
    assert keys == set(forms.FixForm.model_fields)
    example = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))
    found, faults = corrections.read(example.encode(), "corrections/anthropic/0ghc53zpsfmt.yml")
    assert (faults, found is not None) == ((), True)


def test_a_correction_has_places_for_its_faults_with_and_without_the_mark_yaml_begins_with() -> None:
    _, plain = corrections.read(b"\nimpact: bad\n", "corrections/acme/a.yml")
    assert (
        Problem(
            file="content/corrections/acme/a.yml",
            line=2,
            column=1,
            field="impact",
            message="'bad' is not allowed; use none, minor, major, critical, maintenance or unknown",
        )
        in plain
    )


def test_a_correction_may_be_of_the_moment_it_was_written() -> None:
    assert fix("end: 2026-03-05T10:00:00+01:00\n").ended == seconds(datetime(2026, 3, 5, 9, tzinfo=UTC))

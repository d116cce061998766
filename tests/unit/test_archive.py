"""The archive keeps every incident exactly, in files that people and PyYAML read too."""

import errno
import os
import re
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from almanac import archive
from almanac.archive import ArchiveError, Filed, facts, scalars
from almanac.archive.disk import LEFTOVER
from almanac.files import DiskError
from almanac.model import (
    YEARS,
    Change,
    FeedState,
    Impact,
    Incident,
    Kind,
    Phase,
    Pulls,
    Repair,
    Revision,
    Span,
    Update,
    stamp,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

# --- any incident at all ---

NASTY = (
    "#",
    "## ",
    "### was, until seen 2026-03-04T08:00:00Z",
    " ## a",
    "    ### b",
    "---",
    "...",
    "seen: x",
    "\n",
    "\n\n",
    " ",
    "- title: x, until seen 2026-03-04T08:00:00Z",
    "## changes",
    "\r\n",
    "\t",
    "\x00",
    "\x85",
    "\u2028",
    "\ufeff",
    "\U0001f525",
    "é",
    '"',
    "'",
    "\\",
    ": ",
    " #",
    "[",
    "]",
    "{",
    ",",
    "yes",
    "null",
    "12",
    "1e3",
    "0x1f",
    "~",
    "&a",
    "2026-03-02",
    "1:30",
    "*a",
    "!!str",
    "%",
    "@",
    "`",
    "|",
    ">",
    "? ",
    "- ",
    "<<",
    "=",
    "unknown",
    "true",
    "٣",
    "ก็",
)
CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(st.one_of(st.sampled_from(NASTY), st.text(CHARACTERS, max_size=8)), max_size=6).map("".join)
FIRST, LAST = datetime(YEARS.start, 1, 1), datetime(YEARS.stop - 1, 12, 31)  # noqa: DTZ001  (hypothesis adds the zone)
TIMES = st.datetimes(FIRST, LAST, timezones=st.just(UTC)).map(lambda t: t.replace(microsecond=0))
MAYBE = st.none() | TIMES
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
PRINTED = TEXTS | st.sampled_from(["Resolved", "resolved", "Update", "In progress", "unknown", "Unknown", ""])
KINDS = [kind for kind in Kind if kind.value not in ("withdrawn", "merged")]  # those only a correction sets
RAW = st.sampled_from(["x", "[a, b]", '"q"', "\n  - a\n  - b", "", "2026-03-02", "\n# why", "{a: 1}"])

REVISIONS = st.builds(Revision, text=TEXTS, until=TIMES, at=MAYBE, printed=TEXTS)
UPDATES = st.builds(
    Update,
    at=TIMES,
    phase=st.sampled_from(Phase),
    text=TEXTS,
    printed=PRINTED,
    seen=MAYBE,
    upstream_id=TEXTS,
    gone=MAYBE,
    was=st.lists(REVISIONS, max_size=2).map(tuple),
)
CHANGES = st.builds(Change, what=TEXTS, was=TEXTS, until=TIMES)
REPAIRS = st.builds(Repair, what=TEXTS, was=TEXTS, dataset=st.from_regex("[a-z0-9-]{1,64}", fullmatch=True))
EXTRA = st.dictionaries(st.sampled_from(["x", "later_field", "Oh-no", "a.b"]), RAW).map(lambda d: tuple(d.items()))
INCIDENTS = st.builds(
    Incident,
    provider=TEXTS,
    id=TEXTS,
    title=TEXTS,
    title_is_ours=st.booleans(),
    kind=st.sampled_from(KINDS),
    kind_basis=TEXTS,
    impact=st.sampled_from(Impact),
    impact_stated=TEXTS,
    impact_basis=TEXTS,
    phase=st.sampled_from(Phase),
    components=LISTS,
    components_basis=TEXTS,
    started=TIMES,
    started_basis=TEXTS,
    ended=MAYBE,
    ended_basis=TEXTS,
    planned_from=MAYBE,
    planned_until=MAYBE,
    precision=TEXTS,
    source=TEXTS,
    dialect=TEXTS,
    id_is_ours=st.booleans(),
    aliases=LISTS,
    imported=TEXTS,
    first_seen=MAYBE,
    vanished=MAYBE,
    updates=st.lists(UPDATES, max_size=3).map(tuple),
    changes=st.lists(CHANGES, max_size=2).map(tuple),
    repairs=st.lists(REPAIRS, max_size=2).map(tuple),
    trouble_seconds=st.integers(0, 10**9),
    extra=EXTRA,
)

ALWAYS = (
    "provider",
    "id",
    "title",
    "kind",
    "kind_basis",
    "impact",
    "impact_stated",
    "phase",
    "components",
    "started",
    "started_basis",
    "ended",
    "ended_basis",
    "precision",
    "source",
    "first_seen",
)


@pytest.mark.slow
@given(INCIDENTS)
def test_every_incident_comes_back_as_it_was(incident: Incident) -> None:
    text = archive.render(incident)
    assert archive.parse(text.encode().decode()) == incident
    assert archive.render(archive.parse(text)) == text


@pytest.mark.slow
@given(INCIDENTS)
def test_front_matter_says_the_same_to_every_yaml(incident: Incident) -> None:
    head = archive.render(replace(incident, extra=())).split("\n---\n")[0]
    facts = yaml.safe_load(head)
    assert facts == yaml.load(head, yaml.CSafeLoader)
    said = {name: facts.get(name) for name in {*ALWAYS, *facts}}
    assert said == {name: as_yaml(getattr(incident, name)) for name in said}


def as_yaml(value: object) -> object:
    """Return what PyYAML makes of a field."""
    if isinstance(value, tuple):
        return list(value)
    return "unknown" if value is None else value


OUTAGE = Incident(
    provider="anthropic",
    id="0ghc53zpsfmt",
    title="Elevated errors: claude.ai, console",
    kind=Kind.DEGRADATION,
    impact=Impact.MAJOR,
    impact_stated="major",
    phase=Phase.RESOLVED,
    components=("claude.ai", "API (api.example.com)"),
    started=NOON,
    ended=NOON + timedelta(hours=4),
    ended_basis="resolved-update",
    source="https://status.example/0g",
    dialect="statuspage",
    first_seen=NOON + timedelta(minutes=4),
    updates=(
        Update(
            at=NOON,
            phase=Phase.INVESTIGATING,
            printed="Investigating",
            seen=NOON + timedelta(minutes=4),
            text="We are looking into it.\n\n## What we know\n\nLittle.",
            was=(Revision(text="We look.", until=NOON + timedelta(hours=1), printed="Identified"),),
        ),
        Update(
            at=NOON + timedelta(hours=1),
            phase=Phase.INVESTIGATING,
            printed="Update",
            upstream_id="c:1",
            gone=NOON + timedelta(hours=2),
        ),
        Update(at=NOON + timedelta(hours=4), phase=Phase.RESOLVED, printed="resolved"),
    ),
    changes=(Change(what="title", was="Elevated errors", until=NOON + timedelta(minutes=30)),),
    extra=(("mood", "[good, bad]"),),
)
FILE = """\
---
provider: anthropic
id: 0ghc53zpsfmt
title: "Elevated errors: claude.ai, console"
kind: degradation
kind_basis: impact
impact: major
impact_stated: major
phase: resolved
components: [claude.ai, API (api.example.com)]
started: 2026-03-02T12:00:00Z
started_basis: first-update
ended: 2026-03-02T16:00:00Z
ended_basis: resolved-update
precision: minute
source: https://status.example/0g
dialect: statuspage
first_seen: 2026-03-02T12:04:00Z
mood: [good, bad]
---

## 2026-03-02T12:00:00Z Investigating
seen: 2026-03-02T12:04:00Z

We are looking into it.

 ## What we know

Little.

### was, until seen 2026-03-02T13:00:00Z
printed: Identified

We look.

## 2026-03-02T13:00:00Z investigating
printed: Update, upstream_id: "c:1", gone: 2026-03-02T14:00:00Z

## 2026-03-02T16:00:00Z resolved

## changes

- title: Elevated errors, until seen 2026-03-02T12:30:00Z
"""


def test_a_file_looks_like_this() -> None:
    assert archive.render(OUTAGE) == FILE
    assert archive.parse(FILE) == OUTAGE


def test_front_matter_that_a_person_rewrote_is_read_through_yaml() -> None:
    by_hand = (
        FILE.replace('"Elevated errors: claude.ai, console"', "'Elevated errors: claude.ai, console'")
        .replace("[claude.ai, API (api.example.com)]", "\n- claude.ai\n- 'API (api.example.com)'")
        .replace("started: 2026-03-02T12:00:00Z", "started: 2026-03-02 13:00:00 +01:00  # summer")
    )
    assert archive.parse(by_hand) == OUTAGE
    assert archive.parse(by_hand.replace("\n", "\r\n")) == OUTAGE


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        (
            "phase: resolved",
            "phase: done",
            "c/x.md:9: phase: 'done' is not one of our words; write one of: investigating",
        ),
        ('title: "Elevated', "title: Elevated", "c/x.md:4: is not YAML: mapping values are not allowed in"),
        ("id: 0ghc53zpsfmt", "id: 2024", "c/x.md:3: id: '2024' is not plain text; write it in double quotes"),
        ("started: 2026-03-02T12", "started: 2026-13-02T12", "c/x.md:1: is not YAML: month must be in 1..12"),
        (
            "started: 2026-03-02T12",
            "started: 0001-03-02T12",
            "c/x.md:11: started: 0001-03-02T12:00:00Z is not in a year",
        ),
        ("started: 2026-03-02T12:00:00Z\n", "", "c/x.md:1: has no started; restore it"),
        ("kind: degradation", "id: again", "c/x.md:5: id appears twice; keep one"),
        ("provider: anthropic", "hello", "c/x.md:2: 'hello' is not a fact; write lines like `phase: resolved`"),
        ("---\n\n## 2026", "---\n\nHello\n\n## 2026", "c/x.md:22: this stands under no heading"),
        ("Z Investigating", "Z Wondering", "c/x.md:22: 'Wondering' is not a phase; write one of: investigating"),
        (
            "## 2026-03-02T13:00:00Z inv",
            "## yesterday inv",
            "c/x.md:36: 'yesterday' is not a time like 2026-03-02T11:49",
        ),
        ("seen: 2026-03-02T12:04:00Z\n\n", "seen: today\n\n", "c/x.md:23: seen: 'today' is not a time like"),
        ("printed: Update, ", "printd: Update, ", "c/x.md:37: 'printd: Update, upstream_id"),
        ("seen: 2026-03-02T12:04:00Z\n\n", "", "c/x.md:23: 'We are looking into it.' are not notes like"),
        (" ## What", "### What", "c/x.md:27: is not a heading of ours; write `### was, until seen time`"),
        ("printed: Identified", "seen: 2026-03-02T12:05:00Z", "c/x.md:32: 'seen: 2026"),
        ("printed: Identified", "printed: Ident[ified", "c/x.md:32: printed: 'Ident[ified' is not plain"),
        ("### was, until seen 2026-03-02T13:00:00Z", "### was, until seen now", "c/x.md:31: 'now' is not a time like"),
        ("- title: Elevated errors, until", "- title was Elevated errors until", "c/x.md:43: '- title was"),
        ("- title: Elevated errors, until", "- ti[tle: Elevated errors, until", "c/x.md:43: 'ti[tle' is not plain"),
        ("until seen 2026-03-02T12:30:00Z", "until seen noon", "c/x.md:43: 'noon' is not a time like"),
        ("---\nprovider", "provider", "c/x.md:1: has no front matter; restore the lines ---"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_cure(right: str, wrong: str, complaint: str) -> None:
    assert FILE.count(right) >= 1
    with pytest.raises(ArchiveError) as error:
        archive.parse(FILE.replace(right, wrong, 1), "c/x.md")
    assert str(error.value).startswith(complaint)


@pytest.mark.parametrize(
    ("read", "raw", "complaint"),
    [
        (scalars.read_scalar, '"a" b"', '"a" b" is not a text in double quotes; write it as in JSON'),
        (scalars.read_scalar, "yes", "'yes' is not plain text; write it in double quotes"),
        (scalars.read_sequence, "a, b", "'a, b' is not a list; write [a, b]"),
        (scalars.read_sequence, "[a, b", "'[a, b' is not a list; write [a, b]"),
        (scalars.read_sequence, '["a",b]', """'"a",b' is not a list of texts; put a comma and a blank between them"""),
        (facts.FLAG.read, "yes", "'yes' is neither true nor false"),
    ],
)
def test_a_value_in_another_form_is_not_taken_for_one_of_ours(
    read: Callable[[str], object], raw: str, complaint: str
) -> None:
    with pytest.raises(scalars.NotCanonicalError) as error:
        read(raw)
    assert str(error.value) == complaint


DEEP = "title: " + "[" * 100_000
BOMB = "title: &a [x, x]\ncomponents: [" + ", ".join(["*a"] * 100_000) + "]"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (DEEP, "is nested more than 20 levels deep; write it flat"),
        (DEEP + "]" * 100_000, "is nested more than 20 levels deep; write it flat"),
        (BOMB, "holds a YAML alias (*name); write the value out"),
        ("title: 0x" + "f" * 5_000, "title: '<int>' is not plain text; write it in double quotes"),
        ("title: {a: 0x" + "f" * 5_000 + "}", "title: '<dict>' is not plain text; write it in double quotes"),
        ("vanished: 0001-01-01T00:00:00+14:00", "vanished: 0001-01-01T00:00:00Z is not in a year"),
    ],
)
def test_yaml_that_would_take_the_process_down_costs_one_file(line: str, why: str) -> None:
    head = f"{line}\nprovider: acme\nid: a\nkind: outage\nphase: resolved\nstarted: 2026-03-02T10:00:00Z\n"
    with pytest.raises(ArchiveError) as refused:
        archive.parse(f"---\n{head}---\n", "c/x.md")
    assert str(refused.value).partition(":")[0] == "c/x.md"
    assert why in str(refused.value)


def test_a_truth_in_the_words_of_yaml_is_read() -> None:
    flagged = replace(OUTAGE, title_is_ours=True)
    assert archive.parse(archive.render(flagged).replace("title_is_ours: true", "title_is_ours: yes")) == flagged


def test_a_typical_file_is_parsed_in_few_steps() -> None:
    """In a tenth of a millisecond, that is: a YAML parser takes a hundred times as many."""
    post = Update(at=NOON, phase=Phase.MONITORING, printed="Update", seen=NOON, text="A fix is out.\n\nWe look. " * 6)
    text = archive.render(replace(OUTAGE, updates=(post,) * 8))
    archive.parse(text)  # so that what is kept from call to call is there
    calls: Counter[str] = Counter()
    sys.setprofile(lambda _, event, __: calls.update([event]))
    try:
        archive.parse(text)
    finally:
        sys.setprofile(None)
    assert calls["call"] + calls["c_call"] < 1000


# --- names of files ---


@pytest.mark.parametrize(
    ("raw_id", "slug"),
    [
        ("0ghc53zpsfmt", "0ghc53zpsfmt"),
        ("modal_1", "modal-1-e47e2c3f"),
        ("01KP45GATY2N5A4TF5Y5KPJ2QG", "01kp45gaty2n5a4tf5y5kpj2qg-"),
        ("urn:flashduty:change:7804", "urn-flashduty-change-7804-"),
        ("../../etc/passwd", "------etc-passwd-"),
        ("", "-e3b0c442"),
        ("x" * 65, "x" * 64 + "-"),
    ],
)
def test_an_id_becomes_a_safe_name(raw_id: str, slug: str) -> None:
    assert archive.slug_of(raw_id).startswith(slug)


@given(TEXTS, TEXTS)
def test_names_are_safe_and_different_for_different_ids(one: str, other: str) -> None:
    names = {archive.slug_of(one), archive.slug_of(other)}
    assert len(names) == len({one, other})
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(name) <= 73 for name in names)


def test_a_new_incident_is_filed_by_provider_year_and_date() -> None:
    assert archive.file_of(OUTAGE) == "anthropic/2026/2026-03-02-0ghc53zpsfmt.md"


def test_a_slug_that_is_taken_gets_a_longer_hash() -> None:
    file = archive.file_of(replace(OUTAGE, id=""), [archive.slug_of("")])
    assert re.fullmatch(r"anthropic/2026/2026-03-02--e3b0c442-[0-9a-f]{32}\.md", file)


# --- files ---

SMALL = replace(OUTAGE, id="b", title="Small")
FILED = {
    "0ghc53zpsfmt": Filed("anthropic/2026/2026-03-02-0ghc53zpsfmt.md", OUTAGE),
    "b": Filed("anthropic/2026/2026-03-02-b.md", SMALL),
}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    files = archive.save(tmp_path, [OUTAGE, SMALL], {})
    assert files == tuple(filed.file for filed in FILED.values())
    assert archive.load(tmp_path, "anthropic") == FILED
    assert archive.load(tmp_path, "openai") == {}
    assert archive.read(tmp_path, FILED["b"].file) == SMALL


def test_a_file_stays_where_it_was_first_saved(tmp_path: Path) -> None:
    archive.save(tmp_path, [OUTAGE], {})
    earlier = replace(OUTAGE, started=NOON - timedelta(days=400))
    assert archive.save(tmp_path, [earlier], archive.load(tmp_path, "anthropic")) == (FILED["0ghc53zpsfmt"].file,)
    assert archive.load(tmp_path, "anthropic") == {earlier.id: Filed(FILED[earlier.id].file, earlier)}


def test_a_file_with_the_same_bytes_is_not_touched(tmp_path: Path) -> None:
    archive.save(tmp_path, [OUTAGE], {})
    path = tmp_path / "incidents" / FILED[OUTAGE.id].file
    os.utime(path, ns=(7, 7))
    assert archive.save(tmp_path, [OUTAGE], archive.load(tmp_path, "anthropic")) == ()
    assert path.stat().st_mtime_ns == 7


def test_another_incident_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    archive.save(tmp_path, [OUTAGE], {})
    with pytest.raises(ArchiveError, match=r"0ghc53zpsfmt\.md:3: is in the way of incident 0ghc53zpsfmt; move it"):
        archive.save(tmp_path, [replace(OUTAGE, title="Another")], {})
    assert archive.load(tmp_path, "anthropic")[OUTAGE.id].incident == OUTAGE


def test_of_many_files_each_is_whole_though_a_disk_refuses_one(tmp_path: Path) -> None:
    many = [replace(SMALL, id=f"many-{number}") for number in range(100)]
    in_the_way = tmp_path / "incidents" / f"{archive.file_of(many[50])}{LEFTOVER}"
    in_the_way.mkdir(parents=True)
    with pytest.raises(OSError, match="many-50"):
        archive.save(tmp_path, many, {})
    in_the_way.rmdir()
    known = archive.load(tmp_path, SMALL.provider)
    archive.save(tmp_path, many, known)
    again = archive.load(tmp_path, SMALL.provider)
    assert "many-50" not in known
    assert {name: filed.incident for name, filed in again.items()} == {one.id: one for one in many}
    assert archive.save(tmp_path, many, again) == ()


def test_load_names_every_file_it_cannot_read(tmp_path: Path) -> None:
    archive.save(tmp_path, [OUTAGE, SMALL, replace(SMALL, id="c"), replace(SMALL, id="d")], {})
    folder = tmp_path / "incidents" / "anthropic" / "2026"
    (folder / "2026-03-02-b.md").write_bytes(b"\xff")
    (folder / "2026-03-02-c.md").write_text("<<<<<<< HEAD\n")
    (folder / "2026-03-02-d.md").write_text(FILE)
    (folder / "2026-03-02-e.md").write_text(FILE.replace("provider: anthropic", "provider: openai"))
    with pytest.raises(ArchiveError) as error:
        archive.load(tmp_path, "anthropic")
    here = f"{tmp_path.name}/incidents/anthropic/2026/2026-03-02"
    assert str(error.value).split("\n") == [
        f"{here}-b.md:1: is not UTF-8 (invalid start byte); restore it from its history",
        f"{here}-c.md:1: has no front matter; restore the lines --- around the facts from the history of the file",
        f"{here}-d.md:3: has the id of anthropic/2026/2026-03-02-0ghc53zpsfmt.md; keep one of the two",
        f"{here}-e.md:2: says provider openai; move it to the folder of that name",
    ]


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as error:
        archive.read(tmp_path, "acme/2026/2026-03-02-x.md")
    assert str(error.value) == (
        f"{tmp_path.name}/incidents/acme/2026/2026-03-02-x.md:1: No such file or directory; look what stands there, "
        "then run this again"
    )


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make calls of the system that concern folders fail; files are left alone."""

    def refuse(name: str, error: int) -> None:
        real = getattr(os, name)

        def call(what: Any, *more: Any) -> Any:
            if os.path.isdir(what):
                raise OSError(error, os.strerror(error))
            return real(what, *more)

        monkeypatch.setattr(os, name, call)

    return refuse


def test_a_disk_that_cannot_make_new_names_last_is_told_with_its_folder(
    tmp_path: Path, folders: Callable[..., None]
) -> None:
    folders("fsync", errno.EIO)
    for save, folder in (
        (lambda: archive.save(tmp_path, [OUTAGE], {}), "incidents/anthropic/2026"),
        (lambda: archive.save_pulls(tmp_path, Pulls(provider="anthropic")), "pulls"),
    ):
        with pytest.raises(DiskError) as error:
            save()
        cure = "its disk may be failing, so save what is on it elsewhere, then run this again"
        assert str(error.value) == f"{tmp_path}/{folder}: Input/output error; {cure}"


def test_where_folders_cannot_be_opened_files_are_saved_all_the_same(
    tmp_path: Path, folders: Callable[..., None]
) -> None:
    """As on Windows."""
    folders("open", errno.EACCES)
    assert archive.save(tmp_path, [OUTAGE], {}) == (FILED[OUTAGE.id].file,)


def test_leftovers_of_killed_runs_are_ignored_and_swept_up(tmp_path: Path) -> None:
    archive.save(tmp_path, [OUTAGE], {})
    archive.save_pulls(tmp_path, Pulls(provider="anthropic"))
    leftovers = [
        tmp_path / "incidents" / (FILED[OUTAGE.id].file + LEFTOVER),
        tmp_path / "pulls" / f"anthropic.json{LEFTOVER}",
    ]
    others = tmp_path / "pulls" / f"openai.json{LEFTOVER}"
    for path in (*leftovers, others):
        path.write_text("half a fi")
    assert archive.load(tmp_path, "anthropic") == {OUTAGE.id: FILED[OUTAGE.id]}
    with archive.lock(tmp_path, "anthropic"):
        assert [path.exists() for path in (*leftovers, others)] == [False, False, True]


def test_a_kill_in_the_middle_of_a_file_leaves_the_old_one(tmp_path: Path) -> None:
    archive.save(tmp_path, [OUTAGE], {})
    known = archive.load(tmp_path, "anthropic")
    if (pid := os.fork()) == 0:  # dies when it has written so many bytes
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (700, resource.RLIM_INFINITY))
        archive.save(tmp_path, [replace(OUTAGE, title="Another")], known)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGXFSZ
    unfinished = tmp_path / "incidents" / (FILED[OUTAGE.id].file + LEFTOVER)
    assert archive.load(tmp_path, "anthropic") == known
    with archive.lock(tmp_path, "anthropic"):
        assert not unfinished.exists()


@pytest.mark.slow
def test_of_pulls_killed_at_random_moments_every_one_is_completed_by_the_next(root: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(root / "plugins")}
    bench = [sys.executable, "-m", "bench.kills", "8", "1", "400"]
    done = subprocess.run(bench, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout.endswith("PASS\n"), done.stdout + done.stderr


def test_two_pulls_of_one_provider_wait_for_each_other(tmp_path: Path) -> None:
    with archive.lock(tmp_path, "anthropic"):
        with archive.lock(tmp_path, "openai", patience=0):
            pass
        complaint = f"^{tmp_path.name}/pulls/anthropic.lock:1: another pull has held it for 0 s; wait until it ends$"
        with pytest.raises(ArchiveError, match=complaint), archive.lock(tmp_path, "anthropic", patience=0):
            pass
    with archive.lock(tmp_path, "anthropic", patience=0):
        pass


# --- pulls ---

STATES = st.builds(
    FeedState,
    url=TEXTS,
    etag=TEXTS,
    last_modified=TEXTS,
    fetched=MAYBE,
    changed=MAYBE,
    body=TEXTS,
    items=st.dictionaries(TEXTS, TEXTS, max_size=3).map(lambda d: tuple(d.items())),
    dialect=TEXTS,
    window=TEXTS,
    entries=st.integers(0, 99),
    since=MAYBE,
    error=TEXTS,
    error_since=MAYBE,
)
SPANS = st.lists(st.builds(Span, since=TIMES, until=TIMES, dataset=TEXTS, products=LISTS), max_size=3).map(tuple)
PULLS = st.builds(
    Pulls,
    provider=TEXTS,
    coverage=SPANS,
    cuts=SPANS,
    feeds=st.lists(STATES, max_size=2).map(tuple),
    extra=st.dictionaries(st.sampled_from(["x", "y"]), TEXTS),
    last_open=st.dictionaries(TEXTS, TIMES, max_size=3).map(lambda d: tuple(d.items())),
)


@pytest.mark.slow
@given(PULLS)
def test_pulls_come_back_as_they_were(value: Pulls) -> None:
    text = archive.pulls.render(value)
    assert archive.pulls.parse(text) == value
    assert archive.pulls.render(archive.pulls.parse(text)) == text


def test_pulls_are_kept_a_file_a_provider(tmp_path: Path) -> None:
    value = Pulls(provider="anthropic", coverage=(Span(since=NOON, until=NOON, dataset="d"),), extra={"later": [1]})
    assert archive.load_pulls(tmp_path, "anthropic") == Pulls(provider="anthropic")
    assert archive.save_pulls(tmp_path, value) is True
    assert archive.save_pulls(tmp_path, value) is False
    assert archive.load_pulls(tmp_path, "anthropic") == value
    assert (tmp_path / "pulls" / "anthropic.json").read_text() == (
        '{\n "provider": "anthropic",\n "coverage": [\n  {\n'
        f'   "since": "{stamp(NOON)}",\n   "until": "{stamp(NOON)}",\n   "dataset": "d"\n'
        '  }\n ],\n "feeds": [],\n "last_open": {},\n "later": [\n  1\n ]\n}\n'
    )


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"provider": "a", "coverage": [{"since": "x"}]}', '{"provider": "a", "feeds": [1]}']
)
def test_broken_pulls_are_named_and_not_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / "pulls").mkdir()
    (tmp_path / "pulls" / "anthropic.json").write_text(text)
    with pytest.raises(ArchiveError, match=r"pulls/anthropic\.json:1: is not as it was written .*; restore it"):
        archive.load_pulls(tmp_path, "anthropic")


# --- the log ---


def test_what_is_chosen_of_the_months_log_is_added_to_it(tmp_path: Path) -> None:
    for said in ("one\n", "", "two\n"):
        archive.append_log(tmp_path, NOON, lambda written: said and f"{len(written)} {said}")  # noqa: B023  (called now)
    archive.append_log(tmp_path, NOON + timedelta(days=30), lambda written: f"{len(written)} three\n")
    logs = {path.name: path.read_text() for path in sorted((tmp_path / "pulls/log").iterdir())}
    assert logs == {"2026-03.txt": "0 one\n6 two\n", "2026-04.txt": "0 three\n"}


def test_a_log_that_is_no_text_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "pulls/log/2026-03.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff")
    with pytest.raises(ArchiveError) as error:
        archive.append_log(tmp_path, NOON, lambda _: "more\n")
    assert str(error.value) == (
        f"{tmp_path.name}/pulls/log/2026-03.txt:1: cannot be continued ('utf-8' codec can't decode byte 0xff in "
        "position 0: invalid start byte); fix that. Everything else from the pull is saved"
    )
    assert path.read_bytes() == b"\xff"


def test_a_log_that_a_disk_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "pulls/log/2026-03.txt").mkdir(parents=True)
    with pytest.raises(ArchiveError) as error:
        archive.append_log(tmp_path, NOON, lambda _: "more\n")
    assert str(error.value) == (
        f"{tmp_path}/pulls/log/2026-03.txt: Is a directory; look what stands there, then run this again. "
        "Everything else from the pull is saved"
    )

"""The data package as its users read it: by Frictionless, pandas and DuckDB, which did not write it."""

from __future__ import annotations

import csv
import gzip
import json
import re
import tomllib
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import pytest
import yaml
from frictionless import Package, system

from almanac.commands import release
from almanac.content import releases
from almanac.exports import package
from almanac.exports.codebook import TABLES
from almanac.exports.table import Size
from almanac.model import Impact, Kind, seconds, unstamp
from almanac.views.data import examples
from tests.support import shapes
from tests.support.almanacs import GROQ, almanac, at, incident, pulls
from tests.support.refusals import refusal
from tests.support.syndication import HOST, Press

ROOT = Path(__file__).resolve().parents[2]
NOW = unstamp("2026-03-02T14:10:00Z")


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    """Return a press that has made a site of incidents of every kind."""
    made = Press(tmp_path_factory.mktemp("package") / "site")
    twice = incident("first", "02 10:00", "02 11:00", title="The provider’s own words")
    doubled = (*twice.updates, replace(twice.updates[0], text="Once more."))
    made.put(
        replace(twice, updates=tuple(sorted(doubled, key=lambda update: update.at))),
        incident("open", "02 13:00", ""),
        incident("rated none", "01 08:00", "01 09:00", impact=Impact.NONE),
        incident("kept", "01 10:00", "01 10:30", kind=Kind.MAINTENANCE),
        replace(incident("a1b2c3", "01 11:00", "01 12:00"), id_is_ours=True),
        incident("before", "2025-01-01 08:00", "2025-01-01 09:00"),
        incident("old", "2025-12-31 23:00", "2025-12-31 23:30", provider="groq", components=()),
    )
    made.build(NOW)
    return made


@pytest.fixture(scope="module")
def data(press: Press) -> Path:
    return press.output / "data"


def rows(data: Path, name: str) -> list[dict[str, str]]:
    with (data / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def errors(package: Path) -> list[Any]:
    """Return what Frictionless finds wrong, in the package and in every row."""
    with system.use_context(trusted=True):
        report = Package(str(package)).validate()
    return [*report.errors, *(error for task in report.tasks for error in task.errors)]


def test_frictionless_finds_no_error(data: Path) -> None:
    assert errors(data / "datapackage.json") == []


def test_frictionless_would_find_a_row_that_is_there_twice(data: Path, tmp_path: Path) -> None:
    for path in data.glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    head, first, *_ = (data / "updates.csv").read_bytes().splitlines(keepends=True)
    (tmp_path / "updates.csv").write_bytes(head + first + first)
    assert {error.type for error in errors(tmp_path / "datapackage.json")} >= {"primary-key", "hash-count"}


def test_no_row_stands_there_twice_and_keys_are_unique(data: Path) -> None:
    for table in TABLES:
        keys = [tuple(row[name] for name in table.key) for row in rows(data, table.name)]
        assert len(keys) == len(set(keys)), table.name


def test_posts_of_one_time_and_phase_are_one_row_that_counts_them(data: Path) -> None:
    posts = [(row["phase"], row["posts"]) for row in rows(data, "updates") if row["incident"] == "first"]
    assert posts == [("investigating", "2"), ("identified", "1"), ("resolved", "1")]


def test_each_incident_says_whether_it_counts_and_why_not(data: Path) -> None:
    assert {row["id"]: (row["counts"], row["why_not"], row["id_is_ours"]) for row in rows(data, "incidents")} == {
        "first": ("yes", "", "false"),
        "open": ("yes", "", "false"),
        "rated none": ("yes", "", "false"),
        "kept": ("no", "maintenance", "false"),
        "a1b2c3": ("yes", "", "true"),
        "before": ("no", "started while we had no data", "false"),
        "old": ("yes", "", "false"),
    }


def test_no_word_of_a_provider_stands_in_a_table(data: Path) -> None:
    assert not [path.name for path in data.rglob("*.*") if "own words" in path.read_text(encoding="utf-8")]


def test_the_leaderboard_and_the_numbers_hold_every_period(data: Path) -> None:
    periods = {path.parent.name for path in data.parent.glob("leaderboard/*/index.html")}
    whole = [row for row in rows(data, "numbers") if row["part_kind"] == "provider"]
    months = {f"2025-{month:02}" for month in range(1, 13)} | {"2026-01", "2026-02", "2026-03"}
    assert {row["period"] for row in rows(data, "leaderboard")} == periods
    assert {row["period"] for row in whole} <= periods | months
    assert {"2026-q1", "2026-02", "all", "90-days"} <= {row["period"] for row in whole}


def test_the_package_names_sources_version_and_date(data: Path) -> None:
    described = json.loads((data / "datapackage.json").read_bytes())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (described["version"], described["created"]) == (version, "2026-03-02T14:10:00Z")
    assert {"title": "Status page of Groq", "path": GROQ.status_page} in described["sources"]


def test_the_date_of_the_data_is_that_of_the_newest_moment_in_it_also_past_coverage() -> None:
    late = incident("late", "02 12:00", "02 13:30")
    known = almanac([late], watched=[pulls("anthropic", until=at("02 12:30"))])
    assert known.record_until == at("02 12:30")
    sizes = defaultdict[str, Size](lambda: Size(0, ""))
    assert json.loads(package.package(known, sizes, "2026.12.0"))["created"] == "2026-03-02T13:30:00Z"
    assert "date-released: 2026-03-02" in package.citation(known, "2026.12.0").decode().replace('"', "")


def test_every_line_that_refers_to_a_row_finds_it(data: Path) -> None:
    package = json.loads((data / "datapackage.json").read_bytes())
    references = [key for resource in package["resources"] for key in resource["schema"]["foreignKeys"]]
    assert {tuple(key["fields"]) for key in references} == {
        ("provider",),
        ("provider", "incident"),
        ("imported",),
        ("dataset",),
        ("first",),
        ("second",),
    }


# The lines that /data/ shows


def asked(question: str) -> list[Any]:
    """Return what DuckDB answers."""
    answer = duckdb.sql(question)
    assert answer is not None
    return answer.fetchall()


def test_the_line_for_pandas_runs(data: Path) -> None:
    code = next(one.code for one in examples(str(data)) if "pandas" in one.name)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  (ours, as the page shows it)
    assert names["counted"].to_dict() == {"anthropic": 4, "groq": 1}
    assert str(names["incidents"].started.dtype).startswith("datetime64")


def test_the_line_for_duckdb_runs(data: Path) -> None:
    code = next(one.code for one in examples(str(data)) if one.name == "DuckDB")
    assert [row[:2] for row in asked(code)] == [("groq", "365-days"), ("anthropic", "365-days")]


def test_pandas_and_duckdb_read_every_table_alike(data: Path) -> None:
    for table in TABLES:
        path = data / f"{table.name}.csv"
        counted = asked(f"SELECT count(*) FROM read_csv('{path}', header=true)")  # noqa: S608
        assert counted == [(len(pd.read_csv(path)),)], table.name


def test_the_page_shows_these_lines(data: Path) -> None:
    page = (data / "index.html").read_text(encoding="utf-8")
    assert page.count("<pre>") == len(examples(f"{HOST}/data"))
    assert "SELECT provider, period, share_low" in page


def test_the_codebook_names_every_column(data: Path) -> None:
    page = (data / "codebook/index.html").read_text(encoding="utf-8")
    assert [field.name for table in TABLES for field in table.fields if f"<dt>{field.name}</dt>" not in page] == []
    assert [table.name for table in TABLES if f'<h2 id="{table.name}">' not in page] == []


# Dated snapshots


@pytest.fixture(scope="module")
def released(press: Press, data: Path) -> Path:
    """Return the folder of a release that was made of these tables."""
    assert release.main(press.root / "content", data, "2025-Q4") == 0
    return press.root / "content/releases/2025-q4"


def test_a_release_is_a_valid_package_of_compressed_tables(released: Path, data: Path) -> None:
    assert errors(released / "datapackage.json") == []
    assert gzip.decompress((released / "incidents.csv.gz").read_bytes()) == (data / "incidents.csv").read_bytes()
    assert not (released / "forecast_trials.csv.gz").exists()


def test_a_release_is_the_same_bytes_each_time_and_is_never_written_over(
    released: Path, data: Path, tmp_path: Path
) -> None:
    assert release.main(tmp_path / "content", data, "2025-q4") == 0
    again = tmp_path / "content/releases/2025-q4"
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {p.name: p.read_bytes() for p in released.iterdir()}
    again_said = refusal(release.main, tmp_path / "content", data, "2025-q4")
    assert again_said == "content/releases/2025-q4 already exists, and a release never changes"


def test_the_site_copies_a_release_and_lists_it(press: Press, released: Path) -> None:
    output = press.build(NOW)
    assert (output / "data/releases/2025-q4/incidents.csv.gz").read_bytes() == (
        released / "incidents.csv.gz"
    ).read_bytes()
    assert 'href="/data/releases/2025-q4/datapackage.json"' in (output / "data/index.html").read_text()


def test_only_a_quarter_that_is_over_can_be_released() -> None:
    now = seconds(datetime(2026, 3, 2, tzinfo=UTC))
    assert release.as_of("2025-Q4", now) == "2026-01-01T00:00:00Z"
    with pytest.raises(ValueError, match=r"'2025' is not a quarter; write e\.g\. 2026-q3"):
        release.as_of("2025", now)
    with pytest.raises(ValueError, match="2026-q1 is not over; release it on 2026-04-01 or later"):
        release.as_of("2026-q1", now)


PACKED = gzip.compress(b"provider\n", mtime=0)
DESCRIBED = {"resources": [{"path": "incidents.csv.gz", "hash": f"sha256:{sha256(PACKED).hexdigest()}"}]}
CURE = "a release never changes: restore it from its history"


@pytest.mark.parametrize(
    ("files", "problems"),
    [
        ({"incidents.csv.gz": PACKED}, []),
        ({}, [f"datapackage.json: names incidents.csv.gz, which is missing; {CURE}"]),
        (
            {"incidents.csv.gz": PACKED + b" "},
            [f"incidents.csv.gz: does not match the hash in datapackage.json; {CURE}"],
        ),
        (
            {"incidents.csv.gz": PACKED, "more.csv.gz": PACKED},
            [f"more.csv.gz: is not named by datapackage.json; {CURE}"],
        ),
        ({"datapackage.json": b"[]"}, [f"datapackage.json: does not describe its tables; {CURE}"]),
    ],
)
def test_check_names_what_was_changed_in_a_release(files: dict[str, bytes], problems: list[str]) -> None:
    whole = {"datapackage.json": json.dumps(DESCRIBED).encode()} | files
    shown = [str(each) for each in releases.faults({f"releases/2026-q1/{name}": data for name, data in whole.items()})]
    assert [line.partition("2026-q1/")[2].replace(":1:1:", ":") for line in shown] == problems


# Citation


def test_the_citation_files_follow_their_format(data: Path) -> None:
    """Hold ours, and that of the tables, against the rules of the Citation File Format 1.2.0 for the keys they have."""
    text = re.compile(r"\S(.|\s)*")
    schema = {
        "type": "object",
        "required": ["authors", "cff-version", "message", "title"],
        "additionalProperties": False,
        "properties": {
            "cff-version": {"const": "1.2.0"},
            "message": {"type": "string", "pattern": text.pattern},
            "title": {"type": "string", "pattern": text.pattern},
            "abstract": {"type": "string", "pattern": text.pattern},
            "type": {"enum": ["dataset", "software"]},
            "version": {"type": "string", "pattern": text.pattern},
            "date-released": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
            "license": {"enum": ["CC0-1.0", "MIT", "CC-BY-4.0"]},
            "url": {"type": "string", "pattern": "^https?://"},
            "repository-code": {"type": "string", "pattern": "^https?://"},
            "keywords": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
            "authors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": {"name": {"type": "string", "pattern": text.pattern}, "website": {"type": "string"}},
                },
            },
        },
    }
    citation, of_tables = (yaml.safe_load((folder / "CITATION.cff").read_text()) for folder in (ROOT, data))
    for each in (citation, of_tables):
        shapes.Draft202012Validator(schema).validate(each)
    package = json.loads((data / "datapackage.json").read_text())
    cited = of_tables["title"], of_tables["version"], of_tables["date-released"], of_tables["url"]
    assert cited == (package["title"], package["version"], package["created"][:10], package["homepage"])
    assert citation["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

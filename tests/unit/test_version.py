"""The version stands in pyproject.toml alone, and whatever states a version states that one."""

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree  # type: ignore[import-untyped]

from almanac import exports
from almanac.build import unchanged
from almanac.build.settings import fingerprint
from almanac.exports import Channel, version
from almanac.model import unstamp
from tests.support.almanacs import incident
from tests.support.syndication import Press

ROOT = Path(__file__).resolve().parents[2]
NOW = unstamp("2026-03-02T14:10:00Z")
STATED = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
ODD = '1 & <2> "3"'


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    press = Press(tmp_path_factory.mktemp("version") / "site")
    press.put(incident("first", "02 10:00", "02 11:00"))
    return press.build(NOW)


def test_it_is_the_year_the_month_and_a_number() -> None:
    year, month, number = map(int, STATED.split("."))
    assert (year >= 2026, 1 <= month <= 12, f"{year}.{month:02}.{number}") == (True, True, STATED)


def test_the_code_knows_the_version_of_the_checkout_it_runs_from() -> None:
    assert version.current() == STATED


@pytest.mark.parametrize("folder", [ROOT, Path("/")], ids=["in the project", "from elsewhere"])
def test_tasks_print_it_without_an_environment(folder: Path) -> None:
    command = [sys.executable, "-S", str(ROOT / "tasks.py"), "--version"]
    done = subprocess.run(
        command, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == (f"outage-almanac {STATED}\n", "", 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[project",
        "project = 1",
        "[project]\nname = 'outage-almanac'\n",
        "[project]\nname = 'outage-almanac'\nversion = 2026.11\n",
        "[project]\nname = 'outage-almanac'\nversion = ' '\n",
        "[project]\nname = 'something-else'\nversion = '1.0'\n",
        "[project]\nname = 'outage-almanac'\nversion = '\udcff'\n",
    ],
    ids=["empty", "damaged", "no table", "none", "a number", "blank", "of another project", "no text"],
)
def test_a_file_that_states_none_stops_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert version.read(file) == "unknown"


def test_without_the_file_it_is_unknown(tmp_path: Path) -> None:
    assert [version.read(tmp_path / "pyproject.toml"), version.read(tmp_path)] == ["unknown", "unknown"]


@pytest.mark.parametrize(
    "path", ["atom.xml", "providers/groq/atom.xml", "articles/atom.xml", "updates.xml", "major.xml", "operators.xml"]
)
def test_atom_states_it(output: Path, path: str) -> None:
    feed = feedparser.parse((output / path).read_bytes()).feed
    assert feed.generator_detail == {"name": "outage-almanac", "version": STATED}


@pytest.mark.parametrize("path", ["feed.xml", "providers/groq/feed.xml", "articles/feed.xml"])
def test_rss_states_it(output: Path, path: str) -> None:
    found = etree.parse(output / path).findtext("channel/generator")
    assert found == f"outage-almanac {STATED}"


@pytest.mark.parametrize("path", ["feed.json", "providers/groq/feed.json", "articles/feed.json"])
def test_json_feed_states_it(output: Path, path: str) -> None:
    feed = json.loads((output / path).read_bytes())
    assert feed["_almanac"] == {"generator": "outage-almanac", "version": STATED}


def test_the_data_package_states_it(output: Path) -> None:
    package = json.loads((output / "data/datapackage.json").read_bytes())
    assert (package["name"], package["version"]) == ("outage-almanac", STATED)


def channel(**fields: Any) -> Channel:
    return Channel(id="tag:a,2026:a", title="A", url="https://a.example/a", home="https://a.example/", **fields)


def test_what_a_version_holds_arrives_as_it_is() -> None:
    one = channel(version=ODD)
    atom: Any = etree.fromstring(exports.atom(one, [])).find("{*}generator")
    rss = etree.fromstring(exports.rss(one, [])).findtext("channel/generator")
    assert (atom.get("version"), rss) == (ODD, f"outage-almanac {ODD}")
    assert json.loads(exports.json_feed(one, []))["_almanac"]["version"] == ODD


def test_finished_archive_documents_stay_as_they_are_from_release_to_release() -> None:
    archive = channel(current="https://a.example/atom.xml")
    assert exports.atom(replace(archive, version="2026.11.0"), []) == exports.atom(archive, [])


def test_another_version_is_a_reason_to_build_again(tmp_path: Path) -> None:
    settings = Press(tmp_path / "site").settings(NOW)
    (settings.root / "pyproject.toml").write_text("one")
    before = fingerprint(settings), unchanged.look(settings.root)
    (settings.root / "pyproject.toml").write_text("another")
    after = fingerprint(replace(settings, version="2026.12.0")), unchanged.look(settings.root)
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, False]

"""What only a build to publish makes: the search index and Parquet, found, read back, always the same, kept apart."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from almanac.exports import codebook
from almanac.exports.searchindex import SearchRecord, files
from almanac.model import Update, stamp, unstamp
from tests.support import shots
from tests.support.almanacs import at, incident
from tests.support.projects import project, tree
from tests.support.syndication import Press

NOW = unstamp("2026-03-02T14:10:00Z")
ODD = incident("odd", "02 10:00", "02 11:00", title="Zebrafinch & <b>", components=("Quokka gateway",))
SAID = incident(
    "said",
    "01 10:00",
    "01 11:00",
    provider="groq",
    updates=(Update(at=at("01 10:00"), phase=ODD.updates[0].phase, text="Wombats *slow* our clusters."),),
)
DAY_AND_MONTH = ["/incidents/2026/03/#d-2026-03-02", "/incidents/2026/03/"]
TABLES = tuple(table.name for table in codebook.TABLES)


def made(root: Path) -> Press:
    """Return a press that makes complete builds."""
    press = Press(root, complete=True)
    press.put(ODD, SAID, incident("open", "02 13:00", ""))
    return press


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a complete build."""
    return made(tmp_path_factory.mktemp("complete") / "site").build(NOW)


def rows(output: Path, name: str) -> list[dict[str, str]]:
    """Return a table as its CSV has it."""
    with (output / f"data/{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cell(value: Any) -> str:
    """Return a value of Parquet as CSV has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return stamp(value)
    return "" if value is None else " | ".join(value) if isinstance(value, list) else str(value)


def value_of(text: str) -> float | str:
    """Return the number that a cell holds, be it written 1 or 1.0; else its text."""
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_parquet_says_what_csv_says(output: Path, name: str) -> None:
    read = parquet.read_table(output / f"data/{name}.parquet").to_pylist()
    assert [{key: value_of(cell(value)) for key, value in row.items()} for row in read] == [
        {key: value_of(text) for key, text in row.items()} for row in rows(output, name)
    ]


def test_columns_have_types(output: Path) -> None:
    schema = parquet.read_schema(output / "data/incidents.parquet")
    found = {name: str(schema.field(name).type) for name in ("id", "components", "started", "posted_late", "updates")}
    assert found == {
        "id": "string",
        "components": "list<element: string>",
        "started": "timestamp[ms, tz=UTC]",
        "posted_late": "bool",
        "updates": "int64",
    }


def test_the_package_and_the_page_offer_parquet_too(output: Path) -> None:
    package, page = ((output / "data" / name).read_text() for name in ("datapackage.json", "index.html"))
    assert [name for name in TABLES if f'"path":"{name}.parquet"' not in package.replace(": ", ":")] == []
    assert [name for name in TABLES if f'href="/data/{name}.parquet"' not in page] == []


def test_a_preview_has_none_of_it_and_says_how_to_get_it(tmp_path: Path) -> None:
    press = Press(tmp_path / "site")
    press.put(ODD)
    found = tree(press.build(NOW))
    assert [path for path in found if path.endswith(".parquet") or path.startswith("pagefind/")] == []
    page = found["search/index.html"].decode()
    assert ("<script" in page, "wasm" in page, "this preview was made without it" in page) == (False, False, True)


@pytest.mark.slow
def test_parquet_without_its_library_is_one_clear_line_and_nothing_is_built(tmp_path: Path) -> None:
    root = project(tmp_path / "site")
    without = (
        "import sys; sys.modules['pyarrow'] = None; sys.path.insert(0, 'plugins'); from almanac.commands import build; "
    )
    build = "build.build(__import__('pathlib').Path('publishconf.py').absolute(), pull=False)"
    env = os.environ | {"ALMANAC_PARQUET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", without + build], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.splitlines(), (root / "output").exists()) == (
        1,
        "",
        [
            (
                "ALMANAC_PARQUET is 1, and pyarrow is not installed: have ALMANAC_PARQUET=1 in the environment of "
                "`python3 tasks.py publish`, which installs it, or write 0 for no Parquet"
            ),
            "build failed: fix the problems above",
        ],
        False,
    )


@pytest.mark.slow
def test_who_does_not_ask_for_parquet_needs_no_library_for_it(tmp_path: Path) -> None:
    root = project(tmp_path / "site")
    without = (
        "import sys; sys.modules['pyarrow'] = None; sys.path.insert(0, 'plugins'); from almanac.commands import build; "
    )
    build = "build.build(__import__('pathlib').Path('publishconf.py').absolute(), pull=False)"
    env = {name: value for name, value in os.environ.items() if name != "ALMANAC_PARQUET"}
    done = subprocess.run(
        [sys.executable, "-c", without + build], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    data = {path.name for path in (root / "output/data").iterdir() if path.is_file()}
    assert data == {
        "index.html",
        "datapackage.json",
        "CITATION.cff",
        *(f"{t}.{form}" for t in TABLES for form in ("csv", "jsonl")),
    }


def test_a_complete_build_is_the_same_every_time(output: Path, tmp_path: Path) -> None:
    assert tree(made(tmp_path / "site").build(NOW)) == tree(output)


def test_the_index_stands_while_nothing_that_is_found_changes(tmp_path: Path) -> None:
    press = made(tmp_path / "site")
    still = {path: path.stat().st_mtime_ns for path in press.build(NOW).glob("pagefind/**/*") if path.is_file()}
    press.build(NOW + timedelta(minutes=5))
    assert {path: path.stat().st_mtime_ns for path in still} == still


def test_what_is_no_more_leaves_the_index(tmp_path: Path) -> None:
    press = made(tmp_path / "site")
    before = set(tree(press.build(NOW)))
    (path,) = (press.root / "content/incidents").rglob("*odd.md")
    path.unlink()
    after = set(tree(press.build(NOW)))
    clean = Press(tmp_path / "clean", complete=True)
    clean.put(SAID, incident("open", "02 13:00", ""))
    wanted = {path for path in tree(clean.build(NOW)) if path.startswith("pagefind/")}
    assert {path for path in after if path.startswith("pagefind/")} == wanted
    assert len(before) > len(after)


def test_an_index_of_many_is_the_same_in_any_run() -> None:
    many = [
        SearchRecord(
            f"/{n}/", f"Title {n}", "note", f"word{n}", "name", (f"provider-p{n % 30}", f"kind-k{n % 4}"), str(n)
        )
        for n in range(300)
    ]
    first = files(many)
    assert first == files(many)
    assert len([path for path in first if path.endswith(".pf_fragment")]) == 300


@pytest.fixture
def page(output: Path, browser: Any) -> Iterator[Any]:
    """Yield the search page in a window of its own."""
    with shots.served(output) as here:
        page = browser.new_page()
        page.goto(f"{here}/search/")
        yield page
        page.close()


def found(page: Any) -> list[str]:
    """Return the addresses of what was found."""
    return [link.get_attribute("href") for link in page.locator("#found a").all()]


@pytest.mark.browser
@pytest.mark.slow
def test_an_incident_is_found_by_its_component_with_the_keyboard_alone(page: Any) -> None:
    page.get_by_label("Search for").focus()
    page.keyboard.type("quokka")
    page.wait_for_selector("#found a")
    assert found(page) == ["/incidents/anthropic/odd/"]
    assert page.locator("#found a").inner_text() == "Zebrafinch & <b>"


@pytest.mark.browser
@pytest.mark.slow
def test_an_incident_is_found_by_what_was_posted(page: Any) -> None:
    page.get_by_label("Search for").fill("wombats")
    page.wait_for_selector("#found a")
    assert page.locator("#found li").inner_text().splitlines()[-1].startswith("Wombats slow our clusters")


@pytest.mark.browser
@pytest.mark.slow
def test_what_is_found_can_be_limited_without_words(page: Any) -> None:
    page.get_by_label("Provider").select_option("Groq")
    page.wait_for_selector("#found a")
    assert sorted(found(page)) == ["/incidents/groq/said/", "/providers/groq/"]
    page.get_by_label("Kind").select_option("Provider")
    page.locator("#found a").nth(1).wait_for(state="detached")
    assert found(page) == ["/providers/groq/"]
    assert page.url.partition("?")[2] == "provider=provider-groq&kind=kind-provider"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "links"),
    [
        ("Anthropic", ["/providers/anthropic/"]),
        ("is groq down", ["/providers/groq/"]),
        *((words, DAY_AND_MONTH) for words in ("2 March 2026", "2026-03-02", "the outage of March 2nd, 2026", "mar 2")),
        ("March 2026", ["/incidents/2026/03/"]),
        ("2026-03", ["/incidents/2026/03/"]),
        ("2 March 2019", []),
        ("2 markets", []),
        ("groq vs claude", ["/providers/anthropic/", "/providers/groq/", "/compare/anthropic/groq/"]),
        ("quokka", []),
    ],
)
def test_a_provider_by_any_of_its_names_and_a_date_lead_straight_to_their_page(
    page: Any, words: str, links: list[str]
) -> None:
    page.get_by_label("Search for").fill(words)
    page.wait_for_timeout(300)
    assert [link.get_attribute("href") for link in page.locator("#direct a").all()] == links


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "urls"),
    [
        ("said", ["/incidents/groq/said/"]),
        ("1 March 2026", ["/incidents/groq/said/"]),
        ("outage on 1 March 2026", ["/incidents/groq/said/"]),  # though nothing says "outage": what happened that day
        ("2 March 2026", ["/incidents/anthropic/odd/", "/incidents/anthropic/open/"]),
    ],
)
def test_an_incident_is_found_by_its_id_and_by_its_day(page: Any, words: str, urls: list[str]) -> None:
    page.get_by_label("Search for").fill(words)
    page.wait_for_selector("#found a")
    assert sorted(found(page)) == urls


@pytest.mark.browser
@pytest.mark.slow
def test_a_result_says_when_it_began_and_how_long_it_took(page: Any) -> None:
    page.get_by_label("Search for").fill("quokka")
    page.wait_for_selector("#found a")
    assert page.locator("#found small").inner_text().replace("\xa0", " ").endswith("2 March 2026, 10:00 UTC · 1 h")


@pytest.mark.browser
@pytest.mark.slow
def test_where_nothing_is_found_it_is_said_what_could_be(page: Any) -> None:
    page.get_by_label("Search for").fill("xyzzyplugh")
    page.get_by_text("No results. Try fewer or other words").wait_for()
    assert found(page) == []

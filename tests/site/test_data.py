"""The record as tables, and what tells programs where things are: read back, complete, and true to its hashes."""

from __future__ import annotations

import csv
import json
import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from almanac import archive
from almanac.exports.codebook import INCIDENTS, TABLES
from almanac.exports.table import as_csv, as_jsonl
from almanac.model import stamp, unstamp
from tests.support import shapes
from tests.support.almanacs import incident
from tests.support.syndication import HOST, Press, xml

NOW = unstamp("2026-03-02T14:10:00Z")
TYPES: dict[str, Any] = {
    "string": {"type": "string"},
    "array": {"type": "array", "items": {"type": "string"}},
    "boolean": {"type": ["boolean", "null"]},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "datetime": {"anyOf": [{"type": "null"}, {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}]},
}


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    """Return a press that has made a site of three incidents."""
    made = Press(tmp_path_factory.mktemp("data") / "site")
    made.put(
        incident("first", "02 10:00", "02 11:00", title='A "title", with commas\tand more'),
        incident("open", "02 13:00", ""),
        incident("old", "2025-12-31 23:00", "2025-12-31 23:30", provider="groq", components=()),
    )
    made.build(NOW)
    return made


@pytest.fixture(scope="module")
def output(press: Press) -> Path:
    return press.output


def rows(output: Path, name: str) -> list[dict[str, str]]:
    with (output / f"data/{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lines(output: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (output / f"data/{name}.jsonl").read_text().splitlines()]


def test_an_incident_is_a_row(output: Path) -> None:
    assert [(row["provider"], row["id"]) for row in rows(output, "incidents")] == [
        ("anthropic", "open"),
        ("anthropic", "first"),
        ("groq", "old"),
    ]
    assert rows(output, "incidents")[1] == {
        "provider": "anthropic",
        "id": "first",
        "id_is_ours": "false",
        "title": "claude.ai and Claude API down for 1 h",
        "kind": "degradation",
        "impact": "major",
        "impact_stated": "major",
        "severity_low": "partial",
        "severity_high": "partial",
        "counts": "yes",
        "why_not": "",
        "phase": "resolved",
        "components": "claude.ai | Claude API (api.anthropic.com)",
        "started": "2026-03-02T10:00:00Z",
        "started_basis": "first-update",
        "ended": "2026-03-02T11:00:00Z",
        "ended_basis": "resolved-update",
        "precision": "second",
        "posted": "2026-03-02T10:00:00Z",
        "posted_late": "false",
        "first_seen": "2026-03-02T10:04:00Z",
        "vanished": "",
        "imported": "",
        "updates": "3",
        "edits": "0",
        "changed": "2026-03-02T11:00:00Z",
        "source": "https://status.claude.com/incidents/first",
        "url": f"{HOST}/incidents/anthropic/first/",
        "impact_basis": "",
        "components_basis": "",
        "trouble_seconds": "0",
        "last_open": "",
    }


def test_without_an_end_it_says_when_it_was_last_seen_open(output: Path) -> None:
    assert [(row["ended"], row["last_open"]) for row in rows(output, "incidents")[:1]] == [("", stamp(NOW))]


def test_the_whole_is_the_sum_of_its_parts(output: Path) -> None:
    for name in ("incidents", "updates", "numbers"):
        for read in (rows, lines):
            assert [*read(output, f"{name}/anthropic"), *read(output, f"{name}/groq")] == read(output, name)


def test_what_is_not_known_is_empty_in_one_form_and_null_in_the_other(output: Path) -> None:
    assert (rows(output, "incidents")[0]["ended"], lines(output, "incidents")[0]["ended"]) == ("", None)


@pytest.mark.parametrize("name", [table.name for table in TABLES])
def test_both_forms_say_the_same(output: Path, name: str) -> None:
    def cell(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else " | ".join(value) if isinstance(value, list) else str(value)

    assert rows(output, name) == [{key: cell(value) for key, value in line.items()} for line in lines(output, name)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_are_of_the_types_the_schema_promises(output: Path, table: Any) -> None:
    fields = {field.name: TYPES[field.type] for field in table.fields}
    schema = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    for line in lines(output, table.name):
        shapes.Draft202012Validator(schema).validate(line)


def package(output: Path) -> Any:
    return json.loads((output / "data/datapackage.json").read_bytes())


def files(package: Any) -> list[Any]:
    """Return every file that a package names, with its hash."""
    return [file for resource in package["resources"] for file in (resource, *resource["alternates"])]


def test_the_package_tells_licence_cut_off_and_the_hash_of_every_file(output: Path) -> None:
    found = package(output)
    assert (found["licenses"][0]["name"], found["cut_off"]) == ("CC0-1.0", "2026-03-02T14:10:00Z")
    assert [file["path"] for file in files(found)] == [
        f"{table.name}.{form}" for table in TABLES for form in ("csv", "jsonl")
    ]
    for file in files(found):
        data = (output / "data" / file["path"]).read_bytes()
        assert (file["bytes"], file["hash"]) == (len(data), f"sha256:{sha256(data).hexdigest()}")


def test_a_change_reaches_tables_and_hashes_at_once(tmp_path: Path) -> None:
    press = Press(tmp_path / "site")
    press.put(incident("first", "02 10:00", "02 11:00"))
    press.build(NOW)
    press.put(incident("first", "02 10:00", "02 11:30"))
    output = press.build(NOW)
    assert rows(output, "incidents")[0]["title"] == "claude.ai and Claude API down for 1 h 30 min"
    assert rows(output, "numbers/anthropic")[0]["share_low"] == rows(output, "numbers")[0]["share_low"]
    test_the_package_tells_licence_cut_off_and_the_hash_of_every_file(output)


def test_tables_of_incidents_stand_still_while_nothing_happens(tmp_path: Path) -> None:
    press = Press(tmp_path / "site")
    press.put(incident("first", "02 10:00", "02 11:00"))
    still = {
        path: path.stat().st_mtime_ns
        for name in ("incidents", "updates")
        for path in press.build(NOW).glob(f"data/{name}.*")
    }
    press.build(NOW + timedelta(hours=1))
    assert {path: path.stat().st_mtime_ns for path in still} == still


def test_an_empty_table_is_a_header_and_nothing() -> None:
    assert as_csv(INCIDENTS, []).decode().startswith("provider,id,id_is_ours,title,")
    assert (as_csv(INCIDENTS, []).count(b"\n"), as_jsonl(INCIDENTS, [])) == (1, b"")


def test_the_page_of_data_offers_every_table_with_its_hash(output: Path) -> None:
    page = BeautifulSoup((output / "data/index.html").read_bytes(), "lxml")
    offered = {str(link["href"]) for link in page.select("main a[href^='/data/']")}
    offers = files(package(output))
    fixed = ("sources/", "datapackage.json", "incidents/anthropic.csv")
    coded = ("codebook/", *(f"codebook/#{table.name}" for table in TABLES))
    assert offered == {f"/data/{name}" for name in (*fixed, *coded, *(file["path"] for file in offers))}
    assert all(file["hash"].removeprefix("sha256:") in page.get_text() for file in offers)


def missing(output: Path, links: list[str]) -> list[str]:
    """Those that lead nowhere."""
    return [link for link in links if not (output / link).is_file() and not (output / link / "index.html").is_file()]


def test_the_page_of_ways_to_follow_leads_to_what_is_there(output: Path) -> None:
    page = BeautifulSoup((output / "subscribe/index.html").read_bytes(), "lxml")
    links = [href.lstrip("/") for link in page.select("main a") if not (href := str(link["href"])).startswith("#")]
    assert len(links) > 20
    assert missing(output, links) == []


def addresses(path: Path) -> dict[str, str]:
    """Return what a sitemap names, with when it changed."""
    return {str(entry[0].text).removeprefix(HOST): str(entry[1].text) if len(entry) > 1 else "" for entry in xml(path)}


def test_the_sitemaps_name_every_page_once_and_no_other(output: Path) -> None:
    maps = addresses(output / "sitemap.xml")
    named = [url for name in maps for url in addresses(output / name.lstrip("/"))]
    pages = {f"/{path.parent.relative_to(output)}/".replace("/./", "/"): path for path in output.glob("**/index.html")}
    canonical = re.compile(r'<link rel="canonical" href="https?://[^/"]+([^"]*)">')  # others only lead on
    made = {url for url, path in pages.items() if canonical.findall(path.read_text()) == [url]}
    written = {"/about/", "/methodology/"}  # by people: Pelican prints them, which does not run here
    assert len(named) == len(set(named))
    assert set(named) == {url for url in made | written if not url.endswith("/at/")}


def test_a_page_changed_when_its_content_did(output: Path) -> None:
    assert addresses(output / "sitemap-anthropic-2026.xml") == {
        "/incidents/anthropic/open/": "2026-03-02T13:35:00Z",
        "/incidents/anthropic/first/": "2026-03-02T11:00:00Z",
    }
    pages = addresses(output / "sitemap-pages.xml")
    assert {url: pages[url] for url in ("/", "/providers/groq/", "/incidents/2025/12/", "/claims/")} == {
        "/": "2026-03-02T13:35:00Z",
        "/providers/groq/": "2025-12-31T23:30:00Z",
        "/incidents/2025/12/": "2025-12-31T23:30:00Z",
        "/claims/": "",
    }


def test_the_page_of_an_incident_has_a_twin_in_markdown(press: Press, output: Path) -> None:
    old = incident("old", "2025-12-31 23:00", "2025-12-31 23:30", provider="groq", components=())
    twin, kept = output / "incidents/groq/old/index.md", press.root / f"content/incidents/{archive.file_of(old)}"
    assert twin.read_bytes() == kept.read_bytes()
    assert archive.parse(twin.read_text()) == old
    page = BeautifulSoup((output / "incidents/groq/old/index.html").read_bytes(), "lxml")
    links = [link["href"] for link in page.find_all("link", rel="alternate", type="text/markdown")]
    assert links == ["/incidents/groq/old/index.md"]


def test_programs_are_told_where_to_look(output: Path) -> None:
    assert f"Sitemap: {HOST}/sitemap.xml" in (output / "robots.txt").read_text().splitlines()
    said = (output / "llms.txt").read_text()
    assert said.startswith("# Outage Almanac\n\n> ")
    links = [part.partition(")")[0].removeprefix(HOST).lstrip("/") for part in said.split("](")[1:]]
    made = [link for link in links if link != "methodology/"]
    assert missing(output, made) == []

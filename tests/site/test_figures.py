"""A chart can be taken along: as a drawing that says all that is needed to read it, as data, and in a frame."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from lxml import etree  # type: ignore[import-untyped]

from almanac.content.article import ArticleCard
from almanac.model import unstamp
from tests.support.almanacs import incident
from tests.support.syndication import HOST, Press, many

SVG = "{http://www.w3.org/2000/svg}"
NOON = unstamp("2026-03-02T16:00:00Z")
ABOUT: dict[str, Any] = {
    "url": "/articles/2026/claude-fails/",
    "title": "Claude fails",
    "date": unstamp("2026-03-01T15:00:00Z"),
    "incidents": (("anthropic", "first"),),
}
DAYS_OF = ("providers/anthropic", "providers/groq", "providers/anthropic/api")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    press = Press(tmp_path_factory.mktemp("figures") / "site")
    press.put(incident("first", "2026-02-20 10:00", "2026-02-21 09:00"), incident("now", "02 15:00", ""), *many(40))
    return press.build(NOON, articles=[ArticleCard(**ABOUT)])


def soup(markup: str) -> Any:
    return BeautifulSoup(markup, "lxml")


def words(path: Path) -> list[str]:
    """Return the texts of a drawing, top down."""
    root = etree.parse(path, etree.XMLParser(resolve_entities=False)).getroot()
    assert (root.tag, root.get("width")) == (f"{SVG}svg", "1000")
    return [text.text.replace("\u00a0", " ") for text in root.iter(f"{SVG}text")]


def test_a_drawing_has_title_span_way_to_read_it_source_moment_and_licence(output: Path) -> None:
    said = words(output / "providers/anthropic/chart.svg")
    assert said[:3] == [
        "Claude: what was reported, day by day",
        "2 December 2025 to 1 March 2026",
        "Height and colour: the worst status reported for each day, UTC",
    ]
    assert said[-2:] == [
        f"Source: providers’ status pages, archived by Outage Almanac, {HOST}/providers/anthropic/",
        "Data up to 1 March 2026 · CC0 1.0, free to use",
    ]


@pytest.mark.parametrize("folder", DAYS_OF)
def test_its_data_are_the_days_that_it_shows(output: Path, folder: str) -> None:
    rows = list(csv.DictReader(io.StringIO((output / folder / "chart.csv").read_text())))
    assert [len(rows), rows[0]["date"], rows[-1]["date"]] == [90, "2025-12-02", "2026-03-01"]
    bad = {row["date"]: row["worst_status"] for row in rows if row["worst_status"] != "no incident reported"}
    assert bad == ({} if "groq" in folder else {"2026-02-20": "major", "2026-02-21": "major"})


def test_a_frame_holds_the_drawing_with_its_words_and_no_script_and_leads_to_the_page(output: Path) -> None:
    page = soup((output / "providers/anthropic/embed.html").read_text())
    assert (page.img["src"], page.a["href"], page.a["target"]) == (
        "/providers/anthropic/chart.svg",
        "/providers/anthropic/",
        "_top",
    )
    assert "Claude: what was reported, day by day, 2\u00a0December\u00a02025 to" in str(page.img["alt"])
    assert page.find_all(["script", "style"]) == []
    assert str(page.find("meta", {"http-equiv": True})["content"]).startswith("default-src 'none'; style-src 'self'; ")


def test_an_incident_that_an_article_cites_is_drawn_to_scale(output: Path) -> None:
    folder = output / "incidents/anthropic/first"
    said = words(folder / "chart.svg")
    assert said[0] == "Claude: major outage, claude.ai + API"
    assert said[-2:] == [
        f"Source: providers’ status pages, archived by Outage Almanac, {HOST}/incidents/anthropic/first/",
        "Data up to 21 February 2026, 09:00 UTC · CC0 1.0, free to use",
    ]
    rings = etree.parse(folder / "chart.svg").getroot().findall(f".//{SVG}circle")
    rows = list(csv.reader(io.StringIO((folder / "chart.csv").read_text())))
    assert (len(rings), rows) == (
        3,
        [
            ["time", "phase"],
            ["2026-02-20T10:00:00Z", "investigating"],
            ["2026-02-20T21:30:00Z", "identified"],
            ["2026-02-21T09:00:00Z", "resolved"],
        ],
    )
    assert not (output / "incidents/anthropic/now/chart.svg").exists()


def test_every_page_that_offers_a_chart_leads_to_its_files(output: Path) -> None:
    offering = {}
    for page in output.rglob("index.html"):
        for box in soup(page.read_text()).select("details:has(> summary:-soup-contains('Use this chart'))"):
            files = [link["href"] for link in box.select("a")]
            files.append(soup(box.code.get_text()).iframe["src"].removeprefix(HOST))
            assert [name for name in files if not (output / str(name).lstrip("/")).is_file()] == []
            offering[page.parent.relative_to(output).as_posix()] = files
    assert offering.keys() >= {*DAYS_OF, "reports/2026-02", "incidents/anthropic/first"}
    assert offering["providers/groq"] == [
        f"/providers/groq/{name}" for name in ("chart.svg", "chart.csv", "embed.html")
    ]


def test_a_report_is_drawn_with_a_row_a_provider(output: Path) -> None:
    said = words(output / "reports/2026-02/chart.svg")
    assert {"Claude", "Groq"} <= {*said}
    rows = list(csv.DictReader(io.StringIO((output / "reports/2026-02/chart.csv").read_text())))
    assert [row["provider"] for row in rows] == ["Claude", "Groq"]
    assert rows[0]["incidents"] == "1"


def test_the_days_of_a_chart_file_move_with_the_day_and_not_with_the_clock(tmp_path: Path) -> None:
    press = Press(tmp_path / "site")
    press.put(incident("first", "2026-02-20 10:00", "2026-02-21 09:00"))
    before = (press.build(NOON) / "providers/anthropic/chart.svg").read_bytes()
    assert (press.build(NOON.replace(hour=20)) / "providers/anthropic/chart.svg").read_bytes() == before
    assert (press.build(NOON.replace(day=3)) / "providers/anthropic/chart.svg").read_bytes() != before

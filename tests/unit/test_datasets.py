"""Data sets are described by people, and their pages say what of them counts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from almanac.content import datasets as described
from almanac.content.datasets import DataSet
from almanac.model import Pulls, Span
from almanac.views import datasets
from almanac.views.base import Link
from almanac.views.datasets import DataSetLine, DataSetProvider, SpanLine
from tests.support.almanacs import almanac, at, incident

FILE = """---
slug: acme-archive
name: An archive of Acme
made_by: Ada Example
url: https://archive.example/acme
summary: Every incident of Acme.
complete: part
tested: Two of three incidents are in it.
warts:
  - Times are to the minute.
---
"""
ARCHIVE = DataSet(
    slug="acme-archive",
    name="An archive of Acme",
    made_by="Ada Example",
    url="https://archive.example/acme",
    licence="",
    summary="Every incident of Acme.",
    complete="part",
    tested="Two of three incidents are in it.",
    warts=("Times are to the minute.",),
)


def test_a_file_describes_a_data_set(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "acme-archive.md").write_text(FILE)
    assert described.load(tmp_path) == ((ARCHIVE,), ())


@pytest.mark.parametrize(
    ("old", "new", "name", "fault"),
    [
        (
            "slug: acme-archive",
            "slug: other",
            "acme-archive",
            "2:1: slug: 'other' is not the file's name; write acme-archive",
        ),
        (
            "complete: part",
            "complete: mostly",
            "acme-archive",
            "7:1: complete: 'mostly' is not allowed; use whole, part or untested",
        ),
        ("made_by: Ada Example\n", "", "acme-archive", "1:1: made_by: is missing; add a line `made_by: …`"),
        ("", "", "Acme Archive", "1:1: is not read; name it content/sources/<a-z, 0-9, ->.md"),
    ],
)
def test_what_is_wrong_in_it_is_named_with_its_place(old: str, new: str, name: str, fault: str) -> None:
    one, faults = described.read(FILE.replace(old, new).encode(), f"sources/{name}.md")
    assert (one, [str(each) for each in faults]) == (None, [f"content/sources/{name}.md:{fault}"])


def test_a_page_says_what_of_a_data_set_counts_and_of_what_it_speaks() -> None:
    inside = incident("in", "02 10:00", "02 11:00", imported="acme-archive")
    outside = incident("out", "2024-02-20 10:00", "2024-02-20 11:00", imported="acme-archive")
    span = Span(
        since=at("01 00:00"), until=at("03 00:00"), dataset="acme-archive", products=("Claude API", "claude.ai")
    )
    cut = Span(since=at("01 00:00") - timedelta(days=3), until=at("01 00:00"), dataset="acme-archive")
    watched = Pulls(provider="anthropic", coverage=(span,), cuts=(cut,))
    world = replace(almanac([inside, outside], watched=[watched]), datasets=(ARCHIVE,))
    page = datasets.dataset(world, "acme-archive")
    claude = Link("/providers/anthropic/", "Claude")
    assert [line._replace(time=line.time.replace("\u00a0", " ")) for line in page.spans] == [
        SpanLine(claude, "1 March to 2 March 2026", "of Claude API and claude.ai only"),
        SpanLine(
            claude,
            "26 February to 28 February 2026",
            "excluded, because too much was missing: its incidents count only where another source covers the time",
        ),
    ]
    assert page.providers == (
        DataSetProvider(claude, "2", Link("/data/incidents/anthropic.csv", "CSV"), "1 of them in covered time"),
    )
    assert [row.url for row in page.newest] == ["/incidents/anthropic/in/", "/incidents/anthropic/out/"]
    assert (page.title, page.licence, page.complete) == (
        "An archive of Acme",
        "none stated; only facts were taken",
        "a part",
    )


@pytest.mark.parametrize("name", ["../../etc", "a/b", "A", "", "x" * 65, "a\n"])
def test_a_name_that_is_no_slug_has_no_page(name: str) -> None:
    world = almanac([incident("a", "02 10:00", "02 11:00", imported=name)])
    assert (datasets.slugs(world), datasets.url(name)) == ((), "")


def test_a_data_set_that_nobody_described_is_listed_all_the_same() -> None:
    world = almanac([incident("a", "02 10:00", "02 11:00", imported="mystery")])
    assert datasets.datasets(world).lines == (
        DataSetLine(Link("/data/sources/mystery/", "mystery"), "", "not tested", "1", "2\u00a0March\u00a02026"),
    )
    assert datasets.dataset(world, "mystery").stand == "Nobody has described this data set yet."

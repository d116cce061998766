"""Trouble that no provider declared is brought with two witnesses, marked wherever it stands, and counted nowhere."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from almanac.commands import build as build_command
from almanac.content import undeclared
from almanac.content.undeclared import Undeclared, Witness
from tests.support import projects
from tests.unit.test_check import content, found, put

__all__ = ["content"]  # a fixture

FILE = "undeclared/anthropic/2026-03-02-slow-answers.md"
TEXT = """---
title: Answers took minutes
start: 2026-03-02T09:00:00Z
end: 2026-03-02T10:30:00Z
summary: Users waited minutes; the status page showed nothing.
evidence:
  - {url: "https://paper.example/a", title: It crawls, publisher: The Paper, date: 2026-03-02T09:50:00Z, grade: press}
  - {url: "https://forum.example/1", title: Waiting?, publisher: Forum, date: 2026-03-02T09:05:00Z, grade: user-report}
contributor: Ada Example
date: 2026-03-02T12:00:00Z
---
"""


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


def test_it_is_read_with_its_witnesses_oldest_first() -> None:
    assert undeclared.read(TEXT.encode(), FILE) == (
        Undeclared(
            provider="anthropic",
            slug="2026-03-02-slow-answers",
            title="Answers took minutes",
            started=at(9),
            ended=at(10, 30),
            summary="Users waited minutes; the status page showed nothing.",
            evidence=(
                Witness("https://forum.example/1", "Waiting?", "Forum", at(9, 5), "user-report"),
                Witness("https://paper.example/a", "It crawls", "The Paper", at(9, 50), "press"),
            ),
            contributor="Ada Example",
            date=at(12),
            file=FILE,
        ),
        (),
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('  - {url: "https://forum', "#", "6:1: evidence: is too few; name at least two"),
        (
            "publisher: Forum",
            "publisher: the paper",
            "6:1: evidence: comes from one publisher only; add a report by a second one",
        ),
        (
            "grade: press",
            "grade: official",
            ("7:106: evidence.0.grade: 'official' is not allowed; use press, user-report or unverified"),
        ),
        (
            "https://paper",
            "javascript://paper",
            (
                "7:6: evidence.0.url: 'javascript://paper.example/a' is not a valid URL; "
                "write it in full, e.g. https://status.example.com/"
            ),
        ),
        ("end: 2026-03-02T10", "end: 2026-03-02T08", "4:1: end: is before the start; correct one of the two"),
        (
            "start: 2026-03-02",
            "start: 2026-03-01",
            "3:1: start: is not the day in the file's name; name the file 2026-03-01-<words>.md",
        ),
        ("date: 2026-03-02T12", "date: 2026-03-02T08", "10:1: date: is before the start; write the day of this report"),
        (
            "end: 2026-03-02T10",
            "end: 2026-03-02T13",
            "4:1: end: is after the date, when nobody could know it; write when it was, or leave it out",
        ),
        (
            "date: 2026-03-02T09:50",
            "date: 2026-03-02T12:50",
            "7:78: evidence.0.date: is after the date of this file; write when each was",
        ),
        ("contributor: Ada Example", "impact: major", "9:1: impact: is not a known key; known: title, start"),
        ("Z\n---\n", "Z\n---\n\nMore.\n", "12:1: has a text; put a sentence or two into `summary`"),
    ],
)
def test_what_is_wrong_is_named_with_a_cure(content: Path, old: str, new: str, problem: str) -> None:
    assert old in TEXT
    put(content, FILE, TEXT.replace(old, new, 1))
    assert any(line.startswith(f"{FILE}:{problem}") for line in found(content)), found(content)


def test_its_folder_is_a_providers(content: Path) -> None:
    put(content, FILE, TEXT)
    assert found(content) == []
    put(content, FILE.replace("anthropic", "antropic"), TEXT)
    put(content, "undeclared/slow.md", TEXT)
    assert found(content) == [
        "undeclared/antropic/2026-03-02-slow-answers.md:1:1: 'antropic' is not a provider here; did you mean anthropic?",
        "undeclared/slow.md:1:1: is not read; name it content/undeclared/<provider>/<year>-<month>-<day>-<words>.md",
    ]


def build(root: Path) -> dict[str, bytes]:
    build_command.build(root / "pelicanconf.py", now="2026-03-02T14:10:00Z", output="output")
    return dict(projects.tree(root / "output"))


def test_it_is_shown_with_its_mark_and_counts_nowhere(tmp_path: Path) -> None:
    root = projects.project(tmp_path)
    before = build(root)
    projects.write(root, FILE, TEXT)
    after = build(root)
    address = "undeclared/anthropic/2026-03-02-slow-answers/index.html"
    assert {path for path in after if after[path] != before.get(path)} == {
        address,
        "undeclared/index.html",
        "undeclared/atom.xml",
        "providers/anthropic/index.html",
        "sitemap-pages.xml",
    }
    page = after[address].decode()
    assert '<p class="kicker">Unacknowledged outage</p><h1>Answers took minutes</h1>' in page
    assert "It is not counted in our statistics." in page
    assert '<a href="/incidents/anthropic/first/">' in page  # reported within hours of it
    assert b"<b>Unacknowledged.</b>" in after["providers/anthropic/index.html"]
    assert b"Unacknowledged: Claude: Answers took minutes" in after["undeclared/atom.xml"]
    assert json.loads(after["api/v2/incidents.json"]) == json.loads(before["api/v2/incidents.json"])


def test_a_build_of_the_time_before_it_was_brought_does_not_have_it(tmp_path: Path) -> None:
    root = projects.project(tmp_path)
    before = build(root)
    projects.write(root, FILE, TEXT.replace("date: 2026-03-02T12", "date: 2026-03-02T16"))
    assert build(root) == before

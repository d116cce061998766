"""Providers that no program can read: a line each, and a complaint with its place for each line that is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from almanac import views
from almanac.content import unwatched
from almanac.content.unwatched import Unwatched
from tests.support.almanacs import almanac

LINE = "Zeta | https://zeta.example/status | It has no feed. | acme/watch, issue 7"
ZETA = Unwatched("Zeta", "https://zeta.example/status", "It has no feed.", "acme/watch, issue 7")


def complaints(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    value, faults = unwatched.read(data, unwatched.FILE)
    assert value is None
    return [str(fault) for fault in faults]


def test_each_line_is_a_provider_by_name_and_remarks_are_none(tmp_path: Path) -> None:
    (tmp_path / unwatched.FILE).write_text(f"# remark\n\n{LINE}\n{LINE.replace('Zeta', 'alpha', 1)}\n")
    assert unwatched.load(tmp_path) == ((ZETA._replace(name="alpha"), ZETA), ())


def test_without_a_file_there_is_nobody(tmp_path: Path) -> None:
    assert unwatched.load(tmp_path) == ((), ())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Zeta | https://zeta.example/", "has 2 parts, or an empty one; write name | page | why | evidence"),
        (LINE.replace("It has no feed.", ""), "has 4 parts, or an empty one; write name | page | why | evidence"),
        (
            LINE.replace("https://zeta.example/status", "javascript:alert(1)"),
            "'javascript:alert(1)' is not a valid URL; write it in full, e.g. https://status.example.com/",
        ),
        (
            LINE.replace("no", "\u202eno"),
            ("is too long or holds control characters; write name | page | why | evidence in at most 1,000 characters"),
        ),
        (
            LINE + "x" * 1000,
            ("is too long or holds control characters; write name | page | why | evidence in at most 1,000 characters"),
        ),
    ],
)
def test_a_line_that_is_none_is_named_with_its_place(line: str, message: str) -> None:
    assert complaints(f"{LINE}\n{line}\n") == [f"content/unwatched.txt:2:1: {message}"]


def test_what_is_no_text_is_refused() -> None:
    assert complaints(b"\xff") == ["content/unwatched.txt:1:1: is not UTF-8; save it as UTF-8"]


def test_the_status_page_shows_them() -> None:
    page = views.status(replace(almanac(), unwatched=(ZETA,)))
    assert page.unwatched == (ZETA,)

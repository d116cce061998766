"""Whatever strangers call things, files are named by us."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac import archive
from almanac.model import card
from bench import paths


def test_naughty_names_make_no_file_outside_and_no_two_share_one(tmp_path: Path) -> None:
    assert list(paths.filed([name for name in paths.names() if len(name) < 500][:150], tmp_path)) == []


@pytest.mark.slow
def test_the_site_of_naughty_names_stays_where_it_belongs_and_tells_any_two_apart(tmp_path: Path) -> None:
    assert list(paths.published([name for name in paths.names() if len(name) < 500][:90], tmp_path / "site")) == []


def test_what_stands_elsewhere_than_in_output_and_state_is_told() -> None:
    after = {"out/index.html": b"new", ".out-state/x": b"new", "output/x": b"new", "content/a.md": b"new"}
    assert list(paths.strayed({"content/a.md": b"", "b": b""}, after)) == [
        "b is outside",
        "content/a.md is outside",
        "output/x is outside",
    ]


def test_names_that_are_not_plain_are_told(tmp_path: Path) -> None:
    for name in ("a", "A", "a.b-1.xml", ".x", "a b", "incidents"):
        (tmp_path / name).write_text("")
    assert sorted(paths.misnamed(tmp_path)) == [
        ".x is no name of ours",
        "A is no name of ours",
        "a b is no name of ours",
        "a is there 2 times but for case",
    ]


def test_no_naughty_name_is_a_provider(tmp_path: Path) -> None:
    assert list(paths.accepted(paths.OURS[:12], tmp_path)) == []


@given(st.text(min_size=1))
def test_a_slug_is_short_plain_and_names_no_device(name: str) -> None:
    slug = archive.slug_of(name.encode("utf-8", "replace").decode())
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 1 <= len(slug) <= 73
    assert slug not in paths.DEVICES


def test_an_id_that_looks_like_another_with_its_hash_gets_a_file_of_its_own(tmp_path: Path) -> None:
    assert list(paths.filed(["Foo", archive.slug_of("Foo"), "con", "CON"], tmp_path)) == []


def test_an_id_made_to_look_like_the_name_that_such_a_one_got_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = ["Foo", archive.slug_of("Foo")]
    for _ in range(3):
        archive.save(tmp_path / "content", map(paths.incident, names), {})
        given = archive.load(tmp_path / "content", "acme")
        names += [card(filed.incident, filed.file).slug for name, filed in given.items() if name == names[-1]]
        shutil.rmtree(tmp_path / "content")
    assert len(set(names)) == len(names)
    assert list(paths.filed(names, tmp_path / "there")) == list(paths.filed(names[::-1], tmp_path / "back")) == []


def test_what_is_told_apart_by_file_is_called_so_for_life_and_all_else_by_its_id() -> None:
    long = f"foo-12345678-{'0' * 32}"
    one = card(paths.incident("foo-12345678"), f"acme/2026/2026-03-02-{long}.md")
    moved = card(paths.incident("foo-12345678"), "acme/2026/2026-03-02-by-another-name.md")
    assert (archive.name_of(one), archive.name_of(moved)) == (long, "foo-12345678")

"""Whatever strangers call things, files are named by us."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from almanac import archive
from tests.bench import paths


def test_naughty_names_make_no_file_outside_and_no_two_share_one(tmp_path: Path) -> None:
    assert list(paths.filed([name for name in paths.names() if len(name) < 500][:150], tmp_path)) == []


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

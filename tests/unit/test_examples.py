"""Property tests draw the same examples wherever they run, or a run could not be repeated."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

CODE = "\n".join(
    f"{name} = {number * 1_000_003}, {number / 7}, '{number} words'" for number, name in enumerate("abcdefgh")
)


def drawn() -> list[tuple[object, ...]]:
    """Return what a property test is given."""
    examples: list[tuple[object, ...]] = []

    @given(st.tuples(st.integers(), st.floats(allow_nan=False), st.text(), st.sampled_from(range(5_000))))
    @settings(settings.get_profile("fixed"), max_examples=200)
    def collect(example: tuple[object, ...]) -> None:
        examples.append(example)

    collect()
    return examples


def test_examples_do_not_depend_on_what_else_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn()
    (tmp_path / "neighbour.py").write_text(CODE)
    spec = importlib.util.spec_from_file_location("neighbour", tmp_path / "neighbour.py")
    assert spec
    assert spec.loader
    neighbour = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(neighbour)
    monkeypatch.setitem(sys.modules, "neighbour", neighbour)
    assert drawn() == before

"""The benches that hold the site against the recordings pass."""

from typing import Any

import pytest

from bench import edits, recordings


@pytest.mark.system
@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("bench", [edits, recordings], ids=["edits", "recordings"])
def test_the_bench_passes(bench: Any) -> None:
    assert bench.main([]) == 0

"""Whatever a provider does, the archive keeps it: histories of a simulated provider, pulled at random moments."""

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.provider_machine import World
from tests.support.serving import Serving

SETTINGS = settings(max_examples=60, stateful_step_count=12)  # 2,000 with new seeds: bench fresh


@pytest.mark.slow
def test_whatever_a_provider_does_is_kept(tmp_path: Path) -> None:
    with Serving({}) as World.server:
        World.scratch = tmp_path
        run_state_machine_as_test(World, settings=SETTINGS)

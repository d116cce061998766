"""Several pulls at once and a build beside them leave what one pull leaves, and a whole site."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.system
@pytest.mark.slow
def test_nothing_is_lost_between_eight_pulls_and_a_build() -> None:
    """In a process of its own: it waits for all of its children."""
    bench = [sys.executable, "-m", "bench.together", "2", "3"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "plugins")}
    done = subprocess.run(bench, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

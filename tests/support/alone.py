"""Runs a test again in a process of its own, where what other tests left in this one would decide how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest


def was_run_alone(request: pytest.FixtureRequest) -> bool:
    """Run a test in another process if threads of others keep this one from forking; say whether that was done.

    Only a fork hands on to workers what a test has changed, and there is none beside threads.
    """
    if threading.active_count() == 1:
        return False
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", request.node.nodeid],
        cwd=request.config.rootpath,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert process.returncode == 0, process.stdout
    return True

"""Runs the shell steps of the workflows as they stand there: on checkouts of a local remote, with feeds of a server.

What GitHub does is done by git and bash; added is only the way to the feeds, and where wanted another clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from almanac.model import seconds, stamp

ROOT = Path(__file__).resolve().parents[2]
PUBLISH, CHECK = (ROOT / f".github/workflows/{name}.yml" for name in ("publish", "check"))
ENV = {
    "GITHUB_STEP_SUMMARY": os.devnull,
    "PYTHONPATH": str(ROOT / "plugins"),
    "BRANCH": "main",
    "SITEURL": "https://almanac.example/site",
}  # what expressions of the workflows stand for
CLOCK = '#!/bin/sh\nexec {date} -u -d "@$ALMANAC_CLOCK" "$@"\n'

Step = Mapping[str, Any]


def jobs(path: Path) -> dict[str, Any]:
    """Return the jobs of a workflow by their ids."""
    found: dict[str, Any] = yaml.safe_load(path.read_text())["jobs"]
    return found


def steps(path: Path, job: str) -> dict[str, Step]:
    """Return the steps of a job that are scripts of ours, by name, in their order."""
    return {step["name"]: step for step in jobs(path)[job]["steps"] if "run" in step}


def git(folder: Path, *arguments: str, **env: str) -> str:
    """Run git; what it prints. Fails the test that asks if git fails."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


def run(step: Step, folder: Path, env: Mapping[str, str], via: str) -> subprocess.CompletedProcess[str]:
    """Run one step in a checkout with bash, as GitHub does. Only the way to our tasks and to the feeds is another."""
    script = step["run"].replace("python3 tasks.py", f"{sys.executable} -m almanac.commands")
    now = f" --now {env['ALMANAC_NOW']}" if "ALMANAC_NOW" in env else ""
    script = script.replace("commands pull", f"commands pull --via {via}{now}")
    assert set(step.get("env", {})) <= set(env), f"{step['name']} gets {sorted(step['env'])}: say here what these are"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        ["bash", "-e", "-c", script], cwd=folder, env={**kept, **env}, capture_output=True, text=True, check=False
    )


def clock(folder: Path, now: datetime) -> dict[str, str]:
    """Return the environment in which `date`, git and our tasks take `now` for the time; `folder` is for a program of ours."""
    program = folder / "date"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        program.write_text(CLOCK.format(date="/bin/date"))
        program.chmod(0o755)
    at = f"{seconds(now)} +0000"
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "ALMANAC_CLOCK": str(seconds(now)),
        "ALMANAC_NOW": stamp(now),
        "GIT_COMMITTER_DATE": at,
        "GIT_AUTHOR_DATE": at,
    }

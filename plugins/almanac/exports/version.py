"""Reads the version of the program from the one place where it stands: `version` in pyproject.toml.

Standard library only and no import of ours: `tasks.py --version` asks this outside of .venv.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

NAME = "outage-almanac"  # the name of the project in pyproject.toml: the version of another project is not ours
UNKNOWN = "unknown"
PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


@cache
def current() -> str:
    """Return the version of the checkout that this code runs from, or of the wheel that it was installed from."""
    if PROJECT.exists():
        return read(PROJECT)
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return UNKNOWN


def read(file: Path) -> str:
    """Return the version that `file`, a pyproject.toml, states; UNKNOWN if there is none, or if it is not ours.

    A version is nothing to fail a build for, so a damaged file is not an error here: pip and ruff complain of it.
    """
    try:
        project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        name, version = project["name"], project["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return UNKNOWN
    return version if name == NAME and isinstance(version, str) and version.strip() else UNKNOWN

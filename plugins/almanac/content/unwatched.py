"""Load content/unwatched.txt: providers that readers ask for and nobody can read, a line each, with why.

It is read at every build, so its form is one that takes no time: four parts between bars.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from almanac.content import files
from almanac.model.problem import Problem
from almanac.text import addresses, limits

FILE = "unwatched.txt"  # under content/
FORM = "name | page | why | evidence"


class Unwatched(NamedTuple):
    """A provider without a feed: its page for people, why it is not read, and where that was found."""

    name: str
    page: str
    why: str
    evidence: str


def load(content: Path) -> tuple[tuple[Unwatched, ...], tuple[Problem, ...]]:
    """Return them in the order of their names, and every problem of the file."""
    lists, faults = files.collect(content, [FILE] if (content / FILE).exists() else [], read)
    return tuple(sorted((one for listed in lists for one in listed), key=lambda one: one.name.casefold())), faults


def read(data: bytes, name: str) -> tuple[tuple[Unwatched, ...] | None, tuple[Problem, ...]]:
    """Return the providers in the file `name` (relative to content/), or every problem of it. Pure."""
    path = f"content/{name}"
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return None, (Problem(file=path, message="is not UTF-8; save it as UTF-8"),)
    entries = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    faults = tuple(
        Problem(file=path, line=number, message=message) for number, line in entries for message in _faults(line)
    )
    return (None, faults) if faults else (tuple(Unwatched(*_parts(line)) for _, line in entries), ())


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.split(" | ")]


def _faults(line: str) -> Iterator[str]:
    parts = _parts(line)
    if len(line) > limits.LINE or not line.isprintable():
        yield f"is too long or holds control characters; write {FORM} in at most {limits.LINE:,} characters"
    elif len(parts) != len(Unwatched._fields) or not all(parts):
        yield f"has {len(parts)} parts, or an empty one; write {FORM}"
    elif not addresses.is_web(parts[1]):
        yield f"{parts[1]!r} is not a valid URL; write it in full, e.g. https://status.example.com/"

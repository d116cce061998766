"""Dated snapshots of the data, content/releases/<quarter>/: written once by `release`, and never changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from almanac.model.problem import Problem

FOLDER = "releases"
PACKAGE = "datapackage.json"
FILE = re.compile(r"releases/(?P<quarter>\d{4}-q[1-4])/(?P<name>datapackage\.json|[a-z_]+\.csv\.gz)")
MOST = 1_000_000  # bytes of a release: repositories keep them for ever
UNCHANGED = "a release never changes: restore it from its history"


class ReleaseFile(NamedTuple):
    """A file of a release, and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A snapshot of the data as it was known at the end of a quarter."""

    quarter: str  # 2026-q3
    files: tuple[ReleaseFile, ...]


def load(content: Path) -> tuple[Release, ...]:
    """Return the releases, the newest first; what is no file of one is left to `faults`."""
    files: dict[str, list[ReleaseFile]] = {}
    for path in sorted((content / FOLDER).glob("*/*")):
        match = FILE.fullmatch(path.relative_to(content).as_posix())
        if match and path.is_file():
            files.setdefault(match["quarter"], []).append(ReleaseFile(path.name, path.stat().st_size))
    return tuple(Release(quarter=quarter, files=tuple(own)) for quarter, own in sorted(files.items(), reverse=True))


def faults(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield what is wrong with the releases among `files`, by name relative to content/: another byte, or one too many."""
    by_quarter: dict[str, dict[str, bytes]] = {}
    for name, data in files.items():
        if match := FILE.fullmatch(name):
            by_quarter.setdefault(match["quarter"], {})[match["name"]] = data
    for quarter, own in sorted(by_quarter.items()):
        yield from _of_one(f"content/{FOLDER}/{quarter}", own)


def _of_one(folder: str, own: Mapping[str, bytes]) -> Iterator[Problem]:
    described = f"{folder}/{PACKAGE}"
    try:
        resources = json.loads(own[PACKAGE])["resources"]
        hashes = {str(each["path"]): str(each["hash"]) for each in resources}
    except (KeyError, TypeError, ValueError, RecursionError):
        yield Problem(file=described, message=f"does not describe its tables; {UNCHANGED}")
        return
    for name in sorted(hashes.keys() | own.keys() - {PACKAGE}):
        if name not in own:
            yield Problem(file=described, message=f"names {name}, which is missing; {UNCHANGED}")
        elif name not in hashes:
            yield Problem(file=f"{folder}/{name}", message=f"is not named by {PACKAGE}; {UNCHANGED}")
        elif hashes[name] != f"sha256:{sha256(own[name]).hexdigest()}":
            yield Problem(file=f"{folder}/{name}", message=f"does not match the hash in {PACKAGE}; {UNCHANGED}")
    if (weight := _weight(own.values())) > MOST:
        message = f"has {weight:,} bytes with its tables; at most {MOST:,} are allowed: leave out a table"
        yield Problem(file=described, message=message)


def _weight(files: Iterable[bytes]) -> int:
    return sum(map(len, files))

"""Says whether sources and outputs stand as the last build left them, from stat() alone.

It imports the standard library and `files`, which is as small: `tasks.py` asks this before it imports anything else,
Pelican least of all.
"""

from __future__ import annotations

import json
import marshal
import os
import re
import time
from calendar import timegm
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, TypeAlias

from almanac.files import is_leftover

INCIDENTS = "content/incidents"
SOURCES = (
    "content",
    INCIDENTS,
    "theme",
    "plugins/almanac",
    "almanac.toml",
    "pelicanconf.py",
    "publishconf.py",
    "pyproject.toml",
    "requirements.lock",
)
CONTENT = "content/"
PREVIEW = ".output-preview"  # where pelicanconf.py builds to
ENVIRONMENT = ("SITEURL", "ALMANAC_PARQUET")  # what the settings files take from there, but for the moment
SETTLED = 100_000_000  # ns: a file touched so shortly before the look could change again within one tick of its clock
CENSUS = "census.json"
PLAIN = 2  # the last version of marshal that writes equal values alike, however often they occur
SourceFile: TypeAlias = tuple[str, int, int, int]  # path, size, mtime and ctime (ns)
LEVELS = 20  # folders within each other; below that nothing is looked at, and nothing of ours stands
_FETCHED = re.compile(r'^ +"fetched": "(\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ)"', re.MULTILINE)


def report(root: Path, now: int, output: Path | None = None) -> bool:
    """Return True, and say so, if a build of `root` as it is would change nothing. By default that of pelicanconf.py.

    `now` is the moment to build at, in epoch seconds (`model.clock.build_time`).
    """
    output = output or root / PREVIEW
    if not is_unchanged(state_folder(output), root, output, now):
        return False
    print(f"build: nothing changed since the last build, as of {time.strftime('%H:%M', time.gmtime(now))} UTC")
    return True


def newest_pull(content: Path) -> int:
    """Return when a feed was last fetched, in epoch seconds; 0 if none was, or no file of `pulls/` can be read."""
    newest = 0
    for path in (content / "pulls").glob("*.json"):
        try:
            for stamp in _FETCHED.findall(path.read_text(encoding="utf-8")):
                newest = max(newest, timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")))
        except (OSError, ValueError):
            continue
    return newest


def state_folder(output: Path) -> Path:
    """Return the folder for the state of `output`: beside it, never inside, for that is published."""
    return output.parent / f".{output.name.lstrip('.')}-state"


def is_unchanged(folder: Path, root: Path, output: Path, now: int) -> bool:
    """Say whether the census in `folder` was taken at the same `now` of sources and outputs that still look the same."""
    try:
        with (folder / CENSUS).open("rb") as file:
            census = json.loads(file.readline())
            if not census["sources"] or census["now"] != now:  # asked first: it spares the look
                return False
            if census["sources"] != look(root):
                return False
            parts = (_digest(_looks(output, json.loads(names))) for names in file)
            return bool(census["outputs"] == _joined(parts))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


class Part(NamedTuple):
    """Some outputs: their names, as a line of the census, and a digest of how they look."""

    names: bytes
    digest: bytes

    def stands(self, output: Path) -> bool:
        """Return whether all of them look as they did: this costs one stat() each."""
        try:
            return _digest(_looks(output, json.loads(self.names))) == self.digest
        except OSError:
            return False


def part(outputs: Mapping[str, tuple[int, int]]) -> Part:
    """Return a part of the census, of the size and mtime of each output."""
    return Part(json.dumps([*outputs]).encode(), _digest(outputs.values()))


def census(parts: Sequence[Part], now: int, sources: str) -> bytes:
    """Return the CENSUS for the next look: its parts, and `look` before the build began.

    With `sources` "" it lists the outputs, but never says that nothing changed. The names are lines of their own, which
    are megabytes and are read only when all else is the same.
    """
    head = {"now": now, "sources": sources, "outputs": _joined(one.digest for one in parts)}
    return b"\n".join([json.dumps(head).encode(), *(one.names for one in parts), b""])


def last_outputs(folder: Path) -> list[str]:
    """Return the outputs the last census names; none if there was none."""
    try:
        _, *parts = (folder / CENSUS).read_bytes().splitlines()
        return [str(file) for names in parts for file in json.loads(names)]
    except (OSError, ValueError, TypeError, RecursionError):
        return []


class Tree:
    """How files look: a digest, and when the newest of them changed (ns). They are added as they pass by."""

    def __init__(self) -> None:
        self._hasher = blake2b(digest_size=16)
        self.newest = 0

    def passing(self, folders: Iterable[list[SourceFile]]) -> Iterator[list[SourceFile]]:
        """Yield the files of each folder, and take note of how they look."""
        for sources in folders:
            self.newest = max(self.newest, *(ctime for *_, ctime in sources))
            self._hasher.update(marshal.dumps(sources, PLAIN))
            yield sources

    @property
    def digest(self) -> bytes:
        """A digest of how all of them look that have passed by."""
        return self._hasher.digest()


def look(root: Path, clock_ns: int = 0, names: Iterable[str] = SOURCES, incidents: Tree | None = None) -> str:
    """Return a digest of how the sources under `root`, or those of `names` among them, and the environment look.

    With `clock_ns`, the time of the look: "" if a source was touched so shortly before that it might change again
    without looking different. `incidents` is how those of INCIDENTS look, where somebody has looked at them already.
    """
    digest, newest = blake2b(repr([*map(os.environ.get, ENVIRONMENT)]).encode(), digest_size=16), 0
    for name in names:
        tree = incidents if incidents and name == INCIDENTS else Tree()
        if tree is not incidents:
            deque(tree.passing(walk(root, name)), maxlen=0)
        newest = max(newest, tree.newest)
        digest.update(tree.digest)
    return "" if clock_ns and newest > clock_ns - SETTLED else digest.hexdigest()


def walk(root: str | Path, name: str) -> Iterator[list[SourceFile]]:
    """Yield every file at or under a path that counts as a source, a folder at a time, in a fixed order.

    What does not exist has none. What SOURCES names by itself is no part of the folder above it.
    """
    if not os.path.isdir(os.path.join(root, name)):
        if os.path.exists(os.path.join(root, name)):
            yield [_source(name, os.stat(os.path.join(root, name)))]
        return
    left = [name]
    while left:
        above = left.pop()
        sources = []
        with os.scandir(os.path.join(root, above)) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
        for entry in listed:
            path = f"{above}/{entry.name}"
            if entry.name[0] == "." or entry.name == "__pycache__" or is_leftover(path.removeprefix(CONTENT)):
                continue  # what editors and tools leave behind
            if entry.is_dir(follow_symlinks=False) and above.count("/") < LEVELS:
                if path != INCIDENTS:
                    left.append(path)
            else:
                sources.append(_source(path, entry.stat(follow_symlinks=False)))
        if sources:
            yield sources


def _source(path: str, status: os.stat_result) -> SourceFile:
    return path, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _looks(output: Path, files: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield size and mtime of each output; OSError if one is missing."""
    folder = os.open(output, os.O_RDONLY) if os.stat in os.supports_dir_fd else None  # a fifth faster
    base = "" if folder is not None else os.path.join(output, "")
    try:
        for file in files:
            status = os.stat(base + file, dir_fd=folder)
            yield status.st_size, status.st_mtime_ns
    finally:
        if folder is not None:
            os.close(folder)


def _digest(looks: Iterable[tuple[int, int]]) -> bytes:
    return blake2b(marshal.dumps([*looks], PLAIN), digest_size=16).digest()


def _joined(digests: Iterable[bytes]) -> str:
    return blake2b(b"".join(digests), digest_size=16).hexdigest()

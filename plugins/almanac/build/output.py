"""Writes what shows something else into the output folder and nothing more, and removes what is no longer made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from almanac import files


class Output(NamedTuple):
    """A file of the site: where, a digest of all that it is made of, and how it is made."""

    path: str  # relative to the output folder, with slashes
    key: bytes
    render: Callable[[], bytes]


class OutputFile(NamedTuple):
    """A file that was made: the key it was made of, and what it looked like then."""

    key: bytes
    size: int
    mtime: int  # ns


class OutputFolder:
    """One job's view of the output folder. `before` is what the last build left there of the job's."""

    def __init__(self, folder: Path, before: Mapping[str, OutputFile]) -> None:
        self._base = os.path.join(folder, "")
        self._before = before
        self._fresh_folders: set[str] = set()  # those this job made
        self.files: dict[str, OutputFile] = {}  # all that the job has made, or found as it should be
        self.changes: list[str] = []  # paths whose bytes are new

    def make(self, output: Output) -> None:
        """Put an output in place, if it is not there already. Raises DiskError, and what `render` raises."""
        if not self._is_current(output):
            self._write(output, output.render())

    def _is_current(self, output: Output) -> bool:
        """Return whether it was made of the same key and nobody touched it since: this costs one stat()."""
        before = self._before.get(output.path)
        if before is None or before.key != output.key or not self._looks_right(output.path, before):
            return False
        self.files[output.path] = before
        return True

    def _looks_right(self, path: str, file: OutputFile) -> bool:
        try:
            status = os.stat(self._base + path)
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == file[1:]

    def _write(self, output: Output, data: bytes) -> None:
        """Make the file hold `data`; it is left alone if it does."""
        target = self._base + output.path
        status = None if self._is_fresh(self._base + output.path.rpartition("/")[0]) else _same(target, data)
        if status is None:
            status = files.put(target, data)
            self.changes.append(output.path)
        self.files[output.path] = OutputFile(output.key, status.st_size, status.st_mtime_ns)

    def _is_fresh(self, folder: str) -> bool:
        """Return whether this job made the folder; then nothing of another's time can be in it."""
        if folder not in self._fresh_folders and _make_folder(folder):
            self._fresh_folders.add(folder)
        return folder in self._fresh_folders


def prune(folder: Path, paths: Iterable[str]) -> None:
    """Remove files, and folders left empty by that. Raises DiskError."""
    base = os.path.join(folder, "")
    for path in paths:
        file = base + path
        try:
            os.unlink(file)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):  # gone already
            continue
        except OSError as error:
            raise files.refusal(file, error) from error
        with suppress(OSError):  # not empty
            os.removedirs(os.path.dirname(file))


def written_since(folder: Path, moment: int) -> Iterator[str]:
    """Yield every file below `folder` that was written at or after a moment (ns), relative to it."""
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.path.join(path, name)
            if os.lstat(file).st_mtime_ns >= moment:
                yield os.path.relpath(file, folder).replace(os.sep, "/")


def _make_folder(folder: str) -> bool:
    """Make a folder and its parents; return whether it was not there."""
    try:
        os.mkdir(folder)
    except FileExistsError:
        return False
    except OSError:  # those above it are missing; or the disk refuses, and will say so again
        files.make_folder(folder)
    return True


def _same(target: str, data: bytes) -> os.stat_result | None:
    """Return the status of a file that holds exactly `data`, else None."""
    try:
        with open(target, "rb") as file:
            status = os.fstat(file.fileno())
            return status if status.st_size == len(data) and file.read() == data else None
    except OSError:
        return None

"""Puts files in place at once or not at all; when a disk refuses, one line says which file and what to do about it."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path
from types import TracebackType

NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
UNFINISHED = ".tmp"  # ends the name of a file that is being written; a killed run leaves it behind

_LEFTOVER = re.compile(r"pulls/[^/]+\.lock|(?:.*/)?[^/.][^/]*\.(?:md|json|jsonl|txt)\.tmp", re.DOTALL)

CURES = {
    errno.ENOSPC: "make room on its disk",
    errno.EDQUOT: "make room within your quota, or have it raised",
    errno.EIO: "its disk may be failing, so save what is on it elsewhere",
    errno.EROFS: "make its disk writable",
    errno.EACCES: "give this user the right to it",
    errno.EPERM: "give this user the right to it",
    errno.EISDIR: "look what stands there",
    errno.ENOTDIR: "look what stands there",
    errno.EBUSY: "if it is mounted itself, mount the folder above it",
    errno.EMFILE: "allow more open files",
    errno.ENFILE: "allow more open files",
}


class DiskError(OSError):
    """A disk that refused: one line with the file, why, and the cure. What stood there before still does."""


def put(path: str | Path, data: bytes, *, durable: bool = False) -> os.stat_result:
    """Make `path` hold `data`, whatever it held; its folder must be there. Readers see the old file or the new one.

    Returns the status of the new file. `durable`: it also outlasts a power cut. Nobody else may be writing the same
    path. Raises DiskError; the old file is untouched then.
    """
    fresh = f"{path}{UNFINISHED}"
    try:
        handle = os.open(fresh, NEW, 0o666)
        try:
            left = data
            while left:  # a disk that is nearly full takes a part, and refuses only the next write
                left = left[os.write(handle, left) :]
            status = os.fstat(handle)
            if durable:
                os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(fresh, path)
    except OSError as error:
        _drop(fresh)
        raise refusal(path, error) from error
    return status


def _drop(fresh: str) -> None:
    """Give back what an unfinished file takes up, if the disk lets us."""
    try:
        os.unlink(fresh)
    except OSError:
        return


def is_leftover(name: str) -> bool:
    """Return whether a name under content/ is of a file that our own runs leave: a lock, or half a file of a killed one.

    No other name is passed over, so that nobody can leave anything unseen.
    """
    return name.endswith((UNFINISHED, ".lock")) and _LEFTOVER.fullmatch(name) is not None


def pages(folder: Path) -> list[Path]:
    """Return the Markdown files right in a folder, by name, but no folders, and none of an editor's, with a dot first."""
    return [path for path in sorted(folder.glob("[!.]*.md")) if not path.is_dir()]


def make_folder(folder: str | Path) -> None:
    """Make a folder and those above it, where they are not there. Raises DiskError."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise refusal(folder, error) from error


def refusal(path: str | Path, error: OSError) -> DiskError:
    """Return an error of one line that says what `error` did to `path`."""
    return error if isinstance(error, DiskError) else DiskError(f"{_relative(path)}: {why(error)}")


def why(error: OSError) -> str:
    """Return what happened and the cure, for messages that name the file themselves."""
    cure = CURES.get(error.errno or 0, "look what stands there")
    return f"{error.strerror or error}; {cure}, then run this again"


def line(error: OSError) -> str:
    """Return the one line about an error of a disk, with file and cure where it says which file."""
    return str(refusal(str(error.filename), error)) if error.filename is not None else str(error)


def _is_of_disk(error: BaseException) -> bool:
    """Say whether a disk refused: it says so, names a file, or is full, which standard output may meet as well."""
    return isinstance(error, DiskError) or (
        isinstance(error, OSError) and error.errno in CURES and bool(error.filename or error.errno == errno.ENOSPC)
    )


def _relative(path: str | Path) -> str:
    """Return the path as a person would type it here."""
    try:
        return Path(path).absolute().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)


def plainly(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Report an error as sys.excepthook does, but errors of a disk on one line."""
    if isinstance(error, OSError) and _is_of_disk(error):
        print(line(error) if error.filename or isinstance(error, DiskError) else why(error), file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, traceback)

"""One build of an output folder at a time, and a mark that tells the next one if this one did not come to its end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from almanac import files

PATIENCE = 60.0  # seconds to wait for another build
MARK = "unfinished"
LOOK_AGAIN = 0.05  # seconds


class TurnError(Exception):
    """Another build does not end."""


class Turn:
    """Holds the lock of a state folder from when it is made until `end`, or until process and forked workers are gone.

    `since`: when the first build began that has not ended since (ns, by the clock of the file system); None if the last
    one ended. What stands in the output since then may be nobody's.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self._path, self._file = folder / MARK, -1
        files.make_folder(folder)
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            _lock(self._file, self._path, patience)
        except OSError as error:
            raise files.refusal(self._path, error) from error
        status = os.fstat(self._file)
        self.since = status.st_mtime_ns if status.st_size else None

    def begin(self) -> None:
        """From here on the output changes. Raises DiskError."""
        if self.since is None:
            try:
                os.write(self._file, b"A build began and has not ended. The next one looks for what it left.\n")
            except OSError as error:
                raise files.refusal(self._path, error) from error

    def end(self) -> None:
        """All is written and remembered."""
        try:
            os.ftruncate(self._file, 0)
        except OSError as error:
            raise files.refusal(self._path, error) from error
        self.leave()

    def leave(self) -> None:
        """Let others build. What has begun stays marked as unfinished."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def __del__(self) -> None:
        self.leave()


def _lock(handle: int, path: Path, patience: float) -> None:
    """Wait until nobody else holds the file. The lock belongs to the open file, so that forked workers share it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise TurnError(f"{path}:1: another build has been at it for {patience:.0f} s; let it end") from None
            time.sleep(LOOK_AGAIN)
        else:
            return


def since(folder: str, moment: int) -> Iterator[str]:
    """Every file below `folder` that was written at or after a moment (ns), relative to it."""
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.path.join(path, name)
            if os.lstat(file).st_mtime_ns >= moment:
                yield os.path.relpath(file, folder).replace(os.sep, "/")

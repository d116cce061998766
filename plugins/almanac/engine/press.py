"""Writes what changed into the output folder and nothing else, and removes what is no longer made."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from almanac import files
from almanac.engine.state import Print


class Press:
    """One build's view of the output folder. `known` is what the last build left there."""

    def __init__(self, output: Path, known: Mapping[str, Print]) -> None:
        self._base = os.path.join(output, "")
        self._known = known
        self.prints: dict[str, Print] = {}  # everything that belongs to this build
        self.written: list[str] = []
        self._folders: set[str] = set()  # those this build made

    def stands(self, path: str, key: bytes) -> bool:
        """True if `path` was made of the same `key` and nobody touched it since; it is then part of this build."""
        known = self._known.get(path)
        return known is not None and known.key == key and self.stays(path)

    def stays(self, path: str) -> bool:
        """The same where nobody needs to ask what it was made of: that it is the same follows from another file."""
        known = self._known.get(path)
        if known is None or not known.key:
            return False
        try:
            status = os.stat(self._base + path)
        except OSError:
            return False
        if (status.st_size, status.st_mtime_ns) != known[1:]:
            return False
        self.prints[path] = known
        return True

    def known(self, folder: str) -> list[str]:
        """What the last build left in a folder, which ends in a slash."""
        return [path for path in self._known if path.startswith(folder)]

    def put(self, path: str, key: bytes, data: bytes) -> None:
        """Make `path` hold `data`; it is left alone if it does. Raises DiskError."""
        target = self._base + path
        status = None if self._is_new(self._base + path.rpartition("/")[0]) else _same(target, data)
        if status is None:
            status = files.put(target, data)
            self.written.append(path)
        self.prints[path] = Print(key, status.st_size, status.st_mtime_ns)

    def _is_new(self, folder: str) -> bool:
        """True if this build made the folder; then nothing else can be in it."""
        if folder not in self._folders and _make_folder(folder):
            self._folders.add(folder)
        return folder in self._folders

    def told(self) -> tuple[list[str], dict[str, Print]]:
        """What stands as the last build left it, and the prints of all else: the least another process must be told."""
        stood = [path for path, made in self.prints.items() if made is self._known.get(path)]
        return stood, {path: made for path, made in self.prints.items() if made is not self._known.get(path)}

    def adopt(self, stood: Iterable[str], prints: Mapping[str, Print], written: Iterable[str]) -> None:
        """Take over what another process printed."""
        self.prints.update((path, self._known[path]) for path in stood)
        self.prints.update(prints)
        self.written += written

    def sweep(self) -> list[str]:
        """Remove what the last build made and this one did not, and folders left empty by that. Raises DiskError."""
        gone = sorted(self._known.keys() - self.prints.keys())
        for path in gone:
            file = self._base + path
            try:
                os.unlink(file)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):  # gone already
                continue
            except OSError as error:
                raise files.refusal(Path(file), error) from error
            with suppress(OSError):  # not empty
                os.removedirs(os.path.dirname(file))
        return gone


def digest(*parts: object) -> bytes:
    """16 bytes that differ when the printed form of any part does. Parts are bytes or frozen values."""
    made = blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        made.update(b"%d:" % len(data) + data)
    return made.digest()


def _make_folder(folder: str) -> bool:
    """True if the folder was not there; its parents are made too."""
    try:
        os.mkdir(folder)
    except FileExistsError:
        return False
    except OSError:  # those above it are missing; or the disk refuses, and will say so again
        files.make_folder(folder)
    return True


def _same(target: str, data: bytes) -> os.stat_result | None:
    """The status of a file that holds exactly `data`, else None."""
    try:
        with open(target, "rb") as file:
            status = os.fstat(file.fileno())
            return status if status.st_size == len(data) and file.read() == data else None
    except OSError:
        return None

"""Where a site is published to: a folder, also of a network file system, or object storage, by fsspec."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from almanac import files
from almanac.model.problem import TaskError

NOTES = ".almanac"  # the folder at the target for what we note of it
TEXTS = ("application/json", "application/xml", "image/svg+xml")  # are UTF-8 as text/* is


class UploadError(TaskError):
    """A target that cannot be used: what is wrong; the cure."""


class Target(Protocol):
    """What a target can do, by path below it. Each file is there in whole or not at all. Raises OSError."""

    def read(self, path: str) -> bytes | None:
        """Return what stands there; None for nothing."""

    def write(self, path: str, data: bytes) -> None:
        """Put bytes there."""

    def send(self, path: str, file: str) -> None:
        """Put a copy of a file of this machine there."""

    def remove(self, path: str) -> None:
        """Delete it, if it is there."""

    def exists(self, path: str) -> bool:
        """Return whether it is there now."""

    def paths(self) -> set[str]:
        """Return all that is there."""


def target(address: str) -> Target:
    """Return the target at an address, such as s3://bucket/site or /mnt/site. Raises UploadError."""
    if "://" not in address or address.startswith("file://"):
        return FolderTarget(Path(address.removeprefix("file://")))
    try:
        from fsspec.core import url_to_fs

        system, root = url_to_fs(address, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        why = " ".join(str(error).split())
        raise UploadError(f"{address}: {why}; `python3 tasks.py publish --to s3://…` installs what S3 needs") from None
    return ObjectTarget(system, root)


class FolderTarget:
    """A folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        files.make_folder(folder / NOTES)

    def read(self, path: str) -> bytes | None:
        """Return what stands there."""
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: str, data: bytes) -> None:
        """Put bytes there, in whole: they are written under another name, which is of this path alone."""
        file = self._folder / path
        fresh = self._folder / NOTES / f"{blake2b(path.encode(), digest_size=16).hexdigest()}{files.UNFINISHED}"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(data)
            fresh.replace(file)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink()
            raise files.refusal(file, error) from error

    def send(self, path: str, file: str) -> None:
        """Put a copy there."""
        self.write(path, Path(file).read_bytes())

    def remove(self, path: str) -> None:
        """Delete it, and folders left empty by that."""
        file = self._folder / path
        try:
            file.unlink()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return
        for folder in file.parents:
            if folder == self._folder or any(folder.iterdir()):
                return
            with suppress(OSError):  # somebody else has put something there, or taken it away
                folder.rmdir()

    def exists(self, path: str) -> bool:
        """Return whether it is there."""
        return (self._folder / path).is_file()

    def paths(self) -> set[str]:
        """Return all that is there."""
        below = ((folder, name) for folder, _, names in os.walk(self._folder) for name in names)
        return {Path(folder, name).relative_to(self._folder).as_posix() for folder, name in below}


class ObjectTarget:
    """Object storage: S3 and what speaks its language, and all else that fsspec knows."""

    def __init__(self, system: Any, root: str) -> None:
        self._system, self._root = system, root.rstrip("/")
        self._is_s3 = "s3" in (system.protocol if isinstance(system.protocol, tuple) else (system.protocol,))

    def read(self, path: str) -> bytes | None:
        """Return what stands there."""
        try:
            data: bytes = self._system.cat_file(self._at(path))
        except FileNotFoundError:
            return None
        return data

    def write(self, path: str, data: bytes) -> None:
        """Put bytes there."""
        self._system.pipe_file(self._at(path), data, **self._headers(path))

    def send(self, path: str, file: str) -> None:
        """Put a copy there."""
        self._system.put_file(file, self._at(path), **self._headers(path))

    def remove(self, path: str) -> None:
        """Delete it."""
        with suppress(FileNotFoundError):
            self._system.rm_file(self._at(path))

    def exists(self, path: str) -> bool:
        """Return whether it is there."""
        return bool(self._system.exists(self._at(path)))

    def paths(self) -> set[str]:
        """Return all that is there."""
        find: Callable[[str], list[str]] = self._system.find
        return {path.removeprefix(f"{self._root}/") for path in find(self._root)}

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _headers(self, path: str) -> dict[str, str]:
        """Return what S3 is to say of a file: browsers guess neither type nor encoding well."""
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        is_text = kind.startswith("text/") or kind in TEXTS or kind.endswith("+xml")
        return {"ContentType": f"{kind}; charset=utf-8" if is_text else kind} if self._is_s3 else {}

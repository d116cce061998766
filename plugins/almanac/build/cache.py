"""What a build remembers for the next one: one SQLite file, whose lock lets one build run at a time.

It is a cache: without it a build takes longer, and makes the same. Values are marshalled under a checksum, because that
loads 10,000 cards in a fraction of the time that JSON or pickle take.
"""

from __future__ import annotations

import errno
import marshal
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from almanac import files
from almanac.model.problem import TaskError

NAME = "build.sqlite"
MARK = "unfinished"
PATIENCE = 60.0  # seconds to wait for another build
TRIES = 9  # to open a file that others throw away
APPLICATION = 0x416C6D61  # SQLite's mark of whose file it is
VERSION = int(f"{sys.version_info.major:02}{sys.version_info.minor:02}04")  # of Python, for marshal, and of the form
TABLES: Final = ("meta", "sources", "outputs", "memo")
LARGE: Final = ("sources",)  # tables that no build needs as wholes, and no worker at all
CHECK = 16  # bytes of checksum before each value
REFUSALS = {"SQLITE_FULL": errno.ENOSPC, "SQLITE_READONLY": errno.EROFS, "SQLITE_CANTOPEN": errno.EACCES}


class BuildError(TaskError):
    """Why nothing can be built: a fault a line, as file:line: what is wrong; what to write instead."""


class _DamageError(Exception):
    """A file that is damaged, or that another program or another form of ours wrote."""


class Blobs(Mapping[str, bytes]):
    """The values of a table, each read when it is asked for: most builds need few."""

    def __init__(self, base: sqlite3.Connection, table: str) -> None:
        self._base, self._names = base, {name for (name,) in base.execute(f"SELECT name FROM {table}")}  # noqa: S608
        self._question = f"SELECT data FROM {table} WHERE name = ?"  # noqa: S608  (our own names)

    def __getitem__(self, name: str) -> bytes:
        """Return a value."""
        for (data,) in self._base.execute(self._question, (name,)):
            return bytes(data)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        """Return whether there is a value."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._names)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names)


class Cache:
    """What is remembered, by table and name. It is locked from when it is opened until it is closed or its process ends.

    `since`: when the first build began that has not ended since (ns, by the clock of the file system); None if the last
    one ended. What was put into the output since then may be nobody's.
    """

    def __init__(self, folder: Path, fingerprint: str, patience: float = PATIENCE) -> None:
        files.make_folder(folder)
        self._path, self._mark, self._patience = folder / NAME, folder / MARK, patience
        self._fingerprint = fingerprint.encode()
        self._rows: dict[str, Mapping[str, bytes]] = {}
        try:
            self._open()
        except sqlite3.Error as error:
            raise self._refusal(error) from error
        self.is_stale = self._rows["meta"].get("fingerprint") != self._fingerprint  # made by other code or settings
        self.is_new = not self._rows["meta"]
        self.since = self._since()

    def _since(self) -> int | None:
        try:
            status = self._mark.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns if status.st_size else None

    def blobs(self, table: str) -> Mapping[str, bytes]:
        """Return what a table held when it was opened, each value packed."""
        return self._rows[table]

    def mark_unfinished(self) -> None:
        """Mark that from here on the output changes. Raises DiskError."""
        if self.since is None:
            files.put(self._mark, b"A build began and has not ended. The next one looks for what it left.\n")

    def save(self, tables: Mapping[str, Mapping[str, bytes | None]]) -> None:
        """Make tables hold these packed values and nothing else, all at once or none; None: what it held. Raises DiskError."""
        try:
            for table, rows in {**tables, "meta": {"fingerprint": self._fingerprint}}.items():
                before = self._rows[table]
                changes = [(name, data) for name, data in rows.items() if data is not None and before.get(name) != data]
                self._base.executemany(f"REPLACE INTO {table} VALUES (?, ?)", changes)  # noqa: S608  (our own names)
                stale_names = [(name,) for name in before.keys() - rows.keys()]
                self._base.executemany(f"DELETE FROM {table} WHERE name = ?", stale_names)  # noqa: S608
            self._base.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._refusal(error) from error

    def end(self) -> None:
        """Take the mark away: all is written and remembered. Raises DiskError."""
        try:
            self._mark.unlink(missing_ok=True)
        except OSError as error:
            raise files.refusal(self._mark, error) from error

    def close(self) -> None:
        """Let others build. What has begun stays marked as unfinished."""
        with suppress(sqlite3.Error):  # what was not saved is not to be
            self._base.close()

    def _open(self) -> None:
        """Lock and read the file; one that is damaged or not ours is thrown away, and said."""
        for _ in range(TRIES):
            number = self._number()
            self._base = sqlite3.connect(self._path, timeout=self._patience, isolation_level=None)
            try:
                self._base.execute("PRAGMA synchronous = OFF")  # it outlasts a kill, and need not outlast a power cut
                self._base.execute("BEGIN IMMEDIATE")
                self._read()
                if number == self._number():  # else the other build has just thrown it away
                    return
                self._base.close()
            except (_DamageError, sqlite3.DatabaseError) as error:
                self._base.close()
                name = getattr(error, "sqlite_errorname", "")
                if not isinstance(error, _DamageError) and name not in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
                    raise
                if number == self._number():
                    self._path.unlink(missing_ok=True)
                if not isinstance(error, _DamageError) or str(error):
                    print(
                        f"build: {self._path} is damaged or not ours; it was removed; everything is rebuilt",
                        file=sys.stderr,
                    )

    def _number(self) -> int:
        """Return what tells the file from another of its name; it is made if there is none.

        It is not opened once it is there: closing it would end the lock that this process holds on it.
        """
        try:
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644))
            return self._path.stat().st_ino
        except OSError as error:
            raise files.refusal(self._path, error) from error

    def _read(self) -> None:
        """Read all tables, made where the file is new."""
        [[owner], [version], [tables]] = (
            self._base.execute(question).fetchone()
            for question in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
        )
        if tables and (owner, version) != (APPLICATION, VERSION):
            raise _DamageError("" if owner == APPLICATION else "of another program")
        if not tables:
            self._base.execute(f"PRAGMA application_id = {APPLICATION}")
            self._base.execute(f"PRAGMA user_version = {VERSION}")
            for table in TABLES:
                self._base.execute(f"CREATE TABLE {table} (name TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID")
        for table in TABLES:
            question = f"SELECT name, data FROM {table}"  # noqa: S608  (our own names)
            if table != "meta" and not all(is_whole(data) for _, data in self._base.execute(question)):
                raise _DamageError("damaged")
            self._rows[table] = Blobs(self._base, table) if table in LARGE else dict(self._base.execute(question))

    def _refusal(self, error: sqlite3.Error) -> Exception:
        name = error.sqlite_errorname
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return BuildError(
                f"{self._path}:1: another build has been running for {self._patience:.0f} s; wait until it ends"
            )
        number = next((number for prefix, number in REFUSALS.items() if name.startswith(prefix)), errno.EIO)
        return files.refusal(self._path, OSError(number, os.strerror(number)))


def pack(value: Any) -> bytes:
    """Return plain values as bytes under a checksum."""
    data = marshal.dumps(value)
    return blake2b(data, digest_size=CHECK).digest() + data


def is_whole(data: bytes) -> bool:
    """Return whether bytes are all that was packed."""
    return blake2b(data[CHECK:], digest_size=CHECK).digest() == data[:CHECK]


def unpack(data: bytes) -> Any:
    """Return what was packed, and checked when the cache was opened."""
    return marshal.loads(memoryview(data)[CHECK:])  # noqa: S302  (our own file, checked; marshal holds no code to run)


def digest(*parts: object) -> bytes:
    """Return 16 bytes that differ when the printed form of any part does. Parts are bytes or frozen values."""
    hasher = blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        hasher.update(b"%d:" % len(data) + data)
    return hasher.digest()

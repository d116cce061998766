"""What a build remembers for the next one: a small file a provider, and one for everything else.

They are caches: a missing or damaged one costs time, never correctness. The format is marshal under a checksum, because
it loads 10,000 cards in a fraction of the time that JSON or pickle take.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from almanac import files
from almanac.model import Card
from almanac.stats.reporting import Reported

SITE = "~site"  # no provider can have this name
FORMAT = f"almanac 3 {sys.implementation.cache_tag}\n".encode()
PLAIN = 2  # the last version of marshal that writes equal values alike, however often they occur


class Stamp(NamedTuple):
    """What a source file looked like when it was read; all zero if it might change without looking different."""

    size: int
    mtime: int
    ctime: int


class Row(NamedTuple):
    """What is known of one incident file."""

    stamp: Stamp
    content: bytes  # digest of its bytes
    facts: bytes  # the same of card and `told`: another text leaves it as it is
    card: Card
    told: Reported


class Print(NamedTuple):
    """What is known of one output: a digest of all it was made of, and what the file looked like when written."""

    key: bytes
    size: int
    mtime: int


@dataclass(slots=True)
class Section:
    """What one state file holds. `extra` is whatever plain values its owner keeps."""

    rows: dict[str, Row] = field(default_factory=dict)  # by file, relative to content/incidents
    prints: dict[str, Print] = field(default_factory=dict)  # by path in the output folder
    extra: Any = None


def load(folder: Path, fingerprint: str) -> dict[str, Section]:
    """All sections. Made with another fingerprint they are only good for finding outputs: every key is emptied."""
    sections = {}
    for path in sorted(folder.glob("*.state")):
        if (found := _read(path)) is not None:
            made_with, rows, prints, extra = found
            if made_with == fingerprint:
                section = Section(_rows(rows), {name: Print(*p) for name, p in prints.items()}, extra)
            else:
                section = Section({}, {name: Print(b"", *p[1:]) for name, p in prints.items()})
            sections[path.stem] = section
    return sections


def save(folder: Path, name: str, section: Section, fingerprint: str) -> None:
    """Write one section, at once or not at all. Raises DiskError."""
    rows = [
        (file, tuple(row.stamp), row.content, row.facts, tuple(row.card), tuple(row.told))
        for file, row in section.rows.items()
    ]
    prints = {path: tuple(p) for path, p in section.prints.items()}
    data = marshal.dumps((fingerprint, rows, prints, section.extra))
    files.put(folder / f"{name}.state", FORMAT + blake2b(data, digest_size=16).digest() + data)


def facts(card: Card, told: Reported) -> bytes:
    """A digest of all that is known of an incident without its texts."""
    return blake2b(marshal.dumps((tuple(card), tuple(told)), PLAIN), digest_size=16).digest()


def forget(folder: Path, names: Iterable[str]) -> None:
    """Remove the files of sections that are no more."""
    for name in names:
        (folder / f"{name}.state").unlink(missing_ok=True)


def _read(path: Path) -> Any:
    """The content of a state file, None if it is damaged or was written by another Python."""
    blob = path.read_bytes()
    head, check, data = blob[: len(FORMAT)], blob[len(FORMAT) : len(FORMAT) + 16], blob[len(FORMAT) + 16 :]
    if head != FORMAT or check != blake2b(data, digest_size=16).digest():
        return None
    return marshal.loads(data)  # noqa: S302  (our own file, checked above; marshal holds no code to run)


def _rows(rows: Iterable[Any]) -> dict[str, Row]:
    return {
        file: Row(Stamp(*stamp), content, facts, Card(*card), Reported(*told))
        for file, stamp, content, facts, card, told in rows
    }

"""Read files under content/ without ever following a symbolic link, which could lead out of it or in a circle."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from almanac import files
from almanac.content.frontmatter import judging_error
from almanac.model.problem import Problem
from almanac.text import limits

KEEP = ".gitkeep"  # holds a folder that has no file yet
LINKED = "is a symbolic link; put a file there"
DEEP = f"is a folder within {limits.FOLDERS} others, too deep to be read; remove it"
HIDDEN = "has a name that begins with a dot, so it is hidden; rename it, or remove it"
STRANGE = "is neither a file nor a folder; remove it"

Value = TypeVar("Value")
Read = Callable[[bytes, str], tuple[Value | None, tuple[Problem, ...]]]  # pure: of the bytes and the name of a file


class TooLargeError(ValueError):
    """A file that nobody wrote by hand."""


class ContentPath(NamedTuple):
    """A path under content/: a file, or something `odd`, which is not opened."""

    name: str  # relative to content/, with slashes
    odd: str = ""


class File(NamedTuple):
    """The bytes of a file under content/, or why it was not read (`odd`)."""

    data: bytes
    odd: str = ""


Files: TypeAlias = Mapping[str, File]  # by path relative to content/, with slashes


def walk(content: Path, folder: str = "") -> Iterator[ContentPath]:
    """Yield each file below `folder` (relative to content/, with slashes) and each oddity, in no order, none opened.

    The folder itself may be a link. 10,000 files take 15 ms.
    """
    if folder and os.path.islink(content / folder):
        yield ContentPath(folder, LINKED)
        return
    left = [folder]
    while left:
        above = left.pop()
        try:
            entries = os.scandir(os.path.join(content, above))
        except (FileNotFoundError, NotADirectoryError):  # who put a file in its place is told so elsewhere
            continue
        with entries:
            for entry in entries:
                name = f"{above}/{entry.name}" if above else entry.name
                odd = _odd(entry, name)
                if not odd and entry.is_dir(follow_symlinks=False):
                    left.append(name)
                else:
                    yield ContentPath(name, odd)


def _odd(entry: os.DirEntry[str], name: str) -> str:
    """Return why nobody opens it; "" for a plain file or folder."""
    if entry.is_symlink():
        return LINKED
    if entry.is_dir(follow_symlinks=False):
        return HIDDEN if entry.name.startswith(".") else DEEP if name.count("/") >= limits.FOLDERS else ""
    if not entry.is_file(follow_symlinks=False):
        return STRANGE
    return HIDDEN if entry.name.startswith(".") and entry.name != KEEP else ""


def names_below(content: Path, folder: str) -> tuple[list[str], list[Problem]]:
    """Return every file below `folder` (relative to content/, with slashes) by name, and a problem for each oddity.

    What begins with a dot is nobody's, and neither is what a killed run left.
    """
    listed = sorted(walk(content, folder))
    names = [name for name, odd in listed if not odd and not name.endswith(KEEP) and not files.is_leftover(name)]
    return names, [_fault(source) for source in listed if source.odd not in ("", HIDDEN)]


def oddities(content: Path) -> list[Problem]:
    """Return a problem for each thing anywhere under `content` that a build must not come across."""
    return [_fault(source) for source in sorted(one for one in walk(content) if one.odd not in ("", HIDDEN))]


def load(content: Path, folder: str, read: Read[Value]) -> tuple[list[Value], tuple[Problem, ...]]:
    """Return the values that `read` gives for every file below `folder`, by name, and every problem of them."""
    names, faults = names_below(content, folder)
    return collect(content, names, read, faults)


def collect(
    content: Path, names: Iterable[str], read: Read[Value], faults: Iterable[Problem] = ()
) -> tuple[list[Value], tuple[Problem, ...]]:
    """Return the values that `read` gives for files (relative to content/), and their problems beside `faults`.

    A file that is huge, that cannot be opened or that the reader cannot cope with is a fault too, and hides no other.
    """
    values, wrong = list[Value](), list(faults)
    for name in names:
        try:
            value, problems = read(read_file(content, name), name)
        except OSError as error:
            value, problems = None, (Problem(file=f"content/{name}", message=files.why(error)),)
        except TooLargeError as error:
            value, problems = None, (Problem(file=f"content/{name}", message=str(error)),)
        except Exception as error:
            value, problems = None, (judging_error(f"content/{name}", error),)
        wrong += problems
        values += [] if value is None else [value]
    return values, tuple(wrong)


def read_file(content: Path, name: str) -> bytes:
    """Return the bytes of a file. Raises OSError, and TooLargeError beyond `limits.FILE`."""
    with open(os.path.join(content, name), "rb") as source:
        size = os.fstat(source.fileno()).st_size
        if size > limits.FILE:
            raise TooLargeError(f"has {size / 1e6:,.0f} MB; keep files under {limits.FILE / 1e6:.0f} MB")
        return source.read(limits.FILE)


def _fault(source: ContentPath) -> Problem:
    return Problem(file=f"content/{source.name}", message=source.odd)


def read_all(content: Path) -> dict[str, File]:
    """Read every file under `content`, by its path relative to it, in order; no links, and nothing huge."""
    listed = sorted(walk(content))
    return {
        name: File(b"", odd) if odd else _read(content, name) for name, odd in listed if not files.is_leftover(name)
    }


def _read(content: Path, name: str) -> File:
    try:
        return File(read_file(content, name))
    except TooLargeError as error:
        return File(b"", str(error))
    except OSError as error:
        return File(b"", files.why(error))

"""One thing that is wrong in a file of content/: where it stands, what it is, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """What is wrong at a place. `message` says what, `hint` what to write instead.

    Messages are written in one breath, "what is wrong; what to write instead": where `hint` is not given apart, it is
    what follows the last semicolon.
    """

    file: str  # with content/ before it, slashes
    line: int = 1
    column: int = 1
    field: str = ""  # dotted: feeds.0.url
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        message, mark, hint = self.message.rpartition("; ")
        if mark and not self.hint:
            object.__setattr__(self, "message", message)
            object.__setattr__(self, "hint", hint)

    @property
    def text(self) -> str:
        """Return what is wrong; what to write instead."""
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def __str__(self) -> str:
        """Return file:line:column: field: what is wrong; what to write instead."""
        return printable(f"{self.file}:{self.line}:{self.column}: {self.words}")

    @property
    def annotation(self) -> str:
        """Return the line by which GitHub shows it beside the changed line."""
        message = self.words.replace("%", "%25").replace("\n", "%0A")
        file = self.file.replace("%", "%25").replace(",", "%2C").replace(":", "%3A").replace("\n", "%0A")
        return printable(f"::error file={file},line={self.line},col={self.column}::{message}")

    @property
    def words(self) -> str:
        """Return field: what is wrong; what to write instead."""
        return f"{self.field}: {self.text}" if self.field else self.text


class TaskError(Exception):
    """Why a task cannot be done; what to do. The command line prints it in one line."""

    is_listed = False  # True: it has a line for each problem, which begins with the file it is in


class WordError(TaskError, ValueError):
    """What somebody asked for cannot be; what to write instead."""


class ProblemError(TaskError):
    """Problems that stop whatever needed the files to be right. Its text has a line for each."""

    is_listed = True

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def tally(count: int) -> str:
    """Return the last line of a task that looks for problems: 2 problems, no problems found."""
    return f"{count:,} problem{'s' if count > 1 else ''}" if count else "no problems found"


def printable(line: str) -> str:
    """Return one line that any terminal takes: names of files can hold line ends, and bytes that are no text."""
    return line if line.isprintable() else "".join(s if s.isprintable() else repr(s)[1:-1] for s in line)

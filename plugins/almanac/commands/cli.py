"""The command line of `tasks.py` and of `python -m almanac.commands`: verbs as data; help, usage errors, exit codes.

Standard library only: help and usage errors are answered before anything is installed. Exit codes: docs/commands.md.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn, TextIO

from almanac import files
from almanac.commands import ticker
from almanac.text.similar import cure

MISUSED, INTERRUPTED = 2, 130  # exit codes; 0: all is well, 1: something is wrong
MOST_PORTS = 65_535
_WORDS = (  # of argparse, and ours
    (re.compile(r"^the following arguments are required: (.*)"), r"\1 is missing"),
    (re.compile(r"^argument (\S+?): expected .*"), r"\1 needs a value"),
    (re.compile(r"^argument (\S+?): ignored explicit argument .*"), r"\1 takes no value"),
    (re.compile(r"^argument (?:-\w/)?"), ""),
)

Options = argparse.Namespace
Action = Callable[[Path, Options], int | None]  # the root of the project and the options; the exit code


class Argument(NamedTuple):
    """An option such as --now, or a word that stands by itself; `settings` are those of argparse."""

    flag: str
    help: str
    settings: Mapping[str, Any] = MappingProxyType({})


class Verb(NamedTuple):
    """What can be asked for. One with `parts` asks of what: new article, new provider."""

    name: str
    summary: str
    run: Action | None = None
    options: tuple[Argument, ...] = ()
    examples: tuple[str, ...] = ()
    parts: tuple[Verb, ...] = ()
    group: str = ""  # under which it is listed
    passes_on: bool = False  # its arguments are those of a tool behind it
    ticks: bool = True  # it ends by itself, and says how long it takes


class Call(NamedTuple):
    """A verb with its options, as somebody wrote them; `name` has the words of both: new article."""

    name: str
    verb: Verb
    options: Options


class UsageError(Exception):
    """What was written cannot be understood; the message says what to write."""


class _Parser(argparse.ArgumentParser):
    """Raises what is wrong instead of printing it under the words of a library."""

    def error(self, message: str) -> NoReturn:
        for pattern, replacement in _WORDS:
            message = pattern.sub(replacement, message)
        raise UsageError(message)


def flag(name: str, text: str) -> Argument:
    """Return an option that takes no value."""
    return Argument(name, text, {"action": "store_true"})


def port(text: str) -> int:
    """Return the number of a port."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_PORTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; write a number from 1 to {MOST_PORTS}")
    return int(text)


def existing(text: str) -> Path:
    """Return the path of a file or folder that is there."""
    path = Path(text).expanduser()
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{text!r} does not exist; name one that does")
    return path


def listed(text: str) -> tuple[str, ...]:
    """Return the items of a comma-separated list."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def main(arguments: Sequence[str], verbs: Sequence[Verb], root: Path, program: str) -> int:
    """Do what `arguments` ask for in the project at `root`; return the exit code."""
    call = parse(arguments, verbs, program)
    return run(call, root) if isinstance(call, Call) else call


def parse(arguments: Sequence[str], verbs: Sequence[Verb], program: str) -> Call | int:
    """Return the call that `arguments` make; or the exit code, when help or what is wrong has been printed."""
    sys.excepthook = files.plainly
    try:
        with steady():
            return _parse(list(arguments), verbs, program)
    except UsageError as error:
        print(error, file=sys.stderr)
        return MISUSED


def _parse(arguments: list[str], verbs: Sequence[Verb], program: str) -> Call | int:
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:], "--help"]
    if not arguments or arguments[0] in ("-h", "--help", "-l", "--list"):
        print(overview(verbs, program))
        return 0
    verb, name, rest = _chosen(arguments, verbs, program)
    if rest[:1] in (["-h"], ["--help"]) or (not verb.passes_on and {"-h", "--help"} & set(rest)):
        print(help_text(verb, name, program))
        return 0
    if verb.parts:
        kinds = ", ".join(part.name for part in verb.parts)
        raise UsageError(f"{name}: nothing named; write {program} {name} and one of: {kinds}")
    if verb.passes_on:
        return Call(name, verb, Options(arguments=rest, quiet=False))
    try:
        return Call(name, verb, _options(verb, name, rest, program))
    except UsageError as error:
        end = "" if str(error).endswith("?") else "."
        raise UsageError(f"{name}: {error}{end} How to use it: {program} {name} --help") from None


def _chosen(arguments: list[str], verbs: Sequence[Verb], program: str) -> tuple[Verb, str, list[str]]:
    """Return the verb that the first words name, these words, and the rest of them. Raises UsageError."""
    words: list[str] = []
    choice = verbs
    while True:
        word = arguments[len(words)]
        verb = next((one for one in choice if one.name == word), None)
        if verb is None:
            names = [one.name for one in choice]
            before = f"{' '.join(words)}: there is no {words[-1]}" if words else f"{program}: there is no task"
            raise UsageError(f"{before} {word!r}; {_cure(word, names)}")
        words.append(word)
        left = arguments[len(words) :]
        if not verb.parts or not left or left[0] in ("-h", "--help"):
            return verb, " ".join(words), left
        choice = verb.parts


def _options(verb: Verb, name: str, rest: list[str], program: str) -> Options:
    parser = _parser(verb, name, program)
    options, extra = parser.parse_known_intermixed_args(rest)
    flags = [option.flag for option in verb.options if option.flag.startswith("-")]
    for word in extra:
        if word.startswith("-"):
            name_part = word.partition("=")[0]
            raise UsageError(f"there is no option {name_part}; {_cure(name_part, (*flags, '--quiet', '--help'))}")
        raise UsageError(f"{word!r} is one word too many; put text that contains spaces in quotes")
    return options


def _cure(word: str, candidates: Sequence[str]) -> str:
    return cure(word, candidates, f"choose one of: {', '.join(candidates)}")


def _parser(verb: Verb, name: str, program: str) -> _Parser:
    examples = "\n".join(f"  {program} {example}".rstrip() for example in verb.examples)
    parser = _Parser(
        prog=f"{program} {name}",
        description=verb.summary,
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for option in verb.options:
        parser.add_argument(option.flag, help=option.help, **option.settings)
    if not verb.passes_on:
        parser.add_argument("-q", "--quiet", action="store_true", help="print nothing unless something is wrong")
    return parser


def help_text(verb: Verb, name: str, program: str) -> str:
    """Return what --help says of a verb."""
    if not verb.parts:
        return _parser(verb, name, program).format_help().rstrip()
    rows = [f"  {program} {name} {part.name:<11} {part.summary}" for part in verb.parts]
    examples = [f"  {program} {example}" for part in verb.parts for example in part.examples[:1]]
    return "\n".join([verb.summary, "", *rows, "", "examples:", *examples])


def overview(verbs: Sequence[Verb], program: str) -> str:
    """Return the list of all verbs."""
    lines = [f"usage: {program} TASK [options]", ""]
    for group in dict.fromkeys(verb.group for verb in verbs):
        lines += [f"{group}:", *(f"  {verb.name:<10} {verb.summary}" for verb in verbs if verb.group == group), ""]
    return "\n".join([*lines, f"Help on a task: {program} TASK --help. Exit codes: docs/commands.md."])


def run(call: Call, root: Path) -> int:
    """Do what was asked for; return the exit code. Whatever cannot be done is one line, and so is an interruption."""
    name = call.name.partition(" ")[0]
    action = call.verb.run or (lambda root, options: MISUSED)
    is_heard = call.verb.ticks and not call.options.quiet
    from almanac.model.clock import MomentError
    from almanac.model.problem import TaskError

    codes = [1]
    try:
        with steady(), _muted(call.options.quiet, codes), ticker.ticking(name if is_heard else ""):
            codes[0] = action(root, call.options) or 0
    except (TaskError, MomentError) as error:
        print(error if getattr(error, "is_listed", False) else f"{name}: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return INTERRUPTED
    return codes[0]


@contextlib.contextmanager
def _muted(quiet: bool, codes: list[int]) -> Iterator[None]:
    """If `quiet`, hold back what is printed; it goes to standard error unless the exit code in `codes` is 0 then."""
    if not quiet:
        yield
        return
    from tempfile import TemporaryFile

    sys.stdout.flush()
    with TemporaryFile() as buffer:
        before = os.dup(1)
        os.dup2(buffer.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(before, 1)
            os.close(before)
            if codes != [0]:
                buffer.seek(0)
                sys.stderr.write(buffer.read().decode("utf-8", "replace"))


class _Steady(io.TextIOBase):
    """A stream that nobody need read to the end: once its pipe is closed, the rest goes nowhere, and the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with self._closed_pipe():
            ticker.clear()
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._closed_pipe():
            self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextlib.contextmanager
    def _closed_pipe(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())  # what is left of it goes there
            os.close(nowhere)
            if not isinstance(error, BrokenPipeError):
                raise


@contextlib.contextmanager
def steady() -> Iterator[None]:
    """Print into a pipe as long as somebody reads it. Who calls us within the block may have a stream without a number."""
    outer = sys.stdout
    try:
        outer.fileno()
    except (OSError, ValueError):
        yield
        return
    sys.stdout = _Steady(outer)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stdout = outer

"""Reads YAML front matter in which every value has a place, so that every problem can point at file:line:column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

import yaml

from almanac.model.problem import Problem
from almanac.text import limits
from almanac.text.nesting import deep_yaml
from almanac.text.quoting import short

Way = tuple[str | int, ...]  # ("feeds", 0, "url")
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")

# What the loader raises for values such as !!int x, 2026-02-30 or !!python/object
UNMAKEABLE = (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError, LookupError, OverflowError)


class Place(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A file taken apart: its front matter as text and as plain values, and the Markdown below it."""

    file: str
    head: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    faults: tuple[Problem, ...] = ()

    def problem(self, path: Way, message: str) -> Problem:
        """Return a problem at `path`, or at the nearest thing around it that has a place."""
        places = _places(self.head)
        near = path
        while near and near not in places:
            near = near[:-1]
        place = places.get(near, Place(1, 1))
        return Problem(
            file=self.file, line=place.line, column=place.column, field=".".join(map(_part, path)), message=message
        )

    def surplus_text(self, cure: str) -> Iterator[Problem]:
        """Yield a problem, which `cure` ends, if there is text below front matter that should say everything."""
        if self.body.strip():
            yield Problem(file=self.file, line=self.head.count("\n") + 4, message=f"has a text; {cure}")


def attempt(file: str, judge: Callable[[], Iterable[Problem]]) -> list[Problem]:
    """Return every problem that `judge` yields, and one more of `file` if it breaks off, so that no file hides others."""
    faults: list[Problem] = []
    try:
        faults.extend(judge())
    except Exception as error:  # a mistake of ours, which must not hide those of others
        faults.append(judging_error(file, error))
    return faults


def judging_error(file: str, error: Exception) -> Problem:
    """Return the problem of a file that one of our rules could not cope with."""
    cure = "write it more plainly, and report this as a mistake of the program"
    return Problem(file=file, message=f"could not be checked: {type(error).__name__}; {cure}")


def read(data: bytes, file: str, most: int = limits.FILE) -> Matter:
    """Take apart a file of at most `most` bytes that starts with front matter. Never raises: `faults` has what is wrong."""
    if len(data) > most:
        return Matter(
            file=file, faults=(Problem(file=file, message=f"has {len(data):,} bytes; write at most {most:,}"),)
        )
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return _unreadable(file, Place(line, 1), "is not UTF-8; save the file as UTF-8")
    head, mark, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not mark:
        return _unreadable(
            file, Place(1, 1), "has no front matter; begin with a line ---, then fields, then a line ---"
        )
    try:
        return _matter(file, head, body)
    except yaml.MarkedYAMLError as error:
        return _unreadable(file, _place(error.problem_mark), f"is not YAML: {error.problem}; {_hint(error.problem)}")
    except yaml.YAMLError as error:  # the parser gives no line for forbidden characters
        return _unreadable(file, Place(2, 1), f"is not YAML: {' '.join(str(error).split())}; retype that line")


class _Loader(yaml.CSafeLoader):
    """A loader that makes no number so long that nobody could print it."""

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        if node.tag in NUMBERS and len(node.value) > limits.YAML_NUMBER:
            raise ValueError("is too long a number")
        return super().construct_scalar(node)


def _matter(file: str, head: str, body: str) -> Matter:
    """Return the Matter of a file with every problem of it. Raises yaml.YAMLError where `head` is no YAML at all."""
    if mark := deep_yaml(head):
        return _unreadable(file, _place(mark), f"is nested more than {limits.YAML_LEVELS} levels deep; write it flat")
    loader = _Loader(head)
    root = loader.get_single_node()
    if not isinstance(root, yaml.MappingNode):
        return _unreadable(file, Place(2, 1), "front matter is not a list of fields; write lines like `name: value`")
    wrong = [(path, message) for path, _, message in _walk(root, (), set()) if message]
    values = {}
    for key, value in root.value if not wrong else ():  # an alias may hold a bomb: nothing is built then
        try:
            values[_name(key)] = loader.construct_object(value, deep=True)
        except UNMAKEABLE:
            wrong.append(((_name(key),), "holds a value that YAML cannot make sense of; put it in quotes"))
    matter = Matter(file=file, head=head, values=values, body=body)
    return replace(matter, faults=tuple(matter.problem(path, message) for path, message in wrong))


@lru_cache(maxsize=8)
def _places(head: str) -> Mapping[Way, Place]:
    """Return where each field of front matter stands; {} for front matter that cannot be read."""
    places: dict[Way, Place] = {}
    root = yaml.compose(head, Loader=yaml.CSafeLoader)
    for path, place, _ in _walk(root, (), set()) if root else ():
        places[path] = place or places[path]
    return places


def _walk(node: yaml.Node, path: Way, met: set[int]) -> Iterator[tuple[Way, Place | None, str]]:
    """Yield each field under `node` with the place of its name, and what is wrong with it as YAML ("" if nothing)."""
    if id(node) in met:
        yield path, None, "is a YAML alias (*name); write the value out"
        return
    met.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield (*path, index), _place(item.start_mark), ""
            yield from _walk(item, (*path, index), met)
    elif isinstance(node, yaml.MappingNode):
        first: dict[str, Place] = {}
        for key, value in node.value:
            place, name = _place(key.start_mark), _name(key)
            twice = f"appears twice, first in line {first[name].line}; keep one" if name in first else ""
            first.setdefault(name, place)
            yield (*path, name), place, twice
            yield from _walk(value, (*path, name), met)


def _part(key: str | int) -> str:
    """Return a part of the path of a field, cut: a key that somebody made up can be as long as the file."""
    return short(str(key))


def _name(key: yaml.Node) -> str:
    """Return a key as it is written: 1 and no are names of fields too, unknown ones."""
    return key.value if isinstance(key, yaml.ScalarNode) else "?"


def _place(mark: Any) -> Place:
    """Return the place of a parser's mark, which counts from 0 and from below the first line ---."""
    return Place(mark.line + 2, mark.column + 1) if mark else Place(2, 1)


def _hint(problem: str | None) -> str:
    """Return what usually helps against a YAML error."""
    if problem and "mapping values" in problem:
        return 'put text that holds ": " in quotes'
    return "quote text that holds : # [ ] { } or begins with * & ! % @, and indent with spaces"


def _unreadable(file: str, place: Place, message: str) -> Matter:
    """Return the Matter of a file of which nothing can be read."""
    return Matter(file=file, faults=(Problem(file=file, line=place.line, column=place.column, message=message),))

"""Reads YAML front matter in which every value has a place, so that every problem can point at file:line:column."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from almanac.model.problem import Problem
from almanac.text import limits
from almanac.text.nesting import deep_yaml
from almanac.text.quoting import short

Way = tuple[str | int, ...]  # ("feeds", 0, "url")
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")

NO_END = "stands where fields should have ended; write a line --- above it"
NO_VALUE = "holds a value that YAML cannot make sense of; put it in quotes"
_MERGE = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)  # of git
_FIELD = re.compile(r" *(?:- )?[\w-]+:")
_LIKE_FIELD = re.compile(rf"{_FIELD.pattern}|\s*[-#]|\s+\S")  # a line that may stand in front matter
_BLANK = re.compile(r" *[\t\u00a0\u2000-\u200b\u3000]")
_OPENED = {  # what the parser was reading when it met the end or something else
    "while scanning a quoted scalar": "a quotation mark that has no other",
    "while parsing a flow sequence": "a [ without its ]",
    "while parsing a flow mapping": "a { without its }",
}

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
    shift: int = 0  # 1 for a file that is fields alone, which has no first line ---

    def problem(self, path: Way, message: str) -> Problem:
        """Return a problem at `path`, or at the nearest thing around it that has a place."""
        places = _places(self.head)
        near = path
        while near and near not in places:
            near = near[:-1]
        place = places.get(near, Place(1, 1))
        return Problem(
            file=self.file,
            line=max(place.line - self.shift, 1),
            column=place.column,
            field=".".join(map(_part, path)),
            message=message,
        )

    def texts(self, *way: str) -> Iterator[tuple[Way, str]]:
        """Yield each text under `way` with its path; * is every item of a list. Forms complain of other types."""
        return _texts(self.values, way, ())

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


def read_fields(data: bytes, file: str, most: int = limits.FILE) -> Matter:
    """Take apart a file that is fields alone; lines --- around them are no matter. Never raises, as `read`."""
    if len(data) > most:
        return read(data, file, most)
    data = data.removeprefix(codecs.BOM_UTF8)
    if data.startswith(b"---"):
        return read(data + b"\n---\n", file)
    matter = read(b"---\n" + data + b"\n---\n", file)
    faults = (replace(fault, line=max(fault.line - 1, 1)) for fault in matter.faults)
    return replace(matter, faults=tuple(faults), shift=1)


def placed(content: Path, fault: Problem) -> Problem:
    """Return a problem of a field of a file under `content` with the place of that field."""
    if not fault.field:
        return fault
    path = content.parent / fault.file
    matter = (read_fields if path.suffix != ".md" else read)(path.read_bytes(), fault.file)
    way = tuple(int(part) if part.isdecimal() else part for part in fault.field.split("."))
    return matter.problem(way, fault.text)


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
    if merge := _MERGE.search(text):
        line = text.count("\n", 0, merge.start()) + 1
        return _unreadable(
            file, Place(line, 1), "is the mark of a merge that failed; keep one version, delete the marks"
        )
    head, mark, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n"):
        return _unreadable(
            file, Place(1, 1), "has no front matter; begin with a line ---, then fields, then a line ---"
        )
    if not mark:
        return _unreadable(file, _end_of_fields(head), NO_END)
    try:
        return _matter(file, head, body)
    except yaml.MarkedYAMLError as error:
        return _unreadable(file, *_not_yaml(head, error))
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
            is_date = isinstance(value, yaml.ScalarNode) and value.tag == "tag:yaml.org,2002:timestamp"
            cure = "is not a valid date or time; correct it"
            wrong.append(((_name(key),), cure if is_date else NO_VALUE))
    matter = Matter(file=file, head=head, values=values, body=body)
    return replace(matter, faults=tuple(matter.problem(path, message) for path, message in wrong))


def _texts(value: Any, way: tuple[str, ...], path: Way) -> Iterator[tuple[Way, str]]:
    if not way:
        yield from [(path, value)] if isinstance(value, str) else []
    elif way[0] == "*":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _texts(item, way[1:], (*path, index))
    elif isinstance(value, Mapping) and way[0] in value:
        yield from _texts(value[way[0]], way[1:], (*path, way[0]))


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


def _end_of_fields(head: str) -> Place:
    """Return where fields seem to end that no line --- ends."""
    lines = head.split("\n")
    return Place(
        next((number for number, line in enumerate(lines, 2) if not _LIKE_FIELD.match(line)), len(lines) + 2), 1
    )


def _not_yaml(head: str, error: yaml.MarkedYAMLError) -> tuple[Place, str]:
    """Return where the mistake probably is behind an error of the YAML parser, and what to do about it."""
    lines, problem, mark = head.split("\n"), str(error.problem), error.problem_mark
    line = mark.line if mark else 0
    for number in (line, line - 1):
        if 0 <= number < len(lines) and _BLANK.match(lines[number]):
            return Place(number + 2, 1), "begins with a blank that YAML does not know; indent with spaces"
    if error.context_mark and (opened := _OPENED.get(str(error.context))):
        return _place(error.context_mark), f"is not YAML: {opened}; close it, or put text that begins so in quotes"
    cure = "quote text that holds : # [ ] { } or begins with * & ! % @, and indent with spaces"
    if "mapping values" in problem and mark:
        is_field = _FIELD.fullmatch(lines[line], 0, mark.column + 1)
        as_others = 'indent it as the fields beside it, and write "- " before an item of a list'
        cure = as_others if is_field else 'put text that holds ": " in quotes'
    return _place(mark), f"is not YAML: {problem}; {cure}"


def _unreadable(file: str, place: Place, message: str) -> Matter:
    """Return the Matter of a file of which nothing can be read."""
    return Matter(file=file, faults=(Problem(file=file, line=place.line, column=place.column, message=message),))

"""Read almanac.toml, which says whose almanac this is. Everything that is wrong in it is reported at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from almanac.model.problem import Problem, ProblemError
from almanac.model.project import ANYBODYS, NEEDED, Capability, PressWords, Project
from almanac.text.quoting import quoted
from almanac.text.similar import nearest

FILE = "almanac.toml"
SETTINGS = {f"ALMANAC_{name.upper()}": name for name in ("subject", "publisher", "contact", "repository")}  # Pelican's
MOST = 20  # providers that a leaderboard may wait for
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_URL = r"https?://[^\s<>\"]+"
_TEXTS = {  # what a setting of one line may say, and what is written where it says something else
    "name": (r"[^<>\n]{1,60}", "a name of at most 60 characters"),
    "subject": (r"[^<>\n]{0,40}", "at most 40 characters that stand before a noun, e.g. payments"),
    "address": (_URL, "the URL where it will be published, e.g. https://status.example.org"),
    "feed_ids": (r"tag:[a-z0-9.@-]+,\d{4}(-\d\d){0,2}:[^\s<>\"]*", "a tag: URI, e.g. tag:status.example.org,2026:"),
    "publisher": (r"[^<>\n]{0,100}", "who is responsible, in at most 100 characters"),
    "contact": (rf"|[^\s<>@/]+@[^\s<>@/]+|{_URL}", "a mail address or a URL"),
    "repository": (rf"|{_URL}", "the URL of the repository, e.g. https://github.com/name/almanac"),
    "user_agent": (r"[ -~]{0,200}", "at most 200 plain letters, e.g. Name/1.0 (+https://status.example.org)"),
}
_PRESS = tuple(PressWords.__dataclass_fields__)
_SCHEMES = ("light", "dark")
_SETTINGS = (*_TEXTS, "leaderboard_needs", "capabilities", "press", "colours")
_HEADS = re.compile(r"^\s*(?:\[([^\]]+)\]|([\w-]+|\"[^\"]*\")\s*=)")


class ProjectError(ProblemError):
    """Every problem of almanac.toml, a line each."""


def load(root: Path) -> Project:
    """Return what the almanac.toml in `root` says; without the file, what holds for anybody's. Raises ProjectError."""
    return read(data(root))


def sound(root: Path) -> tuple[Project, tuple[Problem, ...]]:
    """Return what almanac.toml says and what is wrong with it; if anything is, what holds for anybody's."""
    try:
        return load(root), ()
    except ProjectError as error:
        return ANYBODYS, error.problems


def data(root: Path) -> bytes:
    """Return the bytes of the almanac.toml in `root`; none where there is no such file."""
    try:
        return (root / FILE).read_bytes()
    except FileNotFoundError:
        return b""


def read(text: bytes) -> Project:
    """Return what the bytes of an almanac.toml say. Raises ProjectError."""
    try:
        lines = text.decode()
        values = tomllib.loads(lines)
    except UnicodeDecodeError as error:
        raise ProjectError([Problem(file=FILE, message="is not UTF-8; save it as UTF-8")]) from error
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(where[1]), int(where[2])) if where else (1, 1)
        message = f"is not TOML ({str(error).partition(' (at')[0]}); correct this line"
        raise ProjectError([Problem(file=FILE, line=line, column=column, message=message)]) from error
    faults = [_problem(lines, name, message) for name, message in _faults(values)]
    if faults:
        raise ProjectError(faults)
    return _project(values)


def with_settings(project: Project, settings: Mapping[str, Any]) -> Project:
    """Return a project as Pelican's settings have it, which stand over almanac.toml. Raises ProjectError."""
    values = {name: settings[setting] for setting, name in SETTINGS.items() if settings.get(setting)}
    if faults := [Problem(file="pelicanconf.py", field=name, message=message) for name, message in _faults(values)]:
        raise ProjectError(faults)
    return replace(project, **values)


def _faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the dotted name of each setting that cannot be followed, with what is wrong; what to write instead."""
    yield from _strangers(values, _SETTINGS)
    for name, (form, cure) in _TEXTS.items():
        if name in values and not (isinstance(values[name], str) and re.fullmatch(form, values[name])):
            yield name, f"is {quoted(str(values[name]))}; write {cure}"
    needs = values.get("leaderboard_needs", NEEDED)
    if type(needs) is not int or not 2 <= needs <= MOST:
        yield "leaderboard_needs", f"is {quoted(str(needs))}; write a whole number from 2 to {MOST}"
    for name, judge in _TABLES.items():
        if isinstance(table := values.get(name, {}), dict):
            yield from ((f"{name}.{place}", message) for place, message in judge(table))
        else:
            yield name, f"is not a table; write its lines below [{name}]"


def _capability_faults(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for slug, said in table.items():
        texts = _texts(said)
        if not _SLUG.fullmatch(slug):
            yield slug, "is not a valid slug; use a to z, 0 to 9 and -, e.g. card-payments"
        if not ({"name"} <= set(texts) <= {"name", "use"} and all(isinstance(text, str) for text in texts.values())):
            yield slug, 'has no name; write "Name", or { name = "Name", use = "For names" }'


def _press_faults(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _strangers(table, _PRESS)
    for name in _PRESS:
        words = table.get(name, [])
        if not (isinstance(words, list) and all(isinstance(word, str) and word for word in words)):
            yield name, 'is not a list of words; write ["word", "two words"]'


def _colour_faults(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _strangers(table, _SCHEMES)
    for scheme in _SCHEMES:
        colours = table.get(scheme, {})
        for name, colour in colours.items() if isinstance(colours, dict) else [("", colours)]:
            if not (isinstance(colour, str) and _COLOUR.fullmatch(colour) and _SLUG.fullmatch(name)):
                yield f"{scheme}.{name}".rstrip("."), f'is {quoted(str(colour))}; write {{ accent = "#1b5e72" }}'


_TABLES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]] = {
    "capabilities": _capability_faults,
    "press": _press_faults,
    "colours": _colour_faults,
}


def _strangers(values: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the names that are no settings."""
    for name in values:
        if name not in names:
            meant = nearest(name, names)
            cure = f"write {meant}" if meant else f"settings here are {', '.join(names)}"
            yield name, f"is not a setting; {cure}"


def _texts(said: Any) -> Mapping[str, Any]:
    """Return what a capability says by its fields; nothing if it is neither a text nor a table."""
    return {"name": said} if isinstance(said, str) else said if isinstance(said, dict) else {}


def _problem(text: str, name: str, message: str) -> Problem:
    """Return the problem of a setting, at its line or else at that of its table."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _HEADS.match(line):
            table = match[1].strip() if match[1] else table
            key = "" if match[1] else match[2].strip('"')
            lines.setdefault(f"{table}.{key}".strip("."), number)
    place = next((place for place in (name, name.rpartition(".")[0]) if place in lines), "")
    return Problem(file=FILE, line=lines.get(place, 1), field=name, message=message)


def _project(values: Mapping[str, Any]) -> Project:
    """Return the project of values without a fault."""
    made = {
        "capabilities": tuple(_capability(slug, _texts(said)) for slug, said in values.get("capabilities", {}).items()),
        "press": PressWords(**{name: tuple(words) for name, words in values.get("press", {}).items()}),
    }
    return Project(**{**values, **made})


def _capability(slug: str, texts: Mapping[str, str]) -> Capability:
    """Return a capability; without words of its own for what can stand in, these are For and its name."""
    name = texts["name"]
    use = f"For {name if name.isupper() else name[:1].lower() + name[1:]}" if name else ""
    return Capability(slug, name, texts.get("use", use))

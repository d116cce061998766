"""The facts of an incident ⇄ front matter. Pure.

What `write` writes, a fast reader of our own takes apart; what a person rewrote goes through PyYAML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from almanac.archive.scalars import NotCanonicalError, read_scalar, read_sequence, scalar, sequence
from almanac.model import DECLARED, YEARS, Impact, Incident, Kind, Phase, stamp, unstamp
from almanac.text import limits
from almanac.text.quoting import quoted

UNKNOWN = "unknown"  # a time we do not know

Raw = tuple[tuple[str, str], ...]  # unknown fields: name, and YAML as it stands in the file


class FactError(ValueError):
    """Something wrong in the line that begins with `near`; the message says what, and what to write instead."""

    def __init__(self, near: str, message: str) -> None:
        super().__init__(message)
        self.near = near


class Codec(NamedTuple):
    """How the values of a field are written and read."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _read_flag(raw: str) -> bool:
    if raw not in ("true", "false"):
        raise NotCanonicalError(f"{quoted(raw)} is neither true nor false")
    return raw == "true"


def _write_maybe(at: datetime | None) -> str:
    return UNKNOWN if at is None else stamp(at)


def _read_maybe(raw: str) -> datetime | None:
    return None if raw == UNKNOWN else _read_time(raw)


def _read_time(raw: str) -> datetime:
    at = unstamp(raw)
    if at.year not in YEARS:
        raise ValueError(f"{raw} is not in a year that an incident can have; restore the earlier value")
    return at


def _read_count(raw: str) -> int:
    if not raw.isascii() or not raw.isdecimal():
        raise NotCanonicalError(f"{quoted(raw)} is not a whole number; write e.g. 7200")
    return int(raw)


def _word(words: type[Impact | Phase] | Iterable[Kind]) -> Codec:
    by_value: Mapping[str, Any] = {word.value: word for word in words}

    def read(raw: str) -> Any:
        if raw not in by_value:
            raise NotCanonicalError(f"{quoted(raw)} is not one of our words; write one of: {', '.join(by_value)}")
        return by_value[raw]

    return Codec(lambda word: word.value, read)


MEMO = lru_cache(1024)  # an archive says the same few words over and over
TEXT = Codec(scalar, read_scalar)
WORD = Codec(MEMO(scalar), MEMO(read_scalar))
LIST = Codec(MEMO(sequence), MEMO(read_sequence))
FLAG = Codec(lambda flag: "true" if flag else "false", _read_flag)
TIME = Codec(stamp, _read_time)
MAYBE = Codec(_write_maybe, _read_maybe)
COUNT = Codec(str, _read_count)

FIELDS: dict[str, Codec] = {
    "provider": WORD,
    "id": TEXT,
    "aliases": LIST,
    "title": TEXT,
    "title_is_ours": FLAG,
    "kind": _word(DECLARED),
    "kind_basis": WORD,
    "impact": _word(Impact),
    "impact_stated": WORD,
    "impact_basis": WORD,
    "phase": _word(Phase),
    "components": LIST,
    "components_basis": WORD,
    "started": TIME,
    "started_basis": WORD,
    "ended": MAYBE,
    "ended_basis": WORD,
    "trouble_seconds": COUNT,
    "planned_from": MAYBE,
    "planned_until": MAYBE,
    "precision": WORD,
    "source": TEXT,
    "dialect": WORD,
    "id_is_ours": FLAG,
    "imported": WORD,
    "first_seen": MAYBE,
    "vanished": MAYBE,
}
SILENT = frozenset(  # not written while there is nothing to say
    {
        *("aliases", "title_is_ours", "impact_basis", "components_basis", "planned_from", "planned_until", "dialect"),
        *("id_is_ours", "imported", "trouble_seconds", "vanished"),
    }
)
NEEDED = frozenset({"provider", "id", "title", "kind", "phase", "started"})  # the rest have defaults

_FACT = re.compile(r"([A-Za-z_][\w.-]*):(?: (.*))?")


def write(incident: Incident) -> list[str]:
    """Return the lines of the front matter. Values of `extra` are raw YAML as `read` found it."""
    lines = [
        f"{name}: {codec.write(getattr(incident, name))}"
        for name, codec in FIELDS.items()
        if name not in SILENT or getattr(incident, name)
    ]
    return lines + [f"{name}:{raw}" if raw[:1] in ("", "\n") else f"{name}: {raw}" for name, raw in incident.extra]


def read(head: str) -> tuple[dict[str, Any], Raw]:
    """Return the known fields of front matter by name, and the unknown ones as they are. Raises FactError."""
    raws = _raw(head)
    extra = tuple((name, raw) for name, raw in raws.items() if name not in FIELDS)
    try:
        return {name: FIELDS[name].read(raw) for name, raw in raws.items() if name in FIELDS}, extra
    except ValueError:
        raws = _canonicalize(head)
    facts: dict[str, Any] = {}
    for name, raw in raws.items():
        try:
            facts[name] = FIELDS[name].read(raw)
        except ValueError as error:
            raise FactError(f"\n{name}:", f"{name}: {error}") from None
    return facts, extra


def _raw(head: str) -> dict[str, str]:
    """Return the text behind each name, with the lines that continue it."""
    raws: dict[str, str] = {}
    name = ""
    for line in head.split("\n"):
        before, _, raw = line.partition(": ")
        if before not in FIELDS:  # unknown, empty, or more of the one above
            match = _FACT.fullmatch(line)
            if not match:
                if not name:
                    raise FactError(line, f"{quoted(line)} is not a fact; write lines like `phase: resolved`")
                raws[name] += f"\n{line}"
                continue
            before, raw = match[1], match[2] or ""
        name = before
        if name in raws:
            raise FactError(f"\n{line}", f"{name} appears twice; keep one")
        raws[name] = raw
    return raws


def _canonicalize(head: str) -> dict[str, str]:
    """Return the known fields of front matter that a person rewrote, as we write them."""
    import yaml  # only here: the archive as we write it is read without

    from almanac.text.nesting import alias_in_yaml, deep_yaml

    try:
        deep = deep_yaml(head)
        alias = None if deep else alias_in_yaml(head)
        values = None if deep or alias else yaml.load(head, yaml.CSafeLoader)
    except (
        yaml.YAMLError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
    ) as error:  # a 13th month, !!int '' …
        line = _line(head, getattr(error, "problem_mark", None))
        problem = getattr(error, "problem", "") or " ".join(str(error).split())
        raise FactError(line, f"is not YAML: {problem}; put texts that hold : or # in double quotes") from None
    if deep:
        raise FactError(_line(head, deep), f"is nested more than {limits.YAML_LEVELS} levels deep; write it flat")
    if alias:
        raise FactError(_line(head, alias), "holds a YAML alias (*name); write the value out")
    fields = values if isinstance(values, dict) else {}
    return {name: _spell(value) for name, value in fields.items() if name in FIELDS}


def _line(head: str, mark: Any) -> str:
    """Return the line that a mark of the parser stands in, "" without one."""
    return head.split("\n")[mark.line] if mark and mark.line <= head.count("\n") else ""


def _spell(value: object) -> str:
    """Spell a value that YAML made in the form we read. What has none is named by its type, and will be refused."""
    match value:
        case bool():
            return FLAG.write(value)
        case str():
            return scalar(value)
        case datetime():  # where the year is none of ours there is no UTC at every offset
            return stamp(value if value.tzinfo and value.year in YEARS else value.replace(tzinfo=UTC))
        case list() if all(isinstance(item, str) for item in value):
            return sequence(value)
        case float() | date() | None:
            return str(value)
        case int() if value.bit_length() <= limits.YAML_NUMBER * 4:
            return str(value)
    return f"<{type(value).__name__}>"

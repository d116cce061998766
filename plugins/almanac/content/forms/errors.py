"""Puts what pydantic refuses in front matter into words for whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from almanac.content.frontmatter import Matter, Way
from almanac.model.problem import Problem
from almanac.text.quoting import quoted
from almanac.text.similar import cure

MOST_LISTED = 8  # words that a message lists before it guesses


def fault(form: type[BaseModel], matter: Matter, detail: ErrorDetails) -> Problem:
    """Return a pydantic error as a Problem."""
    path = detail["loc"]
    return matter.problem(path, _message(form, path, detail))


def _message(form: type[BaseModel], path: Way, detail: ErrorDetails) -> str:
    """Return what is wrong, and what to write instead."""
    kind, value = detail["type"], _excerpt(detail["input"])
    if kind == "missing":
        return f"is missing; add a line `{path[-1]}: …`"
    if kind in {"extra_forbidden", "invalid_key"}:
        return _unknown(str(path[-1]), _keys(form, path[:-1]))
    if kind == "value_error":
        return f"{value} {detail['ctx']['error']}"
    if kind == "too_short":
        few = "is an empty list; name at least" if not detail["ctx"]["actual_length"] else "is too few; name at least"
        return f"{few} {({1: 'one', 2: 'two'})[detail['ctx']['min_length']]}"
    if kind == "too_long":
        return f"holds {len(detail['input']):,}; write at most {detail['ctx']['max_length']:,}"
    if kind == "literal_error":
        return f"{value} is not allowed; {_choice(str(detail['input']), detail['ctx']['expected'])}"
    expected = {
        "string_type": "text in quotes",
        "bool_type": "true or false",
        "list_type": "a list, e.g. [a, b]",
        "model_type": "fields below it, indented by two spaces",
        "dict_type": "fields below it, indented by two spaces",
        "date_type": "a date without quotes, e.g. 2026-03-02",
        "int_type": "a whole number, e.g. 1",
        "datetime_type": "a date and time in UTC without quotes, e.g. 2026-03-02T18:00:00Z",
    }
    found = "empty" if detail["input"] is None else value
    return f"is {found}; must be {expected.get(kind, detail['msg'])}"


def _excerpt(value: object) -> str:
    """Return a value as it is written, short enough for a message."""
    if isinstance(value, bool) or value is None:
        return "nothing" if value is None else str(value).lower()
    if isinstance(value, Mapping | list):
        return "a list" if isinstance(value, list) else "a group of fields"
    return str(value) if isinstance(value, date) else quoted(value)


def _unknown(key: str, keys: Sequence[str]) -> str:
    """Return a message about an unknown key, with the one that was probably meant."""
    what_to_write = cure(key, keys, f"known: {', '.join(keys)}")
    return f"is not a known key; {what_to_write}"


def _choice(word: str, expected: str) -> str:
    """Return which of the allowed words, as Pydantic lists them, to write: of many the one most like it."""
    allowed = expected.removeprefix("'', ").replace("'", "")
    words = allowed.replace(" or ", ", ").split(", ")
    return cure(word, words if len(words) > MOST_LISTED else (), f"use {allowed}")


def _keys(form: type[BaseModel], path: Way) -> list[str]:
    """Return the keys that the form has at `path`."""
    for part in path:
        if isinstance(part, str):
            form = _inner(form.model_fields[part].annotation)
    return list(form.model_fields)


def _inner(annotation: Any) -> type[BaseModel]:
    """Return the form inside list[Form], Form | None and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(_inner(arg) for arg in get_args(annotation) if arg is not type(None))

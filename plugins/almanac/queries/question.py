"""The closed set of questions that articles may ask of the archive, read from front matter. Nothing is evaluated. Pure.

    {share: ended between 2h and 4h, provider: anthropic, impact: [major], from: 2025-03-01, to: 2026-03-01}

Each question has one key that names it; `SHAPES` says what that key holds and which others go with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from almanac.model import Impact, Phase
from almanac.queries import amounts
from almanac.queries.amounts import DAY, QueryError
from almanac.stats.formulas import FORMULAS
from almanac.text.quoting import quoted
from almanac.text.similar import cure, nearest

MARKS = ("posted late", "edited", "without an end", "of zero length", "without components")
LENGTHS = ("median", "longest", "shortest")
DAYS = ("days with trouble", "days without trouble")
COUNTS = ("incidents", *DAYS)

_SLUG = re.compile(r"[a-z0-9-]{1,64}")
_ENDED = re.compile(r"ended (under|over|within) (.+)|ended between (.+) and (.+)")


class Query(NamedTuple):
    """What `question` asks about `value`. Plain values only, so that the build can keep it."""

    question: str
    value: str
    low: float = 0.0  # of a share of lengths, in seconds, both included
    high: float = 0.0
    provider: str = ""
    impacts: tuple[str, ...] = ()  # none: every one
    component: str = ""  # slug
    incident: str = ""  # provider/id
    other: str = ""  # the provider in whose trouble another is looked at
    since: int = 0  # [since, until) in epoch seconds
    until: int = 0


class Shape(NamedTuple):
    """What goes with a question: how its value is read, the unit of its answer, needed and further keys."""

    read: Callable[[Any], dict[str, Any]]
    unit: str  # share, seconds, number, yes, moment or rank
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


def query(fields: Mapping[str, Any]) -> Query:
    """Return the question in `fields`, `expect` left aside. Raises QueryError."""
    questions = [key for key in fields if key in SHAPES]
    if not questions:
        near = next((near for key in fields if (near := nearest(key, SHAPES)) and key not in OTHERS), "")
        what_to_write = f"did you mean {near}?" if near else f"begin with {amounts.alternatives(SHAPES)}"
        raise QueryError("", f"asks nothing; {what_to_write}")
    if len(questions) > 1:
        raise QueryError(questions[1], f"is a second question besides {questions[0]}; ask one")
    question = questions[0]
    shape = SHAPES[question]
    keys = (question, *shape.needs, *shape.may, "expect")
    for key in fields:
        if key not in keys:
            what_to_write = cure(str(key), keys, f"allowed: {', '.join(keys[1:])}")
            raise QueryError(str(key), f"does not go with {question}; {what_to_write}")
    if missing := [key for key in shape.needs if key not in fields]:
        raise QueryError("", f"lacks {missing[0]}; {question} needs {', '.join(shape.needs)}")
    values = _read(question, shape.read, fields[question])
    for key in (*shape.needs, *shape.may):
        if key in fields:
            values |= _read(key, OTHERS[key], fields[key])
    if question in BY_DAY and any(values[key] % DAY for key in ("since", "until")):
        raise QueryError("from", f"is within a day; {question} is taken over whole days, e.g. 2026-03-01")
    if values.get("until", math.inf) <= values.get("since", 0):
        raise QueryError("to", "is not after from; it is the first day that does not count")
    return Query(**{"question": question, "value": "", **values})


def _read(key: str, read: Callable[[Any], dict[str, Any]], value: Any) -> dict[str, Any]:
    try:
        return read(value)
    except QueryError:
        raise
    except (ValueError, TypeError) as error:
        raise QueryError(key, str(error)) from None


def _share(value: Any) -> dict[str, Any]:
    if value in MARKS:
        return {"value": value}
    match = _ENDED.fullmatch(value) if isinstance(value, str) else None
    parts = [part for part in match.groups()[1:] if part] if match else []
    lengths = [length for part in parts if (length := amounts.length(part)) is not None]
    if not match or len(lengths) < len(parts):
        cure = f"write 'ended between 2h and 4h', 'ended under 2h', within, over, or {amounts.alternatives(MARKS)}"
        raise ValueError(f"{quoted(value)} is not a share of incidents; {cure}")
    low, high = {
        "under": (0.0, lengths[0] - 1),
        "within": (0.0, lengths[0]),
        "over": (lengths[0] + 1, math.inf),
        None: (lengths[0], lengths[-1]),
    }[match[1]]
    return {"value": value, "low": low, "high": high}


def _quantile(value: Any) -> dict[str, Any]:
    if value in LENGTHS or (isinstance(value, str) and re.fullmatch("p[1-9][0-9]?", value)):
        return {"value": value}
    raise ValueError(f"{quoted(value)} is not a quantile; write {amounts.alternatives(LENGTHS)}, or p90 and the like")


def _choice(choices: tuple[str, ...], name: str = "value") -> Callable[[Any], dict[str, Any]]:
    def read(value: Any) -> dict[str, Any]:
        if value not in choices:
            what_to_write = cure(str(value), choices, f"write {amounts.alternatives(choices)}")
            raise ValueError(f"{quoted(value)} is not allowed; {what_to_write}")
        return {name: value}

    return read


def _slug(name: str) -> Callable[[Any], dict[str, Any]]:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, str) or not _SLUG.fullmatch(value):
            raise ValueError(f"{quoted(value)} is not a valid slug; use a to z, 0 to 9 and -")
        return {name: value}

    return read


def _incident(name: str) -> Callable[[Any], dict[str, Any]]:
    def read(value: Any) -> dict[str, Any]:
        slug, _, raw = value.partition("/") if isinstance(value, str) else ("", "", "")
        if not _SLUG.fullmatch(slug) or not raw or not raw.isprintable():
            raise ValueError(f"{quoted(value)} names no incident; write provider/id, e.g. anthropic/0ghc53zpsfmt")
        return {name: value}

    return read


def _impacts(value: Any) -> dict[str, Any]:
    impacts = [impact.value for impact in Impact]
    words = value if isinstance(value, list) else [value]
    if odd := [word for word in words if word not in impacts]:
        raise ValueError(f"{quoted(odd[0])} is not an impact; write {amounts.alternatives(impacts)}")
    return {"impacts": tuple(dict.fromkeys(words))}


def _moment(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: amounts.instant(value)}


PERIOD = ("from", "to")
BY_DAY = ("streak", "availability", "rank")
OTHERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "provider": _slug("provider"),
    "impact": _impacts,
    "component": _slug("component"),
    "incident": _incident("incident"),
    "during": _incident("incident"),
    "while": _slug("other"),
    "with": _slug("other"),
    "from": _moment("since"),
    "to": _moment("until"),
}
SHAPES: dict[str, Shape] = {
    "share": Shape(_share, "share", ("provider", *PERIOD), ("impact", "component")),
    "length": Shape(_quantile, "seconds", ("provider", *PERIOD), ("impact", "component")),
    "count": Shape(_choice(COUNTS), "number", ("provider", *PERIOD), ("impact", "component")),
    "streak": Shape(_choice(DAYS), "number", ("provider", *PERIOD), ("impact", "component")),
    "availability": Shape(
        _choice(tuple(formula.slug for formula in FORMULAS)), "share", ("provider", *PERIOD), ("component",)
    ),
    "rank": Shape(_slug("value"), "rank", PERIOD),
    "trouble": Shape(_slug("value"), "yes", ("during",), ("impact", "component")),
    "common": Shape(_slug("value"), "share", ("while", *PERIOD), ("component",)),
    "together": Shape(_slug("value"), "yes", ("with", *PERIOD)),
    "affected": Shape(_slug("value"), "yes", ("incident",)),
    "posted": Shape(_choice(tuple(phase.value for phase in Phase)), "yes", ("incident",)),
    "delay": Shape(_choice(tuple(phase.value for phase in Phase)), "seconds", ("incident",)),
    "lasted": Shape(_incident("incident"), "seconds", ()),
    "started": Shape(_incident("incident"), "moment", ()),
    "ended": Shape(_incident("incident"), "moment", ()),
}

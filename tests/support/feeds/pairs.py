"""Fixture pairs: `<dialect>/<quirk>.xml` (or `.in.json`) is what a feed sent, `<quirk>.json` what it must become.

The expected side names only what differs from the defaults of the model; every update and incident is first seen at
`seen`. `error` stands there instead of `reading` where the feed must be refused. To see what the reader makes of a new
fixture, before you hold it against what the feed really says:

    PYTHONPATH=plugins python3 -m tests.support.feeds.pairs FILE.xml 2026-03-02T12:00:00Z
"""

from __future__ import annotations

import json
import sys
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from almanac import feeds
from almanac.model import (
    FeedError,
    Impact,
    Incident,
    Kind,
    Phase,
    Provider,
    Reading,
    Skip,
    Update,
    Window,
    stamp,
    unstamp,
)

FOLDER = Path(__file__).parent
PROVIDER = Provider(slug="example", name="Example", company="Example Inc.", home="", status_page="")
_TIMES = {"at", "started", "ended", "planned_from", "planned_until", "since"}
_ENUMS: dict[str, type[StrEnum]] = {"phase": Phase, "kind": Kind, "impact": Impact, "window": Window}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What a feed sent, when and with which hint it was read, and what must come of it."""

    body: bytes
    seen: datetime
    hint: str = ""
    reading: Reading | None = None
    error: str = ""


def inputs() -> list[Path]:
    """Every fixture there is."""
    return sorted([*FOLDER.glob("*/*.xml"), *FOLDER.glob("*/*.in.json")])


def outcome_of(path: Path) -> Path:
    """Return the file that says what must come of a fixture."""
    return path.with_name(path.name.removesuffix(".xml").removesuffix(".in.json") + ".json")


def load(path: Path) -> Pair:
    """Both sides of a pair."""
    told = json.loads(outcome_of(path).read_text(encoding="utf-8"))
    seen = unstamp(told["seen"])
    reading = None
    if "reading" in told:
        values = _values(told["reading"])
        values["incidents"] = tuple(_incident(one, seen) for one in values.get("incidents", ()))
        values["skipped"] = tuple(Skip(**one) for one in values.get("skipped", ()))
        reading = Reading(provider=PROVIDER.slug, seen=seen, first=True, **values)
    return Pair(
        body=path.read_bytes(), seen=seen, hint=told.get("hint", ""), reading=reading, error=told.get("error", "")
    )


def _incident(told: dict[str, Any], seen: datetime) -> Incident:
    values = _values(told)
    updates = tuple(Update(seen=seen, **_values(one)) for one in values.pop("updates", ()))
    return Incident(provider=PROVIDER.slug, first_seen=seen, updates=updates, **values)


def _values(told: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in told.items()}


def _value(name: str, value: Any) -> Any:
    if name in _TIMES:
        return unstamp(value)
    if name in _ENUMS:
        return _ENUMS[name](value)
    return tuple(value) if isinstance(value, list) else value


def told(one: Any) -> Any:
    """Return a value of the model as its fixture tells it: without what is default or said elsewhere."""
    if isinstance(one, datetime):
        return stamp(one)
    if isinstance(one, tuple):
        return [told(item) for item in one]
    if not hasattr(one, "__dataclass_fields__"):
        return str(one) if isinstance(one, StrEnum) else one
    known = {field.name: field.default for field in fields(one) if field.default is not MISSING}
    left_out = {"provider", "seen", "first_seen", "first", "items"}
    shown = ((field.name, getattr(one, field.name)) for field in fields(one) if field.name not in left_out)
    return {name: told(value) for name, value in shown if name not in known or known[name] != value}


def main(argv: list[str]) -> int:
    """Print, or with --write save, what the reader makes of a fixture now."""
    path, seen = Path(argv[0]), argv[1]
    hint = next((word.removeprefix("--hint=") for word in argv if word.startswith("--hint=")), "")
    outcome: dict[str, Any] = {"seen": seen, **({"hint": hint} if hint else {})}
    try:
        reading = feeds.read(PROVIDER, path.read_bytes(), seen=unstamp(seen), hint=hint)
        outcome["reading"] = told(replace(reading, items=()))
    except FeedError as error:
        outcome["error"] = error.reason
    text = json.dumps(outcome, indent=2, ensure_ascii=False) + "\n"
    if "--write" in argv:
        outcome_of(path).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

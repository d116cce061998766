"""Holds what the JSON forms share: the description of one, and how the values of a stranger's record are read."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote

from almanac.model import Incident, Window
from almanac.text import limits, markdown, untrusted

from . import times
from .dialect import ReadContext, tidy_link

Record = Mapping[str, Any]

_MARKUP = re.compile(
    r"<(?:/|br ?/?>|/?(?:a|b|strong|em|i|p|ul|ol|li|code|pre|blockquote)\b[^<>]{0,2000}>)"
    r"|&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});",
    re.IGNORECASE,
)
_MILLISECONDS = 10**11  # a number of seconds since 1970 that large is in the year 5138


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """How one kind of JSON answer is recognised, cut into records, and read.

    `records` are those of a whole answer, None if it is in another form; what is no object among them costs itself
    only. `read` raises EntryError. `since` is the time of a record by which the answer reaches back, None if there is
    none. `window` says what absence from the answer means.
    """

    name: str
    records: Callable[[Any], Sequence[Any] | None]
    read: Callable[[Record, ReadContext], Incident]
    since: Callable[[Record, tzinfo], datetime | None]
    window: Window = Window.ROLLING
    whole: bool = True  # a record holds every post of its incident


def parse(text: str | bytes) -> Any:
    """Return the value of a JSON text without what no file can hold. Raises ValueError or RecursionError.

    NaN and Infinity, which are no JSON (RFC 8259, section 6) but which Python and others write, are missing values.
    """
    return _clean(
        json.loads(text, parse_int=_whole_number, parse_float=_finite_number, parse_constant=lambda _name: None)
    )


def _finite_number(digits: str) -> float | None:
    """Return a number with a fraction or an exponent; None for one beyond what a float holds (1e999)."""
    number = float(digits)
    return number if math.isfinite(number) else None


def _whole_number(digits: str) -> int | str:
    """Return a number, or the text of one with more digits than anything here counts to: `int` refuses 4,300."""
    return int(digits) if len(digits) <= limits.DIGITS else digits


def _clean(value: Any) -> Any:
    """Return the value without what no file or page can hold in a text: control characters, half surrogate pairs."""
    if isinstance(value, str):
        return markdown.clean(value)
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


def mapping(value: object) -> Record:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return the text of a value; "" of one that is missing, or no text and no number."""
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def words(value: object) -> str:
    """Return the text of a value as words of one line: what looks like markup in it is what its author wrote."""
    return markdown.plain(untrusted.markdown(html.escape(text(value), quote=False)))


def name_of(record: Record) -> str:
    """Return what a doubt calls a record."""
    return str(record.get("id"))[:80]


def time(value: object, record: Record, context: ReadContext) -> datetime:
    """Return the time of a stamp, else when the feed was read: nothing is dropped for want of a date."""
    return _time_or_doubt(value, record, context) or context.read_at


def optional_time(value: object, record: Record, context: ReadContext) -> datetime | None:
    """Return the time of a stamp, or None; a missing one raises no doubt."""
    return _time_or_doubt(value, record, context) if value else None


def _time_or_doubt(value: object, record: Record, context: ReadContext) -> datetime | None:
    """Return the time of a stamp, or None; a missing, unreadable or incomplete stamp raises a doubt."""
    if (at := moment(value)) is not None:
        return at
    stamp = text(value).strip()
    date = times.parse(stamp, context.zone)
    if date is None:
        doubt = (
            f"{stamp[:40]!r} in {name_of(record)} is no time" if stamp else f"a time is missing in {name_of(record)}"
        )
        context.doubt(doubt)
    elif date.lacks:
        assumed = f"{times.ASSUMED[date.lacks]} {context.zone}"
        context.doubt(f"{stamp!r} in {name_of(record)} has {date.lacks}; read as {assumed}")
    return date.at.astimezone(UTC) if date else None


def moment(value: object) -> datetime | None:
    """Return the time of seconds or milliseconds since 1970, as a number or its digits; None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"\d{9,13}", value, re.ASCII):
        value = int(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return times.epoch(value // 1000 if value >= _MILLISECONDS else int(value))


def since(*names: str) -> Callable[[Record, tzinfo], datetime | None]:
    """Return a function that reads the first of these fields of a record that has a time."""

    def read(record: Record, zone: tzinfo) -> datetime | None:
        values = (record.get(name) for name in names)
        return next((at for value in values if (at := moment(value) or times.stamp(text(value), zone))), None)

    return read


def parts(record: Record, name: str, context: ReadContext) -> Iterator[Record]:
    """Yield what a list of a record holds; an element of the wrong type raises a doubt, and costs nothing else."""
    value = record.get(name)
    for number, part in enumerate(value if isinstance(value, list) else [] if value is None else [value], 1):
        if isinstance(part, dict):
            yield part
        else:
            context.doubt(f"{name} {number} of {name_of(record)} is {type(part).__name__}, not an object")


def names(record: Record, parts_name: str, key: str, context: ReadContext) -> tuple[str, ...]:
    """Return the names of a record's parts as words; a part without one raises a doubt."""
    values = [part.get(key) for part in parts(record, parts_name, context)]
    if not all(isinstance(value, str) and value for value in values):
        context.doubt(f"{parts_name} of {name_of(record)}: one has no {key}")
    return each_once(words(value) for value in values if isinstance(value, str))


def each_once(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are not empty, in their order, each once."""
    return tuple(dict.fromkeys(filter(None, values)))


def body(value: object) -> str:
    """Return a post's text as HTML: as it is if it has tags or references of HTML, else with its line ends as breaks."""
    message = text(value)
    return (message if _MARKUP.search(message) else html.escape(message, quote=False)).replace("\n", "<br>")


def worst(stated: Iterable[str], order: Sequence[str]) -> str:
    """Return the word of `stated` that comes first in `order`, the worst first; "" if none of them does."""
    words = set(stated)
    return next((word for word in order if word in words), "")


def own_link(page: str, path: str, name: str, context: ReadContext) -> str:
    """Return the address of an incident on its page: the one that the answer names, else the provider's.

    The short links in an answer lead over somebody else's host.
    """
    base = page or context.provider.status_page
    return tidy_link(f"{base.rstrip('/')}/{path}/{quote(name, safe='')}") if base else ""

"""The few forms of YAML that front matter is written in, which read the same in YAML 1.1 and 1.2."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from almanac.text.quoting import quoted, short

# A plain scalar begins with a letter or digit and holds nothing that YAML takes for syntax: no `#`, a colon only
# before more text; within a list or a line of notes also no comma, colon, bracket or quote. The patterns never look
# back (++, *+): what they keep for it is 150 times as long as the text.
_PLAIN = re.compile(r"""[^\W_](?:[\w !"$%&'()*+,./;<=>?@\[\\\]^`{|}~-]++|:(?=\S))*+(?<! )""")
_PLAIN_IN_LIST = re.compile(r"[^\W_][\w !$%&'()*+./;<=>?@^|~-]*+(?<! )")
# What YAML 1.1 or 1.2 takes for a truth, nothing, a number or a date, and a little more to be safe.
_NOT_TEXT = re.compile(r"(?:y|n|yes|no|on|off|true|false|null)|[0-9][0-9a-fxoztA-FXOZT_.:+ -]*", re.IGNORECASE)
QUOTED = r'"(?:[^"\\]++|\\.)*+"'
_ITEM = re.compile(rf'({QUOTED}|[^",\[\]]+)(?:, (?=.)|$)')
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # what JSON leaves and YAML forbids or folds


class NotCanonicalError(ValueError):
    """A value that is not written as this module writes it; PyYAML may still understand it."""


def scalar(text: str, *, in_list: bool = False) -> str:
    """Return text as a YAML scalar on one line: bare where that is plainly safe, else in double quotes."""
    plain = _PLAIN_IN_LIST if in_list else _PLAIN
    if plain.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))


def read_scalar(raw: str, *, in_list: bool = False) -> str:
    """Return the text of a `scalar`. Raises NotCanonicalError."""
    if raw.startswith('"'):
        return _unquote(raw)
    plain = _PLAIN_IN_LIST if in_list else _PLAIN
    if not plain.fullmatch(raw) or _NOT_TEXT.fullmatch(raw):
        raise NotCanonicalError(f"{quoted(raw)} is not plain text; write it in double quotes")
    return raw


def _unquote(raw: str) -> str:
    try:
        text = str(json.loads(raw))  # what begins with a double quote is a text or nothing
        text.encode()  # half a surrogate pair is no text
    except ValueError:
        raise NotCanonicalError(f"{short(raw)} is not a text in double quotes; write it as in JSON") from None
    return text


def sequence(items: Sequence[str]) -> str:
    """Return a flat list of texts: [a, "b, c"]."""
    return f"[{', '.join(scalar(item, in_list=True) for item in items)}]"


def read_sequence(raw: str) -> tuple[str, ...]:
    """Return the texts of a `sequence`. Raises NotCanonicalError."""
    if raw == "[]":
        return ()
    if not (raw.startswith("[") and raw.endswith("]")):
        raise NotCanonicalError(f"{quoted(raw)} is not a list; write [a, b]")
    inside = raw[1:-1]
    raws = split(inside) if '"' in inside else inside.split(", ")
    return tuple(read_scalar(item, in_list=True) for item in raws)


def split(inside: str) -> list[str]:
    """Split scalars with a comma and a blank between them. Raises NotCanonicalError."""
    items, at = [], 0
    while at < len(inside):
        match = _ITEM.match(inside, at)
        if not match:
            raise NotCanonicalError(f"{quoted(inside)} is not a list of texts; put a comma and a blank between them")
        items.append(match[1])
        at = match.end()
    return items

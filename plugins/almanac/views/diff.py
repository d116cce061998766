"""Shows what was changed in a text: word by word, what went and what came."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_WORDS = 1500  # beyond that, comparing costs more than it tells; both texts are shown whole

_WORDS = re.compile(r"\s+|[^\s\w]|\w+")


class Piece(NamedTuple):
    """A stretch of text that stayed (""), went ("del") or came ("ins")."""

    tag: str
    text: str


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces of two texts in order; without the "ins" they are `before`, without the "del" `after`."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return _pieces([("del", before), ("ins", after)])
    parts: list[tuple[str, str]] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("", "".join(old[i:j])))
        else:
            parts += [("del", "".join(old[i:j])), ("ins", "".join(new[k:m]))]
    return _pieces(parts)


def _pieces(parts: list[tuple[str, str]]) -> tuple[Piece, ...]:
    return tuple(Piece(tag, text) for tag, text in parts if text)

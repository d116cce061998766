"""Finds misspelled words in what people wrote, by codespell's list of misspellings; names it does not know pass.

Quotations, code and addresses are left alone: they are somebody else's words. What is spelled as it should be all the
same stands in content/words.txt, a word a line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from almanac.content.frontmatter import Matter
from almanac.model.problem import Problem

WORDS = "words.txt"  # under content/

# Somebody else's words. No branch may look at a character twice: texts are made to be slow.
_OTHERS = re.compile(
    r"```.*?(?:```|\Z)|`+[^`]*`+|“[^“”]*”|\"[^\"\n]*\"|‘[^‘’]*’(?!\w)|^ {0,3}>[^\n]*|^(?: {4}|\t)[^\n]*"
    r"|\{\{[^{}\n]*\}\}|\]\([^)\s]*|^\[[^\]\n]*\]:[^\n]*|(?<!\S)\S+(?:@|://)\S*|/[\w./#-]+|<[^<>\n]*>",
    re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)*")
# Fields in a person's own words, by where they stand; * is every item of a list.
OWN: tuple[tuple[str, ...], ...] = (
    ("title",),
    ("summary",),
    ("confirmed", "*"),
    ("claimed", "*"),
    ("unknown", "*"),
    ("claims", "*", "why"),
    ("corrections", "*", "text"),
    ("reason",),
    ("note",),
)


class Slip(NamedTuple):
    """A misspelled word and its place, counted from 1."""

    line: int
    column: int
    message: str


def slips(text: str, accepted: Collection[str] = ()) -> Iterator[Slip]:
    """Yield the misspelled words of a text in Markdown. `accepted` are words that are right, in small letters."""
    cures = _cures()
    if cures.keys().isdisjoint(_WORD.findall(text.lower().replace("’", "'"))):  # nearly always, and ten times as fast
        return
    plain = _OTHERS.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for number, line in enumerate(plain.split("\n"), 1):
        for match in _WORD.finditer(line):
            word = match[0].lower().replace("’", "'")
            if word in cures and word not in accepted:
                yield Slip(number, match.start() + 1, _message(match[0], cures[word]))


def faults(matter: Matter, first: int, accepted: Collection[str] = ()) -> Iterator[Problem]:
    """Yield the misspelled words of a file, in its fields and in its text, which begins in the line `first`."""
    for path, text in (place for way in OWN for place in matter.texts(*way)):
        yield from (matter.problem(path, slip.message) for slip in slips(text, accepted))
    for slip in slips(matter.body, accepted):
        yield Problem(file=matter.file, line=first + slip.line - 1, column=slip.column, message=slip.message)


def accepted_words(data: bytes) -> frozenset[str]:
    """Return the words of content/words.txt; lines that begin with # are remarks."""
    lines = data.decode("utf-8", "replace").lower().splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _message(word: str, cures: str) -> str:
    return f"{word} is misspelled; write {cures}, or add it to content/{WORDS} if it is correct"


@cache
def _cures() -> Mapping[str, str]:
    """Return what to write for each misspelling. codespell itself is not imported, which would take 30 ms."""
    package = find_spec("codespell_lib")
    if package is None or package.origin is None:
        return {}
    lines = (Path(package.origin).parent / "data" / "dictionary.txt").read_text(encoding="utf-8").splitlines()
    return {wrong: _join_cures(right) for wrong, _, right in (line.partition("->") for line in lines)}


def _join_cures(right: str) -> str:
    """Join several cures by "or"; they end with a comma, behind which a reason may stand."""
    *cures, last = [cure.strip() for cure in right.split(",")]
    return " or ".join(cures) if cures else last

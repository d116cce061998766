"""Make style sheets small: what people read in the sources, browsers need not load."""

from __future__ import annotations

import re

# A string, which is left alone, or a comment.
_WHOLE = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/', re.DOTALL)
_AROUND = re.compile(r" ?([{};,]) ?")
_VALUE = re.compile(r"([{;][a-z-]+): ")  # a colon in a selector keeps its blank


def squeeze(sheet: str) -> str:
    """Return a style sheet without comments and without the blanks that mean nothing."""
    strings: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        if not match[1]:
            return ""
        strings.append(match[1])
        return '""'

    bare = " ".join(_WHOLE.sub(set_aside, sheet).split())
    small = _VALUE.sub(r"\1:", _AROUND.sub(r"\1", bare)).replace(";}", "}")
    texts = iter(strings)
    return re.sub('""', lambda _: next(texts), small)

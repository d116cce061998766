"""Find what somebody probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache
from heapq import nlargest

_LIKELY = 20  # names that are compared letter by letter: difflib needs 60 µs for each, a look at its pairs 1 µs
_LONG = 200  # characters of a name that nobody mistypes but for another name


def nearest(name: str, candidates: Iterable[str]) -> str:
    """Return the candidate most like `name`, which is probably meant; "" if none is like it.

    Only the names that share most pairs of letters with it are compared in full, so that a thousand wrong names in
    one pull request cost seconds where the archive is large, not minutes.
    """
    if len(name) > _LONG:
        return ""
    pairs = _pairs(name)
    likely = nlargest(_LIKELY, candidates, key=lambda other: len(pairs & _pairs(other)))
    near = difflib.get_close_matches(name, likely, 1)
    return near[0] if near else ""


@lru_cache(maxsize=50_000)
def _pairs(name: str) -> frozenset[str]:
    return frozenset(name[at : at + 2] for at in range(-1, len(name)))

"""Find what somebody probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache
from heapq import nlargest

from almanac.text.quoting import quoted

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


def cure(name: str, candidates: Iterable[str], otherwise: str, form: str = "{}") -> str:
    """Return what to write instead of `name`: the candidate most like it, in its `form`, or what `otherwise` says."""
    near = nearest(name, candidates)
    return f"did you mean {form.format(near)}?" if near else otherwise


def no_provider(slug: str, slugs: Iterable[str]) -> str:
    """Return a message about a provider that is none, with the one probably meant."""
    otherwise = "write the name of a file in content/providers without .md"
    return f"{quoted(slug)} is not a provider here; {cure(slug, slugs, otherwise)}"


def no_incident(key: str, keys: Iterable[str]) -> str:
    """Return a message about an incident, provider/id, that the archive does not hold; `keys` are those it has."""
    folder = key.partition("/")[0]
    own = (one for one in keys if one.startswith(f"{folder}/"))
    return (
        f"{quoted(key)} is not in the archive; {cure(key, own, f'write the id as content/incidents/{folder} has it')}"
    )


@lru_cache(maxsize=50_000)
def _pairs(name: str) -> frozenset[str]:
    return frozenset(name[at : at + 2] for at in range(-1, len(name)))

"""Reads off a title what nothing else states: a level of severity and components, only where it names them.

"Elevated errors on the API" names a component and no level. Who reads it is told that it is the title that says so.
"""

from __future__ import annotations

import re
from functools import lru_cache

from almanac.model import Component, Provider

from . import wording

_GRADE = r"(?:critical|major|minor)"
_NUMBER = r"(?:sev(?:erity)?[ -]?[0-5]|p[0-5])"
_LABEL = rf"({_GRADE}|{_NUMBER})"
_LEVELS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"[\[(【（]\s?{_LABEL}\s?[\])】）]",
        rf"^{_LABEL}\s?(?:[:：|]|[-–—](?=\s))",
        rf"\bseverity:?\s{_LABEL}\b",
        rf"\b({_GRADE}) (?:incident|severity|impact)\b",
        r"\b((?:major|partial|full)(?: service| system)? outage|degraded performance)\b",
    )
)
_BETWEEN = re.compile(r" (?:service|system)(?= )", re.IGNORECASE)
_LISTED = r"(?:(?<=[Ww]ith )|(?<=, )|(?<= and ))"
_DENIED = re.compile(r"\b(?:no|not an?|without|never an?)\s$", re.IGNORECASE)


def level(title: str) -> str:
    """Return the level of severity that a title names, in its words; "" if it names none, or several.

    An adjective is no level: neither "elevated errors" nor "critical bug" says how bad its provider holds it to be.
    """
    matches = [match for form in _LEVELS for match in form.finditer(title)]
    levels = {
        _BETWEEN.sub("", match[1]).casefold(): match for match in matches if not _DENIED.search(title[: match.start(1)])
    }
    return _BETWEEN.sub("", next(iter(levels.values()))[1]) if len(levels) == 1 else ""


def components(title: str, provider: Provider) -> tuple[str, ...]:
    """Return the names of the provider's components that a title names, in its order, each once."""
    pattern, names = _index(provider.components)
    if pattern is None:
        return ()
    return tuple(dict.fromkeys(names[match.lastgroup or ""] for match in pattern.finditer(title)))


@lru_cache(maxsize=64)
def _index(parts: tuple[Component, ...]) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    """Return what finds the names of components as whole words, the longest first, and the component of each group."""
    owners = {spelling: part.name for part in reversed(parts) for spelling in (*part.match, part.name)}
    spellings = sorted(filter(None, owners), key=lambda spelling: (-len(spelling), spelling))
    if not spellings:
        return None, {}
    names = {f"n{number}": owners[spelling] for number, spelling in enumerate(spellings)}
    forms = (f"(?P<{group}>{_form(spelling)})" for group, spelling in zip(names, spellings, strict=True))
    return re.compile(rf"(?<![\w.])(?:{'|'.join(forms)})(?!\w|\.\w)"), names


def _form(spelling: str) -> str:
    """Return the pattern of a name: of a plain word exactly as it is written, for in small letters it is a word.

    A word of any title, such as "Issues", names a component only where it stands in a list of names.
    """
    if _is_distinct(spelling):
        return f"(?i:{re.escape(spelling)})"
    return f"{_LISTED}{spelling}(?=,| and |$)" if wording.is_of_incidents(spelling) else spelling


def _is_distinct(spelling: str) -> bool:
    """Say whether a name is more than one plain word: it has blanks, digits, signs or capitals within it."""
    return not re.fullmatch(r"[A-Za-z][a-z]*|[A-Z]+", spelling)

"""Takes the state off a title that prints it: "[Resolved] Slow logins", "Identified: slow logins", "… - Resolved"."""

from __future__ import annotations

import re

from almanac.model import OVER, Phase

from . import wording

_TAIL = 40  # characters at the end of a title in which one state can stand
_BRACKETS = r"\[([^\[\]]{1,30})\]|\(([^()]{1,30})\)|【([^【】]{1,30})】|（([^（）]{1,30})）"
_LETTERS = r"[^\W\d_](?:[^\W\d_]| (?! )){0,29}"
_SIGN = r"(?:[:：|]|[-–—·•](?=\s))"
_WHOLE_TITLE = re.compile(rf"(?:{_BRACKETS}|({_LETTERS}))[.!]?")
_FRONT_BRACKETS = re.compile(rf"(?:{_BRACKETS})\s*{_SIGN}?\s*")
_FRONT_WORDS = re.compile(rf"({_LETTERS})\s*{_SIGN}\s*")
_END_BRACKETS = re.compile(rf"(?:\s*[:：|]|\s[-–—·•])?\s*(?:{_BRACKETS})[.!]?$")
_END_WORDS = re.compile(rf"(?:\s*[:：|]|\s[-–—·•](?=\s))\s*({_LETTERS})[.!]?$")


def split_state(title: str) -> tuple[str, str]:
    """Return the state a title prints, "" if none, and the title without it.

    Of several one that says it is over counts, else the first. Words that are no state are kept, and so is a title
    that says nothing else. A name in brackets may stand before the state: "[EU] Resolved: slow logins".
    """
    whole_title = _WHOLE_TITLE.fullmatch(title)
    if whole_title and _is_state(_word(whole_title)):
        return _word(whole_title), title
    names, start, states = _front(title)
    end, closing = _end(title, start)
    states += closing
    if not states:
        return "", title
    state = next((state for state in states if wording.phase(state) in OVER), states[0])
    return state, names + title[start:end]


def _front(title: str) -> tuple[str, int, list[str]]:
    """Return the names in brackets at the front, where the rest begins after them and the states, and the states."""
    names, states, at = list[str](), list[str](), 0
    while match := _FRONT_BRACKETS.match(title, at) or _FRONT_WORDS.match(title, at):
        word = _word(match)
        if match.end() == len(title) or not (_is_state(word) or match.re is _FRONT_BRACKETS):
            break
        at = match.end()
        if _is_state(word):
            states.append(word)
        else:
            names.append(match[0])
    return ("".join(names), at, states) if states else ("", 0, states)


def _end(title: str, start: int) -> tuple[int, list[str]]:
    """Return where the title ends without the states at its end, and these states, the last first."""
    end, states = len(title), list[str]()
    while True:
        tail = title[max(start, end - _TAIL) : end]
        match = _END_BRACKETS.search(tail) or _END_WORDS.search(tail)
        if not match or end - len(match[0]) <= start or not _is_state(_word(match), match[0].lstrip()[0]):
            return end, states
        end -= len(match[0])
        states.append(_word(match))


def _word(match: re.Match[str]) -> str:
    return next(filter(None, match.groups()), "").strip()


def _is_state(word: str, sign: str = "") -> bool:
    """Say whether a word names a phase, or is "Update", which hides it; not in "Database: update": that is the matter."""
    phase = wording.phase(word)
    return phase is not Phase.UNKNOWN and bool(word) and not (phase is None and sign in (":", "："))

"""Tells which providers' trouble an item is about: a sentence must name the provider and the trouble. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from almanac.model import Provider
from almanac.model.project import PressWords
from almanac.news import ties

_FAILING = (
    r"(?:outages?|(?<!works )(?<!work )offline(?! (?:mode|use|access|support))|unavailable|inaccessible|unreachable"
    r"|unresponsive|degraded|crash(?:es|ed|ing)(?! (?:the|into|courses?))|locked out|disrupt(?:ions?|ed)|hiccups?"
    r"|restor(?:ed|es|ing) (?:service|access)|go(?:es|ing|ne)? dark|back (?:online|up)"
    r"|having (?:problems|issues|trouble)|not (?:working|loading|responding)|stop(?:s|ped)? (?:working|responding)"
    r"|(?:knock|tak)(?:ed|s|en) (?:\w+ ){0,3}(?:out|offline|down)"
    r"|(?:elevated|increased|widespread|server|login|API|HTTP|5\d\d) errors?|errors? 5\d\d"
    r"|return(?:s|ed|ing) (?:\w+ )?(?:errors?|[45]\d\ds?)"
    r"|fail(?:s|ed|ing|ures?)? (?:for|to (?:load|respond|log|answer|connect))"
    r"|(?:service|technical) (?:problems|issues|interruptions?))\b"
)
_DOWN = (
    r"(?:(?:is|are|was|were|be|been|goes|went|go|going|gone|still|currently|briefly|partially|suddenly|['’]s|both) "
    r"(?:\w+ ){0,2}?down\b(?! (?:(?:to|on|from|by|as|with|the|a|its)\b|\d))"
    r"|down (?:again|right now|worldwide|globally|for (?:\w+ ){0,3}(?:users?|many|some|thousands|hours|everyone))\b"
    r"|down(?:\?|$))"
)
TROUBLE = re.compile(rf"\b{_FAILING}|(?<!\w){_DOWN}", re.IGNORECASE)
ELSEWHERE = re.compile(  # words for trouble, but of something else
    r"\b(?:power|electricity|grid|internet|broadband|mobile|cell|network|water) outages?\b"
    r"|\b(?:shut|wind|break|crack|slow|cut|scal|doubl|lock|turn|step|strip|tak|back)\w* (?:\w+ ){0,2}down\b"
    r"|\b(?:shares?|stocks?|prices?|sales|traffic|revenue|costs?|usage|market)\b[^.]{0,40}\bdown\b"
    r"|\b(?:market|stock|share price|plane|car) crash\w*\b",
    re.IGNORECASE,
)
SUPPOSED = re.compile(  # trouble that may come, or is not, if said before it
    r"\b(?:if|in case|whenever|next|could|would|might|may|should|can now|how to|what to do|prepare for|avoid|prevent"
    r"|survive|without|no|denies|denied|not|never|zero|predict\w*|promis\w*|insurance|resilien\w*)\b",
    re.IGNORECASE,
)
PAST = re.compile(r"\b(?:years? (?:ago|after|on)|anniversary|history of|looking back)\b", re.IGNORECASE)
COMPARED = re.compile(r"\b(?:after|unlike|like|than|following|rivals?|alternatives? to) \Z", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?…])\s+(?=[\"“‘(]?[A-Z0-9])")


Pattern = re.Pattern[str] | None  # None: matches nothing


class Mention(NamedTuple):
    """A provider and its trouble in one sentence."""

    provider: str
    name: str
    trouble: str


class Names:
    """The names of all providers and the words of the subject, as patterns to search for."""

    def __init__(self, providers: Iterable[Provider], press: PressWords) -> None:
        self._about = _pattern(press.about)
        self.noise = ties.NOISE | frozenset(press.everywhere)
        self._patterns = [
            (provider.slug, _pattern(sure), _pattern(other), _pattern([provider.company]))
            for provider in providers
            for sure, other in [_names(provider, press)]
        ]

    def judge(self, title: str, text: str) -> tuple[tuple[Mention, ...], str]:
        """Return the providers whose trouble title or text tell, with their words; if there are none, why not."""
        whole = f"{title}. {text}"
        sentences = [title, *_END.split(text)]
        present = {slug: self._where(sure, other, company, whole) for slug, sure, other, company in self._patterns}
        by_provider = {slug: pattern for slug, pattern in present.items() if pattern and pattern.search(whole)}
        if not by_provider:
            return (), "names no provider"
        troubled = [(sentence, failing) for sentence in sentences if (failing := _failing(sentence))]
        if not troubled:
            return (), "names no trouble" if not _any_trouble(sentences) else "names no trouble that is going on"
        mentions: dict[str, Mention] = {}
        for sentence, failing in troubled:
            matches = {slug: name for slug, pattern in by_provider.items() if (name := pattern.search(sentence))}
            for slug, name in matches.items():
                if len(matches) == 1 or not COMPARED.search(sentence[: name.start()]):
                    mentions.setdefault(slug, Mention(slug, name[0], failing))
        return tuple(mentions.values()), "" if mentions else "names a provider and trouble, but not in one sentence"

    def _where(self, sure: Pattern, other: Pattern, company: Pattern, whole: str) -> Pattern:
        """Return the pattern to search sentences for: with ordinary words too, where something else bears them out."""
        if other and any(witness and witness.search(whole) for witness in (sure, company, self._about)):
            return re.compile("|".join(p.pattern for p in (sure, other) if p))
        return sure


def _names(provider: Provider, press: PressWords) -> tuple[list[str], list[str]]:
    """Return names that say enough, and those that need a witness. The company of a shared page is no name of ours."""
    names = {provider.name, *provider.aliases, *(part.product for part in provider.components)} - {""}
    weak = names & set(press.ordinary_names)
    if provider.scope is None:
        names.add(provider.company)
    return sorted(names - weak), sorted(weak)


def _pattern(names: Iterable[str]) -> Pattern:
    longest_first = sorted(filter(None, names), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])") if longest_first else None


def _failing(sentence: str) -> str:
    """Return the words for trouble that is going on or just was; "" if there are none."""
    rest = ELSEWHERE.sub(" ", sentence)
    for match in () if PAST.search(rest) else TROUBLE.finditer(rest):
        if not SUPPOSED.search(rest[: match.start()]):
            return " ".join(match[0].split())
    return ""


def _any_trouble(sentences: Iterable[str]) -> bool:
    return any(TROUBLE.search(sentence) for sentence in sentences)

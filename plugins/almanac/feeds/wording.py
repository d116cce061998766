"""Translates the words of status pages into phases, impacts and kinds. Words that are not here are reported."""

from __future__ import annotations

import re
from types import MappingProxyType

from almanac.model import Impact, Kind, Phase

_PHASES = MappingProxyType(
    {
        "investigating": Phase.INVESTIGATING,
        "identified": Phase.IDENTIFIED,
        "monitoring": Phase.MONITORING,
        "resolved": Phase.RESOLVED,
        "postmortem": Phase.POSTMORTEM,
        "scheduled": Phase.SCHEDULED,
        "in progress": Phase.IN_PROGRESS,
        "verifying": Phase.VERIFYING,
        "completed": Phase.COMPLETED,
        "active": Phase.INVESTIGATING,
        "fixing": Phase.IDENTIFIED,
        "fix in progress": Phase.IDENTIFIED,
        "planned": Phase.SCHEDULED,
        "maintenance scheduled": Phase.SCHEDULED,
        "maintenance in progress": Phase.IN_PROGRESS,
        "ongoing": Phase.IN_PROGRESS,
        "complete": Phase.COMPLETED,
        "fixed": Phase.RESOLVED,
        "solved": Phase.RESOLVED,
        "closed": Phase.RESOLVED,
        "recovered": Phase.RESOLVED,
        "restored": Phase.RESOLVED,
        "mitigated": Phase.MONITORING,
        "maintenance completed": Phase.COMPLETED,
        "maintenance complete": Phase.COMPLETED,
        "cancelled": Phase.COMPLETED,
        "canceled": Phase.COMPLETED,
        "已恢复": Phase.RESOLVED,
        "已解决": Phase.RESOLVED,
    }
)
_KEEPING = frozenset({"", "update", "updated"})  # printed when the state did not change
PLANNED = frozenset({Phase.SCHEDULED, Phase.IN_PROGRESS, Phase.VERIFYING, Phase.COMPLETED})

_IMPACTS = MappingProxyType(
    {
        "critical": Impact.CRITICAL,
        "full outage": Impact.CRITICAL,
        "downtime": Impact.CRITICAL,
        "major": Impact.MAJOR,
        "major outage": Impact.MAJOR,
        "partial outage": Impact.MAJOR,
        "service disruption/high": Impact.MAJOR,
        "minor": Impact.MINOR,
        "degraded performance": Impact.MINOR,
        "service degradation": Impact.MINOR,
        "service disruption/low": Impact.MINOR,
        "service disruption/medium": Impact.MINOR,
        "disruption": Impact.MINOR,
        "degraded": Impact.MINOR,
        "majoroutage": Impact.MAJOR,  # as Instatus writes it for programs
        "partialoutage": Impact.MAJOR,
        "minoroutage": Impact.MINOR,
        "degradedperformance": Impact.MINOR,
        "none": Impact.NONE,
        "operational": Impact.NONE,
        "maintenance": Impact.MAINTENANCE,
        "under maintenance": Impact.MAINTENANCE,
    }
)

# Words and numbers of a scale whose meaning is not published: they are stated, and how bad they are is not known.
_UNGRADED = re.compile(r"medium|(?:sev(?:erity)?[ -]?|p)?[0-5]")

_OUTAGE = re.compile(
    r"\boutages?\b|\b(?:is|are|was|were|went|goes|go) down\b|^down\b|\bdown$|\bunavailab|\bunreachable|\binaccessible"
    r"|\boffline\b|\bnot (?:working|responding|loading|accessible|available|reachable)\b|不可用|中断|宕机",
    re.IGNORECASE,
)
_PARTLY = re.compile(r"\bpartial|\bsome\b|\bintermittent|\bsubset\b|\bfor a few\b|部分", re.IGNORECASE)
_TROUBLE = re.compile(
    r"\berrors?\b|\bfail|\bdegrad|\blatenc|\bslow|\bdelay|\btime[- ]?outs?\b|\btiming out\b|\bdisrupt|\binterrupt"
    r"|\bimpair|\bissues?\b|\bproblems?\b|\bunable\b|\bunresponsive|\bbroken\b|\bunstable\b|\bcrash|\bstuck\b"
    r"|\blosing\b|\bmissing\b|\bincorrect|\bcan(?:'|’|no)t\b|\b5(?:\d\d|xx)\b|\bcapacity\b"
    r"|\bnot (?:be )?(?:able|displayed|reflected|being)\b|性能下降|故障|异常|错误",
    re.IGNORECASE,
)
_TEST = re.compile(r"^\s*(?:\[[^\]]*\]\s*)?(?:this is (?:only )?an? )?test(?:ing)?\b", re.IGNORECASE)
_MARKED_TEST = re.compile(
    r"^\s*(?:\[test(?:ing)?\]|\(test(?:ing)?\))|\bplease ignore\b", re.IGNORECASE
)  # whatever else it says
_NOTICE = re.compile(
    r"\bdeprecat|\bretir(?:e[ds]?|ing|ement)\b|\bsunset|\bend[- ]of[- ](?:life|support)\b|\bdiscontinu|\bwithdr[ae]w"
    r"|\bsuspend(?:ed|ing) access\b|\bquotas?\b|\bpolic(?:y|ies)\b|\bterms of (?:service|use)\b|\bpricing\b"
    r"|\bannounce|\breminder\b|\bwill be removed\b",
    re.IGNORECASE,
)
_NORMAL = re.compile(
    r"\bis (?:now |again )*(?:operational|operating normally|available again)\b|\bback to normal\b"
    r"|\bin our own (?:probe|monitor\w*|measurements?)\b|\bfalse (?:alarm|positive)\b",
    re.IGNORECASE,
)
_ANYWHERE = frozenset(
    {"status", "service", "services", "system", "systems", "incident", "incidents", "other", "update"}
)
_MAINTENANCE = re.compile(r"\bmaintenance\b|\bscheduled (?:downtime|upgrade|update)\b|维护", re.IGNORECASE)


# What the prose of a post says, sentence by sentence, where no state is printed.
_ADVERBS = r"(?:now|all|also|both|since|fully|completely|successfully|just|been)"
_CLOSING = re.compile(
    rf"\b(?:(?:has|have|had|is|are|was|were)(?: {_ADVERBS})* "
    r"(?:resolved|restored|recovered|fixed|back(?: to normal| up| online)?|operational|operating normally"
    r"|healthy again|working (?:again|normally|as (?:expected|usual)))"
    rf"|(?:we|team|engineers|has|have|is|are|was|were)(?: {_ADVERBS})* (?:(?:identified|found) and )?(?:fixed|resolved|restored)"
    r"|operating normally|back to normal|(?:issue|incident|problem|fault|outage|disruption)s? (?:is|are|was|were) over"
    rf"|(?:work|maintenance|upgrade|migration)s? (?:has|have|is|was|were)(?: {_ADVERBS})* (?:completed|finished))\b",
    re.IGNORECASE,
)
_QUALIFIED = re.compile(  # what stands before such words and takes them back
    r"\b(?:not|no|never|partial(?:ly)?|mostly|almost|nearly|being|expect\w*|believe|think|hope|appears?|seems?)\b"
    r"|n['’]t\b|\b(?:until|once|when|while|if|unless|after)\b(?: \w+){0,4} $|(?:^|, |\band )(?:some|most|many|several|a few)\b[^,]*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\b(?:we|teams?|engineers) (?:are|is) still\b|\bcontinu\w+ to (?:investigate|work|see|experience)\b"
    r"|\b(?:has|have) (?:returned|recurred|come back)\b|\bstill (?:investigating|working|seeing|ongoing)\b",
    re.IGNORECASE,
)
_MONITORING = re.compile(r"\b(?:are|is|continue to|keep) (?:now )?(?:monitor|watch)", re.IGNORECASE)
_IDENTIFIED = re.compile(r"\b(?:has|have) (?:been )?(?:identified|found) (?:the|a|what)\b", re.IGNORECASE)
_INVESTIGATING = re.compile(
    r"\b(?:are|is|began|started|currently) (?:now )?(?:investigating|looking)\b|\bis now (?:degraded|down)\b",
    re.IGNORECASE,
)
_PROSE = (
    (_MONITORING, Phase.MONITORING),
    (_IDENTIFIED, Phase.IDENTIFIED),
    (_INVESTIGATING, Phase.INVESTIGATING),
    (_GOES_ON, Phase.INVESTIGATING),
)
_LABEL = re.compile(
    r"(?:^|>|\n)\s{0,20}(?:current )?(?:status|state)\s{0,5}:?(?:\s{0,5}</?(?:b|strong|span|em|dt|dd|td|th)\b[^<>]{0,60}>){0,3}"
    r"\s{0,5}:?\s{0,5}([A-Za-z]{2,20}(?: [A-Za-z]{2,20}){0,2})\s{0,20}(?=<|\n|$|[.,;])",
    re.IGNORECASE,
)
_CONDITIONS = {
    "up": Phase.RESOLVED,
    "operational": Phase.RESOLVED,
    "down": Phase.INVESTIGATING,
    "degraded": Phase.INVESTIGATING,
}
_BEFORE = 300  # characters before such words in which they can be taken back
_SENTENCE = re.compile(r"[^.!?;]+")


def prose_phase(text: str) -> Phase | None:
    """Return the phase that the words of a post tell, None if they tell none.

    It is over if a sentence says so without "not", "once", "most" and the like, and none after it says that it goes on.
    """
    over = False
    for sentence in _SENTENCE.findall(text):
        words = " ".join(sentence.split())
        over = (over or _closes(words)) and not (_GOES_ON.search(words) or _INVESTIGATING.search(words))
    if over:
        return Phase.RESOLVED
    return next((phase for pattern, phase in _PROSE if pattern.search(text)), None)


def labelled_phase(html: str) -> Phase | None:
    """Return the phase that a body tells under a label, as in "Status: Up" on a line of its own; None if it has none."""
    match = _LABEL.search(html)
    word = _plainly(match[1]) if match else ""
    meaning = _CONDITIONS.get(word) or (phase(word) if word else None)
    return None if meaning is Phase.UNKNOWN else meaning


def _closes(sentence: str) -> bool:
    starts = [match.start() for match in _CLOSING.finditer(sentence)]
    return any(not _QUALIFIED.search(sentence[max(0, start - _BEFORE) : start]) for start in starts)


def phase(printed: str) -> Phase | None:
    """Return the phase a printed word means, UNKNOWN for an unknown word, None if it keeps the phase before it."""
    word = _plainly(printed)
    return None if word in _KEEPING else _PHASES.get(word, Phase.UNKNOWN)


def impact(stated: str) -> Impact | None:
    """Return the impact for the source's word, however spelt; UNKNOWN if it says nothing, None for an unknown word."""
    word = _plainly(stated)
    if word.partition("/")[0] in ("service outage", "service information"):
        return Impact.CRITICAL if word.startswith("service outage") else Impact.NONE
    return _IMPACTS.get(word) if word and not _UNGRADED.fullmatch(word) else Impact.UNKNOWN


def kind(title: str, impact: Impact, *, planned: bool) -> tuple[Kind, str]:
    """Return the kind of an event, and what decided it: its words, the source or the impact.

    A plan the source declares stays a plan, and what is marked as a test is one. Else a word of trouble in the title wins over everything that only
    sounds like maintenance, a test or a notice; without any such word the impact decides.
    """
    if planned or impact is Impact.MAINTENANCE:
        return Kind.MAINTENANCE, "source"
    if _MARKED_TEST.search(title):
        return Kind.TEST, "words"
    if _OUTAGE.search(title):
        return (Kind.DEGRADATION if _PARTLY.search(title) else Kind.OUTAGE), "words"
    if _TROUBLE.search(title):
        return (Kind.OUTAGE, "impact") if impact is Impact.CRITICAL else (Kind.DEGRADATION, "words")
    for pattern, meaning in (
        (_TEST, Kind.TEST),
        (_MAINTENANCE, Kind.MAINTENANCE),
        (_NOTICE, Kind.NOTICE),
        (_NORMAL, Kind.NOTICE),
    ):
        if pattern.search(title):
            return meaning, "words"
    return (Kind.OUTAGE if impact is Impact.CRITICAL else Kind.DEGRADATION), "impact"


def is_of_incidents(word: str) -> bool:
    """Say whether a word is one of those that any title on an incident may hold: "Issues", "Maintenance", "Status"."""
    patterns = (_OUTAGE, _TROUBLE, _TEST, _MAINTENANCE, _NOTICE)
    return word.casefold() in _ANYWHERE or any(pattern.search(word) for pattern in patterns)


def _plainly(word: str) -> str:
    return " ".join(word.replace("_", " ").split()).casefold().rstrip(".")

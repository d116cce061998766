"""Composes titles and posts in words of our own, for incidents of which only the facts are known."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from almanac.model import Kind, Phase

_TITLES = MappingProxyType(
    {
        Kind.OUTAGE: ("Outage of {subject}", "{subject} is unavailable", "{subject} is down"),
        Kind.DEGRADATION: (
            "Elevated errors on {subject}",
            "Slow answers from {subject}",
            "Requests to {subject} fail now and then",
            "Higher latency on {subject}",
        ),
        Kind.MAINTENANCE: ("Maintenance of {subject}", "Scheduled upgrade of {subject}"),
        Kind.NOTICE: ("Announcement to all customers",),  # names of parts may sound like trouble
        Kind.TEST: ("Test of this status page, please ignore",),
    }
)
_POSTS = MappingProxyType(
    {
        Phase.INVESTIGATING: (
            "We are investigating reports about {subject}.",
            "We are looking into errors on {subject} and will post again within the hour.",
        ),
        Phase.IDENTIFIED: (
            "We have identified the cause of this incident on {subject}. A fix is being prepared.",
            "Our engineers have found the cause and work on {subject}.",
        ),
        Phase.MONITORING: (
            "A fix is in place. We are monitoring {subject}.",
            "The numbers of {subject} look better after a change. We are watching them.",
        ),
        Phase.RESOLVED: (
            "This incident has been resolved.",
            "The incident on {subject} is over. Everything is back to normal.",
        ),
        Phase.POSTMORTEM: ("What happened: one change of settings reached every machine of {subject} at once.",),
        Phase.SCHEDULED: ("We plan work on {subject} at the time announced above.",),
        Phase.IN_PROGRESS: ("The planned work on {subject} goes on as announced.",),
        Phase.VERIFYING: ("We check {subject} after the work.",),
        Phase.COMPLETED: ("The planned work on {subject} has been completed.",),
    }
)
_UPDATES = (
    "The work on {subject} goes on. There is no estimate yet.",
    "More customers of {subject} report the same.",
    "Part of the traffic of {subject} takes another way for now.",
)
_NAMES = 2  # components that a title names before it only counts


def title(kind: Kind, components: Sequence[str], choice: int) -> str:
    """Return a title that says what kind of event it is; `choice` is any number, and picks one of a few wordings."""
    return _pick(_TITLES.get(kind, _TITLES[Kind.DEGRADATION]), choice).format(subject=subject(components))


def post(phase: Phase | None, components: Sequence[str], choice: int) -> str:
    """Return what a post of a phase says; None is an update that leaves the phase as it is."""
    return _pick(_POSTS.get(phase, _UPDATES) if phase else _UPDATES, choice).format(subject=subject(components))


def subject(components: Sequence[str]) -> str:
    """Return what is affected, in words."""
    if not components:
        return "the service"
    if len(components) <= _NAMES:
        return " and ".join(components)
    return f"{components[0]} and {len(components) - 1} other parts"


def _pick(wordings: Sequence[str], choice: int) -> str:
    return wordings[choice % len(wordings)]

"""Composes titles and posts in words of our own, for incidents of which only the facts are known."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from almanac.model import Kind, Phase

_TITLES = MappingProxyType(
    {
        Kind.OUTAGE: ("Outage of {what}", "{what} is unavailable", "{what} is down"),
        Kind.DEGRADATION: (
            "Elevated errors on {what}",
            "Slow answers from {what}",
            "Requests to {what} fail now and then",
            "Higher latency on {what}",
        ),
        Kind.MAINTENANCE: ("Maintenance of {what}", "Scheduled upgrade of {what}"),
        Kind.NOTICE: ("Announcement to all customers",),  # names of parts may sound like trouble
        Kind.TEST: ("Test of this status page, please ignore",),
    }
)
_POSTS = MappingProxyType(
    {
        Phase.INVESTIGATING: (
            "We are investigating reports about {what}.",
            "We are looking into errors on {what} and will post again within the hour.",
        ),
        Phase.IDENTIFIED: (
            "We have identified the cause of this incident on {what}. A fix is being prepared.",
            "Our engineers have found the cause and work on {what}.",
        ),
        Phase.MONITORING: (
            "A fix is in place. We are monitoring {what}.",
            "The numbers of {what} look better after a change. We are watching them.",
        ),
        Phase.RESOLVED: (
            "This incident has been resolved.",
            "The incident on {what} is over. Everything is back to normal.",
        ),
        Phase.POSTMORTEM: ("What happened: one change of settings reached every machine of {what} at once.",),
        Phase.SCHEDULED: ("We plan work on {what} at the time announced above.",),
        Phase.IN_PROGRESS: ("The planned work on {what} goes on as announced.",),
        Phase.VERIFYING: ("We check {what} after the work.",),
        Phase.COMPLETED: ("The planned work on {what} has been completed.",),
    }
)
_UPDATES = (
    "The work on {what} goes on. There is no estimate yet.",
    "More customers of {what} report the same.",
    "Part of the traffic of {what} takes another way for now.",
)
_NAMES = 2  # components that a title names before it only counts


def title(kind: Kind, components: Sequence[str], choice: int) -> str:
    """Return a title that says what kind of event it is; `choice` is any number, and picks one of a few wordings."""
    return _pick(_TITLES.get(kind, _TITLES[Kind.DEGRADATION]), choice).format(what=what(components))


def post(phase: Phase | None, components: Sequence[str], choice: int) -> str:
    """Return what a post of a phase says; None is an update that leaves the phase as it is."""
    return _pick(_POSTS.get(phase, _UPDATES) if phase else _UPDATES, choice).format(what=what(components))


def what(components: Sequence[str]) -> str:
    """Return what is affected, in words."""
    if not components:
        return "the service"
    if len(components) <= _NAMES:
        return " and ".join(components)
    return f"{components[0]} and {len(components) - 1} other parts"


def _pick(wordings: Sequence[str], choice: int) -> str:
    return wordings[choice % len(wordings)]

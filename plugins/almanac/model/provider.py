"""A watched provider: where it publishes, and what it calls its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from almanac.model.project import LAST_RANK


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A thing a provider says can be affected. `match` holds the names or ids it has had in feeds."""

    slug: str
    name: str
    product: str = ""
    capability: str = ""  # one of the project's
    match: tuple[str, ...] = ()
    rank: int = LAST_RANK  # where the file gives none, that of the capability: what people ask for first


def by_rank(components: Iterable[Component]) -> tuple[Component, ...]:
    """Return components in the order in which people ask for them; those of equal rank stay as they stand."""
    return tuple(sorted(components, key=lambda component: component.rank))


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Where a provider publishes. `dialect` is a hint: the dialect is detected at each fetch.

    `beside`: read in each pull after the first other feed that can be read, for what that one leaves out.
    """

    url: str
    dialect: str = ""
    verified: bool = False  # True: this form was seen in a recording of this provider
    beside: bool = False
    evidence: str = ""  # where the address was found: a file or an issue of a public project, with its date


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerFeed:
    """Where a provider published before; kept so that readers know what could be read when."""

    url: str
    until: date
    why: str  # what happened, in a sentence
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """Why nothing can be read of a provider any more, since when, and what its readers do instead."""

    since: date
    why: str  # a sentence
    instead: str  # likewise
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which incidents of a shared page concern the subject. Empty `components` and `words`: all of them do."""

    components: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One watched provider, as its file in content/providers says."""

    slug: str
    name: (
        str  # as readers know who runs the page: Claude, GitHub Copilot; of a page of many products the company: OpenAI
    )
    company: str
    home: str
    status_page: str
    evidence: str = ""  # where `home` and `status_page` were found
    feeds: tuple[Feed, ...] = ()
    former: tuple[FormerFeed, ...] = ()  # the last first
    closed: Barrier | None = None  # its status page is no more, and it has no other: nothing new will come
    unreadable: Barrier | None = None  # it has a status page, which shuts programs out: its state is unknown
    components: tuple[Component, ...] = ()  # by rank, as loaded
    capabilities: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    monogram: str = ""  # two letters by which the eye finds it; "": those that are free
    scope: Scope | None = None  # None: the whole page is about the subject
    written_by: str = "hand"  # hand or machine (probes)
    zone: str = "UTC"  # IANA name of the zone the page prints, where its feed does not say
    built_on: tuple[str, ...] = ()  # slugs of the makers whose models it uses
    shares: tuple[str, ...] = ()  # those of them without whose models it has next to nothing to offer
    same_model: tuple[str, ...] = ()  # slugs of the makers whose models it sells from machines of its own
    core: tuple[str, ...] = ()  # products readers mean by its name; time of these stands for the whole
    about: str = ""  # Markdown
    file: str = ""  # relative to content/, for messages and edit links

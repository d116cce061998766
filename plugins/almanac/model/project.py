"""Whose almanac this is: its names and its subject, who answers for it, and what its services can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

OTHER = "other"  # the capability of what has none of those that a project lists
RANK = 10  # from one capability to the next
LAST_RANK = 4 * RANK
NEEDED = 5  # providers with enough data, for a period of the leaderboard to be shown first


class Capability(NamedTuple):
    """Something that services can do. `name` is "" for one that no page is made of, `use` heads what can stand in."""

    slug: str
    name: str
    use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PressWords:
    """The words by which items of press feeds are judged."""

    about: tuple[str, ...] = ()  # that name the subject
    ordinary_names: tuple[str, ...] = ()  # names of providers or products that are words of their own
    everywhere: tuple[str, ...] = ()  # in small letters: so common that they tell no incident from another


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What almanac.toml says. Nothing of it stands in code, templates or pictures."""

    name: str = "Almanac"
    subject: str = ""  # stands before a noun: AI providers
    address: str = ""  # where it will be published
    feed_ids: str = ""  # begins every id in feeds
    publisher: str = ""
    contact: str = ""  # a mail address or a URL
    repository: str = ""  # a URL
    user_agent: str = ""  # in place of the one made of name and repository
    leaderboard_needs: int = NEEDED
    capabilities: tuple[Capability, ...] = ()  # empty: every slug is one
    press: PressWords = PressWords()
    colours: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by scheme, then by variable of the sheet

    def of(self, noun: str) -> str:
        """Return a noun with the subject before it: AI providers."""
        return f"{self.subject} {noun}".lstrip()

    @property
    def listed(self) -> tuple[Capability, ...]:
        """Return the capabilities that pages are made of, in the order in which people ask for them."""
        return tuple(one for one in self.capabilities if one.name)

    def capability(self, slug: str) -> Capability:
        """Return a capability of which pages are made; else one without names."""
        return next((one for one in self.listed if one.slug == slug), Capability("", "", ""))

    def rank(self, slug: str) -> int:
        """Return where components with a capability stand by default among those of a provider."""
        places = (RANK * number for number, one in enumerate(self.listed, 1) if one.slug == slug)
        return min(next(places, LAST_RANK), LAST_RANK)

    @property
    def contact_url(self) -> str:
        """Return the contact as the address of a link; "" where there is none."""
        return f"mailto:{self.contact}" if "@" in self.contact and "/" not in self.contact else self.contact

    @property
    def agent(self) -> str:
        """Return as whom a pull introduces itself to the servers of providers, and where they learn more."""
        where = self.repository or self.address
        return self.user_agent or self.name.replace(" ", "") + (f" (+{where})" if where else "")


ANYBODYS = Project()  # what holds where nobody says whose almanac it is

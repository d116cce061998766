"""The values that a demo gathers: what was posted, and what was true and shown at each quarter of an hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from almanac.commands.demo.sitestate import SiteState
from almanac.world import Event, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A post on an event, as it was made at a provider's page."""

    provider: str  # slug
    incident: str  # id in the archive of the demo
    at: datetime  # when the page had it
    event: Event  # as it was then

    @property
    def post(self) -> Post:
        """Return the post itself."""
        return self.event.posts[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """What was true and what the site showed at one quarter of an hour. Mappings are by slug.

    `posted` is what was posted since the quarter before; `open` has the ids of outages and degradations that go on and
    concern what the site is about.
    """

    at: datetime
    posted: tuple[Posted, ...]
    open: Mapping[str, frozenset[str]]
    on_site: Mapping[str, SiteState]
    pull_seconds: float
    build_seconds: float

"""The facts of an incident without its texts: what listings and statistics draw on."""

from __future__ import annotations

from typing import NamedTuple

from almanac.model.incident import BOUND, OVER, TROUBLE, Incident, Kind
from almanac.model.times import seconds


class Stretch(NamedTuple):
    """[since, until) in epoch seconds."""

    since: int
    until: int


class Card(NamedTuple):
    """The facts of an incident without its texts, in epoch seconds: what listings and statistics need."""

    provider: str
    id: str
    file: str  # relative to content/incidents, posix
    slug: str  # last part of its URL
    title: str
    kind: str
    impact: str
    impact_stated: str
    phase: str
    components: tuple[str, ...]
    started: int
    ended: int | None
    posted: int
    posted_late: bool
    started_basis: str
    ended_basis: str
    precision: str
    first_seen: int | None
    imported: str
    vanished: int | None
    updates: tuple[tuple[int, str], ...]  # (at, phase), oldest first, without those that are gone
    edits: int  # revisions and changes recorded
    source: str
    title_is_ours: bool = False
    changed: int = 0  # when anything about it last changed
    known: int = 0  # when the last of what is known of it became known: before that, less was
    states: int = 0  # at how many moments something became known
    first_post_known: bool = True  # else nobody can say that it was posted late
    impact_basis: str = ""
    components_basis: str = ""
    trouble_seconds: int = 0  # of its length, where that is less than from start to end; else 0
    id_is_ours: bool = False

    @property
    def url(self) -> str:
        """Return the address of its page on the site, with a leading slash."""
        return f"/incidents/{self.provider}/{self.slug}/"

    @property
    def is_trouble(self) -> bool:
        """True for outages and degradations: what availability and forecasts count."""
        return self.kind in TROUBLE

    @property
    def is_open(self) -> bool:
        """True while the provider has named no end; what stood undated in a new feed only once it is posted on."""
        is_new = self.started_basis != BOUND or any(at > self.started for at, _ in self.updates)
        return self.ended is None and self.phase not in OVER and self.kind != Kind.UNKNOWN and is_new


def card(incident: Incident, file: str) -> Card:
    """Return the card of an incident saved at `file` (relative to content/incidents)."""
    slug = file.rsplit("/", 1)[-1].removesuffix(".md")[11:]  # file names are <YYYY-MM-DD>-<slug>.md
    observed = incident.observed
    return Card(
        provider=incident.provider,
        id=incident.id,
        file=file,
        slug=slug,
        title=incident.title,
        kind=incident.kind.value,
        impact=incident.impact.value,
        impact_stated=incident.impact_stated,
        phase=incident.phase.value,
        components=incident.components,
        started=seconds(incident.started),
        ended=None if incident.ended is None else seconds(incident.ended),
        posted=seconds(incident.posted),
        posted_late=incident.posted_late,
        started_basis=incident.started_basis,
        ended_basis=incident.ended_basis,
        precision=incident.precision,
        first_seen=None if incident.first_seen is None else seconds(incident.first_seen),
        imported=incident.imported,
        vanished=None if incident.vanished is None else seconds(incident.vanished),
        updates=tuple((seconds(u.at), u.phase.value) for u in incident.updates if u.gone is None),
        edits=len(incident.changes) + sum(len(u.was) + (u.gone is not None) for u in incident.updates),
        source=incident.source,
        title_is_ours=incident.title_is_ours,
        changed=seconds(incident.changed),
        known=seconds(observed[-1]),
        states=len(observed),
        first_post_known=incident.is_first_post_known,
        impact_basis=incident.impact_basis,
        components_basis=incident.components_basis,
        trouble_seconds=incident.trouble_seconds,
        id_is_ours=incident.id_is_ours,
    )


def newest_first(card: Card) -> tuple[int, str]:
    """Return what to sort cards by so that the newest start comes first."""
    return -card.started, card.id


def page_path(card: Card) -> str:
    """Return where the page of an incident stands in the output folder."""
    return f"{card.url.lstrip('/')}index.html"

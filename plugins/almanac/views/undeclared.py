"""Outages that others saw and no provider reported: their own pages, marked as such, and a section on the provider's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from almanac.content.undeclared import Undeclared, Witness
from almanac.model import TROUBLE, Provider, moment, seconds
from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views import base, rows
from almanac.views.base import Head, Link, Time
from almanac.views.claims import GRADES

NEAR = 3 * 3600  # s around it in which a reported incident may be the same outage


class UndeclaredLine(NamedTuple):
    """A line of a list."""

    link: Link
    provider: str
    time: Time
    witnesses: str


class WitnessLine(NamedTuple):
    """A piece of evidence."""

    link: Link
    publisher: str
    time: Time
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredList:
    """The list of unacknowledged outages, at /undeclared/."""

    head: Head
    lines: tuple[UndeclaredLine, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredPage:
    """The page of an unacknowledged outage, at /undeclared/<provider>/<slug>/."""

    head: Head
    provider: Link
    title: str
    summary: str
    started: Time
    ended: Time | None
    evidence: tuple[WitnessLine, ...]
    declared: tuple[Link, ...]  # what the provider did report within hours of it
    brought: Time
    contributor: str


def undeclared(almanac: Snapshot) -> UndeclaredList:
    """Return the page of all unacknowledged outages."""
    return UndeclaredList(
        head=Head(
            title="Unacknowledged outages",
            path="/undeclared/",
            section="incidents",
            description="Outages that others saw and no provider reported, with evidence. Not counted in our statistics.",
            feeds=(base.FeedLink("/undeclared/atom.xml", "Unacknowledged outages", "application/atom+xml"),),
        ),
        lines=undeclared_lines(almanac),
    )


def undeclared_lines(almanac: Snapshot, provider: str = "") -> tuple[UndeclaredLine, ...]:
    """Return the lines of all unacknowledged outages, or of those of one provider (a slug)."""
    names = rows.names(almanac.providers)
    return tuple(
        UndeclaredLine(
            Link(one.url, one.title),
            names.get(one.provider, one.provider),
            base.time(one.started, english.moment(one.started)),
            english.plural(len(one.evidence), "source"),
        )
        for one in up_to_now(almanac)
        if not provider or one.provider == provider
    )


def up_to_now(almanac: Snapshot) -> tuple[Undeclared, ...]:
    """Return the unacknowledged outages that had been submitted by `almanac.now`."""
    return tuple(one for one in almanac.undeclared if one.date <= almanac.now)


def page(almanac: Snapshot, one: Undeclared, provider: Provider) -> UndeclaredPage:
    """Return the page of one unacknowledged outage."""
    return UndeclaredPage(
        head=Head(
            title=f"Unacknowledged: {one.title}",
            path=one.url,
            section="incidents",
            description=f"{one.summary} {provider.name} did not report it; others did.",
        ),
        provider=Link(base.provider_url(provider.slug), provider.name),
        title=one.title,
        summary=one.summary,
        started=base.time(one.started, english.moment(one.started)),
        ended=base.time(one.ended, english.moment(one.ended)) if one.ended else None,
        evidence=tuple(map(_witness_line, one.evidence)),
        declared=tuple(_declared(almanac, one)),
        brought=base.time(one.date, english.moment(one.date)),
        contributor=one.contributor,
    )


def _witness_line(witness: Witness) -> WitnessLine:
    at = base.time(witness.at, english.moment(witness.at))
    return WitnessLine(Link(witness.url, witness.title), witness.publisher, at, GRADES[witness.grade])


def _declared(almanac: Snapshot, one: Undeclared) -> list[Link]:
    since, until = seconds(one.started) - NEAR, seconds(one.ended or one.started) + NEAR
    return [
        Link(base.incident_url(card), f"{base.name(card)}, {english.moment(moment(card.started))}")
        for card in almanac.cards.get(one.provider, ())
        if card.kind in TROUBLE and card.started <= until and (card.ended or card.posted) >= since
    ]

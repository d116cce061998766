"""Trouble that others saw and no provider declared: its own pages, marked as such, and a section on its provider's."""

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

NEAR = 3 * 3600  # s around it in which a declared incident may be the same trouble


class Seen(NamedTuple):
    """A line of a list."""

    link: Link
    provider: str
    time: Time
    witnesses: str


class Said(NamedTuple):
    """A piece of evidence."""

    link: Link
    publisher: str
    time: Time
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredList:
    """/undeclared/"""

    head: Head
    seen: tuple[Seen, ...]  # newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredPage:
    """/undeclared/<provider>/<slug>/"""

    head: Head
    provider: Link
    title: str
    summary: str
    started: Time
    ended: Time | None
    evidence: tuple[Said, ...]
    declared: tuple[Link, ...]  # what the provider did declare within hours of it
    brought: Time
    contributor: str


def undeclared(almanac: Snapshot) -> UndeclaredList:
    """All of it."""
    return UndeclaredList(
        head=Head(
            title="Not declared",
            path="/undeclared/",
            section="incidents",
            description="Trouble that others saw and no provider declared, with its witnesses. It counts in no number.",
            feeds=(base.Feed("/undeclared/atom.xml", "Not declared by providers", "application/atom+xml"),),
        ),
        seen=seen(almanac),
    )


def seen(almanac: Snapshot, provider: str = "") -> tuple[Seen, ...]:
    """The lines of all, or of one provider (a slug)."""
    names = rows.names(almanac.providers)
    return tuple(
        Seen(
            Link(one.url, one.title),
            names.get(one.provider, one.provider),
            base.time(one.started, english.moment(one.started)),
            english.plural(len(one.evidence), "witness", "witnesses"),
        )
        for one in known(almanac)
        if not provider or one.provider == provider
    )


def known(almanac: Snapshot) -> tuple[Undeclared, ...]:
    """What had been brought by now."""
    return tuple(one for one in almanac.undeclared if one.date <= almanac.now)


def page(almanac: Snapshot, one: Undeclared, provider: Provider) -> UndeclaredPage:
    """The page of one."""
    return UndeclaredPage(
        head=Head(
            title=f"Not declared: {one.title}",
            path=one.url,
            section="incidents",
            description=f"{one.summary} {provider.name} did not declare it; others saw it.",
        ),
        provider=Link(base.provider_url(provider.slug), provider.name),
        title=one.title,
        summary=one.summary,
        started=base.time(one.started, english.moment(one.started)),
        ended=base.time(one.ended, english.moment(one.ended)) if one.ended else None,
        evidence=tuple(map(_said, one.evidence)),
        declared=tuple(_declared(almanac, one)),
        brought=base.time(one.date, english.moment(one.date)),
        contributor=one.contributor,
    )


def _said(witness: Witness) -> Said:
    at = base.time(witness.at, english.moment(witness.at))
    return Said(Link(witness.url, witness.title), witness.publisher, at, GRADES[witness.grade])


def _declared(almanac: Snapshot, one: Undeclared) -> list[Link]:
    since, until = seconds(one.started) - NEAR, seconds(one.ended or one.started) + NEAR
    return [
        Link(base.incident_url(card), f"{base.name(card)}, {english.moment(moment(card.started))}")
        for card in almanac.cards.get(one.provider, ())
        if card.kind in TROUBLE and card.started <= until and (card.ended or card.posted) >= since
    ]

"""Corrections: of incidents, beside what the provider said, and of articles; on their pages and together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from almanac.content.corrections import Corrected
from almanac.model import Card, moment
from almanac.snapshot import Snapshot
from almanac.text import addresses, english
from almanac.views import base, rows
from almanac.views.base import Head, Link, Time


class Changed(NamedTuple):
    """A fact: what the provider says, and what holds here."""

    fact: str
    was: str
    now: str


class Note(NamedTuple):
    """A correction of an incident."""

    incident: Link
    time: Time
    changed: tuple[Changed, ...]
    merged: Link | None  # the incident that it counts with
    reason: str
    source: Link
    author: str


class Righted(NamedTuple):
    """A correction of an article."""

    article: Link
    time: Time
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsPage:
    """The list of all corrections, at /corrections/."""

    head: Head
    notes: tuple[Note, ...]  # newest first, like the next
    righted: tuple[Righted, ...]


def corrections(almanac: Snapshot) -> CorrectionsPage:
    """Return the page of all corrections, newest first."""
    righted = [
        Righted(Link(a.url, a.title), base.time(c.date, english.moment(c.date)), c.text)
        for a in almanac.articles
        for c in a.corrections
    ]
    return CorrectionsPage(
        head=Head(
            title="Corrections",
            path="/corrections/",
            section="corrections",
            description="Mistakes of ours and of providers, and the corrections.",
        ),
        notes=tuple(sorted(notes(almanac), key=lambda note: note.time.iso, reverse=True)),
        righted=tuple(sorted(righted, key=lambda entry: entry.time.iso, reverse=True)),
    )


def notes(almanac: Snapshot) -> list[Note]:
    """Return the corrections of incidents, in the order of their files."""
    names = rows.names(almanac.providers)
    survivor_keys = {corrected.fix.merge_with for corrected in almanac.corrections}
    others = {
        key: card
        for cards in almanac.cards.values()
        for card in cards
        if (key := f"{card.provider}/{card.id}") in survivor_keys
    }
    return [_note(corrected, names, others.get(corrected.fix.merge_with)) for corrected in almanac.corrections]


def by_incident(almanac: Snapshot) -> dict[tuple[str, str], tuple[Note, ...]]:
    """Return the corrections an incident's page shows, by (provider slug, raw id), also of what merged with it."""
    by_key: dict[tuple[str, str], tuple[Note, ...]] = {}
    for corrected, note in zip(almanac.corrections, notes(almanac), strict=True):
        slug, _, raw = corrected.fix.merge_with.partition("/")
        for key in {(corrected.now.provider, corrected.now.id), (slug, raw)} - {("", "")}:
            by_key[key] = (*by_key.get(key, ()), note)
    return by_key


def _note(corrected: Corrected, names: dict[str, str], survivor: Card | None) -> Note:
    fix, was, now = corrected
    date = moment(fix.date)
    return Note(
        incident=_link(now, names),
        time=base.time(date, english.moment(date)),
        changed=tuple(_changes(was, now)),
        merged=_link(survivor, names) if survivor else None,
        reason=fix.reason,
        source=Link(fix.source, addresses.host(fix.source).removeprefix("www.")),
        author=fix.author,
    )


def _link(card: Card, names: dict[str, str]) -> Link:
    return Link(
        base.incident_url(card),
        f"{names.get(card.provider, card.provider)}, {base.name(card)}, {english.date(moment(card.started))}",
    )


def _changes(was: Card, now: Card) -> list[Changed]:
    def at(when: int | None) -> str:
        return "not recorded" if when is None else english.moment(moment(when))

    pairs = [
        ("Start", at(was.started), at(now.started)),
        ("End", at(was.ended), at(now.ended)),
        ("Kind", was.kind, now.kind),
        ("Impact", was.impact, now.impact),
    ]
    return [Changed(*pair) for pair in pairs if pair[1] != pair[2]]

"""Corrections by people: content/corrections/<provider>/<slug>.yml overrides facts of an incident, after the archive.

The archive stays as it is: what is corrected are the cards that pages and statistics are made from, and the incident as
its page shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from almanac.content import files
from almanac.content.frontmatter import Matter
from almanac.model import BOUND, OVER, SIGHT, Card, Impact, Incident, Kind, moment, seconds
from almanac.model.problem import Problem
from almanac.text import limits
from almanac.text.similar import cure, nearest

FOLDER = "corrections"
AFTER = "is after the end; correct one of the two"
RANKS = (Impact.UNKNOWN, Impact.NONE, Impact.MAINTENANCE, Impact.MINOR, Impact.MAJOR, Impact.CRITICAL)


class Fix(NamedTuple):
    """What an editor says of an incident instead of its provider; None or "" where the editor says nothing."""

    provider: str
    slug: str  # last part of the address of the incident's page
    started: int | None  # epoch seconds
    ended: int | None
    kind: str
    impact: str
    merge_with: str  # provider/id of the incident that it is part of
    withdrawn: bool
    reason: str
    source: str
    author: str
    date: int
    file: str


class Corrected(NamedTuple):
    """An incident before and after its correction."""

    fix: Fix
    was: Card
    now: Card


def read(data: bytes, file: str) -> tuple[Fix | None, tuple[Problem, ...]]:
    """Return the correction in `file` (relative to content/, with slashes), or every problem of it. Pure."""
    from almanac.content import forms, frontmatter  # 0.25 s, needed only where there are corrections

    path = f"content/{file}"
    folder, _, name = file.removeprefix(f"{FOLDER}/").partition("/")
    if not name.endswith(".yml") or "/" in name:
        return None, (Problem(file=path, message=f"is not read; name it content/{FOLDER}/<provider>/<slug>.yml"),)
    matter = frontmatter.read_fields(data, path, limits.RECORD_FILE)
    values, faults = forms.check(forms.FixForm, matter)
    faults = faults or tuple(_too_late(matter, values))
    if faults:
        return None, faults
    if not any(values[key] for key in ("start", "end", "kind", "impact", "merge_with", "withdrawn")):
        message = "corrects nothing; add start, end, kind, impact, merge_with or withdrawn"
        return None, (Problem(file=path, message=message),)
    return Fix(
        provider=folder,
        slug=name.removesuffix(".yml"),
        started=values["start"] and seconds(values["start"]),
        ended=values["end"] and seconds(values["end"]),
        kind=values["kind"] or "",
        impact=values["impact"] or "",
        merge_with=values["merge_with"] or "",
        withdrawn=values["withdrawn"],
        reason=values["reason"],
        source=values["source"],
        author=values["author"],
        date=seconds(values["date"]),
        file=file,
    ), ()


def _too_late(matter: Matter, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each time after the date of the correction, when nobody could know it."""
    for key in ("start", "end"):
        if values[key] and values[key] > values["date"]:
            message = "is after the date, when nobody could know it; write when it was, and the date of this correction"
            yield matter.problem((key,), message)


def load(content: Path) -> tuple[tuple[Fix, ...], tuple[Problem, ...]]:
    """Return all corrections under `content`, and every problem of them."""
    fixes, faults = files.load(content, FOLDER, read)
    return tuple(fixes), faults


def apply(cards: Iterable[Card], fixes: Iterable[Fix]) -> tuple[list[Card], tuple[Corrected, ...], list[Problem]]:
    """Return the cards as corrected, what was corrected, and a problem for each impossible correction. Pure.

    An incident that is merged counts no more; the one it is merged with lasts as long as both, as bad as the worse.
    """
    everything = list(cards)
    was = {(card.provider, card.slug): card for card in everything}
    ids = {f"{card.provider}/{card.id}": key for key, card in was.items()}
    by_key = dict(was)
    possible: list[Fix] = []
    faults: list[Problem] = []
    for fix in fixes:
        key = fix.provider, fix.slug
        if wrong := _impossible(fix, by_key, ids):
            faults.append(Problem(file=f"content/{fix.file}", field=wrong[0], message=wrong[1]))
            continue
        by_key[key] = correct(by_key[key], fix)
        possible.append(fix)
    for fix in possible:
        if fix.merge_with:
            survivor = ids[fix.merge_with]
            by_key[survivor] = _merge_cards(by_key[survivor], by_key[fix.provider, fix.slug])
    log = tuple(Corrected(fix, was[fix.provider, fix.slug], by_key[fix.provider, fix.slug]) for fix in possible)
    return [by_key[key] if was[key := (card.provider, card.slug)] is card else card for card in everything], log, faults


def _impossible(
    fix: Fix, by_key: Mapping[tuple[str, str], Card], ids: Mapping[str, tuple[str, str]]
) -> tuple[str, str] | None:
    """Return the field by which a correction cannot be applied, and why; None if it can be."""
    card = by_key.get((fix.provider, fix.slug))
    if card is None:
        return "", f"corrects no incident of {fix.provider}; {_file_meant(fix, ids)}"
    if fix.merge_with and fix.merge_with not in ids:
        by_page = {"/".join(page): key for key, page in ids.items() if page[0] == fix.provider}
        meant = by_page.get(fix.merge_with, "")
        candidates = [meant] if meant else ids
        cured = cure(meant or fix.merge_with, candidates, "write provider/id as the archive has it")
        return "merge_with", f"{fix.merge_with} is not in the archive; {cured}"
    if fix.merge_with.partition("/")[0] not in ("", fix.provider):  # else one would count for the other's trouble
        return "merge_with", f"is not an incident of {fix.provider}; name one, or write withdrawn: true"
    if fix.merge_with == f"{card.provider}/{card.id}":
        return "merge_with", "is the incident itself; name the other one"
    start, end = fix.started or card.started, fix.ended or card.ended
    if end is not None and end < start:
        return ("end", "is before the start; correct one of the two") if fix.ended else ("start", AFTER)
    return None


def _file_meant(fix: Fix, ids: Mapping[str, tuple[str, str]]) -> str:
    """Return how to name the file of a correction: by the incident whose id it has, or one that is called alike."""
    pages = {key.lower(): slug for key, (provider, slug) in ids.items() if provider == fix.provider}
    if not pages and (provider := nearest(fix.provider, {provider for provider, _ in ids.values()})):
        return f"did you mean the folder {provider}?"
    near = pages.get(f"{fix.provider}/{fix.slug}".lower()) or nearest(fix.slug.lower(), pages.values())
    return f"did you mean {near}.yml?" if near else "name it as the address of the incident's page ends"


def correct(card: Card, fix: Fix) -> Card:
    """Return a card as an editor says it is."""
    kind = Kind.MERGED if fix.merge_with else Kind.WITHDRAWN if fix.withdrawn else fix.kind
    if fix.started is not None:
        card = card._replace(started=fix.started, started_basis="editor")
    if fix.ended is not None:
        card = card._replace(ended=fix.ended, ended_basis="editor", phase=_over(card))
    card = card._replace(kind=str(kind) or card.kind, impact=fix.impact or card.impact)
    card = card._replace(changed=max(card.changed, fix.date))
    undated = {card.started_basis, card.ended_basis} & {SIGHT, BOUND}
    late = card.ended is not None and card.posted >= card.ended and not undated
    return card._replace(posted_late=late and card.first_post_known)


def _over(card: Card) -> str:
    """Return the phase of a card that an editor says has ended: resolved, unless it was over or had an end before."""
    return "resolved" if card.ended is None and card.phase not in OVER else card.phase


def _merge_cards(card: Card, part: Card) -> Card:
    ends = (card.ended, part.ended)
    impact = max((card.impact, part.impact), key=lambda impact: RANKS.index(Impact(impact)))
    return card._replace(
        started=min(card.started, part.started),
        ended=None if None in ends else max(end for end in ends if end is not None),
        impact=impact,
        components=tuple(dict.fromkeys((*card.components, *part.components))),
        changed=max(card.changed, part.changed),
    )


def like(incident: Incident, card: Card) -> Incident:
    """Return an incident with the facts of its card, which may have been corrected; itself if it has them already."""
    facts: dict[str, Any] = {
        "kind": Kind(card.kind),
        "impact": Impact(card.impact),
        "started": moment(card.started),
        "started_basis": card.started_basis,
        "ended": None if card.ended is None else moment(card.ended),
        "ended_basis": card.ended_basis,
        "components": card.components,
    }
    if all(getattr(incident, name) == value for name, value in facts.items()):
        return incident
    basis = "editor" if card.kind != incident.kind else incident.kind_basis
    rating = "" if card.impact != incident.impact else incident.impact_basis
    parts = "" if card.components != incident.components else incident.components_basis
    return replace(incident, **facts, kind_basis=basis, impact_basis=rating, components_basis=parts)

"""Finds the archived incident that an incident under another id may be. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from almanac.merge.updates import same_words
from almanac.model import Incident

NEAR = timedelta(minutes=2)  # how far apart two sources may put one start
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def candidates(incident: Incident, others: Iterable[Incident]) -> tuple[list[Incident], list[Incident]]:
    """Return those of `others` of the same start and components, and those that may be: one side names no component."""
    near = [other for other in others if abs(other.started - incident.started) <= NEAR]
    components = set(incident.components)
    same = [other for other in near if set(other.components) == components]
    maybe = [other for other in near if set(other.components) != components and not (other.components and components)]
    return same, maybe


def counterpart(incident: Incident, others: Sequence[Incident]) -> Incident | None:
    """Return the one of `others`, which the feed does not show, that is this incident renamed; None if in doubt.

    The provider may have changed the id: link, title and start are the same then. The page may have moved to another
    platform, which has other ids for all that was posted before. Or the id of one of them is made up.
    If an archiver did so, a page of its own that both link to decides; else start and components, if only one fits.
    What we named ourselves links to the status page as often as not, and so does all else of that feed.
    """
    renamed = [other for other in others if incident.source and _identity(other) == _identity(incident)]
    if renamed:
        return renamed[0] if len(renamed) == 1 else None
    moved = [other for other in others if _has_moved(other, incident)]
    if len(moved) == 1:
        return moved[0]
    made_up = [other for other in others if other.id_is_ours or incident.id_is_ours]
    linked = [
        other
        for other in made_up
        if (other.imported or incident.imported) and other.source == incident.source and _names_one(incident.source)
    ]
    same, maybe = candidates(incident, made_up)
    matches = linked if len(linked) == 1 else same if not maybe else []
    return matches[0] if len(matches) == 1 else None


def _has_moved(other: Incident, incident: Incident) -> bool:
    """Say whether an archived incident may be this one, from before its page was moved to another platform.

    Both have one title (or the same components, where we composed the title of one) and a post in common, because
    platforms differ in what they call the start; where one has no post with words, both began at the same time. So an
    incident is kept twice if nothing that was seen before the move was seen after it: that can be mended, one taken
    for another cannot.
    """
    if not _is_from_a_page(other) or _have_ids_of_one_make(other, incident):
        return False
    if other.title_is_ours or incident.title_is_ours:
        return _share_components(other, incident) and _share_a_post(other, incident)
    return other.title.casefold() == incident.title.casefold() and _share_a_post(other, incident)


def _is_from_a_page(incident: Incident) -> bool:
    """Say whether the id of an incident is its page's, be it read from a feed of the page or imported."""
    return bool(incident.dialect or incident.imported) and not (incident.imported and incident.id_is_ours)


def _share_components(one: Incident, other: Incident) -> bool:
    """Say whether two incidents name the same components, or else, if one names none, ended at the same time, too."""
    if one.components and other.components:
        return set(one.components) == set(other.components)
    return _near(one.started, other.started) and _near(one.ended, other.ended)


def _share_a_post(one: Incident, other: Incident) -> bool:
    """Say whether two incidents have the same words posted at the same time, or else, if one has none, began then.

    A platform that was moved to may date what was posted before by the move. The start it states is after the end then
    and had to be mended, so that the end is all that is known.
    """
    left, right = ([post for post in incident.updates if post.text] for incident in (one, other))
    if left and right:
        return any(_near(a.at, b.at) and same_words(a.text, b.text) for a in left for b in right)
    is_mended = "mended" in (one.started_basis, other.started_basis)
    return _near(one.started, other.started) or (is_mended and _near(one.ended, other.ended))


def _near(one: datetime | None, other: datetime | None) -> bool:
    """Say whether two times are known and may be one."""
    return one is not None and other is not None and abs(one - other) <= NEAR


def _have_ids_of_one_make(one: Incident, other: Incident) -> bool:
    """Say whether two incidents stand on one page in two forms that use the same ids, so that others are others.

    A page of Better Stack names what it lists in its feed otherwise than in its JSON.
    """
    makes = [_make(incident) for incident in (one, other)]
    forms = [(len(i.id), any(map(str.islower, i.id)), any(map(str.isupper, i.id))) for i in (one, other)]
    is_one_feed = one.dialect == other.dialect or makes[0] != "betterstack"
    return (makes[0] == makes[1] and is_one_feed) or (forms[0] == forms[1] and not one.id.isdecimal())


def _make(incident: Incident) -> str:
    """Return whose ids an incident has. Pages of incident.io answer in the JSON of Statuspage, too, with ULIDs."""
    make = incident.dialect.removesuffix("-json").removesuffix("-current")
    return "incidentio" if make == "statuspage" and _ULID.fullmatch(incident.id) else make


def _names_one(link: str) -> bool:
    """Say whether a link leads anywhere but to the home of a site."""
    parts = urlsplit(link)
    return bool(parts.path.strip("/") or parts.query or parts.fragment)


def _identity(incident: Incident) -> tuple[object, ...]:
    return incident.dialect, incident.source, incident.title, incident.started

"""Puts together what several entries say of one incident where a feed should have one entry for it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ..model import Incident, Update
from .dialect import Notes

_OF_POSTS = frozenset({"first-update", "pubdate"})  # a start that is only as old as the posts at hand
_NEVER = datetime.min.replace(tzinfo=UTC)


def joined(told: Sequence[Incident], notes: Notes) -> Incident:
    """One incident of all that was told of it, in whatever order: what was posted last counts, and no post is lost."""
    newest, *others = sorted(told, key=_age, reverse=True)
    starts = [other.started for other in others] if newest.started_basis in _OF_POSTS else []
    whole = replace(newest, updates=_posts(newest, *others), started=min([newest.started, *starts]))
    titles = sorted({incident.title for incident in told})
    if whole != newest or len(titles) > 1:
        notes.doubt(f"several entries of {newest.id} that differ, taken together: {' and '.join(titles)}")
    return whole


def _age(incident: Incident) -> tuple[datetime, int, str]:
    """What was posted last comes last; the rest of the key only makes the order the same each time."""
    return max((u.at for u in incident.updates), default=_NEVER), len(incident.updates), repr(incident)


def _posts(*told: Incident) -> tuple[Update, ...]:
    """All that was posted, oldest first; what two of them show is one post."""
    posts: list[Update] = []
    shown = Counter[tuple[datetime, str, str]]()
    for incident in told:
        mine = Counter[tuple[datetime, str, str]]()
        for update in incident.updates:
            mine[_said(update)] += 1
            if mine[_said(update)] > shown[_said(update)]:
                shown[_said(update)] += 1
                posts.append(update)
    return tuple(sorted(posts, key=lambda update: update.at))


def _said(update: Update) -> tuple[datetime, str, str]:
    return update.at, update.printed, update.text

"""Merges several entries about one incident, where a feed should have one entry for it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from almanac.model import Incident, Update

from .dialect import ReadContext

_OF_POSTS = frozenset({"first-update", "pubdate"})  # a start that is only as old as the posts at hand
_NEVER = datetime.min.replace(tzinfo=UTC)


def merge(incidents: Sequence[Incident], context: ReadContext) -> Incident:
    """Merge readings of one incident, in whatever order: the one with the newest post counts, and no post is lost."""
    newest, *others = sorted(incidents, key=_age, reverse=True)
    starts = [other.started for other in others] if newest.started_basis in _OF_POSTS else []
    whole = replace(newest, updates=_posts(newest, *others), started=min([newest.started, *starts]))
    titles = sorted({incident.title for incident in incidents})
    if whole != newest or len(titles) > 1:
        context.doubt(f"several entries of {newest.id} that differ, taken together: {' and '.join(titles)}")
    return whole


def _age(incident: Incident) -> tuple[datetime, int, str]:
    """Return the sort key: the newest post first of all; the rest only makes the order the same each time."""
    return max((u.at for u in incident.updates), default=_NEVER), len(incident.updates), repr(incident)


def _posts(*incidents: Incident) -> tuple[Update, ...]:
    """Return all posts, oldest first; a post that two incidents show is there once."""
    posts: list[Update] = []
    in_posts = Counter[tuple[datetime, str, str]]()
    for incident in incidents:
        in_this_one = Counter[tuple[datetime, str, str]]()
        for update in incident.updates:
            in_this_one[_identity(update)] += 1
            if in_this_one[_identity(update)] > in_posts[_identity(update)]:
                in_posts[_identity(update)] += 1
                posts.append(update)
    return tuple(sorted(posts, key=lambda update: update.at))


def _identity(update: Update) -> tuple[datetime, str, str]:
    return update.at, update.printed, update.text

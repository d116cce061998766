"""Reads link posts, content/links/<year>/<date>-<slug>.md: stories elsewhere about incidents, chosen by a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from almanac.content import files
from almanac.model.problem import Problem
from almanac.text import limits
from almanac.text.similar import no_incident, no_provider

FOLDER = "links"
FILE = re.compile(r"links/(?P<year>\d{4})/((?P=year)-\d\d-\d\d-[a-z0-9-]{1,90})\.md")


class Telling(NamedTuple):
    """Where a story was told, and by whom."""

    url: str
    title: str
    publisher: str
    at: datetime


class LinkPost(NamedTuple):
    """A story told elsewhere, with what its word weighs. `incidents` are keys (provider slug, raw id)."""

    slug: str  # of the file, for life
    lead: Telling
    grade: str  # official, stated-cause, press, user-report or unverified
    providers: tuple[str, ...]
    incidents: tuple[tuple[str, str], ...]
    quote: str
    also: tuple[Telling, ...]  # the same story, told by others
    curator: str
    note: str  # a line of the curator's
    file: str


def read(data: bytes, file: str) -> tuple[LinkPost | None, tuple[Problem, ...]]:
    """Return the link post in `file` (relative to content/, with slashes), or every problem of it. Pure."""
    from almanac.content import forms, frontmatter  # 0.25 s, needed only where there are link posts

    path = f"content/{file}"
    name = FILE.fullmatch(file)
    if not name:
        return None, (
            Problem(file=path, message=f"is not read; name it content/{FOLDER}/<year>/<year>-<month>-<day>-<words>.md"),
        )
    matter = frontmatter.read(data, path, limits.RECORD_FILE)
    row, faults = forms.check(forms.LinkForm, matter)
    faults = faults or tuple(matter.surplus_text("put a line into `note`"))
    if faults:
        return None, faults
    return LinkPost(
        slug=name[2],
        lead=telling_of(row),
        grade=row["grade"],
        providers=tuple(row["providers"]),
        incidents=tuple((key.partition("/")[0], key.partition("/")[2]) for key in row["incidents"]),
        quote=row["quote"],
        also=tuple(telling_of(telling) for telling in row["also"]),
        curator=row["curator"],
        note=row["note"] or "",
        file=file,
    ), ()


def telling_of(row: Mapping[str, Any]) -> Telling:
    """Return the telling in checked fields."""
    return Telling(row["url"], row["title"], row["publisher"], row["date"])


def load(content: Path) -> tuple[tuple[LinkPost, ...], tuple[Problem, ...]]:
    """Return all link posts under `content`, the newest first, and every problem of them."""
    posts, faults = files.load(content, FOLDER, read)
    return tuple(sorted(posts, key=lambda post: (-post.lead.at.timestamp(), post.slug))), faults


def strangers(
    posts: Iterable[LinkPost], providers: Collection[str], incidents: Collection[tuple[str, str]]
) -> list[Problem]:
    """Return a problem for each provider or incident in link posts that the site does not have, and each story told twice."""
    faults = []
    first: dict[str, str] = {}
    for post in sorted(posts, key=lambda one: one.file):
        wrong = {
            f"providers.{index}": no_provider(slug, providers)
            for index, slug in enumerate(post.providers)
            if slug not in providers
        }
        wrong |= {
            f"incidents.{index}": no_incident("/".join(key), map("/".join, incidents))
            for index, key in enumerate(post.incidents)
            if key not in incidents
        }
        if first.setdefault(post.lead.url, post.file) != post.file:
            wrong["url"] = f"is that of content/{first[post.lead.url]}; keep one of the two"
        faults += [
            Problem(file=f"content/{post.file}", field=field, message=message) for field, message in wrong.items()
        ]
    return faults

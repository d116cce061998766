"""Loads content/press/*.md: whose feeds are read for stories of outages, and what kind of witness they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from almanac import files
from almanac.content.files import collect
from almanac.content.frontmatter import Matter
from almanac.model.problem import Problem
from almanac.text.quoting import quoted

FOLDER = "press"
GRADES = {"press": "press", "community": "user-report"}  # by kind; graded as claims are


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher with a feed. `kind`: press, where an editor answers for it, or community, where users post."""

    slug: str
    name: str
    home: str
    feed: str
    kind: str

    @property
    def grade(self) -> str:
        """The weight of its word."""
        return GRADES[self.kind]


def load(content: Path) -> tuple[tuple[Outlet, ...], tuple[Problem, ...]]:
    """Return all outlets by slug, and every problem of their files; an outlet with a problem is not read."""
    names = [f"{FOLDER}/{path.name}" for path in files.pages(content / FOLDER)]
    entries, faults = collect(content, names, _read)
    first: dict[str, Matter] = {}  # by address of a feed
    for outlet, matter in entries:
        if first.setdefault(outlet.feed, matter) is not matter:
            message = f"already stands in {first[outlet.feed].file}; keep it in one of the two"
            faults += (matter.problem(("feed",), message),)
    return tuple(outlet for outlet, matter in entries if first[outlet.feed] is matter), faults


def _read(data: bytes, name: str) -> tuple[tuple[Outlet, Matter] | None, tuple[Problem, ...]]:
    """Return the outlet in the file `name` (relative to content/) and its Matter, or every problem of it."""
    from almanac.content import forms, frontmatter  # 0.25 s, needed only where there are outlets

    matter = frontmatter.read(data, f"content/{name}")
    row, faults = forms.check(forms.OutletForm, matter)
    if not faults and row["slug"] != (stem := Path(name).stem):
        faults = (matter.problem(("slug",), f"{quoted(row['slug'])} is not the file's name; write {stem}"),)
    return (None, faults) if faults else ((Outlet(**row), matter), ())

"""Loads content/press/*.md: whose feeds are read for stories of outages, and what kind of witness they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from almanac import files
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
    from almanac.content import forms, frontmatter  # 0.25 s, needed only where there are outlets

    outlets: list[Outlet] = []
    faults: list[Problem] = []
    feeds: dict[str, str] = {}
    for path in files.pages(content / FOLDER):
        matter = frontmatter.read(path.read_bytes(), f"{content.name}/{FOLDER}/{path.name}")
        row, wrong = forms.check(forms.OutletForm, matter)
        faults += wrong
        if wrong:
            continue
        if row["slug"] != path.stem:
            message = f"{quoted(row['slug'])} is not the file's name; write {path.stem}"
            faults.append(matter.problem(("slug",), message))
        elif row["feed"] in feeds:
            message = f"already stands in {feeds[row['feed']]}; keep it in one of the two"
            faults.append(matter.problem(("feed",), message))
        else:
            feeds[row["feed"]] = matter.file
            outlets.append(Outlet(**row))
    return tuple(outlets), tuple(faults)

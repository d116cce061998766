"""Reads what people say of the data sets that were imported, content/sources/<slug>.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from almanac.content import files
from almanac.model.problem import Problem
from almanac.text import limits
from almanac.text.quoting import quoted

FOLDER = "sources"
FILE = re.compile(r"sources/(?P<slug>[a-z0-9-]{1,64})\.md")
COMPLETE = ("whole", "part", "untested")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A collection of facts that somebody else made, from which incidents were imported."""

    slug: str
    name: str
    made_by: str
    url: str
    licence: str  # "" where its maker states none
    summary: str
    complete: str  # whole, part or untested
    tested: str  # how that is known, in a sentence
    warts: tuple[str, ...] = ()


def read(data: bytes, file: str) -> tuple[DataSet | None, tuple[Problem, ...]]:
    """Return the data set that `file` (relative to content/, with slashes) describes, or every problem of it. Pure."""
    from almanac.content import forms, frontmatter  # 0.25 s, needed only where there is anything to read

    path = f"content/{file}"
    name = FILE.fullmatch(file)
    if not name:
        return None, (Problem(file=path, message=f"is not read; name it content/{FOLDER}/<a-z, 0-9, ->.md"),)
    matter = frontmatter.read(data, path, limits.RECORD_FILE)
    row, faults = forms.check(forms.DataSetForm, matter)
    if not faults and row["slug"] != name["slug"]:
        faults = (matter.problem(("slug",), f"{quoted(row['slug'])} is not the file's name; write {name['slug']}"),)
    if faults:
        return None, faults
    return DataSet(**row | {"warts": tuple(row["warts"])}), ()


def load(content: Path) -> tuple[tuple[DataSet, ...], tuple[Problem, ...]]:
    """Return all data sets that are described, by slug, and every problem of their files."""
    sets, faults = files.load(content, FOLDER, read)
    return tuple(sorted(sets, key=lambda one: one.slug)), faults

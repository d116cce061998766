"""Reads trouble that no feed ever admitted, content/undeclared/<provider>/<date>-<slug>.md, with its evidence.

It is shown with its mark and its witnesses and never counted: no statistic, forecast, feed of incidents or API reads
this module.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from almanac.content import files
from almanac.content.frontmatter import Matter
from almanac.model.problem import Problem
from almanac.text import limits
from almanac.text.similar import no_provider

FOLDER = "undeclared"
FILE = re.compile(r"undeclared/(?P<provider>[a-z0-9-]+)/(?P<slug>\d{4}-\d\d-\d\d-[a-z0-9]+(?:-[a-z0-9]+)*)\.md")


class Witness(NamedTuple):
    """A public word about trouble, with its grade: press, user-report or unverified."""

    url: str
    title: str
    publisher: str
    at: datetime
    grade: str


class Undeclared(NamedTuple):
    """Trouble that others saw. `slug` begins with its day and is that of the file, for life."""

    provider: str
    slug: str
    title: str
    started: datetime
    ended: datetime | None
    summary: str
    evidence: tuple[Witness, ...]  # oldest first
    contributor: str
    date: datetime  # when it was brought
    file: str

    @property
    def url(self) -> str:
        """Its address on the site."""
        return f"/{FOLDER}/{self.provider}/{self.slug}/"


def read(data: bytes, file: str) -> tuple[Undeclared | None, tuple[Problem, ...]]:
    """Return the report in `file` (relative to content/, with slashes), or every problem of it. Pure."""
    from almanac.content import forms, frontmatter  # 0.25 s, needed only where there is anything to read

    path = f"content/{file}"
    name = FILE.fullmatch(file)
    if not name or len(name["slug"]) > limits.REPORT_NAME:
        message = f"is not read; name it content/{FOLDER}/<provider>/<year>-<month>-<day>-<words>.md"
        return None, (Problem(file=path, message=message),)
    matter = frontmatter.read(data, path, limits.RECORD_FILE)
    row, faults = forms.check(forms.UndeclaredForm, matter)
    faults = faults or tuple(_disagreements(matter, row, name["slug"]))
    if faults:
        return None, faults
    return Undeclared(
        provider=name["provider"],
        slug=name["slug"],
        title=row["title"],
        summary=row["summary"],
        started=row["start"],
        ended=row["end"],
        evidence=tuple(sorted((_witness(witness) for witness in row["evidence"]), key=lambda witness: witness.at)),
        contributor=row["contributor"],
        date=row["date"],
        file=file,
    ), ()


def load(content: Path) -> tuple[tuple[Undeclared, ...], tuple[Problem, ...]]:
    """Return all reports under `content`, the newest first, and every problem of them."""
    brought, faults = files.load(content, FOLDER, read)
    return tuple(sorted(brought, key=lambda one: (-one.started.timestamp(), one.file))), faults


def strangers(reports: Iterable[Undeclared], providers: Collection[str]) -> list[Problem]:
    """Return a problem for each report in a folder that is named after no provider."""
    return [
        Problem(file=f"content/{one.file}", message=no_provider(one.provider, providers))
        for one in reports
        if one.provider not in providers
    ]


def _disagreements(matter: Matter, row: dict[str, Any], slug: str) -> Iterable[Problem]:
    """Yield what no form can see: dates out of order, a wrong file name, witnesses of one publisher, a text."""
    if row["end"] and row["end"] < row["start"]:
        yield matter.problem(("end",), "is before the start; correct one of the two")
    if f"{row['start']:%Y-%m-%d}" != slug[:10]:
        day = f"{row['start']:%Y-%m-%d}"
        yield matter.problem(("start",), f"is not the day in the file's name; name the file {day}-<words>.md")
    if row["end"] and row["date"] < row["end"]:
        message = "is after the date, when nobody could know it; write when it was, or leave it out"
        yield matter.problem(("end",), message)
    for index, witness in enumerate(row["evidence"]):
        if row["date"] < witness["date"]:
            path = ("evidence", index, "date")
            yield matter.problem(path, "is after the date of this file; write when each was")
    if row["date"] < row["start"]:
        yield matter.problem(("date",), "is before the start; write the day of this report")
    if len({witness["publisher"].casefold() for witness in row["evidence"]}) < 2:
        yield matter.problem(("evidence",), "comes from one publisher only; add a report by a second one")
    yield from matter.surplus_text("put a sentence or two into `summary`")


def _witness(row: dict[str, Any]) -> Witness:
    return Witness(row["url"], row["title"], row["publisher"], row["date"], row["grade"])

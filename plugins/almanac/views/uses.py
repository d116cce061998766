"""Rows by what a provider is used for: filters of lists, by radio buttons and the sheet alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from almanac.model import Provider
from almanac.model.project import Capability, Project

FILTERS = 3  # capabilities by which lists are filtered, those that people ask for first; rows.css has as many rules
ALL = "all"


class Filter(NamedTuple):
    """A choice of rows: those with the class of its id."""

    id: str
    text: str
    use: str = ""  # of a capability: for code


def listed(project: Project) -> tuple[tuple[str, Capability], ...]:
    """Return the capabilities by which rows can be chosen, each with the class of these rows."""
    return tuple((f"u{place}", one) for place, one in enumerate(project.listed[:FILTERS], 1))


def classes(project: Project, provider: Provider) -> str:
    """Return the classes of the rows of a provider, by what it can do."""
    return " ".join(css for css, one in listed(project) if one.slug in provider.capabilities)


def filters(project: Project, rows: Iterable[str], first: Iterable[Filter] = ()) -> tuple[Filter, ...]:
    """Return the choices that leave some of the `rows` (their classes) and take others away; () if there is none."""
    each = [row.split() for row in rows]
    choices = [*first, *(Filter(css, one.name, one.use[:1].lower() + one.use[1:]) for css, one in listed(project))]
    useful = [choice for choice in choices if 0 < sum(choice.id in row for row in each) < len(each)]
    return (Filter(ALL, f"All {len(each)}"), *useful) if useful else ()

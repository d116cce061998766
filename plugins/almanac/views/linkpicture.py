"""What the picture says that a link to a page shows: its own, or that of its section of the site."""

from __future__ import annotations

from typing import NamedTuple

from almanac.model.project import ANYBODYS, Project

FACTS = ("From the providers’ own status pages", "archived with every edit, free to use")  # of every section


class LinkPicture(NamedTuple):
    """What a picture says. `css` is a severity ("" for none), `days` the worst of each day in a row of bars."""

    name: str
    title: str
    facts: tuple[str, ...]
    css: str = ""
    days: tuple[str, ...] = ()


def sections(project: Project) -> dict[str, LinkPicture]:
    """Return the pictures of the sections that have one, by the name of the section."""
    words = {
        "now": f"Which {project.of('services')} are down now, and since when",
        "incidents": "Every reported incident, and every later edit",
        "providers": "Is it down? Official status, with its history",
        "leaderboard": "Providers ranked by incident-free time, with uncertainty",
        "articles": f"News on {project.of('outages')}, checked against the archive",
    }
    return {section: LinkPicture("", title, FACTS) for section, title in words.items()}


def address(section: str) -> str:
    """Return the address of the picture of a section; of those without one, that of the present."""
    return f"/theme/og-{section if section in sections(ANYBODYS) else 'now'}.png"

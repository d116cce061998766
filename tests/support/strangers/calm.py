"""Strangers who mean no harm, one of every kind: what they change is what any of their kind may change."""

from __future__ import annotations

import re

from almanac import archive
from tests.support.almanacs import incident
from tests.support.feeds import pairs
from tests.support.strangers import feeds, files
from tests.support.strangers.case import Stranger

FIRST = 1  # their numbers; those of others may be the same, for they never meet


def everybody() -> list[Stranger]:
    """One feed of each dialect, and one file of each kind."""
    dialects: dict[str, str] = {}
    for name, body in feeds.fixtures():
        if "bad-entries" not in name and not name.endswith(".in.json") and pairs.load(pairs.FOLDER / name).reading:
            dialects.setdefault(name.partition("/")[0], body)
    calm = [
        Stranger(number=number, kind=f"feed: {name}", bodies=(body.encode(),))
        for number, (name, body) in enumerate(dialects.items(), FIRST)
    ]
    files = _files(len(calm) + FIRST)
    calm += [
        Stranger(number=number, kind=kind, files={file: data})
        for number, (kind, (file, data)) in enumerate(files.items(), FIRST + len(calm))
    ]
    return [_with_incident(one) for one in calm]


def _files(number: int) -> dict[str, tuple[str, bytes]]:
    """Return a file of each kind; the numbers in their names count on from this one."""
    templates = {
        "article": ("articles/2026/2026-03-02-{}.md", files.ARTICLE),
        "page": ("pages/{}.md", files.PAGE),
        "provider": ("providers/{}.md", files.PROVIDER),
        "correction": ("corrections/groq/{}.yml", files.CORRECTION),
        "link post": ("links/2026/2026-03-02-{}.md", files.LINK),
        "undeclared": ("undeclared/groq/2026-03-02-{}.md", files.UNDECLARED),
        "outlet": ("press/{}.md", files.OUTLET),
    }
    made = {}
    for at, (kind, (file, template)) in enumerate(templates.items(), number):
        name = f"s{at}"
        made[kind] = file.format(name), template.format(name=name, body="It was *slow*.").encode()
    return made


def _with_incident(one: Stranger) -> Stranger:
    """Return a correction comes with what it corrects."""
    if one.kind != "correction":
        return one
    filed = incident(one.slug, "01 11:49", "01 13:47", provider="groq", components=())
    both = {**one.files, f"incidents/{archive.file_of(filed)}": archive.render(filed).encode()}
    return Stranger(number=one.number, kind=one.kind, files=both)


KEPT = re.compile(  # pages that draw on nobody but the honest, who are not cited by strangers
    r"incidents/(?:anthropic|calm)/.*|providers/(?:anthropic|calm)/.*|data/\w+/(?:anthropic|calm)\..*"
    r"|compare/anthropic/calm/.*|theme/.*"
    r"|sitemap-(?:anthropic|calm)-\d+\.xml|(?:about|methodology|articles/2026/claude-fails)/.*|robots\.txt"
)

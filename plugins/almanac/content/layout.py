"""Names the files that content/ holds and who writes them, for check and tests. Pure."""

from __future__ import annotations

import re

# What people write. What stands in these folders is held to its name by whoever reads it, with a cure of its own.
PROSE = ("articles/", "pages/")
PICTURES = "images/"
JUDGED = (*PROSE, PICTURES, "corrections/", "links/", "sources/", "undeclared/")
PEOPLE = re.compile(r"(?:providers|press)/[^/]+\.md|LICENSE|(?:words|unwatched)\.txt")

# What pull, score, backfill, curate and release write. The first folders are committed by the publishing workflow.
PULLED = ("incidents", "inbox", "forecasts", "pulls")
MACHINE = re.compile(
    r"incidents/[^/]+/\d{4}/[^/]+\.md|inbox/(?:[^/]+\.md|dropped\.txt)|forecasts/(?:[^/]+\.jsonl|(?:scorecard|hindsight)\.json|trials\.csv)"
    r"|releases/\d{4}-q[1-4]/(?:datapackage\.json|[a-z_]+\.csv\.gz)|pulls/[^/]+\.json|pulls/log/\d{4}-\d\d\.txt"
)
_OWNED = re.compile(r"(?:pulls/([^/]+)\.json|forecasts/([^/]+)\.jsonl)")
FOLDERS = ("providers", "press", *PULLED, *(folder.rstrip("/") for folder in JUDGED))
PLACEHOLDER = re.compile(rf"(?:{'|'.join(FOLDERS)})/\.gitkeep")  # a folder without a file is lost by git


def owner(name: str) -> str:
    """Return the slug of the provider whose record a file is; "" for any other file."""
    match = _OWNED.fullmatch(name)
    return (match[1] or match[2]) if match else ""


def is_known(name: str) -> bool:
    """Say whether somebody reads a file (relative to content/, with slashes), if only to say what is wrong with it."""
    return name.startswith(JUDGED) or any(pattern.fullmatch(name) for pattern in (PEOPLE, MACHINE, PLACEHOLDER))

"""Which files content/ holds, and who writes them: names only, for check, tests and whoever asks. Pure."""

from __future__ import annotations

import re

# What people write. What stands in these folders is held to its name by whoever reads it, with a cure of its own.
WRITTEN = ("articles/", "pages/")
PICTURES = "images/"
JUDGED = (*WRITTEN, PICTURES, "corrections/", "links/", "undeclared/")
PEOPLE = re.compile(r"(?:providers|press)/[^/]+\.md|LICENSE|words\.txt")

# What pull, score, backfill and curate write. The first folders are committed by the publishing workflow.
PULLED = ("incidents", "inbox", "forecasts", "pulls")
MACHINE = re.compile(
    r"incidents/[^/]+/\d{4}/[^/]+\.md|inbox/(?:[^/]+\.md|dropped\.txt)|forecasts/(?:[^/]+\.jsonl|scorecard\.json)"
    r"|pulls/[^/]+\.json|pulls/log/\d{4}-\d\d\.txt"
)
_OWNED = re.compile(r"(?:pulls/([^/]+)\.json|forecasts/([^/]+)\.jsonl)")
FOLDERS = ("providers", "press", *PULLED, *(folder.rstrip("/") for folder in JUDGED))
KEPT = re.compile(rf"(?:{'|'.join(FOLDERS)})/\.gitkeep")  # a folder without a file is lost by git


def owner(name: str) -> str:
    """The slug of the provider whose record a file is; "" for any other file."""
    found = _OWNED.fullmatch(name)
    return (found[1] or found[2]) if found else ""


def is_known(name: str) -> bool:
    """True for a file (relative to content/, with slashes) that somebody reads, or will say what is wrong with."""
    return name.startswith(JUDGED) or any(known.fullmatch(name) for known in (PEOPLE, MACHINE, KEPT))

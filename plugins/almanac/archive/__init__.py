"""The archive: incidents as Markdown, pulls as JSON; the only reader and writer of content/incidents and content/pulls.

`page` and `pulls` are pure, `disk` does the rest.
"""

from almanac.archive.disk import (
    INCIDENTS,
    Entry,
    Filed,
    file_of,
    load,
    load_pulls,
    lock,
    read,
    read_bytes,
    read_digest,
    save,
    save_pulls,
    slug_of,
    walk,
)
from almanac.archive.page import ArchiveError, parse, render

__all__ = [
    "INCIDENTS", "ArchiveError", "Entry", "Filed", "file_of", "load", "load_pulls", "lock", "parse", "read",
    "read_bytes", "read_digest", "render", "save", "save_pulls", "slug_of", "walk",
]  # fmt: skip

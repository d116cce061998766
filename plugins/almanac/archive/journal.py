"""The log of pulls on disk: a text file a month under content/pulls/log, for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from almanac import files
from almanac.archive.disk import PULLS, lock, write
from almanac.archive.page import ArchiveError
from almanac.model.problem import Problem

LOG = f"{PULLS}/log"
_LOG_SLUG = "_log"  # stands for the log where a provider's slug would


def append_log(content: Path, at: datetime, choose: Callable[[str], str]) -> None:
    """Add to the log of the month of `at` what `choose` makes of all that stands there. Raises ArchiveError."""
    path = content / LOG / f"{at:%Y-%m}.txt"
    try:
        with lock(content, _LOG_SLUG):
            existing = path.read_text(encoding="utf-8") if path.exists() else ""
            if fresh := choose(existing):
                write(path, existing + fresh)
    except OSError as error:
        raise ArchiveError(f"{files.line(error)}. Everything else from the pull is saved") from None
    except UnicodeDecodeError as error:
        label = f"{content.name}/{LOG}/{path.name}"
        message = f"cannot be continued ({error}); fix that. Everything else from the pull is saved"
        raise ArchiveError(Problem(file=label, message=message)) from None

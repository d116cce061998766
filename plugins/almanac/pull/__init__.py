"""One pull of all feeds into the archive: `pull` does it, `main` does it in a terminal."""

from almanac.pull.report import Failure, Outcome, Report, lines, summary
from almanac.pull.run import pull, pull_one
from almanac.pull.terminal import main

__all__ = ["Failure", "Outcome", "Report", "lines", "main", "pull", "pull_one", "summary"]

"""One pull of all feeds into the archive: `pull` does it, `run` does it in a terminal, `main` is the command."""

from almanac.pull.report import Failure, Outcome, Report, lines, summary
from almanac.pull.shell import pull
from almanac.pull.terminal import main, run

__all__ = ["Failure", "Outcome", "Report", "lines", "main", "pull", "run", "summary"]

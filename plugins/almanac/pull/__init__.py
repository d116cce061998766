"""One pull of all feeds into the archive."""

from almanac.pull.report import Failure, Outcome, Report, lines, summary
from almanac.pull.run import pull, pull_one

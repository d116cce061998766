"""Runs a verb in the project of the working folder: `python -m almanac.commands build`."""

import sys
from pathlib import Path

from almanac.commands.cli import main
from almanac.commands.verbs import VERBS

sys.exit(main(sys.argv[1:], VERBS, Path.cwd(), "python -m almanac.commands"))

"""Runs a verb in the project of the working folder: `almanac build`, where the wheel is installed."""

import sys
from pathlib import Path

from almanac.commands import cli
from almanac.commands.verbs import VERBS


def main() -> None:
    """Do what the command line asks for; exit with its code."""
    sys.exit(cli.main(sys.argv[1:], VERBS, Path.cwd(), "almanac"))


if __name__ == "__main__":
    main()

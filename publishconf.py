"""Settings for publishing: pull the feeds first, then build the site. `python3 tasks.py site`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from pelicanconf import *  # noqa: F403

OUTPUT_PATH = "output"
ALMANAC_PULL = True
ALMANAC_DRAFTS = False

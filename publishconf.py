"""Settings for publishing: pull the feeds first, then build the site. `python3 tasks.py site`."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from pelicanconf import *  # noqa: F403

OUTPUT_PATH = "output"
ALMANAC_PULL = True
ALMANAC_AT_ONCE = True  # output/ is one whole site at any moment: the next one takes its place when it is finished
ALMANAC_DRAFTS = False
ALMANAC_COMPLETE = True
ALMANAC_PARQUET = os.environ.get("ALMANAC_PARQUET", "")

"""Settings of the site, for building offline: `python3 tasks.py build` or `pelican content -s pelicanconf.py`."""

import os
import tomllib
from pathlib import Path

_OWN = tomllib.loads(Path(__file__).with_name("almanac.toml").read_text(encoding="utf-8"))  # whose almanac this is
SITENAME = _OWN["name"]
SITEURL = os.environ.get("SITEURL", _OWN["address"])
ALMANAC_ID = _OWN["feed_ids"]

PATH = "content"
THEME = "theme"
OUTPUT_PATH = ".output-preview"
DELETE_OUTPUT_DIRECTORY = False  # what is no longer made is removed one by one; deleting all would cost every build

PLUGIN_PATHS = ["plugins"]
PLUGINS = ["almanac"]
ALMANAC_PULL = False
ALMANAC_DRAFTS = True  # articles with `status: draft` get a page, in no list
ALMANAC_COMPLETE = False  # True: with search index and link pictures, which take some seconds
ALMANAC_PARQUET = ""  # "1": the tables as Parquet too, which takes an extra library: .ci/parquet.lock
ALMANAC_DETAILS_SINCE = ""  # "2025": incidents of earlier years have no replay and no twin in Markdown (half the files)
ALMANAC_SCHEDULER = os.environ.get("ALMANAC_SCHEDULER", "")  # tcp://10.0.0.5:8786: work on that Dask cluster
ALMANAC_FAST_TEMPLATES = True  # False: pages are printed by Jinja as it is, more slowly, to the same bytes
ALMANAC_NOW = os.environ.get("ALMANAC_NOW") or os.environ.get("SOURCE_DATE_EPOCH") or ""  # else the clock

TIMEZONE = "UTC"
DEFAULT_LANG = "en"
LOCALE = ["C.UTF-8", ""]  # the same on every machine; dates are put into words by the theme

# Pelican reads articles and pages, with our reader. It neither reads nor copies anything else under content.
ARTICLE_PATHS = ["articles"]
PAGE_PATHS = ["pages"]
STATIC_PATHS: list[str] = []
THEME_STATIC_PATHS: list[str] = []  # the build copies theme/static, and only what changed
READERS = {"html": None, "htm": None, "rst": None}
USE_FOLDER_AS_CATEGORY = False
FILENAME_METADATA = ""  # the reader knows what a file's name means: /articles/<year>/<slug>/ and /<slug>/
FORMATTED_FIELDS: list[str] = []
ARTICLE_TRANSLATION_ID = None  # looking for translations takes quadratic time
PAGE_TRANSLATION_ID = None
WITH_FUTURE_DATES = True  # Pelican would ask the clock

# Lists and feeds are made by our generator, from what the archive knows too.
DIRECT_TEMPLATES: list[str] = []
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None

JINJA_ENVIRONMENT = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True, "extensions": []}

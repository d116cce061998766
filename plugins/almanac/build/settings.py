"""The settings of one build: where to read and write, what moment it speaks of, and a digest of what it works with."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from almanac.build import publish, unchanged
from almanac.content import project_file
from almanac.executors import SETTING as SCHEDULER
from almanac.exports import version
from almanac.model.clock import build_time
from almanac.model.problem import WordError
from almanac.model.project import Project

PACKAGE = Path(__file__).resolve().parents[1]
# Settings of Pelican that decide what stands in a page or where; a change of one of them rebuilds everything.
OF_PAGES = (
    "SITEURL",
    "ALMANAC_ID",
    "ALMANAC_DRAFTS",
    "ALMANAC_COMPLETE",
    "ALMANAC_PARQUET",
    "ALMANAC_DETAILS_SINCE",
    "JINJA_ENVIRONMENT",
    "TIMEZONE",
)


class SettingError(WordError):
    """A setting that a build cannot follow: what is wrong; the cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSettings:
    """The settings of one build, from pelicanconf.py or publishconf.py."""

    content: Path
    theme: Path
    output: Path
    now: datetime
    site_url: str  # without a trailing slash
    project: Project
    site_id: str  # who coins the ids in feeds and since when, for life: tag:outage-almanac.example,2026:
    published: Path | None = None  # where the finished site is to appear at once; None: `output` is changed in place
    complete: bool = False  # search index and link pictures too; a preview is faster without
    parquet: bool = False  # the tables as Parquet too
    fast_templates: bool = True  # compiled by our generator of code; False: by Jinja's own, to the same bytes
    details_since: int = 0  # the first year of which incidents have a replay and a twin in Markdown
    scheduler: str = ""  # of a Dask cluster on which to build, such as tcp://10.0.0.5:8786; "": on this machine
    jinja: Mapping[str, Any] = field(default_factory=dict)
    version: str = version.UNKNOWN  # of the program, as feeds and tables state it
    of_pages: str = ""  # those of OF_PAGES in one string, for the fingerprint

    @property
    def root(self) -> Path:
        """The folder that holds content, theme and settings."""
        return self.content.parent

    @property
    def root_path(self) -> str:
        """The path that the site lives under, "" at the top of its host."""
        return urlsplit(self.site_url).path.rstrip("/")

    @property
    def state(self) -> Path:
        """The folder of what builds remember, beside the output."""
        return unchanged.state_folder(self.published or self.output)

    @property
    def stands_together(self) -> bool:
        """True if the sources are where `unchanged` looks for them."""
        folders = (self.root / "content", (self.root / "theme").resolve(), (self.root / "plugins/almanac").resolve())
        return (self.content, self.theme.resolve(), PACKAGE) == folders


def build_settings(settings: Mapping[str, Any], clock: float) -> BuildSettings:
    """Return what Pelican's settings (or the bare names of a settings file with absolute paths) say.

    Raises MomentError for a stated moment that is none, SettingError for a setting that
    cannot be followed, ProjectError for almanac.toml.
    """
    output = Path(settings["OUTPUT_PATH"])
    stated = project_file.with_settings(project_file.load(Path(settings["PATH"]).parent), settings)
    project = replace(stated, name=settings["SITENAME"])
    published = output.resolve() if settings.get("ALMANAC_AT_ONCE") else None
    return BuildSettings(
        content=Path(settings["PATH"]),
        theme=Path(settings["THEME"]),
        output=unchanged.state_folder(published) / publish.NEXT if published else output,
        published=published,
        now=datetime.fromtimestamp(build_time(settings.get("ALMANAC_NOW") or "", clock), UTC),
        site_url=settings["SITEURL"].rstrip("/"),
        project=project,
        site_id=settings["ALMANAC_ID"],
        complete=bool(settings.get("ALMANAC_COMPLETE")),
        parquet=_with_parquet(settings.get("ALMANAC_PARQUET")),
        fast_templates=bool(settings.get("ALMANAC_FAST_TEMPLATES", True)),
        details_since=_year(settings.get("ALMANAC_DETAILS_SINCE")),
        scheduler=settings.get(SCHEDULER) or "",
        jinja=settings["JINJA_ENVIRONMENT"],
        version=version.current(),
        of_pages=repr([project, *(settings.get(name) for name in OF_PAGES)]),
    )


def _with_parquet(value: object) -> bool:
    """Return what ALMANAC_PARQUET says. Raises SettingError if it says yes and the library for it is missing."""
    if value in (None, "", "0", False):
        return False
    if value not in ("1", True):
        raise SettingError(f"ALMANAC_PARQUET is {value!r}: write 1 for tables as Parquet, or 0 for none")
    if importlib.util.find_spec("pyarrow") is None:
        raise SettingError(
            "ALMANAC_PARQUET is 1, and pyarrow is not installed: have ALMANAC_PARQUET=1 in the environment of "
            "`python3 tasks.py publish`, which installs it, or write 0 for no Parquet"
        )
    return True


def _year(value: object) -> int:
    """Return what ALMANAC_DETAILS_SINCE says, 0 for nothing. Raises SettingError."""
    if value in (None, "", 0):
        return 0
    if not re.fullmatch(r"[12]\d{3}", str(value)):
        raise SettingError(f"ALMANAC_DETAILS_SINCE is {value!r}: write a year, e.g. 2025, or nothing for all")
    return int(str(value))


def fingerprint(settings: BuildSettings) -> str:
    """Return a digest of theme, code and its version, settings and installed packages: what every page depends on."""
    head = f"{sys.version}\n{settings.of_pages}\n{settings.version}\n{_packages()}\n"
    digest = blake2b(head.encode(), digest_size=16)
    for folder, pattern in ((settings.theme, "*"), (PACKAGE, "*.py")):
        for path in sorted(folder.rglob(pattern)):
            if path.is_file():
                digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _packages() -> list[str]:
    """Return names and versions of what is installed beside Jinja, without the cost of reading metadata."""
    import jinja2

    packages = os.listdir(Path(jinja2.__file__).parents[1])
    return sorted(name for name in packages if name.endswith(".dist-info"))

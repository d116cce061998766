"""Build the site from its settings file: nothing if nothing changed, else by Pelican, which our plugin makes fast."""

from __future__ import annotations

import gc
import os
import runpy
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from almanac.build import unchanged
from almanac.model import clock
from almanac.model.problem import TaskError, tally

PATHS = ("PATH", "THEME", "OUTPUT_PATH")
MOST_LISTED = 12  # so many paths are named one by one


def run(settings_file: Path, **options: Any) -> None:
    """Build as the last thing a process does: nothing is looked through for what could be freed.

    Python would do so when it ends, which takes half a second of 10,000 incidents.
    """
    gc.disable()
    build(settings_file, **options)
    gc.freeze()


def build(settings_file: Path, *, now: str = "", output: str = "", on: str = "", pull: bool = True) -> None:
    """Build, and print what was rebuilt. Ends the process with the faults and exit code 1 if nothing can be built.

    `now`: build as of that moment instead of the clock; `output`: a folder other than that of the settings; `on`: the
    scheduler of a cluster; without `pull` nothing is pulled, whatever the settings say.
    """
    started = time.perf_counter()
    collects = gc.isenabled()
    gc.disable()  # a build lives for seconds; looking for cycles in 10,000 cards takes a tenth of them
    overrides = _overrides(settings_file, now, output) | ({} if pull else {"ALMANAC_PULL": False})
    overrides |= {"ALMANAC_SCHEDULER": on} if on else {}
    try:
        settings = _settings(settings_file) | overrides
        pulled = unchanged.newest_pull(Path(settings["PATH"]))
        now_s = clock.build_time(settings["ALMANAC_NOW"], time.time(), pulled)
        if not settings["ALMANAC_PULL"]:
            overrides["ALMANAC_NOW"] = settings["ALMANAC_NOW"] = str(now_s)
        must_build = settings["ALMANAC_PULL"] or os.environ.pop("ALMANAC_CHANGED", "")
        if must_build or not unchanged.report(settings_file.parent, now_s, Path(settings["OUTPUT_PATH"])):
            built = _pelican(settings_file, overrides)
            print(f"build: {_summary(built)} ({time.perf_counter() - started:.2f} s)")
    except (TaskError, clock.MomentError) as error:
        sys.exit(f"{error}\nbuild failed: fix the problems above")
    finally:
        if collects:
            gc.enable()


def _overrides(settings_file: Path, now: str, output: str) -> dict[str, Any]:
    """Return the settings that the options of this build replace."""
    overrides: dict[str, Any] = {"ALMANAC_NOW": now} if now else {}
    return overrides | ({"OUTPUT_PATH": str(settings_file.parent.absolute() / output)} if output else {})


def _settings(settings_file: Path) -> dict[str, Any]:
    """Return the names of a settings file, with absolute paths, as Pelican would, as far as a build needs it before Pelican reads them."""
    home = settings_file.parent.absolute()
    try:
        settings = runpy.run_path(str(settings_file))
    except (ValueError, LookupError):  # it takes some of them from almanac.toml, which may be wrong
        from almanac.content import project_file

        project_file.load(home)
        raise
    return settings | {name: str(home / settings[name]) for name in PATHS}


def _pelican(settings_file: Path, overrides: Mapping[str, Any]) -> Any:
    """Run Pelican as its command would, in this process."""
    import pelican
    from pelican.log import init
    from pelican.settings import read_settings

    init(fatal="errors")
    pelican.console.quiet = True  # it would count what it processed, which says nothing about what changed
    settings = read_settings(str(settings_file), override=dict(overrides))
    try:
        pelican.Pelican(settings).run()
    finally:
        if running := settings.get("ALMANAC_BUILD"):
            running.close()
    return settings["ALMANAC_BUILT"]


def _summary(built: Any) -> str:
    """Return what was rebuilt, in a line, and path by path if these are few."""
    changes = len(built.changed) + len(built.removed)
    lines = [f"{len(built.changed)} written, {len(built.removed)} removed, {built.unchanged} unchanged"]
    if built.problems:
        lines[0] += f", {tally(len(built.problems))}: drafts show theirs, other files named above are left out"
    if 0 < changes <= MOST_LISTED:
        lines += [f"+ {path}" for path in built.changed] + [f"- {path}" for path in built.removed]
    return "\n  ".join(lines)

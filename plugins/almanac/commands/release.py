"""Writes a dated snapshot of the data: the tables of a site built as of the end of a quarter, which never change again."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from almanac import files
from almanac.content.releases import FOLDER, MOST, PACKAGE
from almanac.model import moment, stamp
from almanac.model.problem import TaskError, WordError
from almanac.stats import windows

LEFT_OUT = frozenset({"forecast_trials"})  # made later, from what was known then


def as_of(quarter: str, now: int) -> str:
    """Return the moment at which a quarter ends, as a stamp. Raises ValueError for what is no quarter, or not over."""
    match = re.fullmatch(r"(\d{4})-q([1-4])", quarter.lower())
    if not match:
        raise WordError(f"{quarter!r} is not a quarter; write e.g. 2026-q3")
    until = windows.quarter(int(match[1]), int(match[2])).until
    if until > now:
        raise WordError(f"{quarter} is not over; release it on {moment(until):%Y-%m-%d} or later")
    return stamp(moment(until))


def release(root: Path, quarter: str, now: int) -> int:
    """Build the site of `root` as of the end of a quarter, and write the release of it. The exit code."""
    from almanac.commands import build

    moment_of_end = as_of(quarter, now)
    with tempfile.TemporaryDirectory(dir=root, prefix=".output-release-") as folder:
        build.build(root / "pelicanconf.py", now=moment_of_end, output=folder)
        return main(root / "content", Path(folder) / "data", quarter)


def main(content: Path, data: Path, quarter: str) -> int:
    """Write content/releases/<quarter>/ from the tables in `data`, built as of `as_of`. The exit code."""
    folder = content / FOLDER / quarter.lower()
    if folder.exists():
        raise TaskError(f"{folder.relative_to(content.parent)} already exists, and a release never changes")
    package = json.loads((data / PACKAGE).read_bytes())
    tables = {each["path"]: each for each in package["resources"] if _belongs(each)}
    packed = {f"{path}.gz": gzip.compress((data / path).read_bytes(), 9, mtime=0) for path in tables}
    package["resources"] = [_repacked(each, packed[f"{path}.gz"]) for path, each in tables.items()]
    package["homepage"] = f"{package['homepage']}releases/{folder.name}/"
    packed[PACKAGE] = (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()
    if (weight := sum(map(len, packed.values()))) > MOST:
        raise TaskError(f"{weight} bytes, more than the {MOST} allowed; nothing was written")
    unfinished = folder.with_suffix(files.UNFINISHED)
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    unfinished.mkdir(parents=True)
    for name, data_of_file in packed.items():
        files.put(unfinished / name, data_of_file)
    unfinished.rename(folder)
    print(f"release: {folder.relative_to(content.parent)}, {len(packed)} files, {weight} bytes; commit them")
    return 0


def _belongs(resource: dict[str, Any]) -> bool:
    return resource["name"] not in LEFT_OUT


def _repacked(resource: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return the description of a table that is compressed: its hash is that of the compressed file."""
    table = {name: value for name, value in resource.items() if name != "alternates"}
    changed = {"path": f"{resource['path']}.gz", "compression": "gz", "mediatype": "application/gzip"}
    return table | changed | {"bytes": len(data), "hash": f"sha256:{sha256(data).hexdigest()}"}

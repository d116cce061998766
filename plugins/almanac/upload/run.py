"""Brings a target up to date with a built site, and goes on where a run that was killed stopped.

At the target stand, under NOTES, the digests of what is there; while a site is sent, the steps to it and how many have been
taken; and the version, which changes when all the rest has.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from almanac import files
from almanac.upload.plan import BATCH, UNKNOWN, Step, batches, state_after, steps
from almanac.upload.targets import NOTES, Target, UploadError, target

MANIFEST, PLAN, PROGRESS, VERSION = (
    f"{NOTES}/{name}" for name in ("manifest.json.gz", "plan.json.gz", "progress.json", "version.json")
)
DIGESTS = "digests.json"  # in the state folder: what files of this machine hold, while they look as they did
HANDS = 16  # files sent at once


class UploadCounts(NamedTuple):
    """What a run did at the target."""

    files: int  # that were sent
    removed: int
    unchanged: int
    resumed: bool  # a run before was broken off


def upload(site: Path, state: Path, address: str) -> UploadCounts:
    """Make the target at an address hold the site. Raises UploadError; the next run goes on then.

    `state` is the folder beside the site in which digests are remembered. Only one run at a time may write to a target.
    """
    try:
        place = target(address)
        return _Upload(place, site).run(_digests(site, state / DIGESTS))
    except UploadError:
        raise
    except Exception as error:  # each kind of storage has its own
        why = " ".join(str(error).split())[:300] or type(error).__name__
        raise UploadError(
            f"{address}: {why}; run it again once that is fixed; it continues where it stopped"
        ) from error


class _Upload:
    """One run at one target."""

    def __init__(self, place: Target, site: Path) -> None:
        self._place, self._site = place, site

    def run(self, after: Mapping[str, str]) -> UploadCounts:
        """Take all steps, then say which version stands."""
        with ThreadPoolExecutor(HANDS) as self._hands:
            before, is_resumed = self._before(after)
            plan = steps(before, after)
            if plan or is_resumed:
                self._note_plan(before, plan)
                self._take(plan)
                self._end(after)
        removed = sum(not step.digest for step in plan)
        return UploadCounts(len(plan) - removed, removed, len(after) - len(plan) + removed, is_resumed)

    def _before(self, after: Mapping[str, str]) -> tuple[dict[str, str], bool]:
        """Return what stands at the target, and whether a run was broken off there.

        Where no manifest says it, all that is there may have any form, and what the site does not have is not ours.
        """
        manifest, plan = self._note(MANIFEST), self._note(PLAN)
        if plan is not None and (manifest is None or plan["from"] == _digest_of(manifest)):
            plan_steps = [Step(*step) for step in plan["steps"]]
            progress = self._note(PROGRESS)
            count = progress["taken"] if progress and progress["plan"] == plan["id"] else 0
            start = manifest if plan["before"] is None else plan["before"]
            return state_after(start or {}, plan_steps, count, self._existing), True
        if manifest is not None:
            return manifest, plan is not None
        return dict.fromkeys(self._place.paths() & after.keys(), UNKNOWN), False

    def _existing(self, paths: Sequence[str]) -> set[str]:
        return {
            path for path, is_there in zip(paths, self._hands.map(self._place.exists, paths), strict=True) if is_there
        }

    def _note_plan(self, before: Mapping[str, str], plan: Sequence[Step]) -> None:
        """Note what is going to be done; what stands there before only if it is not what the manifest says."""
        manifest = self._note(MANIFEST)
        own = None if before == manifest else before
        self._plan_id = uuid4().hex  # so that no progress of another plan is taken for that of this one
        self._write(PLAN, {"id": self._plan_id, "from": _digest_of(manifest), "before": own, "steps": plan})

    def _take(self, plan: Sequence[Step]) -> None:
        """Take the steps, those of a batch beside each other, and note from time to time how far it came."""
        count = noted = 0
        for batch in batches(plan):
            for _ in self._hands.map(self._step, batch):
                pass
            count += len(batch)
            if count - noted >= BATCH and count < len(plan):
                self._write(PROGRESS, {"plan": self._plan_id, "taken": count})
                noted = count

    def _step(self, step: Step) -> None:
        if step.digest:
            self._place.send(step.path, os.path.join(self._site, step.path))
        else:
            self._place.remove(step.path)

    def _end(self, after: Mapping[str, str]) -> None:
        """Note what stands now, then which version that is: from here on the plan is of the past."""
        self._write(MANIFEST, after)
        self._write(VERSION, {"version": _digest_of(after), "files": len(after)})
        self._place.remove(PLAN)
        self._place.remove(PROGRESS)

    def _note(self, path: str) -> Any:
        """Return what we noted at the target; None if nothing, or nothing that can be read, stands there."""
        data = self._place.read(path)
        try:
            return None if data is None else json.loads(gzip.decompress(data) if path.endswith(".gz") else data)
        except (ValueError, OSError, EOFError):
            return None

    def _write(self, path: str, value: Any) -> None:
        data = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
        self._place.write(path, gzip.compress(data, 6, mtime=0) if path.endswith(".gz") else data)


def _digest_of(manifest: Mapping[str, str] | None) -> str:
    return blake2b(json.dumps(manifest, sort_keys=True).encode(), digest_size=16).hexdigest()


def _digests(site: Path, memory: Path) -> dict[str, str]:
    """Return the digest of each file of a site, by path; of one that looks as it did the digest that it had."""
    try:
        before = {path: tuple(row) for path, row in json.loads(memory.read_bytes()).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        before = {}
    rows = {}
    for path, status in _walk(site):
        look = status.st_size, status.st_mtime_ns, status.st_ino
        old = before.get(path, ())
        digest = old[-1] if old[:-1] == look else _digest(os.path.join(site, path))
        rows[path] = (*look, digest)
    if rows != before:
        files.put(memory, json.dumps(rows).encode())
    return {path: str(row[-1]) for path, row in rows.items()}


def _walk(site: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield every file of a site that is to be published, and its status."""
    for folder, _, names in os.walk(site):
        for name in names:
            file = os.path.join(folder, name)
            if not name.endswith(files.UNFINISHED):
                yield os.path.relpath(file, site).replace(os.sep, "/"), os.stat(file)


def _digest(file: str) -> str:
    with open(file, "rb") as data:
        return blake2b(data.read(), digest_size=16).hexdigest()

"""A disk that refuses anywhere: each run says which file and the cure, the old state stands, and the next run heals.

    python3 tasks.py bench disk [EVERY]

A pull, curating, a build of the preview and one to publish get "no space left", "input/output error" and "quota
exceeded" from each system call by which they open for writing, write, sync, rename, link, make or remove (or from
every EVERYth), and "input/output error" from each opening of a source; each runs as tasks.py runs it. Then all meet
a real disk that is full (a small tmpfs in a mount namespace of its own), at several degrees of fullness. What
cannot be done here (no strace, no right to mount) is skipped, and said so. The limits: exit code not 0 and one line
with file and cure, no traceback; every file the old or the new one; a published folder the old site or the new one;
after the next run every byte is that of an undisturbed one. A fault that does no harm may also pass: then all must
be as if it had not been.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from almanac import files
from bench.kills import served
from tests.support import injection
from tests.support.injection import RENAMES, STRACE, SYNCS, Point
from tests.support.scenes import Curate, Files, Preview, Publish, Pull, Scene, scratch
from tests.support.strikes import Tally, Verdict, each, places, prepare, stage

ERRORS = ("ENOSPC", "EIO", "EDQUOT")
CURES = re.compile("|".join(re.escape(f"; {cure}, then run this again") for cure in files.CURES.values()))
INCIDENT = re.compile(rb'"incident": "([^"]*)"')
REMOVES = ("rmdir", "unlink", "unlinkat", *SYNCS, *RENAMES)
CLONE_NEWNS = 0x00020000  # of linux/sched.h
FULL = (0, 8, 64, 256, 512, 1024, 2048)  # KiB that a full disk has left


def main(argv: list[str]) -> int:
    """Run all; 1 if any limit is missed."""
    step = int(argv[0]) if argv else 1
    with scratch() as folder:
        good = [*refusals(folder, step), *full_disks(folder)]
    print("PASS" if all(good) else "FAIL")
    return int(not all(good))


class Partly(Pull):
    """The pull, which goes on with other providers: their forecasts are then made of less, and are never changed."""

    def seen(self, work: Path) -> Files:
        """Return what the pull leaves; of forecasts only which incidents they are about."""
        return {
            name: b"\n".join(sorted(INCIDENT.findall(data))) if name.startswith("forecasts/") else data
            for name, data in super().seen(work).items()
        }


def scenes(folder: Path) -> Iterator[Scene]:
    """Yield every scene; the pages of the pull are served as long as it is used."""
    with served(folder / "pages", Pull.slugs) as url:
        yield Partly(folder / "pull", folder / "pages", url)
    for scene in (Curate, Preview, Publish):
        yield scene(folder / scene.name)


def refusals(folder: Path, step: int = 1) -> Iterator[bool]:
    """Let each call fail in turn."""
    if not STRACE:
        print("  --   no strace here: faults at each system call are skipped")
        return
    for scene in scenes(folder / "refusals"):
        yield refused_everywhere(scene, folder / "refusals" / f"{scene.name}-w", step)


def refused_everywhere(scene: Scene, place: Path, step: int = 1) -> bool:
    """Let each call of a scene fail in turn. True if nothing is wrong."""
    started = time.monotonic()
    faults = [(point, error) for point in prepare(scene, place) for error in _errors(point)][::step]
    tally = Tally()
    for verdict in each([(stage(scene), point, error) for point, error in faults], refused_at, place):
        tally.add(verdict)
    return tally.tell(f"{scene.name}: a call that fails", time.monotonic() - started)


def _errors(point: Point) -> tuple[str, ...]:
    """Return what a disk may answer: a full one lets remove, rename and sync; only a broken one refuses to read."""
    if point.makes:
        return ("EIO",) if point.call in REMOVES else ERRORS
    return ("EIO",) if point.path.startswith("content/") and point.path.endswith((".md", ".json", ".yml")) else ()


def refused_at(scene: Scene, place: Path, point: Point, error: str) -> Verdict:
    """Run the command with a call that fails, look at what it says and leaves, and whether the next run heals it."""
    work, notes = places(place)
    scene.begin(work)
    ended = injection.struck(lambda: scene.run(work), notes, work, point, f"error={error}")
    if not ended.struck:
        return "not met again", []
    return _judged(scene, work, notes, ended, f"{scene.name}, {error} from {point}")


def _judged(scene: Scene, work: Path, notes: Path, ended: injection.Ended, when: str) -> Verdict:
    faults = scene.left(work)
    if ended.code == 0:
        word, faults = "did no harm", [*faults, *scene.healed(work)]
    else:
        word, faults = "told", [*faults, *told(ended)]
    rerun = injection.run(lambda: scene.run(work), notes)
    faults += [f"the next run fails: {rerun.said.strip()[-500:]}"] if rerun.code else scene.healed(work)
    return word, [f"{when}: {fault}" for fault in faults]


def told(ended: injection.Ended) -> list[str]:
    """Return what is wrong with how a refusal is reported."""
    faults = [f"exit code {ended.code}"] if ended.code < 0 else []
    faults += ["a traceback"] if "Traceback" in ended.said else []
    cures = [line for line in ended.said.splitlines() if CURES.search(line)]
    if not cures or any("/" not in line for line in cures):
        faults.append(f"no line with file and cure: {ended.said.strip()[-700:]}")
    return faults


# A disk that is really full


def full_disks(folder: Path) -> Iterator[bool]:
    """Run the scenes on a small disk with ever more room."""
    if not _may_mount():
        print("  --   nothing may be mounted here: the disk that is really full is skipped")
        return
    for scene in scenes(folder / "full"):
        yield on_a_full_disk(scene, folder / "full" / f"{scene.name}-w")


def on_a_full_disk(scene: Scene, place: Path) -> bool:
    """Run a scene with a disk that is full, nearly full, less so. True if nothing is wrong."""
    started = time.monotonic()
    prepare(scene, place)
    work, notes = places(place)
    tally = Tally()
    for left in FULL:
        with mounted(work):
            scene.begin(work)
            filler = fill(work, left)
            ended = injection.run(lambda: scene.run(work), notes)
            filler.unlink()
            tally.add(_judged(scene, work, notes, ended, f"{scene.name}, {left} KiB left"))
    return tally.tell(f"{scene.name}: a disk with 0 to {FULL[-1]} KiB left", time.monotonic() - started)


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """Mount a tmpfs of 64 MB at a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, left: int) -> Path:
    """Fill a disk up to so many KiB."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            for _ in itertools.count():
                file.write(bytes(4096))
        except OSError:
            os.ftruncate(file.fileno(), max(0, os.fstat(file.fileno()).st_size - left * 1024))
    return filler


def _may_mount() -> bool:
    """Say whether this process may mount; as root it goes into a mount namespace of its own, so nobody sees it."""
    if sys.platform != "linux" or ctypes.CDLL(None).unshare(CLONE_NEWNS):  # os.unshare came with Python 3.12
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Plays a day as it happened, in a browser and offline: a simulated world, real pulls and builds, what was shown and true."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from almanac.commands.demo.play import MINUTE_A_SECOND, PLUGINS, QUARTER, Play
from almanac.commands.demo.quarters import Quarter
from almanac.commands.demo.server import House
from almanac.commands.demo.stage import FOLDER, StageError, first_cut, stage
from almanac.commands.serve import Changes
from almanac.model import moment, stamp
from almanac.model.clock import build_time
from almanac.text import english

SINCE, UNTIL = "2026-03-02T11:30:00Z", "2026-03-02T16:00:00Z"
PORT = 8000
LOCK = f"{FOLDER}.lock"
_SCORE = (
    "import os, sys; sys.path.insert(0, sys.argv[1]); hasattr(os, 'nice') and os.nice(19); from pathlib import Path; from almanac.commands.score import score; "
    "sys.exit(score(Path(sys.argv[2]), now=sys.argv[3]))"
)


def main(root: Path, *, since: str = "", until: str = "", speed: float = MINUTE_A_SECOND, port: int = PORT) -> int:
    """Play until interrupted; return the exit code. At speed 0 it waits for steps. Times as 2026-03-02T11:30:00Z, speed in simulated seconds a second."""
    try:
        first, last = _span(since or SINCE, until or UNTIL)
        with playing(root, first, last, speed=speed, port=port, watch=_tell) as play:
            play.run()
    except KeyboardInterrupt:
        print()
    return 0


def _span(since: str, until: str) -> tuple[datetime, datetime]:
    first, last = (moment(build_time(each, 0)) for each in (since, until))
    if first >= last:
        raise StageError(f"it cannot begin at {since} and end at {until}; choose a --from before --to")
    return first, last


@contextmanager
def playing(
    root: Path,
    since: datetime,
    until: datetime,
    *,
    speed: float = 0.0,
    interval: timedelta = QUARTER,
    port: int = 0,
    score: bool = True,
    watch: Callable[[Quarter], None] = lambda quarter: None,
) -> Iterator[Play]:
    """Yield a demo of a project whose first quarter was played, and serve it while the block runs.

    Its address is `play.stage.site_url`; port 0 takes a free one. `interval` is from one pull to the next. `score`: the forecasts are scored over the archive of
    the demo too, beside the play, which takes half a minute. Raises StageError and what reading the archive raises.
    """
    with _demo_lock(root), _house(port) as house:
        address = f"http://127.0.0.1:{house.server_port}"
        print(f"demo: {FOLDER}/ is made: the archive as it was on {english.moment(first_cut(since))}", flush=True)
        scene = stage(root, since, until, address)
        changes = Changes()

        def tell(quarter: Quarter) -> None:
            changes.tell()
            watch(quarter)

        play = Play(scene, since, until, speed=speed, interval=interval, watch=tell)
        with play.on_air():
            play.step()
            house.open_for(play, changes)
            print(f"demo: open {address}/ to see the site, {address}/demo/ to pause and step; Ctrl-C ends", flush=True)
            scoring = _score(play) if score else None
            try:
                yield play
            finally:
                play.end()
                house.shutdown()
                if scoring:
                    scoring.kill()


@contextmanager
def _demo_lock(root: Path) -> Iterator[None]:
    """Keep other demos of a project away while the block runs. Raises StageError."""
    try:
        with FileLock(root / LOCK, timeout=0):
            yield
    except Timeout:
        raise StageError("another demo of this project is running; end it first") from None


def _house(port: int) -> House:
    try:
        return House(port)
    except OSError as error:
        why = error.strerror or error
        raise StageError(f"port {port} cannot be used ({why}); name another, e.g. --port {port + 1}") from None


def _score(play: Play) -> subprocess.Popen[bytes]:
    """Begin to score the forecasts over the archive of the demo, as an operator does now and then."""
    command = [sys.executable, "-c", _SCORE, str(PLUGINS), str(play.stage.content), stamp(play.since)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own interpreter


def _tell(quarter: Quarter) -> None:
    posts = english.plural(len(quarter.posted), "post") if quarter.posted else "nothing new"
    times = f"{quarter.pull_seconds:.1f} s to read, {quarter.build_seconds:.1f} s to build"
    print(f"demo: {english.clock(quarter.at)} UTC: {posts} ({times})", flush=True)

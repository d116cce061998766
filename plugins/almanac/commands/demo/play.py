"""Plays the demo: at each quarter of an hour of a simulated clock a real pull and build, and a look at what they show."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from almanac import archive, pull
from almanac.commands.demo import report, sitestate, truth
from almanac.commands.demo.quarters import Quarter
from almanac.commands.demo.report import Followed
from almanac.commands.demo.stage import Stage, first_cut
from almanac.model import card, stamp
from almanac.model.problem import TaskError
from almanac.pull import sandbox
from almanac.pull.run import READER, READERS
from almanac.world import Clock, WorldServer

QUARTER = timedelta(minutes=15)
MINUTE_A_SECOND = 60.0
PULL, BUILD = "pull", "build"
LOG = "log.txt"  # in the folder of the demo: what pulls and builds said
PLUGINS = Path(__file__).resolve().parents[3]
_BUILD = (
    "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from almanac.commands import build; "
    "build.run(Path(sys.argv[2]), now=sys.argv[3])"
)


class DemoBuildError(TaskError):
    """A build of the demo that failed; the message is what it said."""


@dataclass(slots=True)
class _Wishes:
    """What somebody at the control page asked for."""

    running: bool
    speed: float
    steps: int = 0
    over: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)


class Play:
    """A demo under way. `step` plays the next quarter; `run` plays on as the clock runs, and obeys pause and speed.

    The clock stands still during a pull and never runs past the next quarter, so that no quarter is skipped where a
    build takes longer. `watch` is told of each quarter.
    """

    def __init__(
        self,
        stage: Stage,
        since: datetime,
        until: datetime,
        *,
        speed: float = 0.0,
        interval: timedelta = QUARTER,
        watch: Callable[[Quarter], None] = lambda quarter: None,
    ) -> None:
        self.stage, self.since, self.until, self.interval = stage, since, until, interval
        self.clock = Clock(since)
        self.quarters: list[Quarter] = []
        self.followed: Followed | None = None  # as of the last quarter
        self._opening = report.chosen(
            truth.posted(stage, since, until)
        )  # the first post on the incident that is followed
        self.work = ""  # PULL or BUILD while at it
        self._playing: datetime | None = None  # the quarter that the work is for
        self._watch = watch
        self._wishes = _Wishes(running=speed > 0, speed=speed or MINUTE_A_SECOND)
        self._one_at_a_time = threading.Lock()
        self._server: WorldServer | None = None
        self._read: Any = None

    @contextmanager
    def on_air(self) -> Iterator[None]:
        """Serve the feeds of the world, and have readers ready, while the block runs."""
        with sandbox.workers(READER, READERS) as read, WorldServer(self.stage.world, self.clock) as server:
            self._server, self._read = server, read
            yield

    @property
    def running(self) -> bool:
        """Whether the clock runs, or will as soon as the work is done."""
        return self._wishes.running and not self.is_over

    @property
    def speed(self) -> float:
        """Return the simulated seconds a second at which it runs, if it does."""
        return self._wishes.speed

    @property
    def is_over(self) -> bool:
        """Whether the last quarter was played."""
        return self.next is None

    @property
    def next(self) -> datetime | None:
        """Return the next quarter; None after the last."""
        after = self.quarters[-1].at + self.interval if self.quarters else self.since
        return after if after <= self.until else None

    @property
    def limit(self) -> datetime:
        """Return the moment at which the clock waits: for the next quarter to be played, or for good."""
        due = self._playing + self.interval if self._playing else self.next
        return min(due or self.until, self.until)

    def pause(self) -> None:
        """Let the clock stand still."""
        self._wish(running=False)

    def resume(self, speed: float = 0.0) -> None:
        """Let the clock run, at another speed if one is named."""
        self._wish(running=True, speed=speed or self.speed)

    def ask_for_step(self) -> None:
        """Pause, and have the next quarter played by `run`."""
        self._wish(running=False, steps=self._wishes.steps + 1)

    def end(self) -> None:
        """Let `run` return."""
        self._wish(over=True)

    def run(self) -> None:
        """Play on until `end`. Raises DemoBuildError."""
        while self._wait():
            self.step()

    def step(self) -> Quarter | None:
        """Play the next quarter now; None if there is none. Raises DemoBuildError."""
        with self._one_at_a_time:
            at = self.next
            if at is None:
                return None
            times = [time.monotonic()]
            for work in (self._pull, self._build):
                self._announce(at, work.__name__.strip("_"))
                work(at)
                times.append(time.monotonic())
            quarter = self._look(at, times[1] - times[0], times[2] - times[1])
            self.quarters.append(quarter)
            self.followed = self._follow()
            self._announce(None, "")
        self._watch(quarter)
        return quarter

    def _wish(self, **wishes: Any) -> None:
        with self._wishes.changed:
            for name, value in wishes.items():
                setattr(self._wishes, name, value)
            self._wishes.changed.notify_all()
            self._set_clock()

    def _announce(self, at: datetime | None, work: str) -> None:
        """Say what is done now for which quarter, and set the clock accordingly."""
        with self._wishes.changed:
            self.work, self._playing = work, at
            if at and work == PULL:
                self.clock.set(at)
            self._set_clock()

    def _set_clock(self) -> None:
        """Let the clock run up to the next quarter, or stand: as is wished, and during a pull, which is of one moment."""
        if self.running and self.work != PULL:
            self.clock.run(self.speed, until=self.limit)
        else:
            self.clock.pause()

    def _wait(self) -> bool:
        """Wait until the next quarter is due; False when it is over."""
        wishes = self._wishes
        with wishes.changed:
            while not wishes.over:
                due = self.next
                if due is not None:
                    if wishes.steps:
                        wishes.steps -= 1
                        return True
                    if wishes.running and self.clock.now() >= due:
                        return True
                wishes.changed.wait(0.1 if self.running else None)
            return False

    def _pull(self, at: datetime) -> None:
        if self._server is None:
            raise RuntimeError("step() is for what is on_air()")
        report = pull.pull(self.stage.content, now=at, via=self._server.url, read=self._read)
        self._log(*pull.lines(report))

    def _build(self, at: datetime) -> None:
        """Build as `tasks.py build` does, in a process of its own."""
        command = [sys.executable, "-c", _BUILD, str(PLUGINS), str(self.stage.settings), stamp(at)]
        process = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
        self._log(process.stdout, process.stderr)
        if process.returncode:
            raise DemoBuildError(process.stderr or process.stdout)

    def _log(self, *lines: str) -> None:
        with (self.stage.folder / LOG).open("a", encoding="utf-8") as log:
            log.writelines(f"{line.rstrip()}\n" for line in lines if line)

    def _look(self, at: datetime, pull_seconds: float, build_seconds: float) -> Quarter:
        stage = self.stage
        return Quarter(
            at=at,
            posted=tuple(truth.posted(stage, self.quarters[-1].at if self.quarters else first_cut(at), at)),
            open={slug: truth.open_ids(stage, slug, at) for slug in stage.world.pages},
            on_site={slug: sitestate.site_state(stage.output, stage.site_url, slug) for slug in stage.world.pages},
            pull_seconds=pull_seconds,
            build_seconds=build_seconds,
        )

    def _follow(self) -> Followed | None:
        """Return the incident to follow, as it stands at the last quarter; None before it begins."""
        opening = self._opening
        posts = report.post_lines(self.quarters, opening.provider, opening.incident) if opening else ()
        if not opening or not posts:
            return None
        stage, slug = self.stage, opening.provider
        on_site = self.quarters[-1].on_site[slug].incidents.get(opening.incident)
        filed = archive.load(stage.content, slug).get(opening.incident)
        issued = archive.load_forecasts(stage.content, slug)
        return Followed(
            provider=slug,
            id=opening.incident,
            event=posts[-1].posted.event,
            on_site=on_site,
            posts=posts,
            forecasts=report.forecast_checks(issued, card(filed.incident, filed.file)) if filed else (),
            posts_in_feed=sitestate.posts_in_feed(stage.output, slug, on_site.url) if on_site else 0,
        )

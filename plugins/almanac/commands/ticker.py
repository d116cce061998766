"""Says how far a task is that takes more than two seconds: in place on a screen, a line now and then in a log."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 2.0  # seconds without a word
LOG_INTERVAL = 10.0  # seconds from one line of a log to the next
MOMENT = 0.5  # seconds from one look of a screen to the next
_CLEAR = "\r\x1b[K"


class _Ticker:
    def __init__(self, task: str) -> None:
        self.task, self.step, self.is_shown = task, "", False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _tick(self) -> None:
        screen = sys.stderr.isatty()
        began = time.monotonic()
        pause = PATIENCE
        while not self._over.wait(pause):
            line = f"{self.task}: {self.step or 'at work'}, {time.monotonic() - began:.0f} s"
            print(f"{_CLEAR}{line}" if screen else line, end="" if screen else "\n", file=sys.stderr, flush=True)
            self.is_shown, pause = screen, MOMENT if screen else LOG_INTERVAL


_running: list[_Ticker] = []


@contextmanager
def ticking(task: str) -> Iterator[None]:
    """Say how far the block is, if it takes long; "" for a task that says so itself or never ends."""
    if not task:
        yield
        return
    ticker = _Ticker(task)
    _running.append(ticker)
    ticker.start()
    try:
        yield
    finally:
        ticker.stop()
        clear()
        _running.remove(ticker)


def step(words: str) -> None:
    """Set what is said of the running task, such as "12 of 23 providers"."""
    for ticker in _running[-1:]:
        ticker.step = words


def clear() -> None:
    """Take what stands on the screen away, before something else is printed there."""
    for ticker in _running[-1:]:
        if ticker.is_shown:
            ticker.is_shown = False
            print(_CLEAR, end="", file=sys.stderr, flush=True)

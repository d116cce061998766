"""A simulated clock: it runs as fast as one likes, can be paused, set and stepped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that shows `start` at first and runs `speed` times as fast as `monotonic`; it stands still at 0.

    Several threads may use it. What it shows are whole seconds, aware UTC.
    """

    def __init__(self, start: datetime, speed: float = 0.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._at = start.astimezone(UTC).replace(microsecond=0)
        self._speed = speed
        self._until: datetime | None = None
        self._since = monotonic()

    def now(self) -> datetime:
        """Return what it shows."""
        with self._lock:
            return self._read().replace(microsecond=0)

    @property
    def speed(self) -> float:
        """Return how many times as fast as time it runs."""
        with self._lock:
            return self._speed

    def run(self, speed: float, until: datetime | None = None) -> None:
        """Let it run so fast from now on, and wait at `until` if it comes there; at 0 it stands still."""
        if speed < 0:
            raise ValueError(f"a clock cannot run backwards, at {speed}")
        with self._lock:
            self._keep(self._read())
            self._speed, self._until = speed, until

    def pause(self) -> None:
        """Stop it."""
        self.run(0)

    def set(self, at: datetime) -> None:
        """Let it show another time; it runs on as before."""
        with self._lock:
            self._keep(at.astimezone(UTC))

    def step(self, by: timedelta) -> datetime:
        """Move it by so much; return what it shows then."""
        with self._lock:
            self._keep(self._read() + by)
            return self._at.replace(microsecond=0)

    def _read(self) -> datetime:
        reading = self._at + timedelta(seconds=(self._monotonic() - self._since) * self._speed)
        return reading if self._until is None or self._until < self._at else min(reading, self._until)

    def _keep(self, at: datetime) -> None:
        self._at, self._since = at, self._monotonic()

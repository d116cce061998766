"""The moment a build speaks of: what was stated, or the clock floored, so that two builds in a row say the same."""

from __future__ import annotations

import time
from calendar import timegm

STEP = 300  # seconds: what the clock is floored to


class MomentError(ValueError):
    """A stated moment that is none."""


def build_time(stated: str, clock: float, pulled: int = 0) -> int:
    """Return the moment a build speaks of, in epoch seconds: what was stated, else the clock floored to five minutes.

    `stated` is 2026-03-02T14:10:00Z or epoch seconds (as in SOURCE_DATE_EPOCH). Raises MomentError for anything else.
    What was `pulled` since the floored clock, in epoch seconds, is known, so it is not built without it.
    """
    if not stated:
        return max(int(clock) // STEP * STEP, min(pulled, int(clock)))
    if stated.isascii() and stated.isdigit():
        return int(stated)
    try:
        return timegm(time.strptime(stated, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise MomentError(f"{stated!r} is not a valid time; write 2026-03-02T14:10:00Z or epoch seconds") from None

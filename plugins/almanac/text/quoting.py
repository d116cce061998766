"""Show in a message what a stranger wrote: in quotes if it is text, and never long."""

from __future__ import annotations

LONGEST_SHOWN = 60  # characters of what somebody wrote, in a message


def quoted(value: object) -> str:
    """Return a value of somebody's as a message shows it: in quotes if it is text, and never long."""
    return repr(short(value)) if isinstance(value, str) else short(repr(value))


def short(text: str) -> str:
    """Return a text as far as a message shows it."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}…"

"""Find what somebody probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like `name`, which is probably meant; "" if none is like it."""
    near = difflib.get_close_matches(name, list(known), 1)
    return near[0] if near else ""

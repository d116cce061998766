"""Remembers an answer in a file of ours while nothing it rests on changes. It is data, never code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from almanac import files


def recall(memo: Path, key: str, name: str) -> Any:
    """Return what is remembered as `name` under `key`; None if nothing is, or the memo is damaged."""
    try:
        stored = json.loads(memo.read_bytes())
        return stored[name] if stored["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def remember(memo: Path, key: str, name: str, answer: object) -> None:
    """Keep `answer`, which JSON can hold, for the next run, at once or not at all. Raises DiskError."""
    files.make_folder(memo.parent)
    files.put(memo, json.dumps({"key": key, name: answer}).encode())

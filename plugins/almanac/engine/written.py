"""What people wrote, as the engine keeps it between builds: enough to list articles without reading them again."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import NamedTuple

from almanac.content.article import ArticleCard

SOURCES = ("content/articles", "content/pages", "content/images")


class Written(NamedTuple):
    """An article whose page was made: where, and a digest of all that it says itself."""

    path: str
    own: bytes
    card: ArticleCard
    listed: bool  # False for a draft, which has its page and stands in no list


def freeze(written: Sequence[Written]) -> bytes:
    """As bytes, which the state can hold."""
    return pickle.dumps(tuple(written), pickle.HIGHEST_PROTOCOL)


def thaw(frozen: bytes) -> tuple[Written, ...]:
    """The reverse of `freeze`. Only for what this build's own code froze: the state's fingerprint says so."""
    known: tuple[Written, ...] = pickle.loads(frozen)  # noqa: S301  (from our own state, under its checksum)
    return known

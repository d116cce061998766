"""Values that rest on what seldom changes: made once, and kept from build to build while that stays the same."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from almanac.engine.press import digest

Made = TypeVar("Made")
Kept: TypeAlias = tuple[bytes, bytes]  # a digest of all that a value rests on, and the value frozen


class Lasting:
    """The kept values of one build, by name: `known` are those of the last, `asked` those to keep for the next."""

    def __init__(self, known: Mapping[str, Kept]) -> None:
        self._known = known
        self.asked: dict[str, Kept] = {}

    def get(self, name: str, rests_on: object, make: Callable[[], Made]) -> Made:
        """What `make` gives, which depends on `rests_on` and nothing else."""
        key = digest(rests_on)
        known, frozen = self._known.get(name, (b"", b""))
        if known == key:
            made: Made = pickle.loads(frozen)  # noqa: S301  (from our own state, under its checksum)
        else:
            made = make()
            frozen = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
        self.asked[name] = key, frozen
        return made

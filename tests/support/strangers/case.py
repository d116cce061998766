"""What a stranger sends: successive states of a feed, or files for content/, and what must come of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.support.strangers.pieces import Stamp

NOW = datetime(2026, 3, 3, tzinfo=UTC)  # of the first pull
SIZE = 4_000  # characters of what grows

Files = Mapping[str, bytes]  # by path under content/


@dataclass(frozen=True, slots=True, kw_only=True)
class Hope:
    """What must come of a feed, or be told as a doubt, if it is read at all."""

    incidents: int | None = None
    started: Stamp | None = None
    marks: tuple[str, ...] = ()  # words that its pages must show
    title: str = ""
    keeps_title: bool = False  # no edit of a title may be recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """One hostile input. `pieces` name what it is made of; `refused`: the check must not let it in."""

    number: int
    kind: str
    pieces: tuple[str, ...] = ()
    bodies: tuple[bytes, ...] = ()  # what its feed shows at one pull after the other
    files: Files = field(default_factory=dict)
    hope: Hope = Hope()
    refused: bool = False
    mark: str = ""  # a word that the page of its file must show, if it is let in
    page: str = ""  # where
    grows: bool = False

    @property
    def slug(self) -> str:
        """What its provider or its file is called."""
        return slug(self.number)

    def __str__(self) -> str:
        return f"{self.number} ({self.kind}: {'; '.join(self.pieces)[:160]})"


def slug(number: int) -> str:
    """Return the name of the stranger of a number."""
    return f"s{number}"

"""What people wrote, as the engine keeps it between builds: enough to list articles without reading them again."""

from __future__ import annotations

from typing import Any, NamedTuple

from almanac.almanac import ArticleCard
from almanac.model import stamp, unstamp

SOURCES = ("content/articles", "content/pages")


class Written(NamedTuple):
    """An article whose page was made: where, and a digest of all that it says itself."""

    path: str
    own: bytes
    card: ArticleCard


def freeze(written: Written) -> tuple[Any, ...]:
    """As plain values, which the state can hold."""
    card = written.card
    times = stamp(card.date), stamp(card.modified) if card.modified else ""
    return (written.path, written.own, card.url, card.title, *times, card.summary, card.kind, card.authors,
            card.providers, card.incidents)  # fmt: skip


def thaw(frozen: tuple[Any, ...]) -> Written:
    """The reverse of `freeze`."""
    path, own, url, title, date, modified, summary, kind, authors, providers, incidents = frozen
    card = ArticleCard(
        url=url,
        title=title,
        date=unstamp(date),
        modified=unstamp(modified) if modified else None,
        summary=summary,
        kind=kind,
        authors=authors,
        providers=providers,
        incidents=incidents,
    )
    return Written(path, own, card)

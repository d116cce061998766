"""What people wrote, as the engine keeps it between builds: enough to list articles without reading them again."""

from __future__ import annotations

from typing import Any, NamedTuple

from almanac.almanac import ArticleCard, Claim, Correction
from almanac.model import stamp, unstamp
from almanac.queries import Expect, Query

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
    claims = tuple((*claim[:-2], claim.check and tuple(claim.check), claim.expect and tuple(claim.expect))
                   for claim in card.claims)  # fmt: skip
    figures = tuple((name, tuple(query)) for name, query in card.figures)
    corrections = tuple((stamp(correction.date), correction.text) for correction in card.corrections)
    return (written.path, written.own, card.url, card.title, *times, card.summary, card.kind, card.authors,
            card.providers, card.incidents, claims, figures, corrections)  # fmt: skip


def thaw(frozen: tuple[Any, ...]) -> Written:
    """The reverse of `freeze`."""
    path, own, url, title, date, modified, summary, kind, authors, providers, incidents, *asked = frozen
    claims, figures, corrections = asked
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
        claims=tuple(map(_claim, claims)),
        figures=tuple((name, Query(*query)) for name, query in figures),
        corrections=tuple(Correction(unstamp(at), text) for at, text in corrections),
    )
    return Written(path, own, card)


def _claim(frozen: tuple[Any, ...]) -> Claim:
    check, expected = frozen[-2:]
    claim = Claim(*frozen)
    return claim._replace(check=Query(*check) if check else None, expect=Expect(*expected) if expected else None)

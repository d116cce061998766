"""The pages of incidents: read what changed, and print what is made of something else than before."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from almanac import archive, corrections, views
from almanac.almanac import Almanac
from almanac.engine.press import Press, digest
from almanac.engine.printer import Printer
from almanac.engine.state import Print, Row, Stamp
from almanac.model import Card, Incident
from almanac.model import card as card_of

from almanac.stats.reporting import reported

class Found(NamedTuple):
    """What a share read: rows by file, and a line for every file that cannot be used."""

    rows: dict[str, Row]
    faults: list[str]


class Made(NamedTuple):
    """What a share printed: every page of its incidents, and those whose bytes are new."""

    prints: Mapping[str, Print]
    written: Sequence[str]


def share(
    content: Path, press: Press, printer: Printer, kept: Mapping[str, Row], sources: Mapping[str, Stamp]
) -> Generator[Found | Made, Almanac, None]:
    """Read `sources`, then print the pages of these and of `kept`, incidents that did not change themselves."""
    texts: dict[str, Incident] = {}
    found = _read(content, kept, sources, texts)
    almanac = yield found
    around = views.Surroundings(almanac)
    corrected = {card.file: card for cards in almanac.cards.values() for card in cards}
    for file, row in {**kept, **found.rows}.items():
        card = corrected[file]
        path, near = page_path(card), around.of(card)
        key = digest(file.encode(), row.content, near, card if card != row.card else b"")
        if not press.stands(path, key):
            incident = texts.pop(file, None) or archive.read(content, file)
            page = views.incident(near, corrections.like(incident, card), card)
            press.put(path, key, printer.page("incident", page))
    yield Made(press.prints, press.written)


def _read(
    content: Path, known: Mapping[str, Row], sources: Mapping[str, Stamp], texts: dict[str, Incident]
) -> Found:
    found = Found({}, [])
    for file, stamp in sources.items():
        try:
            content_digest, incident = archive.read_digest(content, file)
            texts[file] = incident
            found.rows[file] = Row(stamp, content_digest, card_of(incident, file), reported(incident))
        except archive.ArchiveError as error:
            found.faults.append(str(error))
    return found


def page_path(card: Card) -> str:
    """Where the page of an incident stands in the output folder."""
    return f"{views.incident_url(card).lstrip('/')}index.html"

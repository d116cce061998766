"""The pages of incidents: read what changed, and print what is made of something else than before."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from almanac import archive, views
from almanac.almanac import Almanac
from almanac.engine import rewind
from almanac.engine.press import Press, digest
from almanac.engine.printer import Printer
from almanac.engine.state import Print, Row, Stamp
from almanac.model import Card, Incident, seconds
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
    now = seconds(almanac.now)
    for file, row in {**kept, **found.rows}.items():
        card = corrected.get(file)
        if card is None:  # nothing was known of it yet
            continue
        path, near = page_path(card), around.of(card)
        own = (file.encode(), row.content, card if card != row.card else b"")
        key, again = digest(*own, near), digest(*own, near.provider)
        sheets = [(n, sheet) for n, sheet in replay_paths(card) if not press.stands(sheet, again)]
        twin, bare = twin_path(card), digest("twin", *own)
        if press.stands(path, key) & press.stands(twin, bare) and not sheets:  # both are part of this build if they do
            continue
        incident = rewind.incident(content, card, now, texts.pop(file, None))
        if twin not in press.prints:
            press.put(twin, bare, archive.render(incident).encode())
        if path not in press.prints:
            press.put(path, key, printer.page("incident", views.incident(near, incident, card)))
        for number, sheet in sheets:
            press.put(sheet, again, printer.page("replay", views.replay(near, incident, card, number)))
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


def twin_path(card: Card) -> str:
    """Where the same stands in Markdown, as the archive writes it."""
    return f"{views.incident_url(card).lstrip('/')}index.md"


def replay_paths(card: Card) -> list[tuple[int, str]]:
    """The pages of its replay, by number; none if it has none."""
    return [(number, f"{url.lstrip('/')}index.html") for number, url in enumerate(views.replay_urls(card), 1)]

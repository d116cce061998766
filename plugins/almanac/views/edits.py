"""What providers edited or deleted after they had posted it, as word diffs: of one incident, and all together."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from almanac.model import Card, Change, Incident, Update, moment, stamp
from almanac.snapshot import Snapshot
from almanac.text import english, markdown
from almanac.views import base, pagination, rows
from almanac.views.base import Head, Link, Time
from almanac.views.diff import Piece, word_diff
from almanac.views.incidents import ArchiveLine, Count
from almanac.views.pagination import Sheet

NEWEST = 10  # incidents on the first page
PER_PAGE = 15  # incidents on one page of a month
NONE = (
    "No edits yet. The archive began with imports, which have times and phases but no texts; from our first fetch "
    "onwards, every edited or deleted text is kept here."
)
Read = Callable[[Card], Incident]
Months = Mapping[tuple[int, int], Sequence[Card]]


class EditDiff(NamedTuple):
    """A text or a fact that was changed later."""

    title: str
    when: Time
    pieces: tuple[Piece, ...]


class Edited(NamedTuple):
    """An incident, and what was changed in it, newest first."""

    incident: Link
    edits: tuple[EditDiff, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsPage:
    """The page /edits/, or /edits/<year>/<month>/ for the incidents that began in a month."""

    head: Head
    title: str
    stand: str
    edited: tuple[Edited, ...]
    months: tuple[ArchiveLine, ...]
    sheets: tuple[Sheet, ...] = ()


def changed(incident: Incident) -> tuple[EditDiff, ...]:
    """Return every change of a text or a fact, newest first."""
    entries = [edit for update in incident.updates if update.was for edit in _rewrites(update)]
    entries += [_changed(incident, change) for change in incident.changes]
    return _newest_first(entries)


def all_edits(incident: Incident) -> tuple[EditDiff, ...]:
    """Return every change, and every deleted post, newest first."""
    return _newest_first([*changed(incident), *[_removal(update) for update in incident.updates if update.gone]])


def _newest_first(entries: Iterable[EditDiff]) -> tuple[EditDiff, ...]:
    return tuple(sorted(entries, key=lambda edit: edit.when.iso, reverse=True))


def _rewrites(update: Update) -> list[EditDiff]:
    """Return each text an update had, compared with the one that followed it."""
    texts = [*(was.text for was in update.was), update.text]
    title = f"Update of {english.moment(update.at)}"
    return [
        EditDiff(title, _until(was.until), word_diff(markdown.plain(was.text), markdown.plain(after)))
        for was, after in zip(update.was, texts[1:], strict=True)
    ]


def _removal(update: Update) -> EditDiff:
    text = markdown.plain(update.text) or english.sentence(update.phase)
    title = f"Update of {english.moment(update.at)}, deleted"
    return EditDiff(title, _until(update.gone or update.at), (Piece("del", text),))


def _changed(incident: Incident, change: Change) -> EditDiff:
    """Return the change of a fact; what followed is the next change of the same fact, or its value now."""
    later = [c for c in incident.changes if c.what == change.what and c.until > change.until]
    after = min(later, key=lambda c: c.until).was if later else _now(incident, change.what)
    pieces = word_diff(change.was, after) if after else (Piece("del", change.was),)
    return EditDiff(english.sentence(change.what.replace("_", " ")), _until(change.until), pieces)


def _now(incident: Incident, field: str) -> str:
    value = getattr(incident, field, "")
    if isinstance(value, datetime):
        return stamp(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


def _until(at: datetime) -> Time:
    return Time(stamp(at), english.moment(at))


def edited_months(almanac: Snapshot) -> Months:
    """Return the cards of incidents with changes by the (year, month) they began in, those last changed first."""
    by_month: dict[tuple[int, int], list[Card]] = {}
    for card in newest_edited(almanac):
        at = moment(card.started)
        by_month.setdefault((at.year, at.month), []).append(card)
    return dict(sorted(by_month.items()))


def newest_edited(almanac: Snapshot, most: int = 0) -> list[Card]:
    """Return the cards of incidents with changes, those last changed first; without `most` all of them."""
    edited_cards = [card for cards in almanac.cards.values() for card in cards if card.edits]
    return heapq.nlargest(
        most or len(edited_cards), edited_cards, key=lambda card: (card.changed, card.provider, card.id)
    )


def edits(almanac: Snapshot, read: Read) -> EditsPage:
    """Return the page of the newest changes, with links to all others. `read` gets the texts of an incident."""
    months = edited_months(almanac)
    return EditsPage(
        head=Head(
            title="Edited and deleted posts",
            path="/edits/",
            section="incidents",
            description="Incident texts and facts that providers edited or deleted after posting them.",
        ),
        title="Edited and deleted posts",
        stand=_stand(sum(map(len, months.values()))),
        edited=_edited(almanac, newest_edited(almanac, NEWEST), read),
        months=tuple(_year(months, year) for year in sorted({year for year, _ in months}, reverse=True)),
    )


def _stand(number: int) -> str:
    if not number:
        return NONE
    subject = english.sentence(english.plural(number, "incident"))
    return f"{subject} edited after posting. Deleted words are in brackets."


def edits_of_month(almanac: Snapshot, read: Read, year: int, number: int, sheet: int = 1) -> EditsPage:
    """Return a page of the changes of the incidents that began in a month."""
    cards = edited_months(almanac)[year, number]
    url, title = f"/edits/{year}/{number:02}/", english.month(year, number)
    urls = pagination.page_urls(url, len(cards), PER_PAGE)
    return EditsPage(
        head=Head(
            title=pagination.numbered(f"Edits of incidents of {title}", sheet),
            path=urls[sheet - 1],
            section="incidents",
            description=f"Edits and deletions by providers in their posts on incidents of {title}.",
        ),
        title=f"Edits of incidents of {title}",
        stand=_stand(len(cards)),
        edited=_edited(almanac, pagination.on_page(cards, sheet, PER_PAGE), read),
        months=(),
        sheets=pagination.sheets(urls, sheet),
    )


def edit_pages(number: int) -> Iterator[tuple[int, str]]:
    """Return the number and the folder of each page on which the changes of so many incidents stand."""
    return pagination.pages(number, PER_PAGE)


def _edited(almanac: Snapshot, cards: Iterable[Card], read: Read) -> tuple[Edited, ...]:
    names = rows.names(almanac.providers)
    return tuple(
        Edited(
            Link(
                base.incident_url(card),
                f"{names.get(card.provider, card.provider)}: {base.name(card)}, {english.date(moment(card.started))}",
            ),
            all_edits(read(card)),
        )
        for card in cards
    )


def _year(months: Months, year: int) -> ArchiveLine:
    counts = {number: len(months.get((year, number), ())) for number in range(1, 13)}
    return ArchiveLine(
        str(year),
        "",
        tuple(
            Count(f"/edits/{year}/{n:02}/" if counts[n] else "", english.SHORT_MONTHS[n - 1], english.count(counts[n]))
            for n in range(1, 13)
        ),
    )

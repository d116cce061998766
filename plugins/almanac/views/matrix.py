"""Pairs as a matrix: which fail together, and what stands in for what; every cell is a link and says its state in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from almanac.stats.backups import BACKUP, NOT, UNKNOWN, Pair, Party, Share, part_of
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import measures
from almanac.views.base import Link
from almanac.views.pairs import compare_url, is_sufficient, lift_interval

TIED, APART, USE, DOUBTFUL, NO, NONE, SELF, BLANK = "tied", "apart", "use", "apart", "no", "none", "self", ""


class Cell(NamedTuple):
    """A pair in a matrix. `css` is its state, `words` says it to those who do not see it; the headings say whose it is."""

    css: str
    url: str = ""
    column: str = ""  # the heading, where a narrow page shows cells as a list
    figure: str = ""
    more: str = ""
    words: str = ""


class MatrixRow(NamedTuple):
    """A service and its pairs with those of the columns."""

    name: Link
    cells: tuple[Cell, ...]


class Matrix(NamedTuple):
    """Services by services."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


def triangle(all_pairs: Sequence[Pair], uses: Sequence[str]) -> Matrix | None:
    """Return each pair once, of all services of which some pair can be compared; None if there is no such pair."""
    members = _members(all_pairs, uses)
    by_pair = {frozenset((pair.first, pair.second)): pair for pair in all_pairs}
    rows = [
        MatrixRow(
            _link(row, members), tuple(_tie(by_pair.get(frozenset((row, column)))) for column in members[: at + 1])
        )
        for at, row in enumerate(members[1:])
    ]
    return Matrix(tuple(_link(column, members).text for column in members[:-1]), tuple(rows)) if rows else None


def square(all_pairs: Sequence[Pair], uses: Sequence[str]) -> Matrix | None:
    """Return what stands in for what: a row for who is down, a column for who might stand in."""
    every = _members(all_pairs, uses)
    members = [one for one in every if any(one.capabilities & other.capabilities for other in every if other != one)]
    by_pair = {frozenset((pair.first, pair.second)): pair for pair in all_pairs}

    def cell(row: Party, column: Party) -> Cell:
        if row == column:
            return Cell(SELF)
        backup = _backup(row, column, by_pair.get(frozenset((row, column))))
        return backup._replace(column=_link(column, members).text)

    rows = [MatrixRow(_link(row, members), tuple(cell(row, column) for column in members)) for row in members]
    return Matrix(tuple(_link(column, members).text for column in members), tuple(rows)) if rows else None


def _members(all_pairs: Sequence[Pair], uses: Sequence[str]) -> list[Party]:
    """Return the services of which some pair can be compared: what offers the same stands together, in the order of `uses`."""
    parties = dict.fromkeys(party for pair in all_pairs if is_sufficient(pair) for party in (pair.first, pair.second))
    return sorted(parties, key=lambda party: _place(party, uses))


def _place(party: Party, uses: Sequence[str]) -> tuple[int, str]:
    return min((uses.index(name) for name in party.capabilities if name in uses), default=len(uses)), _name(party)


def _name(party: Party) -> str:
    return party.record.provider.name


def _link(party: Party, members: Sequence[Party]) -> Link:
    """Return the provider of a service; with the product, where it has several here."""
    provider = measures.link(party.record.provider)
    has_others = sum(member.slug == party.slug for member in members) > 1
    return provider._replace(text=f"{provider.text}: {party.subject.name}") if has_others else provider


def _url(pair: Pair) -> str:
    return compare_url(pair.first.slug, pair.second.slug)


def _tie(pair: Pair | None) -> Cell:
    """Return a pair as it fails together, or not; the figure is the lift."""
    if pair is None:
        return Cell(BLANK)
    if pair.lacking or pair.lift is None:
        return Cell(NONE, _url(pair), more=_short(pair), words="No data:")
    is_tied = bool(pair.together and pair.together.significant)
    return Cell(
        TIED if is_tied else APART,
        _url(pair),
        figure=f"{pair.lift.value:.1f}",
        more=lift_interval(pair.lift) or ("too few weeks" if pair.both else "never"),
        words="Incidents start together: lift" if is_tied else "No link found: lift",
    )


def _short(pair: Pair) -> str:
    """Return in two or three words what a pair lacks."""
    if " days in common " in pair.lacking:
        return english.plural(pair.covered // DAY, "day")
    if " reported " in pair.lacking:
        return "few incidents"
    return "no end times" if "no end times" in pair.lacking else "no durations" if pair.lacking else "never down"


def _backup(row: Party, column: Party, pair: Pair | None) -> Cell:
    """Return whether `column` can stand in for `row`; the figure is how much of the time it was down, too."""
    part = part_of(pair, row) if pair else ""
    if pair is None or not part:
        return Cell(BLANK)
    chance = pair.chance_for(row)
    if part == UNKNOWN or chance is None:
        return Cell(NONE, _url(pair), more=_short(pair), words="No data:")
    share = english.percent(chance.value)
    if part == NOT:
        return Cell(NO, _url(pair), figure=share, more=_why_not(row, column, pair), words="No:")
    css, words = (USE, "Backup:") if part == BACKUP else (DOUBTFUL, "Uncertain:")
    return Cell(css, _url(pair), figure=share, more=_most(chance), words=words)


def _most(chance: Share) -> str:
    return f"up to {english.percent(chance.interval.high)}" if chance.interval else "too few weeks"


def _why_not(row: Party, column: Party, pair: Pair) -> str:
    """Return in two or three words what ties two services, seen from the first."""
    if column.slug in row.record.provider.built_on:
        return "it uses this"
    if row.slug in column.record.provider.built_on:
        return "built on it"
    if pair.shared:
        return "same models"
    return "fail together" if pair.falls else "too often down"

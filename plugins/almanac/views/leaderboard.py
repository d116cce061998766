"""The leaderboard of a period: shares and ranks with their uncertainty, what other formulas make of them, and the unranked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from almanac.model import Card, Provider, moment
from almanac.snapshot import Snapshot
from almanac.stats import ranking, windows
from almanac.stats.formulas import FORMULAS, Formula
from almanac.stats.ranking import Standing, Unranked
from almanac.stats.record import Record
from almanac.stats.selection import Left, is_machine
from almanac.stats.windows import Period
from almanac.text import english
from almanac.views import base, charts, measures, uses
from almanac.views.base import Head, Link
from almanac.views.charts import Estimate, Label
from almanac.views.measures import Records, ShareLine
from almanac.views.sharing import ChartLinks, share
from almanac.views.uses import Filter

STEPS = (5, 4, 3, 4, 5, 3, 7, 4, 3, 5)  # parts of the axis, by the tenths it spans: whole numbers stand at its lines
VERDICTS = {
    "better": "less incident time than before",
    "worse": "more incident time than before",
    "same": "no significant difference",
    "unknown": "not enough data for one of the two",
}


class UnrankedLine(NamedTuple):
    """A provider that has no rank, and why."""

    provider: Link
    why: str
    css: str = ""  # what it can do, for filters


class Board(NamedTuple):
    """A table of shares over one period; `grid` is the axis all its lines stand on."""

    period: str
    lines: tuple[ShareLine, ...]
    grid: tuple[Label, ...]
    groups: tuple[str, ...]  # providers that cannot be told apart
    unranked: tuple[UnrankedLine, ...]

    @property
    def cut(self) -> str:
        """Say where the axis begins, if that is not nothing."""
        first = self.grid[0].text if self.grid else ""
        return f"The axis starts at {first}." if first not in ("", "0%") else ""


class Weighed(NamedTuple):
    """A provider under each formula: share and place, and the places on a scale."""

    provider: Link
    cells: tuple[tuple[str, str], ...]  # share, place; parallel to FORMULAS
    places: Estimate
    span: str  # 1 to 4


class Weights(NamedTuple):
    """A formula in words: its name and what an hour rated none, degraded, partial and full weighs."""

    letter: str
    name: str
    text: str


class TrendLine(NamedTuple):
    """A provider against the period before."""

    provider: Link
    before: str
    now: str
    verdict: str


class Choice(NamedTuple):
    """A period to go to; `css` "on" is the one shown."""

    url: str
    name: str
    css: str


class RankedUse(NamedTuple):
    """Who is ranked among the providers that serve one use."""

    id: str
    use: str
    ranked: str  # with their ranks; "" for none
    others: str  # who is not; "" for none


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardPage:
    """The leaderboard of a period, at /leaderboard/<period>/; that of the period shown first also at /leaderboard/."""

    head: Head
    title: str
    stand: str
    board: Board | None
    machine: Board | None  # pages written by probes, ranked apart
    left_out: tuple[tuple[str, str], ...]  # how many incidents, and why they do not count
    formulas: tuple[Weights, ...] = ()
    weighed: tuple[Weighed, ...] = ()
    ordinals: tuple[Label, ...] = ()  # the axis of places
    before: str = ""  # the period trends compare with
    trends: tuple[TrendLine, ...] = ()
    choices: tuple[Choice, ...] = ()
    rows: tuple[Link, ...] = ()  # where the incidents stand that all this was counted from
    explain: str = ""  # what to ask for a derivation
    take: ChartLinks | None = None  # its chart as files
    filters: tuple[Filter, ...] = ()
    by_use: tuple[RankedUse, ...] = ()


def leaderboard(almanac: Snapshot, records: Records, period: Period | None = None) -> LeaderboardPage:
    """Return the leaderboard of a period; without one, of the newest in which enough providers are covered."""
    chosen = period or first_period(almanac, records)
    all_records = tuple(records.values())
    by_hand = _with_uses(almanac, _board(all_records, chosen, False)) if chosen else None
    by_machine = _with_uses(almanac, _board(all_records, chosen, True)) if chosen else None
    standings = _ranks(all_records, chosen, False).standings if chosen else ()
    title = "Providers ranked by incident-free time"
    rows = [*(line.css for line in by_hand.lines), *(line.css for line in by_hand.unranked)] if by_hand else []
    filters = uses.filters(almanac.project, rows)
    return LeaderboardPage(
        head=Head(
            title=f"{title}, {period.name}" if period else title,
            path=url(period) if period else "/leaderboard/",
            section="leaderboard",
            picture=f"{url(chosen)}{base.PICTURE}" if chosen else "",
            description=f"{english.sentence(almanac.project.of('providers'))} by the share of monitored time with no reported incident.",
        ),
        title=title,
        stand=_stand(by_hand, almanac.project.leaderboard_needs),
        board=by_hand,
        machine=by_machine if by_machine and (by_machine.lines or by_machine.unranked) else None,
        left_out=_left_out(records, chosen) if chosen else (),
        formulas=weights() if standings else (),
        weighed=tuple(_weighed(records, standing, len(standings)) for standing in standings),
        ordinals=_ordinals(len(standings)),
        before=_span(windows.before(chosen), all_records) if chosen else "",
        trends=_trends(records, standings, chosen) if chosen else (),
        choices=_choices(almanac, chosen),
        rows=_months(almanac, chosen) if chosen else (),
        explain=f"{standings[0].provider} {chosen.slug}" if chosen and standings else "",
        take=share(url(chosen), title, len(standings)) if chosen and standings else None,
        filters=filters,
        by_use=tuple(_ranked(each, by_hand) for each in filters if each.use and by_hand),
    )


def _ranked(choice: Filter, board: Board) -> RankedUse:
    """Return who is ranked of those that serve a use, and who is not."""
    ranked = [f"{line.provider.text} {line.rank}" for line in board.lines if choice.id in line.css.split()]
    others = [line.provider.text for line in board.unranked if choice.id in line.css.split()]
    return RankedUse(
        id=f"for-{choice.id}",
        use=english.sentence(choice.use),
        ranked=english.listing(ranked, len(ranked)) if ranked else "",
        others=english.listing(others, len(others)) if others else "",
    )


def url(period: Period) -> str:
    """Return the address of the leaderboard of a period."""
    return f"/leaderboard/{period.slug}/"


def periods(almanac: Snapshot) -> tuple[Period, ...]:
    """Return every period that has a leaderboard: those in which a page written by hand is covered."""
    now = measures.closed_at(almanac)
    by_hand = [almanac.pulls.get(p.slug) for p in almanac.providers if not is_machine(p)]
    return windows.periods(windows.union(s for pulls in by_hand if pulls for s in windows.coverage(pulls, now)), now)


def first_period(almanac: Snapshot, records: Records) -> Period | None:
    """Return the period that is shown first; None where no period qualifies."""
    needs = almanac.project.leaderboard_needs
    return ranking.shown_first(tuple(records.values()), measures.closed_at(almanac), needs)


def board(almanac: Snapshot, records: Records) -> Board | None:
    """Return the ranks of the period shown first; None where no period qualifies."""
    period = first_period(almanac, records)
    return _board(tuple(records.values()), period, False) if period else None


def boards(records: Records, period: Period) -> dict[str, ranking.Leaderboard]:
    """Return the ranks of a period by who writes the pages, hand or machine."""
    all_records = tuple(records.values())
    return {"hand": _ranks(all_records, period, False), "machine": _ranks(all_records, period, True)}


def trends(records: Records, period: Period) -> dict[str, str]:
    """Return how each ranked provider did against the period before, as VERDICTS name it, by its slug."""
    standings = _ranks(tuple(records.values()), period, False).standings
    ranked = tuple(records[standing.provider] for standing in standings)
    return {s.provider: trend.verdict for s, trend in zip(standings, _trends_of(ranked, period), strict=True)}


@lru_cache(maxsize=4)  # the page and the table of a period show the same
def _trends_of(records: tuple[Record, ...], period: Period) -> tuple[ranking.Trend, ...]:
    return ranking.trends(records, period)


@lru_cache(maxsize=4)  # home and leaderboard show the same board, which takes a bootstrap
def _ranks(records: tuple[Record, ...], period: Period, machine: bool) -> ranking.Leaderboard:
    return ranking.leaderboard(records, period, machine=machine)


def _board(records: tuple[Record, ...], period: Period, machine: bool) -> Board:
    by_slug = {record.provider.slug: record for record in records}
    providers = {slug: record.provider for slug, record in by_slug.items()}
    ranks = _ranks(records, period, machine)
    floor = measures.floor_of(standing.measure for standing in ranks.standings)
    return Board(
        period=_span(period, records),
        lines=tuple(measures.share(by_slug[s.provider], s, floor) for s in ranks.standings),
        grid=charts.grid(floor, STEPS[round((1 - floor) * 10) - 1]),
        groups=tuple(english.listing([providers[slug].name for slug in group]) for group in ranks.groups),
        unranked=tuple(_unranked(entry, providers) for entry in ranks.unranked),
    )


def _with_uses(almanac: Snapshot, board: Board) -> Board:
    """Return a board whose lines say what each provider can do."""
    css = {measures.link(provider): uses.classes(almanac.project, provider) for provider in almanac.providers}
    return board._replace(
        lines=tuple(line._replace(css=css[line.provider]) for line in board.lines),
        unranked=tuple(line._replace(css=css[line.provider]) for line in board.unranked),
    )


def _unranked(entry: Unranked, providers: Mapping[str, Provider]) -> UnrankedLine:
    below = english.listing([providers[slug].name for slug in entry.below])
    why = f"{entry.why}; even at its best significantly worse than {below}" if below else entry.why
    return UnrankedLine(measures.link(providers[entry.provider]), why)


def _span(period: Period, records: Sequence[Record]) -> str:
    """Return the days of a period, as far as they have passed."""
    return english.period(moment(period.since), moment(max(min(period.until, records[0].now) - 1, period.since)))


def _stand(board: Board | None, needs: int) -> str:
    if board is None:
        return f"Not enough data yet to compare {english.spelled(needs)} providers."
    if not board.lines:
        return f"{english.sentence(board.period)}: no provider can be ranked."
    first = board.groups[0] if board.groups else ""
    tie = f"{first} are statistically tied for first. " if " and " in first else ""
    return f"{tie}{english.plural(len(board.lines), 'provider')}, {board.period}, ranks with uncertainty."


def _left_out(records: Records, period: Period) -> tuple[tuple[str, str], ...]:
    """Return how many incidents that started in the period do not count, for each reason."""
    counts: Counter[str] = Counter()
    for left_out in (record.selection.left_out for record in records.values()):  # sorted by start
        since, until = (bisect_left(left_out, at, key=_start) for at in (period.since, period.until))
        counts.update(left.why for left in left_out[since:until])
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((english.count(number), why) for why, number in ordered)


def _start(left: Left) -> int:
    return left.card.started


def weights() -> tuple[Weights, ...]:
    """Return the formulas in words, parallel to FORMULAS."""
    return tuple(map(_weights, "ABCDEFG", FORMULAS))


def _weights(letter: str, formula: Formula) -> Weights:
    text = " · ".join(f"{weight:g}" for weight in formula.weights)
    return Weights(letter, formula.name, text)


def _weighed(records: Records, standing: Standing, count: int) -> Weighed:
    first, last = min(standing.places), max(standing.places)
    provider = records[standing.provider].provider
    label = f"{provider.name}: place {standing.places[0]} under A, {_to(first, last)} under all seven"
    return Weighed(
        provider=measures.link(provider),
        cells=tuple(
            (english.percents(*bounds), english.ordinal(place))
            for bounds, place in zip(standing.measure.formulas, standing.places, strict=True)
        ),
        places=charts.spot(standing.places[0], first, last, 1, max(count, 2), label),
        span=_to(first, last),
    )


def _to(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _ordinals(count: int) -> tuple[Label, ...]:
    return charts.axis([(1, english.ordinal(1)), (count, english.ordinal(count))], 1, count) if count > 1 else ()


def _trends(records: Records, standings: Sequence[Standing], period: Period) -> tuple[TrendLine, ...]:
    ranked = tuple(records[standing.provider] for standing in standings)
    return tuple(
        TrendLine(
            provider=measures.link(record.provider),
            before=measures.share_text(trend.earlier),
            now=measures.share_text(standing.measure),
            verdict=VERDICTS[trend.verdict],
        )
        for record, standing, trend in zip(ranked, standings, _trends_of(ranked, period), strict=True)
    )


def _choices(almanac: Snapshot, chosen: Period | None) -> tuple[Choice, ...]:
    return tuple(Choice(url(p), p.name, "on" if p == chosen else "") for p in periods(almanac))


def _months(almanac: Snapshot, period: Period) -> tuple[Link, ...]:
    """Return the pages that list the incidents of a period; for a period of over a year, the list of all months."""
    days = {card.started // windows.DAY for card in _started(almanac, period)}
    touched = sorted({_month(day * windows.DAY) for day in days})
    if len(touched) > 12:
        return (Link("/incidents/", f"the incidents of {english.plural(len(touched), 'month')}"),)
    return tuple(Link(base.month_url(*month), english.month(*month)) for month in touched)


def _started(almanac: Snapshot, period: Period) -> Iterable[Card]:
    for cards in almanac.cards.values():  # newest first
        since, until = (bisect_right(cards, -at, key=lambda card: -card.started) for at in (period.since, period.until))
        yield from cards[until:since]


def _month(at: int) -> tuple[int, int]:
    when = moment(at)
    return when.year, when.month

"""The worked example is what the archive holds, row by row."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from almanac.snapshot.load import load
from almanac.stats.availability import measure, started
from almanac.stats.record import Record
from almanac.stats.windows import quarter
from almanac.views import measures

CONTENT = Path(__file__).resolve().parents[2] / "content"
EXAMPLE = (CONTENT / "pages/worked-example.md").read_text(encoding="utf-8")
PERIOD = quarter(2026, 2)
ROW = re.compile(r"^\| (\d+ \w+), ([\d:]+) \| (.+) \| (\w+) \|$", re.MULTILINE)


def jetbrains() -> Record:
    return measures.records(load(CONTENT, datetime(2026, 10, 2, tzinfo=UTC)))["jetbrains-ai"]


def length(text: str) -> int:
    """Return the seconds of a length in words; 0 where it is not known."""
    units = {"h": 3600, "min": 60, "s": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+) (h|min|s)\b", text))


def test_its_rows_are_the_counted_incidents_of_the_quarter() -> None:
    cards = started(jetbrains(), PERIOD)
    rows = [(f"{day}, {clock}", length(text)) for day, clock, text, _ in ROW.findall(EXAMPLE)]
    starts = [datetime.fromtimestamp(card.started, UTC) for card in cards]
    assert rows == [
        (
            f"{at.day} {at:%B}, {at:%H:%M}"
            + (f":{at:%S}" if at.second else ":00" if card.ended != card.started else ""),
            end,
        )
        for card, at in zip(cards, starts, strict=True)
        for end in [(card.ended or 0) - card.started]
    ]


def test_its_results_are_those_of_the_site() -> None:
    figures = measure(jetbrains(), PERIOD)
    share, statuspage = figures.formulas[:2]
    assert f"{share.low:.1%} to {share.high:.1%}" == "98.4% to 99.4%"
    assert f"{share.high:.6f}" == f"{1 - 46_750 / 7_862_400:.6f}"
    assert f"{statuspage.low:.6f}" == f"{1 - (0.3 * 391 + 2693) / 7_862_400:.6f}"
    assert (figures.durations.median, figures.durations.p90, figures.durations.n) == (37 * 60 + 27, None, 9)
    assert (figures.interval, figures.refusal) == (None, "one incident is more than half of all incident time")
    for said in ("98.4% to 99.4%", "99.96%", "37 min 27 s", "3.3 incidents", "46,750 s", "29,040 s"):
        assert said in EXAMPLE

"""The geometry of the charts, decided before anything is drawn."""

from __future__ import annotations

import pathlib
import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.model import Stretch, seconds, unstamp
from almanac.text import english
from almanac.views import charts
from almanac.views.charts import CLEAR, CRITICAL, MAJOR, MINOR, TO_COME, UNKNOWN, UNSAID, Block, Label, Path, Scale

WORDS = st.sampled_from([CLEAR, MINOR, MAJOR, CRITICAL, UNSAID, UNKNOWN, TO_COME])
DAY = english.DAY
ROOT = pathlib.Path(__file__).resolve().parents[2]


def at(text: str) -> int:
    return seconds(unstamp(text))


def test_days_are_tallied_in_the_order_of_severity_and_what_is_to_come_is_not() -> None:
    days = [MAJOR, UNKNOWN, CLEAR, UNSAID, MAJOR, CRITICAL, CLEAR, TO_COME]
    assert charts.tally(days) == "2 days clear, 1 with severity not given, 2 major, 1 critical, 1 unknown"
    assert charts.tally([CLEAR]) == "1 day clear"
    assert charts.tally([]) == ""


def test_a_month_of_bars_is_one_path_a_severity_and_a_hatched_block_a_gap() -> None:
    days = [CLEAR, CLEAR, MINOR, UNKNOWN, UNKNOWN, CRITICAL, CLEAR, MAJOR, UNSAID, MINOR]
    assert charts.bars(days, "Claude") == charts.Bars(
        "0 0 50 24",
        (
            Path("s-ok", "M0 23h14m11 0h14m6 0h4"),
            Path("s-unsaid", "M40 20h4"),
            Path("s-minor", "M10 20h4m31 0h4"),
            Path("s-major", "M35 16h4"),
            Path("s-critical", "M25 12h4"),
        ),
        (Block("f-unknown", "30%", "20%"),),
        "Claude: 3 days clear, 1 with severity not given, 2 minor, 1 major, 1 critical, 2 unknown",
    )


def test_a_short_month_leaves_room_at_the_right() -> None:
    drawn = charts.bars([UNKNOWN] * 28, "February", slots=31)
    assert (drawn.box, drawn.blocks) == ("0 0 155 24", (Block("f-unknown", "0%", "90.32%"),))


@given(st.lists(WORDS, min_size=1, max_size=40))
def test_every_day_is_drawn_once_in_its_place(days: list[str]) -> None:
    drawn = charts.bars(days, "")
    width = charts.STEP * len(days)
    found = [TO_COME] * len(days)
    for path in drawn.paths:
        end = 0
        for move, x, span in re.findall(r"([Mm])(\d+) \d+h(\d+)", path.d):
            begin = int(x) if move == "M" else end + int(x)
            end = begin + int(span)
            for day in range(begin // charts.STEP, (end + charts.STEP - charts.BAR) // charts.STEP):
                assert found[day] in ((TO_COME,) if path.css == "s-unsaid" else (TO_COME, CLEAR))
                found[day] = path.css.removeprefix("s-")
    for block in drawn.blocks:
        first = round(float(block.x[:-1]) / 100 * width / charts.STEP)
        for day in range(first, first + round(float(block.width[:-1]) / 100 * width / charts.STEP)):
            assert found[day] == TO_COME
            found[day] = UNKNOWN
    assert found == days


def test_worse_days_are_taller() -> None:
    tall = [charts.STROKE[sort] for sort in (CLEAR, MINOR, MAJOR, CRITICAL)]
    assert tall == sorted(set(tall))


def test_a_bar_stands_on_the_floor_and_the_sheet_draws_it_as_thick_as_it_is_meant() -> None:
    sheet = (ROOT / "theme/static/records.css").read_text()
    for sort, thick in charts.STROKE.items():
        (path,) = charts.bars([sort], "").paths
        assert path.d == f"M0 {charts.TALL - thick // 2}h4"
        assert re.search(rf"\.bars \.s-{sort}[^{{]*{{[^}}]*stroke-width: {thick};", sheet), sort


def test_months_are_named_beside_their_first_day() -> None:
    assert charts.months_on(datetime(2026, 4, 2, tzinfo=UTC), 90) == (
        Label("0%", f"from 2{english.GAP}Apr", css="w"),
        Label("32.22%", "May 2026"),
        Label("66.67%", "Jun 2026"),
    )


def test_a_month_that_begins_at_the_end_is_named_to_the_left_of_its_line() -> None:
    labels = charts.months_on(datetime(2025, 12, 3, tzinfo=UTC), 90)
    assert labels[-1] == Label("97.78%", "Mar 2026", "end", "w")


def test_days_within_one_month_say_where_they_begin() -> None:
    assert charts.months_on(datetime(2026, 4, 2, tzinfo=UTC), 20) == (Label("0%", f"from 2{english.GAP}Apr"),)


def test_an_early_first_of_a_month_leaves_no_room_for_the_first_day() -> None:
    assert charts.months_on(datetime(2026, 4, 28, tzinfo=UTC), 30) == (Label("10%", "May 2026"),)


def test_a_share_stands_on_its_axis_with_its_interval() -> None:
    assert charts.estimate(0.85, 0.75, 0.9, 0.7) == charts.Estimate(
        "50%", "16.67%", "66.67%", "85.0%, interval 75.0% to 90.0%"
    )


def test_a_share_without_an_interval_is_a_dot_alone() -> None:
    assert charts.estimate(1.0, None, None, 0.9) == charts.Estimate("100%", "", "", "100%")


def test_what_lies_below_the_axis_stands_on_its_edge() -> None:
    assert charts.estimate(0.5, 0.4, 0.95, 0.9)[:3] == ("0%", "0%", "50%")


def test_an_axis_keeps_its_end_labels_on_a_narrow_page() -> None:
    assert charts.grid(0.9, 2) == (
        Label("0%", "90%", "start"),
        Label("50%", "95%", "middle", "w"),
        Label("100%", "100%", "end"),
    )


def test_lengths_fall_into_classes_that_double() -> None:
    minutes = [0, 4, 5, 9, 10, 39, 40, 639, 640, 10_000]
    drawn = charts.histogram([60 * m for m in minutes])
    assert [column.text for column in drawn.columns] == ["2", "2", "1", "1", "1", "", "", "1", "2"]
    assert drawn.label.replace(english.GAP, " ").startswith("Lengths of 10 incidents: under 5 min 2, from 5 min 2,")


def test_the_fullest_class_is_as_high_as_the_chart_and_the_others_in_proportion() -> None:
    first, second, *_ = charts.histogram([0, 0, 0, 0, 360]).columns
    assert first == charts.Column("0.4%", "5.56%", "10.31%", "16.0", "100.0", "4", "11.0")
    assert (second.y, second.height, second.text_y) == ("91.0", "25.0", "86.0")


def test_no_lengths_make_an_empty_chart() -> None:
    drawn = charts.histogram([])
    assert {(column.height, column.text) for column in drawn.columns} == {("0.0", "")}


def test_the_limits_of_the_classes_stand_between_them() -> None:
    labels = [(label.x, label.text.replace(english.GAP, " "), label.css) for label in charts.histogram([60]).limits]
    assert labels[:5] == [
        ("11.11%", "5 min", ""),
        ("22.22%", "10 min", "w"),
        ("33.33%", "20 min", ""),
        ("44.44%", "40 min", "w"),
        ("55.56%", "1 h 20", ""),
    ]


def test_a_scale_begins_and_ends_on_whole_ticks() -> None:
    view = Stretch(at("2026-03-02T10:50:00Z"), at("2026-03-02T21:47:09Z"))
    assert charts.scale_of(view) == Scale(at("2026-03-02T10:00:00Z"), at("2026-03-02T22:00:00Z"), 7200)


@pytest.mark.parametrize(
    ("span", "tick"),
    [(1, 600), (5400, 600), (5401, 1800), (9 * 3600, 3600), (9 * DAY, DAY), (900 * DAY, 100 * DAY)],
)
def test_a_scale_has_no_more_than_nine_ticks(span: int, tick: int) -> None:
    assert charts.tick_of(span) == tick


@given(st.integers(0, 2 * 10**9), st.integers(1, 10**8))
def test_a_scale_holds_its_view_and_few_lines(since: int, span: int) -> None:
    scale = charts.scale_of(Stretch(since, since + span))
    labels = charts.ticks(scale)
    assert scale.since <= since
    assert scale.until >= since + span
    assert 2 <= len(labels) <= charts.MOST_TICKS + 2
    places = [float(label.x[:-1]) for label in labels]
    assert places == sorted(places)
    assert (labels[0].x, labels[-1].x) == ("0%", "100%")
    assert max(b - a for a, b in pairwise(places)) - min(b - a for a, b in pairwise(places)) < 0.02


def test_ticks_say_the_hour_and_at_midnight_the_date() -> None:
    scale = Scale(at("2026-03-02T22:00:00Z"), at("2026-03-03T02:00:00Z"), 3600)
    assert charts.ticks(scale, "99") == (
        Label("0%", "22:00", "start", "", "99"),
        Label("25.00%", "23:00", "middle", "w", "99"),
        Label("50.00%", f"3{english.GAP}Mar", "middle", "w", "99"),
        Label("75.00%", "01:00", "middle", "", "99"),
        Label("100%", "02:00", "end", "w", "99"),
    )


def test_what_lies_outside_a_scale_is_cut_at_its_edges_and_what_is_short_stays_visible() -> None:
    scale = Scale(1000, 2000, 100)
    assert [scale.x(moment) for moment in (0, 1000, 1250, 2000, 9000)] == ["0%", "0%", "25.00%", "100%", "100%"]
    assert [scale.width(*ends) for ends in ((0, 1500), (1900, 5000), (1500, 1500))] == ["50.00%", "10.00%", "0.20%"]

"""What the pages of numbers say: leaderboards, backups, the scorecard, one provider's numbers, the outlook."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from almanac import views
from almanac.exports import tables
from almanac.model import Barrier, Component, Impact, Incident, Provider, Pulls, Scope, Span, moment, seconds
from almanac.snapshot import Snapshot
from almanac.stats.backtest import Bin, Score
from almanac.stats.issued import Issued
from almanac.stats.reporting import Reported
from almanac.stats.scorecard import Scorecard, ScoreRow
from almanac.stats.windows import quarter
from almanac.text import english
from almanac.views import charts
from almanac.views.base import Link, Time
from almanac.views.home import HomePage
from almanac.views.leaderboard import LeaderboardPage
from almanac.views.numbers import Numbers
from almanac.views.pairs import able
from tests.support import forecasts
from tests.support.almanacs import BEGINNING, CLAUDE, GROQ, PROJECT, TOGETHER, almanac, at, carded, incident, pulls
from tests.unit.test_views import plain, six

# Leaderboards


def q4() -> LeaderboardPage:
    known = six()
    return views.leaderboard(known, views.closed(known), quarter(2025, 4))


def test_a_period_has_a_page_of_its_own() -> None:
    page = q4()
    assert page.board is not None
    assert (page.head.path, plain(page.board.period)) == ("/leaderboard/2025-q4/", "1 October to 31 December 2025")
    assert page.head.title == "Providers ranked by incident-free time, Q4 2025"
    assert page.before == english.period(at("2025-07-01 00:00"), at("2025-09-30 23:59"))


def test_only_covered_periods_have_pages_newest_first() -> None:
    known = six()
    assert [period.slug for period in views.periods(known)] == [
        "30-days",
        "90-days",
        "365-days",
        "2026-q1",
        "2025-q4",
        "2025-q3",
        "2026",
        "2025",
        "all",
    ]
    assert [(choice.url, choice.css) for choice in q4().choices][3:5] == [
        ("/leaderboard/2026-q1/", ""),
        ("/leaderboard/2025-q4/", "on"),
    ]


def test_pages_written_by_probes_alone_make_no_period() -> None:
    assert views.periods(almanac(providers=(TOGETHER,))) == ()


def test_each_provider_stands_under_every_formula_with_its_place() -> None:
    page = q4()
    assert [weights.letter for weights in page.formulas] == list("ABCDEFG")
    assert (page.formulas[1].name, page.formulas[1].text) == ("Statuspage", "0 · 0 · 0.3 · 1")
    last = page.weighed[-1]
    # Thirteen major incidents of 6 hours in 92 days: 78 of 2208 hours, weighed 1 or 0.3.
    assert last.provider == Link("/providers/p5/", "P5")
    assert [plain(share) for share, _ in last.cells][:2] == ["96.5%", "98.9%"]
    assert [place for _, place in last.cells] == ["6th"] * 7
    assert (last.span, last.places.dot) == ("6", "100%")


def test_the_trend_is_told_in_words_or_why_not() -> None:
    trends = {trend.provider.text: trend for trend in q4().trends}
    assert trends["P5"].verdict == "not enough data for one of the two"
    assert plain(trends["P5"].now) == "96.5%"


def test_a_leaderboard_names_the_rows_it_was_made_from_and_how_to_derive_it() -> None:
    page = q4()
    assert [row.url for row in page.rows] == ["/incidents/2025/10/", "/incidents/2025/11/", "/incidents/2025/12/"]
    assert page.explain == "p0 2025-q4"


def test_what_is_measured_ends_at_the_last_midnight() -> None:
    today = incident("today", "02 09:00", "02 10:00", provider="p0")
    known = six()
    with_today = replace(known, cards={**known.cards, "p0": (carded(today), *known.cards["p0"])})
    period = quarter(2026, 1)
    pages = [views.leaderboard(views.whole_days(each), views.closed(each), period) for each in (known, with_today)]
    assert pages[0] == pages[1]
    assert views.closed_at(known) == seconds(at("01 23:59:59"))


# Backups

CHATTY = replace(CLAUDE, capabilities=("chat",))
SPARE = replace(GROQ, capabilities=("chat",))
ROBOT = replace(GROQ, slug="robot", name="Robot", capabilities=("speech",))
LEANING = replace(GROQ, slug="leaning", name="Leaning", capabilities=("chat",), built_on=("anthropic",))


def weekly(provider: Provider, day: int, hours: int = 4) -> list[Incident]:
    """One incident a week, September to February, each week on another day, in an order of its own for each `day`."""
    days = [BEGINNING + timedelta(weeks=week, days=(day + week * week) % 7) for week in range(25)]
    return [
        incident(
            f"{provider.slug}-{week}",
            f"{on:%Y-%m-%d} 08:00",
            f"{on:%Y-%m-%d} {8 + hours:02}:00",
            provider=provider.slug,
        )
        for week, on in enumerate(days)
    ]


def world(*providers: tuple[Provider, int]) -> Snapshot:
    found = [one for provider, day in providers for one in weekly(provider, day)]
    return almanac(found, providers=tuple(provider for provider, _ in providers))


HOUR = timedelta(hours=1)


def test_what_never_falls_with_it_and_does_the_same_is_named_with_the_reason() -> None:
    known = world((CHATTY, 0), (SPARE, 3), (ROBOT, 5))
    advice = views.advice(views.closed(known), PROJECT)["anthropic"]
    ((best),) = advice.best
    assert best.provider == Link("/providers/groq/", "Groq")
    assert plain(best.reason).startswith("also down 0% of the time Claude was down, at most ")
    assert plain(best.reason).endswith("; in common: Chat; 182 shared days")


def test_what_is_built_on_it_is_no_backup() -> None:
    known = world((CHATTY, 0), (LEANING, 3))
    advice = views.advice(views.closed(known))["anthropic"]
    assert (advice.best, [plain(one.reason) for one in advice.falling]) == (
        (),
        ["uses Claude; also down 0% of the time Claude was down"],
    )


def test_what_needs_the_same_maker_is_no_backup_and_the_maker_is_named() -> None:
    one = replace(SPARE, built_on=("anthropic",), shares=("anthropic",))
    two = replace(LEANING, shares=("anthropic",))
    advice = views.advice(views.closed(world((CHATTY, 0), (one, 3), (two, 5))))
    assert [plain(line.reason) for line in advice["groq"].falling] == [
        "Groq uses it; also down 0% of the time Groq was down",
        "both need Claude; also down 0% of the time Groq was down",
    ]
    assert advice["groq"].best == ()


def test_who_sells_a_model_and_who_makes_it_name_each_other_unless_its_page_is_closed() -> None:
    seller = replace(SPARE, same_model=("anthropic",))
    known = world((CHATTY, 0), (seller, 3), (ROBOT, 5))
    advice = views.advice(views.closed(known))
    assert {slug: [link.text for link in one.elsewhere] for slug, one in advice.items()} == {
        "anthropic": ["Groq"],
        "groq": [],
        "robot": [],
    }
    assert [link.text for link in advice["groq"].makers] == ["Claude"]
    gone = replace(seller, closed=Barrier(since=date(2026, 1, 1), why="Gone.", instead="Ask."))
    shut = views.advice(views.closed(world((CHATTY, 0), (gone, 3))))["anthropic"]
    assert (shut.elsewhere, shut.best) == ((), ())


def test_a_short_record_is_said_not_to_suffice() -> None:
    known = world((CHATTY, 0), (SPARE, 3))
    short = replace(known, pulls={**known.pulls, "groq": pulls("groq", since=at("2026-02-01 00:00"))})
    page = views.backups(views.closed(short), "providers", project=PROJECT)
    assert page.family.lines == ()
    assert [(plain(n), why) for n, why in page.family.lacking] == [("1 pair", "fewer than 13 weeks of data in common")]
    advice = views.advice(views.closed(short))["anthropic"]
    assert (
        plain(advice.lacking) == "Not enough data: at most 29 days in common with any comparable provider (91 needed)."
    )


@pytest.mark.parametrize(
    ("starts", "stand"),
    [
        ((), "There are no pairs to compare."),
        ((0,), "There are no pairs to compare."),
        ((0, 3), "The only pair has enough data to compare. It does not show a significant link."),
        (
            (0, 0),
            (
                "The only pair has enough data to compare. In it, incidents start at the same time more often "
                "than chance would explain."
            ),
        ),
        ((0, 2, 4), "All 3 pairs have enough data to compare. None shows a significant link."),
    ],
)
def test_it_is_said_how_many_pairs_can_be_compared_and_in_how_many_incidents_start_together(
    starts: tuple[int, ...], stand: str
) -> None:
    providers = [replace(CHATTY, slug=f"p{n}", name=f"P{n}") for n in range(len(starts))]
    page = views.backups(views.closed(world(*zip(providers, starts, strict=True))), project=PROJECT)
    assert plain(page.stand) == stand


@pytest.mark.parametrize(
    ("short", "stand"),
    [
        ((0, 1), "None of 3 pairs has enough data to compare."),
        ((0,), "Only 1 of 3 pairs has enough data to compare. It does not show a significant link."),
    ],
)
def test_pairs_without_enough_data_are_counted(short: tuple[int, ...], stand: str) -> None:
    providers = [replace(CHATTY, slug=f"p{n}", name=f"P{n}") for n in range(3)]
    known = world(*((provider, 2 * n) for n, provider in enumerate(providers)))
    late = {f"p{n}": pulls(f"p{n}", since=at("2026-02-01 00:00")) for n in short}
    page = views.backups(views.closed(replace(known, pulls={**known.pulls, **late})), project=PROJECT)
    assert plain(page.stand) == stand


def test_a_pair_is_told_with_lift_test_and_shared_days() -> None:
    page = views.backups(views.closed(world((CHATTY, 0), (SPARE, 0))), "providers", project=PROJECT)
    (line,) = page.family.lines
    # Both in trouble for the same 4 of every 168 hours, the last of 28 days each having a few more or less.
    assert (plain(line.forth), plain(line.back), line.covered) == ("100%", "100%", "182")
    assert float(line.lift) == pytest.approx(168 / 4, abs=1.5)
    assert line.significant
    assert plain(page.stand).endswith("In it, incidents start at the same time more often than chance would explain.")


def test_the_matrix_of_backups_has_a_state_and_a_reason_in_every_cell_and_nobody_without_a_rival() -> None:
    """Rows are who is down, columns who might stand in."""
    page = views.backups(views.closed(world((CHATTY, 0), (SPARE, 3), (LEANING, 0), (ROBOT, 5))), project=PROJECT)
    assert page.matrix is not None
    assert page.matrix.columns == ("Claude", "Groq", "Leaning")
    itself, backup = ("self", "", ""), ("use", "0%", "up to 8.8%")
    assert {
        row.name.text: [(cell.css, plain(cell.figure), plain(cell.more)) for cell in row.cells]
        for row in page.matrix.rows
    } == {
        "Claude": [itself, backup, ("no", "100%", "built on it")],
        "Groq": [backup, itself, backup],
        "Leaning": [("no", "100%", "it uses this"), backup, itself],
    }
    assert page.matrix.rows[0].cells[2].words == "No:"


def test_a_cell_says_of_a_backup_what_the_table_says() -> None:
    often = replace(SPARE, slug="often", name="Often")
    late = [
        replace(one, started=one.started + 2 * HOUR, ended=one.ended and one.ended + 2 * HOUR, updates=())
        for one in weekly(often, 0)
    ]
    others = [one for provider, day in ((CHATTY, 0), (SPARE, 3), (LEANING, 0)) for one in weekly(provider, day)]
    everything = views.closed(almanac([*others, *late], providers=(CHATTY, SPARE, LEANING, often)))
    matrix = views.backups(everything, "chat", project=PROJECT).matrix
    assert matrix is not None
    cells = {(row.name.text, cell.column): cell.words for row in matrix.rows for cell in row.cells if cell.url}
    names = {record.provider.slug: record.provider.name for record in everything.values()}
    words = {"backup": "Backup:", "unsure": "Uncertain:", "not": "No:", "unknown": "No data:"}
    table = [
        (names[row[1]], names[row[3]], words[row[-2]], words[row[-1]])
        for row in tables.backup_rows("chat", able(tuple(everything.values()), "chat"))
    ]
    assert len(table) == 6
    assert [(one, two, cells[one, two], cells[two, one]) for one, two, *_ in table] == table
    assert cells["Claude", "Often"] == "No:"  # down in half of its time, though they never start together


def test_the_pairs_that_report_the_most_are_examples() -> None:
    known = world((CHATTY, 0), (SPARE, 0), (ROBOT, 5))
    fewer = replace(known, cards={**known.cards, "groq": known.cards["groq"][:20]})
    examples = views.comparisons(fewer, views.closed(fewer)).examples
    assert (len(examples), examples[0]) == (3, Link("/compare/anthropic/robot/", "Claude and Robot"))


def test_the_matrix_of_comparisons_has_each_pair_once() -> None:
    known = world((CHATTY, 0), (SPARE, 0), (ROBOT, 5))
    matrix = views.comparisons(known, views.closed(known)).matrix
    assert matrix is not None
    assert (matrix.columns, [(row.name.text, [(c.css, c.url) for c in row.cells]) for row in matrix.rows]) == (
        ("Claude", "Groq"),
        [
            ("Groq", [("tied", "/compare/anthropic/groq/")]),
            ("Robot", [("apart", "/compare/anthropic/robot/"), ("apart", "/compare/groq/robot/")]),
        ],
    )


def test_the_first_finding_names_the_safest_backups_and_how_often_they_were_down() -> None:
    page = views.backups(views.closed(world((CHATTY, 0), (SPARE, 3), (ROBOT, 5))), project=PROJECT)
    assert page.title == "When Claude is down, Groq is usually up"
    assert plain(page.finding) == (
        "It was down for 0% of Claude’s incident time (90% interval up to 8.8%). For Groq it is Claude (up to 8.8%)."
    )


def test_a_backup_that_may_be_down_for_more_than_a_quarter_of_the_time_is_not_advised() -> None:
    few = replace(SPARE, slug="few", name="Few")
    found = [*weekly(CHATTY, 0), *weekly(few, 3)][::4]
    advice = views.advice(views.closed(almanac(found, providers=(CHATTY, few))))["anthropic"]
    assert (advice.best, plain(advice.lacking)) == (
        (),
        "None can be recommended: Few may be down for more than 25% of that time; there is too little data to say.",
    )


def test_the_first_page_lists_only_pairs_found_to_start_together() -> None:
    apart = views.backups(views.closed(world((CHATTY, 0), (SPARE, 3))), project=PROJECT)
    together = views.backups(views.closed(world((CHATTY, 0), (SPARE, 0))), project=PROJECT)
    assert (len(apart.family.lines), len(together.family.lines)) == (0, 1)


def test_a_provider_that_was_never_down_is_given_that_reason_and_no_empty_one() -> None:
    quiet = replace(SPARE, slug="quiet", name="Quiet")
    known = almanac(weekly(CHATTY, 0), providers=(CHATTY, quiet))
    advice = views.advice(views.closed(known))
    assert plain(advice["quiet"].lacking) == "Not enough data: Quiet reported 0 incidents in that time (5 needed)."


def test_who_is_down_too_often_at_the_same_time_is_named_as_no_backup() -> None:
    twin = replace(SPARE, slug="twin", name="Twin")
    found = [*weekly(CHATTY, 0), *(replace(one, id=f"t{one.id}") for one in weekly(twin, 0, 2))]
    advice = views.advice(views.closed(almanac(found, providers=(CHATTY, twin))))["anthropic"]
    assert (advice.best, [one.provider.text for one in advice.falling]) == ((), ["Twin"])
    assert advice.lacking.startswith("None of those that offer the same: they tend to fail with it")


# The scorecard

SCORE = Score(n=200, refused=3, compared=200, loss=1.5, plain=2.0, press=3.0, within_50=98, within_80=160, factor=17.2)


def scored(*rows: ScoreRow) -> Snapshot:
    card = Scorecard(
        run_at=seconds(at("01 00:00")),
        until=seconds(at("2026-02-20 00:00")),
        incidents=300,
        record="ab12",
        trials=900,
        rows=rows,
        reliability=((60, (Bin(0.25, 0.5, 100), Bin(0.75, 0.75, 25))),),
        calibration=(),
    )
    return replace(almanac([incident("late", "2026-02-25 10:00", "2026-02-25 11:00")]), scorecard=card)


def test_the_scorecard_says_how_often_it_held_and_against_what_it_is_better() -> None:
    page = views.forecast(scored(ScoreRow("all", "", 30, SCORE), ScoreRow("all", "anthropic", 30, SCORE)), {})
    (line,) = page.pooled
    assert (plain(line.elapsed), line.n) == ("30 min", "200")
    assert (plain(line.within_50), plain(line.within_80)) == ("49%", "80.0%")
    assert (line.loss, plain(line.below_plain), plain(line.below_press)) == ("1.50", "25.0% less", "50.0% less")
    assert line.estimate.dot == "60%"  # 80 on an axis from 50 to 100
    assert (page.providers[0].name, page.providers[0].link) == ("Claude", "/providers/anthropic/")
    assert plain(page.stand) == (
        "Half an hour into an incident, the 80% range was right in 80% of 200 cases, with 25.0% less error than a "
        "forecast from past durations alone."
    )


@pytest.mark.parametrize(("scope", "name"), [(None, "Claude"), (Scope(), "Claude (whole status page)")])
def test_the_scorecard_names_a_shared_page_as_a_whole(scope: Scope | None, name: str) -> None:
    known = scored(ScoreRow("all", "", 30, SCORE), ScoreRow("all", "anthropic", 30, SCORE))
    page = views.forecast(replace(known, providers=(replace(CLAUDE, scope=scope), GROQ)), {})
    assert [line.name for line in page.providers] == [name]


def test_the_scorecard_says_how_wide_the_ranges_are() -> None:
    rows = [
        ScoreRow("all", "", minutes, SCORE._replace(factor=factor))
        for minutes, factor in ((0, 17.2), (30, 32.4), (60, 54.0))
    ]
    assert plain(views.forecast(scored(*rows), {}).width) == (
        "The ranges are wide: their upper end is 17 times the lower at the start (median), 32 times after 30 min "
        "and 54 times after 1 h."
    )
    assert views.forecast(scored(rows[1]), {}).width == ""


def test_the_scorecard_says_what_it_was_made_from_and_what_came_since() -> None:
    page = views.forecast(scored(ScoreRow("all", "", 30, SCORE)), {})
    assert plain(page.basis) == (
        "Scored on 1 March 2026: 900 forecasts of 300 incidents, the last of which ended on 20 February 2026, 00:00 UTC. "
        "Not included yet: 1 incident that ended since. Data version ab12."
    )


def test_few_forecasts_make_no_line() -> None:
    few = SCORE._replace(n=19, within_50=9, within_80=15)
    assert views.forecast(scored(ScoreRow("all", "", 30, few)), {}).pooled == ()


def test_before_and_after_the_choice_of_settings_stand_apart() -> None:
    page = views.forecast(scored(ScoreRow("before", "", 0, SCORE), ScoreRow("after", "", 0, SCORE._replace(n=400))), {})
    assert [(name, [line.n for line in lines]) for name, lines in page.parts] == [
        ("Ended before 1 July 2025", ["200"]),
        ("Ended since", ["400"]),
    ]


def test_each_moment_has_its_page_of_providers() -> None:
    known = scored(ScoreRow("all", "anthropic", 30, SCORE), ScoreRow("all", "anthropic", 60, SCORE._replace(n=500)))
    page = views.forecast(known, {}, 60)
    assert (page.head.path, [line.n for line in page.providers]) == ("/forecast/60/", ["500"])
    assert (page.pooled, page.tally) == ((), "")
    assert page.moments[3] == Link("/forecast/60/", f"1{english.GAP}h")


def test_reliability_is_drawn_with_larger_dots_for_more_forecasts() -> None:
    (drawn,) = views.forecast(scored(), {}).reliable
    assert drawn.diagram.dots == (charts.Dot("25%", "80.0", "7.0"), charts.Dot("75%", "40.0", "3.5"))
    assert [tuple(map(plain, row)) for row in drawn.bins] == [("25%", "50%", "100"), ("75%", "75%", "25")]


def test_without_a_scorecard_the_page_says_so() -> None:
    page = views.forecast(almanac(), {})
    assert page.stand == "No forecast has been scored yet."
    assert page.tally.startswith("None yet.")


def issued(name: str = "a", minutes: int = 30) -> Issued:
    return forecasts.issued(name, seconds(at("02 13:00")), minutes)


@pytest.mark.parametrize(
    ("end", "came", "verdict"),
    [
        ("02 14:00", "it took 30 min", "within the range"),
        ("02 13:35", "it took 5 min", "outside the range"),
        ("", "still open", ""),
    ],
)
def test_each_published_forecast_stands_with_its_outcome(end: str, came: str, verdict: str) -> None:
    found = incident("a", "02 13:00", end)
    known = replace(almanac([found]), issued={"anthropic": (issued(),)})
    page = views.forecast(known, {("anthropic", "a"): carded(found)})
    (line,) = page.forecasts
    assert (plain(line.forecast), plain(line.came), line.verdict) == ("40 min (10 min to 2 h 40 min)", came, verdict)
    assert line.provider.url == "/incidents/anthropic/a/"


# Open incidents


def outlook_of(known: Snapshot, found: Incident) -> Any:
    card = carded(found)
    return views.incident(views.Surroundings(known).of(card), found, card).outlook


def home_of(known: Snapshot) -> HomePage:
    return views.home(known, views.Surroundings(known), None)


def test_the_front_page_says_by_when_it_may_be_fixed_in_the_row_and_below() -> None:
    found = incident("a", "02 13:00", "")
    home = home_of(replace(almanac([found]), issued={"anthropic": (issued(minutes=60),)}))
    assert home.lines[0].back == Time("2026-03-02T14:40:00Z", f"14:40{english.GAP}UTC")
    assert home.leads[0].outlook is not None
    assert home.leads[0].outlook.back is not None
    assert home.leads[0].outlook.back.median == home.lines[0].back


def test_the_row_gives_no_moment_that_has_passed_and_none_where_there_is_no_estimate() -> None:
    found = incident("a", "02 13:00", "")
    passed = almanac([found], now=at("02 14:10"))
    assert home_of(replace(passed, issued={"anthropic": (issued(),)})).lines[0].back is None
    assert home_of(almanac([found])).lines[0].back is None


def test_an_open_incident_shows_the_newest_forecast_on_the_clock() -> None:
    found = incident("a", "02 13:00", "")
    known = replace(almanac([found]), issued={"anthropic": (issued(minutes=10), issued(), issued("b", 50))})
    back = outlook_of(known, found).back
    times = [plain(each.text) for each in (back.issued, back.low, back.median, back.high)]
    assert times == ["13:30 UTC", "13:40 UTC", "14:10 UTC", "16:10 UTC"]
    assert [tuple(map(plain, each)) for each in back.chances] == [
        ("1 h", "65%"),
        ("2 h", "85%"),
        ("4 h", "95%"),
        ("12 h", "99%"),
    ]
    assert plain(back.basis) == (
        "Based on 30 earlier Claude incidents of similar length or longer, plus 5 from other providers "
        "(30% of the weight). Phase at the time: identified."
    )
    assert back.outlasted == ""


def test_the_bar_of_an_estimate_has_the_present_in_it_and_nothing_lies_on_anything_else() -> None:
    found = incident("a", "02 13:00", "")  # it is 14:10; issued at 13:30 for 14:10, half by 14:50, 80 % by 16:10
    back = outlook_of(replace(almanac([found]), issued={"anthropic": (issued(),)}), found).back
    assert (back.now.text, back.now.x) == ("now", "22.22%")
    assert (back.half.low, back.estimate.low) == ("22.22%", "22.22%")  # what was before now is cut off
    assert [(label.text, label.x) for label in back.labels] == [("50%", "44.44%"), ("80%", "88.89%")]
    assert plain(back.estimate.label) == (
        "Fixed by 14:10 UTC, 50% interval 13:50 UTC to 14:50 UTC, 80% interval 13:40 UTC to 16:10 UTC; now 14:10 UTC"
    )


def test_a_range_that_ends_far_off_runs_to_the_edge_and_says_when() -> None:
    found = incident("a", "02 13:00", "")
    made = issued()
    long = replace(made, forecast=replace(made.forecast, quantiles=(10.0, 20.0, 50.0, 80.0, 1200.0)))
    back = outlook_of(replace(almanac([found]), issued={"anthropic": (long,)}), found).back
    assert (back.estimate.high, back.labels[-1].x) == ("100%", "100%")
    assert plain(back.labels[-1].text) == "80%, to 3 March, 09:30 UTC"


def test_a_forecast_that_was_outlasted_says_so() -> None:
    found = incident("a", "02 13:00", "")
    late = moment(seconds(at("02 16:10")) + 60)
    known = replace(almanac([found], now=late), issued={"anthropic": (issued(),)})
    assert outlook_of(known, found).back.outlasted == (
        "It has already lasted longer than 90% of similar incidents; treat this estimate as out of date."
    )


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, "No estimate: too few earlier incidents are comparable."),
        ({"first_seen": None}, "No estimate was issued: we did not follow this incident live."),
    ],
)
def test_without_a_forecast_nothing_is_guessed_and_the_reason_is_its_own(facts: dict[str, Any], why: str) -> None:
    found = incident("a", "02 13:00", "", **facts)
    told = outlook_of(almanac([found]), found)
    assert (told.back, told.none_yet, told.precedent) == (None, why, "")


def test_without_a_forecast_it_is_counted_how_earlier_ones_went_on() -> None:
    found = incident("a", "02 13:00", "")  # it is 14:10
    earlier = [
        incident(f"e{day}", f"2026-02-{day} 10:00", f"2026-02-{day} {11 + day % 5}:30", impact=impact)
        for day, impact in zip(range(10, 22), [Impact.MAJOR] * 11 + [Impact.MINOR], strict=True)
    ]
    told = outlook_of(almanac([found, *earlier]), found)
    assert plain(told.precedent) == (
        "Of Claude’s 11 earlier major incidents that had lasted 1 h 10 min, half were over within another 2 h 20 min."
    )
    few = outlook_of(almanac([found, *earlier[:9]]), found)
    assert few.precedent == ""


def test_what_is_over_has_no_outlook() -> None:
    found = incident("a")
    known = replace(almanac([found]), issued={"anthropic": (issued(),)})
    assert outlook_of(known, found) is None


# One provider's numbers


def numbers(*incidents: Incident, reports: tuple[Reported, ...] = ()) -> Numbers:
    known = almanac(incidents)
    return views.numbers(views.closed(known), CLAUDE, reports)


def test_the_numbers_of_a_period_stand_in_a_line() -> None:
    page = numbers(
        incident("a", "2026-02-10 10:00", "2026-02-10 12:00"),
        incident("b", "2026-02-20 10:00", "2026-02-20 11:00", impact=Impact.UNKNOWN),
        incident("c", "2026-02-21 10:00", "2026-02-21 10:00"),
    )
    line = next(each for each in page.periods if each.name == "last 30 days")
    assert (plain(line.share), plain(line.covered), line.n) == ("96.2% to 99.6%", "100%", "3")  # 3 to 27 of 720 hours
    assert tuple(map(plain, (line.median, line.p90, line.longest))) == ("too few (2)", "too few (2)", "2 h")
    assert (line.interval, page.notes) == (
        "none (a)",
        (("(a)", "one incident is more than half of all incident time"),),
    )
    assert (line.left_open, dict(page.lacks)["Z"]) == ("L1 Z1 R1", "without a length")
    assert (
        plain(line.weighed[1]) == "98.8% to 99.9%"
    )  # Statuspage: 0.6 h, an hour from 0 to 1, and 0 to 24 hours at 0.3
    assert line.url == "/leaderboard/30-days/"
    assert page.explain == "anthropic 30-days"


def test_what_users_may_feel_is_said_with_its_number_of_incidents() -> None:
    page = numbers(
        *(
            incident(
                f"i{n}", f"2026-0{1 + n // 28}-{1 + n % 28:02} 09:00", f"2026-0{1 + n // 28}-{1 + n % 28:02} 10:00"
            )
            for n in range(40)
        ),
        incident("none", "2026-02-20 15:00", "2026-02-20 16:00", impact=Impact.NONE),
    )
    assert page.felt is not None
    assert [(line.name, line.n) for line in page.felt.hours] == [
        ("Full outage", "0"),
        ("Partial outage or worse", "40"),
        ("Degraded or worse", "40"),
        ("Any reported incident", "41"),
    ]
    assert [plain(line.value) for line in page.felt.hours] == [
        "0.0 h",
        "6.6 h",
        "6.6 h",
        "6.8 h",
    ]  # of 182 days of data
    assert [line.name for line in page.felt.working] == ["Los Angeles", "New York", "Berlin", "Kolkata", "Tokyo"]
    assert [plain(line.name) for line in page.felt.budgets] == [
        "Nines of the share",
        "99% (7 h 12 min allowed)",
        "99.5% (3 h 36 min allowed)",
        "99.9% (43 min allowed)",
    ]
    assert (plain(page.felt.months[1].name), plain(page.felt.months[1].value)) == ("February 2026", "98.1%")


def test_components_are_measured_over_a_year() -> None:
    page = numbers(incident("a", "2026-02-10 10:00", "2026-02-10 12:00", components=("claude.ai",)))
    assert [(part.name, part.n) for part in page.parts] == [("claude.ai", "1")]
    assert page.span == "last 365 days"


CHAT_AND_API = replace(
    CLAUDE,
    components=(
        Component(slug="claude-ai", name="claude.ai", product="Claude", match=("claude.ai",)),
        Component(slug="api", name="Claude API", product="API", match=("Claude API (api.anthropic.com)",)),
    ),
    core=("Claude",),
)


def by_product() -> Snapshot:
    """Return a world with half a year of data on one product and two months on another."""
    chat = Span(since=BEGINNING, until=at("01 00:00"), dataset="chats", products=("Claude",))
    api = Span(since=at("2026-01-01 00:00"), until=at("2026-03-01 00:00"), dataset="apis", products=("API",))
    watched = Pulls(provider="anthropic", coverage=(chat, api), core=("Claude",))
    early = incident("a", "2025-12-10 10:00", "2025-12-10 12:00")  # names both, before there is data on the API
    late = incident("b", "2026-02-10 10:00", "2026-02-10 11:00", components=("Claude API (api.anthropic.com)",))
    return almanac([early, late], watched=[watched], providers=(CHAT_AND_API,))


def test_numbers_say_of_which_products_they_are_and_each_counts_in_its_own_time() -> None:
    page = views.numbers(views.closed(by_product()), CHAT_AND_API, ())
    assert plain(page.stand).endswith(
        "The numbers of Claude as a whole are of Claude. We have data on Claude for 1 September 2025 to 28 February 2026; on API "
        "for 1 January to 28 February 2026."
    )
    assert [(part.name, part.n, plain(part.covered)) for part in page.parts] == [
        ("Claude together", "1", "50%"),
        ("Claude (product)", "1", "50%"),
        ("API (product)", "1", "16%"),
        ("claude.ai", "1", "50%"),
        ("Claude API", "1", "16%"),
    ]


def test_the_days_of_a_component_end_where_the_data_on_its_product_ends() -> None:
    chat = Span(since=BEGINNING, until=at("2026-01-15 00:00"), dataset="chats", products=("Claude",))
    api = Span(since=at("2025-10-01 00:00"), until=at("2026-03-01 00:00"), dataset="apis", products=("API",))
    watched = Pulls(provider="anthropic", coverage=(chat, api), core=("Claude",))
    world = almanac([], watched=[watched], providers=(CHAT_AND_API,), now=at("2026-03-20 12:00"))
    headings = {}
    for part in CHAT_AND_API.components:
        present = views.component_now(world, CHAT_AND_API, part, views.Surroundings(world, instead=dict))
        page = views.component(world, views.closed(world), CHAT_AND_API, part, present)
        headings[part.slug] = plain(page.ninety.heading)
    assert headings == {"claude-ai": "90 days to 14 January 2026", "api": "90 days to 28 February 2026"}


def report(**facts: Any) -> Reported:
    quiet = Reported(
        watched=True, source="", lag=None, longer=None, posted_late=False, edits=(), vanished=False, removed_updates=0
    )
    return quiet._replace(**facts)


def test_honesty_always_says_of_how_many() -> None:
    page = numbers(
        reports=(
            *(report(lag=minutes * 60.0) for minutes in range(1, 19)),
            report(lag=1200.0, posted_late=True),
            report(lag=1260.0, edits=((3600.0, True),), removed_updates=2),
            report(vanished=True, watched=False),
        )
    )
    facts = {fact.name: (plain(fact.value), plain(fact.note)) for fact in page.honesty}
    assert facts == {
        "Publication lag": ("11 min", "first update after the stated start: median, n = 20, 90th percentile 18 min"),
        "Stated, not posted": ("unknown", "n = 0: no start is stated"),
        "Reported late, all time": ("1 of 21", "only once over"),
        "Texts changed": ("1 of 20 monitored", "in 1 incident, 1 when it was over"),
        "Vanished": ("1 of 20 monitored", "incidents; and 2 updates"),
    }


def test_too_few_starts_show_no_pattern_and_no_chance() -> None:
    page = numbers(incident("a", "2026-02-10 10:00", "2026-02-10 12:00"))
    assert page.patterns == ()
    assert plain(page.pattern_note) == ("Too few incidents to show a pattern: 1 start (30 in 12 weeks of data needed).")
    assert page.tomorrow.startswith("No probability is given for the next 24 hours: ")


def test_starts_at_one_hour_are_told_to_differ() -> None:
    days = [BEGINNING + timedelta(days=day) for day in range(0, 180, 2)]
    page = numbers(*(incident(f"i{n}", f"{day:%Y-%m-%d} 09:00", f"{day:%Y-%m-%d} 09:30") for n, day in enumerate(days)))
    hours, weekdays = page.patterns
    assert hours.verdict == "The difference between hours is statistically significant (p = 0.001)."
    assert hours.table[9][1] == "90"
    assert sum(int(starts) for _, starts, _ in weekdays.table) == 90
    assert weekdays.verdict.startswith("The difference between days is not statistically significant")
    assert [column.height for column in hours.columns][9] == "60.0"


def test_who_was_never_watched_has_a_page_that_says_so() -> None:
    known = almanac(watched=[])
    page = views.numbers(views.closed(known), CLAUDE, ())
    assert (page.periods, page.parts, page.stand) == ((), (), "No data yet.")

"""Forecasts are kept when they are shown, never changed, scored later; the scorecard stands in a file of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from almanac import archive
from almanac.archive import ArchiveError
from almanac.commands import explain
from almanac.commands import score as score_command
from almanac.exports.codebook import TRIALS
from almanac.model import Card, Incident, Phase, Pulls, Update, moment, seconds, stamp
from almanac.pull.forecasts import keep
from almanac.pull.report import ForecastOutcome, Report, lines
from almanac.stats import hindcast, scorecard
from almanac.stats.backtest import Bin, backtest, score
from almanac.stats.issued import Issued
from tests.support import forecasts
from tests.support.almanacs import NOW, at, carded, incident, pulls
from tests.support.content import provider
from tests.support.refusals import refusal

OPEN = incident("open", "02 13:00", "")


def past(count: int = 40) -> list[Incident]:
    """One incident a day in January and February, of 20 to 176 minutes."""
    first = at("2026-01-01 10:00")
    return [
        _lasting(f"past-{day}", first + timedelta(days=day), timedelta(minutes=20 + 4 * day)) for day in range(count)
    ]


def _lasting(name: str, start: datetime, length: timedelta) -> Incident:
    updates = (
        Update(at=start, phase=Phase.INVESTIGATING, text="a"),
        Update(at=start + length, phase=Phase.RESOLVED, text="b"),
    )
    return replace(incident(name), started=start, ended=start + length, updates=updates, phase=Phase.RESOLVED)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Return an archive with forty past incidents, and one that the pull at NOW saw open."""
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers/anthropic.md").write_text(provider("anthropic", "Claude"))
    archive.save(tmp_path, [*past(), OPEN], {})
    archive.save_pulls(tmp_path, seen_open(NOW))
    return tmp_path


def seen_open(when: datetime) -> Pulls:
    return pulls("anthropic", last_open=(("open", when),))


def issued(minutes: int) -> Issued:
    """Return a forecast made so many minutes after the start of OPEN."""
    return forecasts.issued("open", seconds(OPEN.started), minutes)


# What was issued


def test_of_hundreds_of_incidents_open_at_once_only_the_newest_are_forecast(content: Path) -> None:
    many = [replace(OPEN, id=f"open-{n:03}", started=OPEN.started - timedelta(seconds=n)) for n in range(150)]
    archive.save(content, many, {})
    archive.save_pulls(content, pulls("anthropic", last_open=tuple((one.id, NOW) for one in many)))
    assert keep(content, ["anthropic"], NOW) == ForecastOutcome(forecasts=100)
    kept = {line.incident for line in archive.load_forecasts(content, "anthropic")}
    assert kept == {one.id for one in many[:100]}


def test_a_pull_that_sees_an_incident_open_keeps_one_forecast_of_it(content: Path) -> None:
    assert keep(content, ["anthropic"], NOW) == ForecastOutcome(forecasts=1)
    (line,) = archive.load_forecasts(content, "anthropic")
    assert (line.incident, line.phase, line.forecast.at) == ("open", "identified", seconds(NOW))
    assert line.forecast.elapsed == 70
    # Of the forty, those that lasted more than 0.7 of the 70 minutes: 20 + 4 d > 49.
    assert (line.forecast.n, line.forecast.others) == (32, 0)


def test_a_second_pull_at_the_same_moment_keeps_nothing_more(content: Path) -> None:
    keep(content, ["anthropic"], NOW)
    before = (content / "forecasts/anthropic.jsonl").read_bytes()
    assert keep(content, ["anthropic"], NOW) == ForecastOutcome()
    assert (content / "forecasts/anthropic.jsonl").read_bytes() == before


def test_when_it_is_half_as_old_again_another_line_is_added_and_the_first_stays(content: Path) -> None:
    keep(content, ["anthropic"], NOW)
    before = (content / "forecasts/anthropic.jsonl").read_bytes()
    later = NOW + timedelta(minutes=35)
    archive.save_pulls(content, seen_open(later))
    assert keep(content, ["anthropic"], later) == ForecastOutcome(forecasts=1)
    after = (content / "forecasts/anthropic.jsonl").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == 2


def test_what_was_not_seen_open_by_this_pull_gets_no_forecast(content: Path) -> None:
    archive.save_pulls(content, seen_open(NOW - timedelta(minutes=5)))
    assert keep(content, ["anthropic"], NOW) == ForecastOutcome()
    assert not (content / "forecasts").exists()


def test_a_provider_that_could_not_be_read_gets_no_forecast(content: Path) -> None:
    assert keep(content, [], NOW) == ForecastOutcome()


def test_an_archive_that_cannot_be_read_is_reported_not_raised(content: Path) -> None:
    (content / "pulls/anthropic.json").write_text("no")
    kept = keep(content, ["anthropic"], NOW)
    assert (kept.forecasts, [(f.reason, f.is_ours) for f in kept.failures]) == (0, [("archive", True)])
    report = Report(at=NOW, forecasts=kept)
    assert not report.ok
    assert lines(report)[0].startswith("forecasts: FAILED archive: ")


def test_the_report_counts_what_was_kept() -> None:
    assert lines(Report(at=NOW, forecasts=ForecastOutcome(forecasts=2)))[0] == "forecasts: 2 forecasts kept"


def test_lines_are_appended_and_read_back(tmp_path: Path) -> None:
    assert archive.load_forecasts(tmp_path, "anthropic") == ()
    assert archive.append_forecasts(tmp_path, "anthropic", []) == 0
    assert not (tmp_path / "forecasts").exists()
    assert archive.append_forecasts(tmp_path, "anthropic", [issued(10)]) == 1
    assert archive.append_forecasts(tmp_path, "anthropic", [issued(20), issued(30)]) == 2
    assert archive.load_forecasts(tmp_path, "anthropic") == (issued(10), issued(20), issued(30))


def test_a_line_that_a_killed_pull_left_unfinished_is_left_out_and_overwritten(tmp_path: Path) -> None:
    archive.append_forecasts(tmp_path, "anthropic", [issued(10)])
    path = tmp_path / "forecasts/anthropic.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    assert archive.load_forecasts(tmp_path, "anthropic") == (issued(10),)
    archive.append_forecasts(tmp_path, "anthropic", [issued(20)])
    assert archive.load_forecasts(tmp_path, "anthropic") == (issued(10), issued(20))


def test_a_damaged_line_is_named_with_its_place(tmp_path: Path) -> None:
    archive.append_forecasts(tmp_path, "anthropic", [issued(10)])
    with (tmp_path / "forecasts/anthropic.jsonl").open("a") as file:
        file.write("{}\n")
    with pytest.raises(ArchiveError, match=r"forecasts/anthropic\.jsonl:2: not a forecast"):
        archive.load_forecasts(tmp_path, "anthropic")


def test_forecasts_that_are_no_text_are_named(tmp_path: Path) -> None:
    archive.append_forecasts(tmp_path, "anthropic", [issued(10)])
    (tmp_path / "forecasts/anthropic.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(ArchiveError) as error:
        archive.load_forecasts(tmp_path, "anthropic")
    assert str(error.value) == (
        f"{tmp_path.name}/forecasts/anthropic.jsonl:1: is not UTF-8 (invalid start byte); restore it from its history"
    )


# The scorecard


def cards() -> list[Card]:
    return [carded(found) for found in past()]


def test_the_scorecard_sums_up_the_backtest() -> None:
    trials = backtest(cards())
    known = scorecard.scorecard(cards(), trials, seconds(NOW))
    row = known.row("all", "anthropic", 30)
    assert row is not None
    assert row.score == score(t for t in trials if t.elapsed == 30)
    given = [trial for trial in trials if trial.forecast]
    forecast = {trial.id for trial in given}
    assert (known.run_at, known.incidents, known.trials) == (seconds(NOW), len(forecast), len(given))
    assert 0 < len(forecast) < len(cards())  # the first are too few to learn from, and are not forecast
    assert known.until == max(card.ended or 0 for card in cards())
    assert known.row("all", scorecard.ALL, 30) == row._replace(provider="")
    assert known.row("before", "anthropic", 30) is None  # all ended after July 2025
    assert known.row("after", "anthropic", 30) == row._replace(part="after")


def test_a_scorecard_survives_its_file_to_four_digits(tmp_path: Path) -> None:
    known = scorecard.scorecard(cards(), backtest(cards()), seconds(NOW))
    assert archive.load_scorecard(tmp_path) is None
    assert archive.save_scorecard(tmp_path, known)
    again = archive.load_scorecard(tmp_path)
    assert again is not None
    assert not archive.save_scorecard(tmp_path, again)
    assert again.row("all", "anthropic", 0) is not None
    assert scorecard.render(again) == scorecard.render(known)
    assert again.calibration == tuple(Bin(round(b.expected, 4), round(b.observed, 4), b.n) for b in known.calibration)


def test_a_damaged_scorecard_says_how_to_make_it_anew(tmp_path: Path) -> None:
    (tmp_path / "forecasts").mkdir()
    (tmp_path / "forecasts/scorecard.json").write_text("[]")
    with pytest.raises(ArchiveError, match=r"scorecard\.json:1: .*python3 tasks\.py score"):
        archive.load_scorecard(tmp_path)


def test_a_scorecard_of_numbers_that_are_none_is_damaged() -> None:
    text = scorecard.render(scorecard.scorecard(cards(), backtest(cards()), seconds(NOW)))
    with pytest.raises(ValueError, match="no scorecard"):
        scorecard.parse(text.replace('"trials": ', '"trials": Infinity, "asked": '))


def test_the_digest_moves_with_what_the_backtest_sees_and_with_nothing_else() -> None:
    whole = cards()
    assert scorecard.digest(reversed(whole)) == scorecard.digest(whole)
    assert scorecard.digest([*whole, carded(OPEN)]) == scorecard.digest(whole)
    assert scorecard.digest([whole[0]._replace(title="x"), *whole[1:]]) == scorecard.digest(whole)
    assert scorecard.digest([whole[0]._replace(ended=whole[0].started + 90), *whole[1:]]) != scorecard.digest(whole)
    assert scorecard.digest(whole[1:]) != scorecard.digest(whole)


def test_what_ended_since_is_counted() -> None:
    whole = cards()
    known = scorecard.scorecard(whole[:-2], backtest(whole[:-2]), seconds(NOW))
    assert scorecard.since([*whole, carded(OPEN)], known) == 2


# The hindcasts


def test_hindcasts_survive_their_file(tmp_path: Path) -> None:
    made = hindcast.hindsight(cards(), "44e70c9e8370dcc5", seconds(NOW))
    assert archive.load_hindsight(tmp_path) is None
    assert archive.save_hindsight(tmp_path, made)
    assert archive.load_hindsight(tmp_path) == made
    assert not archive.save_hindsight(tmp_path, made)
    assert len(made.texts) == 29  # of forty, without the first ten and one that came after too few


def test_damaged_hindcasts_say_how_to_make_them_anew(tmp_path: Path) -> None:
    (tmp_path / "forecasts").mkdir()
    (tmp_path / "forecasts/hindsight.json").write_text("[]")
    with pytest.raises(ArchiveError, match=r"hindsight\.json:1: .*python3 tasks\.py score"):
        archive.load_hindsight(tmp_path)


# The two commands


def test_score_writes_the_scorecard_once_for_a_record(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score_command.score(content, now=stamp(NOW)) == 0
    assert capsys.readouterr().out.startswith("score: ")
    written = (content / "forecasts/scorecard.json").read_bytes()
    assert score_command.score(content, now=stamp(NOW + timedelta(days=3))) == 0
    assert capsys.readouterr().out == "score: the data has not changed since 2026-03-02; nothing to do\n"
    assert (content / "forecasts/scorecard.json").read_bytes() == written


def test_score_makes_what_is_missing_and_leaves_the_rest(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score_command.score(content, now=stamp(NOW))
    assert capsys.readouterr().out.splitlines() == [
        f"score: {sum(trial.forecast is not None for trial in backtest(cards()))} forecasts of 29 incidents scored",
        "score: 29 incidents forecast again, as if they were still open",
    ]
    files = {name: content / "forecasts" / name for name in ("scorecard.json", "hindsight.json", "trials.csv")}
    before = {name: path.read_bytes() for name, path in files.items()}
    for path in files.values():
        path.unlink()
        assert score_command.score(content, now=stamp(NOW)) == 0
        assert len(capsys.readouterr().out.splitlines()) == 1
        assert {name: path.read_bytes() for name, path in files.items()} == before


def test_score_makes_both_again_when_an_incident_has_ended(content: Path) -> None:
    score_command.score(content, now=stamp(NOW))
    archive.save(content, [replace(past(41)[40], id="more")], {})
    assert score_command.score(content, now=stamp(NOW)) == 0
    scores, seen = archive.load_scorecard(content), archive.load_hindsight(content)
    assert scores is not None
    assert seen is not None
    assert (scores.incidents, len(seen.texts), seen.record) == (30, 30, scores.record)


def test_score_is_made_as_of_the_moment_that_is_stated(content: Path) -> None:
    said = refusal(score_command.score, content, now="yesterday")
    assert said == "'yesterday' is not a valid time; write 2026-03-02T14:10:00Z or epoch seconds"
    assert score_command.score(content, now="2026-03-02T14:12:34Z") == 0
    made = archive.load_scorecard(content)
    assert made is not None
    assert stamp(moment(made.run_at)) == "2026-03-02T14:12:34Z"


def test_explain_prints_the_derivation(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain.explain(content, "anthropic", "2026-Q1", now="2026-03-02T14:10:00Z") == 0
    said = capsys.readouterr().out
    assert said.startswith("Claude, Q1 2026\n")
    # 60 days from 1 January to the last midnight; forty troubles of 20, 24 … 176 minutes.
    assert "5184000 s of 5184000 s = 100.0%" in said
    assert "   n = 40\n" in said
    assert "1 - 235200 / 5184000" in said


QUESTIONED = """---
title: Slow answers
date: 2026-03-02T13:00:00Z
authors: [Ada Example]
providers: [anthropic]
summary: Answers were slow.
kind: news
status: published
sources:
  - {url: https://news.example/, title: News, publisher: News, kind: press, primary: false}
claims:
  - said: Most are over within two hours
    by: A reader
    grade: unverified
    check: {share: ended within 2h, provider: anthropic, from: 2026-01-01, to: 2026-03-01, expect: "> 50%"}
    verdict: supported
  - said: It was the weather
    by: A reader
    grade: unverified
    verdict: undecidable
    why: Nobody outside knows.
---

Words.
"""


def test_explain_prints_how_each_claim_of_an_article_is_decided(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (content / "articles" / "2026").mkdir(parents=True)
    (content / "articles" / "2026" / "2026-03-02-slow.md").write_text(QUESTIONED)
    assert explain.claims(content, "2026-03-02-slow", now="2026-03-02T14:10:00Z") == 0
    assert capsys.readouterr().out.replace("\u00a0", " ") == (
        "1. “Most are over within two hours” (A reader)\n"
        "   answer    65.0%, n = 40, k = 26\n"
        "   90% interval: 52.0–76.1% (Wilson)\n"
        "   because   Incidents of Claude that started from 1 January to 28 February 2026 (UTC, both days included): 40 incidents.\n"
        "   because   Of these, 26 ended within 2h.\n"
        "   expected  > 50%\n"
        "   verdict   supported\n"
        "2. “It was the weather” (A reader)\n"
        "   no figure decides it: Nobody outside knows.\n"
        "   verdict   undecidable, by an editor\n"
    )
    said = refusal(explain.claims, content, "2026-03-02-slwo", now="2026-03-02T14:10:00Z")
    assert said == "no article '2026-03-02-slwo'; did you mean 2026-03-02-slow?"


@pytest.mark.parametrize(
    ("provider", "period", "message"),
    [
        ("nobody", "2026-Q1", "no provider 'nobody'; write one of: anthropic"),
        ("anthropic", "1999", "'1999' names no period"),
    ],
)
def test_explain_says_what_it_does_not_know(content: Path, provider: str, period: str, message: str) -> None:
    assert refusal(explain.explain, content, provider, period, now="2026-03-02T14:10:00Z").startswith(message)


# Trials


def test_trials_are_kept_as_the_table_that_is_published(tmp_path: Path) -> None:
    content = tmp_path / "content"
    trials = backtest(cards())
    assert archive.load_trials(content) == ""
    assert archive.save_trials(content, trials)
    assert not archive.save_trials(content, trials)
    lines = archive.load_trials(content).splitlines()
    assert lines[0] == ",".join(field.name for field in TRIALS.fields)
    assert len(lines) == len(trials) + 1


def test_a_file_of_trials_that_is_none_names_the_line(tmp_path: Path) -> None:
    content = tmp_path / "content"
    archive.save_trials(content, backtest(cards()))
    path = content / "forecasts/trials.csv"
    path.write_text(path.read_text() + "groq,x,15,soon,,,,,,,,\n")
    with pytest.raises(ArchiveError, match=r"trials\.csv:1: no trials \(line \d+, 'groq,x,15,soon.*tasks\.py score"):
        archive.load_trials(content)

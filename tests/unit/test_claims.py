"""Questions to the archive are a closed set, their answers are what independent code finds, and verdicts follow."""

import contextlib
import csv
import io
import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import combinations, groupby
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special  # scipy.stats takes a second and a half to import

from almanac import archive, queries
from almanac.claims import Evidence, Figure, UnanswerableError, verdict
from almanac.claims.counting import of_quantile, wilson
from almanac.claims.judge import judge
from almanac.commands import build as build_command
from almanac.content import articles
from almanac.content.article import Claim
from almanac.model import Card, Component, Impact, Incident, Kind, Phase, Provider, Pulls, Span, Update, card, seconds
from almanac.queries import Expect, Query, QueryError
from almanac.snapshot import Snapshot
from almanac.snapshot.load import load
from almanac.stats.intervals import Bounds
from almanac.views.claims import line
from tests.support.values import approx

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "content"
GAP = "\u00a0"


def at(day: int, hour: int = 0, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def asked(text: str) -> Query:
    return queries.query(yaml.safe_load(text))


# What may be asked


YEAR = "provider: anthropic, from: 2025-03-01, to: 2026-03-01"


def test_a_question_is_read_into_plain_values() -> None:
    fields = f"{{share: ended between 2h and 4h, impact: [major, critical], component: api, {YEAR}}}"
    assert asked(fields) == Query(
        question="share",
        value="ended between 2h and 4h",
        low=7200,
        high=14_400,
        provider="anthropic",
        impacts=("major", "critical"),
        component="api",
        since=seconds(datetime(2025, 3, 1, tzinfo=UTC)),
        until=seconds(datetime(2026, 3, 1, tzinfo=UTC)),
    )
    assert asked("{trouble: openai, during: anthropic/0gh, impact: major}") == Query(
        question="trouble", value="openai", impacts=("major",), incident="anthropic/0gh"
    )
    assert asked("{lasted: anthropic/INC 1}") == Query(question="lasted", value="", incident="anthropic/INC 1")


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("ended under 2h", 0, 7199),
        ("ended within 90 min", 0, 5400),
        ("ended over 1 h 30 min", 5401, math.inf),
        ("ended between 45s and 1.5 d", 45, 129_600),
    ],
)
def test_lengths_are_written_as_people_do(words: str, low: float, high: float) -> None:
    query = asked(f"{{share: {words}, {YEAR}}}")
    assert (query.low, query.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        (f"{{shar: x, {YEAR}}}", "", "asks nothing; did you mean share?"),
        (
            "{}",
            "",
            (
                "asks nothing; begin with share, length, count, streak, availability, rank, trouble, common, together, "
                "affected, posted, delay, lasted, started or ended"
            ),
        ),
        (f"{{share: ended under 2h, length: median, {YEAR}}}", "length", "is a second question besides share; ask one"),
        (f"{{share: ended under 2h, providr: x, {YEAR}}}", "providr", "does not go with share; did you mean provider?"),
        (
            f"{{share: ended under 2h, while: x, {YEAR}}}",
            "while",
            "does not go with share; allowed: provider, from, to, impact, component, expect",
        ),
        (
            "{share: ended under 2h, provider: anthropic, from: 2025-03-01}",
            "",
            "lacks to; share needs provider, from, to",
        ),
        (
            f"{{share: ended in time, {YEAR}}}",
            "share",
            (
                "'ended in time' is not a share of incidents; write 'ended between 2h and 4h', 'ended under 2h', within, "
                "over, "
                "or posted late, edited, without an end, of zero length or without components"
            ),
        ),
        (
            f"{{share: __import__('os').system('id'), {YEAR}}}",
            "share",
            (
                "\"__import__('os').system('id')\" is not a share of incidents; write 'ended between 2h and 4h', "
                "'ended under 2h', within, over, or posted late, edited, without an end, of zero length or without components"
            ),
        ),
        (
            f"{{share: [1], {YEAR}}}",
            "share",
            (
                "[1] is not a share of incidents; write 'ended between 2h and 4h', 'ended under 2h', within, over, or posted "
                "late, edited, without an end, of zero length or without components"
            ),
        ),
        (
            f"{{length: mean, {YEAR}}}",
            "length",
            "'mean' is not a quantile; write median, longest or shortest, or p90 and the like",
        ),
        (f"{{count: incident, {YEAR}}}", "count", "'incident' is not allowed; did you mean incidents?"),
        (
            f"{{availability: uptime, {YEAR}}}",
            "availability",
            (
                "'uptime' is not allowed; write all-equal, statuspage, incident-io, openstatus, aiwatch, graded or "
                "half-degraded"
            ),
        ),
        (
            f"{{count: incidents, impact: [bad], {YEAR}}}",
            "impact",
            "'bad' is not an impact; write none, minor, major, critical, maintenance or unknown",
        ),
        (
            f"{{count: incidents, component: A b, {YEAR}}}",
            "component",
            "'A b' is not a valid slug; use a to z, 0 to 9 and -",
        ),
        (
            "{count: incidents, provider: x, from: 2026-03-01, to: 2026-03-01}",
            "to",
            "is not after from; it is the first day that does not count",
        ),
        (
            "{count: incidents, provider: x, from: yesterday, to: 2026-03-01}",
            "from",
            "'yesterday' is not a date; write it without quotes, e.g. 2026-03-01",
        ),
        (
            "{count: incidents, provider: x, from: 2026-03-01T00:00:00, to: 2026-03-02}",
            "from",
            "2026-03-01 00:00:00 has no time zone; write it in UTC with a Z, e.g. 2026-03-02T18:00:00Z",
        ),
        (
            "{rank: x, from: 2026-03-01T01:00:00Z, to: 2026-03-02}",
            "from",
            "is within a day; rank is taken over whole days, e.g. 2026-03-01",
        ),
        (
            "{lasted: 0ghc53zpsfmt}",
            "lasted",
            "'0ghc53zpsfmt' names no incident; write provider/id, e.g. anthropic/0ghc53zpsfmt",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_cure(text: str, key: str, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        asked(text)
    assert (refused.value.key, str(refused.value)) == (key, message)


SHARE, LENGTH = asked(f"{{share: ended under 2h, {YEAR}}}"), asked(f"{{length: median, {YEAR}}}")
COUNT, WHEN = asked(f"{{count: incidents, {YEAR}}}"), asked("{ended: a/b}")
YES = asked("{posted: resolved, incident: a/b}")


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        (SHARE, "> 50%", (0.5, math.inf, False, True)),
        (SHARE, "<= 50 %", (-math.inf, 0.5, True, True)),
        (SHARE, "between 10% and 20%", (0.1, 0.2, True, True)),
        (SHARE, "= 19.4%", (0.1935, 0.1945, True, False)),
        (LENGTH, "< 2h", (-math.inf, 7200, True, False)),
        (LENGTH, ">= 1 h 30 min", (5400, math.inf, True, True)),
        (LENGTH, "64 min", (3810, 3870, True, False)),
        (COUNT, "124", (124, 124, True, True)),
        (YES, True, (1, 1, True, True)),
        (YES, "no", (0, 0, True, True)),
        (WHEN, "on 2026-03-01", (seconds(at(1)), seconds(at(2)), True, False)),
        (WHEN, "before 2026-03-01", (-math.inf, seconds(at(1)), True, False)),
        (WHEN, "after 2026-03-01T11:49:00Z", (seconds(at(1, 11, 50)), math.inf, True, True)),
    ],
)
def test_what_a_claim_expects_is_a_range(query: Query, text: object, expected: tuple[float, float, bool, bool]) -> None:
    found = queries.expect(query, text)
    assert (found[1:3], found[3:]) == (approx(expected[:2]), expected[2:])


@pytest.mark.parametrize(
    ("query", "text", "message"),
    [
        (
            SHARE,
            "half",
            "'half' is not an answer to share; write a share such as '> 50%', '= 19.4%' or 'between 10% and 20%'",
        ),
        (
            SHARE,
            50,
            "'50' is not an answer to share; write a share such as '> 50%', '= 19.4%' or 'between 10% and 20%'",
        ),
        (
            LENGTH,
            "> 2",
            "'> 2' is not an answer to length; write a length such as '< 2h', '>= 90min' or 'between 2h and 4h'",
        ),
        (
            LENGTH,
            "between 4h and 2h",
            (
                "'between 4h and 2h' is not an answer to length; write a length such as '< 2h', "
                "'>= 90min' or 'between 2h and 4h'"
            ),
        ),
        (COUNT, "5%", "'5%' is not an answer to count; write a number such as '> 100' or '= 124'"),
        (YES, "maybe", "'maybe' is not an answer to posted; write yes or no"),
        (
            WHEN,
            "on Monday",
            (
                "'on Monday' is not an answer to ended; write 'on 2026-03-01', 'before 2026-03-02' or "
                "'after "
                "2026-03-02T11:49:00Z'"
            ),
        ),
    ],
)
def test_what_a_claim_cannot_expect_is_refused(query: Query, text: object, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        queries.expect(query, text)
    assert (refused.value.key, str(refused.value)) == ("expect", message)


# Verdicts


VALUES = st.integers(0, 6)


@given(VALUES, VALUES, VALUES, VALUES, st.booleans(), st.booleans())
def test_a_verdict_is_what_every_value_the_record_allows_says(
    a: int, b: int, c: int, d: int, includes_low: bool, includes_high: bool
) -> None:
    assume(c != d or (includes_low and includes_high))
    low, high = sorted((a, b))
    expected = Expect("x", min(c, d), max(c, d), includes_low, includes_high)

    def fits(value: float) -> bool:
        above = value >= expected.low if includes_low else value > expected.low
        return above and (value <= expected.high if includes_high else value < expected.high)

    allowed = {fits(low + (high - low) * step / 120) for step in range(121)}
    found = verdict(Figure(unit="number", bounds=Bounds(low, high)), expected)
    assert found == {frozenset({True}): "supported", frozenset({False}): "contradicted"}.get(
        frozenset(allowed), "undecidable"
    ) or (found == "undecidable" and low < expected.low <= expected.high < high)


def test_nothing_known_decides_nothing() -> None:
    assert verdict(Figure(unit="yes", bounds=None), Expect("yes", 1, 1)) == "undecidable"


# Intervals, against scipy


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_wilsons(pair: tuple[int, int]) -> None:
    k, n = pair
    z, interval = special.ndtri(0.95), wilson(k, n)
    assert interval.low - 1e-12 <= k / n <= interval.high + 1e-12
    for end in interval:  # by its definition: as far from the share as z times the deviation that it would have there
        assert (k / n - end) ** 2 == pytest.approx(z**2 * end * (1 - end) / n, abs=1e-12)


@given(st.integers(1, 200), st.sampled_from([0.1, 0.5, 0.9]))
def test_the_interval_of_a_quantile_holds_what_it_promises(n: int, share: float) -> None:
    found = of_quantile(range(n), share)
    if found is None:
        assert (1 - share) ** n > 0.05 or share**n > 0.05
        return
    low, high = int(found.low), int(found.high)  # the values are their own places, from 0
    assert (
        special.bdtr(high, n, share) - special.bdtr(low, n, share) >= 0.9
    )  # at least low + 1 and at most high values lie below
    assert special.bdtr(low, n, share) <= 0.05 < special.bdtr(low + 1, n, share)


# A small world


def incident(provider: str, raw: str, start: datetime, minutes: int | None, **more: Any) -> Incident:
    end = None if minutes is None else start + timedelta(minutes=minutes)
    phase = Phase.RESOLVED if end else Phase.INVESTIGATING
    updates = (Update(at=start, phase=Phase.INVESTIGATING), *([Update(at=end, phase=phase)] if end else []))
    return Incident(
        **{
            "provider": provider,
            "id": raw,
            "title": raw,
            "kind": Kind.DEGRADATION,
            "impact": Impact.MAJOR,
            "phase": phase,
            "started": start,
            "ended": end,
            "updates": updates,
            **more,
        }
    )


API = Component(slug="api", name="API", match=("API",))


def world(incidents: Iterable[Incident], covered: dict[str, tuple[datetime, datetime]] | None = None) -> Evidence:
    spans = {"acme": (at(1), at(31)), "other": (at(1), at(31))} | (covered or {})
    cards: dict[str, list[Card]] = {slug: [] for slug in spans}
    for each in incidents:
        cards[each.provider].append(card(each, archive.file_of(each)))
    return Evidence(
        Snapshot(
            providers=tuple(
                Provider(slug=s, name=s.title(), company="", home="", status_page="", components=(API,)) for s in spans
            ),
            cards={slug: tuple(found) for slug, found in cards.items()},
            pulls={slug: Pulls(provider=slug, coverage=(Span(since=a, until=b),)) for slug, (a, b) in spans.items()},
            articles=(),
            now=at(1, month=4),
            record_until=at(31),
            site_url="",
        )
    )


MARCH = "provider: acme, from: 2026-03-01, to: 2026-03-31"


@pytest.mark.parametrize(
    ("question", "expected", "words"),
    [
        (f"{{share: ended under 2h, {MARCH}}}", "> 50%", "more than half"),
        (f"{{share: ended under 2h, {MARCH}}}", "<50 %", "less than half"),
        (f"{{share: ended under 2h, {MARCH}}}", ">= 50%", "at least 50%"),
        ("{lasted: acme/a}", "= 2h", "2 h"),
        ("{lasted: acme/a}", "between 2h and 4h", "between 2 h and 4 h"),
        ("{posted: postmortem, incident: acme/a}", False, "no"),
        ("{started: acme/a}", "on 2026-03-01", "1 March 2026"),
        ("{ended: acme/a}", "before 2026-03-03", "before 3 March 2026"),
        ("{ended: acme/a}", "after 2026-03-03T11:49:00Z", "after 3 March 2026, 11:49 UTC"),
    ],
)
def test_what_a_claim_says_is_put_into_words(question: str, expected: object, words: str) -> None:
    query = asked(question)
    claim = Claim("", "", "", "press", "", "supported", check=query, expect=queries.expect(query, expected))
    assert line(claim, world([incident("acme", "a", at(2), 90)])).expected.replace(GAP, " ") == words


@pytest.mark.parametrize(
    ("verdict", "judged"),
    [("supported", "Supported"), ("contradicted", "Contradicted"), ("undecidable", "Unverifiable")],
)
def test_a_verdict_has_one_word_in_data_and_one_for_readers(verdict: str, judged: str) -> None:
    claim = line(Claim("It rained", "A reader", "", "press", "", verdict, why="Who knows?"), world([]))
    assert (claim.verdict, claim.judged) == (verdict, judged)


def test_an_unknown_rating_and_a_missing_end_make_a_range() -> None:
    evidence = world(
        [
            incident("acme", "short", at(2), 30),
            incident("acme", "long", at(3), 300),
            incident("acme", "open", at(4), None),
            incident("acme", "unrated", at(5), 20, impact=Impact.UNKNOWN),
            incident("acme", "minor", at(6), 20, impact=Impact.MINOR),
            incident("acme", "test", at(7), 9, kind=Kind.TEST),
        ]
    )
    figure = evidence.ask(asked(f"{{share: ended under 2h, impact: [major], {MARCH}}}"))
    assert (figure.bounds, figure.n, figure.k, figure.interval) == (Bounds(1 / 3, 3 / 4), 3, 1, None)
    assert figure.how == (
        (
            f"Incidents of Acme rated major that started from 1{GAP}March to 30{GAP}March{GAP}2026 "
            f"(UTC, both days included): 3{GAP}incidents."
        ),
        "1 more may count, which our data leaves open; the figure is the range this allows.",
        "Of these, 1 ended under 2h, and perhaps 1 more.",
    )
    assert evidence.ask(asked(f"{{count: incidents, impact: [major], {MARCH}}}")).bounds == (3, 4)
    longest = evidence.ask(asked(f"{{length: longest, impact: [major], {MARCH}}}"))
    assert longest.bounds == (300 * 60, 27 * 86_400)
    middle = evidence.ask(asked(f"{{length: median, impact: [major], {MARCH}}}"))
    assert (middle.bounds, middle.n, middle.why) == (None, 2, f"Only 2{GAP}lengths are known; five are needed.")


def test_a_share_in_common_ranges_over_all_that_the_record_allows() -> None:
    hour = timedelta(hours=1)
    seen_at_seven = (Update(at=at(1, 6), phase=Phase.INVESTIGATING), Update(at=at(1, 7), phase=Phase.INVESTIGATING))
    evidence = world(
        [
            incident("acme", "a", at(1, 1), 120),
            incident("acme", "b", at(1, 7), 60),
            incident("other", "c", at(1, 2), 120),
            incident("other", "d", at(1, 6), None, updates=seen_at_seven),
        ],
        {slug: (at(1), at(1) + 10 * hour) for slug in ("acme", "other")},
    )
    question = "{common: acme, while: other, from: 2026-03-01T00:00:00Z, to: 2026-03-01T10:00:00Z}"
    certain, unsure, own = {2, 3, 6}, (7, 8, 9), {1, 2, 7}  # hours in which other had an incident, may have, acme had
    cases = [certain | set(some) for size in range(4) for some in combinations(unsure, size)]
    shares = [len(own & case) / len(case) for case in cases]
    assert evidence.ask(asked(question)).bounds == pytest.approx((min(shares), max(shares)))


def test_a_count_outside_of_coverage_is_only_a_lower_bound() -> None:
    evidence = world([incident("acme", "a", at(2), 30)], {"acme": (at(1), at(20))})
    figure = evidence.ask(asked(f"{{count: incidents, {MARCH}}}"))
    assert (figure.words, figure.how[-1]) == ("at least 1", "Our data covers 63.3% of that time.")
    assert verdict(figure, queries.expect(COUNT, "> 0")) == "supported"
    assert verdict(figure, queries.expect(COUNT, "= 1")) == "undecidable"


def test_days_and_streaks_count_what_began_before_and_doubt_what_is_not_covered() -> None:
    evidence = world(
        [
            incident("acme", "before", datetime(2026, 2, 28, 23, tzinfo=UTC), 120),
            incident("acme", "b", at(3, 12), 0),
            incident("acme", "c", at(4), 1440 * 2 + 10),
        ],
        {"acme": (at(1) - timedelta(days=30), at(9))},
    )
    period = "provider: acme, from: 2026-03-01, to: 2026-03-11"
    answers = {
        text: evidence.ask(asked(f"{{{text}, {period}}}")).bounds
        for text in (
            "count: days with trouble",
            "count: days without trouble",
            "streak: days with trouble",
            "streak: days without trouble",
        )
    }
    assert answers == {  # trouble on 1, 3, 4, 5 and 6 March; 9 and 10 March are not covered
        "count: days with trouble": (5, 7),
        "count: days without trouble": (3, 5),
        "streak: days with trouble": (4, 4),
        "streak: days without trouble": (2, 4),
    }


@pytest.mark.parametrize(
    ("others", "covered", "said", "why"),
    [
        ([(10, 5)], (1, 31), "yes", ""),
        ([(9, 59)], (1, 31), "no", ""),
        ([(12, 30)], (1, 31), "no", ""),
        ([], (1, 2), "not known", "Other is not covered at that time: what it reported then is unknown."),
        ([], (1, 3), "no", ""),
        ([(9, None)], (1, 31), "not known", "Whether it lasted into that time is not recorded."),
    ],
)
def test_trouble_meanwhile_needs_coverage_to_be_denied(
    others: list[tuple[int, int | None]], covered: tuple[int, int], said: str, why: str
) -> None:
    found = [incident("other", str(n), at(2, hour), minutes) for n, (hour, minutes) in enumerate(others)]
    evidence = world([incident("acme", "a", at(2, 10), 120), *found], {"other": (at(covered[0]), at(covered[1]))})
    figure = evidence.ask(asked("{trouble: other, during: acme/a}"))
    assert (figure.words, figure.why) == (said, why)


def test_one_incident_answers_for_itself() -> None:
    evidence = world(
        [
            incident("acme", "a", at(2, 10), 90, components=("API", "Chat")),
            incident("acme", "b", at(3), 0),
            incident("acme", "c", at(4), None),
        ]
    )

    def said(text: str) -> tuple[str, str]:
        figure = evidence.ask(asked(f"{{{text}}}"))
        return figure.words.replace(GAP, " "), figure.why

    assert [
        said(text)
        for text in (
            "started: acme/a",
            "ended: acme/a",
            "lasted: acme/a",
            "delay: resolved, incident: acme/a",
            "affected: api, incident: acme/a",
            "posted: postmortem, incident: acme/a",
            "posted: resolved, incident: acme/a",
        )
    ] == [
        ("2 March 2026, 10:00 UTC", ""),
        ("2 March 2026, 11:30 UTC", ""),
        ("1 h 30 min", ""),
        ("1 h 30 min", ""),
        ("yes", ""),
        ("no", ""),
        ("yes", ""),
    ]
    assert [
        said(text)
        for text in (
            "affected: api, incident: acme/b",
            "lasted: acme/b",
            "ended: acme/c",
            "delay: identified, incident: acme/a",
        )
    ] == [
        ("not known", "It names no component, so it may concern any."),
        ("not known", "Start and end are equal: no length is given."),
        ("not known", "No end is recorded."),
        ("not known", "It has no update marked identified."),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{count: incidents, provider: acne, from: 2026-03-01, to: 2026-03-02}",
            "'acne' is not a provider here; did you mean acme?",
        ),
        (
            "{rank: zzz, from: 2026-03-01, to: 2026-03-02}",
            "'zzz' is not a provider here; write the name of a file in content/providers without .md",
        ),
        (
            "{lasted: acme/nothing}",
            "'acme/nothing' is not in the archive; write the id as content/incidents/acme has it",
        ),
        ("{affected: apo, incident: acme/a}", "'apo' is not a component of acme; did you mean api?"),
        (
            "{availability: graded, component: web, provider: acme, from: 2026-03-01, to: 2026-03-02}",
            "'web' is not a component of acme; known: api",
        ),
    ],
)
def test_what_the_archive_does_not_know_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnanswerableError, match=re.escape(message)):
        world([incident("acme", "a", at(2), 5)]).ask(asked(text))


def test_a_figure_has_parts() -> None:
    figure = Figure(unit="share", bounds=Bounds(0.1, 0.25), n=1200, k=3, interval=Bounds(0.05, 0.3), method="90 %")
    parts = ("", "n", "k", "low", "high", "interval")
    assert {part: (figure.part(part) or "").replace(GAP, " ") for part in parts} == {
        "": "10.0% to 25.0%",
        "n": "1,200",
        "k": "3",
        "low": "10.0%",
        "high": "25.0%",
        "interval": "5.0–30.0%",
    }
    assert figure.part("mean") is None
    assert Figure(unit="rank", bounds=Bounds(2, 4)).words == "2–4"
    assert Figure(unit="yes", bounds=Bounds(0, 1)).words == "not known"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("affected: api, incident: acme/a", "Does incident a name API?"),
        ("posted: postmortem, incident: acme/a", "Does incident a have an update marked postmortem?"),
        ("trouble: other, during: acme/a", "Did Other report any incidents while incident a was open?"),
        (
            "together: other, with: acme, from: 2026-03-01, to: 2026-03-31",
            "Did incidents of Other and Acme start together more often than chance would explain?",
        ),
        ("lasted: acme/a", ""),
    ],
)
def test_a_yes_or_no_stands_with_its_question(question: str, words: str) -> None:
    evidence = world([incident("acme", "a", at(2), 90, components=("API",))], {"other": (at(1), at(31))})
    assert evidence.ask(asked(f"{{{question}}}")).question == words


# Whether two fail together


def dated(slug: str, hours: Iterable[float]) -> list[Incident]:
    begin = datetime(2025, 10, 1, tzinfo=UTC)
    return [incident(slug, f"{slug}{n}", begin + timedelta(hours=hour), 40) for n, hour in enumerate(hours)]


HOURS = [7 + 53 * n + 11 * (n % 5) for n in range(60)]
TOGETHER = "{together: other, with: acme, from: 2025-10-01, to: 2026-03-31}"


def of_both(incidents: Iterable[Incident]) -> Evidence:
    half_a_year = (datetime(2025, 10, 1, tzinfo=UTC), at(31))
    return world(incidents, {"acme": half_a_year, "other": half_a_year})


def test_incidents_that_start_at_once_are_said_to_start_together() -> None:
    figure = of_both([*dated("acme", HOURS), *dated("other", [hour + 0.2 for hour in HOURS])]).ask(asked(TOGETHER))
    assert (figure.unit, figure.bounds, figure.words) == ("yes", (1, 1), "yes")
    assert verdict(figure, queries.expect(asked(TOGETHER), True)) == "supported"
    assert re.fullmatch(r"p = 0\.00\d for this pair alone, 0\.00\d among all 1.pair\.", figure.how[1])


def test_incidents_that_start_at_other_times_are_not() -> None:
    figure = of_both([*dated("acme", HOURS), *dated("other", [hour + 20 for hour in HOURS])]).ask(asked(TOGETHER))
    assert (figure.bounds, figure.words) == ((0, 0), "no")


def test_of_few_incidents_nobody_can_say() -> None:
    figure = of_both([*dated("acme", HOURS[:3]), *dated("other", HOURS)]).ask(asked(TOGETHER))
    assert (figure.bounds, figure.why.startswith("There is not enough data: ")) == (None, True)


@pytest.mark.parametrize(
    ("body", "complaints"),
    [
        ("That is more than chance would have it.", ["'than chance'"]),
        ("The difference is\nwithin chance, too.", ["'within chance'"]),
        ("It may be chance: {{share}}.", []),
        ("It may be chance.\n\nThe share is {{share}}.", ["'be chance'"]),
        ("By any chance? A chance of 5 in 6. `than chance`", []),
    ],
)
def test_a_statement_on_chance_needs_a_figure_in_its_paragraph(body: str, complaints: list[str]) -> None:
    head = (
        "---\ntitle: T\ndate: 2026-03-02T00:00:00Z\nauthors: [A]\nproviders: [acme]\nsummary: S.\nkind: analysis\n"
        "status: published\nsources:\n  - {url: https://x.example/, title: T, publisher: P, kind: provider, primary: true}\n"
        "figures:\n  share: {count: incidents, provider: acme, from: 2026-03-01, to: 2026-03-02}\n---\n\n"
    )
    _, faults = articles.read(f"{head}{body}\n".encode(), "articles/2026/2026-03-02-x.md")
    assert [str(fault).partition(" is a statement")[0].rpartition(": ")[2] for fault in faults] == complaints


# Against the published facts, with code that shares nothing


Row = tuple[datetime, datetime, str, frozenset[str]]


@cache
def facts(provider: str, shared: Path) -> tuple[Row, ...]:
    by_id: dict[str, dict[str, str]] = {}
    for table in ("facts/incidents.csv", "facts/second/incidents.csv"):  # the second replaces rows of the first
        with (shared / table).open() as lines:
            by_id |= {row["incident_id"]: row for row in csv.DictReader(lines) if row["provider"] == provider}
    return tuple(
        (
            datetime.fromisoformat(row["started_at"]),
            datetime.fromisoformat(row["ended_at"]),
            row["impact"],
            frozenset(filter(None, row["components"].split(";"))),
        )
        for row in by_id.values()
        if row["kind"] in ("", "outage", "degradation") and row["impact"] != "maintenance" and row["ended_at"]
    )


def started(rows: Iterable[Row], since: date, until: date, impacts: set[str]) -> list[float]:
    return sorted(
        (b - a).total_seconds()
        for a, b, impact, _ in rows
        if since <= a.date() < until and (not impacts or impact in impacts)
    )


@cache
def real() -> Evidence:
    return Evidence(load(CONTENT, at(1, month=12)))


@pytest.mark.record
@pytest.mark.shared
def test_the_seeds_claim_is_what_the_csv_says(shared: Path) -> None:
    lengths = started(facts("anthropic", shared), date(2025, 3, 1), date(2026, 3, 1), {"major", "critical"})
    within, sooner = sum(7200 <= x <= 14_400 for x in lengths), sum(0 < x < 7200 for x in lengths)
    known = [x for x in lengths if x]
    about = f"impact: [major, critical], {YEAR}"
    two_to_four = real().ask(asked(f"{{share: ended between 2h and 4h, {about}}}"))
    under = real().ask(asked(f"{{share: ended under 2h, {about}}}"))
    middle = real().ask(asked(f"{{length: median, {about}}}"))
    assert (two_to_four.n, two_to_four.k, under.k) == (len(lengths), within, sooner) == (124, 24, 87)
    assert lengths.count(0) == 1  # its length is not known, so both are ranges
    assert two_to_four.bounds == Bounds(24 / 124, 25 / 124)
    assert under.bounds == Bounds(87 / 124, 88 / 124)
    assert (middle.bounds, middle.n) == (Bounds(median(known), median(known)), 123)
    assert round(median(known) / 60) == 66
    assert verdict(two_to_four, queries.expect(SHARE, "> 50%")) == "contradicted"


@pytest.mark.record
@pytest.mark.shared
@pytest.mark.parametrize("provider", ["anthropic", "openai", "deepseek"])
@pytest.mark.parametrize(
    ("since", "until"),
    [
        (date(2023, 4, 1), date(2024, 4, 1)),
        (date(2026, 5, 8), date(2026, 6, 24)),
    ],
)
def test_shares_quantiles_and_counts_are_what_the_csv_says(
    provider: str, since: date, until: date, shared: Path
) -> None:
    lengths = started(facts(provider, shared), since, until, set())
    about = f"provider: {provider}, from: {since}, to: {until}"
    figure = real().ask(asked(f"{{share: ended between 30min and 3h, {about}}}"))
    if figure.bounds is None or figure.bounds.low != figure.bounds.high:
        return  # ends are not recorded: what then is a range is tested above
    assert (figure.n, figure.k) == (len(lengths), sum(1800 <= x <= 10_800 for x in lengths))
    p90 = real().ask(asked(f"{{length: p90, {about}}}"))
    lengths = [x for x in lengths if x]
    if len(lengths) < 20:
        assert (p90.bounds, p90.n) == (None, len(lengths))
        return
    place = 0.9 * (len(lengths) - 1)
    low = lengths[int(place)]
    reference = low + (lengths[min(int(place) + 1, len(lengths) - 1)] - low) * (place % 1)
    assert p90.bounds == pytest.approx((reference, reference))


@pytest.mark.record
@pytest.mark.shared
def test_days_and_common_trouble_are_what_the_csv_says(shared: Path) -> None:
    first, count = date(2026, 5, 8), 47
    minutes = {
        p: {minute for a, b, _, _ in facts(p, shared) for minute in _minutes(a, b, first, count)}
        for p in ("anthropic", "openai")
    }
    share = len(minutes["anthropic"] & minutes["openai"]) / len(minutes["anthropic"])
    figure = real().ask(asked("{common: openai, while: anthropic, from: 2026-05-08, to: 2026-06-24}"))
    assert figure.bounds
    assert figure.bounds.low == pytest.approx(share, abs=0.003)
    days = sorted({minute // 1440 for minute in minutes["anthropic"]})
    about = "days with trouble, provider: anthropic, from: 2026-05-08, to: 2026-06-24"
    with_trouble, streak = real().ask(asked(f"{{count: {about}}}")), real().ask(asked(f"{{streak: {about}}}"))
    runs = [len(list(run)) for _, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0])]
    assert (with_trouble.bounds, streak.bounds) == ((len(days), len(days)), (max(runs), max(runs)))


def _minutes(a: datetime, b: datetime, first: date, count: int) -> range:
    origin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    low = max(int((a - origin).total_seconds()) // 60, 0)
    return range(low, min(max(int((b - origin).total_seconds()) // 60, low + 1), count * 1440))


# In articles


HEAD = """---
title: Acme down
date: 2026-03-03T00:00:00Z
authors: [Ada]
providers: [acme]
incidents: [acme/a]
summary: It was down.
kind: news
status: published
sources:
  - {url: https://news.example/, title: News, publisher: News, kind: press, primary: false}
claims:
  - said: It took hours
    by: News
    where: 1
    grade: press
    since: 2026-03-02
    check: {lasted: acme/a, expect: "> 2h"}
    verdict: contradicted
figures:
  length: {lasted: acme/a}
  quick: {share: ended under 2h, provider: acme, from: 2026-03-01, to: 2026-03-31}
---

"""
FILE = "articles/2026/2026-03-02-acme.md"


def faults(text: str, evidence: Evidence | None = None) -> list[str]:
    written, found = articles.read(text.encode(), FILE)
    if written and not found:
        found = tuple(judge([written], evidence or world([incident("acme", "a", at(2), 90)])))
    return [str(fault).removeprefix(f"content/{FILE}:") for fault in found]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", ""),
        (
            "verdict: contradicted",
            "verdict: supported",
            (
                "19:5: claims.0.verdict: is 'supported', but the archive says 'contradicted': it finds 1 h 30 min, expected was > "
                "2h; "
                "write contradicted, or fix the check"
            ),
        ),
        (
            '"> 2h"',
            '"> 1h"',
            (
                "19:5: claims.0.verdict: is 'contradicted', but the archive says 'supported': it finds 1 h 30 min, expected was > "
                "1h; "
                "write supported, or fix the check"
            ),
        ),
        (
            "lasted: acme/a, expect",
            "lasted: acme/b, expect",
            "18:5: claims.0.check: 'acme/b' is not in the archive; did you mean acme/a?",
        ),
        (
            ', expect: "> 2h"',
            "",
            '18:5: claims.0.check: expects nothing; add what the claim says, as in `expect: "> 50%"`',
        ),
        (
            '"> 2h"',
            "long",
            (
                "18:29: claims.0.check.expect: 'long' is not an answer to lasted; write a length such as '< "
                "2h', "
                "'>= 90min' or 'between 2h and 4h'"
            ),
        ),
        ("check: {lasted", "check: {lasting", "18:5: claims.0.check: asks nothing; did you mean lasted?"),
        (
            '    check: {lasted: acme/a, expect: "> 2h"}\n',
            "",
            "13:5: claims.0: has neither check nor why; add a check, or give the reason for the verdict in `why`",
        ),
        (
            "where: 1",
            "where: 2",
            "15:5: claims.0.where: 2 is not a source of this article; write 1 to 1, or a web address",
        ),
        (
            "where: 1",
            "where: 0",
            "15:5: claims.0.where: 0 is not a source of this article; write 1 to 1, or a web address",
        ),
        (
            "where: 1",
            "where: javascript:alert(1)",
            "15:5: claims.0.where: javascript:alert(1) is not a source of this article; write 1 to 1, or a web address",
        ),
        (
            "grade: press",
            "grade: rumour",
            (
                "16:5: claims.0.grade: 'rumour' is not allowed; use official, stated-cause, press, "
                "user-report "
                "or unverified"
            ),
        ),
        ("said: It took", "siad: It took", "13:5: claims.0.siad: is not a known key; did you mean said?"),
        ("length: {lasted", "length: {lasts", "21:3: figures.length: asks nothing; did you mean lasted?"),
        (
            "provider: acme, from",
            "provider: acne, from",
            "22:3: figures.quick: 'acne' is not a provider here; did you mean acme?",
        ),
    ],
)
def test_a_claim_or_figure_that_is_wrong_is_named_with_a_cure(old: str, new: str, fault: str) -> None:
    assert HEAD.count(old) >= 1
    found = faults(HEAD.replace(old, new, 1) + "Text.")
    assert fault in found if fault else not found


def test_a_date_changed_in_an_incident_is_told_with_both_values() -> None:
    text = HEAD + "Text."
    assert faults(text, world([incident("acme", "a", at(2), 121)])) == [
        (
            "19:5: claims.0.verdict: is 'contradicted', but the archive says 'supported': it finds 2 h 01 min, expected "
            "was > 2h; "
            "write supported, or fix the check"
        )
    ]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{{lenght}}", "25:1: {{lenght}} is not a figure of this file; did you mean {{length}}?"),
        ("{{length.k}}", "25:1: {{length.k}} does not exist; write length, length.n, length.low, length.high"),
        (
            "It is {{quick.mean}}",
            "25:7: {{quick.mean}} does not exist; write quick, quick.n, quick.k, quick.low, quick.high, quick.interval",
        ),
    ],
)
def test_a_quote_of_nothing_is_named_with_a_cure(body: str, fault: str) -> None:
    assert faults(HEAD + body) == [fault]


def test_a_figure_that_cannot_be_said_may_not_be_quoted() -> None:
    text = HEAD.replace("verdict: contradicted", "verdict: undecidable")
    assert faults(text + "It took {{length}}.", world([incident("acme", "a", at(2), 0)])) == [
        "25:9: {{length}} cannot be computed: Start and end are equal: no length is given. Leave it out"
    ]


# In the site


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with this checkout's code and theme, one provider, one incident and one article."""
    root = tmp_path_factory.mktemp("site")
    for name in ("plugins", "theme", "almanac.toml", "pelicanconf.py", "publishconf.py", "requirements.lock"):
        (root / name).symlink_to(ROOT / name)
    content = root / "content"
    for slug in ("acme", "other"):
        (content / "providers").mkdir(parents=True, exist_ok=True)
        (content / "providers" / f"{slug}.md").write_text(
            f"---\nslug: {slug}\nname: {slug.title()}\ncompany: A\nhome: https://{slug}.example/\n"
            f"status_page: https://{slug}.example/\n---\n"
        )
        archive.save_pulls(content, Pulls(provider=slug, coverage=(Span(since=at(1), until=at(31)),)))
    save(content, 90)
    article = HEAD + "It took {{length}}; `{{length}}` is code. Of {{quick.n}}, {{quick.k}} ({{quick}}) were quick.\n"
    (content / FILE).parent.mkdir(parents=True)
    (content / FILE).write_text(article)
    (content / "pages").mkdir()
    return root


def save(content: Path, minutes: int) -> None:
    archive.save(content, [incident("acme", "a", at(2), minutes)], archive.load(content, "acme"))


def build(root: Path) -> str:
    """Build the preview; what the build leaves out and why, "" if nothing is wrong."""
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        build_command.build(root / "pelicanconf.py", now="2026-04-01T00:00:00Z")
    return told.getvalue()


def page(root: Path, path: str) -> Any:
    return BeautifulSoup((root / ".output-preview" / path / "index.html").read_text().replace(GAP, " "), "lxml")


@pytest.mark.slow
def test_figures_and_verdicts_follow_the_archive_from_build_to_build(project: Path) -> None:
    assert build(project) == ""
    shown = page(project, "articles/2026/acme")
    assert shown.select_one(".body p").text == "It took 1 h 30 min; {{length}} is code. Of 1, 1 (100%) were quick."
    claim = shown.select_one("#claims .claim")
    assert claim["class"] == ["claim", "contradicted"]
    said = "Contradicted. The archive says: 1 h 30 min; the claim says: more than 2 h."
    assert claim.select_one(".verdict").text == said
    assert page(project, "claims").select_one("#contradicted .claim blockquote").text == "It took hours"

    save(project / "content", 119)  # still under two hours: the text changes with the archive, the verdict stands
    assert build(project) == ""
    assert "It took 1 h 59 min" in page(project, "articles/2026/acme").select_one(".body p").text

    save(project / "content", 121)
    problems = build(project)
    told = (
        f"content/{FILE}:19:5: claims.0.verdict: is 'contradicted', but the archive says 'supported': it finds "
        "2 h 01 min, expected was > 2h"
    )
    assert told in problems
    save(project / "content", 90)
    assert build(project) == ""


def test_claims_are_told_to_machines_as_data_that_cannot_run(project: Path) -> None:
    assert build(project) == ""
    scripts = page(project, "articles/2026/acme").select("script")
    assert {script["type"] for script in scripts} == {"application/ld+json"}
    assert not set("".join(script.text for script in scripts)) & set("<>&")
    [script] = [script for script in scripts if "ClaimReview" in script.text]
    author, review = yaml.safe_load(script.text)["@graph"]
    assert review["author"] == {"@id": author["@id"]}
    assert (
        review["@type"],
        review["claimReviewed"],
        review["reviewRating"]["alternateName"],
        review["itemReviewed"]["appearance"]["url"],
    ) == ("ClaimReview", "It took hours", "Contradicted", "https://news.example/")


# In what people read


@pytest.mark.record
def test_every_question_is_documented_with_an_example_that_works() -> None:
    text = (CONTENT / "pages" / "contribute.md").read_text()
    rows = re.findall(r"(?m)^- `(\w+)`: .*?\. `(\{.*?\})`", text)
    assert [name for name, _ in rows] == list(queries.SHAPES)
    for name, example in rows:
        fields = yaml.safe_load(example)
        query = queries.query(fields)
        assert query.question == name
        assert queries.expect(query, fields["expect"])
        assert real().ask(query).how


@pytest.mark.parametrize("path", sorted((CONTENT / "articles").rglob("*.md")), ids=lambda path: path.stem)
def test_every_verdict_in_the_articles_is_computed_and_holds(path: Path) -> None:
    written, wrong = articles.read(path.read_bytes(), path.relative_to(CONTENT).as_posix())
    assert written
    assert [*wrong, *judge([written], real())] == []


@pytest.mark.record
def test_the_ledger_speaks_of_the_seed_in_all_three_words() -> None:
    seed = next((CONTENT / "articles").rglob("*claude-outage.md"))
    written, _ = articles.read(seed.read_bytes(), seed.relative_to(CONTENT).as_posix())
    assert written
    assert {claim.verdict for claim in written.claims} == {"supported", "contradicted", "undecidable"}
    assert len(written.claims) >= 9

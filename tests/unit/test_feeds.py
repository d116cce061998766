"""Whatever a provider's feed looks like, it becomes the same incidents or a clear refusal, and nothing else."""

from __future__ import annotations

import contextlib
import csv
import html
import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac import feeds
from almanac.feeds import document, incidentio, times, wording
from almanac.model import FeedError, Impact, Incident, Kind, Phase, Provider, Reading, Window, stamp, unstamp
from almanac.model.incident import LATEST_POSTS
from almanac.text import limits
from almanac.text import markdown as text
from bench.feeds import statuspage
from tests.support import almanacs
from tests.support.feeds import pairs
from tests.support.growth import LINEAR, SQUARE, growth

SEEN = unstamp("2026-03-02T12:00:00Z")
READABLE = [path for path in pairs.inputs() if pairs.load(path).reading]
UNBLEMISHED = [path for path in READABLE if not pairs.load(path).reading.skipped]  # type: ignore[union-attr]
FIRST, LAST = datetime(2012, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001 - as hypothesis wants it
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def read(body: bytes, seen: datetime = SEEN, provider: str = "example", **given: object) -> Reading:
    return feeds.read(replace(pairs.PROVIDER, slug=provider), body, seen=seen, **given)  # type: ignore[arg-type]


def named(path: Path) -> str:
    return str(path.relative_to(pairs.FOLDER))


# --- every quirk ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", pairs.inputs(), ids=named)
def test_a_feed_becomes_what_its_fixture_says(path: Path) -> None:
    pair = pairs.load(path)
    if pair.error:
        with pytest.raises(FeedError) as refused:
            read(pair.body, pair.seen, hint=pair.hint)
        assert refused.value.reason == pair.error
        assert len(str(refused.value)) > 20  # says what is wrong and what to do
        return
    reading = read(pair.body, pair.seen, hint=pair.hint)
    assert replace(reading, items=()) == pair.reading


def test_every_fixture_has_both_sides() -> None:
    outcomes = {path for path in pairs.FOLDER.glob("*/*.json") if not path.name.endswith(".in.json")}
    assert {pairs.outcome_of(path) for path in pairs.inputs()} == outcomes
    assert len(outcomes) > 90


@pytest.mark.parametrize("path", UNBLEMISHED, ids=named)
def test_an_entry_that_did_not_change_is_not_read_again_but_is_still_there(path: Path) -> None:
    pair = pairs.load(path)
    first = read(pair.body, pair.seen, hint=pair.hint)
    again = read(pair.body, pair.seen, hint=pair.hint, items=dict(first.items))
    assert again.incidents == ()
    assert again.unchanged == tuple(dict.fromkeys(name for _, name in first.items))
    assert (again.items, again.since, again.entries) == (first.items, first.since, first.entries)


@pytest.mark.parametrize("path", READABLE, ids=named)
def test_each_entry_is_accounted_for(path: Path) -> None:
    pair = pairs.load(path)
    reading = read(pair.body, pair.seen, hint=pair.hint)
    assert reading.is_mended or len(reading.items) + len(reading.skipped) == reading.entries
    assert {name for _, name in reading.items} == {incident.id for incident in reading.incidents}


@pytest.mark.parametrize("path", READABLE, ids=named)
def test_what_is_read_is_safe_and_in_order(path: Path) -> None:
    pair = pairs.load(path)
    for incident in read(pair.body, pair.seen, hint=pair.hint).incidents:
        ats = [update.at for update in incident.updates]
        assert ats == sorted(ats)
        assert incident.ended is None or incident.ended >= incident.started
        assert incident.ended_basis if incident.ended else not incident.ended_basis
        assert incident.source == "" or incident.source.startswith("https://")
        assert "<" not in "".join(update.text for update in incident.updates)
        assert incident.title == text.clean(incident.title) != ""


# --- identity and dialects -----------------------------------------------------------------------------------------


def test_rss_atom_and_all_markup_generations_of_statuspage_give_equal_incidents() -> None:
    names = ("atom-until-2026-05", "rss-until-2026-05", "blanks-since-2026-05")
    bodies = [(pairs.FOLDER / "statuspage" / f"{name}.xml").read_bytes() for name in names]
    atom, rss, blanks = (read(body).incidents for body in bodies)
    assert atom == rss == blanks != ()


def test_an_incident_keeps_its_identity_when_the_page_moves() -> None:
    body = (pairs.FOLDER / "statuspage/atom-until-2026-05.xml").read_bytes()
    moved = body.replace(b"https://status.example.com/incidents", b"https://status.new.example//incidents")
    before, after = read(body).incidents[0], read(moved).incidents[0]
    assert after == replace(before, source="https://status.new.example/incidents/a1b2c3d4e5f6")


@pytest.mark.parametrize("path", READABLE, ids=named)
def test_the_content_tells_the_dialect_whatever_the_hint(path: Path) -> None:
    pair = pairs.load(path)
    without = read(pair.body, pair.seen)
    if without.entries:
        hinted = {read(pair.body, pair.seen, hint=dialect.name).dialect for dialect in feeds.DIALECTS}
        assert hinted - {"plain"} <= {without.dialect}


def test_a_new_update_is_read_while_the_other_entries_stay_untouched() -> None:
    body = statuspage(6)
    first = read(body, unstamp("2026-06-30T00:00:00Z"))
    newest = first.incidents[0]
    changed = body.replace(b"&lt;strong&gt;Resolved&lt;/strong&gt;", b"&lt;strong&gt;Monitoring&lt;/strong&gt;", 1)
    again = read(changed, unstamp("2026-06-30T00:00:00Z"), items=dict(first.items))
    assert [incident.id for incident in again.incidents] == [newest.id]
    assert (newest.phase, again.incidents[0].phase) == (Phase.RESOLVED, Phase.MONITORING)
    assert again.incidents[0].ended is None
    assert set(again.unchanged) == {incident.id for incident in first.incidents[1:]}


def test_an_aws_event_keeps_its_name_when_its_first_post_rolls_out_of_the_feed() -> None:
    body = (pairs.FOLDER / "aws/open-for-months.xml").read_bytes()
    first = read(body)
    newest, oldest = body.index(b"    <item>"), body.rindex(b"    <item>")
    post = body[newest:oldest].replace(b"02 Mar 2026 01:", b"02 Mar 2026 02:").replace(b"1772442000", b"1772445600")
    rolled = body[:newest] + post + body[newest:oldest] + body[body.index(b"  </channel>") :]
    assert read(rolled, items=dict(first.items)).incidents[0].id == first.incidents[0].id
    assert read(rolled).incidents[0].id != first.incidents[0].id


def test_azure_speaks_only_of_now_and_xai_of_all_time() -> None:
    windows = {dialect.name: dialect.window for dialect in feeds.DIALECTS if dialect.window is not Window.ROLLING}
    assert windows == {"azure": Window.CURRENT, "xai": Window.WHOLE}


# --- times ---------------------------------------------------------------------------------------------------------

ZONES = {"UTC": 0, "PST": -8, "PDT": -7, "CET": 1, "AEST": 10, "GMT+0": 0, "+0530": 5.5}
WORDS = {"Investigating": Phase.INVESTIGATING, "Identified": Phase.IDENTIFIED, "Monitoring": Phase.MONITORING}


@st.composite
def told(draw: st.DrawFn) -> tuple[list[tuple[datetime, str]], str]:
    """When things were posted with which word, oldest first, and the zone of the page."""
    at = draw(MOMENTS).replace(second=0)
    steps = draw(st.lists(st.integers(0, 90 * 24 * 60), max_size=5))
    words = draw(st.lists(st.sampled_from(sorted(WORDS)), min_size=len(steps) + 1, max_size=len(steps) + 1))
    posts = [(at := at + timedelta(minutes=step), word) for step, word in zip([0, *steps], words, strict=True)]
    return [(when.replace(microsecond=0), word) for when, word in posts], draw(st.sampled_from(sorted(ZONES)))


@pytest.mark.slow
@given(told())
@settings(max_examples=200, deadline=None)
def test_times_survive_a_page_that_prints_no_year(page: tuple[list[tuple[datetime, str]], str]) -> None:
    posts, zone = page
    blocks = []
    for at, word in reversed(posts):
        local = at + timedelta(hours=ZONES[zone])
        when = f"{local:%b} <var data-var='date'>{local.day:>2}</var>, <var data-var='time'>{local:%H:%M}</var> {zone}"
        blocks.append(f"<p><small>{when}</small><br><strong>{word}</strong> - Text.</p>")
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Errors</title>'
        f"<published>{stamp(posts[-1][0])}</published>"
        '<link href="https://status.example.com/incidents/a1b2c3d4e5f6"/>'
        f'<content type="html">{html.escape("".join(blocks))}</content></entry></feed>'
    )
    found = read(body.encode(), seen=posts[-1][0] + timedelta(hours=1)).incidents[0]
    assert [(update.at, update.phase) for update in found.updates] == [(at, WORDS[word]) for at, word in posts]
    assert (found.started, found.ended, found.precision) == (posts[0][0], None, "minute")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02T11:20:41Z", "2026-03-02T11:20:41Z"),
        ("2026-02-18T16:40:22.657Z", "2026-02-18T16:40:22Z"),
        ("2019-11-29T02:31:52-08:00", "2019-11-29T10:31:52Z"),
        ("Wed,  8 Mar 2017 13:16:09 PST", "2017-03-08T21:16:09Z"),
        ("Sat, 09 May 2020 21:52:26 PDT", "2020-05-10T04:52:26Z"),
        ("Fri, 31 Jul 2026 00:12:00 Z", "2026-07-31T00:12:00Z"),
        ("Mon, 02 Mar 2026 11:20:41 +0000", "2026-03-02T11:20:41Z"),
        ("Mon, 02 Mar 2026 11:20 GMT", "2026-03-02T11:20:00Z"),
        ("2 March 2026 11:20:60 UTC", "2026-03-02T11:20:59Z"),
        ("2026-03-02T11:20:41", "2026-03-02T11:20:41Z"),
        ("2026-03-02t11:20:41z", "2026-03-02T11:20:41Z"),
        ("2026-03-02 11:20:41", "2026-03-02T11:20:41Z"),
        ("2026-03-02 11:20:41.657 +0100 CET", "2026-03-02T10:20:41Z"),
        ("20260302T112041Z", "2026-03-02T11:20:41Z"),
        ("2026-03-02", "2026-03-02T00:00:00Z"),
        ("2020/1/10 14:33:00", "2020-01-10T14:33:00Z"),
        ("2020.1.10", "2020-01-10T00:00:00Z"),
        ("Mon, 02 Mar 26 10:00:00 GMT", "2026-03-02T10:00:00Z"),
        ("Tue, 14 Oct 25 08:00:00 PST", "2025-10-14T16:00:00Z"),
        ("02 Mar 98 10:00 Z", "1998-03-02T10:00:00Z"),
        ("02 Mar 126 10:00 Z", "2026-03-02T10:00:00Z"),
        ("Monday, 02-Mar-26 10:00:00 GMT", "2026-03-02T10:00:00Z"),
        ("Mon,02 Mar 2026 10:00:00 GMT", "2026-03-02T10:00:00Z"),
        ("mon, 02 mar 2026 10:00:00 pst", "2026-03-02T18:00:00Z"),
        ("Mon, 02 Mar 2026 10:00:00 gmt+0200", "2026-03-02T08:00:00Z"),
        ("Mon, 02 Mar 2026 10:00:00 -0800 (PST)", "2026-03-02T18:00:00Z"),
        ("Mon, 02 Mar 2026", "2026-03-02T00:00:00Z"),
        ("Mon Mar 02 2026 10:00:00 GMT+0000 (UTC)", "2026-03-02T10:00:00Z"),
        ("Mon Mar 02 2026 10:00:00 GMT-0800 (Pacific Standard Time)", "2026-03-02T18:00:00Z"),
        ("Mon Mar  2 10:00:00 2026", "2026-03-02T10:00:00Z"),
        ("Mon Mar  2 10:00:00 PST 2026", "2026-03-02T18:00:00Z"),
        ("March 2nd, 2026 at 3:05 p.m. EST", "2026-03-02T20:05:00Z"),
        ("March 2, 2026, 12:05 AM UTC", "2026-03-02T00:05:00Z"),
        ("2026-03-02T11:20:41 America/New_York", "2026-03-02T16:20:41Z"),
        ("03/02/2026 10:00:00", None),
        ("Mon, 02 Mar 60 10:00:00 GMT", None),
        ("Mon, 02 Mar 2026 25:20:41 GMT", None),
        ("Mon, 02 Mar 2026 13:20 PM GMT", None),
        ("Mon, 02 Mar 2026 11:20:41 GMT" + " " * 100 + "x", None),
        ("2026", None),
        ("Mon, 30 Feb 2026 11:20:41 GMT", None),
        ("Mon, 02 Mar 2026 11:20:41 XYZ", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_stamps_are_read_in_the_forms_feeds_use(written: str, meant: str | None) -> None:
    found = times.stamp(written)
    assert (stamp(found) if found else None) == meant


@pytest.mark.parametrize(
    ("written", "lacks", "meant"),
    [
        ("2026-07-02 10:00", times.NO_ZONE, "2026-07-02T02:00:00Z"),
        ("20260702T100000", times.NO_ZONE, "2026-07-02T02:00:00Z"),
        ("Thu, 02 Jul 2026 10:00:00", times.NO_ZONE, "2026-07-02T02:00:00Z"),
        ("Thu Jul  2 10:00:00 2026", times.NO_ZONE, "2026-07-02T02:00:00Z"),
        ("2026-07-02", times.NO_CLOCK, "2026-07-01T16:00:00Z"),
        ("20260702", times.NO_CLOCK, "2026-07-01T16:00:00Z"),
        ("2 July 2026", times.NO_CLOCK, "2026-07-01T16:00:00Z"),
        ("2026-07-02T10:00Z", "", "2026-07-02T10:00:00Z"),
    ],
)
def test_a_stamp_tells_what_it_lacks_and_is_of_the_zone_of_its_page(written: str, lacks: str, meant: str) -> None:
    there = times.zone("Asia/Shanghai")
    assert there is not None
    found = times.parse(written, there)
    assert found is not None
    assert (found.lacks, stamp(found.at.astimezone(UTC))) == (lacks, meant)


@pytest.mark.parametrize(
    ("name", "summer", "winter"),
    [("US/Pacific", -7, -8), ("PT", -7, -8), ("PST", -8, -8), ("America/New_York", -4, -5), ("GMT+5:30", 5.5, 5.5)],
)
def test_zones_by_name_know_about_summer(name: str, summer: float, winter: float) -> None:
    zone = times.zone(name)
    hours = [datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (7, 1)]
    assert hours == [timedelta(hours=summer), timedelta(hours=winter)]


def test_zones_as_they_are_printed_are_fixed_offsets() -> None:
    hours: dict[str, float] = {"HST": -10, "AKST": -9, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6}
    hours |= {"CDT": -5, "EST": -5}
    hours |= {"EDT": -4, "UTC": 0, "GMT": 0, "Z": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "GMT+0": 0}
    hours |= {"UTC-3": -3}
    hours |= {"SGT": 8, "HKT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "-0330": -3.5}
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert {name: at.astimezone(times.zone(name)).utcoffset() for name in hours} == {
        name: timedelta(hours=offset) for name, offset in hours.items()
    }


@pytest.mark.parametrize("name", ["IST", "../../etc/passwd", "US/Nowhere", "+99", "", "Mars/Olympus"])
def test_a_zone_nobody_knows_is_none(name: str) -> None:
    assert times.zone(name) is None


@given(MOMENTS)
def test_a_ulid_tells_when_it_was_made(at: datetime) -> None:
    left, digits = int(at.timestamp() * 1000), ""
    for _ in range(10):
        left, digit = divmod(left, 32)
        digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit] + digits
    assert incidentio.ulid_time(f"{digits}T8VNWS146V0S09MF") == at.replace(microsecond=0)


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        *[("critical", "critical"), ("full_outage", "critical"), ("SERVICE_OUTAGE/low", "critical")],
        *[("major", "major"), ("major_outage", "major"), ("partial_outage", "major")],
        *[("SERVICE_DISRUPTION/high", "major"), ("SERVICE_DISRUPTION/medium", "minor"), ("minor", "minor")],
        *[("SERVICE_DISRUPTION/low", "minor"), ("degraded_performance", "minor"), ("disruption", "minor")],
        *[("none", "none"), ("operational", "none"), ("SERVICE_INFORMATION/high", "none"), ("", "unknown")],
        *[("maintenance", "maintenance"), ("under_maintenance", "maintenance"), ("Degraded performance", "minor")],
        *[("gigantic", None), ("outage", None)],
    ],
)
def test_impacts_mean_what_was_decided_and_no_other_word_means_anything(stated: str, meant: str | None) -> None:
    assert wording.impact(stated) == (Impact(meant) if meant else None)


@pytest.mark.parametrize(
    ("title", "impact", "kind", "basis"),
    [
        ("Complete outage of the API", "unknown", "outage", "words"),
        ("ChatGPT is down", "minor", "outage", "words"),
        ("llama-v3 went down", "unknown", "outage", "words"),
        ("Files cannot be downloaded", "unknown", "degradation", "words"),
        ("Partial outage of chat", "unknown", "degradation", "words"),
        ("Some models are unavailable", "unknown", "degradation", "words"),
        ("示例 部分中断", "unknown", "degradation", "words"),
        ("示例 不可用", "unknown", "outage", "words"),
        ("Elevated errors on claude.ai", "unknown", "degradation", "words"),
        ("Elevated errors on claude.ai", "critical", "outage", "impact"),
        ("Incident with Actions", "unknown", "degradation", "impact"),
        ("Incident with Actions", "critical", "outage", "impact"),
        ("Emergency maintenance", "unknown", "maintenance", "words"),
        ("Issues after maintenance", "unknown", "degradation", "words"),
        ("Outage during a test of backups", "unknown", "outage", "words"),
        ("[API Console] Test+Incident", "unknown", "test", "words"),
        ("[API] TEST TEST TEST", "unknown", "test", "words"),
        ("This is a test", "unknown", "test", "words"),
        ("[Test] API down", "critical", "test", "words"),
        ("(testing) Elevated errors", "unknown", "test", "words"),
        ("Elevated errors, please ignore", "unknown", "test", "words"),
        ("[Tests] Elevated errors", "unknown", "degradation", "words"),
        ("Latest models: contest results", "unknown", "degradation", "impact"),
        ("We've suspended access to Model X", "critical", "notice", "words"),
        ("Retirement of GPT-3", "unknown", "notice", "words"),
        ("New quota for free users", "unknown", "notice", "words"),
        ("Usage policies update", "none", "notice", "words"),
        ("Quota errors", "unknown", "degradation", "words"),
        ("Upgrade of the database", "maintenance", "maintenance", "source"),
    ],
)
def test_a_word_of_trouble_wins_over_everything_that_only_sounds_harmless(
    title: str, impact: str, kind: str, basis: str
) -> None:
    assert wording.kind(title, Impact(impact), planned=False) == (Kind(kind), basis)


def test_a_plan_the_source_declares_stays_a_plan_whatever_its_words() -> None:
    found = wording.kind("Planned work, the API will be unavailable", Impact.UNKNOWN, planned=True)
    assert found == (Kind.MAINTENANCE, "source")


# --- hostile feeds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", READABLE, ids=named)
def test_a_feed_that_is_cut_off_changes_nothing(path: Path) -> None:
    pair = pairs.load(path)
    whole = len(pair.body.rstrip())
    for at in sorted({whole * part // 23 for part in range(1, 23)} | {whole - 1}):
        with pytest.raises(FeedError):
            read(pair.body[:at], pair.seen, hint=pair.hint)


DAMAGE = [b"", b"<", b"&", b"\xff", b"<item>", b"99", b"]]>", b"\x00", b"-", b" ", b"&lt;"]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_feed_raises_nothing_but_a_feed_error(data: st.DataObject) -> None:
    body = bytearray(pairs.load(data.draw(st.sampled_from(READABLE))).body)
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(body))
        body[at : at + rng.randint(0, 9)] = rng.choice(DAMAGE)
    with suppress(FeedError):
        read(bytes(body))


BLOCK = "<p><small>Mar  2, 10:00 UTC</small><br><strong>Resolved</strong> - x</p>"


def entry(body: str) -> bytes:
    """Return a Statuspage feed with one entry of this body."""
    return (
        '<rss version="2.0"><channel><item><title>x</title><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>'
        f"<guid>https://status.example.com/incidents/a1b2c3d4e5f6</guid><description>{html.escape(body)}"
        "</description></item></channel></rss>"
    ).encode()


BOMBS: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "paragraphs": (30_000, lambda size: entry(BLOCK + "<p><small>" * size)),
    "dates": (8_000, lambda size: entry(BLOCK + "<p> <small>Mar <var data-var='date'> " * size)),
    "plans": (8_000, lambda size: entry(BLOCK + "<strong>THIS IS A SCHEDULED EVENT " * size)),
    "ends of paragraphs": (60_000, lambda size: entry(BLOCK + "</p>" * size)),
    "bold in bold": (60_000, lambda size: entry(BLOCK + "<b>" * size)),
    "blocks": (3_000, lambda size: entry(BLOCK * size)),
    "items": (40_000, lambda size: b"<rss><channel>" + b"<item/>" * size + b"</channel></rss>"),
    "links in links": (
        30_000,
        lambda size: b"<rss><channel><item>" + b"<a>" * size + b"</a>" * size + b"</item></channel></rss>",
    ),
    "comments that do not end": (100_000, lambda size: b"<!-- " * size),
    "comments": (100_000, lambda size: b"<!---->" * size + b"<p>"),
    "angles": (300_000, lambda size: b"<" * size),
    "brackets": (300_000, lambda size: b"[" * size),
    "objects": (100_000, lambda size: b'{"page":{},"incidents":[' + b"{}," * size + b"{}]}"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_or_refused_in_time_that_grows_with_its_length(name: str) -> None:
    size, bomb = BOMBS[name]

    def tried(size: int) -> None:
        with suppress(FeedError):
            read(bomb(size))

    limit = SQUARE if name == "ends of paragraphs" else LINEAR
    assert growth(tried, size, limit) < limit


def test_what_is_longer_than_is_kept_is_cut_and_a_doubt() -> None:
    long = "x" * 40_000
    item = f"<item><title>{long}</title><guid>{long}</guid><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>"
    other = f"<item><title>b</title><guid>{long}y</guid><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>"
    text = f"<description>{'word ' * 20_000}</description></item>"
    reading = read(f"<rss version='2.0'><channel>{item}{text}{other}</item></channel></rss>".encode())
    assert [len(incident.title) for incident in reading.incidents] == [limits.TITLE, 1]
    assert [len(incident.id) for incident in reading.incidents] == [limits.ID, limits.ID]
    assert len({incident.id for incident in reading.incidents}) == 2
    assert len(reading.incidents[0].updates[0].text) <= limits.TEXT
    assert len(reading.doubts) == 4  # of id, title and text, and that neither says how it stands


def test_a_number_of_thousands_of_digits_costs_no_answer() -> None:
    record = {
        "id": 0,
        "name": "API",
        "impact": "minor",
        "created_at": "2026-03-02T10:00:00Z",
        "incident_updates": [{"status": "investigating", "body": "b", "created_at": "2026-03-02T10:00:00Z"}],
    }
    body = json.dumps({"page": {}, "incidents": [record]}).replace('"id": 0', f'"id": {"1" * 5000}')
    assert [incident.id for incident in read(body.encode()).incidents] == [limits.cut_id("1" * 5000)]


@pytest.mark.parametrize(
    ("field", "odd", "doubt"),
    [
        ("incident_updates", "words", "incident_updates 2 of a1 is str, not an object"),
        ("components", 7, "components 2 of a1 is int, not an object"),
        ("components", {"name": None}, "components of a1: one has no name"),
        ("incident_updates", {"status": None, "created_at": "2026-03-02T10:00:00Z"}, "a post of a1 has no status"),
    ],
)
def test_one_element_of_a_wrong_type_costs_itself_and_is_told(field: str, odd: object, doubt: str) -> None:
    lists: dict[str, list[object]] = {
        "components": [{"name": "API"}],
        "incident_updates": [{"status": "investigating", "body": "b", "created_at": "2026-03-02T10:00:00Z"}],
    }
    lists[field].append(odd)
    record = {"id": "a1", "name": "Slow", "impact": "minor", "created_at": "2026-03-02T10:00:00Z"} | lists
    found = read(json.dumps({"page": {}, "incidents": [record]}).encode())
    assert (found.skipped, doubt in found.doubts) == ((), True)
    [incident] = found.incidents
    assert (incident.components, incident.updates[-1].text) == (("API",), "b")


def test_a_feed_of_more_than_two_megabytes_is_refused() -> None:
    with pytest.raises(FeedError, match="2,000,001 bytes") as refused:
        read(b"<rss>" + b" " * 1_999_996)
    assert refused.value.reason == "too large"


PIECES = ["<item>", "</item>", "<![CDATA[<item>]]>", "<!--<item>-->", "<items/>", "<?x <item>?>", "a"]


@given(st.lists(st.sampled_from(PIECES)))
@settings(max_examples=200, deadline=None)
def test_entries_are_cut_where_an_xml_parser_finds_them(pieces: list[str]) -> None:
    body = ("<rss><channel>" + "".join(pieces) + "</channel></rss>").encode()
    try:
        parts = document.split(body)
    except FeedError:
        return
    found = sum(1 for depth in _depths(pieces) if depth == 1)
    assert len(parts.entries) == found
    assert all(entry.startswith(b"<item>") and entry.endswith(b"</item>") for entry in parts.entries)


def _depths(pieces: list[str]) -> Iterator[int]:
    depth = 0
    for piece in pieces:
        depth += (piece == "<item>") - (piece == "</item>")
        if piece == "<item>":
            yield depth


# --- recordings and corpora ----------------------------------------------------------------------------------------


def seen_at(path: Path) -> datetime:
    """Return the moment in the name of a recording, or the end of that day."""
    found = re.search(r"(\d{4})-(\d\d)(?:-(\d\d))?(?:T(\d\d)(\d\d))?", path.name)
    if not found:
        return datetime(2026, 12, 1, tzinfo=UTC)
    year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
    at = datetime(year or 0, month or 0, day or 28, hour or 0, minute or 0, tzinfo=UTC)
    return at if hour is not None else at + timedelta(days=1 if day else 4)


@pytest.mark.slow
@pytest.mark.shared
def test_every_recording_is_read_with_each_entry_accounted_for(shared: Path) -> None:
    refused = {}
    for path in sorted(shared.glob("recordings/**/*.*")):
        if path.suffix == ".tsv":
            continue
        try:
            reading = read(path.read_bytes(), seen_at(path))
        except FeedError as error:
            refused[path.name] = error.reason
            continue
        assert len(reading.items) == reading.entries, path
        assert (reading.skipped, reading.dialect == "plain") == ((), False), path
    assert refused == {"feed-2018-11-12-broken-as-quoted-retyped.xml": "malformed", "summary-2026-08-03.json": "wrong"}


def last_seen(paths: list[Path]) -> dict[str, Incident]:
    """Each incident as the newest of these feeds that shows it has it."""
    return {incident.id: incident for path in paths for incident in read(path.read_bytes(), seen_at(path)).incidents}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("provider", "pattern", "least"),
    [("github", "github/**/*.atom", 805), ("anthropic", "anthropic/rebuilt*/*.rss", 38)],
)
def test_recorded_feeds_give_starts_ends_and_posts_as_in_the_facts(
    shared: Path, provider: str, pattern: str, least: int
) -> None:
    with (shared / "facts/incidents.csv").open(newline="") as file:
        facts = {row["incident_id"]: row for row in csv.DictReader(file) if row["provider"] == provider}
    found = last_seen(sorted((shared / "recordings").glob(pattern)))
    known = [incident for name, incident in found.items() if name in facts]
    assert len(known) >= least
    minute = timedelta(minutes=1)  # pages print minutes, and round some of them
    for incident in known:
        row = facts[incident.id]
        assert abs(incident.started - unstamp(row["started_at"])) <= minute, incident.id
        assert incident.ended is not None
        assert abs(incident.ended - unstamp(row["ended_at"])) <= minute, incident.id
        if provider == "anthropic":
            posted = [unstamp(post.rpartition("@")[2]) for post in row["updates"].split()]
            assert len(posted) == len(incident.updates)
            assert all(abs(a - update.at) <= minute for a, update in zip(posted, incident.updates, strict=True))


@pytest.mark.shared
def test_rss_and_atom_of_the_same_minute_give_equal_incidents(shared: Path) -> None:
    recorded = sorted((shared / "recordings/digitalocean").glob("*.rss"))
    assert len(recorded) >= 4
    for rss in recorded:
        atom = rss.with_suffix(".atom")
        ours, theirs = read(rss.read_bytes(), seen_at(rss)), read(atom.read_bytes(), seen_at(atom))
        assert (ours.incidents, ours.since) == (theirs.incidents, theirs.since)


@pytest.mark.shared
@pytest.mark.slow
def test_no_public_feed_of_a_test_suite_raises_anything_but_a_feed_error(shared: Path) -> None:
    corpora = ("feedparser", "reader", "defusedxml")
    paths = [path for name in corpora for path in shared.glob(f"corpora/{name}/files/**/*.*")]
    counted = {"read": 0, "refused": 0}
    for path in paths:
        try:
            reading = read(path.read_bytes())
            assert reading.is_mended or len(reading.items) + len(reading.skipped) == reading.entries
            counted["read"] += 1
        except FeedError:
            counted["refused"] += 1
    assert counted["read"] > 100
    assert counted["refused"] > 100


def test_a_provider_is_named_in_what_it_said() -> None:
    provider = Provider(slug="anthropic", name="Claude", company="", home="", status_page="")
    reading = feeds.read(provider, (pairs.FOLDER / "statuspage/reopened.xml").read_bytes(), seen=SEEN)
    assert (reading.provider, {incident.provider for incident in reading.incidents}) == ("anthropic", {"anthropic"})


def test_a_dialect_that_shows_the_latest_posts_only_is_known_to_the_model() -> None:
    assert {dialect.name for dialect in feeds.DIALECTS if not dialect.whole_entries} == LATEST_POSTS


def test_what_was_seen_resolved_first_is_not_said_to_be_posted_late() -> None:
    entry = "<entry><title>Slow</title><id>https://s.example/incidents/01JXJPWKHTC4R7D2N9KQ0F5W8S</id>"
    body = "<updated>2026-03-02T10:00:00Z</updated><content type='html'>&lt;b&gt;Status: Resolved&lt;/b&gt;</content></entry>"
    [incident] = read(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}{body}</feed>".encode()).incidents
    assert (incident.dialect, incident.phase, incident.posted_late) == ("incidentio", Phase.RESOLVED, False)


@pytest.mark.parametrize(("end", "late"), [("49:00", False), ("49:20", True), ("49:01", True), ("48:00", True)])
def test_an_end_that_is_printed_to_the_minute_makes_no_post_of_that_minute_late(end: str, late: bool) -> None:
    assert almanacs.incident(until=f"02 11:{end}", updates=(), first_seen=None).posted_late is late


def test_bodies_in_blocks_are_read_in_linear_time() -> None:
    for words in (
        "<p><strong>Resolved</strong> - a",
        "<small>1:00pm PST</small> a",
        "<br>",
        "<p>",
        "<b>Update</b><br>",
        "< ",
    ):

        def tried(size: int, words: str = words) -> None:
            body = words * (size // len(words))
            read(
                f"<rss><channel><item><guid>1</guid><description><![CDATA[{body}]]></description></item></channel></rss>".encode()
            )

        assert growth(tried, 30_000) < SQUARE


def test_a_feed_with_references_of_html_is_mended_and_says_so() -> None:
    items = (
        "<item><title>Q&A &nbsp;is &amp; slow&hellip;</title><guid>1</guid><description>We look.</description></item>"
    )
    mended = read(f"<rss><channel><!-- & --><title>x</title>{items}</channel></rss>".encode())
    assert (mended.is_mended, [one.title for one in mended.incidents]) == (True, ["Q&A is & slow…"])
    assert mended.doubts[-1] == ("the XML is not well-formed: 3 references mended; it may add, but changes nothing")
    with pytest.raises(FeedError, match="the XML is broken"):
        read(b"<rss><channel><item><title>a &nbsp; b</item></channel></rss>")


@pytest.mark.parametrize("text", ["&", "&a", "<!--", "<![CDATA[", "&nbsp;", "<?"])
def test_mending_takes_linear_time(text: str) -> None:
    def tried(size: int) -> None:
        with contextlib.suppress(FeedError):
            document.split(b"<rss><channel><title>&nbsp;" + text.encode() * (size // len(text)))

    assert growth(tried, 60_000) < LINEAR


def test_a_reference_of_thousands_of_digits_costs_no_entry() -> None:
    text = f"&amp;#{'9' * 5000}; We are investigating."
    item = f"<item><title>Slow</title><guid>1</guid><description>{text}</description></item>"
    assert [one.phase for one in read(f"<rss><channel>{item}</channel></rss>".encode()).incidents] == [
        Phase.INVESTIGATING
    ]

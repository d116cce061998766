"""JSON beside the feeds: in whatever encoding, form and state it comes, it costs at most what is wrong with it."""

import codecs
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from almanac import feeds
from almanac.feeds import records
from almanac.model import FeedError, Impact, Phase, Provider, Reading, Window
from tests.support.feeds import pairs

SEEN = datetime(2026, 3, 3, tzinfo=UTC)
RECORDINGS = Path(__file__).resolve().parents[2] / "../shared/recordings-second"
EXAMPLE = pairs.PROVIDER
EVENT = {
    "service": "ec2-us-east-1",
    "date": "1772369485",
    "event_log": [{"message": "Looking.", "timestamp": 1772369485}],
}


def read(value: Any, *, hint: str = "", provider: Provider = EXAMPLE, **context: Any) -> Reading:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return feeds.read(provider, body, seen=SEEN, hint=hint, **context)


def statuspage(*incidents: Any, url: str = "https://status.example.com") -> dict[str, Any]:
    return {"page": {"id": "p", "url": url}, "incidents": list(incidents)}


def record(name: str = "a1b2c3d4e5f6", **fields: Any) -> dict[str, Any]:
    update = {"status": "investigating", "body": "Looking.", "display_at": "2026-03-02T10:00:00Z"}
    return {"id": name, "name": "Errors", "created_at": "2026-03-02T10:00:00Z", "incident_updates": [update]} | fields


def test_an_answer_says_the_same_in_every_encoding_of_json() -> None:
    text = json.dumps([EVENT])
    marked = [codecs.BOM_UTF8 + text.encode(), codecs.BOM_UTF16_BE + text.encode("utf-16-be")]
    marked += [text.encode("utf-16"), text.encode("utf-16-be"), text.encode("utf-16-le")]
    assert {read(body).incidents for body in marked} == {read([EVENT]).incidents}


def test_an_encoding_that_is_not_kept_refuses_the_answer() -> None:
    with pytest.raises(FeedError, match="cut off or broken"):
        read(codecs.BOM_UTF16_BE + json.dumps([EVENT]).encode("utf-16-be")[:-1])


def test_the_hint_decides_only_what_the_answer_leaves_open() -> None:
    names = ("google-json", "google-workspace-json", "aws-current-json", "aws-json")
    assert {name: read([], hint=name).dialect for name in names} == {name: name for name in names}
    assert read([EVENT], hint="google-json").dialect == "aws-current-json"
    assert read([], hint="statuspage-json").dialect == "google-json"


def test_a_summary_shows_only_what_goes_on_so_that_absence_from_it_is_the_end() -> None:
    summary = statuspage(record()) | {"status": {}, "components": []}
    assert (read(summary).window, read(statuspage(record())).window) == (Window.CURRENT, Window.ROLLING)


def test_a_list_of_what_is_unresolved_reaches_back_to_nothing() -> None:
    over = record("f6e5d4c3b2a1", status="resolved", created_at="2026-02-01T10:00:00Z")
    assert read(statuspage(record(status="identified"))).since is None
    assert read(statuspage(record(status="identified"), over)).since == datetime(2026, 2, 1, 10, tzinfo=UTC)


def test_records_of_the_wrong_type_cost_themselves_only() -> None:
    reading = read(statuspage(record(), None, [], "x", 7, record("")))
    assert [incident.id for incident in reading.incidents] == ["a1b2c3d4e5f6"]
    assert [skip.why for skip in reading.skipped] == [
        "it is NoneType, not an object",
        "it is list, not an object",
        "it is str, not an object",
        "it is int, not an object",
        "it has no id",
    ]


ODD = ["-Infinity", "1e999", "-1e30", "null", "true", "[]", "{}", "[[{}]]", '"\\ud800"', '""']


@pytest.mark.parametrize("odd", ["NaN", *(pytest.param(odd, marks=pytest.mark.slow) for odd in ODD)])
@pytest.mark.parametrize("path", [path for path in pairs.inputs() if path.suffix == ".json"], ids=lambda p: p.name)
def test_an_odd_value_costs_its_field_or_its_record_wherever_it_stands(path: Path, odd: str) -> None:
    pair = pairs.load(path)
    if pair.error:
        return
    for body in _with_one_field(json.loads(pair.body), odd):
        assert "reading failed" not in _refusal(body.encode(), pair.hint), body


def _refusal(body: bytes, hint: str) -> str:
    """Return why an answer is refused as a whole; "" if it is read."""
    try:
        read(body, hint=hint)
    except FeedError as error:
        return str(error)
    return ""


def _with_one_field(answer: Any, odd: str) -> list[str]:
    """Return an answer as many times as it has fields, each time with another one of them printed as `odd`."""
    texts, holders = [], [answer]
    while holders:
        holder = holders.pop()
        for key, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if isinstance(value, (dict, list)):
                holders.append(value)
            holder[key] = "\0"
            texts.append(json.dumps(answer).replace(json.dumps("\0"), odd))
            holder[key] = value
    return texts


def test_two_records_of_one_incident_are_one_and_raise_a_doubt() -> None:
    later = {"status": "resolved", "body": "Over.", "display_at": "2026-03-02T11:00:00Z"}
    reading = read(statuspage(record(), record(incident_updates=[later])))
    assert [(one.id, [post.text for post in one.updates]) for one in reading.incidents] == [
        ("a1b2c3d4e5f6", ["Looking.", "Over."])
    ]
    assert reading.doubts == ("several entries of a1b2c3d4e5f6 that differ, taken together: Errors",)


def test_more_records_than_a_page_can_have_refuse_the_answer() -> None:
    with pytest.raises(FeedError, match="5,001 records are more than a status page has"):
        read(statuspage(*[{}] * 5_001))


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"page": {"a":' * 50_000, b'{"page": 1, "incidents": [' + b"[" * 90_000]
)
def test_an_answer_that_is_nested_too_deep_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError, match="cut off or broken"):
        read(body)


def test_a_log_that_cannot_be_read_costs_the_posts_and_says_so() -> None:
    for log in ("[" * 50_000, "[{", "7", '["x"]'):
        event = {"service": "EC2", "region": "us-east-1", "startTime": 1772369485000, "metadata": {"EVENT_LOG": log}}
        reading = read([event])
        assert [(one.id, one.updates) for one in reading.incidents] == [("ec2-us-east-1_1772369485", ())]
        assert [doubt.partition(" is ")[0] for doubt in reading.doubts] == ["event_log 1 of ec2-us-east-1_1772369485"]


def test_the_source_of_an_incident_stays_on_its_page_and_off_short_links() -> None:
    ours = replace(EXAMPLE, status_page="https://status.example.org/")
    short = record(shortlink="https://stspg.io/abc")
    sources = [
        read(statuspage(short), provider=ours).incidents[0].source,
        read(statuspage(short, url=""), provider=ours).incidents[0].source,
        read(statuspage(short, url="")).incidents[0].source,
        read(statuspage(record(shortlink="https://s.example/incidents/a1b2c3d4e5f6"), url="")).incidents[0].source,
    ]
    assert sources == [
        "https://status.example.com/incidents/a1b2c3d4e5f6",
        "https://status.example.org/incidents/a1b2c3d4e5f6",
        "",
        "https://s.example/incidents/a1b2c3d4e5f6",
    ]


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("../../login", "..%2F..%2Flogin"),
        ("a b", "a%20b"),
        ("x\n](https://evil.example)", "x%0A%5D%28https%3A%2F%2Fevil.example%29"),
        ("?q#f", "%3Fq%23f"),
    ],
)
def test_an_odd_id_makes_no_odd_address(name: str, end: str) -> None:
    assert read(statuspage(record(name))).incidents[0].source == f"https://status.example.com/incidents/{end}"


@pytest.mark.parametrize(
    ("stated", "meant"),
    [("medium", Impact.UNKNOWN), ("1", Impact.UNKNOWN), (2, Impact.UNKNOWN), ("degraded", Impact.MINOR)],
)
def test_a_level_whose_meaning_is_not_published_is_stated_and_unknown(stated: object, meant: Impact) -> None:
    reading = read(statuspage(record(impact=stated)))
    assert (reading.incidents[0].impact, reading.incidents[0].impact_stated) == (meant, str(stated))
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("file", "slug", "dialect", "named"),
    [
        ("anthropic/statuspage-summary-2026-07-29T202625Z.json", "anthropic", "statuspage-json", "Claude Code"),
        ("cloudflare/statuspage-summary-2026-07-29T200441Z.json", "replicate", "statuspage-json", "Workers"),
        ("github/statuspage-summary-2026-07-24T194436Z.json", "github", "statuspage-json", "Pull Requests"),
        ("aws/currentevents-2026-08-01T185355Z.utf16be.json", "aws", "aws-current-json", "Amazon Bedrock"),
        ("huggingface/betterstack-index-2026-07-19T134250Z.json", "huggingface", "betterstack-json", "AWS CDN"),
        (
            "deepseek/flashduty-change-list-2026-07-24-trimmed.json",
            "deepseek",
            "flashduty-json",
            "API 服务 (API Service)",
        ),
        (
            "google-cloud/incidents-41E5S3mkTGDfkZuJZH5k-2026-09-15.json",
            "google-cloud",
            "google-json",
            "Vertex Gemini API",
        ),
    ],
)
def test_a_recorded_answer_is_read_whole(file: str, slug: str, dialect: str, named: str) -> None:
    if not (RECORDINGS / file).is_file():
        pytest.skip(f"the recordings are not here ({RECORDINGS})")
    provider = Provider(slug=slug, name=slug, company="", home="", status_page="")
    reading = feeds.read(provider, (RECORDINGS / file).read_bytes(), seen=datetime(2026, 12, 1, tzinfo=UTC))
    assert (reading.dialect, reading.skipped, reading.doubts) == (dialect, (), ())
    assert any(named in incident.components for incident in reading.incidents)
    assert all(incident.impact_stated and incident.phase in Phase for incident in reading.incidents)


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("Search & maps are slow.\nWe look.", "Search &amp; maps are slow.<br>We look."),
        ("Search &amp; maps are slow.", "Search &amp; maps are slow."),
        ("It&#39;s <b>slow</b>.", "It&#39;s <b>slow</b>."),
        ("R&D; 3 < 4", "R&amp;D; 3 &lt; 4"),
    ],
)
def test_a_text_is_html_where_it_has_tags_or_references_of_html(written: str, html: str) -> None:
    assert records.body(written) == html

"""The Statuspage v2 shape and the badges: valid, honest about what is not known, and read by a stock client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from almanac.model import Impact, Kind, Phase, unstamp
from tests.support import shapes
from tests.support.almanacs import incident
from tests.support.syndication import HOST, Press, life, maintenance, xml

NOW = unstamp("2026-03-02T14:10:00Z")
VALID_UNTIL = "2026-03-02T15:10:00Z"
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
MAYBE = {"anyOf": [TIME, {"type": "null"}]}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


PAGE = _object("id name url time_zone updated_at", id=TEXT, name=TEXT, url=TEXT, time_zone=TEXT, updated_at=TIME)
STATUS = _object(
    "indicator description", indicator={"enum": ["none", "minor", "major", "critical", "unknown"]}, description=TEXT
)
COMPONENT = _object(
    "id name status created_at updated_at position description showcase start_date group_id page_id group "
    "only_show_if_degraded",
    id=TEXT,
    name=TEXT,
    created_at=TIME,
    updated_at=TIME,
    position={"type": "integer"},
    showcase=FLAG,
    group=FLAG,
    status={"enum": ["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"]},
    page_id=TEXT,
    only_show_if_degraded=FLAG,
)
PHASES = {
    "enum": [
        "investigating",
        "identified",
        "monitoring",
        "resolved",
        "postmortem",
        "scheduled",
        "in_progress",
        "verifying",
        "completed",
    ]
}
UPDATE = _object(
    "id status body incident_id created_at updated_at display_at",
    id=TEXT,
    status=PHASES,
    body=TEXT,
    incident_id=TEXT,
    created_at=TIME,
    updated_at=TIME,
    display_at=TIME,
)
INCIDENT = _object(
    "id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id "
    "incident_updates components",
    id=TEXT,
    name=TEXT,
    status=PHASES,
    created_at=TIME,
    updated_at=TIME,
    monitoring_at=MAYBE,
    resolved_at=MAYBE,
    impact={"enum": ["none", "minor", "major", "critical", "maintenance"]},
    shortlink=TEXT,
    started_at=TIME,
    page_id=TEXT,
    incident_updates=_list(UPDATE),
    components=_list(_object("id name", id=TEXT, name=TEXT)),
)
WORKS = {"allOf": [INCIDENT, _object("scheduled_for scheduled_until", scheduled_for=TIME, scheduled_until=MAYBE)]}
SCHEMAS = {
    "status": _object("page status", page=PAGE, status=STATUS),
    "components": _object("page components", page=PAGE, components=_list(COMPONENT)),
    "incidents": _object("page incidents", page=PAGE, incidents=_list(INCIDENT)),
    "incidents/unresolved": _object("page incidents", page=PAGE, incidents=_list(INCIDENT)),
    "scheduled-maintenances": _object("page scheduled_maintenances", page=PAGE, scheduled_maintenances=_list(WORKS)),
    "summary": _object(
        "page components incidents scheduled_maintenances status",
        page=PAGE,
        components=_list(COMPONENT),
        incidents=_list(INCIDENT),
        scheduled_maintenances=_list(WORKS),
        status=STATUS,
    ),
}
HOMES = ("", "providers/anthropic/", "providers/groq/")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Claude has trouble in one component and is over other trouble; Groq has none, and works ahead."""
    press = Press(tmp_path_factory.mktemp("api") / "site")
    press.put(
        incident("first", "02 10:00", "02 11:00"),
        incident("open", "02 13:00", "", components=("claude.ai",)),
        incident("before", "01 10:00", "01 11:00", provider="groq", impact=Impact.UNKNOWN, phase=Phase.UNKNOWN),
        incident("retired", "01 12:00", "01 12:00", provider="groq", kind=Kind.NOTICE),
        incident("drill", "01 13:00", "01 13:10", provider="groq", kind=Kind.TEST),
        maintenance(),
    )
    return press.build(NOW)


@pytest.fixture(scope="module")
def stale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same kind of site, not read for an hour."""
    press = Press(tmp_path_factory.mktemp("stale") / "site")
    press.put(incident("first", "02 10:00", "02 11:00"), incident("open", "02 13:00", "", provider="groq"))
    return press.build(NOW + timedelta(hours=1), until=NOW)


def get(output: Path, path: str) -> Any:
    return json.loads((output / path).read_bytes())


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("name", SCHEMAS)
def test_every_answer_has_the_shape_of_statuspage(output: Path, stale: Path, home: str, name: str) -> None:
    for folder in (output, stale):
        shapes.Draft202012Validator(SCHEMAS[name]).validate(get(folder, f"{home}api/v2/{name}.json"))


def test_a_page_says_whose_it_is_how_far_the_record_goes_and_until_when_to_believe_it(output: Path) -> None:
    assert get(output, "providers/groq/api/v2/status.json") == {
        "page": {
            "id": "groq",
            "name": "Groq",
            "url": f"{HOST}/providers/groq/",
            "time_zone": "Etc/UTC",
            "updated_at": "2026-03-02T14:10:00Z",
            "valid_until": VALID_UNTIL,
        },
        "status": {"indicator": "none", "description": "No incident reported"},
    }


def test_trouble_stands_at_the_components_it_names(output: Path) -> None:
    summary = get(output, "providers/anthropic/api/v2/summary.json")
    assert [(c["id"], c["name"], c["status"]) for c in summary["components"]] == [
        ("claude-ai", "claude.ai", "partial_outage"),
        ("api", "Claude API", "operational"),
    ]
    assert summary["status"] == {"indicator": "major", "description": "Major outage"}
    assert [found["id"] for found in summary["incidents"]] == ["open"]


def test_the_site_is_as_bad_as_its_worst_provider(output: Path) -> None:
    summary = get(output, "api/v2/summary.json")
    assert summary["status"] == {"indicator": "major", "description": "Incident reported by Claude"}
    assert [(c["id"], c["status"]) for c in summary["components"]] == [
        ("anthropic", "partial_outage"),
        ("groq", "operational"),
    ]
    assert [found["id"] for found in summary["incidents"]] == ["anthropic-open"]


def test_an_incident_tells_all_that_statuspage_would(output: Path) -> None:
    found = get(output, "providers/anthropic/api/v2/incidents.json")["incidents"]
    assert [one["id"] for one in found] == ["open", "first"]
    one = found[1] | {"incident_updates": found[1]["incident_updates"][:1]}
    assert one == {
        "id": "first",
        "name": "Elevated errors on claude.ai",
        "status": "resolved",
        "created_at": "2026-03-02T10:00:00Z",
        "updated_at": "2026-03-02T11:00:00Z",
        "monitoring_at": None,
        "resolved_at": "2026-03-02T11:00:00Z",
        "impact": "major",
        "shortlink": f"{HOST}/incidents/anthropic/first/",
        "started_at": "2026-03-02T10:00:00Z",
        "page_id": "anthropic",
        "components": [
            {"id": "claude-ai", "name": "claude.ai"},
            {"id": "claude-api-api-anthropic-com", "name": "Claude API (api.anthropic.com)"},
        ],
        "almanac": {
            "kind": "degradation",
            "impact": "major",
            "provider": "anthropic",
            "source": "https://status.claude.com/incidents/first",
        },
        "incident_updates": [
            {
                "id": "first-3",
                "status": "resolved",
                "body": "This is over.",
                "incident_id": "first",
                "created_at": "2026-03-02T11:00:00Z",
                "updated_at": "2026-03-02T11:00:00Z",
                "display_at": "2026-03-02T11:00:00Z",
                "affected_components": None,
                "deliver_notifications": False,
                "custom_tweet": None,
                "tweet_id": None,
            }
        ],
    }


def test_what_is_not_said_is_the_least_it_can_be_and_named_as_not_said(output: Path) -> None:
    found = {one["id"]: one for one in get(output, "providers/groq/api/v2/incidents.json")["incidents"]}
    assert set(found) == {"before", "retired"}  # no drills
    assert (found["before"]["impact"], found["before"]["almanac"]["impact"]) == ("minor", "unknown")
    assert found["before"]["status"] == "resolved"


def test_works_stand_apart_with_their_window(output: Path) -> None:
    for path in ("providers/groq/api/v2/scheduled-maintenances.json", "providers/groq/api/v2/summary.json"):
        (works,) = get(output, path)["scheduled_maintenances"]
        told = [works[name] for name in ("id", "status", "impact", "scheduled_for", "scheduled_until")]
        assert told == ["works", "scheduled", "maintenance", "2026-03-09T22:00:00Z", "2026-03-10T01:00:00Z"]


def test_past_its_time_nothing_says_operational_and_nothing_is_green(stale: Path) -> None:
    for path in [
        *stale.glob("**/api/**/*.json"),
        *stale.glob("**/badge.*"),
        *stale.glob("**/*.xml"),
        *stale.glob("**/feed.json"),
    ]:
        said = path.read_text().lower()
        assert [word for word in ("operational", "green", "no incident reported") if word in said] == [], path
    for home in HOMES:
        status = get(stale, f"{home}api/v2/status.json")["status"]
        assert (status["indicator"], status["description"][:7]) == ("unknown", "Unknown")
        assert get(stale, f"{home}api/v2/components.json")["components"] == []
    assert get(stale, "api/v2/summary.json")["almanac"] == {"unknown": ["Claude", "Groq"], "closed": []}


def test_what_was_open_when_it_was_last_read_is_still_told_with_the_time_it_holds_until(stale: Path) -> None:
    found = get(stale, "providers/groq/api/v2/incidents/unresolved.json")
    assert [one["id"] for one in found["incidents"]] == ["open"]
    assert found["page"]["valid_until"] == VALID_UNTIL


def test_a_badge_says_what_was_declared_and_when(output: Path) -> None:
    assert get(output, "providers/groq/badge.json") == {
        "schemaVersion": 1,
        "label": "Groq",
        "message": "no incident reported, 2 Mar 14:10 UTC",
        "color": "brightgreen",
        "cacheSeconds": 300,
    }
    assert get(output, "providers/anthropic/badge.json")["color"] == "orange"


def test_the_badge_of_the_site_counts_those_it_knows_of(output: Path, stale: Path) -> None:
    found = get(output, "badge.json")
    assert (found["label"], found["message"], found["color"]) == (
        "Outage Almanac",
        "1 of 2 reporting an incident, 2 Mar 14:10 UTC",
        "orange",
    )
    assert (get(stale, "badge.json")["message"], get(stale, "badge.json")["color"]) == ("unknown", "lightgrey")
    title = xml(output / "badge.svg").findtext("{http://www.w3.org/2000/svg}title") or ""
    assert title.startswith("Outage Almanac: 1 of 2 reporting an incident")


def test_a_badge_is_a_picture_with_a_title_and_the_same_words(output: Path, stale: Path) -> None:
    svg = "{http://www.w3.org/2000/svg}"
    for folder, fill, said in (
        (output, "#1b7f4d", "no incident reported, 2 Mar 14:10 UTC"),
        (stale, "#6b6f76", "unknown"),
    ):
        root = xml(folder / "providers/groq/badge.svg")
        texts = [text.text for text in root.iter(f"{svg}text")]
        fills = [rect.attrib["fill"] for rect in root.iter(f"{svg}rect")]
        assert (root.findtext(f"{svg}title") or "").startswith(f"Groq: {said}")
        assert (texts, fills[1]) == (["Groq", said], fill)
    shields = get(stale, "providers/anthropic/badge.json")
    assert (shields["message"], shields["color"]) == ("unknown", "lightgrey")


def test_lists_move_with_their_content_and_not_with_the_clock(tmp_path: Path) -> None:
    press = Press(tmp_path / "site")
    _, (_, stands), *_ = life()
    press.put(stands)
    now = unstamp("2026-03-03T09:30:00Z")
    output = press.build(now)
    path = output / "providers/groq/api/v2/incidents.json"
    before = path.read_bytes()
    press.build(now + timedelta(minutes=30))
    assert path.read_bytes() == before
    assert json.loads(before)["page"]["updated_at"] == "2026-03-03T09:20:00Z"


@pytest.fixture
def served(output: Path) -> Iterator[str]:
    """Yield the published site under an address of this machine."""
    handler = partial(_Quiet, directory=str(output))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: tests are read, not servers."""


def test_a_stock_client_reads_the_summary_unchanged(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # it keeps its cache in the working directory
    from statuspage_prometheus_exporter import service_checker as checker

    site = checker.check_status_page_service("site", {"name": "Almanac", "url": f"{served}/api/v2/summary.json"})
    groq = checker.check_status_page_service(
        "groq", {"name": "Groq", "url": f"{served}/providers/groq/api/v2/summary.json"}
    )
    assert (site["success"], site["raw_status"], site["status"]) == (True, "major", 0)
    assert [found["id"] for found in site["incident_metadata"]] == ["anthropic-open"]
    assert (groq["success"], groq["raw_status"], groq["status"]) == (True, "none", 1)
    assert [found["scheduled_start"] for found in groq["maintenance_metadata"]] == ["2026-03-09T22:00:00Z"]

"""Hostile words in feeds, articles and provider files stay words: in pages, in feeds and in careless feed readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from almanac import archive, exports, feeds, merge
from almanac.model import Provider, unstamp
from bench import looking, vectors, xss

SEEN = unstamp("2026-03-02T12:00:00Z")
HELLISH = {
    "script": "<script>alert(1)</script>",
    "onerror on <img>": "<img src=icon.svg onerror=alert(1)>",
    "link java\tscript:alert(1)": "<a href='java\tscript:alert(1)'>x</a>",
    "link away //other.example/": "<a href='//other.example/'>x</a>",
    "<iframe>": "<iframe srcdoc=x></iframe>",
    "meta refresh": "<meta http-equiv=refresh content='9;url=/'>",
    "broken JSON-LD": "<script type='application/ld+json'>{</script>",
}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("line", xss.LINES)
def test_nothing_comes_alive_in_pages_and_feeds(line: str) -> None:
    strings = vectors.ours()[:: 1 if line.startswith("article") else 3]
    tally = xss.run(strings, [line])[line]
    assert tally.faults == []
    assert tally.published > len(strings) // 2
    assert tally.opened > 100


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("way", ["pages", "written"])
def test_what_is_alive_is_seen(tmp_path: Path, way: str) -> None:
    for number, words in enumerate(HELLISH.values()):
        (tmp_path / f"{number}.html").write_text(f"<!doctype html><title>x</title><p>{words}</p>")
    with looking.looker(tmp_path, policy=False) as look:
        getattr(look, way)([f"/{number}.html" for number in range(len(HELLISH))])
    unseen = [
        wanted
        for number, wanted in enumerate(HELLISH)
        if not any(fault.startswith(f"/{number}.html: ") and wanted in fault for fault in look.faults)
    ]
    assert unseen == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
def test_what_runs_refused_or_is_fetched_is_seen(tmp_path: Path) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    alive = "<img src=http://other.example/x.png><script>alert(1)</script><svg onload=alert(2)>"
    (tmp_path / "index.html").write_text(f"<!doctype html>{policy}<title>x</title>{alive}")
    with looking.looker(tmp_path, policy=True) as look:
        look.pages(["/"])
    assert "refused script-src" in "\n".join(look.faults)
    with looking.looker(tmp_path, policy=False) as look:
        look.pages(["/"])
        look.contents(["<img src=x onerror=alert(3)>"])
    said = "\n".join(look.faults)
    assert [
        wanted
        for wanted in ("/: ran alert", "asks http://other.example/x.png", "innerHTML: onerror")
        if wanted not in said
    ] == []


def test_what_json_can_say_and_no_file_can_hold_is_taken_out(tmp_path: Path) -> None:
    odd = "a\ud800\x00\u202eb"
    post = {"status": odd, "body": odd, "created_at": "2026-03-02T10:00:00Z"}
    record = {
        "id": odd,
        "name": odd,
        "impact": odd,
        "shortlink": f"https://a.example/incidents/{odd}",
        "incident_updates": [post],
        "created_at": post["created_at"],
        "components": [{"name": odd}],
    }
    body = json.dumps({"page": {}, "incidents": [record]}).encode()
    reading = feeds.read(Provider(slug="x", name="x", company="", home="", status_page=""), body, seen=SEEN)
    (file,) = archive.save(tmp_path, merge.merge({}, reading).incidents, {})
    kept = archive.read(tmp_path, file)
    assert (kept.id, kept.title, kept.components, kept.impact_stated) == ("ab", "ab", ("ab",), "ab")
    assert [(update.text, update.printed) for update in kept.updates] == [("ab", "Ab")]
    assert kept.source == "https://a.example/incidents/ab"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "‹img src=x onerror=alert(1)>"),
        ("</b> <!-- <?x", "‹/b> ‹!-- ‹?x"),
        ("p99 < 3 s, <3", "p99 < 3 s, <3"),
    ],
)
def test_names_in_feeds_hold_no_tag(name: str, shown: str) -> None:
    channel = exports.Channel(
        id="tag:x,2026:x", title=name, url="https://a.example/feed.json", home="https://a.example/"
    )
    assert json.loads(exports.json_feed(channel, []))["title"] == shown

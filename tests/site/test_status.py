"""A feed that stops answering, from the network to what readers and operators see of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from bs4 import BeautifulSoup

from almanac import pull
from almanac.model import unstamp
from tests.support import serving
from tests.support.almanacs import incident
from tests.support.serving import Behaviour, Serving, watch
from tests.support.syndication import Press
from tests.unit.test_pull import FEED

NOW = unstamp("2026-03-02T14:10:00Z")
DAY = timedelta(days=1)
WORKS: Mapping[str, Behaviour] = {"claude.example": serving.page(FEED)}
FAILS: Mapping[str, Behaviour] = {"claude.example": serving.status(503)}


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """Return a site that reads one more provider, from a server."""
    made = Press(tmp_path / "site")
    made.put(incident("first", "01 10:00", "01 11:00"))
    watch(made.root / "content", "claude")
    return made


def pulled(press: Press, hosts: Mapping[str, Behaviour], now: datetime) -> None:
    with Serving(hosts) as server:
        pull.pull(press.root / "content", now=now, via=server.url, only=("claude",))


def told(output: Path) -> str:
    """Return what /status/ says of its feed and coverage."""
    page = BeautifulSoup((output / "status/index.html").read_bytes(), "lxml")
    row = next(row for row in page.select("tbody tr") if "claude.example" in row.get_text())
    return " ".join(row.get_text(" ").replace("\u00a0", " ").split())


def failing(output: Path) -> list[str]:
    return [entry.title for entry in feedparser.parse((output / "operators.xml").read_bytes()).entries]


def test_a_feed_that_fails_for_a_day_stands_on_the_status_page_and_in_the_feed_for_operators(press: Press) -> None:
    pulled(press, WORKS, NOW)
    output = press.build(NOW)
    said = told(output)
    assert "read , last at 14:10 UTC , last new entry at 14:10 UTC , 2 entries · statuspage" in said
    assert "20 February 2026 to 2 March 2026" in said
    pulled(press, FAILS, NOW + timedelta(minutes=10))
    assert "failing" in told(press.build(NOW + timedelta(minutes=10)))
    assert failing(output) == []
    pulled(press, FAILS, NOW + DAY + timedelta(minutes=20))
    press.build(NOW + DAY + timedelta(minutes=20))
    assert "failing , last at 2 March, 14:10 UTC" in told(output)
    assert "since 2 March 2026, 14:20 UTC" in told(output)
    assert [title.partition(": ")[0] for title in failing(output)] == ["Failing for a day"]
    pulled(press, WORKS, NOW + 2 * DAY)
    press.build(NOW + 2 * DAY)
    assert ("failing" in told(output), failing(output)) == (False, [])

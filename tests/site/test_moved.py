"""Addresses at which people and programs look by habit lead on to what stands elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from almanac.model import unstamp
from almanac.views.moved import other_names
from tests.support.almanacs import CLAUDE, GROQ, incident
from tests.support.syndication import HOST, Press

NAMED = replace(CLAUDE, aliases=("Opus", "claude.ai", "Cloud", "深度", "Groq"))
CLOUD = replace(GROQ, aliases=("Cloud",))


def test_a_provider_is_looked_for_under_all_its_names_but_those_that_mean_two() -> None:
    assert [(slug, provider.slug) for slug, provider in other_names([NAMED, CLOUD])] == [
        ("claude", "anthropic"),
        ("opus", "anthropic"),
        ("claude-ai", "anthropic"),
    ]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    press = Press(tmp_path_factory.mktemp("moved") / "site")
    press.put(incident("first"))
    return press.build(unstamp("2026-03-02T16:00:00Z"))


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("rss", "/subscribe/"),
        ("feed", "/subscribe/"),
        ("feeds", "/subscribe/"),
        ("providers/claude", "/providers/anthropic/"),
        ("incidents/anthropic", "/providers/anthropic/"),
        ("incidents/groq", "/providers/groq/"),
    ],
)
def test_a_page_leads_on_at_once_and_by_a_link_and_names_the_feeds(output: Path, address: str, target: str) -> None:
    soup = BeautifulSoup((output / address / "index.html").read_bytes(), "lxml")
    refresh = soup.select_one('meta[http-equiv="refresh"]')
    assert refresh is not None
    assert refresh["content"] == f"0; url={target}"
    assert [link["href"] for link in soup.select('link[rel="canonical"]')] == [f"{HOST}{target}"]
    assert target in [link["href"] for link in soup.select("main a")]
    assert (output / target.strip("/") / "index.html").is_file()
    assert "/feed.xml" in [link["href"] for link in soup.select('link[rel="alternate"]')]
    assert f"/{address}/<" not in (output / "sitemap-pages.xml").read_text()


def test_an_icon_is_where_programs_look_that_read_no_page(output: Path) -> None:
    with Image.open(output / "favicon.ico") as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32)}

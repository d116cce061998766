"""A page can be cited as prose and as BibTeX, by an address that stays, with the moment and the version it speaks of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from almanac.content.article import Article, ArticleCard, Claim
from almanac.model import unstamp
from almanac.queries import query
from almanac.views.citation import archived, tex
from tests.support.almanacs import at, incident
from tests.support.syndication import HOST, Press

ODD = replace(incident("odd", components=()), title="50% of {calls} & more_ \\ failed")
IMPORT = incident("brought", imported="somebody", first_seen=None)
CARD = ArticleCard(
    url="/articles/2026/groq-fails/",
    title="Groq fails",
    date=at("02 15:00"),
    authors=("Ada Lovelace", "Outage Almanac"),
    claims=(
        Claim("It never failed.", "Somebody", "", "press", "", "contradicted", "It did."),
        Claim("It failed twice.", "Somebody", "", "press", "", "supported", "It did."),
    ),
    figures=(
        (
            "two",
            query({"count": "incidents", "provider": "anthropic", "from": date(2026, 3, 1), "to": date(2026, 3, 3)}),
        ),
    ),
)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    press = Press(tmp_path_factory.mktemp("cited") / "site")
    press.put(ODD, IMPORT)
    return press.build(unstamp("2026-03-02T16:00:00Z"), texts=[Article(card=CARD, html="<p>It failed.</p>")])


def box(output: Path, path: str) -> Any:
    (found,) = BeautifulSoup((output / path.strip("/") / "index.html").read_bytes(), "lxml").select("#cite")
    return found


def test_an_incident_is_cited_with_the_version_of_its_record(output: Path) -> None:
    cite = box(output, "/incidents/anthropic/odd/")
    version = sha256((output / "incidents/anthropic/odd/index.md").read_bytes()).hexdigest()[:12]
    words = cite.blockquote.get_text().replace("\u00a0", " ")
    assert words == (
        "Outage Almanac, “Claude: major outage, ‘50% of {calls} & more_ \\ failed’”, record anthropic/odd, last changed "
        f"2 March 2026, 15:47 UTC, version {version}, {HOST}/incidents/anthropic/odd/"
    )
    links = {link.get_text(): link["href"] for link in cite.select("a")}
    assert links == {
        "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
        "Markdown": "/incidents/anthropic/odd/index.md",
        "CSV, row odd": "/data/incidents/anthropic.csv",
    }
    assert [(output / path.lstrip("/")).is_file() for path in links.values() if path[0] == "/"] == [True, True]
    assert cite.pre.get_text() == (
        "@misc{anthropic-odd,\n"
        "  author = {{Outage Almanac}},\n"
        "  title = {{Claude: major outage, “50\\% of \\{calls\\} \\& more\\_ \\textbackslash{} failed”}},\n"
        "  year = {2026},\n"
        f"  howpublished = {{\\url{{{HOST}/incidents/anthropic/odd/}}}},\n"
        "  note = {Outage Almanac, record anthropic/odd, last changed 2\u00a0March\u00a02026, 15:47\u00a0UTC, "
        f"version {version}, CC0 1.0}}\n"
        "}"
    )


def test_an_import_leads_to_copies_of_the_page_it_stood_on(output: Path) -> None:
    links = [link["href"] for link in box(output, "/incidents/anthropic/brought/").select('a[rel="external"]')]
    assert links == ["https://web.archive.org/web/20260302114920/https://status.claude.com/incidents/brought"]
    assert archived("", at("02 15:00")) == ()


def test_an_article_is_cited_by_its_authors(output: Path) -> None:
    cite = box(output, CARD.url)
    words = cite.blockquote.get_text().replace("\u00a0", " ")
    version = sha256(b"<p>It failed.</p>").hexdigest()[:12]
    assert words == (
        "Ada Lovelace and Outage Almanac, “Groq fails”, Outage Almanac, 2 March 2026, 15:00 UTC, "
        f"version {version}, {HOST}{CARD.url}"
    )
    assert "author = {{Ada Lovelace} and {Outage Almanac}}" in cite.pre.get_text()
    assert "CC BY 4.0" in cite.get_text()


def test_what_tex_would_take_for_commands_is_printed() -> None:
    assert tex("a~b^c#d$e") == r"a\textasciitilde{}b\textasciicircum{}c\#d\$e"


def test_each_claim_and_figure_of_an_article_can_be_pointed_at(output: Path) -> None:
    page = BeautifulSoup((output / CARD.url.strip("/") / "index.html").read_bytes(), "lxml")
    found = {li["id"]: li.get_text(" ", strip=True) for li in page.select("li[id]")}
    assert list(found) == ["claim-1", "claim-2", "f-two"]
    assert ["It never failed." in found["claim-1"], "It failed twice." in found["claim-2"]] == [True, True]
    assert found["f-two"].startswith("at least 2 .")

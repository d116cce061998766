"""Pelican gets of an article what it needs for its page, and no key of the file does anything by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from almanac.build import pelican
from almanac.build.sources import Reading
from almanac.content import articles
from tests.support.content import article
from tests.support.projects import PAGE, write

LINKS = "To [a page](/about/), [away](https://example.org/x), [there]({filename}../../pages/about.md)."


class Desk:
    """A build, as far as the reader asks it."""

    def __init__(self, content: Path) -> None:
        self._content = content

    def manuscript(self, file: str) -> Reading:
        return articles.read((self._content / file).read_bytes(), file)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    content = tmp_path / "content"
    return {
        "PATH": str(content),
        "SITEURL": "https://almanac.example",
        "ALMANAC_DRAFTS": True,
        pelican.FAULTS: [],
        pelican.MANUSCRIPTS: {},
        pelican.BUILD: Desk(content),
    }


def read(settings: dict[str, Any], file: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return what Pelican is given of a file with this text."""
    path = write(Path(settings["PATH"]).parent, file, text)
    return pelican.ManuscriptReader(settings).read(str(path))


def news(title: str = "T", body: str = "One *word*.", **changed: str) -> str:
    return article(title, body, **changed)


def test_an_article_has_only_the_metadata_that_pelican_needs(settings: dict[str, Any]) -> None:
    html, found = read(settings, "articles/2026/2026-03-01-a-b.md", news())
    assert html == "<p>One <em>word</em>.</p>"
    assert set(found) == {"title", "slug", "summary", "manuscript", "url", "save_as", "date", "status", "authors"}
    assert (found["url"], found["save_as"]) == ("articles/2026/a-b/", "articles/2026/a-b/index.html")
    assert [author.name for author in found["authors"]] == ["The Editors"]


def test_its_address_comes_from_its_name_whatever_its_date(settings: dict[str, Any]) -> None:
    text = news().replace("date: 2026-03-02", "date: 2027-01-01")
    assert read(settings, "articles/2026/2026-12-31-late.md", text)[1]["url"] == "articles/2026/late/"


def test_a_page_stands_at_its_name(settings: dict[str, Any]) -> None:
    _, found = read(settings, "pages/about.md", PAGE.format(title="About", body="Us."))
    assert (found["url"], found["save_as"], found["title"]) == ("about/", "about/index.html", "About")
    assert "date" not in found


def test_what_was_read_is_kept_for_the_rules(settings: dict[str, Any]) -> None:
    file = "articles/2026/2026-03-01-a.md"
    _, found = read(settings, file, news())
    assert settings[pelican.MANUSCRIPTS] == {file: found["manuscript"]}


@pytest.mark.parametrize(("drafts", "status"), [(True, "hidden"), (False, "skip")])
def test_a_draft_is_shown_where_drafts_are_wanted(settings: dict[str, Any], drafts: bool, status: str) -> None:
    settings["ALMANAC_DRAFTS"] = drafts
    assert read(settings, "articles/2026/2026-03-01-a.md", news(status="draft"))[1]["status"] == status


def test_faults_are_collected_and_the_file_is_skipped(settings: dict[str, Any]) -> None:
    for name in ("a", "b"):
        given = read(settings, f"articles/2026/2026-03-01-{name}.md", news(more="Save_as: ../../x\n"))
        assert given == ("", {"status": "skip"})
    assert [str(fault).partition(";")[0] for fault in settings[pelican.FAULTS]] == [
        f"content/articles/2026/2026-03-01-{name}.md:16:1: Save_as: is not a known key" for name in ("a", "b")
    ]
    assert settings[pelican.MANUSCRIPTS] == {}


def test_a_symbolic_link_is_not_followed(settings: dict[str, Any]) -> None:
    folder = Path(settings["PATH"]) / "articles/2026"
    folder.mkdir(parents=True)
    link = folder / "2026-03-01-a.md"
    link.symlink_to("/etc/passwd")
    assert pelican.ManuscriptReader(settings).read(str(link)) == ("", {"status": "skip"})
    assert [str(fault) for fault in settings[pelican.FAULTS]] == [
        "content/articles/2026/2026-03-01-a.md:1:1: is a symbolic link; put a file there"
    ]


@pytest.mark.parametrize(("url", "root"), [("https://almanac.example", ""), ("https://example.org/news/", "/news")])
def test_links_of_the_site_lead_below_its_path_and_others_stay(settings: dict[str, Any], url: str, root: str) -> None:
    settings["SITEURL"] = url
    html, _ = read(settings, "pages/p.md", PAGE.format(title="P", body=LINKS))
    assert f'href="{root}/about/"' in html
    assert 'href="https://example.org/x"' in html
    assert 'href="{filename}../../pages/about.md"' in html

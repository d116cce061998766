"""Published feeds are valid whatever they are made of, and know their items by the same ids for life."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import feeds_out, vectors
from tests.support import feedvalidity
from tests.support.projects import article, project

HOST = feeds_out.HOST


@pytest.mark.slow
def test_feeds_of_strange_strings_are_valid() -> None:
    number, faults = feeds_out.strange(vectors.ours()[::4])
    assert (number > 100, faults) == (True, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", feeds_out.CHANGES)
def test_ids_are_for_life(name: str) -> None:
    assert feeds_out.changed(feeds_out.CHANGES[name]) == []


@pytest.mark.slow
def test_an_article_cannot_take_the_id_of_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path / "site")
    article(root, "thief", "Thief", "Words.", more="first_url: /articles/2026/claude-fails/\n")
    output = feeds_out.built(root)
    assert re.search(r"thief\.md:\d+:1: first_url: is the address of content/articles/2026", capsys.readouterr().err)
    assert not (output / "articles/2026/thief").exists()


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return feeds_out.built(project(tmp_path_factory.mktemp("feeds") / "site"))


WRONG = {
    "atom.xml": [
        ("<id>tag:", "<id>no uri ", "id"),
        ("<updated>2026-03-02T14", "<updated>2026-03-02 14", "updated"),
        ("<author>", "<writer>", "did not expect|not allow|Expecting|Did not"),
        ("<published>2026", "<published>2027", "updated before it was published"),
        ('rel="self"', 'rel="me"', "says it is at"),
        ('type="html"', 'type="markdown"', "type"),
        ("<category term=", "<category name=", "category failed"),
    ],
    "feed.xml": [
        ("<pubDate>Mon", "<pubDate>Tue", "has the date Tue"),
        ("GMT</pubDate>", "BST</pubDate>", "BST"),
        ('isPermaLink="false"', 'isPermaLink="true"', "passes for an address"),
        ("<description>", "<content>", "has an element content"),
        ("<link>https:", "<link>javascript:", "has the link javascript:"),
        ('version="2.0"', 'version="0.91"', "is not RSS 2.0"),
    ],
    "feed.json": [
        ('"content_html"', '"content"', "content"),
        ('"date_published":"2026-03-02T', '"date_published":"2026-03-02 ', "does not match"),
        ('"version":"https://jsonfeed.org/version/1.1"', '"version":1', "was expected"),
    ],
    "calendar.ics": [("VERSION:2.0", "VERSION:1.0", "no prodid or version"), ("DTSTAMP:", "X-STAMP:", "has no times")],
    "feeds.opml": [("xmlUrl=", "url=", "has a feed at None")],
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "was", "becomes", "said"), [(name, *row) for name in WRONG for row in WRONG[name]])
def test_what_is_wrong_with_a_feed_is_found(
    output: Path, tmp_path: Path, name: str, was: str, becomes: str, said: str
) -> None:
    text = (output / name).read_bytes().decode()
    assert feedvalidity.faults(output, output / name, HOST) == []
    assert was in text
    path = tmp_path / name
    path.write_bytes(_balanced(text.replace(was, becomes), was, becomes).encode())
    found = "\n".join(feedvalidity.faults(tmp_path, path, HOST))
    assert any(word in found for word in said.split("|")), found


def _balanced(text: str, was: str, becomes: str) -> str:
    """Return the end tags renamed with the start tags."""
    if was.startswith("<") and was.endswith(">"):
        return text.replace(f"</{was[1:]}", f"</{becomes[1:]}")
    return text

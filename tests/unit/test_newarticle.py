"""A new article starts with what is known, and the check names exactly what the author has to write."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from almanac import archive
from almanac.commands import new_article
from almanac.commands.new_article import BODY, compose
from almanac.content import articles, frontmatter
from almanac.content.article import PLACEHOLDER
from almanac.model import Impact, Incident, Kind, Phase
from almanac.text.slug import slug
from tests.support.refusals import refusal

NOW = datetime(2026, 3, 2, 18, 20, tzinfo=UTC)
INCIDENT = Incident(
    provider="anthropic",
    id="0ghc53zpsfmt",
    title="claude.ai",
    kind=Kind.DEGRADATION,
    impact=Impact.MAJOR,
    phase=Phase.RESOLVED,
    started=NOW,
    source="https://status.claude.com/incidents/0ghc53zpsfmt",
)


def faults(text: str) -> list[str]:
    _, found = articles.read(text.encode(), "articles/2026/2026-03-02-a.md")
    return [f"{fault.line} {fault.field}: {fault.text}" for fault in found]


def test_the_draft_holds_what_is_known() -> None:
    made = compose(
        "Claude’s Monday",
        now=NOW,
        authors=["Ada"],
        providers=["openai"],
        incidents=[INCIDENT],
        names={"anthropic": "Anthropic"},
    )
    assert made.path == "articles/2026/2026-03-02-claudes-monday.md"
    head, _, body = made.text.removeprefix("---\n").partition("---\n\n")
    assert body == BODY
    assert list(yaml.safe_load(head).items()) == list(
        {
            "title": "Claude’s Monday",
            "date": NOW,
            "authors": ["Ada"],
            "providers": ["openai", "anthropic"],
            "incidents": ["anthropic/0ghc53zpsfmt"],
            "summary": PLACEHOLDER,
            "kind": "news",
            "status": "draft",
            "sources": [
                {
                    "url": "https://status.claude.com/incidents/0ghc53zpsfmt",
                    "title": "Status page, incident 0ghc53zpsfmt",
                    "publisher": "Anthropic",
                    "kind": "provider",
                    "primary": True,
                }
            ],
            "confirmed": [],
            "claimed": [],
            "unknown": [],
        }.items()
    )


def test_the_check_names_what_is_left_to_write() -> None:
    made = compose("Outage", now=NOW)
    assert faults(made.text) == [
        "5 authors: is an empty list; name at least one",
        "8 summary: is what `new` put there; write one or two sentences of your own",
        "11 sources: is an empty list; name at least one",
    ]


def test_once_filled_it_passes() -> None:
    made = compose("Outage", now=NOW, authors=["Ada"], incidents=[INCIDENT])
    assert faults(made.text.replace(PLACEHOLDER, "What happened.")) == []


def test_the_examples_in_the_draft_pass_once_they_are_uncommented() -> None:
    made = compose("Outage", now=NOW, authors=["Ada"], incidents=[INCIDENT])
    lines = [line for line in made.text.splitlines() if "(delete the #" not in line and "Another source" not in line]
    text = "\n".join(line.removeprefix("# ") for line in lines).replace("yaml-language-server", "# ")
    values = frontmatter.read(text.replace(PLACEHOLDER, "What happened.").encode(), "a.md").values
    assert faults(text.replace(PLACEHOLDER, "What happened.")) == []
    assert (len(values["sources"]), values["claims"][0]["verdict"]) == (2, "supported")


@pytest.mark.record
def test_an_incident_may_be_named_by_its_id_alone(tmp_path: Path, root: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(root / "content" / "providers", content / "providers")
    archive.save(content, [INCIDENT], {})
    assert new_article.main(content, "Down", ["openai", "anthropic"], ["0ghc53zpsfmt"], NOW) == 0
    made = next((content / "articles").rglob("*.md")).read_bytes()
    assert frontmatter.read(made, "a.md").values["incidents"] == ["anthropic/0ghc53zpsfmt"]


@pytest.mark.parametrize("title", ["Down: what now?", "- no -", "“Down” #1", "'", 'a "b" \\ c', "yes", "2026", "é: x"])
def test_titles_survive_yaml(title: str) -> None:
    made = compose(title if title != "'" else "' x", now=NOW)
    assert frontmatter.read(made.text.encode(), "a.md").values["title"] == (title if title != "'" else "' x")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Is Claude down?", "is-claude-down"),
        ("Café’s API — again", "cafes-api-again"),
        ("It's back", "its-back"),
        ("x" * 70, "x" * 64),
        ("word " * 20, "-".join(["word"] * 13)),
    ],
)
def test_a_slug_is_short_and_plain(title: str, expected: str) -> None:
    assert slug(title) == expected


@pytest.mark.parametrize("title", ["", "  ", "停机", "—"])
def test_a_title_that_gives_no_address_is_refused(title: str) -> None:
    with pytest.raises(ValueError, match="choose another title"):
        compose(title, now=NOW)


def test_an_incident_without_a_page_gives_no_source() -> None:
    made = compose("Outage", now=NOW, incidents=[replace(INCIDENT, source="")])
    assert frontmatter.read(made.text.encode(), "a.md").values["sources"] == []


@pytest.mark.record
def test_the_draft_is_written_once_and_never_over_another(tmp_path: Path, root: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(root / "content" / "providers", content / "providers")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "config", "user.name", "Ada Example"], check=True)
    assert new_article.main(content, "Claude on Monday", ["anthropic"], [], NOW) == 0
    assert "already exists" in refusal(new_article.main, content, "Claude on Monday", ["anthropic"], [], NOW)
    written = (content / "articles" / f"{NOW:%Y}" / f"{NOW:%Y-%m-%d}-claude-on-monday.md").read_text()
    assert written == compose("Claude on Monday", now=NOW, authors=["Ada Example"], providers=["anthropic"]).text


@pytest.mark.record
@pytest.mark.parametrize(
    ("providers", "incidents", "said"),
    [
        (["antropic"], [], "'antropic' is not a provider here; did you mean anthropic?"),
        ([], ["anthropic/nosuch"], "no incident anthropic/nosuch"),
    ],
)
def test_what_does_not_exist_is_named(
    tmp_path: Path,
    root: Path,
    providers: list[str],
    incidents: list[str],
    said: str,
) -> None:
    content = tmp_path / "content"
    shutil.copytree(root / "content" / "providers", content / "providers")
    assert said in refusal(new_article.main, content, "Title", providers, incidents, NOW)

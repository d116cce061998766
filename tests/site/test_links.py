"""What was written then: link posts are checked, stand on their incident with a grade, on /press/ and in feeds."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from almanac.content import forms, link_posts
from almanac.content.link_posts import LinkPost, Telling
from tests.unit.test_claims import ROOT, build, page, project

__all__ = ["project"]  # a fixture

FILE = "links/2026/2026-03-02-acme-falls-over.md"
HALF_PAST = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
POST = """\
---
title: Acme falls over
url: https://paper.example/acme
publisher: The Paper
date: 2026-03-02T10:30:00Z
grade: press
providers: [acme]
incidents: [acme/a]
quote: It was the second time.
also:
  - {title: Acme down?, url: "https://board.example/1", publisher: The Board, date: 2026-03-02T10:40:00Z}
curator: Ada Example
note: The first to say so.
---
"""


def faults(text: str, file: str = FILE) -> list[str]:
    found, wrong = link_posts.read(text.encode(), file)
    assert (found is None) == bool(wrong)
    return [str(fault) for fault in wrong]


def test_a_link_post_is_read_into_plain_values() -> None:
    assert link_posts.read(POST.encode(), FILE) == (
        LinkPost(
            slug="2026-03-02-acme-falls-over",
            lead=Telling("https://paper.example/acme", "Acme falls over", "The Paper", HALF_PAST),
            grade="press",
            providers=("acme",),
            incidents=(("acme", "a"),),
            quote="It was the second time.",
            also=(Telling("https://board.example/1", "Acme down?", "The Board", HALF_PAST.replace(minute=40)),),
            curator="Ada Example",
            note="The first to say so.",
            file=FILE,
        ),
        (),
    )


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "grade: press",
            "grade: gossip",
            (":6:1: grade: 'gossip' is not allowed; use official, stated-cause, press, user-report or unverified"),
        ),
        (
            "https://paper.example/acme",
            "javascript:alert(1)",
            ":3:1: url: 'javascript:alert(1)' is not a valid URL; write it in full, e.g. https://status.example.com/",
        ),
        (
            "https://board.example/1",
            "data:text/html,x",
            (
                ":11:25: also.0.url: 'data:text/html,x' is not a valid URL; write "
                "it in full, e.g. https://status.example.com/"
            ),
        ),
        (
            "T10:30:00Z",
            "T10:30:00",
            ":5:1: date: 2026-03-02 10:30:00 has no time zone; write it in UTC with a Z, e.g. 2026-03-02T18:00:00Z",
        ),
        ("curator: Ada Example\n", "", ":1:1: curator: is missing; add a line `curator: …`"),
        ("[acme]", "[]", ":7:1: providers: is an empty list; name at least one"),
        (
            "[acme/a]",
            "[a]",
            ":8:13: incidents.0: 'a' names no incident; write provider/id, e.g. anthropic/0ghc53zpsfmt",
        ),
        (
            "note:",
            "slug: ../../x\nnote:",
            (
                ":13:1: slug: is not a known key; known: url, title, publisher, date, grade, "
                "providers, incidents, quote, also, curator, note"
            ),
        ),
        ("---\n", "---\n", ""),
    ],
)
def test_every_fault_names_its_line_and_its_cure(old: str, new: str, fault: str) -> None:
    told = faults(POST.replace(old, new, 1))
    assert [line.removeprefix(f"content/{FILE}") for line in told] == [fault] * bool(fault)


@pytest.mark.parametrize(
    "file",
    [
        "links/2026-03-02-acme.md",
        "links/2026/acme.md",
        "links/2026/2026-03-02-Acme.md",
        "links/2026/2026-03-02-a.html",
        "links/2026/../../2026-03-02-a.md",
        "links/2026/2026-03-02-a/b.md",
        "links/2025/2026-03-02-a.md",
    ],
)
def test_a_file_anywhere_else_is_not_read(file: str) -> None:
    assert faults(POST, file) == [
        f"content/{file}:1:1: is not read; name it content/links/<year>/<year>-<month>-<day>-<words>.md"
    ]


def test_a_text_below_the_fields_is_refused_since_nothing_would_show_it() -> None:
    (told,) = faults(POST + "\n<script>alert(1)</script>\n")
    assert told.endswith("has a text; put a line into `note`")
    assert faults("x" * 20_001)[0].endswith("has 20,001 bytes; write at most 20,000")


def test_names_that_nothing_has_are_told_with_the_one_probably_meant() -> None:
    found, _ = link_posts.read(POST.replace("acme/a", "acme/bbbb").replace("[acme]", "[acne]").encode(), FILE)
    assert found
    assert [str(fault) for fault in link_posts.strangers([found], {"acme"}, {("acme", "bbbc")})] == [
        f"content/{FILE}:1:1: providers.0: 'acne' is not a provider here; did you mean acme?",
        f"content/{FILE}:1:1: incidents.0: 'acme/bbbb' is not in the archive; did you mean acme/bbbc?",
    ]


def test_a_story_that_stands_in_two_files_is_named_in_the_second() -> None:
    files = [FILE, FILE.replace("acme", "bolt")]
    posts = [post for file in files if (post := link_posts.read(POST.encode(), file)[0])]
    assert [str(fault) for fault in link_posts.strangers(posts, {"acme"}, {("acme", "a")})] == [
        f"content/{files[1]}:1:1: url: is that of content/{files[0]}; keep one of the two"
    ]


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "links" / "2026"
    folder.mkdir(parents=True)
    (folder / "2026-03-02-good.md").write_text(POST)
    (folder / "2026-03-01-older.md").write_text(POST.replace("2026-03-02", "2026-03-01"))
    (folder / "2026-03-02-evil.md").symlink_to("/etc/passwd")
    found, (fault,) = link_posts.load(tmp_path)
    assert [post.slug for post in found] == ["2026-03-02-good", "2026-03-01-older"]
    assert str(fault) == "content/links/2026/2026-03-02-evil.md:1:1: is a symbolic link; put a file there"


def test_a_link_post_stands_on_its_incident_on_the_page_of_all_and_in_the_feeds(project: Path) -> None:
    file = project / "content" / FILE
    file.parent.mkdir(parents=True)
    file.write_text(POST.replace("Acme falls over", "Acme <b>falls</b> over"))
    assert build(project) == ""
    for shown in (page(project, "incidents/acme/a").select_one("#written"), page(project, "press").select_one("main")):
        assert shown.select_one(".claim a")["href"] == "https://paper.example/acme"
        assert shown.select_one(".claim a").text == "Acme <b>falls</b> over"
        assert shown.select_one(".claim .small").text == "The Paper, 2 March 2026, 10:30 UTC: reported by the press"
        assert shown.select_one("blockquote").text == "It was the second time."
        assert shown.select_one("summary").text == "1 more report"
        assert shown.select_one("details li").text == "Acme down?, The Board"
        assert "Selected by Ada Example" in shown.text
    assert page(project, "press").select_one("main a[href='/incidents/acme/a/']")
    (item,) = json.loads((project / ".output-preview" / "press" / "feed.json").read_text())["items"]
    assert item["title"] == "Reported by the press: Acme ‹b>falls‹/b> over (The Paper)"
    assert item["url"] == "https://paper.example/acme"
    assert (project / ".output-preview" / "press" / "atom.xml").read_bytes().count(b"<entry>") == 1

    file.write_text(POST.replace("acme/a", "acme/b"))
    problems = build(project)
    assert f"content/{FILE}:8:13: incidents.0: 'acme/b' is not in the archive; did you mean acme/a?" in problems

    file.unlink()
    assert build(project) == ""
    assert page(project, "incidents/acme/a").select("#written") == []


def test_what_is_dated_later_than_now_waits(project: Path) -> None:
    file = project / "content" / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(POST.replace("date: 2026-03-02T10:30:00Z", "date: 2026-05-02T10:30:00Z"))
    assert build(project) == ""
    assert page(project, "press").select(".claim") == []
    assert page(project, "incidents/acme/a").select("#written") == []
    file.unlink()


def test_contributors_are_told_of_every_field() -> None:
    text = (ROOT / "content" / "pages" / "contribute.md").read_text()
    section = text.partition("\n## Select press coverage {#choose-what-was-written}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {key.strip(" `") for row in rows for key in row.split(",")} == set(forms.LinkForm.model_fields)
    example = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    ")) + "\n"
    found, wrong = link_posts.read(example.encode(), FILE)
    assert (wrong, found is not None) == ((), True)

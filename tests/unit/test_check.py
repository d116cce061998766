"""A check names every problem at once with its place and its cure, and lets nothing harmful through."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from almanac import archive
from almanac.commands import check, survey
from almanac.commands.check import problems
from almanac.content import body
from almanac.content import files as sources
from almanac.model import Impact, Incident, Kind, Phase, Pulls, Span, Update
from almanac.model.problem import Problem
from tests.support.content import provider
from tests.support.growth import LINEAR, growth
from tests.support.imagefiles import png
from tests.support.refusals import refusal

REMEMBERED = {"file": "content/a", "line": 1, "column": 2, "message": "as remembered"}
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
ARTICLE = "articles/2026/2026-03-02-claude-outage.md"
HEAD = """---
title: Claude outage on Monday
date: 2026-03-02T18:20:00Z
authors: [Ada Example]
providers: [anthropic]
incidents: [anthropic/0ghc53zpsfmt]
summary: One sentence that says what happened.
kind: news
status: published
sources:
  - url: https://status.claude.com/incidents/0ghc53zpsfmt
    title: Status page, incident 0ghc53zpsfmt
    publisher: Anthropic
    kind: provider
    primary: true
---

"""
NO_LINK = "is not a link, as it stands; write [words](address), with no blank in the address"
FIRST = HEAD.count("\n") + 1  # the line a body begins in


def incident(raw: str, day: int = 2) -> Incident:
    start = datetime(2026, 3, day, 11, 49, tzinfo=UTC)
    updates = (Update(at=start, phase=Phase.INVESTIGATING), Update(at=start.replace(hour=15), phase=Phase.RESOLVED))
    return Incident(
        provider="anthropic",
        id=raw,
        title="Errors",
        kind=Kind.DEGRADATION,
        impact=Impact.MAJOR,
        phase=Phase.RESOLVED,
        started=start,
        ended=updates[1].at,
        updates=updates,
    )


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Return a small world: two providers, two incidents, an article and a page."""
    folder = tmp_path / "content"
    for slug in ("anthropic", "openai"):
        put(
            folder,
            f"providers/{slug}.md",
            provider(slug, more="components:\n  - {slug: api, name: API, capability: api, match: [API]}\n"),
        )
        span = Span(since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2026, 3, 5, tzinfo=UTC))
        archive.save_pulls(folder, Pulls(provider=slug, coverage=(span,)))
    archive.save(folder, [incident("0ghc53zpsfmt"), incident("5zg05jnrqmzg", 3)], {})
    put(folder, "pages/methodology.md", "---\ntitle: Methodology\n---\n\n## Ranges\n\n## What counts {#counts}\n")
    put(folder, ARTICLE, HEAD + "It was down. [How](/methodology/#ranges) we [count](/methodology/#counts).\n")
    return folder


def put(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def found(content: Path, *, strict: bool = False) -> list[str]:
    return [str(problem).removeprefix("content/") for problem in problems(content, NOW, strict)]


def in_body(content: Path, text: str) -> list[str]:
    """Return what is found in an article with this body, without the name of its file; lines counted from the body's first."""
    put(content, ARTICLE, HEAD + text)
    lines = [line.removeprefix(f"{ARTICLE}:").split(":", 2) for line in found(content)]
    return [f"{int(line) - FIRST + 1}:{column}:{message}" for line, column, message in lines]


def test_what_is_well_written_passes(content: Path) -> None:
    assert found(content) == []


MISTAKES = [
    (
        "date: 2026-03-02T18:20:00Z",
        "date: 2026-03-02T18:20:00",
        "3:1: date: 2026-03-02 18:20:00 has no time zone; write it in UTC with a Z, e.g. 2026-03-02T18:00:00Z",
    ),
    (
        "date: 2026-03-02T18:20:00Z",
        "date: 2026-03-06T18:20:00Z",
        "3:1: date: 2026-03-06T18:20Z is in the future; use a past time",
    ),
    (
        "date: 2026-03-02T18:20:00Z",
        "date: 2026-03-02T18:20:00Z\nmodified: 2026-03-01T18:20:00Z",
        "4:1: modified: is before the date; write when it was changed, or leave it out",
    ),
    (
        "kind: news",
        "kind: news\ncorrections: [{date: 2026-03-01T00:00:00Z, text: Wrong.}]",
        "9:16: corrections.0.date: is before the date of the article; write when it was corrected",
    ),
    (
        "providers: [anthropic]",
        "providers: [antropic]",
        "5:13: providers.0: 'antropic' is not a provider here; did you mean anthropic?",
    ),
    (
        "providers: [anthropic]",
        "providers: [zzz]",
        "5:13: providers.0: 'zzz' is not a provider here; write the name of a file in content/providers without .md",
    ),
    (
        "[anthropic/0ghc53zpsfmt]",
        "[anthropic/0ghc53zpsfm]",
        "6:13: incidents.0: 'anthropic/0ghc53zpsfm' is not in the archive; did you mean anthropic/0ghc53zpsfmt?",
    ),
    (
        "[anthropic/0ghc53zpsfmt]",
        "[anthropic/xxx]",
        "6:13: incidents.0: 'anthropic/xxx' is not in the archive; write the id as content/incidents/anthropic has it",
    ),
    (
        "[anthropic/0ghc53zpsfmt]",
        "[opneai/0ghc53zpsfmt]",
        "6:13: incidents.0: 'opneai' is not a provider here; did you mean openai?",
    ),
    ("authors: [Ada Example]", "author: Ada Example", "4:1: author: is not a known key; did you mean authors?"),
    (
        "Claude outage on Monday",
        "Сlaude outage",
        "2:1: title: 'Сlaude outage' mixes letters of two alphabets in one word; retype it",
    ),
]


@pytest.mark.parametrize(("old", "new", "problem"), MISTAKES)
def test_mistakes_in_front_matter_are_named_with_a_cure(content: Path, old: str, new: str, problem: str) -> None:
    text = (content / ARTICLE).read_text()
    assert text.count(old) >= 1
    put(content, ARTICLE, text.replace(old, new, 1))
    assert f"{ARTICLE}:{problem}" in found(content)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "See [it](/incidents/anthropic/0ghc53zpsfm/).",
            (
                "1:10: /incidents/anthropic/0ghc53zpsfm/ is a broken link: no such page; did you mean "
                "/incidents/anthropic/0ghc53zpsfmt/?"
            ),
        ),
        (
            "See [it](/incidents/anthropic/0ghc53zpsfmt).",
            (
                "1:10: /incidents/anthropic/0ghc53zpsfmt is an address without its final slash; write "
                "/incidents/anthropic/0ghc53zpsfmt/"
            ),
        ),
        (
            "See [it](/providers/claude/).",
            "1:10: /providers/claude/ is a broken link: no such page; correct the address",
        ),
        ("See [it](/nowhere/).", "1:10: /nowhere/ is a broken link: no such page; correct the address"),
        (
            "See [it](/articles/2026/claude-outages/).",
            "1:10: /articles/2026/claude-outages/ is a broken link: no such page; did you mean /articles/2026/claude-outage/?",
        ),
        ("See [the page][nowhere].", f"1:5: {NO_LINK}"),
        ("See [the page] (https://a.example/).", f"1:5: {NO_LINK}"),
        ("See [the page](/my page/).", f"1:5: {NO_LINK}"),
        (
            "![Red](/images/2026/x.png)",
            "1:1: /images/2026/x.png is not in content/images; put it there: python3 tasks.py new image FILE",
        ),
        ("See [it](/methodology/#range).", "1:10: #range is not a section of /methodology/; did you mean #ranges?"),
        (
            "See [it](#here).",
            "1:10: #here is not a section of /articles/2026/claude-outage/; name a heading of that page",
        ),
        (
            "See [it]({filename}/pages/metodology.md).",
            "1:10: content/pages/metodology.md is not an article or page; did you mean {filename}/pages/methodology.md?",
        ),
        (
            "See [it]({filename}/pages/../../secret.txt).",
            "1:10: content/../secret.txt is not an article or page; name an article or page, e.g. {filename}/pages/about.md",
        ),
        (
            "See [it](claude).",
            "1:10: claude is neither a link within the site nor to the web; begin it with / or https://",
        ),
        (
            "First.\n\nSee [it][x].\n\n[x]: javascript:alert(1)\n",
            "5:6: runs a script or has no target; write an address that begins with https:// or /",
        ),
        (
            "See [it](jAvAsCrIpT:alert(1)).",
            "1:10: runs a script or has no target; write an address that begins with https:// or /",
        ),
        (
            "See [it](&#106;avascript:alert(1)).",
            "1:1: runs a script or has no target; write an address that begins with https:// or /",
        ),
        (
            "See [it](data:text/html;base64,PHN2Zz4=).",
            "1:10: runs a script or has no target; write an address that begins with https:// or /",
        ),
        (
            "See [it](ftp://a.example/).",
            "1:10: ftp://a.example/ is neither a link within the site nor to the web; link with https://",
        ),
        (
            "See [it](//evil.example/).",
            "1:10: //evil.example/ is an external link without https://; begin it with https://",
        ),
        (
            "See [it](/\\evil.example/).",
            "1:10: /\\evil.example/ is an external link without https://; begin it with https://",
        ),
        (
            "See [it](https://status.claude.com@evil.example/).",
            (
                "1:10: https://status.claude.com@evil.example/ hides where it leads; write the host in a to z, 0 to 9 and "
                "hyphens, without a user"
            ),
        ),
        (
            "See [it](https://stаtus.example/).",
            (
                "1:10: https://stаtus.example/ hides where it leads; write the host in a to z, 0 to 9 and hyphens, without a "
                "user"
            ),
        ),
        (
            "See [it]({static}/../../etc/passwd).",
            "1:10: {static} is not published with the site; link to an address, or with {filename} to an article or page",
        ),
        (
            "See [it]({attach}secret.txt).",
            "1:10: {attach} is not published with the site; link to an address, or with {filename} to an article or page",
        ),
        (
            "See [it]({filename}/../pelicanconf.py).",
            "1:10: {filename} is not published with the site; link to an address, or with {filename} to an article or page",
        ),
        (
            "A\n<script>alert(1)</script>\n",
            "2:1: is raw HTML, which is not published; use Markdown, or `<` in backticks",
        ),
        ("A <b>b", "1:3: is raw HTML, which is not published; use Markdown, or `<` in backticks"),
        ("\n\n    A <b>b", "3:7: is raw HTML, which is not published; use Markdown, or `<` in backticks"),  # no code
        ("<svg onload=alert(1)>", "1:1: is raw HTML, which is not published; use Markdown, or `<` in backticks"),
        ("![](chart.png)", "1:1: is an image without alt text; say between the brackets what it shows"),
        (
            "![A chart](chart.svg)",
            (
                "1:1: is an image, chart.svg, that will not be published; put the file into content/images/<year>, and "
                "write ![what it shows](/images/<year>/<name>.png)"
            ),
        ),
        (
            "It is {{ 7 * 7 }}.",
            "1:7: {{ 7 * 7 }} is not a figure of this file; name it under `figures`, or put it in backticks",
        ),
        ("{% include 'secret' %}", "1:1: {% include 'secret' %} is not Markdown; put it in backticks"),
        ("# Claude outage", "1:1: is a level-1 heading; use ## or lower: the title is already the h1"),
        ("Claude\n===", "1:1: is a level-1 heading; use ## or lower: the title is already the h1"),
        ("Down \u202eyadnoM", "1:6: holds the invisible character U+202E; delete it"),
        ("Zero\u2060width", "1:5: holds the invisible character U+2060; delete it"),
        ("> " * 13 + "deep", "1:1: is nested too deeply; write lists and quotes at most 12 levels deep"),
        (
            "a\n\n" + "- " * 13 + "deep\n\n" + "[" * 5000,
            "3:1: is nested too deeply; write lists and quotes at most 12 levels deep",
        ),
        (
            "a\n" + "[" * 5000 + "\n" + "1. " * 13,
            "2:1: is nested too deeply; write lists and quotes at most 12 levels deep",
        ),
        ("[" * 5000, "1:1: is nested too deeply; write lists and quotes at most 12 levels deep"),
        ("https://a.example/" * 8_000, "1:1: is an address of 144,000 characters; write at most 2,000"),
        ("x" * 200_001, "0:1: has 200,002 characters, which is too much; write at most 200,000"),
    ],
)
def test_mistakes_and_mischief_in_a_body_are_named_with_a_cure(content: Path, text: str, problem: str) -> None:
    assert in_body(content, text)[0] == problem


@pytest.mark.parametrize(
    "text",
    [
        "1</b2 <svg/onload=alert(1)> <3",
        "`<script>` and `{{ x }}` and {#id} in `{% raw %}`.",
        "```\n<b> [x](javascript:y) {{ z }}\n```",
        "1 < 2 & <https://a.example/> [mail](mailto:a@a.example) https://b.example/?a=b&c=d",
        (
            "[a](/incidents/anthropic/0ghc53zpsfmt/), [b](/leaderboard/), [c](/providers/openai/), [d](/incidents/2026/03/), "
            "[e](/), [f](/atom.xml), [g](/articles/), [h]({filename}/pages/methodology.md#ranges), [i](#more)\n\n## More\n"
        ),
    ],
)
def test_what_only_looks_like_mischief_passes(content: Path, text: str) -> None:
    assert in_body(content, text) == []


def test_all_problems_come_at_once_in_the_order_of_the_files(content: Path) -> None:
    put(content, ARTICLE, (HEAD + "[x](y)\n\n<b>").replace("kind: news", "kind: x"))
    put(content, "articles/2026/2026-03-03-two.md", HEAD.replace("0ghc53zpsfmt]", "nope]") + "[x](/no/)")
    put(content, "articles/2026/notes.txt", "")
    put(content, "providers/openai.md", provider("openai").replace("\nname", "\nnam"))
    incident_file = next((content / "incidents" / "anthropic").rglob("*0ghc*.md"))
    incident_file.write_text(incident_file.read_text().replace("phase: resolved", "phase: over"))
    assert [line.partition(": ")[0] for line in found(content)] == [
        f"{ARTICLE}:6:13",  # what cannot be read is not in the archive
        f"{ARTICLE}:8:1",
        f"{ARTICLE}:{FIRST}:5",
        f"{ARTICLE}:{FIRST + 2}:1",
        "articles/2026/2026-03-03-two.md:6:13",
        f"articles/2026/2026-03-03-two.md:{FIRST}:5",
        "articles/2026/notes.txt:1:1",
        "incidents/anthropic/2026/2026-03-02-0ghc53zpsfmt.md:9:1",
        "providers/openai.md:1:1",
        "providers/openai.md:3:1",
    ]


@pytest.mark.parametrize(
    "file", ["pulls/openai.json", "forecasts/openai.jsonl", "forecasts/scorecard.json", "forecasts/hindsight.json"]
)
@pytest.mark.parametrize("data", ["{garbage\n", "[" * 100_000 + "\n"], ids=["garbage", "nested"])
def test_a_broken_record_of_the_machine_hides_no_mistake_of_people(content: Path, file: str, data: str) -> None:
    put(content, file, data)
    put(content, "pages/two.md", "---\ntitle: Two\n---\n\n<b>\n")
    assert [line.partition(":")[0] for line in found(content)] == sorted([file, "pages/two.md"])


@pytest.mark.parametrize("link", ["/incidents/nobody/nothing/", "/incidents/anthropic/nothing/", "/incidents/2026/13/"])
def test_a_link_to_an_incident_that_is_none_leads_nowhere(content: Path, link: str) -> None:
    put(content, ARTICLE, HEAD + f"[a]({link}) [b](/incidents/2026/03/)\n")
    (problem,) = found(content)
    assert f": {link} is a broken link: no such page; " in problem


def test_a_link_to_a_page_with_faults_is_not_blamed_too(content: Path) -> None:
    put(content, "pages/methodology.md", "---\ntitle: Method\n---\n\n<b>\n")
    put(content, ARTICLE, HEAD + "[a](/methodology/#ranges) [b]({filename}/pages/methodology.md)\n")
    assert [line.partition(": ")[0] for line in found(content)] == ["pages/methodology.md:5:1"]


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (
            "articles/2026/claude.md",
            "1:1: has an invalid name; file name must be content/articles/<year>/<year>-<month>-<day>-<slug>.md, slugs of a-z, 0-9, -",
        ),
        (
            "articles/2025/2026-03-02-x.md",
            "1:1: has an invalid name; file name must be content/articles/<year>/<year>-<month>-<day>-<slug>.md, slugs of a-z, 0-9, -",
        ),
        (
            "pages/Über.md",
            "1:1: has a name with latin capital letter u with diaeresis, which is not one of a-z; retype the name",
        ),
        ("pages/аbout.md", "1:1: has a name with cyrillic small letter a, which is not one of a-z; retype the name"),
        (
            "articles/2026/2026-05-05-claude-outage.md",
            (
                "1:1: has the address of content/articles/2026/2026-03-02-claude-outage.md, /articles/2026/claude-outage/; "
                "rename one of the two"
            ),
        ),
        ("pages/leaderboard.md", "1:1: has the address of another page, /leaderboard/; rename it"),
        (f"pages/{'long-' * 20}name.md", "1:1: has a name that is too long; write at most 80 characters"),
        ("pages/notes.html", "1:1: is not read; articles and pages are Markdown, in files that end in .md"),
    ],
)
def test_files_that_would_be_misplaced_are_named(content: Path, file: str, problem: str) -> None:
    put(content, file, HEAD if file.startswith("articles") else "---\ntitle: About\n---\n")
    [line] = found(content)
    assert line.partition(".")[2].partition(":")[2] == problem


def test_symbolic_links_and_huge_files_are_not_read(content: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (content / "articles" / "2026" / "2026-01-01-x.md").symlink_to(tmp_path / "secret")
    (content / "articles" / "all").symlink_to("/", target_is_directory=True)
    with (content / "pages" / "big.md").open("wb") as file:
        file.truncate(50_000_000)
    assert found(content) == [
        "articles/2026/2026-01-01-x.md:1:1: is a symbolic link; put a file there",
        "articles/all:1:1: is a symbolic link; put a file there",
        "pages/big.md:1:1: has 50 MB; keep files under 2 MB",
    ]


@pytest.mark.parametrize(
    "file", ["forecasts/openai.jsonl", "forecasts/scorecard.json", "forecasts/hindsight.json", "pulls/openai.json"]
)
def test_a_folder_with_the_name_of_a_record_is_named(content: Path, file: str) -> None:
    (content / file).unlink(missing_ok=True)
    put(content, f"{file}/x", "")
    assert found(content) == [
        f"{file}:1:1: Is a directory; look what stands there, then run this again",
        f"{file}/x:1:1: {NOT_READ}",
    ]


@pytest.mark.parametrize("folder", ["inbox/x.md", "press/x.md", "providers/x.md"])
def test_a_folder_with_the_name_of_a_file_hides_no_mistake(content: Path, folder: str) -> None:
    put(content, f"{folder}/y.md", "")
    put(content, ARTICLE, HEAD + "See [it](/nowhere/).")
    assert found(content) == [
        f"{ARTICLE}:{FIRST}:10: /nowhere/ is a broken link: no such page; correct the address",
        f"{folder}/y.md:1:1: {NOT_READ}",
    ]


def test_a_file_with_the_name_of_a_folder_is_named(content: Path) -> None:
    shutil.rmtree(content / "pulls")
    put(content, "pulls", "")
    assert found(content) == [
        f"pulls:1:1: {NOT_READ}",
        *(
            f"pulls/{slug}.json:1:1: Not a directory; look what stands there, then run this again"
            for slug in ("_press", "anthropic", "openai")
        ),
    ]


NOT_READ = "is not read; content/ holds what the guide names, in folders of its names, and nothing else"


def test_what_nobody_reads_is_named_and_what_nobody_wrote_is_not(content: Path) -> None:
    put(content, "stray.txt", "")
    put(content, "videos/x.md", "---\ntitle: X\n---\n")
    for ours in (
        "articles/2026/x.md.tmp",
        "pulls/anthropic.lock",
        "pulls/_log.lock",
        "pulls/log/2026-11.txt",
        "pulls/.gitkeep",
        "LICENSE",
        "words.txt",
    ):
        put(content, ours, "")
    assert found(content) == [f"stray.txt:1:1: {NOT_READ}", f"videos/x.md:1:1: {NOT_READ}"]


@pytest.mark.parametrize(
    "file",
    [
        "pulls/log/notes.txt",
        "pulls/log/2026-11.txt.bak",
        "pulls/anthropic.log",
        "pulls/a/b.json",
        "forecasts/x.json",
        "inbox/notes.txt",
        "incidents/anthropic/2026/notes.txt",
        "press/x.yml",
        "providers/x.lock",
        "providers/x.tmp",
        "words.lock",
        "x.md.tmp.md",
        "LICENSE.md",
        "press/2026/x.md",
        "pulls/log/.gitkeep",
        "a/.gitkeep",
        ".gitkeep",
    ],
)
def test_a_name_that_only_looks_like_one_of_ours_is_named(content: Path, file: str) -> None:
    put(content, file, "")
    assert found(content) == [f"{file}:1:1: {NOT_READ}"]


def test_a_picture_that_nobody_shows_is_named(content: Path) -> None:
    for name in ("lone", "shown"):
        put(content, f"images/2026/{name}.png", "")
        (content / f"images/2026/{name}.png").write_bytes(png())
    put(content, "images/2026/bad.png", "none")
    put(content, ARTICLE, HEAD + "![A red bar](/images/2026/shown.png) ![Another](/images/2026/bad.png)\n")
    assert found(content) == [
        "images/2026/bad.png:1:1: is not a picture; save the picture again as PNG, JPEG or WebP",
        ("images/2026/lone.png:1:1: is not used; show it with ![what it shows](/images/2026/lone.png), or remove it"),
    ]


def test_drafts_in_the_inbox_are_held_to_their_form_whatever_they_are_called(content: Path) -> None:
    put(content, "inbox/a.md", "x")
    put(content, "inbox/a:b.md", "x")
    message = "1:1: has no front matter; begin with a line ---, then fields, then a line ---"
    assert found(content) == [f"inbox/a.md:{message}", f"inbox/a:b.md:{message}"]


def test_outlets_of_the_press_are_held_to_their_form(content: Path) -> None:
    put(content, "press/news.md", "---\nslug: nws\n---\n")
    assert {line.partition(": ")[0] for line in found(content)} == {"press/news.md:1:1"}


def test_only_what_was_asked_for_is_told(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(content, ARTICLE, HEAD + "[x](y)")
    put(content, "pages/two.md", "---\ntitel: Two\n---\n")
    page, article = content / "pages" / "two.md", content / ARTICLE
    ways: list[list[Path]] = [[], [page.parent], [article], [page, article]]
    counts = []
    for paths in ways:
        code = check.main(content, paths)
        counts.append((code, capsys.readouterr().out.splitlines()[-1]))
    assert counts == [(1, f"check: {text}") for text in ("3 problems", "2 problems", "1 problem", "3 problems")]
    assert check.main(content, [content / "providers"]) == 0
    outside = refusal(check.main, content, [content.parent / "theme"])
    assert outside == "theme is not under content/; name files or folders in it"


@pytest.mark.parametrize("name", ["CI", "GITHUB_ACTIONS"])
def test_in_ci_each_problem_is_an_annotation(
    content: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(content, ARTICLE, HEAD + "100 % [x](y)")
    for each in ("CI", "GITHUB_ACTIONS"):
        monkeypatch.delenv(each, raising=False)
    check.main(content)
    plain = capsys.readouterr().out
    monkeypatch.setenv(name, "true")
    check.main(content)
    assert "::" not in plain
    message = "y is neither a link within the site nor to the web; begin it with / or https://"
    assert capsys.readouterr().out.splitlines() == [
        f"content/{ARTICLE}:{FIRST}:11: {message}",
        f"::error file=content/{ARTICLE},line={FIRST},col=11::{message}",
        "check: 1 problem",
    ]


def test_an_annotation_cannot_be_broken_out_of() -> None:
    assert Problem(file="a,b:c%\nd", line=1, column=2, message="50 %\n::set-output::x").annotation == (
        "::error file=a%2Cb%3Ac%25%0Ad,line=1,col=2::50 %25%0A::set-output::x"
    )


def test_a_name_cannot_begin_a_line_nor_stop_the_check(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(content, "a\n::set-output::b.txt", "")
    put(content, "\udcff.txt", "")  # a byte that is no UTF-8
    assert check.main(content) == 1
    assert capsys.readouterr().out.encode().decode().splitlines() == [
        f"content/a\\n::set-output::b.txt:1:1: {NOT_READ}",
        f"content/\\udcff.txt:1:1: {NOT_READ}",
        "check: 2 problems",
    ]
    odd = Problem(file="\udcff", line=1, column=2, message="a\rb")
    assert odd.annotation == "::error file=\\udcff,line=1,col=2::a\\rb"


@pytest.mark.parametrize(
    ("file", "lines"),
    [
        ("articles/2026/2026-03-04-x.md", ["2:1: title: Recieve", "5:10: recieve"]),
        ("corrections/anthropic/0ghc53zpsfmt.yaml", ["1:1: note: recieve"]),
        ("links/2026/2026-03-02-x.md", ["2:1: title: Recieve", "5:10: recieve"]),
        ("pages/x.md", ["2:1: title: Recieve", "5:10: recieve"]),
        ("providers/groq.md", ["2:1: title: Recieve", "5:10: recieve"]),
        ("undeclared/anthropic/x.md", ["2:1: title: Recieve", "5:10: recieve"]),
        ("inbox/x.md", []),  # not in a person's own words yet
    ],
)
def test_misspelled_words_are_named_in_what_people_wrote(content: Path, file: str, lines: list[str]) -> None:
    bare = file.endswith(".yaml")
    put(content, file, "note: A recieve.\n" if bare else "---\ntitle: Recieve\n---\n\nIt was a recieve.\n")
    cure = "is misspelled; write receive, or add it to content/words.txt if it is correct"
    assert [line for line in found(content) if "misspelled" in line] == [f"{file}:{line} {cure}" for line in lines]
    put(content, "words.txt", "recieve\n")
    assert [line for line in found(content) if "misspelled" in line] == []


def test_ten_minutes_ahead_may_be_another_clock(content: Path) -> None:
    for minutes, problems_ in ((10, 0), (11, 1)):
        put(content, ARTICLE, HEAD.replace("03-02T18:20", f"03-05T12:{minutes}") + "It was down.")
        assert len(found(content)) == problems_


def test_two_megabytes_are_read(content: Path) -> None:
    for size, told in ((2_000_000, False), (2_000_001, True)):
        put(content, "pages/big.md", "x" * size)
        assert ("pages/big.md:1:1: has 2 MB; keep files under 2 MB" in found(content)) is told


def test_strict_lists_numerals_that_stand_for_themselves(content: Path) -> None:
    put(content, ARTICLE, HEAD + "On 2 March 2026 `12` of [3](/) were 19.4 % at 11:49, since 2025.\n\n## 3,278 more\n")
    assert found(content) == []
    message = "is not computed from the archive; quote it as {{name}} from a query under `figures`"
    assert found(content, strict=True) == [
        f"{ARTICLE}:{FIRST}:26: '3' {message}",
        f"{ARTICLE}:{FIRST}:37: '19.4 %' {message}",
        f"{ARTICLE}:{FIRST}:47: '11:49' {message}",
        f"{ARTICLE}:{FIRST + 2}:4: '3,278' {message}",
    ]


def memo(content: Path) -> Path:
    return content.parent / ".output-preview-state" / "check.json"


@pytest.fixture(autouse=True)
def at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in CI, wherever these tests run."""
    for name in ("CI", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)


def test_the_answer_is_remembered_while_nothing_changes(content: Path) -> None:
    put(content, ARTICLE, HEAD + "[x](y)")
    before = found(content)
    kept = json.loads(memo(content).read_text())
    memo(content).write_text(json.dumps({**kept, "problems": [REMEMBERED]}))
    assert found(content) == ["a:1:2: as remembered"]
    assert found(content, strict=True) == before
    assert len(before) == 1


def test_in_ci_nothing_is_remembered_for_a_stranger_could_have_written_it(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(content, ARTICLE, HEAD + "[x](y)")
    before = found(content)
    kept = json.loads(memo(content).read_text())
    memo(content).write_text(json.dumps({**kept, "problems": []}))
    monkeypatch.setenv("CI", "true")
    assert found(content) == before


def change_article(content: Path) -> None:
    put(content, ARTICLE, HEAD + "[z](y)")


def change_incident(content: Path) -> None:
    archive.save(content, [incident("abc")], {})


def damage_memo(content: Path) -> None:
    memo(content).write_text("{")


def rename_article(content: Path) -> None:
    (content / ARTICLE).rename(content / f"{ARTICLE}x")


@pytest.mark.parametrize("change", [change_article, change_incident, damage_memo, rename_article])
def test_a_changed_byte_makes_it_look_again(content: Path, change: Callable[[Path], None]) -> None:
    found(content)
    kept = json.loads(memo(content).read_text())
    memo(content).write_text(json.dumps({**kept, "problems": [REMEMBERED]}))
    change(content)
    assert found(content) != ["a:1:2: as remembered"]


def test_other_rules_make_it_look_again(content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "PACKAGE", tmp_path / "rules")
    put(tmp_path, "rules/body.py", "old")
    before = found(content)
    kept = json.loads(memo(content).read_text())
    memo(content).write_text(json.dumps({**kept, "problems": [REMEMBERED]}))
    assert found(content) == ["a:1:2: as remembered"]
    put(tmp_path, "rules/body.py", "new")
    assert found(content) == before


@pytest.mark.slow
def test_bodies_made_to_be_slow_are_read_in_time() -> None:
    slow = {
        "*a **b ": 20_000,
        "![[": 50_000,
        "`a": 90_000,
        "http://": 25_000,
        "[a](<b": 30_000,
        "*a_ ": 45_000,
        "&": 190_000,
        "a<!--": 38_000,
        "[a][b]": 33_000,
        "{{": 60_000,
        "{%": 60_000,
        "2026-03-02 ": 15_000,
        "{{a": 40_000,
    }
    table = "|a" * 1000 + "\n" + "|-" * 1000 + "\n"
    for head, piece, size in [("", piece, size) for piece, size in slow.items()] + [(table, "|", 90_000)]:
        assert growth(lambda size: body.read(head + piece * size), size // 4) < LINEAR, piece  # noqa: B023


@pytest.mark.parametrize("levels", [3, 4, 500])
def test_folders_deeper_than_anything_is_read_are_refused_before_anybody_climbs_down(
    content: Path, levels: int
) -> None:
    folder = "/".join(["d"] * levels)
    for above in ("", "links/", "articles/", "pages/2026/"):
        put(content, f"{above}{folder}/x.md", "")
    told = {line.partition(":1:1: ")[0]: line.partition(":1:1: ")[2] for line in found(content)}
    deep = {name: message for name, message in told.items() if message == DEEP}
    assert deep.keys() == {"links/d/d/d", "articles/d/d/d", "pages/2026/d/d", *["d/d/d/d"] * (levels > 3)}
    assert told.keys() - deep.keys() == {*["d/d/d/x.md"] * (levels == 3)}


DEEP = "is a folder within 3 others, too deep to be read; remove it"
HIDDEN = "has a name that begins with a dot, so it is hidden; rename it, or remove it"


@pytest.mark.parametrize(
    "folder",
    [
        "",
        "articles/2026/",
        "corrections/anthropic/",
        "images/2026/",
        "inbox/",
        "incidents/anthropic/",
        "links/2026/",
        "pages/",
        "providers/",
        "pulls/",
        "undeclared/anthropic/",
    ],
)
def test_what_begins_with_a_dot_is_refused_wherever_it_stands(content: Path, folder: str) -> None:
    for name in (".gitattributes", ".hidden.md", ".tmp", ".git/config"):
        put(content, f"{folder}{name}", "* -diff linguist-generated=true\n")
    assert found(content) == [
        f"{folder}{name}:1:1: {HIDDEN}" for name in (".git", ".gitattributes", ".hidden.md", ".tmp")
    ]


def test_a_rule_that_breaks_off_hides_nothing(content: Path) -> None:
    put(content, ARTICLE, HEAD + "[x](y)")
    before = survey.survey(content, sources.read_all(content), NOW, False)

    def broken(desk: survey.Desk) -> Iterator[Problem]:
        yield Problem(file="content/a", message="is seen before")
        raise RecursionError

    faults = survey.survey(content, sources.read_all(content), NOW, False, by=(broken, *survey.RULES))
    cure = "write it more plainly, and report this as a mistake of the program"
    assert set(faults) - set(before) == {
        Problem(file="content/a", message="is seen before"),
        Problem(file="content", message=f"could not be checked: RecursionError; {cure}"),
    }
    assert set(before) <= set(faults)
    assert len(before) == 1


def test_a_file_that_a_reader_cannot_cope_with_hides_no_other(content: Path) -> None:
    for name in ("a.yml", "b.yml", "c.yml"):
        put(content, f"corrections/anthropic/{name}", name)

    def read(data: bytes, file: str) -> tuple[str | None, tuple[Problem, ...]]:
        if file.endswith("b.yml"):
            raise OverflowError
        return data.decode(), ()

    values, [fault] = sources.load(content, "corrections", read)
    assert values == ["a.yml", "c.yml"]
    assert str(fault).startswith("content/corrections/anthropic/b.yml:1:1: could not be checked: OverflowError; write ")


QUESTIONS = """claims:
  - said: It was down for hours
    by: a paper
    grade: press
    check:
      {share: ended over 2h, provider: anthropic, component: api, from: 2026-03-01, to: 2026-03-04, expect: "> 50%"}
    verdict: undecidable
sources:"""


CORRECTION = "withdrawn: true\nreason: A test\nsource: https://a.example/\nauthor: Ada\ndate: 2026-03-04T12:00:00Z\n"


def test_a_provider_with_a_fault_puts_no_blame_on_articles_that_ask_about_it(content: Path) -> None:
    put(content, ARTICLE, HEAD.replace("sources:", QUESTIONS) + "It was down.")
    assert found(content) == []
    faulty = provider("anthropic", "Acme").replace("company: Acme Inc.", "company: [Acme]")
    put(content, "providers/anthropic.md", faulty)
    [fault] = found(content)
    assert fault == "providers/anthropic.md:4:1: company: is a list; must be text in quotes"


def test_a_provider_with_a_fault_leaves_the_others_to_be_judged_by(content: Path) -> None:
    put(content, ARTICLE, HEAD.replace("sources:", QUESTIONS.replace("component: api", "component: nope")) + "Down.")
    put(content, "providers/openai.md", "---\n")
    assert [line.partition(": ")[0] for line in found(content)] == [f"{ARTICLE}:14:5", "providers/openai.md:2:1"]


def test_a_record_that_is_not_whole_leaves_verdicts_open_and_hides_nothing_else(content: Path) -> None:
    asked = HEAD.replace("sources:", QUESTIONS.replace("undecidable", "supported"))
    put(content, ARTICLE, asked + "It was down.")
    [verdict] = found(content)
    assert verdict.startswith(f"{ARTICLE}:16:5: claims.0.verdict: is 'supported', but the archive says 'undecidable'")
    put(content, "corrections/anthropic/nothing.yml", CORRECTION)
    put(content, ARTICLE, asked.replace("component: api", "component: nope") + "It was down.")
    assert [line.partition(": ")[0] for line in found(content)] == [
        f"{ARTICLE}:14:5",
        "corrections/anthropic/nothing.yml:1:1",
    ]
    put(content, "corrections/openai/nothing.yml", CORRECTION)
    (content / "corrections/anthropic/nothing.yml").unlink()
    put(content, ARTICLE, asked + "It was down.")
    assert found(content) == [
        verdict,
        "corrections/openai/nothing.yml:1:1: corrects no incident of openai; name it as the address of the incident's page ends",
    ]


@pytest.mark.parametrize("file", ["pulls/nobody.json", "forecasts/nobody.jsonl"])
def test_a_record_of_nobody_is_named(content: Path, file: str) -> None:
    put(content, file, "")
    assert found(content) == [
        f"{file}:1:1: belongs to no provider; add content/providers/nobody.md, or remove this file"
    ]


@pytest.mark.parametrize(
    "name", ["2026-03-02-..md", "2026-03-02-...md", "2026-03-02-A.md", "x.md", "2026-03-02-a:b.md"]
)
def test_an_incident_under_a_name_that_would_be_another_address_is_named(content: Path, name: str) -> None:
    text = archive.render(incident("another"))
    put(content, f"incidents/anthropic/2026/{name}", text)
    assert found(content) == [
        (
            f"incidents/anthropic/2026/{name}:1:1: is not the name of an incident; write "
            "content/incidents/<provider>/<year>/<date>-<a-z, 0-9, ->.md"
        )
    ]


@pytest.mark.parametrize(
    "file",
    [
        "articles/2026/x:y.md",
        "images/2026/x:y.png",
        "links/2026/x:y.md",
        "corrections/anthropic/x:y.yml",
        "undeclared/anthropic/x:y.md",
        "pages/x:y.md",
        "press/x:y.md",
        "providers/x:y.md",
        "inbox/x:y.md",
        "x:y",
        "incidents/anthropic/2026/x:y.md",
        "pulls/x:y.json",
        "forecasts/x:y.jsonl",
    ],
)
def test_a_colon_in_a_name_takes_no_complaint_away_from_its_file(content: Path, file: str) -> None:
    put(content, file, "x")
    assert {problem.file for problem in problems(content, NOW, False)} == {f"content/{file}"}


def test_times_that_have_not_come_are_named_wherever_people_write_them(content: Path) -> None:
    files = {
        "corrections/anthropic/0ghc53zpsfmt.yml": "withdrawn: true\nreason: A test\nsource: https://a.example/\n"
        "author: Ada\ndate: {time}\n",
        "links/2026/2026-03-02-x.md": "---\nurl: https://a.example/\ntitle: Down\npublisher: A\ndate: {time}\n"
        "grade: press\nproviders: [anthropic]\ncurator: Ada\n---\n",
    }
    for file, text in files.items():
        put(content, file, text.format(time="2026-03-05T12:00:00Z"))
    assert found(content) == []
    for file, text in files.items():
        put(content, file, text.format(time="2099-01-01T00:00:00Z"))
    assert found(content) == [
        f"{file}:5:1: date: 2099-01-01T00:00Z is in the future; use a past time" for file in files
    ]

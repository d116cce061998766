"""Corrections and links begin with what is known, pass the check once filled; a pull and a review say what changes."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from almanac.commands import changes, check, new_beside
from almanac.commands import pull as pull_command
from tests.support import projects
from tests.support.almanacs import incident
from tests.support.projects import put
from tests.support.refusals import refusal
from tests.support.serving import Serving, page, watch
from tests.unit.test_pull import CLOSED, OLD, OPEN, atom

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return projects.project(tmp_path / "almanac")


def problems(root: Path, file: str) -> list[str]:
    found = check.problems(root / "content", NOW, strict=False)
    return [f"{one.field}: {one.text}" for one in found if one.file == f"content/{file}"]


def test_a_correction_names_what_stands_and_passes_once_it_says_what_is_wrong(root: Path) -> None:
    assert new_beside.correction(root / "content", "anthropic/first", NOW, "Ada Example") == 0
    file = "corrections/anthropic/first.yml"
    path = root / "content" / file
    text = path.read_text()
    assert "\n# end: 2026-03-02T13:47:09Z\n" in text
    assert text.endswith("author: Ada Example\ndate: 2026-03-03T09:00:00Z\n")
    assert [line.partition(":")[0] for line in problems(root, file)] == ["reason"]
    path.write_text(text.replace('reason: ""', "reason: The closing post was dated a day late."))
    assert problems(root, file) == [": corrects nothing; add start, end, kind, impact, merge_with or withdrawn"]
    path.write_text(path.read_text().replace("# end: 2026-03-02T13:47:09Z", "end: 2026-03-02T13:50:00Z"))
    assert problems(root, file) == []


def test_a_link_knows_its_publisher_and_incident_and_passes_once_it_has_a_title(root: Path) -> None:
    url = "https://www.paper.example/2026/claude-is-down"
    assert new_beside.link(root / "content", url, "", ["anthropic/first"], NOW, "Ada Example") == 0
    file = "links/2026/2026-03-03-claude-is-down.md"
    path = root / "content" / file
    text = path.read_text()
    assert "\npublisher: paper.example\n" in text
    assert "\nproviders: [anthropic]\nincidents: [anthropic/first]\ncurator: Ada Example\n" in text
    assert [line.partition(":")[0] for line in problems(root, file)] == ["title"]
    path.write_text(text.replace("title:   #", "title: Claude is down  #"))
    assert problems(root, file) == []


def test_an_outage_nobody_acknowledged_passes_once_its_evidence_is_named(root: Path) -> None:
    assert new_beside.undeclared(root / "content", "groq", "Answers took minutes", "2026-03-02T08:00:00Z", NOW) == 0
    file = "undeclared/groq/2026-03-02-answers-took-minutes.md"
    path = root / "content" / file
    left = {line.partition(":")[0] for line in problems(root, file)}
    fields = {f"evidence.{n}.{field}" for n in (0, 1) for field in ("url", "title", "publisher")}
    assert left - {"contributor"} == {"summary", *fields}
    text = (
        path.read_text().replace("summary:", "summary: Users waited.").replace("contributor:\n", "contributor: Ada\n")
    )
    for n in (0, 1):
        for field, value in (("url", f"https://paper{n}.example/"), ("title", "Slow"), ("publisher", f"Paper {n}")):
            text = text.replace(f" {field}:\n", f" {field}: {value}\n", 1)
    path.write_text(text)
    assert problems(root, file) == []
    said = refusal(new_beside.undeclared, root / "content", "grok", "Slow", "", NOW)
    assert said == "'grok' is not a provider here; did you mean groq?"


def test_an_outlet_is_called_by_its_name_or_its_host(root: Path) -> None:
    feed = "https://www.paper.example/feed.xml"
    assert new_beside.outlet(root / "content", feed, "The Paper") == 0
    assert problems(root, "press/the-paper.md") == []
    assert new_beside.outlet(root / "content", "https://board.example/new.rss", "") == 0
    assert problems(root, "press/board-example.md") == ["name: is empty; must be text in quotes"]
    assert refusal(new_beside.outlet, root / "content", "paper.example", "") == (
        "'paper.example' is not a valid URL; write it in full, e.g. https://paper.example/story"
    )


@pytest.mark.parametrize(
    "key", ["anthropic/none", "none", "openai/first", "https://status.example/incidents/openai/first/"]
)
def test_what_is_not_in_the_archive_cannot_be_corrected(root: Path, key: str) -> None:
    said = refusal(new_beside.correction, root / "content", key, NOW, "")
    short = key.removeprefix("https://status.example/incidents/").rstrip("/")
    assert said == f"no incident {short} in the archive; write provider/id as in the address of its page"


@pytest.mark.parametrize("key", ["first", "https://status.example/incidents/anthropic/first/"])
def test_an_incident_may_be_named_by_its_id_or_the_address_of_its_page(root: Path, key: str) -> None:
    assert new_beside.correction(root / "content", key, NOW, "Ada Example") == 0
    assert (root / "content/corrections/anthropic/first.yml").exists()


def test_nothing_is_written_over_what_is_there(root: Path) -> None:
    assert new_beside.correction(root / "content", "groq/other", NOW, "Ada") == 0
    taken = "content/corrections/groq/other.yml already exists; edit it, or choose another name"
    assert refusal(new_beside.correction, root / "content", "groq/other", NOW, "Ada") == taken


def test_a_dry_pull_says_what_would_change_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    watch(root / "content", "acme")
    content = root / "content"
    with Serving({"acme.example": page(atom(OPEN, OLD))}) as server:
        assert pull_command.main(content, via=server.url, only=("acme",), now="2026-03-02T14:10:00Z") == 0
        before = projects.tree(content)
        server.hosts["acme.example"] = page(atom(CLOSED, OLD))
        capsys.readouterr()
        assert pull_command.preview(content, via=server.url, only=("acme",), now="2026-03-02T18:10:00Z") == 0
    out = capsys.readouterr().out.splitlines()
    assert projects.tree(content) == before
    assert out[-1] == "pull: nothing was written"
    (change,) = (line for line in out if "would change" in line)
    assert change.startswith(
        "  acme/bbbbbbbbbbbb would change: phase: investigating → resolved; ended: open → 2026-03-02 "
    )
    assert change.endswith("posts: 1 → 2")


def test_a_review_sees_which_facts_and_which_pages_change(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@a.example", *arguments], check=True
        )

    git("init", "-q", "-b", "main")
    git("add", "content")
    git("commit", "-qm", "Before")
    put(root, incident("open", "02 14:00", "02 15:30", provider="groq"))
    put(root, incident("fresh", "02 16:00", "02 16:20", provider="groq"))
    git("add", "content")
    git("commit", "-qm", "After")
    for site, pages in (("old", {"": "home", "a/": "a", "gone/": "x"}), ("new", {"": "home!", "a/": "a", "b/": "b"})):
        for address, text in pages.items():
            (root / site / address).mkdir(parents=True, exist_ok=True)
            (root / site / address / "index.html").write_text(text)
    assert changes.main(root, "HEAD~1", (root / "old", root / "new")) == 0
    out = capsys.readouterr().out
    assert "- `content/incidents/groq/2026/2026-03-02-open.md`: phase: " in out
    assert "ended: open → 2026-03-02 15:30" in out
    assert "2026-03-02-fresh.md`: new: " in out
    assert out.endswith("## Pages that change\n\n- /b/ is new\n- /gone/ is gone\n- /\n")


def test_where_nothing_is_asked_or_has_changed_that_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = "name a revision with --since, two built sites with --built, or both"
    assert refusal(changes.main, root, "", None) == asked
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@a.example", *words], cwd=root, check=True)
    assert changes.main(root, "HEAD", None) == 0
    assert capsys.readouterr().out == "## Data that changed\n\n- nothing\n"


def test_a_revision_that_is_none_is_one_line(root: Path) -> None:
    said = refusal(changes.main, root, "no-such-branch", None)
    assert said.startswith("git cannot say what changed since no-such-branch (")

"""The site is built by Pelican with our plugin, by as little of it as a change needs, and fails loudly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from almanac.build import unchanged
from almanac.commands import build as build_command
from almanac.commands import new_article
from tests.support.almanacs import incident
from tests.support.projects import article, put, tree, write

NOW = "2026-03-02T14:10:00Z"


@pytest.fixture
def root(tmp_path: Path, built: Path) -> Path:
    """Return a small project of its own, built already."""
    return Path(shutil.copytree(built, tmp_path / "site", symlinks=True))


def build(root: Path, output: str = "output", now: str = NOW) -> Path:
    """Build as `tasks.py build` does, and give the output folder."""
    build_command.build(root / "pelicanconf.py", now=now, output=output)
    return root / output


def settle(root: Path) -> None:
    """Wait until what was written counts as settled."""
    import time

    time.sleep(unchanged.SETTLED / 1e9 + 0.02)


def test_an_article_has_its_page_with_its_text_and_links(built: Path) -> None:
    page = (built / "output/articles/2026/claude-fails/index.html").read_text()
    assert "<h1>Claude fails</h1>" in page
    assert '<a href="/methodology/">how</a>' in page
    assert '<a href="/about/">about</a>' in page
    assert 'href="/incidents/anthropic/first/"' in page


def test_a_page_stands_at_its_name(built: Path) -> None:
    assert "An <em>almanac</em>." in (built / "output/about/index.html").read_text()


def test_links_lead_below_the_path_the_site_lives_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITEURL", "https://example.org/almanac")
    page = (build(root) / "articles/2026/claude-fails/index.html").read_text()
    assert 'href="/almanac/methodology/"' in page
    assert 'href="/almanac/about/"' in page


@pytest.mark.system
def test_pelican_alone_makes_the_same_site(root: Path) -> None:
    ours = tree(build(root))
    command = [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "-o", "theirs"]
    subprocess.run(command, cwd=root, env={**os.environ, "ALMANAC_NOW": NOW}, check=True, capture_output=True)
    assert tree(root / "theirs") == ours


def test_nothing_else_under_content_is_read_or_copied(root: Path) -> None:
    before = tree(build(root))
    write(root, "articles.txt", "no article")
    write(root, "photos/photo.jpg", "no photo")
    write(root, "inbox/2026-03-02-press.md", "no article")
    assert tree(build(root)) == before


def test_an_unchanged_build_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle(root)
    build(root)
    capsys.readouterr()
    build(root)
    assert capsys.readouterr().out == "build: nothing changed since the last build, as of 14:10 UTC\n"


def test_that_nothing_changed_is_said_without_pelican(root: Path) -> None:
    """Pelican takes longer to import than the whole look takes."""
    settle(root)
    build(root)
    code = (
        "import sys; from pathlib import Path; from almanac.commands import build\n"
        f"build.build(Path('pelicanconf.py'), now='{NOW}', output='output')\n"
        "assert not {'pelican', 'jinja2', 'almanac.views'} & sys.modules.keys()"
    )
    command = [sys.executable, "-c", code]
    subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": "plugins"}, check=True)
    assert tree(root / "output") == tree(build(root, "clean"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda root: article(root, "second", "Second", "More."),
        lambda root: article(root, "claude-fails", "Claude fails", "Changed."),
        lambda root: article(root, "claude-fails", "Claude fails", "Now a draft.", status="draft"),
        lambda root: (root / "content/articles/2026/2026-03-02-claude-fails.md").unlink(),
        lambda root: put(root, incident("first", until="02 13:47:09", title="Another title")),
        lambda root: write(root, "pages/about.md", "---\ntitle: About us\nsummary: Us.\n---\n\nWe.\n"),
        lambda root: (root / "output/articles/2026/claude-fails/index.html").unlink(),
        lambda root: (root / "output/about/index.html").write_text("defaced"),
    ],
    ids=["new article", "edited", "made a draft", "deleted", "cited incident", "page", "lost output", "defaced output"],
)
def test_what_people_wrote_is_as_in_a_clean_build(root: Path, change: object) -> None:
    settle(root)
    build(root)
    change(root)  # type: ignore[operator]
    build(root)
    assert tree(root / "output") == tree(build(root, "clean"))


def test_a_draft_has_a_page_in_the_preview_and_stands_in_no_list(root: Path) -> None:
    article(root, "soon", "Coming soon", "Not yet.", status="draft")
    settle(root)
    output = build(root)
    put(root, incident("new", "02 13:30", "02 13:50"))
    build(root)
    with_draft = {path for path, data in tree(output).items() if b"Coming soon" in data}
    assert with_draft == {"articles/2026/soon/index.html"}


def test_an_unfinished_draft_is_shown_with_all_that_is_left_to_do(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = new_article.compose("Coming soon", now=datetime(2026, 3, 2, 12, tzinfo=UTC), authors=["Ada"])
    write(root, draft.path, draft.text.replace("kind: news", "kind: newz") + "\n[there](/incidents/groq/othr/)\n")
    write(root, "articles/2026/2026-03-02-broken.md", "---\ntitle: [\nstatus: draft\n---\n\nWords.\n")
    output = build(root)
    page = (output / "articles/2026/coming-soon/index.html").read_text()
    to_do = page[page.index('id="to-do"') : page.index("</aside>")]
    assert "Draft: 4\xa0things to do" in to_do
    fields = re.findall(r"<li>Line \d+: ([\w/]+)", to_do)
    assert fields == ["summary", "kind", "sources", "/incidents/groq/othr/"]
    assert "<h1>Broken</h1>" in (output / "articles/2026/broken/index.html").read_text()
    assert "<h1>Claude fails</h1>" in (output / "articles/2026/claude-fails/index.html").read_text()
    assert "drafts show theirs" in capsys.readouterr().out


def test_an_unfinished_draft_is_no_matter_to_who_publishes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = new_article.compose("Coming soon", now=datetime(2026, 3, 2, 12, tzinfo=UTC))
    write(root, draft.path, draft.text)
    build_command.build(root / "publishconf.py", now=NOW, output="out", pull=False)
    captured = capsys.readouterr()
    assert ("coming-soon" in captured.err, "problem" in captured.out) == (False, False)
    assert not (root / "out/articles/2026/coming-soon").exists()


def test_every_bad_article_is_named_with_line_and_cure_and_left_out(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(build(root))
    article(root, "template", "T", "Text.", more="Template: ../../evil\nSave_as: ../../../etc/passwd\n")
    article(root, "attach", "A", "One line.\n\n[x]({static}/../secret.txt)")
    write(root, "articles/2026/no-date.md", "no front matter")
    write(root, "articles/2026/2026-03-02-other.rst", "Title\n=====\n")
    capsys.readouterr()
    build(root)
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert f", {len(lines)} problems: drafts show theirs, other files named above are left out (" in said.out
    assert {line.partition(" ")[0] for line in lines} >= {
        "content/articles/2026/2026-03-02-template.md:16:1:",
        "content/articles/2026/2026-03-02-template.md:17:1:",
        "content/articles/2026/2026-03-02-attach.md:20:5:",
        "content/articles/2026/no-date.md:1:1:",
        "content/articles/2026/2026-03-02-other.rst:1:1:",
    }
    assert tree(root / "output") == before


@pytest.mark.system
def test_pelican_alone_names_a_bad_article_too(root: Path) -> None:
    article(root, "template", "T", "Text.", more="Template: ../../evil\n")
    command = [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "--log-handler", "plain"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert "content/articles/2026/2026-03-02-template.md:16:1: Template: is not a known key" in done.stderr
    assert not (root / "output/articles/2026/template").exists()


def test_a_symbolic_link_is_no_article(root: Path) -> None:
    (root / "content/articles/2026/2026-03-02-passwd.md").symlink_to("/etc/passwd")
    with pytest.raises(SystemExit, match=r"2026-03-02-passwd\.md:1:1: is a symbolic link; put a file there"):
        build(root)


def test_an_article_that_cites_what_is_gone_is_left_out(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settle(root)
    build(root)
    next((root / "content/incidents/anthropic").glob("*/*-first.md")).unlink()
    build(root)
    assert re.search(r"2026-03-02-claude-fails\.md:\d+:\d+: incidents", capsys.readouterr().err)
    assert not (root / "output/articles/2026/claude-fails").exists()
    assert tree(root / "output") == tree(build(root, "clean"))


def test_a_moment_that_is_none_is_refused(root: Path) -> None:
    with pytest.raises(SystemExit, match="'yesterday' is not a valid time; write"):
        build(root, now="yesterday")


@pytest.mark.system
def test_publishing_pulls_first_and_says_so_where_there_is_no_network(root: Path) -> None:
    """Neither provider has a feed, so nobody is asked."""
    code = "from pathlib import Path; from almanac.commands import build; build.build(Path('publishconf.py'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={**os.environ, "PYTHONPATH": "plugins"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0].startswith("pull: ")
    assert "written" in done.stdout
    assert (root / "output/index.html").exists()

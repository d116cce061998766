"""Whatever stands in one file that cannot be used: the build names the file, leaves it out, and builds the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from almanac import archive
from almanac.commands import build as build_command
from tests.support.imagefiles import png
from tests.support.projects import INCIDENTS, article, project, tree, write

NOW = "2026-03-02T14:10:00Z"
FIRST = f"incidents/{archive.file_of(INCIDENTS[0])}"
SECOND = f"incidents/{archive.file_of(INCIDENTS[1])}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a small project."""
    return project(tmp_path / "site")


def build(root: Path, output: str = "output") -> Path:
    """Build as `tasks.py build` does, and give the output folder."""
    build_command.build(root / "pelicanconf.py", now=NOW, output=output)
    return root / output


def replace(root: Path, file: str, old: str, new: bytes) -> None:
    """Change some bytes of a file under content by hand."""
    path = root / "content" / file
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new, 1))


BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a post of the 45th of a month": (
        lambda root: replace(root, SECOND, "## 2026-03-02T12", b"## 2026-03-45T12"),
        SECOND,
        "incidents/anthropic/second",
    ),
    "a post that is no UTF-8": (
        lambda root: replace(root, SECOND, "investigating\n", b"investigating\n\nAn \xff\xfe end.\n"),
        SECOND,
        "incidents/anthropic/second",
    ),
    "a title that is no YAML": (
        lambda root: replace(root, SECOND, "title: ", b"title: [}\x00 "),
        SECOND,
        "incidents/anthropic/second",
    ),
    "an article without fields": (
        lambda root: write(root, "articles/2026/2026-03-02-bad.md", "---\ntitle: [\n---\n\nText."),
        "articles/2026/2026-03-02-bad.md",
        "articles/2026/bad",
    ),
    "an article with a wrong verdict": (
        lambda root: article(
            root,
            "bad",
            "Bad",
            "Text.",
            more=(
                "claims:\n  - said: It was up.\n    by: X\n    where: 1\n    grade: press\n    verdict: supported\n"
                "    check: {count: incidents, provider: anthropic, expect: more than 90}\n"
            ),
        ),
        "articles/2026/2026-03-02-bad.md",
        "articles/2026/bad",
    ),
    "a provider without a name": (
        lambda root: replace(root, "providers/groq.md", "name: ", b"nome: "),
        "providers/groq.md",
        "providers/groq",
    ),
    "a picture that is none": (
        lambda root: (
            write(root, "images/2026/down.png", ""),
            (root / "content/images/2026/down.png").write_bytes(png()[:40]),
        ),
        "images/2026/down.png",
        "images/2026/down.png",
    ),
    "a log of pulls that is none": (lambda root: write(root, "pulls/groq.json", "{"), "pulls/groq.json", "nothing"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_one_file_that_cannot_be_used_costs_itself(root: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(build(root))
    spoil, file, gone = BROKEN[name]
    spoil(root)
    capsys.readouterr()
    after = tree(build(root))
    told = capsys.readouterr().err.splitlines()
    assert f"content/{file}" in {line.partition(":")[0] for line in told}
    assert not [path for path in after if path.startswith(gone)]
    assert {path for path in before if "anthropic/first/" in path} <= after.keys()
    assert after == tree(build(root, "clean"))
    said_again = capsys.readouterr().err.splitlines()
    build(root)
    assert capsys.readouterr().err.splitlines() == said_again == told  # until it is mended


@pytest.mark.parametrize("text", ["&#65535;", "&#xfffe; **x**", "> " * 9_000, "[" * 9_000, "&#" + "1" * 5_000 + ";"])
def test_a_post_that_an_engine_cannot_print_is_shown_as_far_as_it_can_be(root: Path, text: str) -> None:
    replace(root, SECOND, "title: Slow", f"title: '{text[:200]}' # ".encode())
    with (root / "content" / SECOND).open("a", encoding="utf-8") as file:
        file.write(f"\n## 2026-03-02T13:05:00Z update\n\nBefore {text} after.\n".replace("update", "monitoring"))
    output = build(root)
    page = (output / "incidents/anthropic/second/index.html").read_text()
    assert "Before" in page
    assert "after." in page

"""Pages speak as docs/style.md says: words that readers should not meet stay out of templates and views."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLE = (ROOT / "docs/style.md").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "theme/templates").glob("*.html"))
VIEWS = sorted((ROOT / "plugins/almanac/views").glob("*.py"))

BANNED = (
    "held against",
    "taken away",
    "undecidable",
    "witness",
    "cure",
    "put right",
    "brought by",
    "chosen by",
    "trouble",
    "declared",
    "mend",
    "fall together",
    "meanwhile",
    "the record",
    "told",
    "believe",
    "what was written",
    "with their doubt",
    "not known",
    "by machine",
    "written by probes",
    "of all time",
    "all the time",
    "told apart",
)


def spoken(path: Path) -> Iterator[str]:
    """Yield what a reader may see of a template or a view: text outside of tags, or literals that are no key or class."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        labels = re.findall(r'(?:aria-label|data-l|placeholder|title)="([^"]*)"', text)
        yield from (*labels, re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.DOTALL))
        return
    tree = ast.parse(text)
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
            yield from [node.value] if " " in node.value or node.value[:1].isupper() else []


def uses(text: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if re.search(rf"\b{word}", text, re.IGNORECASE)]


@pytest.mark.parametrize("path", [*TEMPLATES, *VIEWS], ids=lambda path: path.name)
def test_no_page_says_what_the_style_guide_is_against(path: Path) -> None:
    assert [(text.strip()[:80], found) for text in spoken(path) if (found := uses(text, BANNED))] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_blank_before_the_percent_sign(path: Path) -> None:
    found = [match for text in spoken(path) for match in re.findall(r"\d[ \u00a0]%", text)]
    assert found == []


def test_the_style_guide_names_every_word_that_is_kept_out() -> None:
    against = " ".join(row.split("|")[2] for row in re.findall(r"(?m)^(\|.*)$", STYLE.partition("## Numbers")[0]))
    missing = [word for word in BANNED if word not in against]
    assert missing == []


def test_a_word_is_found_wherever_a_reader_meets_it(tmp_path: Path) -> None:
    template, view = tmp_path / "a.html", tmp_path / "a.py"
    template.write_text('<p class="trouble" aria-label="Trouble now">{# trouble #}{{ trouble }} <b>No trouble.</b></p>')
    view.write_text('"""Trouble."""\nKEY = "trouble"\nTEXT = f"{KEY} is trouble"\nNAME = "Troubles"\n')
    assert [uses(text, ("trouble",)) for text in spoken(template)] == [["trouble"], ["trouble"]]
    assert [text for text in spoken(view) if uses(text, ("trouble",))] == ["Troubles", " is trouble"]

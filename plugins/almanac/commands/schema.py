"""Generates from the forms: JSON Schema for editors, and the tables of the guide."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from almanac.content import forms
from almanac.content.forms import Form

FOLDER = Path(".github/schemas")
GUIDE = Path("content/pages/contribute.md")
KINDS: Mapping[str, type[Form]] = {
    "article": forms.ArticleForm,
    "page": forms.PageForm,
    "provider": forms.ProviderForm,
    "correction": forms.FixForm,
    "undeclared": forms.UndeclaredForm,
    "link": forms.LinkForm,
    "outlet": forms.OutletForm,
    "dataset": forms.DataSetForm,
}
TABLES: Mapping[str, type[Form]] = {  # by the heading of the guide they stand below
    "### The fields": forms.ArticleForm,
    "## Add a provider": forms.ProviderForm,
    "## Correct an incident": forms.FixForm,
    "## Report an outage the provider did not acknowledge {#tell-of-what-nobody-declared}": forms.UndeclaredForm,
    "## Select press coverage {#choose-what-was-written}": forms.LinkForm,
    "## Describe a data set": forms.DataSetForm,
}
HEAD = "| Field | What to write |\n|---|---|\n"


def files(root: Path) -> dict[Path, str]:
    """Return the text of every file that is made from the forms, by its path under `root`."""
    schemas = {FOLDER / f"{kind}.json": schema(form) for kind, form in KINDS.items()}
    return schemas | {GUIDE: guide((root / GUIDE).read_text(encoding="utf-8"))}


def main(root: Path) -> int:
    """Write what is not as the forms say, and name it. The exit code."""
    for path, text in files(root).items():
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            print(f"schema: wrote {path}")
    return 0


def schema(form: type[Form]) -> str:
    """Return the JSON Schema of a kind of file, as editors read it."""
    fields = form.model_json_schema()
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **fields}, indent=1, ensure_ascii=False)
        + "\n"
    )


def guide(text: str) -> str:
    """Return the guide with each table as the forms have it. Raises ValueError where a heading or table is missing."""
    for heading, form in TABLES.items():
        before, title, section = text.partition(f"\n{heading}\n")
        start = section.find("| Field |")
        if not title or start < 0:
            raise ValueError(f"{GUIDE} has no table below {heading!r}; put the heading back, and `| Field |` below it")
        end = section.index("\n\n", start) + 1
        text = before + title + section[:start] + table(form) + section[end:]
    return text


def table(form: type[Form]) -> str:
    """Return the fields of a form as a Markdown table."""
    return HEAD + "".join(f"| `{name}` | {field.description} |\n" for name, field in form.model_fields.items())

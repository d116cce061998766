"""Editors and the guide are told what the forms hold: the same fields, the same words, no more and no less."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from almanac.commands import schema as schemas
from almanac.content import forms, frontmatter
from tests.support import shapes


def test_what_is_committed_is_current(root: Path) -> None:
    """`python3 tasks.py schema` mends it."""
    made = schemas.files(root)
    assert {path: (root / path).read_text() for path in made} == made


def test_every_field_of_a_table_is_described() -> None:
    for form in schemas.TABLES.values():
        assert [name for name, field in form.model_fields.items() if not field.description] == []


def test_a_guide_without_its_table_is_named() -> None:
    with pytest.raises(ValueError, match="no table below '### The fields'"):
        schemas.guide("# Nothing")


def test_writing_twice_writes_once(tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / schemas.GUIDE).parent.mkdir(parents=True)
    (tmp_path / schemas.GUIDE).write_text((root / schemas.GUIDE).read_text())
    assert [schemas.main(tmp_path), schemas.main(tmp_path)] == [0, 0]
    said = [f"schema: wrote .github/schemas/{kind}.json" for kind in schemas.KINDS]
    assert capsys.readouterr().out.splitlines() == said


def as_json(value: Any) -> Any:
    """Return what YAML gives, as an editor sees it."""
    return json.loads(json.dumps(value, default=str))


def test_files_that_are_published_pass_the_schema_of_editors(root: Path) -> None:
    folders = {"article": "articles", "page": "pages", "provider": "providers", "outlet": "press"}
    for kind, folder in folders.items():
        schema = json.loads(schemas.schema(schemas.KINDS[kind]))
        for path in sorted((root / "content" / folder).rglob("*.md")):
            shapes.validate(as_json(dict(frontmatter.read(path.read_bytes(), path.name).values)), schema)


@pytest.mark.record
@pytest.mark.parametrize("text", ["kind: gossip", "save_as: x", "authors: []", "title: 1", "sources: []"])
def test_an_editor_refuses_what_the_check_refuses(root: Path, text: str) -> None:
    article = next((root / "content" / "articles").rglob("*.md"))
    values = {**frontmatter.read(article.read_bytes(), "a.md").values, **yaml.safe_load(text)}
    with pytest.raises(shapes.ValidationError):
        shapes.validate(as_json(values), json.loads(schemas.schema(forms.ArticleForm)))

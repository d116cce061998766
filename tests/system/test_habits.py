"""What the repository says of itself is true: its documents lead somewhere, its hooks run, its changelog is in form."""

import configparser
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import tasks

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(path for folder in (".", "docs", ".github", ".selfhost") for path in ROOT.glob(f"{folder}/*.md"))
GROUPS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    """Return the text of a document without its code."""
    return re.sub(r"`[^`\n]*`|^ {4}.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_of_a_document_leads_to_a_file(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", prose(path))
    inside = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in inside if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_task_that_a_document_names_is_one(path: Path) -> None:
    names = {verb.name for verb in tasks.verbs()}
    said = set(re.findall(r"python3 tasks\.py ([a-z]+)", path.read_text(encoding="utf-8")))
    assert said - names == set()


def hooks() -> list[dict[str, Any]]:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    found: list[dict[str, Any]] = repos[0]["hooks"]
    return found


def test_hooks_are_tools_of_the_environment_so_that_they_work_offline() -> None:
    assert {hook["id"]: hook["language"] for hook in hooks()} == dict.fromkeys(
        ("ruff", "format", "mypy", "check"), "system"
    )
    assert {hook["entry"].split("/")[0] for hook in hooks()} == {".venv"}


@pytest.mark.slow
@pytest.mark.parametrize("hook", [hook for hook in hooks() if hook["id"] != "mypy"], ids=lambda hook: str(hook["id"]))
def test_hooks_pass_on_this_tree(hook: dict[str, Any]) -> None:
    program, *arguments = hook["entry"].split()
    files = [named(Path(__file__))] if hook.get("pass_filenames", True) else []
    command = [str(Path(sys.executable).with_name(Path(program).name)), *arguments, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("hook", "file", "runs"),
    [
        ("mypy", "plugins/almanac/files.py", True),
        ("mypy", "tasks.py", True),
        ("mypy", "content/pages/about.md", False),
        ("check", "content/pages/about.md", True),
        ("check", "plugins/almanac/files.py", False),
    ],
)
def test_hooks_run_where_their_files_change(hook: str, file: str, runs: bool) -> None:
    (pattern,) = (one["files"] for one in hooks() if one["id"] == hook)
    assert bool(re.search(pattern, file)) == runs


def test_editors_break_lines_where_the_linter_wants_them() -> None:
    read = configparser.ConfigParser()
    read.read_string("[top]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    assert read["*.py"]["max_line_length"] == str(ruff["line-length"])
    assert (read["top"]["root"], read["*"]["end_of_line"], read["*"]["charset"]) == ("true", "lf", "utf-8")


def test_the_changelog_begins_with_what_is_unreleased_and_has_the_newest_version_first() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *versions = re.findall(r"^## (.*)$", text, re.MULTILINE)
    released = [re.fullmatch(r"\[(\d{4})\.(\d\d)\.(\d+)\] - \d{4}-\d\d-\d\d", version) for version in versions]
    assert (first, all(released)) == ("[Unreleased]", True)
    numbers = [tuple(map(int, match.groups())) for match in released if match]
    assert numbers == sorted(set(numbers), reverse=True)
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert max(numbers, default=(0, 0, 0)) <= tuple(map(int, stated.split(".")))


def test_the_changelog_has_the_groups_of_its_form_and_no_empty_one() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    groups = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    assert {group.split("\n")[0] for group in groups} <= set(GROUPS)
    assert [group.split("\n")[0] for group in groups if not re.search(r"^- \S", group, re.MULTILINE)] == []


def test_terms_stand_in_order_once_each() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    terms = [term for term, _ in rows if term != "Word"]
    assert terms == sorted(set(terms), key=str.casefold)
    assert {
        "incident",
        "update",
        "component",
        "coverage",
        "record_until",
        "snapshot",
        "dialect",
        "reading",
        "doubt",
        "vanished",
        "withdrawn",
        "merged",
        "kind",
        "impact",
        "phase",
        "card",
        "replay",
        "claim",
        "verdict",
        "forecast",
    } <= set(terms)

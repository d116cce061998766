"""Tells a person, or CI, what is wrong under content/, and remembers it while nothing changes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from almanac.build import unchanged
from almanac.content import memo
from almanac.content.files import Files, read_all
from almanac.model.problem import Problem, WordError, tally

PACKAGE = Path(__file__).resolve().parents[1]
MEMO = "check.json"


def main(content: Path, paths: Sequence[Path] = (), *, strict: bool = False, as_json: bool = False) -> int:
    """Print what is wrong under `content`, of `paths` only if any are given. The exit code: 1 if anything is.

    In CI each problem is also an annotation. `strict` lists numerals of articles that no query stands behind.
    """
    content = content.absolute()
    names = [os.path.relpath(path.absolute(), content.parent) for path in paths]
    if strangers := [path for path in names if path.split(os.sep)[0] != content.name]:
        raise WordError(f"{strangers[0]} is not under {content.name}/; name files or folders in it")
    if missing := [path for path, name in zip(paths, names, strict=True) if not (content.parent / name).exists()]:
        raise WordError(f"{missing[0]} does not exist; name files or folders under {content.name}/")
    selection = [problem for problem in problems(content, datetime.now(UTC), strict) if _is_wanted(problem.file, names)]
    if as_json:
        print(json.dumps({"problems": list(map(asdict, selection))}, indent=1, ensure_ascii=False))
        return 1 if selection else 0
    for problem in selection:
        print(problem)
        if in_ci():
            print(problem.annotation)
    print(f"check: {tally(len(selection))}")
    return 1 if selection else 0


def problems(content: Path, now: datetime, strict: bool) -> list[Problem]:
    """Return all problems; those of the last check, if no byte of content and rules has changed since, on one day."""
    files = read_all(content)
    path = unchanged.state_folder(content.parent / unchanged.PREVIEW) / MEMO
    key = _key(files, f"{now:%Y-%m-%d} {strict}")
    rows = None if in_ci() else memo.recall(path, key, "problems")  # there it could have come with the pull request
    if rows is None:
        from almanac.commands.survey import survey  # and with it pydantic, numpy and the build: 0.7 s

        answer = survey(content, files, now, strict)
        memo.remember(path, key, "problems", list(map(asdict, answer)))
        return answer
    return [Problem(**fields) for fields in rows]


def in_ci() -> bool:
    """Say whether a machine checks what strangers propose."""
    return bool(os.environ.get("CI") or os.environ.get("GITHUB_ACTIONS"))


def _is_wanted(file: str, names: Sequence[str]) -> bool:
    return not names or any(file == path or file.startswith(f"{path}/") for path in names)


def _key(files: Files, question: str) -> str:
    """Return a digest of all that the answer depends on."""
    digest = blake2b(f"{sys.version} {question}\n".encode(), digest_size=16)
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    for name, file in files.items():
        digest.update(f"{name}\0{len(file.data)} {file.odd}\n".encode("utf-8", "surrogateescape") + file.data)
    return digest.hexdigest()

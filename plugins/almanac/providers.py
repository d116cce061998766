"""Load content/providers/*.md: who is watched, where they publish, and what they call their parts."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almanac.model import Component, Feed, Provider, Scope

if TYPE_CHECKING:
    from almanac.frontmatter import Fault, Matter

HERE = Path(__file__).parent


class ProviderError(Exception):
    """Every fault of every provider file, one a line: file:line:column: field: what is wrong; what to write."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def load(content: Path, memo: Path | None = None) -> tuple[Provider, ...]:
    """All providers under `content`, by slug. Raises ProviderError with every fault there is.

    `memo` names a file of ours that remembers what was found good: while no byte of the provider files and of the
    rules has changed, neither YAML nor pydantic is loaded, which takes 0.3 s off a build. It is data, never code.
    """
    files = {f"{content.name}/providers/{path.name}": path.read_bytes()
             for path in sorted((content / "providers").glob("*.md"))}
    key = _key(files)
    rows = _recall(memo, key)
    if rows is None:
        rows = _checked(files)
        _remember(memo, key, rows)
    return tuple(_provider(row) for row in rows)


def _checked(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The validated fields of each file, by slug. Raises ProviderError."""
    from almanac import forms, frontmatter  # 0.25 s, needed only when something changed

    matters = [frontmatter.read(data, file) for file, data in files.items()]
    faults: list[Fault] = []
    rows = []
    for matter in matters:
        row, wrong = forms.check(forms.ProviderForm, matter)
        faults += wrong
        rows.append(row | {"about": matter.body.strip(), "file": matter.file.partition("/")[2]})
    faults += _disagreements(matters)
    if faults:
        raise ProviderError(sorted(faults))
    return sorted(rows, key=lambda row: str(row["slug"]))


def _disagreements(matters: list[Matter]) -> Iterator[Fault]:
    """What is wrong between files: names that do not fit or are taken, and references to nobody."""
    slugs: dict[str, str] = {}
    feeds: dict[str, str] = {}
    for matter in matters:
        slug, stem = matter.values.get("slug"), Path(matter.file).stem
        if isinstance(slug, str) and slug in slugs:
            yield matter.fault(("slug",), f"{slug!r} is taken by {slugs[slug]}; choose another")
        elif isinstance(slug, str) and slug != stem:
            yield matter.fault(("slug",), f"{slug!r} is not the file's name; write {stem}, or rename it {slug}.md")
        slugs.setdefault(str(slug), matter.file)
        yield from _doubles(matter, feeds)
    for matter in matters:
        for index, other in enumerate(_list(matter.values, "built_on")):
            if isinstance(other, str) and other not in slugs:
                yield matter.fault(("built_on", index), f"{other!r} is no provider here; write a slug: the name of a "
                                   "file in content/providers without .md")


def _doubles(matter: Matter, feeds: dict[str, str]) -> Iterator[Fault]:
    """Feeds that another provider has (a copied file), components with one slug, and names that match two of them."""
    for index, feed in enumerate(_list(matter.values, "feeds")):
        url = feed.get("url") if isinstance(feed, dict) else None
        if isinstance(url, str) and url in feeds:
            yield matter.fault(("feeds", index, "url"), f"is already a feed of {feeds[url]}; keep it in one of the two")
        feeds.setdefault(str(url), matter.file)
    met: dict[tuple[str, str], int] = {}
    for index, component in enumerate(_list(matter.values, "components")):
        if isinstance(component, dict):
            for what, value in (("slug", component.get("slug")), *(("match", n) for n in _list(component, "match"))):
                first = met.setdefault((what, str(value)), index)
                if first != index:
                    yield matter.fault(("components", index, what),
                                       f"{value!r} already stands in component {first + 1}; keep it in one of the two")


def _list(values: Any, key: str) -> list[Any]:
    """The list at `key`, empty if something else is there (which the form complains about)."""
    found = values.get(key)
    return found if isinstance(found, list) else []


def _provider(row: dict[str, Any]) -> Provider:
    """The frozen value of validated fields."""
    return Provider(**row | {
        "feeds": tuple(Feed(**feed) for feed in row["feeds"]),
        "components": tuple(Component(**part | {"match": tuple(part["match"])}) for part in row["components"]),
        "capabilities": tuple(row["capabilities"]),
        "aliases": tuple(row["aliases"]),
        "scope": row["scope"] and Scope(**{name: tuple(words) for name, words in row["scope"].items()}),
        "built_on": tuple(row["built_on"]),
    })


def _key(files: dict[str, bytes]) -> str:
    """A hash of the files and of the rules they are held to."""
    rules = {name: (HERE / name).read_bytes() for name in ("model.py", "frontmatter.py", "forms.py", "providers.py")}
    digest = hashlib.sha256()
    for name, data in (rules | files).items():
        digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _recall(memo: Path | None, key: str) -> list[dict[str, Any]] | None:
    """The fields remembered for `key`, None if there are none or the memo is damaged."""
    try:
        kept = json.loads(memo.read_bytes()) if memo else {}
        return kept["providers"] if kept["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(memo: Path | None, key: str, rows: list[dict[str, Any]]) -> None:
    """Keep `rows` for the next build, at once or not at all."""
    if memo:
        memo.parent.mkdir(parents=True, exist_ok=True)
        fresh = memo.with_name(f"{memo.name}.{os.getpid()}.tmp")
        fresh.write_text(json.dumps({"key": key, "providers": rows}, ensure_ascii=False))
        fresh.replace(memo)

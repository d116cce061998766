"""Load content/providers/*.md: who is watched, where they publish, and what they call their parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almanac import files as disk
from almanac.model import Component, Feed, Provider, Scope

if TYPE_CHECKING:
    from almanac.frontmatter import Fault, Matter, Way

HERE = Path(__file__).parent
ONCE: tuple[tuple[str, ...], ...] = (("slug",), ("feeds", "*", "url"))  # a copied file keeps its feeds
ONCE_A_FILE: tuple[tuple[str, ...], ...] = (("components", "*", "slug"), ("components", "*", "match", "*"))


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
    sound, faults = load_sound(content, memo)
    if faults:
        raise ProviderError(faults)
    return sound


def load_sound(content: Path, memo: Path | None = None) -> tuple[tuple[Provider, ...], tuple[Fault, ...]]:
    """Return the providers whose files have no faults, by slug, and the faults of the others. `memo` as in `load`."""
    files = {f"{content.name}/providers/{path.name}": path.read_bytes()
             for path in disk.pages(content / "providers")}
    key = _key(files)
    rows = _recall(memo, key)
    faults: list[Fault] = []
    if rows is None:
        rows, faults = _checked(files)
        if not faults:
            _remember(memo, key, rows)
    return tuple(_provider(row) for row in rows), tuple(faults)


def _checked(files: dict[str, bytes]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the validated fields of each file without faults, by slug, and the faults of the others in their order."""
    from almanac import forms, frontmatter  # 0.25 s, needed only when something changed

    matters = [frontmatter.read(data, file) for file, data in files.items()]
    faults: list[Fault] = []
    rows = {}
    for matter in matters:
        row, wrong = forms.check(forms.ProviderForm, matter)
        faults += wrong
        rows[matter.file] = row | {"about": matter.body.strip(), "file": matter.file.partition("/")[2]}
    faults += _disagreements(matters)
    for file in {fault.file for fault in faults}:
        del rows[file]
    return sorted(rows.values(), key=lambda row: str(row["slug"])), sorted(faults)


def _disagreements(matters: list[Matter]) -> Iterator[Fault]:
    """What no form can see: names that do not fit their file, stand in two places, or speak of nobody."""
    from almanac.frontmatter import quoted

    slugs = {slug for matter in matters for _, slug in _texts(matter.values, "slug")}
    for way in ONCE:
        yield from _repeated((matter, path, text) for matter in matters for path, text in _texts(matter.values, *way))
    for matter in matters:
        parts = {slug for _, slug in _texts(matter.values, "components", "*", "slug")}
        for way in ONCE_A_FILE:
            yield from _repeated((matter, path, text) for path, text in _texts(matter.values, *way))
        for path, slug in _texts(matter.values, "slug"):
            if slug != (stem := Path(matter.file).stem):
                cure = f"write {stem}, or rename it {slug[:80]}.md"
                yield matter.fault(path, f"{quoted(slug)} is not the file's name; {cure}")
        for path, other in _texts(matter.values, "built_on", "*"):
            if other not in slugs:
                yield matter.fault(path, f"{quoted(other)} is no provider here; write the slug of one that is")
        for path, name in _texts(matter.values, "scope", "components", "*"):
            if name not in parts:
                yield matter.fault(path, f"{quoted(name)} is no component here; write the slug of one above")


def _repeated(found: Iterable[tuple[Matter, Way, str]]) -> Iterator[Fault]:
    """Texts that may stand only once, at each place but their first."""
    from almanac.frontmatter import quoted

    first: dict[str, Fault] = {}
    for matter, path, text in found:
        if text in first:
            where = f"{first[text].file}:{first[text].line}"
            yield matter.fault(path, f"{quoted(text)} already stands in {where}; keep it in one of the two")
        first.setdefault(text, matter.fault(path, ""))


def _texts(value: Any, *way: str, path: Way = ()) -> Iterator[tuple[Way, str]]:
    """Each text under `way` with its path; * is every item of a list. The form complains of what has another type."""
    if not way:
        yield from [(path, value)] if isinstance(value, str) else []
    elif way[0] == "*":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _texts(item, *way[1:], path=(*path, index))
    elif isinstance(value, Mapping) and way[0] in value:
        yield from _texts(value[way[0]], *way[1:], path=(*path, way[0]))


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
    ours = ("model.py", "frontmatter.py", "forms/__init__.py", "forms/values.py", "forms/faults.py", "providers.py")
    rules = {name: (HERE / name).read_bytes() for name in ours}
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
        disk.make_folder(memo.parent)
        disk.put(memo, json.dumps({"key": key, "providers": rows}, ensure_ascii=False).encode())

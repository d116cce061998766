"""Load content/providers/*.md: who is watched, where they publish, and what they call their parts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almanac import files as disk
from almanac.content import memo, project_file
from almanac.model import Barrier, Component, Feed, FormerFeed, Provider, Scope, by_rank
from almanac.model.problem import Problem, ProblemError
from almanac.model.project import OTHER, Project
from almanac.queries.amounts import alternatives
from almanac.text import limits
from almanac.text.alike import skeleton
from almanac.text.quoting import quoted
from almanac.text.similar import no_provider

if TYPE_CHECKING:
    from almanac.content.frontmatter import Matter, Way

PACKAGE = Path(__file__).parents[1]
FOLDER = "providers"
NAMES: tuple[tuple[str, ...], ...] = (("name",), ("aliases", "*"))
UNIQUE: tuple[tuple[str, ...], ...] = (("slug",), ("monogram",), ("feeds", "*", "url"))  # a copied file keeps its feeds
MAKERS: tuple[tuple[str, ...], ...] = (("built_on", "*"), ("shares", "*"), ("same_model", "*"))  # slugs of others
CAPABILITIES: tuple[tuple[str, ...], ...] = (("capabilities", "*"), ("components", "*", "capability"))
RESERVED = frozenset({"numbers"})  # pages of a provider that stand where those of its components do, as its years do
UNIQUE_IN_FILE: tuple[tuple[str, ...], ...] = (("components", "*", "slug"), ("components", "*", "match", "*"))


class ProviderError(ProblemError):
    """Every problem of every provider file, a line each."""


def load(content: Path, memory: Path | None = None) -> tuple[Provider, ...]:
    """Return all providers under `content`, by slug. Raises ProviderError with every problem there is.

    `memory` names a file of ours that remembers what was found good: while no byte of the provider files and of the
    rules has changed, neither YAML nor pydantic is loaded, which takes 0.3 s off a build. It is data, never code.
    """
    right, faults = sound(content, memory)
    if faults:
        raise ProviderError(faults)
    return right


def sound(content: Path, memory: Path | None = None) -> tuple[tuple[Provider, ...], tuple[Problem, ...]]:
    """Return the providers whose files are right, by slug, and every fault of the others. `memory` as in `load`."""
    files = {f"{content.name}/{FOLDER}/{path.name}": path.read_bytes() for path in disk.pages(content / FOLDER)}
    project, unfit = project_file.sound(content.parent)
    faults = [*unfit]
    key = _key(files | {project_file.FILE: project_file.data(content.parent)})
    rows: list[dict[str, Any]] | None = memo.recall(memory, key, FOLDER) if memory else None
    if rows is None:
        rows, wrong = _check(files, project)
        faults += wrong
        if memory and not faults:
            memo.remember(memory, key, FOLDER, rows)
    return tuple(_provider(row, project) for row in rows), tuple(faults)


def _check(files: dict[str, bytes], project: Project) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the validated fields of each file without a problem, by slug, and all problems."""
    from almanac.content import frontmatter  # 0.25 s, needed only when something changed

    rows: list[dict[str, Any]] = []
    matters: list[Matter] = []
    faults: list[Problem] = []
    for file, data in files.items():
        faults += frontmatter.attempt(file, lambda: _read(data, file, matters, rows))  # noqa: B023  (called at once)
    faults += frontmatter.attempt(FOLDER, lambda: _disagreements(matters))
    faults += frontmatter.attempt(FOLDER, lambda: _incapable(matters, project))
    wrong = {fault.file.partition("/")[2] for fault in faults}
    # Nobody here knows which of two that look alike was first; if both were dropped, one could silence the other.
    faults += frontmatter.attempt(FOLDER, lambda: _namesakes(matters))
    good = [row for row in rows if row["file"] not in wrong]
    return sorted(good, key=lambda row: str(row["slug"])), sorted(faults)


def _read(data: bytes, file: str, matters: list[Matter], rows: list[dict[str, Any]]) -> Iterator[Problem]:
    """Add a file to `matters` and, if it is right, its fields to `rows`; yield every problem of it."""
    from almanac.content import body, forms, frontmatter

    matter = frontmatter.read(data, file, limits.PROVIDER_FILE)
    matters.append(matter)
    row, faults = forms.check(forms.ProviderForm, matter)
    yield from faults
    first = data.count(b"\n") - matter.body.count("\n") + 1
    for spot in body.unfit(matter.body):
        yield Problem(file=file, line=first + spot.line - 1, column=spot.column, message=spot.what)
    if not faults:
        rows.append(row | {"about": matter.body.strip(), "file": file.partition("/")[2]})


def _disagreements(matters: list[Matter]) -> Iterator[Problem]:
    """Yield what no form can see: names that do not fit their file, stand in two places, or name nobody."""
    slugs = {Path(matter.file).stem for matter in matters}
    for way in UNIQUE:
        yield from _repetitions((matter, path, text) for matter in matters for path, text in matter.texts(*way))
    for matter in matters:
        parts = {slug for _, slug in matter.texts("components", "*", "slug")}
        for way in UNIQUE_IN_FILE:
            yield from _repetitions((matter, path, text) for path, text in matter.texts(*way))
        yield from _reserved(matter)
        for path, slug in matter.texts("slug"):
            if slug != (stem := Path(matter.file).stem):
                cure = f"write {stem}, or rename it {slug[:80]}.md"
                yield matter.problem(path, f"{quoted(slug)} is not the file's name; {cure}")
        for way in MAKERS:
            yield from _no_makers(matter, way, slugs)
        yield from _contradictions(matter)
        products = {text for _, text in matter.texts("components", "*", "product")}
        for path, name in matter.texts("core", "*"):
            if name not in products:
                yield matter.problem(
                    path, f"{quoted(name)} is not a product here; write the product of a component above"
                )
        for path, name in matter.texts("scope", "components", "*"):
            if name not in parts:
                yield matter.problem(path, f"{quoted(name)} is not a component here; write the slug of one above")


def _reserved(matter: Matter) -> Iterator[Problem]:
    """Yield slugs of components at whose address another page stands."""
    for path, slug in matter.texts("components", "*", "slug"):
        if is_reserved(slug):
            yield matter.problem(path, f"{quoted(slug)} is the address of a page of every provider; choose another")


def is_reserved(slug: str) -> bool:
    """Say whether another page of a provider stands where one of its component of this slug would."""
    return slug in RESERVED or bool(re.fullmatch(r"\d{4}", slug))


def _no_makers(matter: Matter, way: tuple[str, ...], slugs: set[str]) -> Iterator[Problem]:
    """Yield slugs of makers that are those of no provider here, or of the provider itself."""
    makers = {other for _, other in matter.texts("built_on", "*")}
    for path, other in matter.texts(*way):
        if other not in slugs:
            yield matter.problem(path, no_provider(other, slugs))
        elif other == Path(matter.file).stem:
            yield matter.problem(
                path, f"{quoted(other)} is this provider itself; write the slug of another, or leave it out"
            )
        elif way[0] == "shares" and other not in makers:
            yield matter.problem(path, f"{quoted(other)} is not in `built_on`; add it there, or leave it out here")


def _incapable(matters: list[Matter], project: Project) -> Iterator[Problem]:
    """Yield capabilities that the project does not list; where it lists none, every slug is one."""
    slugs = [one.slug for one in project.capabilities]
    for matter in matters if slugs else ():
        for way in CAPABILITIES:
            for path, slug in matter.texts(*way):
                if slug not in (*slugs, OTHER):
                    cure = f"use {alternatives((*slugs, OTHER))}, or list it in {project_file.FILE}"
                    yield matter.problem(path, f"{quoted(slug)} is not a capability here; {cure}")


def _contradictions(matter: Matter) -> Iterator[Problem]:
    """Yield what cannot be true at once: a page that is gone is read nowhere, and is not merely hard to read."""
    values = matter.values
    if not values.get("closed"):
        return
    if values.get("feeds"):
        yield matter.problem(("feeds",), "is read, and `closed` says that it is gone; move it to `former`")
    if values.get("unreadable"):
        yield matter.problem(("unreadable",), "stands beside `closed`; keep one of the two")


def _repetitions(places: Iterable[tuple[Matter, Way, str]]) -> Iterator[Problem]:
    """Yield a problem for each place but the first of a text that may stand only once."""
    first: dict[str, tuple[Matter, Way]] = {}
    for matter, path, text in places:
        if text in first:
            where = first[text][0].problem(first[text][1], "")
            message = f"{quoted(text)} already stands in {where.file}:{where.line}; keep it in one of the two"
            yield matter.problem(path, message)
        first.setdefault(text, (matter, path))


def _namesakes(matters: list[Matter]) -> Iterator[Problem]:
    """Yield names that a reader would take for another provider's, and one's trouble for the other's."""
    names_by_file = {matter.file: list(_appearances(matter, *NAMES)) for matter in matters}
    firms = {matter.file: {looks for _, _, looks in _appearances(matter, ("company",))} for matter in matters}
    owners: dict[str, list[str]] = {}
    for file, names in names_by_file.items():
        for looks in {looks for _, _, looks in names} | firms[file] | {skeleton(Path(file).stem)}:
            owners.setdefault(looks, []).append(file)
    for matter in matters:
        for path, text, looks in names_by_file[matter.file]:
            for other in owners[looks]:
                of_both = looks in firms[other] and firms[other] == firms[matter.file]  # a firm may have two services
                if other != matter.file and not of_both:
                    message = f"{quoted(text)} is a name of {other}, or looks like one; call it something else"
                    yield matter.problem(path, message)


def _appearances(matter: Matter, *ways: tuple[str, ...]) -> Iterator[tuple[Way, str, str]]:
    """Yield each text under `ways` with its path and its skeleton, which is how it looks to a reader."""
    for way in ways:
        for path, text in matter.texts(*way):
            if looks := skeleton(text[: limits.LINE]):
                yield path, text, looks


def _provider(row: dict[str, Any], project: Project) -> Provider:
    """Return the provider of validated fields."""
    return Provider(
        **row
        | {
            "feeds": tuple(Feed(**feed) for feed in row["feeds"]),
            "former": tuple(
                FormerFeed(**feed | {"until": date.fromisoformat(feed["until"])}) for feed in row["former"]
            ),
            "closed": _barrier(row["closed"]),
            "unreadable": _barrier(row["unreadable"]),
            "components": by_rank(_component(part, project) for part in row["components"]),
            "capabilities": tuple(row["capabilities"]),
            "aliases": tuple(row["aliases"]),
            "scope": row["scope"] and Scope(**{name: tuple(words) for name, words in row["scope"].items()}),
            **{name: tuple(row[name]) for name, _ in MAKERS},
            "core": tuple(row["core"]),
        }
    )


def _component(row: dict[str, Any], project: Project) -> Component:
    """Return the component of validated fields; where they say no rank, it is that of the capability."""
    rank = project.rank(row["capability"]) if row["rank"] is None else row["rank"]
    return Component(**row | {"match": tuple(row["match"]), "rank": rank})


def _barrier(row: dict[str, Any] | None) -> Barrier | None:
    return Barrier(**row | {"since": date.fromisoformat(row["since"])}) if row else None


def _key(files: dict[str, bytes]) -> str:
    """Return a hash of the files and of the rules they are held to."""
    modules = (
        "model/provider.py",
        "model/problem.py",
        "model/project.py",
        "feeds/__init__.py",
        *(
            f"content/{name}.py"
            for name in ("frontmatter", "forms/__init__", "forms/values", "forms/errors", "providers", "body")
        ),
        "text/alike.py",
        "text/addresses.py",
        "text/limits.py",
        "text/quoting.py",
        "text/similar.py",
    )
    rules = {name: (PACKAGE / name).read_bytes() for name in modules}
    digest = hashlib.sha256()
    for name, data in (rules | files).items():
        digest.update(f"{name} {len(data)}\n".encode("utf-8", "surrogateescape") + data)
    return digest.hexdigest()

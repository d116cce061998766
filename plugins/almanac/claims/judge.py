"""Hold what articles claim and quote against the archive, in check and build alike. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from almanac.claims.evidence import Evidence, UnanswerableError
from almanac.claims.figure import PARTS, Figure
from almanac.claims.verdict import verdict
from almanac.content.article import Claim
from almanac.content.articles import Manuscript
from almanac.content.frontmatter import Way, attempt
from almanac.model.problem import Problem
from almanac.queries import Query


def judge(
    manuscripts: Iterable[Manuscript],
    evidence: Evidence,
    unsure: frozenset[str] = frozenset(),
    damaged: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Return every verdict that is not what the archive says, and every figure that it cannot give.

    Questions that concern providers of whom too little is known, the slugs in `unsure`, are left open; so are the answers
    about those whose record is not whole (`damaged`).
    """
    faults: list[Problem] = []
    for manuscript in manuscripts:
        faults += attempt(manuscript.matter.file, lambda: _problems(manuscript, evidence, unsure, damaged))  # noqa: B023
    return sorted(faults)


def _problems(
    manuscript: Manuscript, evidence: Evidence, unsure: frozenset[str], damaged: frozenset[str]
) -> Iterator[Problem]:
    for index, claim in enumerate(manuscript.claims):
        if claim.check and not _concerns(claim.check, unsure):
            for problem in _verdict(manuscript, index, claim, evidence):
                if not (problem.field.endswith("verdict") and _concerns(claim.check, damaged)):
                    yield problem
    yield from _figures(manuscript, evidence, unsure)


def _concerns(query: Query, slugs: frozenset[str]) -> bool:
    """Say whether any of the providers has a part in a question; in one of rank they all have."""
    parts = (query.provider, query.other, query.value, query.incident.partition("/")[0])
    return bool(slugs) and (query.question == "rank" or not slugs.isdisjoint(parts))


def _verdict(manuscript: Manuscript, index: int, claim: Claim, evidence: Evidence) -> Iterator[Problem]:
    if claim.check is None or claim.expect is None:
        return
    path: Way = ("claims", index)
    try:
        figure = evidence.ask(claim.check)
    except UnanswerableError as error:
        yield manuscript.matter.problem((*path, "check"), str(error))
        return
    computed = verdict(figure, claim.expect)
    if computed != claim.verdict:
        of = f" of {figure.n}" if figure.k is not None else ""
        answer = f"{figure.words}{of}{f' ({figure.why})' if figure.why else ''}"
        message = (
            f"is {claim.verdict!r}, but the archive says {computed!r}: it finds {answer}, expected was "
            f"{claim.expect.text}; write {computed}, or fix the check"
        )
        yield manuscript.matter.problem((*path, "verdict"), message.replace("\u00a0", " "))


def _figures(manuscript: Manuscript, evidence: Evidence, unsure: frozenset[str]) -> Iterator[Problem]:
    figures: dict[str, Figure] = {}
    for name, query in manuscript.figures:
        if _concerns(query, unsure):
            continue
        try:
            figures[name] = evidence.ask(query)
        except UnanswerableError as error:
            yield manuscript.matter.problem(("figures", name), str(error))
    for spot in manuscript.body.figures:
        name, _, part = spot.what.partition(".")
        figure = figures.get(name)
        if figure and figure.bounds is None:
            yield manuscript.problem(spot, f"{{{{{spot.what}}}}} cannot be computed: {figure.why} Leave it out")
        elif figure and figure.part(part) is None:
            parts = ", ".join(f"{name}.{option}" for option in PARTS if option and figure.part(option))
            yield manuscript.problem(spot, f"{{{{{spot.what}}}}} does not exist; write {name}, {parts}")

"""Claims checked against the archive: beside the article that reports them, and all of them in the ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from almanac.claims import Evidence, Figure
from almanac.content.article import ArticleCard, Claim
from almanac.snapshot import Snapshot
from almanac.text import addresses, english
from almanac.views.base import Head, Link, Time

GRADES = {
    "official": "stated officially",
    "stated-cause": "a stated cause",
    "press": "reported by the press",
    "user-report": "reported by users",
    "unverified": "unverified",
}
ORDER = ("contradicted", "undecidable", "supported")
MEANING = {
    "contradicted": "Our data shows otherwise.",
    "undecidable": "We have no data on it, or not enough.",
    "supported": "Our data agrees.",
}
VERDICTS = {"contradicted": "contradicted", "undecidable": "unverifiable", "supported": "supported"}  # as readers say
SIGNS = {">": "more than", "<": "less than", ">=": "at least", "<=": "at most", "=": ""}
_COMPARED = re.compile(r"(<=|>=|<|>|=) ?([^<>=]+)")
_LENGTH = re.compile(r"(\d) ?(min|h|d)\b")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:]+Z)?")
RATING = {"contradicted": 1, "supported": 5}  # ClaimReview wants a number: 1 is false, 5 is true


class ClaimLine(NamedTuple):
    """A claim with its verdict and what that rests on."""

    text: str
    by: str
    grade: str
    where: Link | None
    since: Time | None
    verdict: str
    judged: str  # the verdict as a sentence begins with it
    computed: bool  # False: judged by an editor, for `why`
    why: str
    expected: str
    figure: str  # what the archive says, "" where it was not asked
    interval: str
    how: tuple[str, ...]
    question: str = ""  # the question, where the archive answers yes or no
    age: str = ""  # how long it has gone unconfirmed; only where the page says as of when


class FigureLine(NamedTuple):
    """A figure quoted in an article, and how it was made."""

    name: str
    text: str
    interval: str
    how: tuple[str, ...]


class LedgerEntry(NamedTuple):
    """A claim in the ledger, with the article that reports it."""

    article: Link
    claim: ClaimLine


class Group(NamedTuple):
    """All claims of one verdict."""

    verdict: str
    title: str
    meaning: str
    entries: tuple[LedgerEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The ledger of all claims, at /claims/."""

    head: Head
    stand: str
    groups: tuple[Group, ...]


def line(claim: Claim, evidence: Evidence, now: datetime | None = None) -> ClaimLine:
    """Return a claim as pages show it; with `now`, one that cannot be verified has its age."""
    figure = evidence.ask(claim.check) if claim.check else None
    host = addresses.host(claim.where)
    since = datetime.fromisoformat(claim.since).replace(tzinfo=UTC) if claim.since else None
    waits = since and now and claim.verdict == "undecidable" and since < now
    return ClaimLine(
        text=claim.said,
        by=claim.by,
        grade=GRADES[claim.grade],
        where=Link(claim.where, host.removeprefix("www.")) if claim.where else None,
        since=Time(claim.since, english.date(since)) if since else None,
        verdict=claim.verdict,
        judged=english.sentence(VERDICTS[claim.verdict]),
        computed=figure is not None,
        why=" ".join(filter(None, (claim.why, figure.why if figure else ""))),
        expected=_meant(claim.expect.text) if claim.expect else "",
        figure=_figure_text(figure) if figure and figure.bounds else "",
        interval=figure.around if figure else "",
        how=figure.how if figure else (),
        question=figure.question if figure else "",
        age=english.age(int((now - since).total_seconds())) if waits and now and since else "",
    )


def _meant(text: str) -> str:
    """Return in words what a claim expects: more than half, at most 2h, 1 March 2026."""
    match = _COMPARED.fullmatch(text)
    words = f"{SIGNS[match[1]]} {match[2]}".strip() if match else text
    words = _STAMP.sub(_date, words.removeprefix("on ")).replace(" %", "%").replace("than 50%", "than half")
    return _LENGTH.sub(rf"\1{english.GAP}\2", words)


def _date(match: re.Match[str]) -> str:
    at = datetime.fromisoformat(match[0])
    return english.moment(at.astimezone(UTC)) if "T" in match[0] else english.date(at)


def _figure_text(figure: Figure) -> str:
    return f"{figure.words} of {english.count(figure.n)}" if figure.k is not None and figure.n else figure.words


def lines(article: ArticleCard, evidence: Evidence) -> tuple[ClaimLine, ...]:
    """Return the claims of an article, in its order."""
    return tuple(line(claim, evidence) for claim in article.claims)


def figures(article: ArticleCard, evidence: Evidence) -> tuple[tuple[str, Figure], ...]:
    """Return the figure that each {{name}} in an article stands for."""
    return tuple((name, evidence.ask(query)) for name, query in article.figures)


def figure_line(name: str, figure: Figure) -> FigureLine:
    """Return a quoted figure, with how it was made."""
    return FigureLine(name, _figure_text(figure), figure.around, figure.how)


def claims(almanac: Snapshot, evidence: Evidence) -> Ledger:
    """Return the ledger of every claim of every article, the contradicted ones first."""
    entries = [
        LedgerEntry(Link(article.url, article.title), line(claim, evidence, almanac.now))
        for article in almanac.articles
        for claim in article.claims
    ]
    groups = (_group(verdict, [entry for entry in entries if entry.claim.verdict == verdict]) for verdict in ORDER)
    total = english.plural(len(entries), "claim")
    computed = sum(entry.claim.computed for entry in entries)
    return Ledger(
        head=Head(
            title="Claims",
            path="/claims/",
            section="claims",
            description=f"Claims about {almanac.project.of('outages')}, checked against the archive.",
        ),
        stand=f"{total} reported in our articles. {english.count(computed)} of the verdicts are computed from the "
        "archive at every build; the others are an editor’s, with the reason.",
        groups=tuple(group for group in groups if group.entries),
    )


def _group(verdict: str, entries: list[LedgerEntry]) -> Group:
    title = f"{english.sentence(VERDICTS[verdict])}, {english.count(len(entries))}"
    return Group(verdict, title, MEANING[verdict], tuple(entries))


def reviews(article: ArticleCard, claim_lines: Iterable[ClaimLine], site_url: str, site_name: str) -> str:
    """Return schema.org ClaimReview for the claims that are decided, as JSON that may stand in a script element."""
    author = {"@type": "Organization", "@id": f"{site_url}/#author", "name": site_name, "url": f"{site_url}/"}
    objects = [
        {
            "@type": "ClaimReview",
            "url": f"{site_url}{article.url}",
            "datePublished": f"{article.modified or article.date:%Y-%m-%d}",
            "claimReviewed": claim.text,
            "author": {"@id": author["@id"]},
            "itemReviewed": {"@type": "Claim", "author": {"@type": "Organization", "name": claim.by}}
            | ({"datePublished": claim.since.iso[:10]} if claim.since else {})
            | ({"appearance": {"@type": "CreativeWork", "url": claim.where.url}} if claim.where else {}),
            "reviewRating": {
                "@type": "Rating",
                "ratingValue": RATING[claim.verdict],
                "bestRating": 5,
                "worstRating": 1,
                "alternateName": english.sentence(claim.verdict),
            },
        }
        for claim in claim_lines
        if claim.verdict != "undecidable"
    ]
    if not objects:
        return ""
    graph = {"@context": "https://schema.org", "@graph": [author, *objects]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

"""Reads what people write, articles and pages: one file as checked fields and safe HTML, or every fault of it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from almanac import queries
from almanac.content import body, frontmatter
from almanac.content.article import PLACEHOLDER, Article, ArticleCard, Claim, Correction, Source
from almanac.content.body import Body, Spot
from almanac.content.frontmatter import Matter, Way
from almanac.files import is_leftover
from almanac.model.problem import Problem
from almanac.queries import Expect, Query, QueryError
from almanac.text import addresses, limits
from almanac.text.quoting import quoted, short

ARTICLE_FILE = re.compile(r"articles/(?P<year>\d{4})/(?P=year)-\d\d-\d\d-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.md")
_DRAFT = re.compile(rb"^status:[ \t]*draft\b", re.MULTILINE)
PAGE_FILE = re.compile(r"pages/(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A file that people wrote, checked as far as it can be by itself."""

    file: str  # relative to content/, with slashes
    values: Mapping[str, Any]
    matter: Matter
    body: Body
    slug: str
    year: str  # "" for a page
    first: int  # the line its body begins in
    claims: tuple[Claim, ...] = ()
    figures: tuple[tuple[str, Query], ...] = ()
    faults: tuple[Problem, ...] = ()  # if there are any, what is wrong or missing is left empty here

    @property
    def is_draft(self) -> bool:
        """Whether its author is still at work on it."""
        return self.values.get("status") == "draft"

    @property
    def url(self) -> str:
        """Its address on the site."""
        return address(self.file)

    @property
    def html(self) -> str:
        """Its body as safe HTML."""
        return self.body.html

    def problem(self, spot: Spot, message: str) -> Problem:
        """Return a problem at a place in the body."""
        return Problem(file=self.matter.file, line=self.first + spot.line - 1, column=spot.column, message=message)


def address(file: str) -> str:
    """Return the site address that follows from a file name (relative to content/); "" for a name that is not allowed."""
    if match := ARTICLE_FILE.fullmatch(file):
        return f"/articles/{match['year']}/{match['slug']}/"
    match = PAGE_FILE.fullmatch(file)
    return f"/{match['slug']}/" if match else ""


def read(data: bytes, file: str) -> tuple[Manuscript | None, tuple[Problem, ...]]:
    """Return the manuscript in `file` (relative to content/, with slashes), and every problem of it.

    With problems it holds what is right, so that they are all found in one round and a draft can be shown; it is None
    only for a file that has no address.
    """
    from almanac.content import forms  # with pydantic, which takes 0.2 s; who has manuscripts in a cache does without

    path = f"content/{file}"
    matter = frontmatter.read(data, path, limits.ARTICLE)
    page = file.startswith("pages/")
    name = (PAGE_FILE if page else ARTICLE_FILE).fullmatch(file)
    form = forms.PageForm if page else forms.ArticleForm
    values, faults = forms.check(form, matter)
    if faults and name:
        values = forms.salvage(form, matter.values, _empty(data, name))
    figures = matter.values.get("figures")
    figure_names = [str(figure) for figure in figures] if isinstance(figures, Mapping) else []
    text = body.read(matter.body, figure_names)
    first = data.count(b"\n") - matter.body.count("\n") + 1
    faults += tuple(
        Problem(file=path, line=first + spot.line - 1, column=spot.column, message=spot.what) for spot in text.wrong
    )
    faults += tuple(_check_name(file, page, name))
    if values.get("summary") == PLACEHOLDER:
        faults += (matter.problem(("summary",), "is what `new` put there; write one or two sentences of your own"),)
    faults += () if page else tuple(_unbound(path, first, text.unbound))
    questions = _Questions(matter, values)
    faults += tuple(questions.faults)
    if name is None:
        return None, tuple(sorted(faults))
    faults = tuple(sorted(faults))
    manuscript = Manuscript(
        file=file,
        values=values,
        matter=matter,
        body=text,
        first=first,
        slug=name["slug"],
        year=name.groupdict().get("year") or "",
        claims=questions.claims,
        figures=questions.figures,
        faults=faults,
    )
    return manuscript, faults


def _empty(data: bytes, name: re.Match[str]) -> dict[str, Any]:
    """Return what stands for fields of an unfinished file."""
    title = {"title": name["slug"].replace("-", " ").capitalize(), "summary": ""}
    if "year" not in name.groupdict():
        return title
    day = name.string.rpartition("/")[2][:10]
    first = day if _is_day(day) else f"{name['year']}-01-01"
    status = "draft" if _DRAFT.search(data) else "published"
    at = datetime.fromisoformat(f"{first}T00:00:00+00:00")
    return {**title, "kind": "news", "authors": [], "sources": [], "status": status, "date": at}


def _unbound(path: str, first: int, spots: Iterable[Spot]) -> Iterator[Problem]:
    """Yield a problem for each statement on chance that no figure of its paragraph stands for."""
    for spot in spots:
        message = (
            f"{quoted(spot.what)} is a statement about chance without a figure; quote one in the same paragraph, "
            "e.g. {{name}} of a `together` question, or {{name.interval}}"
        )
        yield Problem(file=path, line=first + spot.line - 1, column=spot.column, message=message)


class _Questions:
    """The queries in checked fields, of claims and of figures; what is wrong with them is in `faults`."""

    def __init__(self, matter: Matter, values: Mapping[str, Any]) -> None:
        self._matter = matter
        self.faults: list[Problem] = []
        sources = [source["url"] for source in values.get("sources", ())]
        self.claims = tuple(self._claim(i, fields, sources) for i, fields in enumerate(values.get("claims", ())))
        queries_by_name = [
            (name, self._query(("figures", name), fields)) for name, fields in values.get("figures", {}).items()
        ]
        self.figures = tuple((name, query) for name, query in queries_by_name if query)

    def _claim(self, index: int, fields: Mapping[str, Any], sources: Sequence[str]) -> Claim:
        path: Way = ("claims", index)
        where, check = "" if fields["where"] is None else fields["where"], fields["check"]
        if isinstance(where, int) and 1 <= where <= len(sources):
            where = sources[where - 1]
        elif where != "" and not addresses.is_web(where):
            cure = f"write 1 to {len(sources)}, or a web address"
            message = f"{short(str(where))} is not a source of this article; {cure}"
            self._say((*path, "where"), message)
        query = expected = None
        if check is None and not fields["why"]:
            self._say(path, "has neither check nor why; add a check, or give the reason for the verdict in `why`")
        if check is not None and (query := self._query((*path, "check"), check)):
            expected = self._expectation((*path, "check"), query, check)
        return Claim(
            said=fields["said"],
            by=fields["by"],
            where=str(where),
            grade=fields["grade"],
            since=str(fields["since"] or ""),
            verdict=fields["verdict"],
            why=fields["why"] or "",
            check=query,
            expect=expected,
        )

    def _query(self, path: Way, fields: Mapping[str, Any]) -> Query | None:
        try:
            return queries.query(fields)
        except QueryError as error:
            self._say((*path, error.key) if error.key else path, str(error))
        return None

    def _expectation(self, path: Way, query: Query, fields: Mapping[str, Any]) -> Expect | None:
        if "expect" not in fields:
            self._say(path, 'expects nothing; add what the claim says, as in `expect: "> 50%"`')
            return None
        try:
            return queries.expect(query, fields["expect"])
        except QueryError as error:
            self._say((*path, error.key), str(error))
        return None

    def _say(self, path: Way, message: str) -> None:
        self.faults.append(self._matter.problem(path, message))


def _check_name(file: str, page: bool, good: re.Match[str] | None) -> Iterable[Problem]:
    """Yield what is wrong with the name of a file, which becomes its address."""
    from almanac.content.forms.values import DEVICES

    path = f"content/{file}".encode("ascii", "backslashreplace").decode()
    form = "pages/<slug>.md" if page else "articles/<year>/<year>-<month>-<day>-<slug>.md"
    foreign = next((character for character in file if not character.isascii()), "")
    if foreign:
        character_name = unicodedata.name(foreign, f"U+{ord(foreign):04X}").lower()
        yield Problem(file=path, message=f"has a name with {character_name}, which is not one of a-z; retype the name")
    elif not good:
        yield Problem(file=path, message=f"has an invalid name; file name must be content/{form}, slugs of a-z, 0-9, -")
    elif (slug := good["slug"]) in DEVICES:
        yield Problem(file=path, message=f"ends in {slug}, a name that Windows reserves for a device; choose another")
    elif not page and not _is_day(file.rpartition("/")[2][:10]):
        yield Problem(file=path, message="does not begin with a valid date; name the file by the day it is about")
    elif len(file.rpartition("/")[2]) > limits.FILE_NAME:
        yield Problem(file=path, message=f"has a name that is too long; write at most {limits.FILE_NAME} characters")


def _is_day(name: str) -> bool:
    try:
        return bool(date.fromisoformat(name))
    except ValueError:
        return False


def strays(names: Iterable[str]) -> list[Problem]:
    """Return a problem for each file (by its name relative to content/) that nobody reads and that would vanish without a word."""
    message = "is not read; articles and pages are Markdown, in files that end in .md"
    return [
        Problem(file=f"content/{file}", message=message)
        for file in sorted(names)
        if not file.endswith(".md") and not is_leftover(file)
    ]


def article(manuscript: Manuscript, url: str, html: str, file: str) -> Article:
    """Return the Article of a manuscript; `url` is relative to the site, with a leading slash."""
    values = manuscript.values
    corrections = tuple(Correction(**correction) for correction in values["corrections"])
    card = ArticleCard(
        url=url,
        title=values["title"],
        date=values["date"],
        modified=values["modified"],
        first_url=values["first_url"],
        summary=values["summary"],
        kind=values["kind"],
        authors=tuple(values["authors"]),
        providers=tuple(values["providers"]),
        incidents=tuple((slug, raw) for slug, _, raw in (key.partition("/") for key in values["incidents"])),
        claims=manuscript.claims,
        figures=manuscript.figures,
        corrections=corrections,
    )
    return Article(
        card=card,
        html=html,
        sources=tuple(Source(**source) for source in values["sources"]),
        confirmed=tuple(values["confirmed"]),
        claimed=tuple(values["claimed"]),
        unknown=tuple(values["unknown"]),
        corrections=corrections,
        file=file,
    )

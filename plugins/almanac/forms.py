"""What people may write in front matter: one pydantic model a kind of file, and its errors in plain words.

Importing pydantic takes about 0.2 s, so this module is imported only when there is something to check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from almanac.frontmatter import Fault, Matter, Way, nearest

Dialect = Literal["", "statuspage", "incidentio", "xai", "google", "aws", "azure", "instatus", "betterstack",
                  "flashduty", "lambstatus", "plain"]
Capability = Literal["chat", "api", "code", "search", "speech", "images", "compute", "other"]
QUOTED = 25  # words of somebody else's text, at most
_ALIKE = "[\u0370-\u03ff\u0400-\u052f\u0531-\u058a\u13a0-\u13f5]"  # Greek, Cyrillic, Armenian, Cherokee
_DISGUISED = re.compile(rf"[A-Za-z]\w*{_ALIKE}|{_ALIKE}\w*[A-Za-z]")


def _slug(value: str) -> str:
    """The form of everything that becomes part of a URL."""
    if not 1 <= len(value) <= 64 or set(value) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise ValueError("is no slug; use 1 to 64 of a-z, 0-9 and -")
    return value


def is_web(value: object) -> bool:
    """True for an address a reader may be sent to."""
    try:
        parts = urlsplit(str(value))
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        good = False
    return good and str(value).isprintable() and not set(str(value)) & set(' "<>\\')


def _web(value: str) -> str:
    """An address a reader may be sent to."""
    if not is_web(value):
        raise ValueError("is no web address; write it in full, as in https://status.example.com/")
    return value


def _line(value: str) -> str:
    """Text for one line of a page."""
    if not value.strip() or not value.isprintable():  # False for control and direction characters too
        raise ValueError("is empty or holds a line break or control character; write one line of text")
    if _DISGUISED.search(value):
        raise ValueError("mixes letters of two alphabets in one word; retype it")
    return value


def _quote(value: str) -> str:
    """Few enough words of somebody else's to be a quotation."""
    if value and len(value.removesuffix(" …").split()) > QUOTED:
        raise ValueError(f"has more than {QUOTED} words; quote fewer")
    return _line(value) if value else value


def _zone(value: str) -> str:
    """A time zone Python knows."""
    if value not in available_timezones():
        near = nearest(value, available_timezones()) or "America/Los_Angeles"
        raise ValueError(f"is no time zone; write an IANA name such as {near}")
    return value


def _moment(value: datetime) -> datetime:
    """An instant, not a time on some clock."""
    if value.tzinfo is None:
        raise ValueError("has no time zone; write it in UTC with a Z, as in 2026-03-02T18:00:00Z")
    return value


def _key(value: str) -> str:
    """What names an incident for life: the provider's slug and its own id."""
    provider, slash, incident = value.partition("/")
    if not slash or not incident or not incident.isprintable() or " " in incident:
        raise ValueError("names no incident; write provider/id, as in anthropic/0ghc53zpsfmt")
    return f"{_slug(provider)}/{incident}"


Slug = Annotated[str, AfterValidator(_slug)]
Web = Annotated[str, AfterValidator(_web)]
Line = Annotated[str, AfterValidator(_line)]
Zone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[datetime, AfterValidator(_moment)]
Key = Annotated[str, AfterValidator(_key)]


class Form(BaseModel):
    """Exactly these keys with exactly these types: YAML's guesses (no → false, 1 → number) are not mended silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FeedForm(Form):
    """A feed of a provider."""

    url: Web
    dialect: Dialect = ""
    verified: bool = False


class ComponentForm(Form):
    """A component of a provider."""

    slug: Slug
    name: Line
    product: Line = ""
    capability: Capability = "other"
    match: list[Line] = []


class ScopeForm(Form):
    """Which incidents of a shared page concern AI."""

    components: list[Line] = []
    words: list[Line] = []


class ProviderForm(Form):
    """The front matter of content/providers/<slug>.md; meanings as in model.Provider."""

    slug: Slug
    name: Line
    company: Line
    home: Web
    status_page: Web
    feeds: list[FeedForm] = []
    components: list[ComponentForm] = []
    capabilities: list[Capability] = []
    aliases: list[Line] = []
    scope: ScopeForm | None = None
    written_by: Literal["hand", "machine"] = "hand"
    zone: Zone = "UTC"
    built_on: list[Slug] = []


class SourceForm(Form):
    """What an article rests on. `primary`: it was there itself (the provider, a measurement), not told by others."""

    url: Web
    title: Line
    publisher: Line
    kind: Literal["provider", "press", "tracker", "data", "analysis", "person"]
    primary: bool


class CorrectionForm(Form):
    """What was wrong in an article, and since when it is right."""

    date: Moment
    text: Line


class ClaimForm(Form):
    """What somebody said, and what became of it. `check` is a question of `queries`, which has rules of its own."""

    said: Line
    by: Line
    where: int | str | None = None  # the number of a source, or a web address
    grade: Literal["official", "stated-cause", "press", "user-report", "unverified"]
    since: date | None = None
    check: dict[str, Any] | None = None
    verdict: Literal["supported", "contradicted", "undecidable"]
    why: Line | None = None


class ArticleForm(Form):
    """The front matter of content/articles/<year>/<date>-<slug>.md. `figures` are questions of `queries`."""

    title: Line
    date: Moment
    modified: Moment | None = None
    authors: Annotated[list[Line], Field(min_length=1)]
    providers: list[Slug] = []
    incidents: list[Key] = []
    summary: Line
    kind: Literal["news", "analysis", "explainer", "opinion"]
    status: Literal["draft", "published"]
    sources: Annotated[list[SourceForm], Field(min_length=1)]
    claims: list[ClaimForm] = []
    figures: dict[Slug, dict[str, Any]] = {}
    corrections: list[CorrectionForm] = []
    confirmed: list[Line] = []
    claimed: list[Line] = []
    unknown: list[Line] = []


class FixForm(Form):
    """content/corrections/<provider>/<id>.yml: what an editor says of an incident instead, and why."""

    start: Moment | None = None
    end: Moment | None = None
    kind: Literal["outage", "degradation", "maintenance", "notice", "test"] | None = None
    impact: Literal["none", "minor", "major", "critical", "maintenance", "unknown"] | None = None
    merge_with: Key | None = None
    withdrawn: bool = False
    reason: Line
    source: Web
    author: Line
    date: Moment


class OutletForm(Form):
    """The front matter of content/press/<slug>.md: whose feed is read for stories of outages."""

    slug: Slug
    name: Line
    home: Web
    feed: Web
    kind: Literal["press", "community"]


class ToldForm(Form):
    """One telling of a story: where, under which title, by whom and when."""

    url: Web
    title: Line
    publisher: Line
    date: Moment


class StoryForm(ToldForm):
    """What a draft in content/inbox and a link post have in common; `also` are other tellings of the same story."""

    grade: Literal["official", "stated-cause", "press", "user-report", "unverified"]
    providers: Annotated[list[Slug], Field(min_length=1)]
    incidents: list[Key] = []
    quote: Annotated[str, AfterValidator(_quote)] = ""
    also: list[ToldForm] = []


class DraftForm(StoryForm):
    """The front matter of content/inbox/<date>-<slug>.md, which a pull writes. `why`: why it was kept."""

    why: Line


class LinkForm(StoryForm):
    """The front matter of content/links/<year>/<date>-<slug>.md: a story that a person put on the incident's page."""

    curator: Line
    note: Line | None = None


class PageForm(Form):
    """The front matter of content/pages/<slug>.md."""

    title: Line
    summary: Line = ""


def check(form: type[Form], matter: Matter) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The values of `matter` with defaults filled in, or ({}, every fault of it in reading order)."""
    if matter.faults:
        return {}, matter.faults
    try:
        return form.model_validate(dict(matter.values)).model_dump(), ()
    except ValidationError as error:
        faults = {_fault(form, matter, detail) for detail in error.errors()}
        return {}, tuple(sorted(faults))


def _fault(form: type[Form], matter: Matter, detail: ErrorDetails) -> Fault:
    """One of pydantic's errors as ours."""
    path = detail["loc"]
    return matter.fault(path, _message(form, path, detail))


def _message(form: type[Form], path: Way, detail: ErrorDetails) -> str:
    """What is wrong; what to write instead."""
    kind, given = detail["type"], _given(detail["input"])
    if kind == "missing":
        return f"is missing; add a line `{path[-1]}: …`"
    if kind in {"extra_forbidden", "invalid_key"}:
        return _unknown(str(path[-1]), _keys(form, path[:-1]))
    if kind == "value_error":
        return f"{given} {detail['ctx']['error']}"
    if kind == "too_short":
        return "is an empty list; name at least one"
    if kind == "literal_error":
        return f"{given} is not one of the words known here; write {_choices(detail['ctx']['expected'])}"
    wanted = {
        "string_type": "text in quotes", "bool_type": "true or false", "list_type": "a list, as in [a, b]",
        "model_type": "fields below it, indented by two blanks", "dict_type": "fields below it, indented by two blanks",
        "date_type": "a day without quotes, as in 2026-03-02", "int_type": "the number of a source, from 1",
        "datetime_type": "a date and time in UTC without quotes, as in 2026-03-02T18:00:00Z",
    }
    return f"{given} is of the wrong type; write {wanted.get(kind, detail['msg'])}"


def _given(value: object) -> str:
    """What stands there, short enough for a message."""
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else f"{value[:57]}…")
    if isinstance(value, bool) or value is None:
        return "nothing" if value is None else str(value).lower()
    return "a group of fields" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else str(value)


def _unknown(key: str, known: Sequence[str]) -> str:
    """An unknown key, with the one that was probably meant."""
    near = nearest(key, known)
    return f"is not a known key; did you mean {near}?" if near else f"is not a known key; known: {', '.join(known)}"


def _choices(expected: str) -> str:
    """Pydantic's list of allowed words without the empty one."""
    return expected.removeprefix("'', ").replace("'", "")


def _keys(form: type[Form], path: Way) -> list[str]:
    """The keys the form knows at `path`."""
    for part in path:
        if isinstance(part, str):
            form = _inner(form.model_fields[part].annotation)
    return list(form.model_fields)


def _inner(annotation: Any) -> type[Form]:
    """The form inside list[Form], Form | None and the like."""
    if isinstance(annotation, type) and issubclass(annotation, Form):
        return annotation
    return next(_inner(arg) for arg in get_args(annotation) if arg is not type(None))

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
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})
INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion")  # last
LONGEST = 1_000  # characters of a line
YEARS = range(1990, 2101)  # of which anybody here speaks; before and after them arithmetic on times breaks
QUOTED = 25  # words of somebody else's text, at most
_ALIKE = "[\u0370-\u03ff\u0400-\u052f\u0531-\u058a\u13a0-\u13f5]"  # Greek, Cyrillic, Armenian, Cherokee
_DISGUISED = re.compile(rf"[A-Za-z]\w*{_ALIKE}|{_ALIKE}\w*[A-Za-z]")


def _slug(value: str) -> str:
    """The form of everything that becomes part of a URL."""
    if not 1 <= len(value) <= 64 or set(value) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise ValueError("is no slug; use 1 to 64 of a-z, 0-9 and -")
    if value in DEVICES:
        raise ValueError("is a name that Windows keeps for a device; choose another")
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


def _feed(value: str) -> str:
    """The address of a feed: on the public web, by name. What a name leads to is looked at again when it is fetched."""
    parts = urlsplit(_web(value))
    host = (parts.hostname or "").rstrip(".")
    top = host.rpartition(".")[2]
    if "." not in host or ":" in host or top in INSIDE or not re.fullmatch("[a-z]{2,}|xn--[a-z0-9-]+", top):
        raise ValueError("is no address on the public web; write a host by its name, as in status.example.com")
    if parts.port not in (None, 80, 443):
        raise ValueError("names a port; leave it out")
    return value


def _line(value: str) -> str:
    """Text for one line of a page."""
    if len(value) > LONGEST:
        raise ValueError(f"has {len(value):,} characters; write at most {LONGEST:,} in one line")
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


def _first(value: str) -> str:
    """Where an article stood before its file was renamed."""
    if not re.fullmatch(r"/articles/\d{4}/[a-z0-9]+(-[a-z0-9]+)*/", value):
        raise ValueError("is no address of an article; write it as it was, as in /articles/2026/claude-outage/")
    return value


def _moment(value: datetime) -> datetime:
    """An instant, not a time on some clock."""
    if value.tzinfo is None:
        raise ValueError("has no time zone; write it in UTC with a Z, as in 2026-03-02T18:00:00Z")
    if value.year not in YEARS:
        raise ValueError(f"is of another age; write a year from {YEARS[0]} to {YEARS[-1]}")
    return value


def _key(value: str) -> str:
    """What names an incident for life: the provider's slug and its own id."""
    provider, slash, incident = value.partition("/")
    if not slash or not incident or not incident.isprintable() or " " in incident:
        raise ValueError("names no incident; write provider/id, as in anthropic/0ghc53zpsfmt")
    return f"{_slug(provider)}/{incident}"


def _told(**more: str) -> Any:
    """What an editor is told of a type, in words of JSON Schema; the rule itself stands above."""
    return Field(json_schema_extra={**more})


Slug = Annotated[str, AfterValidator(_slug), _told(pattern="^[a-z0-9-]{1,64}$")]
Web = Annotated[str, AfterValidator(_web), _told(format="uri", pattern="^https?://")]
FeedAddress = Annotated[str, AfterValidator(_feed), _told(format="uri", pattern="^https?://")]
Line = Annotated[str, AfterValidator(_line), _told(pattern=r"^[^\n]*\S[^\n]*$")]
Zone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[datetime, AfterValidator(_moment)]
Key = Annotated[str, AfterValidator(_key), _told(pattern=r"^[a-z0-9-]{1,64}/\S+$")]


class Form(BaseModel):
    """Exactly these keys with exactly these types: YAML's guesses (no → false, 1 → number) are not mended silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FeedForm(Form):
    """A feed of a provider."""

    url: FeedAddress
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

    slug: Slug = Field(
        description="The file's name without `.md`: a to z, 0 to 9 and `-`. It is part of addresses and never changes")
    name: Line = Field(description="What readers call it")
    company: Line = Field(description="Whose it is")
    home: Web = Field(description="Its web address in full")
    status_page: Web = Field(description="That of its status page")
    feeds: list[FeedForm] = Field([], description=(
        "Its RSS or Atom feeds. `dialect` is a hint: `statuspage`, `incidentio`, `xai`, `google`, `aws`, "
        "`azure`, `instatus`, `betterstack`, `flashduty`, `lambstatus` or `plain`; what a feed really speaks "
        "is found out at each pull. `verified` is true once its form has been seen in a recording"
    ))
    components: list[ComponentForm] = Field([], max_length=500, description=(
        "What its incidents name. `match` holds every name a component has had in feeds; `capability` is "
        "`chat`, `api`, `code`, `search`, `speech`, `images`, `compute` or `other`"
    ))
    capabilities: list[Capability] = Field([], description="What it can stand in for")
    aliases: list[Line] = Field([], description="What else people search for")
    scope: ScopeForm | None = Field(None, description=(
        "Only for pages that carry more than AI: `components` (slugs of those above) and `words` (of titles) "
        "that concern AI"
    ))
    written_by: Literal["hand", "machine"] = Field("hand",
        description="`machine` if the page is written by probes; otherwise leave it out")
    zone: Zone = Field("UTC",
        description="The time zone the page prints, if its feed does not say: `America/Los_Angeles`")
    built_on: list[Slug] = Field([], description="Slugs of providers whose models it says it uses")


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

    title: Line = Field(description="The headline. Put it in quotes if it holds a colon")
    date: Moment = Field(description="When it is published, in UTC, with the Z")
    modified: Moment | None = Field(None, description="When it was last changed in substance; leave it out at first")
    first_url: Annotated[str, AfterValidator(_first)] = Field("",
        description="Only if the file was renamed: the address it was first published at, which feeds know it by")
    authors: list[Line] = Field(min_length=1, description="Who wrote it, as a list")
    providers: list[Slug] = Field([], description="Slugs: the names of files in `content/providers` without `.md`")
    incidents: list[Key] = Field([], description="`provider/id`, as in the address of an incident's page")
    summary: Line = Field(description="One or two sentences in one line")
    kind: Literal["news", "analysis", "explainer", "opinion"] = Field(
        description="`news`, `analysis`, `explainer` or `opinion`")
    status: Literal["draft", "published"] = Field(description="`draft` or `published`")
    sources: list[SourceForm] = Field(min_length=1, description=(
        "At least one. `kind` is `provider`, `press`, `tracker`, `data`, `analysis` or `person`; `primary` is"
        " true if the source was there itself"
    ))
    claims: list[ClaimForm] = Field([],
        description="What others said, held against the record: [see below](#claims-and-figures)")
    figures: dict[Slug, dict[str, Any]] = Field({},
        description="Figures the text quotes from the archive: [see below](#claims-and-figures)")
    corrections: list[CorrectionForm] = Field([], description="Later, if needed: a list of `date` and `text`")
    confirmed: list[Line] = Field([], description="What is known, as a list")
    claimed: list[Line] = Field([], description="What is said, and by whom")
    unknown: list[Line] = Field([], description="What nobody outside knows")


class FixForm(Form):
    """content/corrections/<provider>/<id>.yml: what an editor says of an incident instead, and why."""

    start: Moment | None = Field(None, description="When it really began, in UTC")
    end: Moment | None = Field(None, description="When it really ended, in UTC")
    kind: Literal["outage", "degradation", "maintenance", "notice", "test"] | None = Field(None,
        description="`outage`, `degradation`, `maintenance`, `notice` or `test`")
    impact: Literal["none", "minor", "major", "critical", "maintenance", "unknown"] | None = Field(None,
        description="`none`, `minor`, `major`, `critical`, `maintenance` or `unknown`")
    merge_with: Key | None = Field(None,
        description="`provider/id` of the incident that it is part of: then the two count as one")
    withdrawn: bool = Field(False, description="`true` if it should never have been posted: then it counts no more")
    reason: Line = Field(description="Why, in a sentence")
    source: Web = Field(description="Where that can be seen: a web address")
    author: Line = Field(description="Who says so")
    date: Moment = Field(description="And when")


class OutletForm(Form):
    """The front matter of content/press/<slug>.md: whose feed is read for stories of outages."""

    slug: Slug = Field(description="The file's name without `.md`")
    name: Line = Field(description="What readers call it")
    home: Web = Field(description="Its address")
    feed: FeedAddress = Field(description="Its RSS or Atom feed")
    kind: Literal["press", "community"] = Field(
        description="`press`, where an editor answers for it, or `community`, where users post")


class ToldForm(Form):
    """One telling of a story: where, under which title, by whom and when."""

    url: Web = Field(description="Where it stands")
    title: Line = Field(description="The headline as it stands there")
    publisher: Line = Field(description="Whose it is")
    date: Moment = Field(description="When it was published, in UTC")


class StoryForm(ToldForm):
    """What a draft in content/inbox and a link post have in common; `also` are other tellings of the same story."""

    grade: Literal["official", "stated-cause", "press", "user-report", "unverified"] = Field(
        description="What its word weighs: `official`, `stated-cause`, `press`, `user-report` or `unverified`")
    providers: list[Slug] = Field(min_length=1, description="What it is about: slugs")
    incidents: list[Key] = Field([], description="And `provider/id`")
    quote: Annotated[str, AfterValidator(_quote)] = Field("",
        description="At most 25 words, in one line; may be left out")
    also: list[ToldForm] = Field([],
        description="Others who told the same story: a list of `title`, `url`, `publisher` and `date`")


class DraftForm(StoryForm):
    """The front matter of content/inbox/<date>-<slug>.md, which a pull writes. `why`: why it was kept."""

    why: Line


class LinkForm(StoryForm):
    """The front matter of content/links/<year>/<date>-<slug>.md: a story that a person put on the incident's page."""

    curator: Line = Field(description="Who chose it")
    note: Line | None = Field(None, description="A line of theirs, if need be")


class EvidenceForm(Form):
    """Where trouble was spoken of that no provider declared. `grade`: what that word weighs, never official."""

    url: Web
    title: Line
    publisher: Line
    date: Moment
    grade: Literal["press", "user-report", "unverified"]


class UndeclaredForm(Form):
    """content/undeclared/<provider>/<date>-<slug>.md: trouble that the provider's feeds never admitted."""

    title: Line = Field(description="What did not work, for whom, in a line")
    start: Moment = Field(description="When the first piece of evidence says it began, in UTC")
    end: Moment | None = Field(None, description="When the last one says it was over; leave it out if none does")
    summary: Line = Field(
        description="What is said to have happened, and what the provider's page showed, in a sentence or two")
    evidence: list[EvidenceForm] = Field(min_length=2, description=(
        "At least two witnesses of different publishers: `url`, `title`, `publisher`, `date` and `grade`, which is "
        "`press`, `user-report` or `unverified`"
    ))
    contributor: Line = Field(description="Who brings it")
    date: Moment = Field(description="And when, in UTC")


class PageForm(Form):
    """The front matter of content/pages/<slug>.md."""

    title: Line = Field(description="The heading")
    summary: Line = Field("", description="What it is about, in a sentence or two")


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
        few = "is an empty list; name at least" if not detail["ctx"]["actual_length"] else "is too few; name at least"
        return f"{few} {({1: 'one', 2: 'two'})[detail['ctx']['min_length']]}"
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

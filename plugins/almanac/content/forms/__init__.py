"""What people may write in front matter: one pydantic model a kind of file, and its errors in plain words.

Importing pydantic takes about 0.2 s, so this module is imported only when there is something to check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from almanac.content.forms.errors import fault
from almanac.content.forms.values import (
    Day,
    FeedAddress,
    Former,
    Key,
    Letters,
    Line,
    Moment,
    Quote,
    Rank,
    Slug,
    Web,
    Zone,
)
from almanac.content.frontmatter import Matter
from almanac.feeds import NAMES
from almanac.model import DECLARED, Impact, Kind
from almanac.model.problem import Problem
from almanac.model.project import OTHER
from almanac.queries.amounts import alternatives
from almanac.text import limits

KINDS = tuple(kind.value for kind in DECLARED if kind is not Kind.UNKNOWN)  # an editor who says one knows it
IMPACTS = tuple(impact.value for impact in Impact)

if TYPE_CHECKING:
    Dialect = str
    EditorsKind = str
    EditorsImpact = str
else:  # the dialects that are read; the schema does not list them, so that a new one changes no file but its own
    Dialect = Annotated[Literal[("", *NAMES)], WithJsonSchema({"type": "string"})]
    EditorsKind, EditorsImpact = Literal[KINDS], Literal[IMPACTS]
Grade = Literal["official", "stated-cause", "press", "user-report", "unverified"]


def _any_of(words: Sequence[str]) -> str:
    """Return words as descriptions list them: `a`, `b` or `c`."""
    return alternatives(f"`{word}`" for word in words)


class Form(BaseModel):
    """Exactly these keys with exactly these types: YAML's guesses (no → false, 1 → number) are not corrected silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FeedForm(Form):
    """A feed of a provider."""

    url: FeedAddress
    dialect: Dialect = ""
    verified: bool = False
    beside: bool = False
    evidence: Line = ""


class FormerFeedForm(Form):
    """A former feed of a provider."""

    url: Web
    until: Day
    why: Line
    evidence: Line = ""


class BarrierForm(Form):
    """Why nothing can be read of a provider any more."""

    since: Day
    why: Line
    instead: Line
    evidence: Line = ""


class ComponentForm(Form):
    """A component of a provider."""

    slug: Slug
    name: Line
    product: Line = ""
    capability: Slug = OTHER
    match: list[Line] = Field([], max_length=limits.NAMES)
    rank: Rank | None = None


class ScopeForm(Form):
    """Which incidents of a shared page concern the subject of the almanac."""

    components: list[Line] = Field([], max_length=limits.PARTS)
    words: list[Line] = Field([], max_length=limits.NAMES)


class ProviderForm(Form):
    """The front matter of content/providers/<slug>.md; meanings as in model.Provider."""

    slug: Slug = Field(
        description="The file's name without `.md`: a to z, 0 to 9 and `-`. It is part of addresses and never changes"
    )
    name: Line = Field(description="What readers call it; for a status page that covers several products, the company")
    company: Line = Field(description="Company")
    home: Web = Field(description="Its website, as a full URL")
    status_page: Web = Field(description="URL of its status page")
    evidence: Line = Field(
        "",
        description=(
            "Where these two addresses were found: a file or an issue of a public project, with its date; never from memory"
        ),
    )
    feeds: list[FeedForm] = Field(
        [],
        max_length=limits.FEEDS,
        description=(
            "Its feeds, RSS, Atom or JSON, the best first: the later ones are read when those before them cannot be. "
            "`dialect` is a hint, the name of a form in plugins/almanac/feeds such as `statuspage` or `statuspage-json`; "
            "the real format is detected at each pull. `verified` is true once its format has been checked against a "
            "recording. `beside: true` is for a feed that is read at every pull in addition, because it states what the "
            "first one leaves out, such as severity and components. `evidence` says where the address was found"
        ),
    )
    former: list[FormerFeedForm] = Field(
        [],
        max_length=limits.FEEDS,
        description=(
            "Where it published before, the last first: a list of `url`, `until` (a day), `why` and `evidence`. "
            "These are not read"
        ),
    )
    closed: BarrierForm | None = Field(
        None,
        description=(
            "Only if its status page is gone and it has no other: `since` (a day), `why`, `instead` (what readers can "
            "do) and `evidence`. Its incidents stay; `feeds` must be empty"
        ),
    )
    unreadable: BarrierForm | None = Field(
        None,
        description="The same for a status page that people can read and programs cannot: its status is unknown",
    )
    components: list[ComponentForm] = Field(
        [],
        max_length=limits.PARTS,
        description=(
            "The components its incidents name. `match` holds every name a component has had in feeds; `capability` is "
            f"one of those in almanac.toml, or `{OTHER}`. Pages name components in the order "
            "of `rank`, 1 to 99: leave it out for 10 (the first capability listed there), 20, 30 or 40 (the rest)"
        ),
    )
    capabilities: list[Slug] = Field([], max_length=limits.NAMES, description="Capabilities")
    aliases: list[Line] = Field([], max_length=limits.NAMES, description="Other names people search for")
    monogram: Letters = Field(
        "",
        description="Two letters for its rows in lists, such as `Cl`; if left out, the first two letters of its name that are free",
    )
    scope: ScopeForm | None = Field(
        None,
        description=(
            "Only for status pages that cover more than the subject of the almanac: `components` (slugs of those above) "
            "and `words` (of titles) that concern it"
        ),
    )
    written_by: Literal["hand", "machine"] = Field(
        "hand", description="`machine` if the status page is automated; otherwise leave it out"
    )
    zone: Zone = Field(
        "UTC", description="The time zone of the page, if its feed does not state one: `America/Los_Angeles`"
    )
    built_on: list[Slug] = Field(
        [], max_length=limits.NAMES, description="Slugs of providers whose models it says it uses"
    )
    shares: list[Slug] = Field(
        [],
        max_length=limits.NAMES,
        description=(
            "Those of `built_on` without whose models it would have next to nothing to offer. Two providers that share "
            "such a maker are never listed as backups for each other"
        ),
    )
    same_model: list[Slug] = Field(
        [],
        max_length=limits.NAMES,
        description=(
            "Slugs of providers whose models it sells from its own machines. Their pages name it under “Same model "
            "elsewhere”"
        ),
    )
    core: list[Line] = Field(
        [],
        max_length=limits.NAMES,
        description=(
            "Of its products, those readers mean by its name: they get a number of their own beside the whole, and data on "
            "these alone stands for the whole"
        ),
    )


class SourceForm(Form):
    """What an article rests on. `primary`: it was there itself (the provider, a measurement), not second-hand."""

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
    """What somebody claimed, and the verdict. `check` is a question of `queries`, which has rules of its own."""

    said: Line
    by: Line
    where: int | str | None = None  # the number of a source, or a web address
    grade: Grade
    since: date | None = None
    check: dict[str, Any] | None = None
    verdict: Literal["supported", "contradicted", "undecidable"]
    why: Line | None = None


class ArticleForm(Form):
    """The front matter of content/articles/<year>/<date>-<slug>.md. `figures` are questions of `queries`."""

    title: Line = Field(description="The headline. Put it in quotes if it contains a colon")
    date: Moment = Field(description="When it is published, in UTC, with the Z")
    modified: Moment | None = Field(None, description="When it was last changed in substance; leave it out at first")
    first_url: Former = Field(
        "",
        description="Only if the file was renamed: the address it was first published at, which identifies it in feeds",
    )
    authors: list[Line] = Field(min_length=1, max_length=limits.LISTED, description="Who wrote it, as a list")
    providers: list[Slug] = Field(
        [], max_length=limits.LISTED, description="Slugs: the names of files in `content/providers` without `.md`"
    )
    incidents: list[Key] = Field(
        [], max_length=limits.LISTED, description="`provider/id`, as in the address of an incident's page"
    )
    summary: Line = Field(description="One or two sentences in one line")
    kind: Literal["news", "analysis", "explainer", "opinion"] = Field(
        description="`news`, `analysis`, `explainer` or `opinion`"
    )
    status: Literal["draft", "published"] = Field(description="`draft` or `published`")
    sources: list[SourceForm] = Field(
        min_length=1,
        max_length=limits.LISTED,
        description=(
            "At least one. `kind` is `provider`, `press`, `tracker`, `data`, `analysis` or `person`; `primary` is"
            " true for first-hand sources"
        ),
    )
    claims: list[ClaimForm] = Field(
        [],
        max_length=limits.LISTED,
        description="What others said, checked against the archive: [see below](#claims-and-figures)",
    )
    figures: dict[Slug, dict[str, Any]] = Field(
        {},
        max_length=limits.LISTED,
        description="Figures computed from the archive: [see below](#claims-and-figures)",
    )
    corrections: list[CorrectionForm] = Field(
        [], max_length=limits.LISTED, description="Later, if needed: a list of `date` and `text`"
    )
    confirmed: list[Line] = Field([], max_length=limits.LISTED, description="What is confirmed, as a list")
    claimed: list[Line] = Field([], max_length=limits.LISTED, description="What others claim, and who")
    unknown: list[Line] = Field([], max_length=limits.LISTED, description="What nobody outside the company knows")


_SOURCE = {"url": "https://paper.example/", "title": "-", "publisher": "-", "kind": "press", "primary": False}
STAND_INS: Mapping[str, Any] = {  # of fields that an article must have, while others are looked at
    **dict.fromkeys(("title", "summary"), "-"),
    "date": datetime(2000, 1, 1, tzinfo=UTC),
    "authors": ["-"],
    "kind": "news",
    "status": "draft",
    "sources": [_SOURCE],
}


class FixForm(Form):
    """content/corrections/<provider>/<slug>.yml: an editor's correction of an incident, and why."""

    start: Moment | None = Field(None, description="Actual start, in UTC")
    end: Moment | None = Field(None, description="Actual end, in UTC")
    kind: EditorsKind | None = Field(None, description=_any_of(KINDS))
    impact: EditorsImpact | None = Field(None, description=_any_of(IMPACTS))
    merge_with: Key | None = Field(
        None, description="`provider/id` of the incident that it is part of; the two are counted as one"
    )
    withdrawn: bool = Field(False, description="`true` if it should never have been posted; it is no longer counted")
    reason: Line = Field(description="The reason, in a sentence")
    source: Web = Field(description="The evidence: a URL")
    author: Line = Field(description="Your name")
    date: Moment = Field(description="Date of the correction, in UTC")


class OutletForm(Form):
    """The front matter of content/press/<slug>.md: whose feed is read for stories of outages."""

    slug: Slug = Field(description="The file's name without `.md`")
    name: Line = Field(description="What readers call it")
    home: Web = Field(description="Its website")
    feed: FeedAddress = Field(description="Its RSS or Atom feed")
    kind: Literal["press", "community"] = Field(
        description="`press` if it has an editor, `community` if users post there"
    )


class ToldForm(Form):
    """One report of a story: where, under which title, by whom and when."""

    url: Web = Field(description="URL of the report")
    title: Line = Field(description="Its headline, unchanged")
    publisher: Line = Field(description="Publisher")
    date: Moment = Field(description="When it was published, in UTC")


class StoryForm(ToldForm):
    """What a draft in content/inbox and a link post have in common; `also` are other reports of the same story."""

    grade: Grade = Field(description=f"How reliable it is: {_any_of(get_args(Grade))}")
    providers: list[Slug] = Field(min_length=1, max_length=limits.LISTED, description="Providers concerned, as slugs")
    incidents: list[Key] = Field([], max_length=limits.LISTED, description="Incidents concerned, as `provider/id`")
    quote: Quote = Field("", description="A quotation of at most 25 words, in one line; optional")
    also: list[ToldForm] = Field(
        [],
        max_length=limits.LISTED,
        description="Other reports of the same story: a list of `title`, `url`, `publisher` and `date`",
    )


class DraftForm(StoryForm):
    """The front matter of content/inbox/<date>-<slug>.md, which a pull writes. `why`: why it was kept."""

    why: Line


class LinkForm(StoryForm):
    """The front matter of content/links/<year>/<date>-<slug>.md: a story that a person put on the incident's page."""

    curator: Line = Field(description="Who selected it")
    note: Line | None = Field(None, description="A short comment by the curator; optional")


class EvidenceForm(Form):
    """A report of an outage that no provider acknowledged. `grade`: how reliable it is, never official."""

    url: Web
    title: Line
    publisher: Line
    date: Moment
    grade: Literal["press", "user-report", "unverified"]


class UndeclaredForm(Form):
    """content/undeclared/<provider>/<date>-<slug>.md: an outage that the provider's feeds never mentioned."""

    title: Line = Field(description="What did not work, and for whom, in one line")
    start: Moment = Field(description="Start according to the first piece of evidence, in UTC")
    end: Moment | None = Field(None, description="End according to the last one; leave it out if none gives an end")
    summary: Line = Field(
        description="What reportedly happened, and what the provider's status page showed, in a sentence or two"
    )
    evidence: list[EvidenceForm] = Field(
        min_length=2,
        max_length=limits.LISTED,
        description=(
            "At least two reports by different publishers: `url`, `title`, `publisher`, `date` and `grade`, which is "
            "`press`, `user-report` or `unverified`"
        ),
    )
    contributor: Line = Field(description="Your name")
    date: Moment = Field(description="Date of the report, in UTC")


class DataSetForm(Form):
    """The front matter of content/sources/<slug>.md: a data set that incidents were imported from."""

    slug: Slug = Field(description="The name under which it was imported: the file's name without `.md`")
    name: Line = Field(description="What it is, in a few words")
    made_by: Line = Field(description="Who made it")
    url: Web = Field(description="Where it is, or where it was found")
    licence: Line | Literal[""] = Field("", description="Its licence; leave it out where its maker states none")
    summary: Line = Field(description="What it holds and how it was collected, in a sentence or two")
    complete: Literal["whole", "part", "untested"] = Field(
        description="`whole` if it holds all that the provider posted, `part` if it does not, `untested` if nobody knows"
    )
    tested: Line = Field(description="How that is known, in a sentence")
    warts: list[Line] = Field([], max_length=limits.LISTED, description="What is wrong or odd about it, as a list")


class PageForm(Form):
    """The front matter of content/pages/<slug>.md."""

    title: Line = Field(description="The heading")
    summary: Line = Field("", description="What it is about, in a sentence or two")


def salvage(form: type[Form], values: Mapping[str, Any], instead: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is right of `values` with defaults filled in, and `instead` where a field is wrong or missing."""
    right = {name: value for name, value in values.items() if name in form.model_fields}
    while True:
        try:
            sound = form.model_validate({**STAND_INS, **right} if form is ArticleForm else {"title": "-", **right})
        except ValidationError as error:
            wrong = {detail["loc"][0] for detail in error.errors()}
            if not wrong & right.keys():
                return {}
            right = {name: value for name, value in right.items() if name not in wrong}
        else:
            return {**sound.model_dump(), **{name: value for name, value in instead.items() if name not in right}}


def check(form: type[Form], matter: Matter) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Return the values of `matter` with defaults filled in, or ({}, every problem of it in reading order)."""
    if matter.faults:
        return {}, matter.faults
    try:
        return form.model_validate(dict(matter.values)).model_dump(), ()
    except ValidationError as error:
        faults = {fault(form, matter, detail) for detail in error.errors()}
        return {}, tuple(sorted(faults))

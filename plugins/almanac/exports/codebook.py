"""The tables that the site publishes: their columns, keys, and what refers to what."""

from __future__ import annotations

from almanac.model import Impact, Kind, Phase
from almanac.model.table import Field, Reference, Table
from almanac.stats.backups import PARTS as PARTS_OF_BACKUPS
from almanac.stats.formulas import FORMULAS
from almanac.stats.recovery import LEVELS
from almanac.stats.selection import COUNTS, Severity

PROVIDER = Reference(("provider",), "providers", ("slug",))
INCIDENT = Reference(("provider", "incident"), "incidents", ("provider", "id"))
CLASSES = tuple(each.name.lower() for each in Severity if each is not Severity.CLEAR)
WRITERS = ("hand", "machine")
PARTS = ("provider", "core", "product", "component")
BACKUP = "unsure if it may be down over a quarter of that time, not if it was, or for a reason in this row; empty: nothing in common"
LENGTH = "of the known lengths above zero of the counted incidents, in seconds"


def _range(name: str, meaning: str) -> tuple[Field, Field]:
    """Return two columns of a range; its ends are equal where the data leaves nothing open."""
    return Field(f"{name}_low", "number", f"{meaning}, lower bound"), Field(f"{name}_high", "number", "The same, upper")


def _interval(name: str, meaning: str) -> tuple[Field, Field]:
    """Return the columns of a 90% interval, empty where there is none."""
    return (
        Field(f"{name}_low", "number", f"90% interval of {meaning}, lower end; empty where there is none"),
        Field(f"{name}_high", "number", "The same, upper end"),
    )


PERIOD = (
    Field("period", "string", "30-days, 90-days, 365-days, 2026-q2, 2026 or all; of numbers also months, 2026-03"),
    Field("since", "datetime", "Start of the period"),
    Field("until", "datetime", "End of the period, or of the data if that is earlier"),
)

PROVIDERS = Table(
    "providers",
    "Monitored providers",
    ("slug",),
    (
        Field("slug", "string", "Our short name, part of every address"),
        Field("name", "string", "The name readers use"),
        Field("company", "string", "Who runs it"),
        Field("status_page", "string", "Its status page"),
        Field("written_by", "string", "Who writes the status page", WRITERS),
        Field("core", "array", "Products meant by its name; empty: all"),
        Field("built_on", "array", "Makers whose models it uses"),
        Field("shares", "array", "Of these, without whose models it has next to nothing to offer"),
    ),
)
COMPONENTS = Table(
    "components",
    "Parts of providers, by the names they have had in feeds",
    ("provider", "slug"),
    (
        Field("provider", "string", "Slug of the provider"),
        Field("slug", "string", "Our short name"),
        Field("name", "string", "The name readers use"),
        Field("product", "string", "The product it belongs to; empty: none is named"),
        Field("capability", "string", "What it is used for; empty: not stated"),
        Field("names", "array", "What `components` of an incident call it"),
    ),
    (PROVIDER,),
)
DATASETS = Table(
    "datasets",
    "Data sets from which incidents were imported",
    ("slug",),
    (
        Field("slug", "string", "Our short name"),
        Field("name", "string", "Its name"),
        Field("made_by", "string", "Who made it"),
        Field("url", "string", "Where it is"),
        Field("licence", "string", "Its licence, as its maker states it"),
        Field("complete", "string", "How complete it is: whole, part or untested"),
        Field("incidents", "integer", "Incidents imported from it"),
    ),
)
INCIDENTS = Table(
    "incidents",
    "Incidents as reported, corrections applied",
    ("provider", "id"),
    (
        Field("provider", "string", "Slug of the provider"),
        Field("id", "string", "The provider's own id of the incident, unless id_is_ours"),
        Field("id_is_ours", "boolean", "The id was given by whoever archived it"),
        Field("title", "string", "Ours, made of components, severity and length; the provider's stands at source"),
        Field("kind", "string", "What it is; an editor may set withdrawn or merged", tuple(Kind)),
        Field("impact", "string", "How bad, in our words", tuple(Impact)),
        Field("impact_stated", "string", "The source's own word"),
        Field("severity_low", "string", "The mildest class the rating allows; unknown ratings are a range", CLASSES),
        Field("severity_high", "string", "The worst class the rating allows", CLASSES),
        Field("counts", "string", "Whether it enters the numbers of its provider: see the codebook", tuple(COUNTS)),
        Field("why_not", "string", "If it does not count, or not in all numbers: why"),
        Field("phase", "string", "Where the provider said it stood last", tuple(Phase)),
        Field(
            "components",
            "array",
            "Parts named as affected, what people ask for first in front; empty: component not named",
        ),
        Field("started", "datetime", "Start"),
        Field("started_basis", "string", "Where the start comes from"),
        Field("ended", "datetime", "End; empty if none is recorded"),
        Field("ended_basis", "string", "Where the end comes from"),
        Field("precision", "string", "Of start and end", ("second", "minute", "hour")),
        Field("posted", "datetime", "First post of the provider"),
        Field("posted_late", "boolean", "First posted at or after its end"),
        Field("first_seen", "datetime", "When we first saw it; empty for imports"),
        Field("vanished", "datetime", "First missing from a feed that should hold it"),
        Field("imported", "string", "The data set it was imported from"),
        Field("updates", "integer", "Number of posts"),
        Field("edits", "integer", "Number of changes the provider made afterwards"),
        Field("changed", "datetime", "When anything about it last changed"),
        Field("source", "string", "The provider's page about it"),
        Field("url", "string", "This site's page about it"),
        Field("impact_basis", "string", "title: only the title names the severity; stated: the provider's JSON does"),
        Field("components_basis", "string", "title: only the title names them; stated: the provider's JSON does"),
        Field("trouble_seconds", "integer", "Sum of the intervals, if it was several; 0 for all others"),
        Field("last_open", "datetime", "When we last saw it open; empty if it has an end, or if we never saw it"),
    ),
    (PROVIDER, Reference(("imported",), "datasets", ("slug",))),
)
UPDATES = Table(
    "updates",
    "Posts on incidents, without their texts",
    ("provider", "incident", "at", "phase"),
    (
        Field("provider", "string", "Slug of the provider"),
        Field("incident", "string", "The id of the incident"),
        Field("at", "datetime", "Time of the post"),
        Field("phase", "string", "What it says of the incident's phase", tuple(Phase)),
        Field("posts", "integer", "How many posts of this time and phase there are; mostly 1"),
    ),
    (PROVIDER, INCIDENT),
)
COVERAGE = Table(
    "coverage",
    "Coverage periods",
    ("provider", "dataset", "since", "products"),
    (
        Field("provider", "string", "Slug of the provider"),
        Field("dataset", "string", "The data set that covers it; empty for our own readings"),
        Field("since", "datetime", "Start"),
        Field("until", "datetime", "End"),
        Field("products", "array", "What of the provider it speaks of; empty: the whole"),
    ),
    (PROVIDER, Reference(("dataset",), "datasets", ("slug",))),
)
LEADERBOARD = Table(
    "leaderboard",
    "Ranks with uncertainty, every period",
    ("period", "provider"),
    (
        *PERIOD,
        Field("provider", "string", "Slug of the provider"),
        Field("written_by", "string", "Who writes its status page; the two are ranked apart", WRITERS),
        Field("best_rank", "integer", "Best rank the evidence allows, 90% for all at once; empty if not ranked"),
        Field("worst_rank", "integer", "Worst rank the evidence allows"),
        *_range("share", "Share of monitored time with no reported incident"),
        *_interval("interval", "the share"),
        Field("incidents", "integer", "Counted incidents"),
        Field("covered_seconds", "integer", "Covered time in the period"),
        Field("why_not_ranked", "string", "Why there is no rank"),
        Field("worse_than", "array", "If not ranked: the ranked providers it does not reach even at its best"),
        Field("trend", "string", "Compared with the previous period", ("better", "worse", "same", "unknown")),
    ),
    (PROVIDER,),
)
NUMBERS = Table(
    "numbers",
    "Figures of every provider in every period and month, and of its parts in the last 365 days",
    ("provider", "period", "part_kind", "part"),
    (
        Field("provider", "string", "Slug of the provider"),
        *PERIOD,
        Field("part_kind", "string", "What the figures are of", PARTS),
        Field("part", "string", "Slug of the part; empty: the provider as a whole"),
        Field("covered_seconds", "integer", "Covered time in the period"),
        Field("elapsed_seconds", "integer", "Length of the period, as far as it has passed"),
        Field("incidents", "integer", "Counted incidents that started in it"),
        *_range("share", "Share of monitored time with no reported incident"),
        *_interval("interval", "the share"),
        Field("why_no_interval", "string", "Why there is no interval"),
        *(
            column
            for formula in FORMULAS[1:]
            for column in _range(formula.slug.replace("-", "_"), f"The share by the weights of {formula.name}")
        ),
        *(
            column
            for each in CLASSES[1:]
            for column in _range(f"{each}_or_worse_seconds", f"Covered seconds in which {each} or worse was reported")
        ),
        Field("rate", "number", "Counted incidents per 30 days of data"),
        *_interval("rate", "the rate"),
        Field("lengths", "integer", "Counted incidents of known length above zero"),
        Field("median_seconds", "number", f"Median {LENGTH}; empty below 5"),
        Field("p90_seconds", "number", f"90th percentile {LENGTH}; empty below 20"),
        Field("longest_seconds", "integer", f"Longest {LENGTH}"),
        Field("posted_late", "integer", "Counted incidents first posted at or after their end"),
        Field("zero_length", "integer", "Counted incidents that end when they start"),
        Field("without_end", "integer", "Counted incidents that may last in the period and have no recorded end"),
        Field(
            "several_intervals",
            "integer",
            "Counted incidents that may last in the period and of which only the sum of several intervals is known",
        ),
        Field("severity_unknown", "integer", "Counted incidents without a rating we know"),
        Field("scope_unknown", "integer", "Incidents that are not counted because nothing says whether they apply"),
    ),
    (PROVIDER,),
)
WORKING_HOURS = Table(
    "working_hours",
    "Working hours (09:00 to 17:00, Monday to Friday) without an incident, in five time zones",
    ("provider", "period", "zone"),
    (
        Field("provider", "string", "Slug of the provider"),
        *PERIOD,
        Field("zone", "string", "Name of the time zone (IANA)"),
        Field("covered_seconds", "integer", "Covered working hours"),
        Field("incidents", "integer", "Counted incidents that started in these hours"),
        *_range("share", "Share of covered working hours with no reported incident"),
        *_interval("interval", "the share"),
    ),
    (PROVIDER,),
)
BACKUPS = Table(
    "backups",
    "Every pair of providers over the last two years: whether they fail together",
    ("family", "first", "first_part", "second", "second_part"),
    (
        Field("family", "string", "What was tested together: providers, or services with one capability"),
        Field("first", "string", "Slug of one provider"),
        Field("first_part", "string", "Slug of the part compared; empty: the whole"),
        Field("second", "string", "Slug of the other"),
        Field("second_part", "string", "Likewise"),
        Field("covered_seconds", "integer", "Time covered for both"),
        Field("first_seconds", "integer", "Of it, with an incident of the first"),
        Field("second_seconds", "integer", "With an incident of the second"),
        Field("both_seconds", "integer", "With incidents of both"),
        Field("second_given_first", "number", "Share of the first's incident time in which the second had one, too"),
        *_interval("second_given_first", "it"),
        Field("first_given_second", "number", "The same, vice versa"),
        *_interval("first_given_second", "it"),
        Field("lift", "number", "Both, as a multiple of what independence gives within 28 days"),
        *_interval("lift", "the lift"),
        Field(
            "nearness", "number", "Of the starts: near 0 if none lie within an hour of each other; empty: not tested"
        ),
        Field("nearness_by_chance", "number", "Its mean when one of the two histories is shifted in time"),
        Field("p", "number", "Chance of such nearness without dependence"),
        Field("p_adjusted", "number", "The same by Holm's correction over the family"),
        Field("fail_together", "boolean", "p_adjusted is at most 0.05; empty: not tested"),
        Field("one_uses_the_other", "boolean", "By the provider files"),
        Field("both_use", "array", "Makers both use, by the provider files"),
        Field("both_need", "array", "Makers without whose models both have nothing to offer"),
        Field("lacking", "string", "What is missing to judge the pair"),
        Field("second_for_first", "string", f"The second as a backup of the first: {BACKUP}", PARTS_OF_BACKUPS),
        Field("first_for_second", "string", "The first as a backup of the second, likewise", PARTS_OF_BACKUPS),
    ),
    (Reference(("first",), "providers", ("slug",)), Reference(("second",), "providers", ("slug",))),
)
CLAIMS = Table(
    "claims",
    "Claims in articles, and what the archive says of each",
    ("article", "number"),
    (
        Field("article", "string", "Address of the article"),
        Field("number", "integer", "Place among its claims; what was said stands there"),
        Field("by", "string", "Who said it"),
        Field("verdict", "string", "What the archive shows", ("supported", "contradicted", "undecidable")),
        Field("computed", "boolean", "By the archive; else by an editor"),
        Field("question", "string", "What the archive was asked"),
        Field("expected", "string", "The answer the claim needs"),
        Field("unit", "string", "Of the answer: share, seconds, number, yes, moment (seconds since 1970) or rank"),
        *_range("answer", "What the archive says"),
        Field("n", "integer", "Incidents the answer rests on"),
        Field("k", "integer", "Of these, how many are meant"),
        *_interval("interval", "the answer"),
    ),
)
TRIALS = Table(
    "forecast_trials",
    "Forecasts of past incidents, made again for the scorecard",
    ("provider", "incident", "elapsed_minutes"),
    (
        Field("provider", "string", "Slug of the provider"),
        Field("incident", "string", "The id of the incident"),
        Field("elapsed_minutes", "integer", "Since its start"),
        Field("remaining_minutes", "number", "What became of it"),
        *(
            Field(
                f"q{level * 100:.0f}", "number", f"Over by then with {level:.0%} probability, minutes from that moment"
            )
            for level in LEVELS
        ),
        Field(
            "loss", "number", "Quantile loss in log(1 + minutes), summed over the five; empty: no forecast was given"
        ),
        Field("loss_plain", "number", "The same of the provider's earlier durations; empty without any"),
        Field("loss_press", "number", "The same of “2 to 4 hours”"),
    ),
    (PROVIDER, INCIDENT),
)
TABLES = (
    INCIDENTS,
    UPDATES,
    COVERAGE,
    LEADERBOARD,
    NUMBERS,
    WORKING_HOURS,
    BACKUPS,
    CLAIMS,
    TRIALS,
    PROVIDERS,
    COMPONENTS,
    DATASETS,
)

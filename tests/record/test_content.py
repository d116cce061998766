"""What people wrote is well formed, and every figure in the articles is computed again from the archive.

The archive is read here with a few lines of its own, independent of the code it checks.
"""

import csv
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from statistics import median
from textwrap import dedent
from typing import NamedTuple

import pytest

from almanac.archive import slug_of
from almanac.build.routes.addresses import leads
from almanac.claims import Evidence, Figure
from almanac.commands import new_report
from almanac.content import articles, forms, frontmatter, providers
from almanac.model import Provider
from almanac.snapshot import load as snapshot
from almanac.stats import windows
from almanac.stats.formulas import FORMULAS
from almanac.text.markdown import article as article_html
from almanac.views import datasets
from almanac.views.articles import filled

CONTENT = Path(__file__).resolve().parents[2] / "content"
ARTICLES = sorted((CONTENT / "articles").rglob("*.md"))
PAGES = sorted((CONTENT / "pages").glob("*.md"))


# Providers


@cache
def by_slug() -> dict[str, Provider]:
    return {provider.slug: provider for provider in providers.load(CONTENT)}


def test_everyone_the_site_promises_to_watch_is_there() -> None:
    assert set(by_slug()) == {
        "anthropic",
        "assemblyai",
        "aws",
        "azure",
        "baseten",
        "cerebras",
        "character-ai",
        "cohere",
        "cursor",
        "deepgram",
        "deepseek",
        "elevenlabs",
        "fireworks",
        "github",
        "google-cloud",
        "groq",
        "huggingface",
        "jetbrains-ai",
        "mistral",
        "modal",
        "openai",
        "openrouter",
        "perplexity",
        "replicate",
        "replit",
        "runway",
        "stability",
        "together",
        "vercel",
        "windsurf",
        "xai",
    }


def test_no_address_is_from_memory() -> None:
    barriers = [(slug, barrier) for slug, p in by_slug().items() for barrier in (p.closed, p.unreadable) if barrier]
    named = [(slug, p.evidence) for slug, p in by_slug().items()]
    named += [(feed.url, feed.evidence) for p in by_slug().values() for feed in p.feeds]
    named += [(feed.url, feed.evidence) for p in by_slug().values() for feed in p.former]
    named += [(slug, barrier.evidence) for slug, barrier in barriers]
    assert [place for place, evidence in named if not re.match(r"[\w-]+/[\w.-]+, ", evidence)] == []


def test_who_left_and_who_cannot_be_read_is_said() -> None:
    assert {slug for slug, p in by_slug().items() if p.closed} == {"character-ai"}
    assert {slug for slug, p in by_slug().items() if p.unreadable} == {"deepseek", "mistral"}
    assert {slug for slug, p in by_slug().items() if not p.feeds} == {"character-ai", "mistral"}


def test_pages_that_carry_more_than_ai_say_what_of_them_is() -> None:
    assert {slug for slug, p in by_slug().items() if p.scope} == {
        "aws",
        "azure",
        "github",
        "google-cloud",
        "replicate",
        "vercel",
    }


def test_pages_written_by_probes_are_marked() -> None:
    assert {slug for slug, p in by_slug().items() if p.written_by == "machine"} == {"fireworks", "together"}


def test_what_a_component_can_do_its_provider_can_do() -> None:
    parts = {slug: {c.capability for c in p.components} - {"other"} for slug, p in by_slug().items()}
    assert {slug: can - set(by_slug()[slug].capabilities) for slug, can in parts.items()} == {
        slug: set() for slug in by_slug()
    }


@pytest.mark.shared
def test_a_feed_is_called_verified_only_if_it_was_recorded(shared: Path) -> None:
    folders = [*(shared / "recordings").iterdir(), *(shared / "recordings-second").iterdir()]
    recorded = {folder.name for folder in folders if folder.is_dir()}
    verified = {slug for slug, p in by_slug().items() if any(feed.verified for feed in p.feeds)}
    assert verified == {"anthropic", "aws", "azure", "github", "google-cloud", "huggingface", "openai", "xai"}
    assert verified <= recorded


@pytest.mark.shared
def test_every_component_in_the_facts_belongs_somewhere_or_is_known_not_to(shared: Path) -> None:
    named: dict[str, set[str]] = defaultdict(set)
    with (shared / "facts" / "incidents.csv").open() as lines:
        for row in csv.DictReader(lines):
            named[row["provider"]] |= set(filter(None, row["components"].split(";")))
    nowhere = {
        slug: names - {name for c in by_slug()[slug].components for name in c.match} for slug, names in named.items()
    }
    assert set(named) <= set(by_slug())
    assert {slug: names for slug, names in nowhere.items() if names and slug != "google-cloud"} == {
        **{slug: {"Uncategorised"} for slug in ("cursor", "groq", "jetbrains-ai", "windsurf")},
        "github": {"Visit www"},
    }
    assert named["google-cloud"] - nowhere["google-cloud"] == {
        "AI Platform Prediction",
        "AI Platform Training",
        "Cloud Machine Learning",
        "Cloud Talent Solution - Job Search",
        "Cloud Vision",
        "Vertex AI Online Prediction",
        "Vertex AI Training",
    }


# Articles and pages


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_articles_keep_to_the_form(path: Path) -> None:
    values, faults = forms.check(forms.ArticleForm, frontmatter.read(path.read_bytes(), path.name))
    assert [str(fault) for fault in faults] == []
    assert set(values["providers"]) <= set(by_slug())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-[a-z0-9-]+", path.stem)
    assert path.parent.name == path.stem[:4]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_articles_cite_incidents_that_the_archive_holds(path: Path) -> None:
    values = frontmatter.read(path.read_bytes(), path.name).values
    cited = {tuple(key.split("/", 1)) for key in values.get("incidents", ())}
    assert {(provider, i.id) for provider in {p for p, _ in cited} for i in archive(provider)} >= cited
    linked = set(re.findall(r"\]\(/incidents/([^/]+)/([^/]+)/\)", path.read_text()))
    assert linked <= {(provider, slug_of(raw)) for provider, raw in cited}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pages_keep_to_the_form_and_have_no_second_h1(path: Path) -> None:
    matter = frontmatter.read(path.read_bytes(), path.name)
    values, faults = forms.check(forms.PageForm, matter)
    assert [str(fault) for fault in faults] == []
    assert values["summary"]
    assert re.findall(r"(?m)^# ", matter.body) == []


def contribute() -> str:
    return (CONTENT / "pages" / "contribute.md").read_text()


def examples() -> list[str]:
    blocks = re.findall(r"(?m)(?:^(?:    .*)?\n)+", contribute())
    return [dedent(block).strip() + "\n" for block in blocks if block.strip().startswith("---")]


def table(heading: str) -> list[str]:
    section = contribute().partition(f"\n{heading}\n")[2].partition("\n##")[0]
    return [name for row in re.findall(r"(?m)^\| (`.*?) \|", section) for name in re.findall(r"`(\w+)`", row)]


def test_the_examples_for_contributors_pass_the_check() -> None:
    known = [frontmatter.read(example.encode(), "example.md") for example in examples()]
    article = next(example for example in known if "authors" in example.values)
    provider = next(example for example in known if "slug" in example.values)
    assert forms.check(forms.ArticleForm, article)[1] == ()
    assert forms.check(forms.ProviderForm, provider)[1] == ()
    assert (article.body.strip(), provider.body.strip()) == (
        "The text, in Markdown. Headings begin with ##.",
        "A sentence or two about it, in your own words.",
    )


def test_contributors_are_told_of_every_field() -> None:
    assert set(table("### The fields")) == set(forms.ArticleForm.model_fields)
    assert set(table("## Add a provider")) == set(forms.ProviderForm.model_fields)


def anchors(path: Path) -> set[str]:
    shown = article_html(frontmatter.read(path.read_bytes(), path.name).body)
    return set(re.findall(r'<h\d id="([^"]+)"', shown))


def test_what_the_site_links_to_the_method_explains(root: Path) -> None:
    sources = [*(root / "theme" / "templates").glob("*.html"), *(root / "plugins" / "almanac" / "views").glob("*.py")]
    texts = [path.read_text() for path in sources]
    linked = {anchor for text in texts for anchor in re.findall(r'/methodology/#([a-z-]+)|\bhow="([a-z-]+)"', text)}
    assert {one or other for one, other in linked} - anchors(CONTENT / "pages" / "methodology.md") == set()


def test_links_between_pages_lead_somewhere() -> None:
    headings = {path.stem: anchors(path) for path in PAGES}
    for path in PAGES:
        text = path.read_text()
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings[path.stem]
        for page, anchor in re.findall(r"\]\(/([a-z-]+)/(?:#([^)]+))?\)", text):
            assert page in headings or leads(f"{page}/")
            assert not anchor or anchor in headings[page]


# The figures of the first article


class Incident(NamedTuple):
    id: str
    impact: str
    kind: str
    since: datetime
    until: datetime | None
    components: int
    updates: tuple[tuple[datetime, str], ...]

    @property
    def length(self) -> timedelta:
        return self.until - self.since if self.until else timedelta()


@cache
def archive(provider: str) -> tuple[Incident, ...]:
    return tuple(sorted(map(incident, (CONTENT / "incidents" / provider).rglob("*.md")), key=lambda i: i.since))


def incident(path: Path) -> Incident:
    head, _, body = path.read_text().removeprefix("---\n").partition("\n---\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    ended = facts.get("ended", "unknown")
    updates = re.findall(r"(?m)^## (\d{4}-\S+Z) (\w+)", body)
    return Incident(
        facts["id"].strip("'\""),
        facts["impact"],
        facts["kind"],
        at(facts["started"]),
        None if ended == "unknown" else at(ended),
        len(facts.get("components", "").split(", ")),
        tuple((at(time), phase) for time, phase in updates),
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(number: int, month: int = 3) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def started(since: datetime, until: datetime) -> list[Incident]:
    return [i for i in archive("anthropic") if since <= i.since < until and i.kind in ("outage", "degradation")]


def grave(incidents: list[Incident]) -> list[Incident]:
    return [i for i in incidents if i.impact in ("major", "critical")]


def merged(incidents: list[Incident]) -> timedelta:
    total, reach = timedelta(), datetime.min.replace(tzinfo=UTC)
    for each in sorted(incidents, key=lambda i: i.since):
        assert each.until
        total += max(each.until - max(each.since, reach), timedelta())
        reach = max(reach, each.until)
    return total


def spoken(length: timedelta) -> str:
    hours, rest = divmod(int(length.total_seconds()), 3600)
    minutes, seconds = divmod(rest, 60)
    return " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if n)


@pytest.fixture(scope="module")
def article() -> str:
    return " ".join((CONTENT / "articles" / "2026" / "2026-03-02-claude-outage.md").read_text().split())


@pytest.fixture(scope="module")
def outage() -> Incident:
    return next(i for i in archive("anthropic") if i.id == "0ghc53zpsfmt")


def test_the_outage_is_told_as_the_archive_has_it(article: str, outage: Incident) -> None:
    assert outage.until
    assert f"reported on 2 March at {outage.since:%H:%M} UTC and closed {spoken(outage.length)} later" in article
    assert f"on 2 March 2026 at {outage.since:%H:%M:%S} UTC, rated it {outage.impact}, and closed it at " in article
    assert f"closed it at {outage.until:%H:%M:%S} UTC" in article
    rows = re.findall(r"\| (\d\d:\d\d) \|", article)
    assert rows == [f"{time:%H:%M}" for time, _ in outage.updates]
    assert len(rows) == 8
    assert "eight updates" in article
    assert outage.components == 5


def test_the_turn_on_the_api_is_timed_right(article: str, outage: Incident) -> None:
    cleared, identified, retracted = outage.updates[2][0], outage.updates[3][0], outage.updates[4][0]
    assert f"{cleared:%H:%M} {identified:%H:%M} {retracted:%H:%M}" == "12:21 13:22 13:37"
    minutes, seconds = divmod(int((retracted - cleared).total_seconds()), 60)
    assert f"For {minutes} min {seconds} s the page maintained" in article
    assert f"“Identified” came {spoken(identified - outage.since)} after the first post" in article
    assert [phase for _, phase in outage.updates].index("identified") == 3
    assert "postmortem" not in {phase for _, phase in outage.updates}


def test_nothing_was_reported_on_the_first_of_march(article: str, outage: Incident) -> None:
    before = max(i.until for i in archive("anthropic") if i.since < outage.since and i.until)
    assert [i for i in archive("anthropic") if i.since < day(2) and (i.until is None or i.until > day(1))] == []
    assert f"closed on 28 February at {before:%H:%M} UTC" in article
    assert before.date() == day(28, 2).date()
    assert f"For the {spoken(outage.since - before)} between them nothing was reported" in article


def test_it_was_the_second_of_march_wherever_people_live(article: str, outage: Incident) -> None:
    def clock(hours: int) -> str:
        return f"{outage.since + timedelta(hours=hours):%d %H:%M}"

    assert (clock(-8), clock(-10), clock(-11), clock(-12)) == ("02 03:49", "02 01:49", "02 00:49", "01 23:49")
    assert "it was 03:49 on the same day in San Francisco and 01:49 in Honolulu" in article


def test_the_rest_of_the_day_adds_up(article: str) -> None:
    monday = started(day(2), day(3))
    rows = re.findall(r"\| \[(\w+)\]\(\S+\) \| (\S+) \| (\S+) \| ([^|]+) \| (\w+) \|", article)
    assert rows == [(i.id, f"{i.since:%H:%M:%S}", f"{i.until:%H:%M:%S}", spoken(i.length), i.impact) for i in monday]
    assert f"that is {spoken(sum((i.length for i in monday), timedelta()))}." in article
    assert f"reported for {spoken(merged(monday))} of the day" in article
    assert f"The last was closed at {max(i.until for i in monday if i.until):%H:%M:%S} UTC" in article
    assert len(started(day(3), day(4))) == 5
    assert "On 3 March five more started." in article


def middle_length(incidents: list[Incident]) -> timedelta:
    """Return the median of their lengths."""
    return timedelta(seconds=median(i.length.total_seconds() for i in incidents))


def test_how_unusual_it_was_is_counted_right(article: str, outage: Incident) -> None:
    before = grave(started(datetime(2000, 1, 1, tzinfo=UTC), outage.since))
    shorter = sum(i.length < outage.length for i in before)
    assert f"Of the {len(before)} incidents rated major or critical" in article
    assert f"reported before, {shorter} were shorter" in article
    assert "the median was {{earlier}}. In" in article
    known = [each for each in before if each.length]  # the others start and end at once
    assert (
        middle(CONTENT / "articles/2026/2026-03-02-claude-outage.md", "earlier") == middle_length(known).total_seconds()
    )
    month = started(outage.since - timedelta(days=30), outage.since)
    assert f"reported {len(month)} incidents, {len(grave(month))} of them major or critical" in article


@cache
def evidence() -> Evidence:
    return Evidence(snapshot.load(CONTENT, datetime(2026, 11, 22, tzinfo=UTC)))


def printed(path: Path) -> str:
    """Return the text of an article with its figures filled in, as readers see it, on one line."""
    written, _ = articles.read(path.read_bytes(), path.relative_to(CONTENT).as_posix())
    assert written
    figures = {name: evidence().ask(query) for name, query in written.figures}
    shown = re.sub("<[^>]+>", " ", filled(written.html, figures))
    return re.sub(r" (?=[.,;:)%])", "", " ".join(unescape(shown).split()))


def test_the_rule_of_two_to_four_hours_is_held_against_a_year() -> None:
    article = printed(CONTENT / "articles" / "2026" / "2026-03-02-claude-outage.md")
    year = grave(started(day(1).replace(year=2025), day(1)))
    within = sum(timedelta(hours=2) <= i.length <= timedelta(hours=4) for i in year)
    sooner = sum(timedelta() < i.length < timedelta(hours=2) for i in year)
    unknown = sum(not i.length for i in year)  # start and end are equal
    assert f"there were {len(year)} incidents of Claude rated major or critical" in article
    for count, words in ((within, "lasted two to four hours"), (sooner, "were over sooner")):
        low, high = (f"{number / len(year):.1%}" for number in (count, count + unknown))
        assert f"{count} ({low} to {high}) {words}" in article
    known = [i for i in year if i.length]
    assert f"the median was {spoken(middle_length(known)).partition(' min')[0]}" in article.replace(" 0", " ")


# The other articles: what they say in words


def figure(path: Path, name: str) -> Figure:
    written, _ = articles.read(path.read_bytes(), path.relative_to(CONTENT).as_posix())
    assert written
    return evidence().ask(dict(written.figures)[name])


def middle(path: Path, name: str) -> float:
    bounds = figure(path, name).bounds
    assert bounds
    return (bounds.low + bounds.high) / 2


UPTIME, BACKUPS, READING = (
    CONTENT / "articles" / "2026" / f"2026-06-{name}.md" for name in ("24-uptime", "25-backups", "26-status-page")
)


def test_formulas_that_count_degraded_hours_put_claude_ahead_and_the_others_chatgpt() -> None:
    ahead = [f.slug for f in FORMULAS if middle(UPTIME, f"claude-{f.slug}") > middle(UPTIME, f"chatgpt-{f.slug}")]
    assert ahead == ["all-equal", "aiwatch", "graded", "half-degraded"]
    assert ahead == [f.slug for f in FORMULAS if f.degraded]
    assert len(FORMULAS) == 7
    assert all(figure(UPTIME, f"{who}-{f.slug}").bounds for who in ("claude", "chatgpt") for f in FORMULAS)


def test_the_weights_in_the_table_are_those_that_are_computed_with() -> None:
    number = {"½": 0.5, "¼": 0.25, "¾": 0.75}
    rows = re.findall(r"(?m)^\| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \| \{\{claude-([a-z-]+)\}\}", UPTIME.read_text())
    told = {slug: tuple(number[w] if w in number else float(w) for w in weights) for *weights, slug in rows}
    assert told == {f.slug: (f.degraded, f.partial, f.full) for f in FORMULAS}


def worse(provider: str) -> float:
    since, until = datetime(2026, 5, 8, tzinfo=UTC), datetime(2026, 6, 24, tzinfo=UTC)
    known = [i for i in archive(provider) if since <= i.since < until and i.kind in ("outage", "degradation")]
    return len(grave(known)) / len(known)


def test_claude_calls_a_third_and_chatgpt_an_eighth_worse_than_degraded() -> None:
    assert worse("anthropic") == pytest.approx(1 / 3, abs=0.03)
    assert worse("openai") == pytest.approx(1 / 8, abs=0.01)


def test_claude_and_chatgpt_share_more_hours_than_if_they_had_nothing_to_do_with_each_other() -> None:
    assert middle(BACKUPS, "chatgpt-while-claude") > 1 - middle(BACKUPS, "chatgpt")
    assert middle(BACKUPS, "claude-while-chatgpt") > 1 - middle(BACKUPS, "claude")
    assert middle(BACKUPS, "early") > 1 - middle(BACKUPS, "early-chatgpt")


PAIR = CONTENT / "articles/2026/2026-11-30-claude-and-chatgpt.md"


def test_in_each_half_year_they_overlap_more_than_by_chance_and_never_surely() -> None:
    for half in ("first", "second", "third", "fourth"):
        overlap, by_chance = figure(PAIR, f"{half}-half"), 1 - middle(PAIR, f"{half}-free")
        assert middle(PAIR, f"{half}-half") > by_chance
        assert overlap.interval
        assert overlap.interval.low < by_chance < overlap.interval.high


@pytest.mark.parametrize(
    ("overlap", "free"),
    [
        ("openai-while-claude", "openai-free"),
        ("claude-while-openai", "claude-free"),
        ("chatgpt-while-claude", "chatgpt-free"),
        ("api-while-claude", "api-free"),
    ],
)
def test_what_their_overlap_would_be_if_they_were_independent_is_within_its_interval(overlap: str, free: str) -> None:
    interval = figure(PAIR, overlap).interval
    assert interval
    assert interval.low < 1 - middle(PAIR, free) < interval.high


def test_late_posts_are_a_habit_of_some_and_not_of_others() -> None:
    late = {name: middle(READING, f"{name}-late") for name in ("claude", "chatgpt", "groq", "deepseek", "perplexity")}
    assert {name for name, share in late.items() if share > 0.5} == {"perplexity"}


def test_the_report_of_june_is_what_the_archive_drafts() -> None:
    """Its table, its figures and its longest incidents; the words around them are a person's."""
    report = CONTENT / "articles" / "2026" / "2026-06-30-june-2026.md"
    known = evidence().almanac
    draft = new_report.compose(known, evidence(), windows.month(2026, 6), datetime(2026, 11, 22, 13, 25, tzinfo=UTC))
    written = frontmatter.read(report.read_bytes(), "r.md")
    drafted = frontmatter.read(draft.text.encode(), "d.md")
    keys = ("figures", "incidents", "providers", "sources", "title", "date")
    assert {key: written.values[key] for key in keys} == {key: drafted.values[key] for key in keys}
    rows = re.findall(r"(?m)^\| \[.*$", drafted.body)
    assert re.findall(r"(?m)^\| \[.*$", written.body) == rows
    assert forms.check(forms.ArticleForm, drafted)[1] != ()  # a draft has no author and no summary


def test_the_longest_incidents_of_june_are_the_longest() -> None:
    text = (CONTENT / "articles" / "2026" / "2026-06-30-june-2026.md").read_text()
    listed = re.findall(r"(?m)^\| \[[^\]]+\]\(/incidents/([a-z-]+)/([^/]+)/", text)
    june = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    shown = evidence().almanac.cards.keys() & set(frontmatter.read(text.encode(), "r.md").values["providers"]) - {
        "github"
    }
    lengths = sorted(
        (
            i.length
            for p in shown
            for i in archive(p)
            if june[0] <= i.since < june[1] and i.kind in ("outage", "degradation")
        ),
        reverse=True,
    )
    by_slug_of = {(p, slug_of(i.id)): i.length for p in shown for i in archive(p)}
    assert [by_slug_of[found] for found in listed] == lengths[:5]


YEAR, LEFT_OUT = (CONTENT / "articles" / "2026" / f"2026-11-30-{name}.md" for name in ("year-2025", "left-out"))


@pytest.mark.parametrize("name", ["claude", "chatgpt"])
def test_in_2025_both_reported_more_than_the_year_before_by_far(name: str) -> None:
    after, before = figure(YEAR, f"{name}-count").interval, figure(YEAR, f"{name}-before").interval
    assert after
    assert before
    assert after.low > before.high
    assert middle(YEAR, name) < middle(YEAR, f"{name}-share-before")


def test_incidents_rated_none_count_among_all() -> None:
    assert 0 < middle(LEFT_OUT, "none") < middle(LEFT_OUT, "all") / 4


def test_the_incident_that_was_dated_back_was_posted_on_its_last_days() -> None:
    back = next(i for i in archive("openai") if i.id == "01KKAD2PHFBC0DP0X6ZQTJJ4D4")
    assert (back.since.date(), back.until and back.until.date()) == (day(1).date(), day(10).date())


def test_the_readme_says_how_many_providers_have_a_feed() -> None:
    number = sum(bool(provider.feeds) for provider in providers.load(CONTENT))
    readme = (CONTENT.parent / "README.md").read_text("utf-8")
    assert re.findall(r"(\d+)\s+providers", readme) == [str(number)] * 2


# Data sets


def test_every_data_set_of_the_archive_is_described() -> None:
    known = evidence().almanac
    assert set(datasets.slugs(known)) == {one.slug for one in known.datasets}

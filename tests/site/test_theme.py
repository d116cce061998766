"""The theme prints every page as its value says: safely, readably, in few bytes, and the same frame around each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from almanac import views
from almanac.build.settings import BuildSettings
from almanac.build.templates import Templates
from almanac.model import Card, Impact, Incident, Phase, Provider, Revision, Update
from almanac.snapshot import Snapshot
from almanac.text import markdown
from tests.support import shots
from tests.support.almanacs import (
    CLAUDE,
    COPILOT,
    GROQ,
    NOW,
    PROJECT,
    TOGETHER,
    almanac,
    at,
    carded,
    incident,
    pulls,
    read_feed,
)
from tests.unit.test_views import ARTICLE, component_page, front_page, provider_page, six

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "theme/templates"
STYLE = ROOT / "theme/static/site.css"
HOSTILE = "<script>alert('x')</script>\"onload=\"x"

DATA = '<script type="application/ld+json">'  # data, which no browser runs

OWN = re.compile(r'<script type="module" blocking="render" src="/theme/now\.js\?[0-9a-f]{8}"></script>')
OURS = re.compile(r'<script type="module"(?: blocking="render")? src="/theme/[a-z]+\.js\?[0-9a-f]{8}"></script>')

CHANGED = Update(
    at=at("02 10:30"),
    phase=Phase.IDENTIFIED,
    text="Some *methods* fail.",
    was=(Revision(text="All methods fail.", until=at("02 11:00")),),
)
INCIDENTS = [
    incident(until=""),
    incident("changed", "02 10:00", "02 11:00", updates=(CHANGED,), vanished=NOW),
    incident("late", "01 10:00", "01 10:00", impact=Impact.UNKNOWN),
    incident("hostile", "2025-12-01 10:00", "2025-12-01 11:00", title=HOSTILE, components=(HOSTILE,)),
    incident("ours", "2026-02-20 10:00", "", imported=HOSTILE, title_is_ours=True, provider="groq"),
    incident("pages", "02 12:00", "02 12:30", provider="github", components=("Pages",)),
]


def busy() -> Snapshot:
    """Return a world with everything in it: open, late, changed, taken away, hostile and unknown."""
    failing = read_feed(GROQ.feeds[0].url, error=HOSTILE, error_since=at("01 10:00"))
    return almanac(
        INCIDENTS,
        providers=(CLAUDE, GROQ, COPILOT, TOGETHER),
        watched=[
            pulls("anthropic", feeds=(read_feed(),)),
            pulls("groq", feeds=(failing,)),
            pulls("github", until=at("2026-02-20 00:00")),
        ],
        articles=(ARTICLE.card, replace(ARTICLE.card, title=HOSTILE, summary=HOSTILE, url="/articles/2026/x/")),
    )


def pages_of(known: Snapshot, incidents: Iterable[Incident] = ()) -> list[tuple[str, Any]]:
    """Every page of an almanac with the name of its template."""
    records, by_month, near = views.records(known), views.months(known), views.Surroundings(known)
    body = markdown.article("## Time\n\nAll times are UTC.")
    return [
        ("home", front_page(known)),
        ("incidents", views.incidents(known, by_month)),
        *(("month", views.month(known, by_month, *key)) for key in by_month),
        ("providers", views.providers(known)),
        *(("provider", provider_page(known, provider)) for provider in known.providers),
        *(
            ("provider_year", views.provider_year(provider, views.by_year(known.cards[provider.slug]), 2026))
            for provider in _with_2026(known)
        ),
        ("leaderboard", views.leaderboard(known, records)),
        ("backups", views.backups(records, project=PROJECT)),
        *(("backups", views.backups(records, name, PROJECT)) for name in views.backup_slugs(PROJECT)),
        ("forecast", views.forecast(known, {})),
        *(("numbers", views.numbers(records, provider, ())) for provider in known.providers),
        ("articles", views.articles(known)),
        ("article", views.article(views.beside(known, {}, ARTICLE.card), ARTICLE)),
        ("page", views.page("Methodology", "/methodology/", HOSTILE, body)),
        ("status", views.status(known)),
        ("not_found", views.not_found(known)),
        ("search", views.search(known, by_month)),
        ("comparisons", views.comparisons(known, views.closed(known))),
        *(
            (
                "comparisons",
                views.comparisons_of(known, views.closed(known), views.verdicts(known, views.closed(known)), one),
            )
            for one in views.in_comparison(known)
        ),
        *(
            (
                "compare",
                views.compare(views.Sides(known), views.closed(known), views.PairVerdict("No.", "It is not."), *pair),
            )
            for pair in views.compared(known)
        ),
        *(("component", component_page(known, *part)) for part in views.all_parts(known)),
        *(("incident", views.incident(near.of(carded(i)), i, carded(i))) for i in incidents),
        *(("replay", views.replay(near.of(card), i, card)) for i in incidents if views.is_replayed(card := carded(i))),
        ("edits", views.edits(known, _texts(incidents))),
        *(("edits", views.edits_of_month(known, _texts(incidents), *key)) for key in views.edited_months(known)),
    ]


def _texts(incidents: Iterable[Incident]) -> Callable[[Card], Incident]:
    by_id = {found.id: found for found in (*incidents, *INCIDENTS)}
    return lambda card: by_id[card.id]


def _with_2026(known: Snapshot) -> list[Provider]:
    return [p for p in known.providers if any(card.file.split("/")[1] == "2026" for card in known.cards[p.slug])]


def printed(pages: Iterable[tuple[str, Any]], url: str = "https://almanac.example") -> dict[str, str]:
    """Return the HTML of pages by their path, as a build prints them."""
    with TemporaryDirectory() as folder:
        templates = Templates(
            BuildSettings(
                content=ROOT / "content",
                theme=ROOT / "theme",
                output=Path(folder) / "output",
                now=NOW,
                site_url=url,
                project=PROJECT,
                site_id="tag:almanac.example,2026:",
                jinja={"autoescape": True, "trim_blocks": True, "lstrip_blocks": True},
            )
        )
        return {page.head.path: templates.page(name, page).decode() for name, page in pages}


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    return printed(pages_of(busy(), INCIDENTS))


@pytest.fixture(scope="module")
def soups(site: dict[str, str]) -> dict[str, BeautifulSoup]:
    return {path: BeautifulSoup(html, "lxml") for path, html in site.items()}


def words_of(tag: object) -> str:
    """Return what a reader reads, on one line with ordinary blanks."""
    assert isinstance(tag, Tag)
    return " ".join(tag.get_text(" ").split())


# The frame


def test_every_page_has_one_first_heading_a_title_and_its_address(soups: dict[str, BeautifulSoup]) -> None:
    for path, soup in soups.items():
        assert len(soup.find_all("h1")) == 1, path
        assert words_of(soup.title).endswith("– Outage Almanac"), path
        assert soup.find("link", rel="canonical")["href"] == f"https://almanac.example{path}"  # type: ignore[index]


def test_no_two_pages_share_a_title(soups: dict[str, BeautifulSoup]) -> None:
    titles = [words_of(soup.title) for soup in soups.values()]
    assert sorted(titles) == sorted(set(titles))


def test_navigation_and_footer_are_the_same_everywhere_but_for_where_one_is(site: dict[str, str]) -> None:
    def frame(html: str) -> tuple[str, str]:
        nav = re.search(r'<nav aria-label="Main">.*?</nav>', html, re.DOTALL)
        foot = re.search(r'<nav class="subscribe".*</footer>', html, re.DOTALL)
        assert nav is not None
        assert foot is not None
        same = re.sub(r'<p class="sheet">.*?</p>|<nav class="ways" aria-label="This page">.*?</nav>', "", foot[0])
        return nav[0].replace(' aria-current="true"', ""), same

    assert len({frame(html) for html in site.values()}) == 1
    assert 'aria-current="true">Leaderboard' in site["/leaderboard/"]
    assert "aria-current" not in site["/status/"]


def test_feeds_are_announced_the_pages_own_first(soups: dict[str, BeautifulSoup]) -> None:
    def feeds(path: str) -> list[str]:
        return [link["href"] for link in soups[path].find_all("link", rel="alternate")]

    forms, updates = ["atom.xml", "feed.xml", "feed.json"], ["updates.rss", "updates.xml"]
    assert feeds("/") == [f"/{form}" for form in [*forms, *updates]]
    home, part = "/providers/anthropic/", "/providers/anthropic/api/"
    own = [f"{folder}{form}" for folder in (home, "/") for form in [*forms, *updates]]
    assert feeds(home) == own
    assert feeds(part) == [f"{part}atom.xml", f"{part}updates.rss", *own]
    assert feeds("/articles/") == [*(f"/articles/{form}" for form in forms), *feeds("/")]


PRESENT = {
    "/",
    "/providers/",
    "/status/",
    "/incidents/anthropic/0ghc53zpsfmt/",
    *(f"/providers/{slug}/" for slug in ("anthropic", "groq", "github", "together")),
    *(f"/providers/anthropic/{slug}/" for slug in ("claude-ai", "api")),
}


def test_only_what_states_the_present_says_as_of_when_and_runs_a_script(site: dict[str, str]) -> None:
    assert {path for path, html in site.items() if "as of <b>" in html} == PRESENT
    assert {path for path, html in site.items() if OWN.search(html)} == PRESENT


def test_a_page_says_until_when_it_is_valid_and_what_it_will_say_then(soups: dict[str, BeautifulSoup]) -> None:
    line, notice = soups["/"].find(class_="dateline"), soups["/"].find(class_="expiry")
    assert words_of(line) == "2 March 2026 , as of 14:10 UTC valid until 15:10 data up to 14:10 UTC"
    assert isinstance(notice, Tag)
    assert "hidden" in notice.attrs
    assert words_of(notice) == (
        "No longer valid since 2 March 2026, 15:10 UTC: we do not know the status now. "
        "Below is what was reported up to 2 March 2026, 14:10 UTC."
    )
    assert soups["/providers/github/"].find(class_="expiry") is None
    assert words_of(soups["/providers/github/"].find(class_="dateline")) == (
        "2 March 2026 , as of 14:10 UTC data up to 20 February, 00:00 UTC"
    )


def test_what_the_script_looks_for_is_there_once(soups: dict[str, BeautifulSoup]) -> None:
    assert (ROOT / "theme/static/now.js").stat().st_size <= 3000
    for path in PRESENT:
        assert [len(soups[path].select(css)) for css in (".as-of", ".age", ".dateline .local")] == [1, 1, 1], path


def test_a_phone_has_a_way_to_the_navigation_at_the_foot(soups: dict[str, BeautifulSoup]) -> None:
    for path, soup in soups.items():
        assert [link["href"] for link in soup.select(".top nav .only")] == ["#menu"], path
        kept = {str(link["href"]) for link in soup.select(".top nav a:not(.only)")}
        assert kept <= {str(link["href"]) for link in soup.select("nav.ways a")}, path


def test_below_the_top_of_a_host_every_address_of_ours_begins_with_its_path() -> None:
    for path, html in printed(pages_of(busy(), INCIDENTS), "https://almanac.example/below").items():
        soup = BeautifulSoup(html, "lxml")
        addresses = [tag[name] for name in ("href", "src") for tag in soup.find_all(attrs={name: True})]
        ours = [address for address in addresses if str(address).startswith("/") and address != "/"]
        body = soup.find(class_="body")
        written = [a["href"] for a in body.find_all("a")] if isinstance(body, Tag) else []
        assert [a for a in ours if not str(a).startswith("/below/") and a not in written] == [], path


def test_a_site_that_does_not_know_its_address_states_none() -> None:
    html = printed([("articles", views.articles(almanac()))], "")["/articles/"]
    assert "canonical" not in html
    assert 'href="/theme/site.css?' in html


# Safety


def test_nothing_hostile_reaches_a_page_as_markup(site: dict[str, str]) -> None:
    for path, html in site.items():
        assert "<script" not in OURS.sub("", html.replace(DATA, "")), path
        assert not re.search(r"<[^>]*\sonload", html.replace("&#34;", "'")), path
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&#34;onload" in site["/incidents/anthropic/hostile/"]


def test_no_page_needs_what_a_strict_policy_forbids(soups: dict[str, BeautifulSoup]) -> None:
    for path, soup in soups.items():
        policy = str(soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"])  # type: ignore[index]
        script = "script-src 'self'; " if soup.find("script", src=True) else ""
        assert policy.startswith(f"default-src 'none'; {script}style-src 'self'; img-src 'self'"), path
        assert "unsafe" not in policy
        assert soup.find_all(["style", "iframe", "object", "form"]) == [], path
        assert [script for script in soup.find_all("script") if script.string and script["type"] == "module"] == [], (
            path
        )
        assert {script["type"] for script in soup.find_all("script")} <= {"application/ld+json", "module"}, path
        names = {name for tag in soup.find_all(True) for name in tag.attrs}
        assert {name for name in names if name == "style" or name.startswith("on")} == set(), path


def test_no_page_asks_another_host_for_anything(soups: dict[str, BeautifulSoup]) -> None:
    for path, soup in soups.items():
        loaded = [tag["href"] for tag in soup.find_all("link", rel=["stylesheet", "icon"])]
        loaded += [tag["src"] for tag in soup.find_all(attrs={"src": True})]
        assert [address for address in loaded if not str(address).startswith("/theme/")] == [], path


def test_templates_print_and_do_not_compute() -> None:
    filters = re.compile(r"\|\s*(?!safe\b)\w+")
    sums = re.compile(r"{{[^}]*[^\w\s.\"'(){}\[\]|,:/=–-][^}]*}}")
    for template in TEMPLATES.glob("*.html"):
        source = template.read_text()
        assert not filters.search(source), template.name
        assert not sums.search(source), (template.name, sums.search(source))


# Words


def test_silence_is_never_called_health(soups: dict[str, BeautifulSoup]) -> None:
    for path, soup in soups.items():
        said = words_of(soup.body).lower()
        for word in ("operational", "all systems", "uptime", "up and running"):
            assert word not in said, path


def test_the_sheet_knows_no_green() -> None:
    sheets = "".join(sheet.read_text() for sheet in STYLE.parent.glob("*.css"))
    for color in re.findall(r"#([0-9a-f]{6})", sheets):
        red, green, blue = (int(color[i : i + 2], 16) for i in (0, 2, 4))
        assert not (green > red + 30 and green > blue + 30), color


def test_every_number_links_to_a_section_that_exists(soups: dict[str, BeautifulSoup]) -> None:
    page = (ROOT / "content/pages/methodology.md").read_text().partition("\n---\n")[2]
    sections = set(re.findall(r'id="([^"]+)"', markdown.article(page)))
    linked = {
        str(link["href"]).partition("#")[2]
        for soup in soups.values()
        for link in soup.find_all("a", href=re.compile("^/methodology/#"))
    }
    assert linked - sections == set()
    assert {"coverage", "severity", "starts-and-ends", "current-state", "days", "posted-late"} <= linked


# What the pages say


def test_the_ledger_reads_as_a_sentence_a_row(soups: dict[str, BeautifulSoup]) -> None:
    rows = [words_of(row) for row in soups["/"].select(".ledger tbody tr")]
    assert rows == [
        "Claude Anthropic major 2 h 21 min since 11:49 UTC claude.ai and Claude API identified since 12:59 UTC",
        "Groq none reported at least 182 days",
        "GitHub Copilot unknown data ends 20 Feb",
    ]
    assert words_of(soups["/"].find(class_="unread")) == "No feed read yet: Together AI"


def test_an_incident_reads_from_top_to_bottom(soups: dict[str, BeautifulSoup]) -> None:
    main = soups["/incidents/anthropic/changed/"].find(id="main")
    assert isinstance(main, Tag)
    said = words_of(main)
    parts = [
        "Incident, 2 March 2026 · Claude (Anthropic)",
        "Elevated errors on claude.ai",
        "Resolved at 11:00 UTC.",
        "Started 10:00:00 UTC",
        "No longer in the provider’s feed since 2 March 2026, 14:10 UTC. It was reported, so it stays and counts.",
        "Timeline",
        "Updates, newest first in the provider’s words 10:30 Identified Some methods fail. after 30 min",
        "Later edits Update of 2 March 2026, 10:30 UTC, change seen 2 March 2026, 11:00 UTC",
        "All Some methods fail.",
        "Official incident page",
    ]
    places = [said.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert [str(tag) for tag in main.find_all(["del", "ins"])] == ["<del>All</del>", "<ins>Some</ins>"]


def test_charts_say_in_words_what_they_show(soups: dict[str, BeautifulSoup]) -> None:
    for path, soup in soups.items():
        for chart in soup.select("svg.bars, svg.chart"):
            assert chart.get("aria-hidden") or (chart.get("role") == "img" and chart.get("aria-label")), path
        for glyph in soup.select("svg.glyph"):
            assert glyph.get("aria-hidden") == "true", path


def test_every_glyph_that_is_used_is_drawn_once(soups: dict[str, BeautifulSoup]) -> None:
    for path, soup in soups.items():
        drawn = [part["id"] for part in soup.select("svg [id]")]
        assert sorted(set(drawn)) == sorted(drawn)
        assert {str(use["href"])[1:] for use in soup.find_all("use")} <= set(drawn), path


def test_every_class_that_is_printed_is_known_to_the_sheet_or_the_script(site: dict[str, str]) -> None:
    by_script = set(re.findall(r'"\.([a-z-]+)"', (ROOT / "theme/static/now.js").read_text()))
    unknown = {path: used_classes(html) - known_classes(html) - by_script for path, html in site.items()}
    assert {path: names for path, names in unknown.items() if names - {"unsaid"}} == {}


def used_classes(html: str) -> set[str]:
    return {name for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}


def known_classes(html: str) -> set[str]:
    """Return the classes of which the style sheets of a page say something."""
    return {name for sheet in sheets_of(html) for name in re.findall(r"\.([a-z][\w-]*)", sheet.read_text())}


def sheets_of(html: str) -> list[Path]:
    links = shots.SHEET.findall(html.encode())
    return [STYLE.parent / link.decode().partition("?")[0].rpartition("/")[2] for link in links]


def test_the_board_says_ranks_groups_and_reasons() -> None:
    page = views.leaderboard(known := six(), views.records(known))
    soup = BeautifulSoup(printed([("leaderboard", page)])["/leaderboard/"], "lxml")
    first = words_of(soup.select_one(".board tbody tr"))
    assert re.fullmatch(r"1(–\d)? P0 99\.\d% 12 4\.0 1 h \(12\) too few \(12\) 100%", first)
    said = words_of(soup.find(id="main"))
    assert re.search(r"P6 data for only 1\.\d% of the period \(60% needed\)", said)
    assert "Probes too few incidents: 0 (3 needed)" in said


def test_an_article_carries_its_sources_and_corrections(soups: dict[str, BeautifulSoup]) -> None:
    said = words_of(soups["/articles/2026/down/"].find("article"))
    for part in (
        "Analysis Down? What the record says. By A and B · published 2 March 2026, 18:20 UTC · updated 3 March 2026",
        "Correction, 3 March 2026, 09:05 UTC . There were four.",
        "Confirmed That it was. Unknown Why.",
        "Sources T , P. Secondary.",
    ):
        assert part in said


# Weight and colour


def heavy() -> Snapshot:
    """As long lists as there can be on one page."""
    name = "Elevated errors across several models and the console of the platform"
    return almanac([incident(f"{i:012}", f"02 {i // 60:02}:{i % 60:02}", "02 23:00", title=name) for i in range(400)])


@pytest.mark.slow
def test_no_page_weighs_more_than_fifty_kilobytes_with_its_sheet(site: dict[str, str]) -> None:
    pages = site | printed(pages_of(heavy())) | printed(pages_of(six()))
    weights = {
        path: len(html.encode()) + sum(sheet.stat().st_size for sheet in sheets_of(html))
        for path, html in pages.items()
    }
    assert {path: weight for path, weight in weights.items() if weight > shots.BUDGET} == {}


Color = tuple[float, float, float]
SIGHT = {  # how colours are seen (Machado, Oliveira and Fernandes 2009, severity 1), in linear RGB
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def tokens(scheme: str) -> dict[str, Color]:
    """Return the colours of the sheet in linear RGB, as light or dark sets them."""
    light, dark = re.findall(r":root {(.*?)}", STYLE.read_text(), re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", dark))
    return {name: _linear(value) for name, value in found.items()}


def _linear(color: str) -> Color:
    parts = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def contrast(one: Color, other: Color) -> float:
    """WCAG 2.2: the ratio of relative luminances."""
    high, low = sorted((0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(color: Color, sight: str) -> Color:
    """CIE L*a*b* (D65) of a colour as somebody sees it."""
    seen = [min(max(sum(m * c for m, c in zip(row, color, strict=True)), 0), 1) for row in SIGHT[sight]]
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    parts = [sum(m * c for m, c in zip(row, seen, strict=True)) / w for row, w in zip(matrix, white, strict=True)]
    x, y, z = (p ** (1 / 3) if p > 0.008856 else 7.787 * p + 16 / 116 for p in parts)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_and_graphics_be_seen(scheme: str) -> None:
    colors = tokens(scheme)
    papers = [colors["paper"], colors["wash"]]
    for name in ("ink", "soft", "accent", "major-text", "critical-text"):
        assert min(contrast(colors[name], paper) for paper in papers) >= 4.5, name
    for name in ("ok", "minor", "major", "critical", "unknown"):
        assert min(contrast(colors[name], paper) for paper in papers) >= 3, name


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_severities_stay_apart_for_every_eye(scheme: str, sight: str) -> None:
    seen = {name: lab(color, sight) for name, color in tokens(scheme).items()}
    for one, other in combinations(("ok", "minor", "major", "critical"), 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        assert distance >= 25, (one, other)

"""The press comes in by feed: what is kept of it, what it is tied to, that it comes once, and that a person decides."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml

from almanac import archive
from almanac.commands import curate
from almanac.content import forms, frontmatter, providers
from almanac.content.link_posts import Telling
from almanac.fetch import Hosts
from almanac.model import Card, FeedError, Impact, Kind
from almanac.news import Decided, InboxError, Item, Outlet, Sifted, StoryDraft, inbox, items, outlets, sift, story
from almanac.news.draft import canonical, in_order, quotation
from almanac.news.naming import Names
from almanac.news.ties import tie
from almanac.pull.news import STATE, Read, pull_press
from almanac.pull.report import Failure, NewsOutcome, Report, lines
from almanac.views import status
from tests.support import serving
from tests.support.almanacs import CLAUDE, COPILOT, GROQ, PROJECT, almanac, at, carded, incident
from tests.support.refusals import refusal
from tests.support.serving import Behaviour, Serving, watch

ROOT = Path(__file__).resolve().parents[2]
NOW = at("02 14:10")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAPER = Outlet(
    slug="paper", name="The Paper", home="https://paper.example/", feed="https://paper.example/feed", kind="press"
)
BOARD = replace(PAPER, slug="board", name="The Board", feed="https://board.example/feed", kind="community")
NAMES = Names((CLAUDE, COPILOT, GROQ), PROJECT.press)
MONDAY = carded(incident())


def item(title: str, text: str = "", *, after: int = 30, outlet: str = "paper", url: str = "") -> Item:
    """Return an item so many minutes after noon."""
    url = url or f"https://{outlet}.example/{'-'.join(title.lower().split())}"
    return Item(outlet=outlet, url=url, title=title, text=text, at=at("02 12:00") + after * MINUTE)


def sifted(
    *found: Item,
    drafts: tuple[StoryDraft, ...] = (),
    decided: tuple[Decided, ...] = (),
    cards: tuple[Card, ...] = (MONDAY,),
    now: datetime = NOW,
) -> Sifted:
    return sift(
        found,
        outlets={"paper": PAPER, "board": BOARD},
        names=NAMES,
        cards={"anthropic": cards},
        drafts=drafts,
        decided=decided,
        now=now,
    )


def told(found: Item, publisher: str = "The Paper") -> Telling:
    return Telling(url=found.url, title=found.title, publisher=publisher, at=found.at)


# Which items are kept


@pytest.mark.parametrize(
    ("title", "text", "who"),
    [
        ("Claude is down", "", {"anthropic"}),
        ("Claude down?", "", {"anthropic"}),
        ("Anthropic confirms Claude outage", "", {"anthropic"}),
        ("A quiet Monday", "Anthropic's chatbot is unavailable for many.", {"anthropic"}),
        ("GitHub Copilot and Claude go down together", "", {"anthropic", "github"}),
        ("Claude shows internal server errors", "", {"anthropic"}),
        ("Claude is back online", "", {"anthropic"}),
        ("Anthropic's API is returning 503s", "", {"anthropic"}),
        ("GitHub Copilot fails to respond hours after Claude outage", "", {"github"}),
    ],
)
def test_an_item_is_kept_if_a_sentence_names_a_provider_and_its_trouble(title: str, text: str, who: set[str]) -> None:
    named, why = NAMES.judge(title, text)
    assert ({name.provider for name in named}, why) == (who, "")


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [
        ("PlayStation Network is down", "", "names no provider"),
        ("Jean-Claude is down with a cold", "", "names no provider"),
        ("Claude learns to draw", "It is quick.", "names no trouble"),
        ("Claude learns to draw", "PlayStation is down.", "names a provider and trouble, but not in one sentence"),
        ("What to do if Claude is down", "", "names no trouble that is going on"),
        ("A year after the Claude outage", "", "names no trouble that is going on"),
        ("Anthropic denies Claude outage", "", "names no trouble that is going on"),
        ("Claude during a power outage", "", "names no trouble that is going on"),
        ("Anthropic winds Claude Instant down", "", "names no trouble that is going on"),
        ("Claude gains offline mode", "", "names no trouble"),
        ("Claude works offline", "", "names no trouble"),
        ("Anthropic disrupts the market", "", "names no trouble"),
    ],
)
def test_everything_else_is_dropped_and_the_reason_is_told(title: str, text: str, why: str) -> None:
    assert NAMES.judge(title, text) == ((), why)


def test_a_name_that_is_a_word_of_its_own_needs_a_witness() -> None:
    names = Names(
        [replace(GROQ, slug="gemini", name="Gemini", company="Google", aliases=("Google AI",))], PROJECT.press
    )
    assert names.judge("Gemini is down", "Traders of the exchange complain.") == ((), "names no provider")
    assert [named.name for named in names.judge("Gemini is down", "The chatbot does not answer.")[0]] == ["Gemini"]
    assert [named.name for named in names.judge("Gemini is down", "Google has no comment.")[0]] == ["Gemini"]


def test_the_company_of_a_shared_page_is_no_name_of_its_ai() -> None:
    shared = Names([replace(COPILOT, name="Gemini", company="Microsoft", aliases=())], PROJECT.press)
    assert [named.name for named in shared.judge("Gemini is down, Microsoft confirms", "")[0]] == ["Gemini"]
    assert shared.judge("Microsoft outage hits trains", "") == ((), "names no provider")
    assert Names([replace(GROQ, name="Groq", company="Megacorp")], PROJECT.press).judge("Megacorp outage", "")[0]


# What a draft says


def test_a_draft_holds_who_told_what_when_and_why_it_was_kept() -> None:
    found = item("Claude is down", "Anthropic says it is looking into it. " + "word " * 40)
    (draft,) = sifted(found).drafts
    assert draft == StoryDraft(
        tellings=(told(found),),
        quote="Anthropic says it is looking into it. " + "word " * 18 + "…",
        grade="press",
        providers=("anthropic",),
        incidents=("anthropic/0ghc53zpsfmt",),
        why="names Claude and “is down” in one sentence",
    )
    assert len(draft.quote.removesuffix(" …").split()) == 25


def test_a_quotation_leaves_out_the_call_to_read_on() -> None:
    assert quotation("It is down. Read more about it") == "It is down."
    assert quotation("") == ""


def test_the_grade_is_that_of_the_first_telling() -> None:
    (draft,) = sifted(item("Claude is down", outlet="board")).drafts
    assert draft.grade == "user-report"
    saved = replace(draft, file="inbox/a.md")
    (later,) = sifted(item("Claude suffers outage", after=40), drafts=(saved,)).drafts
    assert (later.grade, later.file, len(later.tellings)) == ("user-report", "inbox/a.md", 2)
    (earlier,) = sifted(item("Claude suffers outage", "It began at noon.", after=20), drafts=(saved,)).drafts
    assert (earlier.grade, earlier.file, earlier.quote) == ("press", "inbox/a.md", "It began at noon.")


def test_items_older_than_a_week_are_no_news() -> None:
    found = item("Claude is down")
    assert sifted(found, now=found.at + timedelta(days=7)).drafts
    assert sifted(found, now=found.at + timedelta(days=7, seconds=1)).dropped == ((found, "is older than a week"),)


# The same story from several is one


def test_one_outage_told_by_many_is_one_draft_in_order_of_time() -> None:
    late, early = item("Claude outage", after=90, outlet="board"), item("Claude is down", after=20)
    (draft,) = sifted(late, early).drafts
    assert draft.tellings == (told(early), told(late, "The Board"))


def test_an_address_with_tracking_is_the_same_address() -> None:
    plain = "https://paper.example/a/?id=7"
    for other in ("http://www.paper.example/a?id=7&utm_source=rss", "https://paper.example/a/?id=7&fbclid=x#comments"):
        assert canonical(other) == canonical(plain)
        assert len(sifted(item("Claude down?", url=plain), item("Claude down?", url=other)).drafts[0].tellings) == 1
    assert canonical("https://paper.example/a/?id=8") != canonical(plain)
    assert in_order([told(item("Later", after=9)), told(item("Sooner", after=1))])[0].title == "Sooner"


def test_two_outages_of_one_provider_are_two_drafts() -> None:
    second = carded(incident("second", "02 13:55", "02 14:05", impact=Impact.CRITICAL, components=("Cowork",)))
    first = carded(incident(until="02 12:30:00"))
    found = sifted(item("Claude is down", after=20), item("Cowork: Claude is down", after=118), cards=(first, second))
    assert [draft.incidents for draft in found.drafts] == [("anthropic/0ghc53zpsfmt",), ("anthropic/second",)]


def test_stories_that_no_incident_explains_are_one_if_they_are_close_or_alike() -> None:
    far = 300
    assert len(sifted(item("Claude is down"), item("Claude outage spreads", after=100), cards=()).drafts) == 1
    apart = sifted(item("Claude is down"), item("Claude outage spreads to Europe", after=far), cards=())
    assert len(apart.drafts) == 2
    alike = [item("Claude outage angers Oslo office"), item("Claude outage angers the Oslo office", after=far)]
    assert len(sifted(*alike, cards=()).drafts) == 1


def test_what_was_known_is_not_told_again_but_tied_anew() -> None:
    found = item("Claude is down")
    (draft,) = sifted(found, cards=()).drafts
    assert draft.incidents == ()
    saved = replace(draft, file="inbox/2026-03-02-claude-is-down.md")
    assert sifted(found, drafts=(saved,), cards=()) == Sifted()
    assert sifted(drafts=(saved,)).drafts == (replace(saved, incidents=("anthropic/0ghc53zpsfmt",)),)
    assert sifted(drafts=(saved,), now=NOW + timedelta(days=8)) == Sifted()


def test_a_story_that_was_decided_does_not_come_back_in_other_words() -> None:
    first, again = item("Claude is down"), item("Anthropic's outage goes on", after=70, outlet="board")
    (draft,) = sifted(first).drafts
    past = Decided(telling=draft.lead, word="dropped", providers=draft.providers, incidents=draft.incidents)
    assert sifted(first, again, decided=(past,)) == Sifted(
        dropped=((first, "tells a story that was decided: dropped"), (again, "tells a story that was decided: dropped"))
    )


# The incident it is tied to


def tied(title: str, when: datetime, *cards: Card) -> tuple[str, ...]:
    one = Telling(url="https://a.example/", title=title, publisher="A", at=when)
    return tie([one], "", ["anthropic"], {"anthropic": cards}, NAMES.noise)


def test_a_story_overlaps_an_incident_from_a_little_before_its_start_to_half_a_day_after_its_end() -> None:
    start, end = at("02 11:49:20"), at("02 15:47:09")
    for when, found in (
        (start - 45 * MINUTE, True),
        (start - 46 * MINUTE, False),
        (end + 12 * HOUR, True),
        (end + 12 * HOUR + MINUTE, False),
    ):
        assert bool(tied("Claude is down", when, MONDAY)) is found


def test_an_incident_without_an_end_is_taken_to_last_a_day() -> None:
    still = carded(incident(until=""))
    assert tied("Claude is down", at("03 23:40"), still) == ("anthropic/0ghc53zpsfmt",)
    assert tied("Claude is down", at("03 23:55"), still) == ()


def test_among_several_the_worse_the_one_named_and_the_one_going_on_are_meant() -> None:
    minor = carded(incident("minor", "02 11:50", impact=Impact.MINOR))
    assert tied("Claude is down", NOW, minor, MONDAY) == ("anthropic/0ghc53zpsfmt",)
    console = minor._replace(components=("Console",))
    assert tied("Claude Console is down, console.log it", NOW, console, MONDAY._replace(components=(), title="x")) == (
        "anthropic/minor",
    )
    over = carded(incident("over", "02 10:00", "02 14:00"))
    assert tied("Claude is down", NOW, over, MONDAY) == ("anthropic/0ghc53zpsfmt",)


def test_maintenance_and_other_providers_are_not_meant() -> None:
    assert tied("Claude is down", NOW, MONDAY._replace(kind=Kind.MAINTENANCE.value)) == ()
    assert tie([told(item("Claude is down"))], "", ["groq"], {"anthropic": [MONDAY]}, NAMES.noise) == ()


# Feeds in


RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>'


def entry(found: Item, text: str = "") -> str:
    return (
        f"<item><title>{escape(found.title)}</title><link>{escape(found.url)}</link><guid>{escape(found.url)}</guid>"
        f"<pubDate>{found.at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{escape(text or f'<p>{found.text}</p>')}</description></item>"
    )


def rss(*found: Item) -> bytes:
    return RSS.format("".join(map(entry, found))).encode()


def read(body: bytes) -> tuple[Item, ...]:
    return items.read(body, outlet="paper", read_at=NOW)


def test_a_feed_is_read_into_plain_items() -> None:
    found = item("Claude is down & out", "Oh no.")
    markup = '<p>Oh <b>no</b>.</p><script>alert(1)</script><img src="https://track.example/x.gif">'
    assert read(RSS.format(entry(found, markup)).encode()) == (found,)


def test_an_item_of_the_future_is_one_of_now() -> None:
    assert read(rss(item("Claude is down", "x", after=9999)))[0].at == NOW


@pytest.mark.parametrize("link", ["javascript:alert(1)", "/relative", "ftp://a.example/x", ""])
def test_an_item_without_a_web_address_is_none(link: str) -> None:
    good = item("Good", "x")
    assert read(rss(item("Bad").__class__(outlet="paper", url=link, title="Bad", text="", at=NOW), good)) == (good,)


def test_what_is_no_feed_is_an_error_of_that_feed() -> None:
    for body in (b"", b"<html><body>Just a moment</body></html>", b"<rss><channel>"):
        with pytest.raises(FeedError):
            read(body)
    with pytest.raises(FeedError, match="none of 1 entries has an address"):
        read(RSS.format("<item><title>x</title></item>").encode())


# The inbox


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "content")


def newsroom(folder: Path) -> Path:
    """Two outlets, and an incident for them to write about."""
    watch(folder, "claude")
    (folder / "press").mkdir()
    for outlet in (PAPER, BOARD):
        fields = {name: getattr(outlet, name) for name in ("slug", "name", "home", "feed", "kind")}
        (folder / "press" / f"{outlet.slug}.md").write_text(f"---\n{yaml.safe_dump(fields)}---\n")
    archive.save(folder, [incident(provider="claude")], {})
    return folder


def pulled(
    content: Path, feeds: dict[str, Behaviour], now: datetime = NOW, read: Read | None = items.read
) -> NewsOutcome:
    """Pull all outlets; read their feeds here, or where `read` is None in a process of its own, as everywhere else."""
    with Serving(feeds) as server:
        return pull_press(
            content, providers.load(content), PROJECT, now=now, via=server.url, seconds=30, hosts=Hosts(0), read=read
        )


FIRST = item("Claude is down", "Anthropic is looking into it.")
SECOND = item("Claude outage spreads", "Now the API too.", after=50, outlet="board")
FEEDS = {"paper.example": serving.page(rss(FIRST)), "board.example": serving.page(rss(SECOND, item("Rain", "Wet.")))}


def test_a_pull_leaves_drafts_and_publishes_nothing(content: Path) -> None:
    haul = pulled(content, FEEDS, read=None)
    assert haul == NewsOutcome(outlets=2, items=3, new=("Claude is down",))
    assert sorted(path.relative_to(content).as_posix() for path in content.glob("*/*") if path.is_file()) == [
        "inbox/2026-03-02-claude-is-down.md",
        "press/board.md",
        "press/paper.md",
        "providers/claude.md",
        f"pulls/{STATE}.json",
        f"pulls/{STATE}.lock",
    ]
    assert (
        (content / "inbox" / "2026-03-02-claude-is-down.md").read_text()
        == """\
---
title: Claude is down
url: https://paper.example/claude-is-down
publisher: The Paper
date: 2026-03-02T12:30:00Z
grade: press
providers:
- claude
incidents:
- claude/0ghc53zpsfmt
quote: Anthropic is looking into it.
also:
- title: Claude outage spreads
  url: https://board.example/claude-outage-spreads
  publisher: The Board
  date: 2026-03-02T12:50:00Z
why: names Claude and “is down” in one sentence
---
"""
    )


@pytest.mark.slow
def test_a_second_pull_brings_nothing_twice_even_from_a_feed_that_was_rewritten(content: Path) -> None:
    pulled(content, FEEDS)
    before = {path: path.read_bytes() for path in (content / "inbox").iterdir()}
    assert pulled(content, FEEDS, NOW + HOUR) == NewsOutcome(outlets=2)
    rewritten = {**FEEDS, "paper.example": serving.page(rss(replace(FIRST, text="Anthropic has looked into it.")))}
    assert pulled(content, rewritten, NOW + HOUR) == NewsOutcome(outlets=2, items=1)
    assert {path: path.read_bytes() for path in (content / "inbox").iterdir()} == before


@pytest.mark.slow
def test_what_was_dropped_never_comes_back(content: Path) -> None:
    pulled(content, FEEDS)
    (draft,) = inbox.load(content)
    inbox.leave(content, draft, "dropped")
    more = rss(FIRST, item("Claude still down", after=99))
    assert pulled(content, {**FEEDS, "paper.example": serving.page(more)}, NOW + HOUR) == NewsOutcome(
        outlets=2, items=2
    )
    assert inbox.load(content) == ()
    assert [one.telling.title for one in inbox.decisions(content)] == ["Claude is down", "Claude outage spreads"]
    assert len((content / inbox.MEMORY).read_text().splitlines()) == 2


def test_the_trouble_of_one_outlet_stops_no_other(content: Path) -> None:
    haul = pulled(content, {"paper.example": serving.status(404), "board.example": FEEDS["board.example"]})
    (failure,) = haul.failures
    assert (haul.new, failure.feed, failure.reason, failure.is_ours) == (
        ("Claude outage spreads",),
        PAPER.feed,
        "status",
        False,
    )
    (state,) = (state for state in archive.load_pulls(content, STATE).feeds if state.url == PAPER.feed)
    assert (state.error_since, state.error) == (NOW, "status: answers 404 Not Found; look for the feed's new address")
    assert pulled(content, FEEDS, NOW + HOUR).changed == ("Claude is down",)


def test_the_status_page_tells_which_outlets_fail(content: Path) -> None:
    pulled(content, {"paper.example": serving.status(404), "board.example": FEEDS["board.example"]})
    known = replace(almanac(), press=archive.load_pulls(content, STATE).feeds)
    shown = status(known).press
    told = [(f.host, f.state, f.dialect, f.entries, f.note.replace("\u00a0", " ")) for f in shown]
    assert told == [
        ("board.example/feed", "read", "press", "2", ""),
        (
            "paper.example/feed",
            "failing",
            "press",
            "",
            "status: answers 404 Not Found; look for the feed's new address since 2 March 2026, 14:10 UTC",
        ),
    ]


def test_a_damaged_draft_is_ours_to_mend_and_nothing_is_brought_until_then(content: Path) -> None:
    pulled(content, FEEDS)
    path = content / "inbox" / "2026-03-02-claude-is-down.md"
    path.write_text(path.read_text().replace("grade: press", "grade: gossip"))
    (failure,) = pulled(content, FEEDS, NOW + HOUR).failures
    assert failure.is_ours
    assert failure.message.startswith(
        "content/inbox/2026-03-02-claude-is-down.md:6:1: grade: 'gossip' is not allowed; use official"
    )
    with pytest.raises(InboxError):
        inbox.load(content)


def test_a_title_that_could_not_be_read_again_is_not_written(content: Path) -> None:
    disguised = item("Сlaude: Claude is down", "x")  # begins with a Cyrillic letter
    assert pulled(content, {**FEEDS, "paper.example": serving.page(rss(disguised))}).failures == ()
    assert [draft.lead.title for draft in inbox.load(content)] in (["Claude outage spreads"], [])
    assert pulled(content, FEEDS, NOW + HOUR).failures == ()


def test_hostile_titles_stay_text_in_their_folder(content: Path) -> None:
    title = 'Claude is down: "../../x" {{ 7*7 }} <script>alert(1)</script> --- !!python'
    wild = item(title, "x: [y", url="https://paper.example/wild")
    pulled(content, {**FEEDS, "paper.example": serving.page(rss(wild))})
    (draft,) = inbox.load(content)
    assert draft.file == "inbox/2026-03-02-claude-is-down-x-7-7-script-alert-1-script-python.md"
    assert (draft.lead.title, draft.quote) == (title, "x: [y")


def test_the_report_tells_what_came_and_what_failed() -> None:
    failure = Failure(feed="https://a.example", reason="dns", message="x")
    haul = NewsOutcome(outlets=2, new=("Claude\u202e is down",), failures=(failure,))
    assert lines(Report(at=NOW, press=haul))[:2] == [
        "press: FAILED dns: https://a.example x",
        "press: new in content/inbox: Claude  is down",
    ]
    assert Report(at=NOW, press=haul).ok
    assert not Report(at=NOW, press=NewsOutcome(failures=(Failure(reason="inbox", message="x", is_ours=True),))).ok


def test_a_draft_reads_as_it_was_written() -> None:
    (draft,) = sifted(FIRST, SECOND).drafts
    text = story.render(draft).encode()
    assert story.parse(text, "inbox/a.md", "inbox/a.md") == (replace(draft, file="inbox/a.md"), ())


def test_a_spoilt_line_of_the_memory_is_passed_over() -> None:
    past = Decided(telling=told(FIRST), word="link", providers=("a", "b"), incidents=())
    text = f"rubbish\n{story.line(past)}\n{story.line(past).replace('link', 'burnt')}\n"
    assert tuple(story.lines(text)) == (past,)


# Outlets


@pytest.mark.record
def test_the_outlets_of_this_site_are_sound() -> None:
    found, faults = outlets.load(ROOT / "content")
    assert faults == ()
    assert 8 <= len(found) <= 12
    assert {outlet.kind for outlet in found} == {"press", "community"}
    assert all(outlet.feed.startswith("https://") for outlet in found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slug": "other"}, "'other' is not the file's name; write third"),
        ({"feed": PAPER.feed}, "already stands in content/press/paper.md; keep it in one of the two"),
        ({"kind": "blog"}, "'blog' is not allowed; use press or community"),
        ({"feed": "paper.example/feed"}, "is not a valid URL"),
        ({"fed": "x"}, "is not a known key; did you mean feed?"),
    ],
)
def test_a_fault_of_an_outlet_is_told_and_the_others_are_read(
    content: Path, change: dict[str, str], message: str
) -> None:
    good = {"slug": "third", "name": "T", "home": PAPER.home, "feed": "https://third.example/", "kind": "press"}
    (content / "press" / "third.md").write_text(f"---\n{yaml.safe_dump(good | change)}---\n")
    found, (fault,) = outlets.load(content)
    assert [outlet.slug for outlet in found] == ["board", "paper"]
    assert message in str(fault)
    haul = pulled(content, FEEDS)
    assert haul.new == ("Claude is down",)
    assert [failure.is_ours for failure in haul.failures] == [True]


# A person decides


@pytest.fixture(scope="module")
def after_a_pull(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what one pull of both outlets leaves; only to be copied."""
    folder = newsroom(tmp_path_factory.mktemp("press") / "content")
    pulled(folder, FEEDS)
    return folder


@pytest.fixture
def desk(tmp_path: Path, after_a_pull: Path) -> Path:
    return Path(shutil.copytree(after_a_pull, tmp_path / "content"))


def curated(content: Path, **choice: str) -> int:
    return curate.main(content, now=NOW, **choice)


def test_curate_lists_what_waits(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert curated(desk) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "  1  2026-03-02 12:30  Claude is down",
        "     The Paper (and 1 more), press: https://paper.example/claude-is-down",
        "     about claude/0ghc53zpsfmt; kept because it names Claude and “is down” in one sentence",
    ]


def test_a_draft_becomes_a_link_post_with_its_curator(desk: Path) -> None:
    assert curated(desk, link="1", by="Ada Example", note="The first to say so.") == 0
    file = desk / "links" / "2026" / "2026-03-02-claude-is-down.md"
    row, faults = forms.check(forms.LinkForm, frontmatter.read(file.read_bytes(), "a.md"))
    assert faults == ()
    assert (row["curator"], row["note"], row["grade"], row["incidents"]) == (
        "Ada Example",
        "The first to say so.",
        "press",
        ["claude/0ghc53zpsfmt"],
    )
    assert inbox.load(desk) == ()
    assert {one.word for one in inbox.decisions(desk)} == {"link"}


def test_a_draft_becomes_the_start_of_an_article_with_its_sources(desk: Path) -> None:
    assert curated(desk, article="2026-03-02-claude-is-down.md", title="Monday, seen from outside", by="Ada") == 0
    text = (desk / "articles" / "2026" / "2026-03-02-monday-seen-from-outside.md").read_text()
    made: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    assert (made["status"], made["authors"], made["incidents"]) == ("draft", ["Ada"], ["claude/0ghc53zpsfmt"])
    assert [(source["publisher"], source["primary"]) for source in made["sources"]] == [
        ("Claude Inc.", True),
        ("The Paper", False),
        ("The Board", False),
    ]
    assert {one.word for one in inbox.decisions(desk)} == {"article"}


def test_several_are_dropped_at_once_by_the_numbers_of_one_list(content: Path) -> None:
    other = [item("Claude is down", after=5), replace(item("Claude outage", after=5), at=at("01 02:00"))]
    pulled(content, {**FEEDS, "paper.example": serving.page(rss(*other))})
    assert len(inbox.load(content)) == 2
    assert curated(content, drop="2,1") == 0
    assert inbox.load(content) == ()


def test_where_no_draft_waits_that_is_said(content: Path) -> None:
    assert refusal(curated, content, drop="1") == "there is no draft: content/inbox is empty"


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"link": "1"}, "a link post needs a curator; add --by NAME"),
        ({"link": "7", "by": "Ada"}, "no draft 7; write a number up to 1 or the name of a file in content/inbox"),
        ({"drop": "../pages/about"}, "no draft ../pages/about; write"),
        ({"article": "1"}, "an article needs a title of your own; add --title TITLE"),
        ({"article": "1", "title": "…"}, "has no letters or digits"),
        ({"link": "1", "by": "Ada\u202e"}, "is empty or holds a line break or control character"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_and_the_draft_stays(desk: Path, choice: dict[str, str], said: str) -> None:
    assert said in refusal(curated, desk, **choice)
    assert len(inbox.load(desk)) == 1
    assert not (desk / "links").exists()
    assert not (desk / "articles").exists()


def test_the_file_of_somebody_else_is_never_written_over(desk: Path) -> None:
    taken = desk / "links" / "2026" / "2026-03-02-claude-is-down.md"
    taken.parent.mkdir(parents=True)
    taken.write_text("mine")
    assert "already exists; edit it" in refusal(curated, desk, link="1", by="Ada")
    assert taken.read_text() == "mine"
    assert len(inbox.load(desk)) == 1


def test_more_than_25_words_are_refused_in_a_link_post() -> None:
    (draft,) = sifted(FIRST).drafts
    text = story.render(replace(draft, quote="word " * 25 + "word"), curator="Ada")
    _, (fault,) = forms.check(forms.LinkForm, frontmatter.read(text.encode(), "a.md"))
    assert fault.text.endswith("has more than 25 words; quote fewer")

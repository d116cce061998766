"""What is kept of a press feed, what it is tied to, and that nothing comes twice.

    python3 tasks.py bench press

200 items in the form of real ones, spread over five outlets' feeds, in the week of 2 March 2026: 40 tell of outages
that the archive knows (15 of them one story), 160 do not, and 45 of these look as if they did. They are pulled
from a local server into an empty inbox beside the real archive. Prints precision and recall of what is kept and of the
incidents it is tied to, what went wrong item by item, and what later pulls bring. Returns 1 below the limits.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from almanac.content import project_file, providers
from almanac.fetch import Hosts
from almanac.news import StoryDraft, inbox, outlets
from almanac.pull.news import pull_press
from almanac.pull.report import NewsOutcome
from tests.support.serving import Serving, page

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
OUTLETS = ("ars-technica", "bleepingcomputer", "hacker-news", "techcrunch", "the-register")
LEAST = 0.85  # of each precision and recall


class Story(NamedTuple):
    """An outage as outlets told it. `incidents`: the keys it should be tied to, none if the archive has it not."""

    name: str
    incidents: frozenset[str]
    since: str  # of the first telling, UTC
    tellings: tuple[tuple[str, str], ...]  # (title, first lines)


class Written(NamedTuple):
    """An item of a feed, with what is true of it."""

    outlet: str
    url: str
    title: str
    text: str
    at: datetime
    story: str
    incidents: frozenset[str]


def _story(name: str, keys: str, since: str, *tellings: tuple[str, str]) -> Story:
    return Story(name, frozenset(keys.split()), since, tellings)


STORIES = (
    _story(
        "claude-monday",
        "anthropic/0ghc53zpsfmt",
        "2026-03-02T12:20",
        (
            "Claude is down: Anthropic's chatbot hit by worldwide outage",
            "Thousands of people could not reach Claude on Monday morning.",
        ),
        (
            "Anthropic's Claude suffers major outage",
            "Users report errors on the web and in the apps. Anthropic says it is investigating.",
        ),
        ("Claude down? Users report errors across web and API", "Ask HN: is anyone else getting 500s from claude.ai?"),
        (
            "Anthropic confirms Claude outage, says fix is under way",
            "The company's status page lists elevated errors on claude.ai and the console.",
        ),
        (
            "Claude goes down for thousands as Anthropic investigates",
            "The trouble began shortly before noon UTC, according to the company's status page.",
        ),
        ("Claude.ai outage: login errors lock users out", "Those already signed in fared better, some said."),
        ("Tell HN: Claude is down", "Login fails with an internal server error. Claude Code works for some of us."),
        (
            "Developers grumble as Claude Code goes down on a Monday",
            "It is not the way anyone hoped to start the week.",
        ),
        (
            "Anthropic's AI chatbot Claude is experiencing an outage",
            "Reports on trackers climbed into the thousands within minutes.",
        ),
        (
            "Claude users locked out as demand surges",
            "Anthropic blames unprecedented demand for the disruption on Monday.",
        ),
        ("Anthropic restores Claude after hours-long outage", "Service came back in the afternoon, the company said."),
        (
            "Claude is back online after outage",
            "Anthropic says all systems work again after a disruption of nearly four hours.",
        ),
        ("What we know about Monday's Claude outage", "The chatbot was unavailable for much of the day in Europe."),
        (
            "Vibe coders forced to think for themselves after Claude falls over",
            "Anthropic's assistant was unreachable for hours on Monday.",
        ),
        ("Claude outage leaves office workers idle", "An informal survey of one newsroom. Anthropic has apologised."),
    ),
    _story(
        "claude-friday",
        "anthropic/zp9x05pcbwxq",
        "2026-02-27T14:05",
        (
            "Claude is having problems again",
            "Anthropic's status page shows elevated errors on claude.ai since early afternoon.",
        ),
        ("Anthropic's Claude chatbot goes down for some users", "Conversations do not load, users say."),
        ("claude.ai is down", "Opus 4.6 answers with overloaded errors for us since 13:20 UTC."),
    ),
    _story(
        "github-tuesday",
        "github/n07yy1bk6kc4",
        "2026-03-03T19:15",
        (
            "GitHub is down, taking developers' afternoon with it",
            "Git operations, pull requests and Actions all return errors.",
        ),
        (
            "GitHub outage hits pull requests, Actions and Git operations",
            "Microsoft's code host says it is looking into degraded performance.",
        ),
        ("GitHub down?", "Pushes fail with 5xx errors."),
        (
            "GitHub recovers from an hour-long outage",
            "Eight services were degraded on Tuesday evening, the company said.",
        ),
    ),
    _story(
        "claude-tuesday",
        "anthropic/s0pmy4yywshv",
        "2026-03-03T15:02",
        ("Claude hit by second outage in two days", "Anthropic's chatbot went down again on Tuesday afternoon."),
        ("Claude is down again", "Same errors as yesterday."),
        (
            "Anthropic's bad week continues as Claude goes offline again",
            "The outage lasted less than an hour this time.",
        ),
    ),
    _story(
        "grok",
        "xai/INC2f830b63 xai/INC35f142b7 xai/INC3695bcb1",
        "2026-03-02T23:10",
        ("Grok goes down on web and apps", "xAI's chatbot stopped responding late on Monday."),
        ("xAI's Grok suffers outage hours after Claude", "The chatbot was not responding on iOS, Android and the web."),
        ("Grok not working?", "The AI assistant on grok.com has been timing out for half an hour."),
    ),
    _story(
        "deepseek",
        "deepseek/urn:flashduty:change:780466816521287",
        "2026-03-05T05:00",
        ("DeepSeek chatbot goes offline in China's morning", "The app and the website were unavailable, users wrote."),
        ("DeepSeek down: web and app fail to load", "The company's status page speaks of a disruption."),
    ),
    _story(
        "actions",
        "github/g9j4tmfqdd09",
        "2026-03-05T23:10",
        ("GitHub Actions is down again", "Workflow runs queue and never start."),
        ("GitHub Actions outage stalls builds", "Runs were delayed or failed for about an hour, GitHub said."),
        ("GitHub's CI service suffers disruption", "Actions jobs fail to start, according to GitHub's status page."),
    ),
    _story(
        "windsurf",
        "windsurf/tmlv3bsmc962",
        "2026-03-04T14:30",
        (
            "Windsurf outage leaves coders without their AI assistant",
            "The editor's Cascade agent has been unavailable since early afternoon.",
        ),
        ("Windsurf is down", "Cascade fails to respond, both in the AI editor and in the plugin."),
    ),
    _story(
        "console",
        "anthropic/p7nq2jdg4zwj",
        "2026-03-03T18:20",
        (
            "Anthropic's developer console hit by lengthy disruption",
            "The Claude Console at platform.claude.com is degraded, the status page says.",
        ),
        ("Claude Console is down", "Cannot create API keys on platform.claude.com. Is it only us?"),
    ),
    _story(
        "claude-saturday",
        "anthropic/ddyyz34c24vt",
        "2026-02-28T13:20",
        ("Claude stumbles on a Saturday", "Anthropic's chatbot is down for many users, its status page confirms."),
        ("Claude errors on the weekend", "claude.ai is unavailable for me in Berlin; the API works."),
    ),
    _story(
        "chatgpt",
        "",
        "2026-03-04T17:10",
        ("ChatGPT is down for some users, reports suggest", "OpenAI's status page shows nothing unusual so far."),
    ),
)

# They look like it: a provider and a word of trouble, but no trouble of that provider going on.
ALIKE = (
    ("What to do when ChatGPT is down: five alternatives", "Have a plan ready for the next outage."),
    ("The best backups if Claude goes down", "Gemini and ChatGPT are the obvious candidates."),
    ("OpenAI shuts down its Sora video app", "The company winds the service down next month."),
    ("Anthropic cuts Claude prices down to size", "The cheaper tier arrives next week."),
    ("Nvidia shares go down as DeepSeek ships a new model", "Investors worry about demand for chips."),
    ("A year after the big ChatGPT outage, what has OpenAI learned?", "A look at twelve months of promises."),
    ("How I used Claude to get through a power outage", "The battery lasted longer than my patience."),
    ("Gemini exchange reports withdrawal outage", "The crypto platform of the Winklevoss twins apologised to traders."),
    ("OpenAI cracks down on ChatGPT account sharing", "Business customers will be asked to verify seats."),
    ("Google slows down Gemini rollout in Europe", "Regulators asked for more time."),
    ("Microsoft 365 outage locks users out of Outlook", "Mail was unavailable for several hours on Wednesday."),
    ("PlayStation Network is down", "Sony is aware that some users cannot sign in."),
    ("Verizon outage: phones show SOS across the country", "The carrier says engineers are on it."),
    ("Cloudflare explains last week's outage", "A configuration file grew too large."),
    ("Slack is down, and so is the mood", "Messages fail to send for many teams."),
    ("Meta's WhatsApp and Instagram back online after outage", "The company apologised."),
    (
        "Could a single outage take every AI service offline?",
        "Researchers map how OpenAI and others depend on three clouds.",
    ),
    ("Anthropic denies Claude outage was caused by an attack drill", "The rumour has no basis, a spokesperson said."),
    ("OpenAI insurers prepare for AI outages", "Premiums for downtime cover could double."),
    ("Why Claude crashes the party in enterprise sales", "The challenger wins one in three deals, a survey says."),
    ("DeepSeek's new paper: training through hardware failures", "The team describes how to resume after node errors."),
    ("OpenAI hires reliability chief", "The new executive ran infrastructure at a bank."),
    ("GitHub adds a dashboard for flaky tests", "Teams can see which jobs fail most often."),
    ("Copilot can now fix server errors for you", "The agent opens a pull request with a cure."),
    ("Claude Code gains offline mode for plans", "Drafts are kept until the connection returns."),
    ("Is ChatGPT making us dumber? The studies break down", "Three groups looked at memory and attention."),
    ("Perplexity takes down fake app from store", "The impostor had been downloaded often."),
    ("Mistral storms: wind takes down lines in Provence", "Some 20,000 homes had no electricity."),
    ("Grok image tool disabled after complaints", "xAI says it will restore the feature with new limits."),
    ("Judge restores part of the case against OpenAI", "Authors may pursue one more claim."),
    ("Anthropic doubles down on safety research", "A new team will study long tasks."),
    ("AWS outage anniversary: looking back at the day DynamoDB fell", "What the cloud learned about DNS."),
    ("How to build an app that survives an OpenAI outage", "Retries, queues, and a second provider."),
    ("OpenAI promises no more outages at launch day", "Capacity has been tripled, the company says."),
    ("Gartner: AI downtime would cost firms millions", "Reliance on ChatGPT and Copilot grows."),
    ("Cursor raises money at a higher valuation", "The market for coding tools is not slowing down."),
    ("Teacher's strike: schools offline for a day", "Pupils turned to ChatGPT for homework."),
    ("Hugging Face hosts leaderboard for error correction", "Which model spots most mistakes?"),
    (
        "Replicate study fails to reproduce headline result",
        "Psychologists tried to replicate the finding and could not.",
    ),
    ("Together we stand down: union ends walkout", "Service on the lines is restored."),
    ("Claude Monet exhibition closes early after roof leak", "The gallery is unavailable until spring."),
    ("Steam is down for maintenance", "As on every Tuesday."),
    ("Russian censors take Telegram offline in two regions", "Users switched to other apps."),
    ("Airline cancels flights after IT outage", "Check-in is back up at most airports."),
    ("Reddit crash course: build a chatbot with Gemini", "A tutorial in six steps."),
)

_MAKERS = ("OpenAI", "Anthropic", "Google", "Mistral AI", "xAI", "Perplexity", "DeepSeek", "GitHub", "Hugging Face")
_MOVES = (
    ("{} raises prices of its business plan", "Customers will pay more from May."),
    ("{} opens an office in Warsaw", "About a hundred people will work there."),
    ("{} ships a smaller model for phones", "It runs without a connection to a server."),
    ("{} signs a deal with a newspaper group", "Terms were not disclosed."),
    ("{} faces questions in parliament about training data", "The hearing lasted three hours."),
    ("Review: a week with the new assistant from {}", "It is quick, chatty and sometimes wrong."),
)
_THINGS = (
    "e-bikes",
    "foldable phones",
    "solar panels",
    "mechanical keyboards",
    "game controllers",
    "smart locks",
    "satellites",
    "routers",
    "e-readers",
)
_SAYINGS = (
    ("The best {} of the year", "Our testers tried nineteen of them."),
    ("Why {} are getting cheaper", "Three trends meet."),
    ("Regulator opens inquiry into {}", "Makers have a month to answer."),
    ("Security flaw found in popular {}", "A fix is available; install it now."),
    ("A start-up wants to rethink {}", "It has raised a seed round."),
    ("Recall: {} may overheat", "Owners should stop charging them."),
    ("Show HN: an open-source firmware for {}", "Written in Rust, of course."),
)


def main(argv: list[str]) -> int:
    """Run the rounds; 1 if anything is below its limit or comes twice."""
    items = written()
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        for name in ("providers", "incidents"):
            shutil.copytree(ROOT / "content" / name, content / name)
        (content / "press").mkdir()
        for slug in OUTLETS:
            shutil.copy(ROOT / "content" / "press" / f"{slug}.md", content / "press")
        first = _pulled(content, items, NOW)
        good = _judged(items, inbox.load(content)) and not first.failures
        return int(not (_rounds(content, items) and good))


def written(seed: int = 16) -> list[Written]:
    """Return the 200 items, at their times, each in the feed of one outlet."""
    chance = random.Random(seed)
    items = []
    for story in STORIES:
        at = datetime.fromisoformat(story.since).replace(tzinfo=UTC)
        for title, text in story.tellings:
            items.append(_item(chance, title, text, at, story.name, story.incidents))
            at += timedelta(minutes=chance.randint(4, 24))
    others = [*ALIKE, *_others()]
    for title, text in others:
        at = NOW - timedelta(minutes=chance.randint(30, 6 * 24 * 60))
        items.append(_item(chance, title, text, at, "", frozenset()))
    return items


def _others() -> list[tuple[str, str]]:
    news = [(title.format(maker), text) for maker in _MAKERS for title, text in _MOVES]
    rest = [(title.format(thing), text) for thing in _THINGS for title, text in _SAYINGS]
    return (news + rest)[: 160 - len(ALIKE)]


def _item(chance: random.Random, title: str, text: str, at: datetime, story: str, incidents: frozenset[str]) -> Written:
    outlet = chance.choice(OUTLETS)
    name = "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
    track = chance.choice(("", "", "?utm_source=rss&utm_medium=feed", "#comments"))
    return Written(outlet, f"https://{outlet}.example/{at:%Y/%m}/{name}/{track}", title, text, at, story, incidents)


def rss(items: Iterable[Written]) -> bytes:
    """Return a feed as most outlets write it: RSS 2.0, the first lines as escaped HTML."""
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{escape(item.url)}</link>"
        f'<guid isPermaLink="false">{escape(item.url)}</guid><pubDate>{format_datetime(item.at, usegmt=True)}</pubDate>'
        f"<description>{escape(f'<p>{item.text}</p><p><a href=x>Read more</a></p>')}</description></item>"
        for item in sorted(items, key=lambda item: item.at, reverse=True)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'.encode()


def _pulled(content: Path, items: Iterable[Written], now: datetime) -> NewsOutcome:
    by_outlet: dict[str, list[Written]] = {slug: [] for slug in OUTLETS}
    for item in items:
        by_outlet[item.outlet].append(item)
    feeds = {outlet.slug: urlsplit(outlet.feed).hostname or "" for outlet in outlets.load(content)[0]}
    with Serving({feeds[slug]: page(rss(group)) for slug, group in by_outlet.items()}) as server:
        return pull_press(
            content,
            providers.load(content),
            project_file.load(ROOT),
            now=now,
            via=server.url,
            seconds=10,
            hosts=Hosts(0),
        )


def _judged(items: Sequence[Written], drafts: Sequence[StoryDraft]) -> bool:
    """Print how much of what was kept is right; return True if it is enough."""
    by_url = {item.url: item for item in items}
    of = {told.url: draft for draft in drafts for told in draft.tellings}
    outages = [item for item in items if item.story]
    drafted = [by_url[url] for url in of]
    right = [item for item in drafted if item.story]
    print(f"{len(items)} items, {len(outages)} on outages; kept {len(drafted)} in {len(drafts)} drafts")
    figures = [_share("kept: precision", len(right), len(drafted)), _share("kept: recall", len(right), len(outages))]
    tied = [(key, item.incidents) for item in right for key in of[item.url].incidents]
    due = [(key, of[item.url].incidents) for item in right for key in item.incidents]
    figures += [
        _share("tied: precision", sum(key in truth for key, truth in tied), len(tied)),
        _share("tied: recall", sum(key in tied for key, tied in due), len(due)),
    ]
    monday = {of[item.url].file for item in right if item.story == STORIES[0].name}
    print(f"the story that {len(STORIES[0].tellings)} tell stands in {len(monday)} draft(s)")
    mixed = [draft for draft in drafts if len({by_url[told.url].story for told in draft.tellings}) > 1]
    print(f"drafts that mix stories: {len(mixed)}")
    _mistakes(items, of)
    return min(figures) >= LEAST and len(monday) <= 2


def _share(name: str, k: int, n: int) -> float:
    print(f"{name:16} {k:3} of {n:3} = {k / n:.1%}")
    return k / n


def _mistakes(items: Iterable[Written], of: Mapping[str, StoryDraft]) -> None:
    for item in items:
        draft = of.get(item.url)
        if bool(item.story) != bool(draft):
            print(
                f"  {'missed' if item.story else 'kept wrongly'}: {item.title} {'(' + draft.why + ')' if draft else ''}"
            )
        elif draft and set(draft.incidents) != item.incidents:
            print(f"  tied to {', '.join(draft.incidents) or 'nothing'}, not {', '.join(item.incidents)}: {item.title}")


def _rounds(content: Path, items: Sequence[Written]) -> bool:
    """Pull later: the same, then after decisions, then with the same stories retold elsewhere."""
    repeated = _pulled(content, items, NOW + timedelta(minutes=15))
    drafts = inbox.load(content)
    for draft, word in zip(drafts[:3], ("dropped", "link", "article"), strict=True):
        inbox.leave(content, draft, word)
    stamped = [item._replace(text=f"{item.text} (Updated.)") for item in items]
    decided = _pulled(content, stamped, NOW + timedelta(minutes=30))
    addresses = {told.url for draft in drafts[:3] for told in draft.tellings}
    retold = [
        item._replace(url=item.url.replace(".example", ".mirror.example")) for item in items if item.url in addresses
    ]
    mirrored = _pulled(content, [*stamped, *retold], NOW + timedelta(minutes=45))
    rounds = (
        ("the same feeds", repeated),
        ("feeds rewritten, 3 drafts decided", decided),
        ("decided ones retold", mirrored),
    )
    for name, haul in rounds:
        print(f"{name}: {haul.items} items read, {len(haul.new)} new drafts, {len(haul.changed)} told again")
    return not any(haul.new or haul.changed for _, haul in rounds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

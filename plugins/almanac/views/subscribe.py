"""The page on how to follow the site: by the program one uses, for one provider, and many feeds at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from almanac.model import Card, Provider, moment
from almanac.model.project import Project
from almanac.snapshot import Snapshot
from almanac.stats.selection import scoping
from almanac.stats.windows import DAY
from almanac.text import english
from almanac.views import base, rows
from almanac.views.base import Head, Link
from almanac.views.headline import headline, subject

MOST_NAMES = 6  # providers named beside a feed
FORMATS = (  # of one provider: heading, and the file in its folder
    ("Atom", "atom.xml"),
    ("RSS", "feed.xml"),
    ("Every update", "updates.xml"),
    ("Calendar", "calendar.ics"),
    ("JSON", "api/v2/summary.json"),
    ("Badge", "badge.svg"),
)


class Program(NamedTuple):
    """A program somebody uses: what to do with it, the line to paste, and what will arrive."""

    id: str
    name: str
    how: str
    line: str
    note: str
    after: str = ""
    links: tuple[Link, ...] = ()
    arrives: tuple[str, ...] = ()  # messages as they will read
    picture: str = ""  # address of a badge as it looks, relative to the site


class OwnFeeds(NamedTuple):
    """The ways to follow one provider, in the order of FORMATS."""

    provider: Link
    links: tuple[Link, ...]


class FeedChoice(NamedTuple):
    """Feeds for a purpose."""

    name: str
    links: tuple[Link, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """The ways to follow the site, at /subscribe/."""

    head: Head
    stand: str
    programs: tuple[Program, ...]
    formats: tuple[str, ...]
    own: tuple[OwnFeeds, ...]
    which: tuple[FeedChoice, ...]
    lists: tuple[FeedChoice, ...]
    able: tuple[FeedChoice, ...]


def subscribe(almanac: Snapshot) -> Subscribe:
    """Return the page of all ways to follow."""
    by_name = rows.by_name(almanac.providers)
    return Subscribe(
        head=Head(
            title="Follow from the tools you use",
            path="/subscribe/",
            section="subscribe",
            description=f"Status of {almanac.project.of('providers')} in a feed reader, Slack, Discord, Teams, a calendar, code or as a badge: "
            "the line to paste.",
        ),
        stand="No account, no e-mail address, no tracking. Copy a line into your program; beside it is an example of what will arrive.",
        programs=_programs(_example(almanac)),
        formats=tuple(name for name, _ in FORMATS),
        own=tuple(_own(provider) for provider in by_name),
        which=WHICH,
        lists=LISTS,
        able=tuple(_able(almanac.project, by_name)),
    )


def _own(provider: Provider) -> OwnFeeds:
    home = base.provider_url(provider.slug)
    return OwnFeeds(Link(home, provider.name), tuple(Link(f"{home}{file}", name) for name, file in FORMATS))


class _Example(NamedTuple):
    """The provider of the examples, and what was sent of its newest incident that is over."""

    site: str
    home: str  # address of the provider's page, relative to the site
    name: str
    messages: tuple[str, ...] = ()  # when it began, and when it was over
    event: str = ""
    day: str = ""

    @property
    def own(self) -> str:
        """Where bots learn of one provider only."""
        return f"One provider: {self.site}{self.home}updates.rss"


def _example(almanac: Snapshot) -> _Example:
    names = rows.names(almanac.providers)
    card = _newest(almanac)
    if card is None:
        first = next(iter(rows.by_name(almanac.providers)), None)
        return _Example(almanac.site_url, base.provider_url(first.slug) if first else "/", first.name if first else "")
    name, began, ended = names[card.provider], moment(card.started), moment(card.ended or card.started)
    opening = card._replace(ended=None, phase=card.updates[0][1], updates=card.updates[:1])
    return _Example(
        site=almanac.site_url,
        home=base.provider_url(card.provider),
        name=name,
        messages=(headline(opening, name), headline(card, name)),
        event=f"{english.clock(began)} to {english.clock_utc(ended)}: {subject(card, name)}",
        day=english.date(began),
    )


def _newest(almanac: Snapshot) -> Card | None:
    """Return the newest rated incident that began and ended on a day, and whose end was an update of its own."""
    scopes = {provider.slug: scoping(provider) for provider in almanac.providers}
    cards = (
        card
        for slug, own in almanac.cards.items()
        for card in own
        if card.is_trouble
        and card.impact in base.STATED
        and card.components
        and len(card.updates) > 1
        and _is_of_one_day(card)
        if scopes[slug](card) != "out"
    )
    return max(cards, key=lambda card: (card.started, card.provider), default=None)


def _is_of_one_day(card: Card) -> bool:
    return bool(card.ended) and card.started < (card.ended or 0) and card.started // DAY == (card.ended or 0) // DAY


def _programs(e: _Example) -> tuple[Program, ...]:
    """Return what can be used to follow the site, what most use first."""
    return (_reader(e), _slack(e), *_bots(e), _calendar(e), _mail(e), _code(e), _badge(e))


def _reader(e: _Example) -> Program:
    return Program(
        id="reader",
        name="Feed reader",
        how="Paste one address. One item per incident, updated as it develops.",
        line=f"{e.site}/atom.xml",
        links=(
            Link("/feed.xml", "RSS"),
            Link("/feed.json", "JSON Feed"),
            Link("/major.xml", "Major and critical only"),
        ),
        arrives=e.messages[1:],
        note="The same item said “investigating” before: feed readers update an item, bots do not.",
    )


def _slack(e: _Example) -> Program:
    return Program(
        id="slack",
        name="Slack",
        how="In the channel, with Slack’s own RSS app:",
        line=f"/feed subscribe {e.site}/updates.rss",
        after=f"{e.own}. Bots post an item once: take every update, or you will read “investigating” and never “resolved”.",
        links=(Link("/major-updates.rss", "Major and critical only"),),
        arrives=e.messages,
        note=f"{e.day}: when it began and when it ended, with a message for each update in between." if e.day else "",
    )


def _bots(e: _Example) -> tuple[Program, Program]:
    flow = "Workflows → “When a feed item is published” → “Post message in a chat or channel”. As the feed:"
    discord = Program(
        id="discord",
        name="Discord",
        how="Add any RSS bot to your server and give it this address:",
        line=f"{e.site}/updates.rss",
        after=e.own,
        note="The same messages as in Slack. Each links to the update itself, not to the top of the page.",
    )
    note = "The same messages as in Slack. How often Teams checks the feed depends on your plan."
    return discord, discord._replace(id="teams", name="Microsoft Teams", how=flow, note=note)


def _calendar(e: _Example) -> Program:
    return Program(
        id="calendar",
        name="Calendar",
        how="Subscribe to this address; past outages and announced maintenance appear as events.",
        line=f"{e.site}/calendar.ics".replace("https:", "webcal:"),
        after=f"One provider: {e.site}{e.home}calendar.ics",
        links=(Link("/calendar.ics", "iCalendar file"),),
        arrives=(e.event,) if e.event else (),
        note=f"{e.day}. Your calendar shows it in its own time zone." if e.day else "",
    )


def _mail(e: _Example) -> Program:
    return Program(
        id="mail",
        name="E-mail",
        how="We keep no addresses. Use a feed-to-e-mail service, or a mail program that reads feeds, with this address:",
        line=f"{e.site}/major-updates.rss",
        links=(Link("/major.rss", "One e-mail per incident"), Link("/updates.rss", "Every update on every incident")),
        note="An e-mail for each update on an incident that its provider rates major or critical.",
    )


def _code(e: _Example) -> Program:
    return Program(
        id="code",
        name="Code",
        how="JSON in the format of the Statuspage API, so that its clients work.",
        line=f"curl -s {e.site}{e.home}api/v2/status.json",
        links=(
            Link("/api/v2/summary.json", "All providers"),
            Link("/api/v2/incidents/unresolved.json", "Open incidents"),
            Link("/data/", "Tables to download"),
        ),
        note="page.valid_until says how long a status is valid; after that, treat it as unknown. Providers without data "
        "are left out and listed.",
    )


def _badge(e: _Example) -> Program:
    return Program(
        id="badge",
        name="Badge",
        how="For a README or a wiki; grey when we have no current data.",
        line=f"[![{e.name} status]({e.site}{e.home}badge.svg)]({e.site}{e.home})",
        links=(Link(f"{e.home}badge.json", "for shields.io"), Link("/badge.svg", "All providers")),
        note="Says what was reported, and as of when. An old badge is not a statement about now.",
        picture=f"{e.home}badge.svg",
    )


def _able(project: Project, providers: Sequence[Provider]) -> Iterable[FeedChoice]:
    """Yield the feeds of what components of any provider can do, with whose components are in them."""
    for capability in project.listed:
        names = [p.name for p in providers if any(part.capability == capability.slug for part in p.components)]
        if names:
            stem = f"/feeds/{capability.slug}"
            links = (
                Link(f"{stem}.xml", "Atom"),
                Link(f"{stem}.rss", "RSS"),
                Link(f"{stem}-updates.rss", "Every update"),
            )
            yield FeedChoice(capability.name, links, english.listing(names, MOST_NAMES))


WHICH = (
    FeedChoice(
        "One item per incident",
        (Link("/atom.xml", "Atom"), Link("/feed.xml", "RSS"), Link("/feed.json", "JSON Feed")),
        "for people who read feeds",
    ),
    FeedChoice(
        "One item per update",
        (Link("/updates.xml", "Atom"), Link("/updates.rss", "RSS")),
        "for bots, which post an item once",
    ),
    FeedChoice(
        "Major and critical only", (Link("/major.xml", "Atom"), Link("/major.rss", "RSS")), "as rated by the provider"
    ),
    FeedChoice(
        "Articles and press",
        (
            Link("/articles/atom.xml", "Articles"),
            Link("/reports/atom.xml", "Reports"),
            Link("/press/atom.xml", "Press"),
        ),
        "ours, monthly figures, and press coverage at the time",
    ),
    FeedChoice("For operators", (Link("/operators.xml", "Atom"),), "feeds we have not been able to read for a day"),
)
LISTS = (
    FeedChoice(
        "All in one",
        (Link("/feeds.opml", "OPML"),),
        "incidents of all providers, articles, reports, press; nothing twice",
    ),
    FeedChoice(
        "Provider by provider",
        (Link("/providers.opml", "OPML"),),
        "a feed each; delete those you do not use after the import",
    ),
)

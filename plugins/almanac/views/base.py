"""What every page has: the site, its head with the dateline, its addresses, and the words for severity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from almanac.model import TROUBLE, Card, Impact, Kind, Provider, moment, stamp, stamped
from almanac.model.project import Project
from almanac.snapshot import Snapshot
from almanac.text import addresses, english
from almanac.views import charts


class Link(NamedTuple):
    """A place and what it is called. `url` is relative to the site's root unless it has a scheme."""

    url: str
    text: str


class FeedLink(NamedTuple):
    """The same in another form: a feed, or the page as Markdown. `type` is its media type."""

    url: str
    text: str
    type: str


class Way(NamedTuple):
    """An address to follow: for whom it is, what it gives them, and the command that stands before it."""

    reader: str
    news: str
    url: str
    command: str = ""


class Time(NamedTuple):
    """A moment for machines and for people."""

    iso: str
    text: str


NO_TIME = Time("", "")


class Mark(NamedTuple):
    """A severity: the class of its glyph and its word."""

    css: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is the same on every page. `root` is the path the site lives under, "" at the top of its host."""

    project: Project
    url: str
    root: str
    css: str  # address of the style sheet, with a mark of its content
    feeds: tuple[FeedLink, ...] = ()
    pictures: bool = False  # True: pages that have a picture of their own are shown with it

    @property
    def name(self) -> str:
        """Return what the site is called."""
        return self.project.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """The moment a page speaks of, up to when there is data, and until when its statements are valid."""

    day: str
    as_of: Time
    reach: Time
    until: Time | None
    css: str = ""  # `far` where the data goes as far as the page: what a phone leaves out
    expiry: str = ""  # what to say once it is no longer valid


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the frame around a page prints. `dateline` is None for records that state nothing about the present."""

    title: str
    path: str  # its address on the site: /incidents/
    section: str = ""  # which entry of the navigation it belongs to
    description: str = ""
    dateline: Dateline | None = None
    feeds: tuple[FeedLink, ...] = ()  # the page's own feeds, before those of the site
    kind: str = "website"  # OpenGraph type
    picture: str = ""  # address of the page's own picture, which only a complete build has
    source: str = ""  # the file that people write it in, relative to the repository


PICTURE = "picture.png"  # what a picture for links is called, in the folder of its page
MOST_NAMES = 3  # components in the name of an incident
NO_END = "no end time"  # the length of what was imported without its end
FRESH = english.HOUR  # a declared state is believed for so long after the record's end, then it is unknown

MARKS: Mapping[str, Mark] = {  # by the value of an Impact
    Impact.NONE: Mark(charts.SLIGHT, "no impact"),
    Impact.MINOR: Mark(charts.MINOR, "minor"),
    Impact.MAJOR: Mark(charts.MAJOR, "major"),
    Impact.CRITICAL: Mark(charts.CRITICAL, "critical"),
    Impact.MAINTENANCE: Mark("quiet", "maintenance"),
    Impact.UNKNOWN: Mark(charts.UNSAID, "severity not given"),
}
NOT_TROUBLE: Mapping[str, str] = {
    Kind.MAINTENANCE: "Maintenance of",
    Kind.NOTICE: "Notice on",
    Kind.TEST: "Test of",
}
UNNAMED = " in an unnamed component"
WITHOUT: Mapping[str, str] = {Impact.NONE: ", rated no impact", Impact.UNKNOWN: ", severity not given"}
CLEAR = Mark(charts.CLEAR, "no incident reported")
NONE_REPORTED = Mark(CLEAR.css, "none reported")  # the same where there is little room
UNKNOWN = Mark(charts.UNKNOWN, "unknown")
CLOSED = Mark("quiet", "status page closed")  # nothing can be known of now, and nothing new will come
STATED = (Impact.MINOR, Impact.MAJOR, Impact.CRITICAL)
KEY = (
    CLEAR,
    Mark(charts.SLIGHT, "incident rated no impact"),
    *(MARKS[impact] for impact in STATED),
    Mark(charts.UNSAID, "incident, severity not given"),
    UNKNOWN,
)
QUIET: Mapping[str, Mark] = {kind: Mark("quiet", kind.value) for kind in Kind if kind not in TROUBLE}


def site(project: Project, url: str, css: str, pictures: bool = False) -> Site:
    """Return the site's constants; `url` has no trailing slash, and is "" where it is not known."""
    root = urlsplit(url).path.rstrip("/")
    return Site(project=project, url=url, root=root, css=css, feeds=site_feeds(), pictures=pictures)


def site_feeds() -> tuple[FeedLink, ...]:
    """Return the feeds that every page names: of all incidents, and of every update."""
    return (*feeds("/", "All incidents"), *update_feeds("/", "All incidents"))


def mark(card: Card) -> Mark:
    """Return the mark of an incident: its kind if it is no trouble, else its impact."""
    return QUIET.get(card.kind) or MARKS[card.impact]


def expired(mark: Mark) -> str:
    """Return what a mark of the present says once its page is no longer valid; "" where that stays as it is."""
    return UNKNOWN.word if mark is CLEAR else ""


def best_known(provider: Provider) -> str:
    """Return the product that readers may look for instead of a provider's name: ChatGPT; "" where the name is enough."""
    name = next(iter(provider.core), "").removesuffix(" API")
    return "" if provider.name in name else name


def noun(card: Card) -> str:
    """Return what the trouble of a card is called: an outage if it is one or is rated as bad as one, else an incident."""
    return "outage" if card.kind == Kind.OUTAGE or card.impact in (Impact.MAJOR, Impact.CRITICAL) else "incident"


def severity(card: Card) -> str:
    """Return a card of trouble with its severity in words: major outage, minor incident; without a rating, incident."""
    if card.impact == Impact.NONE:
        return f"{noun(card)} rated {MARKS[card.impact].word}"
    return f"{MARKS[card.impact].word} {noun(card)}" if card.impact in STATED else noun(card)


def name(card: Card) -> str:
    """Return what a list calls an incident: the provider's title, or its components where the title was made here."""
    if not card.title_is_ours:
        return card.title
    return parts(card.components) or english.sentence(f"{noun(card)}{UNNAMED}" if card.is_trouble else card.kind)


def title(card: Card) -> str:
    """Return what a page, a feed or a table calls an incident, to stand behind the name of its provider.

    Where the provider gave no title it is composed of the facts: API and claude.ai down for 3 h 58 min.
    """
    return composed_title(card) if card.title_is_ours else card.title


def composed_title(card: Card) -> str:
    """Return a title of ours, made of the facts alone: for tables, which may hold no words of a provider."""
    if not card.is_trouble:
        return f"{_planned(card)}, {length(card)}"
    if not card.components:
        return f"{severity(card)}{UNNAMED}{_duration(card, ',')}"
    return f"{parts(card.components)} {_state_of(card)}{_duration(card, ' for')}{WITHOUT.get(card.impact, '')}"


def _planned(card: Card) -> str:
    """Return what is no trouble in words: Maintenance of API."""
    return (
        f"{NOT_TROUBLE.get(card.kind, '')} {parts(card.components)}".strip()
        if card.components
        else english.sentence(card.kind)
    )


def _state_of(card: Card) -> str:
    """Return how the components of an incident stood, by what their provider calls it."""
    if "partial" in card.impact_stated.lower():
        return "partly down"
    if card.impact in (Impact.NONE, Impact.UNKNOWN):
        return "affected"
    return "down" if noun(card) == "outage" else "degraded"


def _duration(card: Card, word: str) -> str:
    """Return how long it lasted, behind a word that leads to it; else since when it lasts, or that no end is known."""
    spent = length(card)
    if spent == "open":
        return f" since {english.moment(moment(card.started))}"
    return f"{word} {spent}" if card.ended is not None and card.ended > card.started else f", {spent}"


def parts(components: Iterable[str], most: int = MOST_NAMES) -> str:
    """Return the first components that an incident names, and how many others; they stand in the provider's order."""
    return english.listing(short(components), most)


def short(components: Iterable[str]) -> list[str]:
    """Return the names of components, each once, without the addresses some providers put in brackets behind them."""
    return list(dict.fromkeys(component.partition(" (")[0] for component in components))


def length(card: Card) -> str:
    """Say how long an incident lasted, or why that cannot be said."""
    if card.ended is None:
        return "open" if card.is_open and (not card.imported or card.ended_basis) else NO_END
    if card.ended == card.started:
        return "duration not given"
    spent = english.duration(card.ended - card.started)
    return f"{english.duration(card.trouble_seconds)} to {spent}" if card.trouble_seconds else spent


def time(at: datetime, text: str) -> Time:
    """Return a moment with the words chosen for it."""
    return Time(stamp(at), text)


def recent(at: datetime, now: datetime) -> Time:
    """Return a moment in the words of its hour on the day of `now`, else of its day, with the year if that is not now's."""
    year = "" if at.year == now.year else f"{english.GAP}{at.year}"
    return time(at, english.clock(at) if at.date() == now.date() else english.short_date(at) + year)


def clock(at: int) -> Time:
    """Return a moment (epoch seconds) in the words of its hour."""
    return Time(stamped(at), english.clock_of(at))


def incident_url(card: Card) -> str:
    """Return the address of an incident's page."""
    return card.url


def month_url(year: int, month: int) -> str:
    """Return the address of the incidents of a month."""
    return f"/incidents/{year}/{month:02}/"


def provider_url(slug: str) -> str:
    """Return the address of a provider's page."""
    return f"/providers/{slug}/"


def status_page(provider: Provider) -> Link:
    """Return a provider's own status page, called by its host; without an address where it is no more."""
    name = addresses.host(provider.status_page) or provider.status_page
    return Link("", f"{name} (closed)") if provider.closed else Link(provider.status_page, name)


def component_url(slug: str, component: str) -> str:
    """Return the address of a component's page."""
    return f"/providers/{slug}/{component}/"


def year_url(slug: str, year: int) -> str:
    """Return the address of a year of a provider's incidents."""
    return f"/providers/{slug}/{year}/"


FEED_FORMS = (
    ("atom.xml", "Atom", "application/atom+xml"),
    ("feed.xml", "RSS", "application/rss+xml"),
    ("feed.json", "JSON Feed", "application/feed+json"),
)


UPDATE_FORMS = (("updates.rss", "RSS", "application/rss+xml"), ("updates.xml", "Atom", "application/atom+xml"))


def feeds(home: str, title: str) -> tuple[FeedLink, ...]:
    """Return the feeds in the folder `home`, Atom first; their names begin with `title`."""
    return tuple(FeedLink(f"{home}{name}", f"{title}, {form}", media) for name, form, media in FEED_FORMS)


def update_feeds(home: str, title: str) -> tuple[FeedLink, ...]:
    """Return the feeds of every update in the folder `home`, RSS first, which bots read."""
    return tuple(FeedLink(f"{home}{name}", f"{title}, every update, {form}", kind) for name, form, kind in UPDATE_FORMS)


@cache
def provider_feeds(slug: str, title: str) -> tuple[FeedLink, ...]:
    """Return the feeds of one provider, Atom first, then those of every update; their names begin with `title`."""
    home = provider_url(slug)
    return (*feeds(home, title), *update_feeds(home, title))


def component_feeds(slug: str, component: str, title: str) -> tuple[FeedLink, ...]:
    """Return the feeds of one component: of its incidents, and of every update for bots."""
    home = component_url(slug, component)
    return feeds(home, title)[:1] + update_feeds(home, title)[:1]


def ways_to_follow(slug: str) -> tuple[Way, ...]:
    """Return from where people and programs learn that something is over."""
    home = provider_url(slug)
    return (
        Way(
            "Feed reader, e-mail service",
            "the incident’s entry changes to “Resolved” when it is over",
            f"{home}feed.xml",
        ),
        Way(
            "Slack",
            "send this line in a channel to get every update, including the last",
            f"{home}updates.rss",
            "/feed subscribe ",
        ),
        Way("Discord, Teams", "every update as a new entry, including the last", f"{home}updates.rss"),
        Way("Program", "this list is empty once nothing is open", f"{home}api/v2/incidents/unresolved.json"),
    )


def twin(card: Card) -> FeedLink:
    """Return the link to the page of an incident in Markdown."""
    return FeedLink(f"{incident_url(card)}index.md", "This page in Markdown", "text/markdown")


def _until(until: datetime, now: datetime) -> str:
    """Return until when a page is valid; UTC stands in the same line already."""
    return english.clock(until) if until.date() == now.date() else english.near(until, now)


def dateline(almanac: Snapshot, reach: datetime | None = None) -> Dateline:
    """Return the dateline of a page that states the present. `reach` is how far the record of its subject goes."""
    now = almanac.now
    reach = min(reach or almanac.record_until or now, now)
    if almanac.record_until is None:
        return Dateline(day=english.date(now), as_of=time(now, english.clock(now)), reach=NO_TIME, until=None)
    until = moment(int(reach.timestamp()) + FRESH)
    return Dateline(
        day=english.date(now),
        as_of=time(now, english.clock(now)),
        reach=time(reach, english.near(reach, now)),
        until=time(until, _until(until, now)) if until > now else None,
        css="far" if english.near(reach, now) == english.near(now, now) else "",
        expiry=f"No longer valid since {english.moment(until)}: we do not know the status now. "
        f"Below is what was reported up to {english.moment(reach)}.",
    )

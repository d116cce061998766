"""What stands in feeds: incidents, their single posts, articles, and feeds that fail, each as an item.

An item has one id for life, a tag: URI that depends neither on its address nor on its title. Its dates are those of the
posts, never later than we saw them and never the build's; it counts as updated only when something in it changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from typing import Protocol
from urllib.parse import urljoin

from almanac.archive import name_of
from almanac.content.article import ArticleCard
from almanac.content.link_posts import LinkPost
from almanac.content.undeclared import Undeclared
from almanac.model import Card, FeedState, Incident, Provider, Pulls, Update, moment, stamp
from almanac.model.project import Project
from almanac.stats.windows import Period
from almanac.text import addresses, english, markdown
from almanac.views import base, headline
from almanac.views.summaries import SummaryPage

NEWEST = 50  # items in a feed
UNSAID = moment(0)  # when something began of which nobody says when
_LOCAL = re.compile(r'(\b(?:href|src)=)"((?:/(?!/)|#)[^"]*)"')  # an address on the site, or an anchor
PATIENCE = timedelta(days=1)  # a feed that fails for so long is for operators to look at


class Home(Protocol):
    """Where the site lives (without a trailing slash), and what begins every id it coins."""

    @property
    def site_url(self) -> str:
        """Where the site lives, without a trailing slash."""

    @property
    def site_id(self) -> str:
        """What begins every id the site coins."""

    @property
    def project(self) -> Project:
        """Whose site it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed: its id for life, its own address and that of the page it belongs to (both absolute).

    `record_since` is the moment from which on there is a record, the date of a feed that holds nothing yet.
    `current`, `earlier` and `later` are the links of RFC 5005: an archive document names the feed it is of, and each
    document the archives beside it. `version` is that of the program which prints it. "" where there is none.
    """

    id: str
    title: str
    url: str
    home: str
    style: str = ""  # address of a style sheet (CSS), for those who open it in a browser
    record_since: datetime = UNSAID
    current: str = ""
    earlier: str = ""
    later: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """An entry of a feed. `html` is safe; all else is plain text."""

    id: str
    url: str  # absolute
    title: str
    published: datetime
    updated: datetime
    html: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def incident(incident: Incident, card: Card, provider: Provider, site: Home) -> FeedItem:
    """Return an incident as one item: what failed and its state in the title, its posts newest first in the text."""
    parts = [facts_html(card), *(post_html(update) for update in reversed(incident.updates))]
    return _item(card, provider, site, "\n".join(parts), incident.planned_from)


def brief(card: Card, provider: Provider, site: Home) -> FeedItem:
    """Return an incident as an item without the posts, which archive documents leave to the page of the incident."""
    return _item(card, provider, site, facts_html(card))


def _item(card: Card, provider: Provider, site: Home, html: str, planned: datetime | None = None) -> FeedItem:
    published, updated = _dates(card)
    return FeedItem(
        id=id_of(card, site),
        url=site.site_url + base.incident_url(card),
        title=headline.headline(card, provider.name, planned),
        published=published,
        updated=updated,
        html=html,
        authors=(provider.company,),
        categories=(provider.name, *dict.fromkeys([card.kind, *([card.impact] * (card.impact != "unknown"))])),
    )


def article(card: ArticleCard, html: str, site: Home) -> FeedItem:
    """Return an article as an item, with its summary and its whole text; `html` is safe, its links may lack the host."""
    return FeedItem(
        id=f"{site.site_id}{(card.first_url or card.url).strip('/')}",
        url=site.site_url + card.url,
        title=card.title,
        published=card.date,
        updated=max(card.date, card.modified or card.date),
        html=f"<p><em>{escape(card.summary)}</em></p>\n{_absolute(html, site.site_url + card.url)}",
        authors=card.authors,
        categories=(card.kind,),
    )


def _absolute(html: str, page: str) -> str:
    """Return the HTML of a page whose links and images lead there from wherever it is read."""
    return _LOCAL.sub(lambda match: f'{match[1]}"{urljoin(page, match[2])}"', html)


def link(post: LinkPost, grade: str, incidents: Sequence[tuple[str, str]], site: Home) -> FeedItem:
    """Return a link post as an item that leads to the report; `incidents` are (address on the site, name)."""
    parts = [f"<blockquote>{escape(post.quote)}</blockquote>"] * bool(post.quote)
    parts += [f"<p>{escape(post.note)} ({escape(post.curator)})</p>"] * bool(post.note)
    parts += [f'<p>About <a href="{escape(site.site_url + url)}">{escape(name)}</a></p>' for url, name in incidents]
    return FeedItem(
        id=f"{site.site_id}press/{post.slug}",
        url=post.lead.url,
        title=f"{english.sentence(grade)}: {post.lead.title} ({post.lead.publisher})",
        published=post.lead.at,
        updated=post.lead.at,
        html="".join(parts),
        authors=(post.lead.publisher,),
        categories=(grade,),
    )


def summary(period: Period, page: SummaryPage, site: Home) -> FeedItem:
    """Return the report on a month or quarter as an item, dated to the end of its time."""
    facts = "".join(f"<li>{escape(fact.name)}: {escape(fact.value)}, {escape(fact.note)}</li>" for fact in page.facts)
    return FeedItem(
        id=f"{site.site_id}reports/{period.slug}",
        url=site.site_url + page.head.path,
        title=page.title,
        published=moment(period.until),
        updated=moment(period.until),
        html=f"<p>{escape(page.stand)}</p><ul>{facts}</ul>",
        categories=("report",),
    )


def undeclared(one: Undeclared, provider: Provider, site: Home) -> FeedItem:
    """Return an unacknowledged outage as an item; its title says so first."""
    lines = "".join(
        f'<li><a href="{escape(witness.url)}">{escape(witness.title)}</a>, {escape(witness.publisher)}</li>'
        for witness in one.evidence
    )
    return FeedItem(
        id=f"{site.site_id}undeclared/{one.provider}/{one.slug}",
        url=site.site_url + one.url,
        title=f"Unacknowledged: {provider.name}: {one.title}",
        published=one.date,
        updated=one.date,
        html=f"<p>{escape(one.summary)} {escape(provider.name)} did not report it.</p><ul>{lines}</ul>",
        authors=(one.contributor,),
        categories=("not declared",),
    )


def failing(provider: Provider, pulls: Pulls | None, now: datetime, site: Home) -> list[FeedItem]:
    """Return an item for each feed that could not be used for a day or longer, dated to when the day was over."""
    feeds = pulls.feeds if pulls else ()
    return [
        _failure(provider, state, state.error_since + PATIENCE, site)
        for state in feeds
        if state.error and state.error_since and state.error_since + PATIENCE <= now
    ]


def _failure(provider: Provider, state: FeedState, due: datetime, site: Home) -> FeedItem:
    since = stamp(due - PATIENCE)
    mark = sha256(state.url.encode()).hexdigest()[:8]
    text = f"{state.url} has been unusable since {english.moment(due - PATIENCE)}: {state.error}"
    return FeedItem(
        id=f"{site.site_id}failing/{provider.slug}/{mark}/{since}",
        url=f"{site.site_url}/status/",
        title=f"Failing for a day: {provider.name}: {addresses.host(state.url)}",
        published=due,
        updated=due,
        html=f"<p>{escape(markdown.clean(text))}</p>",
        authors=(site.project.name,),
        categories=(provider.name,),
    )


def _dates(card: Card) -> tuple[datetime, datetime]:
    """Return when an incident was first posted, and when it last changed, as far as anyone could see then."""
    published = min([card.posted, *([] if card.first_seen is None else [card.first_seen])])
    return moment(published), moment(max(published, card.changed))


def id_of(card: Card, site: Home) -> str:
    """Return the id of an incident in feeds, for life."""
    return f"{site.site_id}incident/{card.provider}/{name_of(card)}"


def facts_html(card: Card) -> str:
    """Return the facts of an incident as safe HTML, under the title that its provider gave it."""
    facts = [base.mark(card).word, base.length(card), english.listing(card.components, 6)]
    words = f"<p>{escape(english.sentence('; '.join(fact for fact in facts if fact)))}.{_hindsight(card)}</p>"
    return words if card.title_is_ours else f"<p><strong>{escape(card.title)}</strong></p>\n{words}"


def _hindsight(card: Card) -> str:
    """Say of an import that goes on, as of a moment in the past, what is not of that moment."""
    if not (card.imported and card.first_seen is None and card.is_open and card.ended_basis):
        return ""
    return " Imported: severity and components are those that the data set held last, not surely those of this moment."


def post_html(update: Update) -> str:
    """Return a post as safe HTML: its phase, its time and its words."""
    head = f"<strong>{escape(english.sentence(update.phase))}</strong>, {english.moment(update.at)}"
    removal = f" (removed by {english.moment(update.gone)})" if update.gone else ""
    return f"<p>{head}{removal}</p>{markdown.html(update.text) if update.text else ''}"


def newest_first(items: Iterable[FeedItem], most: int = NEWEST) -> list[FeedItem]:
    """Return the newest items of several kinds, as many as a feed holds."""
    return sorted(items, key=lambda item: (item.published, item.id), reverse=True)[:most]

"""Feeds out: incidents and articles as Atom and RSS 2.0, made by lxml. The same input gives the same bytes.

An item has one id for life, a tag: URI that depends neither on its address nor on its title. Its dates are those of the
posts, never later than we saw them and never the build's; it counts as updated only when something in it changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any, Protocol

from lxml import etree  # type: ignore[import-untyped]
from lxml.builder import ElementMaker  # type: ignore[import-untyped]

from almanac import text, words
from almanac.almanac import ArticleCard
from almanac.model import Card, Incident, Phase, Provider, Update, moment, stamp
from almanac.views import base

NEWEST = 50  # items in a feed
NAMESPACE = "http://www.w3.org/2005/Atom"
BEGINNING = moment(0)  # what an empty feed says it was updated: a date it must have, and none that ever moves

_ATOM = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
_IN_RSS = ElementMaker(namespace=NAMESPACE, nsmap={"atom": NAMESPACE})
_RSS = ElementMaker(nsmap={"atom": NAMESPACE})


class Home(Protocol):
    """Where the site lives (without a trailing slash), and what begins every id it coins."""

    @property
    def site_url(self) -> str: ...

    @property
    def site_id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed: its id for life, its own address and that of the page it belongs to (both absolute)."""

    id: str
    title: str
    url: str
    home: str
    style: str = ""  # address of a style sheet (CSS), for those who open it in a browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of a feed. `html` is safe; all else is plain text."""

    id: str
    url: str  # absolute
    title: str
    published: datetime
    updated: datetime
    html: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def incident(incident: Incident, card: Card, provider: Provider, site: Home) -> Item:
    """An incident as one item: its state in the title, its posts newest first in the text."""
    published, updated = dates(incident)
    return Item(
        id=f"{site.site_id}incident/{card.provider}/{card.slug}",
        url=site.site_url + base.incident_url(card),
        title=f"{_state(incident)}: {provider.name}: {incident.title}",
        published=published,
        updated=updated,
        html=_posts(incident, card),
        authors=(provider.company,),
        categories=(provider.name, *dict.fromkeys([card.kind, *([card.impact] * (card.impact != "unknown"))])),
    )


def article(card: ArticleCard, site: Home) -> Item:
    """An article as an item, with its summary; the text is on its page."""
    return Item(
        id=f"{site.site_id}{card.url.strip('/')}",
        url=site.site_url + card.url,
        title=card.title,
        published=card.date,
        updated=max(card.date, card.modified or card.date),
        html=f"<p>{escape(card.summary)}</p>",
        authors=card.authors,
        categories=(card.kind,),
    )


def dates(incident: Incident) -> tuple[datetime, datetime]:
    """When an incident was first posted, and when anything about it last changed, as far as anyone could see then."""
    seen = [incident.first_seen] if incident.first_seen else []
    published = min([incident.posted, *seen])
    moves = [_posted(update) for update in incident.updates]
    moves += [update.gone for update in incident.updates if update.gone]
    moves += [was.until for update in incident.updates for was in update.was]
    moves += [change.until for change in incident.changes]
    moves += [incident.vanished] if incident.vanished else []
    return published, max(published, *moves) if moves else published


def _posted(update: Update) -> datetime:
    return min(update.at, update.seen) if update.seen else update.at


def _state(incident: Incident) -> str:
    if incident.phase is Phase.UNKNOWN:
        return "Over" if incident.ended else "Reported"
    return words.sentence(incident.phase)


def _posts(incident: Incident, card: Card) -> str:
    """What was posted, newest first, and the facts."""
    mark = base.mark(card)
    facts = [mark.word, base.length(card), words.listing(incident.components, 6)]
    parts = [f"<p>{escape(words.sentence('; '.join(fact for fact in facts if fact)))}.</p>"]
    for update in reversed(incident.updates):
        head = f"<strong>{escape(words.sentence(update.phase))}</strong>, {words.moment(update.at)}"
        parts.append(f"<p>{head}</p>{text.html(update.text) if update.text else ''}")
    return "\n".join(parts)


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """An Atom feed (RFC 4287)."""
    feed = _ATOM.feed(
        _ATOM.id(channel.id),
        _ATOM.title(_plain(channel.title)),
        _ATOM.updated(stamp(_latest(items))),
        _ATOM.author(_ATOM.name(_plain(channel.title))),
        _ATOM.link(rel="self", type="application/atom+xml", href=channel.url),
        _ATOM.link(rel="alternate", type="text/html", href=channel.home),
        *map(_entry, items),
    )
    if channel.style:
        feed.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'href="{channel.style}" type="text/css"'))
    return _bytes(feed)


def _entry(item: Item) -> Any:
    return _ATOM.entry(
        _ATOM.id(item.id),
        _ATOM.title(_plain(item.title)),
        _ATOM.published(stamp(item.published)),
        _ATOM.updated(stamp(item.updated)),
        *(_ATOM.author(_ATOM.name(_plain(name))) for name in item.authors),
        _ATOM.link(rel="alternate", type="text/html", href=item.url),
        *(_ATOM.category(term=_plain(term)) for term in item.categories),
        _ATOM.content(text.clean(item.html), type="html"),
    )


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """An RSS 2.0 feed, with Atom's `self` and `updated`, which RSS has no words for."""
    return _bytes(_RSS.rss(
        _RSS.channel(
            _RSS.title(_plain(channel.title)),
            _RSS.link(channel.home),
            _RSS.description(_plain(channel.title)),
            _IN_RSS.link(rel="self", type="application/rss+xml", href=channel.url),
            _RSS.lastBuildDate(_rfc822(_latest(items))),
            *map(_rss_item, items),
        ),
        version="2.0",
    ))  # fmt: skip


def _rss_item(item: Item) -> Any:
    return _RSS.item(
        _RSS.title(_plain(item.title)),
        _RSS.link(item.url),
        _RSS.guid(item.id, isPermaLink="false"),
        _RSS.pubDate(_rfc822(item.published)),
        _IN_RSS.updated(stamp(item.updated)),
        *(_RSS.category(_plain(term)) for term in item.categories),
        _RSS.description(text.clean(item.html)),
    )


def _latest(items: Iterable[Item]) -> datetime:
    return max((item.updated for item in items), default=BEGINNING)


def _plain(line: str) -> str:
    """One line without the characters that XML cannot carry or readers should not see."""
    return " ".join(text.clean(line).split())


def _rfc822(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def _bytes(root: Any) -> bytes:
    document = etree.ElementTree(root)
    data: bytes = etree.tostring(document, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return data

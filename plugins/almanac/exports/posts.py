"""What stands in the feeds of every update: each opening, each update and each end of an incident, once.

Bots post an item once for each id they have not met, so each of these has an id of its own, for life: the minute a post
was first dated to, and its number among those of that minute. An incident on which its provider posted nothing opens with
an item of ours, and one of which no post says that it is over ends with one. A title says what was known at its moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from typing import NamedTuple

from almanac.exports.items import FeedItem, Home, facts_html, id_of, post_html
from almanac.model import OVER, Card, Incident, Phase, Provider, Update
from almanac.model import card as card_of
from almanac.snapshot import incident_as_of
from almanac.views import base, headline
from almanac.views.incident import post_urls

STATED = "stated"  # the basis of an end: with one, what an import has no end of by a moment was open then
LATE = timedelta(days=14)  # what was seen so long after its date is no news: its page was read for the first time


class UpdateItem(NamedTuple):
    """An item of a feed of every update, and the moment by which it is among the newest."""

    item: FeedItem
    moment: datetime


def posts(incident: Incident, card: Card, provider: Provider, site: Home) -> list[UpdateItem]:
    """Return the opening of an incident, every update on it and its end, oldest first."""
    thread = _Thread(incident, card, provider, site)
    return [*thread.opening(), *thread.updates(), *thread.ending()]


def newest(everything: list[UpdateItem], most: int) -> list[FeedItem]:
    """Return the items that became known last, in the order of their dates."""
    latest = sorted(everything, key=lambda post: (post.moment, post.item.published, post.item.id), reverse=True)[:most]
    return sorted((post.item for post in latest), key=lambda item: (item.published, item.id), reverse=True)


class _Thread:
    """The items of one incident."""

    def __init__(self, incident: Incident, card: Card, provider: Provider, site: Home) -> None:
        self._incident, self._card, self._provider, self._site = incident, card, provider, site

    def opening(self) -> Iterator[UpdateItem]:
        """Yield an item of ours, if its provider posted nothing."""
        one = self._incident
        if not one.updates:
            start = self._card._replace(ended=None, ended_basis=STATED, phase=Phase.UNKNOWN)
            yield self._own(
                "start", "#timeline", min(filter(None, (one.started, one.first_seen))), self._headline(start)
            )

    def ending(self) -> Iterator[UpdateItem]:
        """Yield an item of ours, if it is over and no post says so; one that is listed again may be over again."""
        one = self._incident
        if one.ended and not any(update.phase in OVER for update in one.updates):
            name = f"end/{one.ended:%Y-%m-%dT%H:%M}Z" if one.ended_basis == headline.ABSENT else "end"
            yield self._own(name, "", one.ended, self._headline(self._card))

    def updates(self) -> Iterator[UpdateItem]:
        """Yield an item for each post."""
        one, phase = self._incident, Phase.UNKNOWN
        urls = post_urls(one, self._card)
        for number, (name, update) in enumerate(zip(one.post_names, one.updates, strict=True)):
            before, phase = phase, phase if update.phase is Phase.UNKNOWN else update.phase
            published = min(update.at, update.seen) if update.seen else update.at
            edited = [*(was.until for was in update.was), *([update.gone] if update.gone else [])]
            item = FeedItem(
                id=f"{id_of(self._card, self._site)}/{name}",
                url=f"{self._site.site_url}{urls[number]}",
                title=self._title(number, update, phase, before),
                published=published,
                updated=max([published, *edited]),
                html=self._html(update),
                authors=(self._provider.company,),
                categories=(self._provider.name, update.phase.value),
            )
            sight = one.known_from(update)
            yield UpdateItem(item, sight if sight - published <= LATE else published)

    def _title(self, number: int, update: Update, phase: Phase, before: Phase) -> str:
        """Return what was known by a post: the facts of the moment it was seen, its phase, and an end only if it says so."""
        one = self._incident
        past = incident_as_of.as_of(one, one.known_from(update)) or one
        past = replace(past, phase=phase, updates=one.updates[: number + 1])
        if phase not in OVER:
            return self._headline(self._like(replace(past, ended=None, ended_basis=STATED)))
        if before in OVER:
            word = "Postmortem" if phase is Phase.POSTMORTEM else "Further update"
            return f"{word}: {headline.subject(self._like(past), self._provider.name)}"
        ended = min(past.ended, update.at) if past.ended else update.at
        return self._headline(self._like(replace(past, ended=ended, ended_basis=past.ended_basis or STATED)))

    def _like(self, past: Incident) -> Card:
        return card_of(past, self._card.file)

    def _headline(self, card: Card) -> str:
        return headline.headline(card, self._provider.name, self._incident.planned_from)

    def _html(self, update: Update) -> str:
        if self._card.title_is_ours:
            return post_html(update)
        return f"{post_html(update)}\n<p>Incident: {escape(self._card.title)}</p>"

    def _own(self, name: str, anchor: str, at: datetime, title: str) -> UpdateItem:
        """Return an item of which no post stands on the provider's page; no two have one address."""
        item = FeedItem(
            id=f"{id_of(self._card, self._site)}/{name}",
            url=f"{self._site.site_url}{base.incident_url(self._card)}{anchor}",
            title=title,
            published=at,
            updated=at,
            html=facts_html(self._card),
            authors=(self._provider.company,),
            categories=(self._provider.name,),
        )
        return UpdateItem(item, at)

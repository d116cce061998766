"""Says what is true in the world of a demo: what was posted and what goes on, of what the site is about."""

from __future__ import annotations

from datetime import datetime

from almanac.commands.demo.quarters import Posted
from almanac.commands.demo.stage import Stage
from almanac.model import Card, Incident, card
from almanac.stats import selection
from almanac.world import Event


def posted(stage: Stage, after: datetime, until: datetime) -> list[Posted]:
    """Return what was posted in (after, until] on what the site is about, oldest first."""
    posts = [
        Posted(provider=slug, incident=stage.archive_id(slug, state.event, until), at=state.since, event=state.event)
        for slug, page in stage.world.pages.items()
        for life in page.lives
        for state in life.states
        if after < state.since <= until and state.event and _concerns(stage, slug, state.event)
    ]
    return sorted(posts, key=lambda one: (one.at, one.provider, one.incident))


def open_ids(stage: Stage, slug: str, at: datetime) -> frozenset[str]:
    """Return the ids of the outages and degradations that go on at a provider."""
    events = (event for event in stage.world.pages[slug].open(at) if _concerns(stage, slug, event))
    return frozenset(stage.archive_id(slug, event, at) for event in events)


def _concerns(stage: Stage, slug: str, event: Event) -> bool:
    """Say whether the site is about an event: pages of some providers carry more than that."""
    return selection.scope(stage.providers[slug], card_of(slug, event)) != "out"


def card_of(slug: str, event: Event) -> Card:
    """Return an event as the almanac states incidents, for what is decided by its title and components."""
    incident = Incident(
        provider=slug,
        id=event.id,
        title=event.title,
        kind=event.kind,
        impact=event.impact,
        phase=event.states[-1],
        components=event.components,
        started=event.began or event.created,
        ended=event.ended,
    )
    return card(incident, f"{slug}/0000/0000-00-00-event.md")

"""Writes Instatus' history.atom: Statuspage's markup with seconds, the start as `published`, types and components."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from almanac.model import Kind, Phase
from almanac.world.truth import Event, Post
from almanac.world.writers import xml
from almanac.world.writers.forms import FeedFormat, Speech, Start, own_components

_OWN = re.compile(r"c[a-z0-9]{24}")
_WORDS = {Phase.SCHEDULED: "Identified", Phase.IN_PROGRESS: "Identified", Phase.VERIFYING: "Verifying"}


def name(event: Event, host: str) -> str:
    """Return the 25 characters that name an event."""
    return event.name if _OWN.fullmatch(event.name) else "c" + xml.token(event, xml.LOWER, 24)


def atom(events: Sequence[Event], host: str) -> bytes:
    """Return history.atom."""
    head = f'<id>tag:{host},2005:/history</id><link rel="alternate" type="text/html" href="https://{host}"/>'
    return xml.feed((_entry(event, host) for event in events), f"{host} Status - Incident history", head)


def _entry(event: Event, host: str) -> str:
    kind = "Maintenance" if event.kind is Kind.MAINTENANCE else "Incident"
    start = event.planned[0] if event.planned else event.posts[0].at
    affected = xml.escape(", ".join(event.components))
    words = f"<p><strong>Type:</strong> {kind}</p>\n"
    words += f"<p><strong>Affected Components:</strong> {affected}</p>\n" if affected else ""
    words += "".join(_block(post, phase) for post, phase in _posts(event))
    return (
        f"<entry><id>tag:{host},2005:{kind}/{name(event, host)}</id><published>{_stamp(start)}</published>"
        f"<updated>{_stamp(event.newest.at)}</updated>"
        f'<link rel="alternate" type="text/html" href="https://{host}/{kind.lower()}/{name(event, host)}"/>'
        f'<title>{xml.escape(event.title)}</title><content type="html"><![CDATA[\n{words}]]></content></entry>\n'
    )


def _posts(event: Event) -> list[tuple[Post, Phase]]:
    """Return posts and the state of each; those of a maintenance stand in the order of time, others turned around."""
    posts = list(zip(event.posts, event.states, strict=True))
    return posts if event.kind is Kind.MAINTENANCE else posts[::-1]


def _block(post: Post, phase: Phase) -> str:
    return (
        f"<p><small>{post.at:%b} <var data-var='date'> {post.at.day}</var>, "
        f"<var data-var='time'>{post.at:%H:%M:%S}</var> GMT+0</small><br /><strong>"
        f"{_WORDS.get(phase, phase.value.capitalize())}</strong> -\n    {xml.html(post.text)}.</p>\n"
    )


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000+00:00"


def phase(event: Event, number: int) -> Phase:
    """Return the phase of a post; that a maintenance is still to come or goes on is told by its time."""
    state = event.states[number]
    if event.planned and _WORDS.get(state) == "Identified":
        return Phase.SCHEDULED if event.posts[number].at < event.planned[0] else Phase.IN_PROGRESS
    return state


ATOM = FeedFormat(
    "instatus",
    atom,
    name,
    ".atom",
    Speech(start=Start.PLAN, plans=True),
    phase=phase,
    components=own_components,
)

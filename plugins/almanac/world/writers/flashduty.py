"""Writes Flashduty's history.atom: only the newest post of each event, in Beijing time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta, timezone

from almanac.world.truth import Event
from almanac.world.writers import xml
from almanac.world.writers.forms import Form, Posts, Speech, own_components, stated_phase

_URN = re.compile(r"(?:urn:flashduty:change:)?(\d{1,20})")
_BEIJING = timezone(timedelta(hours=8))


def name(event: Event, host: str) -> str:
    """Return the number of the change."""
    own = _URN.fullmatch(event.name)
    return own[1] if own else xml.token(event, xml.DIGITS[1:], 13)


def atom(events: Sequence[Event], host: str) -> bytes:
    """Return history.atom."""
    return xml.feed((_entry(event, host) for event in events), f"{host}")


def _entry(event: Event, host: str) -> str:
    newest = event.newest
    status = stated_phase(event, event.posts.index(newest)).value
    words = f"<p><strong>Status:</strong> {status}</p><p>{xml.html(newest.text)}</p>"
    if event.components:
        words += f"<p><strong>Affected components:</strong> {xml.escape(', '.join(event.components))}</p>"
    prefix = "[已恢复]" if event.is_over else ""
    return (
        f"<entry><title>{prefix}{xml.escape(event.title)}</title><updated>{newest.at.astimezone(_BEIJING).isoformat()}"
        f"</updated><id>urn:flashduty:change:{name(event, host)}</id>"
        f'<link href="https://{host}/incidents/{name(event, host)}" rel="alternate"></link>'
        f'<summary type="html">{xml.escape(words)}</summary></entry>\n'
    )


ATOM = Form(
    "flashduty",
    atom,
    name,
    ".atom",
    Speech(posts=Posts.NEWEST),
    phase=stated_phase,
    components=own_components,
)

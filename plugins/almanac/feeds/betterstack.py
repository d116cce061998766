"""Reads Better Stack (feed.rss): one item an update, machine-made "X went down" and "X recovered" among human words.

Written from descriptions; no recording of such a feed was at hand.
"""

from __future__ import annotations

import re

from almanac.model import OVER, Incident, Phase

from . import wording
from .dialect import Dialect, Draft, EntryError, Post, ReadContext, incident, oldest_first, tidy_link
from .entries import Entry

# The guid is shared by down and recovery; where there is a page an incident, the page is what updates share. The link
# is often the home page: grouped by it, a month becomes one incident. Below the home page a number or an opaque word
# is a name by itself; of anything else the whole address is, or "/mail/#monday" and "/api/#monday" would be one.
_HOST = r"https?://[^/\s]{1,200}"
_PAGE = re.compile(rf"({_HOST}/(?:[^#\s]{{0,200}}/)?incident/(\d{{1,20}}))(?:#|$)")
_OWN_PAGE = re.compile(rf"{_HOST}/incident/\d{{1,20}}")
_ANCHOR = re.compile(rf"{_HOST}/(?:[^#\s]{{1,200}}/)?#([A-Za-z0-9-]{{3,64}})$")
_OWN_ANCHOR = re.compile(rf"{_HOST}/#(?=[a-f]*\d)[0-9a-f]{{6,64}}")
_MONITORED = re.compile(r"<title>\s*(?:<!\[CDATA\[)?[^<]{1,200} (?:went down|recovered)\s*(?:\]\]>)?\s*</title>")
_UPDATE = re.compile(r"/incident/\d+#")
_DOWN = re.compile(r"(.{1,200}?) went down$")
_UP = re.compile(r"(.{1,200}?) (?:has )?recovered$")


def _speaks(head: str, sample: str) -> bool:
    guids = re.findall(r"<guid[^>]{0,60}>\s*([^<\s]{1,300})", sample)
    fitting = bool(guids) and all(_ANCHOR.match(guid) or _UPDATE.search(guid) for guid in guids)
    own = any(_OWN_ANCHOR.fullmatch(guid) or _UPDATE.search(guid) for guid in guids)  # others' guids have anchors, too
    return fitting and (own or bool(_MONITORED.search(sample)))


def _key(entry: Entry) -> str:
    page = _PAGE.match(entry.id) or (None if _ANCHOR.match(entry.id) else _PAGE.match(entry.link))
    if page:
        return page[2] if _OWN_PAGE.fullmatch(page[1]) else page[1]
    anchor = _ANCHOR.match(entry.id)
    if not anchor:
        raise EntryError("its guid names no incident")
    return anchor[1] if _OWN_ANCHOR.fullmatch(entry.id) else entry.id


def _read(entries: tuple[Entry, ...], context: ReadContext) -> Incident:
    in_order = oldest_first(entries, lambda entry: entry.at)
    first = in_order[0]
    planned = first.title.lower().startswith("scheduled")
    monitored = _DOWN.fullmatch(first.title) or _UP.fullmatch(first.title)
    draft = Draft(
        id=_key(first),
        title=first.title,
        dialect=DIALECT.name,
        posts=[_post(entry, context, planned=planned) for entry in in_order],
        source=tidy_link(first.link if _PAGE.search(first.link) else first.id),
        planned=planned,
        planned_from=first.at if planned and first.at > context.read_at else None,
        components=(monitored[1],) if monitored else (),
    )
    return incident(draft, context)


def _post(entry: Entry, context: ReadContext, *, planned: bool) -> Post:
    if _DOWN.fullmatch(entry.title):
        return Post(at=entry.at, html=entry.body, phase=Phase.INVESTIGATING)
    if _UP.fullmatch(entry.title):
        return Post(at=entry.at, html=entry.body, phase=Phase.RESOLVED)
    phase = wording.prose_phase(entry.title) or wording.prose_phase(entry.body)
    if phase in OVER:
        context.doubt(f"end taken from the words of a post in {_key(entry)}")
        return Post(at=entry.at, html=entry.body, phase=Phase.COMPLETED if planned else Phase.RESOLVED)
    if phase and not planned:
        return Post(at=entry.at, html=entry.body, phase=phase)
    return Post(at=entry.at, html=entry.body, phase=Phase.SCHEDULED if planned else None)


DIALECT = Dialect(
    name="betterstack", speaks=_speaks, key=_key, read=_read, one_entry_an_incident=False, whole_entries=False
)

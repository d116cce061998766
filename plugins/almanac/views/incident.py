"""The page of one incident: what was reported, when, to scale, in whose words, and what was changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import NamedTuple

from almanac.model import OVER, TITLE, Card, Impact, Incident, Update, moment, seconds, stamp, unstamp
from almanac.text import english, markdown
from almanac.views import base, datasets, headline, pagination
from almanac.views.around import Around
from almanac.views.base import Head, Link, Time, Way
from almanac.views.citation import CC0, Citation, archived, citation
from almanac.views.corrections import Note
from almanac.views.edits import EditDiff, changed
from almanac.views.hindsight import Fan, fan
from almanac.views.namedwhen import NamedWhen, named_when
from almanac.views.outlook import Outlook, outlook
from almanac.views.pagination import Sheet
from almanac.views.parts import Parts, anchor
from almanac.views.press import PressPost
from almanac.views.replay import replay_urls
from almanac.views.sharing import ChartLinks, share
from almanac.views.timeline import Timeline, timeline

STARTED = {
    "first-update": "first update",
    "stated": "stated by the provider",
    "ulid": "read from its ID",
    "pubdate": "date in the feed",
    "mended": "earliest timestamp; the stated start is after the end",
    "seen": "when we first saw it; the feed gives no usable date",
    "bound": "or earlier: it was already in the feed, undated, when we first read it",
    "editor": "corrected by an editor",
}
ENDED = {
    "resolved-update": "marked as resolved",
    "stated": "stated by the provider",
    "pubdate": "date in the feed",
    "absence": "no longer on the list of current events",
    "mended": "latest timestamp; the stated end is before the start",
    "seen": "when we first saw that it was over; the feed gives no usable date",
    "editor": "corrected by an editor",
}
BRIEF = 400  # characters of an update where it is not on its own page
POSTS = 20  # on one page: one with more, a chart and a fan would weigh over 50 KB
STATED_IMPACT = "as rated by the provider"
IN_TITLE = "named in the title, not rated by the provider"


class Fact(NamedTuple):
    """A cell of the strip of facts: its name, its value, and what qualifies it."""

    name: str
    value: str
    note: str
    time: str = ""  # machine form, where the value is a moment
    url: str = ""
    css: str = ""  # severity, where the value is one
    how: str = ""  # anchor on the methodology page


class IncidentPost(NamedTuple):
    """An update: when, under which phase, its words as safe HTML, and what should be known about it."""

    anchor: str  # its id on the page, for good
    time: Time
    day: str  # its date, where it is not that of the start
    phase: str
    html: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """The page of an incident, at /incidents/<provider>/<id>/."""

    head: Head
    kicker: str
    css: str
    provider: Link
    company: str  # "" where it is the name
    title: str
    so_far: str  # its phase and how long it has been going on, while it is open
    stand: str
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]
    day: str
    timeline: Timeline | None
    component_times: NamedWhen | None  # its components through its time
    posts: tuple[IncidentPost, ...]
    posts_note: str
    edits: tuple[EditDiff, ...]
    source: str
    dataset: Link | None  # the page of the data set it was imported from
    cited_by: tuple[Link, ...]
    corrected: tuple[Note, ...] = ()
    press_posts: tuple[PressPost, ...] = ()
    outlook: Outlook | None = None
    parts: Parts | None = None  # the components of its provider now, while it is open
    status_page: Link | None = None
    over: tuple[Way, ...] = ()  # how to learn that it is over
    month: Link
    cite: Citation
    fan: Fan | None = None
    take: ChartLinks | None = None  # its chart as files, where articles cite it
    replay: str = ""  # address of its replay
    sheets: tuple[Sheet, ...] = ()  # a huge one goes on on further pages


def incident(around: Around, incident: Incident, card: Card, sheet: int = 1, version: str = "") -> IncidentPage:
    """Return a page of an incident. With an equal `around` and incident it is the same, at whatever time.

    `version` names the version of its twin in Markdown.
    """
    urls = incident_urls(card)
    to_scale = timeline(card, around) if card.is_trouble and sheet == 1 else None
    title = base.title(card)
    if incident.title_is_ours and not title.startswith(around.provider):
        title = f"{around.provider}: {title}"
    day, stand = english.date(incident.started), _stand(around, incident, card)
    return IncidentPage(
        head=_head(around, card, f"{title}. {stand}", sheet),
        kicker=f"{'Open incident' if around.is_current else 'Incident'}, {day}",
        css=base.mark(card).css,
        provider=Link(base.provider_url(around.slug), around.provider),
        company="" if around.company == around.provider else around.company,
        title=title,
        so_far=_so_far(around, incident),
        stand=stand,
        facts=_facts(around, incident, card),
        warnings=_warnings(incident, card),
        day=day,
        timeline=to_scale,
        take=share(urls[0], "Timeline of the incident") if to_scale and around.cited_by else None,
        component_times=named_when(around, incident, card) if sheet == 1 else None,
        posts=_sheet(posts(incident), sheet, len(urls)),
        sheets=pagination.sheets(urls, sheet),
        posts_note=_posts_note(incident),
        edits=changed(incident),
        replay=next(iter(replay_urls(card)), "") if around.is_detailed else "",
        source=incident.source,
        dataset=_dataset(incident),
        cited_by=around.cited_by,
        corrected=around.corrected,
        press_posts=around.press_posts,
        outlook=outlook(around, card),
        fan=fan(around, card) if sheet == 1 else None,
        parts=around.parts,
        status_page=around.status_page,
        over=base.ways_to_follow(around.slug) if around.live and card.is_trouble else (),
        month=_month(incident.started.year, incident.started.month),
        cite=_cite(around, incident, card, version),
    )


def _head(around: Around, card: Card, description: str, sheet: int) -> Head:
    urls = incident_urls(card)
    return Head(
        title=pagination.numbered(_share_title(around, card), sheet),
        path=urls[sheet - 1],
        section="incidents",
        description=description,
        dateline=around.live,
        picture=f"{urls[0]}{base.PICTURE}",
        feeds=(*base.provider_feeds(around.slug, around.provider), *([base.twin(card)] if around.is_detailed else ())),
        kind="article",
    )


def _share_title(around: Around, card: Card) -> str:
    """Return what a link to it says: what failed and how it stands, when, and how long it took."""
    if around.is_current:
        return headline.headline(card, around.provider)
    length = f" ({base.length(card)})" if card.ended is not None and card.ended > card.started else ""
    return f"{headline.subject(card, around.provider)}, {english.date(moment(card.started))}{length}"


def _month(year: int, number: int) -> Link:
    return Link(base.month_url(year, number), f"All incidents of {english.month(year, number)}")


def incident_urls(card: Card) -> tuple[str, ...]:
    """Return the address of an incident's page, and of those on which it goes on if it is huge."""
    return pagination.page_urls(base.incident_url(card), len(card.updates), POSTS)


def post_urls(incident: Incident, card: Card) -> list[str]:
    """Return where each post stands, oldest first: on which page of its incident, and its anchor there."""
    urls, number = incident_urls(card), len(incident.updates)
    return [
        f"{urls[min((number - 1 - at) // POSTS, len(urls) - 1)]}#{anchor(name)}"
        for at, name in enumerate(incident.post_names)
    ]


def posts(incident: Incident) -> tuple[IncidentPost, ...]:
    """Return the posts on an incident, newest first; dated where their day is not that of the start."""
    pairs = zip(incident.post_names, incident.updates, strict=True)
    return tuple([_post(incident, name, update, incident.started) for name, update in pairs][::-1])


def newest_posts(incident: Incident, now: datetime, most: int) -> tuple[IncidentPost, ...]:
    """Return the newest posts, dated where their day is not that of `now`; what is long ends after some words."""
    pairs = list(zip(incident.post_names, incident.updates, strict=True))[-most:][::-1]
    return tuple(_brief(_post(incident, name, update, now)) for name, update in pairs)


def _brief(post: IncidentPost) -> IncidentPost:
    """Return a post, or of a long one the beginning, without its formatting."""
    words = markdown.plain(post.html) if len(post.html) > BRIEF else ""
    if len(words) <= BRIEF:
        return post
    return post._replace(html=f"<p>{escape(words[: BRIEF - 1].rsplit(' ', 1)[0])}…</p>")


def _sheet(newest: tuple[IncidentPost, ...], sheet: int, last: int) -> tuple[IncidentPost, ...]:
    """Return the posts of one page of an incident, newest first; the last page holds the rest."""
    return newest[(last - 1) * POSTS :] if sheet == last else tuple(pagination.on_page(newest, sheet, POSTS))


def _stand(around: Around, incident: Incident, card: Card) -> str:
    sentences = [_ending(around, incident, card)]
    if incident.posted_late and incident.ended is not None:
        sentences.append("It was first reported when it was already over.")
    own = sum(other.provider == around.provider for other in around.neighbours)
    if own:
        incidents = "incident" if own == 1 else "incidents"
        sentences.append(f"{around.provider} reported {english.spelled(own)} more {incidents} around that time.")
    return " ".join(sentences)


def _ending(around: Around, incident: Incident, card: Card) -> str:
    if incident.ended is not None:
        over, same_day = incident.ended, incident.ended.date() == incident.started.date()
        return f"{_over(card)} {'at' if same_day else 'on'} {_near(over, incident.started)}."
    if around.live:
        since = f"Open since {_near(incident.started, moment(around.now))}"
        if not around.is_current:
            return f"{since} when we last read its status page, at {english.moment(moment(around.now))}; unknown after that."
        return f"{since}. {_rated(around, card)}"
    if incident.phase in OVER:
        return f"{_over(card)}; the end time is not recorded."
    return "No end time recorded; duration unknown."


def _so_far(around: Around, incident: Incident) -> str:
    if not around.is_current:
        return ""
    return f"{english.sentence(incident.phase)}, {english.duration(around.end - seconds(incident.started))} so far."


def _rated(around: Around, card: Card) -> str:
    """Say how bad an open incident is, by whom."""
    if not card.is_trouble:
        return f"{english.sentence(card.kind)}."
    if card.impact == Impact.UNKNOWN:
        return f"{around.provider} gives no severity."
    return f"{around.provider} rates it {base.mark(card).word.removeprefix('rated ')}."


def _dataset(incident: Incident) -> Link | None:
    """Return the page of the data set it was imported from."""
    address = datasets.url(incident.imported)
    return Link(address, "The data set it comes from") if address else None


def _cite(around: Around, incident: Incident, card: Card, version: str) -> Citation:
    """Return how to cite it: of when it last changed or, while it is open, of the moment its page speaks of."""
    at = moment(around.now) if around.live else incident.changed
    twin = (Link(base.twin(card).url, "Markdown"),) if around.is_detailed else ()
    links = (*twin, Link(f"/data/incidents/{around.slug}.csv", f"CSV, row {incident.id}"))
    return citation(
        base.incident_url(card),
        headline.subject(card, around.provider),
        f"record {around.slug}/{incident.id}, {'as of' if around.live else 'last changed'} {english.moment(at)}",
        at,
        CC0,
        version=version,
        links=links + (archived(incident.source, incident.started) if incident.imported else ()),
    )


def _over(card: Card) -> str:
    return "Resolved" if card.is_trouble else "Ended"


def _near(at: datetime, start: datetime) -> str:
    return english.clock_utc(at) if at.date() == start.date() else english.moment(at)


def _facts(around: Around, incident: Incident, card: Card) -> tuple[Fact, ...]:
    """Return the strip of facts, each with where it comes from; what an open incident's page says above is left out."""
    facts = [_moment("Started", incident.started, STARTED.get(incident.started_basis, ""), incident)]
    if incident.ended is not None:
        facts.append(_moment("Ended", incident.ended, ENDED.get(incident.ended_basis, ""), incident))
    elif around.live is None:
        facts.append(Fact("Ended", "not recorded", "", how="starts-and-ends"))
    facts.append(Fact("Length", *_length(around, incident), how="how-often-and-how-long"))
    facts.append(_impact(incident, card))
    if around.parts is None:
        parts = english.listing(incident.components, 6) or "not named"
        facts.append(Fact("Components", parts, _component_count(incident), how="components"))
    facts.append(_first_seen(incident))
    return tuple(facts)


def _moment(name: str, at: datetime, basis: str, incident: Incident) -> Fact:
    clock = english.clock_seconds(at) if incident.precision == "second" else english.clock(at)
    rounded = "rounded to the hour" if incident.precision == "hour" else ""
    note = ", ".join(filter(None, (f"{english.short_date(at)} {at.year}", basis, rounded)))
    return Fact(name, f"{clock}{english.GAP}UTC", note, stamp(at), how="starts-and-ends")


def _length(around: Around, incident: Incident) -> tuple[str, str]:
    if incident.ended is None:
        so_far = english.duration(around.end - seconds(incident.started))
        return (so_far, "so far") if around.live else ("unknown", "no end time recorded")
    if incident.ended == incident.started:
        return "not given", "start and end are the same"
    spent = english.duration(seconds(incident.ended) - seconds(incident.started))
    if incident.trouble_seconds:
        return (
            f"{english.duration(incident.trouble_seconds)} to {spent}",
            "several intervals, of which the sum is known",
        )
    return spent, "start to end, as reported"


def _impact(incident: Incident, card: Card) -> Fact:
    css, word = base.mark(card)
    if not card.is_trouble:
        return Fact("Kind", word, f"by {incident.kind_basis}", css=css, how="kinds")
    stated = incident.impact_stated.replace("_", " ")
    whose = IN_TITLE if incident.impact_basis == TITLE else STATED_IMPACT
    note = whose if stated == word else f"{whose}: {stated}" if stated else "the provider gives no rating"
    return Fact("Impact", word, note, css=css, how="severity")


def _component_count(incident: Incident) -> str:
    count = "" if len(incident.components) < 2 else f"{len(incident.components)} named"
    if incident.components_basis != TITLE:
        return count
    return f"{count} in the title" if count else "named in the title"


def _first_seen(incident: Incident) -> Fact:
    if incident.first_seen is None:
        note = f"from {incident.imported}" if incident.imported else ""
        return Fact("First seen by us", "never (imported)" if incident.imported else "never", note, how="imported")
    late = seconds(incident.first_seen) - seconds(incident.started)
    note = f"{english.duration(late)} after the start" if late > 0 else ""
    at = incident.first_seen
    return Fact("First seen by us", _near(at, incident.started), note, stamp(at), how="first-seen")


def _warnings(incident: Incident, card: Card) -> tuple[str, ...]:
    """Return what a reader must know before quoting the incident."""
    warnings = []
    if incident.posted_late:
        warnings.append(
            "Reported late: the provider first posted it only once it was over, so it could not warn anyone."
        )
    if incident.vanished is not None:
        when = english.moment(incident.vanished)
        warnings.append(f"No longer in the provider’s feed since {when}. It was reported, so it stays and counts.")
    if incident.started_basis == "mended" or incident.ended_basis == "mended":
        warnings.append(
            "The provider’s stated times contradict each other; the times shown are worked out from its updates."
        )
    if incident.trouble_seconds:
        warnings.append(
            f"It was several intervals, {english.duration(incident.trouble_seconds)} in all. We do not know when they were, so it counts "
            "as at least that and at most from its start to its end."
        )
    if incident.repairs:
        warnings.append(_repaired(incident))
    if incident.imported and not any(update.text for update in incident.updates):
        warnings.append(
            f"Imported from the data set {incident.imported}: times and phases only, without the provider’s text. "
            f"{'Severity' if incident.title_is_ours else 'Title, severity'} and components are the last ones it recorded."
        )
    return tuple(warnings)


def _repaired(incident: Incident) -> str:
    """Say what an earlier import had wrong, and which data set knew better; the provider did not change it."""
    parts = [_was(repair.what, repair.was) for repair in incident.repairs if repair.what != "imported"]
    return f"Corrected from the data set {incident.repairs[-1].dataset}. An earlier import had: {'; '.join(parts)}."


def _was(what: str, was: str) -> str:
    if what == "updates":
        return "other updates"
    if what in ("started", "ended"):
        return f"{'start' if what == 'started' else 'end'} {english.moment(unstamp(was)) if was != 'unknown' else 'not recorded'}"
    return f"{what} {was.replace('_', ' ')}"


def _post(incident: Incident, name: str, update: Update, day_of: datetime) -> IncidentPost:
    after = int((update.at - incident.started).total_seconds())
    notes = [f"after {english.duration(after)}" if after > 0 else "at the start" if after == 0 else "before the start"]
    if update.was:
        notes.append("text changed later")
    if update.gone is not None:
        notes.append(f"gone from the feed since {english.moment(update.gone)}")
    if update.printed and update.printed.casefold() != update.phase:
        notes.append(f"printed as “{update.printed}”")
    at, html = update.at, markdown.html(update.text) if update.text else ""
    day = "" if at.date() == day_of.date() else english.short_date(at)
    return IncidentPost(
        anchor(name), Time(stamp(at), english.clock(at)), day, english.sentence(update.phase), html, " · ".join(notes)
    )


def _posts_note(incident: Incident) -> str:
    if not incident.updates:
        return "none recorded"
    if any(update.text for update in incident.updates):
        return "in the provider’s words"
    return "times and phases only; full text at the source"

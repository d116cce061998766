"""Writes feeds: what a page has, in every form of feed that is read here. A form more is a module and a line.

The table FORMS says of each form how it is written, what it calls an event, and what it can say at all.
"""

from __future__ import annotations

from almanac.model import Provider
from almanac.world.writers import (
    aws,
    azure,
    betterstack,
    datadog,
    flashduty,
    google,
    incidentio,
    instatus,
    lambstatus,
    plain,
    statuspage,
    xai,
)
from almanac.world.writers.forms import FeedFormat, Posts, Speech, Start

FORMS: tuple[FeedFormat, ...] = (
    statuspage.ATOM,
    statuspage.RSS,
    statuspage.API,
    incidentio.ATOM,
    incidentio.API,
    google.ATOM,
    google.JSON,
    google.WORKSPACE,
    betterstack.RSS,
    betterstack.JSON,
    azure.RSS,
    aws.RSS,
    aws.EVENTS,
    aws.CURRENT,
    instatus.ATOM,
    datadog.JSON,
    xai.RSS,
    flashduty.ATOM,
    flashduty.LIST,
    lambstatus.RSS,
    plain.RSS,
)


def form_of(dialect: str, url: str, page: str = "") -> FeedFormat:
    """Return the form of a feed by its dialect and address, on a page of this make if there is such a one.

    Of several of one dialect it is the one of that suffix. Raises ValueError for a dialect that no writer has.
    """
    address = url.split("?", maxsplit=1)[0]
    speaking = [form for form in FORMS if form.dialect in (dialect, f"{dialect}-json")]
    if not speaking:
        names = ", ".join(sorted({form.dialect for form in FORMS}))
        raise ValueError(f"{url}: no form of feed is called {dialect!r}; name one of: {names}")
    return max(speaking, key=lambda form: (form.page == page, address.endswith(form.suffix), form.dialect == dialect))


def make(provider: Provider) -> str:
    """Return the make of a provider's page: that of its first feed that is no JSON, since forms of JSON are shared."""
    dialects = [feed.dialect for feed in provider.feeds if not feed.beside] or [""]
    return next((one for one in dialects if not one.endswith("-json")), dialects[0].removesuffix("-json"))

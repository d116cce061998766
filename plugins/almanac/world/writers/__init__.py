"""Writes feeds: what a page has, in every form of feed that is read here. A form more is a module and a line.

The table FORMS says of each form how it is written, what it calls an event, and what it can say at all.
"""

from __future__ import annotations

from almanac.world.writers import (
    aws,
    azure,
    betterstack,
    flashduty,
    google,
    incidentio,
    instatus,
    lambstatus,
    plain,
    statuspage,
    xai,
)
from almanac.world.writers.forms import Form, Posts, Speech, Start

__all__ = ["FORMS", "Form", "Posts", "Speech", "Start", "form_of"]

FORMS: tuple[Form, ...] = (
    statuspage.ATOM,
    statuspage.RSS,
    statuspage.API,
    incidentio.ATOM,
    google.ATOM,
    google.JSON,
    betterstack.RSS,
    betterstack.JSON,
    azure.RSS,
    aws.RSS,
    instatus.ATOM,
    xai.RSS,
    flashduty.ATOM,
    lambstatus.RSS,
    plain.RSS,
)


def form_of(dialect: str, url: str) -> Form:
    """Return the form of a feed by its dialect and address; of several of one dialect the one of that suffix."""
    suffixed = [form for form in FORMS if form.suffix and url.split("?", maxsplit=1)[0].endswith(form.suffix)]
    speaking = [form for form in FORMS if form.dialect in (dialect, f"{dialect}-json")]
    both = [form for form in speaking if form in suffixed]
    if not speaking:
        known = ", ".join(sorted({form.dialect for form in FORMS}))
        raise ValueError(f"{url}: no form of feed is called {dialect!r}; name one of: {known}")
    return (both or speaking)[0]

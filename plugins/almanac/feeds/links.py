"""Keeps one spelling of a link, however a feed writes it."""

from __future__ import annotations

import re


def tidy(link: str) -> str:
    """A link over https, without the double slash some status pages put behind their host; "" if it is no web link."""
    if not re.match(r"https?://[^\s<>\"]+$", link):
        return ""
    return re.sub(r"(?<!:)/{2,}", "/", re.sub(r"^http://", "https://", link))

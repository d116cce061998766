"""Keeps one spelling of a link, however a feed writes it."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from ..text import addresses


def tidy(link: str) -> str:
    """A link over https, without the double slash some status pages put behind their host; "" if it is no web link."""
    if not re.match(r"https?://[^\s<>\"]+$", link) or not addresses.host(link):
        return ""
    return re.sub(r"(?<!:)/{2,}", "/", re.sub(r"^http://", "https://", link))


def bare(link: str) -> str:
    """A link without scheme, www and the slash at its end, in small letters: one address in all its spellings."""
    return re.sub(r"^https?://(?:www\.)?", "", link.strip().lower()).rstrip("/")


def is_page(link: str, pages: AbstractSet[str]) -> bool:
    """True for the address of a host, and for one of `pages` (bare): that names a whole page, and nothing on it."""
    return bool(re.match(r"https?://[^/?#\s]+/*$", link)) or bare(link) in pages

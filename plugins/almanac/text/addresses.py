"""Says of a web address whether a reader may be sent there, and sees who is there. Pure."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit


def is_web(value: object) -> bool:
    """Say whether a reader may be sent to an address."""
    try:
        parts = urlsplit(str(value))
        good = parts.scheme in {"http", "https"} and not is_disguised(parts)
    except ValueError:
        good = False
    return good and str(value).isprintable() and not set(str(value)) & set(' "<>\\')


def is_disguised(parts: SplitResult) -> bool:
    """Say whether an address has no host, or hides it behind a user's name or in letters that look like others.

    Raises ValueError for a host that is none.
    """
    host = parts.hostname or ""
    return not host or "@" in parts.netloc or "%" in host or not unquote(parts.netloc).isascii()


def host(url: str) -> str:
    """Return the host of an address, "" for what has none: whatever a feed or a file says, no page fails over it."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # https://[::1/ and the like
        return ""

"""Make parts of addresses, and identifiers, of what people and providers call things."""

from __future__ import annotations

import unicodedata

from almanac.model.problem import WordError


def slug(title: str) -> str:
    """Return the part of an address that comes from a title: at most 64 of a-z, 0-9 and -, cut between words.

    Raises ValueError for a title without letters or digits that could be written so.
    """
    ascii_only = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    words = "".join(c if c.isalnum() else "" if c == "'" else " " for c in ascii_only).split()
    if not words:
        raise WordError(f"{title!r} has no letters or digits of which an address could be made; choose another title")
    address = words[0][:64]
    for word in words[1:]:
        if len(address) + 1 + len(word) > 64:
            break
        address += f"-{word}"
    return address


def identifier(name: str) -> str:
    """Return the letters and digits of a name, of any script, in lower case, its words joined by -; "" if it has none.

    What a provider calls its parts may be of any script, and is not refused for it.
    """
    return "-".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())

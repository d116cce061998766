"""Bound what strangers send: how long a text or a file may be before it becomes a value.

Nothing of a feed is trusted: what is longer than here is cut, or costs its entry, and the reading raises a doubt that
says so. The longest seen in recorded feeds are a tenth to a half of these. What people write is refused with its cure.
"""

from __future__ import annotations

from hashlib import sha256

TITLE = 300  # characters of the title of an incident
WORD = 100  # characters of a state or an impact as it is printed
NAME = 200  # characters of the name of a component
COMPONENTS = 300  # names of components of one incident
ID = 500  # characters of an id
ADDRESS = 2_000  # characters of an address
TEXT = 50_000  # characters of one post
POSTS = 2_000  # posts of one incident; an entry with more is no incident
DIGITS = 20  # digits of a whole number in JSON; one with more is kept as its text

# What people write. The record's own files and lists are at most a tenth to a half as long.
FILE = 2_000_000  # bytes of a file under content/, whatever it is; above each limit of its kind
ARTICLE = 300_000  # bytes of an article or a page
MARKDOWN = 200_000  # characters of its text; a long article has 30,000
PROVIDER_FILE = 100_000  # bytes
RECORD_FILE = 20_000  # bytes of a correction, a link or a report
PICTURE = 500_000  # bytes; a screenshot of a whole status page has 200,000
PROFILE = 4_000_000  # bytes of a picture's colour profile; those of cameras and printers have at most two million
FILE_NAME = 80  # characters of the name of an article or a picture, which becomes an address
REPORT_NAME = 90  # characters of the slug of a report
FOLDERS = 3  # folders within each other, as in incidents/<provider>/<year>
LINE = 1_000  # characters of a line in front matter
YAML_LEVELS = 20  # levels of front matter, where four are needed: the parser recurses
YAML_NUMBER = 40  # characters of a number there: Python refuses to print one of more than 4,300 digits
QUOTED = 25  # words of somebody else's text
FEEDS = 20  # feeds of a provider
PARTS = 500  # components of a provider
NAMES = 100  # other names of a provider or of a component
LISTED = 200  # items of any other list

_DIGEST = 16  # hexadecimal digits that keep cut ids apart


def cut(text: str, most: int) -> str:
    """Return at most `most` characters of a text, cut between words where there are any, ending in an ellipsis."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    words, blank, _ = head.rpartition(" ")
    return (words if blank and len(words) > most // 2 else head).rstrip() + "…"


def cut_markdown(markdown: str, most: int) -> str:
    """Return the first paragraphs that fit into `most` characters; of one that is longer by itself, its first words.

    Escapes, code and links of a paragraph that is cut may lose their end, so these marks become plain text.
    """
    if len(markdown) <= most:
        return markdown
    head, parted, _ = markdown[: most - 3].rpartition("\n\n")
    if not parted:
        head = cut(markdown, most - 3).removesuffix("…").rstrip("\\")
    return f"{head}\n\n…"


def cut_id(raw: str) -> str:
    """Return an id of at most ID characters; one that is cut ends in a digest of the whole, so that it stays unique."""
    if len(raw) <= ID:
        return raw
    return f"{raw[: ID - _DIGEST - 1]}-{sha256(raw.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGEST]}"

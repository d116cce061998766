"""What a hostile pull request is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support import content

CANARY = "canary-5c1e90"  # stands in files and variables around content/, and must never be published
ELSEWHERE = "../../../../secret.txt"  # from the folder of an article
ARTICLE = "articles/2026/2026-03-02-monday.md"
PAGE = "pages/news.md"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    to: str


Files = Mapping[str, "bytes | Link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A pull request. `files` are paths under content/; `harmless` is the same without what is hostile, if it can be.

    `body` is the Markdown it wants shown, for looking at what a browser would make of it without any check.
    """

    name: str
    files: Files
    harmless: Files = field(default_factory=dict)
    body: str = ""


def article(body: str = "It was down.", more: str = "", title: str = "Monday") -> bytes:
    """Return an article of the base site's Monday; `more` are further lines of front matter."""
    return content.article(title, body, author="Ada Example", more=more).encode("utf-8", "surrogatepass")


GOOD: Files = {ARTICLE: article()}


def in_body(name: str, body: str) -> Case:
    """Return an article with this text."""
    return Case(name=f"body: {name}", files={ARTICLE: article(body)}, harmless=GOOD, body=body)


def in_front(name: str, more: str) -> Case:
    """Return an article with these lines in its front matter; of a key that is there already, instead of what is there."""
    key = more.partition(":")[0]
    text = article().decode()
    lines = text.split("\n")
    known = [number for number, line in enumerate(lines) if line.startswith(f"{key}:")]
    if known and key != "sources":
        lines[known[0]] = more
    elif known:
        lines[known[0] : known[0] + 6] = more.split("\n")
    else:
        lines.insert(9, more)
    return Case(name=f"front matter: {name}", files={ARTICLE: "\n".join(lines).encode()}, harmless=GOOD)


def raw(name: str, data: bytes, file: str = ARTICLE) -> Case:
    """Return a file with these bytes."""
    return Case(name=name, files={file: data}, harmless=GOOD if file == ARTICLE else {})

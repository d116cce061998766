"""Small sites made of hostile strings, through the real line: feeds read and merged, files checked, Pelican run.

Each function fills a project and builds it; what check refuses is taken out as a person would, and counted.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from almanac import archive, feeds, merge
from almanac.commands import build as build_command
from almanac.commands.survey import survey
from almanac.content.files import read_all
from almanac.content.providers import load
from almanac.model import stamp
from tests.support.almanacs import incident, pulls
from tests.support.projects import project, put, write

NOW = datetime(2026, 3, 2, 14, 10, tzinfo=UTC)
FIRST, SECOND = NOW - timedelta(hours=3), NOW - timedelta(hours=2)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ARTICLE = """---
title: {title}
date: 2026-03-01T13:00:00Z
authors: [{author}]
providers: [anthropic]
summary: {summary}
kind: news
status: published
sources:
  - {{url: {url}, title: {source}, publisher: {publisher}, kind: provider, primary: true}}
claims:
  - {{said: {fact}, by: {author}, grade: press, verdict: undecidable, why: {fact}, where: {url}}}
corrections:
  - {{date: 2026-03-01T14:00:00Z, text: {fact}}}
confirmed: [{fact}]
claimed: [{fact}]
unknown: [{fact}]
---

"""
CALM = dict.fromkeys(("title", "author", "summary", "source", "publisher", "fact"), "Plain words")
OPEN = 10  # of so many incidents one is open
COMPARED = 6  # providers of a site that have a record, and so pages that compare them
ROUNDS = 4
WEB = "https://status.anthropic.example/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A built site, and how many of the strings given to it were published and refused."""

    output: Path
    published: int
    refused: int


def from_feeds(root: Path, strings: Sequence[str]) -> Made:
    """Put each string into title and text of an incident, in Atom and in JSON (there also as id, component, word, link).

    Both feeds are read twice; the second time every text has become another, so that all of it is kept and shown.
    """
    project(root)
    for name in ("incidents", "articles"):
        shutil.rmtree(root / "content" / name)
    turned = [*strings[1:], *strings[:1]]
    published = sum(
        _pulled(root / "content", provider, [form(turned, strings), form(strings, strings)])
        for provider, form in (("anthropic", _atom), ("groq", _json))
    )
    return Made(output=_built(root), published=published, refused=2 * len(strings) - published)


def _pulled(content: Path, slug: str, bodies: Iterable[bytes]) -> int:
    provider = next(provider for provider in load(content) if provider.slug == slug)
    last: tuple[tuple[str, datetime], ...] = ()
    for moment, body in zip((FIRST, SECOND), bodies, strict=True):
        archived = archive.load(content, slug)
        reading = feeds.read(provider, body, seen=moment)
        merged = merge.merge({key: filed.incident for key, filed in archived.items()}, reading, last)
        archive.save(content, merged.incidents, archived)
        last = merged.last_open
    archive.save_pulls(content, pulls(slug, until=NOW, last_open=last))
    return len(archive.load(content, slug))


def _began(number: int) -> datetime:
    return FIRST - timedelta(minutes=30 * (number + 1))


def _atom(strings: Sequence[str], _ids: Sequence[str]) -> bytes:
    """Return a Statuspage feed; titles by turns as text and as HTML."""
    entries = []
    for number, string in enumerate(strings):
        at, kind, hostile = _began(number), ("text", "html")[number % 2], escape(NOT_XML.sub("", string))
        time = f"{at:%b} <var data-var='date'>{at.day}</var>, <var data-var='time'>{at:%H:%M}</var> UTC"
        head = f"<p><small>{time}</small><br><strong>{'Resolved' if number % OPEN else 'Investigating'}</strong> - "
        body = escape(head) + hostile + escape("</p>")
        entries.append(
            f"<entry><id>tag:status.anthropic.example,2005:Incident/{number}</id><published>{stamp(at)}</published>"
            f'<updated>{stamp(at)}</updated><link rel="alternate" type="text/html" '
            f'href="{WEB}incidents/v{number:011}"/><title type="{kind}">{hostile}</title>'
            f'<content type="html">{body}</content></entry>'
        )
    head = "<id>tag:status.anthropic.example,2005:/history</id><title>Claude Status - Incident History</title>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{"".join(entries)}</feed>'.encode()


def _json(strings: Sequence[str], ids: Sequence[str]) -> bytes:
    """Return Statuspage's incidents.json, where every field but the times is hostile."""
    entries = []
    for number, string in enumerate(strings):
        at = stamp(_began(number))
        posts = [{"status": status, "body": string, "created_at": at} for status in ("investigating", string)]
        posts += [{"status": "resolved", "created_at": at}] * (number % OPEN > 0)
        entries.append(
            {
                "id": f"{number} {ids[number][:80]}",
                "name": string,
                "impact": string,
                "shortlink": string,
                "created_at": at,
                "components": [{"name": string}],
                "incident_updates": posts,
            }
        )
    return json.dumps({"page": {"id": "x"}, "incidents": entries}).encode()


def from_articles(root: Path, strings: Sequence[str]) -> Made:
    """Put each string into an article: as text, as a link, in every line of its metadata, and as its addresses."""
    project(root)
    number = 0
    for string in strings:
        as_value = json.dumps(string)
        for facts, body in (
            (CALM | {"url": WEB}, string),
            (CALM | {"url": WEB}, f"See [this]({string}), ![that]({string}) and <{string}>."),
            (dict.fromkeys(CALM, as_value) | {"url": WEB}, "Text."),
            (CALM | {"url": as_value}, "Text."),
        ):
            write(root, f"articles/2026/2026-03-01-v{number}.md", _utf8(f"{ARTICLE.format_map(facts)}{body}\n"))
            number += 1
    refused = _weeded(root)
    return Made(output=_built(root), published=number - refused, refused=refused)


def from_providers(root: Path, strings: Sequence[str]) -> Made:
    """Put each string into a provider, as name, company, component, alias and text, and as every address of another."""
    project(root)
    for number, string in enumerate(strings):
        _provider(root, f"n{number}", json.dumps(string), f'"https://n{number}.example/"', string)
        _provider(root, f"u{number}", f"Calm {number}", json.dumps(string), "Calm.")
    refused = _weeded(root)
    for number, path in enumerate(sorted((root / "content/providers").glob("n*.md"))):
        put(root, incident(path.stem, provider=path.stem))
        if number < COMPARED:
            archive.save_pulls(root / "content", pulls(path.stem))
    return Made(output=_built(root), published=2 * len(strings) - refused, refused=refused)


def _provider(root: Path, slug: str, name: str, address: str, about: str) -> None:
    part = f"{{slug: api, name: {name}, product: {name}, match: [{name}]}}"
    lines = (
        f"slug: {slug}",
        f"name: {name}",
        f"company: {name}",
        f"aliases: [{name}]",
        f"home: {address}",
        f"status_page: {address}",
        f"feeds: [{{url: {address}}}]",
        f"components: [{part}]",
    )
    write(root, f"providers/{slug}.md", _utf8("---\n" + "\n".join(lines) + f"\n---\n\n{about}\n"))


def _weeded(root: Path) -> int:
    """Take out every file that check complains of, as often as it does; how many these were."""
    removed = 0
    for _ in range(ROUNDS):
        content = root / "content"
        files = {problem.file for problem in survey(content, read_all(content), NOW, False)}
        for file in files:
            (root / file).unlink()
        removed += len(files)
        if not files:
            return removed
    raise AssertionError(f"check complains of {sorted(files)[:3]} and more, whatever is taken out")


def _built(root: Path) -> Path:
    with contextlib.redirect_stdout(io.StringIO()):
        build_command.build(root / "pelicanconf.py", now=stamp(NOW), output="out")
    return root / "out"


def _utf8(text: str) -> str:
    """Return text that a file can hold: what has no place in UTF-8 becomes a question mark."""
    return text.encode("utf-8", "replace").decode()

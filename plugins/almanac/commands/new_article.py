"""Starts an article: composes its file with what is known already and where to write what, and puts it in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from almanac.commands.new_beside import author, begin, incident
from almanac.content import providers as known_providers
from almanac.content.article import PLACEHOLDER
from almanac.content.articles import address
from almanac.model import Incident, stamp
from almanac.model.problem import WordError
from almanac.text.similar import no_provider
from almanac.text.slug import slug

BODY = """\
What happened, in one paragraph: what, when (UTC), who was affected, how it ended. Link each statement to its source.

## Timeline

## How unusual was it?

## How this was made
"""


SCHEMA = "# yaml-language-server: $schema=../../../.github/schemas/article.json\n"  # for editors that know YAML
ANOTHER = """\
# Another source:
# - url: https://paper.example/story
#   title: Its headline
#   publisher: The Paper
#   kind: press
#   primary: false
"""
CLAIM = """\
# A claim with a number, checked against the archive (delete the # in front, or all of it):
# claims:
# - said: It is usually over within two hours
#   by: The Paper
#   where: 2
#   grade: press
#   check: {share: ended under 2h, provider: anthropic, from: 2025-03-01, to: 2026-03-01, expect: "> 50%"}
#   verdict: supported
"""


class NewArticle(NamedTuple):
    """A file to be written. `path` is relative to content/."""

    path: str
    text: str


def compose(
    title: str,
    *,
    now: datetime,
    authors: Sequence[str] = (),
    providers: Sequence[str] = (),
    incidents: Sequence[Incident] = (),
    names: Mapping[str, str] | None = None,
    sources: Sequence[Mapping[str, Any]] = (),
) -> NewArticle:
    """Return the draft of an article about `incidents` of `providers` (slugs), dated `now`.

    `names` gives the company behind each slug, `sources` what it rests on beside the provider's own pages. What the
    author has to write is empty, and the check of articles names each empty field; once they are filled it passes.
    Raises ValueError for a title without letters or digits.
    """
    fields: dict[str, Any] = {
        "title": title,
        "date": stamp(now),
        "authors": list(authors),
        "providers": list(dict.fromkeys([*providers, *(incident.provider for incident in incidents)])),
        "incidents": [f"{incident.provider}/{incident.id}" for incident in incidents],
        "summary": PLACEHOLDER,
        "kind": "news",
        "status": "draft",
        "sources": [
            *(_source(incident, names or {}) for incident in incidents if incident.source),
            *map(dict, sources),
        ],
        "confirmed": [],
        "claimed": [],
        "unknown": [],
    }
    return NewArticle(f"articles/{now:%Y}/{now:%Y-%m-%d}-{slug(title)}.md", f"---\n{_yaml(fields)}---\n\n{BODY}")


def _source(incident: Incident, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the provider's own page on an incident, the first source of any article about it."""
    return {
        "url": incident.source,
        "title": f"Status page, incident {incident.id}",
        "publisher": names.get(incident.provider, incident.provider),
        "kind": "provider",
        "primary": True,
    }


def _yaml(fields: Mapping[str, Any]) -> str:
    """Return YAML as a person would write it; the date stands without quotes, so that it is read as one."""
    dumped = yaml.safe_dump({**fields}, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)
    dated = dumped.replace(f"date: '{fields['date']}'", f"date: {fields['date']}", 1)
    return SCHEMA + dated.replace("\nconfirmed:", f"\n{ANOTHER}confirmed:", 1) + CLAIM


def main(content: Path, title: str, providers: Sequence[str], incidents: Sequence[str], now: datetime) -> int:
    """Write the draft into `content` and say where it is. `incidents` are written provider/id. The exit code."""
    names = {provider.slug: provider.company for provider in known_providers.load(content)}
    if strangers := sorted(set(providers) - names.keys()):
        raise WordError(no_provider(strangers[0], names))
    cited = [incident(content, key, providers).incident for key in incidents]
    by = author(content.parent)
    draft = compose(title, now=now, authors=[by] if by else [], providers=providers, incidents=cited, names=names)
    begin(content, draft.path, draft.text)
    print(f"new: python3 tasks.py serve shows it at {address(draft.path)}, with a list of what is left to do")
    return 0

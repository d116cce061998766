"""Writes and reads the Markdown of drafts, and the lines that remember decisions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from almanac.content.link_posts import Telling, telling_of
from almanac.model import stamp, unstamp
from almanac.model.problem import Problem
from almanac.news.draft import Decided, StoryDraft, in_order

WORDS = ("dropped", "link", "article")


def render(draft: StoryDraft, **more: str) -> str:
    """Return the text of a draft's file; with `curator` and perhaps `note` instead of `why`, that of a link post."""
    fields: dict[str, Any] = {
        **_fields(draft.lead),
        "grade": draft.grade,
        "providers": list(draft.providers),
        "incidents": list(draft.incidents),
        "quote": draft.quote,
        "also": [_fields(telling) for telling in draft.tellings[1:]],
        **(more or {"why": draft.why}),
    }
    fields = {name: value for name, value in fields.items() if value or name == "incidents"}
    text = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False)
    for telling in draft.tellings:  # without quotes, so that it is read as a time
        text = text.replace(f"date: '{stamp(telling.at)}'", f"date: {stamp(telling.at)}")
    return f"---\n{text}---\n"


def parse(data: bytes, file: str, path: str) -> tuple[StoryDraft | None, tuple[Problem, ...]]:
    """Return the draft in `file` (relative to content/), which messages call `path`, or every problem of it."""
    from almanac.content import forms, frontmatter  # 0.25 s, needed only where there are drafts

    row, faults = forms.check(forms.DraftForm, frontmatter.read(data, path))
    if faults:
        return None, faults
    return StoryDraft(why=row["why"], file=file, **story(row)), ()


def story(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a draft that a link post has too, from checked front matter."""
    return {
        "tellings": in_order(telling_of(fields) for fields in (row, *row["also"])),
        "quote": row["quote"],
        "grade": row["grade"],
        "providers": tuple(row["providers"]),
        "incidents": tuple(row["incidents"]),
    }


def line(decided: Decided) -> str:
    """Return 2026-03-02T12:10:00Z⇥dropped⇥https://…⇥anthropic⇥anthropic/0ghc53zpsfmt⇥Title⇥Publisher."""
    telling = decided.telling
    return "\t".join(
        (
            stamp(telling.at),
            decided.word,
            telling.url,
            ",".join(decided.providers),
            ",".join(decided.incidents),
            telling.title,
            telling.publisher,
        )
    )


def lines(text: str) -> Iterator[Decided]:
    """Yield decisions from lines of `line`; a damaged one is skipped, for its story only comes back once more."""
    for row in text.splitlines():
        try:
            at, word, url, providers, incidents, title, publisher = row.split("\t")
            telling = Telling(url=url, title=title, publisher=publisher, at=unstamp(at))
        except ValueError:
            continue
        if word in WORDS:
            yield Decided(telling=telling, word=word, providers=_list(providers), incidents=_list(incidents))


def _list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _fields(telling: Telling) -> dict[str, str]:
    return {"title": telling.title, "url": telling.url, "publisher": telling.publisher, "date": stamp(telling.at)}

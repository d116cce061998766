"""Draft ⇄ Markdown, and the line that remembers what was decided. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from almanac.model import stamp, unstamp
from almanac.model.problem import Problem
from almanac.news.draft import Decided, Draft, Told, in_order

WORDS = ("dropped", "link", "article")


def render(draft: Draft, **more: str) -> str:
    """The file of a draft, or with `curator` and perhaps `note` instead of why it was kept, that of a link post."""
    fields: dict[str, Any] = {
        **_telling(draft.lead),
        "grade": draft.grade,
        "providers": list(draft.providers),
        "incidents": list(draft.incidents),
        "quote": draft.quote,
        "also": [_telling(told) for told in draft.told[1:]],
        **(more or {"why": draft.why}),
    }
    fields = {name: value for name, value in fields.items() if value or name == "incidents"}
    text = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False)
    for told in draft.told:  # without quotes, so that it is read as a time
        text = text.replace(f"date: '{stamp(told.at)}'", f"date: {stamp(told.at)}")
    return f"---\n{text}---\n"


def parse(data: bytes, file: str, shown: str) -> tuple[Draft | None, tuple[Problem, ...]]:
    """The draft in `file` (relative to content/), which messages call `shown`, or every fault of it."""
    from almanac.content import forms, frontmatter  # 0.25 s, needed only where there are drafts

    row, faults = forms.check(forms.DraftForm, frontmatter.read(data, shown))
    if faults:
        return None, faults
    return Draft(why=row["why"], file=file, **story(row)), ()


def story(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Draft that a link post has too, from checked front matter."""
    return {
        "told": in_order(_told(telling) for telling in (row, *row["also"])),
        "quote": row["quote"],
        "grade": row["grade"],
        "providers": tuple(row["providers"]),
        "incidents": tuple(row["incidents"]),
    }


def line(decided: Decided) -> str:
    """2026-03-02T12:10:00Z⇥dropped⇥https://…⇥anthropic⇥anthropic/0ghc53zpsfmt⇥Title"""
    told = decided.told
    return "\t".join(
        (
            stamp(told.at),
            decided.word,
            told.url,
            ",".join(decided.providers),
            ",".join(decided.incidents),
            told.title,
            told.publisher,
        )
    )


def lines(text: str) -> Iterator[Decided]:
    """The reverse, line by line; one that was spoilt is passed over, for its story only comes back once more."""
    for written in text.splitlines():
        try:
            at, word, url, providers, incidents, title, publisher = written.split("\t")
            told = Told(url=url, title=title, publisher=publisher, at=unstamp(at))
        except ValueError:
            continue
        if word in WORDS:
            yield Decided(told=told, word=word, providers=_list(providers), incidents=_list(incidents))


def _list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _telling(told: Told) -> dict[str, str]:
    return {"title": told.title, "url": told.url, "publisher": told.publisher, "date": stamp(told.at)}


def _told(row: Mapping[str, Any]) -> Told:
    return Told(url=row["url"], title=row["title"], publisher=row["publisher"], at=unstamp(stamp(row["date"])))

"""Pulls ⇄ JSON: what moves at every pull. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from almanac.model import FeedState, Pulls, Span, stamp, unstamp

TIMES = ("fetched", "changed", "since", "error_since")
WORDS = ("url", "etag", "last_modified", "body", "dialect", "window", "moved", "error")


def render(pulls: Pulls) -> str:
    """Return JSON with a line an entry, so that a heartbeat is a small diff; the same value gives the same bytes."""
    value = {
        "provider": pulls.provider,
        "coverage": [_span(span) for span in pulls.coverage],
        "feeds": [_feed(feed) for feed in pulls.feeds],
        "last_open": {name: stamp(at) for name, at in pulls.last_open},
        **({"cuts": [_span(span) for span in pulls.cuts]} if pulls.cuts else {}),
        **pulls.extra,
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def parse(text: str) -> Pulls:
    """Return the pulls in a text of `render`. Raises ValueError, KeyError, TypeError or AttributeError for others."""
    value: dict[str, Any] = json.loads(text)
    return Pulls(
        provider=value.pop("provider"),
        coverage=tuple(map(_read_span, value.pop("coverage", ()))),
        feeds=tuple(_read_feed(feed) for feed in value.pop("feeds", ())),
        last_open=tuple((name, unstamp(at)) for name, at in value.pop("last_open", {}).items()),
        cuts=tuple(map(_read_span, value.pop("cuts", ()))),
        extra=value,
    )


def _span(span: Span) -> dict[str, Any]:
    """Return when a span is, which data set's, and of which products; what is empty is not written."""
    facts = {"dataset": span.dataset, "products": list(span.products)}
    return {"since": stamp(span.since), "until": stamp(span.until)} | {name: v for name, v in facts.items() if v}


def _read_span(value: Mapping[str, Any]) -> Span:
    return Span(
        since=unstamp(value["since"]),
        until=unstamp(value["until"]),
        dataset=value.get("dataset", ""),
        products=tuple(value.get("products", ())),
    )


def _feed(feed: FeedState) -> dict[str, Any]:
    """Return what is known of a feed; what is empty is not written."""
    words = {name: getattr(feed, name) for name in WORDS}
    times = {name: _stamp(getattr(feed, name)) for name in TIMES}
    rest = {"entries": feed.entries, "items": dict(feed.items)}
    return {name: value for name, value in (words | times | rest).items() if value or name == "url"}


def _stamp(at: datetime | None) -> str:
    return stamp(at) if at else ""


def _read_feed(value: Mapping[str, Any]) -> FeedState:
    words = {name: value.get(name, "") for name in WORDS}
    times: dict[str, Any] = {name: unstamp(value[name]) for name in TIMES if name in value}
    return FeedState(**words, **times, entries=value.get("entries", 0), items=tuple(value.get("items", {}).items()))

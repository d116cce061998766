"""Reads what the built site shows of a provider, from its own status API and its feed of posts, as a program would."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from almanac.model import TROUBLE, unstamp

UNKNOWN = "unknown"  # the indicator of a provider of which the site states nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIncident:
    """An incident as the site shows it. `url` is the path of its page, `posts` are the times of its posts."""

    id: str
    title: str
    url: str
    impact: str
    components: tuple[str, ...]
    started: datetime
    ended: datetime | None
    posts: tuple[datetime, ...]  # the first one first


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteState:
    """The state of a provider as the site shows it: one word of the API, and the outages and degradations it has open."""

    indicator: str
    open: frozenset[str]  # ids
    incidents: Mapping[str, ShownIncident]  # the newest, by id

    @property
    def is_known(self) -> bool:
        """Whether the site states anything."""
        return self.indicator != UNKNOWN


def site_state(output: Path, site_url: str, slug: str) -> SiteState:
    """Return what the API of the built site says of a provider."""
    folder = output / "providers" / slug / "api/v2"
    summary = _document(folder / "summary.json")
    listed = [*_document(folder / "incidents.json")["incidents"], *summary["incidents"]]
    return SiteState(
        indicator=summary["status"]["indicator"],
        open=frozenset(one["id"] for one in summary["incidents"] if one["almanac"]["kind"] in TROUBLE),
        incidents={one["id"]: _incident(one, site_url) for one in listed},
    )


def posts_in_feed(output: Path, slug: str, url: str) -> int:
    """Return how many posts on the incident with the page `url` the site's feed of every post has."""
    text = (output / "updates.xml").read_text(encoding="utf-8")
    return len(re.findall(rf"<id>[^<]*incident/{re.escape(slug)}/{re.escape(_last_part(url))}/[^<]+</id>", text))


def _last_part(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _document(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_bytes())
    return value


def _incident(one: Mapping[str, Any], site_url: str) -> ShownIncident:
    return ShownIncident(
        id=one["id"],
        title=one["name"],
        url=one["shortlink"].removeprefix(site_url),
        impact=one["almanac"]["impact"],
        components=tuple(part["name"] for part in one["components"]),
        started=unstamp(one["started_at"]),
        ended=unstamp(one["resolved_at"]) if one["resolved_at"] else None,
        posts=tuple(sorted(unstamp(post["created_at"]) for post in one["incident_updates"])),
    )

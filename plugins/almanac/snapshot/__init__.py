"""What a build knows, in one frozen value: providers, cards, coverage, articles, and the moment it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from almanac.content.article import ArticleCard
from almanac.content.corrections import Corrected
from almanac.content.datasets import DataSet
from almanac.content.images import Picture
from almanac.content.link_posts import LinkPost
from almanac.content.releases import Release
from almanac.content.undeclared import Undeclared
from almanac.content.unwatched import Unwatched
from almanac.model import Card, FeedState, Provider, Pulls
from almanac.model.project import ANYBODYS, Project
from almanac.stats.issued import Issued
from almanac.stats.scorecard import Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a page may draw on, except the texts of incidents, which come one at a time.

    `record_until` is the newest moment any provider's coverage reaches, None while there is no record at all.
    """

    providers: tuple[Provider, ...]
    cards: Mapping[str, tuple[Card, ...]]  # by provider slug, newest start first
    pulls: Mapping[str, Pulls]  # by provider slug
    articles: tuple[ArticleCard, ...]  # newest first
    now: datetime
    record_until: datetime | None
    site_url: str  # absolute, without a trailing slash; "" where the site does not know its address
    project: Project = ANYBODYS
    corrections: tuple[Corrected, ...] = ()  # what editors say of incidents, in the order of their files
    links: tuple[LinkPost, ...] = ()  # what was written then, chosen by people, newest first
    pictures: tuple[Picture, ...] = ()  # that articles may show, by file
    undeclared: tuple[Undeclared, ...] = ()  # trouble that others saw, newest first; it counts in nothing
    datasets: tuple[DataSet, ...] = ()  # what people say of the data sets that were imported, by slug
    unwatched: tuple[Unwatched, ...] = ()  # providers without a feed, by name; nothing is known of them
    press: tuple[FeedState, ...] = ()  # feeds of the press, as the last pull left them
    issued: Mapping[str, tuple[Issued, ...]] = field(default_factory=dict)  # forecasts by provider slug, oldest first
    scorecard: Scorecard | None = None  # of the forecasts; None while none was made
    releases: tuple[Release, ...] = ()  # dated snapshots of the data, the newest first
    trials: str = ""  # of the backtest, as `stats.trials` reads them
    hindcasts: Mapping[tuple[str, str], str] = field(default_factory=dict)  # packed, by (provider slug, raw id)

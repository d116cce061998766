"""The values everything else speaks in: providers, incidents, updates, readings and coverage. Frozen, stdlib only.

Every datetime is aware UTC with whole seconds. `Card` and `Stretch` carry the same instants as integer seconds since
the epoch, because listings and statistics handle tens of thousands of them (docs/design.md, "Why are there cards?").
"""

from almanac.model.card import Card, Stretch, card
from almanac.model.incident import (
    BOUND,
    DECLARED,
    OVER,
    SIGHT,
    TITLE,
    TROUBLE,
    YEARS,
    Change,
    Impact,
    Incident,
    Kind,
    Phase,
    Repair,
    Revision,
    Update,
)
from almanac.model.provider import Barrier, Component, Feed, FormerFeed, Provider, Scope, by_rank
from almanac.model.reading import FeedError, FeedState, Pulls, Reading, Skip, Span, Window
from almanac.model.times import moment, seconds, stamp, stamped, unstamp

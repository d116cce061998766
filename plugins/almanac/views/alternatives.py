"""What to use instead of a provider, and how that is now: nobody should be sent from one outage into another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from almanac.model import moment
from almanac.model.project import Capability, Project
from almanac.text import english
from almanac.views import base, charts
from almanac.views.backups import Advice, Instead
from almanac.views.base import Link, Mark
from almanac.views.charts import Estimate, Label
from almanac.views.current import DeclaredState

StateOf = Callable[[str], DeclaredState]  # by provider slug

API = "api"  # how models of one maker are sold by another
TOP = 0.05  # the axis of shares ends here unless an interval goes further


class Option(NamedTuple):
    """A provider that could stand in, or that could not, with its state now."""

    provider: Link
    mark: Mark
    state: str  # why its state is unknown, "" where it is not
    does: str  # what both offer
    estimate: Estimate | None  # the share, on the axis
    share: str
    most: str
    reason: str  # why it is not called a backup, for those that are none


class AlternativeGroup(NamedTuple):
    """Alternatives for one use."""

    name: str
    options: tuple[Option, ...]


class Alternatives(NamedTuple):
    """What stands in for a provider, as of the almanac."""

    provider: Link
    at: str  # the moment of the states
    groups: tuple[AlternativeGroup, ...]
    axis: tuple[Label, ...]
    falling: tuple[Option, ...]
    unknown: str
    lacking: str
    elsewhere: tuple[Option, ...] = ()  # who sells its models from other machines
    makers: tuple[Option, ...] = ()  # whose models it sells


def alternatives(
    advice: Advice, state_of: StateOf, now: datetime, project: Project, capability: str = ""
) -> Alternatives:
    """Return what stands in for a provider, or for what it offers of a capability, with the state of each at `now`."""
    best = [one for one in advice.best if not capability or capability in one.shared]
    top = max([TOP, *(one.bound for one in best)])
    lacking = advice.lacking
    if capability and advice.best and not best:
        lacking = "No other provider with enough data offers the same."
    return Alternatives(
        provider=advice.provider,
        at=english.clock_utc(now),
        groups=tuple(_groups(best, state_of, top, [one for one in project.listed if capability in ("", one.slug)])),
        axis=charts.axis([(0, "0%"), (top / 2, english.percent(top / 2)), (top, english.percent(top, 0))], 0, top),
        falling=tuple(_option(one, state_of, top) for one in advice.falling),
        unknown=advice.unknown,
        lacking=lacking,
        elsewhere=tuple(_same_model(one, state_of) for one in advice.elsewhere) if capability in ("", API) else (),
        makers=tuple(_same_model(one, state_of) for one in advice.makers) if capability in ("", API) else (),
    )


def _groups(
    best: Iterable[Instead], state_of: StateOf, top: float, uses: Iterable[Capability]
) -> Iterable[AlternativeGroup]:
    """Yield the alternatives by what both offer, each once; in a group those that report nothing come first."""
    rest = list(best)
    for capability in uses:
        options = [_option(one, state_of, top) for one in rest if capability.slug in one.shared]
        rest = [one for one in rest if capability.slug not in one.shared]
        if options:
            yield AlternativeGroup(capability.use, tuple(sorted(options, key=_order)))
    if rest:
        yield AlternativeGroup(
            "For something else", tuple(sorted((_option(one, state_of, top) for one in rest), key=_order))
        )


def _order(option: Option) -> int:
    return 0 if option.mark.css == charts.CLEAR else 1 if option.mark.css == charts.UNKNOWN else 2


def _same_model(provider: Link, state_of: StateOf) -> Option:
    """Return a provider of the same models with its state; how often it fails with this one decides nothing here."""
    return _option(Instead(provider=provider, reason="the same model, on other machines"), state_of, TOP)


def _option(one: Instead, state_of: StateOf, top: float) -> Option:
    state = state_of(one.provider.url.rstrip("/").rpartition("/")[2])
    return Option(
        provider=one.provider,
        mark=_mark(state),
        state=_why_unknown(state),
        does=one.does,
        estimate=charts.spot(one.chance, one.low, one.high, 0, top, one.share) if one.share else None,
        share=one.share,
        most=one.most,
        reason=one.reason,
    )


def _mark(state: DeclaredState) -> Mark:
    if not state.is_known:
        return state.mark
    return base.MARKS[state.open[0].impact] if state.in_trouble else base.NONE_REPORTED


def _why_unknown(state: DeclaredState) -> str:
    if state.is_known or state.is_closed:
        return ""
    if state.provider.unreadable:
        return "programs cannot read its status page"
    if state.reach is None:
        return "no data yet"
    if state.unended:
        return "an incident has no end time"
    at = moment(state.reach)
    return f"our data ends {english.short_date(at)}{english.GAP}{at.year}"

"""Print how a number came about, step by step: a share and a rank, a pair of backups, a forecast, a verdict on a claim."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from almanac.claims import Evidence, verdict
from almanac.content import articles
from almanac.content.articles import Manuscript
from almanac.model import moment, seconds
from almanac.model.clock import build_time
from almanac.model.problem import ProblemError, WordError
from almanac.snapshot import Snapshot
from almanac.snapshot.load import load
from almanac.stats import explain as derivation
from almanac.stats import windows
from almanac.stats.explain_forecast import forecast_steps
from almanac.stats.explain_pairs import pair_figures
from almanac.text.similar import cure
from almanac.views import measures
from almanac.views import pairs as compared
from almanac.views.backups import ALL, tested

HALF_AN_HOUR = 1800
CLAIMS_GUIDE = "content/pages/contribute.md#claims-and-figures"


def explain(content: Path, provider: str, period: str, *, now: str = "", as_json: bool = False) -> int:
    """Print the derivation of a provider's line on the leaderboard of a period. The exit code.

    `now` is a time such as 2026-07-01T00:00:00Z, or "" for SOURCE_DATE_EPOCH or the clock.
    """
    return _print(_derivation(load(content, stated_moment(now)), provider, period), as_json=as_json)


def _print(steps: Iterable[str], *, as_json: bool) -> int:
    """Print the lines of a derivation; return the exit code."""
    lines = list(steps)
    print(json.dumps({"steps": lines}, indent=1, ensure_ascii=False) if as_json else "\n".join(lines))
    return 0


def backups(content: Path, pair: str, *, now: str = "", as_json: bool = False) -> int:
    """Print the derivation of what is said of two providers, anthropic/openai, as backups. The exit code."""
    return _print(_of_pair(load(content, stated_moment(now)), pair), as_json=as_json)


def _of_pair(almanac: Snapshot, pair: str) -> tuple[str, ...]:
    records = measures.closed(almanac)
    slugs = pair.split("/")
    if len(slugs) != 2 or slugs[0] == slugs[1] or not set(slugs) <= records.keys():
        raise WordError(
            f"{pair!r} is not a pair of providers; write e.g. anthropic/openai, of: {', '.join(sorted(records))}"
        )
    family = tested(records, ALL)
    for each in family:
        if {each.first.slug, each.second.slug} == set(slugs):
            return pair_figures(each, family, compared.last(records[slugs[0]].now))
    raise WordError(f"{pair}: one of the two has no data")


def forecast(content: Path, incident: str, minutes: str, *, now: str = "", as_json: bool = False) -> int:
    """Print the derivation of the forecast for an incident, provider/id, so many minutes after its start. The exit code.

    Without minutes: as of `now` if it is open, else half an hour after its start.
    """
    return _print(_of_forecast(load(content, stated_moment(now)), incident, minutes), as_json=as_json)


def _of_forecast(almanac: Snapshot, incident: str, minutes: str) -> tuple[str, ...]:
    cards = [card for own in almanac.cards.values() for card in own]
    card = next((card for card in cards if f"{card.provider}/{card.id}" == incident), None)
    if card is None:
        raise WordError(f"{incident!r} is not in the archive; write provider/id, as content/incidents has it")
    if minutes and not minutes.isdecimal():
        raise WordError(f"{minutes!r} is not a number of minutes after the start; write e.g. 30")
    after = 60 * int(minutes) if minutes else HALF_AN_HOUR
    return forecast_steps(cards, card, seconds(almanac.now) if card.is_open and not minutes else card.started + after)


def claims(content: Path, article: str, *, now: str = "", as_json: bool = False) -> int:
    """Print how each claim of an article is decided: question, answer, n, interval, derivation. The exit code.

    `article` is the name of its file without .md, `now` as above.
    """
    evidence = Evidence(load(content, stated_moment(now)))
    return _print(_of_claims(_manuscript(content, article), evidence), as_json=as_json)


def _manuscript(content: Path, article: str) -> Manuscript:
    """Return an article by the name of its file. Raises ValueError."""
    files = {path.stem: path for path in sorted((content / "articles").rglob("*.md"))}
    if article not in files:
        what_to_write = cure(article, files, f"write one of: {', '.join(files)}")
        raise WordError(f"no article {article!r}; {what_to_write}")
    path = files[article]
    manuscript, faults = articles.read(path.read_bytes(), path.relative_to(content).as_posix())
    if manuscript is None or faults:
        raise ProblemError(faults)
    return manuscript


def _of_claims(manuscript: Manuscript, evidence: Evidence) -> Iterator[str]:
    """Yield the lines of every claim, one after the other."""
    if not manuscript.claims:
        yield f"content/{manuscript.file} makes no claim; {CLAIMS_GUIDE} says how one is written"
    for number, claim in enumerate(manuscript.claims, 1):
        yield f"{number}. “{claim.said}” ({claim.by})"
        if claim.check is None or claim.expect is None:
            yield f"   no figure decides it: {claim.why}"
            yield f"   verdict   {claim.verdict}, by an editor"
            continue
        figure = evidence.ask(claim.check)
        yield f"   answer    {figure.words}, n = {figure.n}{f', k = {figure.k}' if figure.k is not None else ''}"
        yield f"   {figure.around or 'no interval: the answer is no share, rate or quantile, or not enough data'}"
        yield from (f"   because   {sentence}" for sentence in figure.how)
        if figure.why:
            yield f"   unknown   {figure.why}"
        yield f"   expected  {claim.expect.text}"
        yield f"   verdict   {verdict(figure, claim.expect)}"


def stated_moment(now: str) -> datetime:
    """Return the stated moment, else that of the clock. Raises ValueError for what is no moment."""
    stated = now or os.environ.get("SOURCE_DATE_EPOCH", "")
    return moment(build_time(stated, datetime.now(UTC).timestamp()))


def _derivation(almanac: Snapshot, provider: str, period: str) -> tuple[str, ...]:
    records = measures.closed(almanac)
    if provider not in records:
        raise WordError(f"no provider {provider!r}; write one of: {', '.join(sorted(records))}")
    chosen = windows.period_by_slug(period, records[provider].covered, measures.closed_at(almanac))
    return derivation.leaderboard_number(tuple(records.values()), provider, chosen)

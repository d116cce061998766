"""The pages of numbers: leaderboards and reports of every period, backups, the scorecard, all numbers of each provider.

They rest on whole days, so their keys hold only what was known at the last midnight; a leaderboard of a period is made
again only if an incident that touches it, or the period before it, is another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from almanac import exports, views
from almanac.build.context import Context, coverage_within
from almanac.build.routes import figures, link_images
from almanac.build.routes.feeds import channel, record_start
from almanac.build.routes.parts import table_files
from almanac.build.routes.route import Outputs, file, page, provider_route, route
from almanac.exports import codebook, tables
from almanac.exports.table import Row
from almanac.model import Card, Provider
from almanac.stats import windows
from almanac.stats.backtest import ELAPSED
from almanac.stats.windows import DAY, Period
from almanac.views import PICTURE, summaries
from almanac.views.figure import NO_BOARD, ChartFile, of_board, of_summary
from almanac.views.leaderboard import LeaderboardPage
from almanac.views.linkpicture import LinkPicture
from almanac.views.summaries import SummaryPage

BUCKET = 90 * DAY  # incidents are marked by the buckets of time they touch


@route("leaderboard/index.html")
def leaderboard(context: Context) -> Outputs:
    """Make the leaderboard of the period shown first."""
    view = lambda: views.leaderboard(context.closed, context.closed_records)  # noqa: E731
    key = views.periods(context.snapshot), context.all_closed_facts
    yield page(context, "leaderboard/index.html", "leaderboard", view, key)


@route(
    *(f"leaderboard/{{period}}/{name}" for name in ("index.html", *figures.FILES, PICTURE)),
    "data/leaderboard/{period}.{form}",
)
def period_leaderboards(context: Context) -> Outputs:
    """Make the leaderboards of all periods."""
    periods = views.periods(context.snapshot)
    marks = _marks(context)
    for period in periods:
        view = partial(_leaderboard, context, period)
        key = period, periods, _period_key(context, period, marks), context.providers
        yield page(context, f"leaderboard/{period.slug}/index.html", "leaderboard", view, key)
        rows = partial(_leaderboard_rows, context, period)
        yield from table_files(codebook.LEADERBOARD, rows, (key[0], *key[2:]), period.slug)
        folder = f"leaderboard/{period.slug}/"
        yield from figures.files_of(context, folder, partial(_board_figure, context, period), key)
        yield from link_images.image_of(context, folder, partial(_board_picture, context, period), key)


def _leaderboard(context: Context, period: Period) -> LeaderboardPage:
    make = partial(views.leaderboard, context.closed, context.closed_records, period)
    return context.shared(("leaderboard", period), make)


def _board_picture(context: Context, period: Period) -> LinkPicture:
    page = _leaderboard(context, period)
    first = [f"{line.rank} {line.provider.text}, {line.share}" for line in page.board.lines[:3]] if page.board else []
    span = page.board.period if page.board else period.name
    return LinkPicture("Leaderboard", page.title, ("; ".join(first) or "No ranks for this period", span))


def _board_figure(context: Context, period: Period) -> ChartFile:
    board = _leaderboard(context, period)
    return of_board(f"/leaderboard/{period.slug}/", f"{board.title}: {period.name}", board.board or NO_BOARD)


def _leaderboard_rows(context: Context, period: Period) -> Iterable[Row]:
    records = context.closed_records
    return tables.leaderboard_rows(views.boards(records, period), views.trends(records, period))


def _period_key(context: Context, period: Period, marks: Mapping[tuple[str, int], bytes]) -> object:
    """Return what a leaderboard rests on: coverage and incidents of its time, and the habits that intervals allow for."""
    since = windows.before(period).since if period.slug != "all" else period.since
    until = min(period.until, views.closed_at(context.snapshot) + 1)
    buckets = range(since // BUCKET, until // BUCKET + 1)
    incidents = [marks.get((slug, bucket)) for slug in context.providers for bucket in buckets]
    covered = [coverage_within(context.snapshot.pulls.get(slug), since, until) for slug in context.providers]
    return incidents, covered, context.habits


def _marks(context: Context) -> dict[tuple[str, int], bytes]:
    """Return for each provider and bucket of time a digest of the incidents that touch it."""
    touching: dict[tuple[str, int], list[Card]] = {}
    last = views.closed_at(context.snapshot)
    for slug, cards in context.closed.cards.items():
        for card in cards:
            end = last if card.ended is None else max(card.ended, card.started)
            for bucket in range(card.started // BUCKET, end // BUCKET + 1):
                touching.setdefault((slug, bucket), []).append(card)
    return {key: context.facts(cards) for key, cards in touching.items()}


@route("backups/index.html", "backups/{capability}/index.html", "data/backups/{family}.{form}")
def backups(context: Context) -> Outputs:
    """Make the pages of what stands in for what, whole and by capability."""
    for name in ("", *views.backup_slugs(context.settings.project)):
        path = f"backups/{name}/index.html" if name else "backups/index.html"
        view = partial(_backups, context, name)
        yield page(context, path, "backups", view, context.all_closed_facts)
        if name:
            rows = partial(_backup_rows, context, name)
            yield from table_files(codebook.BACKUPS, rows, (name, context.all_closed_facts), name)


def _backup_rows(context: Context, name: str) -> Iterable[Row]:
    return tables.backup_rows(name, views.tested(context.closed_records, name))


def _backups(context: Context, name: str) -> object:
    return views.backups(context.closed_records, name, context.settings.project)


@route("forecast/index.html", "forecast/{minutes}/index.html")
def forecasts(context: Context) -> Outputs:
    """Make the scorecard of the forecasts, whole and by the time that had passed."""
    snapshot, incidents = context.snapshot, context.incidents
    yield page(context, "forecast/index.html", "forecast", partial(views.forecast, snapshot, incidents))
    for minutes in ELAPSED:
        view = partial(views.forecast, snapshot, incidents, minutes)
        yield page(context, f"forecast/{minutes}/index.html", "forecast", view)


@provider_route("providers/{slug}/numbers/index.html", "data/numbers/{slug}.{form}", "data/working_hours/{slug}.{form}")
def numbers(context: Context, provider: Provider) -> Outputs:
    """Make the page of all numbers of a provider."""
    view = lambda: views.numbers(context.closed_records, provider, context.reports(provider))  # noqa: E731
    path = f"providers/{provider.slug}/numbers/index.html"
    key = context.closed_facts(provider)
    yield page(context, path, "numbers", view, key)
    rows = lambda: tables.number_rows(provider, views.all_figures(context.closed_records[provider.slug]))  # noqa: E731
    yield from table_files(codebook.NUMBERS, rows, key, provider.slug)
    yield from table_files(codebook.WORKING_HOURS, partial(_working_hours, context, provider), key, provider.slug)


def _working_hours(context: Context, provider: Provider) -> Iterable[Row]:
    record = context.closed_records[provider.slug]
    return tables.working_hours_rows(record, views.recent_figures(record))


@route(
    "reports/index.html",
    "reports/atom.xml",
    *(f"reports/{{period}}/{name}" for name in ("index.html", *figures.FILES, PICTURE)),
)
def reports(context: Context) -> Outputs:
    """Make the reports on each month and quarter, the list of them, and their feed."""
    snapshot, records = context.closed, context.closed_records
    periods = summaries.periods(snapshot)
    view = lambda: summaries.summaries(snapshot, records)  # noqa: E731
    yield page(context, "reports/index.html", "reports", view, context.all_closed_facts)
    for period in periods:
        make = partial(summaries.summary, snapshot, records, period)
        summary = partial(context.shared, ("summary", period), make)
        key = period, context.all_closed_facts
        yield page(context, f"reports/{period.slug}/index.html", "report", summary, key)
        drawing = partial(_report_figure, summary)
        folder = f"reports/{period.slug}/"
        yield from figures.files_of(context, folder, drawing, key)
        yield from link_images.image_of(context, folder, partial(_report_picture, summary), key)
    feed = partial(_reports_feed, context, periods[: exports.NEWEST])
    yield file("reports/atom.xml", feed, (context.all_closed_facts, record_start(context)))


def _report_figure(summary: Callable[[], SummaryPage]) -> ChartFile:
    return of_summary(summary())


def _report_picture(summary: Callable[[], SummaryPage]) -> LinkPicture:
    page = summary()
    return LinkPicture("Report by machine", page.title, tuple(f"{one.name}: {one.value}" for one in page.facts[:2]))


def _reports_feed(context: Context, periods: Sequence[Period]) -> bytes:
    snapshot, records, settings = context.closed, context.closed_records, context.settings
    pages = {
        period: context.shared(("summary", period), partial(summaries.summary, snapshot, records, period))
        for period in periods
    }
    items = [exports.summary(period, pages[period], settings) for period in periods]
    return exports.atom(channel(context, "Reports", "/reports/", "atom.xml"), items)


ROUTES = (leaderboard, period_leaderboards, backups, forecasts, numbers, reports)

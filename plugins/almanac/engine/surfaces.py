"""Every surface of the site but incidents and what people write: its address, what it shows, its template.

To add one, add a line. A surface whose `make` returns bytes has no template.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from almanac import views
from almanac.engine import figures, further, linkpictures, measured, published, syndicated, told
from almanac.engine.edition import Edition
from almanac.engine.press import Press, digest
from almanac.engine.printer import Printer, unprintable
from almanac.engine.surface import Surface, providers
from almanac.model import Provider
from almanac.views import datasets, pagination


def _years(edition: Edition) -> Iterable[tuple[Any, ...]]:
    for provider in edition.almanac.providers:
        for year, cards in edition.years[provider.slug].items():
            for sheet, folder in pagination.pages(len(cards)):
                yield provider, year, folder, sheet


def _months(edition: Edition) -> Iterable[tuple[Any, ...]]:
    for (year, number), cards in edition.months.items():
        for sheet, folder in pagination.pages(len(cards)):
            yield year, number, folder, sheet


def _year_key(edition: Edition, provider: Provider, year: int, _folder: str, sheet: int) -> object:
    known = list(edition.years[provider.slug])
    here = known.index(year)
    return provider.name, known[max(here - 1, 0) : here + 2], edition.facts(edition.years[provider.slug][year]), sheet


def _month_key(edition: Edition, year: int, number: int, _folder: str, sheet: int) -> object:
    known = list(edition.months)
    here = known.index((year, number))
    names = {slug: provider.name for slug, provider in edition.providers.items()}
    return known[max(here - 1, 0) : here + 2], edition.facts(edition.months[year, number]), names, sheet


def _static(edition: Edition) -> Iterable[tuple[Any, ...]]:
    root = edition.plan.theme / "static"
    return ((p.relative_to(root).as_posix(),) for p in sorted(root.rglob("*")) if p.is_file() and p.name[0] != ".")


def _stored(edition: Edition, file: str) -> bytes:
    return (edition.plan.theme / "static" / file).read_bytes()


def _pictures(edition: Edition) -> Iterable[tuple[Any, ...]]:
    return ((picture, picture.file.partition("/")[2]) for picture in edition.almanac.pictures)


def _provider(edition: Edition, provider: Provider) -> views.ProviderPage:
    near = figures.surroundings(edition)
    return views.provider(edition.almanac, provider, figures.of_provider(edition, provider), near)


def _shown_key(edition: Edition) -> object:
    return views.periods(edition.almanac), figures.everybody(edition)


def _addresses(edition: Edition) -> Iterable[str]:
    """Every page that is a surface."""
    for surface in SURFACES:
        paths = (surface.path.format(*item) for item in surface.each(edition)) if surface.template else ()
        yield from (f"/{path.removesuffix('index.html')}" for path in paths if path.endswith("index.html"))


RECORDS: tuple[Surface, ...] = (
    Surface("index.html", lambda e: views.home(e.almanac, figures.surroundings(e), figures.board(e)), "home"),
    Surface("providers/{0.slug}/index.html", _provider, "provider", providers),
    Surface("leaderboard/index.html", lambda e: views.leaderboard(e.almanac, e.closed), "leaderboard", key=_shown_key),
    *further.SURFACES,
    *measured.SURFACES,
)
OTHERS: tuple[Surface, ...] = (
    Surface("incidents/index.html", lambda e: views.incidents(e.almanac, e.months), "incidents"),
    Surface("incidents/{0}/{1:02}/{2}index.html", lambda e, y, m, _, n: views.month(e.almanac, e.months, y, m, n),
            "month", _months, _month_key),
    Surface("providers/index.html", lambda e: views.providers(e.almanac), "providers"),
    Surface("providers/{0.slug}/{1}/{2}index.html", lambda e, p, y, _, n: views.provider_year(p, e.years[p.slug], y, n),
            "provider_year", _years, _year_key),
    Surface("corrections/index.html", lambda e: views.corrections(e.almanac), "corrections"),
    Surface("claims/index.html", lambda e: views.claims(e.almanac, e.evidence), "claims"),
    Surface("articles/index.html", lambda e: views.articles(e.almanac), "articles"),
    Surface("data/sources/index.html", lambda e: datasets.datasets(e.almanac), "sources"),
    Surface("data/sources/{0}/index.html", lambda e, slug: datasets.dataset(e.almanac, slug), "source",
            lambda e: ((slug,) for slug in datasets.slugs(e.almanac))),
    Surface("status/index.html", lambda e: views.status(e.almanac), "status"),
    Surface("404.html", lambda e: views.not_found(e.almanac), "not_found"),
    Surface("theme/{0}", _stored, "", _static, _stored),
    Surface("images/{1}", lambda e, picture, _: (e.plan.content / picture.file).read_bytes(), "", _pictures,
            lambda _, picture, name: picture.digest),
    *told.SURFACES,
    *linkpictures.SURFACES,
    Surface("sitemap-pages.xml", lambda e: published.pages(e, _addresses(e))),
)
# What one process does whole, the longest first: the surfaces of a job draw on the same.
JOBS = (RECORDS, published.SURFACES, syndicated.SURFACES, *((surface,) for surface in OTHERS))
SURFACES = tuple(chain.from_iterable(JOBS))


def render(edition: Edition, press: Press, printer: Printer, jobs: Iterable[int]) -> list[str]:
    """Put the surfaces of some jobs in place; what shows the same as before is not printed again.

    Returns a line for each that cannot be made.
    """
    problems = []
    for surface in chain.from_iterable(JOBS[job] for job in jobs):
        for item in surface.each(edition):
            path = surface.path.format(*item)
            try:
                _put(edition, press, printer, surface, path, item)
            except OSError:
                raise
            except Exception as error:  # whatever a page shows that cannot be shown costs that page
                problems.append(unprintable(f"/{path}", error))
    return problems


def _put(
    edition: Edition, press: Press, printer: Printer, surface: Surface, path: str, item: tuple[Any, ...]
) -> None:
    value = None if surface.key else surface.make(edition, *item)
    key = digest(surface.template, surface.key(edition, *item) if surface.key else value)
    if not press.stands(path, key):
        value = surface.make(edition, *item) if value is None else value
        press.put(path, key, value if isinstance(value, bytes) else printer.page(surface.template, value))

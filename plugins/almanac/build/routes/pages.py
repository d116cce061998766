"""The pages of the record, of what people write, and what all pages share: lists, years, months, theme, images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from almanac import views
from almanac.build import templates
from almanac.build.cache import digest
from almanac.build.context import Context
from almanac.build.output import Output
from almanac.build.routes.parts import table_files
from almanac.build.routes.route import Outputs, file, page, provider_route, route, sharded_route
from almanac.content import blocks
from almanac.content.article import Article, ArticleCard
from almanac.exports import codebook, tables
from almanac.model import Provider
from almanac.views import datasets, pagination

PICTURES = 12  # articles in the list that are shown with their picture: each weighs up to 3 kB


@route("index.html")
def home(context: Context) -> Outputs:
    """Make the page of now."""
    view = lambda: views.home(context.snapshot, context.surroundings, context.board)  # noqa: E731
    yield page(context, "index.html", "home", view)


@provider_route("providers/{slug}/index.html")
def provider_pages(context: Context, provider: Provider) -> Outputs:
    """Make the page of a provider."""

    def view() -> object:
        return views.provider(context.snapshot, provider, context.figures(provider), context.surroundings)

    yield page(context, f"providers/{provider.slug}/index.html", "provider", view)


@route("providers/index.html")
def providers(context: Context) -> Outputs:
    """Make the list of providers."""
    yield page(context, "providers/index.html", "providers", partial(views.providers, context.snapshot))


@provider_route("providers/{slug}/{year}/{number}index.html")
def provider_years(context: Context, provider: Provider) -> Outputs:
    """Make the lists of a provider's incidents by year."""
    by_year = context.years.get(provider.slug, {})
    all_years = list(by_year)
    for at, (year, cards) in enumerate(by_year.items()):
        key = provider.name, all_years[max(at - 1, 0) : at + 2], context.facts(cards)
        for number, folder in pagination.pages(len(cards)):
            path = f"providers/{provider.slug}/{year}/{folder}index.html"
            view = partial(views.provider_year, provider, by_year, year, number)
            yield page(context, path, "provider_year", view, (*key, number))


@route("incidents/index.html")
def incident_lists(context: Context) -> Outputs:
    """Make the page that leads to all months."""
    view = partial(views.incidents, context.snapshot, context.months)
    yield page(context, "incidents/index.html", "incidents", view)


@route("incidents/{year}/{month}/{number}index.html")
def month_pages(context: Context) -> Outputs:
    """Make the lists of incidents by month."""
    all_months = list(context.months)
    for at, ((year, month), cards) in enumerate(context.months.items()):
        key = all_months[max(at - 1, 0) : at + 2], context.facts(cards), context.names
        for number, folder in pagination.pages(len(cards)):
            path = f"incidents/{year}/{month:02}/{folder}index.html"
            view = partial(views.month, context.snapshot, context.months, year, month, number)
            yield page(context, path, "month", view, (*key, number))


@route("corrections/index.html", "claims/index.html", "articles/index.html", "status/index.html", "404.html")
def single_pages(context: Context) -> Outputs:
    """Make pages of which there is one."""
    snapshot = context.snapshot
    yield page(context, "corrections/index.html", "corrections", partial(views.corrections, snapshot))
    yield page(context, "claims/index.html", "claims", lambda: views.claims(snapshot, context.evidence))
    verdicts = tuple(tables.claim_rows(snapshot, context.evidence))
    yield from table_files(codebook.CLAIMS, partial(tuple, verdicts), verdicts)
    yield page(context, "articles/index.html", "articles", partial(_articles, context))
    yield page(context, "status/index.html", "status", partial(views.status, snapshot))
    yield page(context, "404.html", "not_found", partial(views.not_found, snapshot))


@route("data/sources/index.html", "data/sources/{slug}/index.html")
def data_sources(context: Context) -> Outputs:
    """Make the pages of the data sets that incidents were imported from, and their list."""
    snapshot = context.snapshot
    yield page(context, "data/sources/index.html", "sources", partial(datasets.datasets, snapshot))
    for slug in datasets.slugs(snapshot):
        view = partial(datasets.dataset, snapshot, slug)
        yield page(context, f"data/sources/{slug}/index.html", "source", view)


def _articles(context: Context) -> object:
    return views.articles(
        context.snapshot, {card.url: _picture(context, card) for card in context.snapshot.articles[:PICTURES]}
    )


def _picture(context: Context, card: ArticleCard) -> views.ArticlePicture | None:
    return context.shared(
        ("picture", card.url),
        lambda: views.article_picture(card, context.evidence, context.incidents, context.surroundings.of),
    )


def _article_years(context: Context) -> Iterable[str]:
    prose = context.prose
    return dict.fromkeys(_year(article) for article in (*prose.articles, *prose.drafts))


def _year(article: Article) -> str:
    return article.card.url.removeprefix("/articles/").partition("/")[0]


@sharded_route(_article_years, indexed=False)
def articles(context: Context, shard: str) -> Outputs:
    """Make the pages of the articles of a year, drafts among them; a build of the past has none of a later date."""
    for article in (*context.prose.articles, *context.prose.drafts):
        if _year(article) == shard and article.card.date <= context.settings.now:
            yield article_page(context, article)


def article_page(context: Context, article: Article) -> Output:
    """Return the page of an article."""
    article = context.read(article)
    if blocks.LANGUAGE in article.html:
        article = replace(article, html=context.embeds.filled(article.html))
    drawn = beside(context, article)
    path = f"{article.card.url.lstrip('/')}index.html"
    return page(context, path, "article", partial(views.article, drawn, article), (digest(article), drawn))


def beside(context: Context, article: Article) -> views.Beside:
    """Return what an article takes from the archive."""

    def make() -> views.Beside:
        drawn = _picture(context, article.card)
        return views.beside(context.snapshot, context.incidents, article.card, context.evidence, drawn)

    return context.shared(("beside", article.card.url), make)


@route(indexed=False)
def plain_pages(context: Context) -> Outputs:
    """Make the pages that people wrote."""
    for text in map(context.read, context.prose.pages):
        view = partial(views.page, text.title, text.url, text.summary, text.html, text.file)
        yield page(context, f"{text.url.lstrip('/')}index.html", "page", view)


@route("theme/{path}", indexed=False)
def theme_files(context: Context) -> Outputs:
    """Make style sheets, scripts, fonts and icons."""
    folder = context.settings.theme / "static"
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name[0] != ".":
            name = path.relative_to(folder).as_posix()
            make = partial(templates.sheet, context.settings.theme, name, context.settings.project)
            yield file(f"theme/{name}", make)


@route("images/{year}/{name}", indexed=False)
def images(context: Context) -> Outputs:
    """Make the images that articles show."""
    for picture in context.snapshot.pictures:
        source = context.settings.content / picture.file
        yield file(f"images/{picture.file.partition('/')[2]}", source.read_bytes, picture.digest)


ROUTES = (
    home,
    provider_pages,
    providers,
    provider_years,
    incident_lists,
    month_pages,
    single_pages,
    data_sources,
    articles,
    plain_pages,
    theme_files,
    images,
)

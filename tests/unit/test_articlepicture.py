"""An article shows at its top what it asks of the archive: a share of several providers, or a day to scale."""

from dataclasses import replace

import pytest

from almanac import views
from almanac.claims import Evidence
from almanac.content.article import ArticleCard
from almanac.model import seconds
from almanac.queries import Query
from almanac.views.base import Link
from tests.support.almanacs import CLAUDE, COPILOT, GROQ, almanac, at, carded, incident
from tests.unit.test_views import ARTICLE, plain

SINCE, UNTIL = seconds(at("2026-02-01 00:00")), seconds(at("2026-03-01 00:00"))
FOUND = [
    incident("a", "2026-02-10 00:00", "2026-02-24 00:00"),
    incident("g", "2026-02-12 00:00", "2026-02-12 06:00", provider="groq"),
]
KNOWN = almanac(FOUND, providers=(CLAUDE, GROQ, COPILOT))


def clear(slug: str, since: int = SINCE) -> Query:
    return Query("availability", "all-equal", provider=slug, since=since, until=UNTIL)


def asking(*queries: Query, incidents: tuple[tuple[str, str], ...] = ()) -> ArticleCard:
    figures = tuple((f"f{place}", query) for place, query in enumerate(queries))
    return replace(ARTICLE.card, figures=figures, incidents=incidents)


def drawn(article: ArticleCard) -> views.ArticlePicture | None:
    cards = {(card.provider, card.id): card for card in map(carded, FOUND)}
    return views.article_picture(article, Evidence(KNOWN), cards, views.Surroundings(KNOWN).of)


def test_a_share_that_is_asked_of_three_providers_is_drawn_with_the_words_of_the_question() -> None:
    picture = drawn(asking(*map(clear, ("anthropic", "groq", "github"))))
    assert picture is not None
    assert [(plot.provider, plain(plot.value), plot.n) for plot in picture.plots] == [
        (Link("/providers/anthropic/", "Claude"), "50.0%", "1"),
        (Link("/providers/groq/", "Groq"), "99.1%", "1"),
        (Link("/providers/github/", "GitHub Copilot"), "100%", "0"),
    ]
    assert plain(picture.caption) == (
        "Share of time with no reported incident, by the formula “any reported incident”, 1 February to 28 February 2026. "
        "Dot: the share; line: 90% interval."
    )
    assert [label.text for label in picture.axis] == ["0%", "100%"]


def test_an_axis_that_does_not_begin_at_zero_says_so_and_different_periods_too() -> None:
    picture = drawn(asking(clear("groq"), clear("github"), clear("anthropic", seconds(at("2026-02-24 00:00")))))
    assert picture is not None
    assert "The axis starts at" in picture.caption
    assert ", each over the time that its text names." in picture.caption


@pytest.mark.parametrize(
    ("article", "what"),
    [
        (asking(clear("anthropic"), clear("groq"), incidents=(("anthropic", "a"),)), "timeline"),
        (asking(clear("anthropic"), clear("groq")), "plots"),
        (asking(clear("anthropic")), ""),
        (asking(incidents=(("anthropic", "unheard-of"),)), ""),
    ],
)
def test_two_are_drawn_where_no_incident_is_cited_and_nothing_where_there_is_nothing(
    article: ArticleCard, what: str
) -> None:
    picture = drawn(article)
    assert ("" if picture is None else "timeline" if picture.timeline else "plots") == what


def test_an_article_says_how_long_it_takes_to_read_and_what_was_published_before_and_after() -> None:
    old, new = (replace(ARTICLE.card, url=f"/articles/2026/{name}/", title=name.title()) for name in ("old", "new"))
    known = almanac(articles=(new, ARTICLE.card, old))
    page = views.article(views.beside(known, {}, ARTICLE.card), replace(ARTICLE, html=f"<p>{'word ' * 700}</p>"))
    assert (plain(page.reading), page.newer, page.older) == (
        "3 min read",
        Link("/articles/2026/new/", "New"),
        Link("/articles/2026/old/", "Old"),
    )
    assert page.related == ((page.newer, page.older) if ARTICLE.card.providers else ())

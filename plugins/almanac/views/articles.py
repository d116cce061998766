"""The list of articles, and the page of one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from almanac.claims import Evidence, Figure
from almanac.content.article import Article, ArticleCard, Correction, Source
from almanac.model import Card
from almanac.snapshot import Snapshot
from almanac.text import english, markdown
from almanac.views import base, rows
from almanac.views.articlepicture import ArticlePicture
from almanac.views.base import Head, Link, Time
from almanac.views.citation import CC_BY, Citation, citation, version
from almanac.views.claims import ClaimLine, FigureLine, figure_line, figures, lines, reviews
from almanac.views.rows import IncidentRow

# Code, which is left alone, or {{name}} or {{name.part}}
_QUOTED = re.compile(r"(<code>.*?</code>|<pre>.*?</pre>)|\{\{([a-z0-9-]+)(?:\.([a-z]+))?\}\}", re.DOTALL)


RELATED = 2  # articles named beside one
WORDS = 230  # read in a minute


class Teaser(NamedTuple):
    """An article in a list."""

    url: str
    title: str
    summary: str
    byline: str
    date: Time
    picture: ArticlePicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """The list of all articles, at /articles/."""

    head: Head
    teasers: tuple[Teaser, ...]


class Beside(NamedTuple):
    """What stands beside an article and comes from elsewhere: the incidents it cites, the providers it is about."""

    cites: tuple[IncidentRow, ...]
    providers: tuple[Link, ...]
    claims: tuple[ClaimLine, ...] = ()
    figures: tuple[tuple[str, Figure], ...] = ()
    picture: ArticlePicture | None = None
    newer: Link | None = None
    older: Link | None = None
    related: tuple[Link, ...] = ()  # other articles about the same providers
    reviews: str = ""  # ClaimReview as JSON that may stand in a script element


class SourceLine(NamedTuple):
    """What an article rests on; `rank` is Primary or Secondary."""

    url: str
    title: str
    publisher: str
    rank: str


class CorrectionLine(NamedTuple):
    """What was wrong, and since when it is right."""

    time: Time
    text: str


class Certainty(NamedTuple):
    """What is confirmed, claimed or unknown; `css` is the shape of its mark."""

    name: str
    css: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """The page of an article, at /articles/<year>/<slug>/."""

    head: Head
    kicker: str
    title: str
    stand: str
    authors: str
    published: Time
    modified: Time | None
    certainties: tuple[Certainty, ...]
    cites: tuple[IncidentRow, ...]
    providers: tuple[Link, ...]
    html: str  # safe
    corrections: tuple[CorrectionLine, ...]
    sources: tuple[SourceLine, ...]
    claims: tuple[ClaimLine, ...] = ()
    figures: tuple[FigureLine, ...] = ()
    picture: ArticlePicture | None = None
    reading: str = ""  # how long it takes to read
    newer: Link | None = None
    older: Link | None = None
    related: tuple[Link, ...] = ()
    reviews: str = ""
    cite: Citation


def teaser(article: ArticleCard) -> Teaser:
    """Return an article as other pages show it."""
    parts = [english.sentence(article.kind), english.listing(article.authors), english.date(article.date)]
    return Teaser(
        url=article.url,
        title=article.title,
        summary=article.summary,
        byline=" · ".join(part for part in parts if part),
        date=base.time(article.date, english.date(article.date)),
    )


def articles(almanac: Snapshot, pictures: Mapping[str, ArticlePicture | None] | None = None) -> Articles:
    """Return the page of all articles, newest first; `pictures` are by the address of the article."""
    drawn = pictures or {}
    return Articles(
        head=Head(
            title="Articles",
            path="/articles/",
            section="articles",
            description=f"News and analysis about {almanac.project.of('outages')}, checked against the archive.",
            feeds=base.feeds("/articles/", "Articles"),
        ),
        teasers=tuple(teaser(card)._replace(picture=drawn.get(card.url)) for card in almanac.articles),
    )


def beside(
    almanac: Snapshot,
    incidents: Mapping[tuple[str, str], Card],
    article: ArticleCard,
    evidence: Evidence | None = None,
    drawn: ArticlePicture | None = None,
) -> Beside:
    """Return what an article's page takes from the archive; `incidents` holds every card by (provider slug, raw id)."""
    claim_lines = lines(article, evidence or Evidence(almanac))
    newer, older = _neighbours(almanac, article)
    names = rows.names(almanac.providers)
    cited = (incidents[key] for key in article.incidents if key in incidents)
    return Beside(
        cites=tuple(rows.dated(card, names.get(card.provider, "")) for card in cited),
        providers=tuple(Link(base.provider_url(slug), names[slug]) for slug in article.providers if slug in names),
        claims=claim_lines,
        figures=figures(article, evidence or Evidence(almanac)),
        picture=drawn,
        newer=newer,
        older=older,
        related=tuple(
            Link(other.url, other.title)
            for other in almanac.articles
            if other.url != article.url and set(other.providers) & set(article.providers)
        )[:RELATED],
        reviews=reviews(article, claim_lines, almanac.site_url, almanac.project.name),
    )


def _neighbours(almanac: Snapshot, article: ArticleCard) -> tuple[Link | None, Link | None]:
    """Return the articles published after and before one; None at the ends, and for a draft, which stands in no list."""
    links = [Link(other.url, other.title) for other in almanac.articles]
    place = next((place for place, link in enumerate(links) if link.url == article.url), None)
    if place is None:
        return None, None
    return links[place - 1] if place else None, links[place + 1] if place + 1 < len(links) else None


def article(beside: Beside, article: Article) -> ArticlePage:
    """Return the page of an article: byline, text, what is certain, the incidents it cites, its sources and corrections.

    With equal arguments the page is the same, at whatever time.
    """
    card, html = article.card, filled(article.html, dict(beside.figures))
    changed = card.modified or card.date
    return ArticlePage(
        head=Head(
            title=card.title,
            path=card.url,
            section="articles",
            description=card.summary,
            kind="article",
            picture=f"{card.url}{base.PICTURE}",
            source=f"content/{article.file}" if article.file else "",
            feeds=base.feeds("/articles/", "Articles"),
        ),
        kicker=english.sentence(card.kind),
        title=card.title,
        stand=card.summary,
        authors=english.listing(card.authors),
        published=base.time(card.date, english.moment(card.date)),
        modified=base.time(card.modified, english.moment(card.modified)) if card.modified else None,
        certainties=_certainties(article),
        cites=beside.cites,
        providers=beside.providers,
        html=_to_do(article.problems) + html,
        corrections=tuple(_correction(entry) for entry in article.corrections),
        sources=tuple(map(_source, article.sources)),
        claims=beside.claims,
        figures=tuple(figure_line(name, figure) for name, figure in beside.figures),
        picture=beside.picture,
        reading=_reading(article.html),
        newer=beside.newer,
        older=beside.older,
        related=beside.related,
        reviews=beside.reviews,
        cite=citation(
            card.url,
            card.title,
            english.moment(changed),
            changed,
            CC_BY,
            version=version(html.encode()),
            authors=card.authors,
        ),
    )


def _reading(html: str) -> str:
    """Return how long a text takes to read."""
    minutes = max(round(len(markdown.plain(html).split()) / WORDS), 1)
    return f"{minutes}{english.GAP}min read"


def _to_do(problems: Sequence[str]) -> str:
    """Return what stands above the text of a draft: all that is wrong or missing."""
    if not problems:
        return ""
    items = "".join(f"<li>{escape(problem)}</li>" for problem in problems)
    count = english.plural(len(problems), "thing")
    return f'<aside class="know" id="to-do" role="note" aria-label="To do"><h2>Draft: {count} to do</h2><ul>{items}</ul></aside>\n'


def filled(html: str, by_name: Mapping[str, Figure]) -> str:
    """Return the text of an article with its figures in place of {{name}}; code stays as it is."""

    def quoted(match: re.Match[str]) -> str:
        figure = by_name.get(match[2] or "")
        return match[0] if figure is None else escape(figure.part(match[3] or "") or "")

    return _QUOTED.sub(quoted, html) if by_name else html


def _certainties(article: Article) -> tuple[Certainty, ...]:
    sections = (
        Certainty("Confirmed", "full", article.confirmed),
        Certainty("Claimed", "open", article.claimed),
        Certainty("Unknown", "dash", article.unknown),
    )
    return tuple(section for section in sections if section.points)


def _correction(correction: Correction) -> CorrectionLine:
    return CorrectionLine(base.time(correction.date, english.moment(correction.date)), correction.text)


def _source(source: Source) -> SourceLine:
    return SourceLine(source.url, source.title, source.publisher, "Primary" if source.primary else "Secondary")

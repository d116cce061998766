"""Pictures for links: of each incident, provider and article, in complete builds only.

What they say of the present they say "as of" a moment: of an open incident that at which it was last seen so, of a
provider the last whole hour of which there is data. Bars end at the last midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from almanac import views
from almanac.build.cache import digest
from almanac.build.context import Context
from almanac.build.output import Output
from almanac.build.routes import incidents
from almanac.build.routes.route import WHOLE, Outputs, file, sharded_route
from almanac.content.article import ArticleCard
from almanac.model import Card, Provider, moment
from almanac.text import english
from almanac.views import base, current, days, linkpicture
from almanac.views.calendar import DAYS
from almanac.views.current import DeclaredState
from almanac.views.linkpicture import LinkPicture

NAME = views.PICTURE  # of the file, in the folder of its page


def _incident_shards(context: Context) -> Iterable[str]:
    return incidents.shards(context) if context.settings.complete else ()


def _complete(context: Context) -> Iterable[str]:
    return (WHOLE,) if context.settings.complete else ()


def _key(context: Context, shard: str) -> bytes:
    cards = incidents.cards_of(context, shard)
    ends = [current.end(card, context.snapshot.pulls.get(card.provider)) for card in cards if card.ended is None]
    return digest(context.facts(cards), context.names, ends)


@sharded_route(_incident_shards, f"incidents/{{provider}}/{{slug}}/{NAME}", key=_key)
def incident_images(context: Context, shard: str) -> Outputs:
    """Make the picture of each incident of one provider that began in one year."""
    for card in incidents.cards_of(context, shard):
        yield _image(context, f"incidents/{card.provider}/{card.slug}/{NAME}", of_incident(context, card))


@sharded_route(_complete, f"providers/{{slug}}/{NAME}", f"articles/{{year}}/{{slug}}/{NAME}", "theme/og-{section}.png")
def other_images(context: Context, _: str) -> Outputs:
    """Make the pictures of providers, articles and sections."""
    for provider in context.snapshot.providers:
        yield _image(context, f"providers/{provider.slug}/{NAME}", of_provider(context, provider))
    for card in context.snapshot.articles:
        yield _image(context, f"{card.url.strip('/')}/{NAME}", of_article(card))
    for section, view in linkpicture.sections(context.settings.project).items():
        yield _image(context, linkpicture.address(section).lstrip("/"), view)


def _image(context: Context, path: str, view: LinkPicture) -> Output:
    return file(path, partial(_draw, context, path, view), view)


def image_of(context: Context, folder: str, make: Callable[[], LinkPicture], key: object) -> Outputs:
    """Yield the picture of a page that another route makes, of what that page rests on; a preview has none."""
    if context.settings.complete:
        path = f"{folder}{NAME}"
        yield file(path, lambda: _draw(context, path, make()), (key, context.settings.project))


def _draw(context: Context, path: str, view: LinkPicture) -> bytes:
    """Return the picture; one that is there and says itself that it shows the same is not drawn again."""
    from almanac.exports import linkpicture as drawing  # Pillow and fonts, which a preview does without

    name = context.settings.project.name
    try:
        before = (context.settings.output / path).read_bytes()
    except OSError:
        before = b""
    return before if drawing.is_of(before, drawing.mark(view, name)) else drawing.draw(view, name)


def of_incident(context: Context, card: Card) -> LinkPicture:
    """Return who, what, how bad, how long, when; of one that is open, when it was last seen so."""
    mark, length, when = base.mark(card), base.length(card), _span(card)
    if card.ended is None:
        last_seen = current.end(card, context.snapshot.pulls.get(card.provider))
        length = f"open as of {english.moment(moment(last_seen))}" if length == "open" else length
        when = f"reported since {english.moment(moment(card.started))}"
    severity = english.sentence(base.severity(card) if card.is_trouble else mark.word)
    name = context.providers[card.provider].name
    return LinkPicture(name, base.name(card), (f"{severity}, {length}", when), "" if mark.css == "quiet" else mark.css)


def _span(card: Card) -> str:
    began, over = moment(card.started), moment(card.ended or card.started)
    if began == over:
        return english.moment(began)
    if began.date() == over.date():
        return f"{english.date(began)}, {english.clock(began)} to {english.clock(over)} UTC"
    return f"{english.moment(began)} to {english.moment(over)}"


def of_provider(context: Context, provider: Provider) -> LinkPicture:
    """Return the question people ask, and the worst reported on each of the last days up to midnight."""
    snapshot = context.snapshot
    until = views.closed_at(snapshot) + 1
    first = days.last_days(until, DAYS)
    cards = current.troubles(provider, snapshot.cards.get(provider.slug, ()))
    worst = days.worst(cards, snapshot.pulls.get(provider.slug), first, DAYS, until)
    state = current.state(snapshot, provider)
    bad = sum(day not in (base.CLEAR.css, base.UNKNOWN.css, "") for day in worst)
    unknown = worst.count(base.UNKNOWN.css)
    words = f"Incidents reported on {bad} of {DAYS - unknown} days" if unknown < DAYS else "No data for these days"
    days_of = f"{words} to {english.date(moment(until - 1))}" + (f", {unknown} unknown" if unknown else "")
    return LinkPicture(provider.company, f"Is {provider.name} down?", (_state(state), days_of), days=worst)


def _state(state: DeclaredState) -> str:
    """Return how a provider stood at the last whole hour of which there is data, or that nobody knows."""
    if not state.is_known or state.reach is None:
        return "Current status unknown"
    hour = max(state.reach // english.HOUR * english.HOUR, state.since)  # as it is since, be that within the hour
    words = english.sentence(base.severity(state.open[0])) if state.in_trouble else "No incident reported"
    return f"{words} as of {english.moment(moment(hour))}"


def of_article(card: ArticleCard) -> LinkPicture:
    """Return its title, who wrote it, and when."""
    by = f"By {english.listing(card.authors)}" if card.authors else english.sentence(card.kind or "article")
    return LinkPicture(english.sentence(card.kind), card.title, (by, english.moment(card.date)))


ROUTES = (incident_images, other_images)

"""A share of the work: reads incidents and articles that changed, then prints what is not as it was."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from almanac import archive, files, views
from almanac.engine import surfaces
from almanac.engine.crew import Columns
from almanac.engine.edition import Edition
from almanac.engine.figures import surroundings
from almanac.engine.lasting import Kept
from almanac.engine.press import Press, digest
from almanac.engine.printer import Printer, unprintable
from almanac.engine.state import Print, Row, Stamp, facts
from almanac.model import Card, Incident, seconds
from almanac.model import card as card_of
from almanac.model.problem import Problem
from almanac.snapshot import as_of, order
from almanac.stats.reporting import reported

if TYPE_CHECKING:
    from almanac.content.articles import Manuscript

Held: TypeAlias = tuple[bytes, Incident]  # the bytes of a file, and what they say
AT_ONCE = 10  # replays laid out before a worker looks whether it may go on
Read: TypeAlias = "tuple[Manuscript | None, tuple[Problem, ...]]"


class Task(NamedTuple):
    """A share of a build. `kept` are incidents that did not change themselves, `written` what people wrote.

    `errands` are the jobs of `surfaces` it may take.
    """

    kept: Mapping[str, Row]
    sources: Mapping[str, Stamp]
    written: Sequence[str] = ()  # files, relative to content/
    errands: Iterable[int] = ()


class Found(NamedTuple):
    """What a share read: rows by file, a line for every file that cannot be used, and what people wrote."""

    rows: Columns
    faults: list[str]
    written: dict[str, Read]


class Made(NamedTuple):
    """What a share made: paths that stand as they did, the prints of others, those whose bytes are new, and values."""

    stood: Sequence[str]
    prints: Columns
    written: Sequence[str]
    lasting: Mapping[str, Kept]
    problems: Sequence[str]  # a line for each page that could not be printed


class Shelf:
    """What one process holds of incidents between reading and printing them, by file."""

    def __init__(self) -> None:
        self.texts: dict[str, Held] = {}
        self.states: dict[str, tuple[views.ReplayState, ...]] = {}  # of replays, where there was time to lay them out

    def lay_out(self) -> Iterator[None]:
        """Lay out replays, some a step: they draw on nothing but the incident, so nobody needs to know the rest yet."""
        for number, (file, (_, incident)) in enumerate(self.texts.items(), 1):
            self.states[file] = views.states(incident)
            if not number % AT_ONCE:
                yield


def share(
    content: Path, press: Press, printer: Printer, task: Task, shelf: Shelf
) -> Generator[Found | Made, Edition, None]:
    """Read what the task names; then, told of all that was found, print its incidents and what it takes of surfaces."""
    written = {file: read_written(content, file) for file in task.written}
    rows, faults = _read(content, task.sources, shelf.texts)
    edition = yield Found(Columns.of(Row, rows), faults, written)
    problems = _print(content, press, printer, edition, {**task.kept, **rows}, shelf)
    problems += surfaces.render(edition, press, printer, task.errands)
    stood, prints = press.told()
    yield Made(stood, Columns.of(Print, prints), press.written, edition.lasting.asked, problems)


def _print(
    content: Path, press: Press, printer: Printer, edition: Edition, rows: Mapping[str, Row],
    shelf: Shelf,
) -> list[str]:  # fmt: skip
    """Print the pages of incidents, and of their replays; what is on the shelf need not be read again.

    Returns a line for each incident that cannot be shown.
    """
    problems: list[str] = []
    around = surroundings(edition)
    almanac = edition.almanac
    corrected = {card.file: card for cards in almanac.cards.values() for card in cards}
    now = seconds(almanac.now)
    for file, row in rows.items():
        card = corrected.get(file)
        if card is None:  # nothing was known of it yet
            continue
        paths = page_paths(card)
        in_order = edition.orders[card.provider]
        as_filed = card == order.card(row.card, in_order)  # neither corrected nor turned back
        own = (file.encode(), row.content, b"" if card == row.card else card)
        key, twin, replays = digest(*own, around.mark(card)), twin_path(card), replay_paths(card)
        if _every(press.stands(path, key) for path in paths) and _every(
            press.stays(path) for path in (twin, *(path for _, path in replays))  # what these show is in the key, too
        ):
            continue
        again = digest(*own, around.name(card), around.parts(card), around.estimates(card))
        bare = digest("twin", file.encode(), row.content, b"" if as_filed else card)
        sheets = [(n, sheet) for n, sheet in replays if not press.stands(sheet, again)]
        press.stands(twin, bare)
        near = around.of(card)
        held, states = shelf.texts.pop(file, None), shelf.states.pop(file, None)
        data, filed = held or archive.read_both(content, file)
        try:
            incident = as_of.as_known(filed, card, now, in_order)
            states = states if incident is filed else None
            if twin not in press.prints:
                press.put(twin, bare, data if as_filed else archive.render(incident).encode())
            for number, path in enumerate(paths, 1):
                if path not in press.prints:
                    press.put(path, key, printer.page("incident", views.incident(near, incident, card, number)))
            for number, sheet in sheets:
                press.put(sheet, again, printer.page("replay", views.replay(near, incident, card, number, states)))
        except OSError:
            raise
        except Exception as error:  # whatever an incident holds that cannot be shown costs its own pages
            problems.append(unprintable(f"{content.name}/incidents/{file}", error))
    return problems


def _every(asked: Iterable[bool]) -> bool:
    """True if all are. None is left out, for what stands is a part of the build once it was asked for."""
    return all(list(asked))


def _read(content: Path, sources: Mapping[str, Stamp], texts: dict[str, Held]) -> tuple[dict[str, Row], list[str]]:
    """The rows of incident files, and a line for every one that cannot be used."""
    rows: dict[str, Row] = {}
    faults = []
    for file, stamp in sources.items():
        try:
            data, incident = texts[file] = archive.read_both(content, file)
            card, told = card_of(incident, file), reported(incident)
            rows[file] = Row(stamp, digest(data), facts(card, told), card, told)
        except archive.ArchiveError as error:
            faults.append(str(error))
        except (ValueError, ArithmeticError, LookupError, TypeError) as error:
            faults.append(unprintable(f"{content.name}/incidents/{file}", error))
    return rows, faults


def read_written(content: Path, file: str) -> Read:
    """What stands in a file that people wrote (relative to content/), or every fault of it."""
    from almanac.content import articles  # pydantic takes 0.2 s to import, and incidents do without it

    try:
        data = (content / file).read_bytes()
    except OSError as error:
        return None, (Problem(file=f"{content.name}/{file}", message=files.why(error)),)
    return articles.read(data, file)


def page_paths(card: Card) -> list[str]:
    """Its page, and those on which a huge one goes on."""
    return [f"{url.lstrip('/')}index.html" for url in views.incident_urls(card)]


def provider_of(path: str) -> str:
    """The slug of the provider whose incident an output is about; of another output something that is none."""
    folder, _, rest = path.partition("/")
    return rest.partition("/")[0] if folder == "incidents" else ""


def twin_path(card: Card) -> str:
    """Where the same stands in Markdown, as the archive writes it."""
    return f"{views.incident_url(card).lstrip('/')}index.md"


def replay_paths(card: Card) -> list[tuple[int, str]]:
    """The pages of its replay, by number; none if it has none."""
    return [(number, f"{url.lstrip('/')}index.html") for number, url in enumerate(views.replay_urls(card), 1)]

"""Holds every file under content/ against the rules, alone and with the others. No mistake hides another.

Apart from `check` because all it imports takes 0.7 s, which a check of what has not changed since does without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from almanac import archive
from almanac.build.routes.addresses import site_index
from almanac.claims import Evidence
from almanac.claims.judge import judge
from almanac.content import articles, corrections, crosscheck, frontmatter, layout, providers, releases, spelling
from almanac.content.articles import Manuscript
from almanac.content.files import Files
from almanac.content.forms.values import YEARS
from almanac.content.frontmatter import Matter, Way, attempt, judging_error
from almanac.model import Card, Provider, card
from almanac.model.problem import Problem
from almanac.news import InboxError, inbox, outlets
from almanac.snapshot import Snapshot
from almanac.snapshot.load import assemble
from almanac.text import limits
from almanac.text.similar import nearest

GRACE = timedelta(minutes=10)  # clocks differ
RECORDS = (archive.INCIDENTS, "pulls", corrections.FOLDER)  # in which each provider has a folder or file
IN_WORDS = (*layout.PROSE, "providers/", "corrections/", "links/", "undeclared/")


@dataclass(frozen=True)
class Desk:
    """All that rules need: the files, and the values read from them. What cannot be read is in the faults, once."""

    content: Path
    files: Files
    now: datetime

    @cached_property
    def providers(self) -> tuple[tuple[Provider, ...], tuple[Problem, ...]]:
        """Those whose files are right, and what is wrong with the others."""
        return providers.sound(self.content)

    @cached_property
    def unsure(self) -> frozenset[str]:
        """Slugs of providers of which there is too little to judge others by."""
        slugs = {
            name.removeprefix("providers/").removesuffix(".md")
            for name in self.files
            if name.startswith("providers/") and name.endswith(".md") and name.count("/") == 1
        }
        return frozenset(slugs - {provider.slug for provider in self.providers[0]})

    @cached_property
    def cards(self) -> tuple[list[Card], list[Problem]]:
        """The card of every incident that can be read, and what is wrong with the others."""
        faults: list[Problem] = []
        return list(cards(self.files, faults)), faults

    @cached_property
    def manuscripts(self) -> tuple[list[Manuscript], list[Problem]]:
        """The articles and pages as far as they are right, and what is wrong with them."""
        faults: list[Problem] = []
        return list(_manuscripts(self.files, faults)), faults

    @cached_property
    def almanac(self) -> tuple[Snapshot, list[Problem]]:
        """What a build would put together, and what clashes in it."""
        nameless = (Provider(slug=slug, name=slug, company="", home="", status_page="") for slug in self.unsure)
        faults: list[Problem] = []
        watched = tuple(sorted((*self.providers[0], *nameless), key=lambda provider: provider.slug))
        return assemble(self.content, self.now, watched, self.cards[0], faults=faults), faults


Rule = Callable[[Desk], Iterable[Problem]]


def survey(content: Path, files: Files, now: datetime, strict: bool, by: Sequence[Rule] = ()) -> list[Problem]:
    """Return every problem of `files`, which stand under `content`, in the order of files and lines.

    A rule that breaks off is a problem itself, and stops no other.
    """
    desk = Desk(content, files, now)
    faults = [fault for rule in by or RULES for fault in attempt("content", lambda: rule(desk))]  # noqa: B023
    if strict:
        faults += (fault for manuscript in desk.manuscripts[0] for fault in _unbound(manuscript))
    return sorted(set(faults))


def _odd(desk: Desk) -> Iterator[Problem]:
    """Yield a problem for each file that was not read."""
    return (Problem(file=f"content/{name}", message=file.odd) for name, file in desk.files.items() if file.odd)


def cards(files: Files, faults: list[Problem]) -> Iterator[Card]:
    """Yield the card of every incident that can be read."""
    for name, file in files.items():
        folder, _, path = name.partition("/")
        if folder != archive.INCIDENTS or not path.endswith(".md") or file.odd:
            continue
        try:
            yield card(archive.read_bytes(file.data, path, f"content/{name}"), path)
        except archive.ArchiveError as error:
            faults += error.problems
        except Exception as error:
            faults.append(judging_error(f"content/{name}", error))


def _press(desk: Desk) -> Iterator[Problem]:
    """Yield what is wrong with the outlets people name, and with the drafts that wait for a person."""
    yield from outlets.load(desk.content)[1]
    try:
        inbox.load(desk.content)
    except InboxError as error:
        yield from error.problems


def _manuscripts(files: Files, faults: list[Problem]) -> Iterator[Manuscript]:
    for name, file in files.items():
        if not name.startswith(layout.PROSE) or file.odd:
            continue
        if not name.endswith(".md"):
            faults += articles.strays([name])
            continue
        try:
            manuscript, wrong = articles.read(file.data, name)
        except Exception as error:
            manuscript, wrong = None, (judging_error(f"content/{name}", error),)
        faults += wrong
        if manuscript:
            yield manuscript


def _releases(desk: Desk) -> Iterator[Problem]:
    """Yield what was changed in the snapshots of the data."""
    return releases.faults({name: file.data for name, file in desk.files.items() if not file.odd})


def _misspellings(desk: Desk) -> Iterator[Problem]:
    """Yield misspelled words in what people wrote; another rule names a file that cannot be read."""
    files = desk.files
    accepted = spelling.accepted_words(files[spelling.WORDS].data) if spelling.WORDS in files else frozenset[str]()
    for name, file in files.items():
        if name.startswith(IN_WORDS) and not file.odd and len(file.data) <= limits.ARTICLE:
            yield from attempt(f"content/{name}", lambda: _slips(name, file.data, accepted))  # noqa: B023


def _slips(name: str, data: bytes, accepted: frozenset[str]) -> Iterator[Problem]:
    matter = _matter(name, data)
    return spelling.faults(matter, matter.head.count("\n") + 4, accepted)


def _matter(name: str, data: bytes) -> Matter:
    """Return the Matter of a file: a correction is fields alone."""
    return (frontmatter.read_fields if not name.endswith(".md") else frontmatter.read)(data, f"content/{name}")


def _strays(desk: Desk) -> Iterator[Problem]:
    """Yield files that nobody reads: whoever put them there meant something else, or nothing good."""
    for name, file in desk.files.items():
        if not file.odd and not layout.is_known(name):
            message = "is not read; content/ holds what the guide names, in folders of its names, and nothing else"
            yield Problem(file=f"content/{name}", message=message)


def _ownerless(desk: Desk) -> Iterator[Problem]:
    """Yield records that belong to no provider, so that nobody reads them."""
    slugs = {*desk.unsure, *(provider.slug for provider in desk.providers[0]), *desk.almanac[0].cards, archive.PRESS}
    for name, file in desk.files.items():
        if not file.odd and (slug := layout.owner(name)) and slug not in slugs:
            message = f"belongs to no provider; add content/providers/{slug}.md, or remove this file"
            yield Problem(file=f"content/{name}", message=message)


def _agreeing(desk: Desk) -> Iterator[Problem]:
    """Check articles and pages against each other and the record."""
    manuscripts, almanac = desk.manuscripts[0], desk.almanac[0]
    broken = {articles.address(name) for name in desk.files} - {"", *(one.url for one in manuscripts if not one.faults)}
    broken |= {f"/{name}" for name in desk.files if name.startswith(layout.PICTURES)}
    site = site_index(almanac)
    yield from crosscheck.across(manuscripts, site)
    yield from crosscheck.dead_links(manuscripts, site, broken)
    yield from judge(manuscripts, Evidence(almanac), desk.unsure, _damaged(desk))


def _damaged(desk: Desk) -> frozenset[str]:
    """Return the providers whose record is not whole, so that what it says may be wrong."""
    slugs = [provider.slug for provider in desk.providers[0]]
    places = (fault.file.split("/") for fault in (*desk.almanac[1], *desk.cards[1]))
    folders = {place[2].removesuffix(".json") for place in places if place[1] in RECORDS and len(place) > 2}
    return frozenset(folders | {nearest(folder, slugs) for folder in folders - {*slugs}})


def _future(desk: Desk) -> Iterator[Problem]:
    """Yield times that have not come yet. A build leaves such an article out of lists and feeds until then."""
    for name, file in desk.files.items():
        if name.startswith(layout.JUDGED) and not file.odd and len(file.data) <= limits.ARTICLE:
            yield from attempt(f"content/{name}", lambda: _to_come(name, file.data, desk.now + GRACE))  # noqa: B023


def _to_come(name: str, data: bytes, latest: datetime) -> Iterator[Problem]:
    if name.startswith(layout.PICTURES):
        return
    matter = _matter(name, data)
    for path, at in _times(matter.values, ()):
        if at > latest:
            yield matter.problem(path, f"{at:%Y-%m-%dT%H:%MZ} is in the future; use a past time")


def _times(value: object, path: Way) -> Iterator[tuple[Way, datetime]]:
    """Yield every time in front matter but those in queries."""
    if isinstance(value, datetime):
        yield from [(path, value.astimezone(UTC))] if value.tzinfo and value.year in YEARS else []
    elif isinstance(value, Mapping | list):
        for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            if key not in ("figures", "check"):
                yield from _times(item, (*path, key))


def _unused_pictures(desk: Desk) -> Iterator[Problem]:
    """Yield pictures that no article shows: the archive is no place to leave files at."""
    manuscripts = desk.manuscripts[0]
    if len(manuscripts) < sum(name.startswith(layout.PROSE) for name in desk.files):  # a faulty one may show them
        return
    targets = {spot.what for one in manuscripts for spot in one.body.links}
    for picture in desk.almanac[0].pictures:
        if picture.url not in targets:
            message = f"is not used; show it with ![what it shows]({picture.url}), or remove it"
            yield Problem(file=f"content/{picture.file}", message=message)


def _unbound(manuscript: Manuscript) -> Iterable[Problem]:
    for spot in manuscript.body.numerals if manuscript.year else ():
        cure = "quote it as {{name}} from a query under `figures`"
        yield manuscript.problem(spot, f"{spot.what!r} is not computed from the archive; {cure}")


RULES: tuple[Rule, ...] = (
    _odd,
    lambda desk: desk.providers[1],
    lambda desk: desk.cards[1],
    lambda desk: desk.manuscripts[1],
    lambda desk: desk.almanac[1],
    _press,
    _releases,
    _misspellings,
    _strays,
    _ownerless,
    _future,
    _agreeing,
    _unused_pictures,
)

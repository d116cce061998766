"""One build of the site: what changed is read, what shows something else is printed, what is no more is removed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from almanac import archive, files, unchanged, views
from almanac.content import providers
from almanac.content.article import Article, ArticleCard
from almanac.content.files import oddities
from almanac.engine import stage, state, surfaces, turn, written
from almanac.engine.crew import Crew, Errands
from almanac.engine.edition import Edition
from almanac.engine.incidents import Found, Made, Read, Shelf, Task, provider_of, read_written, share
from almanac.engine.lasting import Lasting
from almanac.engine.plan import PACKAGE, Plan, fingerprint
from almanac.engine.press import Press, digest
from almanac.engine.printer import Printer
from almanac.engine.state import SITE, Print, Row, Section, Stamp
from almanac.engine.turn import Turn, TurnError
from almanac.engine.written import Written
from almanac.model import seconds
from almanac.model.problem import Problem
from almanac.snapshot import Snapshot, as_of, order
from almanac.snapshot.load import assemble
from almanac.stats.reporting import reported

WRITTEN = "~written"  # the section of what people wrote
MANY = 300  # incidents to read or look at from which on forking pays
HANDS = 2


class Judgement(NamedTuple):
    """What is wrong with what people wrote, and which of their files (relative to content/) are left out for it."""

    problems: Sequence[object]
    left_out: frozenset[str]


Judge = Callable[[Snapshot], Judgement]


class BuildError(Exception):
    """Why nothing can be built: a fault a line, as file:line: what is wrong; what to write instead."""


class Outdated(Exception):
    """A build that has begun with articles of the last one, some of which may not be published any more."""


class Built(NamedTuple):
    """What a build did to the output folder. `problems` name each file that is left out, and what to mend in it."""

    written: tuple[str, ...]  # paths whose bytes are new
    removed: tuple[str, ...]
    unchanged: int
    problems: tuple[str, ...] = ()

    def report(self) -> None:
        """Print the problems, a line each, to standard error."""
        for problem in self.problems:
            print(problem, file=sys.stderr)


class Build:
    """Begun with a plan, it reads incidents at once; then `know` the articles, `put` what people wrote, `finish`."""

    def __init__(self, plan: Plan, clock_ns: int) -> None:
        if odd := oddities(plan.content):  # before anybody follows a link, or climbs down
            raise BuildError("\n".join(map(str, odd)))
        self.plan = plan
        self._turn = _turn(plan.state)
        if plan.published:
            stage.set_up(plan.published, plan.output)
        self._fingerprint = fingerprint(plan)
        self._looked = unchanged.look(plan.root, clock_ns) if _stands_together(plan) else ""
        self._wrote = unchanged.look(plan.root, clock_ns, written.SOURCES)
        self._sections = state.load(plan.state, self._fingerprint)
        prints = _prints(plan, self._sections, self._turn.since)
        self._press = Press(plan.output, prints)
        self._printer = Printer(plan)
        self._lasting = Lasting(self._sections.get(SITE, Section()).extra or {})
        self._written: list[Written] = []
        self._pages: set[str] = set()
        looks = _scan(plan.content, clock_ns)
        self._rows = _kept(self._sections, looks)
        self.problems: list[str] = []
        self.left_out: frozenset[str] = frozenset()
        self._whole: Snapshot | None = None  # to the record's end: what people wrote since may cite it
        self._edition: Edition | None = None
        self._crew = self._hire({file: stamp for file, stamp in looks.items() if file not in self._rows}, prints)
        if self._crew.apart:
            self._printer.prepare()  # while the others read

    def _hire(self, sources: Mapping[str, Stamp], prints: Mapping[str, Print]) -> Crew:
        """One hand; two if there is much to look at. If there is much to read they part at once, share it, and read
        what people wrote, too. Else one looks at incidents while the other begins with surfaces: what each of these
        needs is put together once."""
        early = len(sources) > MANY
        hands = HANDS if early or len(self._rows) > MANY else 1
        read, kept = sorted(sources), sorted(self._rows)
        people = _people(self.plan.content) if early else []
        errands = Errands(len(surfaces.JOBS))
        shares, ahead = [], []
        for hand in range(hands):
            task = Task(
                kept={file: self._rows[file] for file in (kept[hand::hands] if early else [] if hand else kept)},
                sources={file: sources[file] for file in read[hand::hands]},
                written=people[hand::hands],
                errands=errands,
            )
            shelf = Shelf()
            shares.append(share(self.plan.content, Press(self.plan.output, prints), self._printer, task, shelf))
            ahead.append(shelf.lay_out())
        return Crew(shares, ahead, late=not early)

    @cached_property
    def _found(self) -> list[Found]:
        return self._crew.found()

    def manuscript(self, file: str) -> Read:
        """What stands in a file that people wrote (relative to content/), or every fault of it."""
        for found in self._found:
            if file in found.written:
                return found.written[file]
        return read_written(self.plan.content, file)

    @property
    def known_articles(self) -> tuple[Written, ...] | None:
        """The articles as the last build had them; None if what people wrote is not surely the same since."""
        section = self._sections.get(WRITTEN)
        if section is None or not section.extra or not self._wrote or section.extra[0] != self._wrote:
            return None
        return written.thaw(section.extra[1])

    def know(
        self, articles: Mapping[str, ArticleCard], judge: Judge = lambda _: Judgement((), frozenset()),
        problems: Iterable[object] = (),
    ) -> None:  # fmt: skip
        """Put together all that pages draw on, and set the crew to print incidents.

        Files of the archive that cannot be used, and articles (by file) that `judge` finds unfit once the rest is
        known, are left out; each is named in `problems`, beside those known before. Raises Outdated.
        """
        self.problems += map(str, problems)
        if self._whole is not None:  # known already, from what the last build remembers of the same articles
            judgement = judge(self._whole)
            if judgement.left_out:
                raise Outdated
            self.problems += map(str, judgement.problems)
            return
        for found in self._found:
            self._rows |= found.rows.rows()
            self.problems += found.faults
        watched, faults = providers.sound(self.plan.content, self.plan.state / "providers.json")
        self.problems += map(str, faults)
        cards = [row.card for _, row in sorted(self._rows.items())]
        clashes: list[Problem] = []
        almanac = assemble(
            self.plan.content, self.plan.now, watched, cards, articles.values(), faults=clashes,
            site_url=self.plan.site_url, site_name=self.plan.site_name,
        )  # fmt: skip
        self.problems += map(str, clashes)
        self._whole = replace(almanac, now=max(almanac.now, almanac.record_until or almanac.now))
        judgement = judge(self._whole)
        self.problems += map(str, judgement.problems)
        self.left_out = judgement.left_out
        unfit = [card for file, card in articles.items() if file in self.left_out]
        almanac = replace(almanac, articles=tuple(card for card in almanac.articles if card not in unfit))
        almanac = as_of.rewound(almanac, self.plan.content)
        self._edition = Edition(self.plan, almanac, self._as_known(almanac), self._lasting)
        self._turn.begin()
        self._crew.tell(self._edition)

    def _as_known(self, almanac: Snapshot) -> dict[str, Row]:
        """What is known of each incident file; anew where it was corrected, or is not as it was."""
        rows, orders = dict(self._rows), order.orders(almanac.providers)
        parts = {one.slug: digest(one.components) for one in almanac.providers}
        for card in (card for cards in almanac.cards.values() for card in cards):
            row = rows[card.file]
            content = digest(row.content, parts[card.provider]) if card.edits else row.content  # what it named before
            if card is not row.card:
                told = row.told
                if card.known != row.card.known:  # known less of
                    incident = as_of.incident(
                        self.plan.content, card, seconds(self.plan.now), orders[card.provider]
                    )  # fmt: skip
                    told = reported(incident)
                rows[card.file] = Row(row.stamp, digest(content, card), state.facts(card, told), card, told)
            elif card.edits:
                rows[card.file] = row._replace(content=content)
        return rows

    def abandon(self) -> None:
        """Let a build that is Outdated end; what its workers made is nobody's until the next build makes it too."""
        self._crew.made()
        self._turn.leave()

    @property
    def edition(self) -> Edition:
        """What this build knows; after `know`."""
        assert self._edition is not None, "know() comes first"  # noqa: S101
        return self._edition

    def still(self, known: Iterable[Written]) -> bool:
        """True if no page of what people wrote needs printing: then they need not be read either.

        They must be where an incident's page is gone, too: a text may link to it.
        """
        if any(section.rows.keys() - self._rows.keys() for section in self._sections.values()):
            return False
        section = self._sections[WRITTEN]
        articles = {article.path: article for article in known}
        due = {path for path, article in articles.items() if self._is_due(article.card)}
        if due != section.prints.keys() & articles.keys():
            return False
        for path, printed in section.prints.items():
            article = articles.get(path)
            key = digest("article", article.own, self._beside(article.card)) if article else printed.key
            if not self._press.stands(path, key):
                self._press.prints.clear()
                return False
        self._written, self._pages = list(articles.values()), section.prints.keys() - articles.keys()
        return True

    def put_article(self, path: str, article: Article) -> None:
        """Print the page of an article, if it shows anything new. Raises BuildError if its address is taken."""
        self._claim(path, article.file)
        own = digest(article)
        if self._is_due(article.card):
            beside = self._beside(article.card)
            key = digest("article", own, beside)
            if not self._press.stands(path, key):
                self._press.put(path, key, self._printer.page("article", views.article(beside, article)))
        self._written.append(Written(path, own, article.card, article.card.url in self.edition.listed))

    def put_page(self, path: str, page: object, file: str) -> None:
        """Print a page that people wrote, if it shows anything new. Raises BuildError if its address is taken."""
        self._claim(path, file)
        key = digest("page", page)
        if not self._press.stands(path, key):
            self._press.put(path, key, self._printer.page("page", page))
        self._pages.add(path)

    def _claim(self, path: str, file: str) -> None:
        if path in self._press.prints:
            raise BuildError(f"content/{file}:1: another file has its address, /{path}; rename one of the two")

    def _is_due(self, card: ArticleCard) -> bool:
        """False for an article of a later date: a build of the past does not have it."""
        return card.date <= self.plan.now

    def _beside(self, card: ArticleCard) -> views.Beside:
        return views.beside(self.edition.almanac, self.edition.incidents, card, self.edition.evidence)

    def finish(self) -> Built:
        """Print what is left, remove what is no more, and remember it all."""
        made: list[Made] = self._crew.made()
        for result in made:
            self._press.adopt(result.stood, result.prints.rows(), result.written)
            self.problems += result.problems
            self._lasting.asked |= result.lasting
        if self.plan.complete:
            from almanac.engine import search  # a preview does without

            search.put(self.edition, self._press)
        removed = self._press.sweep()
        done = tuple(sorted(self._press.written))
        if self.plan.published and (done or removed):
            stage.put_up(self.plan.output, self.plan.published)
        if self.problems:  # the next build must name them too: it may not find that nothing changed
            self._looked = self._wrote = ""
        sections = self._remember()
        for name, section in sections.items():
            if section != self._sections.get(name):
                state.save(self.plan.state, name, section, self._fingerprint)
        state.forget(self.plan.state, self._sections.keys() - sections.keys())
        prints = self._press.prints
        outputs = {path: (p.size, p.mtime) for path, p in prints.items()}
        if self.plan.published:
            stage.tear_down(self.plan.output)
        census = unchanged.census(outputs, seconds(self.plan.now), self._looked)
        files.put(self.plan.state / unchanged.CENSUS, census)  # last: from here on a build may find nothing to do
        self._turn.end()
        return Built(done, tuple(removed), len(prints) - len(done), tuple(sorted(set(self.problems))))

    def _remember(self) -> dict[str, Section]:
        """The sections of the next state, each with the prints of what it is about."""
        sections = {SITE: Section(), WRITTEN: Section()}
        sections[SITE].extra = self._lasting.asked
        sections[WRITTEN].extra = self._wrote, written.freeze(self._written)
        for file, row in self._rows.items():
            sections.setdefault(row.card.provider, Section()).rows[file] = row
        written_by_people = {article.path for article in self._written} | self._pages
        for path, made in self._press.prints.items():
            provider = provider_of(path)
            name = provider if provider in sections else WRITTEN if path in written_by_people else SITE
            sections[name].prints[path] = made
        return sections


def _people(content: Path) -> list[str]:
    """What people wrote: articles and pages, relative to content/."""
    found = (path for name in ("articles", "pages") for path in (content / name).rglob("*.md"))
    return sorted(path.relative_to(content).as_posix() for path in found if not path.is_symlink())


def _turn(folder: Path) -> Turn:
    try:
        return Turn(folder)
    except TurnError as error:
        raise BuildError(str(error)) from None


def _stands_together(plan: Plan) -> bool:
    """True if the sources are where `unchanged` looks for them."""
    root = plan.root
    return (plan.content, plan.theme.resolve(), PACKAGE) == (
        root / "content", (root / "theme").resolve(), (root / "plugins/almanac").resolve()
    )  # fmt: skip


def _prints(plan: Plan, sections: Mapping[str, Section], since: int | None) -> dict[str, Print]:
    """All outputs of the last build; where its state cannot be read, by name, from the census.

    `since`: when builds began that did not end. What they left is nobody's, until this build makes it too.
    """
    nobodys = turn.since(os.fspath(plan.output), since) if since is not None else ()
    known = dict.fromkeys((*unchanged.files(plan.state), *nobodys), Print(b"", 0, 0))
    for section in sections.values():
        known |= section.prints
    return known


def _scan(content: Path, clock_ns: int) -> dict[str, Stamp]:
    """Every incident file and what it looks like."""
    unsettled = clock_ns - unchanged.SETTLED
    return {
        entry.file: Stamp(entry.size, entry.mtime_ns, entry.ctime_ns) if entry.ctime_ns < unsettled else Stamp(0, 0, 0)
        for entry in archive.walk(content)
    }


def _kept(sections: Mapping[str, Section], looks: Mapping[str, Stamp]) -> dict[str, Row]:
    """What is known of files that look as they did."""
    return {
        file: row for section in sections.values() for file, row in section.rows.items()
        if row.stamp == looks.get(file) and row.stamp.ctime
    }  # fmt: skip

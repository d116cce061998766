"""Puts together what pages draw on of content/: all of it, with a judgement of what people wrote, or what is near some pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from almanac.build.cache import BuildError
from almanac.build.context import Archive, Prose
from almanac.build.routes.addresses import site_index
from almanac.build.settings import BuildSettings
from almanac.build.sources import Incidents, SourceRow, current_rows
from almanac.claims import Evidence
from almanac.claims.judge import judge
from almanac.content import corrections, crosscheck, providers
from almanac.content.article import Article
from almanac.content.articles import Manuscript
from almanac.model.problem import Problem
from almanac.snapshot import Snapshot, as_of
from almanac.snapshot.load import assemble


class Assembly:
    """The archive of one build. What is wrong with it is known once it was judged."""

    def __init__(self, settings: BuildSettings, incidents: Incidents) -> None:
        self._settings, self._incidents = settings, incidents

    def judged(self, prose: Prose, manuscripts: Sequence[Manuscript], problems: list[str]) -> tuple[Archive, Prose]:
        """Return all that pages draw on, and what of the prose is fit to print; add what is wrong to `problems`."""
        faults: list[object] = []
        rows = self._all_rows
        snapshot = self._snapshot(prose, rows, faults)
        # To the record's end: what people wrote since may cite it.
        wrong, left_out = _judge(
            manuscripts, replace(snapshot, now=max(snapshot.now, snapshot.record_until or snapshot.now))
        )
        problems += map(str, (*faults, *wrong))
        prose = Prose(
            tuple(article for article in prose.articles if article.file not in left_out),
            tuple(_with_problems(draft, manuscripts, wrong) for draft in prose.drafts),
            tuple(page for page in prose.pages if page.file not in left_out),
        )
        listed = {article.card.url for article in prose.articles}
        snapshot = replace(snapshot, articles=tuple(card for card in snapshot.articles if card.url in listed))
        _refuse_doubles(prose)
        return self._as_of_now(snapshot, rows), prose

    def archive(self, prose: Prose) -> Archive:
        """Return all that pages draw on, where nothing is wrong with it."""
        rows = self._all_rows
        return self._as_of_now(self._snapshot(prose, rows, []), rows)

    def near(self, prose: Prose, files: Collection[str]) -> Archive:
        """Return what pages of some incidents draw on, which are over, where nothing is wrong with it."""
        if corrections.load(self._settings.content)[0]:  # they may move an incident, or have it count with another
            return self.archive(prose)
        rows = self._incidents.around(files)
        return self._as_of_now(self._snapshot(prose, rows, []), rows)

    @property
    def _all_rows(self) -> dict[str, SourceRow]:
        return self._incidents.rows(self._incidents.shards)

    def _as_of_now(self, snapshot: Snapshot, rows: Mapping[str, SourceRow]) -> Archive:
        content = self._settings.content
        snapshot = as_of.rewound(snapshot, content)
        return Archive(snapshot, current_rows(content, snapshot, rows))

    def _snapshot(self, prose: Prose, rows: Mapping[str, SourceRow], faults: list[object]) -> Snapshot:
        """Return all that pages draw on; what is wrong with it is added to `faults`."""
        settings = self._settings
        watched, unsound = providers.sound(settings.content, settings.state / "providers.json")
        clashes: list[Problem] = []
        snapshot = assemble(
            settings.content,
            settings.now,
            watched,
            [row.card for row in rows.values()],
            [article.card for article in prose.articles],
            faults=clashes,
            site_url=settings.site_url,
            project=settings.project,
        )
        faults += (*unsound, *clashes)
        return snapshot


def _judge(manuscripts: Sequence[Manuscript], snapshot: Snapshot) -> tuple[list[Problem], frozenset[str]]:
    """Return what is wrong with what people wrote, and the files that are left out for it: not for a dead link."""
    site = site_index(snapshot)
    unfit = [*crosscheck.across(manuscripts, site), *judge(manuscripts, Evidence(snapshot))]
    wrong = {fault.file for fault in unfit}
    left_out = frozenset(each.file for each in manuscripts if each.matter.file in wrong)
    return [*unfit, *crosscheck.dead_links(manuscripts, site)], left_out


def _with_problems(draft: Article, manuscripts: Sequence[Manuscript], wrong: Sequence[Problem]) -> Article:
    """Return a draft with all that is wrong with it: it is shown, and shows that."""
    own = next(one for one in manuscripts if one.file == draft.file)
    lines = sorted({*own.faults, *(fault for fault in wrong if fault.file == own.matter.file)})
    return replace(draft, problems=tuple(f"Line {fault.line}: {fault.words}" for fault in lines))


def _refuse_doubles(prose: Prose) -> None:
    """Raise BuildError if two files that people wrote have one address."""
    urls: set[str] = set()
    texts = [(article.card.url, article.file) for article in (*prose.articles, *prose.drafts)]
    for url, file in (*texts, *((page.url, page.file) for page in prose.pages)):
        if url in urls:
            raise BuildError(f"content/{file}:1: another file has its address, {url}; rename one of the two")
        urls.add(url)

"""One build: what changed is read, what shows something else is printed, what is no more is removed."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from almanac import files
from almanac.build import publish, unchanged
from almanac.build.cache import BuildError, Cache, digest, pack
from almanac.build.context import Archive, Changes, Context, Prose
from almanac.build.handover import end_all
from almanac.build.jobs import Job, JobResult, files_of, run_all, unpacked
from almanac.build.output import prune, written_since
from almanac.build.routes.addresses import site_index
from almanac.build.settings import BuildSettings, fingerprint
from almanac.build.sources import Incidents, Manuscripts, Reading, SourceRow, current_rows
from almanac.claims import Evidence
from almanac.claims.judge import judge
from almanac.content import corrections, crosscheck, providers
from almanac.content.article import Article
from almanac.content.articles import Manuscript
from almanac.content.files import oddities
from almanac.executors import MANY, executor_for
from almanac.model import seconds
from almanac.model.problem import Problem
from almanac.snapshot import Snapshot, as_of
from almanac.snapshot.load import assemble

SOUND = "sound"  # of the memo: what the last build drew on, if nothing was wrong with it


class Built(NamedTuple):
    """What a build did to the output folder. `problems` name each file that is left out, and what to mend in it."""

    changed: tuple[str, ...]  # paths whose bytes are new
    removed: tuple[str, ...]
    unchanged: int
    problems: tuple[str, ...] = ()

    def report(self) -> None:
        """Print the problems, a line each, to standard error."""
        for problem in self.problems:
            print(problem, file=sys.stderr)


class Build:
    """Locks the output folder and looks at the sources; then `finish` it with what Pelican has read, and `close` it."""

    def __init__(self, settings: BuildSettings, clock: int) -> None:
        if odd := oddities(settings.content):  # before anybody follows a link, or climbs down
            raise BuildError("\n".join(map(str, odd)))
        self._settings = settings
        self._cache = Cache(settings.state, fingerprint(settings))
        try:
            end_all(settings.state)
            if settings.published:
                publish.copy_links(settings.published, settings.output)
            blobs = {} if self._cache.is_stale else self._cache.blobs("sources")
            self._memo = {} if self._cache.is_stale else dict(self._cache.blobs("memo"))
            self._sound = self._memo.pop(SOUND, b"")
            self._incidents = Incidents(settings.content, blobs, clock)
            self._look = ""
            if settings.stands_together:
                self._look = unchanged.look(settings.root, clock, incidents=self._incidents.tree)
            beside = unchanged.look(settings.root, clock, (settings.content.name,))
            self._beside = beside or os.urandom(16).hex()  # that of no other build
            self._manuscripts = Manuscripts(settings.content, blobs, clock)
            self._readers, self._reading = self._read_ahead()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let others build."""
        self._cache.close()

    def _read_ahead(self) -> tuple[Executor, list[Future[Any]]]:
        """Begin to read what must be read, beside Pelican where it is much: what people wrote first, for it waits."""
        names = self._manuscripts.unread()
        executor = executor_for(len(names) + len(self._incidents.unread), self._settings.scheduler)
        self._manuscripts.read_ahead(executor, names)
        return executor, self._incidents.read(executor)

    def manuscript(self, file: str) -> Reading:
        """Return what stands in a file that people wrote (relative to content/), or every fault of it."""
        return self._manuscripts.get(file)

    def finish(self, prose: Prose, manuscripts: Sequence[Manuscript] = (), faults: Iterable[object] = ()) -> Built:
        """Make the site, with `prose` as far as it is fit, and remember it all.

        `manuscripts` are those that `prose` was made of, `faults` what is wrong with the others.
        """
        problems = [*map(str, faults), *self._gather()]
        whole = self._whole(prose)
        if not problems and self._is_steady(whole):
            context = self._steady(prose, whole)
        else:
            context = self._context(*self._assemble(prose, manuscripts, problems), whole)
        self._cache.mark_unfinished()
        results = run_all(context, is_cold=self._cache.is_stale)
        self._memo |= context.memo.packed
        for result in results.values():
            problems += result.problems
        blobs = {job.name: result.outputs for job, result in results.items()}
        removed = self._removed(blobs)
        prune(self._settings.output, removed)
        changed = sorted(path for result in results.values() for path in result.changes)
        if self._settings.published and (changed or removed):
            publish.swap(self._settings.output, self._settings.published)
        if not problems:
            self._memo[SOUND] = pack(whole)
        count = self._remember(results, blobs, is_sound=not problems)
        return Built(tuple(changed), tuple(removed), count - len(changed), tuple(sorted(set(problems))))

    def _gather(self) -> list[str]:
        """Take over the incidents that were read; return a line for each that cannot be used."""
        problems = []
        rows: dict[str, SourceRow] = {}
        with self._readers:
            for future in self._reading:
                chunk, faults = future.result()
                rows |= chunk
                problems += faults
        self._incidents.add(rows)
        return problems

    def _whole(self, prose: Prose) -> bytes:
        """Return a digest of all that pages may draw on, but for the texts of what is over."""
        settings = self._settings
        return digest(settings, self._beside, prose, self._incidents.facts(seconds(settings.now)))

    def _is_steady(self, whole: bytes) -> bool:
        """Return whether nothing but a few texts is another than in the last build, which nothing was wrong with."""
        return self._sound == pack(whole) and len(self._incidents.changed) <= MANY

    def _steady(self, prose: Prose, whole: bytes) -> Context:
        """Return the context of such a build: nothing of the archive is loaded until a page asks for it."""
        content, incidents = self._settings.content, self._incidents

        def load(rows: Mapping[str, SourceRow]) -> Archive:
            snapshot = as_of.rewound(self._snapshot(prose, rows, []), content)
            return Archive(snapshot, current_rows(content, snapshot, rows))

        def load_all() -> Archive:
            return load(incidents.rows(incidents.shards))

        def near(files: Collection[str]) -> Archive:
            if corrections.load(content)[0]:  # they may move an incident, or have it count with another
                return load_all()
            return load(incidents.around(files))

        changes = Changes(whole, incidents.changed, near)
        outputs = self._cache.blobs("outputs")
        return Context(self._settings, load_all, prose, changes, self._memo, outputs)

    def _assemble(self, prose: Prose, manuscripts: Sequence[Manuscript], problems: list[str]) -> tuple[Snapshot, Prose]:
        """Return all that pages draw on, and what of the prose is fit to print; add what is wrong to `problems`."""
        faults: list[object] = []
        snapshot = self._snapshot(prose, self._incidents.rows(self._incidents.shards), faults)
        # To the record's end: what people wrote since may cite it.
        whole = replace(snapshot, now=max(snapshot.now, snapshot.record_until or snapshot.now))
        wrong, left_out = _judge(manuscripts, whole)
        problems += map(str, (*faults, *wrong))
        prose = Prose(
            tuple(article for article in prose.articles if article.file not in left_out),
            tuple(_with_problems(draft, manuscripts, wrong) for draft in prose.drafts),
            tuple(page for page in prose.pages if page.file not in left_out),
        )
        listed = {article.card.url for article in prose.articles}
        snapshot = replace(snapshot, articles=tuple(card for card in snapshot.articles if card.url in listed))
        _refuse_doubles(prose)
        return as_of.rewound(snapshot, self._settings.content), prose

    def _snapshot(self, prose: Prose, rows: Mapping[str, SourceRow], faults: list[object]) -> Snapshot:
        """Return all that pages draw on, of what stands in the archive; add what is wrong with it to `faults`."""
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

    def _context(self, snapshot: Snapshot, prose: Prose, whole: bytes) -> Context:
        cache = self._cache
        outputs = {} if cache.is_stale else cache.blobs("outputs")
        rows = self._incidents.rows(self._incidents.shards)
        archive = Archive(snapshot, current_rows(self._settings.content, snapshot, rows))
        changes = Changes(whole, self._incidents.changed)
        return Context(self._settings, partial(Archive, *archive), prose, changes, self._memo, outputs)

    def _removed(self, blobs: Mapping[str, bytes]) -> list[str]:
        """Return what is nobody's now: of jobs that left other files before, and what broken builds left."""
        before = self._cache.blobs("outputs")
        paths = _paths(blob for name, blob in before.items() if blobs.get(name) != blob)
        if self._cache.is_new or self._cache.since is not None:
            if self._cache.is_new:
                paths.update(unchanged.last_outputs(self._settings.state))
            if self._cache.since is not None:
                paths.update(written_since(self._settings.output, self._cache.since))
            return sorted(paths - _paths(blobs.values()))
        return sorted(paths - _paths(blob for name, blob in blobs.items() if before.get(name) != blob))

    def _remember(self, results: Mapping[Job, JobResult], blobs: Mapping[str, bytes], *, is_sound: bool) -> int:
        """Save the state for the next build. If something was wrong it must say so too, and not that nothing changed.

        Return how many outputs there are.
        """
        settings = self._settings
        self._cache.save(
            {
                "sources": self._incidents.packed | self._manuscripts.packed,
                "outputs": blobs,
                "memo": self._memo | {name: blob for result in results.values() for name, blob in result.memo.items()},
            }
        )
        if settings.published:
            publish.remove(settings.output)
        numbers, parts = zip(*((job.number, job.part) for job in map(unpacked, blobs.values())), strict=True)
        census = unchanged.census(parts, seconds(settings.now), self._look if is_sound else "")
        files.put(settings.state / unchanged.CENSUS, census)  # last: from here on a build may find nothing to do
        self._cache.end()
        return sum(numbers)


def _paths(blobs: Iterable[bytes]) -> set[str]:
    return {path for blob in blobs for path in files_of(blob)}


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

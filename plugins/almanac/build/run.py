"""One build: what changed is read, what shows something else is printed, what is no more is removed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, NamedTuple

from almanac import archive, files
from almanac.build import publish, unchanged
from almanac.build.assembly import Assembly
from almanac.build.cache import BuildError, Cache, digest, pack, unpack
from almanac.build.context import Archive, Changes, Context, Prose
from almanac.build.handover import end_all
from almanac.build.jobs import Job, JobResult, files_of, run_all, unpacked
from almanac.build.output import prune, written_since
from almanac.build.settings import BuildSettings, fingerprint
from almanac.build.sources import Incidents, Manuscripts, Reading, SourceRow
from almanac.content.articles import Manuscript
from almanac.content.files import oddities
from almanac.executors import MANY, executor_for
from almanac.model import seconds

DRAWN_ON = "drawn on"  # of the memo: what the last build drew on, if nothing was wrong with it
PROSE = ("articles", "pages")


class DrawnOn(NamedTuple):
    """All that the pages of a build draw on."""

    whole: bytes = b""  # a digest of all but the texts of people, and of incidents that are over
    written: str = ""  # how what people write looks
    texts: Mapping[str, bytes] = {}  # a digest of each that they wrote


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
            before = self._memo.pop(DRAWN_ON, b"")
            self._before = DrawnOn(*unpack(before)) if before else DrawnOn()
            self._incidents = Incidents(settings.content, blobs, clock)
            self._look = ""
            if settings.stands_together:
                self._look = unchanged.look(settings.root, clock, incidents=self._incidents.tree)
            names = sorted({path.name for path in settings.content.glob("*")} - {*PROSE, archive.INCIDENTS})
            self._written = self._look_of(clock, *PROSE)
            self._beside = self._look_of(clock, *names)
            self._manuscripts = Manuscripts(settings.content, blobs, clock)
            self._readers, self._reading = self._read_ahead()
        except BaseException:
            self.close()
            raise

    def _look_of(self, clock: int, *names: str) -> str:
        """Return how some folders of content/ look; one that may change without looking different as it never did."""
        folder = self._settings.content
        look = unchanged.look(folder.parent, clock, [f"{folder.name}/{name}" for name in names])
        return look or os.urandom(16).hex()

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
        context = self.context(prose, manuscripts, problems)
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
            self._memo[DRAWN_ON] = pack(tuple(self._drawn_on))
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

    def context(self, prose: Prose, manuscripts: Sequence[Manuscript], problems: list[str]) -> Context:
        """Return what the jobs of the build draw on; what is wrong with the archive or the prose is added to `problems`.

        Nothing of the archive is loaded until a page asks for it, if nothing but a few texts is another than in the last
        build, which nothing was wrong with.
        """
        settings = self._settings
        facts = self._incidents.facts(seconds(settings.now))
        whole = digest(settings, self._beside, prose.bare, facts)
        self._drawn_on = drawn_on = DrawnOn(whole, self._written, prose.texts)
        assembly = Assembly(settings, self._incidents)
        texts = {file for file, _ in drawn_on.texts.items() ^ self._before.texts.items()} | self._incidents.changed
        is_steady = not problems and whole == self._before.whole and len(texts) <= MANY
        load, near = partial(assembly.archive, prose), partial(assembly.near, prose)
        if not is_steady or drawn_on.written != self._before.written:
            judged, prose = assembly.judged(prose, manuscripts, problems)
            load = partial(Archive, *judged)
        changes = Changes(whole, frozenset(texts), near if is_steady and not problems else None)
        outputs = {} if self._cache.is_stale else self._cache.blobs("outputs")
        return Context(settings, load, prose, changes, self._memo, outputs)

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

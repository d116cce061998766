"""What a build is cut into, a route and a shard of it at a time, and how workers do it: the same however often."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from almanac.build import unchanged
from almanac.build.cache import BuildError, digest, pack, unpack
from almanac.build.context import Context
from almanac.build.handover import context_of, give, handover, once
from almanac.build.output import OutputFile, OutputFolder
from almanac.build.routes import BY_NAME, LAST, ROUTES
from almanac.build.routes.route import Route, UnprintableError
from almanac.build.sources import unprintable
from almanac.executors import executor_for, has_memory_of

EMPTY = marshal.dumps([])
TRIES = 2  # of what a worker that was killed had to do


class Job(NamedTuple):
    """What one worker does at a time: a route and a shard of it."""

    route: str
    shard: str

    @property
    def name(self) -> str:
        """What the cache knows it by."""
        return f"{self.route}:{self.shard}"


class JobFiles(NamedTuple):
    """What a job left: of what it was made, with the incidents whose texts it asked for, and all its files."""

    key: bytes  # b"" of one that must be run again
    texts: tuple[str, ...]
    files: bytes  # packed: most are not asked for
    number: int
    part: unchanged.Part


class JobResult(NamedTuple):
    """What came of a job. `outputs` are all its files, packed; `changes` are those whose bytes are new.

    Where all stands as the last build left it `outputs` do not travel, and are those of the cache.
    """

    outputs: bytes
    changes: list[str]
    problems: list[str]
    memo: Mapping[str, bytes]


def run_all(context: Context, *, is_cold: bool) -> dict[Job, JobResult]:
    """Run all jobs: first what may run beside each other, then here what draws on what those made."""
    context.prepare(is_cold=is_cold)
    with handover(context) as folder:
        results = {job: _whole(context, job, result) for job, result in _run_beside(folder, context).items()}
        for job in _jobs(context, LAST):
            context.addresses = tuple(_addresses(results))
            results[job] = _whole(context, job, run_job(folder, job))
        return results


def _whole(context: Context, job: Job, result: JobResult) -> JobResult:
    return result if result.outputs else result._replace(outputs=context.outputs[job.name])


def _jobs(context: Context, routes: Iterable[Route]) -> list[Job]:
    if context.changes.near:  # they are those of the last build
        jobs = [Job(*name.split(":", 1)) for name in context.outputs]
        return [job for route in routes for job in jobs if job.route == route.name]
    return [Job(route.name, shard) for route in routes for shard in route.shards(context)]


def _run_beside(folder: str, context: Context) -> dict[Job, JobResult]:
    """Run jobs beside each other. Raises what a job raised; the jobs of a worker that was killed are run again."""
    results: dict[Job, JobResult] = {}
    jobs = _jobs(context, ROUTES)
    for _ in range(TRIES):
        size = 0 if context.changes.near else len(context.incidents)
        with executor_for(size, context.settings.scheduler) as executor:
            run = run_job
            if not has_memory_of(executor):
                give(folder)
                run = run_once
            futures = {job: executor.submit(run, folder, job) for job in jobs if job not in results}
            try:
                results |= {job: future.result() for job, future in futures.items()}
            except BrokenExecutor:
                finished = {job: future for job, future in futures.items() if future.done() and not future.exception()}
                results |= {job: future.result() for job, future in finished.items()}
            except BaseException:
                executor.shutdown(cancel_futures=True)
                raise
            else:
                return results
    raise BuildError("build: workers were killed twice; free some memory and build again")


def run_once(folder: str, job: Job) -> JobResult:
    """Run a job of a build on another machine, if nobody has; no two workers are at it at once."""
    return once(folder, job.name, partial(run_job, folder, job))


def run_job(folder: str, job: Job) -> JobResult:
    """Make the outputs of a job, one after the other, and say what came of it. It may be run again: it ends the same."""
    context, route = context_of(folder), BY_NAME[job.route]
    blob = context.outputs.get(job.name, b"")
    before = unpacked(blob)
    is_current = _is_current(context, route, job.shard, before)
    is_touched = not is_current and route.is_by_incident and context.changes.near
    if (is_current or is_touched) and before.part.stands(context.settings.output):
        result = _touched(context, route, job.shard, before) if is_touched else JobResult(b"", [], [], {})
        if not result.problems:  # else what was shown is to go
            return result
    memo_before = set(context.memo.packed)
    context.asked_for = set()
    output = OutputFolder(context.settings.output, files_of(blob))
    problems = list(_make(output, context, route, job.shard))
    key = route.key(context, job.shard) if route.key and not problems else b""  # problems must be named again
    after = _packed(key, tuple(sorted(context.asked_for)) if key else (), output.files)
    return JobResult(
        outputs=blob if blob == after else after,
        changes=output.changes,
        problems=problems,
        memo={name: frozen for name, frozen in context.memo.packed.items() if name not in memo_before},
    )


def _is_current(context: Context, route: Route, shard: str, before: JobFiles) -> bool:
    """Return whether a job would make what it made before."""
    if not route.key or not before.key or not context.changes.texts.isdisjoint(before.texts):
        return False
    # What others made may be another where all that they draw on is the same: something could not be shown, and now can.
    return bool(context.changes.near and route not in LAST) or before.key == route.key(context, shard)


def _touched(context: Context, route: Route, shard: str, before: JobFiles) -> JobResult:
    """Make the outputs of those incidents of a shard alone whose texts are others; all else of it stands."""
    files = _files(before)
    output = OutputFolder(context.settings.output, files)
    touched = context.changes.texts.intersection(before.texts)
    problems = list(_make(output, context.near(touched), route, shard))
    key = digest(before.key, context.changes.whole)  # no other: it would take all of the shard
    return JobResult(_packed(key, before.texts, files | output.files), output.changes, problems, {})


def _make(folder: OutputFolder, context: Context, route: Route, shard: str) -> Iterator[str]:
    """Put the outputs of a shard in place; yield a line for each that cannot be made."""
    outputs = route.outputs(context, shard)
    with suppress(StopIteration):
        while True:
            place = f"/{route.addresses[0] if route.addresses else shard}"
            try:
                output = next(outputs)
                place = f"/{output.path}"
                folder.make(output)
            except (OSError, StopIteration):
                raise
            except UnprintableError as error:
                yield str(error)
            except Exception as error:  # whatever a page shows that cannot be shown costs that page
                yield unprintable(place, error)


def files_of(blob: bytes) -> dict[str, OutputFile]:
    """Return the files that a job left, of its packed outputs."""
    return _files(unpacked(blob))


def _files(left: JobFiles) -> dict[str, OutputFile]:
    return {path: OutputFile(*file) for path, *file in marshal.loads(left.files)}  # noqa: S302  (our own)


def unpacked(blob: bytes) -> JobFiles:
    """Return what a job left; this costs little, however many files these are."""
    key, texts, files, count, *part = unpack(blob) if blob else (b"", (), EMPTY, 0, b"[]", b"")
    return JobFiles(key, texts, files, count, unchanged.Part(*part))


def _packed(key: bytes, texts: tuple[str, ...], files: Mapping[str, OutputFile]) -> bytes:
    rows = marshal.dumps([(path, *file) for path, file in files.items()])
    part = unchanged.part({path: (file.size, file.mtime) for path, file in files.items()})
    return pack((key, texts, rows, len(files), *part))


def _addresses(results: Mapping[Job, JobResult]) -> Iterator[str]:
    """Yield the addresses of the pages that stand in the sitemap of pages."""
    for job, result in results.items():
        if BY_NAME[job.route].is_indexed:
            for path in files_of(result.outputs):
                if path.endswith("index.html"):
                    yield f"/{path.removesuffix('index.html')}"

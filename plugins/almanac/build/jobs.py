"""What a build is cut into, a route and a shard of it at a time, and how workers do it: the same however often."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from almanac.build.routes.route import Key, Route, UnprintableError
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

    key: bytes
    steady_key: bytes  # of all there was: while that is the same the other need not be made
    texts: tuple[str, ...]
    files: dict[str, OutputFile]


class JobResult(NamedTuple):
    """What came of a job. `outputs` are all its files, packed; `changes` are those whose bytes are new.

    Where all stands as the last build left it `outputs` do not travel, and are those of the cache, as its values are.
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
    return [Job(route.name, shard) for route in routes for shard in route.shards(context)]


def _run_beside(folder: str, context: Context) -> dict[Job, JobResult]:
    """Run jobs beside each other. Raises what a job raised; the jobs of a worker that was killed are run again."""
    results: dict[Job, JobResult] = {}
    jobs = _jobs(context, ROUTES)
    for _ in range(TRIES):
        with executor_for(len(context.incidents), context.settings.scheduler) as executor:
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
    output = OutputFolder(context.settings.output, before.files)
    if route.key and _is_current(context, route.key, job.shard, before) and output.has_all():
        return JobResult(b"", [], [], {})
    memo_before = set(context.memo.packed)
    context.asked_for = set()
    problems = list(_make(output, context, route, job.shard))
    after = JobFiles(b"", b"", (), output.files)
    if route.key and not problems:  # which must be named again
        texts = tuple(sorted(context.asked_for))
        key = _key(context, route.key(context, job.shard), texts)
        # What others made may be another where all that they draw on is the same: something could not be shown, and now can.
        steady_key = b"" if route in LAST else _key(context, context.whole, texts)
        after = JobFiles(key, steady_key, texts, output.files)
    return JobResult(
        outputs=blob if blob and before == after else _packed(after),
        changes=output.changes,
        problems=problems,
        memo={name: frozen for name, frozen in context.memo.packed.items() if name not in memo_before},
    )


def _is_current(context: Context, key: Key, shard: str, before: JobFiles) -> bool:
    """Return whether a job would make what it made before: asked first without a look at what its shard draws on."""
    return before.steady_key == _key(context, context.whole, before.texts) or before.key == _key(
        context, key(context, shard), before.texts
    )


def _key(context: Context, rests_on: bytes, texts: Sequence[str]) -> bytes:
    return digest(rests_on, context.texts_of(texts))


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
    return unpacked(blob).files


def unpacked(blob: bytes) -> JobFiles:
    """Return what a job left."""
    key, steady_key, texts, files, *_ = unpack(blob) if blob else (b"", b"", (), EMPTY)
    return JobFiles(key, steady_key, texts, {path: OutputFile(*file) for path, *file in marshal.loads(files)})  # noqa: S302  (our own)


def part_of(blob: bytes) -> tuple[int, unchanged.Part]:
    """Return how many files a job left, and their part of the census; this costs nothing, however many they are."""
    *_, count, names, looks = unpack(blob)
    return count, unchanged.Part(names, looks)


def _packed(left: JobFiles) -> bytes:
    files = marshal.dumps([(path, *file) for path, file in left.files.items()])
    part = unchanged.part({path: (file.size, file.mtime) for path, file in left.files.items()})
    return pack((*left[:3], files, len(left.files), *part))


def _addresses(results: Mapping[Job, JobResult]) -> Iterator[str]:
    """Yield the addresses of the pages that stand in the sitemap of pages."""
    for job, result in results.items():
        if BY_NAME[job.route].is_indexed:
            for path in files_of(result.outputs):
                if path.endswith("index.html"):
                    yield f"/{path.removesuffix('index.html')}"

"""Runs tests of a copy of the project in forks of this process, which spares each run the start of Python.

The heavy packages are imported here once; what is ours is imported anew in each fork, from the copy.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("almanac", "tests", "bench")
HEAVY = (
    "bs4",
    "cmarkgfm",
    "feedparser",
    "filelock",
    "httpx2",
    "hypothesis.strategies",
    "jinja2",
    "lxml.html",
    "nh3",
    "numpy",
    "pelican",
    "pydantic",
    "rich.console",
    "stamina",
    "yaml",
)
PATIENCE = 180.0  # seconds for one run
PROCESSOR = 60  # seconds of one run
MEMORY = 8 << 30  # bytes of one run

Seconds = dict[str, float]  # of each test by its id


class Run(NamedTuple):
    """How a run went: the tests that failed, [""] if it broke off before any could, and how long each took."""

    failed: list[str]
    seconds: Seconds


class Reach(NamedTuple):
    """Which tests come by which lines, the quickest first, and what none of them comes by."""

    seconds: Seconds
    lines: dict[Path, dict[int, set[str]]]  # by the file relative to the root; "" among the tests: while importing
    missed: list[str]
    share: float  # of lines and branches that they come by

    def tests(self, file: Path, lines: range) -> list[str]:
        """The tests that a fault in these lines can fail, the quickest first: all, if they run with the import."""
        met = set().union(*(self.lines[file].get(line, set()) for line in lines)) if lines else {""}
        return sorted(self.seconds if "" in met else met, key=self.seconds.__getitem__)


def prepare() -> None:
    """Import what every run would import."""
    for name in HEAVY:
        importlib.import_module(name)
    for plugin in entry_points(group="pytest11"):
        plugin.load()


def reach(home: Path, files: Sequence[Path], sources: Sequence[Path]) -> Reach:
    """Run the quick tests of these files and see where they come by in the sources. All paths are relative to `home`.

    Tests that are too slow for their own limits while they are watched are left out. Raises SystemExit if one fails.
    """
    data = home.with_name("reach")
    ran = _forked(home, files, None, data, sources)
    if broken := [test for test in ran.failed if failing(home, [test]) is not None]:
        raise SystemExit(f"as it is fails {', '.join(broken) or 'everything'}: mend that first")
    measured = coverage.Coverage(data_file=str(data), branch=True, config_file=False)
    measured.load()
    report = home.with_name("reach.json")
    measured.json_report(outfile=str(report))
    found = json.loads(report.read_text())
    kept = measured.get_data()
    seconds = {test: taken for test, taken in ran.seconds.items() if test not in ran.failed}
    lines = {
        each: {line: {*met} & {"", *seconds} for line, met in kept.contexts_by_lineno(str(home / each)).items()}
        for each in sources
    }
    return Reach(seconds, lines, list(_missed(home, found["files"])), found["totals"]["percent_covered"] / 100)


def _missed(home: Path, files: Mapping[str, Any]) -> Iterator[str]:
    for name, told in sorted(files.items()):
        branches = {tuple(branch) for branch in told["missing_branches"] if branch[1] not in told["missing_lines"]}
        for line in told["missing_lines"]:
            yield f"{Path(name).relative_to(home)}:{line}"
        for start, end in sorted(branches):
            yield f"{Path(name).relative_to(home)}:{start} to {'the end' if end < 0 else end}"


def failing(home: Path, tests: Sequence[str]) -> str | None:
    """Return the first of these tests that fails, "" if the run breaks or never ends; None if all pass."""
    if tests == [""]:
        return ""
    files = sorted({Path(test.partition("::")[0]) for test in tests})
    failed = _forked(home, files, tests).failed
    return failed[0] if failed else None


class _Watch:
    """Chooses and orders the tests of a run, and writes down what becomes of them."""

    def __init__(self, chosen: Sequence[str] | None, measured: coverage.Coverage | None) -> None:
        self._chosen = chosen
        self._measured = measured
        self.failed: list[str] = []
        self.seconds: Seconds = defaultdict(float)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._chosen is not None:
            place = {test: number for number, test in enumerate(self._chosen)}
            items[:] = sorted((i for i in items if i.nodeid in place), key=lambda item: place[item.nodeid])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if self._measured:
            self._measured.switch_context(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)


def _forked(
    home: Path,
    files: Collection[Path],
    chosen: Sequence[str] | None,
    data: Path | None = None,
    sources: Sequence[Path] = (),
) -> Run:
    told = home.with_name("told.json")
    told.unlink(missing_ok=True)
    if not (child := os.fork()):
        try:
            _child(home, files, chosen, told, data, sources)
        finally:
            os._exit(1)  # whatever happens, a fork never returns into the bench
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not os.waitpid(child, os.WNOHANG)[0]:
        time.sleep(0.01)
    with suppress(ProcessLookupError):  # what it left behind, and itself if it hangs
        os.killpg(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)
    return Run(*json.loads(told.read_text())) if told.exists() else Run([""], {})


def _child(
    home: Path,
    files: Collection[Path],
    chosen: Sequence[str] | None,
    told: Path,
    data: Path | None,
    sources: Sequence[Path],
) -> None:
    """Run pytest here and now, in `home`, and tell how it went."""
    _settle(home)
    measured = None
    if data:
        measured = coverage.Coverage(
            data_file=str(data),
            branch=True,
            config_file=False,
            messages=False,
            include=[str(home / each) for each in sources],
        )
        measured.start()
    watch = _Watch(chosen, measured)
    options = ["-q", "-p", "no:cacheprovider", "-m", "not slow and not browser", *(["-x"] if chosen else [])]
    options += ["--basetemp", str(home.with_name("scratch"))]  # else each run sweeps up what three before it left
    code = pytest.main([*options, *map(str, files)], plugins=[watch])
    if measured:
        measured.stop()
        measured.save()
    told.write_text(json.dumps([watch.failed or ([""] if code else []), watch.seconds]))


def _settle(home: Path) -> None:
    """Make this fork a process of its own that knows nothing of ours but what is in `home`."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(home)
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]
    sys.path[:] = [path for path in sys.path if path and Path(path) not in (ROOT, ROOT / "plugins")]
    for name in [name for name in os.environ if name.startswith(("PYTHON", "PYTEST"))]:
        del os.environ[name]

"""What all tests share: fixed seeds, one compiled theme, one built site, and a line that says what was left out."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants

from almanac.commands import build as build_command
from tests.support import shots
from tests.support.projects import project, tree
from tests.support.sharing import in_shares

FIXED, QUICK = "fixed", "quick"  # profiles of Hypothesis
# The same examples in every run, whatever the machine does beside. `bench fresh` looks for new ones.
settings.register_profile(
    FIXED, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# The quick tests draw a quarter of them, the first ones, where a test does not ask for a number of its own.
settings.register_profile(QUICK, settings.get_profile(FIXED), max_examples=25)
settings.register_profile("fresh", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(FIXED)

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
DATA = {  # by the mark of tests that need it
    "shared": (SHARED, "../shared"),
    "record": (ROOT / "content/incidents/anthropic", "archive of AI services"),
}
NOT_QUICK = ("browser", "system", "slow")  # the marks of what `tasks.py test` leaves to `tasks.py test --all`
LEFT_OUT: Counter[str] = Counter()


@pytest.fixture
def root() -> Path:
    """Return the project's root."""
    return ROOT


@pytest.fixture
def shared() -> Path:
    """Return the folder of recordings, facts and corpora beside the project."""
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> None:
    """Skips, and says so, where there is no Chromium."""
    if not Path(shots.CHROMIUM).exists():
        pytest.skip(f"{shots.CHROMIUM} is missing: apt-get install chromium to test pages in a browser")


@pytest.fixture(scope="module")
def browser(chromium: None) -> Iterator[Any]:
    """Yield a browser that the tests of a module share."""
    with shots.browser() as shared:
        yield shared


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """Yield a small project with its preview in `output`, built once in a run as `tasks.py build` does; only to be read."""
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "built"
    with FileLock(f"{home}.lock"):
        if not home.exists():
            build_command.build(
                project(home.with_name("building")) / "pelicanconf.py", now="2026-03-02T14:10:00Z", output="output"
            )
            home.with_name("building").rename(home)
    before = tree(home / "output")
    yield home
    assert tree(home / "output") == before, "a test changed the site that all share"


@pytest.fixture(scope="session", autouse=True)
def _examples_are_the_same_in_every_process() -> Iterator[None]:
    """Draw no constants from the code that happens to be imported: workers that ran other tests before have other code."""
    with pytest.MonkeyPatch.context() as patch:
        if settings.get_current_profile_name() in (FIXED, QUICK):
            patch.setattr(HypothesisProvider, "_local_constants", Constants())
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once() -> Iterator[None]:
    """Compile each template once a process: in a new folder it is four fifths of the time that a small build takes."""
    compiled: dict[Hashable, Any] = {}
    compiling = jinja2.Environment.compile

    def compile_once(self: jinja2.Environment, source: Any, name: str | None = None, *rest: Any, **more: Any) -> Any:
        key = (
            type(self),
            self.code_generator_class,
            self.autoescape,
            self.trim_blocks,
            self.lstrip_blocks,
            self.undefined,
            frozenset(self.filters),
            source,
            name,
            more.get("raw"),
            rest[1:],
        )
        if key not in compiled:
            compiled[key] = compiling(self, source, name, *rest, **more)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compile_once)
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--quick` is what `tasks.py test` asks for."""
    parser.addoption("--quick", action="store_true", help=f"leave out what is marked {', '.join(NOT_QUICK)}")


def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples where only the quick tests are asked for."""
    if config.getoption("quick") and settings.get_current_profile_name() == FIXED:
        settings.load_profile(QUICK)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip tests of data that is not here, with its name; leave out what is not quick if that is asked for."""
    if config.getoption("quick"):
        marks = {item: next(filter(item.get_closest_marker, NOT_QUICK), "") for item in items}
        LEFT_OUT.update(filter(None, marks.values()))
        config.hook.pytest_deselected(items=[item for item in items if marks[item]])
        items[:] = [item for item in items if not marks[item]]
    elif workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        items[:] = in_shares(
            items,
            workers,
            is_slow=lambda item: any(map(item.get_closest_marker, NOT_QUICK)),
            module=lambda item: item.path,
        )
    for mark, (folder, what) in DATA.items():
        if not folder.is_dir():
            for item in items:
                if item.get_closest_marker(mark):
                    item.add_marker(pytest.mark.skip(reason=f"no {what}"))


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over all that is loaded by now: it stays until the end."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what was left out to the process that tells of the run."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(LEFT_OUT)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker left out; all of them leave out the same, and one that crashed says nothing."""
    for mark, count in getattr(node, "workeroutput", {}).get("left_out", {}).items():
        LEFT_OUT[mark] = count


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: how many tests were skipped and why."""
    skipped = terminalreporter.stats.get("skipped", ())
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    told = [f"{count} ({reason})" for reason, count in sorted(reasons.items())]
    if LEFT_OUT:
        marks = ", ".join(f"{LEFT_OUT[mark]} {mark}" for mark in NOT_QUICK if LEFT_OUT[mark])
        told.append(f"{marks} (python3 tasks.py test --all)")
    terminalreporter.write_line(f"skipped: {', '.join(told) or 'nothing'}")

#!/usr/bin/env python3
"""Everyday tasks: `python3 tasks.py <task>` sets up what is missing, then runs the task.

Needs nothing but Python ≥ 3.11 to start. The first call makes `.venv` from the lock files (hashes are checked);
inside it these are ordinary invoke tasks, so `inv build` works too. `python3 tasks.py --list` names them all.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PLUGINS = ROOT / "plugins"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SITE_LOCK, DEV_LOCK = ROOT / "requirements.lock", ROOT / ".ci" / "dev.lock"
PARQUET_LOCK = ROOT / ".ci" / "parquet.lock"  # what SITE_LOCK has, and pyarrow
FETCH_PIP = ROOT / ".ci" / "fetch_pip.py"  # for a Python that has no pip to give
PIP_INSTALL = ("install", "-q", "--disable-pip-version-check", "--no-input", "--no-compile", "--retries", "2")
# Matrices here are small: more threads only spin, and cost 1.6 times the processor time (bench statistics speed).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
NEEDS_DEV = frozenset({"test", "lint", "bench", "shots", "bill"})
# What `build` does, without the tenth of a second that invoke takes to load: authors wait for it after every change.
PREVIEW = f"import sys; sys.path.insert(0, {str(PLUGINS)!r}); from almanac.commands import build; build.preview({str(ROOT)!r})"


def stop(message: str) -> None:
    """End with one clear line and exit code 1."""
    sys.exit(f"tasks.py: {message}")


def ensure_environment(*locks: Path) -> None:
    """Make .venv hold what the first of `locks` says; any of them will do if it is there already.

    A marker written last tells a whole set-up from an interrupted one. A .venv that cannot be repaired is made anew,
    and stays as it was if that fails too.
    """
    if PYTHON.exists() and any(marker(lock).exists() and marker(lock).read_text() == state(lock) for lock in locks):
        return
    lock = locks[0]
    print(f"tasks.py: setting up .venv from {lock.relative_to(ROOT)} (once; needs the package registry)", flush=True)
    if not (install(lock) or install_anew(lock)):
        stop(
            "could not set up .venv: is a package registry within reach? Nothing was built; run the task again once it is"
        )
    marker(lock).write_text(state(lock))


def locks(task: str) -> tuple[Path, ...]:
    """Return the locks that serve a task, the one with the least in it first."""
    if task in NEEDS_DEV:
        return (DEV_LOCK,)
    return (*(() if os.environ.get("ALMANAC_PARQUET") == "1" else (SITE_LOCK,)), PARQUET_LOCK, DEV_LOCK)


def marker(lock: Path) -> Path:
    """Return the file in .venv that says what of `lock` is installed."""
    return VENV / f".{lock.stem}-installed"


def state(lock: Path) -> str:
    """Return what the marker must hold: this lock file under this Python."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def install_anew(lock: Path) -> bool:
    """Set the old .venv aside, install into a new one, and take the old one back if that fails."""
    aside = VENV.with_name(".venv-aside")
    shutil.rmtree(aside, ignore_errors=True)
    if VENV.exists():
        VENV.rename(aside)
    if install(lock):
        shutil.rmtree(aside, ignore_errors=True)
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    if aside.exists():
        aside.rename(VENV)
    return False


def install(lock: Path) -> bool:
    """Create .venv if needed and install the locked packages, with uv where it is there, else with venv and pip."""
    uv = shutil.which("uv")
    if not PYTHON.exists():
        if VENV.exists():
            return False  # half an environment: the caller sets it aside
        make_venv(uv)
    with tempfile.TemporaryDirectory() as folder:
        wheel = None if uv else pip_wheel(Path(folder))
        if not (uv or wheel):
            return False
        # Only what a run imports is compiled, by that run. Quiet: a failure is reported in one line by the caller, whose
        # second attempt may still succeed.
        pip = (
            [uv, "pip", "install", "-q", "--python", str(PYTHON)] if uv else [str(PYTHON), f"{wheel}/pip", *PIP_INSTALL]
        )
        command = [
            *pip,
            "--no-deps",
            "--require-hashes",
            "-r",
            str(lock),
        ]  # the lock names every package there is to be
        return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def make_venv(uv: str | None) -> None:
    """Create .venv, without pip: it is needed once, and to install it takes a third of the time of all else."""
    made = [uv, "venv", "-q", "--python", sys.executable] if uv else [sys.executable, "-m", "venv", "--without-pip"]
    command = [*made, str(VENV)]
    if subprocess.run(command, check=False).returncode:
        stop(f"`{shlex.join(command)}` failed; install Python's venv module or uv, then run the task again")


def pip_wheel(folder: Path) -> Path | None:
    """Return a wheel of pip, which runs as it is: this Python's, else the one that .ci/pip.lock pins, fetched to `folder`.

    None, and lines that say why, if there is neither. Debian's Python has none to give without python3-venv.
    """
    from importlib.util import find_spec

    ensurepip = find_spec("ensurepip")
    home = Path(ensurepip.origin).parent if ensurepip and ensurepip.origin else folder
    if wheels := sorted(home.glob("_bundled/pip-*.whl")):
        return wheels[-1]
    fetched = subprocess.run([sys.executable, str(FETCH_PIP), str(folder)], check=False).returncode == 0
    return next(folder.iterdir()) if fetched else None


def bootstrap(arguments: list[str]) -> None:
    """Run outside of .venv: answer an unchanged build at once, else set up and hand over to invoke inside .venv."""
    if sys.version_info < (3, 11):  # noqa: UP036  (an older python3 must get this line, not a traceback)
        stop(f"needs Python 3.11 or newer, this is {sys.version.split()[0]}: run it as python3.11 tasks.py …")
    if arguments == ["--version"]:
        sys.exit(print(version()))
    if arguments == ["build"] and nothing_changed():
        sys.exit()
    arguments = with_paths(arguments)
    ensure_environment(*locks(arguments[0] if arguments else ""))
    head = {"test": 1, "bench": 2}.get(arguments[0] if arguments else "", len(arguments))
    passed_on = [f"--arguments={shlex.join(arguments[head:])}"] if arguments[head:] else []
    command = [str(PYTHON), "-m", "invoke", "--search-root", str(ROOT), *(arguments[:head] or ["--list"]), *passed_on]
    if arguments == ["build"]:
        command = [str(PYTHON), "-c", PREVIEW]
    if os.name == "nt":
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)  # noqa: S606  (replaces this process: no parent waits beside a build)


def with_paths(arguments: list[str]) -> list[str]:
    """Return `check a.md b.md` in the words of invoke: `check --paths=a.md,b.md`."""
    paths = [each for each in arguments[1:] if not each.startswith("-")]
    if arguments[:1] != ["check"] or not paths or {"-p", "--paths"} & set(arguments):
        return arguments
    return ["check", *(each for each in arguments[1:] if each.startswith("-")), f"--paths={','.join(paths)}"]


def which_tests(arguments: list[str]) -> list[str]:
    """Return what pytest is asked for: the quick tests or all, on all cores, or the files and tests that are named."""
    passed_on = [each for each in arguments if each != "--all"]
    if any((ROOT / each.partition("::")[0]).exists() for each in passed_on if not each.startswith("-")):
        return passed_on
    return ["-n", "auto", "--dist", "worksteal", *([] if "--all" in arguments else ["--quick"]), *passed_on]


def version() -> str:
    """Return the name of the program and its version, read without .venv."""
    sys.path.insert(0, str(PLUGINS / "almanac/exports"))
    try:
        import version  # type: ignore[import-not-found]  # plugins/almanac/exports/version.py, stdlib only
    finally:
        sys.path.pop(0)
    return f"{version.NAME} {version.current()}"


def nothing_changed() -> bool:
    """Say, and print, whether sources, settings and outputs stand as the last build left them (no Pelican imported)."""
    sys.path[:0] = [str(PLUGINS), str(PLUGINS / "almanac/model")]  # all of `model` takes longer than the answer
    try:
        import clock  # type: ignore[import-not-found]  # plugins/almanac/model/clock.py, stdlib only

        from almanac.build import unchanged
    finally:
        del sys.path[:2]
    stated = os.environ.get("ALMANAC_NOW") or os.environ.get("SOURCE_DATE_EPOCH") or ""
    return unchanged.report(ROOT, clock.build_time(stated, time.time(), unchanged.newest_pull(ROOT / "content")))


if __name__ == "__main__":
    bootstrap(sys.argv[1:])

# From here on we are inside .venv, loaded by invoke.
from invoke.context import Context  # noqa: E402
from invoke.tasks import task  # noqa: E402

sys.path.insert(0, str(PLUGINS))
from almanac import files  # noqa: E402

sys.excepthook = files.plainly  # whatever the task: a full or failing disk is reported in one line
CONTENT = ROOT / "content"


def run(*command: str, **env: str) -> None:
    """Run a tool of the environment from the project's root; its exit code is ours."""
    code = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(PLUGINS), **env}, check=False
    ).returncode
    if code:
        sys.exit(code)


@task(help={"now": "build as of this time, e.g. 2026-03-02T14:10:00Z", "output": "where to (default: output)"})
def site(_: Context, now: str = "", output: str = "") -> None:
    """Pull the feeds, then build the site to publish: the main job."""
    from almanac.commands import build as almanac_build

    almanac_build.run(ROOT / "publishconf.py", now=now, output=output)


@task(help={"now": "build as of this time", "output": "where to (default: .output-preview)"})
def build(_: Context, now: str = "", output: str = "") -> None:
    """Build offline from the committed archive, for authors."""
    from almanac.commands import build as almanac_build

    almanac_build.run(ROOT / "pelicanconf.py", now=now, output=output)


@task(help={"via": "map every host to this server, e.g. http://127.0.0.1:8000", "only": "slugs, comma-separated"})
def pull(_: Context, via: str = "", only: str = "", now: str = "") -> None:
    """Fetch the feeds and merge them into content/incidents."""
    from almanac import pull as almanac_pull

    sys.exit(almanac_pull.main(CONTENT, via=via, only=tuple(filter(None, only.split(","))), now=now))


@task(
    help={
        "coverage": "the coverage.csv beside it",
        "cuts": "spans to take out of coverage, in the same columns",
        "intervals": "a .tsv: hours in trouble of incidents that were several intervals",
    }
)
def backfill(_: Context, incidents: str, coverage: str = "", cuts: str = "", intervals: str = "") -> None:
    """Import a CSV of incidents into the archive."""
    from almanac.commands import backfill as almanac_backfill

    names = {"coverage": coverage, "cuts": cuts, "intervals": intervals}
    tables = {table: Path(name) if name else None for table, name in names.items()}
    sys.exit(almanac_backfill.main(CONTENT, Path(incidents), **tables))


@task(help={"port": "default 8000"})
def serve(_: Context, port: int = 8000) -> None:
    """Preview the site locally; rebuilds when content, theme, plugin or settings change."""
    from almanac.commands import serve as almanac_serve

    almanac_serve.serve(ROOT, port=port)


@task(
    help={
        "from_": "begin then (default: 2026-03-02T11:30:00Z)",
        "to": "end then (default: 2026-03-02T16:00:00Z)",
        "speed": "simulated seconds a second (default: 60); 0: step by step, on request",
        "port": "default 8000",
    }
)
def demo(_: Context, from_: str = "", to: str = "", speed: float = 60.0, port: int = 8000) -> None:
    """Play the outage of 2 March 2026 in a browser, offline, with real pulls and builds in a folder of its own."""
    from almanac.commands import demo as almanac_demo

    sys.exit(almanac_demo.main(ROOT, since=from_, until=to, speed=speed, port=port))


@task(
    help={
        "paths": "files or folders, comma-separated (default: all of content)",
        "strict": "also list numerals in articles that are not computed from the archive",
    }
)
def check(_: Context, paths: str = "", strict: bool = False) -> None:
    """Check content files, all or those named: each problem as file:line:column: field: problem; fix."""
    from almanac.commands import check as almanac_check

    sys.exit(almanac_check.main(CONTENT, [Path(p) for p in paths.split(",") if p], strict=strict))


@task(help={"provider": "slug, repeatable", "incident": "provider/id, repeatable"}, iterable=["provider", "incident"])
def new(_: Context, what: str, title: str, provider: list[str], incident: list[str]) -> None:
    """Start new content: article "Title" --provider slug --incident provider/id, report 2026-06, image FILE."""
    from almanac.commands import new_article
    from almanac.model import moment
    from almanac.model.clock import build_time

    now = moment(build_time("", time.time()))  # as a build sees the clock, or the preview would lack it
    if what == "report":
        from almanac.commands import new_report

        sys.exit(new_report.main(CONTENT, title, now))
    if what == "image":
        from almanac.commands import new_image

        sys.exit(new_image.main(CONTENT, Path(title).expanduser(), now))
    if what != "article":
        stop(f"unknown type {what!r}: choose article, report or image")
    sys.exit(new_article.main(CONTENT, title, tuple(provider), tuple(incident), now))


@task
def doctor(_: Context) -> None:
    """Diagnose the installation: what is wrong, and how to fix it."""
    from almanac.commands import doctor as almanac_doctor

    sys.exit(almanac_doctor.main(ROOT))


@task(help={"now": "as of this time"})
def score(_: Context, now: str = "") -> None:
    """Backtest the forecasts and write scorecard.json and hindsight.json, if the data has changed."""
    from almanac.commands import score as almanac_score

    sys.exit(almanac_score.score(CONTENT, now=now))


@task(
    positional=["what", "name", "period"],
    help={
        "what": "leaderboard or claims",
        "name": "of a provider: its slug; of an article: its file without .md",
        "period": "2026-Q2, 2026, 90-days, all or 2026-05-08..2026-06-24",
        "now": "as of this time",
    },
)
def explain(_: Context, what: str, name: str, period: str = "", now: str = "") -> None:
    """Explain step by step: explain leaderboard anthropic 2026-Q2, explain claims 2026-03-02-claude-outage."""
    from almanac.commands import explain as almanac_explain

    if what == "claims":
        sys.exit(almanac_explain.claims(CONTENT, name, now=now))
    if what != "leaderboard" or not period:
        stop(f"cannot explain {what} {name}; write: python3 tasks.py explain leaderboard anthropic 2026-Q2")
    sys.exit(almanac_explain.explain(CONTENT, name, period, now=now))


@task(
    help={
        "link": "make link posts of these drafts (numbers or files, comma-separated)",
        "drop": "drop these for good",
        "article": "start an article of this draft",
        "by": "your name",
        "note": "a line of yours on the link",
        "title": "of the article",
    }
)
def curate(
    _: Context, link: str = "", drop: str = "", article: str = "", by: str = "", note: str = "", title: str = ""
) -> None:
    """Review press drafts (content/inbox): list them, link one, start an article, or drop it."""
    from datetime import UTC, datetime

    from almanac.commands import curate as almanac_curate

    chosen = {"link": link, "drop": drop, "article": article, "by": by, "note": note, "title": title}
    sys.exit(almanac_curate.main(CONTENT, now=datetime.now(UTC).replace(microsecond=0), **chosen))


@task(help={"output": "where to (default: output)"})
def publish(_: Context, output: str = "output") -> None:
    """Build the site to publish, without pulling: for a workflow that has pulled and committed before."""
    from datetime import UTC, datetime

    from almanac.commands import build as almanac_build

    # The moment itself, not the clock floored to five minutes: what was pulled a minute ago is there by now.
    now = os.environ.get("ALMANAC_NOW") or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    almanac_build.run(ROOT / "publishconf.py", now=now, output=output, pull=False)


@task(help={"arguments": "passed on to the bench, in one string"})
def bench(_: Context, name: str, arguments: str = "") -> None:
    """Measure: build, feeds, recordings, pull, months, network, kills, disk, statistics … (bench/<name>.py)."""
    run(str(PYTHON), "-m", f"bench.{name.replace('-', '_')}", *shlex.split(arguments))


@task(help={"arguments": "--all, and what is passed on to pytest, in one string"})
def test(_: Context, arguments: str = "") -> None:
    """Run the quick tests, with --all browser, system and slow ones too, or those named; works offline."""
    # Many processes import the same modules, so each is compiled once even where that is switched off.
    run(str(PYTHON), "-m", "pytest", *which_tests(shlex.split(arguments)), PYTHONDONTWRITEBYTECODE="")


@task
def schema(_: Context) -> None:
    """Generate from the forms: .github/schemas for editors, and the tables of contribute.md."""
    from almanac.commands import schema as schemas

    sys.exit(schemas.main(ROOT))


@task
def lint(_: Context) -> None:
    """Check the code with ruff (rules and format) and mypy in strict mode."""
    run(str(PYTHON), "-m", "ruff", "check", ".")
    run(str(PYTHON), "-m", "ruff", "format", "--check", ".")
    run(str(PYTHON), "-m", "mypy")


@task(
    help={
        "output": "the built site",
        "to": "folder for the pictures",
        "readme": "take those of README.md from the demo instead: --readme --to .github",
    }
)
def shots(_: Context, output: str = ".output-preview", to: str = ".output-shots", readme: bool = False) -> None:
    """Photograph every kind of page in light, dark and at 320 px (needs Chromium)."""
    if readme:
        run(str(PYTHON), "-m", "tests.support.readmeshots", to)
        return
    run(str(PYTHON), "-m", "tests.support.shots", output, to)


@task
def lock(_: Context) -> None:
    """Resolve the lock files anew from pyproject.toml (needs uv)."""
    resolve = ["uv", "pip", "compile", "pyproject.toml", "-q", "--universal", "--python-version", "3.11"]
    resolve += ["--generate-hashes", "--no-header"]
    run(*resolve, "-o", str(SITE_LOCK.relative_to(ROOT)))
    for tool in ("pip", "mutmut"):
        run(*resolve[:3], f".ci/{tool}.in", *resolve[4:], "-o", f".ci/{tool}.lock")
    run(*resolve, "--extra", "parquet", "-o", str(PARQUET_LOCK.relative_to(ROOT)))
    extras = [part for name in ("parquet", "cluster", "publish") for part in ("--extra", name)]
    run(*resolve, *extras, "--group", "dev", "-o", str(DEV_LOCK.relative_to(ROOT)))


@task(help={"output": "the file to write"})
def bill(_: Context, output: str = ".output-sbom.json") -> None:
    """List what is published with, pyarrow and all, as a bill of materials (CycloneDX)."""
    listed = ["requirements", str(PARQUET_LOCK), "--pyproject", "pyproject.toml", "--mc-type", "application"]
    run(str(PYTHON.with_name("cyclonedx-py")), *listed, "--output-reproducible", "-o", output)


@task
def clean(_: Context) -> None:
    """Remove what builds and tools left behind; content and .venv stay."""
    tools = [ROOT / name for name in (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")]
    (ROOT / ".demo.lock").unlink(missing_ok=True)
    for folder in [*tools, ROOT / "output", ROOT / ".demo", ROOT / ".demo.old", *ROOT.glob(".output*")]:
        shutil.rmtree(folder, ignore_errors=True)

#!/usr/bin/env python3
"""Everyday tasks: `python3 tasks.py <task>` sets up what is missing, then runs the task.

Needs nothing but Python ≥ 3.11 to start. The first call makes `.venv` from the lock files (hashes are checked).
`python3 tasks.py --help` names all tasks: those of every almanac (almanac.commands.verbs), and here those of its makers.
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
from typing import Any

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
PROGRAM = "python3 tasks.py"
INSIDE = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tasks; tasks.perform(sys.argv[1:])"


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


def locks(task: str, *, is_away: bool = False) -> tuple[Path, ...]:
    """Return the locks that serve a task, the one with the least in it first.

    `is_away`: it works on a cluster or sends to object storage, which takes libraries that only DEV_LOCK has.
    """
    if task in NEEDS_DEV or is_away:
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


def main(arguments: list[str]) -> None:
    """Answer an unchanged build, help and wrong words at once; else set up, and do the task inside .venv."""
    if sys.version_info < (3, 11):  # noqa: UP036  (an older python3 must get this line, not a traceback)
        stop(f"needs Python 3.11 or newer, this is {sys.version.split()[0]}: run it as python3.11 tasks.py …")
    if arguments == ["--version"]:
        sys.exit(print(version()))
    if arguments == ["--setup"]:  # needs this file and a lock file alone: a layer of an image
        ensure_environment(*locks(""))
        sys.exit()
    if arguments == ["build"]:
        if nothing_changed():
            sys.exit()
        os.environ["ALMANAC_CHANGED"] = "1"  # so that the build does not look at everything once more
    sys.path.insert(0, str(PLUGINS))
    from almanac.commands import cli

    call = cli.parse(arguments, verbs(), PROGRAM)
    if isinstance(call, int):
        sys.exit(call)
    cluster = hasattr(call.options, "on") and (call.options.on or os.environ.get("ALMANAC_SCHEDULER"))
    is_away = bool(cluster) or (call.name == "publish" and "://" in call.options.to)
    ensure_environment(*locks(call.name, is_away=is_away))
    command = [str(PYTHON), "-c", INSIDE, *arguments]
    if os.name == "nt":
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)  # noqa: S606  (replaces this process: no parent waits beside a build)


def perform(arguments: list[str]) -> None:
    """Do a task, inside .venv."""
    sys.path.insert(0, str(PLUGINS))
    from almanac.commands import cli

    sys.exit(cli.main(arguments, verbs(), ROOT, PROGRAM))


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


def run(*command: str, **env: str) -> int:
    """Run a tool of the environment from the project's root; its exit code is ours."""
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(PLUGINS), **env}, check=False
    ).returncode


def tool(module: str, *arguments: str, **env: str) -> int:
    """Run a module of the environment or of this repository; its exit code is ours."""
    return run(str(PYTHON), "-m", module, *arguments, **env)


def bench(_: Path, options: Any) -> int:
    """Run a bench of bench/."""
    names = sorted(path.stem for path in (ROOT / "bench").glob("*.py"))
    name, *more = options.arguments or [""]
    if name.replace("-", "_") not in names:
        print(f"bench: which? name one of: {', '.join(names)}", file=sys.stderr)
        return 2
    return tool(f"bench.{name.replace('-', '_')}", *more)


def test(_: Path, options: Any) -> int:
    """Run tests. Many processes import the same modules, so each is compiled once even where that is switched off."""
    return tool("pytest", *which_tests(options.arguments), PYTHONDONTWRITEBYTECODE="")


def schema(root: Path, _: Any) -> int:
    """Write what editors and the guide know of the forms."""
    from almanac.commands import schema as schemas

    return schemas.main(root)


def lint(_: Path, __: Any) -> int:
    """Run ruff and mypy; the exit code of the first that complains."""
    return tool("ruff", "check", ".") or tool("ruff", "format", "--check", ".") or tool("mypy")


def shots(_: Path, options: Any) -> int:
    """Take pictures of the site, or of the demo for the README."""
    if options.readme:
        return tool("tests.support.readmeshots", options.to)
    return tool("tests.support.shots", options.output, options.to)


def lock(_: Path, __: Any) -> int:
    """Resolve the lock files."""
    resolve = ["uv", "pip", "compile", "pyproject.toml", "-q", "--universal", "--python-version", "3.11"]
    resolve += ["--generate-hashes", "--no-header"]
    extras = [part for name in ("parquet", "cluster", "publish") for part in ("--extra", name)]
    commands = [
        [*resolve, "-o", str(SITE_LOCK.relative_to(ROOT))],
        *([*resolve[:3], f".ci/{name}.in", *resolve[4:], "-o", f".ci/{name}.lock"] for name in ("pip", "mutmut")),
        [*resolve, "--extra", "parquet", "-o", str(PARQUET_LOCK.relative_to(ROOT))],
        [*resolve, *extras, "--group", "dev", "-o", str(DEV_LOCK.relative_to(ROOT))],
    ]
    return next((code for code in (run(*command) for command in commands) if code), 0)


def bill(_: Path, options: Any) -> int:
    """Write the bill of materials."""
    listed = ["requirements", str(PARQUET_LOCK), "--pyproject", "pyproject.toml", "--mc-type", "application"]
    return run(str(PYTHON.with_name("cyclonedx-py")), *listed, "--output-reproducible", "-o", options.output)


def clean(_: Path, __: Any) -> None:
    """Remove what can be made again."""
    tools = [ROOT / name for name in (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")]
    (ROOT / ".demo.lock").unlink(missing_ok=True)
    for folder in [*tools, ROOT / "output", ROOT / ".demo", ROOT / ".demo.old", *ROOT.glob(".output*")]:
        shutil.rmtree(folder, ignore_errors=True)


def verbs() -> tuple[Any, ...]:
    """Return all tasks: those of every almanac, and those of its makers."""
    from almanac.commands.cli import Argument, Verb, flag
    from almanac.commands.verbs import VERBS

    def output(default: str, text: str) -> Argument:
        return Argument("--output", f"{text} (default: {default})", {"default": default})

    pictures = (
        output(".output-preview", "the built site"),
        Argument("--to", "the folder for the pictures (default: .output-shots)", {"default": ".output-shots"}),
        flag("--readme", "take those of README.md from the demo instead: --readme --to .github"),
    )
    makers = (
        ("test", "run the quick tests, with --all all of them, or those named", test, (), "test tests/unit -k merge"),
        ("lint", "check the code: ruff (rules, format) and mypy", lint, (), "lint"),
        ("bench", "measure: build, feeds, pull, kills, statistics … (bench/)", bench, (), "bench build --n 10000"),
        ("schema", "write the schemas for editors and the tables of the guide", schema, (), "schema"),
        ("shots", "photograph every kind of page (needs Chromium)", shots, pictures, "shots --to /tmp/pictures"),
        ("lock", "resolve the lock files again (needs uv and a network)", lock, (), "lock"),
        (
            "bill",
            "list everything the site is built with (bill of materials)",
            bill,
            (output(".output-sbom.json", "the file"),),
            "bill",
        ),
        ("clean", "remove what builds and tools left behind; content and .venv stay", clean, (), "clean"),
    )
    return VERBS + tuple(
        Verb(
            name,
            text,
            action,
            options,
            (example,),
            group="To work on the program",
            passes_on=name in ("test", "bench"),
            ticks=False,
        )
        for name, text, action, options, example in makers
    )


if __name__ == "__main__":
    main(sys.argv[1:])

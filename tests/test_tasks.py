"""`python3 tasks.py` sets itself up from nothing, heals, and says clearly what it cannot do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MISSING = "surely-not-a-package==1.0 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing in it but tasks.py and lock files that ask for nothing."""
    shutil.copy(ROOT / "tasks.py", tmp_path)
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "dev.lock").write_text("")
    (tmp_path / "requirements.lock").write_text("")
    return tmp_path


def tasks(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run tasks.py there as a user without a package registry would."""
    env = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, "tasks.py", *arguments]
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)


def marker(checkout: Path) -> Path:
    return checkout / ".venv" / ".requirements-installed"


@pytest.mark.system
def test_without_a_registry_a_missing_environment_is_one_clear_line(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text(MISSING)
    done = tasks(checkout, "check")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "tasks.py: could not set up .venv: is a package registry in reach? Nothing was built; run the task again then"
    ]


@pytest.mark.system
def test_a_ready_environment_is_not_touched_again(checkout: Path) -> None:
    tasks(checkout, "--list")
    before = marker(checkout).stat().st_mtime_ns
    done = tasks(checkout, "--list")
    assert (marker(checkout).stat().st_mtime_ns, "setting up" in done.stdout) == (before, False)


@pytest.mark.system
def test_an_interrupted_set_up_heals(checkout: Path) -> None:
    tasks(checkout, "--list")
    marker(checkout).unlink()
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    done = tasks(checkout, "--list")
    assert "setting up .venv" in done.stdout
    assert (marker(checkout).exists(), python.resolve().exists()) == (True, True)


@pytest.mark.system
def test_a_changed_lock_that_cannot_be_had_leaves_the_old_environment(checkout: Path) -> None:
    tasks(checkout, "--list")
    (checkout / "requirements.lock").write_text(MISSING)
    assert tasks(checkout, "--list").returncode == 1
    assert (checkout / ".venv" / "bin" / "python").exists()


@pytest.mark.system
def test_the_environment_for_tests_also_serves_the_site(checkout: Path) -> None:
    (checkout / ".ci" / "dev.lock").write_text("# other\n")
    tasks(checkout, "test")
    assert "setting up" not in tasks(checkout, "--list").stdout


@pytest.mark.parametrize(("given", "taken"), [
    (["check", "a.md", "b.md", "--strict"], ["check", "--strict", "--paths=a.md,b.md"]),
    (["check", "--paths", "a.md"], ["check", "--paths", "a.md"]),
    (["check"], ["check"]),
    (["new", "article", "Title"], ["new", "article", "Title"]),
])
def test_files_to_check_are_named_as_they_come(given: list[str], taken: list[str]) -> None:
    code = f"import tasks; print(tasks.with_paths({given!r}) == {taken!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


@pytest.mark.parametrize(("given", "taken"), [
    ([], ["-n", "auto", "--dist", "worksteal", "--quick"]),
    (["--all"], ["-n", "auto", "--dist", "worksteal"]),
    (["-k", "feeds", "--all"], ["-n", "auto", "--dist", "worksteal", "-k", "feeds"]),
    (["tests/test_tasks.py::test_a", "-x"], ["tests/test_tasks.py::test_a", "-x"]),
])
def test_the_quick_tests_all_or_those_named_are_run(given: list[str], taken: list[str]) -> None:
    code = f"import tasks; print(tasks.which_tests({given!r}) == {taken!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


def test_what_is_passed_on_arrives_as_it_was_given() -> None:
    given = ["pull-requests", "--only", "two words", "it's", ""]
    code = (
        "import os, tasks\n"
        "tasks.ensure_environment = lambda *locks: None\n"
        "os.execv = lambda path, command: handed.extend(command)\n"
        "tasks.run = lambda *command: print(command[3:])\n"
        f"handed = []; tasks.bootstrap(['bench', *{given!r}])\n"
        "tasks.bench.body(None, handed[-2], handed[-1].removeprefix('--arguments='))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == f"{tuple(given[1:])}\n", done.stderr

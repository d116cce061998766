"""The bench that puts faults into the code makes the faults it says it makes, and sees whether tests bite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import faults, mutants, runs

SOURCE = '''"""Says a thing."""

import os


def ages(years: list[int], limit: int=3) -> list[int]:
    """Those over the limit."""
    return [year for year in years if not year <= limit and year]
'''


def test_every_fault_is_made_once_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "ages.py"
    path.write_text(SOURCE)
    whole = SOURCE.splitlines()
    made = {fault.what: faults.faulty(fault).splitlines() for fault in faults.faults(path)}
    assert {what: [line for line in lines if line not in whole] for what, lines in made.items()} == {
        "3 → 4": ["def ages(years: list[int], limit: int=4) -> list[int]:"],
        "returns None": ["    return None"],
        "And → Or": ["    return [year for year in years if not year <= limit or year]"],
        "without Not": ["    return [year for year in years if year <= limit and year]"],
        "LtE → Lt": ["    return [year for year in years if not year < limit and year]"],
    }


@pytest.mark.system
@pytest.mark.slow
def test_faults_are_tried_one_by_one_and_those_that_survive_are_named(root: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(root / "plugins")}
    bench = [sys.executable, "-m", "bench.mutants", "--each", "2", "--units", "text"]
    done = subprocess.run(bench, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=600)
    if done.stdout.startswith("needs"):
        pytest.skip(done.stdout)
    covered, figure = (line for line in done.stdout.splitlines() if line.startswith("text: "))
    survivors = [line for line in done.stdout.splitlines() if line.startswith("  survived ")]
    assert " of lines and branches covered by " in covered, done.stdout + done.stderr
    assert figure.startswith(f"text: {2 - len(survivors)} of 2 killed")
    assert all(": plugins/almanac/text/" in line for line in survivors)


@pytest.mark.system
def test_a_test_is_run_on_the_lines_it_comes_by(tmp_path: Path) -> None:
    """On a project of its own, since namespaces and a copy of this one take seconds."""
    home = tmp_path / "project"
    (home / "tests").mkdir(parents=True)
    (home / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (home / "ages.py").write_text("def old(age):\n    if age > 9:\n        return True\n    return False\nYOUNG = 4\n")
    (home / "tests/test_ages.py").write_text(
        "import time\nfrom ages import old\n\ndef test_old():\n    time.sleep(0.1)\n    assert old(10)\n\n"
        "def test_young():\n    assert not old(9)\n"
    )
    met = runs.reach(home, [Path("tests/test_ages.py")], [Path("ages.py")])
    first, second = "tests/test_ages.py::test_young", "tests/test_ages.py::test_old"
    ways = [met.tests(Path("ages.py"), range(line, line + 1)) for line in (1, 2, 3, 4)]
    assert (ways, met.missed, met.share) == ([[first, second], [first, second], [second], [first]], [], 1.0)
    assert met.tests(Path("ages.py"), range(0)) == [first, second]
    assert {fault.what: list(fault.lines) for fault in faults.faults(home / "ages.py")} == {
        "Gt → GtE": [2],
        "9 → 10": [2],
        "condition always True": [2],
        "condition always False": [2],
        "returns None": [3],
        "True → False": [3],
        "False → True": [4],
        "4 → 5": [],
    }
    [turned] = [fault for fault in faults.faults(home / "ages.py") if fault.what == "Gt → GtE"]
    assert mutants.is_killed(home, turned, [first, second])
    assert not mutants.is_killed(home, turned, [second])

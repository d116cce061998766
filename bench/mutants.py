"""Whether the tests bite: mutmut puts faults into a room, one at a time, and a test must fail.

    python3 tasks.py bench mutants [merge archive text check fetch]

Of each room the faults that survive are listed, with the share of those killed; `mutmut show NAME` in the folder that is
named shows one. Faults that change nothing that can be seen count as survivors, so the share is a lower bound. The
interval is Wilson's at 95 %. mutmut comes from `.ci/mutmut.lock` into a folder of its own and leaves `.venv` alone.

Runs in a network namespace of its own, out of which no fault in `fetch` can connect: needs Linux and root.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scipy.stats import binomtest

import tasks
from tests.support import netns

ROOT = Path(__file__).resolve().parents[1]
WANTED = 0.85  # share of the faults of a room that the tests must kill
ROOMS = {  # the tests that speak of a room
    "merge": ("merge/", "tests/unit/test_merge.py", "tests/site/test_clocks.py"),
    "archive": ("archive/", "tests/unit/test_archive.py", "tests/unit/test_backfill.py"),
    "text": ("text/", "tests/unit/test_text.py", "tests/unit/test_alike.py", "tests/unit/test_words.py"),
    "check": ("content/", "tests/unit/test_check.py", "tests/unit/test_frontmatter.py", "tests/unit/test_forms.py"),
    "fetch": ("fetch/", "tests/unit/test_fetch.py"),
}
CONFIGURATION = """
[tool.mutmut]
source_paths = ["src/almanac/{folder}"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-m", "not slow and not browser and not system"]
pytest_add_cli_args_test_selection = {tests}
also_copy = {beside}
"""


def main(argv: list[str]) -> int:
    """Print the survivors and the shares; 1 if the share of a room is below the limit."""
    options = argparse.ArgumentParser(prog="bench mutants", description=(__doc__ or "").split("\n")[0])
    options.add_argument("rooms", nargs="*", default=list(ROOMS), metavar="ROOM")
    chosen = options.parse_args(argv).rooms
    if unknown := set(chosen) - ROOMS.keys():
        options.error(f"no such room: {', '.join(sorted(unknown))}; known: {', '.join(ROOMS)}")
    home = Path(tempfile.mkdtemp(prefix="almanac-mutants-"))
    install(home / "tools")
    if netns.missing() or not netns.enter():
        print("needs Linux, root and the tools ip and mount: a fault in fetch must have no network to connect to")
        return 1
    verdicts = [judge(home, room) for room in chosen]
    return int(not all(verdicts))


def install(tools: Path) -> None:
    """Install mutmut, as it is locked, into a folder."""
    wheel = tasks.pip_wheel(tools.parent)
    if not wheel:
        sys.exit("there is no pip to install mutmut with")
    command = [sys.executable, f"{wheel}/pip", *tasks.PIP_INSTALL, "--require-hashes", "--no-deps", "-t", str(tools)]
    subprocess.run([*command, "-r", str(ROOT / ".ci/mutmut.lock")], check=True)


def judge(home: Path, room: str) -> bool:
    """Try all faults of a room; return whether the tests killed as many as wanted."""
    project = home / room
    copy_project(project, *ROOMS[room])
    environment = os.environ | {"PYTHONPATH": str(home / "tools")}
    mutmut = [sys.executable, "-m", "mutmut"]
    done = subprocess.run([*mutmut, "run"], cwd=project, env=environment, capture_output=True, text=True, check=False)
    subprocess.run([*mutmut, "export-cicd-stats"], cwd=project, env=environment, check=False, capture_output=True)
    statistics = project / "mutants/mutmut-cicd-stats.json"
    if not statistics.exists():
        print(f"{room}: mutmut did not come to its end\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
        return False
    listed = subprocess.run(
        [*mutmut, "results"], cwd=project, env=environment, check=True, capture_output=True, text=True
    )
    print(listed.stdout, end="")
    return verdict(room, json.loads(statistics.read_text()), project)


def verdict(room: str, counts: dict[str, int], project: Path) -> bool:
    """Print how many of the faults were killed; return whether these are as many as wanted."""
    killed = counts["killed"] + counts["timeout"] + counts["segfault"]
    total = counts["total"] - counts["skipped"]
    low, high = binomtest(killed, total).proportion_ci(method="wilson")
    share = f"{killed / total:.1%}, {low:.1%} to {high:.1%}"
    print(
        f"{room}: {killed} of {total} killed ({share}), wanted {WANTED:.0%}; {counts['no_tests']} are in no test's way"
    )
    print(f"  {project}", flush=True)
    return killed / total >= WANTED


def copy_project(project: Path, folder: str, *tests: str) -> None:
    """Copy the project without its archive, laid out as mutmut expects: the package below src/."""
    beside = ["tests", "bench", "docs", "theme", ".github", ".ci", "tasks.py", "requirements.lock"]
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in beside:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=unwanted)
        else:
            shutil.copy(source, project / name)
    shutil.copytree(ROOT / "plugins", project / "src", ignore=unwanted)
    settings = (
        (ROOT / "pyproject.toml").read_text().replace('pythonpath = ["plugins", "."]', 'pythonpath = ["src", "."]')
    )
    ours = CONFIGURATION.format(folder=folder, tests=json.dumps(tests), beside=json.dumps(["src", *beside]))
    (project / "pyproject.toml").write_text(settings + ours)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

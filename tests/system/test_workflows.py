"""The workflows do what they say: the steps of the publishing one are run here, against a local remote and feeds."""

import copy
import os
import re
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from almanac import archive
from almanac.model import Incident
from tests.support import projects, workflows
from tests.support.serving import Serving, page, watch
from tests.support.workflows import git, jobs
from tests.unit.test_pull import CLOSED, OLD, OPEN, atom

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
HOST = "claude.example"
HOUR = 3600
ADA = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")


class Runner:
    """A runner with a shallow checkout of a remote, that runs the shell steps of publish.yml as they stand there."""

    def __init__(self, folder: Path, server: Serving) -> None:
        self.remote, self.server = folder / "remote.git", server
        self.folder = folder / "checkout"
        seed = projects.project(folder / "seed")
        watch(seed / "content", "claude")
        (seed / "tasks.py").write_bytes((ROOT / "tasks.py").read_bytes())
        (seed / ".gitignore").write_bytes((ROOT / ".gitignore").read_bytes())
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.remote))
        git(seed, "init", "-q", "-b", "main")
        self.merge(seed, age=2 * HOUR)

    def merge(self, seed: Path, *, age: int = 0) -> None:
        """Return what people do: commit and push everything in a checkout of theirs, `age` seconds ago."""
        at = f"{int(time.time()) - age} +0000"
        git(seed, "add", "-A")
        git(seed, *ADA, "commit", "-qm", "People", GIT_COMMITTER_DATE=at, GIT_AUTHOR_DATE=at)
        git(seed, "push", "-q", str(self.remote), "HEAD:refs/heads/main")

    def check_out(self) -> None:
        subprocess.run(["rm", "-rf", str(self.folder)], check=True)
        git(self.remote.parent, "clone", "-q", "--depth=1", self.remote.as_uri(), str(self.folder))
        (self.folder / ".venv").symlink_to(ROOT / ".venv")

    def step(self, name: str) -> str:
        """Run one step; what it prints."""
        step = workflows.steps(workflows.PUBLISH, "build")[name]
        job = workflows.jobs(workflows.PUBLISH)["build"]
        env = {**job.get("env", {}), **workflows.ENV, "PUSH_TO": str(self.remote)}
        done = workflows.run(step, self.folder, env, self.server.url)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        return done.stdout

    def run(self) -> list[str]:
        """Check out, pull, commit, push. The subjects of the commits that this added to the remote."""
        before = git(self.remote, "rev-parse", "main")
        self.check_out()
        for name in ("Pull", "Commit", "Push"):
            self.step(name)
        return git(self.remote, "log", "--format=%s", f"{before}..main").splitlines()


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    with Serving({HOST: page(atom(OPEN, OLD))}) as server:
        yield Runner(tmp_path, server)


@pytest.mark.system
def test_news_is_committed_and_a_second_run_commits_nothing(runner: Runner) -> None:
    assert runner.run() == ["Pull: 2 incidents, 0 drafts"]
    *named, log = git(runner.remote, "show", "--name-only", "--format=", "main").splitlines()
    assert named == [
        "content/incidents/claude/2026/2026-02-20-aaaaaaaaaaaa.md",
        "content/incidents/claude/2026/2026-03-02-bbbbbbbbbbbb.md",
        "content/pulls/claude.json",
    ]
    assert Path(log).parent.as_posix() == "content/pulls/log"
    assert runner.run() == []
    runner.server.hosts[HOST] = page(atom(CLOSED, OLD))
    assert runner.run() == ["Pull: 1 incidents, 0 drafts"]


@pytest.mark.system
def test_the_time_of_the_pull_alone_is_committed_once_an_hour(runner: Runner, tmp_path: Path) -> None:
    runner.run()
    people = tmp_path / "people"
    git(tmp_path, "clone", "-q", str(runner.remote), str(people))
    (people / "content" / "pages" / "new.md").write_text("---\ntitle: New\n---\n\nNews.\n")
    runner.merge(people, age=HOUR + 60)
    time.sleep(1)  # a pull is dated to the second, and one of the same second moves no time
    assert runner.run() == ["Pull: 0 incidents, 0 drafts"]
    assert runner.run() == []


@pytest.mark.system
def test_what_people_merged_meanwhile_stays_below_what_was_pulled(runner: Runner, tmp_path: Path) -> None:
    runner.check_out()
    runner.step("Pull")
    people = tmp_path / "people"
    git(tmp_path, "clone", "-q", str(runner.remote), str(people))
    (people / "content" / "pages" / "new.md").write_text("---\ntitle: New\n---\n\nNews.\n")
    runner.merge(people)
    runner.step("Commit")
    runner.step("Push")
    subjects = git(runner.remote, "log", "--format=%s", "main").splitlines()
    assert subjects == ["Pull: 2 incidents, 0 drafts", "People", "People"]


def other_runner(runner: Runner) -> Runner:
    """Another machine that pulls for the same remote."""
    other = copy.copy(runner)
    other.folder = runner.folder.with_name("other")
    return other


def archived(runner: Runner) -> dict[str, Incident]:
    """Return the archive as the remote has it now."""
    runner.check_out()
    return {name: filed.incident for name, filed in archive.load(runner.folder / "content", "claude").items()}


@pytest.mark.system
def test_of_two_pulls_that_push_at_once_nothing_is_lost_and_nothing_doubled(runner: Runner) -> None:
    other = other_runner(runner)
    for each in (runner, other):
        each.check_out()
        each.step("Pull")
        runner.server.hosts[HOST] = page(atom(CLOSED, OLD))  # what the second one sees
        each.step("Commit")
    for each in (runner, other):
        each.step("Push")
    found = archived(runner)
    assert {name: [(u.text, u.gone) for u in one.updates] for name, one in found.items()} == {
        "aaaaaaaaaaaa": [("Answers are slow.", None), ("Answers are fast again.", None)],
        "bbbbbbbbbbbb": [("Logins fail.", None), ("Logins work.", None)],
    }
    assert git(runner.remote, "log", "--format=%s", "main").splitlines() == [
        "Pull: after another one",
        "Pull: 2 incidents, 0 drafts",
        "People",
    ]


@pytest.mark.system
def test_a_remote_that_moves_between_fetch_and_push_is_fetched_again(
    runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner.check_out()
    runner.step("Pull")
    people = [tmp_path / f"people{number}" for number in range(3)]
    for number, folder in enumerate(people):
        git(tmp_path, "clone", "-q", str(runner.remote), str(folder))
        (folder / "content" / "pages" / f"new{number}.md").write_text("---\ntitle: New\n---\n\nNews.\n")
        git(folder, "add", "-A")
        git(folder, *ADA, "commit", "-qm", f"People {number}")
    moved_at_each_fetch(tmp_path, people, monkeypatch)
    runner.step("Commit")
    runner.step("Push")
    assert git(runner.remote, "log", "--format=%s", "main").splitlines() == [
        "Pull: 2 incidents, 0 drafts",
        "People 2",
        "People 1",
        "People 0",
        "People",
    ]


def moved_at_each_fetch(tmp_path: Path, people: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody of `people` pushes before the first push of ours and after each fetch, as long as there are any."""
    real = shutil.which("git")
    turn = f"""#!/bin/sh
next() {{
  who=$(ls {tmp_path}/turns | head -1)
  if [ "$who" ]; then
    rm {tmp_path}/turns/$who
    cd {tmp_path}/$who && {real} -c user.name=Ada -c user.email=ada@example.org pull -q --rebase origin main \
      && {real} push -q origin HEAD:main
  fi
}}
case "$1" in push) [ -e {tmp_path}/first ] || (touch {tmp_path}/first; next);; esac
{real} "$@"
code=$?
case "$1" in fetch) (next);; esac
exit $code
"""
    (tmp_path / "turns").mkdir()
    for folder in people:
        (tmp_path / "turns" / folder.name).touch()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(turn)
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")


@pytest.mark.system
@pytest.mark.parametrize("file", [".output-state/~written.state", ".output-preview-state/a", ".venv/x", "output/x"])
def test_what_a_build_would_trust_is_refused_where_somebody_committed_it(runner: Runner, file: str) -> None:
    runner.check_out()
    runner.step("Refuse what only a build may make")
    planted = runner.folder / file
    if file.startswith(".venv"):
        (runner.folder / ".venv").unlink()
    planted.parent.mkdir(parents=True)
    planted.write_text("not made here")
    git(runner.folder, "add", "-f", file)
    with pytest.raises(AssertionError, match="take them out of the repository"):
        runner.step("Refuse what only a build may make")


@pytest.mark.system
def test_the_site_is_built_from_what_was_committed_without_another_pull(runner: Runner) -> None:
    runner.run()
    asked = len(runner.server.visits)
    runner.step("Build")
    assert len(runner.server.visits) == asked
    built = (runner.folder / "output" / "incidents" / "claude" / "bbbbbbbbbbbb" / "index.html").read_text()
    assert "Login errors" in built
    assert "https://almanac.example/site/incidents/claude/bbbbbbbbbbbb/" in built
    (kept,) = (
        step["with"]["path"]
        for step in jobs(workflows.PUBLISH)["build"]["steps"]
        if "upload-pages-artifact" in step.get("uses", "")
    )
    assert kept == "output"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit_and_says_which_version_that_is(path: Path) -> None:
    used = [line.strip() for line in path.read_text().splitlines() if "uses:" in line]
    pinned = re.compile(r"(?:- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert used
    assert [line for line in used if not pinned.fullmatch(line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_is_allowed_that_no_job_asks_for(path: Path) -> None:
    assert yaml.safe_load(path.read_text())["permissions"] == {}
    assert all(job["permissions"] and job["timeout-minutes"] for job in jobs(path).values())


def test_pull_requests_see_no_secret_and_write_nothing() -> None:
    path = ROOT / ".github" / "workflows" / "check.yml"
    assert "secrets." not in path.read_text()
    assert "pull_request_target" not in path.read_text()
    assert [job["permissions"] for job in jobs(path).values()] == [{"contents": "read"}] * 2
    for job in jobs(path).values():
        assert job["steps"][0]["with"]["persist-credentials"] is False


@pytest.mark.system
def test_a_pull_request_gets_a_list_of_the_pages_and_facts_that_it_changes(tmp_path: Path) -> None:
    seed = projects.project(tmp_path / "seed")
    (seed / ".gitignore").write_text("/.output*\n/.venv\n/.preview*\n")
    (seed / ".venv").symlink_to(ROOT / ".venv")
    git(seed, "init", "-q", "-b", "main")
    for words in ("An *almanac*.", "Another text."):
        (seed / "content/pages/about.md").write_text(f"---\ntitle: About\n---\n\n{words}\n")
        git(seed, "add", "-A")
        git(seed, *ADA, "commit", "-qm", words)
    step = workflows.steps(workflows.CHECK, "content")["Say what changes"]
    summary = tmp_path / "summary.md"
    done = workflows.run(step, seed, {**workflows.ENV, "GITHUB_STEP_SUMMARY": str(summary)}, "")
    assert done.returncode == 0, done.stderr
    assert summary.read_text() == "## Data that changed\n\n- nothing\n\n## Pages that change\n\n- /about/\n"


def test_the_tests_run_on_every_python_from_the_oldest_that_the_project_allows() -> None:
    code = jobs(ROOT / ".github" / "workflows" / "check.yml")["code"]
    tried = [tuple(map(int, version.split("."))) for version in code["strategy"]["matrix"]["python"]]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    assert tried == [(3, minor) for minor in range(oldest[1], tried[-1][1] + 1)]
    assert (oldest, len(tried) >= 4) == ((3, 11), True)
    (python,) = (step for step in code["steps"] if step["name"] == "Set up Python")
    assert python["with"] == {"python-version": "${{ matrix.python }}"}
    assert not code["strategy"]["fail-fast"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_versions_of_python_are_texts_for_as_a_number_3_10_is_3_1(path: Path) -> None:
    stated = [
        step["with"]["python-version"]
        for job in jobs(path).values()
        for step in job["steps"]
        if "setup-python" in step.get("uses", "")
    ]
    matrices = [job["strategy"]["matrix"] for job in jobs(path).values() if "strategy" in job]
    versions = [*stated, *(version for matrix in matrices for version in matrix["python"])]
    assert stated
    assert [version for version in versions if not isinstance(version, str)] == []


def test_what_a_workflow_is_told_by_strangers_never_becomes_part_of_a_script() -> None:
    steps = [step for path in WORKFLOWS for job in jobs(path).values() for step in job["steps"]]
    assert [step["name"] for step in steps if "${{" in step.get("run", "")] == []


def test_publishing_runs_by_turns_away_from_the_full_hour() -> None:
    path = ROOT / ".github" / "workflows" / "publish.yml"
    workflow = yaml.safe_load(path.read_text())
    (schedule,) = workflow[True]["schedule"]  # YAML reads the key `on` as true
    minutes = schedule["cron"].split()[0].split(",")
    assert all(int(minute) % 2 and int(minute) % 15 for minute in minutes)
    assert workflow["concurrency"] == {"group": "publish", "cancel-in-progress": False}
    assert jobs(path)["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}


GH = """#!/bin/sh
case "$1 $2" in
  "issue list") cat open;;
  "issue create") echo 7 > open; echo "$*" >> said;;
  *) : > open; echo "$*" >> said;;
esac
"""


def test_a_failure_of_the_schedule_opens_one_issue_and_the_next_success_closes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = workflows.steps(workflows.PUBLISH, "tell")["Open or close the issue"]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/gh").write_text(GH)
    (tmp_path / "bin/gh").chmod(0o755)
    for name in ("open", "said"):
        (tmp_path / name).write_text("")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    env = {"GH_TOKEN": "", "GH_REPO": "ada/pay", "RUN": "https://git.example/run/1"}
    said = []
    for outcome in (
        "success success",
        "failure skipped",
        "success failure",
        "cancelled skipped",
        "success success",
        "success success",
    ):
        assert workflows.run(step, tmp_path, env | {"OUTCOME": outcome}, "").returncode == 0
        lines = (tmp_path / "said").read_text().splitlines()
        said.append([line.partition(" --")[0] for line in lines if line.startswith(("issue", "label"))])
        (tmp_path / "said").write_text("")
    assert said == [[], ["label create publishing", "issue create"], [], [], ["issue close 7"], []]
    assert jobs(workflows.PUBLISH)["tell"]["permissions"] == {"issues": "write"}

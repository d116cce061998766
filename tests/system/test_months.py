"""Days of the site as its workflows run it."""

from pathlib import Path

import pytest

from bench import months
from bench.months import BEGIN
from tests.support import workflows


@pytest.mark.slow
def test_a_day_of_the_workflows_leaves_what_the_pages_showed() -> None:
    assert months.main(["1", "3"]) == 0


def test_a_step_of_a_workflow_with_an_environment_nobody_names_is_not_run(tmp_path: Path) -> None:
    step = {"name": "Announce", "run": "touch told", "env": {"TOKEN": "${{ secrets.TOKEN }}"}}
    with pytest.raises(AssertionError, match=r"Announce gets \['TOKEN'\]"):
        workflows.run(step, tmp_path, workflows.ENV, "http://127.0.0.1:9")
    assert list(tmp_path.iterdir()) == []


def test_a_step_runs_under_the_clock_it_is_given(tmp_path: Path) -> None:
    script = "date +%s\ngit init -q .\ngit commit -q --allow-empty -m x\ngit log --format=%ct\n"
    step = {"name": "When", "run": script}
    names = {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "user.name",
        "GIT_CONFIG_VALUE_0": "Ada",
        "GIT_CONFIG_KEY_1": "user.email",
        "GIT_CONFIG_VALUE_1": "ada@example.org",
    }
    env = {**names, **workflows.clock(tmp_path / "bin", BEGIN)}
    done = workflows.run(step, tmp_path, env, "http://127.0.0.1:9")
    assert done.stdout.split() == [str(int(BEGIN.timestamp()))] * 2

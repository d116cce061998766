"""Hostile pull requests are refused with file, line and reason, or are harmless. All of them: bench pull-requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.pull_requests import LEAST, spoiled, wrong_with
from tests.support.pullrequests import CASES, Case, trial
from tests.support.pullrequests.trial import Ground, Verdict

FEW = CASES[::31]  # some of every kind
BUILT = ("link: articles/2027 to /", "body: script, unclosed tag", "picture: page called .png")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Yield a built site with secrets around it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALMANAC_CANARY", "set by the ground")
        yield trial.ground(tmp_path_factory.mktemp("ground"))


def wrong(case: Case, verdict: Verdict) -> list[str]:
    """Return what is wrong whatever the time was: that is measured by the bench, on a machine that does nothing else."""
    return list(wrong_with(case, replace(verdict, cpu=0.0)))


def test_there_are_many_of_them_and_no_two_of_a_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= LEAST


@pytest.mark.parametrize("case", FEW, ids=lambda case: case.name)
def test_what_a_stranger_sends_is_refused_or_harmless(ground: Ground, case: Case) -> None:
    assert wrong(case, trial.tried(ground, case, build=False)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT)
def test_a_build_of_it_leaves_all_else_as_it_was(ground: Ground, name: str) -> None:
    case = next(case for case in CASES if case.name == name)
    assert wrong(case, trial.tried(ground, case)) == []


@pytest.mark.slow
def test_made_harmless_it_passes(ground: Ground) -> None:
    assert spoiled(ground, FEW) == []


@pytest.mark.parametrize(
    ("verdict", "harm"),
    [
        (Verdict(crash="OSError"), "crashed: OSError"),
        (
            Verdict(told=("content/pages/other.md:1:1: is wrong in some way",)),
            "is refused without its file being named",
        ),
        (Verdict(told=("content/pages/news.md:1:1: no",)), "is refused without its file being named"),
        (Verdict(refused="stop"), "passes the check and stops the build: stop"),
        (Verdict(witness=False), "hides the mistake of another file"),
        (Verdict(cpu=11.0), "takes 11.0 s"),
        (Verdict(leaked=("index.html",)), "publishes a secret in index.html"),
        (Verdict(outside=("outside.html",)), "writes outside: outside.html"),
        (Verdict(removed=frozenset({"about/index.html"})), "removes about/index.html"),
        (Verdict(changed=frozenset({"about/index.html"})), "changes about/index.html"),
    ],
)
def test_every_harm_is_seen(verdict: Verdict, harm: str) -> None:
    [said] = wrong_with(Case(name="x", files={"pages/news.md": b""}), verdict)
    assert said.startswith(harm)


def test_a_refusal_that_names_file_line_and_reason_is_no_harm() -> None:
    case = Case(name="x", files={Path("pages/news.md").as_posix(): b""})
    assert list(wrong_with(case, Verdict(told=("content/pages/news.md:3:1: title: appears twice; keep one",)))) == []

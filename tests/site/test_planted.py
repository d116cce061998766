"""In worlds whose truth was chosen, no page names a winner, a change, a dependence or a backup that is not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from almanac.build.settings import BuildSettings
from tests.support import builds, planted
from tests.support.almanacs import PROJECT
from tests.support.planted import END, Statements
from tests.support.projects import project
from tests.support.syndication import HOST

SLUGS = tuple(f"maker-{letter}" for letter in "abcdefgh")
HONEST = SLUGS[:4]
GAMING = {"rated-none", "open-end", "before-data", "typed-in"}

pytestmark = pytest.mark.slow


def built(root: Path, world: planted.Archive) -> Statements:
    """Build a site of a world, and return what it says."""
    project(root)
    for folder in ("incidents", "pulls", "forecasts", "articles", "providers"):
        shutil.rmtree(root / "content" / folder, ignore_errors=True)
    planted.bring(root, world, planted.unknown_provider)
    settings = BuildSettings(
        content=root / "content",
        theme=root / "theme",
        output=root / "output",
        now=END,
        site_url=HOST,
        project=PROJECT,
        site_id="tag:almanac.example,2026:",
        jinja={"autoescape": True, "trim_blocks": True, "lstrip_blocks": True},
    )
    assert builds.build(settings).problems == ()
    return planted.statements(root / "output")


def test_among_equals_nobody_is_better_and_nothing_changes(tmp_path: Path) -> None:
    said = built(tmp_path / "site", planted.archive(planted.equal(np.random.default_rng(1), SLUGS)))
    assert (said.better, said.changed, said.together) == (frozenset(), frozenset(), frozenset())


def test_providers_that_report_ever_more_are_not_said_to_fail_together(tmp_path: Path) -> None:
    said = built(tmp_path / "site", planted.archive(planted.growth(np.random.default_rng(2), SLUGS)))
    assert said.together == frozenset()


def test_who_profits_from_a_rule_is_neither_better_than_the_honest_nor_named_as_a_backup(tmp_path: Path) -> None:
    said = built(tmp_path / "site", planted.archive(planted.gaming(np.random.default_rng(3), HONEST)))
    assert {pair for pair in said.better if pair[1] in GAMING and pair[2] in HONEST} == set()
    assert {(whose, named) for whose, named in said.backups if named in GAMING} == set()
    assert {worse for _, _, worse in said.better} & {"rated-none", "open-end"} == {"rated-none", "open-end"}


def test_what_is_there_is_said(tmp_path: Path) -> None:
    """Otherwise silence would pass all tests above."""
    random = np.random.default_rng(4)
    calm, busy = planted.equal(random, SLUGS[:4], per_day=0.05), list(planted.equal(random, SLUGS[4:6], per_day=1.5))
    copies = [one._replace(provider="maker-x", started=one.started + 300) for one in busy if one.provider == SLUGS[4]]
    said = built(tmp_path / "site", planted.archive([*calm, *busy, *copies]))
    assert {better for _, better, _ in said.better} >= set(SLUGS[:4])
    assert (("providers", SLUGS[4], "maker-x")) in said.together
    assert (SLUGS[4], "maker-x") not in said.backups

"""Feeds made to burst a reader cost their own provider a refusal at most."""

from pathlib import Path

import pytest

from tests.bench import bombs

QUICK = [
    "entities: billion laughs", "entities: external file", "nesting: objects in JSON", "markup: a comment without end",
    "counts: five thousand and one", "lengths: nothing but <", "packed: gzip of many members",
]  # fmt: skip


@pytest.mark.parametrize("name", QUICK)
def test_a_bomb_goes_off_without_harm(name: str, tmp_path: Path) -> None:
    assert bombs.blast(bombs.bombs()[name], tmp_path).faults == ()


def test_there_are_more_than_sixty_and_no_two_are_alike() -> None:
    kinds = (bombs.ENTITIES, bombs.NESTING, bombs.MARKUP, bombs.COUNTS, bombs.LENGTHS, bombs.PATTERNS, bombs.MARKDOWN)
    bodies = [body for kind in (*kinds, bombs.PACKED) for body in kind.values()]
    assert len(set(bodies)) == len(bodies) == len(bombs.bombs()) > 60

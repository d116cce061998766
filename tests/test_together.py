"""Several pulls at once and a build beside them leave what one pull leaves, and a whole site."""

import pytest

from tests.bench import together


@pytest.mark.slow
def test_nothing_is_lost_between_eight_pulls_and_a_build() -> None:
    assert together.main(["2", "3"]) == 0

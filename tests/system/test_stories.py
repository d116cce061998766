"""Each story of a feed over time leaves exactly the archive it must."""

from pathlib import Path

import pytest

from tests.support.stories.telling import Story, faults
from tests.support.stories.told_of import STORIES


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title.replace(" ", "-"))
def test_the_archive_is_as_the_story_says(story: Story, tmp_path: Path) -> None:
    assert faults(story, tmp_path) == []

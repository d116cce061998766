"""All stories that are quickly told."""

from tests.support.stories import edited, gone, named

STORIES = (*gone.STORIES, *edited.STORIES, *named.STORIES)

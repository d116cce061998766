"""Find what makes YAML dangerous to read, before it is: nesting that overflows a stack, and aliases that multiply."""

from __future__ import annotations

from typing import Any

import yaml

from almanac.text import limits


def deep_yaml(text: str) -> Any:
    """Return the mark where `text` is nested more than `limits.YAML_LEVELS` levels deep, None if it is nowhere.

    libyaml tells events one by one, but composes nodes by recursion in C: 10,000 brackets in a row overflow the stack,
    which no `except` can catch. Raises yaml.YAMLError where `text` is no YAML at all.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > limits.YAML_LEVELS:
            return event.start_mark
    return None


def alias_in_yaml(text: str) -> Any:
    """Return the mark of the first alias (*name) in `text`, None if there is none. Raises yaml.YAMLError.

    A text of a megabyte and as many aliases of it are one value of a terabyte.
    """
    events = yaml.parse(text, Loader=yaml.CSafeLoader)
    return next((event.start_mark for event in events if isinstance(event, yaml.AliasEvent)), None)

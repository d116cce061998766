"""What a task answers that cannot be done as asked."""

from collections.abc import Callable
from typing import Any

import pytest

from almanac.model.clock import MomentError
from almanac.model.problem import TaskError


def refusal(task: Callable[..., object], *arguments: Any, **options: Any) -> str:
    """Return the line in which a task that must fail says why."""
    with pytest.raises((TaskError, MomentError)) as raised:
        task(*arguments, **options)
    return str(raised.value)

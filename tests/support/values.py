"""Values for comparisons that are typed: what is surely there, and numbers that are nearly so."""

from typing import Any, TypeVar

import pytest

Value = TypeVar("Value")

approx: Any = pytest.approx  # stands for a number within a whole that is compared


def some(value: Value | None) -> Value:
    """Return the value, which must be there."""
    assert value is not None
    return value

"""Escapes what templates print; the same as markupsafe, but does not wrap what is only printed in its `Markup`."""

from __future__ import annotations

from collections.abc import Callable

import markupsafe
from markupsafe import Markup

_escaped: Callable[[str], str] = markupsafe._escape_inner  # type: ignore[attr-defined]  # what its `escape` calls


def escape(value: object) -> str:
    """`value` as text that is safe in HTML. For output only: the result of plain text is not marked as safe."""
    if type(value) is str:
        return _escaped(value)
    return value if type(value) is Markup else markupsafe.escape(value)

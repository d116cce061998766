"""What compiled templates call: escapes as markupsafe does, without wrapping in `Markup` what is only printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2.runtime
import markupsafe
from markupsafe import Markup

escaped: Callable[[str], str] = markupsafe._escape_inner  # type: ignore[attr-defined]  # what its `escape` calls


def escape(value: object) -> str:
    """`value` as text that is safe in HTML. For output only: the result of plain text is not marked as safe."""
    if type(value) is str:
        return escaped(value)
    return value if type(value) is Markup else markupsafe.escape(value)


class Macro(jinja2.runtime.Macro):
    """A macro that is called straight where it is given all that it takes by place, as nearly always."""

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """The safe text it makes."""
        if kwargs or len(args) != self._func.__code__.co_argcount:
            return super().__call__(*args, **kwargs)
        return Markup(self._func(*args))  # noqa: S704  (as Jinja does: everything in it was escaped)

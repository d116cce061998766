"""Compiles templates to code that does with less: two thirds of the time to print a page were spent on what is left out.

It rests on private parts of Jinja, so all of it stands here, behind one switch (`BuildSettings.fast_templates`), and a test
holds its pages against those of Jinja as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from functools import cache
from typing import Any

import jinja2.runtime
import markupsafe
from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

escaped: Callable[[str], str] = markupsafe._escape_inner  # type: ignore[attr-defined]  # noqa: SLF001  # what `escape` calls


def escape(value: object) -> str:
    """Return `value` as text that is safe in HTML. For output only: what comes of plain text is not marked as safe."""
    if type(value) is str:
        return escaped(value)
    return value if type(value) is Markup else markupsafe.escape(value)


class Macro(jinja2.runtime.Macro):
    """A macro that is called straight where it is given all that it takes by place, as nearly always."""

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """Return the safe text it makes."""
        if kwargs or len(args) != self._func.__code__.co_argcount:
            return super().__call__(*args, **kwargs)
        return Markup(self._func(*args))  # noqa: S704  (as Jinja does: everything in it was escaped)


class _Generator(CodeGenerator):
    """Leaves out what our templates need not.

    Values are views, so `page.title` is an attribute and never a key. Most of what is printed needs no escaping. A
    block is given on as one text, where Jinja would hand every piece through all the templates above. A call is a
    call: nothing that the templates call asks for Jinja's context. And what is safe is printed as it is.
    """

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Gather a block into one text."""
        if frame.buffer is not None:  # part of a block
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802  (Jinja's)
        """Call without Jinja's context."""
        if forward_caller or node.dyn_args is not None or node.dyn_kwargs is not None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """Take an attribute as Python does."""
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("(" if _is_safe(node) else "(escaped(v) if type(v := (")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")" if _is_safe(node) else ")) is str else escape(v))")

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802
        """Leave out the filter `safe`, which is seen at output."""
        if _is_safe(node) and node.node:
            self.visit(node.node, frame)
        else:
            super().visit_Filter(node, frame)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Let the code know what it calls."""
        super().visit_Template(node, frame)
        self.writeline("from almanac.build.fast_templates import Macro, escape, escaped")


def _is_safe(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Filter) and node.name == "safe"


class _Template(Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """Return its macros. All templates have the same globals, so there is nothing to compare."""
        return super()._get_default_module()


class FastEnvironment(Environment):
    """Jinja's environment with this generator of code."""

    code_generator_class = _Generator
    template_class = _Template

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.get_template = cache(self.get_template)  # type: ignore[method-assign]  # as they are they stay

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return globals as one dict: each import of macros compares them, which is slow with Jinja's chain of two."""
        return self.globals if d is None else {**self.globals, **d}

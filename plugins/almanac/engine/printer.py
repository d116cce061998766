"""Turns a view into the bytes of a page: one Jinja environment, compiled once and kept between builds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    Template,
    nodes,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from almanac import views
from almanac.engine.plan import Plan

STYLE = "site.css"


class _Generator(CodeGenerator):
    """Compiles templates to code that does with less: two thirds of the time to print a page were spent on the four.

    Values are views, so `page.title` is an attribute and never a key. Most of what is printed needs no escaping. A
    block is given on as one text, where Jinja would hand every piece through all the templates above. A call is a
    call: nothing that the templates call asks for Jinja's context. And what is safe is printed as it is.
    """

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        if frame.buffer is not None:  # part of a block
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller or node.dyn_args is not None or node.dyn_kwargs is not None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("(" if _is_safe(node) else "(escaped(v) if type(v := (")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")" if _is_safe(node) else ")) is str else escape(v))")

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:
        if _is_safe(node) and node.node:
            self.visit(node.node, frame)
        else:
            super().visit_Filter(node, frame)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        super().visit_Template(node, frame)
        self.writeline("from almanac.engine.escape import Macro, escape, escaped")


def _is_safe(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Filter) and node.name == "safe"


class _Template(Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """Its macros. All templates have the same globals, so there is nothing to compare."""
        return super()._get_default_module()


class _Environment(Environment):
    code_generator_class = _Generator
    template_class = _Template

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.get_template = cache(self.get_template)  # type: ignore[method-assign]  # as they are they stay

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Globals as one dict: each import of macros compares them, which is slow with Jinja's chain of two."""
        return self.globals if d is None else {**self.globals, **d}


def environment(
    theme: Path, site: views.Site, settings: Mapping[str, Any], compiled: BytecodeCache | None = None
) -> Environment:
    """The theme's templates. Each is given `page`, a view, and prints what was decided there; `site` is always there.

    `part(template, …)` prints what is the same on many pages, such as navigation and footer, once for all of them;
    `sheet(name)` is the address of a further style sheet.
    """
    made = _Environment(
        loader=FileSystemLoader(theme / "templates"),
        undefined=StrictUndefined,
        bytecode_cache=compiled,
        cache_size=-1,
        auto_reload=False,
        **settings,
    )
    if made.autoescape is not True:
        raise ValueError("pelicanconf.py:1: JINJA_ENVIRONMENT: autoescape is off; write 'autoescape': True")

    @cache
    def part(template: str, **given: str) -> Markup:
        return Markup(made.get_template(template).render(given))  # noqa: S704  (our own template made it)

    @cache
    def sheet(name: str) -> str:
        return site.root + _marked(theme, name)

    made.globals |= {
        "site": site, "part": part, "sheet": sheet, "picture": views.picture, "structured": views.structured,
    }  # fmt: skip
    return made


class Printer:
    """Prints the pages of one build."""

    def __init__(self, plan: Plan) -> None:
        site = views.site(plan.site_name, plan.site_url, _style(plan), plan.complete)
        self._environment = environment(plan.theme, site, plan.jinja, _compiled(plan.state / "templates"))

    def prepare(self) -> None:
        """Compile every template now, so that no process that prints later has to."""
        for name in self._environment.list_templates(["html"]):
            self._environment.get_template(name)

    def page(self, template: str, page: object) -> bytes:
        """The page that `theme/templates/<template>.html` makes of a view."""
        return self._environment.get_template(f"{template}.html").render(page=page).encode()


def _compiled(folder: Path) -> BytecodeCache:
    """Where compiled templates are kept. Jinja looks whether a template changed; whether we compile in another way
    is told by the names."""
    folder.mkdir(parents=True, exist_ok=True)
    ours = blake2b(Path(__file__).read_bytes(), digest_size=4).hexdigest()
    return FileSystemBytecodeCache(str(folder), f"{ours}-%s.cache")


def _style(plan: Plan) -> str:
    """The address of the style sheet of every page."""
    return _marked(plan.theme, STYLE)


def _marked(theme: Path, name: str) -> str:
    """The address of a style sheet with a mark of its content, so that browsers may keep it forever."""
    try:
        data = (theme / "static" / name).read_bytes()
    except FileNotFoundError:
        data = b""
    return f"/theme/{name}?{blake2b(data, digest_size=4).hexdigest()}"


def unprintable(place: str, error: Exception) -> str:
    """Return the line about a page that cannot be made of what stands at `place`."""
    why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return f"{place}:1: cannot be shown ({why}); fix it, or restore it from its history"

"""Turns a view into the bytes of a page: one Jinja environment, compiled once and kept between builds."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template

from almanac.engine.plan import Plan
from almanac.views import base

STYLE = "site.css"


class Printer:
    """The theme's templates. Each is given `site` and `page`, and prints what was decided before."""

    def __init__(self, plan: Plan) -> None:
        compiled = plan.state / "templates"
        compiled.mkdir(parents=True, exist_ok=True)
        self._environment = Environment(  # noqa: S701  (autoescape is on in the settings, see below)
            loader=FileSystemLoader(plan.theme / "templates"),
            undefined=StrictUndefined,
            bytecode_cache=FileSystemBytecodeCache(str(compiled)),
            cache_size=-1,
            auto_reload=False,
            **plan.jinja,
        )
        if self._environment.autoescape is not True:
            raise ValueError("pelicanconf.py:1: JINJA_ENVIRONMENT: autoescape is off; write 'autoescape': True")
        self._environment.globals["site"] = base.site(plan.site_name, plan.site_url, _style(plan))
        self._templates: dict[str, Template] = {}

    def page(self, template: str, page: object, **more: Any) -> bytes:
        """The page that `theme/templates/<template>.html` makes of a view."""
        found = self._templates.get(template)
        if found is None:
            found = self._templates[template] = self._environment.get_template(f"{template}.html")
        return found.render(page=page, **more).encode()


def _style(plan: Plan) -> str:
    """The address of the style sheet with a mark of its content, so that browsers may keep it forever."""
    try:
        data = (plan.theme / "static" / STYLE).read_bytes()
    except FileNotFoundError:
        data = b""
    return f"/theme/{STYLE}?{blake2b(data, digest_size=4).hexdigest()}"

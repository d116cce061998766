"""Turns a view into the bytes of a page: one Jinja environment, compiled once and kept between builds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from almanac import files, views
from almanac.build import fast_templates
from almanac.build.settings import BuildSettings
from almanac.build.stylesheets import squeeze
from almanac.model.project import Project
from almanac.text import scripts

STYLE = "site.css"


def environment(
    theme: Path,
    site: views.Site,
    options: Mapping[str, Any],
    compiled: BytecodeCache | None = None,
    *,
    fast: bool = True,
) -> Environment:
    """Return the theme's templates. Each is given `page`, a view, and prints what was decided there; `site` is always there.

    `part(template, …)` prints what is the same on many pages, such as navigation and footer, once for all of them;
    `sheet(name)` is the address of a further style sheet.
    """
    templates = (fast_templates.FastEnvironment if fast else Environment)(
        loader=FileSystemLoader(theme / "templates"),
        undefined=StrictUndefined,
        bytecode_cache=compiled,
        cache_size=-1,
        auto_reload=False,
        **options,
    )
    if templates.autoescape is not True:
        raise ValueError("pelicanconf.py:1: JINJA_ENVIRONMENT: autoescape is off; write 'autoescape': True")

    @cache
    def part(template: str, **values: str) -> Markup:
        return Markup(templates.get_template(template).render(values))  # noqa: S704  (our own template made it)

    @cache
    def sheet_address(name: str) -> str:
        return site.root + _address(theme, name, site.project)

    templates.globals |= {
        "site": site,
        "part": part,
        "sheet": sheet_address,
        "picture": views.picture,
        "foreign": foreign,
        "imprint": views.imprint,
        "own_links": views.own_links,
        "structured": views.structured,
    }
    return templates


class Templates:
    """Prints the pages of one build."""

    def __init__(self, settings: BuildSettings) -> None:
        site = views.site(
            settings.project, settings.site_url, _address(settings.theme, STYLE, settings.project), settings.complete
        )
        compiled = _compiled(settings.state / "templates", fast=settings.fast_templates)
        self._environment = environment(settings.theme, site, settings.jinja, compiled, fast=settings.fast_templates)

    def compile(self) -> None:
        """Compile every template now, so that no worker forked later has to."""
        for name in self._environment.list_templates(["html"]):
            self._environment.get_template(name)

    def page(self, template: str, view: object) -> bytes:
        """Return the page that `theme/templates/<template>.html` makes of a view."""
        return self._environment.get_template(f"{template}.html").render(page=view).encode()


def foreign(text: str) -> Markup:
    """Return the attributes `lang` and `dir` of a text that is not English or does not run from left to right."""
    return Markup(scripts.attributes(text))  # noqa: S704  (made of our own words)


def _compiled(folder: Path, *, fast: bool) -> BytecodeCache:
    """Return where compiled templates are kept, by names that say how they were compiled: Jinja sees if one changed."""
    files.make_folder(folder)
    generator = blake2b(Path(fast_templates.__file__).read_bytes(), digest_size=4).hexdigest() if fast else "stock"
    return FileSystemBytecodeCache(str(folder), f"{generator}-%s.cache")


def sheet(theme: Path, name: str, project: Project) -> bytes:
    """Return a file of theme/static, style sheets squeezed; that of every page ends with the project's own colours."""
    try:
        data = (theme / "static" / name).read_bytes()
    except FileNotFoundError:
        return b""
    if not name.endswith(".css"):
        return data
    own = _colours(project.colours) if name == STYLE else ""
    return squeeze(data.decode() + own).encode()


def _colours(colours: Mapping[str, Mapping[str, str]]) -> str:
    """Return the rules that set colours in place of those of the sheet, by scheme."""
    return "".join(
        f"@media (prefers-color-scheme: {scheme}) {{ :root {{ "
        + "".join(f"--{name}: {colour}; " for name, colour in of_scheme.items())
        + "} }\n"
        for scheme, of_scheme in colours.items()
        if of_scheme
    )


def _address(theme: Path, name: str, project: Project) -> str:
    """Return the address of a style sheet with a mark of its content, so that browsers may keep it forever."""
    data = sheet(theme, name, project)
    return f"/theme/{name}?{blake2b(data, digest_size=4).hexdigest()}"

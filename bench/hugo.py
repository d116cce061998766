"""The same site for Hugo: our templates in its language, our views as the parameters of its pages.

So both print the same pages from the same values, and Hugo spends no time on finding them: what views compute (lengths,
neighbours, shares, charts) it is handed. Texts of posts and articles it is handed as Markdown, as we read them.
Navigation and footer are cached partials; there are no shortcodes. Of all that is no page it makes what Hugo makes by
itself: its own sitemap, and a feed in which every incident and article stands once, in brief (in our feeds and their
archives each stands twice or more). Our calendars, tables, badges and JSON it does without.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment, meta, nodes
from lxml import html as markup  # type: ignore[import-untyped]

from almanac import executors, views
from almanac.build.templates import Templates
from almanac.commands import build as build_command
from almanac.content import body
from almanac.text import markdown as text

ENVIRONMENT = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701  (only parses)
VIEWS = ".output-views"
KINDS = ["section", "taxonomy", "term", "404"]
FEED = """\
{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}
<rss version="2.0"><channel><title>{{ site.Title }}</title><link>{{ .Permalink }}</link><description/>
{{- range site.RegularPages }}{{ if in (slice "incident" "article") .Type }}
<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link><guid>{{ .Permalink }}</guid>\
<description>{{ .Params.page.head.description }}</description></item>
{{- end }}{{ end }}
</channel></rss>
"""
SHARED = "{{ $site := site.Params.almanac }}"
GIVEN = "{{ $page := .Params.page }}" + SHARED
BODIES = {"article", "page"}  # templates whose `page.html` is the text of a file that people wrote


def for_hugo(project: Path, output: Path, hugo: Path, now: str) -> None:
    """Make a Hugo site of a project: layouts of its theme, and a content file of each page in its output."""
    shared = recorded(project, now)
    config = {
        "baseURL": "https://outage-almanac.example/",
        "title": "Outage Almanac",
        "disableKinds": KINDS,
        "params": {"almanac": shared},
    }
    config["markup"] = {"goldmark": {"extensions": {"typographer": False, "linkify": False}}}
    hugo.mkdir(parents=True)
    (hugo / "hugo.json").write_text(json.dumps(config))
    layouts(project / "theme/templates", hugo / "layouts")
    for file in sorted((project / VIEWS).rglob("*.html")):
        path = file.relative_to(project / VIEWS).as_posix()
        view = json.loads(file.read_bytes())
        target = content_file(hugo, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content(view, path, output), encoding="utf-8")


def content_file(hugo: Path, path: str) -> Path:
    """Return where the content of an output stands."""
    name = "_index" if path == "index.html" else path.removesuffix("/index.html").removesuffix(".html")
    return hugo / "content" / f"{name}.md"


def content(view: dict[str, Any], path: str, output: Path) -> str:
    """Return a page as Hugo has it: its values above, its text below."""
    page = view["page"]
    matter = {
        "title": page["head"]["title"],
        "type": view["template"],
        "url": "/" + path.removesuffix("index.html"),
        "page": page,
    }
    body = page.pop("html") if view["template"] in BODIES else ""
    twin = output / path.replace("index.html", "index.md")
    if view["template"] == "incident" and twin.exists():
        matter["outputs"] = ["html", "markdown"]
        body = twin.read_text(encoding="utf-8")
    return f"{json.dumps(matter, ensure_ascii=False)}\n{body}\n"


def recorded(project: Path, now: str) -> dict[str, Any]:
    """Build the project with values in place of pages, Markdown in place of HTML; give what all pages share."""
    originals = Templates.page, text.html, body.read, executors.MANY
    shared: dict[str, Any] = {}

    def page(self: Templates, template: str, view: Any) -> bytes:
        about: Any = self._environment.globals["site"]
        shared.update(plain(about))
        more = {"structured": views.structured(about, view), "picture": views.picture(about, view.head)}
        return json.dumps({"template": template, "page": plain(view) | more}, ensure_ascii=False).encode()

    def read(markdown: str, figures: Collection[str] = ()) -> body.Body:
        return originals[2](markdown, figures)._replace(html=markdown)

    Templates.page, text.html, body.read = page, str, read  # type: ignore[method-assign, assignment]
    executors.MANY = sys.maxsize  # so that all is printed in this process
    try:
        build_command.build(project / "pelicanconf.py", now=now, output=VIEWS)
    finally:
        Templates.page, text.html, body.read, executors.MANY = originals  # type: ignore[method-assign]
    return shared


def plain(value: Any) -> Any:
    """Return views as JSON has them: names for what has names, lists for other tuples."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "_fields"):
        return {name: plain(part) for name, part in zip(value._fields, value, strict=True)}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return str(value) if isinstance(value, str) else value


def layouts(templates: Path, target: Path) -> None:
    """Write every template as Hugo's: pages below their type, the frame as baseof, macros and parts as partials."""
    parsed = {file.stem: ENVIRONMENT.parse(file.read_text(encoding="utf-8")) for file in templates.glob("*.html")}
    for stem in sorted(parsed):
        for name, go in Go(stem, parsed).files():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(go, encoding="utf-8")
    (target / "incident/single.md").write_text("{{ .RawContent }}")
    (target / "home.rss.xml").write_text(FEED)


class Go:
    """One of our templates in the language of Hugo's. It knows what our templates use, and fails on all else."""

    def __init__(self, name: str, parsed: Mapping[str, nodes.Template]) -> None:
        self.name = name
        self.parsed = parsed
        self.source = parsed[name]
        self.own = {macro.name: macro for macro in self.source.find_all(nodes.Macro)}
        self.macros = {macro: (name, node) for macro, node in self.own.items()}
        for imports in self.source.find_all(nodes.FromImport):
            assert isinstance(imports.template, nodes.Const)
            home = imports.template.value.removesuffix(".html")
            imported = {macro.name: macro for macro in parsed[home].find_all(nodes.Macro)}
            self.macros |= {str(macro): (home, imported[str(macro)]) for macro in imports.names}
        self.loops: list[tuple[str, str]] = []  # index and list of the loops around
        self.number = count()

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield names below layouts/, and what stands in them."""
        for name, macro in self.own.items():
            variables = "".join(f"{{{{ ${argument.name} := .{argument.name} }}}}" for argument in macro.args)
            yield f"partials/{self.name}-{name}.html", variables + SHARED + self.body(macro.body)
        if next(self.source.find_all(nodes.Extends), None):
            blocks = self.source.find_all(nodes.Block)
            home = "index.html" if self.name == "home" else f"{self.name}/single.html"
            yield home, "".join(f'{{{{ define "{b.name}" }}}}{GIVEN}{self.body(b.body)}{{{{ end }}}}' for b in blocks)
        elif self.name == "base":
            yield "_default/baseof.html", GIVEN + self.body(self.source.body)
        elif self.name.startswith("_"):
            variables = "".join(f"{{{{ ${name} := .{name} }}}}" for name in needed(self.parsed[self.name]))
            yield f"partials/{self.name}.html", variables + SHARED + self.body(self.source.body)

    def body(self, parts: list[nodes.Node]) -> str:
        return "".join(self.statement(part) for part in parts)

    def statement(self, node: nodes.Node) -> str:
        return str(getattr(self, f"_{type(node).__name__}")(node))

    def _Output(self, node: nodes.Output) -> str:
        text = ""
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                text += part.data
            elif text.endswith(("<", "</")):  # the name of a tag, which Go lets nobody compute
                cut = text.rindex("<")
                text = f'{text[:cut]}{{{{ printf "{text[cut:]}%s>" {self.value(part)} | safeHTML }}}}\0'
            elif text.endswith(' type="'):  # nor this attribute
                text = f'{text[:-7]} {{{{ printf "type=%q" {self.value(part)} | safeHTMLAttr }}}}\0'
            else:
                text += self.printed(part)
        return text.replace("\0>", "").replace('\0"', "")

    def printed(self, node: nodes.Expr) -> str:
        if isinstance(node, nodes.Filter):
            assert node.name == "safe"
            return self.raw(node.node)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "part":
            return self.part(node)
        return f"{{{{ {self.value(node)} }}}}"

    def raw(self, node: nodes.Expr | None) -> str:
        """Return what we print as it is: here it is still Markdown, or data for machines."""
        value = self.value(node)
        if value == "$page.html":
            return "{{ $.Content }}"
        return f"{{{{ {value} | safeJS }}}}" if value == "$known" else f"{{{{ {value} | markdownify }}}}"

    def part(self, node: nodes.Call) -> str:
        first = node.args[0]
        assert isinstance(first, nodes.Const)
        values = [self.value(keyword.value) for keyword in node.kwargs]
        about = f'(dict "here" {values[0]}) {values[0]}' if values else "$"
        return f'{{{{ partialCached "{first.value}" {about} }}}}'

    def _If(self, node: nodes.If) -> str:
        text = f"{{{{ if {self.value(node.test)} }}}}{self.body(node.body)}"
        for other in node.elif_:
            text += f"{{{{ else if {self.value(other.test)} }}}}{self.body(other.body)}"
        return text + (f"{{{{ else }}}}{self.body(node.else_)}" if node.else_ else "") + "{{ end }}"

    def _For(self, node: nodes.For) -> str:
        index, items = f"$i{next(self.number)}", self.value(node.iter)
        self.loops.append((index, items))
        if isinstance(node.target, nodes.Tuple):
            names = [name.name for name in node.target.items if isinstance(name, nodes.Name)]
            parts = "".join(f"{{{{ ${n} := index $it {at} }}}}" for at, n in enumerate(names) if n != "_")
            text = f"{{{{ range {index}, $it := {items} }}}}{parts}"
        else:
            text = f"{{{{ range {index}, {self.value(node.target)} := {items} }}}}"
        text += self.body(node.body) + "{{ end }}"
        self.loops.pop()
        return text

    def _With(self, node: nodes.With) -> str:
        pairs = zip(node.targets, node.values, strict=True)
        return "".join(f"{{{{ {self.value(t)} := {self.value(v)} }}}}" for t, v in pairs) + self.body(node.body)

    def _Block(self, node: nodes.Block) -> str:
        return f'{{{{ block "{node.name}" . }}}}{GIVEN}{self.body(node.body)}{{{{ end }}}}'

    def _Include(self, node: nodes.Include) -> str:
        assert isinstance(node.template, nodes.Const)
        about = needed(self.parsed[node.template.value.removesuffix(".html")])
        pairs = " ".join(f'"{name}" ${name}' for name in about)
        return f'{{{{ partial "{node.template.value}" (dict {pairs}) }}}}'

    def _Macro(self, _: nodes.Macro) -> str:
        return ""

    _Extends = _FromImport = _Macro

    def value(self, node: nodes.Node | None) -> str:
        """Return an expression in Hugo's language."""
        return str(getattr(self, f"_{type(node).__name__}")(node))

    def _Name(self, node: nodes.Name) -> str:
        return f"${node.name}"

    def _Const(self, node: nodes.Const) -> str:
        return json.dumps("" if node.value is None else node.value, ensure_ascii=False)

    def _Getattr(self, node: nodes.Getattr) -> str:
        if isinstance(node.node, nodes.Name) and node.node.name == "loop":
            index, items = self.loops[-1]
            loop = {"first": f"(eq {index} 0)", "index0": index, "last": f"(eq (add {index} 1) (len {items}))"}
            return loop[node.attr]
        return f"{self.value(node.node)}.{node.attr}"

    def _Getitem(self, node: nodes.Getitem) -> str:
        return f"(index {self.value(node.node)} {self.value(node.arg)})"

    def _Not(self, node: nodes.Not) -> str:
        return f"(not {self.value(node.node)})"

    def _And(self, node: nodes.And) -> str:
        return f"(and {self.value(node.left)} {self.value(node.right)})"

    def _Or(self, node: nodes.Or) -> str:
        return f"(or {self.value(node.left)} {self.value(node.right)})"

    def _Compare(self, node: nodes.Compare) -> str:
        assert [operand.op for operand in node.ops] == ["eq"]
        return f"(eq {self.value(node.expr)} {self.value(node.ops[0].expr)})"

    def _CondExpr(self, node: nodes.CondExpr) -> str:
        other = self.value(node.expr2) if node.expr2 else '""'
        return f"(cond (not (not {self.value(node.test)})) {self.value(node.expr1)} {other})"

    def _Tuple(self, node: nodes.Tuple | nodes.List) -> str:
        return f"(slice {' '.join(map(self.value, node.items))})"

    _List = _Tuple

    def _Call(self, node: nodes.Call) -> str:
        assert isinstance(node.node, nodes.Name)
        name = node.node.name
        if name in ("structured", "picture"):  # decided for each page beforehand
            return f"$page.{name}"
        home, macro = self.macros[name]
        missing = len(macro.args) - len(node.args)
        arguments = zip(macro.args, [*node.args, *(macro.defaults[-missing:] if missing else ())], strict=True)
        pairs = " ".join(f'"{argument.name}" {self.value(value)}' for argument, value in arguments)
        return f'(partial "{home}-{name}.html" (dict {pairs}))'


def needed(source: nodes.Template) -> list[str]:
    """Return the variables a part takes from where it stands."""
    return sorted(meta.find_undeclared_variables(source) - {"site"})


def visible(page: Path) -> str:
    """Return title and all text of a page that a reader sees, without blanks."""
    root = markup.parse(str(page)).getroot()
    for hidden in root.body.xpath("//script"):
        hidden.drop_tree()
    return "".join((root.xpath("string(//title)") + root.body.text_content()).split())

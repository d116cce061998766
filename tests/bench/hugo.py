"""The same site as content for Hugo: the same pages with the same visible text.

Hugo is handed finished words (lengths, ranks, labels of charts), as Markdown below our own front matter, and a layout
with cached navigation and footer. So it has less to do than we have; the comparison errs in its favour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import html as markup

BLOCKS = frozenset(re.findall(r"\w+", """
    p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd div section article header footer figure figcaption table thead tbody tr td th
    caption details summary aside blockquote nav small svg text"""))
SPECIAL = re.compile(r"[\\`*_\[\]<>&|~#!^{}]")
LEADING = re.compile(r"^(\d*)([.)+=:-])")  # what would make a line a list, a rule or a definition

CONFIG = """baseURL = "https://outage-almanac.example/"
title = "Outage Almanac"
disableKinds = ["section", "taxonomy", "term", "RSS", "sitemap", "404"]
[markup.goldmark.extensions]
typographer = false
linkify = false
"""
FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }}</title><meta name="description" content="{{ .Description }}">
<link rel="canonical" href="{{ .Permalink }}"><link rel="stylesheet" href="/theme/site.css">
<link rel="alternate" type="application/atom+xml" href="/atom.xml" title="All incidents"></head>
<body><a class="skip" href="#main">Skip to the content</a>
<header class="mast">{{ partialCached "mast.html" . }}<p class="dateline">{{ .Params.dateline }}</p></header>
<main id="main">{{ .Content }}</main>
{{ partialCached "foot.html" . }}</body></html>
"""


def for_hugo(output: Path, content: Path, hugo: Path) -> None:
    """Make a Hugo site of our built pages: a layout, cached navigation and footer, and a content file a page.

    An incident's file has our front matter; bodies are Markdown.
    """
    layouts = hugo / "layouts"
    (layouts / "_default").mkdir(parents=True)
    (layouts / "partials").mkdir()
    (hugo / "hugo.toml").write_text(CONFIG)
    home = markup.parse(str(output / "index.html")).getroot().body
    (layouts / "partials/mast.html").write_text(markup.tostring(home.find_class("top")[0], encoding="unicode"))
    feet = [markup.tostring(part, encoding="unicode") for part in home if part.tag in ("nav", "footer")]
    (layouts / "partials/foot.html").write_text("".join(feet))
    for name in ("_default/single.html", "_default/list.html", "index.html"):
        (layouts / name).write_text(FRAME)
    (layouts / "_default/single.md").write_text("{{ .RawContent }}")  # beside an incident's page stands its Markdown
    facts = {f"incidents/{file.parts[0]}/{file.stem[11:]}/index.html": content / "incidents" / file
             for file in (path.relative_to(content / "incidents") for path in content.glob("incidents/*/*/*.md"))}
    for page in sorted(output.rglob("*.html")):
        path = page.relative_to(output).as_posix()
        target = hugo / "content" / hugo_file(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(hugo_page(page, path, facts.get(path)), encoding="utf-8")


def hugo_file(path: str) -> str:
    """Where the content of an output stands."""
    if path == "index.html":
        return "_index.md"
    return f"{path.removesuffix('/index.html').removesuffix('.html')}.md"


def hugo_page(page: Path, path: str, facts: Path | None) -> str:
    """The content file of one of our pages, with the facts of the incident it is about."""
    root = markup.parse(str(page)).getroot()
    dateline = root.body.find_class("dateline")[0].text_content()
    description = root.xpath("string(//meta[@name='description']/@content)")
    lines = [f"{name}: {quoted(value)}" for name, value in (
        ("title", root.xpath("string(//title)")), ("description", description),
        ("url", "/" + path.removesuffix("index.html")), ("dateline", " ".join(dateline.split())),
    )]  # fmt: skip
    if facts:
        front = facts.read_text(encoding="utf-8").split("\n---\n")[0].removeprefix("---\n")
        lines += ["outputs: [html, markdown]", "facts:", *(f"  {line}" for line in front.splitlines())]
    body = "\n\n".join(blocks(root.get_element_by_id("main")))
    return "\n".join(["---", *lines, "---", "", body, ""])


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def blocks(node: markup.HtmlElement) -> Iterator[str]:
    """The Markdown blocks that show the text of a node in its order."""
    line = [escaped(node.text)]
    for child in node:
        if child.tag in BLOCKS:
            yield from block(line, node.tag)
            line = []
            yield from blocks(child)
        elif isinstance(child.tag, str):
            line.append(inline(child))
        line.append(escaped(child.tail))
    yield from block(line, node.tag)


def block(line: list[str], tag: str) -> Iterator[str]:
    """What was gathered, as a heading, an item or a paragraph; nothing for blanks."""
    words = LEADING.sub(r"\1\\\2", " ".join("".join(line).split()))
    if words:
        yield ("#" * int(tag[1]) + " " if re.fullmatch("h[1-6]", tag) else "- " * (tag == "li")) + words


def inline(node: markup.HtmlElement) -> str:
    """Text with its links."""
    words = escaped(node.text) + "".join(inline(child) + escaped(child.tail) for child in node)
    address = node.get("href") if node.tag == "a" else None
    return f"[{words}]({address})" if address and words.strip() and "](" not in words else words


def escaped(text: str | None) -> str:
    return SPECIAL.sub(r"\\\g<0>", text or "")


def visible(page: Path) -> str:
    """Title and all text of a page that a reader sees, without blanks."""
    root = markup.parse(str(page)).getroot()
    return "".join((root.xpath("string(//title)") + root.body.text_content()).split())

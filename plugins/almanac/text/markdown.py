"""Turns Markdown into safe HTML and plain text; `untrusted` makes Markdown of the HTML that others send.

`html` sanitizes what the archive holds as if anybody had written it: people can edit files.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from itertools import count

import cmarkgfm
import nh3

# Invisible characters that reorder, hide or break what is shown, and what XML or UTF-8 cannot carry.
_RUBBISH = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_NONCHARACTER = re.compile("&#(?:0*6553[45]|[xX]0*[fF]{3}[eEfF]);")
_LONG_REFERENCE = re.compile(r"&#([0-9]{8,});?")
DEEPEST = 12  # quotes and lists within each other
_ITEMS = rf"(?:[ \t]*(?:>|[-*+]|\d{{1,9}}[.)])(?=[ \t>]|$)){{{DEEPEST + 1},}}"
_NESTED = re.compile(rf"\n(?:{_ITEMS}|[ \t]{{60,}}[-*+>\d])")  # `\n`, which is quicker to find than `^`
_BRACKETS = re.compile(r"([\[(!<*_`~|]) *(?:\1 *){60,}")
_MOST_OPEN = 200  # elements within each other
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,20})[^<>]*>")
_UNCLOSED = frozenset({"br", "hr", "img", "input", "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "option", "meta"})
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")

SCHEMES = {"http", "https", "mailto"}
INLINE = {"b", "strong", "i", "em", "code", "a", "br", "td", "th"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {
    *("address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset", "footer"),
    *("figcaption", "figure", "form", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary"),
    *("table", "tbody", "tfoot", "thead", "tr", "ul"),
}
ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "*": set()}
_WORDS = nh3.Cleaner(tags=INLINE | BLOCKS, attributes={"*": set()}, link_rel=None)
_REL = "nofollow noopener noreferrer"
_SHOW = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote"},
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=_REL,
)

_ARTICLE = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "del", "code", "pre", "a", "ul", "ol", "li", "blockquote", "hr", "img"}
    | {"h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"},
    attributes={"a": {"href", "title"}, "img": {"src", "alt", "title"}, "th": {"align"}, "td": {"align"}, "*": set()},
    allowed_classes={"code": {"language-almanac"}},  # what a block shows of the archive is put in later
    url_schemes=SCHEMES,
    link_rel=None,  # chosen by an editor, as sources are; no link opens a window, which is what such words are for
)
# `(?<! )`: blanks are tried once, from the first of them, or a heading with many would take quadratic time.
_HEADING = re.compile(r"<h([2-6])>(.*?)(?:(?<! ) *\{#([a-z0-9-]+)\})?</h\1>", re.DOTALL)
# CommonMark percent-encodes the braces of Pelican's {filename}, {static} and such links.
_PELICAN_LINK = re.compile(r"\b(href|src)=\"%7B(\w+)%7D")

# Text that is the same as HTML, as Markdown and rendered; possessive, so that it never backtracks.
_PLAIN_TEXT = r"[^\\`*_\[\]<>&~|!\x00-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028-\u202f\u205f\u3000]*+(?<! )"
_PLAIN_LINE = rf"(?:[^\W\d_]|[(\"'“‘]|\d++(?![.)])){_PLAIN_TEXT}"
PLAIN = re.compile(rf"{_PLAIN_LINE}(?:\n\n?{_PLAIN_LINE})*+")


def clean(text: str) -> str:
    """Return text without control, bidirectional, tag and surrogate characters, with line feeds as line ends, stripped."""
    return tidy(text).strip()


@lru_cache(64)  # the texts of an incident are printed twice in a row: on its page, and on that of its replay
def html(markdown: str) -> str:
    """Return safe HTML for Markdown; raw HTML in it is dropped, as images are; headings are shown as their text."""
    if PLAIN.fullmatch(markdown):
        return "<p>" + markdown.replace("\n\n", "</p>\n<p>") + "</p>"
    return _SHOW.clean(_render_safely(cmarkgfm.markdown_to_html, clean(markdown))).strip()


def _render_safely(render: Callable[[str], str], markdown: str) -> str:
    """Return what the Markdown engine makes of a text; whatever it cannot print costs that, never the caller.

    A text that is nested too deep, or that it refuses, is shown as it was written.
    """
    if not is_nested_too_deep(markdown):
        # cmark writes U+FFFE and U+FFFF, where a reference names them, as single bytes: no UTF-8 (its utf8.c,
        # cmark_utf8proc_encode_char)
        for source in (markdown, _NONCHARACTER.sub("\ufffd", markdown)):
            with suppress(ValueError):
                return render(source)
    return f"<p>{entities.escape(markdown, quote=False)}</p>"


def is_nested_too_deep(markdown: str) -> bool:
    """Say whether quotes, lists or brackets stand so deep within each other that the engine takes quadratic time."""
    return deep_nesting(markdown) is not None


def deep_nesting(markdown: str) -> int | None:
    """Return where lists and quotes begin to be more than DEEPEST levels deep, or a long row of brackets stands."""
    matches = _NESTED.search(f"\n{markdown}"), _BRACKETS.search(markdown)
    return min((match.start() for match in matches if match), default=None)


def unescape(text: str) -> str:
    """Resolve character references. One with more digits than Unicode has becomes U+FFFD, as HTML says of it."""
    return entities.unescape(_LONG_REFERENCE.sub(_shorten, text))


def _shorten(reference: re.Match[str]) -> str:
    """Return a decimal reference without its leading zeros: `int` refuses more than 4,300 digits."""
    digits = reference[1].lstrip("0")
    return f"&#{digits or 0};" if len(digits) <= 7 else "\ufffd"


def article(markdown: str) -> str:
    """Return safe HTML for what people write: as `html`, with headings below h1, tables, images and Pelican links."""
    return sanitize_article(render_with_positions(markdown))


def render_with_positions(markdown: str) -> str:
    """Return HTML for `sanitize_article`, each block with its line in the source; raw HTML is an empty comment."""
    source = tidy(markdown)
    bare = source.lstrip()
    lines = source[: len(source) - len(bare)].count("\n")
    extensions, options = ["table", "strikethrough", "autolink"], cmarkgfm.Options.CMARK_OPT_SOURCEPOS

    def render(text: str) -> str:
        return str(cmarkgfm.markdown_to_html_with_extensions(text, options, extensions))

    return _render_safely(render, "\n" * lines + bare.rstrip())


def sanitize_article(rendered: str) -> str:
    """Return safe HTML of what `render_with_positions` gave."""
    if "%7B" in rendered:
        rendered = _PELICAN_LINK.sub(r'\1="{\2}', rendered)
    return _lay_out_tables(_add_anchors(_ARTICLE.clean(rendered).strip()))


def invisible_characters(line: str) -> list[tuple[int, str]]:
    """Return each character of a line that `clean` takes out, with its column counted from 1."""
    if line.isprintable():  # as nearly always
        return []
    return [(match.start() + 1, match[0]) for match in _RUBBISH.finditer(line)]


def _lay_out_tables(safe: str) -> str:
    """Return the safe HTML with headings of rows and columns in each table, and each in a region that scrolls.

    So no narrow window breaks its words. A table is called by the heading that it stands under, the second by a number.
    """
    number = count(1)
    heading, in_section = "", 0

    def region(part: re.Match[str]) -> str:
        nonlocal heading, in_section
        if part[1]:
            heading, in_section = re.sub(r"<[^>]*>", "", part[1]).replace('"', "&quot;"), 0
            return part[0]
        in_section += 1
        name = (
            f"Table {next(number)}" if not heading else heading if in_section == 1 else f"{heading}, table {in_section}"
        )
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{_with_headings(part[0])}</div>'

    return re.sub(r"<h[2-6][^>]*>(.*?)</h[2-6]>|<table>.*?</table>", region, safe, flags=re.DOTALL)


def _with_headings(table: str) -> str:
    """Return a table whose first row heads the columns and whose first column heads the rows, to those who listen too."""
    head, _, body = table.partition("<tbody>")
    columns = head.replace("<th", '<th scope="col"').replace('<th scope="col"ead', "<thead")
    rows = re.sub(r"(<tr>\s*)<td([^>]*)>(.*?)</td>", r'\1<th scope="row"\2>\3</th>', body, flags=re.DOTALL)
    return f"{columns}<tbody>{rows}" if body else columns


def _add_anchors(safe: str) -> str:
    """Return the safe HTML with ids at its headings, for links to sections: `## Heading {#id}`, else of its words.

    The second of a name gets -2.
    """
    met: dict[str, int] = {}

    def anchor(heading: re.Match[str]) -> str:
        level, title, own_id = heading.groups()
        words = unescape(re.sub(r"<[^>]*>", "", title)).lower().replace("’", "").replace("'", "")
        name = own_id or "-".join(re.findall("[a-z0-9]+", words)) or "section"
        met[name] = met.get(name, 0) + 1
        return f'<h{level} id="{name}{f"-{met[name]}" if met[name] > 1 else ""}">{title}</h{level}>'

    return _HEADING.sub(anchor, safe)


def plain(markdown_or_html: str) -> str:
    """Return one line of plain text. A source with `<` in it is taken as HTML, any other as Markdown."""
    source = markdown_or_html if "<" in markdown_or_html else html(markdown_or_html)
    inline = re.sub(r"</?(?:a|strong|em|b|i|code)>", "", _WORDS.clean(flat(tidy(source))))
    return " ".join(tidy(unescape(re.sub(r"<[^>]*>", " ", inline))).split())


def flat(html: str) -> str:
    """Return HTML as it is, or without tags if so many elements stay open that a parser takes quadratic time.

    It looks through all that are open at each tag (https://html.spec.whatwg.org/#has-an-element-in-scope).
    """
    still_open: Counter[str] = Counter()
    depth = 0
    for end, tag in _TAG.findall(html):
        name = tag.lower()
        if name in _UNCLOSED or (end and not still_open[name]):
            continue
        still_open[name] += -1 if end else 1
        depth += -1 if end else 1
        if depth > _MOST_OPEN:
            return _TAG.sub(" ", html)
    return html


def tidy(text: str) -> str:
    """Return text as `clean` does, with the blanks at the ends."""
    if text.replace("\n", "").isprintable():  # as nearly always; nothing that would be taken out is printable
        return text
    return _RUBBISH.sub("", _LINE_END.sub("\n", text))

"""Turns untrusted HTML into safe Markdown, and Markdown into safe HTML.

What `markdown` returns holds no `<`, begins no line with `#` and opens no fence, so it stays text in whatever file or
renderer it ends up in. `html` sanitizes again all the same, because people can edit files.
"""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache
from urllib.parse import quote

import cmarkgfm
import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

# Invisible characters that reorder, hide or break what is shown, and what XML or UTF-8 cannot carry.
_RUBBISH = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")

_SCHEMES = {"http", "https", "mailto"}
_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)
_INLINE = {"b", "strong", "i", "em", "code", "a", "br", "td", "th"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    *("address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset", "footer"),
    *("figcaption", "figure", "form", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary"),
    *("table", "tbody", "tfoot", "thead", "tr", "ul"),
}
_DEEPEST = 40  # levels of nesting that are walked; what lies deeper is taken as plain text

_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "*": set()}
_READ = nh3.Cleaner(tags=_INLINE | _BLOCKS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
_WORDS = nh3.Cleaner(tags=_INLINE | _BLOCKS, attributes={"*": set()}, link_rel=None)
_REL = "nofollow noopener noreferrer"
_SHOW = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote"},
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel=_REL,
)

_ARTICLE = nh3.Cleaner(
    tags={"p", "br", "strong", "em", "del", "code", "pre", "a", "ul", "ol", "li", "blockquote", "hr", "img"}
    | {"h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"},
    attributes={"a": {"href", "title"}, "img": {"src", "alt", "title"}, "th": {"align"}, "td": {"align"}, "*": set()},
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer",
)
_HEADING = re.compile(r"<h([2-6])>(.*?)(?: *\{#([a-z0-9-]+)\})?</h\1>", re.DOTALL)
# CommonMark percent-encodes the braces of Pelican's {filename}, {static} and such links.
_PELICAN_LINK = re.compile(r"\b(href|src)=\"%7B(\w+)%7D")

# Text that is the same as HTML, as Markdown and rendered; possessive, so that it never backtracks.
_PLAIN_TEXT = r"[^\\`*_\[\]<>&~|!\x00-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028-\u202f\u205f\u3000]*+(?<! )"
_PLAIN_LINE = rf"(?:[^\W\d_]|[(\"'“‘]|\d++(?![.)])){_PLAIN_TEXT}"
_PLAIN = re.compile(rf"{_PLAIN_LINE}(?:\n\n?{_PLAIN_LINE})*+")

# While walking, private use characters stand for what `_paragraphs` can only write once it sees the neighbours.
_STRONG, _STRONG_END, _EM, _EM_END, _BREAK, _PARAGRAPH = "\ue000\ue001\ue002\ue003\ue004\ue005"
_MARKS = re.compile("[\ue000-\ue005]")
_BLANKS = f" \t\n\xa0{_BREAK}{_PARAGRAPH}"
_BREAKS = re.compile(rf"{_BREAK}\s*{_BREAK}[\s{_BREAK}]*|\n[ \t\xa0]*\n\s*")
_EMPHASIS = re.compile("([\ue000\ue002])([^\ue000-\ue003]*)[\ue001\ue003]")
_BESIDE_EMPHASIS = frozenset(f"{_BLANKS}()[]{{}}<>.,:;!?\"'/|-")

_SPECIAL = re.compile(r"[\\`*\[]|(?<![^\W_])_|_(?![^\W_])|(?<=\S)~")
_REFERENCE = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_LINE_START = re.compile(r"[#>]|[-+](?=\s|$)|[-|:](?=[-|:\s]*$)|=+$|\d{1,9}(?=[.)](?:\s|$))")


def clean(text: str) -> str:
    """Text without control, bidirectional, tag and surrogate characters, with \\n line ends, stripped."""
    return _tidy(text).strip()


def markdown(html: str) -> str:
    """Safe Markdown for an untrusted HTML fragment or plain text: paragraphs, emphasis, code, links, lists, quotes.

    A single line end is a blank as in HTML and is kept as a soft break, an empty line starts a paragraph, headings
    become bold. Only http, https and mailto links stay links.
    """
    source = clean(_MARKS.sub("", html))
    if _PLAIN.fullmatch(source):
        return source
    safe = _READ.clean(source) if "<" in source else source
    if "<" not in safe:
        return "\n\n".join(_paragraphs(_escape(entities.unescape(safe))))
    return "\n\n".join(_blocks(BeautifulSoup(safe, "lxml"), 0))


@lru_cache(64)  # the texts of an incident are printed twice in a row: on its page, and on that of its replay
def html(markdown: str) -> str:
    """Safe HTML for Markdown; raw HTML in it is dropped, as images are; headings are shown as their text."""
    if _PLAIN.fullmatch(markdown):
        return "<p>" + markdown.replace("\n\n", "</p>\n<p>") + "</p>"
    return _SHOW.clean(cmarkgfm.markdown_to_html(clean(markdown))).strip()


def article(markdown: str) -> str:
    """Safe HTML for what people write: as `html`, with headings below h1, tables, images and Pelican's own links."""
    return published(placed(markdown))


def placed(markdown: str) -> str:
    """What `published` makes safe: HTML, each block with its line in the source; raw HTML in it is an empty comment."""
    source = _tidy(markdown)
    bare = source.lstrip()
    lines = source[: len(source) - len(bare)].count("\n")
    extensions, options = ["table", "strikethrough", "autolink"], cmarkgfm.Options.CMARK_OPT_SOURCEPOS
    shown = cmarkgfm.markdown_to_html_with_extensions("\n" * lines + bare.rstrip(), options, extensions)
    return str(shown)


def published(shown: str) -> str:
    """Safe HTML of what `placed` gave."""
    if "%7B" in shown:
        shown = _PELICAN_LINK.sub(r'\1="{\2}', shown)
    return _anchored(_ARTICLE.clean(shown).strip())


def rubbish(line: str) -> list[tuple[int, str]]:
    """Each character of a line that `clean` takes out, with its column counted from 1."""
    if line.isprintable():  # as nearly always
        return []
    return [(found.start() + 1, found[0]) for found in _RUBBISH.finditer(line)]


def _anchored(shown: str) -> str:
    """Safe HTML whose headings have ids, so that links can lead to a section: `## Heading {#id}`, else of its words.

    The second of a name gets -2.
    """
    met: dict[str, int] = {}

    def anchor(found: re.Match[str]) -> str:
        level, title, given = found.groups()
        words = entities.unescape(re.sub(r"<[^>]*>", "", title)).lower().replace("’", "").replace("'", "")
        name = given or "-".join(re.findall("[a-z0-9]+", words)) or "section"
        met[name] = met.get(name, 0) + 1
        return f'<h{level} id="{name}{f"-{met[name]}" if met[name] > 1 else ""}">{title}</h{level}>'

    return _HEADING.sub(anchor, shown)


def plain(markdown_or_html: str) -> str:
    """One line of plain text. A source with `<` in it is taken as HTML, any other as Markdown."""
    source = markdown_or_html if "<" in markdown_or_html else html(markdown_or_html)
    inline = re.sub(r"</?(?:a|strong|em|b|i|code)>", "", _WORDS.clean(_tidy(source)))
    return " ".join(_tidy(entities.unescape(re.sub(r"<[^>]*>", " ", inline))).split())


def _tidy(text: str) -> str:
    if text.replace("\n", "").isprintable():  # as nearly always; nothing that would be taken out is printable
        return text
    return _RUBBISH.sub("", _LINE_END.sub("\n", text))


def _blocks(node: Tag, depth: int) -> list[str]:
    """The finished Markdown blocks of what stands inside a node."""
    done: list[str] = []
    line: list[str] = []
    for child in node.children:
        if isinstance(child, Tag) and child.name not in _INLINE:
            done += _paragraphs("".join(line))
            line.clear()
            done += _block(child, depth + 1)
        else:
            line.append(_inline(child, depth + 1))
    return done + _paragraphs("".join(line))


def _block(tag: Tag, depth: int) -> list[str]:
    if depth > _DEEPEST:
        return _paragraphs(_escape(tag.get_text(" ")))
    if tag.name in _HEADINGS:
        return _paragraphs(_emphasis(_children(tag, depth), _STRONG, _STRONG_END))
    if tag.name == "pre":
        return _paragraphs(_BREAK.join(_code(line) for line in tag.get_text().split("\n") if line.strip()))
    if tag.name in ("ul", "ol"):
        return _list(tag, depth)
    blocks = _blocks(tag, depth)
    if tag.name == "blockquote" and blocks:
        return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(blocks).split("\n"))]
    return blocks


def _list(tag: Tag, depth: int) -> list[str]:
    """One block: an item a line, whatever else belongs to it indented below."""
    items = [re.sub(r"\n\n(?=- |1\. )", "\n", item) for child in tag.children if (item := _item(child, depth))]
    bullets = ["- " if tag.name == "ul" else f"{n}. " for n in range(1, len(items) + 1)]
    lines = (b + re.sub(r"\n(?!\n)", "\n" + " " * len(b), item) for b, item in zip(bullets, items, strict=True))
    return ["\n".join(lines)] if items else []


def _item(child: PageElement, depth: int) -> str:
    if isinstance(child, Tag) and child.name not in _INLINE:
        return "\n\n".join(_block(child, depth + 1))
    return "\n\n".join(_paragraphs(_inline(child, depth + 1)))


def _inline(node: PageElement, depth: int) -> str:
    if not isinstance(node, Tag):
        return _escape(str(node))
    if depth > _DEEPEST:
        return _escape(node.get_text(" "))
    if node.name == "br":
        return _BREAK
    if node.name == "code":
        return _code(node.get_text())
    inside = _children(node, depth)
    if node.name in ("b", "strong"):
        return _emphasis(inside, _STRONG, _STRONG_END)
    if node.name in ("i", "em"):
        return _emphasis(inside, _EM, _EM_END)
    if node.name == "a":
        return _link(str(node.get("href") or "").strip(), inside)
    return f" {inside} " if node.name in ("td", "th") else f"{_PARAGRAPH}{inside}{_PARAGRAPH}"


def _children(tag: Tag, depth: int) -> str:
    return "".join(_inline(child, depth + 1) for child in tag.children)


def _emphasis(inside: str, start: str, end: str) -> str:
    """Marks around the words, not around the blanks at their edges; emphasis within emphasis is dropped."""
    words = re.sub("[\ue000-\ue003]", "", inside)
    core = words.strip(_BLANKS)
    if not core or _PARAGRAPH in core:
        return words
    before, _, after = words.partition(core)
    return before + start + core + end + after


def _code(source: str) -> str:
    """A code span, or escaped text where a span would not be safe in every renderer."""
    words = " ".join(_tidy(_MARKS.sub("", source)).split())
    return f"`{words}`" if words and not re.search(r"[`<\\|]", words) else _escape(words)


def _link(address: str, inside: str) -> str:
    words = " ".join(re.sub(f"[{_BREAK}{_PARAGRAPH}]", " ", inside).split())
    if not _LINK.fullmatch(address) or not words or "](" in words:
        return inside
    target = _REFERENCE.sub("&amp;", quote(address, safe="!#$%&'+,/:;=?@"))
    label = re.sub(r"\]", r"\\]", words)
    return f"[{label}]({target})"


def _escape(text: str) -> str:
    """Text that Markdown takes as text wherever it stands in a line."""
    text = _SPECIAL.sub(r"\\\g<0>", _tidy(_MARKS.sub("", text)))
    return _REFERENCE.sub("&amp;", text).replace("<", "&lt;")


def _paragraphs(line: str) -> list[str]:
    """The paragraphs of inline text with marks: two breaks or an empty line part them."""
    parts = _BREAKS.sub(_PARAGRAPH, line).split(_PARAGRAPH)
    return [text for part in parts if (text := _paragraph(part.strip(_BLANKS)))]


def _paragraph(part: str) -> str:
    part = part.replace(_STRONG_END + _STRONG, "").replace(_EM_END + _EM, "")
    part = _MARKS.sub(lambda m: m[0] if m[0] == _BREAK else "", _EMPHASIS.sub(_stars, part))
    text = "\\\n".join(filter(None, map(_soft_lines, part.split(_BREAK))))
    return re.sub(r"!(?=\[)", r"\\!", text)


def _stars(match: re.Match[str]) -> str:
    """Asterisks where CommonMark's flanking rules let them work between these neighbours, else the bare words."""
    words, text = match[2], match.string
    before, after = text[: match.start()][-1:], text[match.end() : match.end() + 1]
    opens = words[0].isalnum() or not before or before in _BESIDE_EMPHASIS
    closes = words[-1].isalnum() or not after or after in _BESIDE_EMPHASIS
    if not opens or not closes or "\ue000" <= before <= "\ue003" or "\ue000" <= after <= "\ue003":
        return words
    stars = "**" if match[1] == _STRONG else "*"
    return stars + words + stars


def _soft_lines(piece: str) -> str:
    return "\n".join(_started(line) for raw in piece.split("\n") if (line := " ".join(raw.split())))


def _started(line: str) -> str:
    """A line whose start Markdown cannot take for a heading, list, quote, rule or table."""
    match = _LINE_START.match(line)
    if not match:
        return line
    at = match.end() if match[0][0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"

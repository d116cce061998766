"""Turns untrusted HTML into safe Markdown.

What `markdown` returns holds no `<`, begins no line with `#` and opens no fence, so it stays text in whatever file or
renderer it ends up in. A module of its own: BeautifulSoup takes a tenth of a second to load, and a build does without.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from almanac.text.markdown import ATTRIBUTES, BLOCKS, HEADINGS, INLINE, PLAIN, SCHEMES, clean, flat, tidy, unescape

_LINK = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)
_DEEPEST = 40  # levels of nesting that are walked; what lies deeper is taken as plain text
_READ = nh3.Cleaner(tags=INLINE | BLOCKS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)

# While walking, private use characters stand for what `_paragraphs` can only write once it sees the neighbours.
_STRONG, _STRONG_END, _EM, _EM_END, _BREAK, _PARAGRAPH = "\ue000\ue001\ue002\ue003\ue004\ue005"
_MARKS = re.compile("[\ue000-\ue005]")
_BLANKS = f" \t\n\xa0{_BREAK}{_PARAGRAPH}"
_BREAKS = re.compile(rf"{_BREAK}\s*{_BREAK}[\s{_BREAK}]*|\n[ \t\xa0]*\n\s*")
_EMPHASIS = re.compile("([\ue000\ue002])([^\ue000-\ue003]*)[\ue001\ue003]")
_BESIDE_EMPHASIS = frozenset(f"{_BLANKS}()[]{{}}<>.,:;!?\"'/|-")

_SPECIAL = re.compile(r"[\\`*\[]|(?<![^\W_])_|_(?![^\W_])|(?<=\S)~")
_REFERENCE = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
# What only becomes a reference or a fence once the pieces around a dropped tag have been joined: a `&` that is not
# ours, a `~` right before another. Code spans hold neither escapes nor backticks, so they are passed over whole.
_JOINED = re.compile(r"(\\[\\`]|`[^`\n]*`)|&(?!(?:amp|lt);)(?=#?[A-Za-z0-9]+;)|~(?=~)")
_LINE_START = re.compile(r"[#>]|[-+](?=\s|$)|[-|:](?=[-|:\s]*$)|=+$|\d{1,9}(?=[.)](?:\s|$))")


def markdown(html: str) -> str:
    """Return safe Markdown for untrusted HTML or plain text: paragraphs, emphasis, code, links, lists, quotes.

    A single line end is a blank as in HTML and is kept as a soft break, an empty line starts a paragraph, headings
    become bold. Only http, https and mailto links stay links.
    """
    source = clean(_MARKS.sub("", html))
    if PLAIN.fullmatch(source):
        return source
    safe = _READ.clean(flat(source)) if "<" in source else source
    if "<" not in safe:
        return "\n\n".join(_paragraphs(_escape(unescape(safe))))
    return "\n\n".join(_blocks(BeautifulSoup(safe, "lxml"), 0))


def _blocks(node: Tag, depth: int) -> list[str]:
    """Return the finished Markdown blocks of what stands inside a node."""
    blocks: list[str] = []
    line: list[str] = []
    for child in node.children:
        if isinstance(child, Tag) and child.name not in INLINE:
            blocks += _paragraphs("".join(line))
            line.clear()
            blocks += _block(child, depth + 1)
        else:
            line.append(_inline(child, depth + 1))
    return blocks + _paragraphs("".join(line))


def _block(tag: Tag, depth: int) -> list[str]:
    if depth > _DEEPEST:
        return _paragraphs(_escape(tag.get_text(" ")))
    if tag.name in HEADINGS:
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
    """Return one block: an item a line, whatever else belongs to it indented below."""
    items = [re.sub(r"\n\n(?=- |1\. )", "\n", item) for child in tag.children if (item := _item(child, depth))]
    bullets = ["- " if tag.name == "ul" else f"{n}. " for n in range(1, len(items) + 1)]
    lines = (b + re.sub(r"\n(?!\n)", "\n" + " " * len(b), item) for b, item in zip(bullets, items, strict=True))
    return ["\n".join(lines)] if items else []


def _item(child: PageElement, depth: int) -> str:
    if isinstance(child, Tag) and child.name not in INLINE:
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
    """Put marks around the words, not around the blanks at their edges; drop emphasis within emphasis."""
    words = re.sub("[\ue000-\ue003]", "", inside)
    core = words.strip(_BLANKS)
    if not core or _PARAGRAPH in core:
        return words
    before, _, after = words.partition(core)
    return before + start + core + end + after


def _code(source: str) -> str:
    """Return a code span, or escaped text where a span would not be safe in every renderer."""
    words = " ".join(tidy(_MARKS.sub("", source)).split())
    return f"`{words}`" if words and not re.search(r"[`<\\|]", words) else _escape(words)


def _link(address: str, inside: str) -> str:
    words = " ".join(re.sub(f"[{_BREAK}{_PARAGRAPH}]", " ", inside).split())
    if not _LINK.fullmatch(address) or not words or "](" in words:
        return inside
    target = _REFERENCE.sub("&amp;", quote(address, safe="!#$%&'+,/:;=?@"))
    label = re.sub(r"\]", r"\\]", words)
    return f"[{label}]({target})"


def _escape(text: str) -> str:
    """Return text that Markdown takes as text wherever it stands in a line."""
    text = _SPECIAL.sub(r"\\\g<0>", tidy(_MARKS.sub("", text)))
    return _REFERENCE.sub("&amp;", text).replace("<", "&lt;")


def _paragraphs(line: str) -> list[str]:
    """Return the paragraphs of inline text with marks: two breaks or an empty line part them."""
    parts = _BREAKS.sub(_PARAGRAPH, line).split(_PARAGRAPH)
    return [text for part in parts if (text := _paragraph(part.strip(_BLANKS)))]


def _paragraph(part: str) -> str:
    part = part.replace(_STRONG_END + _STRONG, "").replace(_EM_END + _EM, "")
    part = _MARKS.sub(lambda m: m[0] if m[0] == _BREAK else "", _EMPHASIS.sub(_stars, part))
    text = "\\\n".join(filter(None, map(_soft_lines, part.split(_BREAK))))
    return _JOINED.sub(_keep_apart, re.sub(r"!(?=\[)", r"\\!", text))


def _keep_apart(match: re.Match[str]) -> str:
    """Return a code span as it is, anything else so that it stays text."""
    return match[1] or ("&amp;" if match[0] == "&" else r"\~")


def _stars(match: re.Match[str]) -> str:
    """Return asterisks where CommonMark's flanking rules let them work between these neighbours, else bare words."""
    words, text = match[2], match.string
    before, after = text[: match.start()][-1:], text[match.end() : match.end() + 1]
    opens = words[0].isalnum() or not before or before in _BESIDE_EMPHASIS
    closes = words[-1].isalnum() or not after or after in _BESIDE_EMPHASIS
    if not opens or not closes or "\ue000" <= before <= "\ue003" or "\ue000" <= after <= "\ue003":
        return words
    stars = "**" if match[1] == _STRONG else "*"
    return stars + words + stars


def _soft_lines(piece: str) -> str:
    return "\n".join(_escape_start(line) for raw in piece.split("\n") if (line := " ".join(raw.split())))


def _escape_start(line: str) -> str:
    """Return a line whose start Markdown cannot take for a heading, list, quote, rule or table."""
    match = _LINE_START.match(line)
    if not match:
        return line
    at = match.end() if match[0][0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"

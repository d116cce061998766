"""Takes the Markdown of an article or page apart and finds in it what must not be published. Pure.

What is judged is what the renderer makes of the text, so that no spelling of a link or a tag gets past; the source is
only searched for the place to name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from almanac.content import blocks
from almanac.text import addresses, limits
from almanac.text.markdown import (
    DEEPEST,
    deep_nesting,
    invisible_characters,
    render_with_positions,
    sanitize_article,
    unescape,
)
from almanac.text.similar import nearest

NEAR = 2_000  # characters in which something that was rendered is looked for in the source

# What the renderer writes: tags, comments where raw HTML stood, and words. There is no other `<` in it.
_PIECE = re.compile(r'<(/?)([a-z]+[1-6]?)((?: [a-z-]+="[^"]*")*)(?: /)?>|(<(?:!--.*?-->)?)|([^<]+)', re.DOTALL)
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!(?:https?|mailto):)")
_BRACES = re.compile(r"\{[%{]")
_SCHEME = re.compile(r"(?:javascript|vbscript|data|file)\s*:|\]\(\s*\)|\[\]:", re.IGNORECASE)
_PELICAN = re.compile(r"\{(\w+)\}")
_PICTURE = re.compile(r"/images/[\w./-]+")  # whether there is one is not asked here
_NUMERAL = re.compile(r"\d(?<![\w#./-]\d)(?:[\d.,:  ]*\d)?(?:[  ]?(?:%|h\b|min\b|s\b))?(?!\w)")
# As a renderer leaves it that finds no link there.
_NO_LINK = re.compile(r"\[[^\[\]\n]{0,80}[A-Za-z]{2}[^\[\]\n]{0,80}\](?:\[|\(| \((?:/|https?:|$))")
_CHANCE = re.compile(r"\b(?:than|within|by|be|is)\s+chance\b", re.IGNORECASE)
_WORD_START, _WORD_END = r"(?<![\w#./-])", r"(?![.,:]?\d|\w)"
_STARTS, _ENDS = re.compile(_WORD_START), re.compile(_WORD_END)
_DATE = re.compile(
    r"\d{1,2}(?: to \d{1,2})?[  ](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(?:[  ]\d{4})?"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
    r"|\b\d{4}-\d\d(?:-\d\d)?(?:T[\d:]+Z)?|\b(?:19|20)\d\d\b"
)


class Spot(NamedTuple):
    """A piece of a body with its place in it, counted from 1."""

    line: int
    column: int
    what: str


class Body(NamedTuple):
    """What a body holds, each with its place: `links` and images as rendered, names of figures, numerals, problems.

    `html` is the body as safe HTML, "" for one that is given to no renderer.
    """

    html: str = ""
    links: tuple[Spot, ...] = ()
    anchors: frozenset[str] = frozenset()
    figures: tuple[Spot, ...] = ()
    numerals: tuple[Spot, ...] = ()  # written out rather than quoted from the archive
    unbound: tuple[Spot, ...] = ()  # words on chance in a paragraph that quotes no figure
    blocks: tuple[Spot, ...] = ()  # lines of blocks that show something of the archive
    wrong: tuple[Spot, ...] = ()  # `what` says what is wrong; what to write instead


def read(markdown: str, figures: Collection[str] = ()) -> Body:
    """Take a body apart. `figures` are the names it may quote as {{name}}."""
    wrong = unfit(markdown)
    if any("too " in spot.what for spot in wrong):  # such a text is not given to a renderer
        return Body(wrong=tuple(wrong))
    html_with_places = render_with_positions(markdown)
    walk = _Walk(markdown, figures)
    walk.at(html_with_places)
    wrong += walk.wrong
    html = sanitize_article(html_with_places)
    return Body(
        html=html,
        links=tuple(walk.links),
        anchors=frozenset(re.findall(r'<h[2-6] id="([^"]+)"', html)) if walk.headed else frozenset(),
        figures=tuple(walk.figures),
        blocks=tuple(walk.blocks),
        numerals=tuple(walk.numerals),
        unbound=tuple(_unbound(markdown, walk.chances, walk.figures)),
        wrong=tuple(sorted(wrong)),
    )


def _unbound(markdown: str, chances: Iterable[Spot], figures: Iterable[Spot]) -> Iterator[Spot]:
    """Yield the words on chance whose paragraph quotes no figure."""
    paragraphs = [0, *(number for number, line in enumerate(markdown.split("\n"), 1) if not line.strip())]
    quoting = {bisect_right(paragraphs, spot.line) for spot in figures}
    yield from (spot for spot in chances if bisect_right(paragraphs, spot.line) not in quoting)


def unfit(markdown: str) -> list[Spot]:
    """Return what must not be given to a renderer, in any text."""
    return [*_hidden_characters(markdown), *_too_much(markdown)]


def _hidden_characters(markdown: str) -> Iterator[Spot]:
    """Yield characters that reorder or hide what a reader sees."""
    for number, line in enumerate(markdown.split("\n"), 1):
        for column, character in invisible_characters(line):
            yield Spot(number, column, f"holds the invisible character U+{ord(character):04X}; delete it")


def _too_much(markdown: str) -> Iterator[Spot]:
    """Yield what would only slow the renderer down: too much text, or nested too deep."""
    if len(markdown) > limits.MARKDOWN:
        yield Spot(1, 1, f"has {len(markdown):,} characters, which is too much; write at most {limits.MARKDOWN:,}")
        return
    start = deep_nesting(markdown)
    if start is not None:
        line = markdown.count("\n", 0, start) + 1
        yield Spot(line, 1, f"is nested too deeply; write lists and quotes at most {DEEPEST} levels deep")


class _Walk:
    """A walk through rendered HTML that keeps the place in the source beside it."""

    def __init__(self, markdown: str, figures: Collection[str]) -> None:
        self._source = markdown
        self._starts = [0, *(match.end() for match in re.finditer("\n", markdown))]
        self._figure_names = figures
        self._cursor = 0  # everything before it in the source has been met
        self._target = 0  # the same of targets of links, which stand behind their words
        self._code = 0
        self.headed = False
        self.links: list[Spot] = []
        self.figures: list[Spot] = []
        self.numerals: list[Spot] = []
        self.chances: list[Spot] = []
        self.blocks: list[Spot] = []
        self._in_block = False
        self.wrong: list[Spot] = []

    def at(self, html: str) -> None:
        """Walk through HTML as `render_with_positions` makes it, which has one form for everything."""
        for end, tag, attributes, raw, words in _PIECE.findall(html):
            if words:
                self._words(unescape(words))
            elif raw:
                self._raw()
            elif end:
                self._code -= tag in ("code", "pre")
            else:
                self._tag(tag, {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)})

    def _tag(self, tag: str, attributes: Mapping[str, str]) -> None:
        if place := attributes.get("data-sourcepos"):
            line = int(place.partition(":")[0])  # its column is counted in bytes, so it is not used
            start = self._starts[min(line, len(self._starts)) - 1]
            self._cursor, self._target = max(self._cursor, start), max(self._target, start)
        if tag == "a":
            self._link(attributes.get("href", ""))
        elif tag == "img":
            self._image(attributes.get("src", ""), attributes.get("alt", ""))
        elif tag in ("code", "pre"):
            self._code += 1
            self._in_block = attributes.get("class") == f"language-{blocks.LANGUAGE}"
        elif tag == "h1":
            self._say(r"#|[^\n]+\n=", "is a level-1 heading; use ## or lower: the title is already the h1")
        elif tag in ("h2", "h3", "h4", "h5", "h6"):
            self.headed = True

    def _raw(self) -> None:
        at = self._say(_TAG.pattern, "is raw HTML, which is not published; use Markdown, or `<` in backticks")
        self._cursor = at + 1

    def _words(self, data: str) -> None:
        if self._in_block:
            self.blocks.append(self._spot(re.escape(data.strip()), data.strip(), data.strip()))
            self._in_block = False
        if self._code:
            return
        for whole, name in _quotations(data) if "{" in data else ():
            self._quote(whole, name)
        for link in _NO_LINK.finditer(data) if "](" in data or "] " in data or "][" in data else ():
            message = "is not a link, as it stands; write [words](address), with no blank in the address"
            self._cursor = self._say(re.escape(link[0]), message) + 1
        numerals = list(_NUMERAL.finditer(data))
        dates = [match.span() for match in _DATE.finditer(data)] if numerals else []  # in order, none within another
        for match in numerals:
            before = bisect_right(dates, (match.start(), len(data)))
            if not before or match.start() >= dates[before - 1][1]:
                pattern = rf"{_WORD_START}{re.escape(match[0])}{_WORD_END}"
                self.numerals.append(self._spot(pattern, match[0], match[0]))
        self.chances += [self._spot(re.escape(match[0]), match[0]) for match in _CHANCE.finditer(data)]

    def _quote(self, whole: str, name: str | None) -> None:
        place = self._spot(re.escape(whole), "")
        if name is not None and name.partition(".")[0] in self._figure_names:
            self.figures.append(place._replace(what=name))
            return
        if name is None:
            message = f"{whole[:40]} is not Markdown; put it in backticks"
        elif near := nearest(name.partition(".")[0], self._figure_names):
            message = f"{whole[:40]} is not a figure of this file; did you mean {{{{{near}}}}}?"
        else:
            message = f"{whole[:40]} is not a figure of this file; name it under `figures`, or put it in backticks"
        self.wrong.append(place._replace(what=message))

    def _link(self, target: str) -> None:
        if len(target) > limits.ADDRESS:  # too much to look for
            message = f"is an address of {len(target):,} characters; write at most {limits.ADDRESS:,}"
            self.wrong.append(self._spot(r"\[|<|\w+:", message))
            return
        pattern = rf"{re.escape(target)}|{re.escape(unquote(target))}" if target else _SCHEME.pattern
        words, self._cursor = self._cursor, max(self._cursor, self._target)
        place = self._spot(pattern, target, target)
        self._cursor, self._target = words, self._cursor + 1
        message = _wrong_with(target)
        if message:
            self.wrong.append(place._replace(what=message))
        else:
            self.links.append(place)

    def _image(self, source: str, alternative: str) -> None:
        place = self._spot(r"!\[", "")
        self._cursor += 1  # the next one is another
        if not alternative.strip():
            message = "is an image without alt text; say between the brackets what it shows"
            self.wrong.append(place._replace(what=message))
        if _PICTURE.fullmatch(source):
            self.links.append(place._replace(what=source))
            return
        cure = "put the file into content/images/<year>, and write ![what it shows](/images/<year>/<name>.png)"
        self.wrong.append(place._replace(what=f"is an image, {source[:60]}, that will not be published; {cure}"))

    def _say(self, pattern: str, message: str) -> int:
        place = self._spot(pattern, message)
        self.wrong.append(place)
        return self._starts[place.line - 1] + place.column - 1

    def _spot(self, pattern: str, text: str, literal: str = "") -> Spot:
        """Return where `pattern` next stands in the source; else the place of the last thing, if it is written otherwise.

        `literal` is what the pattern mostly comes to; looking for it first spares compiling a pattern of its own.
        """
        at = self._source.find(literal, self._cursor, self._cursor + NEAR) if literal else -1
        if at < 0 or not _is_whole_word(self._source, at, at + len(literal)):
            match = re.compile(pattern, re.IGNORECASE).search(self._source, self._cursor, self._cursor + NEAR)
            at = match.start() if match else self._cursor
        self._cursor = at
        line = bisect_right(self._starts, at)
        return Spot(line, at - self._starts[line - 1] + 1, text)


def _quotations(words: str) -> Iterator[tuple[str, str | None]]:
    """Yield each {{name}} and {% tag %} within a line, with the name; None for a tag, and for braces without an end.

    No character is looked at twice: a pattern with a lazy middle would look from each brace to the end of the line.
    """
    for line in words.split("\n"):
        ends = {"{{": line.rfind("}}"), "{%": line.rfind("}")}
        at = 0
        while braces := _BRACES.search(line, at):
            start, at, mark = braces.start(), braces.end(), braces[0]
            if ends[mark] >= at:
                close = "}}" if mark == "{{" else "}"
                end = line.index(close, at)
                name = line[at:end] if mark == "{{" else None
                at = end + len(close)
                yield line[start:at], name
            elif mark == "{{":
                yield mark, None


def _is_whole_word(source: str, start: int, end: int) -> bool:
    """Say whether the text between two places is no part of a longer word or number."""
    return bool(_STARTS.match(source, start) and _ENDS.match(source, end))


def _wrong_with(target: str) -> str:
    """Return why a link is not published; "" for a good one. Whether it leads somewhere is not asked here."""
    plain = unquote(target)
    if match := _PELICAN.match(plain):
        leaves_content = plain.startswith("{filename}/../") or plain.count("../") > 2
        if match[1] == "filename" and not leaves_content:
            return ""
        cure = "link to an address, or with {filename} to an article or page"
        return f"{match[0]} is not published with the site; {cure}"
    if not target:
        return "runs a script or has no target; write an address that begins with https:// or /"
    if plain.startswith(("//", "/\\", "\\")):
        return f"{plain[:60]} is an external link without https://; begin it with https://"
    if target.startswith(("/", "#", "mailto:")):
        return ""
    try:
        parts = urlsplit(target)
        disguised = addresses.is_disguised(parts)
    except ValueError:
        return f"{plain[:60]} is not a valid URL; write it in full, e.g. https://status.example.com/"
    if parts.scheme not in ("http", "https"):
        cure = "begin it with / or https://" if not parts.scheme else "link with https://"
        return f"{plain[:60]} is neither a link within the site nor to the web; {cure}"
    if disguised:
        return f"{plain[:60]} hides where it leads; write the host in a to z, 0 to 9 and hyphens, without a user"
    return ""

"""Text stays text: what providers send as HTML can never become live markup, and still reads well."""

from __future__ import annotations

import difflib
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.text import limits, untrusted
from almanac.text import markdown as text
from almanac.text.similar import nearest
from tests.support.growth import LINEAR, growth

CORPORA = Path(__file__).resolve().parents[2] / "../shared/corpora"
SHOWN = {"p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote"}

WORDS = st.text(alphabet="ab1é9 \n\t*_`#+-=~<>&;:!()[]{}|\\.\"'\xa0\u200b\u202e\ue000\ue003", max_size=12)
SIGNS = st.sampled_from(["<br>", "<br /><br />", "&lt;b&gt;", "&amp;lt;", "<hr>", "&#x3c;script&#x3e;"])
LEAF = st.one_of(WORDS, SIGNS)
TAGS = ["b", "i", "em", "strong", "code", "pre", "p", "div", "h2", "ul", "ol", "li", "blockquote", "a", "td", "script"]
LINKS = st.sampled_from(["https://a.example/b_c(d)?e=1&amp;copy;=2", "javascript:alert(1)", "/x", "MAILTO:a@b.example"])


def _wrapped(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    plain_tag = st.builds(lambda tag, body: f"<{tag}>{body}</{tag}>", st.sampled_from(TAGS), inside)
    link = st.builds(lambda url, body: f'<a href="{url}">{body}</a>', LINKS, inside)
    return st.one_of(plain_tag, link, st.builds("".join, st.lists(inside, max_size=4)))


FRAGMENTS = st.recursive(LEAF, _wrapped, max_leaves=12)


class _Live(HTMLParser):
    """Collects what is live in a page: tags, attributes, schemes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SHOWN:
            self.found.append(tag)
        for name, value in attrs:
            linked = name == "href" and (value or "").lower().startswith(("http://", "https://", "mailto:"))
            if tag != "a" or not (linked or (name, value) == ("rel", "nofollow noopener noreferrer")):
                self.found.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)


def live(html: str) -> list[str]:
    parser = _Live()
    parser.feed(html)
    parser.close()
    return parser.found


def test_sections_of_articles_can_be_linked_to() -> None:
    source = '## What *it’s* `not`\n## Again\n### Again\n## " onclick=x &amp; <b id=y>\n## 停机\n'
    source += "## How long {#length}\n## {#X}"
    assert text.article(source).split("\n") == [
        '<h2 id="what-its-not">What <em>it’s</em> <code>not</code></h2>',
        '<h2 id="again">Again</h2>',
        '<h3 id="again-2">Again</h3>',
        '<h2 id="onclick-x">" onclick=x &amp; </h2>',
        '<h2 id="section">停机</h2>',
        '<h2 id="length">How long</h2>',
        '<h2 id="x">{#X}</h2>',
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("We are investigating.", "We are investigating."),
        ("  one \r\n\r\n\r\n two\u2028three ", "one\n\ntwo\nthree"),
        ("<p>One</p>\n<p>Two<br />three</p>", "One\n\nTwo\\\nthree"),
        ("One<br><br/>Two<br>", "One\n\nTwo"),
        ("<b>Now:</b> <i> back </i>", "**Now:** *back*"),
        ("<b>Now:</b>back", "Now:back"),
        ("<b>un</b>able, <b>a</b><b>b</b>, <b>x<i>y</i></b>, <b>c</b><i>d</i>", "**un**able, **ab**, **xy**, cd"),
        ("<i>c</i><b>d</b> <em>a</em><em>b</em> <b>!</b>a a<b>!</b> (<b>!</b>) <b> </b>", "cd *ab* !a a! (**!**)"),
        ("<b>a<br>b</b> <i>c<br><br>d</i>", "**a\\\nb** c\n\nd"),
        ("<h2>Cause</h2>A disk", "**Cause**\n\nA disk"),
        ("<p><b><p>x</p></b></p><i></i>", "**x**"),
        ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>", "- a\n  - b\n- c\n\n  d"),
        ("<ol><li>a<li>2. b</ol>", "1. a\n2. 2\\. b"),
        ("<ul>stray<li></li><b>x</b></ul>", "- stray\n- **x**"),
        ("<ul><i>a<br><br>b</i></ul><ul><li>c<li><i>d<br><br>e</i></ul>", "- a\n\n  b\n\n- c\n- d\n\n  e"),
        ("<ul><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li></ul>", "- a\n  - b\n  1. c"),
        ("<blockquote><p>a</p><p>b</p></blockquote><blockquote></blockquote>c", "> a\n>\n> b\n\nc"),
        ("<pre>$ run\n\n  # now</pre>", "`$ run`\\\n`# now`"),
        ("<code>a_b*c</code> <code>x`y&lt;</code>", "`a_b*c` x\\`y&lt;"),
        ("<code> a\n b&#7; </code><code></code> <code>x|y</code> <code>\\</code>", "`a b` x|y \\\\"),
        ("<table><tr><td>api</td><td>down</td></tr><tr><td>web</td></tr></table>", "api down\n\nweb"),
        ("<table><thead><tr><th>a</th><th>b</th></tr></thead><tfoot><tr><td>c</td></tr></tfoot></table>", "a b\n\nc"),
        ("5 < 6 &amp; 7 &gt; 6, &lt;b&gt;, &amp;lt;", "5 &lt; 6 & 7 > 6, &lt;b>, &amp;lt;"),
        ("# a\n- b\n+ c\n1. d\n2) e\n> f\n---\n===\n| - |\n-5 %", None),
        ("snake_case _it_ *x* `y` ~~z~~ ~5 [a](b) ![c](d)", None),
        ("<script>alert(1)</script><style>p{}</style>ok<img src=x onerror=y>", "ok"),
        ("zero\u202ewidth\ue000\x07\ud800", "zerowidth"),
        ("ze&#xe002;ro<code>&#xe004;wi</code>&#x202e;dth&#xe003;", "zero`wi`dth"),
        ("ze&#xe002;ro", "zero"),
    ],
)
def test_html_becomes_markdown_that_shows_the_same(source: str, expected: str | None) -> None:
    if expected is not None:
        assert untrusted.markdown(source) == expected
    else:  # text full of Markdown's own signs: shown as it was typed
        shown = text.plain(text.html(untrusted.markdown(source)))
        assert shown == " ".join(source.split())
        assert live(text.html(untrusted.markdown(source))) == []


APART = [
    "address",
    "article",
    "aside",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "li",
    "main",
    "nav",
    "p",
    "section",
    "summary",
]


@pytest.mark.parametrize("tag", APART)
def test_a_block_stands_apart(tag: str) -> None:
    assert untrusted.markdown(f"a<{tag}>b</{tag}>c") == "a\n\nb\n\nc"


@pytest.mark.parametrize("tag", ["h1", "h2", "h3", "h4", "h5", "h6"])
def test_a_heading_becomes_a_bold_paragraph(tag: str) -> None:
    assert untrusted.markdown(f"a<{tag}>b <i>c</i></{tag}>d") == "a\n\n**b c**\n\nd"


@pytest.mark.parametrize(("source", "expected"), [("a<hr>b", "a\n\nb"), ("<strong>a</strong> <em>b</em>", "**a** *b*")])
def test_the_other_tags_that_are_read(source: str, expected: str) -> None:
    assert untrusted.markdown(source) == expected


def test_what_lies_too_deep_is_taken_as_plain_text() -> None:
    depths = (37, 38, 39)  # below html and body
    assert [untrusted.markdown("<div>" * n + "<b>x</b>y") for n in depths] == ["**x**y", "xy", "x y"]
    assert [untrusted.markdown("<i>" * n + "<code>x</code>y") for n in depths] == ["*`x`y*", "*xy*", "*x y*"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '<a href="https://a.example/b_(c)?d=1&amp;e=2">see [1]</a>',
            r"[see \[1\]](https://a.example/b_%28c%29?d=1&e=2)",
        ),
        ('Wow!<a href="mailto:help@a.example">us</a>', r"Wow\![us](mailto:help@a.example)"),
        ('<a href="https://a.example/&amp;copy;">x</a>', "[x](https://a.example/&amp;copy;)"),
        ('<b><a href="http://a.example">x</a></b>', "**[x](http://a.example)**"),
        ('<a href="javascript:a">x</a><a href="/y">y</a><a href="//z">z</a><a href="https://a.example"> </a>', "xyz"),
    ],
)
def test_only_http_https_and_mailto_links_stay_links(source: str, expected: str) -> None:
    assert untrusted.markdown(source) == expected


def test_rendered_markdown_is_cleaned_again() -> None:
    source = '![x](https://a.example/i.png "t") <b onclick=x>b</b> [l](javascript:a) [m](https://a.example "t")\n\n> q'
    rel = 'rel="nofollow noopener noreferrer"'
    assert text.html(source) == (
        f'<p> b <a {rel}>l</a> <a href="https://a.example" {rel}>m</a></p>\n<blockquote>\n<p>q</p>\n</blockquote>'
    )


def test_each_table_scrolls_by_itself_under_a_name_of_its_own() -> None:
    names = re.findall(
        '<div class="scroll" tabindex="0" role="region" aria-label="([^"]*)"><table>',
        text.article("|a|\n|-|\n|b|\n\nx\n\n|c|\n|-|\n|d|"),
    )
    assert names == ["Table 1", "Table 2"]


def test_a_table_is_called_by_the_heading_it_stands_under_and_the_second_by_its_number_too() -> None:
    table = "|a|\n|-|\n|b|\n\n"
    names = re.findall(
        'aria-label="([^"]*)"', text.article(f'## Lengths & "counts"\n\n{table}x\n\n{table}## Next\n\n{table}')
    )
    assert names == ["Lengths &amp; &quot;counts&quot;", "Lengths &amp; &quot;counts&quot;, table 2", "Next"]


def test_articles_have_tables_images_and_pelicans_links_but_no_scripts() -> None:
    source = "## B\n![i]({static}/i.png)\n[l]({filename}b.md) [s](javascript:a) <script>x</script>\n\n|a|\n|-|\n|b|"
    links = '<a href="{filename}b.md">l</a> <a href="">s</a>'
    table = (
        '<thead>\n<tr>\n<th scope="col">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<th scope="row">b</th>\n</tr>\n</tbody>'
    )
    region = REGION.replace("Table 1", "B")
    assert text.article(source) == (
        f'<h2 id="b">B</h2>\n<p><img src="{{static}}/i.png" alt="i">\n{links} x</p>\n{region}<table>\n{table}\n</table></div>'
    )


WRITTEN = """\
# One
## Two
### Three
#### Four
##### Five
###### Six

*em* **strong** ~~del~~ `code` [link](https://a.example/ "Title") <b>raw</b> https://b.example
break\\
[mail](mailto:a@a.example) [ftp](ftp://a.example/) [here](/x) ![alt](/images/i.png "Title")

- item

1. first

> quote

---

```
pre
```

| left | right |
|:-----|------:|
| a    | b     |
"""
LISTS = """\
<ul>
<li>item</li>
</ul>
<ol>
<li>first</li>
</ol>
<blockquote>
<p>quote</p>
</blockquote>
"""
REGION = '<div class="scroll" tabindex="0" role="region" aria-label="Table 1">'


def test_an_article_shows_all_of_markdown() -> None:
    assert (
        text.article(WRITTEN)
        == f"""\
One
<h2 id="two">Two</h2>
<h3 id="three">Three</h3>
<h4 id="four">Four</h4>
<h5 id="five">Five</h5>
<h6 id="six">Six</h6>
<p><em>em</em> <strong>strong</strong> <del>del</del> <code>code</code> \
<a href="https://a.example/" title="Title">link</a> raw <a href="https://b.example">https://b.example</a>
break<br>
<a href="mailto:a@a.example">mail</a> <a>ftp</a> <a href="/x">here</a> \
<img src="/images/i.png" alt="alt" title="Title"></p>
{LISTS}<hr>
<pre><code>pre
</code></pre>
{REGION.replace("Table 1", "Six")}<table>
<thead>
<tr>
<th scope="col" align="left">left</th>
<th scope="col" align="right">right</th>
</tr>
</thead>
<tbody>
<tr>
<th scope="row" align="left">a</th>
<td align="right">b</td>
</tr>
</tbody>
</table></div>"""
    )


def test_the_text_of_a_provider_shows_less() -> None:
    assert (
        text.html(WRITTEN)
        == f"""\
One
Two
Three
Four
Five
Six
<p><em>em</em> <strong>strong</strong> ~~del~~ <code>code</code> \
<a href="https://a.example/" rel="nofollow noopener noreferrer">link</a> raw https://b.example
break<br>
<a href="mailto:a@a.example" rel="nofollow noopener noreferrer">mail</a> \
<a rel="nofollow noopener noreferrer">ftp</a> <a rel="nofollow noopener noreferrer">here</a> </p>
{LISTS}
<pre><code>pre
</code></pre>
<p>| left | right |
|:-----|------:|
| a    | b     |</p>"""
    )


def test_blocks_are_placed_in_their_source() -> None:
    assert (
        text.render_with_positions("a <b>c\n\n~~x~~ https://a.example\n\n| a |\n|---|\n")
        == """\
<p data-sourcepos="1:1-1:6">a <!-- raw HTML omitted -->c</p>
<p data-sourcepos="3:1-3:23"><del>x</del> <a href="https://a.example">https://a.example</a></p>
<table data-sourcepos="5:1-6:5">
<thead>
<tr data-sourcepos="5:1-5:5">
<th data-sourcepos="5:2-5:4">a</th>
</tr>
</thead>
</table>
"""
    )


def test_rubbish_is_named_with_its_column() -> None:
    assert text.invisible_characters("a\u202eb\x07") == [(2, "\u202e"), (4, "\x07")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a<i>b</i>c<em>d</em>e<strong>f</strong>g<a href=x>h</a>i<code>j</code>k<br>l<p>m", "abcdefghijk l m"),
        ("A *big*\n\noutage \\& more", "A big outage & more"),
        ("<p>One</p><p>t<b>w</b>o &amp; <script>x</script>three</p>", "One two & three"),
        ("[API] is 5 &lt; 6", "[API] is 5 < 6"),
        ("", ""),
    ],
)
def test_plain_is_one_line_without_markup(source: str, expected: str) -> None:
    assert text.plain(source) == expected


@pytest.mark.slow
@given(FRAGMENTS)
@settings(max_examples=300, deadline=None)
def test_nothing_untrusted_is_live_after_rendering(source: str) -> None:
    markdown = untrusted.markdown(source)
    assert "<" not in markdown
    assert not any(line.startswith(("#", "```", "~~~")) for line in markdown.split("\n"))
    assert markdown == text.clean(markdown)
    assert live(text.html(markdown)) == []
    # Any other renderer, with raw HTML let through, finds nothing to revive either.
    assert live(cmarkgfm.markdown_to_html(markdown, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE)) == []


@pytest.mark.slow
@given(FRAGMENTS)
@settings(max_examples=300, deadline=None)
def test_converting_what_was_rendered_changes_no_word(source: str) -> None:
    once = untrusted.markdown(source)
    twice = untrusted.markdown(text.html(once))
    assert text.plain(twice) == text.plain(once)
    assert untrusted.markdown(text.html(twice)) == twice


@given(st.text(alphabet="aé1. -\n(\"'?,9)", max_size=30))
@settings(max_examples=300, deadline=None)
def test_the_short_way_for_plain_text_equals_the_long_way(source: str) -> None:
    markdown = untrusted.markdown(source)
    long_way = text._SHOW.clean(cmarkgfm.markdown_to_html(markdown)).strip()
    assert text.html(markdown) == long_way


def test_all_that_is_printable_is_left_alone() -> None:
    everything = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert text.invisible_characters(everything) == []
    assert text.clean(f"{everything}\u202e\n") == everything.strip()


@given(st.text(max_size=40))
def test_cleaned_text_can_be_stored_and_stays_as_it_is(source: str) -> None:
    cleaned = text.clean(source)
    assert cleaned == text.clean(cleaned) == cleaned.strip()
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert not set(cleaned) & set("\r\x00\x1b\x7f\u2028\u202e\ufeff\ud800")


NESTED = ["<b>", "<div>", "<ul><li>", "<pre>", "<blockquote>", "<b>x</i>", "~<b></b>"]
NESTED += ["[", "![", "&lt;", "*a_ ", "> ", "- "]


@pytest.mark.slow
@pytest.mark.parametrize("piece", NESTED)
def test_work_grows_with_the_text_however_deep_it_is_nested(piece: str) -> None:
    html = text.html.__wrapped__

    def read(size: int) -> None:
        source = piece * size + "x"
        assert live(html(untrusted.markdown(source)) + html(source)) == []
        text.plain(source)

    assert growth(read, 60_000 // len(piece)) < LINEAR


@pytest.mark.parametrize("reference", ["&#65535;", "&#65534;", "&#xFFFF;", "&#xfffe;", "&#x0FFFE;", "&#0065535;"])
def test_a_reference_that_the_engine_cannot_print_costs_that_character(reference: str) -> None:
    assert text.html(f"a *{reference}* b") == "<p>a <em>\ufffd</em> b</p>"
    assert text.plain(f"a {reference} b") == "a \ufffd b"
    assert "<h2" in text.article(f"## A {reference}\n\n![{reference}](/images/2026/a.png '{reference}')")
    assert text.article(f"`{reference}`") == f"<p><code>{reference.replace('&', '&amp;')}</code></p>"


@pytest.mark.parametrize("reference", ["#65535;", "#xfffe;", "#60;", "nbsp;", "copy;"])
@pytest.mark.parametrize("hidden", ["<b></b>", "<!-- -->", "<span></span>", "<i><b></b></i>"])
def test_what_dropped_tags_held_apart_does_not_become_a_reference(reference: str, hidden: str) -> None:
    made = untrusted.markdown(f"<p>a &amp;{hidden}{reference} b &amp;#{hidden}65535;</p>")
    assert text.plain(made) == f"a &{reference} b &#65535;"


@pytest.mark.parametrize("hidden", ["<b></b>", "<!-- -->", "<u></u>"])
def test_what_dropped_tags_held_apart_does_not_become_a_fence(hidden: str) -> None:
    made = untrusted.markdown(f"<p>~{hidden}~{hidden}~ words</p><p>a ~{hidden}~ b ~~</p>")
    assert cmarkgfm.github_flavored_markdown_to_html(made) == "<p>~~~ words</p>\n<p>a ~~ b ~~</p>\n"


def test_a_reference_of_thousands_of_digits_is_no_character() -> None:
    digits = "1" * 5000
    assert untrusted.markdown(f"a &#{digits}; b") == "a \ufffd b"
    assert untrusted.markdown(f"a &#{'0' * 5000}65; b") == "a A b"
    assert text.plain(f"<b>a</b> &amp;#{digits};") == f"a &#{digits};"


def test_code_keeps_what_looks_like_a_reference_or_a_fence() -> None:
    assert untrusted.markdown("<code>&amp;nbsp; ~~</code> &amp;amp;") == "`&nbsp; ~~` &amp;amp;"


def test_a_text_is_cut_between_words_and_an_id_stays_unique() -> None:
    assert limits.cut("one two three", 9) == "one two…"
    assert limits.cut("x" * 400, 300) == "x" * 299 + "…"
    assert limits.cut_markdown("a\n\nb\n\nccc", 8) == "a\n\n…"
    assert limits.cut_markdown("wo " * 9 + "\\`" * 9, 31) == "wo wo wo wo wo wo wo wo wo\n\n…"
    assert limits.cut_id("x" * 500) == "x" * 500
    cut = {limits.cut_id("x" * 600), limits.cut_id("x" * 601)}
    assert [len(cut), *map(len, cut)] == [2, 500, 500]


@pytest.mark.shared
@pytest.mark.skipif(not CORPORA.is_dir(), reason="no ../shared/corpora")
def test_no_public_vector_is_live() -> None:
    vectors = [
        json.loads(line)["in"]
        for name in ("html5lib-tree", "ammonia", "nh3", "bleach", "html5lib-sanitizer", "blns", "commonmark-spec")
        for line in (CORPORA / name / "vectors.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(vectors) > 3_000
    assert [v for v in vectors if live(text.html(untrusted.markdown(v))) or live(text.html(v))] == []


def test_what_was_probably_meant_is_the_known_name_most_like_it() -> None:
    known = ["anthropic", "openai", "openrouter", *(f"incident-{number}" for number in range(500))]
    assert [nearest(name, known) for name in ("anthropc", "opnai", "incident-4999", "zzz", "", "openai" * 99)] == [
        "anthropic",
        "openai",
        "incident-499",
        "",
        "",
        "",
    ]


def test_few_of_many_known_names_are_compared_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    compare = difflib.get_close_matches

    def counted(name: str, known: list[str], most: int) -> list[str]:
        compared.append(len(known))
        return compare(name, known, most)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    assert nearest("pages/998.md", [f"pages/{number}.md" for number in range(1000)]) == "pages/998.md"
    assert compared == [20]

"""Hostile pieces of text that feeds and files are made of: characters, markup, Markdown, dates, addresses, YAML."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from html import escape
from typing import NamedTuple

Make = Callable[[int], str]


class Piece(NamedTuple):
    """A hostile text. `make` gives it in about the size asked for, in characters, if it `grows`."""

    name: str
    make: Make
    grows: bool = False
    closed: bool = True  # what stands behind it in HTML or Markdown must still be shown


class Stamp(NamedTuple):
    """A date as a feed may print it, and the moment it means; None if it means none."""

    text: str
    means: datetime | None


def fixed(texts: Iterable[str], name: str, *, closed: bool = True) -> list[Piece]:
    """Pieces that are as long as they are."""
    return [Piece(f"{name} {text[:24]!r}", partial(_same, text), closed=closed) for text in texts]


def _same(text: str, _: int) -> str:
    return text


def _rows(unit: str, size: int) -> str:
    return unit * max(1, size // len(unit))


def repeated(units: Iterable[str], name: str, *, closed: bool = True) -> list[Piece]:
    """Pieces of one unit after the other."""
    return [Piece(f"{name} {unit[:24]!r}…", partial(_rows, unit), True, closed) for unit in units]


NONCHARACTERS = fixed((
    "&#65535;", "&#65534;", "&#xFFFF;", "&#xfffe;", "&#X00FFFE;", "&#0065535;", "&#65535", "&amp;#65535;",
    "&<b></b>#65535;", "&<!-- -->#xFFFE;", "&#<i></i>65534;", "&amp;<b></b>#65535;", "&#65535<b></b>;",
    "&amp;amp;#xFFFF;", "&#x1FFFF;", "&#x10FFFE;", "&#xFDD0;", "\\&#65535;", "`&#65535;`",
    "[&#65535;](https://a.example/)",
    "&#38;#65535;", "&#x26;#xFFFE;", "&AMP;#65534;", "&amp<b></b>;#65535;",
), "noncharacter")  # fmt: skip
SURROGATES = fixed((
    "&#xD800;", "&#55357;&#56832;", "&#xDFFF;", "&<b></b>#xD800;", "&amp;#xDBFF;&#xDC00;", "&#0;", "&#x0;",
    "&#1;", "&#x1F;", "&#127;", "&#x80;", "&#x9f;", "&#1114112;", "&#x110000;", "&#99999999999999999999;", "&#x;",
    "&#;",
    f"&#{'9' * 4400};", f"&#x{'f' * 4400};", "&<b></b>#0;", "&#8238;", "&<b></b>#8238;", "&#x2028;", "&#xE000;",
), "reference")  # fmt: skip
CHARACTERS = fixed((
    "\u202egnorw", "\u2066x", "\u200b\u200b", "\ufeff", "\u2028", "\u2029", "\x85", "\xa0", "\xad", "\ufffd",
    "\ue000bold\ue001", "\ue004", "\ue005", "\ue002\ue003", "\U000e0041", "\U0001f1e9\U0001f1ea",
    "\ufdd0", "\U0001ffff", "\U0010fffe",
    "\u0000", "\u0008", "\u001b[31m", "\uffff", "\ufffe", "\x7f", "\r", "\t", "K", "ſ", "İ", "ﬁ", "ß", "٣", "²",
), "character")  # fmt: skip
MARKUP = fixed((
    "<b>", "</p>", "</div></div>", "<p><p>", "<br><br><br>", "<hr>", "<b><i>x</b></i>", "<ul><li><ol><li>",
    "<code>`</code>",
    "<pre>\n~~~\n</pre>", "<a href='javascript:ran()'>x</a>", "<a href='https://a.example/\"onmouseover=ran()'>x</a>",
    "<a href='https://a.example/)'>]</a>", "<a href=' https://a.example/&#65535;'>x</a>", "<img src=x onerror=ran()>",
    "<a href='https://a.example/]('>](x)</a>",
    "<noscript><p title='</noscript>'>",
    "<h1>x</h1>", "<td>x", "<blockquote><pre>x", "<small>Mar 2, 10:00 UTC</small>", "<strong>Resolved</strong> - ",
    "<var data-var='date'>99</var>", "<p><small>Feb 30, 25:61 UTC</small><br><strong>Resolved</strong> - x</p>",
    "<b>Status: Resolved</b>", "<strong>Type:</strong> Incident", "&lt;script&gt;ran()&lt;/script&gt;", "&nbsp;",
    "&lol;",
    "&notanentity", "&amp;amp;amp;", "&Tab;", "&NewLine;", "&NewLine;&NewLine;# x", "&lbrace;&lbrace;",
    "&lsqb;x&rsqb;(y)",
    "<x:y z='1'>", "<?x?>", "<![CDATA[x]]>", "]]>",
), "markup")  # fmt: skip
UNCLOSED = fixed((
    "<!--", "<!-- --!>", "<script>", "<style>", "<svg onload=ran()>", "<math><mi//xlink:href='x'>", "<title>",
    "<textarea>", "<a href='", "<", '<p title="', "<template>",
    "<select>", "<plaintext>", "<noembed>", "<iframe>", "<xmp>", "<svg><style>", "<frameset>", "<math><annotation-xml>",
), "unclosed", closed=False)  # fmt: skip
MARKDOWN = fixed((
    "# x", "\n# x", "\n## x {#y}", "\n---\n", "\n===\n", "x\n===", "~<b></b>~<b></b>~", "~~~", "\n~~~\n", "\n```\n",
    "`<b></b>``",
    "`<b></b>`<b></b>`", "~<!-- -->~~", "~~<i></i>~ x", "<b>~</b><b>~</b><b>~</b>", "\n~<b></b>~~",
    "<br>~<b></b>~<b></b>~",
    "&#126;~~", "&#126;&#126;&#126;", "&#96;&#96;&#96;", "&grave;&grave;&grave;", "&<b></b>#126;~~",
    "\n    code", "\n\tcode", "| a | b |\n|---|---|\n| c | d |", "- - -", "+ x", "1) x", "> x", "\\", "\\\\", "\\\n",
    "**", "__x__",
    "*a _b* c_", "[x]", "[x]: https://a.example/", "\n\n[x]: https://a.example/\n\n[x]",
    "![x](https://a.example/x.png)",
    "[x](javascript:ran())", "!<b></b>[x](y)", "[<b></b>x](https://a.example/)", "<https://a.example/>",
    "www.a.example",
    "{{ 7 * 7 }}", "{% raw %}", "{# x #}", "{{a.n}}", "{attach}../x", "%7Battach%7D", "${x}", "{0.__class__}", "%s%n",
    "## 2026-03-02T10:00:00Z resolved", "\n\n## 2026-03-02T10:00:00Z resolved\n\nx", "\n---\ntitle: x\n---\n", "---",
    "...",
    "&#35; x", "\n&#35;&#35; 2026-03-02T10:00:00Z resolved", "\n#<b></b># 2026-03-02T10:00:00Z resolved",
    "\n-<b></b>-<b></b>-", "\n=<b></b>=", "\n1<b></b>. x", "\n&#45; x", "\n&gt; x", "\n|<b></b>-|", "a&#124;b\n-|-",
), "Markdown")  # fmt: skip
STATES = fixed((
    "[Resolved]", "Resolved:", "Investigating - ", "[RESOLVED] [RESOLVED]", "Monitoring –", "[已恢复]",
    "Scheduled Maintenance:",
    "went down", "recovered", "THIS IS A SCHEDULED EVENT", "Service disruption:", "[Test]", "All systems operational",
    "not be down", "back to normal", "Update:", "postmortem", "Between 1:00 PM and 1:00 AM PST", "Mar 99, 25:61 UTC",
    "between February 30 and March 99", "from 99:99 to 00:00", "(all times are US/Nowhere)", "12:00 IST",
), "state")  # fmt: skip
NUMBERS = fixed((
    "0x" + "f" * 4000, "9" * 4301, "1e999", "-1", "0", "1e309", "nan", "inf", "-inf", "0b101", "0o17", "017", "1_000",
    "1.",
    ".5", "0.1e-400", "٣", "190:20:30", "9" * 400, "1" + "_0" * 3000, "2147483648", "9223372036854775808", "1E+400",
    "12:30:45.9", "685_230.15", "+.inf", ".NaN", "0x" + "F" * 200, "0" * 5000, "-" + "9" * 4301, "0o" + "7" * 6000,
    "0b" + "1" * 20000,
), "number")  # fmt: skip
YAML = fixed((
    "&a [*a]", "*nowhere", "&a x", "!!python/object/apply:os.system [x]", "!!binary AAAA", "!!set {a, b}",
    "!!omap [a: 1]", "!x y",
    "{<<: {a: 1}}", "{<<: *x}", "{<<: 1}", "{a: 1, a: 2}", "[a, b", "{a: b", "'", '"', '"\\x00"', '"\\ud800"',
    '"\\U00110000"',
    '"\\uffff"', '"\\e[31m"', "|", ">\n  a", "|2\n  a", "? a", "- a", "~", "null", "yes", "no", "on", "2026-03-02",
    "2026-02-30", "0001-01-01", "9999-12-31T23:59:59-14:00", "2026-03-02T25:00:00Z", "2026-03-02 10:00:00 +99:99",
    "2026-3-2",
    "2001-12-14t21:59:43.10-05:00", "@x", "`x`", "%x", "# x", "x: y: z", "[[[[]]]]", "{}", "[]", "''",
    "[1, two, {a: b}]", "!!str 1",
    "!!int x", "!!float 1", "!!null x", "!!timestamp x", "!!timestamp '2026-13-01'", "!!bool maybe", "!!map [a]",
    "!!seq {a: b}",
    "!!int '0x'", "!!int ''", "!!float ''", "!!int '0b'", "!!float '.'", "!!int '1:'", "=", "<<", "{? [a]: b}",
    "{[a]: b}", "{{a: 1}: b}",
    "{1: a, true: b, null: c, 1.5: d}", "&a {b: &a x, c: *a}", "&a\n  - *a", "!<tag:yaml.org,2002:str> x", "!<!> x",
    "! x", "!!",
    "2026-03-02T10:00:00.999999999Z", "2026-03-02T10:00:60Z", "2026-03-02T10:00:00+24:00", "2026-03-02T10:00:00-00:00",
), "YAML")  # fmt: skip
GROWING = repeated((
    "[", "![", "](", "[a](", "[a]: /b\n", "`", "``a` ", "{{", "{{a}}", "{%", "{{ a ", "}}", "*a **b ", "_", "_a ",
    "**", "~", "~~~\n", "> ", ">",
    "- ", "1. ", "|", "|-|\n", "\\", "#", "=\n", "a\n=\n", "---\n", "&", "&amp;", "&#x41;", "&#65535;", "&#", "\n",
    " ", "\t", "\xa0", "\r\n",
    "a", "a ", "a,", "a.", ". ", "e\u0301", "\u0301", "😀", "\u202e", "\u200b", "ﷺ", "\ue000", "\ue004",
    "\ue000a\ue001", "0", "1 ", "9:", "(", ")", "()",
    "'", '"', ":", ",", "/", "../", "%", "-", "--", "http://", "http://a.example/ ", "https://a.example/?a=1&b=2 ",
    "www.a.", "a@b.c ", "a@",
    "Resolved: ", "[Resolved] ", "not be down ", "went down ", "Between 1:00 PM and 1:00 AM ", "Mar 2, 10:00 UTC ",
    "2026-03-02 ", "Affected ",
    "{#", "## a {#b}\n", "!", "!\\", "a\\\n", "<", ">a", "\n\n", "\n\n- a", "\n> ", " \n", "  \n", "\n\t", "x*", "*x",
    "$", "^", "…", "’",
    "teh ", "occured ", "A", "aA", "a_b", "1.", "\n1. a", "{", "}", "{a}", "{{a.n}} ", "[x][y] ", "[^1]", "~~a~~ ",
    "`a`", "<a@b.c>",
), "many")  # fmt: skip
GROWING_MARKUP = repeated((
    "<b></b>", "<!-- -->", "<br>", "<p>x</p>", "<a href='https://a.example/'>x</a>", "<b>x</b>", "<i>x</i><b>y</b>",
    "<code>x</code>", "<li>x",
    "<td>x</td>", "<hr>", "<p><small>Mar 2, 10:00 UTC</small><br><strong>Update</strong> - x</p>", "~<b></b>",
    "&<b></b>", "<small>x</small>",
    "<h3>x</h3>", "<pre>x</pre>", "<span>x</span>", "<x>", "</b>", "<strong>Type:</strong> x",
    "<b>Affected components</b>", "<p>", "<div></div>",
), "many")  # fmt: skip
DEEP = repeated((
    "<div>", "<b>", "<i><b>", "<blockquote>", "<ul><li>", "<table><tr><td>", "<a href='https://a.example/'>",
    "<font>", "<!--", "<![CDATA[",
    "<p title='", "<ol><li><b>", "<svg>", "<math>", "<nobr>", "<select>", "<dl><dt>", "<form>", "<h1>", "<p><b>",
    "<a><table>",
), "deep", closed=False)  # fmt: skip
ADDRESSES = (
    "javascript:ran()", "data:text/html,x", "//a.example/", "https://а.example/", "https://аnthropic.example/",
    "https://status.аnthropic.example/x", "https://xn--80ak6aa92e.example/",
    "https://a.example@evil.example/", "https://a.example:99999/", "https://a.example:x/", "https://[::1/",
    "https://[::1]/", "https://[v1.x]/", "http://", "https:///x",
    "https://a..example/", "https://.example/", "https://a.example./", "https://a_b.example/", "https://-a.example/",
    "https://a.example\\@evil.example/",
    "https://a.example/%00", "https://a.example/\u202ex", "https://a.example/?q=<b>", "https://a.example/'\"",
    "https://a.example/ x", "HTTPS://A.EXAMPLE/",
    "https://a.example/#x", "https://a.example/#slow answers", "https://a.example/)", "https://a.example/](x",
    "https://a.example/{{x}}", "https://a.example/%zz",
    "https://ａ.example/", "https://a。example/", "https://ß.example/", "https://☃.example/", "https://a.example/é",
    "file:///etc/passwd", "mailto:a@b.example",
    "https://a.example/&#65535;", "https://a.example/\uffff", "https://0x7f.1/", "https://2130706433/",
    "https://localhost/", "https://a.example/" + "a/" * 2000,
    "https://" + "a." * 300 + "example/", "https://" + "a" * 64 + ".example/", "https://\xad.example/",
    "https://a\u200b.example/", "https://a.example:/", "https://a.example:٣/",
    "https://[fe80::1%25eth0]/", "https://a.example?x", "https://a.example/a\tb", "https://[::ffff:127.0.0.1]/",
    "https://ﬁ.example/", "https://xn--/", "https://xn--a.example/",
)  # fmt: skip
LINKS = [
    link for address in ADDRESSES
    for link in (*fixed((f"[x]({address})", f"<{address}>", f"![x]({address})", f"\n\n[x]: {address}\n\n[x]"), "link"),
                 *fixed((f"<a href='{escape(address)}'>x</a>",), "HTML link"))
]  # fmt: skip
SIGNS = (  # what means something only as a whole
    "~~~",
    "~~~~",
    "```",
    "````",
    "`x`",
    "# x",
    "---",
    "===",
    "***",
    "> x",
    "- x",
    "1. x",
    "|-|",
    "**x**",
    "__x__",
    "~~x~~",
    "&#65535;",
    "&#xFFFE;",
    "&amp;",
    "&#0;",
    "&lt;b&gt;",
    "&lt;!--",
    "![x](y)",
    "[x](https://a.example/)",
    "[x]: https://a.example/",
    "{{ x }}",
    "{% x %}",
    "https://a.example/",
    "a@b.example",
    "\\*",
    "\n\n# x",
    "\n~~~\n",
    "=\n",
    "## 2026-03-02T10:00:00Z resolved",
)
SHORT = (*NONCHARACTERS, *SURROGATES, *CHARACTERS, *MARKUP, *MARKDOWN, *STATES, *NUMBERS)
WITHOUT_HTML = (
    *NONCHARACTERS,
    *SURROGATES,
    *CHARACTERS,
    *MARKDOWN,
    *STATES,
    *NUMBERS,
    *GROWING,
    *(link for link in LINKS if "HTML" not in link.name),
)
BODIES = (*SHORT, *LINKS, *UNCLOSED, *GROWING, *GROWING_MARKUP, *DEEP)
GLUE = ("", "", " ", " ", "<b></b>", "<!-- -->", "\n", "</p><p>", "<br>", "\n\n", "&amp;", "\\", ":", " - ")

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = datetime(2026, 3, 2, tzinfo=UTC)
STAMPS = (
    *(Stamp(text, AT) for text in (
        "Mon, 02 Mar 2026 10:00:00 GMT", "Mon, 02 Mar 26 10:00:00 GMT", "2 Mar 26 10:00 UT", "02 Mar 2026 10:00 Z",
        "mon, 02 mar 2026 10:00:00 gmt",
        "Mon,02 Mar 2026 10:00:00 GMT", "Mon, 2 Mar 2026 10:00:00 +0000", "Mon, 02 Mar 2026 05:00:00 EST",
        "Mon, 02 Mar 2026 02:00:00 pst",
        "Mon, 02 March 2026 10:00:00 GMT", "Monday, 02 Mar 2026 10:00:00 GMT", "Mon, 02 Mar 2026 10:00:00 -0000",
        "Mon, 02 Mar 2026 10:00:00 GMT+0000 (UTC)", "Mon, 02 Mar 2026 12:00:00 +02:00",
        "  Mon, 02 Mar 2026 10:00:00 GMT\n",
        "Mon, 02  Mar  2026  10:00:00  GMT", "Mon Mar  2 10:00:00 2026", "Mon Mar 02 2026 10:00:00 GMT+0000",
        "Tue, 02 Mar 2026 10:00:00 GMT",
        "2026-03-02T10:00:00Z", "2026-03-02t10:00:00z", "2026-03-02 10:00:00Z", "2026-03-02T10:00:00.123456789Z",
        "2026-03-02T10:00Z", "20260302T100000Z",
        "2026-03-02T10:00:00+00:00", "2026-03-02T12:00:00+0200", "2026-03-02T10:00:00 UTC",
        "2026-03-02 10:00:00 +0000", "2026-W10-1T10:00:00Z",
        "2026-03-02T10:00:00", "2026-03-02 10:00:00", "2026/03/02 10:00:00", "2026/3/2 10:00:00",
        "2026-061T10:00:00Z",
        "03/02/2026 10:00:00", "Mon, 02 Mar 2026 10:00:00 (GMT)", "March 2, 2026 10:00 UTC", "2026-03-02T10:00:00,5Z",
        "Mon, 02 Mar 2026 10.00.00 GMT",
    )),
    *(Stamp(text, DAY) for text in ("2026-03-02", "02 Mar 2026", "Mon, 02 Mar 2026", "02 Mar 26", "20260302",
    "2026-03-02Z", "2026-W10-1")),
    *(Stamp(text, None) for text in (
        "Mon, 30 Feb 2026 10:00:00 GMT", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-14:00", "+inf", "nan", "-1", "1e309", "1772445600", "1772445600000",
        "the day before yesterday", "Mon, 02 Mar 99999 10:00:00 GMT",
        "2026-13-02T10:00:00Z", "Mon, 02 Mar 2026 25:61:00 GMT", "Mon, 02 Mar 2026 10:00:00 XYZ",
        "Mon, 02 Xyz 2026 10:00:00 GMT", "-0001-03-02T10:00:00Z",
        "+12026-03-02T10:00:00Z", "2026-03-02T10:00:00+99:99", "Mon, 02 Mar 2026 10:00:00 +9999",
        "٢٠٢٦-٠٣-٠٢T١٠:٠٠:٠٠Z", "2026-03-02T24:00:00Z", "0", "Z",
        "Mon, 02 Mar 00 10:00:00 GMT", "Mon, 02 Mar 99 10:00:00 GMT", "2026", "2026-03", "10:00", "Mon", "yesterday",
        "now", "P1D", "2026-03-02/2026-03-03",
        "Mon, 02 Mar 2026 10:00:00 ../../etc/passwd", "Mon, 02 Mar 2026 10:00:00 America/Nowhere",
        "Mon, 02 Mar 2026 10:00:00 Factory", "2026-02-29T10:00:00Z",
        "Mon, 02 Mar 2026 10:00:00 " + "A" * 5000, "2026-03-02T10:00:00." + "9" * 5000 + "Z", "9" * 5000,
        "2026-03-02T10:00:00+00:00:00.0000001",
    )),
)  # fmt: skip
LEAP = Stamp("2026-03-02T09:59:60Z", AT - timedelta(seconds=1))
WILD = (
    LEAP,
    *(
        Stamp(f"{AT.astimezone(timezone(timedelta(hours=hours))):%Y-%m-%dT%H:%M:%S%z}", AT)
        for hours in (-23, -12, 14, 23)
    ),
)

ZONES = (
    "localtime", "Factory", "posixrules", "UTC", "utc", "GMT+25", "Etc/GMT+14", "America/New_York",
    "america/new_york", "../../etc/passwd", "/etc/localtime",
    "posix/UTC", "right/UTC", "CET", "EST5EDT", "Antarctica/Troll", "", "Z", "+02:00", "tzdata.zi", "zone.tab",
    "leapseconds", "US", "America", "a" * 5000, "\x00",
    "Asia/Kathmandu", "Africa/Casablanca", "SystemV/PST8", "Australia/Lord_Howe", "Pacific/Apia", "__pycache__",
    "UTC\n", "Zulu",
)  # fmt: skip
IDS = (
    "../../etc/passwd", "..", ".", "/", "a/b", "//", "a" * 5000, "ä", "A", "a", "À", "A\u0300", "\u202e", " ", "con",
    "index.html", "first", "anthropic/first",
    "https://a.example/#api", "https://a.example/x#slow", "https://a.example/#aaa111",
    "https://a.example/incident/1#x", "tag:a.example,2026:1", "urn:flashduty:change:1",
    "https://a.example/incidents/01KHRP7P1JF885BYA8SDWBDBR1",
    "https://a.example/incidents/7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "https://a.example/incidents/a1b2c3d4e5f6",
    "https://status.aws.amazon.com/#s_1", "https://status.aws.amazon.com/#s_99999999999999999999",
    "arn:aws:health:us-east-1::event/A/B/C", "tag:status.cloud.google.com,2026:feed:x.u1",
    "https://a.example/incidents/", "https://a.example/incidents/..", "https://a.example/incidents/%2e%2e", "INC0",
    "INC99999999", "-", "--", "0", "null", "%00", "a\nb", "a b",
    "{{x}}", "a:b", "a#b", "?", "\uffff", "&#65535;", "🄰", "ı", "K", "a.", ".a", "~", "a/../b", "x.lock", "x.tmp",
    "x.md", "2026-03-02", "*", "[x]", "- a", "!x", "&x", "'", '"',
)  # fmt: skip


def drawn(rng: random.Random, among: Sequence[Piece] = BODIES, most: int = 3) -> Piece:
    """One piece, or some glued together."""
    parts = [rng.choice(among) for _ in range(rng.choice(range(1, most + 1)))]
    glue = [rng.choice(GLUE) for _ in parts]
    grows = any(part.grows for part in parts)

    def make(size: int) -> str:
        share = size // max(1, sum(part.grows for part in parts))
        return "".join(part.make(share) + (between if number + 1 < len(parts) else "")
                       for number, (part, between) in enumerate(zip(parts, glue, strict=True)))  # fmt: skip

    name = " + ".join(part.name for part in parts)
    return Piece(name, make, grows, all(part.closed for part in parts))


def split(text: str, rng: random.Random) -> str:
    """Return a text with empty tags or comments between its characters, which vanish when it is read."""
    between = rng.choice(("<b></b>", "<!-- -->", "<i></i>", "<span></span>"))
    return between.join(text)

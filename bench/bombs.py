"""Sixty and more feeds made to burst a reader: each is read or refused in time, and the other providers are still read.

    python3 tasks.py bench bombs [--patient] [NAME …]

Each bomb is served from this machine beside two honest pages and pulled for real, with the processes that read, the
merging and the files. Prints what each took and came to; FAIL for more than 10 s or 512 MB, for an honest page that
was not read, and for an error of our own.
"""

from __future__ import annotations

import gzip
import math
import re
import resource
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from pathlib import Path

from almanac import pull
from tests.support.serving import Behaviour, Serving, bomb, page, status, watch

SECONDS, MEGABYTES = 10.0, 512
NOW = datetime(2026, 3, 3, tzinfo=UTC)
BLOCK = "<p><small>Mar  2, 10:00 UTC</small><br><strong>Resolved</strong> - It is over.</p>"
PUBLISHED = "Mon, 02 Mar 2026 10:00:00 GMT"
HONEST = ("acme", "beta")
FULL = 1_900_000  # bytes: a little less than what is refused at once
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def item(
    body: str = BLOCK,
    *,
    title: str = "Slow",
    guid: str = "https://status.acme.example/incidents/a1b2c3d4e5f6",
    date: str = PUBLISHED,
    more: str = "",
) -> str:
    """Return an RSS item of Statuspage's kind."""
    return (
        f"<item><title>{title}</title><guid>{guid}</guid><pubDate>{date}</pubDate>{more}"
        f"<description>{escape(body)}</description></item>"
    )


def rss(inside: str, *, head: str = "", attributes: str = "") -> bytes:
    """Return an RSS feed around `inside`."""
    return f'{head}<rss version="2.0"{attributes}><channel><title>News</title>{inside}</channel></rss>'.encode()


def said(body: str) -> bytes:
    """Return a feed whose one entry says `body`."""
    return rss(item(BLOCK + body))


def plain(body: str) -> bytes:
    """Return a feed of no known make whose one entry says `body`."""
    return rss(item(body, guid="tag:acme.example,2026:1"))


def doctype(inside: str, use: str) -> bytes:
    """Return a feed with an internal subset, and something that uses it."""
    return rss(item("x", more=f"<category>{use}</category>"), head=f"<!DOCTYPE rss [{inside}]>")


def incidentio(body: str) -> bytes:
    """Return an entry of incident.io's with `body` between status and end."""
    name = "https://status.acme.example/incidents/01KHRP7P1JF885BYA8SDWBDBR1"
    words = escape(f"<b>Status: Resolved</b>{body}")
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><generator>incident.io</generator><entry><title>Slow</title>'
        f"<id>{name}</id><updated>2026-03-02T10:00:00Z</updated><summary type='html'>{words}</summary>"
        "</entry></feed>"
    ).encode()


def aws(title: str, body: str) -> bytes:
    """Return an item of AWS's."""
    return rss(item(body, title=title, guid="https://status.aws.amazon.com/#bedrock-us-west-2_1772442000"))


def many(count: int, item: Callable[[int], str]) -> str:
    """Return so many of them."""
    return "".join(map(item, range(count)))


ENTITIES: dict[str, bytes] = {
    "billion laughs": doctype(f'<!ENTITY l0 "lol">{LAUGHS}', "&l9;"),
    "laughs in an attribute": rss("<item a='&l9;'/>", head=f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>'),
    "laughs in UTF-16": doctype(f'<!ENTITY l0 "lol">{LAUGHS}', "&l9;").decode().encode("utf-16"),
    "quadratic blow-up": doctype(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 50_000),
    "entity of itself": doctype('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
    "external file": doctype('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
    "external address": doctype('<!ENTITY a SYSTEM "http://169.254.169.254/latest">', "&a;"),
    "external subset": rss(item(), head='<!DOCTYPE rss SYSTEM "file:///dev/zero">'),
    "parameter entities": doctype('<!ENTITY % a "<!ENTITY b \'%c;\'>"><!ENTITY % c SYSTEM "file:///dev/zero"> %a;', ""),
    "a hundred thousand entities": doctype(many(60_000, lambda n: f'<!ENTITY e{n} "">'), "x"),
    "attribute lists": doctype(many(30_000, lambda n: f'<!ATTLIST item a{n} CDATA "{n}">'), "x"),
    "references to characters": rss(item(title="&#97;" * 300_000)),
}
NESTING: dict[str, bytes] = {
    "elements in an entry": rss("<item>" + "<a>" * 250_000 + "</a>" * 250_000 + "</item>"),
    "entries in entries": rss("<item>" * 100_000 + "</item>" * 100_000),
    "div in div": said("<div>" * 90_000),
    "quotes in quotes": said("<blockquote>" * 60_000),
    "lists in lists": said("<ul><li>" * 60_000),
    "emphasis in emphasis": said("<b><i>" * 80_000),
    "tables in tables": said("<table><tr><td>" * 40_000),
    "links in links": said('<a href="https://x.example/">' * 20_000),
    "unclosed paragraphs": said("<p>" * 150_000),
    "JSON in JSON": b'{"page":{},"incidents":' + b"[" * 900_000,
    "objects in JSON": b'{"page":' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b',"incidents":[]}',
    "XHTML in Atom": b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><content type='xhtml'>"
    + b"<div>" * 80_000
    + b"</div>" * 80_000
    + b"</content></entry></feed>",
}
MARKUP: dict[str, bytes] = {
    "comments": rss("<!---->" * 250_000 + item()),
    "comments in an entry": rss(item(more="<!--x-->" * 200_000)),
    "a comment without end": b"<rss><!-- " + b"- " * 900_000,
    "processing instructions": rss("<?x y?>" * 250_000 + item()),
    "attributes": rss(item(more="<x " + many(100_000, lambda n: f"a{n}='' ") + "/>")),
    "an attribute of two megabytes": rss(item(more=f'<x a="{"a" * FULL}"/>')),
    "namespaces": rss(item(), attributes=many(30_000, lambda n: f' xmlns:n{n}="urn:{n}"')),
    "namespaces at every level": rss(many(4_000, lambda n: f'<x xmlns:n{n}="urn:{n}">') + "</x>" * 4_000 + item()),
    "attributes in the text": said("<p " + many(100_000, lambda n: f"a{n}=x ") + ">x</p>"),
    "url(url(": said(f'<p style="background:{"url(" * 300_000}">x</p>'),
    "url(url( in a style sheet": said(f"<style>{'url(' * 300_000}</style>"),
    "CDATA upon CDATA": rss(f"<item><guid>1</guid><description>{'<![CDATA[x]]>' * 120_000}</description></item>"),
    "CDATA that does not end": rss("<item><description><![CDATA[" + "]]" * 800_000),
    "tags hidden in CDATA": rss(
        f"<item><guid>1</guid><description><![CDATA[{'</item><item>' * 120_000}]]></description></item>"
    ),
}
COUNTS: dict[str, bytes] = {
    "five thousand entries": rss(many(5_000, lambda n: item("x", guid=f"tag:{n}", date=PUBLISHED))),
    "five thousand and one": rss("<item/>" * 5_001),
    "empty entries": rss("<item/>" * 200_000),
    "categories": rss(item(more="<category>a</category>" * 70_000)),
    "links": rss(item(more="<link>https://x.example/</link>" * 50_000)),
    "posts in an entry": said(BLOCK * 15_000),
    "one guid": rss(many(5_000, lambda n: item(f"Text {n}"))),
    "entries of one incident": rss(many(5_000, lambda n: item(f"x {n}", guid="https://status.aws.amazon.com/#s_1"))),
    "prefixes": rss(many(40_000, lambda n: f"<p{n}:item xmlns:p{n}='urn:x'/>")),
    "records in JSON": b'{"page":{},"incidents":[' + b"{}," * 300_000 + b"{}]}",
}
LENGTHS: dict[str, bytes] = {
    "title": rss(item(title="a" * FULL)),
    "title of words": rss(item(title="not be down " * 150_000)),
    "guid": rss(item(guid="a" * FULL)),
    "link": rss(item(guid="https://x.example/" + "a/" * 900_000)),
    "one word": said("a" * FULL),
    "one line": said("a b " * 450_000),
    "blanks": said(" " * FULL),
    "line ends": said("\n" * FULL),
    "controls": said("\u200f\u202e" * 300_000),
    "head": rss(item(), head="<?x " + "x" * FULL + "?>"),
    "nothing but <": b"<" * FULL,
    "NULs": b"\x00" * FULL,
}
PATTERNS: dict[str, bytes] = {
    "blanks as a date": rss(item(date=" " * FULL)),
    "a date that goes on": rss(item(date="Mon, 02 Mar 2026 10:00:00 +" + "0" * FULL)),
    "blocks that begin": said("<p><small>" * 150_000),
    "blocks of variables": said("<p> <small>Mar <var data-var='date'> " * 40_000),
    "banners": said("<strong>THIS IS A SCHEDULED EVENT " * 40_000),
    "ends of paragraphs": said("</p>" * 300_000),
    "breaks before components": incidentio("<br/>" * 250_000 + "<b>Affected"),
    "components": incidentio("<b>Affected components</b><li>" + "(" * 250_000),
    "states of AWS": aws("[RESOLVED] " * 150_000, "x"),
    "between and between": aws("Service impact: x", "Between 1:00 PM and 1:00 AM " * 60_000),
    "updates of xAI": rss(item("<h3>Status: RESOLVED</h3><p>Severity: x</p>" + "<div><p><strong>" * 50_000, guid="1")),
    "brackets of Flashduty": rss(
        item(
            f"<p><strong>Status:</strong> x</p><p><strong>Affected components:</strong> {',(' * 1_900}</p>",
            guid="urn:flashduty:change:1",
        )
    ),
    "types of Instatus": said("<strong>Type:</strong> " * 60_000),
    "went down, went down": rss(item("x", title="a went down " * 100_000, guid="https://s.example/#aaa111")),
    "declaration of blanks": b"<?xml version='1.0'" + b" " * FULL + b"?><rss/>",
    "roots and roots": b"<rss " * 300_000,
}
MARKDOWN: dict[str, bytes] = {
    "brackets": plain("[" * 100_000),
    "brackets and parentheses": plain("[a](" * 100_000),
    "quotes": plain(">" * 100_000),
    "lists": plain(many(3_000, lambda n: " " * (n % 500) + "* a\n")),
    "stars": plain("*a **b " * 100_000),
    "backticks": plain(many(1_300, lambda n: "`" * n + " ")),
    "underscores": plain("_a " * 300_000),
    "images": plain("![" * 300_000),
    "escapes": plain("\\" * 600_000),
    "references": plain("&#" * 300_000 + "&amp;" * 50_000),
    "tables": plain("|-" * 300_000),
    "tildes and fences": plain("~~~`" * 200_000),
    "rules": plain("- " * 500_000),
    "autolinks": plain("<http://" * 150_000),
}


@cache
def packed() -> Mapping[str, bytes]:
    """Return what is little on the wire and much in memory, packed only on demand: that takes seconds."""
    gigabyte = bomb(1024, begin=b"<rss>", end=b"")
    return {
        "gzip of a gigabyte": gigabyte,
        "gzip in gzip": gzip.compress(gigabyte),
        "gzip of many members": gzip.compress(b"<rss>") * 60_000,
        "gzip of blanks in a feed": gzip.compress(said(" " * FULL)),
    }


def bombs() -> dict[str, Behaviour]:
    """Return all bombs by name, as a server that serves them."""
    kinds: Mapping[str, Mapping[str, bytes]] = {
        "entities": ENTITIES,
        "nesting": NESTING,
        "markup": MARKUP,
        "counts": COUNTS,
        "lengths": LENGTHS,
        "patterns": PATTERNS,
        "Markdown": MARKDOWN,
    }
    served = {f"{kind}: {name}": page(body) for kind, each in kinds.items() for name, body in each.items()}
    return served | {f"packed: {name}": status(200, body, content_encoding="gzip") for name, body in packed().items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Blast:
    """What a bomb did: seconds, peak MB of the pulling and of the reading process, and what is wrong."""

    seconds: float
    ours: float
    theirs: float
    came: str
    faults: tuple[str, ...]


def blast(behaviour: Behaviour, folder: Path) -> Blast:
    """Pull a bomb beside honest pages into a new archive."""
    for slug in (*HONEST, "bomb"):
        watch(folder, slug)
    feeds = {slug: rss(item(guid=f"https://{slug}.example/incidents/a1b2c3d4e5f6")) for slug in HONEST}
    honest = {f"{slug}.example": page(body) for slug, body in feeds.items()}
    _forget_peak()
    with Serving({**honest, "bomb.example": behaviour}) as server:
        report = pull.pull(folder, now=NOW, via=server.url)
    outcomes = {outcome.provider: outcome for outcome in report.outcomes}
    faults = [f"{slug} is not read" for slug in HONEST if len(outcomes[slug].new) != 1]
    bomb_ = outcomes["bomb"]
    came = f"{len(bomb_.new)} new, {len(bomb_.skipped)} skipped" if bomb_.feed else _why(bomb_)
    ours_to_mend = any(failure.is_ours or "reading failed" in failure.message for failure in bomb_.failures)
    faults += [f"our error: {came}"] if ours_to_mend else []
    own_peak, child_peak = _peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    faults += [f"takes {max(own_peak, child_peak):.0f} MB"] if max(own_peak, child_peak) > MEGABYTES else []
    return Blast(seconds=bomb_.elapsed, ours=own_peak, theirs=child_peak, came=came, faults=tuple(faults))


def _forget_peak() -> None:
    """Begin the high-water mark of this process' memory anew: making the bombs took some, too."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """Return the high-water mark in MB."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(match[1]) / 1024 if match else 0.0


def _why(outcome: pull.Outcome) -> str:
    return "; ".join(f"{failure.reason}: {failure.message}" for failure in outcome.failures)[:90]


def harmful(blasts: Mapping[str, Blast], seconds: float) -> list[str]:
    """Return what is not as it must be; more than so many seconds are too many."""
    slow = [f"{name}: takes {one.seconds:.1f} s" for name, one in blasts.items() if one.seconds > seconds]
    return slow + [f"{name}: {fault}" for name, one in blasts.items() for fault in one.faults]


def tried(names: Sequence[str]) -> dict[str, Blast]:
    """Try these, one after the other, and print each as it comes."""
    served, blasts = bombs(), {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            blasts[name] = blast(served[name], Path(folder))
        print(f"  {blasts[name].seconds:5.1f} s  {name:36} {blasts[name].came}", *blasts[name].faults, flush=True)
    return blasts


def main(argv: list[str]) -> int:
    """Pull all, or those whose name holds one of the words; 1 if one is not as it must be.

    With --patient none takes too long: how long one takes says something on a machine that does nothing else only.
    """
    seconds = math.inf if "--patient" in argv else SECONDS
    words = [word for word in argv if word != "--patient"]
    blasts = tried([name for name in bombs() if not words or any(word in name for word in words)])
    faults = harmful(blasts, seconds)
    print(
        f"{len(blasts)} bombs (60), slowest {max(one.seconds for one in blasts.values()):.1f} s ({seconds:g} s), "
        f"pulling process {max(one.ours for one in blasts.values()):.0f} MB, reading process "
        f"{max(one.theirs for one in blasts.values()):.0f} MB ({MEGABYTES} MB)"
    )
    for fault in faults:
        print(f"FAIL {fault}")
    print("FAIL" if faults else "PASS")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Hostile and naughty strings: some of our own, and those of the public corpora where they lie beside the project."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import feedparser

LISTS = ("ammonia", "bleach", "blns", "commonmark-spec", "html5lib-sanitizer", "html5lib-tree", "nh3")
RUN = "alert(1)"
OURS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<a href=' java\tscript:{RUN}'>x</a>",
    f"<a href=&#106;avascript:{RUN}>x</a>",
    f"[x](javascript:{RUN})",
    f"[x](JaVaScRiPt:{RUN})",
    f"[x](java&#115;cript:{RUN})",
    f"[x](java&Tab;script:{RUN})",
    f"[x](<javascript:{RUN}>)",
    f"[x][1]\n\n[1]: javascript:{RUN}",
    f"<javascript:{RUN}>",
    f"![x](javascript:{RUN})",
    f"[x](data:text/html,<script>{RUN}</script>)",
    f"[x](vbscript:{RUN})",
    f"[x](\x01javascript:{RUN})",
    f'[x](http://a"onmouseover="{RUN})',
    f'[x](https://a.example "t" onmouseover={RUN})',
    f'" onmouseover="{RUN}" x="',
    f"' onmouseover='{RUN}' x='",
    f'"><img src=x onerror={RUN}>',
    f"--><svg onload={RUN}>",
    f"]]><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"<!--><img src=x onerror={RUN}>-->",
    f"&lt;img src=x onerror={RUN}&gt;",
    f"&amp;lt;img src=x onerror={RUN}&amp;gt;",
    f"&#60;img src=x onerror={RUN}&#62;",
    f"\\<img src=x onerror={RUN}>",
    f"`<img src=x onerror={RUN}>`",
    f"    <img src=x onerror={RUN}>",
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f'<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror={RUN} src>">',
    f"<svg><style><!--</style><img src=x onerror={RUN}>-->",
    f'<xmp><p title="</xmp><img src=x onerror={RUN}>">',
    f"<iframe srcdoc='&lt;script&gt;{RUN}&lt;/script&gt;'>",
    f"<object data=javascript:{RUN}>",
    f"<embed src=javascript:{RUN}>",
    f"<base href=javascript:{RUN}//>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<body onload={RUN}>",
    f"<a href=https://a.example style=x:expression({RUN})>x</a>",
    "<link rel=stylesheet href=//a.example/x>",
    f"<a href=https://a.example/\nonclick={RUN}>x</a>",
    f"<p{{onmouseover={RUN}}}>x</p>",
    f"x {{: onmouseover={RUN} }}",
    f"# x {{onmouseover={RUN}}}",
    f"{{{{ ''.__class__ }}}}<script>{RUN}</script>",
    "{% raw %}",
    "{{ 7 * 7 }}",
    f"{{static}}/../x<script>{RUN}</script>",
    f"\u2028<script>{RUN}</script>\u2029",
    f"\ud800<script>{RUN}</script>",
    f"\ue000<img src=x onerror={RUN}>\ue001",
    f"*\ue000<img src=x onerror={RUN}>\ue002*",
    f"\u202e<img src=x onerror={RUN}>",
    f"<scr\x00ipt>{RUN}</scr\x00ipt>",
    f"<ſcript>{RUN}</ſcript>",
    f"＜script＞{RUN}＜/script＞",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f'<img src="x` `<script>{RUN}</script>"` `>',
    f'<IMG """><SCRIPT>{RUN}</SCRIPT>">',
    f"<<SCRIPT>{RUN}//<</SCRIPT>",
    f'<a href="https://a.example/?<script>{RUN}</script>">x</a>',
    f"| a |\n|---|\n| <img src=x onerror={RUN}> |",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f'https://a.example/"onmouseover="{RUN}',
    f"https://a.example/'><script>{RUN}</script>",
    "//a.example/x",
    "https://user:pass@a.example/",
    f"feed:javascript:{RUN}",
    f"blob:https://a.example/{RUN}",
    "https://a.example/\u202egpj.exe",
    "\\\\a.example\\x",
    f"view-source:javascript:{RUN}",
)


def ours() -> list[str]:
    """Return the vectors written here; they need nothing beside the project."""
    return list(OURS)


def all_of(shared: Path) -> list[str]:
    """Ours and those of the corpora, each once."""
    return list(dict.fromkeys([*OURS, *_corpora(shared / "corpora")]))


def _corpora(folder: Path) -> Iterator[str]:
    for name in LISTS:
        for line in (folder / name / "vectors.jsonl").read_text(encoding="utf-8").splitlines():
            yield str(json.loads(line)["in"])
    for path in sorted((folder / "python-markdown/files").rglob("*.txt")):
        yield path.read_text(encoding="utf-8", errors="replace")
    for kind in ("feedparser/files/**/*.xml", "reader/files/**/*.atom", "reader/files/**/*.rss"):
        yield from _told(path.read_bytes() for path in sorted(folder.glob(kind)))
    yield from _told(
        json.loads(line)["in"].strip().encode()
        for line in (folder / "miniflux-feeds/vectors.jsonl").read_text(encoding="utf-8").splitlines()
    )


def _told(feeds: Iterable[bytes]) -> Iterator[str]:
    """Titles, summaries and contents of feeds, as they stand there."""
    for feed in feeds:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = feedparser.parse(feed, sanitize_html=False, resolve_relative_uris=False)
        for entry in parsed.entries:
            texts = [dict.get(entry, "title"), dict.get(entry, "summary"), dict.get(entry, "link")]
            texts += [part.get("value") for part in dict.get(entry, "content") or ()]
            yield from (text for text in texts if isinstance(text, str) and text)

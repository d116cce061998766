"""Opens built pages and feeds in Chromium and tells what came to life in them, or could.

Pages are opened in frames, some dozens at a time. A frame is a page of its own: it has its policy, its scripts and its
place, from which nothing may take it away. Where thousands are to be looked at, what was fetched is written into one
frame after the other, which parses and runs it as well, without a policy and in a fifth of the time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.support import shots

AT_ONCE = 40
PATIENCE = 60_000  # ms for so many pages
HALL = "hall.html"  # the page with the frames; it lies beside the others while they are looked at
CANONICAL = re.compile(r'<link rel="canonical" href="https?://[^/"]+([^"]*)">')
REFRESH = re.compile(r'<meta http-equiv="refresh" content="0; url=(/[^/"][^"]*)">')
CONTENTS = frozenset({"content", "summary", "title", "name", "description"})  # what readers of feeds show

# In every frame before anything else: what a payload calls is written down, and so is what goes wrong or is refused.
SCRIPTS = ("search.js", "now.js", "compare.js", "home.js")
HOOKS = """
(() => {
  const said = top.said ||= [];
  const say = what => said.push(`${window.shown || location.pathname}: ${what}`);
  for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'evil', 'xss', 'XSS'])
    try { window[name] = () => say(`ran ${name}`) } catch (e) {}
  (window.listen = () => {
    addEventListener('error', e => say(`error ${e.message || (e.target.outerHTML || '').slice(0, 200)}`), true);
  })();
  // The event of a refusal comes when the browser has time for it, which may be when the frame is gone: reports are there.
  const refused = ({body}) => say(`refused ${body.effectiveDirective} ${body.blockedURL || 'inline'} ${body.sample || ''}`);
  const reports = new ReportingObserver(some => some.forEach(refused), {types: ['csp-violation'], buffered: true});
  reports.observe();
  window.tellRefusals = () => reports.takeRecords().forEach(refused);
})()
"""
# What a document may not hold, given as [document, address]; returns complaints.
JUDGE = r"""
(found, at) => {
  const wrong = [], say = what => wrong.push(`${at}: ${what}`);
  const leads = new Set(['href', 'src', 'action', 'formaction', 'data', 'poster', 'background', 'cite', 'ping',
    'srcset', 'xlink:href', 'longdesc', 'manifest', 'codebase', 'classid', 'dynsrc', 'lowsrc', 'icon', 'values', 'to']);
  const never = new Set(['iframe', 'object', 'embed', 'base', 'form', 'input', 'button', 'textarea', 'select', 'style',
    'math', 'foreignobject', 'template', 'frame', 'frameset', 'applet', 'audio', 'video', 'marquee', 'noscript']);
  const asks = at === '/search/' || at.startsWith('/compare/');  // forms that a script of ours makes, or serves
  for (const own of asks ? ['form', 'input', 'button', 'select'] : []) never.delete(own);
  for (const element of found.querySelectorAll('*')) {
    const name = element.localName.toLowerCase();
    const filters = at === '/' && element.matches(
      '.filter > label > input[type=radio][name=show], .mine > .picks > label > input[type=checkbox]');
    if (never.has(name) && !filters) say(`<${name}>`);
    if (name === 'script') {
      if (element.type !== 'application/ld+json') { if (!allowed.includes(element.getAttribute('src'))) say('script'); }
      else try { JSON.parse(element.text) } catch (e) { say(`broken JSON-LD: ${e.message}`) }
    }
    if (name === 'meta' && /refresh|set-cookie/i.test(element.httpEquiv)) say('meta refresh');
    for (const {name: key, value} of element.attributes) {
      if (/^on/i.test(key) || key === 'style' || key === 'srcdoc') say(`${key} on <${name}>`);
      if (!leads.has(key.toLowerCase())) continue;
      const plain = value.replace(/[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]/g, '');
      const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(plain);
      if (scheme && !/^(https?|mailto)$/i.test(scheme[1])) say(`link ${value.slice(0, 80)}`);
      if (/^[\\/]{2}|^[\\]/.test(plain)) say(`link away ${value.slice(0, 80)}`);
    }
  }
  return wrong;
}
"""
OPEN = f"""
async (paths) => {{
  const judge = {JUDGE}, wrong = [];
  await Promise.all(paths.map(path => new Promise(done => {{
    const frame = document.createElement('iframe');
    setTimeout(() => {{ if (!frame.seen) {{ wrong.push(`${{path}}: did not open`); done() }} }}, 20000);
    frame.onload = () => {{
      frame.seen = true;
      try {{
        frame.contentWindow.tellRefusals();
        const there = frame.contentWindow.location.pathname;
        if (decodeURIComponent(there) !== path) wrong.push(`${{path}}: went to ${{there}}`);
        else wrong.push(...judge(frame.contentDocument, path));
      }} catch (e) {{ wrong.push(`${{path}}: was taken away (${{e.message}})`) }}
      done();
    }};
    frame.src = path;
    document.body.append(frame);
  }})));
  document.body.replaceChildren();
  return wrong;
}}
"""
# The same without going there: a document that is written anew keeps the hooks of its window.
WRITE = f"""
async (paths) => {{
  const judge = {JUDGE}, wrong = [];
  const texts = await Promise.all(paths.map(async path => (await fetch(path)).text()));
  const frame = document.body.appendChild(document.createElement('iframe'));
  for (const [number, path] of paths.entries()) {{
    const there = frame.contentWindow, written = frame.contentDocument;
    written.open();
    there.shown = path;
    there.listen();
    written.write(texts[number]);
    written.close();
    const pause = ms => new Promise(go => setTimeout(go, ms));
    for (let wait = 0; written.readyState !== 'complete' && wait < 200; wait++) await pause(5);
    await pause(0);
    if (written.readyState !== 'complete' || frame.contentDocument !== written) wrong.push(`${{path}}: does not end`);
    else wrong.push(...judge(written, path));
  }}
  frame.remove();
  return wrong;
}}
"""
# A reader of feeds that puts what it is given into its own page.
PUT = f"""
async (texts) => {{
  const judge = {JUDGE};
  const box = document.createElement('div');
  document.body.append(box);
  box.innerHTML = texts.join('<hr>');
  await new Promise(done => setTimeout(done, 50));
  const wrong = judge(box, 'innerHTML').filter(w => !w.endsWith('<hr>'));
  box.remove();
  return wrong;
}}
"""


class Looker:
    """A browser page that looks into others. `faults` collects what it saw, `opened` counts."""

    def __init__(self, page: Any, address: str) -> None:
        self._page, self._here = page, address
        self.faults: list[str] = []
        self.opened = 0
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("popup", lambda popup: self.faults.append(f"popup: {popup.url}"))

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith(f"{self._here}/"):
            self.faults.append(f"asks {request.url[:120]} from {request.frame.url}")

    def pages(self, paths: Sequence[str]) -> None:
        """Open pages (or any other file) by their addresses on the site."""
        for start in range(0, len(paths), AT_ONCE):
            self._evaluate(OPEN, list(paths[start : start + AT_ONCE]))

    def written(self, paths: Sequence[str]) -> None:
        """Open many pages, without their policies."""
        for start in range(0, len(paths), AT_ONCE):
            self._evaluate(WRITE, list(paths[start : start + AT_ONCE]))

    def contents(self, texts: Sequence[str]) -> None:
        """Put the contents of feeds into a page."""
        for start in range(0, len(texts), AT_ONCE):
            self._evaluate(PUT, list(texts[start : start + AT_ONCE]))

    def _evaluate(self, script: str, texts: list[str]) -> None:
        if not self._page.url.endswith(HALL):
            self._page.goto(f"{self._here}/{HALL}")
        self.faults += self._page.evaluate(script, texts)
        self.faults += self._page.evaluate("() => (window.said || []).splice(0)")
        self.opened += len(texts)
        if not self._page.url.endswith(HALL):
            self.faults.append(f"something took the whole window to {self._page.url}")


def own_scripts(output: Path) -> list[str]:
    """Return the addresses at which pages may load a script of ours: as it is, and with the mark of its content."""
    scripts = [output / "theme" / name for name in SCRIPTS]
    marks = {path.name: blake2b(path.read_bytes(), digest_size=4).hexdigest() for path in scripts if path.exists()}
    return [address for name, mark in marks.items() for address in (f"/theme/{name}", f"/theme/{name}?{mark}")]


@contextmanager
def looker(output: Path, *, policy: bool) -> Iterator[Looker]:
    """Yield a browser at a built site; `policy` False takes its content security policies away, as old browsers do."""
    (output / HALL).write_text("<!doctype html><title>hall</title><link rel=icon href=data:,><body>")
    try:
        with shots.served(output) as address, shots.browser() as chromium:
            context = chromium.new_context(bypass_csp=not policy)
            context.add_init_script(f"window.allowed = top.allowed = {json.dumps(own_scripts(output))};{HOOKS}")
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            yield Looker(page, address)
    finally:
        (output / HALL).unlink()


def pages_of(output: Path) -> list[str]:
    """Return the addresses of all pages of a built site but those that only lead on, within it."""
    files = [path for path in sorted(output.rglob("*.html")) if not _leads_on(path.read_text(encoding="utf-8"))]
    paths = (path.relative_to(output).as_posix() for path in files)
    return [f"/{path.removesuffix('index.html')}" for path in paths if path != HALL]


def _leads_on(text: str) -> bool:
    """Say whether a page leads at once, from its head, to the page of this site that it names as the one it stands for."""
    head = text.partition("</head>")[0]
    return bool(targets := REFRESH.findall(head)) and targets == CANONICAL.findall(head)


def contents_of(output: Path) -> list[str]:
    """Return what all feeds of a built site carry: HTML, and titles and names, which some readers take for HTML."""
    contents = [
        item[name]
        for path in sorted(output.rglob("feed.json"))
        for item in json.loads(path.read_bytes())["items"]
        for name in ("title", "content_html")
    ]
    for path in [*sorted(output.rglob("*.xml")), *sorted(output.rglob("*.rss")), *sorted(output.rglob("*.atom"))]:
        root = ET.fromstring(path.read_bytes())  # noqa: S314  (our own file)
        contents += [element.text or "" for element in root.iter() if element.tag.rpartition("}")[2] in CONTENTS]
    return list(dict.fromkeys(contents))

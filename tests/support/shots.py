"""Takes pictures of a built site, one of each kind of page in light, dark and at 320 px, and looks for faults.

    python -m tests.support.shots OUTPUT FOLDER [PATH ...]

Besides the pictures it prints what axe finds, requests to other hosts, refusals of the content security policy, pages
wider than the window and pages heavier than the budget; the exit code is 1 if there is any.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CHROMIUM = "/usr/bin/chromium"
PATHS = (
    "/",
    "/incidents/",
    "/providers/",
    "/providers/anthropic/",
    "/leaderboard/",
    "/articles/",
    "/methodology/",
    "/about/",
    "/status/",
    "/404.html",
    "/incidents/anthropic/0ghc53zpsfmt/",
    "/incidents/2026/03/",
    "/providers/anthropic/2026/",
    "/articles/2026/claude-outage/",
)
FORMS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "320": {"viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
}
SHEET = re.compile(rb'<link rel="stylesheet" href="([^"]+)">')
AS_OF = re.compile(rb'class="as-of" datetime="([^"]+)"')
ANY_MOMENT = "2026-03-02T14:10:00Z"
BUDGET = 50 * 1024  # bytes of HTML and CSS of a page
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What can differ between the forms; the rest is the same markup and is looked at once.
RULES = {"dark": ["color-contrast"], "320": ["color-contrast", "target-size", "scrollable-region-focusable"]}


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server that does not mind a browser that no longer wants its answer."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of every other error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(folder: Path, by: type[SimpleHTTPRequestHandler] = Quiet) -> Iterator[str]:
    """Yield the address at which a folder is served while the block runs."""
    server = Server(("127.0.0.1", 0), partial(by, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


class Window:
    """A window in which pages of one site are looked at, one after the other."""

    def __init__(self, chromium: Any, here: str) -> None:
        from axe_playwright_python.sync_playwright import Axe

        self._here = here
        self._faults: list[str] = []
        self.page = chromium.new_context(reduced_motion="reduce").new_page()
        self.page.add_init_script(Axe().axe_script)
        self.page.on("console", self._listen)
        self.page.on("request", self._follow)

    def _listen(self, message: Any) -> None:
        if message.type == "error":
            self._faults.append(f"console: {message.text}")

    def _follow(self, request: Any) -> None:
        if not request.url.startswith(self._here):
            self._faults.append(f"asks {request.url}")

    def faults(self, path: str, forms: Collection[str], picture: Path | None = None) -> list[str]:
        """Open a page and return what is wrong with it in some forms; the path of a picture gets each form's name."""
        self.page.goto(self._here + path)
        return [f"{path} {form}: {fault}" for form in forms for fault in self._look(form, picture)]

    def _look(self, form: str, picture: Path | None) -> list[str]:
        self.page.set_viewport_size(FORMS[form]["viewport"])
        self.page.emulate_media(color_scheme=FORMS[form]["color_scheme"])
        if self.page.evaluate("document.scrollingElement.scrollWidth > window.innerWidth"):
            self._faults.append(f"is wider than the window: {self.page.evaluate(WIDEST)}")
        if picture:
            self.page.screenshot(path=picture.with_name(f"{picture.name}-{form}.png"), full_page=True)
        faults, self._faults = self._faults + self._axe(form), []
        return faults

    def _axe(self, form: str) -> list[str]:
        """Return what axe finds in a form, with the first place of each."""
        by_rule = form in RULES
        options = {"runOnly": {"type": "rule" if by_rule else "tag", "values": RULES[form] if by_rule else TAGS}}
        violations = self.page.evaluate(AXE, {**options, "resultTypes": ["violations"]})
        return [
            f"axe {v['id']} ({len(v['nodes'])}): {v['help']}: {v['nodes'][0]['html'][:160]}"
            f" {v['nodes'][0].get('failureSummary', '')[:220]}"
            for v in violations
        ]


WIDEST = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map(e => e.tagName + '.' + (e.getAttribute('class') || '')).join(', ')"""
AXE = "options => axe.run(options).then(({violations}) => violations)"  # all it passed is megabytes a page


@contextmanager
def browser() -> Iterator[Any]:
    """Yield a headless Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def file_of(output: Path, path: str) -> Path:
    """Return the file behind an address of the built site."""
    return output / path.lstrip("/") / ("index.html" if path.endswith("/") else "")


def loads(output: Path, path: str) -> list[bytes]:
    """Return what a reader has to load to read a page: it, and every style sheet that it links to."""
    page = file_of(output, path).read_bytes()
    sheets = (href.decode().partition("?")[0] for href in SHEET.findall(page))
    return [page, *((output / "theme" / sheet.rpartition("/")[2]).read_bytes() for sheet in sheets)]


def weight(output: Path, path: str) -> int:
    """Bytes of a page and of its style sheets."""
    return sum(map(len, loads(output, path)))


def inspect(
    output: Path, paths: list[str], folder: Path | None = None, forms: Collection[str] = tuple(FORMS)
) -> list[str]:
    """Return every fault of these pages of a built site in these forms; with a folder, put their pictures there."""
    faults = [f"{path}: weighs {weight(output, path)} bytes" for path in paths if weight(output, path) > BUDGET]
    with served(output) as here, browser() as chromium:
        window = Window(chromium, here)
        for path in paths:
            window.page.clock.set_fixed_time(moment(output, path))
            name = path.strip("/").replace("/", "-").removesuffix(".html") or "home"
            faults += window.faults(path, forms, folder / name if folder else None)
    return faults


def beyond(output: Path, path: str, part: str, width: int) -> list[str]:
    """Return what of a part of a page stands beyond the right edge of a window of some width."""
    with served(output) as here, browser() as chromium:
        page = chromium.new_context(viewport={"width": width, "height": 700}).new_page()
        page.goto(here + path)
        found: list[str] = page.evaluate(
            """([part, width]) => [...document.querySelectorAll(part + ' *')]
              .filter(e => e.getBoundingClientRect().right > width).map(e => e.outerHTML.slice(0, 80))""",
            [part, width],
        )
    return found


CONTROLS = ".mine, .pickers"  # what a script adds and only a script could serve: no part of what a page says


def lost(output: Path, paths: list[str]) -> list[str]:
    """Return the pages whose text is not the same where no script runs, read at the moment of which they speak."""
    with served(output) as here, browser() as chromium:
        said: list[list[str]] = []
        for script in (True, False):
            page = chromium.new_context(java_script_enabled=script).new_page()
            said.append([_words(page, here, path, moment(output, path) if script else None) for path in paths])
    return [
        f"{path}: says something else without a script"
        for path, one, other in zip(paths, *said, strict=True)
        if one != other
    ]


def moment(output: Path, path: str) -> str:
    """Return the moment of which a page speaks; of one that states nothing about the present any moment will do."""
    said = AS_OF.search(file_of(output, path).read_bytes())
    return said[1].decode() if said else ANY_MOMENT


def _words(page: Any, here: str, path: str, at: str | None) -> str:
    if at:
        page.clock.set_fixed_time(at)
    page.goto(here + path)
    page.evaluate("css => document.querySelectorAll(css).forEach(control => control.remove())", CONTROLS)
    return str(page.locator("body").inner_text())


def main(argv: list[str]) -> int:
    """Take the pictures and print the faults."""
    output, folder = Path(argv[0]), Path(argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = argv[2:] or PATHS
    paths = [path for path in wanted if (output / path.lstrip("/")).exists()]
    faults = [f"{path}: is missing" for path in wanted if path not in paths] + inspect(output, paths, folder)
    print("\n".join(faults) or "no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The local preview: serves the built site with its 404 page, rebuilds on change, reloads the browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from almanac.model.problem import TaskError, tally

WATCHED = ("content", "theme", "plugins", "almanac.toml", "pelicanconf.py")
OUTPUT = ".output-preview"
RELOAD = b"<script>new EventSource('/~changes').onmessage=()=>location.reload()</script></body>"
# The published pages forbid scripts; the preview lifts that for the one line above, and for nothing that is published.
POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')


STYLE = "position:fixed;inset:auto 0 0 0;max-height:50vh;overflow:auto;padding:.6rem 1rem;background:#fff3cd;color:#332701;font:14px/1.4 monospace;z-index:9"
NO_SITE = (
    b"<!doctype html><html lang=en><head><title>Not built yet</title></head><body><h1>Not built yet</h1><p>The first build "
    b"takes half a minute; this page loads again by itself. What must be fixed first stands below.</p></body></html>"
)
TICK = re.compile(r"build: .*, \d+ s")  # what the build says of itself while it takes long
MOST_SHOWN = 50  # problems
PORT = 8000


class Changes:
    """Counts rebuilds; browsers wait for the next one. `problems` are those of the last, a line each."""

    def __init__(self, problems: Sequence[str] = ()) -> None:
        self.count = 0
        self.problems = tuple(problems)
        self.condition = threading.Condition()

    def tell(self) -> None:
        """Wake every waiting browser."""
        with self.condition:
            self.count += 1
            self.condition.notify_all()

    def wait(self, count: int, seconds: float) -> int:
        """Return the number of rebuilds, as soon as it differs from `count` or `seconds` have passed."""
        with self.condition:
            self.condition.wait_for(lambda: self.count != count, seconds)
            return self.count


class Preview(SimpleHTTPRequestHandler):
    """Files of the output folder; pages get the reload line, missing ones the site's own 404 page."""

    def __init__(self, *args: object, changes: Changes, **kwargs: object) -> None:
        self.changes = changes
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path == "/~changes":
            self.stream()
            return
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if path.is_dir() and self.path.split("?")[0].endswith("/") else path
        if page.suffix == ".html" and page.is_file():
            self.send_page(HTTPStatus.OK, page)
        elif path.exists():
            super().do_GET()
        else:
            self.send_page(HTTPStatus.NOT_FOUND, Path(self.directory) / "404.html")

    def send_page(self, status: HTTPStatus, page: Path) -> None:
        """Send an HTML page with the reload line in it; where there is no site yet, a page that says why."""
        try:
            html = page.read_bytes()
        except OSError:
            status, html = HTTPStatus.SERVICE_UNAVAILABLE, NO_SITE
        self.send_html(status, self.dressed(POLICY.sub(b"", html)))

    def dressed(self, html: bytes) -> bytes:
        """Return a page with what the preview adds to it."""
        return html.replace(b"</body>", _bar(self.changes.problems) + RELOAD)

    def send_html(self, status: HTTPStatus, body: bytes, **headers: str) -> None:
        """Send HTML as it is; the names of further headers are given with _ for -."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def stream(self) -> None:
        """Send server-sent events: one line a rebuild, a comment every 15 seconds to notice browsers that left."""
        count = self.changes.count  # before the answer begins: what happens from then on is told
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            while True:
                now = self.changes.wait(count, 15)
                self.wfile.write(b"data: changed\n\n" if now != count else b": still here\n\n")
                self.wfile.flush()
                count = now
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing: what was rebuilt is the news of the preview."""


def _bar(problems: Sequence[str]) -> bytes:
    """Return what stands at the bottom of every page while something is wrong."""
    if not problems:
        return b""
    items = "".join(f"<li>{escape(problem)}</li>" for problem in problems[:MOST_SHOWN])
    more = f"<p>… and {len(problems) - MOST_SHOWN:,} more: see the terminal.</p>" if len(problems) > MOST_SHOWN else ""
    title = tally(len(problems))
    return f"<details id='problems' open style='{STYLE}'><summary>{title}</summary><ul>{items}</ul>{more}</details>".encode()


def stamps(root: Path) -> Iterator[tuple[str, int]]:
    """Yield (path, mtime in ns) of every watched source."""
    for name in WATCHED:
        top = root / name
        if top.is_file():
            yield name, top.stat().st_mtime_ns
        for folder, folders, files in os.walk(top):
            folders[:] = [f for f in folders if f != "__pycache__"]
            for file in files:
                path = os.path.join(folder, file)
                try:
                    yield path, os.stat(path).st_mtime_ns
                except FileNotFoundError:  # deleted since the listing: the next look sees it gone
                    continue


def build(root: Path) -> tuple[str, ...]:
    """Build in a process of its own, so that changed plugin code counts; return the problems, a line each.

    It prints what it rebuilt and in what time. What it could not build stays as the last build left it.
    """
    command = [sys.executable, "-m", "almanac.commands", "build"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    problems = []
    with subprocess.Popen(command, cwd=root, env=env, stderr=subprocess.PIPE, text=True, errors="replace") as process:  # noqa: S603  (our own words only)
        for line in process.stderr or ():
            print(line, end="", file=sys.stderr, flush=True)
            problems += [] if TICK.fullmatch(line.rstrip()) else [line.rstrip()]
    return tuple(problems)


def watch(root: Path, changes: Changes, before: set[tuple[str, int]], pause: float = 0.5) -> None:
    """Rebuild and tell the browsers whenever a source differs from `before`, or from the last look."""
    while True:
        time.sleep(pause)
        now = set(stamps(root))
        if now != before:
            before = now
            changes.problems = build(root)
            changes.tell()


def server(output: Path, changes: Changes, port: int) -> ThreadingHTTPServer:
    """Return the preview's server on this machine only; port 0 takes a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Preview, changes=changes, directory=str(output)))


def _free(output: Path, changes: Changes, port: int | None) -> ThreadingHTTPServer:
    """Return the server at a port, or at the first free one from PORT on. Raises TaskError for one that is taken."""
    try:
        if port is not None:
            return server(output, changes, port)
        for candidate in (*range(PORT, PORT + 20), 0):
            with suppress(OSError):
                return server(output, changes, candidate)
    except OSError as error:
        why = error.strerror or error
        raise TaskError(f"port {port} cannot be used ({why}); leave --port out to take a free one") from None
    raise TaskError("no port on this machine is free; stop another server first")


def serve(root: Path, port: int | None = None) -> int:
    """Build, serve at http://127.0.0.1:<port>/ and rebuild on change until interrupted. The exit code.

    Without a port it is the first free one. While something cannot be built the last good site is served, with what is wrong.
    """
    changes = Changes()
    preview = _free(root / OUTPUT, changes, port)
    threading.Thread(target=watch, args=(root, changes, set()), daemon=True).start()  # the first look finds all changed
    print(f"serving http://127.0.0.1:{preview.server_port}/ – rebuilds on change, Ctrl-C ends", flush=True)
    try:
        preview.serve_forever()
    except KeyboardInterrupt:
        preview.server_close()
    return 0

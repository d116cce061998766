"""The local preview: serves the built site with its 404 page, rebuilds on change, reloads the browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WATCHED = ("content", "theme", "plugins", "almanac.toml", "pelicanconf.py")
OUTPUT = ".output-preview"
RELOAD = b"<script>new EventSource('/~changes').onmessage=()=>location.reload()</script></body>"
# The published pages forbid scripts; the preview lifts that for the one line above, and for nothing that is published.
POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')


class Changes:
    """Counts rebuilds; browsers wait for the next one."""

    def __init__(self) -> None:
        self.count = 0
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
        """Send an HTML page with the reload line in it."""
        try:
            body = self.dressed(POLICY.sub(b"", page.read_bytes()))
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_html(status, body)

    def dressed(self, html: bytes) -> bytes:
        """Return a page with what the preview adds to it."""
        return html.replace(b"</body>", RELOAD)

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


def build(root: Path) -> bool:
    """Build in a process of its own, so that changed plugin code counts; it prints what it rebuilt and in what time."""
    command = [sys.executable, "-m", "almanac.commands", "build"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, cwd=root, env=env, check=False).returncode == 0  # noqa: S603  (our own words only)


def watch(root: Path, changes: Changes, before: set[tuple[str, int]], pause: float = 0.5) -> None:
    """Rebuild and tell the browsers whenever a source differs from `before`, or from the last look."""
    while True:
        time.sleep(pause)
        now = set(stamps(root))
        if now != before:
            before = now
            if build(root):
                changes.tell()


def server(output: Path, changes: Changes, port: int) -> ThreadingHTTPServer:
    """Return the preview's server on this machine only; port 0 takes a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Preview, changes=changes, directory=str(output)))


def serve(root: Path, port: int = 8000) -> None:
    """Build, serve at http://127.0.0.1:<port>/ and rebuild on change until interrupted."""
    before = set(stamps(root))
    build(root)
    changes = Changes()
    preview = server(root / OUTPUT, changes, port)
    threading.Thread(target=watch, args=(root, changes, before), daemon=True).start()
    print(f"serving http://127.0.0.1:{preview.server_port}/ – rebuilds on change, Ctrl-C ends", flush=True)
    try:
        preview.serve_forever()
    except KeyboardInterrupt:
        preview.server_close()

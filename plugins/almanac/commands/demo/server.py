"""Serves the site of a demo as the preview does, with a bar above each page, and the pages that control it."""

from __future__ import annotations

import re
import secrets
import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from almanac.commands.demo import pages
from almanac.commands.demo.play import Play
from almanac.commands.serve import Changes, Preview

HOME = "/demo/"
TOP = re.compile(rb'<body[^>]*>\s*(?:<a class="skip"[^>]*>[^<]*</a>)?')  # the link past the head stays the first of all
MOST = 1000  # bytes of a form
POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{0}'; script-src 'nonce-{0}'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Host(Preview):
    """Answers for the site and for its demo. Only pages of this very server may pause or step it."""

    def __init__(self, *args: object, play: Play, changes: Changes, directory: str) -> None:
        self.play = play
        super().__init__(*args, changes=changes, directory=directory)

    def do_GET(self) -> None:  # noqa: N802 - http.server's
        """Answer one request."""
        path = self.path.partition("?")[0]
        page = {HOME: pages.control, f"{HOME}truth/": pages.truth}.get(path)
        if page is None:
            super().do_GET()
            return
        nonce = secrets.token_urlsafe(12)
        headers = {"Content_Security_Policy": POLICY.format(nonce), "Referrer_Policy": "same-origin"}
        self.send_html(HTTPStatus.OK, page(self.play, nonce), **headers)

    def do_POST(self) -> None:  # noqa: N802 - http.server's
        """Do what a button of the controls asks for."""
        if not self._is_from_here():
            self.send_error(HTTPStatus.FORBIDDEN, "Only the pages of this demo may control it")
            return
        form = self._form()
        if self.path == f"{HOME}pause":
            self.play.pause()
        elif self.path == f"{HOME}step":
            self.play.ask_for_step()
        elif self.path == f"{HOME}run":
            try:
                self.play.resume(_speed(form.get("speed", "")))
            except ValueError as error:
                self.send_error(HTTPStatus.BAD_REQUEST, str(error))
                return
        else:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", HOME)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def dressed(self, html: bytes) -> bytes:
        """Return a page of the site with the bar of the demo."""
        top = TOP.search(html)
        end = top.end() if top else 0
        return super().dressed(html[:end] + pages.bar(self.play) + html[end:])

    def _is_from_here(self) -> bool:
        """Say whether a request names this server as its host and, as browsers say it, comes from its pages."""
        _, port = self.connection.getsockname()
        hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        origin = self.headers.get("Origin")
        return self.headers.get("Host") in hosts and (origin is None or origin in {f"http://{host}" for host in hosts})

    def _form(self) -> dict[str, str]:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), MOST)) if length.isdecimal() else b""
        return {name: values[-1] for name, values in parse_qs(body.decode("ascii", "replace")).items()}


def _speed(text: str) -> float:
    """Return the speed in a form, 0 where it names none. Raises ValueError."""
    if not text:
        return 0.0
    if not text.replace(".", "", 1).isdecimal() or not 0 < float(text) <= 3600:
        raise ValueError("The speed is in simulated seconds a second, up to 3600, e.g. 60")
    return float(text)


class House(ThreadingHTTPServer):
    """A server of this machine that holds its port from the start, and lets browsers wait until there is something."""

    def __init__(self, port: int) -> None:
        """Take a port; 0 is a free one. Raises OSError."""
        super().__init__(("127.0.0.1", port), BaseHTTPRequestHandler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of browsers that left before their answer was sent."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def open_for(self, play: Play, changes: Changes) -> None:
        """Answer for a play from now on."""
        self.RequestHandlerClass = partial(Host, play=play, changes=changes, directory=str(play.stage.output))
        threading.Thread(target=self.serve_forever, daemon=True).start()

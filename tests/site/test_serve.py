"""The preview serves pages with the reload line, the site's own 404, and tells browsers of a rebuild."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from almanac.commands import serve


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[tuple[HTTPConnection, serve.Changes]]:
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    (tmp_path / "index.html").write_text(f"<html><head>{policy}</head><body>home</body></html>")
    (tmp_path / "404.html").write_text("<html><body>nothing here</body></html>")
    (tmp_path / "atom.xml").write_text("<feed/>")
    changes = serve.Changes()
    server = serve.server(tmp_path, changes, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield HTTPConnection("127.0.0.1", server.server_port, timeout=5), changes
    server.shutdown()
    server.server_close()


def get(connection: HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_a_page_is_served_with_the_reload_line_and_without_its_policy(preview: Any) -> None:
    assert get(preview[0], "/") == (200, b"<html><head></head><body>home" + serve.RELOAD + b"</html>")


def test_other_files_are_served_as_they_are(preview: Any) -> None:
    assert get(preview[0], "/atom.xml") == (200, b"<feed/>")


@pytest.mark.parametrize("path", ["/no/such/", "/../../etc/passwd", "/no.html"])
def test_what_is_missing_gets_the_sites_own_404(preview: Any, path: str) -> None:
    assert get(preview[0], path) == (404, b"<html><body>nothing here" + serve.RELOAD + b"</html>")


def test_browsers_are_told_of_a_rebuild(preview: Any) -> None:
    connection, changes = preview
    connection.request("GET", "/~changes")
    stream = connection.getresponse()
    changes.tell()
    assert stream.readline() == b"data: changed\n"


def test_a_changed_source_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    note = tmp_path / "content" / "note.md"
    note.write_text("a")
    before = set(serve.stamps(tmp_path))
    note.unlink()
    assert set(serve.stamps(tmp_path)) != before

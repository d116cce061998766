"""The preview serves pages with the reload line, the site's own 404, and tells browsers of a rebuild."""

import shutil
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from almanac.commands import serve
from tests.support.projects import tree
from tests.support.refusals import refusal


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


def test_what_is_wrong_stands_on_every_page_and_is_told_as_text(preview: Any) -> None:
    connection, changes = preview
    changes.problems = ("content/pages/a.md:2:1: titel: is not a known key; did you mean title?", "<script>x</script>")
    status, body = get(connection, "/")
    assert (status, body.count(b"id='problems'")) == (200, 1)
    assert b"<summary>2 problems</summary>" in body
    assert b"<li>content/pages/a.md:2:1: titel: is not a known key; did you mean title?</li>" in body
    assert b"<script>x" not in body


def test_where_nothing_was_built_yet_a_page_says_why_and_no_folder_is_listed(tmp_path: Path) -> None:
    changes = serve.Changes(["almanac.toml:1:1: is not TOML; see the example"])
    server = serve.server(tmp_path / "nothing", changes, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        for path in ("/", "/articles/"):
            status, body = get(connection, path)
            assert (status, b"<h1>Not built yet</h1>" in body, b"almanac.toml:1:1" in body) == (503, True, True)
    finally:
        server.shutdown()
        server.server_close()


def test_a_port_that_is_taken_is_one_line_and_without_one_the_next_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(serve.serve, tmp_path, port)
    why = "Address already in use"
    assert said == f"port {port} cannot be used ({why}); leave --port out to take a free one"
    first = serve._free(tmp_path, serve.Changes(), None)
    second = serve._free(tmp_path, serve.Changes(), None)
    assert first.server_port != second.server_port
    for each in (first, second):
        each.server_close()


@pytest.mark.slow
def test_a_build_that_fails_leaves_the_last_site_and_names_every_problem(built: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(built, tmp_path / "site", symlinks=True))
    assert serve.build(root) == ()
    home = (root / serve.OUTPUT / "index.html").read_bytes()
    (root / "content/pages/about.md").write_text("---\ntitel: About\n---\n\nText.\n")
    assert [line.partition(":")[0] for line in serve.build(root)] == [
        "content/articles/2026/2026-03-02-claude-fails.md",  # links to it
        "content/pages/about.md",
        "content/pages/about.md",
    ]
    (root / "almanac.toml").write_text("name = [\n")
    before = tree(root / serve.OUTPUT)
    (first, *_) = serve.build(root)
    assert first.startswith("almanac.toml:")
    assert tree(root / serve.OUTPUT) == before
    assert before["index.html"] == home

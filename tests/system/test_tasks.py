"""`python3 tasks.py` sets itself up from nothing, heals, and says clearly what it cannot do."""

import base64
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).resolve().parents[2]
MISSING = "surely-not-a-package==1.0 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout of the program alone, whose lock files ask for nothing."""
    shutil.copy(ROOT / "tasks.py", tmp_path)
    (tmp_path / "plugins").symlink_to(ROOT / "plugins")
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "dev.lock").write_text("")
    (tmp_path / ".ci" / "parquet.lock").write_text("")
    shutil.copy(ROOT / ".ci" / "fetch_pip.py", tmp_path / ".ci")
    (tmp_path / "requirements.lock").write_text("")
    return tmp_path


def tasks(
    checkout: Path, *arguments: str, python: str = sys.executable, **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run tasks.py there as a user without a package registry would, but for what `more` puts into the environment."""
    env = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "HOME": os.environ.get("HOME", "/")}
    env |= more
    command = [python, "tasks.py", *arguments]
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)


def marker(checkout: Path) -> Path:
    return checkout / ".venv" / ".requirements-installed"


@pytest.mark.system
def test_without_a_registry_a_missing_environment_is_one_clear_line(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text(MISSING)
    done = tasks(checkout, "check")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "tasks.py: could not set up .venv: is a package registry within reach? Nothing was built; run the task again once it is"
    ]


@pytest.mark.system
def test_a_ready_environment_is_not_touched_again(checkout: Path) -> None:
    tasks(checkout, "clean")
    before = marker(checkout).stat().st_mtime_ns
    done = tasks(checkout, "clean")
    assert (marker(checkout).stat().st_mtime_ns, "setting up" in done.stdout) == (before, False)


@pytest.mark.system
def test_an_interrupted_set_up_heals(checkout: Path) -> None:
    tasks(checkout, "clean")
    marker(checkout).unlink()
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    done = tasks(checkout, "clean")
    assert "setting up .venv" in done.stdout
    assert (marker(checkout).exists(), python.resolve().exists()) == (True, True)


@pytest.mark.system
def test_a_changed_lock_that_cannot_be_had_leaves_the_old_environment(checkout: Path) -> None:
    tasks(checkout, "clean")
    (checkout / "requirements.lock").write_text(MISSING)
    assert tasks(checkout, "clean").returncode == 1
    assert (checkout / ".venv" / "bin" / "python").exists()


@pytest.mark.system
def test_the_environment_for_tests_also_serves_the_site(checkout: Path) -> None:
    (checkout / ".ci" / "dev.lock").write_text("# other\n")
    tasks(checkout, "test")
    assert "setting up" not in tasks(checkout, "clean").stdout


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ([], ["-n", "auto", "--dist", "worksteal", "--quick"]),
        (["--all"], ["-n", "auto", "--dist", "worksteal"]),
        (["-k", "feeds", "--all"], ["-n", "auto", "--dist", "worksteal", "-k", "feeds"]),
        (["tests/system/test_tasks.py::test_a", "-x"], ["tests/system/test_tasks.py::test_a", "-x"]),
    ],
)
def test_the_quick_tests_all_or_those_named_are_run(given: list[str], taken: list[str]) -> None:
    code = f"import tasks; print(tasks.which_tests({given!r}) == {taken!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


def test_what_is_passed_on_arrives_as_it_was_given() -> None:
    given = ["pull-requests", "--only", "two words", "it's", ""]
    code = f"import tasks; tasks.run = lambda *command: print(command[2:]); tasks.perform(['bench', *{given!r}])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == f"{('bench.pull_requests', *given[1:])}\n", done.stderr


@pytest.mark.parametrize(
    ("asked", "locks"),
    [
        ("", ["requirements", "parquet", "dev"]),
        ("0", ["requirements", "parquet", "dev"]),
        ("1", ["parquet", "dev"]),
    ],
)
def test_who_asks_for_parquet_gets_the_lock_that_has_it(asked: str, locks: list[str]) -> None:
    code = f"import tasks; print([lock.stem for lock in tasks.locks('build')] == {locks!r})"
    env = {**os.environ, "ALMANAC_PARQUET": asked}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


@pytest.mark.system
def test_an_environment_with_parquet_also_serves_who_does_not_ask(checkout: Path) -> None:
    (checkout / ".ci" / "parquet.lock").write_text("# other\n")
    tasks(checkout, "clean", ALMANAC_PARQUET="1")
    assert "setting up" not in tasks(checkout, "clean").stdout
    shutil.rmtree(checkout / ".venv")
    tasks(checkout, "clean")
    assert "setting up .venv from .ci/parquet.lock" in tasks(checkout, "clean", ALMANAC_PARQUET="1").stdout


# A Python without ensurepip, as Debian has it without python3-venv


class Index:
    """A package index on this machine that offers one wheel; `asked` are the paths that were asked for."""

    def __init__(self, name: str, wheel: bytes, user: str = "") -> None:
        self.pages = {
            "/simple/pip/": f"<a href='../../files/pip-1.0.tar.gz'>old</a>\n"
            f'<A class="x" HREF="../../files/{name}#sha256=00">{name}</A>'.encode(),
            f"/files/{name}": wheel,
        }
        self.asked: list[str] = []
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append(self.path)
                wanted = f"Basic {base64.b64encode(user.encode()).decode()}" if user else None
                right = self.headers["Authorization"] == wanted
                body = index.pages.get(self.path) if right else b"who are you?"
                self.send_response(401 if not right else 404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://{user}{'@' if user else ''}127.0.0.1:{self.server.server_port}/simple"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """Return the name and the bytes of a wheel of pip: of the one that this environment, or this Python, holds."""
    try:
        import ensurepip
    except ImportError:
        pytest.skip("this Python itself has no ensurepip, and thus no wheel of pip to serve")
    found = sorted((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))
    if not found:
        pytest.skip("this Python keeps its wheel of pip elsewhere")
    return found[0].name, found[0].read_bytes()


@pytest.fixture
def bare(checkout: Path, wheel: tuple[str, bytes]) -> Path:
    """Return a checkout that pins this wheel, and in it a Python with all of the standard library but ensurepip."""
    name, data = wheel
    library = Path(os.__file__).parent
    mine = checkout / "python" / "lib" / library.name
    mine.mkdir(parents=True)
    for entry in library.iterdir():
        if entry.name not in ("ensurepip", "site-packages", "dist-packages"):
            (mine / entry.name).symlink_to(entry)
    (checkout / "python" / "bin").mkdir()
    base = Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}").resolve()
    shutil.copy(base, checkout / "python" / "bin" / base.name)
    (checkout / "python" / "bin" / "python3").symlink_to(base.name)
    version = name.split("-")[1]
    (checkout / ".ci" / "pip.lock").write_text(f"pip=={version} \\\n    --hash=sha256:{sha256(data).hexdigest()}\n")
    return checkout


def without_ensurepip(bare: Path, index: str, **more: str) -> "subprocess.CompletedProcess[str]":
    settings = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "", "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index}
    python = str(bare / "python" / "bin" / "python3")
    return tasks(bare, "clean", python=python, **{**settings, "HOME": str(bare), **more})


@pytest.mark.system
def test_a_python_without_ensurepip_gets_pip_from_the_index(bare: Path, wheel: tuple[str, bytes]) -> None:
    name, data = wheel
    index = Index(name, data)
    done = without_ensurepip(bare, index.url)
    assert (index.asked, marker(bare).exists(), done.stderr.count("fetch_pip")) == (
        ["/simple/pip/", f"/files/{name}"],
        True,
        0,
    ), done.stderr
    without_ensurepip(bare, index.url)
    assert len(index.asked) == 2


@pytest.mark.system
def test_the_index_may_ask_for_a_password_that_is_not_told_on(bare: Path, wheel: tuple[str, bytes]) -> None:
    index = Index(*wheel, user="ada:secret")
    done = without_ensurepip(bare, index.url.replace("secret", "wrong"))
    assert (done.returncode, "secret" in done.stderr, "wrong" in done.stderr) == (1, False, False)
    assert "HTTP Error 401" in done.stderr
    without_ensurepip(bare, index.url)
    assert marker(bare).exists()


@pytest.mark.system
def test_the_index_is_that_of_pips_own_settings(bare: Path, wheel: tuple[str, bytes]) -> None:
    index = Index(*wheel)
    (bare / ".config" / "pip").mkdir(parents=True)
    (bare / ".config" / "pip" / "pip.conf").write_text(f"[global]\nindex-url = {index.url}/\n")
    without_ensurepip(bare, "", PIP_CONFIG_FILE="")
    assert (marker(bare).exists(), len(index.asked)) == (True, 2)


@pytest.mark.system
def test_another_wheel_than_the_pinned_one_is_not_run(bare: Path, wheel: tuple[str, bytes]) -> None:
    name, data = wheel
    index = Index(name, data + b"more")
    done = without_ensurepip(bare, index.url)
    assert (done.returncode, marker(bare).exists()) == (1, False)
    assert list(dict.fromkeys(done.stderr.splitlines())) == [  # it is tried twice
        f"fetch_pip: {name} from {index.url} is not the one that pip.lock pins; nothing of it was run",
        "tasks.py: could not set up .venv: is a package registry within reach? Nothing was built; run the task again once it is",
    ]


@pytest.mark.system
@pytest.mark.parametrize(
    ("index", "why"),
    [
        ("http://127.0.0.1:1/simple", "Connection refused"),
        ("ftp://example.org/simple", "is no address of a package index"),
        ("http://[half/simple", "Invalid IPv6 URL"),
    ],
)
def test_an_index_that_has_none_is_named_with_what_is_wrong(bare: Path, index: str, why: str) -> None:
    done = without_ensurepip(bare, index)
    first, last = dict.fromkeys(done.stderr.splitlines())
    assert (done.returncode, first.startswith("fetch_pip: no pip-"), why in first) == (1, True, True), first
    assert last.startswith("tasks.py: could not set up .venv")


@pytest.mark.system
def test_an_index_that_lists_no_such_wheel_is_named(bare: Path) -> None:
    index = Index("pip-0.1-py3-none-any.whl", b"")
    done = without_ensurepip(bare, index.url)
    assert f"from {index.url}: it is not listed there" in done.stderr


def test_the_committed_lock_pins_a_wheel_of_pip() -> None:
    lock = (ROOT / ".ci" / "pip.lock").read_text()
    assert re.match(r"pip==[\d.]+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n)+", lock)

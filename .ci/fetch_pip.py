"""Downloads pip's wheel, pinned by hash in pip.lock, for a Python that cannot put pip into an environment itself.

    python3 .ci/fetch_pip.py FOLDER

It comes from the index that pip is configured to use (PIP_INDEX_URL, pip.conf, else PyPI). Standard library only:
`tasks.py` runs this where there is nothing else yet, as on Debian without python3-venv.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import html
import os
import re
import ssl
import sys
import urllib.request
from configparser import ConfigParser
from configparser import Error as ConfigError
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

LOCK = Path(__file__).with_name("pip.lock")
LARGEST = 50_000_000  # bytes of a wheel of pip (2 MB) or of the page that lists them (a few hundred KB)
SECONDS = 60  # of silence, after which an index is given up


def main(folder: Path) -> int:
    """Write the pinned wheel into `folder`; 1, and a line for each index that was asked, if none has it."""
    lock = LOCK.read_text(encoding="utf-8")
    pinned, hashes = re.search(r"^pip==([\w.]+)", lock, re.MULTILINE), re.findall(r"--hash=sha256:(\w+)", lock)
    if not pinned:
        return problem(f"{LOCK} names no version of pip; take the file from the repository again")
    name = f"pip-{pinned[1]}-py3-none-any.whl"
    indexes = pip_indexes()
    for index in indexes:
        try:
            wheel = download_from(index, name)
        except (OSError, ValueError, HTTPException) as error:  # no connection, no such page, an address that is none
            problem(f"no {name} from {without_password(index)}: {error}")
            continue
        if hashlib.sha256(wheel).hexdigest() in hashes:
            (folder / name).write_bytes(wheel)
            return 0
        problem(f"{name} from {without_password(index)} is not the one that {LOCK.name} pins; nothing of it was run")
    return 1 if indexes else problem("this Python has no pip to give, and pip may ask no index (no-index)")


def problem(text: str) -> int:
    """Print what is wrong, and return the exit code for it."""
    print(f"fetch_pip: {text}", file=sys.stderr)
    return 1


def pip_indexes() -> list[str]:
    """Return the package indexes that pip would ask: of its variables, else of its files, else PyPI."""
    if pip_setting("no-index").lower() in ("1", "true", "yes", "on"):
        return []
    first = pip_setting("index-url") or "https://pypi.org/simple"
    return [first, *pip_setting("extra-index-url").split()]


def pip_setting(name: str) -> str:
    """Return a setting of pip, "" if there is none; a file that cannot be read is none, as for a broken line in it."""
    if stated := os.environ.get(f"PIP_{name.upper().replace('-', '_')}"):
        return stated
    home, own = Path.home(), os.environ.get("PIP_CONFIG_FILE", "")
    if own == os.devnull:
        return ""
    shared = [Path(each, "pip", "pip.conf") for each in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")]
    users = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")
    windows = Path(os.environ.get("APPDATA") or home, "pip", "pip.ini")
    files = [*shared, Path("/etc/pip.conf"), home / ".pip" / "pip.conf", users, windows, *([Path(own)] if own else [])]
    settings = ConfigParser(interpolation=None, strict=False)
    for file in files:  # the later ones outdo the earlier, as in pip
        with contextlib.suppress(OSError, ValueError, ConfigError):
            settings.read(file, encoding="utf-8")
    return settings.get("install", name, fallback="") or settings.get("global", name, fallback="")


def download_from(index: str, name: str) -> bytes:
    """Return the file of this name that a simple index (PEP 503) offers for pip. Raises OSError or ValueError."""
    page = f"{index.rstrip('/')}/pip/"
    with opened(page) as answer:
        base, text = answer.geturl(), answer.read(LARGEST).decode("utf-8", "replace")
    for link in re.findall(r"""<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')""", text, re.IGNORECASE):
        url = urljoin(base, html.unescape("".join(link)))
        if unquote(urlsplit(url).path).rpartition("/")[2] == name:
            with opened(with_user_of(index, url)) as answer:
                return bytes(answer.read(LARGEST))
    raise ValueError("it is not listed there")


def opened(url: str) -> Any:
    """Open an address as pip would: with the name and password in it, and with the certificates pip is told of."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "file"):
        raise ValueError(f"{without_password(url)} is no address of a package index")
    request = urllib.request.Request(without_password(url), headers={"Accept": "text/html, */*;q=0.1"})
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(pair).decode()}")
    tls = ssl.create_default_context(cafile=pip_setting("cert") or None) if parts.scheme == "https" else None
    return urllib.request.urlopen(request, timeout=60, context=tls)


def with_user_of(index: str, url: str) -> str:
    """Return the address with the name and password of the index, if it is on the same host and has none."""
    ours, its = urlsplit(index), urlsplit(url)
    if (ours.scheme, ours.hostname, ours.port) != (its.scheme, its.hostname, its.port) or "@" in its.netloc:
        return url
    return urlunsplit(its._replace(netloc=ours.netloc))


def without_password(url: str) -> str:
    """Return the address without the name and password that may stand in it."""
    return re.sub(r"//[^/]*@", "//", url)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

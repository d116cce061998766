"""What programs of others say of our pages: Lighthouse, html-validate and the Nu HTML checker, from npm.

They are tools of the workshop and no part of the site: where there is no node, npm or registry they are left out, and
that is said. The versions stand here and nowhere else.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tests.support import shots

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".output-npm"
PINNED = {"lighthouse": "13.5.0", "html-validate": "9.7.1", "vnu-jar": "24.10.17"}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TRIES = 3  # a machine that is busy with something else makes a page slow; nothing makes it look fast
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
}


@cache
def missing() -> str:
    """Return why the npm tools cannot be used, "" once they are installed."""
    if absent := [tool for tool in ("node", "npm") if not shutil.which(tool)]:
        return f"{' and '.join(absent)} not installed"
    if not all(_version(name) == version for name, version in PINNED.items()):
        HOME.mkdir(exist_ok=True)
        (HOME / "package.json").write_text(json.dumps({"private": True, "dependencies": PINNED}))
        install = ["npm", "install", "--prefix", str(HOME), "--ignore-scripts", "--no-audit", "--no-fund"]
        if subprocess.run(install, capture_output=True, timeout=300, check=False).returncode:
            return "the npm registry is not in reach"
    return ""


def _version(name: str) -> str:
    try:
        return str(json.loads((HOME / "node_modules" / name / "package.json").read_bytes())["version"])
    except (OSError, ValueError, KeyError):
        return ""


def scores(output: Path, paths: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return what Lighthouse gives each page of 100 in its four categories, the best of some tries."""
    with shots.served(output, Polite) as address:
        return {path: _best([f"{address}{path}"] * TRIES) for path in paths}


def _best(urls: Sequence[str]) -> dict[str, int]:
    best = dict.fromkeys(CATEGORIES, 0)
    for url in urls:
        best = {name: max(best[name], score) for name, score in _scored(url).items()}
        if min(best.values()) == 100:
            break
    return best


def _scored(url: str) -> dict[str, int]:
    command = [
        str(HOME / "node_modules/.bin/lighthouse"),
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox",
    ]
    process = subprocess.run(
        command, capture_output=True, timeout=180, env={**os.environ, "CHROME_PATH": shots.CHROMIUM}, check=False
    )
    categories = json.loads(process.stdout or "{}").get("categories", {})
    return {name: round(100 * (categories.get(name, {}).get("score") or 0)) for name in CATEGORIES}


def low(pages: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return a line for each page and category below 100."""
    return [
        f"{path}: Lighthouse gives {score} for {name}"
        for path, grades in pages.items()
        for name, score in grades.items()
        if score < 100
    ]


def invalid(output: Path, paths: Sequence[str]) -> list[str]:
    """Return every error that html-validate (its standard rules) and the Nu checker find in these pages."""
    files = [shots.file_of(output, path) for path in paths]
    return [*_html_validate(output, files), *(_nu(output, files) if has_java() else ())]


def has_java() -> bool:
    """Say whether the Nu checker can run."""
    return bool(shutil.which("java"))


def _html_validate(output: Path, files: Sequence[Path]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "rules.json"
        config.write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}))
        command = [str(HOME / "node_modules/.bin/html-validate"), "--config", str(config), "--formatter", "json"]
        process = subprocess.run(
            [*command, *map(str, files)], capture_output=True, timeout=300, cwd=folder, check=False
        )
    if process.returncode not in (0, 1) or not process.stdout:
        return [f"html-validate cannot run: {process.stderr.decode()[-300:]}"]
    return [
        f"/{Path(page['filePath']).relative_to(output)}:{message['line']}: html-validate: {message['message']}"
        for page in json.loads(process.stdout)
        for message in page["messages"]
        if message["severity"] == 2
    ]


def _nu(output: Path, files: Sequence[Path]) -> list[str]:
    jar = HOME / "node_modules/vnu-jar/build/dist/vnu.jar"
    command = ["java", "-Xss4m", "-jar", str(jar), "--format", "json", *map(str, files)]
    process = subprocess.run(command, capture_output=True, timeout=300, check=False)
    if not process.stderr.startswith(b"{"):
        return [f"the Nu checker cannot run: {process.stderr.decode()[-300:]}"]
    return [
        f"{_place(output, message)}: Nu: {message['message']}"
        for message in json.loads(process.stderr)["messages"]
        if message["type"] == "error"
    ]


def _place(output: Path, message: dict[str, Any]) -> str:
    return f"{message.get('url', '').removeprefix(f'file:{output}')}:{message.get('lastLine', 1)}"


class Polite(shots.Quiet):
    """Serves a folder as a host for static sites does: compressed, with the encoding, marked styles kept for a year."""

    def do_GET(self) -> None:
        """Send a file, or 404.html."""
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        exists = file.is_file()
        body = gzip.compress((file if exists else Path(self.directory) / "404.html").read_bytes(), 6, mtime=0)
        self.send_response(HTTPStatus.OK if exists else HTTPStatus.NOT_FOUND)
        kind = TYPES.get(file.suffix if exists else ".html", "application/octet-stream")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if "?" in self.path else "max-age=300")
        self.end_headers()
        self.wfile.write(body)

"""Holds every page against the content security policy it must carry, and looks in Chromium whether it is kept.

    python3 tasks.py bench csp [OUTPUT]

Of a built site, or of a small one with every kind of page and of this one as of 1 July 2026: the policy of every page
(default 'none', no foreign source, nothing inline), and in the browser one page of every kind and a random sample with
the policy in force: no violation, no script that is not the site's own, no request elsewhere. Only the search page and
pages about now run a script, their own; the search page compiles the index's WebAssembly, too.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from almanac.commands import build as build_command
from bench import looking, pages
from bench.verdict import verdict

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = "2026-07-01T00:00:00Z"
SAMPLE = 150
SEARCH = "/search/"
SCRIPT = re.compile(r'<script [^>]*src="')  # of ours, as pages about now and those to choose from run it
HEAD = re.compile(
    r'<!doctype html>\s*<html lang="en">\s*<head>\s*<meta charset="utf-8">\s*'
    r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">'
)
POLICY = {
    "default-src": {"'none'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "connect-src": {"'self'"},
    "base-uri": {"'none'"},
    "form-action": {"'none'"},
}
LIVING = POLICY | {"script-src": {"'self'"}}
SEARCHING = POLICY | {"script-src": {"'self'", "'wasm-unsafe-eval'"}}


def wrong_with(path: str, text: str) -> str:
    """Return what is wrong with the policy of a page; "" for the right one, before anything it is to govern."""
    match = HEAD.match(text)
    if not match:
        return "has no policy, or something before it"
    policy = {name: set(sources) for name, *sources in map(str.split, match[1].split(";"))}
    expected = SEARCHING if path == SEARCH and "script-src" in policy else LIVING if SCRIPT.search(text) else POLICY
    return "" if policy == expected else f"has the policy {match[1]}"


def policies(output: Path) -> list[str]:
    """Return the pages of a built site without the policy they should have."""
    unguarded = [
        (path, (output / path.lstrip("/") / ("index.html" * path.endswith("/"))).read_text(encoding="utf-8"))
        for path in looking.pages_of(output)
    ]
    return [f"{path}: {wrong}" for path, text in unguarded if (wrong := wrong_with(path, text))]


def broken(output: Path, paths: Sequence[str]) -> list[str]:
    """Return what Chromium refuses, runs or fetches from elsewhere on these pages."""
    with looking.looker(output, policy=True) as look:
        look.pages(paths)
    return look.faults


def looked_at(output: Path, name: str) -> list[str]:
    """Return the faults of a built site, and print how much was looked at."""
    all_pages = looking.pages_of(output)
    kinds = [path for path in pages.KINDS.values() if path in set(all_pages)]
    paths = list(dict.fromkeys([*kinds, *random.Random(1).sample(all_pages, min(SAMPLE, len(all_pages)))]))
    faults = [*policies(output), *broken(output, paths)]
    print(f"{name}: {len(all_pages)} policies read, {len(paths)} pages opened, {len(faults)} faults", flush=True)
    return faults


def main(argv: list[str]) -> int:
    """Print every fault; 1 if there is any."""
    with tempfile.TemporaryDirectory() as folder:
        if argv:
            faults = looked_at(Path(argv[0]), argv[0])
        else:
            faults = looked_at(pages.built(Path(folder) / "small"), "every kind of page")
            with contextlib.redirect_stdout(io.StringIO()):
                build_command.build(ROOT / "pelicanconf.py", now=PUBLISHED, output=f"{folder}/whole/out")
            faults += looked_at(Path(folder) / "whole/out", "this site")
    return verdict(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the archive costs in git over years: size of `.git` and of a clone, time of a checkout; whole, shallow, and squashed.

python -m bench.git_size [--years 5] [--providers 23]

A repository is made as the scheduled workflow makes it: a commit an hour that only moves the time of the pull, and one for each
post of an incident. Sizes of files are those of a record in use: a state of 3 kB for each provider, a post of 400 characters.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 24 * 365  # of a year
INCIDENTS, POSTS = 1_300, 4  # a year, of all providers; of an incident
WORDS = [
    "we",
    "are",
    "looking",
    "into",
    "elevated",
    "errors",
    "of",
    "the",
    "api",
    "and",
    "a",
    "fix",
    "is",
    "being",
    "rolled",
    "out",
    "to",
    "all",
    "users",
    "of",
    "this",
    "region",
]
MONTH = 24 * 30  # heartbeats that a squash makes one of


def pulls(provider: int, at: datetime) -> bytes:
    """Return the state of a provider after a pull: five feeds, of which the times moved."""
    feed = ' {{\n  "url": "https://status.p{0}.example/feed{1}.atom",\n  "fetched": "{2:%Y-%m-%dT%H:%M:%SZ}",\n  "etag": "{3:032x}"\n }}'
    feeds = ",\n".join(
        feed.format(provider, number, at, random.Random(f"{provider} {number}").getrandbits(128)) for number in range(5)
    )
    spans = ",\n".join(
        f'  {{"since": "2023-0{n}-01T00:00:00Z", "until": "2023-0{n}-28T00:00:00Z", "dataset": "import-{n}"}}'
        for n in range(1, 9)
    )
    return f'{{\n "provider": "p{provider}",\n "coverage": [\n{spans}\n ],\n "feeds": [\n{feeds}\n ]\n}}\n'.encode()


def incident(number: int, posts: int) -> bytes:
    """Return the file of an incident after so many posts."""
    dice = random.Random(number)
    texts = (" ".join(dice.choices(WORDS, k=70)) for _ in range(posts))
    return (
        "---\nprovider: p\nid: i\ntitle: Elevated errors\n---\n\n"
        + "\n\n".join(f"## post {n}\n\n{text}" for n, text in enumerate(texts))
    ).encode()


def history(years: int, providers: int, squash: int = 1) -> Iterator[bytes]:
    """Yield the stream for git fast-import. Of `squash` heartbeats, one is committed in all years but the last."""
    per_hour = INCIDENTS * POSTS / HOURS
    posted = 0.0
    for hour in range(years * HOURS):
        at = BEGINNING + timedelta(hours=hour)
        files: dict[str, bytes] = {}
        before, posted = int(posted), posted + per_hour
        for post in range(before, int(posted)):
            number, count = divmod(post, POSTS)
            files[f"content/incidents/p{number % providers}/{at:%Y}/{number}.md"] = incident(number, count + 1)
        if files or hour % squash == 0 or hour >= (years - 1) * HOURS:
            for provider in range(providers):
                files[f"content/pulls/p{provider}.json"] = pulls(provider, at)
            yield _commit(files, at)


def _commit(files: dict[str, bytes], at: datetime) -> bytes:
    head = f"commit refs/heads/main\ncommitter Almanac <a@localhost> {int(at.timestamp())} +0000\ndata 5\nPull\n\n".encode()
    return head + b"".join(
        b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data) for name, data in files.items()
    )


def measure(folder: Path, name: str, stream: Iterator[bytes]) -> None:
    """Make a repository of a history, and print what it costs."""
    home = folder / name
    _git(folder, "init", "-q", "--bare", "-b", "main", name)
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=home, stdin=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.writelines(stream)
    _git(home, "gc", "-q")
    commits = int(_git(home, "rev-list", "--count", "main"))
    print(f"{name}: {commits:,} commits, .git {_size(home):,.1f} MB")
    for kind, options in (("whole", []), ("shallow", ["--depth", "1"])):
        started = time.perf_counter()
        _git(folder, "clone", "-q", *options, f"file://{home}", f"{name}-{kind}")
        seconds = time.perf_counter() - started
        clone = folder / f"{name}-{kind}"
        print(f"  {kind} clone: {seconds:.1f} s, .git {_size(clone / '.git'):,.1f} MB, all {_size(clone):,.1f} MB")


def _size(folder: Path) -> float:
    """Return the bytes of all files in a folder, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--providers", type=int, default=23)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), "hourly", history(options.years, options.providers))
        measure(Path(folder), "squashed", history(options.years, options.providers, MONTH))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Naughty names: whatever a feed calls its incidents and a file its provider, nothing is written outside its folder.

    python3 tasks.py bench paths

Names are the naughty strings beside the project (../shared), if they are there, and our own: traversal in many
spellings, devices, dots, look-alikes, cases and lengths. Each is an incident's id, title, component and link, and a
provider's slug.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from almanac import archive, providers, text
from almanac.model import Incident, Kind, Phase
from almanac.providers import ProviderError

ROOT = Path(__file__).resolve().parents[2]
NAUGHTY = ROOT.parent / "shared/corpora/blns/vectors.jsonl"
BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
FILE = re.compile(r"acme/2026/2026-03-02-[a-z0-9-]{1,110}\.md")
DEVICES = ("con", "nul", "aux", "prn", "com1", "lpt9")
OURS = (
    "..", "../", "../../etc/passwd", "..\\..\\windows", "/etc/passwd", "%2e%2e%2f%2e%2e%2f", "..%2f", "..%c0%af",
    "....//",
    "\uff0e\uff0e\uff0f", "a/../../b", "~/.ssh/id", "file:///etc/passwd", "\\\\host\\share", "C:\\con", "a\x00b",
    "\x00", "a\nb",
    ".", "...", "a.", "a ", " a", "-", "--", "-rf", "A", "a", "À", "A\u0300", "ﬁ", "fi", "ß", "SS", "ı", "I", "K",
    "\u212a", "\u202e", "\u200b", "😀", "a" * 10_000, "../" * 3_000,
    "A" * 64, "a" * 64, "a" * 65, "index.html", ".htaccess",
    ".git", "CON.txt", "a:b", "a?b#c", "$(id)", "`id`", "; rm -rf /", "{{ 7 * 7 }}", "{filename}/x", "%s%n", "-" * 64,
)  # fmt: skip


def names() -> tuple[str, ...]:
    """All of them once, as `clean` leaves what a feed says."""
    told = [json.loads(line)["in"] for line in NAUGHTY.read_text("utf-8").splitlines()] if NAUGHTY.is_file() else []
    every = [*OURS, *DEVICES, *map(str.upper, DEVICES), *told]
    every += [archive.slug_of(name) for name in every if name]  # ids made to look like the names we give
    every += [unicodedata.normalize("NFKC", name) for name in every]
    return tuple(dict.fromkeys(cleaned for name in every if (cleaned := text.clean(name))))


def incident(name: str) -> Incident:
    """One that is called so in all ways there are."""
    return Incident(
        provider="acme", id=name, title=name, components=(name,), source=name, kind=Kind.OUTAGE,
        phase=Phase.UNKNOWN, started=BEGAN,
    )  # fmt: skip


def filed(them: Sequence[str], root: Path) -> Iterator[str]:
    """What is wrong after incidents of these names were saved under `root`/content."""
    content = root / "content"
    archive.save(content, map(incident, them), {})
    every = [path for path in root.rglob("*") if path.is_file()]
    files = [path.relative_to(content / "incidents").as_posix() for path in every
             if path.is_relative_to(content / "incidents")]  # fmt: skip
    yield from (f"{path} is outside" for path in every if not path.is_relative_to(content / "incidents/acme/2026"))
    yield from (f"{file} is no name of ours" for file in files if not FILE.fullmatch(file))
    if len({file.casefold() for file in files}) != len(them):
        yield f"{len(them)} incidents are in {len(files)} files"
    if set(archive.load(content, "acme")) != set(them):
        yield "they do not read back as they are"


def accepted(them: Sequence[str], root: Path) -> Iterator[str]:
    """Slugs a provider may not have, of those that are let through."""
    folder = root / "content/providers"
    folder.mkdir(parents=True)
    for name in them:
        (folder / "acme.md").write_text(
            f"---\nslug: {json.dumps(name)}\nname: Acme\ncompany: Acme Inc\nhome: https://acme.example/\n"
            "status_page: https://acme.example/\n---\n\nA provider.\n", encoding="utf-8")  # fmt: skip
        try:
            providers.load(root / "content")
        except ProviderError:
            continue
        yield f"a file named acme may call itself {name!r}"


def main(argv: list[str]) -> int:
    """Try all; 1 if there is a fault."""
    them = names()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        faults = [*filed(them, Path(one)), *accepted(them, Path(other))]
    print(f"{len(them)} names as id, title, component and link, and as slug of a provider: {len(faults)} faults (0)")
    for fault in faults[:20]:
        print(f"FAIL {fault[:200]}")
    print("FAIL" if faults else "PASS")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

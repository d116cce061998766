"""Small projects on disk for tests of the build: providers, incidents, articles and the real theme."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from almanac import archive
from almanac.model import Incident
from tests.support import content
from tests.support.almanacs import incident, pulls

ROOT = Path(__file__).resolve().parents[2]
LONG_AGO = 10**18  # ns: so that files written by a test count as settled when the build looks at them

OWN = """name = "Outage Almanac"
subject = "AI"
address = "https://outage-almanac.example"
feed_ids = "tag:outage-almanac.example,2026:"

[capabilities]
api = { name = "API", use = "For the API" }
chat = "Chat"
code = "Code"
search = "Search"
speech = "Speech"
images = "Images"
compute = ""
"""  # of every project of a test, whosever the checkout is

PAGE = """---
title: {title}
summary: What this is.
---

{body}
"""


def project(root: Path) -> Path:
    """Two providers with five incidents, an article and a page; the code and the theme are this checkout's."""
    (root / "plugins").mkdir(parents=True)
    (root / "plugins/almanac").symlink_to(ROOT / "plugins/almanac")
    (root / "theme").symlink_to(ROOT / "theme")
    for name in ("pelicanconf.py", "publishconf.py", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    (root / "almanac.toml").write_text(OWN)
    for slug, name in (("anthropic", "Claude"), ("groq", "Groq")):
        write(root, f"providers/{slug}.md", content.provider(slug, name))
        archive.save_pulls(root / "content", pulls(slug))
    for one in INCIDENTS:
        put(root, one)
    body = "See [how](/methodology/) and [about]({filename}../../pages/about.md)."
    article(root, "claude-fails", "Claude fails", body)
    write(root, "pages/about.md", PAGE.format(title="About", body="An *almanac*."))
    write(root, "pages/methodology.md", PAGE.format(title="Method", body="How."))
    return root


INCIDENTS = (
    incident("first", until="02 13:47:09"),
    incident("second", "02 12:00", "02 13:00", title="Slow & <odd>"),
    incident("early", "2026-01-10 10:00", "2026-01-10 10:40"),
    incident("other", "02 12:30", "02 14:00", provider="groq", components=()),
    incident("open", "02 14:00", "", provider="groq"),
)


def write(root: Path, file: str, text: str) -> Path:
    """Put a file under content."""
    path = root / "content" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def put(root: Path, one: Incident) -> Path:
    """Put an incident into the archive."""
    return write(root, f"incidents/{archive.file_of(one)}", archive.render(one))


def article(root: Path, slug: str, title: str, body: str, status: str = "published", more: str = "") -> Path:
    """Put an article of 2 March 2026 under content."""
    text = content.article(title, body, status=status, more=more)
    return write(root, f"articles/2026/2026-03-02-{slug}.md", text)


def tree(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def moment(text: str) -> datetime:
    """Return an aware moment from 2026-03-02T14:10:00Z."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

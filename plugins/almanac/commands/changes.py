"""Says what changed in the archive and on the site, for whoever reviews it: facts of incidents, addresses of pages."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

from almanac import archive
from almanac.archive import ArchiveError
from almanac.model import Incident
from almanac.model.problem import TaskError, WordError

MOST = 40  # lines of a kind; the rest is counted


def facts(one: Incident) -> dict[str, str]:
    """Return what a reader would notice of an incident, in words."""
    return {
        "title": one.title or "none",
        "kind": one.kind.value,
        "impact": one.impact.value,
        "phase": one.phase.value,
        "started": f"{one.started:%Y-%m-%d %H:%M}",
        "ended": f"{one.ended:%Y-%m-%d %H:%M}" if one.ended else "open",
        "components": ", ".join(one.components) or "none",
        "posts": str(sum(update.gone is None for update in one.updates)),
        "shown": "no longer" if one.vanished else "yes",
    }


def differences(before: Incident | None, after: Incident) -> list[str]:
    """Return what is new of an incident: each fact as it was and is."""
    now = facts(after)
    if before is None:
        return [
            f"new: {now['title']} [{now['phase']}, {now['started']} to {now['ended']}, {now['impact']} {now['kind']}]"
        ]
    was = facts(before)
    changes = [f"{name}: {was[name]} → {now[name]}" for name in now if was[name] != now[name]]
    return changes or ["the text of a post, or a detail"]


def main(root: Path, base: str, built: Sequence[Path] | None) -> int:
    """Print as Markdown what changed since a revision of git, and between two built sites. The exit code."""
    if not (base or built):
        raise WordError("name a revision with --since, two built sites with --built, or both")
    try:
        lines = list(_data(root, base)) if base else []
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", "") or error
        raise TaskError(f"git cannot say what changed since {base} ({str(why).strip()})") from error
    if base:
        print("## Data that changed\n", *_cut(lines or ["- nothing"]), sep="\n")
    if built:
        print("\n## Pages that change\n", *_cut(list(_pages(*map(_digests, built)))), sep="\n")
    return 0


def _data(root: Path, base: str) -> Iterator[str]:
    """Yield a line for each incident whose file is another than in the revision."""
    names = _git(root, "diff", "--name-only", "-z", f"{base}...HEAD", "--", "content/incidents").split("\0")
    for name in filter(None, names):
        file = name.removeprefix("content/incidents/")
        try:
            after = _read((root / name).read_bytes(), file, name) if (root / name).exists() else None
            data = _git(root, "show", f"{base}:{name}", missing="")
            before = _read(data.encode(), file, name) if data else None
        except ArchiveError as error:
            yield f"- `{name}`: cannot be read ({error})"
            continue
        words = differences(before, after) if after else ["removed"]
        yield f"- `{name}`: {'; '.join(words)}"


def _read(data: bytes, file: str, name: str) -> Incident:
    return archive.read_bytes(data, file, name)


def _git(root: Path, *arguments: str, missing: str | None = None) -> str:
    """Return what git prints; `missing` in place of an error, where it is given."""
    process = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=missing is None)  # noqa: S603, S607
    return process.stdout if process.returncode == 0 else missing or ""


def _digests(site: Path) -> dict[str, bytes]:
    """Return a digest of every page of a built site, by its address."""
    pages = sorted(site.rglob("index.html"))
    return {
        f"/{path.parent.relative_to(site).as_posix()}/".replace("/./", "/"): blake2b(path.read_bytes()).digest()
        for path in pages
    }


def _pages(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    yield from (f"- {page} is new" for page in sorted(after.keys() - before.keys()))
    yield from (f"- {page} is gone" for page in sorted(before.keys() - after.keys()))
    yield from (f"- {page}" for page in sorted(before.keys() & after.keys()) if before[page] != after[page])


def _cut(lines: list[str]) -> Iterable[str]:
    more = len(lines) - MOST
    return lines if more <= 0 else [*lines[:MOST], f"- … and {more:,} more"]

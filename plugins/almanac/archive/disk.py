"""The files of the archive: load, save, lock. Nothing else opens what is under content/incidents."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from almanac import files
from almanac.archive import page, pulls
from almanac.archive.page import ArchiveError
from almanac.model import Card, Incident, Pulls
from almanac.model.problem import Problem
from almanac.text.quoting import short

INCIDENTS = "incidents"
PULLS = "pulls"
FORECASTS = "forecasts"
PRESS = "_press"  # stands for the press where a provider's slug would; no provider has such a one
PATIENCE = 60.0  # seconds to wait for another pull of the same provider
FEW, AT_ONCE = 32, 8  # files written one by one; threads that write more of them
LEFTOVER = files.UNFINISHED

_SAFE_ID = re.compile(r"(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9-]{1,64}", re.ASCII)  # those name devices
_FILE = re.compile(r"[a-z0-9-]{1,64}/\d{4}/\d{4}-\d\d-\d\d-[a-z0-9-]{1,120}\.md", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9-]")
LONG = 32  # hexadecimal digits that tell ids apart whose slugs are alike


class Filed(NamedTuple):
    """An incident and where it is kept, relative to content/incidents."""

    file: str
    incident: Incident


def slug_of(raw_id: str) -> str:
    """Return the id as file and URL name: itself if it is one, else cleaned, with a hash that keeps it apart."""
    if _SAFE_ID.fullmatch(raw_id):
        return raw_id
    digest = hashlib.sha256(raw_id.encode()).hexdigest()[:8]
    return f"{_UNSAFE.sub('-', raw_id.lower())[:64]}-{digest}"


def file_of(incident: Incident, slugs: Collection[str] = ()) -> str:
    """Return where a new incident goes, <provider>/<year>/<date>-<slug>.md: it stays when its start changes later.

    `slugs` are those of other incidents: one that is among them (an id may look like another with its hash, or be made
    to) gets a longer hash.
    """
    base = slug = slug_of(incident.id)
    while slug in slugs:
        slug = f"{base}-{hashlib.sha256(slug.encode()).hexdigest()[:LONG]}"
    return f"{incident.provider}/{incident.started:%Y/%Y-%m-%d}-{slug}.md"


def name_of(card: Card) -> str:
    """Return the slug of an incident, its name for life among those of its provider, wherever its file is moved to."""
    base = slug_of(card.id)
    is_long = len(card.slug) == len(base) + 1 + LONG and card.slug.startswith(f"{base}-")
    return card.slug if is_long else base


def _slug_in(file: str) -> str:
    return file.rpartition("/")[2][11:-3]  # <date>-<slug>.md


def _folders(root: Path) -> list[str]:
    try:
        with os.scandir(root) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _list_year(root: Path, provider: str, year: str) -> list[str]:
    return [f"{provider}/{year}/{name}" for name in os.listdir(root / provider / year) if name.endswith(".md")]


def read(content: Path, file: str) -> Incident:
    """Return the incident in one file, relative to content/incidents. Raises ArchiveError."""
    return read_both(content, file)[1]


def read_both(content: Path, file: str) -> tuple[bytes, Incident]:
    """Return the bytes of one file and the incident in it. Raises ArchiveError."""
    label = f"{content.name}/{INCIDENTS}/{file}"
    try:
        with open(f"{content}/{INCIDENTS}/{file}", "rb", buffering=0) as source:
            data = source.read()
    except OSError as error:
        raise ArchiveError(Problem(file=label, message=files.why(error))) from None
    return data, read_bytes(data, file, label)


def read_bytes(data: bytes, file: str, label: str) -> Incident:
    """Return the incident in the bytes of `file`, relative to content/incidents, which messages call `label`.

    Raises ArchiveError.
    """
    try:
        incident = page.parse(data.decode(), label)
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 ({error.reason}); restore it from its history"
        raise ArchiveError(Problem(file=label, message=message)) from None
    if incident.provider != file.partition("/")[0]:
        message = f"says provider {short(incident.provider)}; move it to the folder of that name"
        raise ArchiveError(Problem(file=label, line=2, message=message))
    if not _FILE.fullmatch(file):  # its name becomes an address
        message = f"is not the name of an incident; write content/{INCIDENTS}/<provider>/<year>/<date>-<a-z, 0-9, ->.md"
        raise ArchiveError(Problem(file=label, message=message))
    return incident


def load(content: Path, provider: str) -> dict[str, Filed]:
    """Return all incidents of a provider by their raw id.

    Raises one ArchiveError that names every file that cannot be read: a pull must not go on without them, or it would
    file them a second time.
    """
    archived: dict[str, Filed] = {}
    problems: list[Problem | str] = []
    root = content / INCIDENTS
    for file in sorted(file for year in _folders(root / provider) for file in _list_year(root, provider, year)):
        try:
            incident = read(content, file)
            if incident.id in archived:
                message = f"has the id of {archived[incident.id].file}; keep one of the two"
                problems.append(Problem(file=f"{content.name}/{INCIDENTS}/{file}", line=3, message=message))
            archived[incident.id] = Filed(file, incident)
        except ArchiveError as error:
            problems += error.problems
    if problems:
        raise ArchiveError(*problems)
    return archived


def save(
    content: Path, incidents: Iterable[Incident], archived: Mapping[str, Filed], *, durable: bool = True
) -> tuple[str, ...]:
    """Write incidents of one provider, each where `archived` (what `load` gave) has it, or to a new file.

    Returns the files that changed; a file whose bytes are the same is not touched. Atomic for each file. Without
    `durable` a power cut may take them: for an archive that can be made again.
    """
    root = content / INCIDENTS
    texts: dict[str, str] = {}
    slugs = {_slug_in(filed.file) for filed in archived.values()}
    for incident in incidents:
        filed = archived.get(incident.id)
        file = filed.file if filed else file_of(incident, slugs)
        slugs.add(_slug_in(file))
        if not filed and (root / file).exists():
            message = f"is in the way of incident {incident.id}; move it"
            raise ArchiveError(Problem(file=f"{content.name}/{INCIDENTS}/{file}", line=3, message=message))
        texts[file] = page.render(incident)
    changed = tuple(file for file, fresh in zip(texts, _write_all(root, texts, durable=durable), strict=True) if fresh)
    for folder in sorted({(root / file).parent for file in changed}) if durable else ():
        _sync(folder)
    return changed


def _write_all(root: Path, texts: Mapping[str, str], *, durable: bool) -> list[bool]:
    """Call `write` for each; where they are many, several at once, which a disk makes durable in one go."""

    def write_one(file: str) -> bool:
        return write(root / file, texts[file], durable=durable)

    if len(texts) <= FEW:
        return [write_one(file) for file in texts]
    from concurrent.futures import ThreadPoolExecutor  # builds can do without

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(write_one, texts))


def load_pulls(content: Path, provider: str) -> Pulls:
    """Return what the last pull of a provider left; empty if there was none. Raises ArchiveError."""
    path = content / PULLS / f"{provider}.json"
    try:
        return pulls.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Pulls(provider=provider)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        label = f"{content.name}/{PULLS}/{provider}.json"
        message = f"is not as it was written ({short(str(error))}); restore it from its history"
        raise ArchiveError(Problem(file=label, message=message)) from None


def save_pulls(content: Path, value: Pulls) -> bool:
    """Write what this pull leaves, atomically. True if anything changed."""
    path = content / PULLS / f"{value.provider}.json"
    changed = write(path, pulls.render(value))
    if changed:
        _sync(path.parent)
    return changed


@contextmanager
def lock(content: Path, provider: str, patience: float = PATIENCE) -> Iterator[None]:
    """Keep other pulls away from a provider's files, and sweep up what a killed one left there.

    Waits up to `patience` seconds. The lock goes with its process, however that ends. Raises ArchiveError.
    """
    from filelock import FileLock, Timeout  # only pulls need it

    path = content / PULLS / f"{provider}.lock"
    files.make_folder(path.parent)
    try:
        with FileLock(path, timeout=patience):
            _sweep(content, provider)
            yield
    except Timeout:
        message = f"another pull has held it for {patience:.0f} s; wait until it ends"
        raise ArchiveError(Problem(file=f"{content.name}/{PULLS}/{provider}.lock", message=message)) from None


def _sweep(content: Path, provider: str) -> None:
    """Remove the unfinished files of killed runs; only the holder of the lock may."""
    for path in (
        *(content / INCIDENTS / provider).glob(f"*/*{LEFTOVER}"),
        *(content / FORECASTS).glob(f"{provider}.jsonl{LEFTOVER}"),
        *(content / PULLS).glob(f"{provider}.json{LEFTOVER}"),
    ):
        path.unlink(missing_ok=True)


def write(path: Path, text: str, *, durable: bool = True) -> bool:
    """Put `text` in place at once or not at all. False if it is there already. Raises DiskError."""
    data = text.encode()
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        files.make_folder(path.parent)
    files.put(path, data, durable=durable)
    return True


def _sync(folder: Path) -> None:
    """Make renames in a folder outlast a power cut, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows has no handles of folders
        return
    try:
        os.fsync(handle)
    except OSError as error:
        raise files.refusal(folder, error) from error
    finally:
        os.close(handle)

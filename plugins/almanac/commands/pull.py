"""Runs a pull in a terminal: how far it is, the report in words or as JSON, the exit code."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from almanac import archive
from almanac.commands import ticker
from almanac.commands.changes import differences
from almanac.content import project_file, providers
from almanac.executors import SETTING
from almanac.model import Incident, moment, stamp
from almanac.model.clock import build_time
from almanac.pull import Outcome, Report, pull
from almanac.pull.report import closing, outcome_lines


def main(
    content: Path,
    *,
    via: str = "",
    only: tuple[str, ...] = (),
    now: str = "",
    on: str = "",
    dry_run: bool = False,
    as_json: bool = False,
) -> int:
    """Run the command `pull`; 0 unless something of ours is wrong, which a failing feed or network is not.

    `now` is a time such as 2026-03-02T14:10:00Z, or "" for SOURCE_DATE_EPOCH or the clock; `on` the scheduler of a
    cluster, or "" for that of ALMANAC_SCHEDULER, if any. `dry_run` only says what would change.
    """
    if dry_run:
        return preview(content, via=via, only=only, now=now, on=on, as_json=as_json)
    stated = now or os.environ.get("SOURCE_DATE_EPOCH", "")
    finished: list[str] = []

    def watch(outcome: Outcome, of: int) -> None:
        finished.append(outcome.provider)
        ticker.step(f"{len(finished)} of {of} providers")
        for line in [] if as_json else outcome_lines(outcome):
            print(line, flush=True)

    at = moment(build_time(stated, 0)) if stated else datetime.now(UTC)
    report = pull(content, now=at, via=via, only=only, watch=watch, scheduler=on or os.environ.get(SETTING, ""))
    print(json.dumps(as_data(report), indent=1, ensure_ascii=False) if as_json else "\n".join(closing(report)))
    return 0 if report.ok else 1


def preview(content: Path, *, only: tuple[str, ...] = (), as_json: bool = False, **options: Any) -> int:
    """Do as `main` with a copy of the archive, and say what would change; nothing is written. The exit code."""
    slugs = only or tuple(one.slug for one in providers.sound(content)[0])
    with TemporaryDirectory() as folder:
        copy = Path(folder, content.name)
        for name in ("providers", *(f"{archive.INCIDENTS}/{slug}" for slug in slugs)):
            if (content / name).is_dir():
                shutil.copytree(content / name, copy / name)
        for file in (content.parent / project_file.FILE, *(content / "pulls" / f"{slug}.json" for slug in slugs)):
            if file.exists():
                target = Path(folder, file.relative_to(content.parent))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
        code = main(copy, only=slugs, as_json=as_json, **options)
        if not as_json:
            print(*_differences(content, copy, slugs), "pull: nothing was written", sep="\n")
    return code


def _differences(content: Path, copy: Path, slugs: Iterable[str]) -> Iterator[str]:
    """Yield what is another in the copy of the archive, fact by fact."""
    for slug in slugs:
        before = {name: filed.incident for name, filed in archive.load(content, slug).items()}
        for name, filed in archive.load(copy, slug).items():
            if name in before and before[name] != filed.incident:
                yield f"  {slug}/{name} would change: {'; '.join(differences(before[name], filed.incident))}"


def as_data(report: Report) -> dict[str, Any]:
    """Return a report for programs."""
    return {
        "at": stamp(report.at),
        "offline": report.offline,
        "ok": report.ok,
        "providers": [_outcome(outcome) for outcome in report.outcomes],
        "unread": list(report.unread),
        "seconds": round(report.elapsed, 1),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "provider": outcome.provider,
        "feed": outcome.feed,
        "new": _incidents(outcome.new),
        "changed": _incidents(outcome.changed),
        "vanished": _incidents(outcome.vanished),
        "skipped": [skip.why for skip in outcome.skipped],
        "doubts": list(outcome.doubts),
        "failures": [{"feed": one.feed, "reason": one.reason, "message": one.message} for one in outcome.failures],
    }


def _incidents(incidents: Iterable[Incident]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "title": one.title,
            "phase": one.phase.value,
            "started": stamp(one.started),
            "ended": stamp(one.ended) if one.ended else None,
        }
        for one in incidents
    ]

"""Fills the archive from CSV tables of incidents and coverage, so that no site starts empty. Never overwrites."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from almanac import archive, merge
from almanac.feeds import wording
from almanac.model import DECLARED, OVER, Impact, Incident, Kind, Phase, Span, Update, seconds, stamp, unstamp
from almanac.text import english

INCIDENTS = (
    "provider",
    "incident_id",
    "id_is_ours",
    "url",
    "started_at",
    "ended_at",
    "impact",
    "kind",
    "components",
    "updates",
    "dataset",
)
COVERAGE = ("provider", "from", "to", "dataset")
FULL = frozenset({"major_outage", "full_outage"})  # all of the service is out, though the impact is but major
NO_PLACE = frozenset({"Uncategorised"})  # what an archiver calls a component it does not know
PHASES = {phase.value: phase for phase in Phase} | {"available": Phase.RESOLVED}  # Google says so when it is over
KINDS = tuple(kind for kind in DECLARED if kind is not Kind.UNKNOWN)  # where a table does not know, it says nothing
NOUNS = {Kind.MAINTENANCE: "Maintenance of", Kind.NOTICE: "Notice on", Kind.TEST: "Test of"}

_SLUG = re.compile(r"[a-z0-9-]{1,64}")


class BackfillError(Exception):
    """Every fault of the tables, one a line: file:line:column: field: what is wrong; what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """The outcome of a backfill, in numbers of incidents and spans of coverage."""

    added: int
    present: int  # were in the archive already and stayed as they were
    spans: int  # new ones
    unknown: tuple[str, ...] = ()  # words for impact that nobody taught us


class _FieldError(ValueError):
    """A field that cannot be used."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def backfill(content: Path, incidents: Path, coverage: Path | None = None) -> Backfilled:
    """Bring the incidents and the coverage of two tables into the archive; a second time changes nothing.

    An incident the archive has already is left as it is. Raises BackfillError, before anything is written, with all
    faults of both tables.
    """
    faults: list[str] = []
    numbered = list(_rows(incidents, INCIDENTS, read_incident, faults))
    faults += _twice(incidents.name, numbered)
    rows = [row for _, row in numbered]
    spans = [span for _, span in _rows(coverage, COVERAGE, read_span, faults)] if coverage else []
    if faults:
        raise BackfillError("\n".join(faults))
    added = new_spans = 0
    for provider in sorted({incident.provider for incident in rows} | {name for name, _ in spans}):
        with archive.lock(content, provider):
            added += _add(content, provider, (i for i in rows if i.provider == provider))
            new_spans += _cover(content, provider, [span for name, span in spans if name == provider])
    unknown = {row.impact_stated for row in rows if wording.impact(row.impact_stated) is None}
    return Backfilled(added=added, present=len(rows) - added, spans=new_spans, unknown=tuple(sorted(unknown)))


def _add(content: Path, provider: str, rows: Iterable[Incident]) -> int:
    archived = archive.load(content, provider)
    incidents = [filed.incident for filed in archived.values()]
    new = {row.id: row for row in rows if row.id not in archived and not merge.counterpart(row, incidents)}
    archive.save(content, new.values(), archived)
    return len(new)


def _cover(content: Path, provider: str, spans: Iterable[Span]) -> int:
    pulls = archive.load_pulls(content, provider)
    new = set(spans) - set(pulls.coverage)
    if new:
        archive.save_pulls(content, replace(pulls, coverage=merge.in_order((*pulls.coverage, *new))))
    return len(new)


def _twice(file: str, rows: Iterable[tuple[int, Incident]]) -> Iterator[str]:
    first: dict[tuple[str, str], int] = {}
    for line, row in rows:
        if first.setdefault(row.key, line) != line:
            yield f"{file}:{line}:1: incident_id: {row.id} is in line {first[row.key]} too; keep one"


def _rows(path: Path, columns: tuple[str, ...], read: Any, faults: list[str]) -> Iterator[tuple[int, Any]]:
    """Yield the value of each row with the number of its line; a problem with a row goes to `faults`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.reader(file)
        header = next(table, [])
        if missing := [name for name in columns if name not in header]:
            faults.append(f"{path.name}:1:1: has no column {', '.join(missing)}; name the columns {','.join(columns)}")
            return
        for cells in table:
            row = dict(zip(header, cells, strict=False))
            if len(cells) != len(header):
                faults.append(
                    f"{path.name}:{table.line_num}:1: has {len(cells)} fields, not {len(header)} as line 1; "
                    "put texts that hold commas in double quotes"
                )
                continue
            try:
                yield table.line_num, read(row)
            except _FieldError as wrong:
                column = _column(cells, header.index(wrong.field))
                faults.append(f"{path.name}:{table.line_num}:{column}: {wrong.field}: {wrong}")


def _column(cells: list[str], index: int) -> int:
    """Return the column in its line at which a field begins, counted from 1."""
    before = io.StringIO()
    csv.writer(before, lineterminator="").writerow(cells[:index])
    return len(before.getvalue()) + 2 if index else 1


def read_incident(row: Mapping[str, str]) -> Incident:
    """Return the incident of a row, with a title composed from its facts. Raises ValueError naming the field."""
    updates = _updates(row["updates"])
    started, ended = _time(row, "started_at"), _time(row, "ended_at") if row["ended_at"] else None
    facts: dict[str, Any] = {
        "provider": _slug(row["provider"]),
        "id": _required(row, "incident_id"),
        "id_is_ours": row["id_is_ours"] == "yes",
        "impact": wording.impact(row["impact"]) or Impact.UNKNOWN,
        "impact_stated": row["impact"],
        "kind": _kind(row),
        "kind_basis": "words" if row["kind"] else "impact",
        "components": tuple(dict.fromkeys(filter(None, (name.strip() for name in row["components"].split(";"))))),
        "started": started,
        "started_basis": "first-update" if _is_first(started, updates) else "stated",
        "ended": ended,
        "ended_basis": _ended_basis(ended, updates),
        "phase": _phase(ended, updates),
        "precision": "second" if started.second or (ended and ended.second) else "minute",
        "source": row["url"],
        "imported": _required(row, "dataset"),
        "updates": updates,
    }
    if ended and ended < started:  # backdated: the stamp of its making lies after its end
        facts |= {"started": ended, "started_basis": "mended", "extra": (("started_stated", stamp(started)),)}
    return Incident(title=_title(facts), title_is_ours=True, **facts)


def read_span(row: Mapping[str, str]) -> tuple[str, Span]:
    """Return provider and time of a row of coverage. Raises ValueError naming the field."""
    span = Span(since=_time(row, "from"), until=_time(row, "to"), dataset=_required(row, "dataset"))
    if span.until < span.since:
        raise _FieldError("to", "lies before `from`; swap the two")
    return _slug(row["provider"]), span


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise _FieldError("provider", f"{text!r} is not a valid slug; use a-z, 0-9 and -")
    return text


def _required(row: Mapping[str, str], field: str) -> str:
    if not row[field].strip():
        raise _FieldError(field, "is empty; every row needs one")
    return row[field]


def _time(row: Mapping[str, str], field: str) -> datetime:
    try:
        return unstamp(row[field])
    except ValueError as error:
        raise _FieldError(field, f"{error}; write UTC with seconds and Z") from None


def _kind(row: Mapping[str, str]) -> Kind:
    """Return the kind the table names; else the one that follows from the impact."""
    if not row["kind"]:
        impact = wording.impact(row["impact"]) or Impact.UNKNOWN
        return Kind.OUTAGE if row["impact"] in FULL else wording.kind("", impact, planned=False)[0]
    if row["kind"] not in KINDS:
        raise _FieldError("kind", f"{row['kind']!r} is not a kind; use {', '.join(KINDS)} or nothing")
    return Kind(row["kind"])


def _updates(text: str) -> tuple[Update, ...]:
    """Read `phase@time phase@time`, in order of time. A word of no known phase is kept as printed."""
    updates = []
    for post in text.split():
        word, _, at = post.partition("@")
        printed = word.replace("_", " ") if word.replace("_", " ") in PHASES else word
        try:
            updates.append(Update(at=unstamp(at), phase=PHASES.get(printed, Phase.UNKNOWN), printed=printed))
        except ValueError as error:
            raise _FieldError("updates", f"{error}; write phase@time, with blanks between") from None
    return merge.in_effect(sorted(updates, key=lambda update: update.at))


def _is_first(started: datetime, updates: tuple[Update, ...]) -> bool:
    return bool(updates) and started == updates[0].at


def _ended_basis(ended: datetime | None, updates: tuple[Update, ...]) -> str:
    if ended is None:
        return ""
    return "resolved-update" if any(u.at == ended and u.phase in OVER for u in updates) else "stated"


def _phase(ended: datetime | None, updates: tuple[Update, ...]) -> Phase:
    """Return the phase of the last update; if that is not over, a stated end says that it is resolved."""
    last = updates[-1].phase if updates else Phase.UNKNOWN
    return Phase.RESOLVED if ended and last not in OVER else last


def _title(facts: Mapping[str, Any]) -> str:
    """Compose a title such as `claude.ai and 4 more: major, 3 h 58 min`."""
    components = [name for name in facts["components"] if name not in NO_PLACE]
    places = components[0] + (f" and {len(components) - 1} more" if len(components) > 1 else "") if components else ""
    noun = NOUNS.get(facts["kind"], "")
    subject = f"{noun} {places}".strip() if places else noun.split(" ")[0] or "Incident"
    severity = [] if noun else [_severity(facts["impact"])]
    return f"{subject}: {', '.join([*severity, _length(facts)])}"


def _severity(impact: Impact) -> str:
    return {Impact.NONE: "no impact", Impact.UNKNOWN: "impact unknown"}.get(impact, impact.value)


def _length(facts: Mapping[str, Any]) -> str:
    if facts["ended"] is None:
        return "no end recorded"
    length = seconds(facts["ended"]) - seconds(facts["started"])
    return english.duration(length).replace(english.GAP, " ") if length else "length not given"


def main(content: Path, incidents: Path, coverage: Path | None = None) -> int:
    """Run the task `backfill`: 0 if all went in, 1 with every problem on the error output if nothing did."""
    try:
        outcome = backfill(content, incidents, coverage)
    except (BackfillError, archive.ArchiveError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{outcome.added:,} incidents added, {outcome.present:,} were there; {outcome.spans} spans of coverage added."
    )
    if outcome.unknown:
        print(f"Impact unknown for these words: {', '.join(outcome.unknown)}; teach them to feeds/wording.py.")
    return 0

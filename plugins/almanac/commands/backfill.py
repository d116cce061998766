"""Fills the archive from CSV tables of incidents and coverage, so that no site starts empty.

What the archive has stays as it is, but for rows that say they replace it: of these it takes the fields they name, and keeps
beside them what was known before. Coverage grows by one table and shrinks by another.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from almanac import archive, merge
from almanac.feeds import wording
from almanac.model import DECLARED, OVER, Impact, Incident, Kind, Phase, Repair, Span, Update, seconds, stamp, unstamp
from almanac.model.problem import TaskError
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
COVERAGE = ("provider", "from", "to", "dataset")  # and, where a span is not of the whole provider, products
FULL = frozenset({"major_outage", "full_outage"})  # all of the service is out, though the impact is but major
NO_PLACE = frozenset({"Uncategorised"})  # what an archiver calls a component it does not know
PHASES = {phase.value: phase for phase in Phase} | {"available": Phase.RESOLVED}  # Google says so when it is over
INTERVALS = ("incident_id", "hours_of_its_intervals")  # tab-separated
MANY, OFTEN = 20, 0.25  # times of a data set, and the share of them on the hour, from which on it rounds to the hour
KINDS = tuple(kind for kind in DECLARED if kind is not Kind.UNKNOWN)  # where a table does not know, it says nothing
NOUNS = {Kind.MAINTENANCE: "Maintenance of", Kind.NOTICE: "Notice on", Kind.TEST: "Test of"}

REPLACEABLE: Mapping[str, tuple[str, ...]] = {  # by column: the facts of an incident that follow from it
    "url": ("source",),
    "started_at": ("started", "started_basis"),
    "ended_at": ("ended", "ended_basis", "phase", "started", "started_basis"),  # a start after the end was moved to it
    "impact": ("impact", "impact_stated", "kind", "kind_basis"),
    "kind": ("kind", "kind_basis"),
    "components": ("components",),
    "updates": ("updates", "phase", "started_basis", "ended_basis"),
    "dataset": ("imported",),
}
SPELLED = ("source", "started", "ended", "impact", "kind", "components", "updates", "imported")  # what a repair names

_SLUG = re.compile(r"[a-z0-9-]{1,64}")


class BackfillError(TaskError):
    """Every fault of the tables, one a line: file:line:column: field: what is wrong; what to write instead."""

    is_listed = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """The outcome of a backfill, in numbers of incidents and spans of coverage."""

    added: int
    present: int  # were in the archive already and stayed as they were
    repaired: int = 0  # were in the archive, and have better facts now
    spans: int  # of coverage that were not there before, or not so
    cuts: int = 0  # new ones
    unknown: tuple[str, ...] = ()  # words for impact that nobody taught us


class Row(NamedTuple):
    """A row of a table of incidents: what it says, and which of its facts replace those of the archive."""

    incident: Incident
    replaced: tuple[str, ...]  # columns; empty where it only adds


class _FieldError(ValueError):
    """A field that cannot be used."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def backfill(
    content: Path,
    incidents: Path,
    coverage: Path | None = None,
    cuts: Path | None = None,
    intervals: Path | None = None,
) -> Backfilled:
    """Bring the incidents, the coverage and the cuts of tables into the archive; a second time changes nothing.

    An incident the archive has already is left as it is, unless its row says that it replaces it. `intervals` tells how many
    hours of an incident were trouble. Raises BackfillError, before anything is written, with all faults of all tables.
    """
    faults: list[str] = []
    numbered = list(_rows(incidents, INCIDENTS, read_row, faults))
    faults += _twice(incidents.name, [(line, row.incident) for line, row in numbered])
    spans, out = (
        [span for _, span in _rows(path, COVERAGE, read_span, faults)] if path else [] for path in (coverage, cuts)
    )
    lengths = list(_rows(intervals, INTERVALS, read_length, faults)) if intervals else []
    rows = _with_lengths([row for _, row in numbered], lengths, intervals.name if intervals else "", faults)
    if faults:
        raise BackfillError("\n".join(faults))
    rows = _rounded(rows)
    slugs = {row.incident.provider for row in rows} | {name for name, _ in (*spans, *out)}
    outcome = Backfilled(added=0, present=0, spans=0)
    for provider in sorted(slugs):
        with archive.lock(content, provider):
            added, repaired = _add(content, provider, [row for row in rows if row.incident.provider == provider])
            of_provider = ([span for name, span in table if name == provider] for table in (spans, out))
            new_spans, new_cuts = _cover(content, provider, *of_provider)
        outcome = replace(
            outcome,
            added=outcome.added + added,
            repaired=outcome.repaired + repaired,
            spans=outcome.spans + new_spans,
            cuts=outcome.cuts + new_cuts,
        )
    words = {row.incident.impact_stated for row in rows}
    unknown = tuple(sorted(word for word in words if wording.impact(word) is None))
    return replace(outcome, present=len(rows) - outcome.added - outcome.repaired, unknown=unknown)


def _with_lengths(
    rows: list[Row], lengths: Iterable[tuple[int, tuple[str, int]]], file: str, faults: list[str]
) -> list[Row]:
    """Return the rows with the time that each was in trouble; a length that fits none is a fault."""
    at = {row.incident.id: place for place, row in enumerate(rows)}
    for line, (name, length) in lengths:
        place = at.get(name)
        if place is None:
            faults.append(f"{file}:{line}:1: incident_id: {name} is not in the table of incidents; add it there")
            continue
        incident = rows[place].incident
        if incident.ended is None or not 0 < length < seconds(incident.ended) - seconds(incident.started):
            faults.append(
                f"{file}:{line}:1: hours_of_its_intervals: must be less than the length of {name}; correct it, or delete the line"
            )
            continue
        rows[place] = rows[place]._replace(incident=replace(incident, trouble_seconds=length))
    return rows


def _rounded(rows: list[Row]) -> list[Row]:
    """Return the rows, marking the times of data sets that mostly stand on the hour: those were rounded to it."""
    times: dict[str, list[datetime]] = {}
    for row in rows:
        times.setdefault(row.incident.imported, []).extend(_times(row.incident))
    rounding = {name for name, at in times.items() if len(at) >= MANY and sum(map(_on_hour, at)) > OFTEN * len(at)}
    return [
        row._replace(incident=replace(row.incident, precision="hour"))
        if row.incident.imported in rounding and all(map(_on_hour, _times(row.incident)))
        else row
        for row in rows
    ]


def _times(incident: Incident) -> list[datetime]:
    return [at for at in (incident.started, incident.ended) if at]


def _on_hour(at: datetime) -> bool:
    return not at.minute and not at.second


def _add(content: Path, provider: str, rows: Iterable[Row]) -> tuple[int, int]:
    """Save the incidents that are new and those that have better facts now; return how many of each."""
    archived = archive.load(content, provider)
    incidents = [filed.incident for filed in archived.values()]
    new: dict[str, Incident] = {}
    repaired: list[Incident] = []
    for row in rows:
        filed = archived.get(row.incident.id)
        if filed:
            better = repair(filed.incident, row) if row.replaced else with_length(filed.incident, row.incident)
            repaired += [better] if better != filed.incident else []
        elif not merge.counterpart(row.incident, incidents):
            new[row.incident.id] = row.incident
    archive.save(content, [*new.values(), *repaired], archived)
    return len(new), len(repaired)


def repair(archived: Incident, row: Row) -> Incident:
    """Return an incident with the facts its row replaces, and what these were before; itself if it has them already.

    What a pull has met since is left alone: the provider's own page knows better than any data set.
    """
    if archived.dialect or any(repair.dataset == row.incident.imported for repair in archived.repairs):
        return archived
    names = {name for column in row.replaced for name in REPLACEABLE[column]} | {"precision", "title"}
    facts: dict[str, Any] = {name: getattr(row.incident, name) for name in names}
    others = [(name, raw) for name, raw in archived.extra if name != "started_stated"]
    facts["extra"] = (*others, *row.incident.extra)
    if not archived.title_is_ours:
        del facts["title"]
    better = replace(archived, **facts)
    repairs = [
        Repair(what=name, was=was, dataset=row.incident.imported)
        for name in SPELLED
        if (was := _spell(archived, name)) != _spell(better, name)
    ]
    return replace(better, repairs=(*archived.repairs, *repairs)) if repairs else archived


def with_length(archived: Incident, incoming: Incident) -> Incident:
    """Return an archived incident with the time it was in trouble, where only the incoming one has it."""
    length = archived.trouble_seconds if archived.dialect else archived.trouble_seconds or incoming.trouble_seconds
    return replace(archived, trouble_seconds=length)


def _spell(incident: Incident, name: str) -> str:
    """Return a fact in the words a repair keeps it in."""
    spell: Mapping[str, Callable[[], str]] = {
        "started": lambda: stamp(incident.started),
        "ended": lambda: stamp(incident.ended) if incident.ended else "unknown",
        "impact": lambda: incident.impact_stated or incident.impact.value,
        "kind": lambda: incident.kind.value,
        "components": lambda: "; ".join(incident.components) or "none",
        "updates": lambda: " ".join(f"{u.printed or u.phase.value}@{stamp(u.at)}" for u in incident.updates) or "none",
    }
    return spell[name]() if name in spell else str(getattr(incident, name))


def _cover(content: Path, provider: str, spans: Iterable[Span], cuts: Iterable[Span]) -> tuple[int, int]:
    """Widen and narrow what is covered; return how many spans and how many cuts are new."""
    pulls = archive.load_pulls(content, provider)
    all_cuts = merge.in_order((*pulls.cuts, *cuts))
    covered = merge.settle((*pulls.coverage, *spans), all_cuts)
    after = replace(pulls, coverage=covered, cuts=all_cuts)
    if after != pulls:
        archive.save_pulls(content, after)
    return len(set(covered) - set(pulls.coverage)), len(all_cuts) - len(pulls.cuts)


def _twice(file: str, rows: Iterable[tuple[int, Incident]]) -> Iterator[str]:
    first: dict[tuple[str, str], int] = {}
    for line, row in rows:
        if first.setdefault(row.key, line) != line:
            yield f"{file}:{line}:1: incident_id: {row.id} is in line {first[row.key]} too; keep one"


def _rows(path: Path, columns: tuple[str, ...], read: Any, faults: list[str]) -> Iterator[tuple[int, Any]]:
    """Yield the value of each row with the number of its line; a problem with a row goes to `faults`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.reader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
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
        "provider": _slug(row, "provider"),
        "id": _required(row, "incident_id"),
        "id_is_ours": row["id_is_ours"] == "yes",
        "impact": wording.impact(row["impact"]) or Impact.UNKNOWN,
        "impact_stated": row["impact"],
        "kind": _kind(row),
        "kind_basis": "words" if row["kind"] else "impact",
        "components": _names(row["components"]),
        "started": started,
        "started_basis": "first-update" if _is_first(started, updates) else "stated",
        "ended": ended,
        "ended_basis": _ended_basis(ended, updates),
        "phase": _phase(ended, updates),
        "precision": "second" if started.second or (ended and ended.second) else "minute",
        "source": row["url"],
        "imported": _slug(row, "dataset"),
        "updates": updates,
    }
    if ended and ended < started:  # backdated: the stamp of its making lies after its end
        facts |= {"started": ended, "started_basis": "mended", "extra": (("started_stated", stamp(started)),)}
    return Incident(title=_title(facts), title_is_ours=True, **facts)


def read_row(row: Mapping[str, str]) -> Row:
    """Return the incident of a row and what it replaces. Raises ValueError naming the field."""
    replaced = tuple(filter(None, row.get("replaced_fields", "").split(";"))) if row.get("replaces") else ()
    if odd := [column for column in replaced if column not in REPLACEABLE]:
        raise _FieldError("replaced_fields", f"{odd[0]!r} cannot be replaced; name some of {';'.join(REPLACEABLE)}")
    if row.get("replaces") and not replaced:
        raise _FieldError(
            "replaced_fields" if "replaced_fields" in row else "replaces", "names no field; name them, with ; between"
        )
    return Row(read_incident(row), replaced)


def read_length(row: Mapping[str, str]) -> tuple[str, int]:
    """Return the id of an incident and the seconds it was in trouble. Raises ValueError naming the field."""
    try:
        hours = float(row["hours_of_its_intervals"])
    except ValueError:
        raise _FieldError("hours_of_its_intervals", "is not a number of hours; write e.g. 1.5") from None
    return _required(row, "incident_id"), round(hours * english.HOUR)


def read_span(row: Mapping[str, str]) -> tuple[str, Span]:
    """Return provider and time of a row of coverage. Raises ValueError naming the field."""
    span = Span(
        since=_time(row, "from"),
        until=_time(row, "to"),
        dataset=_slug(row, "dataset"),
        products=_names(row.get("products", "")),
    )
    if span.until < span.since:
        raise _FieldError("to", "lies before `from`; swap the two")
    return _slug(row, "provider"), span


def _slug(row: Mapping[str, str], field: str) -> str:
    text = _required(row, field)
    if not _SLUG.fullmatch(text):
        raise _FieldError(field, f"{text!r} is not a valid slug; use a-z, 0-9 and -")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (name.strip() for name in text.split(";")))))


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


def main(content: Path, incidents: Path, **tables: Path | None) -> int:
    """Run the task `backfill`. The exit code. Raises BackfillError with every problem, and nothing goes in then."""
    outcome = backfill(content, incidents, **tables)
    print(
        f"{outcome.added:,} incident{'s'[: outcome.added != 1]} added, {outcome.repaired:,} repaired, {outcome.present:,} already present; "
        f"{outcome.spans} spans of coverage added, {outcome.cuts} cut."
    )
    if outcome.unknown:
        print(f"Impact unknown for these words: {', '.join(outcome.unknown)}; add them to feeds/wording.py.")
    return 0

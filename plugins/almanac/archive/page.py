"""Incident ⇄ Markdown: the facts as front matter, then a section an update. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from almanac.archive import facts
from almanac.archive.facts import MEMO, TIME, Codec, FactError
from almanac.archive.scalars import QUOTED, NotCanonicalError, read_scalar, scalar
from almanac.model import Change, Incident, Phase, Repair, Revision, Update, stamp, unstamp
from almanac.model.problem import Problem, TaskError, printable
from almanac.text.quoting import quoted

REVISION = "was, until seen "
NOTE = Codec(lambda text: scalar(text, in_list=True), MEMO(lambda raw: read_scalar(raw, in_list=True)))
PHASES = {phase.value: phase for phase in Phase}
NOTES = {"seen": TIME, "at": TIME, "printed": NOTE, "upstream_id": NOTE, "gone": TIME}
OF_UPDATE = frozenset({"seen", "printed", "upstream_id", "gone"})
OF_REVISION = frozenset({"at", "printed"})

_NOTE = re.compile(rf'(\w+): ({QUOTED}|[^",]+)(?:, (?=.)|$)')
_CHANGE = re.compile(rf'- ({QUOTED}|[^":]+): (.*), (?:until seen (\S+)|repaired from ([a-z0-9-]+))')
_ESCAPE = re.compile(r"^( *#{2,3} )", re.MULTILINE)  # a heading in a text would read as ours: a blank goes before it
_UNESCAPE = re.compile(r"^ ( *#{2,3} )", re.MULTILINE)


class ArchiveError(TaskError):
    """Files of the archive that cannot be used: one a line, as file:line: what is wrong; what to write instead.

    Made of faults, and of plain words where no file is at fault.
    """

    is_listed = True

    def __init__(self, *problems: Problem | str) -> None:
        super().__init__(*problems)
        self.problems = tuple(Problem(file="content", message=one) if isinstance(one, str) else one for one in problems)

    def __str__(self) -> str:
        return "\n".join(one if isinstance(one, str) else _line(one) for one in self.args)


def _line(fault: Problem) -> str:
    return printable(f"{fault.file}:{fault.line}: {fault.text}")


def render(incident: Incident) -> str:
    """Return the file of an incident: `parse(render(x)) == x`, and the same incident always gives the same bytes.

    Values of `extra` are raw YAML as `parse` found it. Texts may hold anything but lone surrogates.
    """
    sections = [section for update in incident.updates for section in _sections(update)]
    if changes := [*map(_change, incident.changes), *map(_repair, incident.repairs)]:
        sections.append("\n".join(["## changes", "", *changes, ""]))
    return "\n".join(["---", *facts.write(incident), "---", "", *sections])


def _sections(update: Update) -> list[str]:
    """Return an update and, below it, each text it had before."""
    word = update.printed if update.printed.lower() == update.phase.value else update.phase.value
    printed = None if update.printed == _heading_word(word) else update.printed
    sections = [
        f"## {stamp(update.at)} {word}\n"
        + _notes(seen=update.seen, printed=printed, upstream_id=update.upstream_id or None, gone=update.gone)
        + _block(update.text)
    ]
    for was in update.was:
        notes = _notes(at=was.at, printed=was.printed or None)
        sections.append(f"### {REVISION}{stamp(was.until)}\n{notes}{_block(was.text)}")
    return sections


def _heading_word(word: str) -> str:
    """Return what the feed printed, unless a note says otherwise: the heading's own word."""
    return "" if word == Phase.UNKNOWN.value else word


def _notes(**notes: str | datetime | None) -> str:
    """Return the line `seen: 2026-03-02T11:53:00Z, printed: Update` of what is not None."""
    parts = [f"{name}: {NOTES[name].write(value)}" for name, value in notes.items() if value is not None]
    return ", ".join(parts) + "\n" if parts else ""


def _block(text: str) -> str:
    if "## " in text:
        text = _ESCAPE.sub(r" \1", text)
    return f"\n{text}\n" if text else ""


def _change(change: Change) -> str:
    return f"- {scalar(change.what, in_list=True)}: {scalar(change.was)}, until seen {stamp(change.until)}"


def _repair(repair: Repair) -> str:
    return f"- {scalar(repair.what, in_list=True)}: {scalar(repair.was)}, repaired from {repair.dataset}"


def parse(text: str, file: str = "") -> Incident:
    """Return the incident in a text. `file` is for the message of an ArchiveError, which names line and cure."""
    try:
        return _parse(text.replace("\r\n", "\n") if text.startswith("---\r\n") else text)
    except FactError as error:
        line = text.count("\n", 0, max(text.find(error.near) + error.near.startswith("\n"), 0)) + 1
        raise ArchiveError(Problem(file=file, line=line, message=str(error))) from None


def _parse(text: str) -> Incident:
    end = text.find("\n---\n", 3)
    if not text.startswith("---\n") or end < 0:
        raise FactError("", "has no front matter; restore the lines --- around the facts from the history of the file")
    fields, extra = facts.read(text[4:end])
    if missing := facts.NEEDED - fields.keys():
        raise FactError("", f"has no {', '.join(sorted(missing))}; restore it from the history of the file")
    updates, changes = _body(text[end + 5 :])
    return Incident(
        **fields,
        updates=updates,
        changes=tuple(change for change in changes if isinstance(change, Change)),
        repairs=tuple(change for change in changes if isinstance(change, Repair)),
        extra=extra,
    )


def _body(body: str) -> tuple[tuple[Update, ...], tuple[Change | Repair, ...]]:
    """Return the updates and changes below the front matter."""
    before, *sections = body.split("\n## ")
    if before.strip("\n"):
        raise FactError(before, "this stands under no heading; write it below a line `## time phase`")
    updates: list[Update] = []
    changes: list[Change | Repair] = []
    for section in sections:
        if section.startswith("changes\n"):
            changes += map(_read_change, filter(None, section.split("\n")[1:]))
        else:
            updates.append(_update(section))
    return tuple(updates), tuple(changes)


def _update(section: str) -> Update:
    """Return an update from its section without the `## `."""
    newest, *older = section.split("\n### ")
    heading, notes, text = _split_section(newest, OF_UPDATE)
    at, _, word = heading.partition(" ")
    phase = PHASES.get(word) or PHASES.get(word.lower())
    if phase is None:
        raise FactError(f"## {heading}", f"{quoted(word)} is not a phase; write one of: {', '.join(PHASES)}")
    return Update(
        at=_time(at, f"## {heading}"),
        phase=phase,
        text=text,
        was=tuple(map(_revision, older)),
        **{"printed": _heading_word(word), **notes},
    )


def _revision(section: str) -> Revision:
    """Return an older text from its section without the `### `."""
    heading, notes, text = _split_section(section, OF_REVISION)
    if not heading.startswith(REVISION):
        raise FactError(f"### {heading}", f"is not a heading of ours; write `### {REVISION}time`, or a blank before it")
    return Revision(text=text, until=_time(heading.removeprefix(REVISION), f"### {heading}"), **notes)


def _split_section(section: str, names: frozenset[str]) -> tuple[str, Mapping[str, Any], str]:
    """Return heading, notes (of these `names`) and text of a section."""
    heading, _, rest = section.partition("\n")
    notes: Mapping[str, Any] = {}
    if rest and rest[0] != "\n":
        line, _, rest = rest.partition("\n")
        notes = _read_notes(line, names)
    text = rest[1:-1]
    if "## " in text:
        text = _UNESCAPE.sub(r"\1", text)
    return heading, notes, text


@MEMO
def _read_notes(line: str, names: frozenset[str]) -> Mapping[str, Any]:
    notes: dict[str, Any] = {}
    at = 0
    while at < len(line):
        match = _NOTE.match(line, at)
        if not match or match[1] not in names:
            cure = "put a blank line above a text"
            raise FactError(line, f"{quoted(line)} are not notes like `seen: 2026-03-02T11:53:00Z`; {cure}")
        try:
            notes[match[1]] = NOTES[match[1]].read(match[2])
        except ValueError as error:
            raise FactError(line, f"{match[1]}: {error}") from None
        at = match.end()
    return notes


def _read_change(line: str) -> Change | Repair:
    match = _CHANGE.fullmatch(line)
    try:
        if not match:
            cure = "write `- title: old title, until seen 2026-03-02T11:53:00Z`"
            raise NotCanonicalError(f"{quoted(line)} is not a change; {cure}")
        what, was = read_scalar(match[1], in_list=True), read_scalar(match[2])
        if match[3]:
            return Change(what=what, was=was, until=unstamp(match[3]))
        return Repair(what=what, was=was, dataset=match[4])
    except ValueError as error:
        raise FactError(line, str(error)) from None


def _time(raw: str, near: str) -> datetime:
    try:
        return unstamp(raw)
    except ValueError as error:
        raise FactError(near, str(error)) from None

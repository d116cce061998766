"""Incident ⇄ Markdown: the facts as front matter, then a section an update. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from almanac.archive import facts
from almanac.archive.facts import MEMO, TIME, Bad, Form
from almanac.archive.scalars import QUOTED, NotCanonical, read_scalar, scalar
from almanac.model import Change, Incident, Phase, Revision, Update, stamp, unstamp
from almanac.model.problem import Problem, printable
from almanac.text.quoting import quoted

REVISION = "was, until seen "
NOTE = Form(lambda text: scalar(text, in_list=True), MEMO(lambda raw: read_scalar(raw, in_list=True)))
PHASES = {phase.value: phase for phase in Phase}
NOTES = {"seen": TIME, "at": TIME, "printed": NOTE, "upstream_id": NOTE, "gone": TIME}
OF_UPDATE = frozenset({"seen", "printed", "upstream_id", "gone"})
OF_REVISION = frozenset({"at", "printed"})

_NOTE = re.compile(rf'(\w+): ({QUOTED}|[^",]+)(?:, (?=.)|$)')
_CHANGE = re.compile(rf'- ({QUOTED}|[^":]+): (.*), until seen (\S+)')
_ESCAPE = re.compile(r"^( *#{2,3} )", re.MULTILINE)  # a heading in a text would read as ours: a blank goes before it
_UNESCAPE = re.compile(r"^ ( *#{2,3} )", re.MULTILINE)


class ArchiveError(Exception):
    """Files of the archive that cannot be used: one a line, as file:line: what is wrong; what to write instead.

    Made of faults, and of plain words where no file is at fault.
    """

    def __init__(self, *said: Problem | str) -> None:
        super().__init__(*said)
        self.problems = tuple(Problem(file="content", message=one) if isinstance(one, str) else one for one in said)

    def __str__(self) -> str:
        return "\n".join(one if isinstance(one, str) else _line(one) for one in self.args)


def _line(fault: Problem) -> str:
    return printable(f"{fault.file}:{fault.line}: {fault.text}")


def render(incident: Incident) -> str:
    """The file of an incident. `parse(render(x)) == x`, and the same incident always gives the same bytes.

    Values of `extra` are raw YAML as `parse` found it. Texts may hold anything but lone surrogates.
    """
    sections = [section for update in incident.updates for section in _sections(update)]
    if incident.changes:
        sections.append("\n".join(["## changes", "", *map(_change, incident.changes), ""]))
    return "\n".join(["---", *facts.write(incident), "---", "", *sections])


def _sections(update: Update) -> list[str]:
    """An update and, below it, each text it had before."""
    word = update.printed if update.printed.lower() == update.phase.value else update.phase.value
    printed = None if update.printed == _as_headed(word) else update.printed
    sections = [
        f"## {stamp(update.at)} {word}\n"
        + _notes(seen=update.seen, printed=printed, upstream_id=update.upstream_id or None, gone=update.gone)
        + _block(update.text)
    ]
    for was in update.was:
        notes = _notes(at=was.at, printed=was.printed or None)
        sections.append(f"### {REVISION}{stamp(was.until)}\n{notes}{_block(was.text)}")
    return sections


def _as_headed(word: str) -> str:
    """What the feed printed, unless a note says otherwise: the heading's own word."""
    return "" if word == Phase.UNKNOWN.value else word


def _notes(**notes: str | datetime | None) -> str:
    """The line `seen: 2026-03-02T11:53:00Z, printed: Update` of what is not None."""
    said = [f"{name}: {NOTES[name].write(value)}" for name, value in notes.items() if value is not None]
    return ", ".join(said) + "\n" if said else ""


def _block(text: str) -> str:
    if "## " in text:
        text = _ESCAPE.sub(r" \1", text)
    return f"\n{text}\n" if text else ""


def _change(change: Change) -> str:
    return f"- {scalar(change.what, in_list=True)}: {scalar(change.was)}, until seen {stamp(change.until)}"


def parse(text: str, file: str = "") -> Incident:
    """The incident in a file's text. `file` is for the message of an ArchiveError, which names line and cure."""
    try:
        return _parse(text.replace("\r\n", "\n") if text.startswith("---\r\n") else text)
    except Bad as bad:
        line = text.count("\n", 0, max(text.find(bad.near) + bad.near.startswith("\n"), 0)) + 1
        raise ArchiveError(Problem(file=file, line=line, message=str(bad))) from None


def _parse(text: str) -> Incident:
    end = text.find("\n---\n", 3)
    if not text.startswith("---\n") or end < 0:
        raise Bad("", "has no front matter; restore the lines --- around the facts from the history of the file")
    known, extra = facts.read(text[4:end])
    if missing := facts.NEEDED - known.keys():
        raise Bad("", f"has no {', '.join(sorted(missing))}; restore it from the history of the file")
    updates, changes = _body(text[end + 5 :])
    return Incident(**known, updates=updates, changes=changes, extra=extra)


def _body(body: str) -> tuple[tuple[Update, ...], tuple[Change, ...]]:
    """The updates and changes below the front matter."""
    before, *sections = body.split("\n## ")
    if before.strip("\n"):
        raise Bad(before, "this stands under no heading; write it below a line `## time phase`")
    updates: list[Update] = []
    changes: list[Change] = []
    for section in sections:
        if section.startswith("changes\n"):
            changes += map(_read_change, filter(None, section.split("\n")[1:]))
        else:
            updates.append(_update(section))
    return tuple(updates), tuple(changes)


def _update(section: str) -> Update:
    """An update from its section without the `## `."""
    newest, *older = section.split("\n### ")
    heading, notes, text = _taken_apart(newest, OF_UPDATE)
    at, _, word = heading.partition(" ")
    phase = PHASES.get(word) or PHASES.get(word.lower())
    if phase is None:
        raise Bad(f"## {heading}", f"{quoted(word)} is no phase; write one of: {', '.join(PHASES)}")
    return Update(
        at=_time(at, f"## {heading}"),
        phase=phase,
        text=text,
        was=tuple(map(_revision, older)),
        **{"printed": _as_headed(word), **notes},
    )


def _revision(section: str) -> Revision:
    """An older text from its section without the `### `."""
    heading, notes, text = _taken_apart(section, OF_REVISION)
    if not heading.startswith(REVISION):
        raise Bad(f"### {heading}", f"is no heading of ours; write `### {REVISION}time`, or a blank before it")
    return Revision(text=text, until=_time(heading.removeprefix(REVISION), f"### {heading}"), **notes)


def _taken_apart(section: str, known: frozenset[str]) -> tuple[str, Mapping[str, Any], str]:
    """Heading, notes (of `known` names) and text of a section."""
    heading, _, rest = section.partition("\n")
    notes: Mapping[str, Any] = {}
    if rest and rest[0] != "\n":
        line, _, rest = rest.partition("\n")
        notes = _read_notes(line, known)
    text = rest[1:-1]
    if "## " in text:
        text = _UNESCAPE.sub(r"\1", text)
    return heading, notes, text


@MEMO
def _read_notes(line: str, known: frozenset[str]) -> Mapping[str, Any]:
    notes: dict[str, Any] = {}
    at = 0
    while at < len(line):
        found = _NOTE.match(line, at)
        if not found or found[1] not in known:
            cure = "put a blank line above a text"
            raise Bad(line, f"{quoted(line)} are no notes like `seen: 2026-03-02T11:53:00Z`; {cure}")
        try:
            notes[found[1]] = NOTES[found[1]].read(found[2])
        except ValueError as error:
            raise Bad(line, f"{found[1]}: {error}") from None
        at = found.end()
    return notes


def _read_change(line: str) -> Change:
    found = _CHANGE.fullmatch(line)
    try:
        if not found:
            cure = "write `- title: old title, until seen 2026-03-02T11:53:00Z`"
            raise NotCanonical(f"{quoted(line)} is no change; {cure}")
        return Change(what=read_scalar(found[1], in_list=True), was=read_scalar(found[2]), until=unstamp(found[3]))
    except ValueError as error:
        raise Bad(line, str(error)) from None


def _time(raw: str, near: str) -> datetime:
    try:
        return unstamp(raw)
    except ValueError as error:
        raise Bad(near, str(error)) from None

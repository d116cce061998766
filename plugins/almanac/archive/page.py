"""Incident ⇄ Markdown: the facts as front matter, the updates as sections. Pure.

What `render` writes, a fast reader of our own takes apart; front matter that a person rewrote goes through PyYAML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from almanac.archive.scalars import NotCanonical, read_scalar, read_sequence, scalar, sequence
from almanac.model import Change, Impact, Incident, Kind, Phase, Revision, Update, stamp, unstamp

UNKNOWN = "unknown"  # a time we do not know
REVISION = "was, until seen "


class ArchiveError(Exception):
    """Files of the archive that cannot be used: one a line, as file:line: what is wrong; what to write instead."""


class _Bad(ValueError):
    """Something wrong in the line that begins with `near`."""

    def __init__(self, near: str, message: str) -> None:
        super().__init__(message)
        self.near = near


class _Form(NamedTuple):
    """How the values of a field are written and read."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _read_flag(raw: str) -> bool:
    if raw not in ("true", "false"):
        raise NotCanonical(f"{raw!r} is neither true nor false")
    return raw == "true"


def _write_maybe(at: datetime | None) -> str:
    return UNKNOWN if at is None else stamp(at)


def _read_maybe(raw: str) -> datetime | None:
    return None if raw == UNKNOWN else unstamp(raw)


def _word(words: type[Kind] | type[Impact] | type[Phase]) -> _Form:
    known: Mapping[str, Any] = {word.value: word for word in words}

    def read(raw: str) -> Any:
        if raw not in known:
            raise NotCanonical(f"{raw!r} is none of our words; write one of: {', '.join(known)}")
        return known[raw]

    return _Form(lambda word: word.value, read)


TEXT = _Form(scalar, read_scalar)
LIST = _Form(sequence, read_sequence)
FLAG = _Form(lambda flag: "true" if flag else "false", _read_flag)
TIME = _Form(stamp, unstamp)
MAYBE = _Form(_write_maybe, _read_maybe)
NOTE = _Form(lambda text: scalar(text, in_list=True), lambda raw: read_scalar(raw, in_list=True))
PHASES = {phase.value: phase for phase in Phase}

FIELDS: dict[str, _Form] = {
    "provider": TEXT, "id": TEXT, "aliases": LIST, "title": TEXT, "title_is_ours": FLAG,
    "kind": _word(Kind), "kind_basis": TEXT, "impact": _word(Impact), "impact_stated": TEXT, "phase": _word(Phase),
    "components": LIST, "started": TIME, "started_basis": TEXT, "ended": MAYBE, "ended_basis": TEXT,
    "planned_from": MAYBE, "planned_until": MAYBE, "precision": TEXT, "source": TEXT, "dialect": TEXT,
    "id_is_ours": FLAG, "imported": TEXT, "first_seen": MAYBE, "vanished": MAYBE,
}  # fmt: skip
SILENT = frozenset(  # not written while there is nothing to say
    {"aliases", "title_is_ours", "planned_from", "planned_until", "dialect", "id_is_ours", "imported", "vanished"}
)
NEEDED = frozenset({"provider", "id", "title", "kind", "phase", "started"})  # the rest have defaults
NOTES = {"seen": TIME, "at": TIME, "printed": NOTE, "upstream_id": NOTE, "gone": TIME}
OF_UPDATE = frozenset({"seen", "printed", "upstream_id", "gone"})
OF_REVISION = frozenset({"at", "printed"})

_FACT = re.compile(r"([A-Za-z_][\w.-]*):(?: (.*))?")
_NOTE = re.compile(r'(\w+): ("(?:[^"\\]|\\.)*"|[^",]+)(?:, (?=.)|$)')
_CHANGE = re.compile(r'- ("(?:[^"\\]|\\.)*"|[^":]+): (.*), until seen (\S+)')
_ESCAPE = re.compile(r"^( *#{2,3} )", re.MULTILINE)  # a heading in a text would read as ours: a blank goes before it
_UNESCAPE = re.compile(r"^ ( *#{2,3} )", re.MULTILINE)


def render(incident: Incident) -> str:
    """The file of an incident. `parse(render(x)) == x`, and the same incident always gives the same bytes.

    Values of `extra` are raw YAML as `parse` found it. Texts may hold anything but lone surrogates.
    """
    facts = [f"{name}: {form.write(getattr(incident, name))}" for name, form in FIELDS.items()
             if name not in SILENT or getattr(incident, name)]
    unknown = [f"{name}:{raw}" if raw[:1] in ("", "\n") else f"{name}: {raw}" for name, raw in incident.extra]
    sections = [section for update in incident.updates for section in _sections(update)]
    if incident.changes:
        sections.append("\n".join(["## changes", "", *map(_change, incident.changes), ""]))
    return "\n".join(["---", *facts, *unknown, "---", "", *sections])


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
    except _Bad as bad:
        line = text.count("\n", 0, max(text.find(bad.near) + bad.near.startswith("\n"), 0)) + 1
        raise ArchiveError(f"{file}:{line}: {bad}") from None


def _parse(text: str) -> Incident:
    end = text.find("\n---\n", 3)
    if not text.startswith("---\n") or end < 0:
        raise _Bad("", "has no front matter; restore the lines --- around the facts from the history of the file")
    facts, extra = _facts(text[4:end])
    if missing := NEEDED - facts.keys():
        raise _Bad("", f"has no {', '.join(sorted(missing))}; restore it from the history of the file")
    updates, changes = _body(text[end + 5 :])
    return Incident(**facts, updates=updates, changes=changes, extra=extra)


def _facts(head: str) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """The known fields of the front matter, and the raw text of the unknown ones."""
    raws = _raw(head)
    extra = tuple((name, raw) for name, raw in raws.items() if name not in FIELDS)
    try:
        return {name: FIELDS[name].read(raw) for name, raw in raws.items() if name in FIELDS}, extra
    except ValueError:
        raws = _canonical(head)
    facts = {}
    for name, raw in raws.items():
        try:
            facts[name] = FIELDS[name].read(raw)
        except ValueError as error:
            raise _Bad(f"\n{name}:", f"{name}: {error}") from None
    return facts, extra


def _raw(head: str) -> dict[str, str]:
    """The text behind each name, with the lines that continue it."""
    raws: dict[str, str] = {}
    name = ""
    for line in head.split("\n"):
        found = _FACT.fullmatch(line)
        if not found:
            if not name:
                raise _Bad(line, f"{line!r} is no fact; write lines like `phase: resolved`")
            raws[name] += f"\n{line}"
            continue
        name = found[1]
        if name in raws:
            raise _Bad(f"\n{line}", f"{name} is there twice; keep one")
        raws[name] = found[2] or ""
    return raws


def _canonical(head: str) -> dict[str, str]:
    """The known fields of front matter that a person rewrote, as we write them."""
    import yaml  # only here: the archive as we write it is read without

    try:
        values = yaml.load(head, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a 13th month
        mark = getattr(error, "problem_mark", None)
        line = head.split("\n")[mark.line] if mark and mark.line <= head.count("\n") else ""
        problem = getattr(error, "problem", "") or " ".join(str(error).split())
        raise _Bad(line, f"is not YAML: {problem}; put texts that hold : or # in double quotes") from None
    if not isinstance(values, dict):
        raise _Bad("", "its front matter is not a list of facts; write lines like `phase: resolved`")
    return {name: _spelled(value) for name, value in values.items() if name in FIELDS}


def _spelled(value: object) -> str:
    """A value that YAML made, in the form we read. What has none stays as it is and will be refused."""
    match value:
        case bool():
            return FLAG.write(value)
        case str():
            return scalar(value)
        case datetime():
            return stamp(value if value.tzinfo else value.replace(tzinfo=UTC))
        case list() if all(isinstance(item, str) for item in value):
            return sequence(value)
    return str(value)


def _body(body: str) -> tuple[tuple[Update, ...], tuple[Change, ...]]:
    """The updates and changes below the front matter."""
    before, *sections = body.split("\n## ")
    if before.strip("\n"):
        raise _Bad(before, "this stands under no heading; write it below a line `## time phase`")
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
        raise _Bad(f"## {heading}", f"{word!r} is no phase; write one of: {', '.join(PHASES)}")
    return Update(
        at=_time(at, f"## {heading}"), phase=phase, text=text, printed=notes.pop("printed", _as_headed(word)),
        was=tuple(map(_revision, older)), **notes,
    )  # fmt: skip


def _revision(section: str) -> Revision:
    """An older text from its section without the `### `."""
    heading, notes, text = _taken_apart(section, OF_REVISION)
    if not heading.startswith(REVISION):
        raise _Bad(f"### {heading}", f"is no heading of ours; write `### {REVISION}time`, or a blank before it")
    return Revision(text=text, until=_time(heading.removeprefix(REVISION), f"### {heading}"), **notes)


def _taken_apart(section: str, known: frozenset[str]) -> tuple[str, dict[str, Any], str]:
    """Heading, notes (of `known` names) and text of a section."""
    heading, _, rest = section.partition("\n")
    notes: dict[str, Any] = {}
    if rest and rest[0] != "\n":
        line, _, rest = rest.partition("\n")
        notes = _read_notes(line, known)
    text = rest[1:-1]
    if "## " in text:
        text = _UNESCAPE.sub(r"\1", text)
    return heading, notes, text


def _read_notes(line: str, known: frozenset[str]) -> dict[str, Any]:
    notes: dict[str, Any] = {}
    at = 0
    while at < len(line):
        found = _NOTE.match(line, at)
        if not found or found[1] not in known:
            raise _Bad(line, f"{line!r} are no notes like `seen: 2026-03-02T11:53:00Z`; put a blank line above a text")
        try:
            notes[found[1]] = NOTES[found[1]].read(found[2])
        except ValueError as error:
            raise _Bad(line, f"{found[1]}: {error}") from None
        at = found.end()
    return notes


def _read_change(line: str) -> Change:
    found = _CHANGE.fullmatch(line)
    try:
        if not found:
            raise NotCanonical(f"{line!r} is no change; write `- title: old title, until seen 2026-03-02T11:53:00Z`")
        return Change(what=read_scalar(found[1], in_list=True), was=read_scalar(found[2]), until=unstamp(found[3]))
    except ValueError as error:
        raise _Bad(line, str(error)) from None


def _time(raw: str, near: str) -> datetime:
    try:
        return unstamp(raw)
    except ValueError as error:
        raise _Bad(near, str(error)) from None

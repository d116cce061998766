"""The files of content/inbox: drafts that wait for a person, and dropped.txt, which remembers those that left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from almanac import files
from almanac.content.files import collect
from almanac.model.problem import ProblemError, WordError
from almanac.news import story
from almanac.news.draft import Decided, StoryDraft, canonical
from almanac.text.slug import slug

FOLDER = "inbox"
MEMORY = f"{FOLDER}/dropped.txt"


class InboxError(ProblemError):
    """Every fault of the drafts, one a line. A pull must not go on without them, or it would bring them again."""


def load(content: Path) -> tuple[StoryDraft, ...]:
    """Return the drafts, oldest first. Raises InboxError."""
    names = [f"{FOLDER}/{path.name}" for path in files.pages(content / FOLDER)]
    drafts, faults = collect(content, names, lambda data, name: story.parse(data, name, f"content/{name}"))
    if faults:
        raise InboxError(faults)
    return tuple(sorted(drafts, key=lambda draft: (draft.lead.at, draft.file)))


def save(content: Path, drafts: Iterable[StoryDraft]) -> tuple[str, ...]:
    """Write drafts, each to its file or to a new one, and return the files that changed.

    What could not be read again (a title that mixes alphabets, say) is not written: it would stop the next pull.
    """
    changed = []
    for draft in drafts:
        file, text = draft.file or _place(content, draft), story.render(draft)
        if not story.parse(text.encode(), file, file)[1] and write(content / file, text):
            changed.append(file)
    return tuple(changed)


def decisions(content: Path) -> tuple[Decided, ...]:
    """Return the decision about every telling whose story left the inbox."""
    path = content / MEMORY
    return tuple(story.lines(path.read_text(encoding="utf-8", errors="replace"))) if path.exists() else ()


def leave(content: Path, draft: StoryDraft, word: str) -> None:
    """Take a draft out of the inbox for good. It is remembered first, so that a kill in between repeats nothing."""
    additions = [
        Decided(telling=telling, word=word, providers=draft.providers, incidents=draft.incidents)
        for telling in draft.tellings
    ]
    before = decisions(content)
    text = "".join(f"{story.line(one)}\n" for one in (*before, *(one for one in additions if one not in before)))
    write(content / MEMORY, text)
    (content / draft.file).unlink(missing_ok=True)


def write(path: Path, text: str) -> bool:
    """Write a file at once or not at all; say whether it changed. Raises DiskError."""
    if path.exists() and path.read_bytes() == text.encode():
        return False
    files.make_folder(path.parent)
    files.put(path, text.encode(), durable=True)
    return True


def find(drafts: Sequence[StoryDraft], name: str) -> StoryDraft:
    """Return the draft with a number in the list, from 1, or with the name of its file. Raises ValueError."""
    if name.isdecimal() and 1 <= int(name) <= len(drafts):
        return drafts[int(name) - 1]
    stem = name.rpartition("/")[2].removesuffix(".md")
    for draft in drafts:
        if draft.file == f"{FOLDER}/{stem}.md":
            return draft
    if not drafts:
        raise WordError(f"there is no draft: content/{FOLDER} is empty")
    raise WordError(f"no draft {name}; write a number up to {len(drafts)} or the name of a file in content/{FOLDER}")


def _place(content: Path, draft: StoryDraft) -> str:
    """Return inbox/<date>-<slug>.md, with a hash of the address if another story has that name already."""
    mark = hashlib.sha256(canonical(draft.lead.url).encode()).hexdigest()[:8]
    try:
        stem = f"{draft.lead.at:%Y-%m-%d}-{slug(draft.lead.title)}"
    except ValueError:  # a title without a Latin letter
        stem = f"{draft.lead.at:%Y-%m-%d}-{mark}"
    file = f"{FOLDER}/{stem}.md"
    return f"{FOLDER}/{stem}-{mark}.md" if (content / file).exists() else file

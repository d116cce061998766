"""Works through the inbox: lists it, makes a link post or an article of a draft, or drops it for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from almanac import archive
from almanac.commands import new_article
from almanac.commands.new_beside import FILL_IN, lay
from almanac.content import frontmatter, providers
from almanac.model import Incident
from almanac.model.problem import ProblemError, WordError
from almanac.news import StoryDraft, inbox, story

LINKS = "links"


def main(
    content: Path,
    *,
    now: datetime,
    link: str = "",
    article: str = "",
    drop: str = "",
    by: str = "",
    note: str = "",
    title: str = "",
) -> int:
    """Run the command `curate`; without a choice it lists. A draft is named by its number in the list or its file.

    `link` and `drop` take several, comma-separated. `by` is the curator, `note` a line of theirs, `title` that of the
    article. The exit code: 1 if a draft or a name is missing or wrong.
    """
    drafts = inbox.load(content)
    chosen = [inbox.find(drafts, name.strip()) for name in (link or drop or article).split(",") if name.strip()]
    if article:
        _each(chosen, lambda draft: as_article(content, draft, title=title, by=by, now=now))
    elif link:
        _each(chosen, lambda draft: as_link(content, draft, by=by, note=note))
    elif drop:
        _each(chosen, lambda draft: discard(content, draft))
    else:
        print(*list_lines(drafts), sep="\n")
    return 0


def _each(drafts: Sequence[StoryDraft], do: Callable[[StoryDraft], str]) -> None:
    for draft in drafts:
        print(f"curate: {do(draft)}")


def list_lines(drafts: Sequence[StoryDraft]) -> list[str]:
    """Return the lines of the drafts, numbered from 1, oldest first, and what can be done with them."""
    if not drafts:
        return ["curate: the inbox is empty; a pull fills it"]
    lines = [line for number, draft in enumerate(drafts, 1) for line in _draft_lines(number, draft)]
    return [*lines, "", "curate --link 1 --by NAME, curate --article 1 --title TITLE --by NAME, or curate --drop 1,2"]


def _draft_lines(number: int, draft: StoryDraft) -> list[str]:
    lead, more = draft.lead, len(draft.tellings) - 1
    also = f" (and {more} more)" if more else ""
    return [
        f"{number:3}  {lead.at:%Y-%m-%d %H:%M}  {lead.title}",
        f"     {lead.publisher}{also}, {draft.grade}: {lead.url}",
        f"     about {', '.join(draft.incidents) or 'no incident of the archive'}; kept because it {draft.why}",
    ]


def as_link(content: Path, draft: StoryDraft, *, by: str, note: str = "") -> str:
    """Move a draft to content/links for the build, and return what was done. Raises WordError.

    Nothing is published by this either: the file is reviewed and merged like all that people write.
    """
    from almanac.content import forms  # 0.25 s

    file = f"{LINKS}/{draft.lead.at:%Y}/{draft.file.rpartition('/')[2]}"
    text = story.render(draft, curator=by, **({"note": note} if note else {}))
    _, faults = forms.check(forms.LinkForm, frontmatter.read(text.encode(), f"{content.name}/{file}"))
    if not by:
        raise WordError("a link post needs a curator; add --by NAME")
    if faults:
        raise ProblemError(faults)
    written = lay(content, file, text)
    inbox.leave(content, draft, "link")
    return f"wrote {written}; check its grade and incidents, then propose it"


def as_article(content: Path, draft: StoryDraft, *, title: str, by: str, now: datetime) -> str:
    """Start an article of a draft, which cites its incidents and tellings, and return what was done."""
    if not title:
        raise WordError("an article needs a title of your own; add --title TITLE")
    names = {provider.slug: provider.company for provider in providers.load(content)}
    draft_article = new_article.compose(
        title,
        now=now,
        authors=[by] if by else [],
        providers=draft.providers,
        incidents=_incidents(content, draft),
        names=names,
        sources=[source(draft, index) for index in range(len(draft.tellings))],
    )
    written = lay(content, draft_article.path, draft_article.text)
    inbox.leave(content, draft, "article")
    return f"wrote {written}; {FILL_IN}"


def discard(content: Path, draft: StoryDraft) -> str:
    """Drop a draft, whose story does not come back, and return what was done."""
    inbox.leave(content, draft, "dropped")
    return f"dropped {draft.lead.title}"


def source(draft: StoryDraft, index: int) -> dict[str, str | bool]:
    """Return one telling as a source of an article."""
    telling = draft.tellings[index]
    kind = "press" if draft.grade == "press" else "person"
    return {"url": telling.url, "title": telling.title, "publisher": telling.publisher, "kind": kind, "primary": False}


def _incidents(content: Path, draft: StoryDraft) -> list[Incident]:
    """Return the incidents of a draft that the archive still has."""
    archives = {slug: archive.load(content, slug) for slug in draft.providers}
    keys = (key.partition("/") for key in draft.incidents)
    return [archives[slug][raw].incident for slug, _, raw in keys if raw in archives.get(slug, {})]

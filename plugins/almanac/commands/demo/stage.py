"""Makes the folder in which a demo plays: the archive as it was at the beginning, and the world that goes on from there."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from almanac import archive, feeds, files, merge
from almanac.archive import Filed
from almanac.content import project_file, providers
from almanac.model import Incident, Provider
from almanac.model.problem import TaskError
from almanac.snapshot import incident_as_of
from almanac.world import Event, StatusPage, World, of_facts

FOLDER = ".demo"
OLD = f"{FOLDER}.old"  # that of the demo before, until it is removed
SETTINGS = "democonf.py"  # also the mark of a folder that a demo made
COPIED = ("providers", "pages", "images")  # articles cite what the archive of then cannot have yet
_SETTINGS = '''"""Settings of the demo, made anew at each start: those of the project, but for where things stand."""

import sys

sys.path.insert(0, {root!r})
from pelicanconf import *

SITENAME = f"{{SITENAME}}, demo"
SITEURL = {url!r}
ALMANAC_ID = "tag:127.0.0.1,2026:demo/"  # whoever subscribes to both must not take one for the other
PATH = "content"
OUTPUT_PATH = "output"
THEME = {theme!r}
PLUGIN_PATHS = [{plugins!r}]
'''


class StageError(TaskError):
    """Why no demo can be played: what is wrong; what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The folder of a demo, the world that it watches, and what is needed to hold the one against the other."""

    folder: Path
    site_url: str
    providers: Mapping[str, Provider]  # by slug
    world: World
    names: Mapping[tuple[str, str], str]  # (slug, id in the feed) -> id in the archive, where they differ

    @property
    def content(self) -> Path:
        """Return the folder that is pulled into."""
        return self.folder / "content"

    @property
    def settings(self) -> Path:
        """Return the settings file of its site."""
        return self.folder / SETTINGS

    @property
    def output(self) -> Path:
        """Return the folder of the built site."""
        return self.folder / "output"

    def archive_id(self, slug: str, event: Event, now: datetime) -> str:
        """Return the id by which the archive of the demo knows an event of a page."""
        name = feed_id(self.world.pages[slug], event, now)
        return self.names.get((slug, name), name)


def stage(root: Path, since: datetime, until: datetime, site_url: str) -> Stage:
    """Make the folder anew from a project's content, and return it with the world that plays between two moments.

    The archive is that of midnight a day before `since`: what was posted after that stands in the feeds, for the first
    pull to find. What nobody recorded the end of is left out here and there. Raises StageError, ArchiveError and
    ProviderError.
    """
    content = root / "content"
    watched = providers.load(content)
    archives = {provider.slug: archive.load(content, provider.slug) for provider in watched}
    incidents = {slug: [filed.incident for filed in of_one.values()] for slug, of_one in archives.items()}
    world = of_facts(watched, incidents, until)
    if not world.moments(since, until):
        raise StageError(
            f"nothing was posted between {since:%Y-%m-%d %H:%M} and {until:%Y-%m-%d %H:%M} UTC, as far as "
            "content/incidents knows; choose another --from and --to"
        )
    folder = _empty_folder(root / FOLDER)
    for name in COPIED:
        if (content / name).is_dir():
            shutil.copytree(content / name, folder / "content" / name)
    beginning = first_cut(since)
    names: dict[tuple[str, str], str] = {}
    for provider in watched:
        past = _past(provider, world.pages.get(provider.slug), archives[provider.slug].values(), beginning)
        archive.save(folder / "content", past, archives[provider.slug], durable=False)
        names |= {(provider.slug, alias): incident.id for incident in past for alias in incident.aliases}
        _save_pulls(content, folder / "content", provider.slug, past, beginning)
    files.put(folder / project_file.FILE, project_file.data(root))
    settings = _SETTINGS.format(root=str(root), url=site_url, theme=str(root / "theme"), plugins=str(root / "plugins"))
    files.put(folder / SETTINGS, settings.encode())
    return Stage(
        folder=folder,
        site_url=site_url,
        providers={provider.slug: provider for provider in watched},
        world=replace(world, pages={slug: _as_covered(content, page, beginning) for slug, page in world.pages.items()}),
        names=names,
    )


def _as_covered(content: Path, page: StatusPage, at: datetime) -> StatusPage:
    """Return a page that shows nothing from before the demo if the record does not cover that moment.

    A feed that reaches back over a gap of the record would say that nothing happened in it, and nobody knows that.
    """
    coverage = archive.load_pulls(content, page.slug).coverage
    return page if any(span.since <= at < span.until for span in coverage) else replace(page, lives=())


def first_cut(since: datetime) -> datetime:
    """Return up to when the archive of a demo reaches that begins at `since`: midnight a day before."""
    return (since - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def feed_id(page: StatusPage, event: Event, now: datetime) -> str:
    """Return the id of an event in the first feed of its page."""
    return page.name(page.urls[0], event, now)


def _empty_folder(folder: Path) -> Path:
    """Return the folder, emptied. Raises StageError for one that no demo made."""
    if folder.exists():
        if not (folder / SETTINGS).is_file():
            raise StageError(f"{folder.name}/ was not made by a demo, and would be removed; move it away")
        old = folder.with_name(OLD)
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
        # Thousands of folders take some seconds to remove: nobody waits for it, and the next start sees to what is left.
        threading.Thread(target=shutil.rmtree, args=(old,), kwargs={"ignore_errors": True}, daemon=True).start()
    files.make_folder(folder / "content")
    files.put(folder / SETTINGS, b"")  # from here on it is ours, whatever happens
    return folder


def _past(provider: Provider, page: StatusPage | None, filed: Iterable[Filed], at: datetime) -> list[Incident]:
    """Return what the archive of a provider held at a moment. One without a feed has no `page`: nothing of it is played."""
    if page is None:
        return [past for one in filed if (past := incident_as_of.as_of(one.incident, at))]
    return _as_posted(provider, page, _as_known(filed, page, at), at)


def _as_known(filed: Iterable[Filed], page: StatusPage, at: datetime) -> Iterator[Incident]:
    """Yield the incidents of which the end is recorded, as known at a moment, under their ids in the feed too.

    Some pages have moved to another platform since, and some data sets made up ids: without the alias the first pull
    would file what it reads a second time.
    """
    events = {life.last.id: life.last for life in page.lives}
    ids = {one: feed_id(page, event, at) for one, event in events.items()}
    times = Counter(ids.values())
    for one in filed:
        past = incident_as_of.as_of(one.incident, at) if one.incident.id in events else None
        if past is not None:
            alias = ids[past.id]
            is_new = alias not in (past.id, *past.aliases) and times[alias] == 1
            yield replace(past, aliases=(*past.aliases, alias)) if is_new else past


def _as_posted(provider: Provider, page: StatusPage, past: Iterable[Incident], at: datetime) -> list[Incident]:
    """Return incidents as its feed words them at a moment, in words of our own, as if read when they were posted.

    Else the first pull would take for an edit of the provider whatever a feed says otherwise than a data set.
    """
    before = {incident.id: incident for incident in past}
    reading = feeds.read(provider, page.feed(page.urls[0], at), seen=at, hint=provider.feeds[0].dialect)
    after = {one.id: _unedited(one) for one in merge.merge(before, reading).incidents if one.id in before}
    return [after.get(name, incident) for name, incident in before.items()]


def _unedited(incident: Incident) -> Incident:
    posts = tuple(replace(update, was=(), gone=None) for update in incident.updates)
    return replace(incident, changes=(), vanished=None, updates=posts)


def _save_pulls(content: Path, to: Path, slug: str, past: Iterable[Incident], at: datetime) -> None:
    """Write what pulls and data sets covered by then; the feeds of the demo were never read before."""
    going_on = {incident.id for incident in past if incident.is_open}
    pulls = incident_as_of.pulls_as_of(archive.load_pulls(content, slug), at, going_on)
    names = {incident.id for incident in past}
    archive.save_pulls(to, replace(pulls, feeds=(), last_open=tuple(one for one in pulls.last_open if one[0] in names)))

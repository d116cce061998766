"""Starts to watch a provider: finds what its status page publishes, reads it once, and writes its file to be confirmed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from almanac import fetch
from almanac.archive.scalars import scalar
from almanac.commands import ticker
from almanac.commands.new_beside import begin
from almanac.content import forms, frontmatter, project_file, providers
from almanac.model import FeedError, Incident, Kind
from almanac.model.problem import TaskError, WordError
from almanac.model.project import OTHER, Project
from almanac.pull import sandbox
from almanac.pull.discover import ANSWERER, Ask, Discovery, FeedSource, NothingToReadError, discover
from almanac.text.limits import PARTS
from almanac.text.slug import slug

AT_ONCE = 4  # pages
NEWEST = 3  # incidents
FLOOR = 40  # parts that are written; the others stand in a comment, for whoever wants them
HOSTS = ("statuspage.io", "instatus.com", "betteruptime.com", "status.io", "onlineornot.com", "checkly-status-page.com")
_STATUS_WORDS = re.compile(
    r"\b(?:(?:system|service|live|current)\s+)?status(?:\s+(?:page|dashboard))?\b|\b(?:incident )?history\b",
    re.IGNORECASE,
)
_GUESSES = (  # by what a part is called; the first that fits
    ("code", r"\b(?:code|copilot|cli|ide|codex|editor|extension|agents?)\b"),
    ("speech", r"\b(?:voice|speech|audio|tts|stt|transcri\w+|realtime|dubbing)\b"),
    ("images", r"\b(?:images?|videos?|vision|diffusion|sora|dall)\b"),
    ("search", r"\b(?:search|research|retrieval)\b"),
    ("api", r"\b(?:apis?|endpoints?|inference|gateway|completions?|embeddings?|webhooks?|models?|sdk)\b"),
    ("chat", r"\b(?:chat\w*|assistant|conversations?|app|web ?app)\b"),
    ("compute", r"\b(?:gpus?|compute|training|clusters?|containers?|sandbox(?:es)?|deployments?|notebooks?)\b"),
)


class ComposeError(WordError):
    """A provider that cannot be added; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProvider:
    """A file to be written under content/, and what it is made of."""

    path: str
    text: str
    name: str
    parts: Mapping[str, str]  # the capability guessed for each component that is written
    discovery: Discovery


def main(
    content: Path,
    urls: Sequence[str],
    *,
    listed: Path | None = None,
    via: str = "",
    dry: bool = False,
    name: str = "",
    ask: Ask | None = None,
) -> int:
    """Look at each address, also of a list, and write a file for what is found there; with `dry` only show it. The exit code.

    `ask` is what to read with, if workers of ANSWERER already run.
    """
    urls = [*urls, *(addresses(listed.read_text(encoding="utf-8", errors="replace")) if listed else ())]
    if not urls:
        raise WordError("name the address of a status page, or a list of them with --from")
    fetch.via_address(via)
    watched = providers.sound(content)[0]
    project = project_file.load(content.parent)
    if not via and not fetch.online(url if "://" in url else f"https://{url}" for url in urls):
        raise TaskError("no network, so no page can be read; nothing was written")
    owners = {one.slug: one.file for one in watched} | {feed.url: one.file for one in watched for feed in one.feeds}
    faults = 0
    for url, outcome in _looks(urls, via, project.agent, ask):
        try:
            if isinstance(outcome, Exception):
                raise outcome
            file = compose(outcome, project, name=name, owners=owners)
            _write(content, file, dry=dry)
            owners |= {Path(file.path).stem: file.path}
        except (FeedError, NothingToReadError, ComposeError) as error:
            faults += 1
            print(f"new: {error}" if url in str(error) else f"new: {url}: {error}", file=sys.stderr)
    return 1 if faults else 0


def addresses(text: str) -> tuple[str, ...]:
    """Return the addresses in a list: an OPML, or a line each with remarks after #."""
    if "<opml" in text[:2_000].lower():
        outline = _Outline()
        outline.feed(text)
        return tuple(dict.fromkeys(outline.urls))
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


class _Outline(HTMLParser):
    """Gathers the feeds of an OPML, or the pages where it names no feed."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "outline" and (url := values.get("xmlurl") or values.get("htmlurl")):
            self.urls.append(url)


def _looks(
    urls: Sequence[str], via: str, agent: str, reader: Ask | None
) -> Iterator[tuple[str, Discovery | Exception]]:
    """Yield what is found at each address, in their order; a few are looked at side by side."""
    now, hosts = datetime.now(UTC).replace(microsecond=0), fetch.Hosts(0 if via else fetch.PAUSE)
    workers = min(AT_ONCE, len(urls))
    answerers = nullcontext(reader) if reader else sandbox.workers(ANSWERER, workers)
    with answerers as ask, ThreadPoolExecutor(workers) as threads:

        def look(url: str) -> Discovery | Exception:
            try:
                return discover(url, now=now, hosts=hosts, ask=ask, via=via, agent=agent)
            except (FeedError, NothingToReadError) as error:
                return error

        for number, (url, outcome) in enumerate(zip(urls, threads.map(look, urls), strict=True), 1):
            ticker.step(f"{number} of {len(urls)} pages")
            yield url, outcome


def compose(
    discovery: Discovery, project: Project, *, name: str = "", owners: dict[str, str] | None = None
) -> NewProvider:
    """Return the file of a provider; `owners` are the files of slugs and feeds. Raises ComposeError."""
    owners = owners or {}
    for source in discovery.sources:
        if source.url in owners:
            raise ComposeError(
                f"{discovery.url}: is already monitored: content/{owners[source.url]} reads {source.url}"
            )
    provider_name = name or _name(discovery)
    own = slug(provider_name)
    if own in owners:
        raise ComposeError(f"{discovery.url}: content/{owners[own]} already exists; choose another name with --name")
    parts = {part: capability(part, project) for part in discovery.components[:FLOOR]}
    text = "\n".join(_lines(discovery, provider_name, own, parts)) + "\n"
    return NewProvider(path=f"providers/{own}.md", text=text, name=provider_name, parts=parts, discovery=discovery)


def _name(discovery: Discovery) -> str:
    """Return what the page calls its owner, else what its host does."""
    for candidate in (discovery.parts.name, re.split(r"\s[|–—·:-]\s", discovery.title)[0]):
        plain = " ".join(_STATUS_WORDS.sub(" ", candidate).split()).strip(" -|–—·:")
        if re.search(r"[A-Za-z0-9]", plain) and len(plain) <= 60 and plain.isprintable():
            return plain
    return _of_host(discovery.url).capitalize()


def _of_host(url: str) -> str:
    """Return the word of a host that names somebody: openrouter of status.openrouter.ai, acme of acme.statuspage.io."""
    host = (urlsplit(url).hostname or "new").removeprefix("www.")
    words = host.split(".")
    if any(host.endswith(f".{keeper}") for keeper in HOSTS):
        return words[0]
    rest = [word for word in words[:-1] if word not in ("status", "health", "stspg")]
    return re.sub(r"-?status$", "", rest[-1] if rest else words[0]) or words[0]


def _home(discovery: Discovery) -> str:
    host = urlsplit(discovery.url).hostname or ""
    plain = host.removeprefix("www.").removeprefix("status.")
    return discovery.parts.home or (f"https://{plain}/" if plain != host and "." in plain else discovery.url)


def _lines(discovery: Discovery, name: str, own: str, guesses: Mapping[str, str]) -> Iterator[str]:
    day = f"{discovery.sources[0].reading.seen:%Y-%m-%d}"
    yield "---"
    yield "# Written by `new provider`; confirm what is marked as a guess, then delete the comments."
    yield f"slug: {own}"
    yield f"name: {scalar(name)}"
    yield f"company: {scalar(name)}  # a guess: who runs it"
    yield f"home: {_home(discovery)}  # a guess"
    yield f"status_page: {discovery.url}"
    yield f"evidence: {scalar(f'the page itself, read on {day}')}"
    yield "feeds:"
    for source in discovery.sources:
        yield from (f"  - url: {source.url}", f"    dialect: {source.reading.dialect}", "    verified: true")
        yield from ["    beside: true"] if source.url in discovery.beside else []
        yield f"    evidence: {scalar(f'read on {day}, with {_entries(source)}')}"
    yield from _components(guesses, name)
    if more := discovery.components[FLOOR:PARTS]:
        yield f"# It has {len(more)} more, such as {', '.join(more[:5])}."
    kinds = [kind for kind in dict.fromkeys(guesses.values()) if kind != OTHER] or [OTHER]
    yield f"capabilities: [{', '.join(kinds)}]  # a guess by the names of its components"
    yield from ("---", "", f"A sentence or two about {name}, in your own words.")


def _entries(source: FeedSource) -> str:
    count = source.reading.entries
    return f"{count:,} entr{'y' if count == 1 else 'ies'}"


def _components(guesses: Mapping[str, str], name: str) -> Iterator[str]:
    """Yield the lines of the components; of a page that names none, one that stands for the whole."""
    if not guesses:
        yield "components: []  # its page lists none: add those that its incidents name"
        return
    yield "components:  # what each is for is a guess by its name; almanac.toml lists the capabilities"
    slugs: set[str] = set()
    for part, kind in guesses.items():
        own = _free(part, slugs)
        slugs.add(own)
        yield from (f"  - slug: {own}", f"    name: {scalar(part)}", f"    product: {scalar(name)}")
        yield from (f"    capability: {kind}", f"    match: [{scalar(part, in_list=True)}]")


def _free(part: str, slugs: Iterable[str]) -> str:
    """Return a slug that no other component has, nor any page of a provider."""
    try:
        plain = slug(part)
    except ValueError:
        plain = "part"
    if providers.is_reserved(plain):
        plain = f"{plain}-part"
    return next(one for one in (plain, *(f"{plain[:60]}-{number}" for number in range(2, 999))) if one not in slugs)


def capability(part: str, project: Project) -> str:
    """Return what a part is for, guessed by its name: of what the project lists, if it lists anything."""
    listed = {one.slug: one.name for one in project.capabilities}
    words = part.casefold()
    guessed = [kind for kind, form in _GUESSES if (not listed or kind in listed) and re.search(form, words)]
    labels = [kind for kind, name in listed.items() if kind in words or (name and name.casefold() in words)]
    return next(iter((*guessed, *labels)), OTHER)


def _write(content: Path, file: NewProvider, *, dry: bool) -> None:
    """Write a file and say what its page publishes."""
    discovery = file.discovery
    print(f"new: {discovery.url} is the status page of {file.name} ({discovery.seconds:.1f} s)")
    for source in discovery.sources:
        reading, role = source.reading, ", beside the first" if source.url in discovery.beside else ""
        print(f"  reads {source.url} ({reading.dialect}, {_entries(source)}{role})")
    labels = [f"{part} ({kind})" for part, kind in file.parts.items()][:12]
    more = f" and {len(discovery.components) - 12} more" if len(discovery.components) > 12 else ""
    print(f"  components: {', '.join(labels) or 'none is named'}{more}")
    newest = sorted(discovery.sources[0].reading.incidents, key=lambda one: one.started, reverse=True)[:NEWEST]
    for incident in newest:
        print(f"  {_incident(incident)}")
    faults = forms.check(forms.ProviderForm, frontmatter.read(file.text.encode(), f"content/{file.path}"))[1]
    print(*(f"  to fix: {fault}" for fault in faults), sep="\n", end="\n" if faults else "")
    if dry:
        print(f"new: would write content/{file.path}:\n\n{file.text}")
        return
    begin(content, file.path, file.text, "confirm its guesses, then run: python3 tasks.py check")


def _incident(one: Incident) -> str:
    """Return an incident as it would be recorded, in a line that cannot steer a terminal."""
    end = f" to {one.ended:%Y-%m-%d %H:%M}" if one.ended else f", {one.phase.value}"
    impact = "" if one.kind in (Kind.NOTICE, Kind.TEST, Kind.MAINTENANCE) else f" {one.impact.value}"
    parts = f" [{', '.join(one.components)}]" if one.components else ""
    line = f"{one.started:%Y-%m-%d %H:%M}{end} UTC:{impact} {one.kind.value}: {one.title}{parts}"
    return "".join(c if c.isprintable() else " " for c in line)

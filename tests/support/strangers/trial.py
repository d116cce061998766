"""Puts many strangers through the line in one small site, in a process of its own: pulls, check, build, publish."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from almanac import archive, pull
from almanac.commands import build as build_command
from almanac.commands.survey import survey
from almanac.content.files import read_all
from almanac.model import Incident, stamp
from almanac.model.problem import Problem
from almanac.pull import sandbox
from almanac.pull.report import Outcome, Report
from almanac.pull.run import READER
from tests.support import projects
from tests.support.memory import limit_memory
from tests.support.serving import Serving, page, watch
from tests.support.strangers.alone import raised
from tests.support.strangers.calm import KEPT, everybody
from tests.support.strangers.case import NOW, Stranger
from tests.support.strangers.feeds import item, rss
from tests.support.strangers.pieces import DAY, Stamp

HONEST = "calm"  # a provider whose feed is read beside those of strangers
AGAIN, LATER, BUILT = NOW + timedelta(hours=1), NOW + timedelta(hours=2), NOW + timedelta(hours=3)
DEADLINE = 400.0  # s on the clock of the wall for all of it
SECONDS = {"pull": 60.0, "check": 30.0, "build": 45.0}  # of processor time for a whole trial
MEMORY = 6_000_000_000  # bytes
ROUNDS, READERS = 5, 2
READING = re.compile(r"reading failed|our reader fails|took more than|killed the process|too much memory")
ERROR = re.compile(r"(?:Unicode\w+|Recursion|Overflow|Index|Assertion|Memory|ZeroDivision)Error\b")
SHAPE = re.compile(r"content(?:/.*?)?:\d+:\d+: .{9,}", re.DOTALL)
NUMBER = re.compile(r"(?<![a-zA-Z0-9])s(\d+)(?![a-zA-Z0-9])")
CUT = " were kept"  # ends the doubt of a reading that cut a text
PULLED = "after a pull the check says"


class Harm(NamedTuple):
    """What went wrong, and through which stranger; None if only all of them are known to have done it."""

    number: int | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of the strangers of one site."""

    harms: tuple[Harm, ...] = ()
    read: int = 0  # feeds
    refused: int = 0  # feeds that could not be read, files that the check did not let in
    let_in: int = 0  # files
    seconds: Mapping[str, float] = field(default_factory=dict)
    pages: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def together(self) -> tuple[Harm, ...]:
        """The harms of nobody in particular."""
        return tuple(harm for harm in self.harms if harm.number is None)


class Ground(NamedTuple):
    """What a site is without strangers: pages that none of them may change, and what is wrong all the same."""

    pages: Mapping[str, bytes] = {}
    wrong: frozenset[str] = frozenset()


def ground(*, complete: bool = False) -> Ground:
    """Return the pages that are the same with calm strangers of every kind and without any."""
    empty, peopled = (tried(who, Ground(), complete=complete) for who in ((), everybody()))
    same = {
        path: data for path, data in empty.pages.items() if KEPT.fullmatch(path) and peopled.pages.get(path) == data
    }
    return Ground(same, frozenset(harm.what for harm in empty.harms))


def tried(strangers: Sequence[Stranger], base: Ground, *, complete: bool = False) -> Trial:
    """Return what becomes of strangers in a site of their own. `complete`: it is published, with all that takes longer."""
    folder = Path(tempfile.mkdtemp(prefix="strangers-"))
    try:
        return _apart(lambda: _Line(folder / "site", strangers, base, complete).run())
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)  # shutil recurses, and folders may be deep


def examined(strangers: Sequence[Stranger], base: Ground, *, complete: bool = False, most: int = 3) -> Trial:
    """As `tried`, with each harm put down to the one who did it, as far as halving finds them: at most so many."""
    left, harms, first = list(strangers), dict[Harm, None](), Trial()
    for turn in range(most + 1):
        trial = tried(left, base, complete=complete)
        first = trial if turn == 0 else first
        harms |= dict.fromkeys(harm for harm in trial.harms if harm.number is not None)
        if not trial.together:
            break
        if turn == most:
            harms |= dict.fromkeys(
                Harm(None, f"{harm.what} (among {left[0].number} to {left[-1].number})") for harm in trial.together
            )
            break
        culprits, what = halved(left, trial.together, base, complete)
        harms |= dict.fromkeys(Harm(culprits[0].number, f"{each.what}{_with(culprits)}") for each in what)
        left = [one for one in left if one not in culprits]
    return replace(first, harms=tuple(harms), pages={})


def halved(
    strangers: Sequence[Stranger], harms: Sequence[Harm], base: Ground, complete: bool
) -> tuple[Sequence[Stranger], Sequence[Harm]]:
    """Return the fewest strangers that halving finds to do harm together, mostly one, and what they do."""
    left = strangers
    while len(left) > 1:
        middle = len(left) // 2
        for half in (left[:middle], left[middle:]):
            if found := tried(half, base, complete=complete).together:
                left, harms = half, found
                break
        else:
            break
    return left, harms


def _with(culprits: Sequence[Stranger]) -> str:
    return f" (only together with {', '.join(str(one.number) for one in culprits[1:6])})" if culprits[1:] else ""


@dataclass
class _Line:
    """The line from feeds to pages, with its strangers at work."""

    root: Path
    strangers: Sequence[Stranger]
    base: Ground
    complete: bool
    harms: list[Harm] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)  # those whose text was too long, which a doubt tells

    def run(self) -> Trial:
        projects.project(self.root)
        feeds = [one for one in self.strangers if one.bodies]
        files = [one for one in self.strangers if one.files]
        with self._timed("pull"):
            read = self._pulls(feeds)
        let_in: list[Stranger] | None = None
        with self._timed("check"):
            before = self._problems()
            self._say_all(f"{PULLED}: {problem}" for problem in before)
            let_in = self._weeded(files, before)
        pages: Mapping[str, bytes] = {}
        if let_in is not None:  # else nobody knows what a build is to be made of
            with self._timed("build"):
                self._build()
                pages = projects.tree(self.root / "out")
                self._pages(pages, feeds, let_in)
        let_in = let_in or []
        kept = pages if not self.strangers or not self.base.pages else {}
        return Trial(
            harms=tuple(dict.fromkeys(self._ours())),
            read=read,
            refused=len(self.strangers) - read - len(let_in),
            let_in=len(let_in),
            seconds=self.seconds,
            pages=kept,
        )

    @property
    def _content(self) -> Path:
        return self.root / "content"

    def _ours(self) -> Iterator[Harm]:
        """Yield the harms that are there because of strangers."""
        yield from (harm for harm in self.harms if harm.what not in self.base.wrong)
        yield from (
            Harm(None, f"{what} takes {took:.0f} s") for what, took in self.seconds.items() if took > SECONDS[what]
        )

    def _say(self, number: int | None, what: str) -> None:
        self.harms.append(Harm(number, what))

    def _say_all(self, lines: Iterator[str]) -> None:
        for line in lines:
            self._say(self._whose(line), line)

    def _whose(self, line: str) -> int | None:
        """Return the stranger that a line names; None if it names none."""
        found = NUMBER.search(line)
        return int(found[1]) if found and any(one.number == int(found[1]) for one in self.strangers) else None

    @contextlib.contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        began = sum(os.times()[:4])
        try:
            yield
        except Exception:
            what = raised()
            self._say(None, f"{phase}: {what}")
        self.seconds[phase] = sum(os.times()[:4]) - began

    # pull

    def _pulls(self, feeds: Sequence[Stranger]) -> int:
        """Pull the first state of each feed, then the last, then the last again; how many were read."""
        honest = item(
            "Slow",
            "<p><small>Mar  2, 10:00 UTC</small><br><strong>Resolved</strong> - It is over.</p>",
            guid=f"https://{HONEST}.example/incidents/a1b2c3d4e5f6",
        )
        watch(self._content, HONEST)
        for one in feeds:
            watch(self._content, one.slug)
        hosts = {f"{HONEST}.example": page(rss(honest, HONEST).encode())}
        with Serving(hosts) as server, sandbox.workers(READER, READERS) as read:
            for turn, now in enumerate((NOW, AGAIN)):
                server.hosts |= {
                    f"{one.slug}.example": page(one.bodies[min(turn, len(one.bodies) - 1)]) for one in feeds
                }
                report = self._pull(partial(pull.pull, via=server.url, now=now, read=read), feeds)
                if turn == 0:
                    first = {outcome.provider: outcome for outcome in report.outcomes}
            before = projects.tree(self._content / "incidents")
            self._forget(feeds)
            self._pull(partial(pull.pull, via=server.url, now=LATER, read=read), feeds)
        after = projects.tree(self._content / "incidents")
        changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        self._say_all(
            f"a pull of the same feed changes {path}: {_difference(before.get(path), after.get(path))}"
            for path in changed
        )
        for one in feeds:
            self._hopes(one, first[one.slug])
        return sum(bool(first[one.slug].feed) for one in feeds)

    def _pull(self, pulled: Callable[[Path], Report], feeds: Sequence[Stranger]) -> Report:
        report = pulled(self._content)
        for outcome in report.outcomes:
            self._outcome(outcome)
        if report.unlogged:
            self._say(None, f"the log cannot be written: {report.unlogged}")
        for one in feeds:
            try:
                archive.load(self._content, one.slug)
                archive.load_pulls(self._content, one.slug)
            except Exception:
                self._say(one.number, f"the archive does not load: {raised()}")
        return report

    def _outcome(self, outcome: Outcome) -> None:
        """Return what is wrong with the reading of a feed, whatever it said."""
        number = self._whose(outcome.provider)
        for failure in outcome.failures:
            if failure.is_ours or READING.search(failure.message):
                self._say(number, f"pull: {failure.reason}: {failure.message[:300]}")
        for skip in outcome.skipped:
            if ERROR.match(skip.why):
                self._say(number, f"pull: an entry is skipped: {skip.why[:200]}")
        if outcome.provider == HONEST and not outcome.feed:
            self._say(None, "the honest feed is not read")

    def _forget(self, feeds: Sequence[Stranger]) -> None:
        """Let the next pull read all of each feed again."""
        for slug in (HONEST, *(one.slug for one in feeds)):
            with contextlib.suppress(archive.ArchiveError):
                pulls = archive.load_pulls(self._content, slug)
                bare = tuple(replace(state, etag="", last_modified="", body="", items=()) for state in pulls.feeds)
                archive.save_pulls(self._content, replace(pulls, feeds=bare))

    def _hopes(self, one: Stranger, outcome: Outcome) -> None:
        """Return what did not come of a feed that was read."""
        if not outcome.feed:
            return
        if any(CUT in doubt for doubt in outcome.doubts):
            self.cut.add(one.number)
        with contextlib.suppress(archive.ArchiveError):
            known = [filed.incident for filed in archive.load(self._content, one.slug).values()]
            for what in _unmet(one, outcome, known):
                self._say(one.number, what)

    # check

    def _problems(self) -> list[Problem]:
        return survey(self._content, read_all(self._content), BUILT, False)

    def _weeded(self, files: Sequence[Stranger], before: Sequence[Problem]) -> list[Stranger]:
        """Put files under content and take out what the check does not let in; those it does."""
        for one in files:
            _put(self._content, one)
        left = {one.number: one for one in files}
        for _ in range(ROUNDS):
            found = [problem for problem in self._problems() if problem not in before]
            refused = {
                number: line
                for problem in found
                if (number := self._author(problem, left)) is not None
                for line in [str(problem)]
            }
            for problem in found:
                self._shape(problem, self._author(problem, left))
            for number in refused:
                _take_away(self._content, left.pop(number))
            if not refused:
                break
        for one in left.values():
            if one.refused:
                self._say(one.number, "is let in by the check")
                _take_away(self._content, one)
        return [one for one in left.values() if not one.refused]

    def _author(self, problem: Problem, left: Mapping[int, Stranger]) -> int | None:
        """Return the stranger whose file a problem is told of."""
        for number, one in left.items():
            if any(f"content/{file}" == problem.file for file in one.files):
                return number
        whose = self._whose(problem.file) or self._whose(problem.text)
        return whose if whose in left else None

    def _shape(self, problem: Problem, number: int | None) -> None:
        """Return what is wrong with how a problem is told."""
        if number is None:
            self._say(self._whose(str(problem)), f"the check blames another file: {str(problem)[:200]}")
            return
        if not SHAPE.fullmatch(str(problem)):
            self._say(number, f"the check tells no file, line and reason: {str(problem)[:200]}")
        if not re.search(r"; | like |write |fix |correct |must be |name it|keep |rename |use ", problem.text):
            self._say(number, f"the check tells no cure: {str(problem)[:200]}")
        if problem.file == "content":
            self._say(number, f"the check names no file: {str(problem)[:200]}")

    # build

    def _build(self) -> None:
        """Build as an author does, or publish."""
        settings = "publishconf.py" if self.complete else "pelicanconf.py"
        try:
            build_command.build(self.root / settings, now=stamp(BUILT), output="out", pull=False)
        except SystemExit as error:
            self._say_all(f"what the check lets in stops the build: {line}" for line in str(error).split("\n")[:-1])

    def _pages(self, pages: Mapping[str, bytes], feeds: Sequence[Stranger], let_in: Sequence[Stranger]) -> None:
        """Return what is wrong with the pages that were built."""
        if not pages:
            return
        changed = sorted(path for path, data in self.base.pages.items() if pages.get(path) != data)
        if changed:
            difference = _difference(self.base.pages[changed[0]], pages.get(changed[0]))
            self._say(None, f"pages of others change: {', '.join(changed[:3])}: {difference}")
        for one in feeds:
            place = re.compile(rf"incidents/{one.slug}/[^/]+/(?:\d+/)?index\.html")
            own = b"".join(data for path, data in pages.items() if place.fullmatch(path))
            for mark in one.hope.marks if own and one.number not in self.cut else ():
                if not re.search(rb"%s\b" % mark.encode(), own):
                    self._say(one.number, f"words are lost: {mark} is on no page of the incident")
                if re.search(rb"<(?:pre|h[1-6])\b[^>]*>(?:<code>)?[^<]*%s\b" % mark.encode(), own):
                    self._say(one.number, f"words are made code or a heading: {mark}")
        for one in let_in:
            if one.page and one.mark.encode() not in pages.get(one.page, b""):
                self._say(one.number, f"words are lost: {one.mark} is not in {one.page}")


def _unmet(one: Stranger, outcome: Outcome, known: Sequence[Incident]) -> Iterator[str]:
    """Yield what was hoped of a feed, and did not come, without a doubt told."""
    hope = one.hope
    if hope.incidents is not None and len(known) != hope.incidents:
        yield f"{hope.incidents} incidents become {len(known)}"
    if hope.keeps_title and any(change.what == "title" for incident in known for change in incident.changes):
        yield "a state in a title is recorded as an edit"
    if hope.title and [incident.title for incident in known] != [hope.title]:
        yield f"the title is {known[0].title if known else ''!r}, not {hope.title!r}"
    if hope.marks and len(known) == len(hope.marks) and not any(CUT in doubt for doubt in outcome.doubts):
        texts = "\n".join(update.text for incident in known for update in incident.updates)
        yield from (f"words are lost: {mark} is not in the archive" for mark in hope.marks if mark not in texts)
    doubted = bool(outcome.doubts or outcome.skipped)
    if hope.started and known and not doubted and not _is_meant(hope.started, known[0].started):
        yield f"{hope.started.text[:60]!r} is taken for {known[0].started} without a doubt"


def _is_meant(stamp: Stamp, started: datetime) -> bool:
    """Return True for the moment or day a stamp means; where it means none, for all but the moment it was read."""
    if stamp.means is None:
        return started != NOW
    return started.date() == stamp.means.date() if stamp.means == DAY else started == stamp.means


def _difference(was: bytes | None, now: bytes | None) -> str:
    """Return the first lines that differ."""
    if was is None or now is None:
        return "it was not there" if was is None else "it is gone"
    pairs = zip(was.splitlines(), now.splitlines(), strict=False)
    return next((f"{old[:120]!r} becomes {new[:120]!r}" for old, new in pairs if old != new), "its end")


def _put(content: Path, one: Stranger) -> None:
    """Write the files of a stranger, however deep they are."""
    for file, data in one.files.items():
        folder, _, name = file.rpartition("/")
        at = os.open(content, os.O_RDONLY)
        for part in filter(None, folder.split("/")):
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, dir_fd=at)
            inner = os.open(part, os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = inner
        written = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, dir_fd=at)
        with os.fdopen(written, "wb") as out:
            out.write(data)
        os.close(at)


def _take_away(content: Path, one: Stranger) -> None:
    for file in one.files:
        path = content / file
        path.unlink(missing_ok=True)
        own = next(
            (parent for parent in path.parents if NUMBER.search(parent.name) and parent.is_relative_to(content)), None
        )
        if own and own.is_dir():
            subprocess.run(["rm", "-rf", str(own)], check=True)


def _apart(work: Callable[[], Trial]) -> Trial:
    """Return the result of work in a forked process, which is ended with all it started when it takes too long."""
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, theirs))
    process.start()
    theirs.close()
    try:
        found: Trial = (
            mine.recv() if mine.poll(DEADLINE) else Trial(harms=(Harm(None, f"takes more than {DEADLINE:.0f} s"),))
        )
    except EOFError:
        found = Trial(harms=(Harm(None, "kills the process"),))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    return found


def _send(work: Callable[[], Trial], pipe: Connection) -> None:
    os.setsid()
    limit_memory(MEMORY)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    try:
        found = work()
    except BaseException:  # whatever it is, it is the finding
        found = Trial(harms=(Harm(None, raised()),))
    pipe.send(found)

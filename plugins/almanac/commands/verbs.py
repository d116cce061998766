"""The verbs of an almanac: what each takes, and which module does it. Modules are imported when their verb is run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

from almanac.commands.cli import Argument, Options, Verb, existing, flag, listed, port

WRITING, KEEPING, JUDGING = "To write", "To keep the site", "To look closer"
NOW = Argument("--now", "as of this time, e.g. 2026-03-02T14:10:00Z", {"default": ""})
INCIDENT = Argument(
    "--incident",
    "provider/id; may be repeated",
    {"action": "append", "default": [], "dest": "incidents", "metavar": "PROVIDER/ID"},
)
JSON = Argument("--json", "print JSON, for programs", {"action": "store_true", "dest": "as_json"})
ON = Argument("--on", "the scheduler of a Dask cluster to work on, e.g. tcp://10.0.0.5:8786", {"default": ""})
TO = Argument("--to", "then send what changed there, e.g. s3://bucket/site or /mnt/site", {"default": ""})
VIA = Argument("--via", "ask this server for every host, e.g. http://127.0.0.1:8000", {"default": ""})


def _output(default: str) -> Argument:
    return Argument("--output", f"the folder to build into (default: {default})", {"default": ""})


@dataclass(frozen=True)
class Errand:
    """A verb as a call of a function of almanac.commands, with the options by their names and `more`, made of the root."""

    function: str  # module.name
    more: Mapping[str, Callable[[Path], Any]] = field(default_factory=dict)

    def __call__(self, root: Path, options: Options) -> int | None:
        """Call it; the exit code."""
        function, words = self.call(root, options)
        code: int | None = function(**words)
        return code

    def call(self, root: Path, options: Options) -> tuple[Callable[..., int | None], dict[str, Any]]:
        """Return the function and what it is called with: the project as `root` or `content`, as it likes, and the rest."""
        module, _, name = self.function.partition(".")
        function = getattr(import_module(f"almanac.commands.{module}"), name)
        places = {"root": root, "content": root / "content"}.items()
        words = {place: path for place, path in places if place in signature(function).parameters}
        words |= {name: value(root) for name, value in self.more.items()}
        return function, words | {name: value for name, value in vars(options).items() if name != "quiet"}


def _clock(_: Path) -> datetime:
    """Return the clock as a build sees it, or its preview would lack what was written a moment ago."""
    from almanac.model import moment
    from almanac.model.clock import build_time

    return moment(build_time("", time.time()))


def _build(settings: str) -> Errand:
    return Errand("build.run", {"settings_file": lambda root: root / settings})


def _new(function: str) -> Errand:
    return Errand(function, {"now": _clock})


def _publish(root: Path, options: Options) -> int:
    from almanac.commands import build

    # The moment itself, not the clock floored to five minutes: what was pulled a minute ago is there by now.
    now = os.environ.get("ALMANAC_NOW") or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    output = options.output or "output"
    build.run(root / "publishconf.py", now=now, output=output, on=options.on, pull=False)
    if not options.to:
        return 0
    from almanac.commands import upload

    return upload.main(root / output, options.to)


def _text(name: str, text: str) -> Argument:
    return Argument(name, text, {"default": ""})


def _path(name: str, text: str, **settings: Any) -> Argument:
    return Argument(name, text, {"type": lambda word: Path(word).expanduser(), **settings})


_NEW = Verb(
    "new",
    "start a new file, with what is known already filled in",
    group=WRITING,
    parts=(
        Verb(
            "article",
            "start an article, as a draft",
            _new("new_article.main"),
            (
                Argument("title", "its headline, in quotes"),
                Argument(
                    "--provider",
                    "the slug of a provider; may be repeated",
                    {"action": "append", "default": [], "dest": "providers", "metavar": "PROVIDER"},
                ),
                INCIDENT,
            ),
            ('new article "Claude outage on Monday" --provider anthropic --incident 0ghc53zpsfmt',),
        ),
        Verb(
            "provider",
            "monitor another provider: find the feeds of its status page, read them once and write its file",
            Errand("new_provider.main"),
            (
                Argument(
                    "urls", "addresses of status pages, of feeds, or of websites that link to one", {"nargs": "*"}
                ),
                Argument(
                    "--from",
                    "a list of addresses, one a line, or an OPML file",
                    {"dest": "listed", "type": existing, "default": None, "metavar": "FILE"},
                ),
                _text("--name", "what to call it (default: what its page calls itself)"),
                Argument("--dry-run", "show the file instead of writing it", {"action": "store_true", "dest": "dry"}),
                VIA,
            ),
            (
                "new provider https://status.openrouter.ai/",
                "new provider status.openai.com status.mistral.ai --dry-run",
                "new provider --from vendors.txt",
            ),
        ),
        Verb(
            "correction",
            "correct an incident where its provider's post is plainly wrong",
            _new("new_beside.correction"),
            (Argument("key", "provider/id, as in the address of its page", {"metavar": "incident"}),),
            ("new correction anthropic/0ghc53zpsfmt",),
        ),
        Verb(
            "link",
            "add a link to press coverage to the page of an incident",
            _new("new_beside.link"),
            (
                Argument("url", "the address of the story"),
                _text("--title", "its headline, in quotes"),
                INCIDENT,
                _text("--by", "your name (default: that of git)"),
            ),
            ('new link https://paper.example/story --title "Claude is down" --incident anthropic/0ghc53zpsfmt',),
        ),
        Verb(
            "undeclared",
            "report an outage that its provider did not acknowledge, with at least two sources",
            _new("new_beside.undeclared"),
            (
                Argument("provider", "its slug"),
                Argument("title", "what did not work, in quotes"),
                _text("--start", "when it began, e.g. 2026-03-04T09:00:00Z (default: now)"),
            ),
            ('new undeclared anthropic "Answers took minutes" --start 2026-03-04T09:00:00Z',),
        ),
        Verb(
            "outlet",
            "read the feed of a newspaper or a community for stories of outages",
            Errand("new_beside.outlet"),
            (Argument("feed", "the address of its feed"), _text("--name", "what it is called")),
            ('new outlet https://paper.example/feed.xml --name "The Paper"',),
        ),
        Verb(
            "report",
            "draft a report with the figures of a month or a year",
            _new("new_report.main"),
            (Argument("name", "such as 2026-06 or 2025", {"metavar": "period"}),),
            ("new report 2026-06", "new report 2025"),
        ),
        Verb(
            "image",
            "add a picture, without the metadata that a camera writes into it",
            _new("new_image.main"),
            (_path("source", "a PNG, JPEG or WebP", metavar="file"),),
            ("new image ~/Pictures/shot.png",),
        ),
    ),
)

VERBS: tuple[Verb, ...] = (
    _NEW,
    Verb(
        "check",
        "list the problems in what people have written, each with its place and how to fix it",
        Errand("check.main"),
        (
            Argument("paths", "files or folders (default: all of content)", {"type": Path, "nargs": "*"}),
            flag("--strict", "also list numbers in articles that are not computed from the archive"),
            JSON,
        ),
        ("check", "check content/articles/2026/2026-03-02-claude-outage.md", "check --json | jq '.problems[].file'"),
        group=WRITING,
    ),
    Verb(
        "serve",
        "show the site in a browser while you write; rebuild at every change",
        Errand("serve.serve"),
        (Argument("--port", "the port (default: the first free one from 8000)", {"type": port, "default": None}),),
        ("serve", "serve --port 9000"),
        group=WRITING,
        ticks=False,
    ),
    Verb(
        "build",
        "build a preview from what is here, without a network",
        _build("pelicanconf.py"),
        (NOW, _output(".output-preview"), ON),
        ("build", "build --now 2026-03-02T14:10:00Z --output /tmp/then"),
        group=WRITING,
    ),
    Verb(
        "curate",
        "work through press coverage: list it, link it, or drop it",
        Errand("curate.main", {"now": lambda _: datetime.now(UTC).replace(microsecond=0)}),
        (
            _text("--link", "make link posts of these: numbers of the list or files, comma-separated"),
            _text("--drop", "drop these for good"),
            _text("--article", "start an article from this one"),
            _text("--by", "your name"),
            _text("--note", "a short comment of yours on the link"),
            _text("--title", "the title of the article"),
        ),
        ("curate", 'curate --link 1 --by "Ada Example"', "curate --drop 2,3"),
        group=WRITING,
    ),
    Verb(
        "pull",
        "read the feeds of all providers and merge what they say into the archive",
        Errand("pull.main"),
        (
            Argument("--only", "only these providers, comma-separated", {"type": listed, "default": ()}),
            VIA,
            NOW,
            ON,
            flag("--dry-run", "only show what would change"),
            JSON,
        ),
        ("pull", "pull --only anthropic,openai", "pull --only anthropic --dry-run"),
        group=KEEPING,
    ),
    Verb(
        "site",
        "pull, then build the site to publish",
        _build("publishconf.py"),
        (NOW, _output("output"), ON),
        ("site", "site --output /srv/www"),
        group=KEEPING,
    ),
    Verb(
        "publish",
        "build the site to publish, without pulling",
        _publish,
        (_output("output"), TO, ON),
        ("publish", "publish --output /srv/www", "publish --to s3://bucket/site"),
        group=KEEPING,
    ),
    Verb(
        "doctor",
        "check the installation: what is wrong, and how to fix it",
        Errand("doctor.main"),
        (JSON,),
        ("doctor",),
        group=KEEPING,
    ),
    Verb(
        "release",
        "write a dated snapshot of the data to content/releases, as it was at the end of a quarter",
        Errand("release.release", {"now": lambda _: int(time.time())}),
        (Argument("quarter", "one that is over, e.g. 2026-q3"),),
        ("release 2026-q3",),
        group=KEEPING,
    ),
    Verb(
        "score", "score past forecasts against what happened", Errand("score.score"), (NOW,), ("score",), group=KEEPING
    ),
    Verb(
        "backfill",
        "import incidents from a table into the archive",
        Errand("backfill.main"),
        (
            _path("incidents", "a CSV of incidents", type=existing),
            _path("--coverage", "the CSV of the times it covers", type=existing),
            _path("--cuts", "times to take out of these, in the same columns", type=existing),
            _path("--intervals", "a .tsv: hours down, for incidents that were several intervals", type=existing),
        ),
        ("backfill incidents.csv --coverage coverage.csv",),
        group=KEEPING,
    ),
    Verb(
        "init",
        "start an almanac of your own: the program without our content",
        Errand("init.main"),
        (
            _path("folder", "the folder to create"),
            _text("--name", "its name (default: that of its folder)"),
            _text("--subject", "its subject, as a word that can stand before a noun, e.g. payments"),
            _text("--address", "where it will be published, e.g. https://status.example.org"),
            Argument(
                "--with-vendors",
                "a list of status pages, one a line, or an OPML file",
                {"type": existing, "default": None, "dest": "vendors", "metavar": "FILE"},
            ),
            VIA,
        ),
        ('init ../payment-almanac --name "Payment Almanac" --subject payments --with-vendors vendors.txt',),
        group=KEEPING,
    ),
    Verb(
        "upgrade",
        "put the program of this checkout into an almanac that init made",
        Errand("init.upgrade"),
        (_path("folder", "its folder"),),
        ("upgrade ../payment-almanac",),
        group=KEEPING,
    ),
    Verb(
        "changes",
        "list what changed: facts of incidents since a revision, pages between two built sites",
        Errand("changes.main"),
        (
            Argument(
                "--since",
                "a revision of git, such as origin/main",
                {"default": "", "dest": "base", "metavar": "REVISION"},
            ),
            Argument(
                "--built", "two folders: the site before and after", {"nargs": 2, "type": existing, "default": None}
            ),
        ),
        ("changes --since origin/main", "changes --built before .output-preview"),
        group=JUDGING,
    ),
    Verb(
        "explain",
        "show step by step how a number was calculated",
        group=JUDGING,
        parts=(
            Verb(
                "leaderboard",
                "a provider's line on the leaderboard of a period",
                Errand("explain.explain"),
                (
                    Argument("provider", "its slug"),
                    Argument("period", "2026-Q2, 2026, 90-days, all or 2026-05-08..2026-06-24"),
                    NOW,
                    JSON,
                ),
                ("explain leaderboard anthropic 2026-Q2",),
            ),
            Verb(
                "backups",
                "what is said of two providers: whether they fail together, and as backups of each other",
                Errand("explain.backups"),
                (Argument("pair", "two slugs, anthropic/openai"), NOW, JSON),
                ("explain backups anthropic/openai",),
            ),
            Verb(
                "forecast",
                "the forecast for an incident",
                Errand("explain.forecast"),
                (
                    Argument("incident", "provider/id"),
                    Argument("--minutes", "after its start (default: now if it is open, else 30)", {"default": ""}),
                    NOW,
                    JSON,
                ),
                ("explain forecast anthropic/0ghc53zpsfmt --minutes 60",),
            ),
            Verb(
                "claims",
                "the verdict on each claim of an article",
                Errand("explain.claims"),
                (Argument("article", "its file, without folder and .md"), NOW, JSON),
                ("explain claims 2026-03-02-claude-outage",),
            ),
        ),
    ),
    Verb(
        "demo",
        "play the outage of 2 March 2026 in a browser, offline, in a folder of its own",
        Errand("demo.main"),
        (
            Argument("--from", "begin at this time (default: 2026-03-02T11:30:00Z)", {"dest": "since", "default": ""}),
            Argument("--to", "end at this time (default: 2026-03-02T16:00:00Z)", {"dest": "until", "default": ""}),
            Argument(
                "--speed",
                "simulated seconds a second (default: 60); 0: step by step, on request",
                {"type": float, "default": 60.0},
            ),
            Argument("--port", "the port (default: 8000)", {"type": port, "default": 8000}),
        ),
        ("demo", "demo --speed 0"),
        group=JUDGING,
        ticks=False,
    ),
)

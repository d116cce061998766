"""The verbs of an almanac: what each takes, and which module does it. Modules are imported when their verb is run."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from almanac.commands.cli import MISUSED, Argument, Options, Verb, existing, flag, listed, port

WRITING, KEEPING, JUDGING = "To write", "To keep the site", "To look closer"
NOW = Argument("--now", "as of this time, e.g. 2026-03-02T14:10:00Z", {"default": ""})
INCIDENT = Argument("--incident", "provider/id; may be repeated", {"action": "append", "default": []})
JSON = flag("--json", "print JSON, for programs")
ON = Argument("--on", "the scheduler of a Dask cluster to work on, e.g. tcp://10.0.0.5:8786", {"default": ""})
TO = Argument("--to", "then send what changed there, e.g. s3://bucket/site or /mnt/site", {"default": ""})
VIA = Argument("--via", "ask this server for every host, e.g. http://127.0.0.1:8000", {"default": ""})


def _output(default: str) -> Argument:
    return Argument("--output", f"the folder to build into (default: {default})", {"default": ""})


def _content(root: Path) -> Path:
    return root / "content"


def _clock() -> datetime:
    """Return the clock as a build sees it, or its preview would lack what was written a moment ago."""
    from almanac.model import moment
    from almanac.model.clock import build_time

    return moment(build_time("", time.time()))


def _build(root: Path, options: Options) -> None:
    from almanac.commands import build

    build.run(root / "pelicanconf.py", now=options.now, output=options.output, on=options.on)


def _site(root: Path, options: Options) -> None:
    from almanac.commands import build

    build.run(root / "publishconf.py", now=options.now, output=options.output, on=options.on)


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


def _pull(root: Path, options: Options) -> int:
    from almanac.commands import pull

    settings = {name: getattr(options, name) for name in ("via", "only", "now", "on")}
    work = pull.preview if options.dry_run else pull.main
    return work(_content(root), **settings, as_json=options.json)


def _backfill(root: Path, options: Options) -> int:
    from almanac.commands import backfill

    tables = {name: getattr(options, name) for name in ("coverage", "cuts", "intervals")}
    return backfill.main(_content(root), options.incidents, **tables)


def _serve(root: Path, options: Options) -> int:
    from almanac.commands import serve

    return serve.serve(root, port=options.port)


def _demo(root: Path, options: Options) -> int:
    from almanac.commands import demo

    return demo.main(root, since=options.since, until=options.until, speed=options.speed, port=options.port)


def _check(root: Path, options: Options) -> int:
    from almanac.commands import check

    return check.main(_content(root), options.paths, strict=options.strict, as_json=options.json)


def _article(root: Path, options: Options) -> int:
    from almanac.commands import new_article

    return new_article.main(_content(root), options.title, options.provider, options.incident, _clock())


def _correction(root: Path, options: Options) -> int:
    from almanac.commands import new_beside

    return new_beside.correction(_content(root), options.incident, _clock(), new_beside.author(root))


def _link(root: Path, options: Options) -> int:
    from almanac.commands import new_beside

    by = options.by or new_beside.author(root)
    return new_beside.link(_content(root), options.url, options.title, options.incident, _clock(), by)


def _changes(root: Path, options: Options) -> int:
    from almanac.commands import changes

    before, after = options.built or (None, None)
    return changes.main(root, options.since, before, after)


def _provider(root: Path, options: Options) -> int:
    from almanac.commands import new_provider

    urls = list(options.urls)
    if options.list:
        urls += new_provider.addresses(options.list.read_text(encoding="utf-8", errors="replace"))
    if not urls:
        print("new provider: name the address of a status page, or a list of them with --from", file=sys.stderr)
        return MISUSED
    return new_provider.main(_content(root), urls, via=options.via, dry=options.dry_run, name=options.name)


def _report(root: Path, options: Options) -> int:
    from almanac.commands import new_report

    return new_report.main(_content(root), options.month, _clock())


def _image(root: Path, options: Options) -> int:
    from almanac.commands import new_image

    return new_image.main(_content(root), options.file.expanduser(), _clock())


def _doctor(root: Path, options: Options) -> int:
    from almanac.commands import doctor

    return doctor.main(root, as_json=options.json)


def _init(root: Path, options: Options) -> int:
    from almanac.commands import init

    folder, vendors = options.folder.expanduser(), options.with_vendors
    return init.main(root, folder, options.name, options.subject, options.address, vendors, options.via)


def _upgrade(root: Path, options: Options) -> int:
    from almanac.commands import init

    return init.upgrade(root, options.folder.expanduser())


def _score(root: Path, options: Options) -> int:
    from almanac.commands import score

    return score.score(_content(root), now=options.now)


def _leaderboard(root: Path, options: Options) -> int:
    from almanac.commands import explain

    return explain.explain(_content(root), options.provider, options.period, now=options.now, as_json=options.json)


def _pair(root: Path, options: Options) -> int:
    from almanac.commands import explain

    return explain.backups(_content(root), options.pair, now=options.now, as_json=options.json)


def _forecast(root: Path, options: Options) -> int:
    from almanac.commands import explain

    return explain.forecast(_content(root), options.incident, options.minutes, now=options.now, as_json=options.json)


def _release(root: Path, options: Options) -> int:
    from almanac.commands import release

    return release.release(root, options.quarter, int(time.time()))


def _claims(root: Path, options: Options) -> int:
    from almanac.commands import explain

    return explain.claims(_content(root), options.article, now=options.now, as_json=options.json)


def _curate(root: Path, options: Options) -> int:
    from almanac.commands import curate

    chosen = {name: getattr(options, name) for name in ("link", "drop", "article", "by", "note", "title")}
    return curate.main(_content(root), now=datetime.now(UTC).replace(microsecond=0), **chosen)


def _text(name: str, text: str) -> Argument:
    return Argument(name, text, {"default": ""})


def _path(name: str, text: str) -> Argument:
    return Argument(name, text, {"type": Path, "default": None} if name.startswith("-") else {"type": Path})


_NEW = Verb(
    "new",
    "start something new: a file with what is known filled in, ready to complete",
    group=WRITING,
    parts=(
        Verb(
            "article",
            "start an article, as a draft",
            _article,
            (
                Argument("title", "its headline, in quotes"),
                Argument("--provider", "the slug of a provider; may be repeated", {"action": "append", "default": []}),
                INCIDENT,
            ),
            ('new article "Claude outage on Monday" --provider anthropic --incident 0ghc53zpsfmt',),
        ),
        Verb(
            "provider",
            "watch one more: find what its status page publishes, read it once, and write its file",
            _provider,
            (
                Argument(
                    "urls", "addresses of status pages, of feeds, or of websites that link to one", {"nargs": "*"}
                ),
                Argument(
                    "--from",
                    "a list: an address a line, or an OPML",
                    {"dest": "list", "type": existing, "default": None, "metavar": "FILE"},
                ),
                _text("--name", "what to call it (default: what its page calls itself)"),
                flag("--dry-run", "show the file instead of writing it"),
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
            _correction,
            (Argument("incident", "provider/id, as in the address of its page"),),
            ("new correction anthropic/0ghc53zpsfmt",),
        ),
        Verb(
            "link",
            "put a link to press coverage on the page of an incident",
            _link,
            (
                Argument("url", "the address of the story"),
                _text("--title", "its headline, in quotes"),
                INCIDENT,
                _text("--by", "your name (default: that of git)"),
            ),
            ('new link https://paper.example/story --title "Claude is down" --incident anthropic/0ghc53zpsfmt',),
        ),
        Verb(
            "report",
            "write the figures of a month or a year, as the draft of a report",
            _report,
            (Argument("period", "such as 2026-06 or 2025"),),
            ("new report 2026-06", "new report 2025"),
        ),
        Verb(
            "image",
            "take in a picture, without what a camera writes into it",
            _image,
            (_path("file", "a PNG, JPEG or WebP"),),
            ("new image ~/Pictures/shot.png",),
        ),
    ),
)

VERBS: tuple[Verb, ...] = (
    _NEW,
    Verb(
        "check",
        "list what is wrong in what people write, each problem with place and fix",
        _check,
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
        "show the site in a browser while you write; build again at every change",
        _serve,
        (Argument("--port", "the port (default: the first free one from 8000)", {"type": port, "default": None}),),
        ("serve", "serve --port 9000"),
        group=WRITING,
        ticks=False,
    ),
    Verb(
        "build",
        "build the preview from what is here, without a network",
        _build,
        (NOW, _output(".output-preview"), ON),
        ("build", "build --now 2026-03-02T14:10:00Z --output /tmp/then"),
        group=WRITING,
    ),
    Verb(
        "curate",
        "work through press coverage: list it, link it, or drop it",
        _curate,
        (
            _text("--link", "make link posts of these: numbers of the list or files, comma-separated"),
            _text("--drop", "drop these for good"),
            _text("--article", "start an article of this one"),
            _text("--by", "your name"),
            _text("--note", "a line of yours on the link"),
            _text("--title", "the title of the article"),
        ),
        ("curate", 'curate --link 1 --by "Ada Example"', "curate --drop 2,3"),
        group=WRITING,
    ),
    Verb(
        "pull",
        "read the feeds of all providers and merge what they say into the archive",
        _pull,
        (
            Argument("--only", "only these providers, comma-separated", {"type": listed, "default": ()}),
            VIA,
            NOW,
            ON,
            flag("--dry-run", "only tell what would change"),
            JSON,
        ),
        ("pull", "pull --only anthropic,openai", "pull --only anthropic --dry-run"),
        group=KEEPING,
    ),
    Verb(
        "site",
        "pull, then build the site to publish",
        _site,
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
        "examine the installation: what is wrong, and what to do about it",
        _doctor,
        (JSON,),
        ("doctor",),
        group=KEEPING,
    ),
    Verb(
        "release",
        "write a dated snapshot of the data to content/releases, as it was at the end of a quarter",
        _release,
        (Argument("quarter", "one that is over, e.g. 2026-q3"),),
        ("release 2026-q3",),
        group=KEEPING,
    ),
    Verb("score", "compare past forecasts with what happened", _score, (NOW,), ("score",), group=KEEPING),
    Verb(
        "backfill",
        "bring incidents of a table into the archive",
        _backfill,
        (
            _path("incidents", "a CSV of incidents"),
            _path("--coverage", "the CSV of the times it covers"),
            _path("--cuts", "times to take out of these, in the same columns"),
            _path("--intervals", "a .tsv: hours in trouble of incidents that were several intervals"),
        ),
        ("backfill incidents.csv --coverage coverage.csv",),
        group=KEEPING,
    ),
    Verb(
        "init",
        "start an almanac of your own: the program without our content",
        _init,
        (
            _path("folder", "a folder that is not there yet"),
            _text("--name", "what it is called (default: as its folder)"),
            _text("--subject", "what it is about, before a noun, e.g. payments"),
            _text("--address", "where it will be published, e.g. https://status.example.org"),
            _path("--with-vendors", "a list of status pages, a line each, or an OPML"),
            VIA,
        ),
        ('init ../payment-almanac --name "Payment Almanac" --subject payments --with-vendors vendors.txt',),
        group=KEEPING,
    ),
    Verb(
        "upgrade",
        "bring the program of this checkout to an almanac that init made",
        _upgrade,
        (_path("folder", "its folder"),),
        ("upgrade ../payment-almanac",),
        group=KEEPING,
    ),
    Verb(
        "changes",
        "list what changed: facts of incidents since a revision, pages between two built sites",
        _changes,
        (
            _text("--since", "a revision of git, such as origin/main"),
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
                _leaderboard,
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
                _pair,
                (Argument("pair", "two slugs, anthropic/openai"), NOW, JSON),
                ("explain backups anthropic/openai",),
            ),
            Verb(
                "forecast",
                "the forecast for an incident",
                _forecast,
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
                _claims,
                (Argument("article", "its file, without folder and .md"), NOW, JSON),
                ("explain claims 2026-03-02-claude-outage",),
            ),
        ),
    ),
    Verb(
        "demo",
        "play the outage of 2 March 2026 in a browser, offline, in a folder of its own",
        _demo,
        (
            Argument("--from", "begin then (default: 2026-03-02T11:30:00Z)", {"dest": "since", "default": ""}),
            Argument("--to", "end then (default: 2026-03-02T16:00:00Z)", {"dest": "until", "default": ""}),
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

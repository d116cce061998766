"""Providers, corrections, press, links and records of the machine as a stranger would like them to be."""

from __future__ import annotations

import json

from tests.support.content import provider
from tests.support.pullrequests.case import Case

PROVIDER = provider("acme", more="feeds:\n  - url: https://status.acme.example/history.atom\n", about="Makes things.")
FIX = """end: 2026-03-02T13:40:00Z
reason: The closing post came late.
source: https://status.anthropic.example/incidents/first
author: Ada Example
date: 2026-03-03T09:00:00Z
"""
OUTLET = """---
slug: paper
name: The Paper
home: https://paper.example/
feed: https://paper.example/feed.xml
kind: press
---
"""
POST = """---
title: Claude is down
url: https://paper.example/claude-is-down
publisher: The Paper
date: 2026-03-02T12:30:00Z
grade: press
providers: [anthropic]
incidents: [anthropic/first]
curator: Ada Example
---
"""
DRAFT = POST.replace("curator: Ada Example", "why: it names Claude")
INCIDENT = """---
provider: anthropic
id: forged
title: Errors
kind: degradation
kind_basis: impact
impact: major
impact_stated: major
phase: resolved
components: []
started: 2026-03-01T11:49:20Z
started_basis: first-update
ended: 2026-03-01T15:47:09Z
ended_basis: resolved-update
precision: second
source: https://status.claude.com/incidents/forged
dialect: statuspage
first_seen: unknown
---

## 2026-03-01T11:49:20Z investigating

We look.

## 2026-03-01T15:47:09Z resolved

Done.
"""
XSS = "<script>ran()</script><img src=x onerror=ran()>"


CLEAN = {
    "provider": "providers/acme.md",
    "correction": "corrections/anthropic/first.yml",
    "outlet": "press/paper.md",
    "link": "links/2026/2026-03-02-claude-is-down.md",
    "draft": "inbox/2026-03-02-claude-is-down.md",
    "incident": "incidents/anthropic/2026/2026-03-01-forged.md",
}


def of(kind: str, text: str, *cases: tuple[str, str, str] | tuple[str, str, str, str]) -> list[Case]:
    """Cases of `text`, each with a name, what is replaced in it, by what, and perhaps under which name it stands."""
    found = []
    for name, old, new, *file in cases:
        assert old in text, old
        data = (text.replace(old, new, 1) if old else text + new).encode("utf-8", "surrogatepass")
        harmless = {} if kind == "incident" else {CLEAN[kind]: text.encode()}
        found.append(Case(name=f"{kind}: {name}", files={file[0] if file else CLEAN[kind]: data}, harmless=harmless))
    return found


FEED = "https://status.acme.example/history.atom"
PROVIDERS = of(
    "provider",
    PROVIDER,
    *(
        (f"feed at {url[:40]}", FEED, url)
        for url in (
            "http://127.0.0.1/feed",
            "http://localhost:8000/feed",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/feed",
            "http://10.0.0.1/feed",
            "http://0x7f.1/feed",
            "http://2130706433/feed",
            "http://router/feed",
            "http://metadata.google.internal/",
            "http://printer.local/feed",
            "file:///etc/passwd",
            "gopher://a.example/",
            "https://user:secret@a.example/feed",
            "https://a.example:22/feed",
            "ftp://a.example/feed",
            "javascript:ran()",
            "https://xn--e1awd7f.example/feed\n    evil: true",
            "//a.example/feed",
            "https://a.example/\\u0000",
        )
    ),
    ("slug that is a path", "slug: acme", "slug: ../../acme"),
    ("slug of another", "slug: acme", "slug: anthropic"),
    ("slug of the engine", "slug: acme", "slug: api"),
    ("name in capitals", "", "", "providers/ACME.md"),
    ("name that is no slug", "", "", "providers/ac me.md"),
    ("name of a device", "slug: acme", "slug: con", "providers/con.md"),
    ("name that is reserved", "slug: acme", "slug: compare", "providers/compare.md"),
    ("script in its name", "name: Acme", f"name: {XSS}"),
    ("script in its text", "Makes things.", f"{XSS} [x](javascript:ran()) {{{{ config }}}}"),
    ("files in its text", "Makes things.", "[x]({attach}../../../secret.txt) ![y](/etc/passwd)"),
    ("brackets in its text", "Makes things.", "[" * 100_000),
    ("quotes in its text", "Makes things.", "> " * 50_000),
    ("text that runs backwards", "Makes things.", "Makes \u202esgniht"),
    ("javascript for a page", "https://acme.example/", "javascript:ran()"),
    ("data for a status page", "https://status.acme.example/\n", "data:text/html,x\n"),
    ("dialect that is a module", FEED, f"{FEED}\n    dialect: ../../os"),
    ("feed of another", FEED, f"{FEED}\n  - url: {FEED}"),
    ("zone that is a file", "feeds:", "zone: ../../../etc/passwd\nfeeds:"),
    ("built on nobody", "feeds:", "built_on: [nobody]\nfeeds:"),
    ("expressions for names", "feeds:", f"components: [{{slug: a, name: A, match: ['{'(a+)+' * 30}$']}}]\nfeeds:"),
    (
        "ten thousand components",
        "feeds:",
        "components:\n"
        + "".join(f"  - {{slug: c{n}, name: C{n}, capability: api}}\n" for n in range(10_000))
        + "feeds:",
    ),
    ("a thousand feeds", FEED, "\n  - url: ".join(f"https://a.example/{n}.xml" for n in range(1_000))),
    ("python for a name", "name: Acme", "name: !!python/object/apply:os.system [x]"),
    ("keys of its own", "name: Acme", "name: Acme\ncommand: rm -rf /"),
)
CORRECTIONS = [
    *of(
        "correction",
        FIX,
        ("of an incident that is not there", "", "", "corrections/anthropic/nothing.yml"),
        ("of a provider that is not there", "", "", "corrections/nobody/first.yml"),
        ("name that is a path", "", "", "corrections/anthropic/..%2f..%2ffirst.yml"),
        ("end before the start", "13:40", "01:40"),
        ("end in the year 9999", "2026-03-02T13:40:00Z", "9999-12-31T23:59:59-14:00"),
        ("start in the year 1", "end: 2026-03-02T13:40:00Z", "start: 0001-01-01T00:00:00+14:00"),
        ("merge with itself", "end: 2026-03-02T13:40:00Z", "merge_with: anthropic/first"),
        ("merge with nothing", "end: 2026-03-02T13:40:00Z", "merge_with: anthropic/nothing"),
        ("merge with another provider's", "end: 2026-03-02T13:40:00Z", "merge_with: groq/other"),
        ("merge with a path", "end: 2026-03-02T13:40:00Z", "merge_with: anthropic/../../x"),
        ("no reason", "reason: The closing post came late.\n", ""),
        ("script for a reason", "The closing post came late.", f"'{XSS}'"),
        ("javascript for a source", "https://status.anthropic.example/incidents/first", "javascript:ran()"),
        ("nothing corrected", "end: 2026-03-02T13:40:00Z\n", ""),
        ("tag", "Ada Example", "!!python/name:os.environ"),
        ("alias", "Ada Example", "&a [*a]"),
        ("two documents", "author:", "---\nauthor:"),
        ("of the future", "date: 2026-03-03", "date: 2099-03-03"),
    ),
    Case(
        name="correction: merge in a ring",
        files={
            f"corrections/anthropic/{one}.yml": FIX.replace(
                "end: 2026-03-02T13:40:00Z", f"merge_with: {other}"
            ).encode()
            for one, other in (("first", "anthropic/second"), ("second", "anthropic/first"))
        },
    ),
    Case(name="correction: bytes", files={"corrections/anthropic/first.yml": b"\xff\xfe\x00"}),
    Case(name="correction: too much", files={"corrections/anthropic/first.yml": FIX.encode() + b"#" * 30_000}),
]
PRESS = [
    *of(
        "outlet",
        OUTLET,
        ("feed inside", "https://paper.example/feed.xml", "http://192.168.0.1/feed"),
        ("feed that is a file", "https://paper.example/feed.xml", "file:///etc/passwd"),
        ("slug that is a path", "slug: paper", "slug: ../paper"),
        ("script for a name", "The Paper", f"{XSS}"),
        ("kind", "kind: press", "kind: official"),
        ("bytes", "slug", "\ud800slug"),
    ),
    *of(
        "link",
        POST,
        ("javascript", "https://paper.example/claude-is-down", "javascript:ran()"),
        ("script in its title", "Claude is down", f"'{XSS}'"),
        ("of nothing", "anthropic/first", "anthropic/nothing"),
        ("of nobody", "[anthropic]", "[nobody]"),
        ("too long a quote", "curator", f"quote: {'word ' * 26}\ncurator"),
        ("grade", "grade: press", "grade: proven"),
        ("name", "", "", "links/2026/claude.md"),
        ("name that is a path", "", "", "links/2026/2026-03-02-..%2fx.md"),
        ("text", "", "\n[x]({attach}../../../secret.txt)\n"),
        ("date of the year 9999", "2026-03-02T12:30:00Z", "9999-12-31T23:59:59-14:00"),
    ),
    *of(
        "draft",
        DRAFT,
        ("forged", "why: it", "whi: it"),
        ("javascript", "https://paper.example/claude-is-down", "javascript:ran()"),
        ("too long a quote", "why", f"quote: {'word ' * 26}\nwhy"),
    ),
    Case(name="draft: memory of garbage", files={"inbox/dropped.txt": b"\xff\0" * 1_000}),
    Case(name="draft: memory of paths", files={"inbox/dropped.txt": b"../../secret.txt\n" * 1_000}),
]
MACHINE = [
    *of(
        "incident",
        INCIDENT,
        ("forged", "title: Errors", "title: Errors"),
        ("id that is a path", "id: forged", "id: ../../../../outside"),
        ("of another provider", "provider: anthropic", "provider: groq"),
        ("of nobody", "provider: anthropic", "provider: nobody", "incidents/nobody/2026/2026-03-01-forged.md"),
        ("id of another", "id: forged", "id: first"),
        ("javascript for a source", "https://status.claude.com/incidents/forged", "javascript:ran()"),
        ("script in a post", "We look.", f"{XSS} [x](javascript:ran())"),
        ("files in a post", "We look.", "[x]({attach}../../../secret.txt)"),
        ("time that is none", "2026-03-01T11:49:20Z investigating", "yesterday investigating"),
        ("year 1", "started: 2026-03-01T11:49:20Z", "started: 0001-01-01T00:00:00Z"),
        ("year 9999", "ended: 2026-03-01T15:47:09Z", "ended: 9999-12-31T23:59:59Z"),
        ("phase", "phase: resolved", "phase: ../../x"),
        ("impact", "impact: major", "impact: <script>"),
        ("brackets in a post", "We look.", "[" * 100_000),
        ("surrogates", "We look.", "\ud800"),
    ),
    *(
        Case(name=f"record: {name}", files={file: data})
        for file in (
            "pulls/groq.json",
            "forecasts/groq.jsonl",
            "forecasts/scorecard.json",
            "forecasts/hindsight.json",
            "pulls/_press.json",
        )
        for name, data in {
            f"{file} of garbage": b"{garbage\n",
            f"{file} of bytes": b"\xff\xfe\x00\n",
            f"{file} nested": b"[" * 100_000 + b"\n",
            f"{file} of another kind": b"[1]\n",
            f"{file} of numbers that are none": b'{"provider": NaN, "coverage": Infinity}\n',
            f"{file} in the year 9999": json.dumps(
                {"provider": "groq", "coverage": [{"since": "9999-12-31T23:59:59Z", "until": "0001-01-01T00:00:00Z"}]}
            ).encode()
            + b"\n",
        }.items()
    ),
]

CASES: tuple[Case, ...] = (*PROVIDERS, *CORRECTIONS, *PRESS, *MACHINE)

"""Front matter that wants to be a path, a template, a program or a bomb."""

from __future__ import annotations

from tests.support.pullrequests.case import ARTICLE, ELSEWHERE, GOOD, PAGE, Case, article, in_front, raw

OUT = "../../../../outside.html"
KEYS = (
    "save_as",
    "Save_as",
    "SAVE_AS",
    "save-as",
    "url",
    "slug",
    "template",
    "override_save_as",
    "override_url",
    "lang",
    "translation",
    "category",
    "tags",
    "path",
    "source_path",
    "relative_source_path",
    "static_save_as",
    "redirect_from",
    "aliases",
    "canonical",
    "robots",
    "written",
    "html",
    "__class__",
    "javascript",
    "css",
    "stylesheet",
    "layout",
    "attach",
    "include",
)
XSS = "<script>ran()</script><img src=x onerror=ran()>\\\" onload=ran() '"
LINES = ("title", "summary")
LISTS = ("authors", "confirmed", "claimed", "unknown", "providers", "incidents")
CLAIM = "claims:\n  - said: {said}\n    by: {by}\n    grade: press\n    verdict: {verdict}\n    {rest}"
CHECK = "check: {{share: ended under 2h, provider: anthropic, from: 2026-03-01, to: 2026-03-03, {rest}}}"


MORE = "\n  - {said: a, by: b, grade: press, verdict: supported, why: c}"


def claim(rest: str, said: str = "It was short", by: str = "a paper", verdict: str = "supported") -> str:
    return CLAIM.format(said=said, by=by, verdict=verdict, rest=rest)


def checked(rest: str, verdict: str = "supported") -> str:
    return claim(CHECK.format(rest=rest), verdict=verdict)


def source(url: str = "https://a.example/", title: str = "A", kind: str = "press") -> str:
    lines = (f"- url: {url}", f"  title: {title}", "  publisher: B", f"  kind: {kind}", "  primary: false")
    return "\n".join(("sources:", *(f"  {line}" for line in lines)))


PATHS = [in_front(f"key {key}", f"{key}: {OUT}") for key in KEYS]
VALUES = [
    in_front("status that is a path", f"status: {OUT}"),
    in_front("status that hides", "status: hidden"),
    in_front("kind that is a template", "kind: ../../base"),
    in_front("date of the year 1", "date: 0001-01-01T00:00:00Z"),
    in_front("date before the year 1", "date: 0001-01-01T00:00:00+14:00"),
    in_front("date of the year 9999", "date: 9999-12-31T23:59:59Z"),
    in_front("date after the year 9999", "date: 9999-12-31T23:59:59-14:00"),
    in_front("date of no calendar", "date: 2026-02-30T00:00:00Z"),
    in_front("date in a zone of no world", "date: 2026-03-02T00:00:00+99:99"),
    in_front("date of the future", "date: 2030-01-01T00:00:00Z"),
    in_front("date as a list", "date: [2026-03-02T13:00:00Z]"),
    in_front("modified in the year 1", "modified: 0001-01-01T00:00:00+14:00"),
    in_front("title that runs backwards", 'title: "Down \\u202eyadnoM"'),
    in_front("title of look-alikes", "title: Сlaude fails"),
    in_front("title with a line break", 'title: "a\\nb"'),
    in_front("title with a null", 'title: "a\\0b"'),
    in_front("title of a megabyte", f"title: {'a' * 250_000}"),
    in_front("summary of surrogates", 'summary: "\\ud800"'),
    in_front("authors of a hundred thousand", f"authors: [{'a, ' * 60_000}b]"),
    in_front("incident of a path", "incidents: [anthropic/../../../secret]"),
    in_front("incident of nobody", "incidents: [nobody/first]"),
    in_front("provider of a path", "providers: [../../secret]"),
    *(in_front(f"script in {key}", f'{key}: "{XSS}"') for key in LINES),
    *(in_front(f"script in {key}", f'{key}: ["{XSS}"]') for key in LISTS),
    in_front("script in a source", source(title=f'"{XSS}"')),
    in_front("javascript in a source", source(url="javascript:ran()")),
    in_front("data in a source", source(url="data:text/html,x")),
    in_front("user in a source", source(url="https://a.example@evil.example/")),
    in_front("quote in a source's address", source(url="'https://a.example/\"onmouseover=ran()'")),
    in_front("kind of source", source(kind="../../base")),
    in_front("script in a correction", f'corrections: [{{date: 2026-03-02T14:00:00Z, text: "{XSS}"}}]'),
]
CLAIMS = [
    in_front("script in a claim", claim(f'why: "{XSS}"', said=f'"{XSS}"', by=f'"{XSS}"')),
    in_front("script where a claim was made", claim("why: x\n    where: javascript:ran()")),
    in_front("claim of source 99", claim("why: x\n    where: 99")),
    in_front("forged verdict", checked('expect: "> 90%"', verdict="contradicted")),
    in_front("forged verdict, reversed", checked('expect: "< 90%"')),
    in_front("forged grade", claim("why: x").replace("grade: press", "grade: proven")),
    in_front("program for an expectation", checked("expect: \"__import__('os').system('x')\"")),
    in_front("bomb for an expectation", checked(f'expect: "> {"9" * 50_000}%"')),
    in_front(
        "time without end",
        checked('from: 0001-01-01, to: 9999-12-31, expect: "> 0%"').replace("from: 2026-03-01, to: 2026-03-03, ", ""),
    ),
    in_front("time in reverse", checked('expect: "> 0%"').replace("2026-03-03", "2026-02-01")),
    in_front("question with a program", claim("check: {eval: 1+1, expect: yes}")),
    in_front("two questions", checked('count: incidents, expect: "> 0%"')),
    in_front("question of a list", claim("check: {share: [a], provider: {x: y}, from: [], to: null, expect: []}")),
    in_front("question of an endless length", checked('expect: "> 0%"').replace("under 2h", f"under {'9' * 400}h")),
    in_front("question of nobody", checked('expect: "> 0%"').replace("provider: anthropic", "provider: nobody")),
    in_front("question about a path", claim("check: {lasted: ../../secret, expect: < 1h}")),
    in_front("impacts by the thousand", checked(f'impact: [{"major, " * 20_000}major], expect: "> 0%"')),
    in_front("regular expression for a share", checked('expect: "> 0%"').replace("ended under 2h", f"{'(a+)+' * 40}$")),
    in_front("claims by the thousand", claim("why: x") + MORE * 3_000),
    in_front(
        "figures by the thousand",
        "figures:\n"
        + "\n".join(
            f"  f{n}: {{share: ended under {n + 1}min, provider: anthropic, from: 2026-03-01, to: 2026-03-03}}"
            for n in range(1_500)
        ),
    ),
    in_front("figure of a dunder", "figures: {__class__: {count: incidents}}"),
]
YAML = [
    ("python object", "!!python/object/apply:os.system ['touch outside.html']"),
    ("python name", "!!python/name:os.environ"),
    ("tag of its own", "!secret ../../secret.txt"),
    ("binary", "!!binary Y2FuYXJ5"),
    ("set", "!!set {a, b}"),
    ("omap", "!!omap [a: b]"),
    ("integer that is none", "!!int x"),
    ("integer without end", "9" * 5_000),
    ("sixty in sixty", "190:20:30:190:20:30"),
    ("not a number", ".nan"),
    ("nothing", "~"),
    ("flow without end", "[" * 50_000),
    ("maps without end", "{a: " * 20_000),
    ("alias", "&a [*a]"),
    ("merge", "{<<: {x: y}}"),
    ("strange key", "{[a, b]: c}"),
    ("unclosed quote", '"abc'),
    ("directive", "a\n...\n%YAML 9.9\n--- b"),
]
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
TEXT = article().decode()
WHOLE = [
    raw("file: no front matter", b"# Down\n\nIt was down.\n"),
    raw("file: front matter without end", article().rpartition(b"---\n")[0]),
    raw("file: front matter without end, of a megabyte", b"---\n" + b"a: b\n" * 50_000),
    raw("file: nothing", b""),
    raw("file: three hyphens", b"---"),
    raw("file: two times three hyphens", b"---\n---\n"),
    raw("file: byte order mark", b"\xef\xbb\xbf" + article()),
    raw("file: CRLF", article().replace(b"\n", b"\r\n")),
    raw("file: CR", article().replace(b"\n", b"\r")),
    raw("file: UTF-16", TEXT.encode("utf-16")),
    raw("file: UTF-32", TEXT.encode("utf-32")),
    raw("file: UTF-7", article("+ADw-script+AD4-ran()+ADw-/script+AD4-")),
    raw("file: Latin-1", article("It was döwn.").decode().encode("latin-1")),
    raw("file: overlong", article() + b"\xc0\xbcscript\xc0\xbe"),
    raw("file: null", article("It was \0 down.")),
    raw("file: nulls", bytes(100_000)),
    raw("file: surrogates", article("It was \ud83d down.")),
    raw("file: program", b"\x7fELF" + bytes(10_000)),
    raw("file: two documents", article().replace(b"---\n\nIt", b"---\ntitle: b\n---\n\nIt")),
    raw("file: bomb of aliases", f"---\n{BOMB}{TEXT[4:]}".encode()),
    raw("file: a hundred thousand keys", ("---\n" + "".join(f"k{n}: v\n" for n in range(25_000)) + TEXT[4:]).encode()),
    raw("file: keys twice", TEXT.replace("title:", "title: a\ntitle:", 1).encode()),
    raw("file: keys twice in a claim", TEXT.replace("    kind:", "    kind: press\n    kind:").encode()),
    raw("file: tabs", TEXT.replace("  ", "\t").encode()),
    raw("file: deep indentation", ("---\n" + "".join(f"{' ' * n}a:\n" for n in range(1_000)) + "---\n").encode()),
    raw("file: list for a map", b"---\n- a\n- b\n---\n"),
    raw("file: number for a map", b"---\n42\n---\n"),
    Case(
        name="page: template",
        files={PAGE: b"---\ntitle: News\ntemplate: ../../secret\n---\n\nx\n"},
        harmless={PAGE: b"---\ntitle: News\n---\n\nx\n"},
    ),
    Case(
        name="page: save_as",
        files={PAGE: f"---\ntitle: News\nsave_as: {OUT}\n---\n\nx\n".encode()},
        harmless={PAGE: b"---\ntitle: News\n---\n\nx\n"},
    ),
    Case(
        name="page: status",
        files={PAGE: b"---\ntitle: News\nstatus: ../../x\n---\n\nx\n"},
        harmless={PAGE: b"---\ntitle: News\n---\n\nx\n"},
    ),
    Case(
        name="page: attach",
        files={PAGE: f"---\ntitle: News\n---\n\n[x]({{attach}}{ELSEWHERE})\n".encode()},
        harmless={PAGE: b"---\ntitle: News\n---\n\nx\n"},
    ),
    Case(name="article in a page's place", files={"pages/monday.md": article()}, harmless=GOOD),
    Case(name="page in an article's place", files={ARTICLE: b"---\ntitle: News\n---\n\nx\n"}, harmless=GOOD),
]

CASES: tuple[Case, ...] = (
    *PATHS,
    *VALUES,
    *CLAIMS,
    *(in_front(f"YAML, {name}", f"summary: {value}") for name, value in YAML),
    *WHOLE,
)

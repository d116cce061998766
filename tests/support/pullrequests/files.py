"""Files in places, under names and of kinds that nobody asked for."""

from __future__ import annotations

from tests.support.imagefiles import jpeg, jpeg_segment, png, png_chunk, webp, webp_chunk
from tests.support.pullrequests.case import ARTICLE, CANARY, GOOD, Case, Files, Link, article

BODY = "![A red bar](/images/2026/{name})"


def named(file: str, data: bytes = article()) -> Case:
    return Case(name=f"name: {file[:60]}", files={file: data}, harmless=GOOD)


def link(file: str, to: str) -> Case:
    return Case(name=f"link: {file} to {to}", files={file: Link(to)})


def kind(file: str, data: str) -> Case:
    return Case(name=f"kind: {file}", files={file: data.encode()})


def picture(name: str, file: str, data: bytes | Link, good: bytes = b"") -> Case:
    shown: Files = {ARTICLE: article(BODY.format(name=file)), f"images/2026/{file}": data}
    harmless = {ARTICLE: article(BODY.format(name=file)), f"images/2026/{file}": good} if good else {}
    return Case(name=f"picture: {name}", files=shown, harmless=harmless)


def page(slug: str) -> Case:
    return Case(name=f"address: /{slug}/", files={f"pages/{slug}.md": b"---\ntitle: Mine\n---\n\nMine.\n"})


NAMES = [
    named(file)
    for file in (
        "articles/2026/monday.md",
        "articles/2026/2026-03-02-Claude-fails.md",
        "articles/2026/2026-03-02-CLAUDE-FAILS.md",
        "articles/2025/2026-03-02-monday.md",
        "articles/2026/2026-03-02-mоnday.md",
        "articles/2026/2026-03-02-monday\u202edm.md",
        "articles/2026/2026-03-02-mon day.md",
        "articles/2026/2026-03-02-mon%2e%2e%2fday.md",
        "articles/2026/2026-03-02-..md",
        "articles/2026/2026-03-02-..%2f..%2foutside.md",
        "articles/2026/2026-03-02-a\\..\\b.md",
        "articles/2026/2026-03-02-a;rm -rf $HOME.md",
        "articles/2026/2026-03-02-a\nb.md",
        "articles/2026/2026-03-02-a::error::b.md",
        "articles/2026/2026-03-02-con.md",
        "articles/2026/2026-03-02-nul.md",
        "articles/2026/2026-03-02-com1.md",
        "articles/2026/2026-03-02-" + "a" * 200 + ".md",
        "articles/2026/2026-03-02--monday.md",
        "articles/2026/2026-13-45-monday.md",
        "articles/2026/2026-03-02-{0.__class__}.md",
        "articles/2026/2026-03-02-monday.MD",
        "articles/2026/2026-03-02-monday.md.md",
        "articles/2026-03-02-monday.md",
        "articles/2026/03/2026-03-02-monday.md",
        "articles/9999/9999-12-31-monday.md",
        "articles/2026/2026-05-05-claude-fails.md",
        "articles/drafts/2026-03-02-monday.md",
        "Articles/2026/2026-03-02-monday.md",
        "pages/../articles.md",
        "templates/base.html",
    )
]
LINKS = [
    link(ARTICLE, "../../../../secret.txt"),
    link(ARTICLE, "/etc/passwd"),
    link(ARTICLE, "2026-03-02-claude-fails.md"),
    link("articles/2027", "/"),
    link("articles/2026/more", "."),
    link("pages/news.md", "../../../secret.txt"),
    link("pages/more", "../.."),
    link("providers/acme.md", "../../../secret.txt"),
    link("press/news.md", "../../../secret.txt"),
    link("links/2026", "/"),
    link("corrections/anthropic", "/"),
    link("undeclared/anthropic", "/"),
    link("inbox/2026-03-02-x.md", "../../../secret.txt"),
    link("inbox/dropped.txt", "../../../secret.txt"),
    link("incidents/anthropic/2027", "/"),
    link("incidents/anthropic/2026/2026-03-02-x.md", "/etc/passwd"),
    link("pulls/xai.json", "../../../secret.txt"),
    link("forecasts/scorecard.json", "../../../secret.txt"),
    link("forecasts/groq.jsonl", "../../../secret.txt"),
    link("images", "/"),
    link("images/2026", "../../.."),
    link("all", "/"),
]
KINDS = [
    kind("articles/2026/2026-03-02-a.rst", "T\n=\n\n.. include:: ../../../secret.txt\n.. raw:: html\n\n   <script>\n"),
    kind("articles/2026/2026-03-02-a.html", "<html><script>ran()</script><title>x</title></html>"),
    kind("articles/2026/2026-03-02-a.htm", "<script>ran()</script>"),
    kind("articles/2026/2026-03-02-a.markdown", "Title: x\nSave_as: ../x.html\n\nx"),
    kind("articles/2026/2026-03-02-a.mkd", "Title: x\n\nx"),
    kind("articles/2026/2026-03-02-a.py", "import os; os.system('touch outside.html')"),
    kind("articles/2026/2026-03-02-a.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='ran()'/>"),
    kind("articles/2026/.htaccess", "Options +Indexes"),
    kind("pages/index.html", "<script>ran()</script>"),
    kind("pages/__init__.py", "raise SystemExit"),
    kind("pelicanconf.py", "PLUGINS = ['evil']"),
    kind("theme/templates/base.html", "{{ config }}"),
    kind("plugins/evil.py", "import os"),
    kind("robots.txt", "User-agent: *\nDisallow: /"),
    kind("CNAME", "evil.example"),
    kind("sitecustomize.py", "raise SystemExit"),
    kind("conftest.py", "raise SystemExit"),
    kind(".github/workflows/x.yml", "on: pull_request_target"),
    kind("extra/secret.txt", "anything"),
    kind("providers/acme.yml", "slug: acme"),
    kind("corrections/groq/other.yaml", "withdrawn: true"),
    kind("corrections/groq/deep/other.yml", "withdrawn: true"),
    kind("press/feed.opml", "<opml/>"),
    kind("providers/acme.md/x", "a folder with the name of a file"),
    kind("press/news.md/x", "a folder with the name of a file"),
    kind("inbox/2026-03-02-x.md/x", "a folder with the name of a file"),
    Case(name="kind: a file of 50 MB", files={"articles/2026/2026-03-02-big.md": bytes(50_000_000)}),
    Case(name="kind: a picture of 50 MB", files={"images/2026/big.png": png(behind=bytes(50_000_000))}),
    Case(name="kind: a thousand files", files={f"pages/x{n}.txt": b"x" for n in range(1_000)}),
]
PICTURES = [
    picture("page called .png", "a.png", b"<script>ran()</script>", png()),
    picture("SVG called .png", "a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='ran()'/>", png()),
    picture("SVG", "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='ran()'/>"),
    picture("GIF", "a.gif", b"GIF89a" + bytes(20)),
    picture("JPEG called .png", "a.png", jpeg(), png()),
    picture("of a trillion points", "a.png", png(width=2**20, height=2**20), png()),
    picture("of no points", "a.webp", b"RIFF\4\0\0\0WEBP", webp()),
    picture("with a place", "a.jpg", jpeg(jpeg_segment(0xE1, b"Exif\0\0GPS" + CANARY.encode())), jpeg()),
    picture("with a comment", "a.png", png(png_chunk(b"tEXt", b"Comment\0" + CANARY.encode())), png()),
    picture("with XMP", "a.webp", webp(webp_chunk(b"XMP ", b"<script>ran()</script>")), webp()),
    picture("with an archive behind", "a.png", png(behind=b"PK\3\4" + bytes(100)), png()),
    picture("with a page behind", "a.jpg", jpeg(behind=b"<script>ran()</script>"), jpeg()),
    picture("that breaks off", "a.png", png()[:-9], png()),
    picture("of too many bytes", "a.png", png(png_chunk(b"tEXt", bytes(600_000))), png()),
    picture("in capitals", "A.PNG", png()),
    picture("with two endings", "a.png.html", png()),
    picture("that is a link", "a.png", Link("../../../../secret.txt"), png()),
    picture("that is a link to a picture", "a.png", Link("/usr/share/pixmaps/x.png"), png()),
    Case(name="picture: that nobody shows", files={"images/2026/a.png": png()}),
    Case(name="picture: outside of a year", files={"images/a.png": png()}),
    Case(name="picture: in another folder", files={"articles/2026/a.png": png()}),
]
ADDRESSES = [
    page(slug)
    for slug in (
        "leaderboard",
        "incidents",
        "providers",
        "articles",
        "claims",
        "corrections",
        "status",
        "search",
        "subscribe",
        "data",
        "backups",
        "forecast",
        "edits",
        "compare",
        "press",
        "theme",
        "images",
        "index",
        "about-",
        "con",
        "404",
        "api",
        "feed",
        "atom",
        "undeclared",
        "pagefind",
        "page",
        "methodology.html",
        "robots",
    )
]

CASES: tuple[Case, ...] = (*NAMES, *LINKS, *KINDS, *PICTURES, *ADDRESSES)

"""The parts of a build: no more is written than must be, and the cache forgets rather than lies."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import markupsafe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac import views
from almanac.build import cache, templates
from almanac.build.cache import BuildError, Cache, digest, pack, unpack
from almanac.build.context import Memo
from almanac.build.fast_templates import escape
from almanac.build.output import Output, OutputFile, OutputFolder, prune, written_since
from almanac.build.settings import BuildSettings, SettingError, build_settings, fingerprint
from almanac.build.sources import facts_of
from almanac.exports import version
from almanac.files import DiskError
from almanac.model import Card
from almanac.model.clock import MomentError
from almanac.model.project import Project
from almanac.stats.reporting import reported
from tests.support.almanacs import PROJECT, at, carded, incident

KEY, ANOTHER = b"0123456789abcdef", b"another key 0000"
PLAIN = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}


# Output


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def made(output: Path, *pages: tuple[str, bytes]) -> dict[str, OutputFile]:
    """Make some files, and return what a next build would know of them."""
    folder = OutputFolder(output, {})
    for path, data in pages:
        folder.make(page(path, data))
    return folder.files


def page(path: str, data: bytes, key: bytes = KEY) -> Output:
    return Output(path, key, lambda: data)


def unmakeable(path: str, key: bytes = KEY) -> Output:
    """Return an output that nobody may ask for its bytes."""
    return Output(path, key, fail)


def fail() -> NoReturn:
    raise AssertionError("what stands must not be made")


def test_a_new_file_is_written_with_its_folders(output: Path) -> None:
    folder = OutputFolder(output, {})
    folder.make(page("a/b/index.html", b"page"))
    status = (output / "a/b/index.html").stat()
    assert (output / "a/b/index.html").read_bytes() == b"page"
    assert folder.changes == ["a/b/index.html"]
    assert folder.files == {"a/b/index.html": OutputFile(KEY, 4, status.st_mtime_ns)}
    assert os.listdir(output / "a/b") == ["index.html"]


def test_equal_bytes_are_not_written_again(output: Path) -> None:
    before = made(output, ("index.html", b"page"))
    folder = OutputFolder(output, before)
    folder.make(page("index.html", b"page", ANOTHER))
    assert folder.changes == []
    assert folder.files == {"index.html": OutputFile(ANOTHER, *before["index.html"][1:])}


def test_what_stands_is_part_of_the_build_and_not_rendered(output: Path) -> None:
    before = made(output, ("index.html", b"page"))
    folder = OutputFolder(output, before)
    folder.make(unmakeable("index.html"))
    assert (folder.changes, folder.files) == ([], before)


@pytest.mark.parametrize("why", ["another key", "unknown", "gone", "longer", "newer"])
def test_what_does_not_stand_is_rendered(output: Path, why: str) -> None:
    before = made(output, ("index.html", b"page"))
    file = output / "index.html"
    if why == "unknown":
        before = {}
    elif why == "gone":
        file.unlink()
    elif why == "longer":
        file.write_bytes(b"pages")
    elif why == "newer":
        os.utime(file)
    with pytest.raises(AssertionError, match="what stands must not be made"):
        OutputFolder(output, before).make(unmakeable("index.html", ANOTHER if why == "another key" else KEY))


def test_what_is_no_longer_made_is_removed_with_empty_folders(output: Path) -> None:
    made(output, ("a/b/index.html", b"1"), ("a/index.html", b"2"), ("c/d/e/index.html", b"3"), ("f.txt", b""))
    (output / "c/note.txt").write_text("not ours")
    prune(output, ["a/b/index.html", "a/index.html", "c/d/e/index.html"])
    assert sorted(path.relative_to(output).as_posix() for path in output.rglob("*")) == ["c", "c/note.txt", "f.txt"]


def test_what_is_gone_already_is_removed_without_a_word(output: Path) -> None:
    made(output, ("a/index.html", b"1"), ("b.html", b"2"))
    shutil.rmtree(output / "a")
    prune(output, ["a/index.html"])
    assert os.listdir(output) == ["b.html"]


def test_what_a_disk_does_not_let_go_of_is_told(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO), path)

    made(output, ("a/index.html", b"1"))
    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(DiskError, match=r"output/a/index\.html: Input/output error; "):
        prune(output, ["a/index.html"])


def test_what_was_written_since_a_moment_is_found(output: Path) -> None:
    made(output, ("a/old.html", b"1"), ("new.html", b"2"))
    os.utime(output / "a/old.html", ns=(10**18, 10**18))
    assert list(written_since(output, 10**18 + 1)) == ["new.html"]
    assert sorted(written_since(output, 10**18)) == ["a/old.html", "new.html"]


# Cache


TABLES = {"sources": {"groq/2026": pack(["a", 1, None])}, "outputs": {"home:": pack([("index.html", KEY, 4, 2**62)])}}


def saved(folder: Path, fingerprint: str = "code") -> None:
    """Build once."""
    build = Cache(folder, fingerprint)
    build.save(TABLES)
    build.close()


def remembered(folder: Path, table: str) -> dict[str, Any]:
    """Return what a next build finds."""
    build = Cache(folder, "code")
    values = {name: unpack(data) for name, data in build.blobs(table).items()}
    build.close()
    return values


def test_what_was_saved_is_there_in_the_next_build(tmp_path: Path) -> None:
    saved(tmp_path)
    assert remembered(tmp_path, "sources") == {"groq/2026": ["a", 1, None]}
    assert remembered(tmp_path, "outputs") == {"home:": [("index.html", KEY, 4, 2**62)]}
    assert os.listdir(tmp_path) == [cache.NAME]


def test_what_is_not_saved_again_is_forgotten(tmp_path: Path) -> None:
    saved(tmp_path)
    build = Cache(tmp_path, "code")
    build.save({"sources": {"groq/2027": pack(7)}, "outputs": TABLES["outputs"]})
    build.close()
    assert remembered(tmp_path, "sources") == {"groq/2027": 7}
    assert remembered(tmp_path, "outputs") == {"home:": [("index.html", KEY, 4, 2**62)]}


def test_what_is_not_saved_is_as_it_was(tmp_path: Path) -> None:
    saved(tmp_path)
    build = Cache(tmp_path, "code")
    build._base.execute("DELETE FROM sources")  # as far as a build that is killed may come
    build.close()
    assert remembered(tmp_path, "sources") == {"groq/2026": ["a", 1, None]}


def test_a_cache_of_other_code_is_stale(tmp_path: Path) -> None:
    for code, is_stale, is_new in (("code", True, True), ("code", False, False), ("other", True, False)):
        build = Cache(tmp_path, code)
        assert (build.is_stale, build.is_new) == (is_stale, is_new)
        build.save(TABLES)
        build.close()


def _lie(path: Path) -> None:
    with sqlite3.connect(path) as base:
        base.execute("UPDATE sources SET data = ?", (pack("a")[:-1] + b"b",))
    base.close()


def _strange(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE bookmarks (url TEXT)")
    base.close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"rubbish" * 999),
        lambda path: path.write_bytes(path.read_bytes()[:5_000]),
        _lie,
        _strange,
    ],
    ids=["rubbish", "truncated", "a value that is not what was saved", "another program's"],
)
def test_a_damaged_or_foreign_file_is_thrown_away_and_said(
    tmp_path: Path, damage: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    saved(tmp_path)
    damage(tmp_path / cache.NAME)
    assert remembered(tmp_path, "sources") == {}
    line = f"build: {tmp_path / cache.NAME} is damaged or not ours; it was removed; everything is rebuilt\n"
    assert capsys.readouterr().err == line
    saved(tmp_path)
    assert remembered(tmp_path, "sources") == {"groq/2026": ["a", 1, None]}


def test_an_empty_file_is_a_new_cache(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(tmp_path)
    (tmp_path / cache.NAME).write_bytes(b"")
    assert remembered(tmp_path, "sources") == {}
    assert capsys.readouterr().err == ""


def test_a_disk_that_refuses_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / cache.NAME).mkdir()
    with pytest.raises(DiskError, match=rf"{cache.NAME}: .*, then run this again"):
        Cache(tmp_path, "code")


def test_a_disk_that_is_full_is_told_with_the_cure_and_what_was_saved_stays(tmp_path: Path) -> None:
    saved(tmp_path)
    build = Cache(tmp_path, "code")
    [[pages]] = build._base.execute("PRAGMA page_count")
    build._base.execute(f"PRAGMA max_page_count = {pages}")  # SQLite says the same as on a full disk
    with pytest.raises(DiskError, match=f"{cache.NAME}: No space left on device; make room on its disk, then run this"):
        build.save({"sources": {"groq/2026": pack("x" * 100_000)}})
    build.close()
    assert remembered(tmp_path, "sources") == {"groq/2026": ["a", 1, None]}


# One build at a time


def test_a_build_waits_for_the_other(tmp_path: Path) -> None:
    first, order = Cache(tmp_path, "code"), []

    def second() -> None:
        Cache(tmp_path, "code").close()
        order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    thread.join(0.2)
    order.append("first")
    first.close()
    thread.join()
    assert order == ["first", "second"]


def test_a_build_that_does_not_end_is_told(tmp_path: Path) -> None:
    first = Cache(tmp_path, "code")
    with pytest.raises(
        BuildError, match=rf"{cache.NAME}:1: another build has been running for 0 s; wait until it ends"
    ):
        Cache(tmp_path, "code", patience=0)
    first.close()


def test_only_a_build_that_began_and_did_not_end_is_unfinished(tmp_path: Path) -> None:
    looked = Cache(tmp_path, "code")
    assert looked.since is None
    looked.close()
    broken = Cache(tmp_path, "code")
    broken.mark_unfinished()
    broken.close()
    again = Cache(tmp_path, "code")
    assert again.since == (tmp_path / cache.MARK).stat().st_mtime_ns
    again.mark_unfinished()
    again.close()
    last = Cache(tmp_path, "code")
    assert last.since == again.since  # what the first left is still to be looked for
    last.end()
    last.close()
    ended = Cache(tmp_path, "code")
    assert ended.since is None
    ended.close()


# Keys and values


@pytest.mark.slow
@given(st.lists(st.one_of(st.binary(max_size=4), st.text(max_size=4), st.integers()), min_size=2, max_size=4))
def test_a_digest_tells_parts_apart(parts: list[Any]) -> None:
    assert len(digest(*parts)) == 16
    assert digest(*parts) == digest(*parts)
    assert digest(*parts) != digest(*parts, b"")
    assert digest(b"".join(map(repr_bytes, parts))) != digest(*parts)


def repr_bytes(part: Any) -> bytes:
    return part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")


def test_facts_are_the_same_with_another_text() -> None:
    found = incident()
    retold = replace(found, updates=tuple(replace(update, text="Other words.") for update in found.updates))
    assert retold != found
    assert facts_of(carded(retold), reported(retold)) == facts_of(carded(found), reported(found))


def test_facts_differ_where_anything_else_does() -> None:
    reporting, values = reported(incident()), list(carded(incident()))
    cards = [Card._make(values), *(Card._make([*values[:n], "x", *values[n + 1 :]]) for n in range(len(values)))]
    found = {facts_of(card, reporting) for card in cards} | {facts_of(cards[0], reporting._replace(removed_updates=9))}
    assert len(found) == len(values) + 2


PAIR = views.Site(project=Project(name="A"), url="https://a.example", root="", css="/theme/site.css"), (1, "b")


def test_a_value_is_made_again_only_where_what_it_rests_on_differs() -> None:
    first = Memo({})
    assert (first.get("a", ["facts", 1], lambda: PAIR), first.get("b", 1, lambda: "b")) == (PAIR, "b")
    second = Memo(first.packed)
    assert second.get("a", ["facts", 1], fail) == PAIR
    assert second.packed == {"a": first.packed["a"]}  # b was not asked for: nobody keeps it
    third = Memo(second.packed)
    assert third.get("a", ["facts", 2], lambda: ("another",)) == ("another",)
    assert Memo(third.packed).get("a", ["facts", 2], fail) == ("another",)


# Settings


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "theme/templates").mkdir(parents=True)
    (tmp_path / "theme/templates/base.html").write_text("base")
    return {
        "PATH": str(tmp_path / "content"),
        "THEME": str(tmp_path / "theme"),
        "OUTPUT_PATH": str(tmp_path / "output"),
        "SITEURL": "https://almanac.example/",
        "SITENAME": "Outage Almanac",
        "ALMANAC_NOW": "2026-03-02T14:10:00Z",
        "ALMANAC_ID": "tag:almanac.example,2026:",
        "JINJA_ENVIRONMENT": PLAIN,
    }


def test_settings_of_pelican_are_those_of_a_build(settings: dict[str, Any], tmp_path: Path) -> None:
    made = build_settings(settings, 0.0)
    assert (made.now, made.site_url, made.root, made.state) == (
        at("02 14:10"),
        "https://almanac.example",
        tmp_path,
        tmp_path / ".output-state",
    )


def test_without_a_stated_moment_it_is_the_clock_floored(settings: dict[str, Any]) -> None:
    clock = at("02 14:13:20").timestamp()
    assert build_settings({**settings, "ALMANAC_NOW": ""}, clock).now == at("02 14:10")


def test_settings_state_the_version_of_the_checkout(settings: dict[str, Any]) -> None:
    assert build_settings(settings, 0.0).version == version.current()


def test_a_moment_that_is_none_is_no_setting(settings: dict[str, Any]) -> None:
    with pytest.raises(MomentError):
        build_settings({**settings, "ALMANAC_NOW": "soon"}, 0.0)


@pytest.mark.parametrize(("said", "asked"), [("", False), ("0", False), (False, False), (None, False), ("1", True)])
def test_parquet_is_made_where_it_is_asked_for(settings: dict[str, Any], said: object, asked: bool) -> None:
    assert build_settings({**settings, "ALMANAC_PARQUET": said}, 0.0).parquet is asked


def test_a_word_that_is_no_switch_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(SettingError) as raised:
        build_settings({**settings, "ALMANAC_PARQUET": "yes"}, 0.0)
    assert str(raised.value) == "ALMANAC_PARQUET is 'yes': write 1 for tables as Parquet, or 0 for none"


def test_the_fingerprint_moves_with_theme_and_settings_and_not_with_time(settings: dict[str, Any]) -> None:
    def made(**changed: Any) -> str:
        return fingerprint(build_settings({**settings, **changed}, 0.0))

    first = made()
    assert made(ALMANAC_NOW="2026-03-02T15:10:00Z", OUTPUT_PATH="/elsewhere") == first
    assert len({first, made(SITEURL="https://other.example"), made(ALMANAC_DRAFTS=True), made(ALMANAC_ID="tag:x")}) == 4
    (Path(settings["THEME"]) / "templates/base.html").write_text("changed")
    assert made() != first


# Templates


@given(st.text())
def test_escaping_is_that_of_markupsafe(text: str) -> None:
    assert escape(text) == str(markupsafe.escape(text))


@pytest.mark.parametrize("value", [markupsafe.Markup("<b>"), 7, None, 1.5, ["<"]])
def test_other_values_are_escaped_by_markupsafe(value: object) -> None:
    assert escape(value) == str(markupsafe.escape(value))


def theme(root: Path, **texts: str) -> Path:
    """Return a theme of these templates."""
    (root / "templates").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (root / f"templates/{name}.html").write_text(text)
    return root


def show(root: Path, **texts: str) -> str:
    """Return what the template `main` prints of a link with a dangerous text."""
    site = views.site(PROJECT, "https://almanac.example/under", "/theme/site.css")
    made = templates.environment(theme(root, **texts), site, PLAIN)
    return made.get_template("main.html").render(page=views.base.Link("/a/", "<b>&"))


def test_views_are_printed_escaped(tmp_path: Path) -> None:
    assert show(tmp_path, main="{{ page.text }} {{ site.root }}{{ page.url }}") == "&lt;b&gt;&amp; /under/a/"


def test_what_is_called_safe_is_printed_as_it_is_and_nothing_beside_it(tmp_path: Path) -> None:
    assert show(tmp_path, main="{{ page.text|safe }} {{ page.text|upper }} {{ 7 }}") == "<b>& &lt;B&gt;&amp; 7"


def test_macros_given_all_by_place_escape_as_others_do(tmp_path: Path) -> None:
    main = "{% macro m(x, y='<') %}<i>{{ x }}{{ y }}</i>{% endmacro %}{{ m(page.text, '&') }}{{ m(page.text) }}"
    assert show(tmp_path, main=main) == "<i>&lt;b&gt;&amp;&amp;</i><i>&lt;b&gt;&amp;&lt;</i>"


def test_macros_and_sets_do_not_escape_twice(tmp_path: Path) -> None:
    main = "{% macro m(x) %}<i>{{ x.text }}</i>{% endmacro %}{% set y %}{{ m(page) }}{% endset %}{{ y }}"
    assert show(tmp_path, main=main) == "<i>&lt;b&gt;&amp;</i>"


def test_a_page_with_its_blocks_is_one_text(tmp_path: Path) -> None:
    base = "<{% block main %}none{% endblock %}>{% for x in (1, 2) %}{{ x }}{% endfor %}"
    main = '{% extends "base.html" %}{% block main %}{{ super() }}{% for x in "a&" %}{{ x }}.{% endfor %}{% endblock %}'
    made = templates.environment(theme(tmp_path, main=main, base=base), views.site(PROJECT, "", ""), PLAIN)
    assert list(filter(None, made.get_template("main.html").generate(page=None))) == ["<nonea.&amp;.>12"]


def test_macros_take_what_is_named_and_what_is_called_with_a_block(tmp_path: Path) -> None:
    macro = "{% macro m(x, y='c', z='d') %}{{ x }}{{ y }}{{ z }}{{ caller() if caller is defined }}{% endmacro %}"
    main = macro + '{{ m("<", z="&") }} {% call m(*["a"], **{"y": "b"}) %}{{ page.text }}{% endcall %}'
    assert show(tmp_path, main=main) == "&lt;c&amp; abd&lt;b&gt;&amp;"


def test_a_name_that_is_none_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        show(tmp_path, main="{{ page.txet }}")


def test_a_part_is_printed_once_for_all_pages_that_are_alike(tmp_path: Path) -> None:
    main = '{{ part("_nav.html", here="a") }}{{ part("_nav.html", here="<") }}'
    assert show(tmp_path, main=main, _nav="<nav>{{ here }}</nav>") == "<nav>a</nav><nav>&lt;</nav>"


def test_own_colours_stand_at_the_end_of_the_sheet_and_change_its_address(tmp_path: Path) -> None:
    home = theme(tmp_path, main="{{ sheet('site.css') }}")
    (home / "static").mkdir()
    (home / "static/site.css").write_text("a {}\n")
    own = replace(PROJECT, colours={"light": {"accent": "#123456", "ink": "#000000"}, "dark": {}})
    assert templates.sheet(home, "site.css", PROJECT) == b"a{}"
    assert templates.sheet(home, "site.css", own).decode() == (
        "a{}@media (prefers-color-scheme: light){:root{--accent:#123456;--ink:#000000}}"
    )
    addresses = {
        templates.environment(home, views.site(project, "", ""), PLAIN).get_template("main.html").render()
        for project in (PROJECT, own)
    }
    assert len(addresses) == 2


def test_without_autoescape_nothing_is_printed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="autoescape is off"):
        templates.environment(theme(tmp_path), views.site(PROJECT, "", ""), {"autoescape": False})


def test_templates_are_compiled_once_and_again_when_they_change(settings: dict[str, Any], tmp_path: Path) -> None:
    own: BuildSettings = build_settings(settings, 0.0)
    theme(own.theme, main="one {{ page }}")
    assert templates.Templates(own).page("main", "<") == b"one &lt;"
    compiled = {path.name: path.read_bytes() for path in (own.state / "templates").iterdir()}
    assert templates.Templates(own).page("main", "<") == b"one &lt;"
    assert {path.name: path.read_bytes() for path in (own.state / "templates").iterdir()} == compiled
    theme(own.theme, main="two {{ page }}")
    assert templates.Templates(own).page("main", "<") == b"two &lt;"

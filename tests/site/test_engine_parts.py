"""The parts of the engine: the press writes no more than it must, the state forgets rather than lies."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import signal
import time
from collections.abc import Generator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import markupsafe
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac import engine, views
from almanac.engine import printer, state, written
from almanac.engine.crew import Columns, Crew, Errands
from almanac.engine.escape import escape
from almanac.engine.lasting import Lasting
from almanac.engine.plan import Plan, fingerprint
from almanac.engine.press import Press, digest
from almanac.engine.state import Print, Row, Section, Stamp
from almanac.engine.written import Written
from almanac.exports import version
from almanac.files import DiskError
from almanac.model import Card
from almanac.model.clock import MomentError
from almanac.stats.reporting import reported
from tests.support.almanacs import at, carded, incident
from tests.unit.test_views import ARTICLE

KEY = b"0123456789abcdef"
PLAIN = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}


# Press


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


def printed(output: Path, *files: tuple[str, bytes]) -> dict[str, Print]:
    """Print some files, and give what a next build would know of them."""
    press = Press(output, {})
    for path, data in files:
        press.put(path, KEY, data)
    return press.prints


def test_a_new_file_is_written_with_its_folders(output: Path) -> None:
    press = Press(output, {})
    press.put("a/b/index.html", KEY, b"page")
    status = (output / "a/b/index.html").stat()
    assert (output / "a/b/index.html").read_bytes() == b"page"
    assert press.written == ["a/b/index.html"]
    assert press.prints == {"a/b/index.html": Print(KEY, 4, status.st_mtime_ns)}
    assert os.listdir(output / "a/b") == ["index.html"]


def test_equal_bytes_are_not_written_again(output: Path) -> None:
    known = printed(output, ("index.html", b"page"))
    press = Press(output, known)
    press.put("index.html", b"another key 0000", b"page")
    assert press.written == []
    assert press.prints == {"index.html": Print(b"another key 0000", *known["index.html"][1:])}


def test_what_stands_is_part_of_the_build(output: Path) -> None:
    known = printed(output, ("index.html", b"page"))
    press = Press(output, known)
    assert (press.stands("index.html", KEY), press.prints) == (True, known)


@pytest.mark.parametrize("why", ["another key", "no key", "unknown", "gone", "longer", "newer"])
def test_what_does_not_stand_is_not(output: Path, why: str) -> None:
    known = printed(output, ("index.html", b"page"))
    file = output / "index.html"
    if why == "no key":
        known = {"index.html": known["index.html"]._replace(key=b"")}
    elif why == "unknown":
        known = {}
    elif why == "gone":
        file.unlink()
    elif why == "longer":
        file.write_bytes(b"pages")
    elif why == "newer":
        os.utime(file)
    press = Press(output, known)
    key = {"another key": b"another key 0000", "no key": b""}.get(why, KEY)
    assert (press.stands("index.html", key), press.prints) == (False, {})


def test_what_is_no_longer_made_is_removed_with_empty_folders(output: Path) -> None:
    files = ("a/b/index.html", b"1"), ("a/index.html", b"2"), ("c/d/e/index.html", b"3"), ("f.txt", b"")
    known = printed(output, *files)
    (output / "c/note.txt").write_text("not ours")
    press = Press(output, known)
    press.put("f.txt", KEY, b"")
    assert press.sweep() == ["a/b/index.html", "a/index.html", "c/d/e/index.html"]
    assert sorted(path.relative_to(output).as_posix() for path in output.rglob("*")) == ["c", "c/note.txt", "f.txt"]


def test_what_is_gone_already_is_removed_without_a_word(output: Path) -> None:
    known = printed(output, ("a/index.html", b"1"))
    shutil.rmtree(output)
    assert Press(output, known).sweep() == ["a/index.html"]


def test_what_a_disk_does_not_let_go_of_is_told(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO), path)

    known = printed(output, ("a/index.html", b"1"))
    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(DiskError, match=r"output/a/index\.html: Input/output error; "):
        Press(output, known).sweep()


@pytest.mark.slow
@given(st.lists(st.one_of(st.binary(max_size=4), st.text(max_size=4), st.integers()), min_size=2, max_size=4))
def test_a_digest_tells_parts_apart(parts: list[Any]) -> None:
    assert len(digest(*parts)) == 16
    assert digest(*parts) == digest(*parts)
    assert digest(*parts) != digest(*parts, b"")
    assert digest(b"".join(map(repr_bytes, parts))) != digest(*parts)


def repr_bytes(part: Any) -> bytes:
    return part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")


# State


def section() -> Section:
    """Return a section with all there can be."""
    found = incident(updates=(), components=())
    row = Row(Stamp(10, 2**62, 2**62 + 1), KEY, KEY[::-1], carded(found), reported(found))
    return Section({row.card.file: row}, {"a/index.html": Print(KEY, 4, 2**62)}, ("stamp", b"frozen"))


def test_a_section_is_loaded_as_it_was_saved(tmp_path: Path) -> None:
    state.save(tmp_path, "anthropic", section(), "print")
    assert state.load(tmp_path, "print") == {"anthropic": section()}
    assert [path.name for path in tmp_path.iterdir()] == ["anthropic.state"]


def test_made_otherwise_it_only_knows_outputs_and_that_they_are_stale(tmp_path: Path) -> None:
    state.save(tmp_path, "anthropic", section(), "print")
    assert state.load(tmp_path, "another") == {"anthropic": Section({}, {"a/index.html": Print(b"", 4, 2**62)})}


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[:-1],
        lambda b: b[:20],
        lambda b: b"",
        lambda b: b.replace(b"0", b"1"),
        lambda b: b"almanac 0 cpython-27\n" + b,
    ],
)
def test_a_damaged_section_is_none(tmp_path: Path, damage: Any) -> None:
    state.save(tmp_path, "anthropic", section(), "print")
    path = tmp_path / "anthropic.state"
    path.write_bytes(damage(path.read_bytes()))
    assert state.load(tmp_path, "print") == {}


def test_a_forgotten_section_is_gone(tmp_path: Path) -> None:
    state.save(tmp_path, "anthropic", section(), "print")
    state.forget(tmp_path, ["anthropic", "never-there"])
    assert list(tmp_path.iterdir()) == []


def test_facts_are_the_same_with_another_text() -> None:
    found = incident()
    retold = replace(found, updates=tuple(replace(update, text="Other words.") for update in found.updates))
    assert retold != found
    assert state.facts(carded(retold), reported(retold)) == state.facts(carded(found), reported(found))


def test_facts_differ_where_anything_else_does() -> None:
    told, values = reported(incident()), list(carded(incident()))
    cards = [Card._make(values), *(Card._make([*values[:n], "x", *values[n + 1 :]]) for n in range(len(values)))]
    found = {state.facts(card, told) for card in cards} | {state.facts(cards[0], told._replace(removed_updates=9))}
    assert len(found) == len(values) + 2


def test_a_kept_value_is_made_again_only_where_what_it_rests_on_differs() -> None:
    first = Lasting({})
    assert (first.get("a", ["facts", 1], lambda: PAIR), first.get("b", 1, lambda: "b")) == (PAIR, "b")
    second = Lasting(first.asked)
    assert second.get("a", ["facts", 1], fail) == PAIR
    assert second.asked == {"a": first.asked["a"]}  # b was not asked for: nobody keeps it
    third = Lasting(second.asked)
    assert third.get("a", ["facts", 2], lambda: ("another",)) == ("another",)
    assert Lasting(third.asked).get("a", ["facts", 2], fail) == ("another",)


PAIR = views.Site(name="A", url="https://a.example", root="", css="/theme/site.css"), (1, "b")


def fail() -> NoReturn:
    raise AssertionError("what is kept must not be made")


def test_articles_come_back_as_they_were() -> None:
    kept = Written("articles/2026/x/index.html", KEY, ARTICLE.card, False)
    assert written.thaw(written.freeze([kept])) == (kept,)


# Crew


def share(name: str, fail: int = 0) -> Generator[Any, Any, None]:
    """Yield a share that finds its name and makes something of what it is told."""
    if fail == 1:
        raise OSError(f"{name} cannot read")
    told = yield (name, os.getpid())
    if fail == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if fail == 3:
        raise ValueError(f"{name} cannot print")
    yield (name, told)


def test_one_share_runs_here() -> None:
    crew = Crew([share("one")])
    assert crew.found() == [("one", os.getpid())]
    crew.tell({"all": 1})
    assert crew.made() == [("one", {"all": 1})]


def test_several_shares_run_beside_each_other_and_answer_in_order() -> None:
    crew = Crew([share("one"), share("two")])
    found = crew.found()
    assert [name for name, _ in found] == ["one", "two"]
    assert len({os.getpid(), *(pid for _, pid in found)}) == 3
    crew.tell({"all": 1})
    assert crew.made() == [("one", {"all": 1}), ("two", {"all": 1})]


def test_a_late_crew_finds_here_and_makes_apart() -> None:
    def place() -> Generator[Any, Any, None]:
        found = os.getpid()
        told = yield found
        yield (found, os.getpid(), told)

    crew = Crew([place(), place()], late=True)
    assert crew.found() == [os.getpid()] * 2
    crew.tell({"all": 1})
    made = crew.made()
    assert [(found, told) for found, _, told in made] == [(os.getpid(), {"all": 1})] * 2
    assert len({os.getpid(), *(pid for _, pid, _ in made)}) == 3


def test_each_errand_is_run_once_by_whoever_asks_first() -> None:
    errands = Errands(9)

    def run() -> Generator[Any, Any, None]:
        yield None
        yield list(errands)

    crew = Crew([run(), run()])
    crew.found()
    crew.tell(None)
    taken = crew.made()
    assert sorted(taken[0] + taken[1]) == list(range(9))
    assert list(errands) == []


def test_who_waits_works_ahead_until_it_is_told() -> None:
    done: list[int] = []
    seen, shown = os.pipe()

    def work() -> Generator[None, None, None]:
        for number in count():  # without an end: only what it is told ends it
            done.append(number)
            os.write(shown, b"." if number == 2 else b"")
            yield

    def run() -> Generator[Any, Any, None]:
        told = yield len(done)
        yield len(done), told

    crew = Crew([run(), run()], [work(), ()])  # the other has nothing to do meanwhile
    assert crew.found() == [0, 0]
    assert os.read(seen, 1) == b"."
    crew.tell("all")
    (ahead, told), other = crew.made()
    assert ahead > 2
    assert (told, other) == ("all", (0, "all"))


def test_what_goes_wrong_ahead_keeps_nobody_from_their_work() -> None:
    def work() -> Generator[None, None, None]:
        yield
        raise ValueError("too early")

    crew = Crew([share("one"), share("two")], [work(), work()])
    crew.found()
    time.sleep(0.1)  # they are past it by now
    crew.tell("all")
    assert crew.made() == [("one", "all"), ("two", "all")]


@pytest.mark.parametrize("names", [(), ("a.html",), ("a.html", "b.html")])
def test_rows_arrive_as_they_were_sent(names: tuple[str, ...]) -> None:
    rows = {name: Print(name.encode(), 7, at) for at, name in enumerate(names)}
    sent = pickle.loads(pickle.dumps(Columns.of(Print, rows)))  # noqa: S301  (our own bytes)
    assert sent.rows() == rows
    assert [type(row) for row in sent.rows().values()] == [Print] * len(names)


def test_no_worker_outlives_its_crew() -> None:
    crew = Crew([share("one"), share("two")])
    pids = [pid for _, pid in crew.found()]
    crew.tell(None)
    crew.made()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("hands", [1, 2])
def test_what_a_share_raises_is_raised_here(hands: int) -> None:
    with pytest.raises(OSError, match="two cannot read"):
        Crew([share("one"), share("two", fail=1)][-hands:]).found()
    crew = Crew([share("one"), share("two", fail=3)][-hands:])
    crew.found()
    crew.tell(None)
    with pytest.raises(ValueError, match="two cannot print"):
        crew.made()


def test_a_killed_worker_is_told() -> None:
    crew = Crew([share("one"), share("two", fail=2)])
    crew.found()
    crew.tell(None)
    with pytest.raises(RuntimeError, match="a worker of the build was killed"):
        crew.made()


# Plan


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


def test_settings_make_a_plan(settings: dict[str, Any], tmp_path: Path) -> None:
    made = engine.plan(settings, 0.0)
    assert (made.now, made.site_url, made.root, made.state) == (
        at("02 14:10"),
        "https://almanac.example",
        tmp_path,
        tmp_path / ".output-state",
    )


def test_without_a_stated_moment_it_is_the_clock_floored(settings: dict[str, Any]) -> None:
    clock = at("02 14:13:20").timestamp()
    assert engine.plan({**settings, "ALMANAC_NOW": ""}, clock).now == at("02 14:10")


def test_a_plan_states_the_version_of_the_checkout(settings: dict[str, Any]) -> None:
    assert engine.plan(settings, 0.0).version == version.current()


def test_a_moment_that_is_none_makes_no_plan(settings: dict[str, Any]) -> None:
    with pytest.raises(MomentError):
        engine.plan({**settings, "ALMANAC_NOW": "soon"}, 0.0)


@pytest.mark.parametrize(("said", "asked"), [("", False), ("0", False), (False, False), (None, False), ("1", True)])
def test_parquet_is_made_where_it_is_asked_for(settings: dict[str, Any], said: object, asked: bool) -> None:
    assert engine.plan({**settings, "ALMANAC_PARQUET": said}, 0.0).parquet is asked


def test_a_word_that_is_no_switch_makes_no_plan(settings: dict[str, Any]) -> None:
    with pytest.raises(engine.SettingError) as raised:
        engine.plan({**settings, "ALMANAC_PARQUET": "yes"}, 0.0)
    assert str(raised.value) == "ALMANAC_PARQUET is 'yes': write 1 for tables as Parquet, or 0 for none"


def test_the_fingerprint_moves_with_theme_and_settings_and_not_with_time(settings: dict[str, Any]) -> None:
    def made(**changed: Any) -> str:
        return fingerprint(engine.plan({**settings, **changed}, 0.0))

    first = made()
    assert made(ALMANAC_NOW="2026-03-02T15:10:00Z", OUTPUT_PATH="/elsewhere") == first
    assert len({first, made(SITEURL="https://other.example"), made(ALMANAC_DRAFTS=True), made(ALMANAC_ID="tag:x")}) == 4
    (Path(settings["THEME"]) / "templates/base.html").write_text("changed")
    assert made() != first


# Printer


@given(st.text())
def test_escaping_is_that_of_markupsafe(text: str) -> None:
    assert escape(text) == str(markupsafe.escape(text))


@pytest.mark.parametrize("value", [markupsafe.Markup("<b>"), 7, None, 1.5, ["<"]])
def test_other_values_are_escaped_by_markupsafe(value: object) -> None:
    assert escape(value) == str(markupsafe.escape(value))


def theme(root: Path, **templates: str) -> Path:
    """Return a theme of these templates."""
    (root / "templates").mkdir(parents=True, exist_ok=True)
    for name, text in templates.items():
        (root / f"templates/{name}.html").write_text(text)
    return root


def show(root: Path, **templates: str) -> str:
    """Return what the template `main` prints of a link with a dangerous text."""
    site = views.site("Name", "https://almanac.example/under", "/theme/site.css")
    made = printer.environment(theme(root, **templates), site, PLAIN)
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
    made = printer.environment(theme(tmp_path, main=main, base=base), views.site("", "", ""), PLAIN)
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


def test_without_autoescape_nothing_is_printed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="autoescape is off"):
        printer.environment(theme(tmp_path), views.site("", "", ""), {"autoescape": False})


def test_templates_are_compiled_once_and_again_when_they_change(settings: dict[str, Any], tmp_path: Path) -> None:
    plan: Plan = engine.plan(settings, 0.0)
    theme(plan.theme, main="one {{ page }}")
    assert printer.Printer(plan).page("main", "<") == b"one &lt;"
    compiled = {path.name: path.read_bytes() for path in (plan.state / "templates").iterdir()}
    assert printer.Printer(plan).page("main", "<") == b"one &lt;"
    assert {path.name: path.read_bytes() for path in (plan.state / "templates").iterdir()} == compiled
    theme(plan.theme, main="two {{ page }}")
    assert printer.Printer(plan).page("main", "<") == b"two &lt;"

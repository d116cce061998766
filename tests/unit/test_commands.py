"""Every verb explains itself, understands its own examples, and answers what it does not understand in one line."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import pytest

import tasks
from almanac.commands import check, cli, verbs
from almanac.commands.cli import Call, Verb
from almanac.commands.verbs import Errand
from tests.support import projects

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "python3 tasks.py"
VERBS: tuple[Verb, ...] = tasks.verbs()
ALL = [(verb.name, verb) for verb in VERBS] + [
    (f"{verb.name} {part.name}", part) for verb in VERBS for part in verb.parts
]
NAMED_FILES = ("vendors.txt", "before", ".output-preview", "incidents.csv", "coverage.csv")
LEAVES = [(name, verb) for name, verb in ALL if not verb.parts]
OURS = [(name, verb) for name, verb in LEAVES if not verb.passes_on]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    """Return what parsing gives, and what it prints on both streams."""
    parsed = cli.parse(arguments, VERBS, PROGRAM)
    captured = capsys.readouterr()
    return parsed, captured.out, captured.err


@pytest.mark.parametrize("asked", ["--help", "-h"])
@pytest.mark.parametrize(("name", "verb"), ALL, ids=[name for name, _ in ALL])
def test_every_verb_says_what_it_does_and_gives_an_example(
    name: str, verb: Verb, asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = answer(capsys, *name.split(), asked)
    assert (code, err) == (0, "")
    assert verb.summary in out
    assert f"examples:\n  {PROGRAM} {name}" in out


def test_help_may_be_asked_for_before_or_after_and_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "help", "new", "article") == answer(capsys, "new", "article", "--help")
    code, out, err = answer(capsys, "--help")
    assert (code, err) == (0, "")
    assert [verb.name for verb in VERBS if f"\n  {verb.name} " not in out] == []
    assert answer(capsys) == answer(capsys, "help") == answer(capsys, "--list") == (code, out, err)


EXAMPLES = [(name, example) for name, verb in LEAVES for example in verb.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_every_example_is_understood(name: str, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name_of_one in NAMED_FILES:  # what examples name must be there
        (tmp_path / name_of_one).touch()
    monkeypatch.chdir(tmp_path)
    words = shlex.split(example.partition(" | ")[0])
    call = cli.parse(words, VERBS, PROGRAM)
    assert isinstance(call, Call)
    assert call.name == name


ERRANDS = [(example, verb.run) for _, verb in LEAVES for example in verb.examples if isinstance(verb.run, Errand)]


@pytest.mark.parametrize(("example", "errand"), ERRANDS, ids=[example for example, _ in ERRANDS])
def test_whoever_does_a_verb_takes_what_it_is_called_with(
    example: str, errand: Errand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name_of_one in NAMED_FILES:
        (tmp_path / name_of_one).touch()
    monkeypatch.chdir(tmp_path)
    call = cli.parse(shlex.split(example.partition(" | ")[0]), VERBS, PROGRAM)
    assert isinstance(call, Call)
    function, words = errand.call(tmp_path, call.options)
    assert dict(signature(function).bind(**words).arguments) != {}


@pytest.mark.parametrize(("name", "verb"), OURS, ids=[name for name, _ in OURS])
def test_a_wrong_option_of_any_verb_is_one_line_with_the_way_to_help(
    name: str, verb: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x").touch()
    monkeypatch.chdir(tmp_path)
    words = ["x"] * sum(not option.flag.startswith("-") for option in verb.options)
    code, out, err = answer(capsys, *name.split(), *words, "--quite")
    assert (code, out) == (2, "")
    assert err == f"{name}: there is no option --quite; did you mean --quiet? How to use it: {PROGRAM} {name} --help\n"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["serv"], "python3 tasks.py: there is no task 'serv'; did you mean serve?"),
        (["biuld"], "python3 tasks.py: there is no task 'biuld'; did you mean build?"),
        (["new", "artcle"], "new: there is no new 'artcle'; did you mean article?"),
        (["new", "article"], "new article: title is missing. How to use it: python3 tasks.py new article --help"),
        *(
            (
                ["backfill", *before, "nowhere.csv"],
                (
                    f"backfill: {name}: 'nowhere.csv' does not exist; name one that does. "
                    "How to use it: python3 tasks.py backfill --help"
                ),
            )
            for name, before in (
                ("incidents", []),
                *((f"--{one}", [f"--{one}"]) for one in ("coverage", "cuts", "intervals")),
            )
        ),
        (
            ["new", "article", "Claude", "outage"],
            (
                "new article: 'outage' is one word too many; put text that contains spaces in quotes. "
                "How to use it: python3 tasks.py new article --help"
            ),
        ),
        (
            ["serve", "--port", "99999"],
            (
                "serve: --port: '99999' is not a port; write a number from 1 to 65535. "
                "How to use it: python3 tasks.py serve --help"
            ),
        ),
        (
            ["new", "provider", "--from", "nowhere.txt"],
            (
                "new provider: --from: 'nowhere.txt' does not exist; name one that does. "
                "How to use it: python3 tasks.py new provider --help"
            ),
        ),
        (["serve", "--port"], "serve: --port needs a value. How to use it: python3 tasks.py serve --help"),
        (["check", "--strict=1"], "check: --strict takes no value. How to use it: python3 tasks.py check --help"),
    ],
)
def test_what_cannot_be_understood_is_one_line_with_what_was_meant(
    words: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(capsys, *words) == (2, "", f"{line}\n")


def test_a_verb_without_its_object_names_all_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys, "explain")
    assert (code, out, err) == (
        2,
        "",
        "explain: nothing named; write python3 tasks.py explain and one of: leaderboard, backups, forecast, claims\n",
    )


def test_options_and_words_stand_in_any_order() -> None:
    call = cli.parse(["check", "a.md", "--strict", "b.md"], VERBS, PROGRAM)
    assert isinstance(call, Call)
    assert (call.options.paths, call.options.strict) == ([Path("a.md"), Path("b.md")], True)


def test_the_table_of_commands_is_that_of_the_program() -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    tables = re.findall(r"^## (To .*)\n\n\| Task \| What it does \|\n\|---\|---\|\n((?:\|.*\n)*)", text, re.MULTILINE)
    rows = [
        (group, *row) for group, table in tables for row in re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE)
    ]
    assert rows == [(verb.group, verb.name, verb.summary) for verb in verbs.VERBS]


# Streams that take nothing


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return projects.project(tmp_path_factory.mktemp("small"))


SPEAKING = [
    ["--help"],
    ["check"],
    ["check", "--json"],
    ["doctor"],
    ["curate"],
    ["explain", "claims", "2026-03-02-claude-fails"],
    ["explain", "leaderboard", "anthropic", "2026-Q1"],
    ["pull", "--via", "http://127.0.0.1:9"],
    ["pull", "--via", "http://127.0.0.1:9", "--json"],
    ["build"],
]


def command(project: Path, words: list[str], stdout: int) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PYTHONPATH": str(ROOT / "plugins")}
    line = [sys.executable, "-m", "almanac.commands", *words]
    return subprocess.run(line, cwd=project, env=env, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


@pytest.mark.slow
@pytest.mark.parametrize("words", SPEAKING, ids=" ".join)
def test_a_closed_pipe_is_no_matter_for_any_verb(words: list[str], small: Path, closed_pipe: int) -> None:
    usual = command(small, words, subprocess.DEVNULL)
    cut = command(small, words, closed_pipe)
    assert cut.returncode == usual.returncode
    assert [line for line in cut.stderr.splitlines() if "Error" in line or "Traceback" in line] == []


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["check"], ["check", "--json"], ["curate"], ["--help"]], ids=" ".join)
def test_an_output_that_is_full_is_one_line(words: list[str], small: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = command(small, words, full.fileno())
    assert (done.returncode, done.stderr) == (
        1,
        "No space left on device; make room on its disk, then run this again\n",
    )


@pytest.fixture
def odd(small: Path) -> Iterator[Path]:
    page = small / "content/pages/odd.md"
    page.write_text("---\ntitel: Odd\n---\n\nWords.\n")
    yield page
    page.unlink()


@pytest.mark.slow
def test_quiet_says_nothing_where_all_is_well(small: Path) -> None:
    done = command(small, ["check", "--quiet"], subprocess.PIPE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
def test_quiet_says_all_on_the_error_output_where_something_is_wrong(small: Path, odd: Path) -> None:
    done, loud = (command(small, ["check", *more], subprocess.PIPE) for more in (["--quiet"], []))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", loud.stdout)


def test_check_in_json_has_every_part_of_a_problem(small: Path, odd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(small / "content", [odd], as_json=True) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [(one["file"], one["line"], one["field"]) for one in problems] == [
        ("content/pages/odd.md", 1, "title"),
        ("content/pages/odd.md", 2, "titel"),
    ]


def test_what_cannot_be_done_is_one_line_on_the_error_output_and_exit_code_1(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = small / "content/pages/nowhere.md"
    assert cli.main(["check", str(missing)], VERBS, small, PROGRAM) == 1
    assert capsys.readouterr() == ("", f"check: {missing} does not exist; name files or folders under content/\n")
    assert cli.main(["new", "report", "2026-13"], VERBS, small, PROGRAM) == 1
    assert capsys.readouterr() == ("", "new: '2026-13' is neither a month nor a year; write e.g. 2026-06 or 2025\n")
    assert cli.main(["score", "--now", "soon"], VERBS, small, PROGRAM) == 1
    assert capsys.readouterr() == (
        "",
        "score: 'soon' is not a valid time; write 2026-03-02T14:10:00Z or epoch seconds\n",
    )

"""Front matter is taken apart with a place for every value, and nothing a stranger writes gets past or breaks it."""

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from almanac.content import frontmatter
from almanac.content.frontmatter import Matter
from almanac.model.problem import Problem

GOOD = b"""---
name: Claude
feeds:
  - url: https://a.example/feed
    verified: true
  - url: https://b.example/feed
words: [one,
  two]
---

About *it*.

---
A rule, not front matter.
"""


def places(value: object, path: frontmatter.Way = ()) -> Iterator[frontmatter.Way]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(inner, (*path, key))


def place(matter: Matter, path: frontmatter.Way) -> tuple[int, int]:
    fault = matter.problem(path, "")
    return fault.line, fault.column


def only_fault(data: bytes) -> str:
    [fault] = frontmatter.read(data, "a.md").faults
    return str(fault)


def test_values_and_body_are_taken_apart() -> None:
    head, _, body = GOOD.decode().removeprefix("---\n").partition("\n---\n")
    assert frontmatter.read(GOOD, "a.md") == Matter(
        file="a.md",
        head=head,
        values={
            "name": "Claude",
            "feeds": [{"url": "https://a.example/feed", "verified": True}, {"url": "https://b.example/feed"}],
            "words": ["one", "two"],
        },
        body=body,
    )
    assert body == "\nAbout *it*.\n\n---\nA rule, not front matter.\n"


def test_every_value_has_a_place() -> None:
    matter = frontmatter.read(GOOD, "a.md")
    assert {path: place(matter, path) for path in places(matter.values)} == {
        ("name",): (2, 1),
        ("feeds",): (3, 1),
        ("feeds", 0): (4, 5),
        ("feeds", 0, "url"): (4, 5),
        ("feeds", 0, "verified"): (5, 5),
        ("feeds", 1): (6, 5),
        ("feeds", 1, "url"): (6, 5),
        ("words",): (7, 1),
        ("words", 0): (7, 9),
        ("words", 1): (8, 3),
    }


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    assert frontmatter.read(b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"), "a.md") == frontmatter.read(GOOD, "a.md")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.md:1:1: has no front matter; begin with a line ---, then fields, then a line ---"),
        (b"name: x\n---\n", "a.md:1:1: has no front matter; begin with a line ---, then fields, then a line ---"),
        (b"---\nname: x\n", "a.md:3:1: stands where fields should have ended; write a line --- above it"),
        (b"---\na: 1\n\nWords: all.\n", "a.md:3:1: stands where fields should have ended; write a line --- above it"),
        (
            b"---\na: 1\n---\n\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> x\n",
            "a.md:5:1: is the mark of a merge that failed; keep one version, delete the marks",
        ),
        (
            b"---\na: [b\nc: d\n---\n",
            "a.md:2:4: is not YAML: a [ without its ]; close it, or put text that begins so in quotes",
        ),
        (
            b'---\na: "b\nc: d\n---\n',
            "a.md:2:4: is not YAML: a quotation mark that has no other; close it, or put text that begins so in quotes",
        ),
        (
            b"---\na:\n  - b: 1\n     c: 2\n---\n",
            (
                "a.md:4:7: is not YAML: mapping values are not allowed in this context; indent it as the fields beside it, "
                'and write "- " before an item of a list'
            ),
        ),
        (
            b"---\na:\n  b: 1\n\tc: 2\n---\n",
            "a.md:4:1: begins with a blank that YAML does not know; indent with spaces",
        ),
        (
            "---\na:\n  - b: 1\n\u00a0\u00a0\u00a0 c: 2\n    d: 3\n---\n".encode(),
            "a.md:4:1: begins with a blank that YAML does not know; indent with spaces",
        ),
        (b"---\na: x\nb: \xff\n---\n", "a.md:3:1: is not UTF-8; save the file as UTF-8"),
        (b"---\n- a\n---\n", "a.md:2:1: front matter is not a list of fields; write lines like `name: value`"),
        (b"---\n\n---\n", "a.md:2:1: front matter is not a list of fields; write lines like `name: value`"),
        (b"---\na: 1\nb: 2\na: 3\n---\n", "a.md:4:1: a: appears twice, first in line 2; keep one"),
        (b"---\na:\n  b: 1\n  b: 2\n---\n", "a.md:4:3: a.b: appears twice, first in line 3; keep one"),
        (b"---\na: &x 1\nb: *x\n---\n", "a.md:3:1: b: is a YAML alias (*name); write the value out"),
        (
            b"---\na: 1\nb: 2026-02-30\n---\n",
            "a.md:3:1: b: is not a valid date or time; correct it",
        ),
        (
            b"---\na: !!python/object/apply:os.system [id]\n---\n",
            "a.md:2:1: a: holds a value that YAML cannot make sense of; put it in quotes",
        ),
        (
            b"---\na: b: c\n---\n",
            'a.md:2:5: is not YAML: mapping values are not allowed in this context; put text that holds ": " in quotes',
        ),
        (
            b"---\na: 1\nb: @x\n---\n",
            (
                "a.md:3:4: is not YAML: found character that cannot start any token; quote text that holds : # [ ] { } or begins "
                "with * & ! % @, and indent with spaces"
            ),
        ),
        (b"---\na: " + b"[" * 100_000 + b"\n---\n", "a.md:2:23: is nested more than 20 levels deep; write it flat"),
        (b"---\n" + b"- " * 100_000 + b"\n---\n", "a.md:2:41: is nested more than 20 levels deep; write it flat"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_a_cure(data: bytes, message: str) -> None:
    assert only_fault(data) == message


def test_a_file_of_fields_alone_counts_its_own_lines_with_marks_around_them_or_without() -> None:
    lines = b"a: 1\nb: x\n"
    assert place(frontmatter.read_fields(lines, "a.yml"), ("b",)) == (2, 1)
    assert place(frontmatter.read_fields(b"\xef\xbb\xbf---\r\n" + lines + b"---\n", "a.yml"), ("b",)) == (3, 1)
    assert [str(fault) for fault in frontmatter.read_fields(b"a: 1\nb: [x\nc: 2\n", "a.yml").faults] == [
        "a.yml:2:4: is not YAML: a [ without its ]; close it, or put text that begins so in quotes"
    ]


def test_a_character_that_yaml_forbids_is_named() -> None:
    assert only_fault(b'---\na: "\x01"\n---\n').startswith("a.md:2:1: is not YAML: unacceptable character #x0001: ")


def test_an_alias_bomb_is_refused_and_not_built() -> None:
    bomb = b"---\na0: &a0 [x, x]\n"
    bomb += b"".join(b"a%d: &a%d [%s]\n" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 9)) for i in range(1, 40)) + b"---\n"
    matter = frontmatter.read(bomb, "a.md")
    assert (matter.values, len(matter.faults)) == ({}, 39 * 9)


def test_a_fault_deep_inside_points_at_the_nearest_thing_that_has_a_place() -> None:
    matter = frontmatter.read(GOOD, "a.md")
    paths: list[frontmatter.Way] = [("feeds", 1, "dialect"), ("feeds", 7), ("nothing",), ()]
    assert [str(matter.problem(path, "is odd")) for path in paths] == [
        "a.md:6:5: feeds.1.dialect: is odd",
        "a.md:3:1: feeds.7: is odd",
        "a.md:1:1: nothing: is odd",
        "a.md:1:1: is odd",
    ]


def test_faults_sort_by_file_and_place() -> None:
    late, early = Problem(file="a", line=10, message="x"), Problem(file="a", line=9, column=2, message="y")
    assert sorted([Problem(file="b", message="z"), late, early]) == [early, late, Problem(file="b", message="z")]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9999, 9999) | st.text(st.characters(codec="utf-8", categories=["L", "N"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["name", "a", "b_c"]), PLAIN, min_size=1))
def test_what_yaml_writes_is_read_as_it_was_and_every_leaf_has_a_place(values: dict[str, object]) -> None:
    text = yaml.safe_dump(values, allow_unicode=True)
    matter = frontmatter.read(f"---\n{text}---\nbody".encode(), "a.md")
    lines = ["---", *text.split("\n")]

    assert (matter.values, matter.faults, matter.body) == (values, (), "body")
    for path in places(values):
        line, column = place(matter, path)
        assert lines[line - 1][column - 1] not in " \n"
        assert not isinstance(path[-1], str) or lines[line - 1][column - 1 :].startswith(f"{path[-1]}:")


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    frontmatter.read(b"---\n" + data + b"\n---\n", "a.md")


def test_a_problem_is_one_thing_however_its_hint_is_written() -> None:
    apart = Problem(file="content/a.md", line=2, column=3, field="title", message="is empty", hint="write one")
    assert Problem(file="content/a.md", line=2, column=3, field="title", message="is empty; write one") == apart
    assert (apart.message, apart.hint, apart.text) == ("is empty", "write one", "is empty; write one")
    assert str(apart) == "content/a.md:2:3: title: is empty; write one"
    assert str(Problem(file="content/b\nc.md", message="is odd")) == "content/b\\nc.md:1:1: is odd"

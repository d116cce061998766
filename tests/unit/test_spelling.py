"""Misspelled words are named with their cure; what others wrote, code and names are left alone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from almanac.content import frontmatter, spelling
from almanac.content.spelling import Slip, slips
from tests.support.growth import LINEAR, growth
from tests.unit.test_check import ARTICLE, HEAD, content, found, put

__all__ = ["content"]  # a fixture

CURE = "or add it to content/words.txt if it is correct"


def test_a_misspelled_word_is_named_with_its_place_and_cure() -> None:
    assert list(slips("It was down.\nTeh errors occured, didn’t they?")) == [
        Slip(2, 1, f"Teh is misspelled; write the, {CURE}"),
        Slip(2, 12, f"occured is misspelled; write occurred, {CURE}"),
    ]


def test_several_cures_are_all_named() -> None:
    told = [slip.message for slip in slips("It is lik that")]
    assert told == [f"lik is misspelled; write like or lick or link, {CURE}"]


@pytest.mark.parametrize(
    "text",
    [
        "`teh` and ``teh``",
        "```\nteh\n```",
        "    teh",
        "> teh",
        "They said “we fix teh error”.",
        'They said "teh".',
        "[x](/teh/) [x](https://teh.example/) https://a.example/teh <mailto:teh@a.example>",
        "[x]: /teh/",
        "{{teh.n}}",
        "teh@a.example",
        "‘teh’ was written",
    ],
)
def test_the_words_of_others_are_left_alone(text: str) -> None:
    assert list(slips(text)) == []
    assert list(slips(f"{text}\n\nteh")) != []


def test_words_that_are_right_stand_in_a_list() -> None:
    assert spelling.accepted_words(b"# names\nTeh\n\n lik \n") == frozenset({"teh", "lik"})
    assert list(slips("Teh lik", frozenset({"teh", "lik"}))) == []


def test_fields_in_own_words_are_read_and_those_of_others_not() -> None:
    text = (
        "---\ntitle: Teh end\nsources: [{title: teh}]\nclaims:\n  - {said: teh, why: teh}\n"
        "unknown: [a, teh]\n---\n\nteh\n"
    )
    matter = frontmatter.read(text.encode(), "a.md")
    assert [(fault.line, fault.field) for fault in spelling.faults(matter, 8)] == [
        (2, "title"),
        (6, "unknown.1"),
        (5, "claims.0.why"),
        (9, ""),
    ]


def test_the_check_tells_of_articles_corrections_and_links(content: Path) -> None:
    put(content, ARTICLE, HEAD + "It was teh end.\n")
    put(
        content,
        "corrections/anthropic/0ghc53zpsfmt.yml",
        "end: 2026-03-02T15:00:00Z\nreason: Teh post was late.\n"
        "source: https://a.example/\nauthor: Ada\ndate: 2026-03-03T00:00:00Z\n",
    )
    line = HEAD.count("\n") + 1
    assert [problem.partition(" is ")[0] for problem in found(content)] == [
        f"{ARTICLE}:{line}:8: teh",
        "corrections/anthropic/0ghc53zpsfmt.yml:2:1: reason: Teh",
    ]
    put(content, "words.txt", "teh\n")
    assert found(content) == []


SLOW: Sequence[str] = ("*a **b ", "“", "`", "[a]", "<", "a/", '"', "@", "a@", "‘", "{{", "](a", " teh", "://", "a")


@pytest.mark.slow
def test_texts_made_to_be_slow_are_read_in_time() -> None:
    for piece in SLOW:
        power = growth(lambda size: list(slips(piece * size + " teh")), 50_000 // len(piece))  # noqa: B023
        assert power < LINEAR, piece

"""The front matter of articles is held to its form, and each fault says what to write instead."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from almanac import queries
from almanac.content import forms, frontmatter

ARTICLE = """---
title: "Claude: what happened"
date: 2026-03-02T18:20:00Z
modified: 2026-03-03T10:00:00+01:00
authors: [Ada, Grace]
providers: [anthropic]
incidents: [anthropic/0ghc53zpsfmt, xai/INC 1]
summary: >-
  Folded
  over lines.
kind: news
status: published
sources:
  - url: https://a.example/
    title: A page
    publisher: A
    kind: press
    primary: false
corrections:
  - date: 2026-03-03T09:05:00Z
    text: It were four, not three.
confirmed: [it happened]
---
Text.
"""


def check(text: str) -> list[str]:
    values, faults = forms.check(forms.ArticleForm, frontmatter.read(text.encode(), "a.md"))
    assert bool(values) is not bool(faults)
    return [f"{fault.line}:{fault.column} {fault.field}: {fault.text}" for fault in faults]


def changed(old: str, new: str) -> list[str]:
    assert ARTICLE.count(old) == 1
    return check(ARTICLE.replace(old, new).replace(", xai/INC 1", ""))


def test_an_article_is_read_with_defaults_filled_in() -> None:
    text = ARTICLE.replace(", xai/INC 1", "")
    values, faults = forms.check(forms.ArticleForm, frontmatter.read(text.encode(), "a.md"))
    assert faults == ()
    assert values == {
        "title": "Claude: what happened",
        "date": datetime(2026, 3, 2, 18, 20, tzinfo=UTC),
        "modified": datetime(2026, 3, 3, 10, tzinfo=timezone(timedelta(hours=1))),
        "first_url": "",
        "authors": ["Ada", "Grace"],
        "providers": ["anthropic"],
        "incidents": ["anthropic/0ghc53zpsfmt"],
        "summary": "Folded over lines.",
        "kind": "news",
        "status": "published",
        "sources": [
            {"url": "https://a.example/", "title": "A page", "publisher": "A", "kind": "press", "primary": False}
        ],
        "claims": [],
        "figures": {},
        "corrections": [{"date": datetime(2026, 3, 3, 9, 5, tzinfo=UTC), "text": "It were four, not three."}],
        "confirmed": ["it happened"],
        "claimed": [],
        "unknown": [],
    }


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "date: 2026-03-02T18:20:00Z",
            "date: 2026-03-02 18:20:00",
            "3:1 date: 2026-03-02 18:20:00 has no time zone; write it in UTC with a Z, e.g. 2026-03-02T18:00:00Z",
        ),
        (
            "date: 2026-03-02T18:20:00Z",
            "date: 2026-03-02",
            ("3:1 date: is 2026-03-02; must be a date and time in UTC without quotes, e.g. 2026-03-02T18:00:00Z"),
        ),
        ("[Ada, Grace]", "[]", "5:1 authors: is an empty list; name at least one"),
        ("[Ada, Grace]", "Ada", "5:1 authors: is 'Ada'; must be a list, e.g. [a, b]"),
        (
            "[anthropic/0ghc53zpsfmt",
            "[0ghc53zpsfmt",
            "7:13 incidents.0: '0ghc53zpsfmt' names no incident; write provider/id, e.g. anthropic/0ghc53zpsfmt",
        ),
        (
            "[anthropic/0ghc53zpsfmt",
            "[Anthropic/0ghc53zpsfmt",
            "7:13 incidents.0: 'Anthropic/0ghc53zpsfmt' is not a valid slug; use 1 to 64 of a-z, 0-9 and -, as in anthropic",
        ),
        (
            "kind: news",
            "kind: rumour",
            "11:1 kind: 'rumour' is not allowed; use news, analysis, explainer or opinion",
        ),
        (
            "status: published",
            "template: ../../secret\nstatus: published",
            (
                "12:1 template: is not a known key; known: title, date, modified, first_url, authors, providers, incidents, "
                "summary, kind, status, sources, claims, figures, corrections, confirmed, claimed, unknown"
            ),
        ),
        ("    primary: false", "    primery: false", "14:5 sources.0.primary: is missing; add a line `primary: …`"),
        (
            'title: "Claude: what happened"',
            'title: "Claude\\nwhat"',
            "2:1 title: 'Claude\\nwhat' is empty or holds a line break or control character; write one line of text",
        ),
        (
            "confirmed: [it happened]",
            "confirmed: [it: happened]",
            "22:13 confirmed.0: is a group of fields; must be text in quotes",
        ),
        (
            "  - date: 2026-03-03T09:05:00Z\n    text: It were four, not three.",
            "  yes",
            "19:1 corrections: is true; must be a list, e.g. [a, b]",
        ),
        (
            "    text: It were four, not three.",
            '    text: "' + "long " * 20 + '\\t"',
            "21:5 corrections.0.text: '"
            + ("long " * 20)[:57]
            + "…' is empty or holds a line break or control character; "
            "write one line of text",
        ),
    ],
)
def test_each_fault_has_a_place_and_a_cure(old: str, new: str, fault: str) -> None:
    assert changed(old, new)[0] == fault


def test_blanks_in_an_incident_id_are_refused() -> None:
    assert check(ARTICLE) == [
        "7:37 incidents.1: 'xai/INC 1' names no incident; write provider/id, e.g. anthropic/0ghc53zpsfmt"
    ]


def test_a_page_needs_a_title_only() -> None:
    values, faults = forms.check(forms.PageForm, frontmatter.read(b"---\ntitle: About\n---\n", "p.md"))
    assert (values, faults) == ({"title": "About", "summary": ""}, ())


NUMBERS = [
    "0x" + "f" * 4_000,
    "9" * 5_000,
    "1:" * 3_000 + "1",
    "!!int " + "9" * 5_000,
    "!!float " + "9" * 5_000,
    "0b" + "1" * 20_000,
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:8])
@pytest.mark.parametrize(
    ("old", "field"),
    [
        ('title: "Claude: what happened"', "title"),
        ("date: 2026-03-02T18:20:00Z", "date"),
        ("status: published", "status"),
        ("providers: [anthropic]", "providers"),
    ],
)
def test_a_number_that_nobody_could_print_is_refused_where_it_stands(number: str, old: str, field: str) -> None:
    line = ARTICLE[: ARTICLE.index(old)].count("\n") + 1
    assert f"{line}:1 {field}: holds a value that YAML cannot make sense of; put it in quotes" in changed(
        old, f"{field}: {number}"
    )


@pytest.mark.parametrize(
    "fields",
    [
        "claims: [{{said: a, by: b, grade: press, verdict: supported, why: c, where: {number}}}]",
        "claims: [{{said: a, by: b, grade: press, verdict: supported, check: {{share: {number}, expect: {number}}}}}]",
        "figures: {{a: {{count: {number}}}}}",
        "? {number}\n: a",
        "? [{number}]\n: a",
    ],
)
def test_nor_is_one_deep_in_a_file_read(fields: str) -> None:
    for number in NUMBERS:
        said = changed("confirmed: [it happened]", fields.format(number=number))
        assert said
        assert max(map(len, said)) < 400


@pytest.mark.slow
def test_what_somebody_wrote_at_length_is_shown_in_short() -> None:
    for value in ("'" + "a" * 100_000 + "'", "!!binary " + "A" * 100_000, "[" + "a, " * 30_000 + "b]"):
        [said] = changed("kind: news", f"kind: {value}")
        assert len(said) < 200
    for key in ("a" * 100_000, "1" * 39):
        [said] = changed("kind: news", f"kind: news\n{key}: x")
        assert len(said) < 400


def lists(schema: object) -> list[dict[str, object]]:
    """Every list in a schema."""
    if isinstance(schema, list):
        return [each for item in schema for each in lists(item)]
    if not isinstance(schema, dict):
        return []
    return [schema] * (schema.get("type") == "array") + [each for item in schema.values() for each in lists(item)]


@pytest.mark.parametrize("form", forms.Form.__subclasses__(), ids=lambda form: form.__name__)
def test_every_list_has_an_end(form: type[forms.Form]) -> None:
    assert [found for found in lists(form.model_json_schema()) if "maxItems" not in found] == []


def test_a_list_without_an_end_is_refused_with_its_length() -> None:
    assert changed("[Ada, Grace]", f"[{'a, ' * 5_000}b]") == ["5:1 authors: holds 5,001; write at most 200"]
    figures = "".join(f"\n  f{number}: {{}}" for number in range(201))
    assert "22:1 figures: holds 201; write at most 200" in changed("confirmed: [it happened]", f"figures:{figures}")


def test_a_question_about_another_age_is_refused() -> None:
    asked = "figures: {a: {count: incidents, provider: anthropic, from: 0001-01-01, to: 9999-12-31}}"
    matter = frontmatter.read(ARTICLE.replace("confirmed: [it happened]", asked).encode(), "a.md")
    with pytest.raises(queries.QueryError, match="1 is out of range; use a year from 1990 to 2199"):
        queries.query(matter.values["figures"]["a"])

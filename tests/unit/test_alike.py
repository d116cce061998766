"""Names that a reader takes for one are one, and those that a reader tells apart are two."""

import itertools

import pytest

from almanac.text.alike import skeleton


@pytest.mark.parametrize(
    ("name", "others"),
    [
        (
            "Claude",
            [
                "CLAUDE",
                "C l a u d e",
                "Claude.",
                "Сlаudе",
                "ᴄʟᴀᴜᴅᴇ",
                "Ｃｌａｕｄｅ",
                "C1aude",
                "Çlaudé",
                "𝐂𝐥𝐚𝐮𝐝𝐞",
                "Cla\u200bude",
            ],
        ),
        ("Anthropic", ["Аntһrорiс", "Anthr0pic", "ΑΝΤΗRΟΡΙC", "An-thropic", "AntHropic"]),
        ("Cohere", ["СОНЕRЕ", "ϹΟΗΕRΕ", "cohеre"]),
        ("OpenAI", ["ОреnАІ", "ΟΡΕΝΑΙ", "Open AI", "OpenAl", "0pen-AI"]),
        ("Groq", ["ԌROQ", "groԛ"]),
        ("modern", ["modem"]),
    ],
)
def test_what_looks_the_same_is_the_same(name: str, others: list[str]) -> None:
    assert {other: skeleton(other) for other in others} == dict.fromkeys(others, skeleton(name))


def test_what_looks_different_is_different() -> None:
    names = [
        "Claude",
        "Claudia",
        "Grok",
        "Groq",
        "xAI",
        "OpenAI",
        "深度求索",
        "Яндекс",
        "Mistral",
        "Modal",
        "Cohere",
        "Cursor",
    ]
    assert [pair for pair in itertools.combinations(names, 2) if skeleton(pair[0]) == skeleton(pair[1])] == []


def test_signs_alone_are_no_name() -> None:
    assert [skeleton(signs) for signs in ("", "…", " - ", "\u200b")] == [""] * 4

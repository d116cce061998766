"""Foreign texts say to a screen reader and a browser in which language they are, and which way they run."""

import pytest

from almanac.text import scripts


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("Elevated errors on Claude API", ""),
        ("Décalage – naïve façade", ""),
        ("API \u969c\u5bb3\u306e\u304a\u77e5\u3089\u305b", ' lang="ja"'),
        ("API \uc11c\ube44\uc2a4 \uc7a5\uc560", ' lang="ko"'),
        ("API \u6027\u80fd\u5f02\u5e38", ' lang="zh"'),
        ("\u05ea\u05e7\u05dc\u05d4 \u05d1-API", ' lang="he" dir="rtl"'),
        ("\u062e\u0637\u0623 \u0641\u064a API", ' dir="rtl"'),
        ("API \u062e\u0637\u0623", ""),
        ("The \u03b2 endpoint", ""),
        ("", ""),
    ],
)
def test_the_letters_of_a_text_tell_its_language_and_direction_where_they_leave_no_doubt(
    text: str, attributes: str
) -> None:
    assert scripts.attributes(text) == attributes

"""Tell by its letters which way a text runs and, where they leave no doubt, in which language it is."""

from __future__ import annotations

import re
import unicodedata

RIGHT_TO_LEFT = frozenset({"R", "AL"})
STRONG = RIGHT_TO_LEFT | {"L"}
# Letters of one language only, more or less; Han alone is Chinese, beside kana Japanese. Cyrillic and Arabic leave doubt.
LETTERS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]{3}")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
MANY = 3  # letters: fewer are a name in an English text


def is_rtl(text: str) -> bool:
    """Say whether a text runs from right to left: its first letter with a direction does."""
    if text.isascii():
        return False
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((one for one in directions if one in STRONG), "L") in RIGHT_TO_LEFT


def language(text: str) -> str:
    """Return the language of a text (a BCP 47 tag) if it has letters of one that is not English; else ""."""
    if text.isascii():
        return ""
    return next((tag for tag, letters in LETTERS if len("".join(letters.findall(text))) >= MANY), "")


def attributes(text: str) -> str:
    """Return the HTML attributes that a foreign text needs, each behind a blank; "" for English."""
    tag = language(text)
    return (f' lang="{tag}"' if tag else "") + (' dir="rtl"' if is_rtl(text) else "")

"""A feed is read in an encoding that a standard names, and in no other, however much Python would take for a name."""

import json
import re
from encodings.aliases import aliases
from xml.parsers import expat

import pytest

from almanac.feeds import document
from almanac.model import FeedError
from tests.support.feeds.pairs import FOLDER

LISTS = json.loads((FOLDER / "encodings.json").read_text(encoding="utf-8"))
STANDARD = {name for names in (*LISTS["whatwg"].values(), *LISTS["iana"].values()) for name in names}
NOWHERE = {name for names in LISTS["in no declaration that can be read, or not in Python"].values() for name in names}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")  # what XML takes for the name of an encoding
DIGITS = re.compile(r"(?<=[a-z])(?=\d)")


def spellings() -> set[str]:
    """Every name Python has for an encoding, in all the ways of writing it that Python takes for the same."""
    names = {
        *aliases,
        *aliases.values(),
        "utf",
        "u8",
        "utf_",
        "utf_8_",
        "latin_1",
        "unicode_escape",
        "rot13",
        "utf_8_sig",
    }
    parted = {way for name in names for way in (name, DIGITS.sub("_", name), DIGITS.sub("-", name))}
    signed = {name.replace("_", sign) for name in parted for sign in "-_."}
    signed |= {name.replace("_", "-", 1) for name in parted} | {
        re.sub("^iso_?(8859|2022)", r"iso-\1", n) for n in parted
    }
    doubled = {name.replace("-", "--", 1) for name in signed}
    ended = {f"{name}{sign}" for name in signed for sign in "-_."}
    return {way for way in (*signed, *doubled, *ended) if NAME.fullmatch(way)}


def declaring(name: str, title: str = "Slow", encoding: str = "ascii") -> bytes:
    """Return a feed that declares an encoding."""
    return f'<?xml version="1.0" encoding="{name}"?><rss><channel><title>{title}</title></channel></rss>'.encode(
        encoding
    )


def is_refused_for_its_name(name: str) -> bool:
    try:
        document.split(declaring(name))
    except FeedError as error:
        return error.reason == "encoding"
    return False


def test_the_spellings_are_those_of_python_and_most_of_them_are_no_names() -> None:
    assert len(spellings()) > 1_000
    assert {"UTF-".lower(), "u8", "utf8_ucs4", "utf--8", "utf-8-", "latin-1"} <= spellings() - STANDARD


@pytest.mark.parametrize("upper", [False, True], ids=["as it is", "in capitals"])
def test_an_encoding_is_read_by_its_standard_names_and_by_no_other_that_python_takes(upper: bool) -> None:
    names = {name for name in spellings() | STANDARD | NOWHERE if NAME.fullmatch(name)}
    read = {name for name in names if not is_refused_for_its_name(name.upper() if upper else name)}
    assert read == {name for name in STANDARD - NOWHERE if NAME.fullmatch(name)}


@pytest.mark.parametrize(
    "name", ["UTF-", "utf", "u8", "UTF--8", "utf-8-", "utf_8", "utf-8-sig", "utf-7", "zlib", "latin-1"]
)
def test_a_name_that_only_python_knows_is_refused_and_named(name: str) -> None:
    with pytest.raises(FeedError, match=f"the unknown encoding {name};") as refused:
        document.split(declaring(name))
    assert refused.value.reason == "encoding"


@pytest.mark.parametrize("name", ["UTF-", "utf", "u8", "UTF--8", "utf_8", "utf-8-sig", "utf-7", "zlib"])
def test_what_we_refuse_for_its_name_an_xml_parser_refuses_too(name: str) -> None:
    with pytest.raises((expat.ExpatError, ValueError, LookupError)):
        expat.ParserCreate().Parse(declaring(name, "é", "utf-8"), True)


@pytest.mark.parametrize(
    ("name", "title", "encoding"),
    [
        ("UTF-8", "慢 é", "utf-8"),
        ("unicode-1-1-utf-8", "慢 é", "utf-8"),
        ("ISO-8859-1", "é", "latin-1"),
        ("windows-1251", "сбой", "cp1251"),
        ("x-sjis", "障害", "shift_jis"),
        ("windows-949", "장애", "cp949"),
        ("GBK", "故障", "gbk"),
        ("x-mac-cyrillic", "сбой", "mac-cyrillic"),
        ("KOI8-U", "збій", "koi8-u"),
    ],
)
def test_a_feed_in_a_named_encoding_says_what_it_says(name: str, title: str, encoding: str) -> None:
    assert f"<title>{title}</title>".encode() in document.split(declaring(name, title, encoding)).head

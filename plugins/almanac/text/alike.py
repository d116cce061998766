"""Tells names apart as a reader does: letters that look the same are the same, case and blanks say nothing. Pure."""

from __future__ import annotations

import re
import unicodedata

# Letters of Cyrillic, Greek, Armenian, Cherokee and Latin's own that are drawn as another, in small letters.
# From the tables of https://www.unicode.org/reports/tr39/, as far as they concern a to z.
_DRAWN_AS = {
    "a": "аαɑᴀꭺ",
    "b": "ьᏼʙвβꞵ",
    "c": "сϲᴄƈꮯ",
    "d": "ԁᏧᴅɗꭰ",
    "e": "еεҽᴇєɛ℮ꭼ",
    "f": "ғϝꜰẝք",
    "g": "ɡցɢԍꮆ",
    "h": "һհʜнꮋ",
    "i": "іιıɩɪӏꭵ",
    "j": "јϳᴊյꭻ",
    "k": "кκᴋҝĸꮶ",
    "l": "ⅼʟǀӏꮮ",
    "m": "мᴍꮇ",
    "n": "пոηɴпꞑ",
    "o": "оοօᴏσᲿөⲟ",
    "p": "рρᴘϱꮲ",
    "q": "ԛգզq",
    "r": "гᴦʀꭱ",
    "s": "ѕꜱƽꮪ",
    "t": "тτᴛꭲ",
    "u": "υսᴜμʋ",
    "v": "ѵνᴠꮩ",
    "w": "ԝωᴡաшꮃ",
    "x": "хχ×ⅹ",
    "y": "уγʏүყꮍ",
    "z": "ᴢʐꮓ",
}
_LETTERS = {ord(twin): letter for letter, twins in _DRAWN_AS.items() for twin in (*twins.casefold(), *twins)}
# Capitals that look like another letter than their small ones do.
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϲАВЕКМНОРСТУХІЈЅԌԜ", "abezhikmnoptyxccabekmhopctyxijsgw")
_DIGITS = str.maketrans("01", "ol")


def skeleton(name: str) -> str:
    """Return what two names a reader would take for one have in common: letters and digits, without marks and case."""
    plain = unicodedata.normalize("NFKD", name.translate(_CAPITALS)).casefold().translate(_LETTERS)
    signs = "".join(sign for sign in plain if sign.isalnum())
    return re.sub("[li]", "l", signs.translate(_DIGITS).replace("rn", "m").replace("vv", "w"))

"""Names of encodings a feed may declare: those of the IANA registry and of the WHATWG, for what Python can decode.

Python itself takes many more: it drops signs ("UTF-" is UTF-8 to it), has names of its own (u8, utf8_ucs4), escapes and
compressions, and UTF-7, which hides tags. No other reader knows these, and an XML parser refuses them; so we do.
Left out are names that XML does not allow (437, iso_8859-1:1987), and EBCDIC and UTF-32, because a declaration that
can be read as ASCII is in neither.

Sources: https://www.iana.org/assignments/character-sets and https://encoding.spec.whatwg.org/#names-and-labels
"""

from __future__ import annotations

from types import MappingProxyType

_NAMES = {
    "ascii": "us-ascii ascii ansi_x3.4-1968 ansi_x3.4-1986 iso646-us iso-ir-6 us ibm367 cp367 csascii",
    "utf-8": "utf-8 utf8 csutf8 unicode-1-1-utf-8",
    "utf-16": "utf-16 csutf16",
    "utf-16-le": "utf-16le csutf16le",
    "utf-16-be": "utf-16be csutf16be",
    "iso8859-1": "iso-8859-1 iso_8859-1 iso8859-1 iso88591 iso-ir-100 latin1 l1 ibm819 cp819 csisolatin1",
    "iso8859-2": "iso-8859-2 iso_8859-2 iso8859-2 iso88592 iso-ir-101 latin2 l2 csisolatin2",
    "iso8859-3": "iso-8859-3 iso_8859-3 iso8859-3 iso88593 iso-ir-109 latin3 l3 csisolatin3",
    "iso8859-4": "iso-8859-4 iso_8859-4 iso8859-4 iso88594 iso-ir-110 latin4 l4 csisolatin4",
    "iso8859-5": "iso-8859-5 iso_8859-5 iso8859-5 iso88595 iso-ir-144 cyrillic csisolatincyrillic",
    "iso8859-6": "iso-8859-6 iso_8859-6 iso8859-6 iso88596 iso-ir-127 ecma-114 asmo-708 arabic csisolatinarabic",
    "iso8859-7": "iso-8859-7 iso_8859-7 iso8859-7 iso88597 iso-ir-126 ecma-118 elot_928 greek greek8"
    " sun_eu_greek csisolatingreek",
    "iso8859-8": "iso-8859-8 iso_8859-8 iso8859-8 iso88598 iso-ir-138 hebrew csisolatinhebrew"
    " iso-8859-8-i iso_8859-8-i csiso88598i logical",
    "iso8859-9": "iso-8859-9 iso_8859-9 iso8859-9 iso88599 iso-ir-148 latin5 l5 csisolatin5",
    "iso8859-10": "iso-8859-10 iso8859-10 iso885910 iso-ir-157 latin6 l6 csisolatin6",
    "iso8859-11": "iso-8859-11 iso8859-11 iso885911",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913 csiso885913",
    "iso8859-14": "iso-8859-14 iso_8859-14 iso8859-14 iso885914 iso-ir-199 iso-celtic latin8 l8 csiso885914",
    "iso8859-15": "iso-8859-15 iso_8859-15 iso8859-15 iso885915 latin-9 l9 csisolatin9 csiso885915",
    "iso8859-16": "iso-8859-16 iso_8859-16 iso-ir-226 latin10 l10 csiso885916",
    "tis-620": "tis-620 cstis620 iso-ir-166",
    "cp437": "ibm437 cp437 cspc8codepage437",
    "cp775": "ibm775 cp775 cspc775baltic",
    "cp850": "ibm850 cp850 cspc850multilingual",
    "cp852": "ibm852 cp852 cspcp852",
    "cp855": "ibm855 cp855 csibm855",
    "cp857": "ibm857 cp857 csibm857",
    "cp858": "ibm00858 ccsid00858 cp00858 csibm00858",
    "cp862": "ibm862 cp862 cspc862latinhebrew",
    "cp866": "ibm866 cp866 csibm866",
    "cp874": "windows-874 dos-874 cswindows874",
    "cp932": "windows-31j ms932 cswindows31j",
    "cp949": "windows-949",
    "cp1250": "windows-1250 cp1250 x-cp1250 cswindows1250",
    "cp1251": "windows-1251 cp1251 x-cp1251 cswindows1251",
    "cp1252": "windows-1252 cp1252 x-cp1252 cswindows1252",
    "cp1253": "windows-1253 cp1253 x-cp1253 cswindows1253",
    "cp1254": "windows-1254 cp1254 x-cp1254 cswindows1254",
    "cp1255": "windows-1255 cp1255 x-cp1255 cswindows1255",
    "cp1256": "windows-1256 cp1256 x-cp1256 cswindows1256",
    "cp1257": "windows-1257 cp1257 x-cp1257 cswindows1257",
    "cp1258": "windows-1258 cp1258 x-cp1258 cswindows1258",
    "koi8-r": "koi8-r koi8_r koi8 koi cskoi8r",
    "koi8-u": "koi8-u cskoi8u",
    "mac-roman": "macintosh mac x-mac-roman csmacintosh",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb2312": "gb2312 gb_2312 csgb2312 gb_2312-80 chinese iso-ir-58 csiso58gb231280",
    "gbk": "gbk x-gbk cp936 ms936 windows-936 csgbk",
    "gb18030": "gb18030 csgb18030",
    "hz": "hz-gb-2312",
    "big5": "big5 cn-big5 x-x-big5 csbig5",
    "big5hkscs": "big5-hkscs csbig5hkscs",
    "shift_jis": "shift_jis shift-jis sjis x-sjis ms_kanji csshiftjis",
    "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
    "euc_kr": "euc-kr korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 iso-ir-149 cseuckr csksc56011987",
    "iso2022_jp": "iso-2022-jp csiso2022jp",
    "iso2022_jp_2": "iso-2022-jp-2 csiso2022jp2",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
}
_CODECS = MappingProxyType({name: codec for codec, names in _NAMES.items() for name in names.split()})


def codec(name: str) -> str:
    """Return Python's name for an encoding by its standard name, in whatever case; "" for a name no standard has."""
    return _CODECS.get(name.lower(), "")

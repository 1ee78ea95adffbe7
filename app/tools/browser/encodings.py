"""From bytes to text, as browsers decide it.  Pure; used in the reading process."""

from __future__ import annotations

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT: Final = 4096
_SAMPLE: Final = 64 * 1024
_LONGEST_UTF8: Final = 4
_META: Final = re.compile(rb"""<meta[^>]{0,500}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""")
_XML: Final = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_:.-]{2,40})""")

# The WHATWG Encoding Standard's labels that mean another encoding than Python's of that name;
# pages say the smaller one and use the larger.
_MEANT: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "euc_kr": "cp949",
    "johab": "cp949",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
_KOREAN: Final = {"ks_c_5601-1987": "cp949", "ksc5601": "cp949", "windows-949": "cp949"}
_OTHERS: Final = {"x-sjis": "cp932", "x-gbk": "gb18030", "x-euc-jp": "euc_jp"}
# Everything else Python knows is refused: some of it (UTF-7, escapes) smuggles letters past
# whoever looks at the bytes, some is no text encoding at all.
_PLAIN: Final = re.compile(
    r"utf-8|utf-16-(le|be)|cp(8[67]\d|932|949|125\d|1006)|iso8859-\d+|koi8-[ru]|euc_jp|gb18030|"
    r"big5hkscs|iso2022_(jp|kr)|mac-(roman|cyrillic)"
)


def decoded(body: bytes, charset: str) -> str:
    """The text of a body; what does not decode becomes U+FFFD.

    A byte order mark counts first, then the server's word, then the page's own, then what the
    bytes look like.

    Args:
        body: as it came.
        charset: as the server says; may be "" or nonsense.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for label in (charset, _said_by_page(body)):
        known = _known(label)
        if known:
            return body.decode(known, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(body) - error.start < _LONGEST_UTF8 and error.reason == "unexpected end of data":
            return body.decode("utf-8", "ignore")  # cut in the middle of a letter
        best = from_bytes(body[:_SAMPLE]).best()
        known = _known(best.encoding) if best is not None else ""
        return body.decode(known or "cp1252", "replace")


def _said_by_page(body: bytes) -> str:
    beginning = body[:_LOOKED_AT]
    found = _XML.search(beginning) or _META.search(beginning)
    label = found[1].decode("ascii") if found else ""
    # A page that says UTF-16 in bytes that could be read as ASCII is not in UTF-16.
    return "utf-8" if label.lower().startswith("utf-16") else label


def _known(label: str) -> str:
    label = label.strip().strip("\"'").lower()
    label = _KOREAN.get(label) or _OTHERS.get(label) or label
    try:
        name = codecs.lookup(label).name
    except (LookupError, UnicodeError, ValueError):
        return ""
    name = _MEANT.get(name, name)
    return name if _PLAIN.fullmatch(name) else ""

"""From a file's bytes to its text.  Pure.

Files say less of themselves than pages of the web: a mark at the beginning counts, then UTF-8,
then UTF-16 without a mark, then the Korean of Windows (CP949, which holds EUC-KR), and at last a
guess, which is told.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from app.attachments.refusals import Refusal, RefusedError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE: Final = 1 << 16
_SLICE: Final = 1 << 18
_MOST_CLEANED: Final = 5_000_000
"""Characters; more than are ever kept of a file."""

_MOST_DECODED: Final = 4 * _MOST_CLEANED
_INSIDE_LETTER: Final = 0x80
_MOST_ODD: Final = 0.02
"""The part of a text that may be control characters or not decode."""

_MOST_NULS: Final = 0.05
_LEAST_NULS: Final = 0.4
"""Of every second byte, in UTF-16 of a language with Latin letters."""

_LEAST_HANGUL: Final = 0.6
_BROKEN: Final = "\N{REPLACEMENT CHARACTER}"
_LINE_ENDS: Final = re.compile("[\x0b\x0c\x85\u2028\u2029]")
# Control characters, halves of pairs, and tag characters, with which letters can be written that
# nobody sees but a model reads.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text.

    Attributes:
        text: all of it, or its beginning.
        is_guess: the letters may be wrong.
        rest_lines: about so many lines follow that were not read.
    """

    text: str
    is_guess: bool = False
    rest_lines: int = 0


def decode(data: bytes) -> Decoded:
    """The text of a file, its lines ended by LF.

    Raises:
        RefusedError: it is no text, or an empty one.
    """
    begun = _beginning(data)
    found = _decoded(begun)
    sample = found.text[:_SAMPLE]
    odd = sum(one == _BROKEN or (one < " " and one not in "\t\n\r\x0b\x0c\x1b") for one in sample)
    if odd > _MOST_ODD * len(sample):
        raise RefusedError(Refusal.BINARY)
    text = clean(found.text[:_MOST_CLEANED])
    if not text.strip():
        raise RefusedError(Refusal.EMPTY)
    rest = found.text.count("\n", _MOST_CLEANED) + data.count(b"\n", len(begun))
    is_cut = len(begun) < len(data) or len(found.text) > _MOST_CLEANED
    return Decoded(text, found.is_guess, max(1, rest) if is_cut else 0)


def clean(text: str) -> str:
    """The text without characters that nobody can see, its lines ended by LF."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Piece by piece: a whole text would keep all other threads waiting.
    pieces = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
    return "".join(_UNSEEN.sub("", _LINE_ENDS.sub("\n", piece)) for piece in pieces)


def _beginning(data: bytes) -> bytes:
    """What is decoded of a file; it ends where a line or a letter of UTF-8 ends."""
    if len(data) <= _MOST_DECODED:
        return data
    end = data.rfind(b"\n", 0, _MOST_DECODED) + 1 or _MOST_DECODED
    while end > 1 and data[end] & 0xC0 == _INSIDE_LETTER:
        end -= 1
    return data[:end]


def _decoded(data: bytes) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(encoding, "replace"))
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if b"\0" in data[:_SAMPLE]:
        return Decoded(data.decode(_wide(data[:_SAMPLE]), "replace"))
    if (korean := _korean(data)) is not None:
        return Decoded(korean)
    # What it stands on is slow to load and rarely needed.
    from app.tools.browser.encodings import decoded  # noqa: PLC0415 - see above

    return Decoded(decoded(data, ""), is_guess=True)


def _wide(sample: bytes) -> str:
    """The byte order of UTF-16 without a mark, by where the zero bytes are."""
    even, odd = (part.count(0) / max(1, len(part)) for part in (sample[::2], sample[1::2]))
    if odd >= _LEAST_NULS and even <= _MOST_NULS:
        return "utf-16-le"
    if even >= _LEAST_NULS and odd <= _MOST_NULS:
        return "utf-16-be"
    raise RefusedError(Refusal.BINARY)


def _korean(data: bytes) -> str | None:
    """The text, if it is Korean: by chance other encodings decode as CP949, too."""
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return None
    letters = [one for one in text[:_SAMPLE] if one > "\x7f" and one.isalpha()]
    hangul = sum("가" <= one <= "힣" for one in letters)
    return text if letters and hangul >= _LEAST_HANGUL * len(letters) else None

"""A stretch of a file as the model reads it: lines of text, or one sentence why there are none."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 16 << 20
"""Of a file that is read line by line here; more is for code."""

MOST_CHARACTERS: Final = 16_000
"""Of one excerpt: about 4,000 tokens of English."""

LONGEST_LINE: Final = 2000

_SAMPLE: Final = 1 << 16
_MOST_ODD: Final = 0.02
"""The part of a text that may be control characters or not decode."""

_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_BROKEN: Final = "\N{REPLACEMENT CHARACTER}"


class NoTextError(Exception):
    """There is no text to show; the message is one English sentence for the model."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which lines are asked for.

    Attributes:
        first: counted from 1.
        count: how many; fewer are shown where they do not fit.
    """

    first: int
    count: int


def media_type_of(name: str) -> str:
    """What kind of file a name says it is, e.g. `text/csv`; "" where it does not say."""
    return mimetypes.guess_type(name, strict=False)[0] or ""


def is_pdf(data: bytes) -> bool:
    """Whether it is a PDF file, by what it begins with."""
    return data[:5] == b"%PDF-"


def lines_of(name: str, data: bytes) -> list[str]:
    """The lines of a text file.

    Raises:
        NoTextError: it holds no text, or too much.
    """
    if len(data) > MOST_BYTES:
        raise NoTextError(
            f"{name} is too large to be read here: {len(data):,} bytes, and at most "
            f"{MOST_BYTES:,} can be."
        )
    return _text(name, data).splitlines()


def excerpt(name: str, lines: list[str], stretch: Stretch) -> str:
    """The lines that were asked for and fit, under a line that says which they are.

    Args:
        name: of the file.
        lines: all of it.
        stretch: what was asked for.
    """
    if not lines:
        return f"{name} is empty."
    if stretch.first > len(lines):
        return f"{name} has only {len(lines):,} lines."
    shown: list[str] = []
    room = MOST_CHARACTERS
    for line in lines[stretch.first - 1 : stretch.first - 1 + stretch.count]:
        cut = _cut(line)
        room -= len(cut) + 1
        if room < 0 and shown:
            break
        shown.append(cut)
    last = stretch.first - 1 + len(shown)
    more = f" Go on with first_line {last + 1}." if last < len(lines) else ""
    head = f"[{name}: lines {stretch.first:,} to {last:,} of {len(lines):,}.{more}]"
    return "\n".join([head, *shown])


def _cut(line: str) -> str:
    if len(line) <= LONGEST_LINE:
        return line
    return f"{line[:LONGEST_LINE]}[… {len(line) - LONGEST_LINE:,} characters left out …]"


def _text(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _guessed(data)
    sample = text[:_SAMPLE]
    odd = sum(one == _BROKEN or (one < " " and one not in "\t\n\r\f") for one in sample)
    if odd > _MOST_ODD * len(sample):
        kind = media_type_of(name) or "of an unknown kind"
        raise NoTextError(f"{name} is not text: {len(data):,} bytes, {kind}.")
    return text


def _guessed(data: bytes) -> str:
    """Text in an older encoding, as browsers guess it; what has zero bytes is none."""
    if b"\0" in data[:_SAMPLE] and not data.startswith(_MARKS):
        return _BROKEN
    # What it stands on is slow to load and rarely needed.
    from app.tools.browser.encodings import decoded  # noqa: PLC0415 - see above

    return decoded(data, "")

"""Put Korean letters that were written one by one back into syllables: "ㅅㅣ" is "시"."""

from __future__ import annotations

import re
from typing import Final

_LEADS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS: Final = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_APART = re.compile(
    rf"(?P<lead>[{_LEADS}])(?P<vowel>[{_VOWELS}])(?:(?P<tail>[{_TAILS}])(?![{_VOWELS}]))?"
)
_FIRST_SYLLABLE: Final = 0xAC00


def compose(text: str) -> tuple[str, list[int]] | None:
    """Text with whole syllables, and for each character, and the end, its place in `text`.

    None when nothing was written letter by letter.  Unicode 3.12 has the arithmetic.
    """
    parts: list[str] = []
    origins: list[int] = []
    at = 0
    for found in _APART.finditer(text):
        parts.append(text[at : found.start()])
        origins.extend(range(at, found.start() + 1))
        lead, vowel = _LEADS.index(found["lead"]), _VOWELS.index(found["vowel"])
        tail = _TAILS.index(found["tail"]) + 1 if found["tail"] else 0
        parts.append(chr(_FIRST_SYLLABLE + (lead * len(_VOWELS) + vowel) * 28 + tail))
        at = found.end()
    if not parts:
        return None
    return "".join((*parts, text[at:])), [*origins, *range(at, len(text) + 1)]

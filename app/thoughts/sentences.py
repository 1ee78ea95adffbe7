"""Where sentences end, in English and Korean.

Each answer depends only on a fixed number of characters around the place, so a text
fed in any pieces is cut in the same places.
"""

from __future__ import annotations

import re
from typing import Final

REACH: Final = 6
"""A sentence end is recognised from at most this many characters."""

END: Final = re.compile(
    r"\n"
    r"|[.?!…][\"'”’)\]*_`»」』]{0,3}\s"
    r"|[。！？]"
    r"|[다요죠까네]\.(?=[가-힣])"
)
"""Candidates; `is_sentence_end` judges them."""

_WORD_BEFORE_STOP = re.compile(r"(?:^|[\s(\[\"'])([A-Za-z][A-Za-z.]{0,15})\.[\"')\]]{0,3}\s$")
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t]{0,8}\d{1,3}\.\s$")
_SHORT_FORM = re.compile(
    r"e\.g|i\.e|mr|mrs|ms|dr|prof|sr|jr|st|vs|etc|no|nos|fig|figs|eq|approx|cf|al|inc|ltd|co|"
    r"corp|u\.s|u\.k|a\.m|p\.m|dept|est|vol|pp|ed|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|"
    "nov|dec|ca|tel|[a-z]{0,12}str|p\\.o|d\\.o\\.b|apt|ave|blvd|rd|ste|ph|gen|rev|capt|lt|col|sgt|hon"
)
_LOOK_BACK: Final = 24
_WANTS_MORE: Final = frozenset("0123456789-+(@/_:=,")


def is_sentence_end(text: str, end: int) -> bool:
    """Whether the candidate that ends at `end` in `text` really ends a sentence.

    Not after abbreviations, initials and list numbers, and not at a line end after which a
    number, an address or a value may go on.
    """
    line = text[max(0, end - _LOOK_BACK) : end]
    body = line.rstrip()
    if not body:
        return bool(text[:end].strip())
    if text[end - 1] == "\n" and body[-1] in _WANTS_MORE:
        return body[-1].isdigit() and line.endswith("\n\n")
    if _LIST_NUMBER.search(line) and (end <= _LOOK_BACK or "\n" in line[:-1]):
        return False
    found = _WORD_BEFORE_STOP.search(line)
    return not found or not (len(found[1]) == 1 or _SHORT_FORM.fullmatch(found[1].lower()))

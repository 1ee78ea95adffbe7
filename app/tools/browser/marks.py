"""Text of strangers, made fit to stand between the browser's own marks.

The browser marks links as `【3†text】` and the model cites as `【3†L1】`.  A page that could write
these would forge links and citations, and one that could write what a person does not see would
hide instructions from them.  So both are taken out here, from every text that comes from outside:
pages, titles, addresses, search results.
"""

from __future__ import annotations

import re
from typing import Final

_BRACKETS: Final = str.maketrans({"【": "〖", "】": "〗"})  # as openai/gpt-oss page_contents.py

# Unseen: zero-width space, word joiners, byte order marks, soft hyphens; direction overrides
# (Trojan Source, CVE-2021-42574); tag characters and variation selectors that spell out letters
# nobody sees.  Joiners stay (U+200C, U+200D): Persian, Hindi and emoji are written with them.
_UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_BREAKS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def plain(text: str) -> str:
    """The text without marks, control characters and what cannot be seen; lines end with LF."""
    text = _LINE_BREAKS.sub("\n", text)
    return _CONTROL.sub("", _UNSEEN.sub("", text)).translate(_BRACKETS)


def one_line(text: str, limit: int) -> str:
    """As `plain`, on one line of at most `limit` characters; for titles and the texts of links."""
    # Cut before it is looked at, too: a title may be as large as the whole page.
    words = " ".join(plain(text[: limit * 16]).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def link_text(text: str, limit: int) -> str:
    """As `one_line`, and without the dagger that parts a link's number from its text."""
    return one_line(text, limit).replace("†", "‡")

"""One line about what the model is thinking just now, without asking a model.  Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.thoughts.mark import MARK
from engine.analysis_filter import ThoughtPiece

LONGEST_HEADLINE: Final = 72
"""Characters; more is cut at a word."""

_MORE: Final = "…"
_LEADING_SIGNS: Final = "#>*-+•`_~=|:;,.) \t"


def live_headline(pieces: Sequence[ThoughtPiece]) -> str:
    """The first words of the newest sentence that can be shown whole; "" where there is none.

    A sentence from which something was withheld is passed over: its rest would read oddly, and
    nobody needs it here.

    Args:
        pieces: the filtered thoughts so far.
    """
    for piece in reversed(pieces):
        if not piece.withheld and MARK not in piece.text:
            line = one_line(piece.text)
            if any(character.isalpha() for character in line):
                return line
    return ""


def one_line(text: str, longest: int = LONGEST_HEADLINE) -> str:
    """A text as one line of plain words, cut at a word; "" where nothing is left.

    Args:
        text: may be Markdown; signs in front of the words are dropped.
        longest: characters, the sign of the cut included.
    """
    line = " ".join(text.replace("**", "").replace("`", "").split())
    line = re.sub(r"^(?:\d{1,3}[.)]\s)", "", line.lstrip(_LEADING_SIGNS))
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    word = cut.rfind(" ")
    # A word may be longer than the line, and Korean or Japanese may have no spaces for long.
    return cut[: word if word > longest // 2 else len(cut)].rstrip(" ,;:-(") + _MORE

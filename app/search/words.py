"""How a text falls into the words of the index.

Letters of Korean, Chinese and Japanese go in as pairs of neighbours, so that a word is found
wherever it stands, inside a compound or before a particle, and two pairs in a row are three
letters in a row.  The last letter of a run stands alone as well, for searches of one letter.
All other words go in whole and are found by their beginning.
"""

from __future__ import annotations

import re
from typing import Final

from app.search.folding import Folding

JOINED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"
"""Ranges of the letters that go in as pairs."""

_RUN: Final = re.compile(f"[{JOINED}]+")


def indexed(text: str, folding: Folding) -> str:
    """A text as it is given to the index, whose tokenizer cuts it at spaces and punctuation."""
    return _RUN.sub(_pairs_and_last, folding.fold(text).text)


def pairs(run: str) -> list[str]:
    """The neighbours of a run of joined letters; a single letter is all there is."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _pairs_and_last(match: re.Match[str]) -> str:
    run = match[0]
    return f" {' '.join(pairs(run))} {run[-1]} " if len(run) > 1 else f" {run} "

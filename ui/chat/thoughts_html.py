"""Filtered thoughts as blocks.  Only `ThoughtPiece.text` comes in; nothing raw is ever here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

from app.thoughts.mark import MARK
from engine.analysis_filter import ThoughtPiece
from ui.markdown.blocks import Block, TextBlock
from ui.markdown.inline_html import THIN_SPACE

_BREAK: Final = re.compile(r"\n\s*\n")


def thought_blocks(pieces: Iterable[ThoughtPiece], withheld: str) -> tuple[Block, ...]:
    """Paragraphs of plain text.

    Args:
        pieces: in order.
        withheld: the word shown where a passage was taken out.
    """
    text = "".join(piece.text for piece in pieces)
    chip = f' <span class="code">{THIN_SPACE}{escape(withheld)}{THIN_SPACE}</span> '
    paragraphs = (part.strip() for part in _BREAK.split(text))
    return tuple(
        TextBlock(f"<p>{escape(part).replace(MARK, chip).replace(chr(10), '<br>')}</p>")
        for part in paragraphs
        if part
    )

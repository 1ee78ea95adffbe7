"""Filtered thoughts as quoted lines, for those who ask for them outside of the window.  Pure."""

from __future__ import annotations

from collections.abc import Iterable

from app.thoughts.mark import MARK
from app.words import Words
from engine.analysis_filter import ThoughtPiece


def quoted(pieces: Iterable[ThoughtPiece], withheld: str = "withheld") -> str:
    """The thoughts as a Markdown quotation; "" where there are none.

    Args:
        pieces: what the filter let through; nothing else may be quoted.
        withheld: the word that stands in brackets where something was taken out.
    """
    text = "".join(piece.text for piece in pieces).replace(MARK, f"[{withheld}]").strip()
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def with_thoughts(pieces: Iterable[ThoughtPiece], answer: str, words: Words) -> str:
    """An answer's Markdown with its thoughts before it, if any, in the user's language."""
    thoughts = quoted(pieces, words("withheld"))
    if not thoughts:
        return answer
    return f"{words('Thoughts, filtered:')}\n\n{thoughts}\n\n{answer}"

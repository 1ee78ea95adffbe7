"""Markdown that grows: only its open tail is parsed again.

All top-level blocks but the last are final, and so are all items of a list but the last
(the idea of vercel/streamdown; `token.map` says where to cut).  What this cannot foresee,
such as a link defined further down, is put right by `finish`.
"""

from __future__ import annotations

import re
from typing import Final

from ui.markdown.blocks import Block, CodeBlock, FormulaBlock, TextBlock
from ui.markdown.parser import MarkdownParser, Placed

_HALF_LINK: Final = re.compile(r"!?\[([^\[\]\n]*)(?:\](?:\([^()\s]*)?)?$")
_UNDERLINE: Final = re.compile(r"\n {0,3}(?:-{1,2}|=+|\*{1,2}|_{1,2})[ \t]*$")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})([^`\n]*)\n")


class MarkdownStream:
    """Blocks of a text that is being written.

    Args:
        parser: shared with others on the same thread.
    """

    def __init__(self, parser: MarkdownParser) -> None:
        self._parser = parser
        self._final: list[Block] = []
        self._tail = ""
        self._ordinal: int | None = None

    def add(self, text: str) -> None:
        """Take more text; nothing is parsed yet."""
        self._tail += text

    def blocks(self) -> tuple[Block, ...]:
        """All blocks so far; those before the tail are the same objects as last time."""
        code = _open_code(self._tail)
        if code is not None:
            return (*self._final, code)
        placed = self._parser.placed(self._tail, is_streaming=True, first_ordinal=self._ordinal)
        if not placed:
            return tuple(self._final)
        start = self._first_open_line(placed)
        if start > 0:
            self._commit(placed, start)
        return (*self._final, *self._open_blocks(placed, start))

    def finish(self, whole: str) -> tuple[Block, ...]:
        """Parse the finished text once, as a reader of the stored chat would see it."""
        self._final = list(self._parser.blocks(whole))
        self._tail = ""
        return tuple(self._final)

    def _commit(self, placed: list[Placed], start: int) -> None:
        self._final += [one.block for one in placed if one.line < start]
        self._tail = "\n".join(self._tail.split("\n")[start:])
        self._ordinal = next(one.ordinal for one in placed if one.line == start)

    def _first_open_line(self, placed: list[Placed]) -> int:
        """Where the blocks begin that may still change.

        What looks like the start of another block may turn out to be text that goes on with
        the one before it: an unclosed formula, or any first line that is not complete.
        """
        last = placed[-1]
        lines = self._tail.split("\n")
        is_incomplete = last.line == len(lines) - 1 and bool(lines[last.line - 1].strip())
        is_formula = isinstance(last.block, FormulaBlock) and last.block.is_open
        if not (is_incomplete or is_formula):
            return last.line
        return next((one.line for one in reversed(placed) if one.line < last.line), 0)

    def _open_blocks(self, placed: list[Placed], start: int) -> list[Block]:
        """The blocks of the tail, with half-written marks completed."""
        last = [one.block for one in placed if one.line >= start]
        mended = mend(self._tail)
        if mended == self._tail or not isinstance(last[-1], TextBlock):
            return last
        again = self._parser.placed(mended, is_streaming=True, first_ordinal=self._ordinal)
        return [one.block for one in again]


def mend(tail: str) -> str:
    """Complete marks at the end that are half written, so that they do not flicker."""
    text = _UNDERLINE.sub("", tail)
    head, gap, paragraph = text.rpartition("\n\n")
    if paragraph.count("`") % 2:
        paragraph = paragraph.removesuffix("`") if paragraph.endswith("`") else paragraph + "`"
        return head + gap + paragraph
    paragraph = _HALF_LINK.sub(r"\1", paragraph)
    if paragraph.count("**") % 2:
        bare = paragraph.rstrip("*")
        is_empty = len(bare) < len(paragraph) and paragraph.count("**") == 1 + bare.count("**")
        paragraph = bare if is_empty else paragraph.rstrip() + "**"
    return head + gap + paragraph


def _open_code(tail: str) -> CodeBlock | None:
    """Code that is still being written, found without parsing it again and again."""
    fence = _FENCE.match(tail)
    if fence is None:
        return None
    mark = fence[1]
    closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
    code = tail[fence.end() :]
    if closing.search(code) or fence[0].startswith(" "):
        return None
    last = code.rpartition("\n")[2]
    if last and not last.strip().strip(mark[0]):
        code = code.removesuffix(last)
    words = fence[2].split()
    return CodeBlock(words[0].lower() if words else "", code.removesuffix("\n"), is_open=True)

"""Markdown text to blocks, by markdown-it-py.  Raw HTML is text; nothing is loaded.

Lists come out flat, one block for each item, so that code inside an item is a block of its
own and a growing list does not have to be drawn again from its first item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Final

from ui.markdown.blocks import (
    Align,
    Block,
    CodeBlock,
    FormulaBlock,
    RuleBlock,
    TableBlock,
    TextBlock,
    TextKind,
)
from ui.markdown.distances import INDENT
from ui.markdown.formula_marks import OPEN, STREAMING
from ui.markdown.inline_html import InlineWriter

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TASK: Final = re.compile(r"\[([ xX])\]\s")
_ALIGN: Final = re.compile(r"text-align:(left|center|right)")
_DEFINITION: Final = re.compile(r"\s*\[")
_DEEPEST: Final = 6
"""Lists and quotes nested deeper than this are drawn at this depth."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and where its source begins.

    Attributes:
        line: first line of the outermost thing that can stand alone: a top-level block, or
            an item of a top-level list.
        ordinal: number of that item in an ordered list, else None.
    """

    block: Block
    line: int
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the tree a block is written.

    Attributes:
        marker: opening tags of the list item whose first text this is, else "".
    """

    depth: int = 0
    quotes: int = 0
    marker: str = ""


class MarkdownParser:
    """Parse whole texts or growing tails.  Any thread, one at a time.

    Args:
        image_label: words for an image that is not loaded, with `{alt}`.
    """

    def __init__(self, image_label: str = "Image: {alt}") -> None:
        self._inline = InlineWriter(image_label)

    @cached_property
    def _md(self) -> MarkdownIt:
        # With the first text: its 60 modules are not needed for a window without a chat.
        from ui.markdown.grammar import make_grammar  # noqa: PLC0415 - see above

        return make_grammar()

    def blocks(self, text: str) -> tuple[Block, ...]:
        """All blocks of a finished text."""
        return tuple(placed.block for placed in self.placed(text, is_streaming=False))

    def placed(
        self, text: str, *, is_streaming: bool, first_ordinal: int | None = None
    ) -> list[Placed]:
        """All blocks with their places.

        Args:
            text: Markdown.
            is_streaming: unclosed code and formulas at the end are shown as such.
            first_ordinal: number of the first item when the text goes on with an ordered list.
        """
        tokens = self._md.parse(text, {STREAMING: is_streaming})
        lines = text.split("\n") if is_streaming else None
        writer = _BlockWriter(self._inline, lines, first_ordinal)
        placed = list(writer.top_level(tokens))
        if placed or not text.strip() or _DEFINITION.match(text):
            return placed
        # Nested beyond the parser's limit: nothing that was said may be lost.
        return [Placed(TextBlock(f"<p>{escape(text)}</p>"), 0)]


class _BlockWriter:
    """One pass over the tokens of one text.

    Args:
        lines: the source lines of a text that may grow, else None.
    """

    def __init__(
        self, inline: InlineWriter, lines: list[str] | None, first_ordinal: int | None
    ) -> None:
        self._inline = inline
        self._lines = lines
        self._first_ordinal = first_ordinal

    def top_level(self, tokens: Sequence[Token]) -> Iterator[Placed]:
        for index, group in enumerate(_groups(tokens)):
            opener = group[0]
            line = opener.map[0] if opener.map else 0
            if opener.type not in {"bullet_list_open", "ordered_list_open"}:
                yield from (Placed(block, line) for block in self._group(group, _Spot()))
                continue
            start = self._first_ordinal if index == 0 else None
            for item, ordinal in _items(group, start):
                item_line = item[0].map[0] if item[0].map else line
                for block in self._item(item, _Spot(), ordinal):
                    yield Placed(block, item_line, ordinal)

    def _group(self, group: Sequence[Token], spot: _Spot) -> Iterator[Block]:
        opener = group[0]
        match opener.type:
            case "paragraph_open" | "heading_open":
                tag = "p" if opener.type == "paragraph_open" else opener.tag
                yield _text_block(tag, self._text(group[1]), spot)
            case "bullet_list_open" | "ordered_list_open" | "blockquote_open":
                yield from self._container(group, spot)
            case "fence" | "code_block":
                yield self._code(opener, spot)
            case "math_block":
                yield FormulaBlock(opener.content, spot.depth, is_open=opener.info == OPEN)
            case "table_open":
                yield self._table(group, spot)
            case "hr":
                yield RuleBlock()
            case _:
                if opener.content:
                    yield _text_block("p", escape(opener.content), spot)

    def _container(self, group: Sequence[Token], spot: _Spot) -> Iterator[Block]:
        if group[0].type == "blockquote_open":
            yield from self._quote(group[1:-1], spot)
            return
        for item, ordinal in _items(group, None):
            yield from self._item(item, spot, ordinal)

    def _quote(self, children: Sequence[Token], spot: _Spot) -> Iterator[Block]:
        """A bar along each run of text; what has its own widget stands between the runs."""
        inner = _Spot(0, spot.quotes + 1)
        run: list[str] = []
        for child in _groups(children):
            for block in self._group(child, inner):
                if isinstance(block, TextBlock):
                    run.append(block.html)
                    continue
                if run:
                    yield _quote_block(run, spot)
                run = []
                yield block
        if run:
            yield _quote_block(run, spot)

    def _item(self, item: Sequence[Token], spot: _Spot, ordinal: int | None) -> Iterator[Block]:
        depth = min(spot.depth + 1, _DEEPEST)
        tag = "ul" if ordinal is None else f'ol start="{ordinal}"'
        marker = f'<{tag} style="-qt-list-indent:{depth}"><li>'
        children = list(_groups(item[1:-1]))
        if not children or children[0][0].type not in {"paragraph_open", "heading_open"}:
            yield _text_block("p", "", _Spot(depth, spot.quotes, marker))
        for index, child in enumerate(children):
            first = marker if index == 0 else ""
            yield from self._group(child, _Spot(depth, spot.quotes, first))

    def _text(self, token: Token) -> str:
        html = self._inline.html(token.children or ())
        task = _TASK.match(token.content)
        if task is None:
            return html
        return ("☐ " if task[1] == " " else "☑ ") + html[len(task[0]) :]

    def _code(self, token: Token, spot: _Spot) -> CodeBlock:
        language = token.info.split()[0].lower() if token.info.strip() else ""
        code = token.content.removesuffix("\n")
        if not self._is_open(token):
            return CodeBlock(language, code, spot.depth)
        *earlier, last = code.split("\n")
        if last and not last.strip().strip(token.markup[:1]):
            code = "\n".join(earlier)  # the closing fence on its way
        if token.map and len(self._lines or ()) - 1 == token.map[0]:
            language = ""  # the language's name is on its way
        return CodeBlock(language, code, spot.depth, is_open=True)

    def _is_open(self, token: Token) -> bool:
        if self._lines is None or token.type != "fence" or token.map is None:
            return False
        first, end = token.map
        has_more = any(line.strip() for line in self._lines[end:])
        last = self._lines[end - 1].strip(" >")
        mark = token.markup
        is_closed = end - 1 > first and last.startswith(mark) and not last.strip(mark[0])
        return not has_more and not is_closed

    def _table(self, group: Sequence[Token], spot: _Spot) -> TableBlock:
        rows: list[list[str]] = []
        alignments: list[Align] = []
        for index, token in enumerate(group):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in {"th_open", "td_open"}:
                rows[-1].append(self._inline.html(group[index + 1].children or ()))
                if token.type == "th_open":
                    style = _ALIGN.match(str(token.attrs.get("style", "")))
                    alignments.append(Align(style[1]) if style else Align.LEFT)
        return TableBlock(
            tuple(rows[0]),
            tuple(tuple(row) for row in rows[1:]),
            tuple(alignments),
            spot.depth,
        )


def _groups(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Cut siblings apart: each is one token, or an opening one with all up to its end."""
    start = depth = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1


def _items(
    group: Sequence[Token], first: int | None
) -> Iterator[tuple[Sequence[Token], int | None]]:
    """The items of a list with their numbers (None in a bullet list)."""
    is_ordered = group[0].type == "ordered_list_open"
    start = first if first is not None else int(group[0].attrs.get("start", 1))
    for offset, item in enumerate(_groups(group[1:-1])):
        yield item, start + offset if is_ordered else None


def _text_block(tag: str, inner: str, spot: _Spot) -> TextBlock:
    kind = TextKind.ITEM if spot.depth else TextKind.PARAGRAPH
    if tag != "p":
        kind = TextKind.HEADING
    return TextBlock(_block_html(tag, inner, spot), kind)


def _block_html(tag: str, inner: str, spot: _Spot) -> str:
    """One block of a QTextDocument at its depth."""
    if spot.marker:
        end = "</ul>" if spot.marker.startswith("<ul") else "</ol>"
        html = f"{spot.marker}{inner or '&nbsp;'}</li>{end}"
    else:
        indent = f' style="-qt-block-indent:{spot.depth}"' if spot.depth else ""
        # Qt makes text in its own heading tags larger than the size that is asked for.
        name = f' class="{tag}"' if tag != "p" else ""
        html = f"<p{name}{indent}>{inner}</p>"
    return html


def _quote_block(run: list[str], spot: _Spot) -> TextBlock:
    if spot.quotes >= _DEEPEST:
        return TextBlock("".join(run), TextKind.QUOTE)
    margin = f"margin:0 0 12px {spot.depth * INDENT}px"
    html = (
        f'<table cellspacing="0" cellpadding="0" style="{margin}"><tr>'
        f'<td class="bar" width="3"></td><td class="quote">{"".join(run)}</td></tr></table>'
    )
    return TextBlock(html, TextKind.QUOTE)

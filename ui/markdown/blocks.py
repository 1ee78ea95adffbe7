"""What Markdown becomes: frozen blocks.  Knows neither Qt nor the theme.

HTML in these values holds only tags and classes written by `ui.markdown.inline_html` and
`ui.markdown.parser`; text of the model is always escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where a table column's text stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class TextKind(StrEnum):
    """What a text block is, for the distance to its neighbours."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, heading, list item or quote.

    Attributes:
        html: for a QTextDocument, with the classes of `ui.markdown.document_style`.
    """

    html: str
    kind: TextKind = TextKind.PARAGRAPH


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced or indented code block.

    Attributes:
        language: the first word after the fence, lower case, or "".
        code: without the last newline.
        indent: depth of the list it stands in; 0 outside.
        is_open: its closing fence has not come yet.
    """

    language: str
    code: str
    indent: int = 0
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class FormulaBlock:
    """A formula on its own lines.

    Attributes:
        tex: LaTeX without its delimiters.
        is_open: its closing delimiter has not come yet.
    """

    tex: str
    indent: int = 0
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; every cell is HTML.

    Attributes:
        rows: each as long as `header`.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    alignments: tuple[Align, ...]
    indent: int = 0


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """A horizontal rule."""


Block = TextBlock | CodeBlock | FormulaBlock | TableBlock | RuleBlock

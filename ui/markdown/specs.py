"""Which blocks share one widget, and how far the widgets stand apart.  Pure.

Neighbouring text blocks share a document, so that a selection can span them; a document is
closed once it is long enough that drawing it again for every new word would be felt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ui.markdown.blocks import Block, CodeBlock, FormulaBlock, TableBlock, TextBlock, TextKind
from ui.markdown.distances import GAP

LONG_ENOUGH: Final = 700
"""Characters of HTML after which a text document takes no further block."""

_ABOVE: Final = {TextKind.HEADING: 20, TextKind.ITEM: 6}
_BELOW: Final = {TextKind.HEADING: 8, TextKind.ITEM: 6}


@dataclass(frozen=True, slots=True)
class TextSpec:
    """Text blocks that share one document.

    Attributes:
        first, last: kinds of the first and the last block.
    """

    html: str
    first: TextKind
    last: TextKind


Spec = TextSpec | Block
"""What one segment shows: a `TextSpec`, or any block but a `TextBlock`."""


def group(blocks: Iterable[Block]) -> tuple[Spec, ...]:
    """Join text blocks; the same blocks always give the same groups."""
    specs: list[Spec] = []
    run: list[TextBlock] = []
    length = 0

    def close() -> None:
        nonlocal length
        if run:
            html = "".join(block.html for block in run)
            specs.append(TextSpec(html, run[0].kind, run[-1].kind))
        run.clear()
        length = 0

    for block in blocks:
        if isinstance(block, TextBlock):
            if length >= LONG_ENOUGH:
                close()
            run.append(block)
            length += len(block.html)
        else:
            close()
            specs.append(block)
    close()
    return tuple(specs)


def gap(above: Spec, below: Spec) -> int:
    """Distance between two neighbours in logical px."""
    bottom = _BELOW.get(above.last, GAP) if isinstance(above, TextSpec) else GAP
    top = _ABOVE.get(below.first, GAP) if isinstance(below, TextSpec) else GAP
    return max(bottom, top)


def indent_of(spec: Spec) -> int:
    """Depth of the list a segment stands in."""
    return spec.indent if isinstance(spec, CodeBlock | FormulaBlock | TableBlock) else 0

"""Widgets beside each other in as many rows as they need."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget


def flow(parts: Iterable[QWidget], width: int, *, across: int, down: int) -> int:
    """Place widgets from the top left; returns the height they take, in logical px.

    Args:
        parts: each gets its size hint, or the whole width where that is less.
        width: of a row.
        across: distance between neighbours in a row.
        down: distance between rows.
    """
    x = y = row = 0
    for part in parts:
        hint = part.sizeHint()
        wide = max(1, min(width, hint.width()))
        if x and x + wide > width:
            x, y, row = 0, y + row + down, 0
        part.setGeometry(x, y, wide, hint.height())
        x += wide + across
        row = max(row, hint.height())
    return y + row

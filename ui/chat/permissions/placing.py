"""Buttons in two groups: yes at the left, no at the right; in rows where it is narrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Space

STACKED_BELOW: Final = 440
"""Logical px at 100 %; narrower than that each button has a row of its own."""


def place_choices(
    theme: Theme, yes: Sequence[QWidget], no: Sequence[QWidget], x: int, y: int, width: int
) -> int:
    """Give the shown ones of both groups their places; returns the height this takes."""
    yes = [one for one in yes if not one.isHidden()]
    no = [one for one in no if not one.isHidden()]
    if width < theme.scaled(STACKED_BELOW):
        return _stack([*yes, *no], x, y, width)
    if _width(yes) + _width(no) + Space.PAD <= width:
        return max(_row(yes, x, y), _row(no, x + width - _width(no), y))
    height = place_in_rows(yes, x, y, width)
    return height + Space.GAP + place_in_rows(no, x, y + height + Space.GAP, width)


def _width(widgets: Sequence[QWidget]) -> int:
    gaps = Space.GAP * max(0, len(widgets) - 1)
    return sum(one.sizeHint().width() for one in widgets) + gaps


def _row(widgets: Sequence[QWidget], x: int, y: int) -> int:
    height = 0
    for one in widgets:
        size = one.sizeHint()
        one.setGeometry(x, y, size.width(), size.height())
        x += size.width() + Space.GAP
        height = max(height, size.height())
    return height


def place_in_rows(widgets: Sequence[QWidget], x: int, y: int, width: int) -> int:
    """As many in a row as there is room for; returns the height this takes."""
    top, rows = y, [[]]  # type: tuple[int, list[list[QWidget]]]
    for one in widgets:
        if rows[-1] and _width([*rows[-1], one]) > width:
            rows.append([])
        rows[-1].append(one)
    for row in rows:
        y += _row(row, x, y) + Space.GAP
    return y - top - Space.GAP


def _stack(widgets: Sequence[QWidget], x: int, y: int, width: int) -> int:
    top = y
    for one in widgets:
        height = one.sizeHint().height()
        one.setGeometry(x, y, width, height)
        y += height + Space.GAP
    return y - top - Space.GAP

"""The ground of what is selected: light enough that formulas, drawn as they are, stay readable."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor

from ui.theme.theme import Theme

_PART: Final = 0.28


def selected_ground(theme: Theme) -> QColor:
    """The accent, mixed with the ground of the chat."""
    above, below = theme.color("accent"), theme.color("bg")
    pairs = (
        (above.red(), below.red()),
        (above.green(), below.green()),
        (above.blue(), below.blue()),
    )
    return QColor(*(round(_PART * one + (1 - _PART) * other) for one, other in pairs))

"""Where the Tab key goes among messages whose widgets were made in any order."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget


def walk(canvas: QWidget, messages: Iterable[QWidget], *, forward: bool) -> QWidget | None:
    """Move the focus one place on; returns where it went, None when it was not on the canvas."""
    stops = tab_stops(canvas, messages)
    focused = QApplication.focusWidget()
    if focused is None or focused not in stops:
        return None
    index = stops.index(focused) + (1 if forward else -1)
    is_inside = 0 <= index < len(stops)
    goal = stops[index] if is_inside else next_outside(canvas, focused, forward=forward)
    if goal is not None:
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        goal.setFocus(reason)
    return goal


def tab_stops(canvas: QWidget, messages: Iterable[QWidget]) -> list[QWidget]:
    """Everything in the messages that takes the focus, from top to bottom and left to right.

    Args:
        canvas: what the messages stand on.
        messages: from top to bottom.
    """
    stops: list[QWidget] = []
    for message in messages:
        found = [child for child in message.findChildren(QWidget) if _takes_tab(child)]
        found.sort(key=lambda child: _place(child, canvas))
        stops.extend(found)
    return stops


def next_outside(canvas: QWidget, start: QWidget, *, forward: bool) -> QWidget | None:
    """The next place for the focus that is not on the canvas."""
    widget: QWidget | None = start
    while widget is not None:
        widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
        if widget is start:
            break
        if widget and _takes_tab(widget) and not canvas.isAncestorOf(widget):
            return widget
    return None


def _place(widget: QWidget, canvas: QWidget) -> tuple[int, int]:
    corner = widget.mapTo(canvas, QPoint(0, 0))
    return corner.y(), corner.x()


def _takes_tab(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
    return takes and widget.isVisible() and widget.isEnabled()

"""Laying out anew what holds wrapped words in layouts of layouts."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def lay_out_anew(inner: QWidget) -> None:
    """Lay out all of a widget, from the inside out.

    Layouts in layouts keep the heights of widths they had before, each in two places: the
    layout and the item that holds its widget in the layout around it.
    """
    for widget in reversed(inner.findChildren(QWidget)):
        layout = widget.layout()
        if layout is not None:
            layout.invalidate()
        widget.updateGeometry()
    layout = inner.layout()
    if layout is not None:
        layout.invalidate()
        layout.activate()
    inner.updateGeometry()

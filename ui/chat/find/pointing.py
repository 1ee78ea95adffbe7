"""Points words out in the widgets of messages, by the extra selections of their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QRect
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from app.search.values import Marks
from ui.chat.find.shown_texts import text_views
from ui.theme.theme import Theme

FindMarks = Callable[[str], Marks]
"""From a text to what is pointed out in it."""


class Pointing:
    """Knows how what is pointed out looks.  UI thread.

    Args:
        theme: the look.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def point_out(self, widget: QWidget, find: FindMarks, current: int | None) -> None:
        """Point out what is found in a message.

        Args:
            widget: the message's.
            find: finds it.
            current: number of the one that stands out among them; None for none.
        """
        number = 0
        for view in text_views(widget):
            selections = []
            for cursor in _cursors(view, find):
                selections.append(self._selection(cursor, is_current=number == current))
                number += 1
            view.setExtraSelections(selections)

    def clear(self, widgets: Iterable[QWidget]) -> None:
        """Point out nothing more."""
        for widget in widgets:
            for view in text_views(widget):
                view.setExtraSelections([])

    def _selection(self, cursor: QTextCursor, *, is_current: bool) -> QTextEdit.ExtraSelection:
        form = QTextCharFormat()
        form.setBackground(self._theme.color("accent" if is_current else "mark"))
        form.setForeground(self._theme.color("on_accent" if is_current else "text"))
        if self._theme.colors.is_high_contrast:
            form.setFontUnderline(True)
        one = QTextEdit.ExtraSelection()
        one.cursor, one.format = cursor, form
        return one


def place_of(widget: QWidget, find: FindMarks, number: int) -> tuple[QTextEdit, QRect] | None:
    """The text that holds a match, and where in the message's widget its first letter stands."""
    for view in text_views(widget):
        cursors = _cursors(view, find)
        if number < len(cursors):
            start = QTextCursor(view.document())
            start.setPosition(cursors[number].selectionStart())
            rect = view.cursorRect(start)
            return view, QRect(view.viewport().mapTo(widget, rect.topLeft()), rect.size())
        number -= len(cursors)
    return None


def _cursors(view: QTextEdit, find: FindMarks) -> list[QTextCursor]:
    text = view.toPlainText()
    return [_cursor(view, _units(text, start), _units(text, end)) for start, end in find(text)]


def _cursor(view: QTextEdit, start: int, end: int) -> QTextCursor:
    cursor = QTextCursor(view.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _units(text: str, place: int) -> int:
    """A place in a text as Qt counts, in units of UTF-16."""
    return place if text.isascii() else len(text[:place].encode("utf-16-le")) // 2

"""The field where the user types: plain text, as high as its lines."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Final

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QPalette,
    QResizeEvent,
    QTextDocumentFragment,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget
from typing_extensions import override

from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

MAX_LINES: Final = 8
_MARGIN: Final = 4
_RETURN_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PAGE_KEYS: Final = {Qt.Key.Key_PageUp: -0.9, Qt.Key.Key_PageDown: 0.9}


class PromptEdit(QPlainTextEdit):
    """Return asks to send, Shift+Return breaks the line.

    While an input method is composing a syllable, Return ends the syllable and nothing else.

    Signals:
        send_pressed: Return, outside of a composition.
        edit_last_requested: Up in an empty field: change what was sent last.
        slash_pressed: "/" in an empty field, where `takes_slash` says so; it is not typed then.
        composing_changed: an input method began or ended a syllable, or changed it.
        pages_turned: (pages: float) Page Up or Page Down; what is to scroll is the chat.
        focus_changed: the caret came or went.

    Args:
        theme: the look.
        parent: the composer.
    """

    send_pressed = Signal()
    edit_last_requested = Signal()
    slash_pressed = Signal()
    composing_changed = Signal()
    pages_turned = Signal(float)
    focus_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._preedit = ""
        self.take_paste: Callable[[QMimeData], bool] = lambda _mime: False
        """Takes what is pasted and is no text for the field; True where it did."""
        self._placeholder = ""
        self.takes_slash = False
        """Whether "/" in an empty field opens something."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(_MARGIN)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._fit)
        theme.changed.connect(self._follow_theme)
        self._follow_theme()

    @property
    def is_composing(self) -> bool:
        """Whether an input method holds a syllable that is not finished."""
        return bool(self._preedit)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to send, not even a syllable in the making."""
        return not self._preedit.strip() and not self.toPlainText().strip()

    def finish_composition(self) -> None:
        """Take over the unfinished syllable, as a click elsewhere does."""
        if self._preedit:
            QGuiApplication.inputMethod().commit()

    @override
    def setPlaceholderText(self, placeholderText: str) -> None:
        self._placeholder = placeholderText
        super().setPlaceholderText(placeholderText)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_return = event.key() in _RETURN_KEYS
        if is_return and self._preedit:
            self.finish_composition()
            return
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if is_return and not is_shifted:
            self.send_pressed.emit()
            return
        pages = _PAGE_KEYS.get(Qt.Key(event.key()))
        if pages is not None and not event.modifiers():
            self.pages_turned.emit(pages)
            return
        if self._asks_for_last(event):
            self.edit_last_requested.emit()
            return
        if event.text() == "/" and self._opens_list():
            self.slash_pressed.emit()
            return
        super().keyPressEvent(event)

    @override
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if event.commitString() == "/" and self._opens_list():
            self.slash_pressed.emit()
            return
        was = self._preedit
        self._preedit = event.preeditString()
        super().inputMethodEvent(event)
        self._fit()
        if self._preedit != was:
            # Qt 6.11 looks at the document alone, and would write its words over the syllable.
            super().setPlaceholderText("" if self._preedit else self._placeholder)
            self.composing_changed.emit()

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        if self.take_paste(source):
            return
        if source.hasText():
            self.insertPlainText(source.text())
        elif source.hasHtml():  # some programs give nothing else
            self.insertPlainText(QTextDocumentFragment.fromHtml(source.html()).toPlainText())

    @override
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasHtml() or source.hasUrls()

    @override
    def dragEnterEvent(self, e: QDragEnterEvent) -> None:
        if e.mimeData().hasUrls():
            e.ignore()  # files are for the whole chat
        else:
            super().dragEnterEvent(e)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, self._height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._height())

    def _asks_for_last(self, event: QKeyEvent) -> bool:
        keypad = Qt.KeyboardModifier.KeypadModifier
        is_plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, keypad)
        is_empty = self.document().isEmpty() and not self._preedit
        return event.key() == Qt.Key.Key_Up and is_plain and is_empty

    def _opens_list(self) -> bool:
        return self.takes_slash and self.document().isEmpty() and not self._preedit

    def _height(self) -> int:
        """Measure the blocks: lines of other scripts may be higher than the font's own."""
        line = self.fontMetrics().lineSpacing()
        most = MAX_LINES * line
        height = 0.0
        block = self.document().firstBlock()
        while block.isValid() and height < most:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        return ceil(min(most, max(line, height))) + 2 * _MARGIN

    def _fit(self) -> None:
        height = self._height()
        if height != self.minimumHeight():
            self.setFixedHeight(height)
        policy = Qt.ScrollBarPolicy
        is_full = height >= MAX_LINES * self.fontMetrics().lineSpacing()
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if is_full else policy.ScrollBarAlwaysOff
        )

    def _follow_theme(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, self._theme.color("text"))
        palette.setColor(QPalette.ColorRole.PlaceholderText, self._theme.color("muted"))
        self.setPalette(palette)
        self.setFont(self._theme.fonts.text(TypeSize.BODY))
        self._fit()

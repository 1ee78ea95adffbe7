"""The bar over a conversation in which somebody says what to find in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.actions import ActionId, key_hint
from ui.controls.announcing import announce
from ui.controls.button import IconButton
from ui.controls.field import Field
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Size, Space, TypeSize

_WIDEST = 400


class FindBar(QWidget):
    """A field, how often it was found, and the ways to the next and the one before.

    Return leads to the next, Shift+Return to the one before, Esc ends.

    Signals:
        typed: (text: str) something else is to be found.
        next_wanted: (forward: bool) the next one, or the one before.
        closed: the user is done.

    Args:
        theme: the look.
        words: the user's language.
        view: what it floats over, at its top.
    """

    typed = Signal(str)
    next_wanted = Signal(bool)
    closed = Signal()

    def __init__(self, theme: Theme, words: Words, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme
        self._words = words
        self._view = view
        self.field = Field(theme, words("Find in this chat"), placeholder=words("Find in chat"))
        self.field.setFrame(False)
        self.count = Label(theme, size=TypeSize.SMALL, role="muted")
        size = Size.BUTTON_COMPACT
        self.previous = IconButton(theme, "chevron-up", words("The one before"), size=size)
        self.next = IconButton(theme, "chevron-down", words("The next one"), size=size)
        self.close_button = IconButton(theme, "x", words("Close the search"), size=size)
        hints = ((self.previous, ActionId.FIND_PREVIOUS), (self.next, ActionId.FIND_NEXT))
        for button, action_id in hints:
            button.setToolTip(f"{button.accessibleName()} ({key_hint(action_id)})")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.TINY, Space.TINY, Space.TINY, Space.TINY)
        layout.setSpacing(Space.HAIR)
        layout.addWidget(self.field, stretch=1)
        layout.addWidget(self.count)
        for button in (self.previous, self.next, self.close_button):
            layout.addWidget(button)
        self.field.textChanged.connect(self.typed)
        self.previous.clicked.connect(lambda: self.next_wanted.emit(False))
        self.next.clicked.connect(lambda: self.next_wanted.emit(True))
        self.close_button.clicked.connect(self.closed)
        self.field.installEventFilter(self)
        view.installEventFilter(self)
        theme.changed.connect(self.update)
        self.show_count("", can_go=False)

    def show_count(self, text: str, *, can_go: bool, is_final: bool = False) -> None:
        """Say how often it was found.

        Args:
            text: to be seen.
            can_go: there is a place to go to.
            is_final: a screen reader should say it now.
        """
        has_changed = text != self.count.text()
        self.count.setText(text)
        for button in (self.previous, self.next):
            button.setEnabled(can_go)
        if is_final and has_changed and text:
            announce(self, text)

    def stand(self) -> None:
        """Take the place at the top right of the view."""
        room = self._view.width() - 2 * Space.PAD
        width = max(1, min(self._theme.scaled(_WIDEST), room))
        height = self.sizeHint().height()
        self.setGeometry(self._view.width() - width - Space.PAD, Space.GAP, width, height)
        self.raise_()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self.stand()
            return False
        if event.type() == QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()  # it ends the search, not the answer
            return True
        return event.type() == QEvent.Type.KeyPress and self._on_key(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._on_key(event):
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        theme = self._theme
        line = theme.color("edge")
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            Radius.CARD,
            fill=theme.color("raised"),
            line=line,
        )

    def _on_key(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.field.hasFocus():
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.next_wanted.emit(not is_back)
            return True
        return False


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape

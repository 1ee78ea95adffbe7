"""A message of the user turned into a field: other words, another effort, Send or Cancel."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from engine.harmony.messages import Effort
from ui.chat.message_desk import Edit
from ui.chat.prompt_edit import PromptEdit
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.controls.segmented import SegmentedControl
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space, TypeSize

_EFFORTS: Final = (Effort.LOW, Effort.MEDIUM, Effort.HIGH)
_ROW_FROM: Final = 460
"""In a narrower editor (px) the buttons stand below the effort."""


class BubbleEditor(QWidget):
    """Write other words in place of a message.

    Signals:
        sent: (edit: Edit) never blank.
        cancelled: the user wants the message back as it was.
        changed: (edit: Edit) other words or another effort; worth keeping.
        resized: it needs another height.

    Args:
        theme: the look.
        words: the user's language.
        edit: what to begin with.
        parent: the message.
    """

    sent = Signal(object)
    cancelled = Signal()
    changed = Signal(object)
    resized = Signal()

    def __init__(self, theme: Theme, words: Words, edit: Edit, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.field = PromptEdit(theme, self)
        self.field.setAccessibleName(words("Your message, to be changed"))
        self.field.setPlainText(edit.text)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self.note = Label(
            theme,
            words("The message as it is stays, with its answers; you can go back to it."),
            size=TypeSize.SMALL,
            role="muted",
            wrap=True,
        )
        names = (words("Low"), words("Medium"), words("High"))
        index = _EFFORTS.index(edit.effort)
        self.effort = SegmentedControl(theme, words("Reasoning effort"), names, index, self)
        self.cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST, key_hint="Esc")
        self.send = TextButton(theme, words("Send"), kind=ButtonKind.PRIMARY)
        self._lay_out()
        self.field.send_pressed.connect(self._send)
        self.field.textChanged.connect(self._on_changed)
        self.field.composing_changed.connect(self._show_state)
        self.field.focus_changed.connect(self.update)
        self.effort.chosen.connect(lambda _: self.changed.emit(self.edit))
        self.send.clicked.connect(self._on_send_clicked)
        self.cancel.clicked.connect(self.cancelled)
        self._height = self.field.minimumHeight()
        self._show_state()

    @property
    def edit(self) -> Edit:
        """What is in it now."""
        return Edit(self.field.toPlainText(), _EFFORTS[self.effort.index])

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        is_wide = width >= self._theme.scaled(_ROW_FROM)
        directions = QHBoxLayout.Direction
        self._row.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)
        self.resize(width, max(1, self.height()))
        self._column.activate()
        self._height = self.field.minimumHeight()
        margins = self._column.contentsMargins()
        inner = width - margins.left() - margins.right()
        note = self.note.heightForWidth(max(1, inner))
        buttons = self.send.sizeHint().height()
        row = max(self.effort.sizeHint().height(), buttons)
        if not is_wide:
            row = self.effort.sizeHint().height() + Space.GAP + buttons
        edges = margins.top() + margins.bottom() + 2 * self._column.spacing()
        height = edges + self._height + note + row
        self.resize(width, height)
        return height

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        has_focus = self.field.hasFocus()
        draw_box(
            QPainter(self),
            QRectF(self.rect()),
            Radius.BUBBLE,
            fill=self._theme.color("surface"),
            line=self._theme.color("accent" if has_focus else "edge"),
            width=1.5 if has_focus else 1.0,
        )

    @override
    def event(self, event: QEvent) -> bool:
        is_key = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # it cancels this, and does not stop the answer
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.field.is_composing:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.setSpacing(Space.GAP)
        self._row.addWidget(self.effort, 0, Qt.AlignmentFlag.AlignLeft)
        self._row.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.GAP)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.send)
        self._row.addLayout(buttons)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 12, 12, 12)
        self._column.setSpacing(Space.GAP)
        self._column.addWidget(self.field)
        self._column.addWidget(self.note)
        self._column.addLayout(self._row)

    def _on_changed(self) -> None:
        self._show_state()
        self.changed.emit(self.edit)
        if self.field.minimumHeight() != self._height:
            self.resized.emit()

    def _show_state(self) -> None:
        self.send.setEnabled(not self.field.is_blank)

    def _on_send_clicked(self) -> None:
        self.field.finish_composition()
        self._send()

    def _send(self) -> None:
        if not self.field.is_blank and not self.field.is_composing:
            self.sent.emit(self.edit)

"""One call of the record, with the whole of it on demand."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.permissions.record import RecordedCall
from ui.chat.permissions.visible import visible
from ui.controls.button import IconButton
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk
from ui.settings.permissions.wording import body_of, call_details, call_title
from ui.theme.tokens import Space, TypeSize

_MOST_LINES: Final = 12


class RecordRow(QWidget):
    """What it was, when, what was decided and what came of it.

    Signals:
        resized: it may need another height.

    Args:
        desk: what the page works with.
        recorded: the call.
    """

    resized = Signal()

    def __init__(self, desk: SettingsDesk, recorded: RecordedCall) -> None:
        super().__init__()
        self._desk = desk
        self._title = call_title(desk.words, recorded)
        self._body = visible(body_of(recorded))
        self._held: QWidget | None = None
        self.text: QPlainTextEdit | None = None
        self.toggle = IconButton(desk.theme, "chevron-down", self._name(is_shown=False), size=28)
        controls = (self.toggle,) if self._body else ()
        self.row = SettingRow(
            desk.theme, self._title, call_details(desk.words, recorded), *controls
        )
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.row)
        self.toggle.clicked.connect(self._on_toggle)

    def _on_toggle(self) -> None:
        if self._held is None:
            self._held = self._hold()
            self._held.hide()
            self._column.addWidget(self._held)
        is_shown = self._held.isHidden()
        self._held.setVisible(is_shown)
        icon = "chevron-up" if is_shown else "chevron-down"
        self.toggle.set_look(icon, self._name(is_shown=is_shown))
        self.resized.emit()

    def _name(self, *, is_shown: bool) -> str:
        words = self._desk.words
        if is_shown:
            return words("Hide the call: {call}", call=self._title)
        return words("Show the call: {call}", call=self._title)

    def _hold(self) -> QWidget:
        self.text = text = QPlainTextEdit(self._body)
        text.setProperty("look", "report")
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setAccessibleName(self._desk.words("The whole call"))
        text.setFont(self._desk.theme.fonts.code(TypeSize.SMALL))
        lines = min(_MOST_LINES, self._body.count("\n") + 1 + len(self._body) // 90)
        text.setFixedHeight(text.fontMetrics().lineSpacing() * (lines + 1) + 24)
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(Space.PAD, 0, Space.PAD, Space.ROOM)
        column.addWidget(text)
        return held

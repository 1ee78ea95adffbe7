"""The form that asks for the blanks of a prompt, with what was filled in the last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.words import Words
from ui.chat.prompt_edit import PromptEdit
from ui.controls.button import ButtonKind, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label
from ui.controls.painting import draw_box
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Space, TypeSize

_HIGHEST: Final = 360
_RETURN: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Blank(QWidget):
    """One blank: its name over a field that grows with its lines."""

    def __init__(self, theme: Theme, name: str, value: str) -> None:
        super().__init__()
        self.name = name
        self._theme = theme
        self.edit = PromptEdit(theme, self)
        self.edit.setAccessibleName(name)
        self.edit.setPlainText(value)
        self.edit.selectAll()
        self.edit.focus_changed.connect(self.update)
        label = Label(theme, name, size=TypeSize.CODE, role="muted", wrap=True)
        label.setBuddy(self.edit)
        self._box = QVBoxLayout()
        self._box.setContentsMargins(Space.GAP, Space.TINY, Space.GAP, Space.TINY)
        self._box.addWidget(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TINY)
        column.addWidget(label)
        column.addLayout(self._box)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        has_focus = self.edit.hasFocus()
        draw_box(
            QPainter(self),
            QRectF(self._box.geometry()),
            Radius.BUTTON,
            fill=self._theme.color("surface"),
            line=self._theme.color("accent" if has_focus else "edge"),
            width=2.0 if has_focus else 1.0,
        )


class BlanksForm(PlainDialog):
    """Return goes to the next blank and from the last one inserts; Shift+Return breaks the line.

    Signals:
        filled: (values: dict[str, str]) by name.

    Args:
        theme: the look.
        words: the user's language.
        title: name of the prompt.
        names: of its blanks.
        last: what they were filled with the last time.
        parent: the composer.
    """

    filled = Signal(object)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        title: str,
        names: Sequence[str],
        last: Mapping[str, str],
        parent: QWidget,
    ) -> None:
        super().__init__(theme, title, parent)
        self.blanks = tuple(_Blank(theme, name, last.get(name, "")) for name in names)
        self.insert = TextButton(theme, words("Insert"), kind=ButtonKind.PRIMARY)
        cancel = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.lay_out((self._area(),), (cancel, self.insert))
        self.insert.clicked.connect(self._finish)
        cancel.clicked.connect(self.reject)
        for at, blank in enumerate(self.blanks):
            blank.edit.send_pressed.connect(lambda at=at: self._go_on(at))
        self.blanks[0].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in _RETURN and is_control:
            self._finish()
            return
        super().keyPressEvent(event)

    def _area(self) -> QWidget:
        """All blanks; they scroll where there are many."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.ROOM)
        for blank in self.blanks:
            column.addWidget(blank)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        area.setWidget(inner)
        needed = inner.sizeHint().height()
        area.setMinimumHeight(min(needed, self._theme.scaled(_HIGHEST)))
        return area

    def _go_on(self, at: int) -> None:
        if at + 1 < len(self.blanks):
            following = self.blanks[at + 1].edit
            following.setFocus(Qt.FocusReason.TabFocusReason)
            following.selectAll()
        else:
            self._finish()

    def _finish(self) -> None:
        for blank in self.blanks:
            blank.edit.finish_composition()
        self.filled.emit({blank.name: blank.edit.toPlainText() for blank in self.blanks})
        self.accept()

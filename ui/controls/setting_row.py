"""One row of a page: what is set, a sentence about it, and the control that sets it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.controls.label import Label
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_TEXT_LEAST: Final = 220


class SettingRow(QWidget):
    """A name, a sentence and controls: beside each other, or below where there is no room.

    Args:
        theme: the look.
        name: what is set.
        hint: one plain sentence.
        controls: at the right, from left to right; the last one is described by the hint.
        parent: the widget it lives in.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        hint: str,
        *controls: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hint = hint
        self._is_stacked = False
        self.name = Label(theme, name, wrap=True)
        self.hint = Label(theme, hint, size=TypeSize.CODE, role="muted", wrap=True)
        if not hint:
            self.hint.hide()  # to show it here would open a window of its own
        self._side = QWidget()
        side = QHBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(Space.ROOM)
        for control in controls:
            side.addWidget(control)
            if not control.accessibleName():
                control.setAccessibleName(name)
            control.setAccessibleDescription(hint)
        said = QVBoxLayout()
        said.setSpacing(Space.HAIR)
        said.addWidget(self.name)
        said.addWidget(self.hint)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(Space.PAD, Space.ROOM - 2, Space.PAD, Space.ROOM - 2)
        self._box.setSpacing(Space.SECTION)
        self._box.addLayout(said, stretch=1)
        self._box.addWidget(self._side)
        theme.changed.connect(self._place)

    @property
    def is_stacked(self) -> bool:
        """Whether the controls stand below the words."""
        return self._is_stacked

    def set_hint(self, hint: str) -> None:
        """Say another sentence from now on."""
        self._hint = hint
        self.complain("")

    def complain(self, text: str) -> None:
        """Say what is wrong in place of the sentence; "" when nothing is."""
        self.hint.setText(text or self._hint)
        self.hint.setVisible(bool(text or self._hint))
        self.hint.set_role("danger" if text else "muted")

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(160), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        wanted = self._side.sizeHint().width() + self._theme.scaled(_TEXT_LEAST)
        is_stacked = wanted + 2 * Space.PAD + Space.SECTION > self.width()
        if is_stacked == self._is_stacked:
            return
        self._is_stacked = is_stacked
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.TopToBottom if is_stacked else directions.LeftToRight)
        self._box.setSpacing(Space.GAP if is_stacked else Space.SECTION)
        left = Qt.AlignmentFlag.AlignLeft
        self._box.setAlignment(self._side, left if is_stacked else Qt.AlignmentFlag.AlignVCenter)

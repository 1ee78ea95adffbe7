"""A section of a settings page: a heading, a remark, one action, and its content."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.controls.row_card import RowCard
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_NARROW: Final = 560


class SettingsSection(QWidget):
    """A heading over a card of rows.

    Args:
        theme: the look.
        title: what the rows have in common.
        remark: one short sentence beside it, or "".
        rows: from the top.
        action: a button at the right of the heading.
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        remark: str,
        *rows: QWidget,
        action: TextButton | None = None,
    ) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.remark = Label(theme, remark, size=TypeSize.CODE, role="muted", wrap=True)
        self.heading = Label(theme, title, size=TypeSize.HEADING, bold=True)
        self._theme = theme
        self._said = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._said.setSpacing(Space.ROOM)
        self._said.addWidget(self.heading)
        self._said.addWidget(self.remark, stretch=1)
        if not remark:
            self.remark.hide()  # to show it here would open a window of its own
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(Space.ROOM)
        self._head.addLayout(self._said, stretch=1)
        self._action = action
        if action is not None:
            self._head.addWidget(action)
        self.card = RowCard(theme, *rows)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.GAP)
        layout.addLayout(self._head)
        layout.addWidget(self.card)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.scaled(160), super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < self._theme.scaled(_NARROW)
        directions = QBoxLayout.Direction
        self._said.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._said.setSpacing(Space.HAIR if is_narrow else Space.ROOM)
        self.heading.setWordWrap(is_narrow)
        if self._action is not None:
            words = QFontMetrics(self.heading.font()).horizontalAdvance(self.heading.text())
            is_tight = words + self._action.sizeHint().width() + Space.ROOM > self.width()
            self._head.setDirection(directions.TopToBottom if is_tight else directions.LeftToRight)
            left = Qt.AlignmentFlag.AlignLeft
            self._head.setAlignment(self._action, left if is_tight else Qt.AlignmentFlag(0))

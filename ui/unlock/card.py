"""The frame of every question that comes before the window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.controls.button import TextButton
from ui.controls.label import Label
from ui.controls.signs import IconSign, Logo
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

_WIDTH: Final = 440
_WIDTH_MAX: Final = 640


class CardDialog(QDialog):
    """Logo, a title, some text, a body, a message line and a row of buttons.

    Args:
        theme: the look.
        title: one sentence.
        text: what it means.
        parent: the window it belongs to.
    """

    def __init__(self, theme: Theme, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setWindowTitle("Sotto")
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.body = QVBoxLayout()
        """For the fields between text and buttons."""
        self.body.setSpacing(Space.GAP)
        self.message = Label(theme, size=TypeSize.CODE, role="danger", wrap=True)
        self._message_icon = IconSign(theme, "circle-alert", "danger", Size.ICON_SMALL)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out(title, text)
        self.say("")

    def say(self, text: str) -> None:
        """Say what was wrong with the last try; "" for nothing."""
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self._message_icon.setVisible(bool(text))
        if self.isVisible():
            self._fit()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        super().showEvent(event)

    def add_button(self, button: TextButton, *, at_left: bool = False) -> None:
        """Put a button into the row; the primary one comes last."""
        if at_left:
            self._buttons.insertWidget(0, button)
        else:
            self._buttons.addWidget(button)

    def _lay_out(self, title: str, text: str) -> None:
        heading = Label(self.theme, title, size=TypeSize.TITLE, bold=True, wrap=True)
        words = Label(self.theme, text, role="muted", wrap=True)
        words.setVisible(bool(text))
        said = QHBoxLayout()
        said.setSpacing(Space.GAP)
        said.addWidget(self._message_icon, alignment=Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.message, stretch=1)
        self._buttons.setSpacing(Space.GAP)
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.LARGE, Space.LARGE, Space.LARGE, Space.SECTION)
        layout.setSpacing(Space.ROOM)
        layout.addWidget(Logo(self.theme, 36))
        layout.addSpacing(Space.TINY)
        layout.addWidget(heading)
        layout.addWidget(words)
        layout.addSpacing(Space.TINY)
        layout.addLayout(self.body)
        layout.addLayout(said)
        layout.addSpacing(Space.GAP)
        layout.addLayout(self._buttons)

    def _fit(self) -> None:
        """As high as its wrapped lines need; a dialog's own guess is too low for them."""
        layout = self.layout()
        width = min(self.theme.scaled(_WIDTH), _WIDTH_MAX)
        self.setFixedWidth(width)
        self._place_buttons(width - 2 * Space.LARGE)
        if layout is not None:
            layout.activate()
            self.setFixedHeight(layout.totalHeightForWidth(width))

    def _place_buttons(self, room: int) -> None:
        """In a row, or below each other where the row would be too long."""
        items = [self._buttons.itemAt(at) for at in range(self._buttons.count())]
        widths = [item.sizeHint().width() + Space.GAP for item in items if item is not None]
        fits = sum(widths) <= room
        directions = QBoxLayout.Direction
        self._buttons.setDirection(directions.LeftToRight if fits else directions.BottomToTop)

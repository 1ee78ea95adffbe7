"""One quiet line at the foot of an answer: what the model cannot know, and the way to the web."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.honesty.signs import NOTHING, Finding, Reason
from app.words import Words
from ui.chat.honesty_signs import HonestySigns
from ui.chat.message_widget import BLEED
from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.controls.label import Label
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

HEIGHT: Final = 32


class HonestyLine(QWidget):
    """Icon, words, button; the button alone where the words were said in this chat before.

    Signals:
        changed: it says something else, and may need another height.

    Args:
        theme: the look.
        words: the user's language.
        parent: the answer.
    """

    changed = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._finding = NOTHING
        self._signs: HonestySigns | None = None
        self._place_in_chat = 0
        self._icon: IconSign | None = None
        self._label: Label | None = None
        self._button: TextButton | None = None
        self._small_button: IconButton | None = None
        self.hide()

    @property
    def label(self) -> Label:
        """The words; made when there first are some."""
        if self._label is None:
            theme = self._theme
            self._label = Label(theme, size=TypeSize.SMALL, role="muted", wrap=True, parent=self)
        return self._label

    @property
    def icon(self) -> IconSign:
        """Before the words, and made with them."""
        if self._icon is None:
            self._icon = IconSign(self._theme, "info", "muted", Size.ICON_SMALL, self)
        return self._icon

    @property
    def button(self) -> TextButton | IconButton | None:
        """What asks again; None where there is nothing to press."""
        if not self._finding.needs_web:
            return None
        return self._button if self._finding.reason is not None else self._small_button

    def follow(self, signs: HonestySigns, index: int) -> None:
        """Say from now on what there is to say of the answer at this place of the chat."""
        self._signs, self._place_in_chat = signs, index
        signs.changed.connect(self._on_signs_changed)
        self.refresh()

    def refresh(self) -> bool:
        """Ask what there is to say; True if it is something else.  `stand_in` must follow."""
        if self._signs is None:
            return False
        return self.show_finding(self._signs.finding(self._place_in_chat))

    def _on_signs_changed(self) -> None:
        if self.refresh():
            self.changed.emit()

    def _press(self) -> None:
        if self._signs is not None:
            self._signs.press(self._place_in_chat)

    def show_finding(self, finding: Finding) -> bool:
        """Say something else, or nothing; True if that makes a difference."""
        if finding == self._finding:
            return False
        self._finding = finding
        if finding.reason is not None:
            text, tip = _said(self._words, finding.reason)
            self.label.setText(text)
            self.label.setToolTip(tip)
            self.label.setAccessibleDescription(tip)
        self._make_button()
        self.setVisible(finding != NOTHING)
        return True

    def stand_in(self, row: QWidget, free: tuple[int, int], width: int) -> int:
        """Stand in a row where it has room, else below it.

        Args:
            row: the foot of the answer, in its place.
            free: from where to where nothing stands in it.
            width: of the answer; all in logical px.

        Returns:
            Where the lower of the two ends.
        """
        end = row.geometry().bottom() + 1
        if self._finding == NOTHING:
            return end
        left, right = free
        one_line = self.sizeHint().width()
        if one_line <= right - left:
            self.setGeometry(left, row.y(), one_line, row.height())
            self._place(one_line)
            return end
        height = self._place(width)
        self.setGeometry(BLEED, end, width, height)
        return end + height

    @override
    def sizeHint(self) -> QSize:
        width = 0
        if self._finding.reason is not None:
            words = self.label.fontMetrics().horizontalAdvance(self.label.text())
            width = self.icon.sizeHint().width() + Space.SMALL + words + Space.GAP
        if self.button is not None:
            width += self.button.sizeHint().width()
        return QSize(width, self._theme.scaled(HEIGHT))

    def _place(self, width: int) -> int:
        """Beside each other where there is room, else below; returns the height."""
        row = self._theme.scaled(HEIGHT)
        button, y, x = self.button, 0, 0
        has_words = self._finding.reason is not None
        if self._label is not None:
            self.icon.setVisible(has_words)
            self._label.setVisible(has_words)
        if has_words:
            edge = self.icon.sizeHint().width()
            self.icon.setGeometry(0, (row - edge) // 2, edge, edge)
            left = edge + Space.SMALL
            is_row = self.sizeHint().width() <= width
            ideal = self.label.fontMetrics().horizontalAdvance(self.label.text()) + 2
            room = ideal if is_row else width - left
            height = max(row, self.label.heightForWidth(room) + Space.GAP)
            self.label.setGeometry(left, 0, room, height)
            x, y = (left + ideal + Space.GAP - 2, 0) if is_row else (left - Space.ROOM, height)
        if button is None:
            return max(row, y)
        size = button.sizeHint()
        button.setGeometry(x, y + (row - size.height()) // 2, size.width(), size.height())
        return y + row

    def _make_button(self) -> None:
        words = self._words
        if self._finding.needs_web and self.button is None:
            text = words("Ask again with the web")
            if self._finding.reason is not None:
                made = self._button = TextButton(
                    self._theme,
                    text,
                    kind=ButtonKind.GHOST,
                    icon="globe",
                    compact=True,
                    parent=self,
                )
                made.setToolTip(
                    words("The web is on for this one question, and each call asks you first.")
                )
                made.clicked.connect(self._press)
            else:
                small = self._small_button = IconButton(
                    self._theme, "globe", text, size=HEIGHT, parent=self
                )
                small.clicked.connect(self._press)
        for one in (self._button, self._small_button):
            if one is not None:
                one.setVisible(one is self.button)


def _said(words: Words, reason: Reason) -> tuple[str, str]:
    """The line, and the sentence or two behind it."""
    if reason is Reason.NEWER:
        return (
            words("The model knows nothing after June 2024."),
            words("What you asked about may have changed since. The web would know."),
        )
    return (
        words("People, dates and numbers may be wrong."),
        words("A small model is often sure of things that are not so. Check what matters to you."),
    )

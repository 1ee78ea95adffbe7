"""The line below an answer: copy, how it ended, what it cost."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.chats.values import Message, MessageStatus
from app.words import Words
from ui.controls.button import IconButton
from ui.controls.label import ElidedLabel, Label
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

HEIGHT: Final = 32
MORE: Final = 22
_COPIED_MS: Final = 1500
_ICONS: Final = {
    MessageStatus.STOPPED: "ban",
    MessageStatus.INTERRUPTED: "circle-alert",
    MessageStatus.LIMIT: "circle-alert",
    MessageStatus.FAILED: "circle-x",
}


class AnswerFoot(QWidget):
    """Say how an answer ended and offer to copy it.

    Signals:
        copy_pressed: the user wants the answer as Markdown.
        copy_all_pressed: the same with the filtered thoughts before it.

    Args:
        theme: the look.
        words: the user's language.
        parent: the answer.
    """

    copy_pressed = Signal()
    copy_all_pressed = Signal()

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self.copy_button = IconButton(theme, "copy", words("Copy answer"), size=HEIGHT, parent=self)
        self.more_button = IconButton(
            theme, "chevron-down", words("Other ways to copy"), size=MORE, parent=self
        )
        self._icon = IconSign(theme, "ban", "muted", Size.ICON_SMALL, self)
        self.mark = ElidedLabel(theme, size=TypeSize.CODE, role="muted", parent=self)
        self.cost = Label(theme, size=TypeSize.SMALL, role="muted", parent=self)
        self._free = (0, 0)
        self._copied = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._copied.timeout.connect(self._show_copy)
        self.copy_button.clicked.connect(self._on_copy)
        self.more_button.clicked.connect(self._open_menu)

    def show_message(self, message: Message) -> None:
        """Describe a finished answer."""
        words, usage = self._words, message.usage
        is_refused = message.check is not None and message.check.is_of_question
        self.mark.setText("" if is_refused else _mark(words, message.status))
        if message.format_name and message.status is not MessageStatus.COMPLETE:
            self.mark.setText(words("{mark}: the JSON is not complete", mark=self.mark.text()))
        elif message.status is MessageStatus.LIMIT:
            self.mark.setText(words("The context is full. Write “Go on” for the rest"))
        self._icon.set_look(_ICONS.get(message.status, "ban"), "muted")
        parts: list[str] = []
        if usage.reply_tokens:
            parts.append(words("{count} tokens", count=f"{usage.reply_tokens:,}"))
        if usage.tokens_per_second:
            speed = f"{usage.tokens_per_second:.0f}"
            parts.append(words("{speed} tokens/s", speed=speed))
        self.cost.setText("  ·  ".join(parts))
        self.copy_button.setVisible(bool(message.text or message.preamble))
        self.more_button.setVisible(bool(message.thoughts) and not self.copy_button.isHidden())

    @property
    def free(self) -> tuple[int, int]:
        """From where to where nothing stands in it, in logical px; after `fit`."""
        return self._free

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        height = self._theme.scaled(HEIGHT)
        x = 0
        if not self.copy_button.isHidden():
            self.copy_button.setGeometry(-7, 0, height, height)
            x = height - 7
        if not self.more_button.isHidden():
            edge = self._theme.scaled(MORE)
            self.more_button.setGeometry(x, (height - edge) // 2, edge, edge)
            x += edge
        x += Space.GAP if x else 0
        cost = self.cost.sizeHint()
        right = width - cost.width()
        has_mark = bool(self.mark.text())
        self._icon.setVisible(has_mark)
        self.mark.setVisible(has_mark)
        if has_mark:
            icon = self._icon.sizeHint().width()
            self._icon.setGeometry(x, (height - icon) // 2, icon, icon)
            x += icon + Space.GAP
            needed = self.mark.fontMetrics().horizontalAdvance(self.mark.text()) + Space.GAP
            # How it ended matters more than what it cost.
            room = (right - Space.GAP if x + needed <= right else width) - x
            self.mark.setGeometry(x, 0, max(1, room), height)
            x += needed
        self.cost.setVisible(right >= x)
        self._free = (x, right - Space.PAD if right >= x else width)
        self.cost.setGeometry(right, 0, cost.width(), height)
        return height

    def add_to(self, menu: QMenu) -> None:
        """Put the ways to copy into a menu."""
        words = self._words
        menu.addAction(words("Copy answer"), self._on_copy)
        if not self.more_button.isHidden():
            menu.addAction(words("Copy answer with filtered thoughts"), self._on_copy_all)

    def extend(self, menu: QMenu) -> None:
        """Put them below what a menu has, once the answer is there."""
        if not self.isHidden():
            menu.addSeparator()
            self.add_to(menu)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        self.add_to(menu)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more_button.mapToGlobal(QPoint(0, self.more_button.height())))
        menu.setActiveAction(menu.actions()[0])

    def _on_copy_all(self) -> None:
        self.copy_all_pressed.emit()
        self._show_copied()

    def _on_copy(self) -> None:
        self.copy_pressed.emit()
        self._show_copied()

    def _show_copied(self) -> None:
        self.copy_button.set_look("check", self._words("Copied"))
        self._copied.start()

    def _show_copy(self) -> None:
        self.copy_button.set_look("copy", self._words("Copy answer"))


def _mark(words: Words, status: MessageStatus) -> str:
    match status:
        case MessageStatus.STOPPED:
            return words("Stopped")
        case MessageStatus.INTERRUPTED:
            return words("Interrupted while Sotto answered")
        case MessageStatus.LIMIT:
            return words("The context is full")
        case MessageStatus.FAILED:
            return words("Not finished")
        case _:
            return ""

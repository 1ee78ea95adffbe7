"""The line below an answer: what can be done with it, how it ended, what it cost."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.chats.values import Message, MessageStatus
from app.words import Words
from ui.chat.action_row import HEIGHT, ActionRow, CopiedSign
from ui.chat.again_menu import AgainMenu
from ui.chat.message_desk import MessageDesk
from ui.chat.message_widget import BLEED
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import ElidedLabel, Label
from ui.controls.signs import IconSign
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

MORE: Final = 22
_ICONS: Final = {
    MessageStatus.STOPPED: "ban",
    MessageStatus.INTERRUPTED: "circle-alert",
    MessageStatus.LIMIT: "circle-alert",
    MessageStatus.FAILED: "circle-x",
}


class AnswerFoot(QWidget):
    """Say how an answer ended and offer what can be done with it.

    Signals:
        copy_pressed: the user wants the answer as Markdown.
        copy_plain_pressed: the user wants it as plain text.
        copy_all_pressed: the user wants Markdown with the filtered thoughts before it.
        select_pressed: the user wants the caret in the answer's text.

    Args:
        theme: the look.
        words: the user's language.
        desk: hears all other wishes.
        message: the answer as far as it is.
        parent: the answer.
    """

    copy_pressed = Signal()
    copy_plain_pressed = Signal()
    copy_all_pressed = Signal()
    select_pressed = Signal()

    def __init__(
        self, theme: Theme, words: Words, desk: MessageDesk, message: Message, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme, self._words, self._desk = theme, words, desk
        self._message = message
        self.row = ActionRow(theme, words, desk, message.id, self)
        self.copy_button = self.row.add("copy", words("Copy answer"), self._on_copy)
        self.more_button = self.row.add(
            "chevron-down", words("Other ways to copy"), self._open_copies, MORE
        )
        self.again_button = self.row.add("refresh-cw", words("Answer again"), self._open_again)
        self.menu_button = self.row.add("ellipsis", words("More for this answer"), self._open_menu)
        self._icon = IconSign(theme, "ban", "muted", Size.ICON_SMALL, self)
        self.mark = ElidedLabel(theme, size=TypeSize.CODE, role="muted", parent=self)
        self.go_on_button = TextButton(
            theme, words("Continue"), kind=ButtonKind.GHOST, icon="play", compact=True, parent=self
        )
        self.go_on_button.setToolTip(words("The answer goes on from its last word"))
        self.cost = Label(theme, size=TypeSize.SMALL, role="muted", parent=self)
        self._free = (0, 0)
        self._copied = CopiedSign(self.copy_button, words, words("Copy answer"))
        self.go_on_button.raise_()  # it stands where the row of buttons leaves room for it
        self.go_on_button.clicked.connect(lambda: desk.go_on_wanted.emit(message.id))
        desk.changed.connect(self._show_go_on)

    def show_message(self, message: Message) -> None:
        """Describe a finished answer."""
        words, usage = self._words, message.usage
        self._message = message
        is_refused = message.check is not None and message.check.is_of_question
        self.mark.setText("" if is_refused else _mark(words, message.status))
        if message.format_name and message.status is not MessageStatus.COMPLETE:
            self.mark.setText(words("{mark}: the JSON is not complete", mark=self.mark.text()))
        self._icon.set_look(_ICONS.get(message.status, "ban"), "muted")
        parts: list[str] = []
        if usage.reply_tokens:
            parts.append(words("{count} tokens", count=f"{usage.reply_tokens:,}"))
        if usage.tokens_per_second:
            speed = f"{usage.tokens_per_second:.0f}"
            parts.append(words("{speed} tokens/s", speed=speed))
        self.cost.setText("  ·  ".join(parts))
        has_text = bool(message.text or message.preamble)
        self.copy_button.setVisible(has_text)
        self.more_button.setVisible(has_text)
        for button in (self.again_button, self.menu_button):
            button.setVisible(self._desk.can_change)
        self._show_go_on()

    @property
    def can_go_on(self) -> bool:
        """Whether the answer ended before its end and nothing follows it."""
        message = self._message
        is_cut = message.status.can_go_on and not message.is_withheld
        return is_cut and self._desk.newest == message.id

    @property
    def free(self) -> tuple[int, int]:
        """From where to where nothing stands in it, in logical px; after `fit`."""
        return self._free

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        height = self._theme.scaled(HEIGHT)
        ended = self._ended_width()
        row = self.row.fit(height, ended + 7 if ended else 0)  # the row begins 7 px further left
        is_high = bool(ended) and row - 7 > width
        if is_high:  # how it ended has a line of its own above the buttons
            row = self.row.fit(height)
        top = height if is_high else 0
        self.row.setGeometry(BLEED - 7, top, row, height)
        self._icon.setVisible(bool(ended))
        self.mark.setVisible(bool(ended))
        if ended:
            before = 0 if is_high else self.row.inset_at
            self._place_ended(BLEED + before, BLEED + width, height)
        cost = self.cost.sizeHint().width()
        x, right = BLEED + row - 7 + Space.GAP, BLEED + width - cost
        self.cost.setVisible(right >= x)
        self.cost.setGeometry(right, top, cost, height)
        self._free = (x, right - Space.PAD if right >= x else BLEED + width)
        if is_high:
            self._free = (0, 0)
        return top + height

    def add_copies(self, menu: QMenu) -> None:
        """Put the ways to copy into a menu."""
        words = self._words
        menu.addAction(words("Copy as Markdown"), self._on_copy)
        menu.addAction(words("Copy as plain text"), self._on_copy_plain)
        if self._message.thoughts:
            menu.addAction(words("Copy answer with filtered thoughts"), self._on_copy_all)

    def extend(self, menu: QMenu) -> None:
        """Put all that can be done below what a menu has, once the answer is there."""
        if not self.isHidden():
            menu.addSeparator()
            self._add_all(menu)

    def _add_all(self, menu: QMenu) -> None:
        words, desk, message = self._words, self._desk, self._message
        if not self.copy_button.isHidden():
            self.add_copies(menu)
            menu.addAction(words("Select text"), self.select_pressed.emit)
        if not desk.can_change:
            return
        menu.addSeparator()
        if self.can_go_on:
            menu.addAction(words("Continue"), lambda: desk.go_on_wanted.emit(message.id))
        menu.addMenu(AgainMenu(words, desk, message, menu))
        compare = menu.addAction(
            words("Compare versions"), lambda: desk.compare_wanted.emit(message.id)
        )
        compare.setEnabled(message.id in desk.places)
        menu.addAction(words("Fork to a new chat"), lambda: desk.fork_wanted.emit(message.id))
        menu.addSeparator()
        menu.addAction(
            words("Delete this and what follows"), lambda: desk.delete_wanted.emit(message.id)
        )

    def _open_copies(self) -> None:
        menu = QMenu(self)
        self.add_copies(menu)
        self.row.open_menu(menu, self.more_button)

    def _open_again(self) -> None:
        menu = AgainMenu(self._words, self._desk, self._message, self)
        self.row.open_menu(menu, self.again_button)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        self._add_all(menu)
        self.row.open_menu(menu, self.menu_button)

    def _on_copy_all(self) -> None:
        self.copy_all_pressed.emit()
        self._copied.show()

    def _on_copy_plain(self) -> None:
        self.copy_plain_pressed.emit()
        self._copied.show()

    def _on_copy(self) -> None:
        self.copy_pressed.emit()
        self._copied.show()

    def _show_go_on(self) -> None:
        self.go_on_button.setVisible(self.can_go_on)

    def _ended_width(self) -> int:
        """What the words about the end need, with the button beside them; 0 for none."""
        if not self.mark.text():
            return 0
        words = self.mark.fontMetrics().horizontalAdvance(self.mark.text())
        button = 0 if self.go_on_button.isHidden() else self.go_on_button.sizeHint().width()
        return self._icon.sizeHint().width() + Space.GAP + words + Space.GAP + button

    def _place_ended(self, x: int, room: int, height: int) -> None:
        icon = self._icon.sizeHint().width()
        self._icon.setGeometry(x, (height - icon) // 2, icon, icon)
        button = self.go_on_button.sizeHint()
        used = 0 if self.go_on_button.isHidden() else button.width()
        needed = self.mark.fontMetrics().horizontalAdvance(self.mark.text()) + Space.GAP
        words = max(1, min(needed, room - x - icon - Space.GAP - used))
        self.mark.setGeometry(x + icon + Space.GAP, 0, words, height)
        self.go_on_button.setGeometry(
            x + icon + Space.GAP + words,
            (height - button.height()) // 2,
            button.width(),
            button.height(),
        )


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

"""The quiet row of a message's own actions; its place is kept, so that nothing ever jumps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu, QWidget

from app.chats.ids import MessageId
from app.words import Words
from ui.chat.branch_switcher import BranchSwitcher
from ui.chat.message_desk import MessageDesk
from ui.controls.button import IconButton
from ui.theme.theme import Theme

HEIGHT: Final = 32
_COPIED_MS: Final = 1500
_GAP: Final = 2


class ActionRow(QWidget):
    """Small buttons beside each other, and the switcher of versions.

    The buttons are always there for keyboards and screen readers; they are painted while the
    row is awake: under the pointer, with the focus, or below the newest message.

    Args:
        theme: the look.
        words: the user's language.
        desk: knows the versions and hears of wishes.
        message_id: whose actions these are.
        parent: the message, or its foot.
        is_last: the switcher stands after the buttons, at the right.

    Attributes:
        inset_at: where what is left free begins, in logical px; after `fit`.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        desk: MessageDesk,
        message_id: MessageId,
        parent: QWidget,
        *,
        is_last: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme, self._words = theme, words
        self._is_last = is_last
        self.inset_at = 0
        self._is_held = False
        self._is_awake = False
        self.buttons: list[IconButton] = []
        self.switcher = BranchSwitcher(theme, words, desk, message_id, self)

    def add(
        self, icon: str, name: str, act: Callable[[], object], size: int = HEIGHT
    ) -> IconButton:
        """Put one more button at the end."""
        button = IconButton(self._theme, icon, name, size=size, parent=self)
        button.is_quiet = not self._is_awake
        button.clicked.connect(act)
        self.buttons.append(button)
        return button

    def wake(self, *, is_awake: bool) -> None:
        """Paint the buttons, or leave the row quiet; while a menu is open it stays awake."""
        self._is_awake = is_awake
        for button in self.buttons:
            button.is_quiet = not (is_awake or self._is_held)
            button.update()

    def open_menu(self, menu: QMenu, button: IconButton) -> None:
        """Show a menu below one of the buttons, its first entry chosen."""
        self._is_held = True
        menu.aboutToHide.connect(self._release)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))
        first = next((one for one in menu.actions() if one.isEnabled()), None)
        if first is not None and not first.isSeparator():
            menu.setActiveAction(first)

    def fit(self, height: int, inset: int = 0) -> int:
        """Place everything in a row; returns the width this takes.  All in logical px.

        Args:
            height: of the row.
            inset: so much is left free between the switcher and the buttons.
        """
        x = 0
        has_versions = not self.switcher.isHidden()
        hint = self.switcher.sizeHint()
        if has_versions and not self._is_last:
            x = self._put_switcher(0, hint.width(), height) + _GAP
        self.inset_at = x
        x += inset
        for button in self.buttons:
            if not button.isHidden():
                size = button.sizeHint()
                button.setGeometry(x, (height - size.height()) // 2, size.width(), size.height())
                x += size.width()
        if has_versions and self._is_last:
            x = self._put_switcher(x, hint.width(), height)
        return x

    def _put_switcher(self, x: int, width: int, height: int) -> int:
        self.switcher.setGeometry(x, 0, width, height)
        self.switcher.fit()
        return x + width

    def _release(self) -> None:
        self._is_held = False
        self.wake(is_awake=self._is_awake)


class CopiedSign:
    """A copy button that says for a moment that it was pressed.

    Args:
        button: shows a sheet, then a tick.
        words: the user's language.
        name: what the button does, in the user's language.
    """

    def __init__(self, button: IconButton, words: Words, name: str) -> None:
        self._button, self._words, self._name = button, words, name
        self.timer = QTimer(button, singleShot=True, interval=_COPIED_MS)
        self.timer.setTimerType(Qt.TimerType.CoarseTimer)
        self.timer.timeout.connect(self._end)

    def show(self) -> None:
        """Say it."""
        self._button.set_look("check", self._words("Copied"))
        self.timer.start()

    def _end(self) -> None:
        self._button.set_look("copy", self._name)

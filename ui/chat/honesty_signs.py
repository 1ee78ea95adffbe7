"""What all answers of a chat ask before they show a sign, and whom they tell of a press."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.attachments.values import Files
from app.chats.changes import ChatChange, ToolsSwitched
from app.honesty.chat_signs import ChatSigns
from app.honesty.signs import NOTHING, Finding
from app.tools.toolbox import BROWSER
from engine.harmony.messages import Effort
from ui.chat.rows import Rows


class HonestySigns(QObject):
    """Signs by the place of an answer.

    Signals:
        changed: other signs may be due, since a switch or a setting is another one.

    Args:
        rows: the messages that are shown.

    Attributes:
        ask_web: called with question, effort and files when the user wants it asked again.
    """

    changed = Signal()

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self._rows = rows
        self._signs = self._of_chat()
        self._is_on = True
        self._is_web_on = False
        self.ask_web: Callable[[str, Effort, Files], object] = lambda *_: None

    def start_over(self) -> None:
        """Another chat is shown."""
        self._signs = self._of_chat()

    def set_on(self, is_on: bool) -> None:
        """Whether there are signs at all."""
        if is_on != self._is_on:
            self._is_on = is_on
            self.changed.emit()

    def apply(self, change: ChatChange) -> None:
        """Take a change: where the chat has the web anyway, nothing has to be asked again."""
        is_on = isinstance(change, ToolsSwitched) and BROWSER in change.switched_on
        if isinstance(change, ToolsSwitched) and is_on != self._is_web_on:
            self._is_web_on = is_on
            self.changed.emit()

    def finding(self, index: int) -> Finding:
        """What is to be said below an answer now."""
        if not self._is_on:
            return NOTHING
        found = self._signs.finding(index)
        return Finding(found.reason) if self._is_web_on else found

    def press(self, index: int) -> None:
        """The user wants the question of this answer asked again, with the web."""
        question, files = self._signs.question(index), self._signs.files(index)
        self.ask_web(question, self._rows[index].message.effort, files)

    def _of_chat(self) -> ChatSigns:
        return ChatSigns(lambda index: self._rows[index].message)

"""What is typed in each chat and not sent yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.chats.ids import ChatId
from ui.chat.composer import Composer

_WAIT_MS: Final = 1000
"""How long after a key stroke what is typed is kept, also where others follow without a pause."""


class Drafts(QObject):
    """Swap the composer's text with the chats, and have it kept.

    Signals:
        changed: (chat: ChatId | None, text: str) a moment after the text changed.
        moved: (chat: ChatId | None, is_same: bool) as `open` was told.
    """

    changed = Signal(object, str)
    moved = Signal(object, bool)

    def __init__(self, composer: Composer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._composer = composer
        self._chat_id: ChatId | None = None
        self._texts: dict[ChatId | None, str] = {}
        self._wait = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._wait.timeout.connect(lambda: self.changed.emit(self._chat_id, composer.text))
        composer.edited.connect(self._on_edited)

    def _on_edited(self) -> None:
        if not self._wait.isActive():  # begun anew by each key, it would never run out
            self._wait.start()

    def open(self, chat_id: ChatId | None, *, is_same: bool = False) -> None:
        """Show the text of another chat; `is_same` says that the shown chat only got its id."""
        if not is_same:
            self.tell()
            self._texts[self._chat_id] = self._composer.text
            self._composer.set_text(self._texts.pop(chat_id, ""))
        self._chat_id = chat_id
        self.moved.emit(chat_id, is_same)

    def put_back(self, texts: Mapping[ChatId | None, str]) -> None:
        """Show what was not sent when Sotto last ended; what has been typed since goes first."""
        self._texts = {**texts, **self._texts}
        if not self._composer.text:
            self._composer.set_text(self._texts.pop(self._chat_id, ""))

    def tell(self) -> None:
        """Have what is typed kept now, if it changed."""
        if self._wait.isActive():
            self._wait.stop()
            self.changed.emit(self._chat_id, self._composer.text)

"""What becomes of a paste: files and long texts are attached, all else goes into the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

from app.words import Words
from ui.chat.attachments.clipboard import files_in, is_long, is_picture

if TYPE_CHECKING:
    from ui.chat.attachments.door import AttachDoor
    from ui.chat.panel import ChatPanel


class PasteTaker:
    """Looks at what is pasted into the composer.

    Args:
        door: attaches it.
        panel: where the composer is.
        words: the user's language.
    """

    def __init__(self, door: AttachDoor, panel: ChatPanel, words: Words) -> None:
        self._door = door
        self._panel = panel
        self._words = words

    def take(self, mime: QMimeData) -> bool:
        """Take what is pasted, unless it belongs into the field; says whether it was taken."""
        if self._door.desk is None:
            return False
        if paths := files_in(mime):
            self._door.attach(paths)
            return True
        if is_picture(mime):
            self._door.complain(
                self._words("The model reads only text, so pictures cannot be attached.")
            )
            return True
        text = mime.text() if mime.hasText() else ""
        if not is_long(text):
            return False
        self._attach_text(text)
        return True

    def _attach_text(self, text: str) -> None:
        key = self._door.attach_text(text)
        self._panel.composer.files.say(
            self._words("A long text was attached as a file."),
            action=self._words("Put it into the message"),
            act=lambda: self._put_into_message(key, text),
        )

    def _put_into_message(self, key: int, text: str) -> None:
        self._door.forget(key)
        self._panel.composer.edit.insertPlainText(text)
        self._panel.focus_composer()

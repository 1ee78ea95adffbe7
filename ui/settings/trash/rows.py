"""Rows of the trash: what was deleted, how long it is kept, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QDateTime, QLocale

from app.chats.changes import DeletedMessages
from app.chats.trash_values import KEEP_DELETED_MS, TrashedChat
from app.chats.values import MessageRole
from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.setting_row import SettingRow
from ui.settings.desk import SettingsDesk

_DAY_MS: Final = 24 * 60 * 60 * 1000


class TrashRow(SettingRow):
    """One thing that was deleted.

    Args:
        desk: what the page works with.
        title: what it was.
        told: when it was deleted, and how long it is kept.
        restore: brings it back.
        purge: asks whether to destroy it.
    """

    def __init__(
        self,
        desk: SettingsDesk,
        title: str,
        told: str,
        restore: Callable[[], object],
        purge: Callable[[], object],
    ) -> None:
        words, theme = desk.words, desk.theme
        self.restore = TextButton(theme, words("Restore"), icon="undo-2", compact=True)
        danger = ButtonKind.DANGER
        self.purge = TextButton(theme, words("Delete for good…"), kind=danger, compact=True)
        super().__init__(theme, title, told, self.restore, self.purge)
        self.restore.setAccessibleName(words("Restore: {title}", title=title))
        self.purge.setAccessibleName(words("Delete for good: {title}", title=title))
        self.restore.clicked.connect(restore)
        self.purge.clicked.connect(purge)


def chat_told(words: Words, trashed: TrashedChat, now_ms: int) -> str:
    """When a chat was deleted, and how long it is kept."""
    return _when(words, trashed.deleted_ms, now_ms)


def part_title(words: Words, part: DeletedMessages) -> str:
    """Whose message it was, and how it begins."""
    if not part.text.strip():
        return words("An answer without words")
    if part.role is MessageRole.USER:
        return words("You: {said}", said=part.text)
    return words("Answer: {said}", said=part.text)


def part_told(words: Words, part: DeletedMessages, now_ms: int) -> str:
    """Where it was, how many messages they are, and how long they are kept."""
    count, title = part.messages, part.chat.title
    one = words("1 message of “{title}”", title=title)
    where = one if count == 1 else words("{count} messages of “{title}”", count=count, title=title)
    return f"{where}  ·  {_when(words, part.deleted_ms, now_ms)}"


def _when(words: Words, deleted_ms: int, now_ms: int) -> str:
    moment = QDateTime.fromMSecsSinceEpoch(deleted_ms).date()
    day = QLocale(words.language).toString(moment, QLocale.FormatType.ShortFormat)
    left = max(0, deleted_ms + KEEP_DELETED_MS - now_ms)
    days = -(-left // _DAY_MS)  # a day that has begun is a day left
    if days <= 1:
        return words("Deleted {day}, less than a day left", day=day)
    return words("Deleted {day}, {days} days left", day=day, days=days)

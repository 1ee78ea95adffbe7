"""The rows of the sidebar: chats under headings that say how long ago they were used."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from typing_extensions import override

from app.chats.changes import ChatMark
from app.chats.ids import ChatId
from app.chats.values import Chat
from app.words import Words
from ui.sidebar.chat_marks import mark_text

Index = QModelIndex | QPersistentModelIndex


class ChatRole(IntEnum):
    """What the delegate asks for beyond Qt's own roles."""

    CHAT = Qt.ItemDataRole.UserRole + 1
    IS_OPEN = Qt.ItemDataRole.UserRole + 2
    MARK = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True, slots=True)
class _Row:
    """A heading (`chat` is None) or a chat."""

    text: str
    chat: Chat | None = None


_CHAT_FLAGS: Final = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsEditable
    | Qt.ItemFlag.ItemNeverHasChildren
)


class ChatListModel(QAbstractListModel):
    """Chats, newest first, grouped by the day of their last message.

    Holds the last snapshot it was given and decides nothing.  Headings are disabled rows,
    so the keyboard steps over them.

    Args:
        words: the user's language.
        clock_ms: Unix time in milliseconds, UTC.
        parent: the owner.
    """

    def __init__(
        self, words: Words, clock_ms: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._clock_ms = clock_ms
        self._chats: tuple[Chat, ...] = ()
        self._open: ChatId | None = None
        self._marks: Mapping[ChatId, ChatMark] = {}
        self._filter = ""
        self._rows: tuple[_Row, ...] = ()

    @property
    def has_chats(self) -> bool:
        """Whether there is any chat, shown or filtered away."""
        return bool(self._chats)

    @property
    def has_matches(self) -> bool:
        """Whether any chat is shown."""
        return bool(self._rows)

    def set_chats(self, chats: tuple[Chat, ...], open_chat: ChatId | None) -> None:
        """Show another snapshot."""
        self._chats = chats
        self._open = open_chat
        self.refresh()

    def set_marks(self, marks: Mapping[ChatId, ChatMark]) -> None:
        """Show what is said of the chats besides their titles."""
        self._marks = marks
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def set_filter(self, text: str) -> None:
        """Show only chats whose title holds `text`; case and composition do not count."""
        self._filter = _folded(text.strip())
        self.refresh()

    def refresh(self) -> None:
        """Group anew; also needed when a day has passed."""
        rows = self._grouped()
        if [_key(row) for row in rows] == [_key(row) for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def index_of(self, chat_id: ChatId | None) -> QModelIndex:
        """Where a chat is; an invalid index if it is not shown."""
        for number, row in enumerate(self._rows):
            if row.chat is not None and row.chat.id == chat_id:
                return self.index(number)
        return QModelIndex()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._rows[index.row()].chat is None:
            return Qt.ItemFlag.ItemNeverHasChildren
        return _CHAT_FLAGS

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        is_open = row.chat is not None and row.chat.id == self._open
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._accessible_text(row, is_open=is_open)
        if role == ChatRole.CHAT:
            return row.chat
        if role == ChatRole.IS_OPEN:
            return is_open
        if role == ChatRole.MARK:
            return self._mark(row)
        return None

    def _mark(self, row: _Row) -> ChatMark | None:
        return self._marks.get(row.chat.id) if row.chat is not None else None

    def _accessible_text(self, row: _Row, *, is_open: bool) -> str:
        text = self._words("{title}, open", title=row.text) if is_open else row.text
        mark = self._mark(row)
        return f"{text}, {mark_text(self._words, mark)}" if mark is not None else text

    def _grouped(self) -> tuple[_Row, ...]:
        today = _day(self._clock_ms())
        rows: list[_Row] = []
        heading = ""
        for chat in sorted(self._chats, key=lambda one: not one.is_private):
            if self._filter not in _folded(chat.title):
                continue
            days = (today - _day(chat.updated_ms)).days
            group = self._words("Private") if chat.is_private else self._group(days)
            if group != heading:
                heading = group
                rows.append(_Row(group))
            rows.append(_Row(chat.title, chat))
        return tuple(rows)

    def _group(self, days_ago: int) -> str:
        if days_ago <= 0:
            return self._words("Today")
        if days_ago == 1:
            return self._words("Yesterday")
        return self._words("Last 7 days") if days_ago <= 7 else self._words("Older")


def mark_at(index: Index) -> ChatMark | None:
    """The mark of a row; Qt hands its word out as a bare string."""
    word = index.data(ChatRole.MARK) if index.isValid() else None
    return ChatMark(word) if word else None


def _key(row: _Row) -> tuple[str, int]:
    return ("", row.chat.id) if row.chat is not None else (row.text, 0)


def _day(unix_ms: int) -> date:
    """The local day of a moment."""
    return datetime.fromtimestamp(unix_ms / 1000).date()


def _folded(text: str) -> str:
    """Hangul may come decomposed (macOS file names, some input methods): compare as NFC."""
    return unicodedata.normalize("NFC", text).casefold()

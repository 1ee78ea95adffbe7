"""The sidebar's list as Qt reads it: what stands in each row, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QDate,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from typing_extensions import override

from app.chats.changes import ChatMark, ChatsChanged
from app.chats.ids import ChatId
from app.chats.values import Chat, Folder
from app.words import Words
from ui.sidebar.chat_marks import mark_text
from ui.sidebar.shelf_rows import DayGroups, ShelfRow, shelf_rows
from ui.sidebar.tag_words import folded, split_tags

Index = QModelIndex | QPersistentModelIndex
RowKey = ChatId | tuple[str, int]


class ChatRole(IntEnum):
    """What is asked for beyond Qt's own roles."""

    CHAT = Qt.ItemDataRole.UserRole + 1
    IS_OPEN = Qt.ItemDataRole.UserRole + 2
    MARK = Qt.ItemDataRole.UserRole + 3


_ROW: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_FOLDER_FLAGS: Final = _ROW | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled
_CHAT_FLAGS: Final = _FOLDER_FLAGS | Qt.ItemFlag.ItemIsSelectable
_URGENCY: Final = (ChatMark.ASKING, ChatMark.UNREAD, ChatMark.ANSWERING)


class ChatListModel(QAbstractListModel):
    """Pinned chats, folders, and the rest by the day of their last message, newest first.

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
        self.words = words
        self._clock_ms = clock_ms
        self._locale = QLocale(words.language)
        self._chats: tuple[Chat, ...] = ()
        self._folders: tuple[Folder, ...] = ()
        self._open: ChatId | None = None
        self._marks: Mapping[ChatId, ChatMark] = {}
        self._filter = ""
        self._typed_tags: tuple[str, ...] = ()
        self._chosen_tags: tuple[str, ...] = ()
        self._rows: tuple[ShelfRow, ...] = ()
        self._keys: list[RowKey] = []
        self._places: dict[RowKey, int] | None = None

    @property
    def has_chats(self) -> bool:
        """Whether there is any chat, shown or filtered away."""
        return bool(self._chats)

    @property
    def has_matches(self) -> bool:
        """Whether any chat or folder is shown."""
        return bool(self._rows)

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All folders, in their order."""
        return self._folders

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags, the one on most chats first."""
        counts: dict[str, int] = {}
        for chat in self._chats:
            for tag in chat.tags:
                counts[tag] = counts.get(tag, 0) + 1
        return tuple(sorted(counts, key=lambda tag: (-counts[tag], folded(tag))))

    @property
    def has_pins(self) -> bool:
        """Whether any chat is pinned where that can be seen."""
        return any(chat.is_pinned and not chat.is_private for chat in self._chats)

    @property
    def is_filtered(self) -> bool:
        """Whether only chats that match something are shown."""
        return bool(self._filter or self._typed_tags or self._chosen_tags)

    def row(self, index: Index) -> ShelfRow | None:
        """What stands in a row; None for an invalid index."""
        return self._rows[index.row()] if index.isValid() else None

    def row_at(self, number: int) -> ShelfRow | None:
        """The same by its number from the top."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def folder_around(self, chat_id: ChatId) -> Folder | None:
        """The folder that a chat is in."""
        ids = {chat.folder_id for chat in self.chats((chat_id,))}
        return next((folder for folder in self._folders if folder.id in ids), None)

    def chats(self, chosen: Collection[ChatId]) -> tuple[Chat, ...]:
        """The chats of some ids, in the order of the list."""
        wanted = set(chosen)
        return tuple(chat for chat in self._chats if chat.id in wanted)

    def chats_tagged(self, tags: Collection[str]) -> frozenset[ChatId]:
        """The chats that have all of these tags, which are folded."""
        return frozenset(chat.id for chat in self._chats if _has_tags(chat, tags))

    def set_chats(self, change: ChatsChanged) -> None:
        """Show another snapshot."""
        self._chats, self._open, self._folders = change.chats, change.current, change.folders
        self.refresh()

    def set_marks(self, marks: Mapping[ChatId, ChatMark]) -> None:
        """Show what is said of the chats besides their titles."""
        self._marks = marks
        self._tell_all()

    def set_filter(self, text: str) -> None:
        """Show only chats whose title holds `text`; case and composition do not count.

        `tag:work` in it asks for a tag.
        """
        rest, self._typed_tags = split_tags(text)
        self._filter = folded(rest)
        self.refresh()

    def set_tags(self, tags: Collection[str]) -> None:
        """Show only chats that have all of these tags."""
        self._chosen_tags = tuple(map(folded, tags))
        self.refresh()

    def refresh(self) -> None:
        """Group anew; also needed when a day has passed."""
        shown = filter(self._matches, self._chats) if self.is_filtered else self._chats
        days = DayGroups(
            self._clock_ms(),
            self.words,
            lambda day: self._locale.toString(
                QDate(day.year, day.month, 1), self.words("MMMM yyyy")
            ),
        )
        rows = shelf_rows(shown, self._folders, days, self.words, is_filtered=self.is_filtered)
        # Of chats the number alone, and not by a call: there are ten thousand of them.
        keys = [row.chat.id if row.chat is not None else row.key for row in rows]
        if keys == self._keys:
            self._rows = rows
            self._tell_all()
            return
        self.beginResetModel()
        self._rows, self._keys, self._places = rows, keys, None
        self.endResetModel()

    def index_of(self, chat_id: ChatId | None) -> QModelIndex:
        """Where a chat is; an invalid index if it is not shown."""
        return self._place(chat_id)

    def index_of_row(self, row: ShelfRow) -> QModelIndex:
        """Where the same thing stands now; an invalid index if it is not shown."""
        return self._place(row.chat.id if row.chat is not None else row.key)

    def index_of_folder(self, folder: Folder) -> QModelIndex:
        """Where a folder's own row is; an invalid index if it is not shown."""
        return self._place(ShelfRow(folder.name, None, folder).key)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row(index)
        if row is None:
            return Qt.ItemFlag.NoItemFlags
        if row.chat is not None:
            return _CHAT_FLAGS
        return _FOLDER_FLAGS if row.is_folder else Qt.ItemFlag.ItemNeverHasChildren

    @override
    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index)
        if row is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._accessible_text(row)
        if role == ChatRole.CHAT:
            return row.chat
        if role == ChatRole.IS_OPEN:
            return self.is_open(row)
        if role == ChatRole.MARK:
            return self.mark(row)
        return None

    def is_open(self, row: ShelfRow) -> bool:
        """Whether a row is the chat that is shown, or the closed folder that hides it."""
        if self._open is None:
            return False
        if row.chat is not None:
            return row.chat.id == self._open
        return bool(self._hidden_in(row, (self._open,)))

    def mark(self, row: ShelfRow) -> ChatMark | None:
        """What is said of a chat, or of the chats that a closed folder hides."""
        if row.chat is not None:
            return self._marks.get(row.chat.id)
        found = {self._marks[chat_id] for chat_id in self._hidden_in(row, self._marks)}
        return next((mark for mark in _URGENCY if mark in found), None)

    def _hidden_in(self, row: ShelfRow, chosen: Collection[ChatId]) -> list[ChatId]:
        """Which of some chats a closed folder hides."""
        if not chosen or row.folder is None or not row.is_folder or row.is_open:
            return []
        chats = self.chats(chosen)
        return [one.id for one in chats if one.folder_id == row.folder.id and not one.is_pinned]

    def _place(self, key: RowKey | None) -> QModelIndex:
        if key is None:
            return QModelIndex()
        if self._places is None:
            self._places = {one: at for at, one in enumerate(self._keys)}
        at = self._places.get(key)
        return self.index(at) if at is not None else QModelIndex()

    def _tell_all(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _matches(self, chat: Chat) -> bool:
        if not _has_tags(chat, (*self._typed_tags, *self._chosen_tags)):
            return False
        return not self._filter or self._filter in folded(chat.title)

    def _accessible_text(self, row: ShelfRow) -> str:
        words = self.words
        said = [row.text]
        if row.is_folder:
            said = [words("Folder {name}", name=row.text), chat_count(words, row.chat_count)]
            said.append(words("expanded") if row.is_open else words("collapsed"))
        if row.chat is not None and row.chat.id == self._open:
            said = [words("{title}, open", title=row.text)]
        if row.chat is not None:
            said += self._accessible_state(row.chat)
        mark = self.mark(row)
        return ", ".join([*said, *([mark_text(words, mark)] if mark is not None else [])])

    def _accessible_state(self, chat: Chat) -> list[str]:
        words = self.words
        said = [words("pinned")] if chat.is_pinned else []
        said += [
            words("in folder {name}", name=folder.name)
            for folder in self._folders
            if folder.id == chat.folder_id
        ]
        if chat.tags:
            said.append(words("tagged {tags}", tags=", ".join(chat.tags)))
        return said


def _has_tags(chat: Chat, wanted: Collection[str]) -> bool:
    return not wanted or set(wanted) <= set(map(folded, chat.tags))


def chat_count(words: Words, count: int) -> str:
    """So many chats, in words."""
    return words("1 chat") if count == 1 else words("{count} chats", count=count)


def mark_at(index: Index) -> ChatMark | None:
    """The mark of a row; Qt hands its word out as a bare string."""
    word = index.data(ChatRole.MARK) if index.isValid() else None
    return ChatMark(word) if word else None

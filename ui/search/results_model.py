"""The rows of a search: chats by their titles, then messages below the chat they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QDate,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from typing_extensions import override

from app.chats.ids import ChatId, MessageId
from app.chats.values import MessageRole
from app.search.values import Marks, SearchHit, SearchResults
from app.words import Words

Index = QModelIndex | QPersistentModelIndex

_PICKED: Final = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
)


class RowKind(IntEnum):
    """What a row is; headings and names of chats only part the others."""

    HEADING = 0
    CHAT = 1
    NAME = 2
    MESSAGE = 3


class ResultRole(IntEnum):
    """What the delegate asks for: the whole `ResultRow`."""

    ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row.

    Attributes:
        text: a heading, a title or a snippet.
        marks: what to point out in `text`.
        note: who said it and when; "" for none.
        chat_id, message_id: where it leads; None for what leads nowhere.
    """

    kind: RowKind
    text: str
    marks: Marks = ()
    note: str = ""
    chat_id: ChatId | None = None
    message_id: MessageId | None = None

    @property
    def leads(self) -> bool:
        """Whether it can be opened."""
        return self.kind in (RowKind.CHAT, RowKind.MESSAGE)


class ResultsModel(QAbstractListModel):
    """Holds the last results it was given and decides nothing.

    Args:
        words: the user's language.
        parent: the owner.
    """

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.rows: tuple[ResultRow, ...] = ()

    def show_results(self, results: SearchResults) -> None:
        """Show what another search found."""
        rows = _rows(self._words, results)
        if rows == self.rows:
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self.rows[index.row()].leads:
            return _PICKED
        return Qt.ItemFlag.ItemNeverHasChildren

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.note}: {row.text}" if row.note else row.text
        return row if role == ResultRole.ROW else None


def _rows(words: Words, results: SearchResults) -> tuple[ResultRow, ...]:
    rows: list[ResultRow] = []
    if results.titles:
        rows.append(ResultRow(RowKind.HEADING, words("Chats")))
        rows.extend(
            ResultRow(RowKind.CHAT, title.title, title.marks, chat_id=title.chat_id)
            for title in results.titles
        )
    if results.hits:
        rows.append(ResultRow(RowKind.HEADING, words("Messages")))
    chat_id: ChatId | None = None
    for hit in results.hits:
        if hit.chat_id != chat_id:
            chat_id = hit.chat_id
            rows.append(ResultRow(RowKind.NAME, hit.chat_title))
        rows.append(_message(words, hit))
    return tuple(rows)


def _message(words: Words, hit: SearchHit) -> ResultRow:
    who = words("You") if hit.role is MessageRole.USER else words("Sotto")
    note = words("{who}, {date}", who=who, date=short_date(words.language, hit.created_ms))
    return ResultRow(RowKind.MESSAGE, hit.snippet, hit.marks, note, hit.chat_id, hit.message_id)


def short_date(language: str, unix_ms: int) -> str:
    """The local day of a moment, as short as it can be understood."""
    day = QDateTime.fromMSecsSinceEpoch(unix_ms).date()
    locale = QLocale(language)
    if day == QDate.currentDate():
        moment = QDateTime.fromMSecsSinceEpoch(unix_ms).time()
        return locale.toString(moment, QLocale.FormatType.ShortFormat)
    return locale.toString(day, QLocale.FormatType.ShortFormat)

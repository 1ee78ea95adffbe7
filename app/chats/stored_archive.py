"""Whole chats out of the database and into it, for files of them.  Storage thread only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from app.chats.database import Database
from app.chats.ids import ChatId

if TYPE_CHECKING:
    from app.archive.values import ArchivedChat
    from app.chats.archive_rows import ArchiveRows


class StoredArchive:
    """Each method is one transaction, as in `ChatStore`.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @cached_property
    def _rows(self) -> ArchiveRows:
        from app.chats.archive_rows import ArchiveRows  # noqa: PLC0415 - few starts need it

        return ArchiveRows(self._database)

    def read(self, chat_id: ChatId) -> ArchivedChat | None:
        """A chat that is not deleted, with its whole tree; what is withheld stays here."""
        with self._database.transaction():
            return self._rows.read(chat_id)

    def present(self, sources: Collection[str]) -> frozenset[str]:
        """Which of these chats are there already and not deleted."""
        return frozenset(one for one in sources if self._rows.find(one) is not None)

    def add(self, chats: Iterable[ArchivedChat]) -> tuple[ChatId | None, ...]:
        """Bring chats in, all or none; None for each that is there already."""
        with self._database.transaction():
            return tuple(
                self._rows.insert(one) if self._rows.find(one.source) is None else None
                for one in chats
            )

    def insert(self, chat: ArchivedChat) -> ChatId:
        """Add a chat, whether it is there already or not."""
        with self._database.transaction():
            return self._rows.insert(chat)

    def take_back(self, chat_ids: Iterable[ChatId], deleted_ms: int) -> None:
        """Put chats into the trash, all at once."""
        with self._database.transaction():
            for chat_id in chat_ids:
                self._database.rows(
                    "UPDATE chat SET deleted_ms = ? WHERE id = ? AND deleted_ms IS NULL",
                    (deleted_ms, chat_id),
                )

"""Folders, pins and tags in the database.  Storage thread only."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from app.chats.call_rows import storable
from app.chats.database import Database
from app.chats.ids import ChatId, FolderId
from app.chats.values import Folder


class StoredShelves:
    """Where chats stand in the sidebar; each method is one transaction, as in `ChatStore`.

    Chats and folders that are gone are left alone.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def folders(self) -> tuple[Folder, ...]:
        """The folders that are not deleted, in the user's order."""
        rows = self._database.rows(
            "SELECT id, name, is_open FROM folder WHERE deleted_ms IS NULL ORDER BY position, id"
        )
        return tuple(Folder(FolderId(row[0]), row[1], bool(row[2])) for row in rows)

    def add(self, name: str, chats: Collection[ChatId] = ()) -> Folder:
        """Make a folder behind the others, with these chats in it.

        Args:
            name: not empty.
            chats: taken out of the folders they are in.
        """
        with self._database.transaction():
            rows = self._database.rows(
                "INSERT INTO folder (name, position) VALUES"
                " (?, (SELECT coalesce(max(position), 0) + 1 FROM folder)) RETURNING id, name",
                (storable(name),),
            )
            folder = Folder(FolderId(rows[0][0]), rows[0][1])
            self._put(chats, folder.id)
        return folder

    def rename(self, folder_id: FolderId, name: str) -> None:
        """Give a folder another name, which is not empty."""
        self._change("UPDATE folder SET name = ?2 WHERE id = ?1", folder_id, storable(name))

    def delete(self, folder_id: FolderId, deleted_ms: int) -> None:
        """Take a folder away; its chats are in none until `restore`."""
        self._change("UPDATE folder SET deleted_ms = ?2 WHERE id = ?1", folder_id, deleted_ms)

    def restore(self, folder_id: FolderId) -> None:
        """Bring a deleted folder back, with the chats that were not moved since."""
        self._change("UPDATE folder SET deleted_ms = ?2 WHERE id = ?1", folder_id, None)

    def fold(self, folder_id: FolderId, *, is_open: bool) -> None:
        """Remember whether a folder's chats are listed."""
        self._change("UPDATE folder SET is_open = ?2 WHERE id = ?1", folder_id, int(is_open))

    def place(self, folder_id: FolderId, before: FolderId | None) -> None:
        """Put a folder before another one; None puts it behind all."""
        with self._database.transaction():
            order = [folder.id for folder in self.folders()]
            if folder_id not in order or folder_id == before:
                return
            order.remove(folder_id)
            order.insert(order.index(before) if before in order else len(order), folder_id)
            for position, one in enumerate(order, start=1):
                self._database.rows("UPDATE folder SET position = ? WHERE id = ?", (position, one))

    def purge(self, before_ms: int) -> None:
        """Forget the folders that were deleted before a time."""
        with self._database.transaction():
            self._database.rows("DELETE FROM folder WHERE deleted_ms < ?", (before_ms,))

    def move(
        self, chats: Collection[ChatId], folder_id: FolderId | None
    ) -> dict[ChatId, FolderId | None]:
        """Put chats into a folder, or into none; returns where those that moved were."""
        with self._database.transaction():
            return self._put(chats, folder_id)

    def move_back(self, was: Mapping[ChatId, FolderId | None]) -> None:
        """Undo a `move`."""
        with self._database.transaction():
            for chat_id, folder_id in was.items():
                self._put((chat_id,), folder_id)

    def pin(self, chats: Collection[ChatId], *, is_pinned: bool) -> None:
        """Put chats at the top of the list, or take them from there."""
        with self._database.transaction():
            self._database.rows(
                "UPDATE chat SET is_pinned = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
                (json.dumps(list(chats)), int(is_pinned)),
            )

    def tag(self, chats: Collection[ChatId], tag: str, *, is_on: bool) -> None:
        """Put a tag on chats, or take it off; tags that differ in case alone are one.

        Args:
            chats: which.
            tag: not empty.
            is_on: put it on.
        """
        tag = storable(tag)
        with self._database.transaction():
            rows = self._database.rows(
                "SELECT id, tags FROM chat WHERE id IN (SELECT value FROM json_each(?1))",
                (json.dumps(list(chats)),),
            )
            for chat_id, stored in rows:
                tags = [one for one in json.loads(stored) if one.casefold() != tag.casefold()]
                self._database.rows(
                    "UPDATE chat SET tags = ? WHERE id = ?",
                    (_stored([*tags, tag] if is_on else tags), chat_id),
                )

    def entitle(self, chat_id: ChatId, title: str) -> bool:
        """Give a chat the title that the model made; returns whether it has it now.

        A title that is anything but the first words is left alone, whoever was faster.
        """
        with self._database.transaction():
            return bool(
                self._database.rows(
                    "UPDATE chat SET title = ?2, title_by = 'model'"
                    " WHERE id = ?1 AND title_by = 'words' AND ?2 <> '' RETURNING id",
                    (chat_id, storable(title)),
                )
            )

    def _put(
        self, chats: Collection[ChatId], folder_id: FolderId | None
    ) -> dict[ChatId, FolderId | None]:
        chosen = json.dumps(list(chats))
        rows = self._database.rows(
            "SELECT id, folder_id FROM chat"
            " WHERE id IN (SELECT value FROM json_each(?1)) AND folder_id IS NOT ?2",
            (chosen, folder_id),
        )
        self._database.rows(
            "UPDATE chat SET folder_id = ?2 WHERE id IN (SELECT value FROM json_each(?1)) AND"
            " (?2 IS NULL OR EXISTS (SELECT 1 FROM folder WHERE id = ?2))",
            (chosen, folder_id),
        )
        return {ChatId(row[0]): row[1] for row in rows}

    def _change(self, statement: str, folder_id: FolderId, value: object) -> None:
        with self._database.transaction():
            self._database.rows(statement, (folder_id, value))


def _stored(tags: Sequence[str]) -> str:
    return json.dumps(sorted(tags, key=str.casefold), ensure_ascii=False)

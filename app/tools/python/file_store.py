"""Where a chat's files are while no notebook works on them: the encrypted history."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from app.chats.chat_files import ChatFile
from app.chats.ids import ChatId
from app.chats.storage_thread import StorageThread
from app.chats.store import ChatStore

_T = TypeVar("_T")


class FileStore(Protocol):
    """Keeps files of chats.  Asyncio thread."""

    async def list(self, chat: str) -> tuple[ChatFile, ...]:
        """All files of a chat, by name."""
        ...

    async def read(self, chat: str, name: str) -> bytes | None:
        """What is in a file; None where there is none."""
        ...

    async def write(self, chat: str, file: ChatFile, data: bytes) -> None:
        """Keep a file, in place of one of this name."""
        ...

    async def delete(self, chat: str, name: str) -> None:
        """Remove a file."""
        ...

    async def begin_notebook(self, chat: str) -> bool:
        """Note that a chat has a notebook; True if it had one before."""
        ...


class StoredFiles:
    """Files in the history.

    Args:
        storage: its thread.

    Raises:
        StorageError: from every method, when the history cannot be read or written.
    """

    def __init__(self, storage: StorageThread) -> None:
        self._storage = storage

    async def list(self, chat: str) -> tuple[ChatFile, ...]:
        """All files of a chat, by name."""
        return await self._ask(lambda store: store.files.list(_id(chat)))

    async def read(self, chat: str, name: str) -> bytes | None:
        """What is in a file; None where there is none."""
        return await self._ask(lambda store: store.files.read(_id(chat), name))

    async def write(self, chat: str, file: ChatFile, data: bytes) -> None:
        """Keep a file, in place of one of this name."""
        await self._ask(lambda store: store.files.write(_id(chat), file, data))

    async def delete(self, chat: str, name: str) -> None:
        """Remove a file."""
        await self._ask(lambda store: store.files.delete(_id(chat), name))

    async def begin_notebook(self, chat: str) -> bool:
        """Note that a chat has a notebook; True if it had one before."""
        return await self._ask(lambda store: store.files.begin_notebook(_id(chat)))

    async def _ask(self, work: Callable[[ChatStore], _T]) -> _T:
        return await asyncio.wrap_future(self._storage.submit(work))


def _id(chat: str) -> ChatId:
    """The reverse of `app.conversation.chat_key`."""
    return ChatId(int(chat))
